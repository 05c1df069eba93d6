/* All limits over a run: the tightest margin of each, when it was, and when the limit was first broken. */
#ifndef TW_WATCH_H
#define TW_WATCH_H
#include "results.h"

typedef struct tw_watch tw_watch;

tw_watch *tw_watch_new(const tw_network *net);
/* Compares the reported quantities as they stand (tw_network_observe) with their limits: after each step, and at a jump before and
 * after it. Between two times a margin counts as straight: a limit is broken when that passes zero. */
void tw_watch_look(tw_watch *w, double t);
/* The tightest margins, tightest first: value and limit of the moment t, t_broken (NaN when kept). They belong to the watch; n and
 * broken receive their number and that of the limits broken at any time. */
const tw_margin *tw_watch_margins(tw_watch *w, int *n, int *broken);
void tw_watch_keep(tw_watch *w, tw_state *s);
void tw_watch_free(tw_watch *w);
#endif
