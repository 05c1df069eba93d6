#include "trace.h"
#include <math.h>
#include "csv_in.h"
#include "diagnostic_codes.h"
#include "units.h"

struct tw_trace_rows {
  const tw_trace *trace;
  tw_diagnostics *d;
  tw_csv_stream *stream;     /* NULL: points, of which `point` is the next */
  int point;
  tw_conversion time, *unit; /* [n] */
  double last;               /* time of the last row, NaN before the first */
};

tw_trace_rows *tw_trace_open(const tw_trace *t, tw_arena *a, tw_diagnostics *d) {
  tw_trace_rows *rows = tw_alloc(a, 1, sizeof *rows);
  *rows = (tw_trace_rows){.trace = t, .d = d, .last = NAN};
  if (!t->file) return rows;
  rows->stream = tw_csv_stream_open(t->file, TW_E_WORKLOAD, t->where, a, d);
  if (!rows->stream) return NULL;
  const tw_csv_in *table = tw_csv_stream_table(rows->stream);
  rows->unit = tw_alloc(a, (size_t)t->n, sizeof *rows->unit);
  bool good = tw_csv_in_conversion(table, t->time, "s", &rows->time, TW_E_WORKLOAD, d);
  for (int k = 0; good && k < t->n; k++)
    good = tw_csv_in_conversion(table, t->column[k], t->figure[k].unit, &rows->unit[k], TW_E_WORKLOAD, d);
  if (good) return rows;
  tw_trace_close(rows);
  return NULL;
}

static tw_where where(const tw_trace_rows *rows, int column) {
  return rows->stream ? tw_csv_stream_where(rows->stream, column) : rows->trace->where;
}

static bool in_order(tw_trace_rows *rows, double time) {
  const char *wrong = isnan(rows->last) && time != 0.0 ? "the time of a trace starts at 0"
                      : time <= rows->last ? "the time of a trace increases from row to row; here it does not" : NULL;
  rows->last = time;
  if (wrong) tw_diagnose(rows->d, TW_ERROR, TW_E_WORKLOAD, where(rows, rows->trace->time), NULL, "%s", wrong);
  return !wrong;
}

static bool in_range(tw_trace_rows *rows, int k, double value) {
  const tw_param *p = &rows->trace->figure[k];
  char lo[64], hi[64], is[64];
  if (value >= p->lo && value <= p->hi) return true;
  const char *name = rows->stream ? tw_csv_stream_table(rows->stream)->column[rows->trace->column[k]].name : p->id;
  tw_diagnose(rows->d, TW_ERROR, TW_E_RANGE, where(rows, rows->trace->column[k]), NULL,
              "\"%s\" is within %s .. %s; this is %s", name, tw_display(p->lo, p->unit, lo, sizeof lo), tw_display(p->hi, p->unit, hi, sizeof hi),
              tw_display(value, p->unit, is, sizeof is));
  return false;
}

/* The cells of the stream's row. */
static bool take_cells(tw_trace_rows *rows, double *time, double *values) {
  const tw_trace *t = rows->trace;
  if (!tw_csv_stream_value(rows->stream, t->time, time)) return false;
  *time = tw_conversion_apply(&rows->time, *time);
  for (int k = 0; k < t->n; k++) {
    if (!tw_csv_stream_value(rows->stream, t->column[k], &values[k])) return false;
    values[k] = tw_conversion_apply(&rows->unit[k], values[k]);
  }
  return true;
}

int tw_trace_next(tw_trace_rows *rows, double *time, double *values) {
  const tw_trace *t = rows->trace;
  int more = rows->stream ? tw_csv_stream_next(rows->stream) : rows->point < t->n_points;
  if (more <= 0) return more;
  if (rows->stream && !take_cells(rows, time, values)) return -1;
  if (!rows->stream) *time = t->x[rows->point], *values = t->y[rows->point++];
  bool good = in_order(rows, *time);
  for (int k = 0; good && k < t->n; k++) good = in_range(rows, k, values[k]);
  return good ? 1 : -1;
}

tw_where tw_trace_begin(const tw_trace_rows *rows) {
  return rows->stream ? tw_csv_stream_table(rows->stream)->column[0].where : rows->trace->where;
}

bool tw_trace_rewind(tw_trace_rows *rows) {
  rows->last = NAN;
  rows->point = 0;
  return !rows->stream || tw_csv_stream_rewind(rows->stream);
}

void tw_trace_close(tw_trace_rows *rows) {
  if (rows) tw_csv_stream_close(rows->stream);
}
