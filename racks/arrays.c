/* Arrays of ports: who gets which number, and one slot for every port. */
#include "ports.h"
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct { int entity, port, order; int *index; double height; tw_where where; } reference;
typedef struct { tw_reader *r; reference *at; int n, room; } references;

static void refer(references *s, tw_side *side, double height, tw_where where) {
  if (!tw_port_of(s->r->m, side)->count) return;
  s->at = tw_grow(s->r->arena, s->at, s->n, &s->room, sizeof *s->at);
  s->at[s->n] = (reference){side->entity, side->port, s->n, &side->index, height, where};
  s->n++;
}

static int by_port(const void *a, const void *b) {
  const reference *p = a, *q = b;
  if (p->entity != q->entity) return p->entity < q->entity ? -1 : 1;
  if (p->port != q->port) return p->port < q->port ? -1 : 1;
  return p->order < q->order ? -1 : p->order > q->order;
}

static int by_height(const void *a, const void *b) {
  const reference *p = a, *q = b;
  if (p->height < q->height) return -1;
  if (p->height > q->height) return 1;
  return p->order < q->order ? -1 : p->order > q->order;
}

/* Number of ports of an array, INT_MAX for as many as are connected. */
static int limit_of(const tw_model *m, int entity, int port) {
  const tw_entity *e = &m->entities[entity];
  const char *count = e->type->ports[port].count;
  if (!count) return 1;
  if (!strcmp(count, "*")) return INT_MAX;
  int param = tw_param_named(e->type, count);
  double n = param < 0 ? NAN : e->values[param].number;
  return n >= 0.0 && n <= TW_MAX_COUNT ? (int)n : isnan(n) ? INT_MAX : TW_MAX_COUNT;
}

static void report_full(tw_reader *r, const reference *ref, int wanted, int limit) {
  const tw_entity *e = &r->m->entities[ref->entity];
  const char *port = e->type->ports[ref->port].id, *count = e->type->ports[ref->port].count;
  if (!tw_first_at(r, TW_E_INDEX, ref->where)) return; /* supply and return, and all that follow */
  if (limit == INT_MAX)
    tw_report(r, TW_E_INDEX, ref->where, NULL, "%s.%s[%d]: numbers go to %d", e->path, port, wanted, TW_MAX_COUNT);
  else
    tw_report(r, TW_E_INDEX, ref->where, NULL, "%s.%s[%d] does not exist: %s has %d of them (%s)", e->path, port, wanted, e->path,
              limit, count);
}

/* Numbers one array: what names its number keeps it, the others take the free ones in order of height where all heights are
 * known, else in order of the document. */
static void number(tw_reader *r, reference *ref, int n) {
  const tw_model *m = r->m;
  tw_entity *e = &m->entities[ref->entity];
  int limit = limit_of(m, ref->entity, ref->port), top = 0, next = 1, named = 0;
  bool heights = true;
  for (int k = 0; k < n; k++) {
    heights = heights && !isnan(ref[k].height);
    if (*ref[k].index > named && *ref[k].index <= TW_MAX_COUNT) named = *ref[k].index;
  }
  if (heights) qsort(ref, (size_t)n, sizeof *ref, by_height);
  bool *used = tw_alloc(r->arena, (size_t)(named + n + 2), sizeof *used);
  for (int k = 0; k < n; k++)
    if (*ref[k].index <= named) used[*ref[k].index] = true;
  for (int k = 0; k < n; k++) {
    int *index = ref[k].index;
    if (!*index) {
      while (used[next]) next++;
      *index = next++;
    }
    if (*index > limit || *index > TW_MAX_COUNT) {
      report_full(r, &ref[k], *index, limit);
      *index = 1; /* the error is reported; what follows needs some port */
    }
    if (*index > top) top = *index;
  }
  if (!e->sizes) e->sizes = tw_alloc(r->arena, (size_t)tw_ports_of(e->type), sizeof *e->sizes);
  if (top > e->sizes[ref->port]) e->sizes[ref->port] = top;
}

void tw_arrays_number(tw_reader *r, int first_link, int composite) {
  references s = {.r = r};
  tw_model *m = r->m;
  for (int k = first_link; k < r->n_links; k++) {
    tw_link *l = &r->links[k];
    refer(&s, &l->a, m->entities[l->b.entity].height, l->where);
    refer(&s, &l->b, m->entities[l->a.entity].height, l->where);
  }
  const tw_entity *e = composite >= 0 ? &m->entities[composite] : NULL;
  for (int k = 0; e && e->slots && k < e->first_slot[tw_ports_of(e->type)]; k++)
    for (tw_inner *i = e->slots[k].inner; i; i = i->next) refer(&s, &i->side, e->slots[k].height, e->node->where);
  if (s.n) qsort(s.at, (size_t)s.n, sizeof *s.at, by_port);
  for (int k = 0, n; k < s.n; k += n) {
    for (n = 1; k + n < s.n && s.at[k].entity == s.at[k + n].entity && s.at[k].port == s.at[k + n].port;) n++;
    number(r, &s.at[k], n);
  }
}

void tw_slots_make(tw_reader *r, int entity) {
  tw_entity *e = &r->m->entities[entity];
  if (!e->type || e->slots) return;
  int ports = tw_ports_of(e->type);
  e->first_slot = tw_alloc(r->arena, (size_t)ports + 1, sizeof *e->first_slot);
  for (int k = 0; k < ports; k++) {
    int size = limit_of(r->m, entity, k);
    if (size == INT_MAX) size = e->sizes ? e->sizes[k] : 0;
    e->first_slot[k + 1] = e->first_slot[k] + size;
  }
  int n = e->first_slot[ports];
  e->slots = tw_alloc(r->arena, (size_t)n, sizeof *e->slots);
  for (int k = 0; k < n; k++) e->slots[k] = (tw_slot){.height = NAN, .outer.entity = -1};
}

tw_slot *tw_slot_of(const tw_model *m, const tw_side *s) {
  const tw_entity *e = &m->entities[s->entity];
  if (!e->slots) return NULL;
  int k = e->first_slot[s->port] + (s->index > 0 ? s->index - 1 : 0);
  return k < e->first_slot[s->port + 1] ? &e->slots[k] : NULL;
}

bool tw_slot_connected(const tw_model *m, const tw_slot *s) {
  if (s->links) return true;
  const tw_slot *outer = s->outer.entity >= 0 ? tw_slot_of(m, &s->outer) : NULL;
  return outer && tw_slot_connected(m, outer);
}

static void mark(tw_model *m, const tw_side *s, const tw_side *other) {
  tw_slot *slot = tw_slot_of(m, s);
  if (!slot) return;
  if (!slot->links++) slot->height = m->entities[other->entity].height;
}

void tw_slots_mark(tw_reader *r, int first_link) {
  for (int k = first_link; k < r->n_links; k++) {
    mark(r->m, &r->links[k].a, &r->links[k].b);
    mark(r->m, &r->links[k].b, &r->links[k].a);
  }
}
