/* run.json: what was run, with what, and how it went. */
#include <cjson/cJSON.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "../solvers/solver.h"
#include "output.h"
#include "output_internal.h"

static void add_words(cJSON *to, const char *key, const char *const *words, int n) {
  cJSON *list = cJSON_AddArrayToObject(to, key);
  for (int i = 0; i < n; i++) cJSON_AddItemToArray(list, cJSON_CreateString(words[i]));
}

static void add_run(cJSON *doc, const tw_run_report *run) {
  cJSON *o = cJSON_AddObjectToObject(doc, "run");
  cJSON_AddNumberToObject(o, "t_end_s", run->t_end);
  cJSON_AddNumberToObject(o, "steps", (double)run->stats.steps);
  cJSON_AddNumberToObject(o, "residuals", (double)run->stats.residuals);
  cJSON_AddNumberToObject(o, "jacobians", (double)run->stats.jacobians);
  cJSON_AddNumberToObject(o, "factorisations", (double)run->stats.factorisations);
  cJSON_AddNumberToObject(o, "error_test_failures", (double)run->stats.error_failures);
  cJSON_AddNumberToObject(o, "newton_failures", (double)run->stats.newton_failures);
  cJSON_AddNumberToObject(o, "restarts", run->restarts);
  cJSON *e = cJSON_AddObjectToObject(o, "energy");
  cJSON_AddNumberToObject(e, "electric_in_J", run->energy.electric_in);
  cJSON_AddNumberToObject(e, "thermal_out_J", run->energy.thermal_out);
  cJSON_AddNumberToObject(e, "stored_J", run->energy.stored);
  cJSON_AddNumberToObject(e, "imbalance", run->energy.imbalance);
}

static cJSON *document(const tw_network *net, const tw_options *o, const tw_steady_report *steady, const tw_run_report *run) {
  char versions[96];
  cJSON *doc = cJSON_CreateObject();
  tw_solver_versions(versions, sizeof versions);
  cJSON_AddStringToObject(doc, "program", "racktwin " TW_VERSION);
  cJSON_AddStringToObject(doc, "libraries", versions);
  cJSON_AddStringToObject(doc, "verb", o->verb->name);
  cJSON_AddStringToObject(doc, "file", net->model->file);
  if (net->model->variant) cJSON_AddStringToObject(doc, "variant", net->model->variant);
  if (o->scenario) cJSON_AddStringToObject(doc, "scenario", o->scenario);
  add_words(doc, "set", o->sets, o->n_sets);
  cJSON *inputs = cJSON_AddArrayToObject(doc, "inputs");
  for (int i = 0; i < net->model->n_inputs; i++) {
    char hex[65];
    tw_file_digest(net->model->inputs[i], hex);
    cJSON *in = cJSON_CreateObject();
    cJSON_AddStringToObject(in, "file", net->model->inputs[i]);
    cJSON_AddStringToObject(in, "sha256", hex);
    cJSON_AddItemToArray(inputs, in);
  }
  cJSON *solver = cJSON_AddObjectToObject(doc, "solver");
  cJSON_AddNumberToObject(solver, "unknowns", net->n);
  cJSON_AddNumberToObject(solver, "nonzeros", net->nonzeros);
  cJSON_AddNumberToObject(solver, "fill", (double)steady->report.fill);
  cJSON_AddNumberToObject(solver, "iterations", steady->report.iterations);
  cJSON_AddNumberToObject(solver, "factorisations", steady->report.factorisations);
  cJSON_AddNumberToObject(solver, "seconds", steady->report.seconds);
  cJSON_AddStringToObject(solver, "method", steady->method);
  if (run) cJSON_AddNumberToObject(solver, "rtol", run->rtol);
  if (run) add_run(doc, run);
  return doc;
}

int tw_output_run_json(const tw_network *net, const tw_options *o, const tw_steady_report *steady, const tw_run_report *run) {
  char path[4200], part[4210];
  cJSON *doc = document(net, o, steady, run);
  char *text = cJSON_Print(doc);
  cJSON_Delete(doc);
  snprintf(path, sizeof path, "%.4096s/run.json", o->out);
  snprintf(part, sizeof part, "%s.part", path);
  FILE *out = fopen(part, "w");
  int error = out ? 0 : errno;
  if (out && (fputs(text, out) < 0 || fputc('\n', out) < 0)) error = errno;
  if (out && fclose(out) && !error) error = errno;
  if (!error && rename(part, path)) error = errno;
  free(text);
  return error ? tw_output_failed(path, error) : 0;
}
