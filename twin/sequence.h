/* The sequenced start: flows, then power, then heat, each with the rest held, before all are solved together. */
#ifndef TW_SEQUENCE_H
#define TW_SEQUENCE_H
#include "network.h"

/* Improves y; what cannot be solved on its own is left as it was. Counts into r. */
void tw_sequenced_start(tw_network *net, tw_solver *solver, double *y, tw_report *r);
#endif
