#include "json.h"
#include <cjson/cJSON.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "record.h"

static void add_ladder(cJSON *doc, const tw_results *r) {
  cJSON *list = cJSON_AddArrayToObject(doc, "ladder");
  for (int i = 0; i < r->n_rungs; i++) {
    const tw_rung *g = &r->ladder[i];
    cJSON *o = cJSON_CreateObject(), *kinds;
    tw_loss_kind main_kind = TW_L_NONE;
    for (int k = 1; k < TW_L_KINDS; k++)
      if (g->loss_by_kind[k] > g->loss_by_kind[main_kind]) main_kind = (tw_loss_kind)k;
    tw_record_text(o, "stage", g->name);
    tw_record_number(o, "input_W", g->input);
    tw_record_number(o, "output_W", g->output);
    tw_record_number(o, "loss_W", g->loss);
    tw_record_number(o, "stored_W", g->stored);
    tw_record_text(o, "loss_kind", tw_loss_name(main_kind));
    tw_record_number(o, "efficiency", g->efficiency);
    tw_record_number(o, "hottest_K", g->T_hottest);
    kinds = cJSON_AddObjectToObject(o, "loss_by_kind_W");
    for (int k = 1; k < TW_L_KINDS; k++)
      if (g->loss_by_kind[k] != 0.0) tw_record_number(kinds, tw_loss_name((tw_loss_kind)k), g->loss_by_kind[k]);
    cJSON_AddItemToArray(list, o);
  }
}

static void add_coolant(cJSON *doc, const tw_results *r) {
  cJSON *list = cJSON_AddArrayToObject(doc, "coolant");
  for (int i = 0; i < r->n_coolant; i++) {
    const tw_coolant *c = &r->coolant[i];
    cJSON *o = cJSON_CreateObject();
    tw_record_text(o, "path", c->path);
    tw_record_text(o, "medium", c->medium);
    tw_record_number(o, "flow_kg_s", c->m_dot);
    tw_record_number(o, "flow_m3_s", c->volume_flow);
    tw_record_number(o, "supply_K", c->T_supply);
    tw_record_number(o, "return_K", c->T_return);
    tw_record_number(o, "supply_J_kg", c->h_supply);
    tw_record_number(o, "return_J_kg", c->h_return);
    tw_record_number(o, "dp_Pa", c->p_supply - c->p_return);
    tw_record_number(o, "heat_W", c->heat);
    cJSON_AddItemToArray(list, o);
  }
}

static cJSON *margin_object(const tw_margin *m) {
  cJSON *o = cJSON_CreateObject();
  tw_record_text(o, "quantity", m->quantity);
  tw_record_text(o, "unit", m->unit);
  tw_record_number(o, "value", m->value);
  tw_record_number(o, "limit", m->limit);
  tw_record_text(o, "sense", m->sense == TW_AT_MOST ? "at most" : "at least");
  tw_record_number(o, "margin", m->margin);
  tw_record_text(o, "source", m->source);
  tw_record_text(o, "quality", tw_quality_name(m->quality));
  return o;
}

static void add_components(cJSON *doc, const tw_results *r) {
  const tw_network *net = r->net;
  const tw_description *m = net->model;
  cJSON *list = cJSON_AddArrayToObject(doc, "components");
  cJSON **margins = calloc((size_t)m->n_items + 1, sizeof(cJSON *));
  if (!margins) abort();
  for (int i = 0; i < m->n_items; i++) {
    if (net->item_batch[i] < 0) continue;
    const tw_batch *b = &net->batches[net->item_batch[i]];
    int column = net->item_instance[i] * net->lanes;
    cJSON *o = cJSON_CreateObject(), *outputs;
    tw_record_text(o, "path", m->items[i].path);
    tw_record_text(o, "element", m->items[i].type->element);
    tw_record_text(o, "part", m->items[i].part);
    char state[64];
    tw_record_text(o, "state", *tw_item_state(net, i, state, sizeof state) ? state : NULL);
    tw_record_number(o, "loss_W", tw_item_loss(net, i));
    tw_record_number(o, "temperature_K", tw_item_temperature(net, i));
    outputs = cJSON_AddObjectToObject(o, "quantities");
    for (int q = 0; q < b->n_outputs; q++) tw_record_number(outputs, b->type->outputs[q].id, b->out[q][column]);
    margins[i] = cJSON_AddArrayToObject(o, "margins");
    cJSON_AddItemToArray(list, o);
  }
  for (int i = 0; i < r->n_margins; i++) cJSON_AddItemToArray(margins[r->margins[i].item], margin_object(&r->margins[i]));
  free(margins);
}

static void add_findings(cJSON *doc, const tw_results *r) {
  cJSON *list = cJSON_AddArrayToObject(doc, "findings");
  for (int i = 0; i < r->n_broken; i++) {
    cJSON *o = margin_object(&r->margins[i]);
    tw_record_text(o, "path", r->margins[i].path);
    cJSON_AddItemToArray(list, o);
  }
}

static void add_totals(cJSON *doc, const tw_results *r) {
  cJSON *grid = cJSON_AddObjectToObject(doc, "grid");
  tw_record_number(grid, "power_W", r->grid_power);
  tw_record_number(grid, "reactive_var", r->grid_reactive);
  tw_record_number(grid, "power_factor", r->power_factor);
  cJSON *feeds = cJSON_AddArrayToObject(grid, "feeds");
  for (int i = 0; i < r->n_feeds; i++) {
    cJSON *o = cJSON_CreateObject();
    tw_record_text(o, "path", r->feeds[i].path);
    tw_record_number(o, "power_W", r->feeds[i].power);
    tw_record_number(o, "reactive_var", r->feeds[i].reactive);
    tw_record_number(o, "power_factor", r->feeds[i].power_factor);
    tw_record_number(o, "current_A", r->feeds[i].current);
    cJSON_AddItemToArray(feeds, o);
  }
  tw_record_number(cJSON_AddObjectToObject(doc, "chips"), "power_W", r->chip_power);
  cJSON *eff = cJSON_AddObjectToObject(doc, "efficiency");
  tw_record_number(eff, "grid_to_chip", r->grid_to_chip);
  tw_record_number(eff, "pue", NAN); /* no facility side is described by the elements there are */
  tw_record_number(eff, "itue", NAN);
  tw_record_number(eff, "tue", NAN);
  cJSON *heat = cJSON_AddObjectToObject(doc, "heat");
  tw_record_number(heat, "liquid_W", r->heat_liquid);
  tw_record_number(heat, "air_W", r->heat_air);
  tw_record_number(heat, "upstream_W", r->heat_upstream);
  tw_record_number(heat, "cabinet_electric_W", r->cabinet_electric);
  tw_record_number(heat, "air_m3_s", r->air_flow);
  tw_record_number(doc, "estimate_share", r->estimate_share);
}

char *tw_results_json(const tw_results *r) {
  cJSON *doc = cJSON_CreateObject();
  tw_record_text(doc, "model", r->net->model->title ? r->net->model->title : r->net->model->file);
  tw_record_text(doc, "file", r->net->model->file);
  tw_record_text(doc, "variant", r->net->model->variant);
  add_totals(doc, r);
  add_ladder(doc, r);
  add_coolant(doc, r);
  add_components(doc, r);
  add_findings(doc, r);
  cJSON *audit = cJSON_AddObjectToObject(doc, "audit");
  tw_record_number(audit, "energy", r->audit.energy);
  tw_record_number(audit, "mass", r->audit.mass);
  tw_record_number(audit, "charge", r->audit.charge);
  cJSON *solver = cJSON_AddObjectToObject(doc, "solver");
  tw_record_number(solver, "unknowns", r->net->n);
  tw_record_number(solver, "nonzeros", r->net->nonzeros);
  tw_record_number(solver, "iterations", r->steady.report.iterations);
  tw_record_number(solver, "seconds", r->steady.report.seconds);
  tw_record_text(solver, "method", r->steady.method);
  tw_record_number(solver, "loadability", r->steady.loadability);
  char *out = cJSON_Print(doc);
  cJSON_Delete(doc);
  return out;
}

/* ---- a run in time ---------------------------------------------------------------------------------------------------- */

static cJSON *run_margin(const tw_margin *m) {
  cJSON *o = margin_object(m);
  tw_record_text(o, "path", m->path);
  tw_record_number(o, "time_s", m->t);
  tw_record_number(o, "first_broken_s", m->t_broken);
  return o;
}

void tw_told_json(cJSON *to, const tw_told_list *told) {
  cJSON *list = cJSON_AddArrayToObject(to, "figures");
  for (int i = 0; i < told->n; i++) {
    const tw_told *f = &told->list[i];
    cJSON *o = cJSON_CreateObject();
    tw_record_text(o, "name", f->name);
    tw_record_text(o, "path", f->path);
    tw_record_number(o, "value", f->value);
    tw_record_text(o, "unit", f->unit);
    tw_record_number(o, "time_s", f->t);
    cJSON_AddItemToArray(list, o);
  }
}

static void add_told(cJSON *doc, const tw_run_figures *figures, const tw_margin *margins, int n) {
  tw_arena *arena = tw_arena_new();
  tw_told_list told = tw_told_of(figures, margins, n, arena);
  tw_told_json(doc, &told);
  tw_arena_free(arena);
}

char *tw_run_json(const tw_network *net, const char *scenario, const tw_run_report *run, const tw_run_figures *figures,
                  const tw_margin *margins, int n) {
  cJSON *doc = cJSON_CreateObject(), *list;
  tw_record_text(doc, "model", net->model->title ? net->model->title : net->model->file);
  tw_record_text(doc, "file", net->model->file);
  tw_record_text(doc, "variant", net->model->variant);
  tw_record_text(doc, "scenario", scenario);
  if (run->time_of_day > 0.0) tw_record_number(doc, "time_of_day_s", run->time_of_day);
  tw_record_number(doc, "t_end_s", run->t_end);
  cJSON *energy = cJSON_AddObjectToObject(doc, "energy");
  tw_record_number(energy, "electric_in_J", run->energy.electric_in);
  tw_record_number(energy, "thermal_out_J", run->energy.thermal_out);
  tw_record_number(energy, "stored_J", run->energy.stored);
  tw_record_number(energy, "set_by_events_J", run->energy.set);
  tw_record_number(energy, "leapt_s", run->energy.leapt);
  list = cJSON_AddArrayToObject(doc, "stages");
  for (int s = 0; s < TW_STAGES; s++) {
    if (run->energy.loss[s] == 0.0 && run->energy.load[s] == 0.0) continue;
    cJSON *o = cJSON_CreateObject();
    tw_record_text(o, "stage", tw_stage_name((tw_stage)s));
    tw_record_number(o, "loss_J", run->energy.loss[s]);
    tw_record_number(o, "used_J", run->energy.load[s]);
    cJSON_AddItemToArray(list, o);
  }
  add_told(doc, figures, margins, n);
  list = cJSON_AddArrayToObject(doc, "margins");
  for (int i = 0; i < n; i++) cJSON_AddItemToArray(list, run_margin(&margins[i]));
  list = cJSON_AddArrayToObject(doc, "findings");
  for (int i = 0; i < n; i++)
    if (isfinite(margins[i].t_broken)) cJSON_AddItemToArray(list, run_margin(&margins[i]));
  tw_record_number(cJSON_AddObjectToObject(doc, "audit"), "energy", run->energy.imbalance);
  cJSON *solver = cJSON_AddObjectToObject(doc, "solver");
  tw_record_number(solver, "unknowns", net->n);
  tw_record_number(solver, "steps", (double)run->stats.steps);
  tw_record_number(solver, "factorisations", (double)run->stats.factorisations);
  tw_record_number(solver, "restarts", run->restarts);
  tw_record_number(solver, "rtol", run->rtol);
  tw_record_text(solver, "time_method", tw_time_method_name(run->method));
  tw_record_text(solver, "dynamics", tw_dynamics_name(&run->dynamics));
  char *out = cJSON_Print(doc);
  cJSON_Delete(doc);
  return out;
}
