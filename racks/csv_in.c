#include "csv_in.h"
#include "diagnostic_codes.h"
#include "units.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>

enum { LARGEST = 64 << 20, COLUMNS = 100000 };

typedef struct {
  const char *file, *at, *end, *line_start; /* the text from `at` on; *end is '\0' */
  int line, code;
  tw_arena *arena;
  tw_diagnostics *d;
  const char *field;           /* last field read, without quotes; a delimiter or '\0' follows */
  size_t length;
  const char *field_start;     /* where it stands in the file, and the line it is in */
  const char *field_line_start;
  int field_line;
  char unquoted[512];
} reader;

/* ---- places ---------------------------------------------------------------------------------------------------------- */

static tw_where place(const reader *r, const char *line_start, int line, const char *at) {
  int col = 1;
  for (const char *s = line_start; s < at; s++) col += ((unsigned char)*s & 0xc0) != 0x80;
  return (tw_where){r->file, line, col};
}

static tw_where here(const reader *r) { return place(r, r->line_start, r->line, r->at); }
static tw_where at_field(const reader *r) { return place(r, r->field_line_start, r->field_line, r->field_start); }

static bool fail(reader *r, tw_where where, const char *text) {
  tw_diagnose(r->d, TW_ERROR, r->code, where, NULL, "%s", text);
  return false;
}

/* ---- file ------------------------------------------------------------------------------------------------------------ */

static char *file_failed(const char *file, const char *why, tw_where where, tw_diagnostics *d) {
  tw_diagnose(d, TW_ERROR, TW_E_FILE, where, NULL, "\"%s\" cannot be read: %s", file, why);
  return NULL;
}

static char *read_file(const char *file, tw_where where, size_t *n, tw_arena *a, tw_diagnostics *d) {
  struct stat status;
  if (stat(file, &status) != 0) return file_failed(file, strerror(errno), where, d);
  if (!S_ISREG(status.st_mode)) return file_failed(file, "it is not a regular file", where, d);
  if (status.st_size > LARGEST) return file_failed(file, "it is larger than 64 MiB", where, d);
  FILE *f = fopen(file, "rb");
  if (!f) return file_failed(file, strerror(errno), where, d);
  char *text = tw_alloc(a, (size_t)status.st_size + 1, 1);
  *n = fread(text, 1, (size_t)status.st_size, f);
  bool failed = ferror(f) != 0;
  fclose(f);
  return failed ? file_failed(file, "reading failed", where, d) : text;
}

/* ---- fields ---------------------------------------------------------------------------------------------------------- */

static bool at_line_end(const reader *r) { return *r->at == '\n' || (*r->at == '\r' && r->at[1] == '\n') || r->at >= r->end; }

static void next_line(reader *r) {
  if (*r->at == '\r') r->at++;
  if (*r->at == '\n') r->at++;
  r->line_start = r->at;
  r->line++;
}

static bool read_quoted(reader *r) {
  size_t n = 0;
  for (r->at++;; r->at++) {
    if (r->at >= r->end) return fail(r, at_field(r), "the quote that begins this field is never closed");
    if (*r->at == '"') {
      if (r->at[1] != '"') break;
      r->at++;
    }
    if (n + 1 >= sizeof r->unquoted) return fail(r, at_field(r), "this field is too long; is its closing quote missing?");
    r->unquoted[n++] = *r->at;
    if (*r->at == '\n') {
      r->line++;
      r->line_start = r->at + 1;
    }
  }
  r->at++;
  r->unquoted[n] = '\0';
  r->field = r->unquoted;
  r->length = n;
  if (*r->at == ',' || at_line_end(r)) return true;
  return fail(r, here(r), "after a closing quote comes ',' or the end of the line; a quote inside a field is written twice");
}

static bool read_field(reader *r) {
  r->field_start = r->field = r->at;
  r->field_line = r->line;
  r->field_line_start = r->line_start;
  if (*r->at == '"') return read_quoted(r);
  for (; *r->at != ',' && !at_line_end(r); r->at++) {
    if (*r->at == '"') return fail(r, here(r), "a field with a quote inside must be quoted itself");
    if (*r->at == '\r') return fail(r, here(r), "a line ends with LF or CRLF, not with CR alone");
    if (*r->at == '\0') return fail(r, here(r), "there is a NUL byte; the file must be UTF-8 text");
  }
  r->length = (size_t)(r->at - r->field);
  return true;
}

static void trim(const char **s, size_t *n) {
  while (*n > 0 && (**s == ' ' || **s == '\t')) (*s)++, (*n)--;
  while (*n > 0 && ((*s)[*n - 1] == ' ' || (*s)[*n - 1] == '\t')) (*n)--;
}

/* ---- header ---------------------------------------------------------------------------------------------------------- */

/* "name [unit]"; the brackets of an index ("tray[3].T") have no space before them. */
static bool split_header(reader *r, tw_csv_in_column *c) {
  const char *s = r->field;
  size_t n = r->length;
  trim(&s, &n);
  char *text = tw_printf(r->arena, "%.*s", (int)n, s), *bracket = NULL;
  c->where = at_field(r);
  c->unit = "";
  if (n > 0 && text[n - 1] == ']')
    for (char *p = strstr(text, " ["); p; p = strstr(p + 1, " [")) bracket = p;
  if (bracket) {
    text[n - 1] = '\0';
    c->unit = bracket + 2;
    while (bracket > text && bracket[-1] == ' ') bracket--;
    *bracket = '\0';
    if (!*c->unit) return fail(r, c->where, "the brackets of this column hold no unit; write for example \"time [s]\"");
  }
  c->name = text;
  if (!*text || *text == '[') return fail(r, c->where, "this column has no name; write for example \"time [s]\"");
  return true;
}

static int compare_names(const void *a, const void *b) {
  return strcmp((*(tw_csv_in_column *const *)a)->name, (*(tw_csv_in_column *const *)b)->name);
}

static bool names_differ(reader *r, tw_csv_in *t) {
  tw_csv_in_column **sorted = tw_alloc(r->arena, (size_t)t->columns, sizeof *sorted);
  for (int i = 0; i < t->columns; i++) sorted[i] = &t->column[i];
  qsort(sorted, (size_t)t->columns, sizeof *sorted, compare_names);
  for (int i = 1; i < t->columns; i++)
    if (!strcmp(sorted[i - 1]->name, sorted[i]->name)) {
      const tw_csv_in_column *later = sorted[i - 1] > sorted[i] ? sorted[i - 1] : sorted[i];
      tw_diagnose(r->d, TW_ERROR, r->code, later->where, NULL, "there are two columns called \"%s\"", later->name);
      return false;
    }
  return true;
}

static bool read_header(reader *r, tw_csv_in *t) {
  if (!strncmp(r->at, "\357\273\277", 3)) r->line_start = r->at += 3; /* byte order mark */
  while (*r->at == '#') {
    while (!at_line_end(r)) r->at++;
    next_line(r);
  }
  if (at_line_end(r)) return fail(r, here(r), "the header row is missing; write for example \"time [s],power [W]\"");
  int room = 1;
  for (const char *s = r->at; s < r->end && *s != '\n'; s++) room += *s == ',';
  if (room > COLUMNS) return fail(r, here(r), "there are too many columns (more than 100000)");
  t->column = tw_alloc(r->arena, (size_t)room, sizeof *t->column);
  for (;;) {
    if (!read_field(r)) return false;
    if (t->columns == 0 && at_line_end(r) && memchr(r->field, ';', r->length))
      return fail(r, at_field(r), "columns are separated by ',' (RFC 4180), not by ';'");
    if (t->columns >= room) return fail(r, at_field(r), "a column's name is on one line");
    if (!split_header(r, &t->column[t->columns++])) return false;
    if (*r->at != ',') break;
    r->at++;
  }
  next_line(r);
  return names_differ(r, t);
}

/* ---- rows ------------------------------------------------------------------------------------------------------------ */

static double read_number(const reader *r, tw_csv_in_column *c) {
  const char *s = r->field;
  size_t n = r->length;
  double value;
  trim(&s, &n);
  if (n == 0) {
    if (!c->empty.line) c->empty = at_field(r);
    return NAN;
  }
  if (tw_number_scan(s, &value) == s + n) return value;
  if (!c->text.line) c->text = at_field(r);
  return NAN;
}

static bool wrong_count(reader *r, int fields, int columns, tw_where where) {
  tw_diagnose(r->d, TW_ERROR, r->code, where, NULL, "this row has %d field%s, but the header has %d column%s%s", fields,
              fields == 1 ? "" : "s", columns, columns == 1 ? "" : "s",
              fields == 2 * columns ? "; is there a decimal comma? numbers have '.'" : "");
  return false;
}

static bool read_row(reader *r, tw_csv_in *t) {
  tw_where start = here(r);
  int fields = 0;
  if (at_line_end(r) && r->at < r->end && t->columns > 1) return fail(r, start, "there is an empty line between the rows");
  for (;; r->at++) {
    if (!read_field(r)) return false;
    if (fields < t->columns) t->column[fields].values[t->rows] = read_number(r, &t->column[fields]);
    fields++;
    if (*r->at != ',') break;
  }
  next_line(r);
  if (fields != t->columns) return wrong_count(r, fields, t->columns, start);
  t->rows++;
  return true;
}

static bool read_rows(reader *r, tw_csv_in *t) {
  size_t rows = 1, cells = (size_t)(r->end - r->at) + 1; /* every cell but the first of the text needs a byte before it */
  for (const char *s = r->at; s < r->end; s++) rows += *s == '\n';
  if (rows > cells / (size_t)t->columns + 2) rows = cells / (size_t)t->columns + 2;
  for (int i = 0; i < t->columns; i++) t->column[i].values = tw_alloc(r->arena, rows, sizeof(double));
  while (r->at < r->end)
    if (!read_row(r, t)) return false;
  return t->rows > 0 || fail(r, here(r), "there are no rows below the header");
}

tw_csv_in *tw_csv_in_read(const char *file, int code, tw_where where, tw_arena *a, tw_diagnostics *d) {
  size_t n = 0;
  char *text = read_file(file, where, &n, a, d);
  if (!text) return NULL;
  reader r = {.file = tw_strdup(a, file), .at = text, .end = text + n, .line_start = text, .line = 1, .code = code};
  r.arena = a;
  r.d = d;
  tw_csv_in *t = tw_alloc(a, 1, sizeof *t);
  t->file = r.file;
  return read_header(&r, t) && read_rows(&r, t) ? t : NULL;
}

/* ---- columns --------------------------------------------------------------------------------------------------------- */

int tw_csv_in_find(const tw_csv_in *t, const char *name, int code, tw_diagnostics *d) {
  const char **names = calloc((size_t)t->columns, sizeof *names);
  int found = -1;
  for (int i = 0; i < t->columns && found < 0; i++) {
    if (!strcmp(t->column[i].name, name)) found = i;
    if (names) names[i] = t->column[i].name;
  }
  if (found < 0) {
    const char *near = names ? tw_nearest(name, names, t->columns) : NULL;
    tw_diagnose(d, TW_ERROR, code, t->column[0].where, NULL, "there is no column called \"%s\"%s%s%s", name,
                near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
  }
  free(names);
  return found;
}

bool tw_csv_in_conversion(const tw_csv_in *t, int column, const char *si_unit, tw_conversion *c, int code, tw_diagnostics *d) {
  char message[256];
  if (tw_conversion_find(t->column[column].unit, si_unit, c, message, sizeof message)) return true;
  tw_diagnose(d, TW_ERROR, code, t->column[column].where, NULL, "column \"%s\" %s", t->column[column].name, message);
  return false;
}

const double *tw_csv_in_values(const tw_csv_in *t, int column, const char *si_unit, bool missing, int code, tw_arena *a,
                               tw_diagnostics *d) {
  const tw_csv_in_column *c = &t->column[column];
  tw_conversion conversion;
  if (!tw_csv_in_conversion(t, column, si_unit, &conversion, code, d)) return NULL;
  if (c->text.line) {
    tw_diagnose(d, TW_ERROR, code, c->text, NULL, "column \"%s\": this is not a decimal number", c->name);
    return NULL;
  }
  if (c->empty.line && !missing) {
    tw_diagnose(d, TW_ERROR, code, c->empty, NULL, "column \"%s\": a value is missing", c->name);
    return NULL;
  }
  double *values = tw_alloc(a, (size_t)t->rows, sizeof *values);
  for (int i = 0; i < t->rows; i++) values[i] = tw_conversion_apply(&conversion, c->values[i]);
  return values;
}

/* ---- row by row ------------------------------------------------------------------------------------------------------ */

struct tw_csv_stream {
  reader r;
  tw_csv_in table;
  FILE *file;
  char *line;
  size_t room;
  off_t first_row; /* where it begins, and in which line */
  int first_line;
};

/* The next line into the reader: 1, 0 at the end, -1 after a diagnostic. */
static int next_text(tw_csv_stream *s, int number) {
  ssize_t n = getline(&s->line, &s->room, s->file);
  s->r.line = number;
  if (n < 0 && ferror(s->file)) {
    tw_diagnose(s->r.d, TW_ERROR, TW_E_FILE, (tw_where){s->r.file, number, 1}, NULL, "\"%s\" cannot be read any further",
                s->r.file);
    return -1;
  }
  s->r.at = s->r.line_start = n < 0 ? "" : s->line;
  s->r.end = s->r.at + (n < 0 ? 0 : n);
  return n >= 0;
}

static bool stream_header(tw_csv_stream *s) {
  static const char mark[] = "\357\273\277";
  int number = 1, more = next_text(s, number);
  while (more > 0 && s->r.at[!strncmp(s->r.at, mark, 3) ? 3 : 0] == '#') more = next_text(s, ++number);
  if (more < 0 || !read_header(&s->r, &s->table)) return false;
  if (s->r.at < s->r.end) return fail(&s->r, here(&s->r), "a column's name is on one line");
  for (int i = 0; i < s->table.columns; i++) s->table.column[i].values = tw_alloc(s->r.arena, 1, sizeof(double));
  s->first_row = ftello(s->file);
  s->first_line = s->r.line;
  return true;
}

tw_csv_stream *tw_csv_stream_open(const char *file, int code, tw_where where, tw_arena *a, tw_diagnostics *d) {
  struct stat status;
  if (stat(file, &status) != 0) {
    file_failed(file, strerror(errno), where, d);
    return NULL;
  }
  if (!S_ISREG(status.st_mode)) {
    file_failed(file, "it is not a regular file", where, d);
    return NULL;
  }
  FILE *f = fopen(file, "rb");
  if (!f) {
    file_failed(file, strerror(errno), where, d);
    return NULL;
  }
  tw_csv_stream *s = tw_alloc(a, 1, sizeof *s);
  s->file = f;
  s->r = (reader){.file = tw_strdup(a, file), .code = code, .arena = a, .d = d};
  s->table.file = s->r.file;
  if (stream_header(s)) return s;
  tw_csv_stream_close(s);
  return NULL;
}

const tw_csv_in *tw_csv_stream_table(const tw_csv_stream *s) { return &s->table; }

int tw_csv_stream_next(tw_csv_stream *s) {
  int more = next_text(s, s->r.line);
  s->table.rows = 0;
  return more > 0 ? read_row(&s->r, &s->table) ? 1 : -1 : more;
}

bool tw_csv_stream_value(tw_csv_stream *s, int column, double *value) {
  const tw_csv_in_column *c = &s->table.column[column];
  const char *wrong = c->text.line ? "this is not a decimal number" : c->empty.line ? "a value is missing" : NULL;
  *value = c->values[0];
  tw_where at = c->text.line ? c->text : c->empty;
  if (wrong) tw_diagnose(s->r.d, TW_ERROR, s->r.code, at, NULL, "column \"%s\": %s", c->name, wrong);
  return !wrong;
}

tw_where tw_csv_stream_where(const tw_csv_stream *s, int column) {
  const char *at = s->line; /* the row stands there whole; quotes hold no line end, or it would not have been read */
  bool quoted = false;
  for (int k = 0; k < column && *at; at++) {
    quoted ^= *at == '"';
    k += *at == ',' && !quoted;
  }
  return place(&s->r, s->line, s->r.line - 1, at);
}

bool tw_csv_stream_rewind(tw_csv_stream *s) {
  clearerr(s->file);
  s->r.line = s->first_line;
  return !fseeko(s->file, s->first_row, SEEK_SET);
}

void tw_csv_stream_close(tw_csv_stream *s) {
  if (!s) return;
  fclose(s->file);
  free(s->line);
  s->file = NULL;
  s->line = NULL;
}
