/* Why there is no steady state, and why one may not be shown: diagnostics in the user's words. */
#ifndef TW_EXPLAIN_H
#define TW_EXPLAIN_H
#include "steady.h"

/* Item whose supply is furthest below the voltage at which it still draws its power (output `v_margin`), -1 when none is.
 * Calls tw_network_observe. */
int tw_collapsed_item(tw_network *net, const double *y);

/* No steady state was found. y: the last solution on the way to full loads (r->loadability of them; 0: unloaded), or the nearest
 * point when there is none. collapsed: item whose voltage collapsed in the attempt beyond, or -1. */
void tw_explain_failure(tw_network *net, tw_solver *solver, double *y, const tw_steady_report *r, int collapsed, tw_diagnostics *d);

/* Nonzero, and told, when at y (where the solver was last) the equations leave something free: along the direction of the null
 * vector none of them changes. */
int tw_undetermined(tw_network *net, tw_solver *solver, const double *y, tw_diagnostics *d);

/* Warns of every store that a steady state holds while it is being filled or used up (TW_W_STOCK): a stock of a part that says how
 * long it lasts (output `time_left`), which a mere counter does not. After tw_results_new. */
void tw_tell_stocks(tw_network *net, const double *y, tw_diagnostics *d);

/* The discrete states go round; `before` is a copy of them (tw_network_discrete_copy) from before the last reaction. */
void tw_explain_cycle(const tw_network *net, const double *before, tw_diagnostics *d);
#endif
