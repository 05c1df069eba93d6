/* compare.csv: every figure of every case, and its difference to the first, as tidy rows. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "../racks/units.h"
#include "../viz/csv.h"
#include "compare.h"
#include "output_internal.h"

static void row(tw_csv *c, const char *name, const tw_figure *f, const char *quantity, const char *unit, double value) {
  tw_csv_text(c, name);
  tw_csv_text(c, "");
  tw_csv_text(c, f->path);
  tw_csv_text(c, f->element);
  tw_csv_text(c, f->part);
  tw_csv_text(c, quantity);
  tw_csv_text(c, unit);
  tw_csv_number(c, value);
  tw_csv_end(c);
}

/* Energies of a year are read in kWh. */
static const char *shown_unit(const char *unit) {
  return !strcmp(unit, "J") ? "kWh" : !strcmp(unit, "delta K") ? "K" : tw_output_unit(unit);
}

static void figure(tw_csv *csv, const tw_comparison *c, const tw_figure *f) {
  bool temperature = !strcmp(f->unit, "K");
  const char *unit = shown_unit(f->unit);
  for (int k = 0; k < c->n; k++) {
    double value = f->value[k], difference = tw_figure_difference(f, k);
    if (temperature) tw_convert(value, "K", unit, &value);
    if (!strcmp(f->unit, "J")) value /= 3.6e6, difference /= 3.6e6;
    if (!isnan(value)) row(csv, c->cases[k].name, f, f->quantity, unit, value);
    if (!isnan(difference))
      row(csv, c->cases[k].name, f, tw_printf(c->arena, "difference.%s", f->quantity), temperature ? "K" : unit, difference);
  }
}

static void part(tw_csv *csv, const tw_comparison *c, const tw_part_row *p) {
  tw_figure f = {.path = p->path, .element = p->element, .part = p->id ? p->id : ""};
  for (int k = 0; k < c->n; k++) {
    if (!(p->count[k] > 0.0)) continue;
    row(csv, c->cases[k].name, &f, "differing_part.count", "1", p->count[k]);
    row(csv, c->cases[k].name, &f, "differing_part.loss", "W", p->loss[k]);
    row(csv, c->cases[k].name, &f, "differing_part.price", c->terms.currency,
        p->lacks ? (double)NAN : p->data->figure[TW_PRICE].value);
  }
}

int tw_compare_csv(const tw_comparison *c, const char *folder) {
  static const char *const header[] = {"variant", "scenario", "path", "element", "part", "quantity", "unit", "value"};
  const char *path = folder ? tw_printf(c->arena, "%s/compare.csv", folder) : "standard output";
  tw_csv *csv = folder ? tw_csv_open(path, 15) : tw_csv_on(stdout, 15);
  if (!csv) return tw_output_failed(path, errno);
  for (int i = 0; i < TW_COUNT(header); i++) tw_csv_text(csv, header[i]);
  tw_csv_end(csv);
  for (int i = 0; i < c->n_figures; i++) figure(csv, c, &c->figures[i]);
  for (int i = 0; i < c->n_parts; i++) part(csv, c, &c->parts[i]);
  int error = tw_csv_close(csv);
  return error ? tw_output_failed(path, error) : 0;
}
