/* How much a result depends on single figures: each goes to a low and a high value, alone, and the model is solved again as `solve
 * --set` does it. */
#ifndef TW_SENSITIVITY_H
#define TW_SENSITIVITY_H
#include "session.h"

typedef enum { TW_Y_GRID_POWER, TW_Y_CHIP, TW_Y_EFFICIENCY, TW_ANSWERS } tw_answer; /* W; K of the hottest chip; chips over grid */

typedef struct {
  double y[TW_ANSWERS];      /* NaN: the model has none, or no solution */
  int n_broken;              /* limits */
  int changed;               /* parts, regulators apart, in another state than at the base: a UPS on its battery, for example */
  const char *changed_first; /* of these */
  const char *reason;        /* why there is no solution, or NULL */
} tw_swing_end;

typedef struct {
  const char *path;          /* as --set takes it, an index left out means all */
  int parts;                 /* that have the figure */
  const char *from, *to[2];  /* for people: now, low and high */
  tw_swing_end at[2];
} tw_swing;

typedef struct { tw_swing_end base; tw_swing *swings; int n; } tw_sensitivity;

/* Of the figures that --sensitivity names: paths with commas between them, PATH=LOW,HIGH, or the word "estimates", which is every
 * number of that quality that the file or its parts give. Without LOW and HIGH a figure varies by 10 % of itself, a temperature by
 * 5 K, no further than it may; of parts whose figures differ each by its own. base, r: the solution for the values of the file.
 * 0; TW_EXIT_USAGE or TW_EXIT_INPUT after messages. In the arena. */
int tw_sensitivity_new(tw_arena *a, const tw_options *o, const tw_session *base, const tw_results *r, tw_sensitivity *s);
#endif
