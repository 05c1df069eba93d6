/* Coolant that stands still: where in its loop, what has stopped there, and which loads hang on it. */
#ifndef TW_STANDSTILL_H
#define TW_STANDSTILL_H
#include "network.h"

/* Why heat finds no steady temperature, when that is because coolant stands still: one diagnostic in the user's words
 * (TW_E_MEDIUM_RANGE), and true. False, and nothing told, when all that cools a load flows, or the flows are not found.
 * y: one lane, its temperatures tell which load is hottest. stray: fluid node out of its range, or NULL when only the loads tell.
 * Flows are those at the first guess of voltages and temperatures, found again with `solver` (of the whole network), since those
 * of y mean little far outside the medium's range; without it (NULL) those of y. when: how the diagnostic begins. */
bool tw_tell_standstill(tw_network *net, const tw_solver *solver, const double *y, const tw_node *stray, const char *when,
                        tw_diagnostics *d);
#endif
