/* The steady state: the ladder of attempts, the nose, discrete state to a fixed point, and what makes a solution unfit. */
#ifndef TW_STEADY_H
#define TW_STEADY_H
#include "network.h"

typedef struct {
  tw_report report;            /* of the last Newton run; seconds summed over all, iterations and factorisations over those of
                                  more than a quarter of the unknowns */
  int rounds;                  /* discrete rounds */
  double loadability;          /* largest multiple of the loads that has a solution, NaN unless asked or needed */
  char method[24];             /* "newton", "continuation", "pseudo-transient" */
} tw_steady_report;

typedef struct {
  bool margin; /* find the nose even when the case is solved */
  bool warm;   /* y is near a solution: no sequenced start */
} tw_steady_options;

/* From y = the start (tw_network_start) in place. Returns 0 when solved. Otherwise adds one diagnostic that says why in the
 * user's words and returns 4. Stocks are held (tw_network.stock). */
int tw_steady(tw_network *net, tw_solver *solver, double *y, const tw_steady_options *o, tw_steady_report *r, tw_diagnostics *d);

/* Is y a solution that may be shown? Coolant inside the range of its correlations, no curve used where it refuses. Adds
 * diagnostics; returns the number of reasons against. solver: of a steady state, NULL in a run. Calls tw_network_observe. */
int tw_fit_for_use(tw_network *net, const tw_solver *solver, double t, const double *y, const double *yd, tw_diagnostics *d);
#endif
