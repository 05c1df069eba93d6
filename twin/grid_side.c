#include "grid_side.h"
#include <math.h>
#include <stdlib.h>

struct tw_grid_side {
  const tw_asked *asked;
  tw_ideal_store ramp, power;
  tw_spectrum *spectrum;
  tw_grid_figures figures;
};

tw_grid_side *tw_grid_side_new(const tw_asked *asked) {
  tw_grid_side *g = calloc(1, sizeof *g);
  tw_range_result *ranges = calloc((size_t)asked->n_limits + 1, sizeof *ranges);
  if (!g || !ranges) abort();
  g->asked = asked;
  g->ramp.limit = asked->ramp_limit;
  g->power.limit = asked->power_limit;
  g->spectrum = asked->spectrum ? tw_spectrum_new(asked->duration) : NULL;
  g->figures = (tw_grid_figures){.ramp = asked->ramp_limit > 0.0 ? &g->ramp : NULL,
                                 .power = asked->power_limit > 0.0 ? &g->power : NULL,
                                 .spectrum = g->spectrum, .ranges = ranges, .n_ranges = asked->n_limits};
  return g;
}

void tw_grid_side_point(tw_grid_side *g, double t, double power) {
  if (g->figures.ramp) tw_ideal_store_for_ramp(&g->ramp, t, power);
  if (g->figures.power) tw_ideal_store_for_power(&g->power, t, power);
  if (g->spectrum) tw_spectrum_point(g->spectrum, t, power);
}

const tw_grid_figures *tw_grid_side_figures(tw_grid_side *g, double most) {
  tw_grid_figures *f = &g->figures;
  f->n_broken = 0;
  if (!g->spectrum) return f;
  f->bins = tw_spectrum_bins(g->spectrum, &f->n_bins, &f->windows);
  f->n_peaks = tw_spectrum_peaks(g->spectrum, f->peaks, TW_MOST_PEAKS);
  for (int i = 0; i < f->n_ranges; i++) {
    const tw_utility_limit *l = &g->asked->limits[i];
    const tw_bin *worst = tw_spectrum_worst(g->spectrum, l->from, l->to);
    tw_range_result *r = &f->ranges[i];
    *r = (tw_range_result){l, l->share ? l->amplitude * most : l->amplitude, NAN, NAN, NAN, false};
    if (!worst) continue;
    r->amplitude = worst->line, r->f = worst->line_f, r->t = worst->t;
    r->broken = worst->line > r->allowed;
    f->n_broken += r->broken;
  }
  return f;
}

void tw_grid_side_keep(tw_grid_side *g, tw_state *s) {
  TW_KEEP(s, g->ramp);
  TW_KEEP(s, g->power);
  if (g->spectrum) tw_spectrum_keep(g->spectrum, s);
}

void tw_grid_side_free(tw_grid_side *g) {
  if (!g) return;
  tw_spectrum_free(g->spectrum);
  free(g->figures.ranges);
  free(g);
}
