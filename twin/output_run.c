/* Files of a run beside its series: margins.csv, summary.csv, spectrum.csv, run.json, series.gp. */
#include <errno.h>
#include <math.h>
#include "../viz/csv.h"
#include "output.h"
#include "output_internal.h"
#include "series.h"

static void told_row(tw_csv *c, const tw_network *net, const char *scenario, const tw_told *f) {
  tw_csv_text(c, net->model->variant ? net->model->variant : "");
  tw_csv_text(c, scenario);
  tw_csv_text(c, f->path ? f->path : "");
  tw_csv_text(c, "");
  tw_csv_text(c, "");
  tw_csv_text(c, f->name);
  tw_csv_text(c, f->unit);
  tw_csv_number(c, f->value);
  tw_csv_number(c, f->t);
  tw_csv_end(c);
}

static int write_summary(const tw_network *net, const char *scenario, const tw_told_list *told, const char *folder) {
  static const char *const header[] = {"variant", "scenario", "path", "element", "part", "quantity", "unit", "value", "time [s]"};
  char path[4200];
  snprintf(path, sizeof path, "%.4096s/summary.csv", folder);
  tw_csv *c = tw_csv_open(path, 12);
  if (!c) return tw_output_failed(path, errno);
  for (int i = 0; i < TW_COUNT(header); i++) tw_csv_text(c, header[i]);
  tw_csv_end(c);
  for (int i = 0; i < told->n; i++) told_row(c, net, scenario, &told->list[i]);
  int error = tw_csv_close(c);
  return error ? tw_output_failed(path, error) : 0;
}

/* The lowest of the limits that hold at f [W]; NaN: none does. */
static double allowed_at(const tw_grid_figures *g, double f) {
  double least = NAN;
  for (int i = 0; i < g->n_ranges; i++)
    if (f >= g->ranges[i].limit->from - 1e-9 && f <= g->ranges[i].limit->to + 1e-9) least = fmin(least, g->ranges[i].allowed);
  return least;
}

static int write_spectrum(const tw_grid_figures *g, const char *folder) {
  char path[4200];
  if (!g || !g->spectrum) return 0;
  snprintf(path, sizeof path, "%.4096s/spectrum.csv", folder);
  tw_csv *c = tw_csv_open(path, 12);
  if (!c) return tw_output_failed(path, errno);
  tw_csv_series(c, "frequency", "Hz");
  tw_csv_series(c, "largest amplitude", "W");
  tw_csv_series(c, "time", "s");
  tw_csv_series(c, "mean amplitude", "W");
  tw_csv_series(c, "line", "W");
  tw_csv_series(c, "line frequency", "Hz");
  tw_csv_series(c, "limit", "W");
  tw_csv_end(c);
  for (int i = 0; i < g->n_bins; i++) {
    const tw_bin *b = &g->bins[i];
    const double row[] = {b->f, b->largest, b->t, b->mean, b->line, b->line_f, allowed_at(g, b->f)};
    for (int k = 0; k < TW_COUNT(row); k++) tw_csv_number(c, row[k]);
    tw_csv_end(c);
  }
  int error = tw_csv_close(c);
  return error ? tw_output_failed(path, error) : 0;
}

int tw_output_run(const tw_network *net, const tw_options *o, const tw_run_report *run, tw_account *account) {
  int n, broken;
  tw_arena *arena = tw_arena_new();
  const tw_margin *margins = tw_account_margins(account, &n, &broken);
  const tw_run_figures *figures = tw_account_figures(account);
  tw_told_list told = tw_told_of(figures, margins, n, arena);
  int status = tw_output_margins(margins, n, true, o->out);
  if (!status) status = write_summary(net, o->scenario, &told, o->out);
  if (!status) status = write_spectrum(figures->grid_side, o->out);
  if (!status) status = tw_output_run_json(net, o, &run->steady, run, &told);
  if (!status) status = tw_series_script(o->out);
  tw_arena_free(arena);
  return status;
}
