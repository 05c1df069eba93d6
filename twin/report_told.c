/* What the run tells: its figures, and the spectrum of its power. */
#include <math.h>
#include "../viz/chart.h"
#include "report.h"

/* The figures of the run that exist. */
static void figures(FILE *out, const tw_dossier *d) {
  static const tw_column columns[] = {{"figure", 0}, {"where", 0}, {"value", 1}, {"time [s]", 1}};
  tw_rows *t = tw_rows_new(d->arena, columns, TW_COUNT(columns));
  tw_told_list told = tw_told_of(tw_account_figures(d->run->account), d->run->margins, d->run->n_margins, d->arena);
  for (int i = 0; i < told.n; i++) {
    const tw_told *f = &told.list[i];
    if (isnan(f->value)) continue;
    tw_cell *row = tw_rows_add(t, false);
    row[0].text = f->name, row[1].text = f->path;
    row[2] = tw_cell_shown(d->arena, f->value, f->unit);
    row[3] = tw_cell_of(d->arena, "%.6g", f->t);
  }
  tw_rows_page(out, t, "figures", "What the run tells; a ramp is the change over a window of the time that its name has",
      "run/summary.csv");
}

static void spectrum(FILE *out, tw_dossier *d, const tw_grid_figures *g) {
  double *f = tw_alloc(d->arena, (size_t)g->n_bins, sizeof *f), *largest = tw_alloc(d->arena, (size_t)g->n_bins, sizeof *largest);
  double *mean = tw_alloc(d->arena, (size_t)g->n_bins, sizeof *mean);
  for (int i = 0; i < g->n_bins; i++) f[i] = g->bins[i].f, largest[i] = g->bins[i].largest, mean[i] = g->bins[i].mean;
  tw_chart c = {.title = "Spectrum of the power",
      .x_title = "frequency [Hz]",
      .x_unit = "Hz",
      .y_title = "amplitude [W]",
      .y_unit = "W",
      .n = g->n_bins,
      .x = f,
      .lines = {{.name = "largest of the windows", .y = largest}, {.name = "mean of the windows", .y = mean}},
      .n_lines = 2};
  for (int i = 0; i < g->n_ranges && c.n_lines < TW_CHART_LINES; i++) {
    double *x = tw_alloc(d->arena, 2, sizeof *x), *y = tw_alloc(d->arena, 2, sizeof *y);
    x[0] = g->ranges[i].limit->from, x[1] = g->ranges[i].limit->to, y[0] = y[1] = g->ranges[i].allowed;
    c.lines[c.n_lines++] = (tw_chart_line){tw_printf(d->arena, "limit from %g to %g Hz", x[0], x[1]), y, x, 2};
  }
  tw_drawing drawing;
  tw_drawing_begin(&drawing);
  int none = tw_chart_svg(drawing.svg, &c);
  if (!none) tw_chart_json(drawing.json, &c);
  tw_drawing_end(out, &drawing, none, "spectrum",
      tw_printf(d->arena, "Single-sided amplitude of the grid's power, %d windows of %.4g s (Hann); run/spectrum.csv", g->windows,
          tw_spectrum_window(g->spectrum)));
}

static void ranges(FILE *out, const tw_dossier *d, const tw_grid_figures *g) {
  static const tw_column columns[] = {
      {"from [Hz]", 1}, {"to [Hz]", 1}, {"at most", 1}, {"largest line", 1}, {"at [Hz]", 1}, {"window from [s]", 1}};
  tw_rows *t = tw_rows_new(d->arena, columns, TW_COUNT(columns));
  for (int i = 0; i < g->n_ranges; i++) {
    const tw_range_result *r = &g->ranges[i];
    tw_cell *row = tw_rows_add(t, r->broken);
    row[0] = tw_cell_of(d->arena, "%g", r->limit->from), row[1] = tw_cell_of(d->arena, "%g", r->limit->to);
    row[2] = tw_cell_shown(d->arena, r->allowed, "W"), row[3] = tw_cell_shown(d->arena, r->amplitude, "W");
    row[4] = tw_cell_of(d->arena, "%.4f", r->f), row[5] = tw_cell_of(d->arena, "%.6g", r->t);
  }
  if (t->n) tw_rows_page(out, t, "utility", "Limits of the utility", "run/summary.csv");
}

void tw_report_told(FILE *out, tw_dossier *d) {
  const tw_grid_figures *g = tw_account_figures(d->run->account)->grid_side;
  figures(out, d);
  if (!g || !g->spectrum) return;
  if (g->windows && g->n_bins > 1) spectrum(out, d, g);
  else tw_left_out(d, "Spectrum: the run is too short, or ended before a window.");
  ranges(out, d, g);
}
