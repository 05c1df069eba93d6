/* What was asked of a run's power (asked.h), gathered as it comes. */
#ifndef TW_GRID_SIDE_H
#define TW_GRID_SIDE_H
#include "asked.h"
#include "ideal_store.h"
#include "spectrum.h"

enum { TW_MOST_PEAKS = 10 };

typedef struct {
  const tw_utility_limit *limit;
  double allowed;              /* W */
  double amplitude, f, t;      /* W, Hz, s: the largest line in the range, begin of its window; NaN: no window was whole */
  bool broken;
} tw_range_result;

typedef struct {
  const tw_ideal_store *ramp, *power; /* NULL: not asked for, as below */
  const tw_spectrum *spectrum;
  const tw_bin *bins; int n_bins, windows;
  int peaks[TW_MOST_PEAKS], n_peaks;  /* numbers of bins */
  tw_range_result *ranges; int n_ranges, n_broken;
} tw_grid_figures;

typedef struct tw_grid_side tw_grid_side;
/* asked, with its limits, must outlive it. */
tw_grid_side *tw_grid_side_new(const tw_asked *asked);
void tw_grid_side_point(tw_grid_side *g, double t, double power);
/* most: largest power of the run [W], to which shares refer. Belongs to the grid side. */
const tw_grid_figures *tw_grid_side_figures(tw_grid_side *g, double most);
void tw_grid_side_keep(tw_grid_side *g, tw_state *s);
void tw_grid_side_free(tw_grid_side *g);
#endif
