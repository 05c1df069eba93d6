#include "series.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "../racks/diagnostic_codes.h"
#include "../viz/gnuplot.h"
#include "../viz/text_plot.h"
#include "../viz/thin.h"
#include "compare.h"
#include "output_internal.h"

enum { CHARTS_OF_ONE = 2, ON_TERMINAL = 4 };

/* One kind of part and one quantity of it: the column that goes highest, and how many there are. */
typedef struct {
  const char *group, *quantity, *unit;
  int column, count;
  double highest;
} kind;

tw_csv_in *tw_series_read(const char *folder, tw_arena *arena) {
  tw_diagnostics quiet = {0};
  tw_csv_in *t = tw_csv_in_read(tw_printf(arena, "%s/series.csv", folder), TW_E_FILE, (tw_where){0}, arena, &quiet);
  tw_diagnostics_free(&quiet);
  return t && t->rows > 1 && t->columns > 1 ? t : NULL;
}

/* The same as one row of the highest values, read row by row: a run's memory does not grow with its length. */
static tw_csv_in *read_highest(const char *folder, tw_arena *arena) {
  tw_diagnostics quiet = {0};
  tw_csv_stream *s = tw_csv_stream_open(tw_printf(arena, "%s/series.csv", folder), TW_E_FILE, (tw_where){0}, arena, &quiet);
  tw_csv_in *t = NULL;
  int rows = 0;
  if (s) {
    const tw_csv_in *row = tw_csv_stream_table(s);
    t = tw_alloc(arena, 1, sizeof *t);
    *t = (tw_csv_in){row->file, row->columns, 1, tw_alloc(arena, (size_t)row->columns, sizeof *t->column)};
    for (int k = 0; k < t->columns; k++) {
      t->column[k] = row->column[k];
      t->column[k].values = tw_alloc(arena, 1, sizeof(double));
      t->column[k].values[0] = -INFINITY;
    }
    for (; tw_csv_stream_next(s) > 0; rows++) /* fmax leaves NaN out */
      for (int k = 0; k < t->columns; k++) t->column[k].values[0] = fmax(t->column[k].values[0], row->column[k].values[0]);
    tw_csv_stream_close(s);
  }
  tw_diagnostics_free(&quiet);
  return rows > 1 && t->columns > 1 ? t : NULL;
}

/* "tray[3].gpu[1].P" is P of tray.gpu; "hottest_gpu", a figure of many parts, is hottest; ".max" and its like belong to
 * the kind. */
static kind kind_of(const tw_csv_in *t, int column, tw_arena *a) {
  static const char *const aggregates[] = {".min", ".mean", ".max"};
  const char *name = t->column[column].name, *suffix = "";
  size_t length = strlen(name);
  for (int i = 0; i < TW_COUNT(aggregates); i++) {
    size_t n = strlen(aggregates[i]);
    if (length > n && !strcmp(name + length - n, aggregates[i])) suffix = aggregates[i], length -= n;
  }
  char *plain = tw_printf(a, "%.*s", (int)length, name), *dot = strrchr(plain, '.');
  const char *group = plain, *quantity = plain;
  if (dot)
    *dot = 0, group = tw_path_group(a, plain), quantity = dot + 1;
  else if (strchr(plain, '_'))
    quantity = tw_printf(a, "%.*s", (int)strcspn(plain, "_"), plain);
  kind k = {tw_printf(a, "%s%s", group, suffix), quantity, t->column[column].unit, column, 1, -INFINITY};
  for (int i = 0; i < t->rows; i++) k.highest = fmax(k.highest, t->column[column].values[i]); /* fmax leaves NaN out */
  return k;
}

static bool one_quantity(const kind *a, const kind *b) { return !strcmp(a->quantity, b->quantity) && !strcmp(a->unit, b->unit); }

static int gather_kinds(const tw_csv_in *t, tw_arena *a, kind *list) {
  int n = 0;
  for (int column = 1; column < t->columns; column++) {
    kind k = kind_of(t, column, a);
    int i = 0;
    while (i < n && (!one_quantity(&list[i], &k) || strcmp(list[i].group, k.group))) i++;
    if (i == n) {
      list[n++] = k;
      continue;
    }
    list[i].count++;
    if (k.highest > list[i].highest) list[i].column = k.column, list[i].highest = k.highest;
  }
  return n;
}

static int rank_of_unit(const char *unit) { return !strcmp(unit, "W") ? 0 : !strcmp(unit, "degC") ? 1 : 2; }

static int by_height(const void *a, const void *b) {
  const kind *x = a, *y = b;
  int c = rank_of_unit(x->unit) - rank_of_unit(y->unit);
  if (c) return c;
  bool ordered = rank_of_unit(x->unit) < 2 || one_quantity(x, y);
  if (ordered && x->highest != y->highest) return x->highest > y->highest ? -1 : 1;
  return x->column - y->column;
}

int tw_series_charts(const tw_csv_in *t, tw_arena *arena, tw_series_chart **charts, int *left) {
  kind *list = tw_alloc(arena, (size_t)t->columns, sizeof *list);
  int n = gather_kinds(t, arena, list), made = 0;
  qsort(list, (size_t)n, sizeof *list, by_height);
  *charts = tw_alloc(arena, (size_t)n + 1, sizeof **charts);
  *left = 0;
  for (int i = 0; i < n; i++) {
    int of_it = 0;
    tw_series_chart *c = NULL;
    for (int k = 0; k < made; k++)
      if (!strcmp((*charts)[k].quantity, list[i].quantity) && !strcmp((*charts)[k].unit, list[i].unit))
        of_it++, c = &(*charts)[k];
    if (!c || c->n_lines == TW_CHART_LINES) {
      if (of_it == CHARTS_OF_ONE) {
        ++*left;
        continue;
      }
      c = &(*charts)[made++];
      *c = (tw_series_chart){.quantity = list[i].quantity, .unit = list[i].unit};
    }
    const char *name = t->column[list[i].column].name;
    c->lines[c->n_lines].column = list[i].column;
    c->lines[c->n_lines++].name = list[i].count > 1 ? tw_printf(arena, "%s, highest of %d", name, list[i].count) : name;
  }
  return made;
}

tw_chart tw_series_chart_of(const tw_csv_in *t, const tw_series_chart *s, int runs, tw_arena *arena) {
  const double *time = t->column[0].values;
  tw_chart c = {.title = tw_printf(arena, "%s over time", s->quantity),
      .x_title = "time [s]",
      .x_unit = "s",
      .y_unit = s->unit,
      .y_title = tw_printf(arena, "%s [%s]", s->quantity, s->unit),
      .n = t->rows,
      .x = time,
      .n_lines = s->n_lines};
  for (int k = 0; k < s->n_lines; k++) {
    c.lines[k] = (tw_chart_line){.name = s->lines[k].name, .y = t->column[s->lines[k].column].values};
    if (!runs) continue;
    double *x = tw_alloc(arena, (size_t)t->rows, sizeof *x), *y = tw_alloc(arena, (size_t)t->rows, sizeof *y);
    c.lines[k].n = tw_thin(time, c.lines[k].y, t->rows, runs, x, y);
    c.lines[k].x = x, c.lines[k].y = y;
  }
  return c;
}

int tw_series_script(const char *folder) {
  tw_arena *arena = tw_arena_new();
  tw_csv_in *t = read_highest(folder, arena);
  char *text = NULL;
  size_t size = 0;
  FILE *out = open_memstream(&text, &size);
  if (!out) abort();
  tw_series_chart *list;
  int left, n = t ? tw_series_charts(t, arena, &list, &left) : 0;
  tw_gnuplot_chart *charts = tw_alloc(arena, (size_t)n + 1, sizeof *charts);
  for (int i = 0; i < n; i++) {
    charts[i] =
        (tw_gnuplot_chart){.y_title = tw_printf(arena, "%s [%s]", list[i].quantity, list[i].unit), .n_lines = list[i].n_lines};
    for (int k = 0; k < list[i].n_lines; k++)
      charts[i].lines[k] = (tw_gnuplot_line){list[i].lines[k].column, list[i].lines[k].name};
  }
  tw_gnuplot_script(out, "series.csv", "series", "time [s]", charts, n);
  if (fclose(out)) abort();
  int status = n ? tw_output_file(tw_printf(arena, "%s/series.gp", folder), text, size) : 0;
  free(text);
  tw_arena_free(arena);
  return status;
}

static int terminal_width(void) {
  struct winsize w;
  return !ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) && w.ws_col >= 40 ? w.ws_col : 80;
}

int tw_series_plot(const char *folder) {
  tw_arena *arena = tw_arena_new();
  tw_csv_in *t = tw_series_read(folder, arena);
  tw_series_chart *list;
  int left, n = t ? tw_series_charts(t, arena, &list, &left) : 0, width = terminal_width();
  if (!n) fprintf(stderr, "racktwin: nothing to plot: %s/series.csv has not two samples, or is larger than 64 MiB\n", folder);
  for (int i = 0; i < n && i < ON_TERMINAL; i++) {
    tw_chart c = tw_series_chart_of(t, &list[i], 0, arena);
    tw_text_plot(stdout, &c, width < 120 ? width : 120);
  }
  if (n > ON_TERMINAL) printf("\n%d more charts: gnuplot series.gp in %s draws them\n", n - ON_TERMINAL, folder);
  tw_arena_free(arena);
  return 0;
}
