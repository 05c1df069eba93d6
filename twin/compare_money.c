/* Energy per year, what it costs, what the parts cost by which the cases differ, and the rank. */
#include <math.h>
#include <string.h>
#include "compare.h"

static void put(tw_comparison *c, int k, tw_section s, const char *quantity, const char *unit, double v) {
  if (!isnan(v)) *tw_figure_at(c, k, (tw_figure){.section = s, .quantity = quantity, .unit = unit}) = v;
}

static double value_of(const tw_comparison *c, tw_section s, const char *quantity, int k) {
  const tw_figure *f = tw_figure_find(c, s, quantity);
  return f ? f->value[k] : (double)NAN;
}

static void energy(tw_comparison *c, int k) {
  const tw_case *x = &c->cases[k];
  double mean = 0.0, highest = x->power[0];
  for (int p = 0; p < c->terms.n_points; p++) {
    const tw_profile_point *point = &c->terms.profile[p];
    const char *name = isnan(point->utilisation)
                           ? "profile_power.as_described"
                           : tw_printf(c->arena, "profile_power.%d.%g%%", p + 1, 100.0 * point->utilisation);
    put(c, k, TW_S_ENERGY, name, "W", x->power[p]);
    mean += point->share * x->power[p];
    if (!(x->power[p] <= highest)) highest = x->power[p];
  }
  put(c, k, TW_S_ENERGY, "peak_power", "W", highest);
  put(c, k, TW_S_ENERGY, "energy_per_year", "J", mean * 3600.0 * c->terms.hours);
}

/* Of the parts that differ; NaN where one of them has no price. */
static double price_of(const tw_comparison *c, int k) {
  double sum = 0.0;
  for (int i = 0; i < c->n_parts; i++) {
    const tw_part_row *p = &c->parts[i];
    if (p->count[k] > 0.0) sum += p->lacks ? (double)NAN : p->count[k] * p->data->figure[TW_PRICE].value;
  }
  return sum;
}

static void money(tw_comparison *c, int k) {
  const tw_terms *t = &c->terms;
  const char *once = *t->currency ? t->currency : "1", *yearly = tw_printf(c->arena, "%s/a", once);
  double price = price_of(c, k), energy_cost = value_of(c, TW_S_ENERGY, "energy_per_year", k) * t->tariff;
  double demand_cost = value_of(c, TW_S_ENERGY, "peak_power", k) * t->demand;
  double annual = energy_cost + (isnan(t->demand) ? 0.0 : demand_cost);
  put(c, k, TW_S_MONEY, "energy_cost", yearly, energy_cost);
  put(c, k, TW_S_MONEY, "demand_cost", yearly, demand_cost);
  put(c, k, TW_S_MONEY, "annual_cost", yearly, annual);
  put(c, k, TW_S_MONEY, "price_of_differing_parts", once, price);
  for (int i = 0; i < 2; i++)
    put(c, k, TW_S_MONEY, tw_printf(c->arena, "total_%g_years", t->years[i]), once,
        price + annual * tw_annuity(t->discount, t->years[i]));
}

static bool whole(const tw_comparison *c, const tw_figure *f) {
  for (int k = 0; f && k < c->n; k++)
    if (!c->cases[k].reason && isnan(f->value[k])) return false;
  return f != NULL;
}

/* The totals over the longer time where all are known, else what the energy costs, else the energy. */
static const tw_figure *key_of(tw_comparison *c) {
  const tw_figure *total = tw_figure_find(c, TW_S_MONEY, tw_printf(c->arena, "total_%g_years", c->terms.years[1]));
  const tw_figure *annual = tw_figure_find(c, TW_S_MONEY, "annual_cost");
  if (whole(c, total)) {
    c->rank_key = tw_printf(c->arena, "total over %g years", c->terms.years[1]);
    return total;
  }
  c->rank_key = whole(c, annual) ? "cost per year" : "energy per year";
  return whole(c, annual) ? annual : tw_figure_find(c, TW_S_ENERGY, "energy_per_year");
}

static bool breaks(const tw_case *x) { return x->broken > 0 || x->broken_in_profile > 0; }

/* Cases that keep all limits come first; equal keys share a rank. */
static void rank(tw_comparison *c) {
  const tw_figure *key = key_of(c);
  double *value = key->value;
  for (int k = 0; k < c->n; k++) {
    int better = 0;
    if (c->cases[k].reason) continue;
    for (int j = 0; j < c->n; j++) {
      if (c->cases[j].reason) continue;
      bool bad = breaks(&c->cases[j]), own = breaks(&c->cases[k]);
      better += (own && !bad) || (own == bad && value[j] < value[k]);
    }
    put(c, k, TW_S_RANK, "rank", "1", better + 1);
  }
}

void tw_compare_money(tw_comparison *c) {
  bool any = false;
  for (int k = 0; k < c->n; k++) {
    const tw_case *x = &c->cases[k];
    if (x->broken_in_profile) put(c, k, TW_S_MARGIN, "limits_broken_in_profile", "1", x->broken_in_profile);
    if (x->reason) continue;
    any = true;
    energy(c, k);
    money(c, k);
  }
  if (any)
    rank(c);
  else
    c->rank_key = "";
}
