/* Controllers that nothing answers: a loop that a dead sensor or a pump without supply has opened. */
#ifndef TW_WINDUP_H
#define TW_WINDUP_H
#include "network.h"

/* Integrals whose output moves nothing that they measure run to their stop at y, as they would in time: each goes where its own
 * row is met with all else held. open: [n], marks those that did at full loads; at less only these do, since without heat no flow
 * moves a temperature. Returns how many did; y is theirs. */
int tw_wind_up(tw_network *net, tw_solver *solver, double *y, bool *open);
#endif
