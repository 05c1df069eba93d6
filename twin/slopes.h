/* Steepest changes of a power over windows of time, as it comes: a signal that is linear between points, and jumps where several
 * of them have one time. The rate of a window is the change from its begin to its end over its length. */
#ifndef TW_SLOPES_H
#define TW_SLOPES_H
#include "state.h"

enum { TW_SLOPE_WINDOWS = 5 };
extern const double tw_slope_windows[TW_SLOPE_WINDOWS]; /* s, from the shortest up */
extern const char *const tw_slope_names[TW_SLOPE_WINDOWS]; /* "10ms" ... */

typedef struct { double rate, t; } tw_steepest;       /* 1/s of the signal's unit; s, begin of the window; NaN: no window fits */

typedef struct tw_slopes tw_slopes;
tw_slopes *tw_slopes_new(void);
/* The next point, at a time not before the last one's. What is kept of the past is as long as the longest window. */
void tw_slopes_point(tw_slopes *r, double t, double value);
tw_steepest tw_slopes_rise(const tw_slopes *r, int window); /* the largest rate of a window, and the smallest (most negative) */
tw_steepest tw_slopes_fall(const tw_slopes *r, int window);
void tw_slopes_keep(tw_slopes *r, tw_state *s);
void tw_slopes_free(tw_slopes *r);
#endif
