/* Composites: what their expand asks of the reader and tells it. */
#include "ports.h"
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  tw_reader *r;
  int self;
  bool failed, asked; /* asked: how many are connected, and where */
} site;

static tw_reader *reader_of(const tw_builder *b) { return ((site *)b->ctx)->r; }
static int self_of(const tw_builder *b) { return ((site *)b->ctx)->self; }
static tw_entity *entity_of(const tw_builder *b, int handle) { return &reader_of(b)->m->entities[handle]; }

/* A wrong name in expand is a mistake of the program, not of its user. */
static _Noreturn void defect(const tw_builder *b, const char *what, const char *name) {
  fprintf(stderr, "racktwin: defect: the composite %s asks for the %s \"%s\", which does not exist\n",
          entity_of(b, self_of(b))->type->element, what, name);
  abort();
}

static int param_of(const tw_builder *b, int handle, const char *param) {
  int k = tw_param_named(entity_of(b, handle)->type, param);
  if (k < 0) defect(b, "parameter", param);
  return k;
}

/* "tap[3]" or "a" of a child. */
static tw_side side_of(const tw_builder *b, int handle, const char *port) {
  size_t n = strcspn(port, "[");
  char name[64];
  if (n >= sizeof name) defect(b, "port", port);
  memcpy(name, port, n);
  name[n] = 0;
  int k = tw_port_named(entity_of(b, handle)->type, name);
  if (k < 0) defect(b, "port", port);
  return (tw_side){handle, k, port[n] ? atoi(port + n + 1) : 0};
}

static tw_slot *own_slot(const tw_builder *b, const char *port, int index) {
  tw_side s = side_of(b, self_of(b), port);
  s.index = index;
  return tw_slot_of(reader_of(b)->m, &s);
}

/* ---- questions ---------------------------------------------------------------------------------------------------------- */

static double value(tw_builder *b, const char *param) {
  return entity_of(b, self_of(b))->values[param_of(b, self_of(b), param)].number;
}

static bool given(tw_builder *b, const char *param) {
  const tw_entity *e = entity_of(b, self_of(b));
  int k = param_of(b, self_of(b), param);
  return tw_value_present(&e->type->params[k], &e->values[k]);
}

static int count(tw_builder *b, const char *port) {
  const tw_entity *e = entity_of(b, self_of(b));
  int k = side_of(b, self_of(b), port).port;
  ((site *)b->ctx)->asked = true;
  return e->first_slot[k + 1] - e->first_slot[k];
}

static double position(tw_builder *b, const char *port, int index) {
  const tw_slot *s = own_slot(b, port, index);
  ((site *)b->ctx)->asked = true;
  return s ? s->height : NAN;
}

static bool connected(tw_builder *b, const char *port, int index) {
  const tw_slot *s = own_slot(b, port, index);
  return s && tw_slot_connected(reader_of(b)->m, s);
}

/* ---- children ------------------------------------------------------------------------------------------------------------ */

/* The part that a reference names gives the figures. */
static void apply_part(tw_builder *b, int e, const char *reference) {
  tw_reader *r = reader_of(b);
  int param = param_of(b, self_of(b), reference);
  const tw_value *v = &entity_of(b, self_of(b))->values[param];
  tw_entity *child = entity_of(b, e);
  if (!v->text) return;
  child->part = v->text;
  if (tw_part_apply(r, v->text, child)) return;
  const tw_entity *self = entity_of(b, self_of(b));
  tw_where where = v->where.file ? v->where : self->node->where;
  tw_report(r, TW_E_PART, where, self->path, "%s = \"%s\" is not a part for <%s>", reference, v->text, child->type->element);
}

static int child(tw_builder *b, const char *element, const char *id, int index, const char *part) {
  tw_reader *r = reader_of(b);
  const tw_type *type = tw_type_named(r, element);
  if (!type) defect(b, "element", element);
  if (tw_entity_find(r->m, self_of(b), id, index) >= 0) defect(b, "second child", id);
  int e = tw_entity_add(r, self_of(b), tw_strdup(r->arena, id), index), params = tw_params_of(type);
  tw_entity *c = entity_of(b, e);
  const tw_entity *self = entity_of(b, self_of(b));
  c->node = self->node;
  c->type = type;
  c->emitted = true;
  c->rack = self->rack;
  c->u = self->u;
  c->height = self->height;
  c->source = self->source;
  c->quality = self->quality;
  c->values = tw_alloc(r->arena, (size_t)params, sizeof *c->values);
  if (params) memcpy(c->values, tw_defaults_of(r, type), (size_t)params * sizeof *c->values);
  if (part) apply_part(b, e, part);
  return e;
}

static void number(tw_builder *b, int handle, const char *param, double x) {
  tw_reader *r = reader_of(b);
  const tw_entity *self = entity_of(b, self_of(b)), *c = entity_of(b, handle);
  int k = param_of(b, handle, param);
  const tw_param *p = &c->type->params[k];
  if (isnan(x)) return; /* absent, like the figure it was made from */
  c->values[k] = (tw_value){.given = true, .number = x, .where = self->node->where, .source = self->source,
                            .quality = self->quality, .owner = -1, .owner_param = -1};
  if (isfinite(x) && (p->kind == TW_ENUM || tw_in_range(p, x))) return;
  ((site *)b->ctx)->failed = true;
  tw_report(r, TW_E_COMPOSITE, self->node->where, self->path,
            "its figures make %s of its %s %s, which is outside %s .. %s", param, c->id, tw_display_text(r, x, p->unit),
            tw_display_text(r, p->lo, p->unit), tw_display_text(r, p->hi, p->unit));
}

static void text(tw_builder *b, int handle, const char *param, const char *word) {
  tw_reader *r = reader_of(b);
  const tw_entity *self = entity_of(b, self_of(b)), *c = entity_of(b, handle);
  int k = param_of(b, handle, param);
  if (!word) return;
  tw_value_read(r, &c->type->params[k], tw_strdup(r->arena, word), self->node->where, c->path, &c->values[k]);
  c->values[k].source = self->source;
  c->values[k].quality = self->quality;
}

/* A figure that the user gave goes to the child with its source and place. A default of the composite gives way to what the
 * child's part says; in both cases an event or a sweep of the composite's parameter reaches the child. */
static void pass(tw_builder *b, int handle, const char *param, const char *own_param) {
  const tw_entity *self = entity_of(b, self_of(b)), *c = entity_of(b, handle);
  int k = param_of(b, handle, param), own = param_of(b, self_of(b), own_param);
  const tw_value *from = &self->values[own];
  tw_value *to = &c->values[k];
  if (!tw_value_present(&self->type->params[own], from)) return;
  if (from->given || !to->given) *to = *from;
  to->owner = self_of(b);
  to->owner_param = own;
}

static void join(tw_builder *b, int a, const char *port_a, int other, const char *port_b) {
  tw_link_add(reader_of(b), side_of(b, a, port_a), side_of(b, other, port_b), entity_of(b, self_of(b))->node->where);
}

static void expose(tw_builder *b, const char *own_port, int index, int handle, const char *port) {
  tw_slot *s = own_slot(b, own_port, index);
  if (!s) defect(b, "port", own_port);
  tw_inner *i = tw_alloc(reader_of(b)->arena, 1, sizeof *i), **end = &s->inner;
  i->side = side_of(b, handle, port);
  const tw_entity *self = entity_of(b, self_of(b)), *c = entity_of(b, handle);
  tw_kind own = self->type->ports[side_of(b, self_of(b), own_port).port].kind;
  if (!tw_kinds_join(own, c->type->ports[i->side.port].kind)) defect(b, "port of another kind", port);
  while (*end) end = &(*end)->next;
  *end = i;
}

/* Where the user can change a figure: not in a catalogue. */
static tw_where place_of(const tw_entity *e, const tw_value *v) {
  bool here = v && v->where.file && !strcmp(v->where.file, e->node->where.file);
  return here ? v->where : e->node->where;
}

/* A structure that cannot be built for want of connections is a consequence where connections are wrong or missing: it is told
 * when nothing else is (tw_complaints_tell). */
static void fail(tw_builder *b, const char *param, const char *message) {
  tw_reader *r = reader_of(b);
  site *at = b->ctx;
  const tw_entity *self = entity_of(b, self_of(b));
  tw_where where = place_of(self, param ? &self->values[param_of(b, self_of(b), param)] : NULL);
  const char *text = tw_printf(r->arena, "%s%s%s", param ? param : "", param ? ": " : "", message);
  at->failed = true;
  if (!at->asked) {
    tw_report(r, TW_E_COMPOSITE, where, self->path, "%s", text);
    return;
  }
  tw_complaint *c = tw_alloc(r->arena, 1, sizeof *c);
  *c = (tw_complaint){where, self->path, text};
  tw_list_add(r->arena, &r->complaints, c);
}

void tw_complaints_tell(tw_reader *r) {
  if (r->structure_errors) return;
  for (int k = 0; k < r->complaints.n; k++) {
    const tw_complaint *c = r->complaints.at[k];
    tw_report(r, TW_E_COMPOSITE, c->where, c->path, "%s", c->text);
  }
}

/* ---- order --------------------------------------------------------------------------------------------------------------- */

static bool complete(tw_reader *r, int entity) {
  tw_entity *e = &r->m->entities[entity];
  const char *missing = "";
  if (e->broken) return false;
  for (int k = 0, n = tw_params_of(e->type); k < n; k++) {
    const tw_param *p = &e->type->params[k];
    if (tw_value_present(p, &e->values[k])) continue;
    if (e->values[k].given) e->broken = true; /* its mistake is reported */
    else if (!(p->flags & TW_P_OPTIONAL))
      missing = tw_printf(r->arena, "%s%s%s (%s)", missing, *missing ? ", " : "", p->id, p->doc ? p->doc : "");
  }
  if (!*missing) return !e->broken;
  e->broken = true;
  if (e->emitted)
    tw_report(r, TW_E_MISSING, e->node->where, e->path, "its <%s> \"%s\" needs %s; no part gives it", e->type->element, e->id,
              missing);
  else
    tw_report(r, TW_E_MISSING, e->node->where, e->path, "<%s> needs %s", e->type->element, missing);
  return false;
}

/* The children have got their values: variants and settings change them, then their ports are counted. */
static void settle(tw_reader *r, int self, int first_link) {
  tw_model *m = r->m;
  for (int c = m->entities[self].first; c >= 0; c = m->entities[c].next) tw_settings_apply(r, c);
  tw_arrays_number(r, first_link, self);
  for (int c = m->entities[self].first; c >= 0; c = m->entities[c].next) tw_slots_make(r, c);
  tw_slots_mark(r, first_link);
  tw_entity *e = &m->entities[self];
  for (int p = 0; p < tw_ports_of(e->type); p++)
    for (int k = e->first_slot[p]; k < e->first_slot[p + 1]; k++)
      for (tw_inner *i = e->slots[k].inner; i; i = i->next) {
        tw_slot *inner = tw_slot_of(m, &i->side);
        if (inner) {
          inner->outer = (tw_side){self, p, e->type->ports[p].count ? k - e->first_slot[p] + 1 : 0};
          inner->height = e->slots[k].height;
        }
      }
}

static void expand(tw_reader *r, int entity) {
  site at = {.r = r, .self = entity};
  tw_builder b = {.ctx = &at, .value = value, .given = given, .count = count, .position = position, .connected = connected,
                  .child = child, .number = number, .text = text, .pass = pass, .join = join, .expose = expose, .fail = fail};
  const tw_entity *e = &r->m->entities[entity];
  int first_link = r->n_links, errors = r->d->errors;
  int result = e->type->expand(&b);
  e = &r->m->entities[entity];
  if (result && !at.failed && r->d->errors == errors)
    tw_report(r, TW_E_COMPOSITE, e->node->where, e->path, "<%s> cannot be built from its parameters", e->type->element);
  settle(r, entity, first_link);
  r->m->entities[entity].expanded = true;
  r->m->entities[entity].broken = result || at.failed;
}

void tw_expand_all(tw_reader *r) {
  tw_model *m = r->m;
  tw_arrays_number(r, 0, -1);
  for (int e = 0; e < m->n_entities; e++) tw_slots_make(r, e);
  tw_slots_mark(r, 0);
  for (int e = 0; e < m->n_entities && !r->too_many; e++) { /* children are added behind */
    if (!m->entities[e].type) continue;
    if (!m->entities[e].type->expand) tw_references_apply(r, &m->entities[e]);
    if (!complete(r, e)) continue;
    if (m->entities[e].type->expand) expand(r, e);
    if (m->n_entities <= TW_MAX_ITEMS) continue;
    r->too_many = true;
    tw_report(r, TW_E_COUNT, m->entities[e].node->where, NULL, "the model has more than %d components", TW_MAX_ITEMS);
  }
}
