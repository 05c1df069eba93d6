/* What a user asks of the power that a run draws: limits of a utility by frequency, and the stores that keep a ramp or a power.
 * */
#ifndef TW_ASKED_H
#define TW_ASKED_H
#include "../racks/description.h"
#include "options.h"

typedef struct {
  double from, to;          /* Hz */
  double amplitude;         /* W of a sine at most, or a share of the largest power of the run */
  bool share;
  tw_where where;
} tw_utility_limit;

typedef struct {
  double duration;          /* s, of the run */
  bool spectrum;
  double ramp_limit, power_limit; /* W/s, W; NaN: not asked for */
  tw_utility_limit *limits; int n_limits;
} tw_asked;

/* From --spectrum, --utility-limit (which asks for the spectrum, too), --ramp-limit and --power-limit. 0, TW_EXIT_USAGE after a
 * message, or TW_EXIT_INPUT after diagnostics: a file that cannot be read, a limit outside of the band of spectrum.h, or below
 * what the run is long enough for. The file becomes one of the model's inputs; the limits are in its arena. */
int tw_asked_read(const tw_options *o, const tw_scenario *s, tw_description *m, tw_asked *asked, tw_diagnostics *d);
static inline bool tw_asked_any(const tw_asked *a) { return a->spectrum || a->ramp_limit > 0.0 || a->power_limit > 0.0; }
#endif
