/* Verdict, key figures, broken limits. */
#include <math.h>
#include <string.h>
#include "../viz/html.h"
#include "report.h"

static const tw_column key_columns[] = {{"figure", 0}, {"value", 0}, {"remark", 0}};

static void verdict(FILE *out, const tw_dossier *d) {
  const tw_results *r = d->r;
  int in_run = d->run ? d->run->n_broken : 0;
  fprintf(out, "<p id=\"verdict\" class=\"%s\">",
      r->n_broken || in_run || (d->run && (d->run->failed || d->run->ranges_broken || d->run->report.collapsed)) ? "broken" : "kept");
  if (r->n_broken)
    fprintf(out, "%d of %d limits broken", r->n_broken, r->n_margins);
  else if (r->n_margins)
    fprintf(out, "All %d limits kept", r->n_margins);
  else
    fputs("The model states no limits", out);
  fputs(" in the steady state", out);
  if (d->run) fprintf(out, in_run ? "; %d of %d broken in time" : "; all kept in time", in_run, d->run->n_margins);
  if (d->run && d->run->ranges_broken) fprintf(out, "; %d of %d limits of the utility broken", d->run->ranges_broken, d->run->asked.n_limits);
  if (d->run && d->run->report.collapsed)
    fprintf(out, ". The supply of %d parts collapsed during the run: they took less than they ask for", d->run->report.collapsed);
  if (d->run && d->run->failed) {
    fprintf(out, ". The run ended at %.6g s of %.6g s: ", d->run->report.t_end, d->run->scenario->duration);
    tw_html_text(out, d->run->failed);
  }
  fputs(".</p>\n", out);
}

static tw_cell *key(tw_rows *t, const char *name, const char *value, const char *remark) {
  tw_cell *row = tw_rows_add(t, false);
  row[0].text = name, row[1].text = value, row[2].text = remark;
  return row;
}

static const char *percent(tw_arena *a, double share) { return isnan(share) ? "-" : tw_printf(a, "%.2f %%", 100.0 * share); }

static void hottest_chip(tw_rows *t, const tw_dossier *d) {
  int hottest = tw_hottest_chip(d->s.net);
  if (hottest < 0)
    key(t, "Hottest chip", "-", "no chip with a temperature is described");
  else
    key(t, "Hottest chip", tw_shown(d->arena, tw_item_temperature(d->s.net, hottest), "K"), d->s.model->items[hottest].path);
}

static void coolant(tw_rows *t, const tw_dossier *d) {
  const tw_results *r = d->r;
  if (!r->n_coolant) key(t, "Coolant of the cabinet", "-", "no liquid crosses the border of a cabinet");
  for (int i = 0; i < r->n_coolant; i++) {
    const tw_coolant *c = &r->coolant[i];
    key(t, "Coolant of the cabinet", tw_shown(d->arena, c->volume_flow, "m3/s"),
        tw_printf(d->arena, "%s, %s: supply %s, return %s, pressure drop %s", c->path, c->medium,
            tw_shown(d->arena, c->T_supply, "K"), tw_shown(d->arena, c->T_return, "K"),
            tw_shown(d->arena, c->p_supply - c->p_return, "Pa")));
  }
}

static void tightest(tw_rows *t, const tw_dossier *d) {
  if (!d->r->n_margins) {
    key(t, "Tightest limit", "-", "no limit is stated");
    return;
  }
  const tw_margin *m = &d->r->margins[0];
  bool kelvin = !strcmp(m->unit, "K");
  key(t, "Tightest limit", tw_printf(d->arena, kelvin ? "%+.1f K" : "%+.1f %%", kelvin ? m->margin : 100.0 * m->margin),
      tw_printf(d->arena, "%s.%s: %s, limit %s%s", m->path, m->quantity, tw_shown(d->arena, m->value, m->unit),
          tw_shown(d->arena, m->limit, m->unit), m->quality == TW_ESTIMATE ? " (estimate)" : ""));
}

static void key_figures(FILE *out, tw_dossier *d) {
  const tw_results *r = d->r;
  tw_arena *a = d->arena;
  tw_rows *t = tw_rows_new(a, key_columns, 3);
  double heat = r->heat_liquid + r->heat_air;
  if (isnan(r->grid_power))
    key(t, "Electric power in", tw_shown(a, r->audit.electric_in, "W"), "of all sources; no grid is described");
  else
    key(t, "Power from the grid", tw_shown(a, r->grid_power, "W"),
        isnan(r->power_factor)
            ? NULL
            : tw_printf(a, "power factor %.4f, %s reactive", r->power_factor, tw_shown(a, r->grid_reactive, "var")));
  key(t, "Power of the chips", tw_shown(a, r->chip_power, "W"), isnan(r->chip_power) ? "no chip is described" : NULL);
  key(t, "Grid-to-chip efficiency", percent(a, r->grid_to_chip),
      tw_printf(a, "electric losses %s", tw_shown(a, r->loss_total, "W")));
  key(t, "Heat of the cabinet to liquid", tw_shown(a, r->heat_liquid, "W"),
      isnan(r->heat_liquid) ? "no rack is described"
                            : tw_printf(a, "%s of what leaves the cabinet; to air %s",
                                  percent(a, heat > 0.0 ? r->heat_liquid / heat : NAN), tw_shown(a, r->heat_air, "W")));
  coolant(t, d);
  hottest_chip(t, d);
  tightest(t, d);
  key(t, "Rests on estimates", percent(a, r->estimate_share),
      "of the electric losses: parts whose figures are of quality estimate or unstated");
  tw_rows_page(out, t, "key", "Key figures of the steady state", NULL);
}

static void broken(FILE *out, tw_dossier *d) {
  static const tw_column columns[] = {
      {"part", 0}, {"quantity", 0}, {"value", 1}, {"limit", 1}, {"by how much", 1}, {"when", 1}, {"source of the limit", 0}};
  tw_arena *a = d->arena;
  tw_rows *t = tw_rows_new(a, columns, TW_COUNT(columns));
  int in_run = d->run ? d->run->n_margins : 0;
  for (int i = 0; i < d->r->n_broken + in_run; i++) {
    const tw_margin *m = i < d->r->n_broken ? &d->r->margins[i] : &d->run->margins[i - d->r->n_broken];
    if (!(m->margin < 0.0)) continue;
    bool kelvin = !strcmp(m->unit, "K");
    tw_cell *row = tw_rows_add(t, true);
    row[0].text = m->path;
    row[1].text = m->quantity;
    row[2] = tw_cell_shown(a, m->value, m->unit);
    row[3] = tw_cell_shown(a, m->limit, m->unit);
    row[3].text = tw_printf(a, "%s %s", m->sense == TW_AT_MOST ? "at most" : "at least", row[3].text);
    row[4] = (tw_cell){tw_printf(a, kelvin ? "%.1f K" : "%.1f %%", kelvin ? -m->margin : -100.0 * m->margin), -m->margin};
    row[5] = (tw_cell){isnan(m->t_broken) ? "steady" : tw_printf(a, "from %.5g s", m->t_broken), m->t_broken};
    row[6].text = tw_printf(a, "%s%s", m->source ? m->source : "not stated", m->quality == TW_ESTIMATE ? " (estimate)" : "");
  }
  if (t->n) tw_rows_page(out, t, "limits", "Broken limits", "margins.csv");
}

void tw_report_key(FILE *out, tw_dossier *d) {
  const tw_description *m = d->s.model;
  tw_html_element(out, "h1", m->title ? m->title : m->file);
  tw_document_note(out, tw_printf(d->arena, "%s%s%s%s%s", m->file, m->variant ? ", variant " : "", m->variant ? m->variant : "",
                            d->run ? ", scenario " : "", d->run ? d->run->scenario->id : ""));
  fputs("<nav aria-label=\"Sections\"><a href=\"#power\">Power</a><a href=\"#rack\">Rack</a><a href=\"#coolant\">Coolant</a>"
        "<a href=\"#margins\">Margins</a><a href=\"#time\">In time</a><a href=\"#comparison\">Comparison</a>"
        "<a href=\"#sensitivity\">Sensitivity</a><a href=\"#sources\">Sources</a><a href=\"#solver\">Solver and files</a></nav>\n",
      out);
  verdict(out, d);
  broken(out, d);
  key_figures(out, d);
}
