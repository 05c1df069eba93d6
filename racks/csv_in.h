/* Tables from files: curves (x, y), traces over time, telemetry.
 *
 * RFC 4180, strictly: UTF-8, one header row, the same number of fields in every row, ',' between them, '"' around fields that
 * need it, LF or CRLF. Lines that begin with '#' may stand above the header. A header field is "name [unit]"; a column of
 * plain numbers needs no unit. Cells are decimal numbers with '.', or empty where a value is missing.
 *
 * Text in a column that nobody asks for is no mistake (time stamps, labels in telemetry). */
#ifndef TW_CSV_IN_H
#define TW_CSV_IN_H
#include "arena.h"
#include "diagnostics.h"
#include "units.h"

typedef struct {
  const char *name, *unit;     /* unit "" where the header gives none */
  tw_where where;              /* of the header field */
  double *values;              /* [rows], as written; NaN where the cell is empty or no number */
  tw_where empty, text;        /* first cell of that sort; line 0: none */
} tw_csv_in_column;

typedef struct tw_csv_in {
  const char *file;
  int columns, rows;
  tw_csv_in_column *column;
} tw_csv_in;

/* Reads the whole file (up to 64 MiB) into the arena. `code` is that of the diagnostics about its content; a file that cannot be
 * read gives TW_E_FILE at `where` (the attribute that names it). NULL on a mistake. */
tw_csv_in *tw_csv_in_read(const char *file, int code, tw_where where, tw_arena *a, tw_diagnostics *d);

/* Number of the column called `name`, or -1 after a diagnostic with the nearest name. */
int tw_csv_in_find(const tw_csv_in *t, const char *name, int code, tw_diagnostics *d);

/* Values of a column in si_unit, [rows], in the arena. NULL after a diagnostic: a unit that does not fit, a cell that is no
 * number, or an empty one unless `missing` allows it (then NaN). */
const double *tw_csv_in_values(const tw_csv_in *t, int column, const char *si_unit, bool missing, int code, tw_arena *a,
                               tw_diagnostics *d);
/* The same row by row, for files larger than memory: a tw_csv_in of one row. Lines end where rows do, never in quotes. */
typedef struct tw_csv_stream tw_csv_stream;
/* Reads the header. NULL on a mistake. The stream itself belongs to the arena; close it before that is freed. */
tw_csv_stream *tw_csv_stream_open(const char *file, int code, tw_where where, tw_arena *a, tw_diagnostics *d);
const tw_csv_in *tw_csv_stream_table(const tw_csv_stream *s);       /* names, units; not for tw_csv_in_values */
int tw_csv_stream_next(tw_csv_stream *s);                           /* 1: a row is there; 0: none is left; -1 after a diagnostic */
/* A cell of the row, as written; false after a diagnostic: it is empty or no number. */
bool tw_csv_stream_value(tw_csv_stream *s, int column, double *value);
tw_where tw_csv_stream_where(const tw_csv_stream *s, int column);   /* of a cell of the row */
bool tw_csv_stream_rewind(tw_csv_stream *s);                        /* to before the first row */
void tw_csv_stream_close(tw_csv_stream *s);                         /* NULL is fine */
/* How the values of a column become si_unit; false after a diagnostic. */
bool tw_csv_in_conversion(const tw_csv_in *t, int column, const char *si_unit, tw_conversion *c, int code, tw_diagnostics *d);
#endif
