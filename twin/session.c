#include "session.h"
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

double tw_clock(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

const char *tw_catalogue_folder(void) {
  const char *given = getenv("RACKTWIN_CATALOGUE");
  if (given && *given) return given;
  return access(TW_BUILD_CATALOGUE, R_OK) == 0 ? TW_BUILD_CATALOGUE : TW_CATALOGUE;
}

int tw_session_report(tw_session *s, const tw_options *o, int code) {
  if (s->diagnostics.n && (s->diagnostics.errors || !o->quiet)) tw_diagnostics_print(&s->diagnostics, stderr, o->colour);
  return s->diagnostics.errors ? code : TW_EXIT_OK;
}

int tw_session_open(tw_session *s, const tw_options *o, const char *file, const char *variant, bool with_solver) {
  *s = (tw_session){0};
  double t0 = tw_clock();
  tw_read_options how = {.variant = variant, .scenario = o->scenario, .sets = o->sets, .n_sets = o->n_sets,
                         .catalogue = tw_catalogue_folder()};
  s->model = tw_read(file, &how, &s->diagnostics);
  s->seconds_read = tw_clock() - t0;
  if (!s->model) return tw_session_report(s, o, TW_EXIT_INPUT);
  t0 = tw_clock();
  s->net = tw_network_new(s->model, 1, &s->diagnostics);
  s->seconds_build = tw_clock() - t0;
  if (!s->net) return tw_session_report(s, o, TW_EXIT_INPUT);
  if (!with_solver) return 0;
  s->problem = tw_network_problem(s->net);
  s->solver = tw_solver_new(&s->problem);
  s->y = calloc((size_t)s->net->n + 1, sizeof *s->y);
  if (!s->solver || !s->y) {
    fputs("racktwin: error: the solver could not be set up: out of memory\n", stderr);
    return TW_EXIT_SYSTEM;
  }
  tw_network_start(s->net, s->y);
  return 0;
}

void tw_session_close(tw_session *s) {
  free(s->y);
  tw_solver_free(s->solver);
  tw_network_free(s->net);
  tw_description_free(s->model);
  tw_diagnostics_free(&s->diagnostics);
}
