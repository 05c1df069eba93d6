/* The run in time as charts. They are drawn from run/series.csv as it stands on disk: a chart for each quantity with its unit, a
 * line for each kind of part in it; of many alike the one that goes highest and the one that goes least high. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "../racks/csv_in.h"
#include "../racks/diagnostic_codes.h"
#include "../viz/chart.h"
#include "../viz/html.h"
#include "../viz/thin.h"
#include "report.h"

enum { MOST_CHARTS = 12, RUNS = 240, MOST_LINES = 256 };

typedef struct {
  const char *group, *quantity, *unit;
  double highest;
  bool used;
} column;
typedef struct {
  int of, count;
  const char *name;
} curve; /* column, and how many it stands for */

static void split(tw_arena *a, const tw_csv_in_column *in, column *c) {
  const char *dot = strrchr(in->name, '.'), *quantity = dot ? dot + 1 : in->name;
  const char *place = dot ? tw_printf(a, "%.*s", (int)(dot - in->name), in->name) : "";
  *c = (column){.group = tw_path_group(a, place), .quantity = quantity, .unit = in->unit, .highest = -INFINITY};
}

static bool one_chart(const column *a, const column *b) { return !strcmp(a->quantity, b->quantity) && !strcmp(a->unit, b->unit); }

/* Of the columns that share chart and group with `first`: the highest, and the one that goes least high if that differs. */
static int choose(tw_arena *a, const tw_csv_in *t, column *list, int first, curve *curves) {
  int top = first, low = first, count = 0;
  for (int k = first; k < t->columns; k++) {
    if (list[k].used || !one_chart(&list[k], &list[first]) || strcmp(list[k].group, list[first].group)) continue;
    list[k].used = true;
    count++;
    if (list[k].highest > list[top].highest) top = k;
    if (list[k].highest < list[low].highest) low = k;
  }
  const char *place = t->column[top].name;
  curves[0] = (curve){top, count, count > 1 ? tw_printf(a, "%s, highest of %d", place, count) : place};
  bool apart = list[top].highest - list[low].highest > 1e-3 * fabs(list[top].highest);
  if (count < 2 || !apart) return 1;
  curves[1] = (curve){low, count, tw_printf(a, "%s, lowest of %d", t->column[low].name, count)};
  return 2;
}

static void draw(FILE *out, tw_dossier *d, const tw_csv_in *t, const tw_chart_event *events, int n_events, const curve *curves,
    int n, int number) {
  tw_arena *a = d->arena;
  const tw_csv_in_column *first = &t->column[curves[0].of];
  const char *dot = strrchr(first->name, '.'), *quantity = dot ? dot + 1 : first->name, *unit = first->unit;
  tw_chart c = {.title = tw_printf(a, "%s over time", quantity),
      .x_title = "time [s]",
      .y_title = tw_printf(a, "%s [%s]", quantity, unit),
      .n = t->rows,
      .x = t->column[0].values,
      .n_lines = n,
      .events = events,
      .n_events = n_events,
      .x_unit = "s",
      .y_unit = unit};
  for (int k = 0; k < n; k++) {
    double *x = tw_alloc(a, (size_t)t->rows, sizeof *x), *y = tw_alloc(a, (size_t)t->rows, sizeof *y);
    int kept = tw_thin(t->column[0].values, t->column[curves[k].of].values, t->rows, RUNS, x, y);
    c.lines[k] = (tw_chart_line){.name = curves[k].name, .y = y, .x = x, .n = kept};
  }
  char *svg = NULL, *json = NULL;
  size_t svg_size = 0, json_size = 0;
  FILE *to_svg = open_memstream(&svg, &svg_size), *to_json = open_memstream(&json, &json_size);
  if (!to_svg || !to_json) abort();
  int none = tw_chart_svg(to_svg, &c);
  if (!none) tw_chart_json(to_json, &c);
  if (fclose(to_svg) || fclose(to_json)) abort();
  if (!none) {
    tw_document_figure(out, tw_printf(a, "series-%d", number), tw_printf(a, "%s [%s] over time", quantity, unit), json);
    fputs(svg, out);
    tw_document_figure_end(out);
  }
  free(svg);
  free(json);
}

typedef struct {
  tw_dossier *d;
  const tw_csv_in *t;
  column *list;
  const tw_chart_event *events;
  int n_events, drawn, left;
} work;

/* The charts of the quantity of column k. */
static void draw_quantity(FILE *out, work *w, int k) {
  curve curves[MOST_LINES];
  int n = 0;
  for (int other = k; other < w->t->columns && n < MOST_LINES - 1; other++)
    if (!w->list[other].used && one_chart(&w->list[other], &w->list[k]))
      n += choose(w->d->arena, w->t, w->list, other, curves + n);
  for (int first = 0; first < n; first += TW_CHART_LINES) {
    if (w->drawn == MOST_CHARTS)
      w->left++;
    else
      draw(out, w->d, w->t, w->events, w->n_events, curves + first, n - first < TW_CHART_LINES ? n - first : TW_CHART_LINES,
          ++w->drawn);
  }
}

/* Powers and temperatures first. */
static void charts(FILE *out, tw_dossier *d, const tw_csv_in *t, const tw_chart_event *events, int n_events) {
  work w = {d, t, tw_alloc(d->arena, (size_t)t->columns, sizeof *w.list), events, n_events, 0, 0};
  for (int k = 1; k < t->columns; k++) {
    split(d->arena, &t->column[k], &w.list[k]);
    for (int i = 0; i < t->rows; i++) w.list[k].highest = fmax(w.list[k].highest, t->column[k].values[i]);
  }
  for (int pass = 0; pass < 3; pass++)
    for (int k = 1; k < t->columns; k++)
      if (!w.list[k].used && (pass == 2 || !strcmp(w.list[k].unit, pass ? "degC" : "W"))) draw_quantity(out, &w, k);
  if (w.left)
    tw_document_note(
        out, tw_printf(d->arena,
                 "%d further charts are not drawn; their columns are in run/series.csv, and --select chooses columns.", w.left));
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
  tw_document_note(
      out, tw_printf(d->arena, "Scenario %s%s%s over %s: electric energy in %s, heat out %s, stored %s.", d->run->scenario->id,
               d->run->scenario->title ? ", " : "", d->run->scenario->title ? d->run->scenario->title : "",
               tw_shown(d->arena, d->run->report.t_end, "s"), tw_shown(d->arena, e->electric_in, "J"),
               tw_shown(d->arena, e->thermal_out, "J"), tw_shown(d->arena, e->stored, "J")));
  tw_diagnostics quiet = {0};
  tw_csv_in *t = tw_csv_in_read(tw_printf(d->arena, "%s/series.csv", d->run->folder), TW_E_FILE, (tw_where){0}, d->arena, &quiet);
  int n_marks;
  const tw_chart_event *list = marks(d, &n_marks);
  if (t && t->rows > 1)
    charts(out, d, t, list, n_marks);
  else
    tw_left_out(d, "Charts over time: run/series.csv is larger than a page can be drawn from (64 MiB), or has one sample only.");
  tw_diagnostics_free(&quiet);
  happenings(out, d);
  tw_report_run_margins(out, d);
}
