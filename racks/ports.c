#include "ports.h"
#include <stdlib.h>
#include <string.h>

const tw_port *tw_port_of(const tw_model *m, const tw_side *s) { return &m->entities[s->entity].type->ports[s->port]; }

const char *tw_kind_text(tw_kind kind) {
  switch (kind) {
    case TW_DC: return "DC";
    case TW_AC: return "AC";
    case TW_FLUID: return "coolant";
    case TW_REFRIGERANT: return "refrigerant";
    case TW_HEAT: return "heat";
    case TW_SIGNAL_IN: return "signal input";
    case TW_SIGNAL_OUT: return "signal output";
  }
  return "";
}

static bool signal(tw_kind k) { return k == TW_SIGNAL_IN || k == TW_SIGNAL_OUT; }
bool tw_kinds_join(tw_kind a, tw_kind b) { return a == b || (signal(a) && signal(b)); }

const char *tw_side_text(tw_reader *r, const tw_side *s) {
  const char *path = r->m->entities[s->entity].path, *port = tw_port_of(r->m, s)->id;
  return s->index ? tw_printf(r->arena, "%s.%s[%d]", path, port, s->index) : tw_printf(r->arena, "%s.%s", path, port);
}

static const char *text_of(const tw_xml_node *n, const char *name) {
  const tw_attribute *a = tw_attribute_find(n, name);
  return a ? a->value : NULL;
}

/* ---- assemblies ------------------------------------------------------------------------------------------------------------ */

static const tw_xml_node *declared(const tw_xml_node *assembly, int port) {
  for (const tw_xml_node *n = assembly->first; n; n = n->next)
    if (!strcmp(n->name, "port") && !port--) return n;
  return NULL;
}

typedef struct { tw_reader *r; const char *port; int index; tw_where at; tw_list *sides; bool silent; } inner_search;

static void take_inner(void *ctx, int entity) {
  inner_search *s = ctx;
  int port = tw_outer_named(s->r->m, entity, s->port);
  tw_side *side = tw_alloc(s->r->arena, 1, sizeof *side);
  if (s->r->m->entities[entity].broken) {
    s->silent = true;
  } else if (port < 0) {
    tw_list names = tw_outer_names(s->r, entity);
    s->silent = true;
    tw_report(s->r, TW_E_PORT, s->at, NULL, "%s has no port \"%s\"%s", s->r->m->entities[entity].id, s->port,
              tw_suggest(s->r, s->port, &names));
  } else if (tw_outer_resolve(s->r, entity, port, s->index, s->at, side)) {
    tw_list_add(s->r->arena, s->sides, side);
  } else {
    s->silent = true;
  }
}

/* Component ports behind one word of to="ibc.in vrm.in". */
static bool inner_of(tw_reader *r, int assembly, const char *word, tw_where at, int index, tw_list *sides) {
  tw_path p;
  if (!tw_path_parse(r->arena, word, &p) || p.n < 2) {
    tw_report(r, TW_E_PORT, at, NULL, "\"%s\" is not the path of a port inside, such as \"ibc.in\"", word);
    return false;
  }
  tw_word *last = &p.words[--p.n];
  inner_search s = {r, last->id, last->index ? last->index : index, at, sides, false};
  if (!tw_path_find(r->m, assembly, &p, take_inner, &s)) {
    const char *why = tw_path_why(r, assembly, &p, word);
    if (why) tw_report(r, TW_E_PATH, at, NULL, "%s", why);
    return false;
  }
  return !s.silent;
}

static tw_list inner_sides(tw_reader *r, int assembly, const tw_xml_node *n, int index) {
  tw_list sides = {0};
  const tw_attribute *to = tw_required(r, n, "to");
  for (const char *w = to ? to->value : ""; *w;) {
    size_t length = strcspn(w, " ");
    if (length) inner_of(r, assembly, tw_strndup(r->arena, w, length), to->at, index, &sides);
    w += length + (w[length] == ' ');
  }
  return sides;
}

static unsigned role_of_word(tw_reader *r, const tw_attribute *a) {
  static const unsigned roles[] = {TW_R_FEED_IN, TW_R_FEED_IN, TW_R_FEED_OUT, TW_R_COOLANT_IN, TW_R_COOLANT_OUT, TW_R_SUPPLY,
                                   TW_R_RETURN, TW_R_NONE}; /* in the order of the grammar's words */
  const char *choices = tw_attribute_rule_of(tw_rule_of("port"), "role")->choices;
  int index = tw_choice_of(choices, a->value);
  if (index >= 0) return roles[index];
  tw_list known = tw_words_of(r->arena, choices, '|');
  tw_report(r, TW_E_ROLE, a->at, NULL, "\"%s\" is not a role of a port%s", a->value, tw_suggest(r, a->value, &known));
  return TW_R_NONE;
}

static unsigned assembly_role(tw_reader *r, int entity, const tw_xml_node *n) {
  const tw_attribute *a = tw_attribute_find(n, "role");
  if (a) return role_of_word(r, a);
  tw_list sides = inner_sides(r, entity, n, 0);
  return sides.n ? tw_port_of(r->m, sides.at[0])->role : TW_R_NONE;
}

void tw_outer_join(tw_reader *r, int assembly) {
  const tw_xml_node *template = r->m->entities[assembly].assembly;
  tw_map seen = {0};
  for (const tw_xml_node *n = template->first; n; n = n->next) {
    if (strcmp(n->name, "port")) continue;
    tw_check_attributes(r, n, "port");
    tw_check_children(r, n, "port");
    const tw_attribute *id = tw_required_id(r, n);
    if (id && !tw_map_put(r->arena, &seen, id->value, r))
      tw_report(r, TW_E_DUPLICATE, id->at, NULL, "the port \"%s\" is there twice", id->value);
    tw_list sides = inner_sides(r, assembly, n, 0);
    for (int k = 1; k < sides.n; k++) tw_link_add(r, *(tw_side *)sides.at[0], *(tw_side *)sides.at[k], n->where);
  }
}

/* ---- both ----------------------------------------------------------------------------------------------------------------- */

int tw_outer_named(const tw_model *m, int entity, const char *name) {
  const tw_entity *e = &m->entities[entity];
  if (e->type) return tw_port_named(e->type, name);
  int k = 0;
  for (const tw_xml_node *n = e->assembly ? e->assembly->first : NULL; n; n = n->next) {
    if (strcmp(n->name, "port")) continue;
    const char *id = text_of(n, "id");
    if (id && !strcmp(id, name)) return k;
    k++;
  }
  return -1;
}

int tw_outer_leading_to(tw_reader *r, int assembly, const tw_side *inner) {
  int k = 0;
  for (const tw_xml_node *n = r->m->entities[assembly].assembly->first; n; n = n->next) {
    if (strcmp(n->name, "port")) continue;
    tw_list sides = inner_sides(r, assembly, n, 0);
    for (int i = 0; i < sides.n; i++) {
      const tw_side *s = sides.at[i];
      if (s->entity == inner->entity && s->port == inner->port && (!s->index || s->index == inner->index)) return k;
    }
    k++;
  }
  return -1;
}

tw_list tw_outer_names(tw_reader *r, int entity) {
  const tw_entity *e = &r->m->entities[entity];
  tw_list names = {0};
  for (int k = 0; e->type && k < tw_ports_of(e->type); k++)
    tw_list_add(r->arena, &names, (void *)(uintptr_t)e->type->ports[k].id);
  for (const tw_xml_node *n = e->assembly ? e->assembly->first : NULL; n; n = n->next)
    if (!strcmp(n->name, "port") && text_of(n, "id"))
      tw_list_add(r->arena, &names, (void *)(uintptr_t)text_of(n, "id"));
  return names;
}

int tw_outer_with_role(tw_reader *r, int entity, unsigned role, int *ports, int room) {
  const tw_entity *e = &r->m->entities[entity];
  const tw_type *type = e->type;
  int found = 0, k = 0;
  for (; type && type->ports && type->ports[k].id; k++)
    if (type->ports[k].role & role && found++ < room) ports[found - 1] = k;
  for (const tw_xml_node *n = e->assembly ? e->assembly->first : NULL; n; n = n->next) {
    if (strcmp(n->name, "port")) continue;
    if (assembly_role(r, entity, n) & role && found++ < room) ports[found - 1] = k;
    k++;
  }
  return found;
}

bool tw_outer_resolve(tw_reader *r, int entity, int port, int index, tw_where at, tw_side *side) {
  const tw_entity *e = &r->m->entities[entity];
  if (e->broken) return false;
  if (e->type) {
    *side = (tw_side){entity, port, index};
    if (!index || e->type->ports[port].count) return true;
    tw_report(r, TW_E_INDEX, at, NULL, "%s.%s is a single port and has no [%d]", e->path, e->type->ports[port].id, index);
    return false;
  }
  tw_list sides = inner_sides(r, entity, declared(e->assembly, port), index);
  if (!sides.n) return false;
  *side = *(tw_side *)sides.at[0];
  return true;
}
