/* What should be connected and is not, told where the user connects it: one message per component or <use>. */
#include "ports.h"
#include <string.h>

/* As the user sees it: of a component or of an assembly. next: of the same entity. */
typedef struct open_port { int entity, port, index; struct open_port *next; } open_port;

/* The instance that the user connects: of the outermost assembly one of whose ports leads to the side. */
static open_port seen_from_outside(tw_reader *r, const tw_side *s) {
  open_port found = {s->entity, s->port, s->index, NULL};
  for (int e = r->m->entities[s->entity].parent; e >= 0; e = r->m->entities[e].parent) {
    int port = r->m->entities[e].assembly ? tw_outer_leading_to(r, e, s) : -1;
    if (port < 0) break;
    found = (open_port){e, port, 0, NULL};
  }
  return found;
}

void tw_open_add(tw_reader *r, tw_side side) {
  open_port *p = tw_alloc(r->arena, 1, sizeof *p);
  *p = seen_from_outside(r, &side);
  const char *entity = tw_printf(r->arena, "%d", p->entity);
  open_port *q = tw_map_get(&r->open_of, entity);
  if (!q) {
    tw_map_put(r->arena, &r->open_of, entity, p);
    tw_list_add(r->arena, &r->open, p);
    return;
  }
  for (;; q = q->next) {
    if (q->port == p->port && q->index == p->index) return;
    if (!q->next) break;
  }
  q->next = p;
}

static const char *name_of(tw_reader *r, const open_port *p) {
  tw_list names = tw_outer_names(r, p->entity);
  const char *name = p->port < names.n ? names.at[p->port] : "";
  return p->index ? tw_printf(r->arena, "%s[%d]", name, p->index) : name;
}

/* "(DC, supply)" of one port of a component; of several what they carry, if that is one thing. */
static const char *detail(tw_reader *r, const open_port *const *list, int n) {
  tw_side side;
  const tw_port *first = NULL;
  for (int k = 0; k < n; k++) {
    if (!tw_outer_resolve(r, list[k]->entity, list[k]->port, 0, (tw_where){0}, &side)) return "";
    const tw_port *p = tw_port_of(r->m, &side);
    if (first && p->kind != first->kind) return "";
    first = p;
  }
  bool one = n == 1 && r->m->entities[list[0]->entity].type && first->doc;
  return tw_printf(r->arena, " (%s%s%s)", tw_kind_text(first->kind), one ? ", " : "", one ? first->doc : "");
}

static bool has_role(tw_reader *r, const open_port *const *list, int n, unsigned role) {
  enum { MOST = 64 };
  int ports[MOST];
  for (int k = 0; k < n; k++) {
    int found = tw_outer_with_role(r, list[k]->entity, role, ports, MOST);
    for (int i = 0; i < found && i < MOST; i++)
      if (ports[i] == list[k]->port) return true;
  }
  return false;
}

/* The attributes that would connect them, as the end of the sentence. */
static const char *way_out(tw_reader *r, const open_port *const *list, int n) {
  static const struct { const char *attribute; unsigned role; } ways[] = {
      {"fed-by", TW_R_FEED_IN}, {"feeds", TW_R_FEED_OUT}, {"cooled-by", TW_R_COOLANT_IN | TW_R_COOLANT_OUT}};
  const tw_xml_node *node = r->m->entities[list[0]->entity].node;
  const char *text = "";
  for (int k = 0; k < TW_COUNT(ways); k++) {
    if (tw_attribute_find(node, ways[k].attribute) || !has_role(r, list, n, ways[k].role)) continue;
    if (k == 1 && *text) continue; /* what can be fed is fed */
    text = tw_printf(r->arena, "%s%s%s=\"...\"", text, *text ? " and " : "; give ", ways[k].attribute);
  }
  return *text ? tw_printf(r->arena, "%s or a <connect>", text) : "";
}

static void tell(tw_reader *r, const open_port *const *list, int n) {
  const tw_entity *e = &r->m->entities[list[0]->entity];
  const char *names = "";
  for (int k = 0; k < n; k++)
    names = tw_printf(r->arena, "%s%s\"%s\"", names, !k ? "" : k + 1 == n ? " and " : ", ", name_of(r, list[k]));
  const tw_attribute *assembly = e->type ? NULL : tw_attribute_find(e->node, "assembly");
  const char *of = e->type ? tw_printf(r->arena, "<%s>", e->type->element)
                           : tw_printf(r->arena, "assembly \"%s\"", assembly ? assembly->value : "");
  tw_report(r, TW_E_OPEN, e->node->where, e->path, "port%s %s of the %s%s %s not connected%s", n > 1 ? "s" : "", names, of,
            detail(r, list, n), n > 1 ? "are" : "is", way_out(r, list, n));
}

void tw_open_tell(tw_reader *r) {
  enum { MOST = 12 };
  for (int k = 0; k < r->open.n; k++)
    for (const open_port *p = r->open.at[k]; p;) {
      const open_port *group[MOST] = {0};
      int n = 0;
      for (; p && n < MOST; p = p->next) group[n++] = p;
      tell(r, group, n);
    }
}
