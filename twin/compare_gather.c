/* The figures of one solved case. */
#include <math.h>
#include <string.h>
#include "compare.h"
#include "entries.h"

enum { MOST_ENTRIES = 64 };

static const char *word(const char *text) { return text ? text : ""; }

static void put(tw_comparison *c, int k, tw_section s, const char *path, const char *quantity, const char *unit, double v) {
  if (!isnan(v)) *tw_figure_at(c, k, (tw_figure){.section = s, .path = path, .quantity = quantity, .unit = unit}) = v;
}

static void add(double *sum, double v) { *sum = isnan(*sum) ? v : *sum + v; }

double tw_power_in(const tw_results *r) { return r->n_feeds ? r->grid_power : r->audit.electric_in; }

static void power(tw_comparison *c, int k, const tw_results *r) {
  put(c, k, TW_S_POWER, "", "grid_power", "W", tw_power_in(r));
  put(c, k, TW_S_POWER, "", "grid_reactive_power", "var", r->grid_reactive);
  put(c, k, TW_S_POWER, "", "power_factor", "1", r->power_factor);
  put(c, k, TW_S_POWER, "", "chip_power", "W", r->chip_power);
  put(c, k, TW_S_POWER, "", "grid_to_chip_efficiency", "1", r->grid_to_chip);
  put(c, k, TW_S_POWER, "", "loss_total", "W", r->loss_total);
  put(c, k, TW_S_POWER, "", "cabinet_electric", "W", r->cabinet_electric);
  put(c, k, TW_S_POWER, "", "heat_liquid", "W", r->heat_liquid);
  put(c, k, TW_S_POWER, "", "heat_air", "W", r->heat_air);
  put(c, k, TW_S_POWER, "", "heat_upstream", "W", r->heat_upstream);
  for (int i = 0; i < r->n_rungs; i++)
    put(c, k, TW_S_STAGE, "", tw_printf(c->arena, "ladder.%s.loss", r->ladder[i].name), "W", r->ladder[i].loss);
}

const char *tw_path_group(tw_arena *arena, const char *path) {
  char *out = tw_strdup(arena, path), *to = out;
  for (const char *s = path; *s; s++) {
    if (*s == '[')
      s += strcspn(s, "]");
    else
      *to++ = *s;
    if (!*s) break;
  }
  *to = 0;
  return out;
}

static bool loses(const tw_type *t) {
  for (const tw_quantity *q = t->outputs; q && q->id; q++)
    if (q->role == TW_Q_LOSS) return true;
  return false;
}

/* What is lost in an item counts for its part, or for that of the composite which emitted it. */
static void losses(tw_comparison *c, int k, const tw_results *r) {
  const tw_description *m = r->net->model;
  double by_stage[TW_STAGES] = {0}, estimated[TW_STAGES] = {0};
  double *kept = c->cases[k].item_loss = tw_alloc(c->arena, (size_t)m->n_items, sizeof *kept);
  for (int i = 0; i < m->n_items; i++) {
    double loss = tw_item_loss(r->net, i);
    const tw_item *it = &m->items[i];
    kept[i] = loss;
    if (isnan(loss) || !loses(it->type)) continue;
    int owner = i;
    while (owner >= 0 && !m->items[owner].part) owner = m->items[owner].parent;
    const tw_item *of = &m->items[owner < 0 ? i : owner];
    add(tw_figure_at(c, k,
            (tw_figure){.section = TW_S_PART,
                .element = of->type->element,
                .part = word(of->part),
                .quantity = "part.loss",
                .unit = "W"}),
        loss);
    add(tw_figure_at(c, k,
            (tw_figure){.section = TW_S_GROUP,
                .path = tw_path_group(c->arena, it->path),
                .element = it->type->element,
                .quantity = "group.loss",
                .unit = "W"}),
        loss);
    by_stage[it->type->stage] += loss;
    if (it->quality == TW_ESTIMATE || it->quality == TW_QUALITY_NONE) estimated[it->type->stage] += loss;
  }
  put(c, k, TW_S_ESTIMATE, "", "estimate_share", "1", r->estimate_share);
  for (int s = 0; s < TW_STAGES; s++)
    if (by_stage[s] > 0.0)
      put(c, k, TW_S_ESTIMATE, "", tw_printf(c->arena, "estimate_share.%s", tw_stage_name((tw_stage)s)), "1",
          estimated[s] / by_stage[s]);
}

static void temperatures(tw_comparison *c, int k, const tw_results *r) {
  const tw_description *m = r->net->model;
  for (int i = 0; i < r->n_coolant; i++) {
    const tw_coolant *l = &r->coolant[i];
    put(c, k, TW_S_COOLANT, l->path, "coolant_flow", "m3/s", l->volume_flow);
    put(c, k, TW_S_COOLANT, l->path, "supply_temperature", "K", l->T_supply);
    put(c, k, TW_S_COOLANT, l->path, "return_temperature", "K", l->T_return);
    put(c, k, TW_S_COOLANT, l->path, "pressure_drop", "Pa", l->p_supply - l->p_return);
    put(c, k, TW_S_COOLANT, l->path, "heat", "W", l->heat);
  }
  for (int i = 0; i < m->n_items; i++) {
    double T = m->items[i].type->stage == TW_STAGE_CHIP ? tw_item_temperature(r->net, i) : (double)NAN;
    char kind[32];
    if (isnan(T)) continue;
    tw_item_kind(m, i, kind, sizeof kind);
    double *hottest = tw_figure_at(c, k,
        (tw_figure){.section = TW_S_CHIP,
            .element = m->items[i].type->element,
            .unit = "K",
            .quantity = tw_printf(c->arena, "hottest.%s", *kind ? kind : "chip")});
    if (!(T <= *hottest)) *hottest = T;
  }
}

/* Of all limits of one quantity of one element the tightest. */
static void margins(tw_comparison *c, int k, const tw_results *r) {
  put(c, k, TW_S_MARGIN, "", "limits_broken", "1", r->n_broken);
  for (int i = 0; i < r->n_margins; i++) {
    const tw_margin *l = &r->margins[i];
    const char *quantity = tw_printf(c->arena, "margin.%s.%s", l->quantity, l->sense == TW_AT_MOST ? "max" : "min");
    double *tightest = tw_figure_at(c, k,
        (tw_figure){.section = TW_S_MARGIN,
            .element = r->net->model->items[l->item].type->element,
            .quantity = quantity,
            .unit = strcmp(l->unit, "K") ? "1" : "delta K"});
    if (!(l->margin >= *tightest)) *tightest = l->margin;
  }
}

static void connection(tw_comparison *c, int k, const tw_results *r) {
  tw_entry list[MOST_ENTRIES];
  int n = tw_entries(r, list, MOST_ENTRIES);
  tw_entries_one_lost(r, c->cases[k].s.solver, list, n);
  double P = 0.0, Q = 0.0;
  for (int i = 0; i < n; i++) P += list[i].P, Q += list[i].Q;
  if (n) put(c, k, TW_S_CONNECTION, "", "cabinet_power", "W", P);
  if (n) put(c, k, TW_S_CONNECTION, "", "cabinet_apparent_power", "VA", hypot(P, Q));
  for (int i = 0; i < n; i++) {
    put(c, k, TW_S_CONNECTION, list[i].path, "power", "W", list[i].P);
    put(c, k, TW_S_CONNECTION, list[i].path, "apparent_power", "VA", list[i].S);
    put(c, k, TW_S_CONNECTION, list[i].path, "current", "A", list[i].I);
    put(c, k, TW_S_CONNECTION, list[i].path, "current_other_feed_lost", "A", list[i].I_lost);
  }
  put(c, k, TW_S_CONNECTION, "", "air_flow", "m3/s", r->air_flow);
  put(c, k, TW_S_CONNECTION, "", "mass", "kg", r->cabinet_mass);
}

void tw_compare_gather(tw_comparison *c, int k) {
  const tw_results *r = c->cases[k].results;
  power(c, k, r);
  losses(c, k, r);
  temperatures(c, k, r);
  margins(c, k, r);
  connection(c, k, r);
}
