/* Files of a run beside its series: margins.csv, summary.csv, run.json, series.gp. */
#include <errno.h>
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

int tw_output_run(const tw_network *net, const tw_options *o, const tw_run_report *run, tw_account *account) {
  int n, broken;
  tw_arena *arena = tw_arena_new();
  const tw_margin *margins = tw_account_margins(account, &n, &broken);
  tw_told_list told = tw_told_of(tw_account_figures(account), margins, n, arena);
  int status = tw_output_margins(margins, n, true, o->out);
  if (!status) status = write_summary(net, o->scenario, &told, o->out);
  if (!status) status = tw_output_run_json(net, o, &run->steady, run, &told);
  if (!status) status = tw_series_script(o->out);
  tw_arena_free(arena);
  return status;
}
