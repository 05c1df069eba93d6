/* The cases of -V side by side, as `compare` has them. */
#include <math.h>
#include <string.h>
#include "../viz/bars.h"
#include "report.h"

static const struct {
  tw_section section;
  const char *title;
} sections[] = {{TW_S_POWER, "Power and efficiency"}, {TW_S_STAGE, "Loss by stage"}, {TW_S_COOLANT, "Coolant"},
    {TW_S_CHIP, "Hottest chip of each kind"}, {TW_S_ESTIMATE, "Share that rests on estimates"}, {TW_S_CONNECTION, "Connection"},
    {TW_S_ENERGY, "Energy"}, {TW_S_MONEY, "Money"}, {TW_S_RANK, "Rank"}};

static void rows_of(tw_rows *t, const tw_comparison *c, int section) {
  for (int i = 0; i < c->n_figures; i++) {
    const tw_figure *f = &c->figures[i];
    if (f->section != sections[section].section) continue;
    tw_cell *row = tw_rows_add(t, false);
    row[0].text = sections[section].title;
    row[1].text = tw_compare_label(c, f);
    for (int k = 0; k < c->n; k++) row[2 + k] = (tw_cell){tw_compare_cell(c, f, k, false), f->value[k]};
  }
}

/* Loss by stage of the first cases. */
static void losses(FILE *out, const tw_dossier *d) {
  const tw_comparison *c = d->comparison;
  tw_bar_group *groups = tw_alloc(d->arena, (size_t)c->n_figures + 1, sizeof *groups);
  tw_bars b = {.title = "Loss by stage of each case", .groups = groups, .n_cases = c->n < TW_BARS_CASES ? c->n : TW_BARS_CASES};
  for (int k = 0; k < b.n_cases; k++) b.cases[k] = c->cases[k].name;
  for (int i = 0; i < c->n_figures; i++) {
    const tw_figure *f = &c->figures[i];
    bool any = false;
    for (int k = 0; k < b.n_cases; k++) any |= f->value[k] > 0.0;
    if (f->section != TW_S_STAGE || !any) continue;
    tw_bar_group *g = &groups[b.n_groups++];
    g->name = tw_compare_label(c, f);
    for (int k = 0; k < b.n_cases; k++) g->value[k] = f->value[k], g->shown[k] = tw_compare_cell(c, f, k, false);
  }
  tw_drawing drawing;
  tw_drawing_begin(&drawing);
  int none = tw_bars_svg(drawing.svg, &b);
  tw_bars_json(drawing.json, &b);
  const char *which = c->n > b.n_cases ? " of the first six cases" : "";
  tw_drawing_end(out, &drawing, none, "comparison",
      tw_printf(d->arena, "Loss by stage%s, in brackets the difference to %s.", which, b.cases[0]));
}

static void cases(FILE *out, const tw_dossier *d) {
  static const tw_column columns[] = {{"case", 0}, {"file", 0}, {"variant", 0}, {"limits broken", 1}, {"remark", 0}};
  const tw_comparison *c = d->comparison;
  tw_rows *t = tw_rows_new(d->arena, columns, TW_COUNT(columns));
  for (int k = 0; k < c->n; k++) {
    const tw_case *x = &c->cases[k];
    tw_cell *row = tw_rows_add(t, x->broken || x->broken_in_profile);
    row[0].text = x->name, row[1].text = x->file, row[2].text = x->variant ? x->variant : "none: the file itself";
    row[3] = tw_cell_of(d->arena, "%.0f", x->results ? (double)x->broken : (double)NAN);
    row[4].text = x->reason ? x->reason : k ? "" : "the first: differences are to it";
  }
  tw_rows_page(out, t, "cases", "Cases", NULL);
}

void tw_report_comparison(FILE *out, tw_dossier *d) {
  const tw_comparison *c = d->comparison;
  tw_document_section(out, "comparison", "Comparison");
  if (!c) {
    tw_document_note(out, "No variants were asked for (-V NAME), so nothing is compared.");
    tw_left_out(d, "Comparison: no variants were asked for.");
    return;
  }
  cases(out, d);
  losses(out, d);
  tw_column *columns = tw_alloc(d->arena, (size_t)c->n + 2, sizeof *columns);
  columns[0].title = "section", columns[1].title = "figure";
  for (int k = 0; k < c->n; k++) columns[2 + k] = (tw_column){c->cases[k].name, 1};
  tw_rows *t = tw_rows_new(d->arena, columns, c->n + 2);
  for (int s = 0; s < TW_COUNT(sections); s++) rows_of(t, c, s);
  tw_rows_page(out, t, "comparison",
      tw_printf(
          d->arena, "Figures, in brackets the difference to %s; parts, places and margins are in compare.csv", c->cases[0].name),
      "compare.csv");
  if (!tw_figure_find(c, TW_S_MONEY, "energy_cost")) tw_left_out(d, "Money: no --tariff was given.");
}
