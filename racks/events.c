/* <event>: what changes at a time in a run. */
#include "reader.h"
#include "trace.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The forms of an event, by the attribute that names its path. */
typedef enum { SET, RAMP, FAIL, REPAIR, REMOVE, INSERT, FORMS } form;
static const char *const forms[FORMS] = {"set", "ramp", "fail", "repair", "remove", "insert"};

typedef struct {
  tw_reader *r;
  tw_scenario *s;
  int room;
  form form;
  const tw_attribute *path, *value; /* value: of value=, factor= or to=; NULL where the form has none */
  bool factor;
  const char *param;
  double t, over, times;
  tw_where where;
  int items, found, entity;
} event_reader;

static void add_event(event_reader *e, int entity, int param, double value) {
  tw_scenario *s = e->s;
  s->events = tw_grow(e->r->arena, s->events, s->n_events, &e->room, sizeof *s->events);
  s->events[s->n_events++] = (tw_set_event){.t = e->t, .over = e->over, .scaled = e->factor,
      .repairs = e->form == REPAIR || e->form == INSERT, .path = e->path->value, .item = e->r->m->entities[entity].item, .param = param, .value = value, .where = e->where};
}

/* ---- set and ramp ---------------------------------------------------------------------------------------------------------- */

bool tw_may_move(const tw_param *p) { return !(p->flags & TW_P_STRUCTURAL) && p->kind == TW_NUMBER; }

/* What changes in a run must not decide the structure; a ramp is of a number. */
static bool may_change(const tw_param *p, form f) {
  bool word = f == SET && (p->flags & TW_P_TIMED) && (p->kind == TW_ENUM || p->kind == TW_INTEGER);
  return tw_may_move(p) || (word && !(p->flags & TW_P_STRUCTURAL));
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
  tw_value v = {.number = e->times};
  if (e->factor && p->unit && !strcmp(p->unit, "K"))
    tw_report(e->r, TW_E_SET, e->value->at, NULL, "\"%s\" is a temperature, which has no multiples; use %s=", e->path->value,
              e->form == SET ? "value" : "to");
  else if (!may_change(p, e->form) || (e->factor && p->kind != TW_NUMBER))
    tw_report(e->r, TW_E_SET, e->path->at, NULL, may_change(p, SET) ? "\"%s\": %s of <%s> is no quantity; set it with value=" :
              "\"%s\": %s of <%s> decides the structure and cannot change in a run", e->path->value, p->id, x->type->element);
  else if (e->factor || tw_value_read(e->r, p, e->value->value, e->value->at, x->path, &v))
    add_event(e, entity, k, v.number);
}

/* ---- fail and repair ------------------------------------------------------------------------------------------------------ */

int tw_state_param(const tw_type *t) {
  int k = tw_param_named(t, "state");
  if (k < 0) k = tw_param_named(t, "mode");
  return k >= 0 && t->params[k].kind == TW_ENUM && (t->params[k].flags & TW_P_TIMED) ? k : -1;
}

int tw_failed_state(const tw_type *t) {
  static const char *const words[] = {"failed", "dead", "stuck", "tripped", "lost", "off", "open", "disconnected"};
  int k = tw_state_param(t);
  for (int w = 0; k >= 0 && w < TW_COUNT(words); w++) {
    int index = tw_choice_of(t->params[k].choices, words[w]);
    if (index >= 0) return index;
  }
  return -1;
}

/* What a repair leads to: the state in the file, or where the file has it failed the table's default. */
static double repaired_state(const tw_entity *x, int k, int failed) {
  const tw_param *p = &x->type->params[k];
  double in_file = x->values[k].number;
  return in_file < failed || in_file > failed ? in_file : (double)tw_choice_of(p->choices, p->dflt ? p->dflt : "on");
}

static void take_fail(void *ctx, int entity) {
  event_reader *e = ctx;
  const tw_entity *x = &e->r->m->entities[entity];
  int k = x->type ? tw_state_param(x->type) : -1;
  int word = x->type ? tw_failed_state(x->type) : -1;
  e->items++;
  e->entity = entity;
  e->found += word >= 0 || x->broken;
  if (word >= 0) add_event(e, entity, k, e->form == FAIL ? word : repaired_state(x, k, word));
}

/* ---- remove and insert ---------------------------------------------------------------------------------------------------- */

/* The parts in an assembly that unplug: its couplings, its hot-swap controller. */
static void take_remove(void *ctx, int entity) {
  event_reader *e = ctx;
  const tw_entity *x = &e->r->m->entities[entity];
  int k = x->type ? tw_state_param(x->type) : -1;
  e->items++;
  e->entity = entity;
  e->found += x->broken;
  if (k >= 0 && (x->type->params[k].flags & TW_P_UNPLUGS)) {
    e->found++;
    int last = tw_choice_count(x->type->params[k].choices) - 1;
    add_event(e, entity, k, e->form == REMOVE ? last : repaired_state(x, k, last));
  }
  for (int child = x->type ? -1 : x->first; child >= 0; child = e->r->m->entities[child].next) {
    take_remove(e, child);
    e->entity = entity;
  }
}

/* ---- mistakes ------------------------------------------------------------------------------------------------------------- */

static void explain_state(event_reader *e) {
  const tw_entity *x = &e->r->m->entities[e->entity];
  const tw_attribute *a = e->path;
  const char *element = x->type ? x->type->element : "assembly";
  if (e->form == REMOVE || e->form == INSERT)
    tw_report(e->r, TW_E_SCENARIO, a->at, NULL,
              "%s (%s) has nothing that unplugs: no quick disconnect, hot-swap controller or contact", x->path, element);
  else if (!x->type)
    tw_report(e->r, TW_E_SCENARIO, a->at, NULL,
              "%s is an assembly, of which parts fail, such as \"%s.PART\"; %s=\"%s\" %s", x->path, a->value,
              e->form == FAIL ? "remove" : "insert", a->value, e->form == FAIL ? "pulls it" : "plugs it in again");
  else
    tw_report(e->r, TW_E_SCENARIO, a->at, NULL,
              "%s (%s) has no state in which it has failed; use set=\"%s.PARAMETER\" value=\"...\"", x->path, element, a->value);
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
  if (e->form >= FAIL) {
    explain_state(e);
    return;
  }
  const tw_entity *x = &r->m->entities[e->entity];
  tw_list known = {0};
  for (int k = 0; x->type && k < tw_params_of(x->type); k++)
    if (may_change(&x->type->params[k], e->form)) tw_list_add(r->arena, &known, (void *)(uintptr_t)x->type->params[k].id);
  tw_report(r, TW_E_PARAMETER, a->at, NULL, "\"%s\": %s (%s) has no parameter \"%s\"%s", a->value, x->path,
            x->type ? x->type->element : "assembly", e->param, tw_suggest(r, e->param, &known));
}

/* ---- one event ------------------------------------------------------------------------------------------------------------ */

/* The attribute that says what happens; NULL with an error when there is none or more than one. */
static const tw_attribute *what_happens(event_reader *e, const tw_xml_node *n) {
  const tw_attribute *found = NULL;
  int many = 0;
  for (int f = 0; f < FORMS; f++) {
    const tw_attribute *a = tw_attribute_find(n, forms[f]);
    if (!a) continue;
    found = a;
    e->form = (form)f;
    many++;
  }
  if (many == 1) return found;
  tw_report(e->r, TW_E_SCENARIO, n->where, NULL,
            "an event has one of set=\"path.parameter\" value=\"...\", ramp=\"path.parameter\" to=\"...\" over=\"...\", "
            "fail=\"path\", repair=\"path\", remove=\"path\", insert=\"path\"");
  return NULL;
}

/* value= or factor= of a set, to= or factor= and over= of a ramp; none of them elsewhere. */
static bool read_target(event_reader *e, const tw_xml_node *n) {
  tw_reader *r = e->r;
  const char *name = e->form == RAMP ? "to" : "value";
  const tw_attribute *factor = tw_attribute_find(n, "factor"), *over = tw_attribute_find(n, "over");
  static const char *const targets[] = {"value", "to", "factor", "over"};
  for (int k = 0; k < TW_COUNT(targets); k++) {
    bool fits = (e->form <= RAMP && (k == 2 || !strcmp(targets[k], name))) || (e->form == RAMP && k == 3);
    const tw_attribute *a = tw_attribute_find(n, targets[k]);
    if (!a || fits) continue;
    tw_report(r, TW_E_SCENARIO, a->name_at, NULL, "%s= does not belong to %s=", targets[k], forms[e->form]);
    return false;
  }
  e->over = 0.0;
  e->factor = factor != NULL;
  if (e->form > RAMP) return true;
  if (factor && tw_attribute_find(n, name)) {
    tw_report(r, TW_E_SCENARIO, factor->name_at, NULL, "give either %s= or factor=", name);
    return false;
  }
  e->value = factor ? factor : tw_required(r, n, name);
  if (factor) e->times = tw_number_read(r, "event", "factor", factor);
  if (e->form == RAMP) over = tw_required(r, n, "over");
  if (over) e->over = tw_number_read(r, "event", "over", over);
  return e->value && !(factor && isnan(e->times)) && (e->form != RAMP || (over && !isnan(e->over)));
}

static void warn_late(event_reader *e, const tw_attribute *at) {
  double end = e->t + e->over;
  if (e->t > e->s->duration)
    tw_report_warning(e->r, TW_W_EVENT_LATE, at->at, NULL, "the event at %s is after the end of the scenario, %s", at->value,
                      tw_display_text(e->r, e->s->duration, "s"));
  else if (end > e->s->duration)
    tw_report_warning(e->r, TW_W_EVENT_LATE, at->at, NULL, "the ramp ends at %s, after the end of the scenario, %s",
                      tw_display_text(e->r, end, "s"), tw_display_text(e->r, e->s->duration, "s"));
}

static void read_event(event_reader *e, const tw_xml_node *n) {
  static tw_found_fn *const take[FORMS] = {take_set, take_set, take_fail, take_fail, take_remove, take_remove};
  tw_reader *r = e->r;
  tw_check_attributes(r, n, "event");
  tw_check_children(r, n, "event");
  const tw_attribute *at = tw_required(r, n, "at");
  e->path = what_happens(e, n);
  e->value = NULL;
  e->t = at ? tw_number_read(r, "event", "at", at) : NAN;
  if (!e->path || !read_target(e, n) || isnan(e->t)) return;
  warn_late(e, at);
  e->where = n->where;
  e->items = e->found = 0;
  tw_path p;
  bool figure = e->form <= RAMP;
  bool good = figure ? tw_glob_split(r->arena, e->path->value, &p, &e->param) : tw_glob_parse(r->arena, e->path->value, &p);
  if (!good) {
    tw_report(r, TW_E_SET, e->path->at, NULL, "\"%s\" is not the path of a %s, such as \"%s\"", e->path->value,
              figure ? "parameter" : "component", figure ? "cdu.pump[2].speed" : "cdu.pump[2]");
    return;
  }
  tw_path_find(r->m, -1, &p, take[e->form], e);
  if (!e->found) explain(e, &p);
}

/* ---- in their order ------------------------------------------------------------------------------------------------------- */

static int by_time(const void *a, const void *b) {
  const tw_set_event *p = a, *q = b;
  if (p->t != q->t) return p->t < q->t ? -1 : 1;
  if (p->where.line != q->where.line) return p->where.line < q->where.line ? -1 : 1;
  if (p->where.col != q->where.col) return p->where.col < q->where.col ? -1 : 1;
  return p->item < q->item ? -1 : p->item > q->item;
}

/* "tray[3].vrm" and all below it. */
static bool holds(const char *outer, const char *inner) {
  size_t n = strlen(outer);
  return !strncmp(outer, inner, n) && (!inner[n] || inner[n] == '.');
}

static const tw_param *param_of(const tw_description *m, const tw_set_event *e) {
  return &m->items[e->item].type->params[e->param];
}

/* Value that an event finds: what the last one of the figure, or of that from which a composite passes it on, has left, or that
 * of the file. */
static double value_before(const tw_description *m, const tw_scenario *s, int event) {
  const tw_set_event *e = &s->events[event];
  for (int k = event - 1; k >= 0; k--)
    if (tw_figure_follows(m, e->item, e->param, s->events[k].item, s->events[k].param)) return s->events[k].value;
  return m->items[e->item].values[e->param].number;
}

/* The last event before it that moved only a part of what its figure is passed on to; NULL: all of it is what value_before says. */
static const tw_set_event *split_before(const tw_description *m, const tw_scenario *s, int event) {
  const tw_set_event *e = &s->events[event];
  for (int k = event - 1; k >= 0; k--) {
    const tw_set_event *was = &s->events[k];
    if (tw_figure_follows(m, e->item, e->param, was->item, was->param)) return NULL;
    if (tw_figure_follows(m, was->item, was->param, e->item, e->param)) return was;
  }
  return NULL;
}

/* Whether a trace of the scenario, or its workload, moves it. */
static bool moved(const tw_description *m, const tw_scenario *s, const tw_set_event *e) {
  if (s->workload && !strcmp(param_of(m, e)->id, tw_utilisation.id)) return true;
  for (int k = 0; k < s->n_traces; k++)
    if (tw_trace_moves(s->traces[k], m, e->item, e->param)) return true;
  return false;
}

/* Factors become values, each on what is there when it happens. */
static void resolve_factors(tw_reader *r, tw_scenario *s) {
  for (int k = 0; k < s->n_events; k++) {
    tw_set_event *e = &s->events[k];
    if (!e->scaled) continue;
    if (moved(&r->m->pub, s, e)) {
      if (tw_first_at(r, TW_E_SET, e->where))
        tw_report(r, TW_E_SET, e->where, NULL,
                  "%s.%s follows a trace or the workload: what it is then is not known before; use value= or to=",
                  r->m->pub.items[e->item].path, param_of(&r->m->pub, e)->id);
      continue;
    }
    const tw_set_event *split = split_before(&r->m->pub, s, k);
    if (split) {
      if (tw_first_at(r, TW_E_SET, e->where))
        tw_report(r, TW_E_SET, e->where, NULL, "%s.%s is passed on to %s.%s, which has changed by itself before: they are two "
                  "values then; use value= or to=", r->m->pub.items[e->item].path, param_of(&r->m->pub, e)->id,
                  r->m->pub.items[split->item].path, param_of(&r->m->pub, split)->id);
      continue;
    }
    const tw_param *p = param_of(&r->m->pub, e);
    double was = value_before(&r->m->pub, s, k), is = was * e->value;
    if ((isnan(was) || !tw_in_range(p, is)) && !tw_first_at(r, TW_E_SET, e->where)) continue;
    if (isnan(was))
      tw_report(r, TW_E_SET, e->where, NULL, "%s.%s is not given: there is nothing to multiply; use value= or to=",
                r->m->pub.items[e->item].path, p->id);
    else if (!tw_in_range(p, is))
      tw_report(r, TW_E_RANGE, e->where, NULL, "%g times %s of %s, which is then %s, is %s: outside %s .. %s", e->value, p->id,
                r->m->pub.items[e->item].path, tw_display_text(r, was, p->unit), tw_display_text(r, is, p->unit),
                tw_display_text(r, p->lo, p->unit), tw_display_text(r, p->hi, p->unit));
    e->value = is;
  }
}

/* How long the part takes to follow what is set: its parameter <id>_response, where it has one. */
static double response(const tw_description *m, const tw_set_event *e) {
  const tw_item *item = &m->items[e->item];
  int k = 0;
  size_t length = strlen(param_of(m, e)->id);
  for (const tw_param *p = item->type->params; p[k].id; k++)
    if (!strncmp(p[k].id, param_of(m, e)->id, length) && !strcmp(p[k].id + length, "_response")) return item->values[k].number;
  return 0.0;
}

/* Ramps begin somewhere; what a part follows slowly becomes one, but for the first value of what was not there. */
static void resolve_ramps(tw_reader *r, tw_scenario *s) {
  for (int k = 0; k < s->n_events; k++) {
    tw_set_event *e = &s->events[k];
    const tw_description *m = &r->m->pub;
    bool from_nothing = isnan(value_before(m, s, k)) && !moved(m, s, e);
    if (!(e->over > 0.0) && !from_nothing) e->over = response(m, e);
    else if (e->over > 0.0 && from_nothing && tw_first_at(r, TW_E_SET, e->where))
      tw_report(r, TW_E_SET, e->where, NULL, "%s.%s is not given: there is nothing to begin the ramp with; set it first",
                m->items[e->item].path, param_of(m, e)->id);
  }
}

/* Whether it can have tripped by itself; of a composite, any part of it. */
static bool can_trip(const tw_description *m, int item) {
  for (int i = item; i < m->n_items && holds(m->items[item].path, m->items[i].path); i++)
    for (const tw_discrete *d = m->items[i].type->discrete; d && d->id; d++)
      if (d->words && tw_choice_of(d->words, "tripped") >= 0) return true;
  return false;
}

/* A part is repaired that failed before, or can have tripped. */
static void check_repairs(tw_reader *r, const tw_scenario *s) {
  const tw_description *m = &r->m->pub;
  for (int k = 0; k < s->n_events; k++) {
    const tw_set_event *e = &s->events[k];
    const tw_item *item = &m->items[e->item];
    bool failed = !e->repairs || can_trip(m, e->item);
    double in_file = item->values[e->param].number;
    failed |= in_file < e->value || in_file > e->value;
    for (int i = 0; i < k && !failed; i++) {
      const char *other = m->items[s->events[i].item].path;
      failed = s->events[i].param == tw_state_param(m->items[s->events[i].item].type) &&
               (holds(other, item->path) || holds(item->path, other));
    }
    if (!failed && tw_first_at(r, TW_E_SCENARIO, e->where))
      tw_report(r, TW_E_SCENARIO, e->where, NULL, "\"%s\": %s has neither failed nor been removed before %s", e->path, item->path,
                tw_display_text(r, e->t, "s"));
  }
}

void tw_events_read(tw_reader *r, const tw_xml_node *n, tw_scenario *s) {
  event_reader e = {.r = r, .s = s};
  for (const tw_xml_node *k = n->first; k; k = k->next)
    if (!strcmp(k->name, "event")) read_event(&e, k);
  if (!s->n_events) return;
  qsort(s->events, (size_t)s->n_events, sizeof *s->events, by_time);
  if (tw_failed(r)) return;
  resolve_factors(r, s);
  resolve_ramps(r, s);
  check_repairs(r, s);
}
