#include "diagnostics.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { SHOWN = 20, WIDTH = 160, LINE_MAX_BYTES = 1 << 20 };

static void *checked(void *p) {
  if (p) return p;
  fputs("racktwin: error: out of memory\n", stderr);
  exit(5);
}

static char *copy(const char *s, size_t n) {
  char *p = checked(malloc(n + 1));
  memcpy(p, s, n);
  p[n] = '\0';
  return p;
}

/* ---- text ------------------------------------------------------------------------------------------------------------ */

/* Length of the character at s in bytes; 1 for bytes that are not UTF-8. */
static size_t character(const char *s) {
  unsigned char c = (unsigned char)*s;
  size_t n = c < 0xc2 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf5 ? 4 : 1;
  for (size_t i = 1; i < n; i++)
    if (((unsigned char)s[i] & 0xc0) != 0x80) return 1;
  return n;
}

/* True for accents that are drawn over the character before them (combining marks, zero-width spaces). */
static bool combining(const char *s) {
  unsigned char a = (unsigned char)s[0], b = (unsigned char)s[1];
  if (a == 0xcc || (a == 0xcd && b <= 0xaf)) return true;                                     /* U+0300 .. U+036F */
  return a == 0xe2 && b == 0x80 && (unsigned char)s[2] >= 0x8b && (unsigned char)s[2] <= 0x8f; /* U+200B .. U+200F */
}

/* Nothing from a file may steer the terminal: control characters and stray bytes become '?'. */
static void put_clean(const char *s, size_t n, FILE *out) {
  for (size_t i = 0; i < n;) {
    size_t step = character(s + i);
    unsigned char c = (unsigned char)s[i];
    bool control = (c < 0x20 && c != '\t') || c == 0x7f || (c == 0xc2 && (unsigned char)s[i + 1] < 0xa0);
    if (control || (c >= 0x80 && step == 1)) fputc('?', out);
    else fwrite(s + i, 1, step, out);
    i += step;
  }
}

/* ---- the source line -------------------------------------------------------------------------------------------------- */

/* Line number `line` of the file without its end, or NULL. */
static char *read_line(const char *file, int line) {
  FILE *f = line > 0 ? fopen(file, "rb") : NULL;
  if (!f) return NULL;
  char *buf = NULL;
  size_t n = 0, capacity = 0;
  int c = 0;
  for (int at = 1; at <= line && (c = getc(f)) != EOF;) {
    if (c == '\n') at++;
    else if (at == line && n < LINE_MAX_BYTES) {
      if (n + 1 >= capacity) buf = checked(realloc(buf, capacity = 2 * capacity + 128));
      buf[n++] = (char)c;
    }
  }
  fclose(f);
  if (!buf) return NULL;
  if (buf[n - 1] == '\r') n--;
  buf[n] = '\0';
  return buf;
}

/* Byte offset of character number col (from 1); the end of the line if it is shorter. */
static size_t offset_of(const char *line, int col) {
  const char *s = line;
  for (int k = 1; k < col && *s; k++) s += character(s);
  return (size_t)(s - line);
}

/* The line and a caret under the column. Of a long line only what is around the column. */
static void print_excerpt(const char *line, int col, FILE *out, bool colour) {
  size_t caret = offset_of(line, col), from = 0, to = strlen(line);
  const size_t before = WIDTH / 2, after = WIDTH - before;
  if (to > WIDTH) {
    if (caret > before) from = caret - before;
    while (from > 0 && from < caret && ((unsigned char)line[from] & 0xc0) == 0x80) from++;
    if (to > caret + after) {
      to = caret + after;
      while (to > caret && ((unsigned char)line[to] & 0xc0) == 0x80) to--;
    }
  }
  fputs(from > 0 ? "  ..." : "  ", out);
  put_clean(line + from, to - from, out);
  fputs(line[to] ? "...\n" : "\n", out);
  if (col < 1) return;
  fputs(from > 0 ? "     " : "  ", out);
  for (size_t i = from; i < caret; i += character(line + i))
    if (!combining(line + i)) fputc(line[i] == '\t' ? '\t' : ' ', out);
  fputs(colour ? "\033[1;32m^\033[0m\n" : "^\n", out);
}

/* ---- public ---------------------------------------------------------------------------------------------------------- */

void tw_diagnose(tw_diagnostics *d, tw_severity severity, int code, tw_where where, const char *path, const char *format, ...) {
  if (d->n == d->capacity) d->items = checked(realloc(d->items, (size_t)(d->capacity = 2 * d->capacity + 8) * sizeof *d->items));
  va_list list, again;
  va_start(list, format);
  va_copy(again, list);
  int length = vsnprintf(NULL, 0, format, list);
  va_end(list);
  size_t size = length < 0 ? 1 : (size_t)length + 1;
  char *text = checked(calloc(size, 1));
  vsnprintf(text, size, format, again);
  va_end(again);
  if (where.file) where.file = copy(where.file, strlen(where.file));
  bool shown = d->n < SHOWN && where.file;
  d->items[d->n++] = (tw_diagnostic){severity, code, where, path ? copy(path, strlen(path)) : NULL, text,
                                     shown ? read_line(where.file, where.line) : NULL};
  if (severity == TW_ERROR) d->errors++;
  if (severity == TW_WARNING) d->warnings++;
}

static void print_one(const tw_diagnostic *item, FILE *out, bool colour) {
  static const char *const names[] = {"error", "warning", "note"}, *const inks[] = {"\033[1;31m", "\033[1;35m", "\033[1;36m"};
  const char *bold = colour ? "\033[1m" : "", *plain = colour ? "\033[0m" : "";
  fputs(bold, out);
  if (item->where.file) put_clean(item->where.file, strlen(item->where.file), out);
  else fputs("racktwin", out);
  if (item->where.file && item->where.line > 0) fprintf(out, ":%d", item->where.line);
  if (item->where.file && item->where.line > 0 && item->where.col > 0) fprintf(out, ":%d", item->where.col);
  fprintf(out, ": %s%s:%s ", colour ? inks[item->severity] : "", names[item->severity], plain);
  if (item->path && *item->path) {
    put_clean(item->path, strlen(item->path), out);
    fputs(": ", out);
  }
  put_clean(item->text, strlen(item->text), out);
  if (item->code > 0) fprintf(out, " [RT%04d]", item->code);
  fputc('\n', out);
  if (item->excerpt) print_excerpt(item->excerpt, item->where.col, out, colour);
}

void tw_diagnostics_print(const tw_diagnostics *d, FILE *out, bool colour) {
  for (int i = 0; i < d->n && i < SHOWN; i++) print_one(&d->items[i], out, colour);
  if (d->n > SHOWN) fprintf(out, "... and %d more\n", d->n - SHOWN);
}

const tw_diagnostic *tw_diagnostics_first_error(const tw_diagnostics *d) {
  for (int i = 0; i < d->n; i++)
    if (d->items[i].severity == TW_ERROR) return &d->items[i];
  return NULL;
}

void tw_diagnostics_free(tw_diagnostics *d) {
  for (int i = 0; i < d->n; i++) {
    free((char *)d->items[i].where.file); /* a copy, see tw_diagnose */
    free(d->items[i].path);
    free(d->items[i].text);
    free(d->items[i].excerpt);
  }
  free(d->items);
  *d = (tw_diagnostics){0};
}

/* ---- nearest name ---------------------------------------------------------------------------------------------------- */

enum { LONGEST = 63 };

static int smaller(int a, int b) { return a < b ? a : b; }

static int folded(char c) { return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c == '_' ? '-' : c; }

/* Restricted Damerau-Levenshtein distance: insert, delete, replace, swap of neighbours; case and '-' or '_' cost nothing. */
static int distance(const char *a, const char *b) {
  int n = (int)strlen(a), m = (int)strlen(b), row[3][LONGEST + 1];
  for (int j = 0; j <= m; j++) row[1][j] = j;
  for (int i = 1; i <= n; i++) {
    int *now = row[(i + 1) % 3], *last = row[i % 3];
    const int *before = row[(i + 2) % 3];
    now[0] = i;
    for (int j = 1; j <= m; j++) {
      bool same = folded(a[i - 1]) == folded(b[j - 1]);
      now[j] = smaller(last[j - 1] + !same, 1 + smaller(last[j], now[j - 1]));
      if (i > 1 && j > 1 && folded(a[i - 1]) == folded(b[j - 2]) && folded(a[i - 2]) == folded(b[j - 1]))
        now[j] = smaller(now[j], before[j - 2] + 1);
    }
  }
  return row[(n + 1) % 3][m];
}

const char *tw_nearest(const char *word, const char *const *candidates, int n) {
  size_t length = strlen(word);
  if (length == 0 || length > LONGEST) return NULL;
  const char *best = NULL;
  int least = 1 + (length <= 2 ? 1 : (int)(length / 3)); /* up to a third of the letters may be wrong, never all of them */
  for (int i = 0; i < n; i++) {
    size_t other = candidates[i] ? strlen(candidates[i]) : 0;
    if (other == 0 || other > LONGEST) continue;
    int d = distance(word, candidates[i]);
    if (d >= least || (size_t)d >= length || (size_t)d >= other) continue;
    least = d;
    best = candidates[i];
  }
  return best;
}
