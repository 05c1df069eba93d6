/* The sequenced start: flows, power, heat, each with the rest held, before everything is solved together. `proportional`: the
 * signals before them, and after them all with the controllers' integrals held, for loops that are far from their set point. */
#ifndef TW_SEQUENCE_H
#define TW_SEQUENCE_H
#include "network.h"

/* Improves y; what cannot be solved on its own is left as it was. Counts into r. */
void tw_sequenced_start(tw_network *net, tw_solver *solver, double *y, bool proportional, tw_report *r);
#endif
