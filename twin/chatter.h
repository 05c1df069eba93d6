/* Chattering: a part that changes its state to and fro without time passing, or faster than any average over time has a meaning. */
#ifndef TW_CHATTER_H
#define TW_CHATTER_H
#include "network.h"

typedef struct tw_chatter tw_chatter;

tw_chatter *tw_chatter_new(const tw_network *net);
/* After a reaction at t; `before`: the discrete states ahead of it. 1, with a diagnostic that names part and states, when one of them
 * has changed too often: 100 times within 100 ms. Components are averages over a millisecond and more. */
int tw_chatter_look(tw_chatter *c, const tw_network *net, const double *before, double t, tw_diagnostics *d);
void tw_chatter_keep(tw_chatter *c, tw_state *s);
void tw_chatter_free(tw_chatter *c);
#endif
