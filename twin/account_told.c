/* The figures of a run as one list: name, where, value, unit, time. */
#include <math.h>
#include "account.h"

static void add(tw_told_list *l, const char *name, const char *path, double value, const char *unit, double t) {
  l->list[l->n++] = (tw_told){name, path, value, unit, t};
}

static void add_first(tw_told_list *l, const char *name, const tw_first *f) { add(l, name, f->path, f->t, "s", f->t); }

static void add_limits(tw_told_list *l, const tw_run_figures *f, const tw_margin *margins, int n, tw_arena *arena) {
  const char *first = f->limit.path ? tw_printf(arena, "%s.%s", f->limit.path, f->limit_quantity) : NULL;
  add(l, "time_to_first_limit", first, f->limit.t, "s", f->limit.t);
  for (int i = 0; i < n; i++)
    if (!isnan(margins[i].t_broken))
      add(l, "time_to_limit", tw_printf(arena, "%s.%s", margins[i].path, margins[i].quantity), margins[i].t_broken, "s",
          margins[i].t_broken);
}

static void add_energies(tw_told_list *l, const char *path, const tw_served *s) {
  add(l, "energy_asked", path, s->asked, "J", NAN);
  add(l, "energy_served", path, s->served, "J", NAN);
  add(l, "energy_not_served", path, s->asked - s->served, "J", NAN);
  add(l, "share_not_served", path, s->asked > 0.0 ? (s->asked - s->served) / s->asked : NAN, "1", NAN);
}

static void add_power(tw_told_list *l, const tw_run_figures *f, tw_arena *arena) {
  add(l, "grid_power_min", NULL, f->power_least.value, "W", f->power_least.t);
  add(l, "grid_power_max", NULL, f->power_most.value, "W", f->power_most.t);
  add(l, "grid_power_mean", NULL, f->power_mean, "W", NAN);
  add(l, "grid_dynamic_range", NULL, tw_dynamic_range(f), "1", NAN);
  for (int i = 0; i < TW_SLOPE_WINDOWS; i++) {
    add(l, tw_printf(arena, "grid_ramp_up_%s", tw_slope_names[i]), NULL, f->rise[i].rate, "W/s", f->rise[i].t);
    add(l, tw_printf(arena, "grid_ramp_down_%s", tw_slope_names[i]), NULL, f->fall[i].rate, "W/s", f->fall[i].t);
  }
}

static void add_store(tw_told_list *l, const char *unit, const tw_ideal_store *s, const char *const names[4]) {
  if (!s) return;
  add(l, names[0], NULL, s->limit, unit, NAN);
  add(l, names[1], NULL, tw_ideal_store_energy(s), "J", NAN);
  add(l, names[2], NULL, s->power, "W", s->power > 0.0 ? s->t_power : NAN);
  add(l, names[3], NULL, s->given, "J", s->t);
}

static void add_grid_side(tw_told_list *l, const tw_grid_figures *g, tw_arena *arena) {
  static const char *const ramp[] = {"ramp_limit", "ramp_store_energy", "ramp_store_power", "ramp_store_given"};
  static const char *const power[] = {"power_limit", "power_store_energy", "power_store_power", "power_store_given"};
  add_store(l, "W/s", g->ramp, ramp);
  add_store(l, "W", g->power, power);
  if (!g->spectrum) return;
  add(l, "spectrum_window", NULL, tw_spectrum_window(g->spectrum), "s", NAN);
  add(l, "spectrum_windows", NULL, g->windows, "1", NAN);
  for (int i = 0; i < g->n_peaks; i++) {
    const tw_bin *b = &g->bins[g->peaks[i]];
    add(l, "spectrum_peak", tw_printf(arena, "%.4f Hz", b->line_f), b->line, "W", b->t);
  }
  for (int i = 0; i < g->n_ranges; i++) {
    const tw_range_result *r = &g->ranges[i];
    const char *range = tw_printf(arena, "%g .. %g Hz", r->limit->from, r->limit->to);
    add(l, "utility_limit", range, r->allowed, "W", NAN);
    add(l, "utility_amplitude", range, r->amplitude, "W", r->t);
    add(l, "utility_frequency", range, r->f, "Hz", r->t);
  }
}

tw_told_list tw_told_of(const tw_run_figures *f, const tw_margin *margins, int n_margins, tw_arena *arena) {
  enum { OF_THE_WHOLE = 12 + 2 * TW_SLOPE_WINDOWS, OF_A_RACK = 4, OF_THE_GRID = 10 + TW_MOST_PEAKS, OF_A_RANGE = 3 };
  int of_grid = f->grid_side ? OF_THE_GRID + OF_A_RANGE * f->grid_side->n_ranges : 0;
  int most = OF_THE_WHOLE + n_margins + OF_A_RACK * f->n_racks + f->n_buses + of_grid;
  tw_told_list l = {tw_alloc(arena, (size_t)most, sizeof *l.list), 0};
  add_first(&l, "time_to_first_throttle", &f->throttled);
  add_first(&l, "time_to_first_trip", &f->tripped);
  add_first(&l, "time_to_first_collapse", &f->collapsed);
  add_limits(&l, f, margins, n_margins, arena);
  if (f->n_racks) add_energies(&l, NULL, &f->chips);
  for (int i = 0; i < f->n_racks; i++)
    if (f->racks[i].rack) add_energies(&l, f->racks[i].rack, &f->racks[i]);
  add_power(&l, f, arena);
  for (int i = 0; i < f->n_buses; i++) add(&l, "bus_voltage_min", f->buses[i].path, f->buses[i].least, "V", f->buses[i].t);
  if (f->grid_side) add_grid_side(&l, f->grid_side, arena);
  return l;
}
