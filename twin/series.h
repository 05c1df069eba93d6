/* What to draw of a recorded run: from series.csv as it stands on disk, whatever was selected for it. */
#ifndef TW_SERIES_H
#define TW_SERIES_H
#include "../racks/arena.h"
#include "../racks/csv_in.h"
#include "../viz/chart.h"

/* One quantity with its unit; a line for each kind of part, of many alike the one that goes highest. */
typedef struct {
  const char *quantity, *unit;
  struct { int column; const char *name; } lines[TW_CHART_LINES];
  int n_lines;
} tw_series_chart;

/* series.csv of a folder, in the arena; NULL: not there, larger than 64 MiB, or without two samples. */
tw_csv_in *tw_series_read(const char *folder, tw_arena *arena);

/* Powers first, then temperatures, each from the highest down, then the rest; of one quantity two charts at most, with the highest
 * lines. *left: lines that are in none. Returns the number of charts. */
int tw_series_charts(const tw_csv_in *t, tw_arena *arena, tw_series_chart **charts, int *left);

/* The chart for drawing, of all samples (runs 0) or thinned to `runs` pieces (viz/thin.h). */
tw_chart tw_series_chart_of(const tw_csv_in *t, const tw_series_chart *s, int runs, tw_arena *arena);

/* series.gp, the script for gnuplot beside series.csv; and the first charts on a terminal. 0, or exit code 5 after a message. */
int tw_series_script(const char *folder);
int tw_series_plot(const char *folder);
#endif
