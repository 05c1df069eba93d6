/* sweep: a grid of cases, each read and solved by itself as `solve` would, into one tidy table with a row per case.
 *
 * Every case begins at the cold start of its own model, so that a row depends on nothing but its own figures: neither on the
 * order of the cases, nor on how many processes share them, nor on shards or interruptions. */
#ifndef TW_SWEEP_H
#define TW_SWEEP_H
#include "session.h"
#include "study.h"

typedef struct {         /* one figure, or the variant, that is varied */
  const char *path;      /* as of --set, or "variant" */
  bool variant, range;   /* range: -P, and every value between two that are accepted is accepted, too */
  const char **text;     /* [n] as --set is given them */
  double *number;        /* [n] in `unit`, what the column shows; NULL: it shows the text */
  const char *unit;
  int n;
} tw_axis;

typedef struct { const char *name, *unit; } tw_sweep_column;

typedef struct {
  tw_arena *arena;
  const tw_options *o;
  char catalogue[TW_FOLDER_SIZE];
  tw_axis *axes; int n_axes;
  int cases;                                     /* of all shards; numbered from 0 here, from 1 for the user */
  int shard, shards;                             /* case k is ours when k % shards == shard */
  const char **inputs; int n_inputs, inputs_room; /* every file that any case reads */
  tw_sweep_column *columns; int n_columns, columns_room; /* of --select */
  const char **kinds; int n_kinds;               /* of chips, without --select */
  char key[65];                                  /* SHA-256 of the program, its options and all inputs */
} tw_sweep;

/* sweep_plan.c. -P and -L into axes, the last one varies fastest; reads as many cases as it takes to know that every value is
 * accepted and which columns there are. 0 or an exit code after a message. Frees nothing: w->arena is the caller's to free. */
int tw_sweep_plan(tw_sweep *w, const tw_options *o);
/* sweep_axes.c. The number of axes, -1 after a message. */
int tw_axes_parse(tw_arena *a, const tw_options *o, tw_axis **axes, int *cases);
int tw_sweep_value(const tw_sweep *w, int number, int axis);    /* which value of an axis case `number` has */
/* Reads case `number`. As tw_session_read; the session outlives nothing of it. */
int tw_sweep_read(const tw_sweep *w, int number, tw_session *s, bool with_solver);
/* What the result of the sweep depends on, as it is now. */
void tw_sweep_key(const tw_sweep *w, char key[65]);

/* sweep_table.c. Rows end with a line feed and hold no other; to be freed with free(). */
void tw_sweep_columns_of(tw_sweep *w, const tw_session *s);     /* adds the columns that this model asks for */
char *tw_sweep_header(const tw_sweep *w);
/* r NULL: the case has no result, and `reason` says why. */
char *tw_sweep_row(const tw_sweep *w, int number, const tw_results *r, int exit, const char *reason);
int tw_sweep_solve(const tw_sweep *w, int number, char **row);  /* the case and its row; its exit code */

/* sweep_record.c: FILE without .csv, with .json: what was swept with what, by which shards are put together. */
int tw_sweep_record(const tw_sweep *w, const char *path, const tw_study_counts *c);
int tw_sweep_merge(const tw_options *o);
#endif
