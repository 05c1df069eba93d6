/* Links between ports: <connect from= to=>, and the conventions fed-by, feeds and cooled-by. */
#include "ports.h"
#include <string.h>

enum { MAX_PORTS = 64 };

void tw_link_add(tw_reader *r, tw_side a, tw_side b, tw_where where) {
  const tw_port *p = tw_port_of(r->m, &a), *q = tw_port_of(r->m, &b);
  if (!tw_kinds_join(p->kind, q->kind)) {
    tw_report(r, TW_E_KIND, where, NULL, "%s is %s and %s is %s; only ports of one kind can be joined", tw_side_text(r, &a),
              tw_kind_text(p->kind), tw_side_text(r, &b), tw_kind_text(q->kind));
    return;
  }
  if (a.entity == b.entity && a.port == b.port && (!p->count || (a.index && a.index == b.index))) {
    tw_report(r, TW_E_KIND, where, NULL, "%s is joined to itself", tw_side_text(r, &a));
    return;
  }
  r->links = tw_grow(r->arena, r->links, r->n_links, &r->links_room, sizeof *r->links);
  r->links[r->n_links++] = (tw_link){a, b, where};
}

/* ---- several to several ------------------------------------------------------------------------------------------------ */

typedef struct { tw_side *at; int n, room; } sides; /* one end of a connection: the ports it may mean */

static void add_side(tw_reader *r, sides *s, tw_side side) {
  s->at = tw_grow(r->arena, s->at, s->n, &s->room, sizeof *s->at);
  s->at[s->n++] = side;
}

static void pair(tw_reader *r, const sides *a, const sides *b, tw_where where, const char *from, const char *to) {
  int n = a->n > b->n ? a->n : b->n;
  if (!a->n || !b->n) return; /* reported already */
  if (a->n != b->n && a->n != 1 && b->n != 1) {
    tw_report(r, TW_E_PAIRING, where, NULL, "\"%s\" is %d ports and \"%s\" is %d; the numbers must be equal, or one of them one",
              from, a->n, to, b->n);
    return;
  }
  for (int k = 0; k < n; k++) tw_link_add(r, a->at[a->n == 1 ? 0 : k], b->at[b->n == 1 ? 0 : k], where);
}

typedef struct { tw_reader *r; const char *port; int index; tw_where at; sides *found; } port_search;

static void take_port(void *ctx, int entity) {
  port_search *s = ctx;
  const tw_entity *e = &s->r->m->entities[entity];
  if (e->broken) return;
  int port = tw_outer_named(s->r->m, entity, s->port);
  tw_side side;
  if (port >= 0) {
    if (tw_outer_resolve(s->r, entity, port, s->index, s->at, &side)) add_side(s->r, s->found, side);
    return;
  }
  tw_list names = tw_outer_names(s->r, entity);
  tw_report(s->r, TW_E_PORT, s->at, NULL, "%s (%s) has no port \"%s\"%s", e->id, e->type ? e->type->element : "assembly", s->port,
            tw_suggest(s->r, s->port, &names));
}

/* All ports that "tray.vrm.in" or "bus.tap[3]" means in a scope. */
static void ports_of_path(tw_reader *r, int scope, const char *text, tw_where at, sides *found) {
  tw_path p;
  if (!tw_path_parse(r->arena, text, &p) || p.n < 2) {
    tw_report(r, TW_E_PORT, at, NULL, "\"%s\" is not the path of a port, such as \"tray.vrm.in\" or \"bus.tap[3]\"", text);
    return;
  }
  tw_word *last = &p.words[--p.n];
  port_search s = {r, last->id, last->index, at, found};
  if (tw_path_find(r->m, scope, &p, take_port, &s)) return;
  const char *why = tw_path_why(r, scope, &p, text);
  if (why) tw_report(r, TW_E_PATH, at, NULL, "%s", why);
}

static void connect_explicit(tw_reader *r, int scope, const tw_xml_node *n) {
  tw_check_attributes(r, n, "connect");
  tw_check_children(r, n, "connect");
  const tw_attribute *from = tw_required(r, n, "from"), *to = tw_required(r, n, "to");
  sides a = {0}, b = {0};
  if (from) ports_of_path(r, scope, from->value, from->at, &a);
  if (to) ports_of_path(r, scope, to->value, to->at, &b);
  if (from && to) pair(r, &a, &b, n->where, from->value, to->value);
}

/* ---- conventions -------------------------------------------------------------------------------------------------------- */

typedef struct {
  tw_reader *r;
  int scope;
  const tw_xml_node *node;
  const tw_attribute *attribute;
  unsigned own, others;       /* roles that meet */
  const char *own_text, *others_text;
} convention;

static void take_entity(void *ctx, int entity) {
  tw_list *l = ((void **)ctx)[0];
  tw_list_add(((tw_reader *)((void **)ctx)[1])->arena, l, (void *)(intptr_t)entity);
}

static tw_list entities_of(tw_reader *r, int scope, const tw_path *p) {
  tw_list found = {0};
  void *ctx[] = {&found, r};
  tw_path_find(r->m, scope, p, take_entity, ctx);
  return found;
}

static bool offers(const convention *c, int entity, const tw_side *like) {
  int ports[MAX_PORTS], n = tw_outer_with_role(c->r, entity, c->others, ports, MAX_PORTS);
  tw_side one;
  for (int k = 0; k < n && k < MAX_PORTS; k++)
    if (tw_outer_resolve(c->r, entity, ports[k], 0, c->attribute->at, &one) &&
        tw_kinds_join(tw_port_of(c->r->m, &one)->kind, tw_port_of(c->r->m, like)->kind)) return true;
  return false;
}

/* "; those with one are cdu, manifold": what could have been meant. */
static const char *candidates(const convention *c, const tw_side *like) {
  const tw_model *m = c->r->m;
  const char *text = "";
  int n = 0;
  for (int e = 0; e < m->n_entities && n < 6; e++) {
    const tw_entity *x = &m->entities[e];
    if (x->parent != c->scope || x->broken || x->index > 1 || e == like->entity || !offers(c, e, like)) continue;
    text = tw_printf(c->r->arena, "%s%s %s", text, n++ ? "," : "; those with one are", x->id);
  }
  return n ? text : "; say with <connect> what is meant";
}

/* The one port of an entity in the role and of the kind of `like`. */
static bool partner(const convention *c, int entity, const tw_side *like, tw_side *side) {
  tw_reader *r = c->r;
  const tw_entity *e = &r->m->entities[entity];
  int ports[MAX_PORTS], fitting = 0;
  if (e->broken) return false;
  int n = tw_outer_with_role(r, entity, c->others, ports, MAX_PORTS);
  tw_side one = {-1, -1, 0};
  for (int k = 0; k < n && k < MAX_PORTS; k++) {
    if (!tw_outer_resolve(r, entity, ports[k], 0, c->attribute->at, &one)) return false;
    if (!tw_kinds_join(tw_port_of(r->m, &one)->kind, tw_port_of(r->m, like)->kind)) continue;
    if (!fitting++) *side = one;
  }
  if (fitting == 1) return true;
  const char *name = c->attribute->name, *kind = tw_kind_text(tw_port_of(r->m, like)->kind);
  if (!n)
    tw_report(r, TW_E_ROLE, c->attribute->at, NULL, "%s = \"%s\": %s has no %s%s", name, c->attribute->value, e->id,
              c->others_text, candidates(c, like));
  else if (!fitting)
    tw_report(r, TW_E_KIND, c->attribute->at, NULL, "%s = \"%s\": %s is %s and %s is %s; only ports of one kind can be joined",
              name, c->attribute->value, tw_side_text(r, like), kind, tw_side_text(r, &one),
              tw_kind_text(tw_port_of(r->m, &one)->kind));
  else
    tw_report(r, TW_E_ROLE, c->attribute->at, NULL, "%s = \"%s\": %s has %d %s ports that could be meant; write \"%s.PORT\"",
              name, c->attribute->value, e->id, fitting, kind, e->id);
  return false;
}

/* What a word of fed-by="ups bus.tap[3]" means for a port like `like`. */
static void provider(const convention *c, const char *word, const tw_side *like, sides *found) {
  tw_reader *r = c->r;
  tw_path p;
  tw_side side = {-1, -1, 0};
  if (!tw_path_parse(r->arena, word, &p)) {
    tw_report(r, TW_E_PATH, c->attribute->at, NULL, "%s = \"%s\" is not a list of ids, such as \"feed-a feed-b\"",
              c->attribute->name, c->attribute->value);
    return;
  }
  tw_list entities = entities_of(r, c->scope, &p);
  for (int k = 0; k < entities.n; k++)
    if (partner(c, (int)(intptr_t)entities.at[k], like, &side)) add_side(r, found, side);
  if (entities.n) return;
  p.n--;
  if (p.n && tw_path_find(r->m, c->scope, &p, NULL, NULL)) {
    ports_of_path(r, c->scope, word, c->attribute->at, found);
    return;
  }
  p.n++;
  const char *why = tw_path_why(r, c->scope, &p, word);
  if (why) tw_report(r, TW_E_PATH, c->attribute->at, NULL, "%s = %s", c->attribute->name, why);
}

static void join_port(const convention *c, const tw_list *own, int port, const char *word) {
  sides a = {0}, b = {0};
  tw_side side;
  for (int k = 0; k < own->n; k++)
    if (tw_outer_resolve(c->r, (int)(intptr_t)own->at[k], port, 0, c->attribute->at, &side)) add_side(c->r, &a, side);
  if (!a.n) return;
  provider(c, word, &a.at[0], &b);
  const tw_attribute *id = tw_attribute_find(c->node, "id");
  pair(c->r, &a, &b, c->attribute->at, id->value, word);
}

static bool is_array(const convention *c, int entity, int port) {
  tw_side side;
  return tw_outer_resolve(c->r, entity, port, 0, c->attribute->at, &side) && tw_port_of(c->r->m, &side)->count;
}

static bool has_role(const convention *c, const tw_list *own) {
  int port;
  return tw_outer_with_role(c->r, (int)(intptr_t)own->at[0], c->own, &port, 1) > 0;
}

static void apply(const convention *c, const tw_list *own) {
  tw_reader *r = c->r;
  tw_list words = {0};
  for (const char *w = c->attribute->value; *w;) {
    size_t n = strcspn(w, " ");
    if (n) tw_list_add(r->arena, &words, tw_strndup(r->arena, w, n));
    w += n + (w[n] == ' ');
  }
  int ports[MAX_PORTS], first = (int)(intptr_t)own->at[0];
  int n = tw_outer_with_role(r, first, c->own, ports, MAX_PORTS);
  if (n > MAX_PORTS) n = MAX_PORTS;
  if (!n) {
    tw_report(r, TW_E_ROLE, c->attribute->name_at, NULL,
              "%s = \"%s\": <%s> has no %s; say with <connect> what is meant", c->attribute->name, c->attribute->value,
              c->node->name, c->own_text);
  } else if (words.n == n) {
    for (int k = 0; k < n; k++) join_port(c, own, ports[k], words.at[k]);
  } else if (words.n == 1) {
    for (int k = 0; k < n; k++) join_port(c, own, ports[k], words.at[0]);
  } else if (n == 1 && is_array(c, first, ports[0])) {
    for (int k = 0; k < words.n; k++) join_port(c, own, ports[0], words.at[k]);
  } else {
    tw_report(r, TW_E_PAIRING, c->attribute->at, NULL,
              "%s = \"%s\" names %d, and <%s> has %d %s%s; say with <connect> what is meant", c->attribute->name,
              c->attribute->value, words.n, c->node->name, n, c->own_text, n > 1 ? "s" : "");
  }
}

static void connect_conventions(tw_reader *r, int scope, const tw_xml_node *n) {
  static const char takes[] = "power input", gives[] = "power output", inlet[] = "coolant inlet", outlet[] = "coolant outlet",
                    supply[] = "coolant supply", back[] = "coolant return";
  const tw_attribute *id = tw_attribute_find(n, "id"), *fed_by = tw_attribute_find(n, "fed-by");
  const tw_attribute *feeds = tw_attribute_find(n, "feeds"), *cooled_by = tw_attribute_find(n, "cooled-by");
  if (!fed_by && !feeds && !cooled_by) return;
  tw_word word = {id->value, 0};
  tw_path p = {&word, 1, NULL};
  tw_list own = entities_of(r, scope, &p);
  for (int k = 0; k < own.n; k++)
    if (r->m->entities[(intptr_t)own.at[k]].broken) return;
  if (!own.n) return;
  if (fed_by) apply(&(convention){r, scope, n, fed_by, TW_R_FEED_IN, TW_R_FEED_OUT, takes, gives}, &own);
  if (feeds) apply(&(convention){r, scope, n, feeds, TW_R_FEED_OUT, TW_R_FEED_IN, gives, takes}, &own);
  if (!cooled_by) return;
  convention in = {r, scope, n, cooled_by, TW_R_COOLANT_IN, TW_R_SUPPLY, inlet, supply};
  convention out = {r, scope, n, cooled_by, TW_R_COOLANT_OUT, TW_R_RETURN, outlet, back};
  int errors = r->d->errors;
  if (has_role(&in, &own) || !has_role(&out, &own)) apply(&in, &own);
  if (has_role(&out, &own) && r->d->errors == errors) apply(&out, &own);
}

void tw_connect_scope(tw_reader *r, int scope, const tw_xml_node *const *nodes, int n) {
  if (scope >= 0) tw_outer_join(r, scope);
  for (int k = 0; k < n; k++) {
    if (!strcmp(nodes[k]->name, "connect")) connect_explicit(r, scope, nodes[k]);
    else if (strcmp(nodes[k]->name, "port")) connect_conventions(r, scope, nodes[k]);
  }
}
