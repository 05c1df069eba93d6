/* run.json: what was run, with what, and how it went. */
#include <cjson/cJSON.h>
#include "output.h"
#include "json.h"
#include "record.h"

static void add_run(cJSON *doc, const tw_run_report *run, const tw_told_list *told) {
  cJSON *o = cJSON_AddObjectToObject(doc, "run");
  cJSON_AddNumberToObject(o, "t_end_s", run->t_end);
  cJSON_AddNumberToObject(o, "steps", (double)run->stats.steps);
  cJSON_AddNumberToObject(o, "residuals", (double)run->stats.residuals);
  cJSON_AddNumberToObject(o, "jacobians", (double)run->stats.jacobians);
  cJSON_AddNumberToObject(o, "factorisations", (double)run->stats.factorisations);
  cJSON_AddNumberToObject(o, "error_test_failures", (double)run->stats.error_failures);
  cJSON_AddNumberToObject(o, "newton_failures", (double)run->stats.newton_failures);
  cJSON_AddNumberToObject(o, "restarts", run->restarts);
  cJSON_AddBoolToObject(o, "interrupted", run->interrupted);
  if (run->time_of_day > 0.0) cJSON_AddNumberToObject(o, "time_of_day_s", run->time_of_day);
  if (run->resumed) cJSON_AddNumberToObject(o, "resumed_at", run->resumed_at);
  cJSON *e = cJSON_AddObjectToObject(o, "energy");
  cJSON_AddNumberToObject(e, "electric_in_J", run->energy.electric_in);
  cJSON_AddNumberToObject(e, "thermal_out_J", run->energy.thermal_out);
  cJSON_AddNumberToObject(e, "stored_J", run->energy.stored);
  cJSON_AddNumberToObject(e, "set_by_events_J", run->energy.set);
  cJSON_AddNumberToObject(e, "leapt_s", run->energy.leapt);
  cJSON_AddNumberToObject(e, "imbalance", run->energy.imbalance);
  tw_told_json(o, told);
}

static cJSON *document(const tw_network *net, const tw_options *o, const tw_steady_report *steady, const tw_run_report *run,
                       const tw_told_list *told) {
  cJSON *doc = tw_record_new(o);
  cJSON_AddStringToObject(doc, "file", net->model->file);
  if (net->model->variant) cJSON_AddStringToObject(doc, "variant", net->model->variant);
  if (o->scenario) cJSON_AddStringToObject(doc, "scenario", o->scenario);
  tw_record_words(doc, "set", o->sets, o->n_sets);
  tw_record_inputs(doc, net->model->inputs, net->model->n_inputs);
  cJSON *solver = cJSON_AddObjectToObject(doc, "solver");
  cJSON_AddNumberToObject(solver, "unknowns", net->n);
  cJSON_AddNumberToObject(solver, "nonzeros", net->nonzeros);
  cJSON_AddNumberToObject(solver, "fill", (double)steady->report.fill);
  cJSON_AddNumberToObject(solver, "iterations", steady->report.iterations);
  cJSON_AddNumberToObject(solver, "factorisations", steady->report.factorisations);
  cJSON_AddNumberToObject(solver, "seconds", steady->report.seconds);
  cJSON_AddStringToObject(solver, "method", steady->method);
  if (run) cJSON_AddNumberToObject(solver, "rtol", run->rtol);
  if (run) {
    cJSON_AddStringToObject(solver, "time_method", tw_time_method_name(run->method));
    cJSON_AddStringToObject(solver, "dynamics", tw_dynamics_name(&run->dynamics));
    cJSON_AddNumberToObject(solver, "fast_states", run->dynamics.states);
  }
  if (run && run->dynamics.states) {
    cJSON_AddStringToObject(solver, "dynamics_because", run->dynamics.why);
    cJSON_AddNumberToObject(solver, "fast_settling_s", run->dynamics.settling);
  }
  if (run) add_run(doc, run, told);
  return doc;
}

int tw_output_run_json(const tw_network *net, const tw_options *o, const tw_steady_report *steady, const tw_run_report *run,
                       const tw_told_list *told) {
  char path[4200];
  cJSON *doc = document(net, o, steady, run, told);
  snprintf(path, sizeof path, "%.4096s/run.json", o->out);
  int status = tw_record_write(doc, path);
  cJSON_Delete(doc);
  return status;
}
