/* solve: the steady state of one file. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include "figures.h"
#include "json.h"
#include "output.h"
#include "page.h"
#include "session.h"
#include "verbs.h"

static int print_result(const tw_results *r, const tw_options *o) {
  if (o->json) {
    char *text = tw_results_json(r);
    puts(text);
    free(text);
  } else if (o->csv) {
    return tw_output_summary_to(stdout, r);
  } else if (!o->quiet) {
    tw_page_print(stdout, r, o->us_units, o->verbose);
  }
  return 0;
}

static void print_times(const tw_session *s, double lost, double write) {
  double checks = s->model->seconds_checks, structure = s->net->seconds_structure;
  const struct { const char *what; double seconds; } times[] = {
      {"reading", s->seconds_read - checks}, {"checks", checks}, {"network", s->seconds_build - structure},
      {"structure", structure}, {"solver", s->seconds_solver}, {"solve", s->seconds_solve}, {"results", s->seconds_gather},
      {"lost-feed solves", lost}, {"writing", write - lost}};
  for (int i = 0; i < TW_COUNT(times); i++) fprintf(stderr, "%s%s %.1f", i ? ", " : "", times[i].what, 1e3 * times[i].seconds);
  fputs(" ms\n", stderr);
}

int tw_verb_solve(const tw_options *o) {
  tw_session s;
  int status = tw_session_open(&s, o, o->words[0], o->n_variants ? o->variants[0] : NULL, true);
  if (!status) {
    tw_results *r;
    status = tw_session_solve(&s, &(tw_steady_options){.margin = o->margin}, &r);
    tw_session_report(&s, o, status);
    if (!status) {
      double t0 = tw_clock(), lost = 0.0;
      if (o->out) status = tw_output_steady(r, s.solver, o, &lost);
      if (!status && o->svg) status = tw_figures_write(r, o->svg);
      if (!status) status = print_result(r, o);
      if (!status && o->verbose) print_times(&s, lost, tw_clock() - t0);
      if (!status && r->n_broken) status = TW_EXIT_LIMIT;
      tw_results_free(r);
    }
  }
  tw_session_close(&s);
  return status;
}
