/* Tables of the page that are files, too. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "../viz/csv.h"
#include "output_internal.h"
#include "page.h"
#include "report.h"

enum { SHORT = 60 }; /* rows that a page of paper shows of a long table (viz/assets/report.css) */

tw_rows *tw_rows_new(tw_arena *arena, const tw_column *columns, int n_columns) {
  tw_rows *t = tw_alloc(arena, 1, sizeof *t);
  *t = (tw_rows){.arena = arena, .columns = columns, .n_columns = n_columns};
  return t;
}

tw_cell *tw_rows_add(tw_rows *t, bool broken) {
  size_t width = (size_t)t->n_columns;
  if (t->n == t->room) {
    t->room = t->room ? 2 * t->room : 64;
    tw_cell *cells = tw_alloc(t->arena, (size_t)t->room * width, sizeof *cells);
    bool *marks = tw_alloc(t->arena, (size_t)t->room, sizeof *marks);
    if (t->n)
      memcpy(cells, t->cells, (size_t)t->n * width * sizeof *cells), memcpy(marks, t->broken, (size_t)t->n * sizeof *marks);
    t->cells = cells, t->broken = marks;
  }
  tw_cell *row = &t->cells[(size_t)t->n * width];
  for (size_t i = 0; i < width; i++) row[i] = (tw_cell){NULL, NAN};
  t->broken[t->n++] = broken;
  return row;
}

tw_cell tw_cell_of(tw_arena *arena, const char *format, double v) {
  char text[64];
  snprintf(text, sizeof text, format, v); /* formats are literals of the callers */
  return (tw_cell){isnan(v) ? "-" : tw_strdup(arena, text), v};
}

void tw_rows_page(FILE *out, const tw_rows *t, const char *id, const char *caption, const char *file) {
  const char *whole = t->n > SHORT ? file : NULL;
  tw_document_table(out, id, caption, t->columns, t->n_columns, whole);
  for (int i = 0; i < t->n; i++)
    tw_document_row(out, t->columns, &t->cells[(size_t)i * (size_t)t->n_columns], t->n_columns, t->broken[i]);
  tw_document_table_end(out, whole);
}

int tw_rows_csv(const tw_rows *t, const char *folder, const char *file) {
  char *path = tw_printf(t->arena, "%s/%s", folder, file);
  tw_csv *c = tw_csv_open(path, 12);
  if (!c) return tw_output_failed(path, errno);
  for (int k = 0; k < t->n_columns; k++) tw_csv_text(c, t->columns[k].title);
  tw_csv_end(c);
  for (int i = 0; i < t->n; i++) {
    for (int k = 0; k < t->n_columns; k++) {
      const tw_cell *cell = &t->cells[i * t->n_columns + k];
      if (t->columns[k].number)
        tw_csv_number(c, cell->by);
      else
        tw_csv_text(c, cell->text ? cell->text : "");
    }
    tw_csv_end(c);
  }
  int error = tw_csv_close(c);
  return error ? tw_output_failed(path, error) : 0;
}

const char *tw_shown(tw_arena *arena, double si, const char *unit) {
  char text[48];
  return tw_strdup(arena, tw_page_value(si, unit, text, sizeof text));
}

tw_cell tw_cell_shown(tw_arena *arena, double si, const char *unit) { return (tw_cell){tw_shown(arena, si, unit), si}; }
