/* Every limit with its room, and every temperature that has none. */
#include <math.h>
#include <string.h>
#include "report.h"

enum { MOST_IN_RUN = 200 }; /* limits of a run on the page, unless more are broken */

static void limit_row(tw_rows *t, const tw_margin *m, bool in_time) {
  tw_arena *a = t->arena;
  bool kelvin = !strcmp(m->unit, "K");
  tw_cell *row = tw_rows_add(t, m->margin < 0.0);
  row[0].text = m->path;
  row[1].text = m->quantity;
  row[2] = tw_cell_shown(a, m->value, m->unit);
  row[3].text = m->sense == TW_AT_MOST ? "at most" : "at least";
  row[4] = tw_cell_shown(a, m->limit, m->unit);
  row[5] = (tw_cell){tw_printf(a, kelvin ? "%+.1f K" : "%+.1f %%", kelvin ? m->margin : 100.0 * m->margin),
      kelvin ? m->margin / 100.0 : m->margin};
  row[6].text = m->source ? m->source : "";
  row[7].text = tw_quality_name(m->quality);
  if (in_time) row[8] = tw_cell_of(a, "%.5g", m->t), row[9] = tw_cell_of(a, "%.5g", m->t_broken);
}

static const tw_column columns[] = {{"part", 0}, {"quantity", 0}, {"value", 1}, {"limit", 0}, {"at", 1}, {"room", 1},
    {"source of the limit", 0}, {"quality", 0}, {"time [s]", 1}, {"broken from [s]", 1}};

static void free_temperatures(tw_rows *t, const tw_dossier *d) {
  const tw_description *m = d->s.model;
  bool *limited = tw_alloc(d->arena, (size_t)m->n_items + 1, sizeof *limited);
  for (int i = 0; i < d->r->n_margins; i++)
    if (!strcmp(d->r->margins[i].unit, "K")) limited[d->r->margins[i].item] = true;
  for (int i = 0; i < m->n_items; i++) {
    double T = tw_item_temperature(d->s.net, i);
    if (isnan(T) || limited[i]) continue;
    tw_cell *row = tw_rows_add(t, false);
    row[0].text = m->items[i].path;
    row[1].text = "temperature";
    row[2] = tw_cell_shown(d->arena, T, "K");
    row[3].text = "none stated";
  }
}

void tw_report_margins(FILE *out, tw_dossier *d) {
  tw_rows *t = tw_rows_new(d->arena, columns, 8);
  tw_document_section(out, "margins", "Temperatures and margins");
  for (int i = 0; i < d->r->n_margins; i++) limit_row(t, &d->r->margins[i], false);
  int limits = t->n;
  free_temperatures(t, d);
  tw_document_note(out,
      "Room is in K for temperatures, else in per cent of the limit; the tightest comes first, 100 K counting as 100 %. "
      "margins.csv has the limits, summary.csv every quantity.");
  if (t->n)
    tw_rows_page(out, t, "margins",
        tw_printf(d->arena, "%d limits of the steady state, and %d temperatures without a limit", limits, t->n - limits),
        "margins.csv and summary.csv");
  if (!limits) tw_left_out(d, "Margins: the model states no limits.");
}

void tw_report_run_margins(FILE *out, tw_dossier *d) {
  const tw_report_run *run = d->run;
  tw_rows *t = tw_rows_new(d->arena, columns, TW_COUNT(columns));
  int shown = run->n_margins > MOST_IN_RUN && run->n_broken < MOST_IN_RUN ? MOST_IN_RUN : run->n_margins;
  for (int i = 0; i < shown; i++) limit_row(t, &run->margins[i], true);
  if (t->n)
    tw_rows_page(out, t, "run-margins",
        tw_printf(d->arena, "Over the run: the %d tightest of %d limits, each at its tightest moment; run/margins.csv has all",
            shown, run->n_margins),
        "run/margins.csv");
}
