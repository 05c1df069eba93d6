#include "trace.h"
#include <math.h>
#include "csv_in.h"
#include "diagnostic_codes.h"
#include "units.h"

struct tw_trace_rows {
  const tw_trace *trace;
  tw_diagnostics *d;
  tw_csv_stream *stream;
  tw_conversion time, *unit; /* [n] */
  double last;               /* time of the last row, NaN before the first */
};

tw_trace_rows *tw_trace_open(const tw_trace *t, tw_arena *a, tw_diagnostics *d) {
  tw_trace_rows *rows = tw_alloc(a, 1, sizeof *rows);
  *rows = (tw_trace_rows){.trace = t, .d = d, .last = NAN, .stream = tw_csv_stream_open(t->file, TW_E_WORKLOAD, t->where, a, d)};
  if (!rows->stream) return NULL;
  const tw_csv_in *table = tw_csv_stream_table(rows->stream);
  rows->unit = tw_alloc(a, (size_t)t->n, sizeof *rows->unit);
  bool good = tw_csv_in_conversion(table, t->time, "s", &rows->time, TW_E_WORKLOAD, d);
  for (int k = 0; good && k < t->n; k++) good = tw_csv_in_conversion(table, t->column[k], "1", &rows->unit[k], TW_E_WORKLOAD, d);
  if (good) return rows;
  tw_trace_close(rows);
  return NULL;
}

static int fail(const tw_trace_rows *rows, int column, const char *text) {
  tw_diagnose(rows->d, TW_ERROR, TW_E_WORKLOAD, tw_csv_stream_where(rows->stream, column), NULL, "%s", text);
  return -1;
}

static int take_time(tw_trace_rows *rows, double *time) {
  int column = rows->trace->time;
  if (!tw_csv_stream_value(rows->stream, column, time)) return -1;
  *time = tw_conversion_apply(&rows->time, *time);
  if (isnan(rows->last) && *time != 0.0) return fail(rows, column, "the time of a trace starts at 0");
  if (*time <= rows->last) return fail(rows, column, "the time of a trace increases from row to row; here it does not");
  rows->last = *time;
  return 1;
}

static int out_of_range(const tw_trace_rows *rows, int column) {
  tw_diagnose(rows->d, TW_ERROR, TW_E_RANGE, tw_csv_stream_where(rows->stream, column), NULL,
              "column \"%s\": a utilisation is within 0 .. 1 (0 .. 100 %%); this is not",
              tw_csv_stream_table(rows->stream)->column[column].name);
  return -1;
}

int tw_trace_next(tw_trace_rows *rows, double *time, double *values) {
  const tw_trace *t = rows->trace;
  int more = tw_csv_stream_next(rows->stream);
  if (more <= 0) return more;
  if (take_time(rows, time) < 0) return -1;
  for (int k = 0; k < t->n; k++) {
    if (!tw_csv_stream_value(rows->stream, t->column[k], &values[k])) return -1;
    values[k] = tw_conversion_apply(&rows->unit[k], values[k]);
    if (!(values[k] >= 0.0 && values[k] <= 1.0))
      return out_of_range(rows, t->column[k]);
  }
  return 1;
}

const tw_csv_in *tw_trace_table(const tw_trace_rows *rows) { return tw_csv_stream_table(rows->stream); }

bool tw_trace_rewind(tw_trace_rows *rows) {
  rows->last = NAN;
  return tw_csv_stream_rewind(rows->stream);
}

void tw_trace_close(tw_trace_rows *rows) {
  if (rows) tw_csv_stream_close(rows->stream);
}
