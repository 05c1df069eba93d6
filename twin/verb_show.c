/* check and show: the model before it is solved. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cjson/cJSON.h>
#include "../racks/units.h"
#include "results.h"
#include "session.h"
#include "verbs.h"

static cJSON *checked_file(const char *file, const tw_session *s, int status) {
  static const char *const severities[] = {"error", "warning", "note"};
  cJSON *o = cJSON_CreateObject(), *list;
  cJSON_AddStringToObject(o, "file", file);
  cJSON_AddBoolToObject(o, "ok", status == TW_EXIT_OK);
  if (s->net) {
    cJSON_AddNumberToObject(o, "parts", s->model->n_items);
    cJSON_AddNumberToObject(o, "nodes", s->net->n_nodes);
    cJSON_AddNumberToObject(o, "unknowns", s->net->n);
  }
  list = cJSON_AddArrayToObject(o, "diagnostics");
  for (int i = 0; i < s->diagnostics.n; i++) {
    const tw_diagnostic *d = &s->diagnostics.items[i];
    cJSON *item = cJSON_CreateObject();
    char code[16];
    snprintf(code, sizeof code, "RT%04d", d->code);
    cJSON_AddStringToObject(item, "severity", severities[d->severity]);
    cJSON_AddStringToObject(item, "code", code);
    if (d->where.file) cJSON_AddStringToObject(item, "file", d->where.file);
    cJSON_AddNumberToObject(item, "line", d->where.line);
    cJSON_AddNumberToObject(item, "col", d->where.col);
    if (d->path) cJSON_AddStringToObject(item, "path", d->path);
    cJSON_AddStringToObject(item, "text", d->text);
    cJSON_AddItemToArray(list, item);
  }
  return o;
}

int tw_verb_check(const tw_options *o) {
  int worst = TW_EXIT_OK;
  cJSON *files = o->json ? cJSON_CreateArray() : NULL;
  for (int i = 0; i < o->n_words; i++) {
    const char *variant = o->n_variants ? o->variants[0] : NULL;
    tw_session s;
    int status = tw_session_open(&s, o, o->words[i], variant, false);
    if (files) cJSON_AddItemToArray(files, checked_file(o->words[i], &s, status));
    if (!status) {
      tw_session_report(&s, o, TW_EXIT_INPUT);
      if (!o->quiet && !o->json)
        printf("%s: ok, %d parts, %d nodes, %d unknowns\n", o->words[i], s.model->n_items, s.net->n_nodes, s.net->n);
    }
    if (status > worst) worst = status;
    tw_session_close(&s);
  }
  if (files) {
    char *text = cJSON_Print(files);
    puts(text);
    free(text);
    cJSON_Delete(files);
  }
  return worst;
}

/* "tray[3].gpu" and everything below it; an omitted index means all. */
static bool below(const char *path, const char *under) {
  while (*under) {
    if (*under == *path) under++, path++;
    else if (*path == '[' && *under != '[') {
      while (*path && *path != ']') path++;
      if (*path) path++;
    } else return false;
  }
  return !*path || *path == '.' || *path == '[';
}

static void print_origin(const char *source, tw_quality quality, tw_where where) {
  if (source) printf("%s", source);
  if (quality) printf(" (%s)", tw_quality_name(quality));
  if (where.file) printf("  %s:%d", where.file, where.line);
  puts("");
}

/* What a piece costs and weighs, when it comes and how long it lasts. */
static void show_data(const tw_part_data *d) {
  if (!d) return;
  if (d->manufacturer) printf("    %-22s %s\n", "manufacturer", d->manufacturer);
  for (int k = 0; k < TW_PART_FIGURES; k++) {
    const tw_stated *s = &d->figure[k];
    if (isnan(s->value)) continue;
    printf("    %-22s %-22s ", tw_part_figure_names[k], s->written);
    print_origin(s->source, s->quality, s->where);
  }
  if (d->basis) printf("    %-22s %s\n", "basis", d->basis);
}

static void show_item(const tw_item *it) {
  printf("%s  <%s>%s%s\n", it->path, it->type->element, it->part ? " part " : "", it->part ? it->part : "");
  for (int q = 0; it->type->params && it->type->params[q].id; q++) {
    const tw_value *v = &it->values[q];
    char text[96];
    tw_value_text(&it->type->params[q], v, text, sizeof text);
    const char *source = v->source ? v->source : v->given ? it->source : NULL;
    tw_quality quality = v->quality ? v->quality : v->given ? it->quality : TW_QUALITY_NONE;
    printf("    %-22s %-22s %s", it->type->params[q].id, text, v->given ? "" : "default  ");
    print_origin(source, quality, v->given ? v->where : (tw_where){0});
  }
  show_data(it->data);
}

static cJSON *data_json(const tw_part_data *d) {
  static const char *const keys[TW_PART_FIGURES] = {"price", "mass_kg", "lead_time_s", "mtbf_s"};
  cJSON *o = cJSON_CreateObject();
  if (d->manufacturer) cJSON_AddStringToObject(o, "manufacturer", d->manufacturer);
  for (int k = 0; k < TW_PART_FIGURES; k++) {
    const tw_stated *s = &d->figure[k];
    if (isnan(s->value)) continue;
    cJSON *figure = cJSON_AddObjectToObject(o, keys[k]);
    cJSON_AddNumberToObject(figure, "value", s->value);
    if (k == TW_PRICE) cJSON_AddStringToObject(figure, "currency", d->currency);
    if (s->source) cJSON_AddStringToObject(figure, "source", s->source);
    cJSON_AddStringToObject(figure, "quality", tw_quality_name(s->quality));
  }
  if (d->basis) cJSON_AddStringToObject(o, "basis", d->basis);
  return o;
}

/* Of the assemblies those that state something. */
static void add_assemblies(cJSON *list, const tw_description *m, const char *under) {
  for (int i = 0; i < m->n_assemblies; i++) {
    const tw_assembly *a = &m->assemblies[i];
    if (!a->data || (under && !below(a->path, under))) continue;
    cJSON *o = cJSON_CreateObject();
    cJSON_AddStringToObject(o, "path", a->path);
    cJSON_AddStringToObject(o, "element", "assembly");
    cJSON_AddStringToObject(o, "part", a->id);
    cJSON_AddItemToObject(o, "part_data", data_json(a->data));
    cJSON_AddItemToArray(list, o);
  }
}

static void show_assemblies(const tw_description *m, const char *under) {
  for (int i = 0; i < m->n_assemblies; i++) {
    const tw_assembly *a = &m->assemblies[i];
    if (!a->data || (under && !below(a->path, under))) continue;
    printf("%s  <assembly> %s\n", a->path, a->id);
    show_data(a->data);
  }
}

static void show_json(const tw_description *m, const char *under) {
  cJSON *list = cJSON_CreateArray();
  for (int i = 0; i < m->n_items; i++) {
    const tw_item *it = &m->items[i];
    if (under && !below(it->path, under)) continue;
    cJSON *o = cJSON_CreateObject(), *params = cJSON_CreateObject();
    cJSON_AddStringToObject(o, "path", it->path);
    cJSON_AddStringToObject(o, "element", it->type->element);
    if (it->part) cJSON_AddStringToObject(o, "part", it->part);
    for (int q = 0; it->type->params && it->type->params[q].id; q++) {
      const tw_value *v = &it->values[q];
      char text[96];
      cJSON *value = cJSON_AddObjectToObject(params, it->type->params[q].id);
      tw_value_text(&it->type->params[q], v, text, sizeof text);
      cJSON_AddStringToObject(value, "value", text);
      if (isfinite(v->number)) cJSON_AddNumberToObject(value, "si", v->number);
      cJSON_AddBoolToObject(value, "given", v->given);
      if (v->source ? v->source : it->source) cJSON_AddStringToObject(value, "source", v->source ? v->source : it->source);
      cJSON_AddStringToObject(value, "quality", tw_quality_name(v->quality ? v->quality : it->quality));
    }
    cJSON_AddItemToObject(o, "parameters", params);
    if (it->data) cJSON_AddItemToObject(o, "part_data", data_json(it->data));
    cJSON_AddItemToArray(list, o);
  }
  add_assemblies(list, m, under);
  char *text = cJSON_Print(list);
  puts(text);
  free(text);
  cJSON_Delete(list);
}

int tw_verb_show(const tw_options *o) {
  tw_session s;
  const char *under = o->n_words > 1 ? o->words[1] : NULL;
  int status = tw_session_open(&s, o, o->words[0], o->n_variants ? o->variants[0] : NULL, false), shown = 0, estimates = 0;
  if (!status) {
    if (o->json) show_json(s.model, under);
    for (int i = 0; i < s.model->n_items; i++) {
      if (under && !below(s.model->items[i].path, under)) continue;
      shown++;
      if (s.model->items[i].quality == TW_ESTIMATE) estimates++;
      if (!o->json) show_item(&s.model->items[i]);
    }
    if (!o->json) show_assemblies(s.model, under);
    if (!shown) {
      fprintf(stderr, "racktwin: nothing in %s is called \"%s\"; racktwin show %s lists all paths\n", o->words[0], under, o->words[0]);
      status = TW_EXIT_INPUT;
    } else if (!o->json) {
      printf("%d parts, %d of them with figures of quality estimate\n", shown, estimates);
    }
  }
  tw_session_close(&s);
  return status;
}
