/* Published cases and closed forms (tests/validation/): each model is read, built and solved as a user's file is, and its
 * quantities are held against the figures of the source. With TW_VALIDATION_REPORT=FILE the table of all errors is written. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "../racks/diagnostic_codes.h"
#include "support/solved_model.h"
#include "validation/table.h"

enum { ROWS = sizeof expectations / sizeof *expectations, MOST_IDS = 64 };
static const double run_rtol = 1e-8; /* of runs in time: far below every tolerance of the table */
static const double audit_allowed = 1e-9;

typedef struct { double ours[ROWS + 1], year_average, worst_audit; } results;
static results found;

/* ---- quantities -------------------------------------------------------------------------------------------------------- */

static double combine(const solved_model *m, const char *text) {
  char a[128], op[16], b[128];
  if (sscanf(text, "%127s %15s %127s", a, op, b) < 3) return model_quantity(m, text);
  double x = model_quantity(m, a), y = model_quantity(m, b);
  if (!strcmp(op, "/")) return x / y;
  if (!strcmp(op, "*")) return x * y;
  if (!strcmp(op, "+")) return x + y;
  if (!strcmp(op, "-")) return x - y;
  if (!strcmp(op, "angle")) return atan2(x, y);
  fprintf(stderr, "unknown operation in \"%s\"\n", text);
  return (double)NAN;
}

static double allowed(const expectation *e) { return e->kind == REL ? e->tolerance * fabs(e->expected) : e->tolerance; }

static bool holds(const expectation *e, double ours) { return fabs(ours - e->expected) <= allowed(e); }

static bool judge(int row, const solved_model *m) {
  const expectation *e = &expectations[row];
  double ours = found.ours[row] = combine(m, e->quantity) * e->scale + e->offset;
  if (holds(e, ours)) return true;
  fprintf(stderr, "%s %s %s %s: %.9g %s, source %.9g, off by %.3g, allowed %.3g\n", e->id, e->file, e->sets ? e->sets : "",
          e->quantity, ours, e->unit, e->expected, ours - e->expected, allowed(e));
  return false;
}

/* ---- one model for the rows that share it ------------------------------------------------------------------------------ */

static bool same_text(const char *a, const char *b) { return a == b || (a && b && !strcmp(a, b)); }

static bool same_model(const expectation *a, const expectation *b) {
  return same_text(a->file, b->file) && same_text(a->variant, b->variant) && same_text(a->sets, b->sets) &&
         same_text(a->scenario, b->scenario);
}

typedef struct { solved_model *m; int first, last, seen, missed; } sampling;

static int take_sample(void *ctx, double t, tw_network *net, const double *y) {
  sampling *s = ctx;
  (void)net, (void)y;
  for (int row = s->first; row < s->last; row++)
    if (fabs(t - expectations[row].t) < 1e-9) {
      s->seen++;
      s->missed += !judge(row, s->m);
    }
  return 0;
}

static int judge_run(solved_model *m, int first, int last) {
  sampling s = {m, first, last, 0, 0};
  tw_run_report report;
  int status = model_run(m, run_rtol, take_sample, &s, &report);
  if (status) {
    tw_diagnostics_print(&m->diagnostics, stderr, false);
    return 1;
  }
  if (s.seen < last - first) fprintf(stderr, "%s: %d of its times were not sampled\n", m->model->file, last - first - s.seen);
  return s.missed + (last - first - s.seen);
}

static int judge_steady(solved_model *m, int first, int last) {
  int missed = 0;
  if (model_solve(m)) {
    tw_diagnostics_print(&m->diagnostics, stderr, false);
    return 1;
  }
  for (int row = first; row < last; row++) missed += !judge(row, m);
  double energy = model_imbalance(m);
  found.worst_audit = fmax(found.worst_audit, energy);
  if (energy <= audit_allowed && m->audit.mass <= audit_allowed && m->audit.charge <= audit_allowed) return missed;
  fprintf(stderr, "%s: balance energy %.2g, mass %.2g, charge %.2g\n", m->model->file, energy, m->audit.mass, m->audit.charge);
  return missed + 1;
}

static int judge_model(int first, int last) {
  const expectation *e = &expectations[first];
  char file[128];
  solved_model m;
  snprintf(file, sizeof file, "tests/validation/%s.xml", e->file);
  int missed = 1;
  if (!model_open(&m, file, e->variant, e->sets, e->scenario))
    missed = e->scenario ? judge_run(&m, first, last) : judge_steady(&m, first, last);
  model_close(&m);
  return missed;
}

/* All rows of one case. */
static void case_agrees(void **state) {
  const char *id = *state;
  int missed = 0;
  for (int first = 0, last; first < ROWS; first = last) {
    for (last = first + 1; last < ROWS && same_model(&expectations[first], &expectations[last]); last++) {}
    if (!strcmp(expectations[first].id, id)) missed += judge_model(first, last);
  }
  if (missed) fail_msg("%s: %d figures or balances disagree with the source", id, missed);
}

/* ---- what is no row of the table --------------------------------------------------------------------------------------- */

/* 1 % beyond the nose there is no answer, and no number. */
static void refused_as_collapse(const char *variant, const char *sets) {
  solved_model m;
  assert_int_equal(model_open(&m, "tests/validation/o-e5.xml", variant, sets, NULL), 0);
  assert_int_equal(model_solve(&m), 4);
  assert_true(model_has_diagnostic(&m, TW_E_COLLAPSE));
  model_close(&m);
}

static void past_the_nose_is_refused(void **state) {
  (void)state;
  refused_as_collapse(NULL, "load.P=613.575 kW");
  refused_as_collapse("800-V", "load.P=8.08 MW");
}

/* Sum of the losses, the load and the insulation's leakage are the input, to 1e-9. */
static void chain_closes(void **state) {
  static const char *const stages[] = {"transformer.loss", "ups.loss", "psu.loss", "ibc.loss", "vrm.loss", "load.P"};
  (void)state;
  solved_model m;
  double sum = 0.0;
  assert_int_equal(model_open(&m, "tests/validation/o-x2.xml", NULL, NULL, NULL), 0);
  assert_int_equal(model_solve(&m), 0);
  for (size_t k = 0; k < sizeof stages / sizeof *stages; k++) sum += model_quantity(&m, stages[k]);
  sum += m.audit.leakage;
  assert_true(fabs(sum / model_quantity(&m, "source.power") - 1.0) <= 1e-9);
  model_close(&m);
}

/* O-E6 over 565.2 days in four phases: average input [W] as printed in the notebook, 1e-6. */
static const double year_printed = 10978.2753, year_tolerance = 1e-6;

static void year_of_the_rack(void **state) {
  (void)state;
  solved_model m;
  tw_run_report r;
  assert_int_equal(model_open(&m, "tests/validation/o-e6.xml", NULL, NULL, "year"), 0);
  assert_int_equal(model_run(&m, 1e-5, NULL, NULL, &r), 0); /* constant between its events */
  found.year_average = r.energy.electric_in / r.t_end;
  if (fabs(found.year_average - year_printed) > year_tolerance * year_printed)
    fail_msg("average input %.8g W", found.year_average);
  model_close(&m);
}

/* ---- report ------------------------------------------------------------------------------------------------------------ */

static double severity(int row) { return fabs(found.ours[row] - expectations[row].expected) / allowed(&expectations[row]); }

static int worst_first(const void *a, const void *b) {
  int p = *(const int *)a, q = *(const int *)b;
  double x = severity(p), y = severity(q);
  return x != y ? (x < y) - (x > y) : p - q;
}

static void print_row(FILE *out, int row) {
  const expectation *e = &expectations[row];
  double error = found.ours[row] - e->expected;
  char at[48] = "";
  if (e->scenario) snprintf(at, sizeof at, " at %g s", e->t);
  fprintf(out, "| %s | %s%s%s", e->id, e->file, e->variant ? " " : "", e->variant ? e->variant : "");
  if (e->sets) fprintf(out, " (%s)", e->sets);
  fprintf(out, ", %s%s | %.10g %s | %.10g | ", e->quantity, at, e->expected, e->unit, found.ours[row]);
  if (e->kind == REL) fprintf(out, "%.2g | %.2g | %.2f |\n", error / e->expected, e->tolerance, severity(row));
  else fprintf(out, "%.2g %s | %.2g %s | %.2f |\n", error, e->unit, e->tolerance, e->unit, severity(row));
}

static const char *source_text(void) {
  return "# Validation against published cases\n\n"
         "Regenerate: `TW_VALIDATION_REPORT=docs/validation.md build/release/validation_cases` in the source folder; ctest\n"
         "label `validation`. Models, with their sources: `tests/validation/*.xml`; figures of the sources: `tests/validation/*.inc`.\n"
         "Errors are relative, or in the unit shown; the last column is error over tolerance. Tolerances come from the precision\n"
         "of the source. Worst first.\n\n";
}

static void copy_notes(FILE *out) {
  char path[512], line[1024];
  const char *folder = getenv("SOURCE_DIR");
  snprintf(path, sizeof path, "%s/tests/validation/notes.md", folder ? folder : ".");
  FILE *in = fopen(path, "r");
  if (!in) return;
  while (fgets(line, sizeof line, in)) fputs(line, out);
  fclose(in);
}

static int write_report(void **state) {
  (void)state;
  const char *path = getenv("TW_VALIDATION_REPORT");
  int order[ROWS];
  if (!path) return 0;
  FILE *out = fopen(path, "w");
  if (!out) return -1;
  for (int k = 0; k < ROWS; k++) order[k] = k;
  qsort(order, ROWS, sizeof *order, worst_first);
  fputs(source_text(), out);
  fprintf(out, "Worst energy imbalance of all steady cases: %.1g of throughput (allowed %.0g).\n\n", found.worst_audit,
          audit_allowed);
  fputs("| case | quantity | source | ours | error | tolerance | ratio |\n|---|---|---|---|---|---|---|\n", out);
  for (int k = 0; k < ROWS; k++) print_row(out, order[k]);
  double year_error = found.year_average / year_printed - 1.0;
  fprintf(out, "| O-E6 | o-e6 scenario year, average of grid.power | %.10g W | %.10g | %.2g | %.2g | %.2f |\n\n", year_printed,
          found.year_average, year_error, year_tolerance, fabs(year_error) / year_tolerance);
  copy_notes(out);
  return fclose(out);
}

/* ---- */

int main(void) {
  struct CMUnitTest tests[MOST_IDS] = {{0}};
  int n = 0;
  for (int row = 0; row < ROWS; row++) {
    bool known = false;
    for (int k = 0; k < n; k++) known |= !strcmp(tests[k].name, expectations[row].id);
    if (known) continue;
    if (n == MOST_IDS - 3) abort();
    tests[n++] = (struct CMUnitTest){expectations[row].id, case_agrees, NULL, NULL, (void *)(uintptr_t)expectations[row].id};
  }
  tests[n++] = (struct CMUnitTest)cmocka_unit_test(past_the_nose_is_refused);
  tests[n++] = (struct CMUnitTest)cmocka_unit_test(chain_closes);
  tests[n++] = (struct CMUnitTest)cmocka_unit_test(year_of_the_rack);
  return _cmocka_run_group_tests("validation", tests, (size_t)n, NULL, write_report);
}
