/* Curves that say beyond="refuse": does a solution rest on what lies beyond their points? */
#ifndef TW_CURVE_RANGE_H
#define TW_CURVE_RANGE_H
#include "network.h"

typedef struct { int item, param; } tw_refused; /* item -1: none */

/* The first curve that refuses and is used beyond its ends at this solution. Only the component knows where it reads its curve:
 * so the curve is replaced by one that differs beyond its ends alone, and what the component says must not change by a bit.
 * What tw_network_observe has written is lost. */
tw_refused tw_refused_curve(tw_network *net, double t, const double *y, const double *yd);
#endif
