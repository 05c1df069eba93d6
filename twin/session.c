#include "session.h"
#include <stdlib.h>
#include <string.h>
#include "../racks/diagnostic_codes.h"
#include "explain.h"
#include "output.h"

int tw_session_report(tw_session *s, const tw_options *o, int code) {
  if (s->diagnostics.n && (s->diagnostics.errors || !o->quiet)) tw_diagnostics_print(&s->diagnostics, stderr, o->colour);
  return s->diagnostics.errors ? code : TW_EXIT_OK;
}

int tw_session_read(tw_session *s, const char *file, const tw_read_options *how, bool with_solver) {
  *s = (tw_session){0};
  double t0 = tw_clock();
  s->model = tw_read(file, how, &s->diagnostics);
  s->seconds_read = tw_clock() - t0;
  if (!s->model) return TW_EXIT_INPUT;
  t0 = tw_clock();
  s->net = tw_network_new(s->model, 1, &s->diagnostics);
  s->seconds_build = tw_clock() - t0;
  if (!s->net) return TW_EXIT_INPUT;
  if (!with_solver) return 0;
  t0 = tw_clock();
  s->problem = tw_network_problem(s->net);
  s->solver = tw_solver_new(&s->problem);
  s->y = calloc((size_t)s->net->n + 1, sizeof *s->y);
  if (!s->solver || !s->y) return TW_EXIT_SYSTEM;
  memcpy(s->y, s->net->first_guess, (size_t)s->net->n * sizeof *s->y);
  s->seconds_solver = tw_clock() - t0;
  return 0;
}

int tw_session_read_with(tw_session *s, const tw_options *o, const char *const *sets, int n_sets, bool with_solver) {
  char catalogue[TW_FOLDER_SIZE];
  const char **all = calloc((size_t)(o->n_sets + n_sets) + 1, sizeof *all);
  if (!all) abort();
  for (int i = 0; i < o->n_sets; i++) all[i] = o->sets[i];
  for (int i = 0; i < n_sets; i++) all[o->n_sets + i] = sets[i];
  tw_read_options how = {.variant = o->n_variants ? o->variants[0] : NULL, .scenario = o->scenario, .sets = all,
                         .n_sets = o->n_sets + n_sets, .catalogue = tw_catalogue_folder(catalogue)};
  int status = tw_session_read(s, o->words[0], &how, with_solver);
  free(all);
  return status;
}

int tw_session_open(tw_session *s, const tw_options *o, const char *file, const char *variant, bool with_solver) {
  char catalogue[TW_FOLDER_SIZE];
  tw_read_options how = {.variant = variant, .scenario = o->scenario, .sets = o->sets, .n_sets = o->n_sets,
                         .catalogue = tw_catalogue_folder(catalogue)};
  int status = tw_session_read(s, file, &how, with_solver);
  if (status == TW_EXIT_INPUT) return tw_session_report(s, o, TW_EXIT_INPUT);
  if (status) fputs("racktwin: error: the solver could not be set up: out of memory\n", stderr);
  return status;
}

bool tw_session_balanced(tw_session *s, const tw_results *r) {
  if (r->audit.energy <= TW_AUDIT_REFUSED) return true;
  const tw_item *worst = r->audit.worst_item >= 0 ? &s->model->items[r->audit.worst_item] : NULL;
  tw_diagnose(&s->diagnostics, TW_ERROR, TW_E_AUDIT, worst ? worst->where : (tw_where){0}, worst ? worst->path : NULL,
              "the energy balance does not close: %.3g of throughput (allowed %.0e); its own losses differ from its port flows by "
              "%.4g W",
              r->audit.energy, TW_AUDIT_REFUSED, r->audit.worst_gap);
  return false;
}

int tw_session_solve(tw_session *s, const tw_steady_options *how, tw_results **r) {
  tw_steady_report report;
  double t0 = tw_clock();
  *r = NULL;
  int status = tw_steady(s->net, s->solver, s->y, how, &report, &s->diagnostics);
  s->seconds_solve = tw_clock() - t0;
  if (status) return TW_EXIT_NO_SOLUTION;
  t0 = tw_clock();
  *r = tw_results_new(s->net, s->y, 0.0, &report);
  s->seconds_gather = tw_clock() - t0;
  tw_tell_stocks(s->net, s->y, &s->diagnostics);
  if (tw_session_balanced(s, *r)) return 0;
  tw_results_free(*r);
  *r = NULL;
  return TW_EXIT_NO_SOLUTION;
}

const char *tw_session_why(const tw_session *s, char *buf, size_t size) {
  size_t at = 0;
  buf[0] = 0;
  for (int i = 0; i < s->diagnostics.n && at < size; i++) {
    const tw_diagnostic *d = &s->diagnostics.items[i];
    if (d->severity != TW_ERROR) continue;
    const char *path = d->path ? d->path : "", *colon = d->path ? ": " : "";
    at += (size_t)snprintf(buf + at, size - at, "%s%s%s%s [RT%04d]", at ? "; " : "", path, colon, d->text, d->code);
  }
  return buf;
}

void tw_session_close(tw_session *s) {
  free(s->y);
  tw_solver_free(s->solver);
  tw_network_free(s->net);
  tw_description_free(s->model);
  tw_diagnostics_free(&s->diagnostics);
}
