/* Utilisation over time from a file, row by row as the run goes on: it may be larger than memory. */
#ifndef TW_TRACE_H
#define TW_TRACE_H
#include "description.h"

/* Which cells of a row drive what. */
typedef struct {
  int value;              /* number of the value, in the order of tw_trace.column */
  const char *kind;       /* of all chips of a kind ("gpu" ... or "all"), NULL: */
  int item;               /* of an item; may be a composite */
} tw_trace_use;

typedef struct tw_trace {
  const char *file;
  int time;               /* column of the time */
  int *column, n;         /* of the values */
  tw_trace_use *uses; int n_uses; /* later ones override */
  bool hold;              /* each value lasts until the next row; else linear between rows */
  double end;             /* s, of the last row */
  tw_where where;
} tw_trace;

typedef struct tw_trace_rows tw_trace_rows;
/* NULL after a diagnostic. The rows belong to the arena; close them before that is freed. */
tw_trace_rows *tw_trace_open(const tw_trace *t, tw_arena *a, tw_diagnostics *d);
/* Time [s] and values [t->n] 0..1 of the next row: 1; 0 at the end; -1 after a diagnostic: a cell that is missing, no number or out
 * of range, a time that does not increase or does not begin at 0. */
int tw_trace_next(tw_trace_rows *rows, double *time, double *values);
const struct tw_csv_in *tw_trace_table(const tw_trace_rows *rows);
bool tw_trace_rewind(tw_trace_rows *rows);
void tw_trace_close(tw_trace_rows *rows);
#endif
