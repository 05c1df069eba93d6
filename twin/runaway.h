/* Thermal runaway: heat that grows with temperature faster than the cooling takes it. */
#ifndef TW_RUNAWAY_H
#define TW_RUNAWAY_H
#include "network.h"

int tw_peak(int n, const double *v);                        /* the largest component */
bool tw_is_heat(const tw_network *net, int unknown);        /* a temperature or a flow of heat */

/* y: the last solution below the nose, at `share` of the loads; v: the direction in which it is lost. Tells of the component
 * whose own heat grows most along v; false when there is none. */
bool tw_tell_runaway(tw_network *net, const double *y, const double *v, double share, tw_diagnostics *d);
#endif
