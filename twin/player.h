/* A trace as it is played: two rows of it, those around the time that is asked for. */
#ifndef TW_PLAYER_H
#define TW_PLAYER_H
#include "../racks/trace.h"

typedef struct tw_window { double t0, t1, *v0, *v1; bool hold; } tw_window; /* t1 INFINITY after the last row: v0 stays */

typedef struct tw_player tw_player;
/* NULL after a diagnostic. The trace must outlive it. */
tw_player *tw_player_new(const tw_trace *t, tw_diagnostics *d);
/* Goes to the rows with t0 <= t < t1, t >= 0 in the trace's own time. false after a diagnostic: the file has been changed. */
bool tw_player_seek(tw_player *p, double t);
const tw_window *tw_player_window(const tw_player *p);
double tw_window_at(const tw_window *w, int value, double t);
void tw_player_free(tw_player *p);
#endif
