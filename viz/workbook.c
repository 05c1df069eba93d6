#include "workbook.h"
#include <dlfcn.h>
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xlsxwriter.h>

/* The library, with the cryptography behind it, takes a third of the start of a process: it is loaded where a book is written. */
static const char library_name[] = "libxlsxwriter.so." LXW_SOVERSION;
#define FUNCTIONS(X) \
  X(workbook_new) X(workbook_add_format) X(workbook_add_worksheet) X(workbook_close) X(format_set_bold) X(format_set_bg_color) \
  X(format_set_border) X(format_set_italic) X(worksheet_set_column) X(worksheet_freeze_panes) X(worksheet_write_string) \
  X(worksheet_write_number) X(worksheet_write_blank) X(worksheet_write_formula_num) X(worksheet_write_formula_str)

typedef struct {
  void *handle;
#define POINTER(name) __typeof__(name) *name;
  FUNCTIONS(POINTER)
} library;

struct tw_sheet {
  tw_workbook *book;
  lxw_worksheet *sheet;
  tw_sheet *next;
};

struct tw_workbook {
  char *path, *part;
  library lxw;
  lxw_workbook *book;
  lxw_format *styles[TW_CELL_STYLES];
  tw_sheet *sheets;
  int error;
};

static bool load(library *l) {
  l->handle = dlopen(library_name, RTLD_NOW | RTLD_LOCAL);
  bool all = l->handle;
#define FIND(name) all = all && (*(void **)&l->name = dlsym(l->handle, #name)); /* POSIX.1-2008 has this form */
  FUNCTIONS(FIND)
  return all;
}

static void release(tw_workbook *w) {
  while (w->sheets) {
    tw_sheet *s = w->sheets;
    w->sheets = s->next;
    free(s);
  }
  if (w->lxw.handle) dlclose(w->lxw.handle);
  free(w->path);
  free(w->part);
  free(w);
}

static void make_styles(tw_workbook *w) {
  for (int k = TW_CELL_BOLD; k < TW_CELL_STYLES; k++) w->styles[k] = w->lxw.workbook_add_format(w->book);
  w->lxw.format_set_bold(w->styles[TW_CELL_BOLD]);
  w->lxw.format_set_bg_color(w->styles[TW_CELL_INPUT], 0xfff2cc);
  w->lxw.format_set_border(w->styles[TW_CELL_INPUT], LXW_BORDER_THIN);
  w->lxw.format_set_italic(w->styles[TW_CELL_NOTE]);
}

tw_workbook *tw_workbook_open(const char *path) {
  tw_workbook *w = calloc(1, sizeof *w);
  size_t n = strlen(path);
  if (!w) return NULL;
  w->path = malloc(n + 1);
  w->part = malloc(n + sizeof ".part");
  bool loaded = load(&w->lxw);
  if (loaded && w->path && w->part) {
    memcpy(w->path, path, n + 1);
    memcpy(w->part, path, n);
    memcpy(w->part + n, ".part", sizeof ".part");
    w->book = w->lxw.workbook_new(w->part);
  }
  if (!w->book) {
    release(w);
    errno = loaded ? ENOMEM : ELIBACC;
    return NULL;
  }
  make_styles(w);
  return w;
}

tw_sheet *tw_workbook_sheet(tw_workbook *w, const char *name) {
  tw_sheet *s = w->error ? NULL : calloc(1, sizeof *s);
  if (s) s->sheet = w->lxw.workbook_add_worksheet(w->book, name);
  if (!s || !s->sheet) {
    free(s);
    if (!w->error) w->error = ENOMEM;
    return NULL;
  }
  s->book = w;
  s->next = w->sheets;
  w->sheets = s;
  return s;
}

static void keep(tw_sheet *s, lxw_error e) {
  if (e && !s->book->error) s->book->error = e == LXW_ERROR_MEMORY_MALLOC_FAILED ? ENOMEM : EINVAL;
}

void tw_sheet_width(tw_sheet *s, int column, double characters) {
  if (s) keep(s, s->book->lxw.worksheet_set_column(s->sheet, (lxw_col_t)column, (lxw_col_t)column, characters, NULL));
}

void tw_sheet_freeze(tw_sheet *s, int row, int column) {
  if (s) s->book->lxw.worksheet_freeze_panes(s->sheet, (lxw_row_t)row, (lxw_col_t)column);
}

void tw_cell_text(tw_sheet *s, int row, int column, const char *text, tw_cell_style style) {
  if (!s || !text || !*text) return;
  keep(s, s->book->lxw.worksheet_write_string(s->sheet, (lxw_row_t)row, (lxw_col_t)column, text, s->book->styles[style]));
}

void tw_cell_number(tw_sheet *s, int row, int column, double value, tw_cell_style style) {
  if (!s) return;
  if (isfinite(value))
    keep(s, s->book->lxw.worksheet_write_number(s->sheet, (lxw_row_t)row, (lxw_col_t)column, value, s->book->styles[style]));
  else if (style == TW_CELL_INPUT)
    keep(s, s->book->lxw.worksheet_write_blank(s->sheet, (lxw_row_t)row, (lxw_col_t)column, s->book->styles[style]));
}

void tw_cell_formula(tw_sheet *s, int row, int column, const char *formula, double value) {
  if (s) keep(s, s->book->lxw.worksheet_write_formula_num(s->sheet, (lxw_row_t)row, (lxw_col_t)column, formula, NULL, value));
}

void tw_cell_formula_text(tw_sheet *s, int row, int column, const char *formula, const char *text) {
  if (s) keep(s, s->book->lxw.worksheet_write_formula_str(s->sheet, (lxw_row_t)row, (lxw_col_t)column, formula, NULL, text));
}

char *tw_cell_name(int row, int column, int fixed, char *buf) {
  char letters[8];
  int n = 0;
  for (int c = column + 1; c > 0 && n < 7; c = (c - 1) / 26) letters[n++] = (char)('A' + (c - 1) % 26);
  char *to = buf;
  if (fixed) *to++ = '$';
  while (n > 0) *to++ = letters[--n];
  if (fixed) *to++ = '$';
  snprintf(to, (size_t)(TW_CELL_NAME - (to - buf)), "%d", row + 1);
  return buf;
}

int tw_workbook_close(tw_workbook *w) {
  if (!w) return ENOMEM;
  errno = 0;
  lxw_error e = w->lxw.workbook_close(w->book);
  int error = w->error;
  if (!error && e) error = errno ? errno : e == LXW_ERROR_MEMORY_MALLOC_FAILED ? ENOMEM : EIO;
  if (!error && rename(w->part, w->path)) error = errno;
  if (error) remove(w->part);
  release(w);
  return error;
}
