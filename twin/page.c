#include "page.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "../racks/units.h"

/* ---- numbers for people -------------------------------------------------------------------------------------------------- */

typedef struct { char text[48]; } shown;

static shown show(double si, const char *unit, bool us) {
  shown s;
  double v;
  bool power = !strcmp(unit, "W") || !strcmp(unit, "VA") || !strcmp(unit, "J");
  if (power && fabs(si) < 1e-3) si = 0.0; /* leakage of a dead rack: its figures are in the files */
  if (isnan(si)) snprintf(s.text, sizeof s.text, "-");
  else if (us && !strcmp(unit, "K") && tw_convert(si, "K", "degF", &v)) snprintf(s.text, sizeof s.text, "%.1f degF", v);
  else if (us && !strcmp(unit, "Pa") && tw_convert(si, "Pa", "psi", &v)) snprintf(s.text, sizeof s.text, "%.2f psi", v);
  else if (us && !strcmp(unit, "m3/s") && tw_convert(si, "m3/s", "gpm", &v)) snprintf(s.text, sizeof s.text, "%.2f gpm", v);
  else if (!strcmp(unit, "m3/s") && tw_convert(si, "m3/s", "L/min", &v)) snprintf(s.text, sizeof s.text, "%.2f L/min", v);
  else if (!strcmp(unit, "K")) snprintf(s.text, sizeof s.text, "%.1f degC", si - TW_ZERO_CELSIUS);
  else tw_display(si, unit, s.text, sizeof s.text);
  return s;
}

static shown percent(double v) {
  shown s;
  if (isnan(v)) snprintf(s.text, sizeof s.text, "-");
  else snprintf(s.text, sizeof s.text, "%.2f %%", 100.0 * v);
  return s;
}

const char *tw_page_value(double si, const char *unit, char *buf, size_t n) {
  snprintf(buf, n, "%s", show(si, unit, false).text);
  return buf;
}

/* ---- sections -------------------------------------------------------------------------------------------------------------- */

static void kinds_of(const tw_rung *g, char *buf, size_t size) {
  size_t at = 0;
  buf[0] = 0;
  for (int k = 1; k < TW_L_KINDS && at < size; k++)
    if (g->loss_by_kind[k] > 0.5e-3 * g->loss)
      at += (size_t)snprintf(buf + at, size - at, "%s%s %s", at ? ", " : "", tw_loss_name((tw_loss_kind)k), show(g->loss_by_kind[k], "W", false).text);
}

static void print_ladder(FILE *out, const tw_results *r, bool us) {
  fprintf(out, "\nFrom grid to chip\n  %-13s %11s %11s %11s %10s %11s  %s\n", "stage", "input", "output", "loss", "efficiency", "hottest", "loss by kind");
  for (int i = 0; i < r->n_rungs; i++) {
    const tw_rung *g = &r->ladder[i];
    char kinds[160];
    kinds_of(g, kinds, sizeof kinds);
    fprintf(out, "  %-13s %11s %11s %11s %10s %11s  %s\n", g->name, show(g->input, "W", us).text, show(g->output, "W", us).text,
            show(g->loss, "W", us).text, percent(g->efficiency).text, show(g->T_hottest, "K", us).text, kinds);
  }
  if (!isnan(r->grid_to_chip)) {
    fprintf(out, "  grid %s", show(r->grid_power, "W", us).text);
    if (fabs(r->stored) > 1e-6 * r->chip_power)
      fprintf(out, r->stored < 0.0 ? " and stores %s" : " less %s into stores", show(fabs(r->stored), "W", us).text);
    fprintf(out, " -> chips %s: grid-to-chip efficiency %s\n", show(r->chip_power, "W", us).text, percent(r->grid_to_chip).text);
  }
  for (int i = 0; i < r->n_feeds; i++) {
    const tw_feed *f = &r->feeds[i];
    fprintf(out, "  %s: %s", f->path, show(f->power, "W", us).text);
    if (!isnan(f->apparent)) fprintf(out, ", %s, power factor %.4f", show(f->apparent, "VA", us).text, f->power_factor);
    fprintf(out, ", %s at %s\n", show(f->current, "A", us).text, show(f->voltage, "V", us).text);
  }
}

static void print_heat(FILE *out, const tw_results *r, bool us) {
  if (isnan(r->heat_liquid)) return;
  double cabinet = fabs(r->cabinet_electric) > 1.0 ? r->heat_liquid + r->heat_air : NAN; /* shares of nothing say nothing */
  fprintf(out, "\nHeat of the cabinet (%s electric)\n", show(r->cabinet_electric, "W", us).text);
  fprintf(out, "  to liquid %s (%s), to air %s (%s); upstream of the cabinet %s\n", show(r->heat_liquid, "W", us).text,
          percent(r->heat_liquid / cabinet).text, show(r->heat_air, "W", us).text, percent(r->heat_air / cabinet).text,
          show(r->heat_upstream, "W", us).text);
  if (!isnan(r->air_flow)) fprintf(out, "  air %.3f m3/s, in %s\n", r->air_flow, show(r->T_air_in, "K", us).text);
  for (int i = 0; i < r->n_coolant; i++) {
    const tw_coolant *c = &r->coolant[i];
    fprintf(out, "  %s, %s: %s (%.3f kg/s), supply %s, return %s (rise %.2f K), pressure drop %s, heat %s\n", c->path, c->medium,
            show(c->volume_flow, "m3/s", us).text, c->m_dot, show(c->T_supply, "K", us).text, show(c->T_return, "K", us).text,
            c->T_return - c->T_supply, show(c->p_supply - c->p_return, "Pa", us).text, show(c->heat, "W", us).text);
  }
}

typedef struct { double T; int item, kind; } warm;

/* Chips by kind, each kind from the hottest down. */
static int by_kind(const void *a, const void *b) {
  const warm *x = a, *y = b;
  if (x->kind != y->kind) return x->kind - y->kind;
  return x->T != y->T ? (x->T < y->T ? 1 : -1) : x->item - y->item;
}

static int list_chips(const tw_network *net, warm *list) {
  int n = 0;
  for (int i = 0; i < net->model->n_items; i++) {
    const tw_item *item = &net->model->items[i];
    if (net->item_batch[i] < 0 || item->type->stage != TW_STAGE_CHIP) continue;
    int kind = tw_param_index(item->type, "kind");
    list[n++] = (warm){tw_item_temperature(net, i), i, kind < 0 ? 0 : (int)item->values[kind].number};
  }
  qsort(list, (size_t)n, sizeof *list, by_kind);
  return n;
}

static void print_chip(FILE *out, const tw_network *net, const warm *w, bool us) {
  const tw_batch *b = &net->batches[net->item_batch[w->item]];
  int power = tw_output_index(b->type, "P");
  fprintf(out, "%-22s %11s %10s", net->model->items[w->item].path, show(w->T, "K", us).text,
          power < 0 ? "" : show(b->out[power][net->item_instance[w->item] * net->lanes], "W", us).text);
}

/* The hottest and the coolest of each kind, or every chip. */
static void print_chips(FILE *out, const tw_results *r, bool us, bool all) {
  const tw_network *net = r->net;
  warm *list = calloc((size_t)net->model->n_items + 1, sizeof *list);
  if (!list) abort();
  int n = list_chips(net, list);
  if (n) fprintf(out, all ? "\nChips, by kind from the hottest down\n" : "\nHottest and coolest chip of each kind\n");
  for (int i = 0, last; i < n; i = last + 1) {
    for (last = i; last + 1 < n && list[last + 1].kind == list[i].kind;) last++;
    char kind[32];
    tw_item_kind(net->model, list[i].item, kind, sizeof kind);
    fprintf(out, "  %-9s x %-4d ", kind, last - i + 1);
    print_chip(out, net, &list[i], us);
    if (last > i && !all) {
      fprintf(out, "   to  ");
      print_chip(out, net, &list[last], us);
    }
    fputc('\n', out);
    for (int k = i + 1; all && k <= last; k++) {
      fprintf(out, "%19s", "");
      print_chip(out, net, &list[k], us);
      fputc('\n', out);
    }
  }
  free(list);
}

static const double nothing = 1e-9; /* of its limit: what a dead node is left at */

static void print_margin(FILE *out, const tw_margin *m, bool us) {
  bool kelvin = !strcmp(m->unit, "K");
  char room[48], when[64] = "";
  if (kelvin) snprintf(room, sizeof room, "%+.1f K", m->margin);
  else snprintf(room, sizeof room, "%+.1f %%", 100.0 * m->margin);
  if (!isnan(m->t)) snprintf(when, sizeof when, " at %.5g s", m->t);
  double value = fabs(m->value) < nothing * fabs(m->limit) ? 0.0 : m->value;
  fprintf(out, "  %-34s %-16s %11s %s %-11s %9s%s  %s%s%s", m->path, m->quantity, show(value, m->unit, us).text,
          m->sense == TW_AT_MOST ? "<=" : ">=", show(m->limit, m->unit, us).text, room, when, m->source ? m->source : "",
          m->quality == TW_ESTIMATE ? " (estimate)" : "", m->margin < 0.0 ? "  BROKEN" : "");
  if (!isnan(m->t_broken)) fprintf(out, " since %.5g s", m->t_broken);
  fputc('\n', out);
}

/* One line per element and quantity: of 72 alike the tightest stands for all. */
static void print_margins(FILE *out, const tw_network *net, const tw_margin *list, int n, bool us, int most) {
  for (int i = 0, printed = 0; i < n && printed < most; i++) {
    const tw_margin *m = &list[i];
    bool told = false;
    for (int k = 0; k < i && !told; k++)
      told = !strcmp(list[k].quantity, m->quantity) && net->model->items[list[k].item].type == net->model->items[m->item].type &&
             list[k].limit == m->limit;
    if (told) continue;
    print_margin(out, m, us);
    printed++;
  }
}

void tw_run_margins_print(FILE *out, const tw_network *net, const tw_margin *list, int n, int broken, bool us, bool verbose) {
  if (n) fprintf(out, "\nTightest margins over the run (%d limits watched, %d broken)\n", n, broken);
  print_margins(out, net, list, n, us, verbose ? 1000000 : 10);
}

void tw_page_print(FILE *out, const tw_results *r, bool us, bool verbose) {
  const tw_description *m = r->net->model;
  fprintf(out, "%s%s%s%s\n", m->title ? m->title : m->file, m->variant ? " [" : "", m->variant ? m->variant : "", m->variant ? "]" : "");
  print_ladder(out, r, us);
  print_heat(out, r, us);
  print_chips(out, r, us, verbose);
  if (r->n_margins) fprintf(out, "\nTightest margins (%d limits watched, %d broken)\n", r->n_margins, r->n_broken);
  print_margins(out, r->net, r->margins, r->n_margins, us, verbose ? 1000000 : 10);
  fprintf(out, "\nShare of the losses that rests on estimates: %s of %s\n", percent(r->estimate_share).text, show(r->loss_total, "W", us).text);
  fprintf(out, "Audit: energy %.1e, mass %.1e, charge %.1e of throughput\n", r->audit.energy, r->audit.mass, r->audit.charge);
  if (!isnan(r->steady.loadability)) fprintf(out, "Loadability: the loads can be raised to %.1f %%\n", 100.0 * r->steady.loadability);
  fprintf(out, "Solved by %s: %d unknowns, %d nonzeros, %d iterations, %.1f ms\n", r->steady.method, r->net->n, r->net->nonzeros,
          r->steady.report.iterations, 1e3 * r->steady.report.seconds);
}

static void print_dynamics(FILE *out, const tw_network *net, const tw_dynamics *d) {
  char name[256];
  if (!d->states) return;
  fprintf(out, "Fast states: %d, %s (%s)", d->states, d->integrated ? "integrated" : "following at once", d->why);
  if (d->slowest >= 0)
    fprintf(out, "; slowest %s, %s", tw_network_unknown_name(net, d->slowest, name, sizeof name), show(d->settling, "s", false).text);
  fputc('\n', out);
}

void tw_energies_print(FILE *out, const tw_network *net, const tw_run_report *r) {
  const tw_energies *e = &r->energy;
  fprintf(out, "\nEnergies over %s\n  %-13s %12s %12s\n", show(r->t_end, "s", false).text, "stage", "loss", "used");
  for (int s = 0; s < TW_STAGES; s++)
    if (e->loss[s] != 0.0 || e->load[s] != 0.0)
      fprintf(out, "  %-13s %12s %12s\n", tw_stage_name((tw_stage)s), show(e->loss[s], "J", false).text, show(e->load[s], "J", false).text);
  fprintf(out, "  electric in %s, out as heat %s, stored %s\n", show(e->electric_in, "J", false).text, show(e->thermal_out, "J", false).text,
          show(e->stored, "J", false).text);
  if (fabs(e->set) > TW_WORTH_TELLING * e->throughput)
    fprintf(out, "  stored set by events, without a flow: %s\n", show(e->set, "J", false).text);
  if (e->leapt > 0.0)
    fprintf(out, "  no step was short enough over %s: counted by the flows at the start\n", show(e->leapt, "s", false).text);
  fprintf(out, "Audit: energy %.1e of throughput\n", e->imbalance);
  print_dynamics(out, net, &r->dynamics);
  fprintf(out, "Integrated in %ld steps, %ld factorisations, %d restarts\n", r->stats.steps, r->stats.factorisations, r->restarts);
}
