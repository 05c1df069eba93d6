/* Figures over time, from a file, row by row as the run goes on (it may be larger than memory), or from points. */
#ifndef TW_TRACE_H
#define TW_TRACE_H
#include "description.h"

/* Which cells of a row drive what. */
typedef struct {
  int value;              /* number of the value, in the order of tw_trace.column */
  const char *kind;       /* utilisation of all chips of a kind ("gpu" ... or "all"), NULL: */
  int item, param;        /* parameter of an item; may be a composite */
} tw_trace_use;

typedef struct tw_trace {
  const char *file;       /* NULL: from points */
  double *x, *y; int n_points; /* time [s] and the one value */
  int time;               /* column of the time */
  int *column, n;         /* of the values */
  tw_param *figure;       /* [n] unit and range of each value */
  tw_trace_use *uses; int n_uses; /* later ones override */
  bool hold;              /* each value lasts until the next row; else linear between rows */
  bool repeat;            /* the first row follows at the time of the last one */
  double end;             /* s, of the last row */
  tw_where where;
} tw_trace;

/* Whether a figure is another one, or what a composite passes on of it. */
bool tw_figure_follows(const tw_description *m, int item, int param, int outer, int outer_param);
/* What of a trace moves the figure, all or a part of what it is passed on to; NULL: nothing. */
const tw_trace_use *tw_trace_moves(const tw_trace *t, const tw_description *m, int item, int param);

typedef struct tw_trace_rows tw_trace_rows;
/* NULL after a diagnostic. The rows belong to the arena; close them before that is freed. */
tw_trace_rows *tw_trace_open(const tw_trace *t, tw_arena *a, tw_diagnostics *d);
/* Time [s] and values [t->n] in SI of the next row: 1; 0 at the end; -1 after a diagnostic: a cell that is missing, no number or
 * out of range, a time that does not increase or does not begin at 0. */
int tw_trace_next(tw_trace_rows *rows, double *time, double *values);
tw_where tw_trace_begin(const tw_trace_rows *rows);  /* where it stands: its header, or its points */
bool tw_trace_rewind(tw_trace_rows *rows);
void tw_trace_close(tw_trace_rows *rows);
#endif
