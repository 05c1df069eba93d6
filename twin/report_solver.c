/* How the solution was found and checked, the files beside the page, what the page leaves out. */
#include <math.h>
#include "../viz/html.h"
#include "output.h"
#include "output_internal.h"
#include "report.h"

static void row(tw_rows *t, const char *name, const char *value, const char *remark) {
  tw_cell *cells = tw_rows_add(t, false);
  cells[0].text = name, cells[1].text = value, cells[2].text = remark;
}

static void solver_table(FILE *out, const tw_dossier *d) {
  static const tw_column columns[] = {{"figure", 0}, {"value", 0}, {"remark", 0}};
  const tw_results *r = d->r;
  const tw_report *n = &r->steady.report;
  tw_arena *a = d->arena;
  char worst[256], versions[96];
  tw_rows *t = tw_rows_new(a, columns, TW_COUNT(columns));
  tw_solver_versions(versions, sizeof versions);
  row(t, "Energy that does not balance", tw_printf(a, "%.1e", r->audit.energy),
      tw_printf(a, "of %s throughput; above %.0e a result is refused", tw_shown(a, r->audit.throughput, "W"), TW_AUDIT_REFUSED));
  if (r->audit.worst_item >= 0)
    row(t, "Largest gap of a part", tw_shown(a, r->audit.worst_gap, "W"), d->s.model->items[r->audit.worst_item].path);
  row(t, "Mass that does not balance", tw_printf(a, "%.1e", r->audit.mass), "of the largest flow");
  row(t, "Charge that does not balance", tw_printf(a, "%.1e", r->audit.charge), "of the largest current");
  row(t, "Method", r->steady.method, versions[0] ? tw_strdup(a, versions) : NULL);
  row(t, "Iterations", tw_printf(a, "%d", n->iterations),
      tw_printf(a, "%d factorisations, %d rounds of discrete states", n->factorisations, r->steady.rounds));
  row(t, "Worst row", tw_printf(a, "%.1e", n->worst_ratio),
      n->worst_row >= 0
          ? tw_printf(a, "of its tolerance: %s", tw_network_unknown_name(d->s.net, n->worst_row, worst, sizeof worst))
          : NULL);
  row(t, "Unknowns", tw_printf(a, "%d", d->s.net->n), tw_printf(a, "%d nonzeros in the Jacobian", (int)d->s.net->nonzeros));
  if (!isnan(r->steady.loadability))
    row(t, "Loadability", tw_printf(a, "%.1f %%", 100.0 * r->steady.loadability), "to which the loads can be raised");
  if (d->run) {
    const tw_run_report *x = &d->run->report;
    row(t, "Run: energy that does not balance", tw_printf(a, "%.1e", x->energy.imbalance),
        tw_printf(a, "of %s throughput", tw_shown(a, x->energy.throughput, "J")));
    row(t, "Run: steps", tw_printf(a, "%ld", x->stats.steps),
        tw_printf(a, "%ld factorisations, %d restarts, relative tolerance %g", x->stats.factorisations, x->restarts, x->rtol));
    if (x->dynamics.states)
      row(t, "Run: fast states", tw_printf(a, "%d", x->dynamics.states),
          tw_printf(a, "%s: %s", x->dynamics.integrated ? "integrated" : "following at once", x->dynamics.why));
  }
  tw_rows_page(out, t, "solver", "Checks and effort", NULL);
}

static void inputs(FILE *out, const tw_dossier *d) {
  static const tw_column columns[] = {{"file that was read", 0}, {"SHA-256", 0}};
  tw_rows *t = tw_rows_new(d->arena, columns, 2);
  for (int i = 0; i < d->s.model->n_inputs; i++) {
    char hex[65];
    tw_file_digest(d->s.model->inputs[i], hex);
    tw_cell *cells = tw_rows_add(t, false);
    cells[0].text = d->s.model->inputs[i];
    cells[1].text = tw_strdup(d->arena, hex);
  }
  tw_rows_page(out, t, "inputs", "Inputs", NULL);
}

static void files(FILE *out, const tw_dossier *d) {
  static const char *const always[] = {"summary.csv", "margins.csv", "connection.csv", "sources.csv", "run.json"};
  static const char *const of_run[] = {"run/series.csv", "run/events.csv", "run/margins.csv", "run/series.gp", "run/run.json"};
  static const char *const of_comparison[] = {"compare.csv", "compare.xlsx"};
  fputs("<p id=\"files\">Files beside this page: ", out);
  for (int i = 0; i < TW_COUNT(always); i++) tw_document_link(out, always[i], always[i]), fputs(" ", out);
  if (d->sensitivity) tw_document_link(out, "sensitivity.csv", "sensitivity.csv"), fputs(" ", out);
  if (d->has_coolant) tw_document_link(out, "coolant.csv", "coolant.csv"), fputs(" ", out);
  int n_run = !d->run          ? 0
              : d->run->failed ? TW_COUNT(of_run) - 2
                               : TW_COUNT(of_run); /* without run.json, and series.gp is not sure */
  for (int i = 0; i < n_run; i++) tw_document_link(out, of_run[i], of_run[i]), fputs(" ", out);
  for (int i = 0; d->comparison && i < TW_COUNT(of_comparison); i++)
    tw_document_link(out, of_comparison[i], of_comparison[i]), fputs(" ", out);
  fputs("</p>\n", out);
}

void tw_report_solver(FILE *out, tw_dossier *d) {
  tw_document_section(out, "solver", "Solver, files, and what is left out");
  solver_table(out, d);
  inputs(out, d);
  files(out, d);
  if (d->n_left_out) fputs("<h3>Left out</h3>\n<ul id=\"left-out\">\n", out);
  for (int i = 0; i < d->n_left_out; i++) tw_html_element(out, "li", d->left_out[i]);
  if (d->n_left_out) fputs("</ul>\n", out);
  tw_document_note(out, tw_printf(d->arena, "racktwin %s", TW_VERSION));
}
