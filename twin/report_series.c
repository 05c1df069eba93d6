/* The run in time as charts, drawn from run/series.csv as it stands on disk. */
#include <stdlib.h>
#include "page.h"
#include "report.h"
#include "series.h"

enum { MOST_CHARTS = 12, RUNS = 240 };

static void draw(FILE *out, tw_dossier *d, const tw_chart *c, int number) {
  tw_drawing drawing;
  tw_drawing_begin(&drawing);
  int none = tw_chart_svg(drawing.svg, c);
  if (!none) tw_chart_json(drawing.json, c);
  const char *alone = c->n_lines == 1 ? c->lines[0].name : NULL; /* the picture names lines where there are several */
  const char *caption = tw_printf(d->arena, "%s over time%s%s", c->y_title, alone ? ": " : "", alone ? alone : "");
  tw_drawing_end(out, &drawing, none, tw_printf(d->arena, "series-%d", number), caption);
}

/* Long runs are read in minutes or hours. */
static void write_time(tw_chart *c) {
  double span = c->x[c->n - 1] - c->x[0];
  if (span >= 3.0 * 3600.0)
    c->x_title = "time [h]", c->x_per = 3600.0;
  else if (span >= 600.0)
    c->x_title = "time [min]", c->x_per = 60.0;
}

static void charts(FILE *out, tw_dossier *d, const tw_csv_in *t, const tw_chart_event *events, int n_events) {
  tw_series_chart *list;
  int left, n = tw_series_charts(t, d->arena, &list, &left);
  for (int i = 0; i < n && i < MOST_CHARTS; i++) {
    tw_chart c = tw_series_chart_of(t, &list[i], RUNS, d->arena);
    c.events = events, c.n_events = n_events;
    write_time(&c);
    draw(out, d, &c, i + 1);
  }
  for (int i = MOST_CHARTS; i < n; i++) left += list[i].n_lines;
  if (left)
    tw_document_note(
        out, tw_printf(d->arena, "%d further lines are not drawn: run/series.csv has their columns, and --select chooses others.",
                 left));
  if (t->rows > 4 * RUNS)
    tw_document_note(
        out, tw_printf(d->arena,
                 "Of %d samples the charts show in each of %d equal pieces of the run the first, lowest, highest and last of "
                 "each line, so that no extreme is lost; run/series.csv has all.",
                 t->rows, RUNS));
}

static void happenings(FILE *out, const tw_dossier *d) {
  static const tw_column columns[] = {{"time [s]", 1}, {"part", 0}, {"what", 0}, {"cause", 0}};
  tw_rows *t = tw_rows_new(d->arena, columns, TW_COUNT(columns));
  for (int i = 0; i < d->run->n_happenings; i++) {
    const tw_happening *h = &d->run->happenings[i];
    tw_cell *row = tw_rows_add(t, false);
    row[0] = tw_cell_of(d->arena, "%.6g", h->t);
    row[1].text = h->path, row[2].text = h->what, row[3].text = h->cause;
  }
  if (t->n)
    tw_rows_page(out, t, "events", "Events", "run/events.csv");
  else
    tw_document_note(out, "No event: nothing was set and no part changed its state.");
}

/* What happens within a thousandth of the run, which no eye tells apart, is one mark. */
static const tw_chart_event *marks(const tw_dossier *d, int *n) {
  const tw_report_run *run = d->run;
  tw_chart_event *list = tw_alloc(d->arena, (size_t)run->n_happenings + 1, sizeof *list);
  *n = 0;
  for (int i = 0, next; i < run->n_happenings; i = next) {
    const tw_happening *h = &run->happenings[i];
    for (next = i + 1; next < run->n_happenings && run->happenings[next].t - h->t <= 1e-3 * run->scenario->duration;) next++;
    const char *text = tw_printf(d->arena, "%.6g s: %s %s", h->t, h->path, h->what);
    if (next - i > 1) text = tw_printf(d->arena, "%s, and %d more", text, next - i - 1);
    list[(*n)++] = (tw_chart_event){h->t, text};
  }
  return list;
}

void tw_report_series(FILE *out, tw_dossier *d) {
  tw_document_section(out, "time", "In time");
  if (!d->run) {
    tw_document_note(out, "No scenario was asked for (-s NAME), so there is nothing in time.");
    tw_left_out(d, "Charts over time: no scenario was asked for.");
    return;
  }
  const tw_energies *e = &d->run->report.energy;
  char begin[32];
  tw_document_note(
      out, tw_printf(d->arena, "Scenario %s%s%s%s over %s: electric energy in %s, heat out %s, stored %s.", d->run->scenario->id,
               d->run->scenario->title ? ", " : "", d->run->scenario->title ? d->run->scenario->title : "", tw_page_begin(d->run->report.time_of_day, begin),
               tw_shown(d->arena, d->run->report.t_end, "s"), tw_shown(d->arena, e->electric_in, "J"),
               tw_shown(d->arena, e->thermal_out, "J"), tw_shown(d->arena, e->stored, "J")));
  tw_csv_in *t = tw_series_read(d->run->folder, d->arena);
  int n_marks;
  const tw_chart_event *list = marks(d, &n_marks);
  if (t && t->rows > 1)
    charts(out, d, t, list, n_marks);
  else
    tw_left_out(d, "Charts over time: run/series.csv is larger than a page can be drawn from (64 MiB), or has one sample only.");
  tw_report_told(out, d);
  happenings(out, d);
  tw_report_run_margins(out, d);
}
