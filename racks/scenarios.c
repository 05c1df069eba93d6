/* <scenario>: duration, workload and events in time. */
#include "reader.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- events ---------------------------------------------------------------------------------------------------------------- */

typedef struct {
  tw_reader *r;
  tw_scenario *s;
  int room;
  const tw_attribute *path, *value; /* value NULL: fail= */
  const char *param;
  double t;
  tw_where where;
  int items, found, entity;
} event_reader;

static void add_event(event_reader *e, int entity, int param, double value) {
  tw_scenario *s = e->s;
  s->events = tw_grow(e->r->arena, s->events, s->n_events, &e->room, sizeof *s->events);
  s->events[s->n_events++] = (tw_set_event){e->t, e->path->value, e->r->m->entities[entity].item, param, value, e->where};
}

/* What changes in a run must not decide the structure. */
static bool may_change(const tw_param *p) {
  bool word = (p->flags & TW_P_TIMED) && (p->kind == TW_ENUM || p->kind == TW_INTEGER);
  return !(p->flags & TW_P_STRUCTURAL) && (p->kind == TW_NUMBER || word);
}

static void take_set(void *ctx, int entity) {
  event_reader *e = ctx;
  const tw_entity *x = &e->r->m->entities[entity];
  int k = x->type ? tw_param_named(x->type, e->param) : -1;
  e->items += x->type || x->broken;
  e->entity = entity;
  e->found += k >= 0 || x->broken;
  if (k < 0) return;
  const tw_param *p = &x->type->params[k];
  tw_value v;
  if (!may_change(p))
    tw_report(e->r, TW_E_SET, e->path->at, NULL, "\"%s\": %s of <%s> decides the structure and cannot change in a run",
              e->path->value, p->id, x->type->element);
  else if (tw_value_read(e->r, p, e->value->value, e->value->at, x->path, &v))
    add_event(e, entity, k, v.number);
}

/* The word of `state` that means failure, -1 if it has none. */
static int failed_state(const tw_param *p) {
  static const char *const words[] = {"failed", "tripped", "off", "open"};
  for (int w = 0; w < TW_COUNT(words); w++) {
    int index = 0;
    for (const char *c = p->choices; c && *c; index++) {
      size_t n = strcspn(c, "|");
      if (strlen(words[w]) == n && !memcmp(words[w], c, n)) return index;
      c += n + (c[n] == '|');
    }
  }
  return -1;
}

static void take_fail(void *ctx, int entity) {
  event_reader *e = ctx;
  const tw_entity *x = &e->r->m->entities[entity];
  int k = x->type ? tw_param_named(x->type, "state") : -1;
  int word = k >= 0 && x->type->params[k].kind == TW_ENUM ? failed_state(&x->type->params[k]) : -1;
  e->items++;
  e->entity = entity;
  e->found += word >= 0 || x->broken;
  if (word >= 0) add_event(e, entity, k, word);
}

static void explain(event_reader *e, const tw_path *p) {
  tw_reader *r = e->r;
  const tw_attribute *a = e->path;
  if (!e->items) {
    const char *why = tw_path_why(r, -1, p, a->value);
    if (why)
      tw_report(r, TW_E_PATH, a->at, NULL, "%s", why);
    else if (!tw_failed(r))
      tw_report(r, TW_E_SCENARIO, a->at, NULL, "\"%s\" is of an assembly, which has no parameters", a->value);
    return;
  }
  const tw_entity *x = &r->m->entities[e->entity];
  const char *element = x->type ? x->type->element : "assembly";
  if (!e->value) {
    tw_report(r, TW_E_SCENARIO, a->at, NULL,
              "%s (%s) has no state in which it has failed; use set=\"%s.PARAMETER\" value=\"...\"", x->path, element, a->value);
    return;
  }
  tw_list known = {0};
  for (int k = 0; x->type && k < tw_params_of(x->type); k++)
    if (may_change(&x->type->params[k])) tw_list_add(r->arena, &known, (void *)(uintptr_t)x->type->params[k].id);
  tw_report(r, TW_E_PARAMETER, a->at, NULL, "\"%s\": %s (%s) has no parameter \"%s\"%s", a->value, x->path, element, e->param,
            tw_suggest(r, e->param, &known));
}

static void read_event(event_reader *e, const tw_xml_node *n) {
  tw_reader *r = e->r;
  tw_check_attributes(r, n, "event");
  tw_check_children(r, n, "event");
  const tw_attribute *at = tw_required(r, n, "at"), *set = tw_attribute_find(n, "set"), *fail = tw_attribute_find(n, "fail");
  if (!set == !fail) {
    tw_report(r, TW_E_SCENARIO, n->where, NULL, "an event has either set=\"path.parameter\" value=\"...\" or fail=\"path\"");
    return;
  }
  e->value = set ? tw_required(r, n, "value") : NULL;
  e->t = at ? tw_number_read(r, "event", "at", at) : NAN;
  if (isnan(e->t) || (set && !e->value)) return;
  if (e->t > e->s->duration)
    tw_report_warning(r, TW_W_EVENT_LATE, at->at, NULL, "the event at %s is after the end of the scenario, %s", at->value,
                      tw_display_text(r, e->s->duration, "s"));
  e->path = set ? set : fail;
  e->where = n->where;
  e->items = e->found = 0;
  tw_path p;
  bool good = set ? tw_path_split(r->arena, set->value, &p, &e->param) : tw_path_parse(r->arena, fail->value, &p);
  if (!good) {
    tw_report(r, TW_E_SET, e->path->at, NULL, "\"%s\" is not the path of a %s, such as \"%s\"", e->path->value,
              set ? "parameter" : "component", set ? "cdu.pump[2].speed" : "cdu.pump[2]");
    return;
  }
  tw_path_find(r->m, -1, &p, set ? take_set : take_fail, e);
  if (!e->found) explain(e, &p);
}

static int by_time(const void *a, const void *b) {
  const tw_set_event *p = a, *q = b;
  if (p->t != q->t) return p->t < q->t ? -1 : 1;
  if (p->where.line != q->where.line) return p->where.line < q->where.line ? -1 : 1;
  if (p->where.col != q->where.col) return p->where.col < q->where.col ? -1 : 1;
  return p->item < q->item ? -1 : p->item > q->item;
}

/* ---- scenarios ----------------------------------------------------------------------------------------------------------- */

static const char *check_workload(tw_reader *r, const tw_attribute *a) {
  if (!a || tw_map_get(&r->workloads, a->value)) return a ? a->value : NULL;
  tw_list known = {0};
  for (int k = 0; k < r->workload_list.n; k++)
    tw_list_add(r->arena, &known, (void *)(uintptr_t)tw_attribute_find(r->workload_list.at[k], "id")->value);
  tw_report(r, TW_E_WORKLOAD, a->at, NULL, "there is no workload \"%s\"%s", a->value, tw_suggest(r, a->value, &known));
  return NULL;
}

static void read_scenario(tw_reader *r, const tw_xml_node *n, tw_scenario *s) {
  const tw_attribute *title = tw_attribute_find(n, "title"), *every = tw_attribute_find(n, "every");
  tw_check_attributes(r, n, "scenario");
  tw_check_children(r, n, "scenario");
  const tw_attribute *duration = tw_required(r, n, "duration");
  s->id = tw_attribute_find(n, "id")->value;
  s->title = title ? title->value : NULL;
  s->where = n->where;
  s->duration = duration ? tw_number_read(r, "scenario", "duration", duration) : NAN;
  s->every = every ? tw_number_read(r, "scenario", "every", every) : 1.0;
  s->workload = check_workload(r, tw_attribute_find(n, "workload"));
  event_reader e = {.r = r, .s = s};
  for (const tw_xml_node *k = n->first; k; k = k->next) {
    if (!strcmp(k->name, "event")) read_event(&e, k);
    else if (!strcmp(k->name, "title")) s->title = k->text;
  }
  if (s->n_events) qsort(s->events, (size_t)s->n_events, sizeof *s->events, by_time);
}

void tw_scenarios_read(tw_reader *r) {
  tw_description *m = &r->m->pub;
  m->scenarios = tw_alloc(r->arena, (size_t)r->scenario_list.n, sizeof *m->scenarios);
  for (int k = 0; k < r->scenario_list.n; k++)
    read_scenario(r, r->scenario_list.at[k], &m->scenarios[m->n_scenarios++]);
}

/* ---- scenarios in files of their own ----------------------------------------------------------------------------------- */

/* A file holds one <scenario>, or in <racktwin> scenarios and the workloads that they use. */
static void take_file(tw_reader *r, tw_xml_node *root, const char *name) {
  if (strcmp(root->name, "scenario")) {
    for (tw_xml_node *n = root->first; n; n = n->next) {
      if (!strcmp(n->name, "scenario") || !strcmp(n->name, "workload")) tw_collect(r, n, false);
      else if (strcmp(n->name, "title"))
        tw_report(r, TW_E_ELEMENT, n->where, NULL, "<%s> does not belong into a file of scenarios; known are scenario, workload",
                  n->name);
    }
    return;
  }
  if (!tw_attribute_find(root, "id")) { /* its name is that of the file */
    tw_attribute *more = tw_alloc(r->arena, (size_t)root->n_attributes + 1, sizeof *more);
    if (root->n_attributes) memcpy(more, root->attributes, (size_t)root->n_attributes * sizeof *more);
    more[root->n_attributes++] = (tw_attribute){"id", name, root->where, root->where};
    root->attributes = more;
  }
  tw_collect(r, root, false);
}

void tw_scenario_find(tw_reader *r) {
  const char *name = r->options ? r->options->scenario : NULL;
  if (!name || tw_map_get(&r->scenarios, name)) return;
  name = tw_strdup(r->arena, name);
  tw_xml_node *root = NULL;
  if (*name && !strpbrk(name, "/\\") && *name != '.') {
    root = r->folder ? tw_load_beside(r, r->folder, name) : NULL;
    if (!root && r->catalogue) root = tw_load_beside(r, r->catalogue, name);
  }
  if (root) take_file(r, root, name);
  if (tw_map_get(&r->scenarios, name) || tw_failed(r)) return;
  tw_list known = {0};
  for (int k = 0; k < r->scenario_list.n; k++)
    tw_list_add(r->arena, &known, (void *)(uintptr_t)tw_attribute_find(r->scenario_list.at[k], "id")->value);
  tw_report(r, TW_E_SCENARIO, (tw_where){0}, NULL, "there is no scenario \"%s\", in the file or as scenarios/%s.xml%s", name,
            name, tw_suggest(r, name, &known));
}
