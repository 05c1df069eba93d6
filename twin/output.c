/* summary.csv, margins.csv and connection.csv of a steady state. */
#include "output.h"
#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include "../racks/units.h"
#include "../viz/csv.h"
#include "output_internal.h"
#include "session.h"

int tw_output_failed(const char *path, int error) {
  fprintf(stderr, "racktwin: error: %s could not be written: %s\n", path, error == EBUSY ? "another run is writing it" : strerror(error));
  return TW_EXIT_SYSTEM;
}

int tw_output_file(const char *path, const char *text, size_t size) {
  char part[4210];
  if ((size_t)snprintf(part, sizeof part, "%s.part", path) >= sizeof part) return tw_output_failed(path, ENAMETOOLONG);
  FILE *out = fopen(part, "w");
  bool failed = !out || fwrite(text, 1, size, out) != size;
  int error = errno;
  if (out && fclose(out) && !failed) failed = true, error = errno;
  if (!failed && rename(part, path)) failed = true, error = errno;
  if (failed && out) remove(part);
  return failed ? tw_output_failed(path, error) : 0;
}

int tw_output_folder(const char *folder) {
  char path[4096];
  if (strlen(folder) >= sizeof path) return tw_output_failed(folder, ENAMETOOLONG);
  strcpy(path, folder);
  for (char *p = path + 1; *p; p++)
    if (*p == '/') {
      *p = 0;
      if (mkdir(path, 0777) && errno != EEXIST) return tw_output_failed(path, errno);
      *p = '/';
    }
  if (mkdir(path, 0777) && errno != EEXIST) return tw_output_failed(folder, errno);
  return 0;
}

/* ---- tidy rows: variant,scenario,path,element,part,quantity,unit,value ------------------------------------------------------ */

static void summary_row(tw_csv *c, const char *variant, const tw_item *item, const char *path, const char *quantity, const char *unit, double value) {
  tw_csv_text(c, variant ? variant : "");
  tw_csv_text(c, "");
  tw_csv_text(c, path);
  tw_csv_text(c, item ? item->type->element : "");
  tw_csv_text(c, item && item->part ? item->part : "");
  tw_csv_text(c, quantity);
  tw_csv_text(c, unit);
  tw_csv_number(c, value);
  tw_csv_end(c);
}

static void summary_totals(tw_csv *c, const tw_results *r) {
  const char *v = r->net->model->variant;
  const struct { const char *name, *unit; double value; } rows[] = {
      {"grid_power", "W", r->grid_power}, {"grid_reactive_power", "var", r->grid_reactive}, {"power_factor", "1", r->power_factor},
      {"chip_power", "W", r->chip_power}, {"grid_to_chip_efficiency", "1", r->grid_to_chip}, {"cabinet_electric", "W", r->cabinet_electric},
      {"heat_liquid", "W", r->heat_liquid}, {"heat_air", "W", r->heat_air}, {"heat_upstream", "W", r->heat_upstream},
      {"loss_total", "W", r->loss_total}, {"estimate_share", "1", r->estimate_share}, {"audit_energy", "1", r->audit.energy},
      {"audit_mass", "1", r->audit.mass}, {"audit_charge", "1", r->audit.charge}};
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) summary_row(c, v, NULL, "", rows[i].name, rows[i].unit, rows[i].value);
  for (int i = 0; i < r->n_rungs; i++) {
    const tw_rung *g = &r->ladder[i];
    summary_row(c, v, NULL, "", tw_printf(r->arena, "ladder.%s.input", g->name), "W", g->input);
    summary_row(c, v, NULL, "", tw_printf(r->arena, "ladder.%s.output", g->name), "W", g->output);
    summary_row(c, v, NULL, "", tw_printf(r->arena, "ladder.%s.loss", g->name), "W", g->loss);
  }
}

/* Values as they are written: temperatures in degC, the rest in SI. */
static tw_conversion from_kelvin(void) {
  tw_conversion c = {0.0, 1.0, 1.0, 0.0};
  tw_conversion_find("K", "degC", &c, NULL, 0);
  return c;
}

static double shown(const tw_conversion *celsius, const char *si, double value) {
  return strcmp(si, "K") ? value : tw_conversion_apply(celsius, value);
}

static void summary(tw_csv *c, const tw_results *r) {
  const tw_network *net = r->net;
  static const char *const header[] = {"variant", "scenario", "path", "element", "part", "quantity", "unit", "value"};
  for (size_t i = 0; i < sizeof header / sizeof header[0]; i++) tw_csv_text(c, header[i]);
  tw_csv_end(c);
  summary_totals(c, r);
  tw_conversion celsius = from_kelvin();
  for (int i = 0; i < net->model->n_items; i++) {
    if (net->item_batch[i] < 0) continue;
    const tw_batch *b = &net->batches[net->item_batch[i]];
    const tw_item *item = &net->model->items[i];
    for (int q = 0; q < b->n_outputs; q++) {
      double value = b->out[q][net->item_instance[i] * net->lanes];
      const tw_quantity *out = &b->type->outputs[q];
      value = shown(&celsius, out->unit, value);
      summary_row(c, net->model->variant, item, item->path, out->id, tw_output_unit(out->unit), value);
    }
  }
}

static int write_summary(const tw_results *r, const char *folder) {
  char *path = tw_printf(r->arena, "%s/summary.csv", folder);
  tw_csv *c = tw_csv_open(path, 12);
  if (!c) return tw_output_failed(path, errno);
  summary(c, r);
  int error = tw_csv_close(c);
  return error ? tw_output_failed(path, error) : 0;
}

int tw_output_summary_to(FILE *out, const tw_results *r) {
  tw_csv *c = tw_csv_on(out, 12);
  if (!c) return tw_output_failed("standard output", errno);
  summary(c, r);
  int error = tw_csv_close(c);
  return error ? tw_output_failed("standard output", error) : 0;
}

static void margin_row(tw_csv *c, const tw_margin *m, const tw_conversion *celsius, bool in_time) {
  tw_csv_text(c, m->path);
  tw_csv_text(c, m->quantity);
  tw_csv_text(c, tw_output_unit(m->unit));
  tw_csv_number(c, shown(celsius, m->unit, m->value));
  tw_csv_text(c, m->sense == TW_AT_MOST ? "at most" : "at least");
  tw_csv_number(c, shown(celsius, m->unit, m->limit));
  tw_csv_number(c, m->margin);
  tw_csv_text(c, m->margin < 0.0 ? "yes" : "no");
  if (in_time) {
    tw_csv_number(c, m->t);
    tw_csv_number(c, m->t_broken);
  }
  tw_csv_text(c, m->source ? m->source : "");
  tw_csv_text(c, tw_quality_name(m->quality));
  tw_csv_end(c);
}

int tw_output_margins(const tw_margin *list, int n, bool in_time, const char *folder) {
  static const char *const header[] = {"path", "quantity", "unit", "value", "sense", "limit", "margin", "broken", "time [s]",
                                       "first broken [s]", "source", "quality"};
  char path[4200];
  snprintf(path, sizeof path, "%.4096s/margins.csv", folder);
  tw_csv *c = tw_csv_open(path, 12);
  if (!c) return tw_output_failed(path, errno);
  for (int i = 0; i < TW_COUNT(header); i++)
    if (in_time || !strstr(header[i], "[s]")) tw_csv_text(c, header[i]);
  tw_csv_end(c);
  tw_conversion celsius = from_kelvin();
  for (int i = 0; i < n; i++) margin_row(c, &list[i], &celsius, in_time);
  int error = tw_csv_close(c);
  return error ? tw_output_failed(path, error) : 0;
}

int tw_output_steady(const tw_results *r, tw_solver *solver, const tw_options *o, double *seconds_lost) {
  int status = tw_output_folder(o->out);
  if (!status) status = write_summary(r, o->out);
  if (!status) status = tw_output_margins(r->margins, r->n_margins, false, o->out);
  if (!status) status = tw_write_connection(r, solver, o->out, seconds_lost);
  if (!status) status = tw_output_run_json(r->net, o, &r->steady, NULL, NULL);
  return status;
}

const char *tw_output_unit(const char *si) { return strcmp(si, "K") ? si : "degC"; }
