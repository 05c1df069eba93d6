#include "solved_model.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_SETS = 16 };

static const char *source_folder(void) {
  const char *folder = getenv("SOURCE_DIR");
  return folder ? folder : ".";
}

/* Cuts "a=1; b=2" in place. */
static int split(char *text, const char **parts) {
  int n = 0;
  for (char *p = strtok(text, ";"); p && n < MOST_SETS; p = strtok(NULL, ";")) parts[n++] = p + strspn(p, " ");
  return n;
}

int model_open(solved_model *m, const char *file, const char *variant, const char *sets, const char *scenario) {
  char path[512], catalogue[512], text[512] = "";
  const char *parts[MOST_SETS];
  *m = (solved_model){0};
  snprintf(path, sizeof path, "%s/%s", source_folder(), file);
  snprintf(catalogue, sizeof catalogue, "%s/racks", source_folder());
  if (sets) snprintf(text, sizeof text, "%s", sets);
  tw_read_options options = {.variant = variant, .scenario = scenario, .catalogue = catalogue, .sets = parts,
                             .n_sets = split(text, parts)};
  m->model = tw_read(path, &options, &m->diagnostics);
  m->net = m->model ? tw_network_new(m->model, 1, &m->diagnostics) : NULL;
  if (!m->net) {
    tw_diagnostics_print(&m->diagnostics, stderr, false);
    return 3;
  }
  m->problem = tw_network_problem(m->net);
  m->solver = tw_solver_new(&m->problem);
  m->y = calloc((size_t)m->net->n + 1, sizeof *m->y);
  if (!m->solver || !m->y) abort();
  tw_network_start(m->net, m->y);
  return 0;
}

int model_solve(solved_model *m) {
  if (tw_steady(m->net, m->solver, m->y, &(tw_steady_options){0}, &m->steady, &m->diagnostics)) return 4;
  tw_results *r = tw_results_new(m->net, m->y, 0.0, &m->steady);
  m->audit = r->audit;
  m->broken = r->n_broken;
  tw_results_free(r);
  return 0;
}

int model_run(solved_model *m, double rtol, int (*sample)(void *ctx, double t, tw_network *net, const double *y), void *ctx,
              tw_run_report *r) {
  if (!m->model->n_scenarios) return 3;
  tw_run_options options = {.rtol = rtol, .sample = sample, .ctx = ctx};
  return tw_run(m->net, m->solver, &m->model->scenarios[0], m->y, &options, r, &m->diagnostics);
}

void model_close(solved_model *m) {
  free(m->y);
  tw_solver_free(m->solver);
  tw_network_free(m->net);
  tw_description_free(m->model);
  tw_diagnostics_free(&m->diagnostics);
}

typedef struct { const tw_network *net; double sum; int n; } total;

static void add(void *ctx, int item, const char *last) {
  total *t = ctx;
  int b = t->net->item_batch[item];
  int q = b < 0 ? -1 : tw_output_index(t->net->batches[b].type, last);
  if (q < 0) return;
  t->sum += t->net->batches[b].out[q][t->net->item_instance[item] * t->net->lanes];
  t->n++;
}

double model_quantity(const solved_model *m, const char *path) {
  total t = {.net = m->net};
  tw_match(m->model, path, add, &t);
  if (t.n) return t.sum;
  fprintf(stderr, "%s: no such quantity: %s\n", m->model->file, path);
  return (double)NAN;
}

double model_imbalance(const solved_model *m) {
  double in = 0.0;
  for (int i = 0; i < m->net->n_batches; i++)
    for (int k = 0; k < m->net->batches[i].columns; k++) in += fmax(m->net->batches[i].b[TW_B_EXTERNAL][k], 0.0);
  return m->audit.energy * m->audit.throughput / fmax(m->audit.throughput, in);
}

bool model_has_diagnostic(const solved_model *m, int code) {
  for (int i = 0; i < m->diagnostics.n; i++)
    if (m->diagnostics.items[i].code == code) return true;
  return false;
}
