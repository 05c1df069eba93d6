#include "table.h"
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct { char *text; tw_ink ink; } cell;
typedef struct { char *title; tw_align align; } column;

struct tw_table {
  column *columns;
  cell *cells;              /* [rows * n_columns], the last row may be short */
  size_t *rules;            /* number of the row that each rule stands before */
  size_t n_columns, n_cells, n_rules, column_room, cell_room, rule_room;
  int error;
};

/* ---- text ------------------------------------------------------------------------------------------------------------ */

/* Next code point; a byte that is not UTF-8 counts as a character of its own. */
static uint32_t next_character(const char **s) {
  const unsigned char *p = (const unsigned char *)*s;
  int more = *p < 0xc2 ? 0 : *p < 0xe0 ? 1 : *p < 0xf0 ? 2 : *p < 0xf5 ? 3 : 0;
  uint32_t c = more == 0 ? *p : more == 1 ? *p & 0x1fu : more == 2 ? *p & 0x0fu : *p & 0x07u;
  for (int i = 1; i <= more; i++) {
    if ((p[i] & 0xc0) != 0x80) {
      (*s)++;
      return 0xfffd;
    }
    c = c << 6 | (p[i] & 0x3fu);
  }
  *s += more + 1;
  return c;
}

typedef struct { uint32_t first, last; } range;

static bool within(uint32_t c, const range *ranges, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (c >= ranges[i].first && c <= ranges[i].last) return true;
  return false;
}

size_t tw_text_width(const char *text) {
  /* Unicode 15: combining blocks and zero-width characters; East Asian Wide and Fullwidth blocks (UAX #11). */
  static const range none[] = {{0x0300, 0x036f}, {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff}, {0x200b, 0x200f}, {0x20d0, 0x20ff},
                               {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}, {0xfeff, 0xfeff}};
  static const range wide[] = {{0x1100, 0x115f}, {0x2e80, 0x303e}, {0x3041, 0xa4cf}, {0xac00, 0xd7a3}, {0xf900, 0xfaff},
                               {0xfe30, 0xfe6f}, {0xff00, 0xff60}, {0xffe0, 0xffe6}, {0x1f300, 0x1f64f}, {0x1f900, 0x1f9ff},
                               {0x20000, 0x3fffd}};
  size_t width = 0;
  for (const char *s = text; *s;) {
    uint32_t c = next_character(&s);
    width += within(c, none, sizeof none / sizeof none[0]) ? 0u : within(c, wide, sizeof wide / sizeof wide[0]) ? 2u : 1u;
  }
  return width;
}

static char *vformat(const char *format, va_list list) {
  va_list again;
  va_copy(again, list);
  int n = vsnprintf(NULL, 0, format, again);
  va_end(again);
  char *text = n < 0 ? NULL : malloc((size_t)n + 1);
  if (text) vsnprintf(text, (size_t)n + 1, format, list);
  return text;
}

/* ---- building -------------------------------------------------------------------------------------------------------- */

tw_table *tw_table_new(void) { return calloc(1, sizeof(tw_table)); }

void tw_table_free(tw_table *t) {
  if (!t) return;
  for (size_t i = 0; i < t->n_columns; i++) free(t->columns[i].title);
  for (size_t i = 0; i < t->n_cells; i++) free(t->cells[i].text);
  free(t->columns);
  free(t->cells);
  free(t->rules);
  free(t);
}

/* Room for one more; the array as it is, and the error noted, if there is no memory. */
static void *grow(tw_table *t, void *array, size_t n, size_t *room, size_t size) {
  if (n < *room) return array;
  void *larger = realloc(array, (2 * n + 8) * size);
  if (!larger) {
    t->error = ENOMEM;
    return array;
  }
  *room = 2 * n + 8;
  return larger;
}

void tw_table_column(tw_table *t, const char *title, tw_align align) {
  t->columns = grow(t, t->columns, t->n_columns, &t->column_room, sizeof *t->columns);
  if (t->error) return;
  size_t n = strlen(title) + 1;
  char *copy = malloc(n);
  if (!copy) {
    t->error = ENOMEM;
    return;
  }
  t->columns[t->n_columns++] = (column){memcpy(copy, title, n), align};
}

void tw_table_cell(tw_table *t, tw_ink ink, const char *format, ...) {
  t->cells = grow(t, t->cells, t->n_cells, &t->cell_room, sizeof *t->cells);
  if (t->error) return;
  va_list list;
  va_start(list, format);
  char *text = vformat(format, list);
  va_end(list);
  if (text) t->cells[t->n_cells++] = (cell){text, ink};
  else t->error = ENOMEM;
}

void tw_table_rule(tw_table *t) {
  while (!t->error && t->n_columns && t->n_cells % t->n_columns) tw_table_cell(t, TW_INK_NONE, "%s", "");
  t->rules = grow(t, t->rules, t->n_rules, &t->rule_room, sizeof *t->rules);
  if (!t->error && t->n_columns) t->rules[t->n_rules++] = t->n_cells / t->n_columns;
}

/* ---- printing -------------------------------------------------------------------------------------------------------- */

static void spaces(size_t n, FILE *out) {
  while (n-- > 0) fputc(' ', out);
}

static const char *ink_code(tw_ink ink) {
  static const char *const codes[] = {"", "\033[1m", "\033[2m", "\033[31m", "\033[33m", "\033[32m"};
  return codes[ink];
}

/* `owed` are the spaces before it that are only written if something follows, so that no line ends in spaces. */
static void print_cell(const char *text, tw_align align, size_t width, tw_ink ink, bool colour, size_t *owed, FILE *out) {
  size_t own = tw_text_width(text), left = width - own;
  size_t before = align == TW_RIGHT ? left : align == TW_CENTRE ? left / 2 : 0;
  if (!own) {
    *owed += width;
    return;
  }
  spaces(*owed + before, out);
  bool inked = colour && ink != TW_INK_NONE;
  fprintf(out, "%s%s%s", inked ? ink_code(ink) : "", text, inked ? "\033[0m" : "");
  *owed = left - before;
}

static void print_rule(const size_t *width, size_t n, FILE *out) {
  for (size_t i = 0; i < n; i++) {
    if (i) spaces(2, out);
    for (size_t k = 0; k < width[i]; k++) fputc('-', out);
  }
  fputc('\n', out);
}

static void print_header(const tw_table *t, const size_t *width, bool colour, FILE *out) {
  bool any = false;
  for (size_t i = 0; i < t->n_columns; i++) any = any || t->columns[i].title[0];
  if (!any) return;
  size_t owed = 0;
  for (size_t i = 0; i < t->n_columns; i++, owed += 2)
    print_cell(t->columns[i].title, t->columns[i].align, width[i], TW_INK_BOLD, colour, &owed, out);
  fputc('\n', out);
  print_rule(width, t->n_columns, out);
}

static void print_row(const tw_table *t, size_t row, const size_t *width, bool colour, FILE *out) {
  size_t owed = 0;
  for (size_t i = 0; i < t->n_columns; i++, owed += 2) {
    size_t k = row * t->n_columns + i;
    if (k < t->n_cells) print_cell(t->cells[k].text, t->columns[i].align, width[i], t->cells[k].ink, colour, &owed, out);
  }
  fputc('\n', out);
}

int tw_table_print(const tw_table *t, FILE *out, bool colour) {
  if (t->error) return t->error;
  if (!t->n_columns) return 0;
  size_t *width = calloc(t->n_columns, sizeof *width), rule = 0;
  if (!width) return ENOMEM;
  for (size_t i = 0; i < t->n_columns; i++) width[i] = tw_text_width(t->columns[i].title);
  for (size_t k = 0; k < t->n_cells; k++) {
    size_t own = tw_text_width(t->cells[k].text), *w = &width[k % t->n_columns];
    if (own > *w) *w = own;
  }
  errno = 0;
  print_header(t, width, colour, out);
  size_t rows = (t->n_cells + t->n_columns - 1) / t->n_columns;
  for (size_t row = 0; row <= rows; row++) {
    for (; rule < t->n_rules && t->rules[rule] == row; rule++) print_rule(width, t->n_columns, out);
    if (row < rows) print_row(t, row, width, colour, out);
  }
  free(width);
  return ferror(out) ? (errno ? errno : EIO) : 0;
}
