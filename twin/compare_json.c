/* The JSON document of a comparison. */
#include <cjson/cJSON.h>
#include <math.h>
#include <string.h>
#include "compare.h"
#include "record.h"

static const char *const sections[TW_SECTIONS] = {[TW_S_POWER] = "power",
    [TW_S_STAGE] = "loss_by_stage",
    [TW_S_PART] = "loss_by_part",
    [TW_S_GROUP] = "loss_by_group",
    [TW_S_COOLANT] = "coolant",
    [TW_S_CHIP] = "chips",
    [TW_S_MARGIN] = "margins",
    [TW_S_ESTIMATE] = "estimates",
    [TW_S_CONNECTION] = "connection",
    [TW_S_ENERGY] = "energy",
    [TW_S_MONEY] = "money",
    [TW_S_RANK] = "rank"};

static void numbers(cJSON *to, const char *key, const double *v, int n) {
  cJSON *list = cJSON_AddArrayToObject(to, key);
  for (int k = 0; k < n; k++) cJSON_AddItemToArray(list, isfinite(v[k]) ? cJSON_CreateNumber(v[k]) : cJSON_CreateNull());
}

static void add_terms(cJSON *doc, const char *key, const tw_comparison *c) {
  const tw_terms *t = &c->terms;
  cJSON *o = cJSON_AddObjectToObject(doc, key), *profile;
  tw_record_number(o, "hours_per_year", t->hours);
  tw_record_text(o, "currency", *t->currency ? t->currency : NULL);
  tw_record_number(o, "tariff_per_kWh", t->tariff * 3.6e6);
  tw_record_number(o, "demand_charge_per_kW_a", t->demand * 1e3);
  tw_record_number(o, "discount_per_year", t->discount);
  numbers(o, "years", t->years, 2);
  profile = cJSON_AddArrayToObject(o, "profile");
  for (int p = 0; p < t->n_points; p++) {
    cJSON *point = cJSON_CreateObject();
    tw_record_number(point, "utilisation", t->profile[p].utilisation); /* null: as the case describes it */
    tw_record_number(point, "share", t->profile[p].share);
    cJSON_AddItemToArray(profile, point);
  }
}

static void add_cases(cJSON *doc, const tw_comparison *c) {
  cJSON *list = cJSON_AddArrayToObject(doc, "cases");
  for (int k = 0; k < c->n; k++) {
    const tw_case *x = &c->cases[k];
    cJSON *o = cJSON_CreateObject(), *findings;
    tw_record_text(o, "name", x->name);
    tw_record_text(o, "file", x->file);
    tw_record_text(o, "variant", x->variant);
    cJSON_AddBoolToObject(o, "solved", x->results != NULL);
    tw_record_text(o, "not_ranked_because", x->reason);
    tw_record_number(o, "limits_broken_in_profile", x->broken_in_profile);
    tw_record_text(o, "missing_prices", tw_missing_prices(c, k));
    tw_record_number(o, "pieces", x->pieces);
    tw_record_number(o, "priced_pieces", x->priced);
    tw_record_number(o, "price_of_priced_pieces", x->priced ? x->price : (double)NAN);
    findings = cJSON_AddArrayToObject(o, "findings");
    for (int i = 0; x->results && i < x->results->n_broken; i++) {
      const tw_margin *m = &x->results->margins[i];
      cJSON *f = cJSON_CreateObject();
      tw_record_text(f, "path", m->path);
      tw_record_text(f, "quantity", m->quantity);
      tw_record_text(f, "unit", m->unit);
      tw_record_number(f, "value", m->value);
      tw_record_number(f, "limit", m->limit);
      tw_record_number(f, "margin", m->margin);
      cJSON_AddItemToArray(findings, f);
    }
    cJSON_AddItemToArray(list, o);
  }
}

static void add_figures(cJSON *doc, const tw_comparison *c) {
  cJSON *list = cJSON_AddArrayToObject(doc, "figures");
  double differences[TW_MOST_CASES];
  for (int i = 0; i < c->n_figures; i++) {
    const tw_figure *f = &c->figures[i];
    cJSON *o = cJSON_CreateObject();
    tw_record_text(o, "section", sections[f->section]);
    tw_record_text(o, "path", f->path);
    tw_record_text(o, "element", f->element);
    tw_record_text(o, "part", f->part);
    tw_record_text(o, "quantity", f->quantity);
    tw_record_text(o, "unit", strcmp(f->unit, "delta K") ? f->unit : "K");
    numbers(o, "values", f->value, c->n);
    for (int k = 0; k < c->n; k++) differences[k] = tw_figure_difference(f, k);
    numbers(o, "differences", differences, c->n);
    cJSON_AddItemToArray(list, o);
  }
}

static void add_parts(cJSON *doc, const tw_comparison *c) {
  cJSON *list = cJSON_AddArrayToObject(doc, "differing_parts");
  for (int i = 0; i < c->n_parts; i++) {
    const tw_part_row *p = &c->parts[i];
    cJSON *o = cJSON_CreateObject();
    tw_record_text(o, "part", p->id);
    tw_record_text(o, "element", p->element);
    tw_record_text(o, "path", p->id ? NULL : p->path);
    tw_record_number(o, "price", tw_part_figure(p->data, TW_PRICE));
    tw_record_text(o, "currency", p->data && *p->data->currency ? p->data->currency : NULL);
    tw_record_text(o, "price_not_used_because", p->lacks);
    tw_record_number(o, "mass_kg", tw_part_figure(p->data, TW_MASS));
    tw_record_number(o, "lead_time_s", tw_part_figure(p->data, TW_LEAD_TIME));
    tw_record_number(o, "mtbf_s", tw_part_figure(p->data, TW_MTBF));
    numbers(o, "count", p->count, c->n);
    numbers(o, "loss_W", p->loss, c->n);
    cJSON_AddItemToArray(list, o);
  }
}

static void add_settings(cJSON *doc, const tw_comparison *c) {
  cJSON *list = cJSON_AddArrayToObject(doc, "differing_settings");
  for (int i = 0; i < c->n_settings; i++) {
    cJSON *o = cJSON_CreateObject(), *values;
    tw_record_text(o, "name", tw_setting_name(c, &c->settings[i]));
    values = cJSON_AddArrayToObject(o, "values");
    for (int k = 0; k < c->n; k++) cJSON_AddItemToArray(values, cJSON_CreateString(c->settings[i].value[k]));
    cJSON_AddItemToArray(list, o);
  }
}

static void add_estimates(cJSON *doc, const tw_comparison *c) {
  cJSON *list = cJSON_AddArrayToObject(doc, "estimates_only");
  for (int i = 0; i < c->n_estimates; i++) {
    const tw_estimate_row *e = &c->estimates[i];
    cJSON *o = cJSON_CreateObject(), *sources;
    tw_record_text(o, "stage", e->stage);
    cJSON_AddBoolToObject(o, "differs", e->differs);
    sources = cJSON_AddArrayToObject(o, "sources");
    for (int s = 0; s < e->n_sources; s++) cJSON_AddItemToArray(sources, cJSON_CreateString(e->source[s]));
    cJSON_AddItemToArray(list, o);
  }
}

char *tw_compare_json(const tw_comparison *c) {
  cJSON *doc = cJSON_CreateObject();
  add_terms(doc, "inputs", c);
  add_cases(doc, c);
  add_figures(doc, c);
  add_parts(doc, c);
  add_settings(doc, c);
  add_estimates(doc, c);
  tw_record_text(doc, "ranked_by", c->rank_key);
  char *out = cJSON_Print(doc);
  cJSON_Delete(doc);
  return out;
}

/* Every file that was read for any case, once. */
static void add_inputs(cJSON *doc, const tw_comparison *c) {
  int n = 0, room = 0;
  for (int k = 0; k < c->n; k++) room += c->cases[k].s.model->n_inputs;
  const char **files = tw_alloc(c->arena, (size_t)room, sizeof *files);
  for (int k = 0; k < c->n; k++) {
    const tw_description *m = c->cases[k].s.model;
    for (int i = 0, j; i < m->n_inputs; i++) {
      for (j = 0; j < n && strcmp(files[j], m->inputs[i]);) j++;
      if (j == n) files[n++] = m->inputs[i];
    }
  }
  tw_record_inputs(doc, files, n);
}

int tw_compare_record(const tw_comparison *c, const tw_options *o) {
  cJSON *doc = tw_record_new(o), *cases;
  add_terms(doc, "terms", c);
  tw_record_words(doc, "set", o->sets, o->n_sets);
  cases = cJSON_AddArrayToObject(doc, "cases");
  for (int k = 0; k < c->n; k++) {
    cJSON *x = cJSON_CreateObject();
    tw_record_text(x, "name", c->cases[k].name);
    tw_record_text(x, "file", c->cases[k].file);
    tw_record_text(x, "variant", c->cases[k].variant);
    tw_record_text(x, "not_ranked_because", c->cases[k].reason);
    cJSON_AddItemToArray(cases, x);
  }
  add_inputs(doc, c);
  int status = tw_record_write(doc, tw_printf(c->arena, "%s/run.json", o->out));
  cJSON_Delete(doc);
  return status;
}
