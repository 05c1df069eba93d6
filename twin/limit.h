/* limit: how far a figure can go before a limit breaks. Every trial is a solve from the cold start, as `solve --set` does it with
 * the same text, so that each answer can be checked on both sides. */
#ifndef TW_LIMIT_H
#define TW_LIMIT_H
#include "session.h"

typedef struct {           /* the figure at one value */
  double x;                /* in tw_limit_search.unit */
  const char *text;        /* as --set takes it */
  int exit;                /* as of `solve`; 0: every limit is kept */
  int n_broken;
  bool limited;            /* `tightest` is there */
  tw_margin tightest;
  const char *reason;      /* why there is no result, else "" */
  double *state;           /* [n_states] discrete states */
  int n_states;
  int changed;             /* parts, regulators apart, in another state than at the start: chips that throttle, for example */
  const char *changed_first;
} tw_trial;

typedef enum { TW_BOUND_LIMIT, TW_BOUND_NO_SOLUTION, TW_BOUND_INPUT, TW_BOUND_RANGE } tw_bound;

typedef struct {           /* one end of the range of values that break no limit */
  bool sought;
  tw_bound by;
  const tw_trial *kept;    /* the last that breaks no limit */
  const tw_trial *beyond;  /* the first that does, or has no solution; NULL when the end is that of the range */
} tw_range_end;

enum { TW_MOST_NOTES = 8, TW_MOST_TRIALS = 400 };

typedef struct {
  tw_arena *arena;
  const tw_options *o;
  const char *title;
  const char *si, *unit;   /* of the figure: SI, and that of the search: degC for K */
  bool integer;
  double lo, hi;           /* allowed values in `unit`; infinite where there is no bound */
  double tolerance;        /* in `unit`; 0: 1e-4 of the value */
  bool given;              /* the file has a value, at which the search begins */
  const tw_trial *start;   /* the value of the file, or the bound that stands for it */
  tw_range_end largest, smallest;
  const char *notes[TW_MOST_NOTES];
  int n_notes;
  tw_trial *trials[TW_MOST_TRIALS];
  int n_trials;
  void (*progress)(void *ctx, const tw_trial *t); /* after each trial; NULL: none */
  void *ctx;
} tw_limit_search;

/* Fills what is known before the first solve: the figures that -p names, their unit, range and value. 0 or an exit code after a
 * message. s->arena is the caller's to free. */
int tw_limit_prepare(tw_limit_search *s, const tw_options *o);
/* Finds both ends, or that of --toward. 0; or TW_EXIT_NO_SOLUTION when no value breaks no limit: kept is then NULL. */
int tw_limit_find(tw_limit_search *s);

/* limit_output.c */
void tw_limit_print(FILE *out, const tw_limit_search *s);
char *tw_limit_json(const tw_limit_search *s);   /* to be freed with free() */
/* The tightest limit at a trial, "tray[1].gpu.T_junction is 85.01 degC, at most 85 degC allowed", or why it has no result. In the
 * arena. */
const char *tw_trial_why(const tw_limit_search *s, const tw_trial *t);
const char *tw_bound_name(tw_bound b);
#endif
