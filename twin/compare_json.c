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

static void number(cJSON *to, const char *key, double v) {
  if (isfinite(v))
    cJSON_AddNumberToObject(to, key, v);
  else
    cJSON_AddNullToObject(to, key);
}

static void text(cJSON *to, const char *key, const char *v) {
  if (v)
    cJSON_AddStringToObject(to, key, v);
  else
    cJSON_AddNullToObject(to, key);
}

static void numbers(cJSON *to, const char *key, const double *v, int n) {
  cJSON *list = cJSON_AddArrayToObject(to, key);
  for (int k = 0; k < n; k++) cJSON_AddItemToArray(list, isfinite(v[k]) ? cJSON_CreateNumber(v[k]) : cJSON_CreateNull());
}

static void add_terms(cJSON *doc, const char *key, const tw_comparison *c) {
  const tw_terms *t = &c->terms;
  cJSON *o = cJSON_AddObjectToObject(doc, key), *profile;
  number(o, "hours_per_year", t->hours);
  text(o, "currency", *t->currency ? t->currency : NULL);
  number(o, "tariff_per_kWh", t->tariff * 3.6e6);
  number(o, "demand_charge_per_kW_a", t->demand * 1e3);
  number(o, "discount_per_year", t->discount);
  numbers(o, "years", t->years, 2);
  profile = cJSON_AddArrayToObject(o, "profile");
  for (int p = 0; p < t->n_points; p++) {
    cJSON *point = cJSON_CreateObject();
    number(point, "utilisation", t->profile[p].utilisation); /* null: as the case describes it */
    number(point, "share", t->profile[p].share);
    cJSON_AddItemToArray(profile, point);
  }
}

static void add_cases(cJSON *doc, const tw_comparison *c) {
  cJSON *list = cJSON_AddArrayToObject(doc, "cases");
  for (int k = 0; k < c->n; k++) {
    const tw_case *x = &c->cases[k];
    cJSON *o = cJSON_CreateObject(), *findings;
    text(o, "name", x->name);
    text(o, "file", x->file);
    text(o, "variant", x->variant);
    cJSON_AddBoolToObject(o, "solved", x->results != NULL);
    text(o, "not_ranked_because", x->reason);
    number(o, "limits_broken_in_profile", x->broken_in_profile);
    text(o, "missing_prices", tw_missing_prices(c, k));
    number(o, "pieces", x->pieces);
    number(o, "priced_pieces", x->priced);
    number(o, "price_of_priced_pieces", x->priced ? x->price : (double)NAN);
    findings = cJSON_AddArrayToObject(o, "findings");
    for (int i = 0; x->results && i < x->results->n_broken; i++) {
      const tw_margin *m = &x->results->margins[i];
      cJSON *f = cJSON_CreateObject();
      text(f, "path", m->path);
      text(f, "quantity", m->quantity);
      text(f, "unit", m->unit);
      number(f, "value", m->value);
      number(f, "limit", m->limit);
      number(f, "margin", m->margin);
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
    text(o, "section", sections[f->section]);
    text(o, "path", f->path);
    text(o, "element", f->element);
    text(o, "part", f->part);
    text(o, "quantity", f->quantity);
    text(o, "unit", strcmp(f->unit, "delta K") ? f->unit : "K");
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
    text(o, "part", p->id);
    text(o, "element", p->element);
    text(o, "path", p->id ? NULL : p->path);
    number(o, "price", tw_part_figure(p->data, TW_PRICE));
    text(o, "currency", p->data && *p->data->currency ? p->data->currency : NULL);
    text(o, "price_not_used_because", p->lacks);
    number(o, "mass_kg", tw_part_figure(p->data, TW_MASS));
    number(o, "lead_time_s", tw_part_figure(p->data, TW_LEAD_TIME));
    number(o, "mtbf_s", tw_part_figure(p->data, TW_MTBF));
    numbers(o, "count", p->count, c->n);
    numbers(o, "loss_W", p->loss, c->n);
    cJSON_AddItemToArray(list, o);
  }
}

static void add_settings(cJSON *doc, const tw_comparison *c) {
  cJSON *list = cJSON_AddArrayToObject(doc, "differing_settings");
  for (int i = 0; i < c->n_settings; i++) {
    cJSON *o = cJSON_CreateObject(), *values;
    text(o, "name", tw_setting_name(c, &c->settings[i]));
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
    text(o, "stage", e->stage);
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
  text(doc, "ranked_by", c->rank_key);
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
    text(x, "name", c->cases[k].name);
    text(x, "file", c->cases[k].file);
    text(x, "variant", c->cases[k].variant);
    text(x, "not_ranked_because", c->cases[k].reason);
    cJSON_AddItemToArray(cases, x);
  }
  add_inputs(doc, c);
  int status = tw_record_write(doc, tw_printf(c->arena, "%s/run.json", o->out));
  cJSON_Delete(doc);
  return status;
}
