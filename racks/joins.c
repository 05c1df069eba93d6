/* Links between entities into joins between primitives, what must be connected, and the numbering of the items. */
#include "ports.h"
#include <math.h>
#include <string.h>

typedef struct {
  tw_reader *r;
  tw_model *m;
  int *first_end;            /* [entities + 1]: ends of primitives are their ports */
  int *parent;               /* [ends]: union of what is joined */
  bool *answered;            /* [ends]: a composite's port in front of it has been judged */
  tw_join *joins;
  int n_joins, room;
} joiner;

/* May stay open; a signal that nothing reads does no harm. */
static bool may_be_open(const tw_port *p) { return (p->role & TW_R_OPTIONAL) || p->kind == TW_SIGNAL_OUT; }

static bool primitive(const tw_entity *e) { return e->type && !e->type->expand; }

static int root(const joiner *j, int end) {
  while (j->parent[end] != end) end = j->parent[end] = j->parent[j->parent[end]];
  return end;
}

static int end_of(const joiner *j, const tw_side *s) { return j->first_end[s->entity] + s->port; }

/* The first primitive port behind a side. */
static bool front(const joiner *j, const tw_side *s, tw_side *found) {
  if (primitive(&j->m->entities[s->entity])) {
    *found = (tw_side){s->entity, s->port, 0};
    return true;
  }
  const tw_slot *slot = tw_slot_of(j->m, s);
  for (const tw_inner *i = slot ? slot->inner : NULL; i; i = i->next)
    if (front(j, &i->side, found)) return true;
  return false;
}

static void join(joiner *j, const tw_side *a, const tw_side *b, tw_where where) {
  int p = root(j, end_of(j, a)), q = root(j, end_of(j, b));
  if (p == q) return; /* one node already */
  j->parent[p > q ? p : q] = p > q ? q : p;
  j->joins = tw_grow(j->r->arena, j->joins, j->n_joins, &j->room, sizeof *j->joins);
  j->joins[j->n_joins++] = (tw_join){{a->entity, a->port, 0}, {b->entity, b->port, 0}, where};
}

static void leads_nowhere(joiner *j, const tw_side *s, tw_where where) {
  const tw_entity *e = &j->m->entities[s->entity];
  if (e->broken || !e->expanded) return;
  for (int c = e->first; c >= 0; c = j->m->entities[c].next)
    if (j->m->entities[c].broken) return;
  tw_report(j->r, TW_E_LEADS_NOWHERE, where, NULL,
            "%s leads nowhere: with these parameters <%s> has nothing behind its port \"%s\"", tw_side_text(j->r, s),
            e->type->element, tw_port_of(j->m, s)->id);
}

static void join_links(joiner *j) {
  for (int k = 0; k < j->r->n_links; k++) {
    const tw_link *l = &j->r->links[k];
    tw_side a, b;
    bool has_a = front(j, &l->a, &a), has_b = front(j, &l->b, &b);
    if (has_a && has_b) join(j, &a, &b, l->where);
    if (!has_a) leads_nowhere(j, &l->a, l->where);
    if (!has_b) leads_nowhere(j, &l->b, l->where);
  }
}

/* What a composite shows at one port is one node. */
static void join_inside(joiner *j) {
  for (int e = 0; e < j->m->n_entities; e++) {
    const tw_entity *entity = &j->m->entities[e];
    int n = entity->expanded ? entity->first_slot[tw_ports_of(entity->type)] : 0;
    for (int k = 0; k < n; k++) {
      tw_side first, other;
      bool found = false;
      for (const tw_inner *i = entity->slots[k].inner; i; i = i->next)
        if (!found) found = front(j, &i->side, &first);
        else if (front(j, &i->side, &other)) join(j, &first, &other, entity->node->where);
    }
  }
}

/* ---- checks --------------------------------------------------------------------------------------------------------------- */

static const char *end_text(const joiner *j, int e, int port) {
  tw_side s = {e, port, 0};
  return tw_side_text(j->r, &s);
}

/* Each net of signals has one writer. Nets without one are taken apart: their inputs are then unconnected. */
static void check_writers(joiner *j, int *writer) {
  for (int e = 0; e < j->m->n_entities; e++) {
    const tw_entity *entity = &j->m->entities[e];
    for (int p = 0; primitive(entity) && p < tw_ports_of(entity->type); p++) {
      if (entity->type->ports[p].kind != TW_SIGNAL_OUT) continue;
      int net = root(j, j->first_end[e] + p);
      if (writer[net] < 0) {
        writer[net] = j->first_end[e] + p;
        continue;
      }
      int other = 0;
      while (j->first_end[other + 1] <= writer[net]) other++;
      tw_report(j->r, TW_E_WRITERS, entity->node->where, entity->path, "%s and %s write the same signal; one of them must go",
                end_text(j, other, writer[net] - j->first_end[other]), end_text(j, e, p));
    }
  }
}

static void drop_unwritten(joiner *j, const int *writer) {
  int kept = 0;
  for (int k = 0; k < j->n_joins; k++) {
    tw_side a = {j->joins[k].a.item, j->joins[k].a.port, 0};
    if (tw_port_of(j->m, &a)->kind != TW_SIGNAL_IN || writer[root(j, end_of(j, &a))] >= 0) j->joins[kept++] = j->joins[k];
  }
  j->n_joins = kept;
}

static void answer(joiner *j, const tw_side *s) {
  if (primitive(&j->m->entities[s->entity])) {
    j->answered[end_of(j, s)] = true;
    return;
  }
  const tw_slot *slot = tw_slot_of(j->m, s);
  for (const tw_inner *i = slot ? slot->inner : NULL; i; i = i->next) answer(j, &i->side);
}

/* Ports of one entity as the user sees them; what a composite leaves open is its own affair. */
static void check_ports(joiner *j, int e) {
  const tw_entity *entity = &j->m->entities[e];
  for (int p = 0; p < tw_ports_of(entity->type); p++) {
    const tw_port *port = &entity->type->ports[p];
    int n = entity->first_slot[p + 1] - entity->first_slot[p];
    for (int k = 0; k < n; k++) {
      tw_side s = {e, p, port->count ? k + 1 : 0};
      const tw_slot *slot = &entity->slots[entity->first_slot[p] + k];
      if (slot->links || slot->outer.entity >= 0) continue;
      if (!may_be_open(port)) tw_open_add(j->r, s);
      answer(j, &s);
    }
    if (!n && !may_be_open(port)) tw_open_add(j->r, (tw_side){e, p, 0});
  }
}

/* Primitives inside composites whose port neither joins anything nor is exposed; signals that nothing writes. */
static void check_inside(joiner *j, const int *writer) {
  for (int k = 0; k < j->n_joins; k++) {
    tw_side a = {j->joins[k].a.item, j->joins[k].a.port, 0}, b = {j->joins[k].b.item, j->joins[k].b.port, 0};
    j->answered[end_of(j, &a)] = j->answered[end_of(j, &b)] = true;
  }
  for (int e = 0; e < j->m->n_entities; e++) {
    const tw_entity *entity = &j->m->entities[e];
    for (int p = 0; primitive(entity) && p < tw_ports_of(entity->type); p++) {
      int end = j->first_end[e] + p;
      const tw_port *port = &entity->type->ports[p];
      if (may_be_open(port)) continue;
      const tw_slot *slot = &entity->slots[entity->first_slot[p]];
      bool unwritten = port->kind == TW_SIGNAL_IN && slot->links && writer[root(j, end)] < 0;
      if (unwritten)
        tw_report(j->r, TW_E_OPEN, entity->node->where, entity->path, "nothing writes the signal \"%s\" of the <%s>", port->id,
                  entity->type->element);
      else if (!j->answered[end] && !tw_slot_connected(j->m, slot))
        tw_open_add(j->r, (tw_side){e, p, 0});
    }
  }
}

void tw_joins_make(tw_reader *r) {
  joiner j = {.r = r, .m = r->m};
  int n = r->m->n_entities;
  j.first_end = tw_alloc(r->arena, (size_t)n + 1, sizeof *j.first_end);
  for (int e = 0; e < n; e++)
    j.first_end[e + 1] = j.first_end[e] + (primitive(&r->m->entities[e]) ? tw_ports_of(r->m->entities[e].type) : 0);
  size_t ends = (size_t)j.first_end[n];
  j.parent = tw_alloc(r->arena, ends, sizeof *j.parent);
  j.answered = tw_alloc(r->arena, ends, sizeof *j.answered);
  int *writer = tw_alloc(r->arena, ends, sizeof *writer);
  for (size_t k = 0; k < ends; k++) j.parent[k] = (int)k, writer[k] = -1;
  join_inside(&j);
  join_links(&j);
  check_writers(&j, writer);
  drop_unwritten(&j, writer);
  if (!r->structure_errors) {
    for (int e = 0; e < n; e++)
      if (r->m->entities[e].slots && !r->m->entities[e].broken) check_ports(&j, e);
    if (!tw_failed(r) && !r->open.n && !r->complaints.n) check_inside(&j, writer);
    tw_open_tell(r);
    tw_complaints_tell(r);
  }
  r->m->pub.joins = j.joins;
  r->m->pub.n_joins = j.n_joins;
}

/* ---- items ---------------------------------------------------------------------------------------------------------------- */

static void make_item(tw_model *m, int entity) {
  tw_entity *e = &m->entities[entity];
  if (e->type) {
    e->item = m->pub.n_items++;
    m->pub.items[e->item] = (tw_item){.path = e->path, .type = e->type, .part = e->part, .rack = e->rack, .parent = -1,
                                      .height = e->height, .u = e->u, .values = e->values, .source = e->source,
                                      .quality = e->quality, .data = e->data, .where = e->node->where};
    if (e->emitted) m->pub.items[e->item].parent = m->entities[e->parent].item;
    for (int k = 0, n = tw_params_of(e->type); k < n; k++)
      if (e->values[k].owner >= 0) e->values[k].owner = m->entities[e->values[k].owner].item;
  }
  tw_assembly *assembly = NULL;
  if (e->assembly) {
    const tw_attribute *id = tw_attribute_find(e->assembly, "id");
    assembly = &m->pub.assemblies[m->pub.n_assemblies++];
    *assembly = (tw_assembly){.path = e->path, .id = id ? id->value : "", .first = m->pub.n_items, .data = e->data};
  }
  for (int c = e->first; c >= 0; c = m->entities[c].next) make_item(m, c);
  if (assembly) assembly->end = m->pub.n_items;
}

void tw_items_make(tw_reader *r) {
  tw_model *m = r->m;
  m->pub.items = tw_alloc(r->arena, (size_t)m->n_entities, sizeof *m->pub.items);
  int assemblies = 0;
  for (int e = 0; e < m->n_entities; e++) assemblies += m->entities[e].assembly != NULL;
  m->pub.assemblies = tw_alloc(r->arena, (size_t)assemblies, sizeof *m->pub.assemblies);
  for (int e = 0; e < m->n_entities; e++)
    if (m->entities[e].parent < 0) make_item(m, e);
  for (int k = 0; k < m->pub.n_joins; k++) {
    tw_join *j = &m->pub.joins[k];
    j->a.item = m->entities[j->a.item].item;
    j->b.item = m->entities[j->b.item].item;
  }
}
