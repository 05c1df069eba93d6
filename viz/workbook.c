#include "workbook.h"
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xlsxwriter.h>

struct tw_sheet {
  tw_workbook *book;
  lxw_worksheet *sheet;
  tw_sheet *next;
};

struct tw_workbook {
  char *path, *part;
  lxw_workbook *book;
  lxw_format *styles[TW_CELL_STYLES];
  tw_sheet *sheets;
  int error;
};

static void release(tw_workbook *w) {
  while (w->sheets) {
    tw_sheet *s = w->sheets;
    w->sheets = s->next;
    free(s);
  }
  free(w->path);
  free(w->part);
  free(w);
}

static void make_styles(tw_workbook *w) {
  for (int k = TW_CELL_BOLD; k < TW_CELL_STYLES; k++) w->styles[k] = workbook_add_format(w->book);
  format_set_bold(w->styles[TW_CELL_BOLD]);
  format_set_bg_color(w->styles[TW_CELL_INPUT], 0xfff2cc);
  format_set_border(w->styles[TW_CELL_INPUT], LXW_BORDER_THIN);
  format_set_italic(w->styles[TW_CELL_NOTE]);
}

tw_workbook *tw_workbook_open(const char *path) {
  tw_workbook *w = calloc(1, sizeof *w);
  size_t n = strlen(path);
  if (!w) return NULL;
  w->path = malloc(n + 1);
  w->part = malloc(n + sizeof ".part");
  if (w->path && w->part) {
    memcpy(w->path, path, n + 1);
    memcpy(w->part, path, n);
    memcpy(w->part + n, ".part", sizeof ".part");
    w->book = workbook_new(w->part);
  }
  if (!w->book) {
    release(w);
    return NULL;
  }
  make_styles(w);
  return w;
}

tw_sheet *tw_workbook_sheet(tw_workbook *w, const char *name) {
  tw_sheet *s = w->error ? NULL : calloc(1, sizeof *s);
  if (s) s->sheet = workbook_add_worksheet(w->book, name);
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
  if (s) keep(s, worksheet_set_column(s->sheet, (lxw_col_t)column, (lxw_col_t)column, characters, NULL));
}

void tw_sheet_freeze(tw_sheet *s, int row, int column) {
  if (s) worksheet_freeze_panes(s->sheet, (lxw_row_t)row, (lxw_col_t)column);
}

void tw_cell_text(tw_sheet *s, int row, int column, const char *text, tw_cell_style style) {
  if (!s || !text || !*text) return;
  keep(s, worksheet_write_string(s->sheet, (lxw_row_t)row, (lxw_col_t)column, text, s->book->styles[style]));
}

void tw_cell_number(tw_sheet *s, int row, int column, double value, tw_cell_style style) {
  if (!s) return;
  if (isfinite(value))
    keep(s, worksheet_write_number(s->sheet, (lxw_row_t)row, (lxw_col_t)column, value, s->book->styles[style]));
  else if (style == TW_CELL_INPUT)
    keep(s, worksheet_write_blank(s->sheet, (lxw_row_t)row, (lxw_col_t)column, s->book->styles[style]));
}

void tw_cell_formula(tw_sheet *s, int row, int column, const char *formula, double value) {
  if (s) keep(s, worksheet_write_formula_num(s->sheet, (lxw_row_t)row, (lxw_col_t)column, formula, NULL, value));
}

void tw_cell_formula_text(tw_sheet *s, int row, int column, const char *formula, const char *text) {
  if (s) keep(s, worksheet_write_formula_str(s->sheet, (lxw_row_t)row, (lxw_col_t)column, formula, NULL, text));
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
  lxw_error e = workbook_close(w->book);
  int error = w->error;
  if (!error && e) error = errno ? errno : e == LXW_ERROR_MEMORY_MALLOC_FAILED ? ENOMEM : EIO;
  if (!error && rename(w->part, w->path)) error = errno;
  if (error) remove(w->part);
  release(w);
  return error;
}
