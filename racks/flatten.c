/* Scopes into entities: the root with its racks, and every instance of an assembly. */
#include "reader.h"
#include "units.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_NESTING = 64 };

typedef struct {
  int entity;               /* of the scope, -1: root */
  int depth;
  const char *rack;         /* NULL outside racks */
  int units;                /* of the rack */
  const tw_xml_node **taken; /* [units + 1] what stands in each unit of the rack */
  double pitch;             /* m */
  double height;            /* of the assembly that is being filled */
  int u;
  tw_list *nodes;           /* everything in this scope, racks opened */
} scope;

static bool is(const tw_xml_node *n, const char *name) { return !strcmp(n->name, name); }
static bool defines(const tw_xml_node *n) { return is(n, "connect") || is(n, "port") || is(n, "title"); }

static const char *text_of(const tw_xml_node *n, const char *name) {
  const tw_attribute *a = tw_attribute_find(n, name);
  return a ? a->value : NULL;
}

/* ---- numbers of instances --------------------------------------------------------------------------------------------- */

/* count=, 0 where absent, -1 after an error. */
static int count_of(tw_reader *r, const tw_xml_node *n) {
  const tw_attribute *a = tw_attribute_find(n, "count");
  if (!a) return 0;
  long value;
  if (tw_whole_scan(a->value, &value) && value >= 1 && value <= TW_MAX_COUNT) return (int)value;
  tw_report(r, TW_E_COUNT, a->at, NULL, "count = \"%s\" is not a whole number from 1 to %d", a->value, TW_MAX_COUNT);
  return -1;
}

static double planned(tw_reader *r, tw_xml_node *n, int depth);

/* Components of one instance of an assembly; 0 while it is being counted, so that a loop ends (and is reported later). */
static double planned_assembly(tw_reader *r, tw_xml_node *assembly, int depth) {
  double *total = assembly->made, sum = 0.0;
  if (total) return *total;
  assembly->made = total = tw_alloc(r->arena, 1, sizeof *total);
  for (tw_xml_node *k = assembly->first; k; k = k->next) sum += planned(r, k, depth);
  return *total = sum;
}

static double planned(tw_reader *r, tw_xml_node *n, int depth) {
  if (defines(n) || depth > MAX_NESTING) return 0.0;
  double sum = 0.0;
  if (is(n, "rack")) {
    for (tw_xml_node *k = n->first; k; k = k->next) sum += planned(r, k, depth + 1);
    return sum;
  }
  const char *count = text_of(n, "count"), *name = is(n, "use") ? text_of(n, "assembly") : NULL;
  tw_xml_node *assembly = name ? tw_map_get(&r->assemblies, name) : NULL;
  double times = count ? fmin(fmax(strtod(count, NULL), 1.0), TW_MAX_COUNT) : 1.0;
  return times * (1.0 + (assembly ? planned_assembly(r, assembly, depth + 1) : 0.0));
}

static bool too_many(tw_reader *r) {
  double sum = 0.0;
  for (int k = 0; k < r->contents.n; k++) {
    tw_xml_node *n = r->contents.at[k];
    sum += planned(r, n, 0);
    if (sum <= TW_MAX_ITEMS) continue;
    tw_report(r, TW_E_COUNT, n->where, NULL, "the model would have %.0f components or more; at most %d are read", sum,
              TW_MAX_ITEMS);
    return true;
  }
  return false;
}

/* ---- places in a rack --------------------------------------------------------------------------------------------------- */

static bool taken(tw_reader *r, const scope *s, const tw_xml_node *n, const tw_attribute *a, int unit) {
  const tw_xml_node *other = s->taken[unit];
  if (!other) {
    s->taken[unit] = n;
    return false;
  }
  const char *id = text_of(other, "id");
  if (other == n) tw_report(r, TW_E_RACK_UNITS, a->at, NULL, "u = \"%s\" names unit %d twice", a->value, unit);
  else
    tw_report(r, TW_E_RACK_UNITS, a->at, NULL, "u = \"%s\": unit %d is taken by \"%s\" (%s:%d:%d)", a->value, unit, id ? id : "",
              other->where.file, other->where.line, other->where.col);
  return true;
}

/* Lowest unit of each of the instances, or NULL; each: how many units an instance takes up. */
static int *places_of(tw_reader *r, const scope *s, const tw_xml_node *n, int instances, int *each) {
  const tw_attribute *a = tw_attribute_find(n, "u");
  if (!a) return NULL;
  if (!s->units) {
    tw_report(r, TW_E_NESTING, a->name_at, NULL, "u = \"%s\": a place in units belongs to what is directly in a <rack>",
              a->value);
    return NULL;
  }
  int list[TW_MAX_UNITS], found = tw_places_scan(a->value, s->units, list);
  if (found < 1) {
    tw_report(r, TW_E_RACK_UNITS, a->at, NULL,
              "u = \"%s\" is not a list of units from 1 to %d, such as \"3\" or \"8..17 27..34\"", a->value, s->units);
    return NULL;
  }
  if (found % instances) {
    tw_report(r, TW_E_RACK_UNITS, a->at, NULL, "u = \"%s\" names %d units for %d instances; the number of units must be that of "
              "the instances or a multiple", a->value, found, instances);
    return NULL;
  }
  for (int k = 0; k < found; k++)
    if (taken(r, s, n, a, list[k])) return NULL;
  int *lowest = tw_alloc(r->arena, (size_t)instances, sizeof *lowest);
  *each = found / instances;
  for (int k = 0; k < found; k++)
    if (k % *each == 0 || list[k] < lowest[k / *each]) lowest[k / *each] = list[k];
  return lowest;
}

/* ---- instances ------------------------------------------------------------------------------------------------------------ */

static void fill(tw_reader *r, scope *s, tw_xml_node *n);

static const tw_xml_node *find_assembly(tw_reader *r, const tw_xml_node *n) {
  const tw_attribute *a = tw_attribute_find(n, "assembly");
  tw_check_attributes(r, n, "use");
  tw_check_children(r, n, "use");
  const tw_xml_node *assembly = tw_map_get(&r->assemblies, a->value);
  if (assembly) return assembly;
  tw_list known = {0};
  for (size_t k = 0; k < r->assemblies.room; k++)
    if (r->assemblies.keys[k]) tw_list_add(r->arena, &known, (void *)(uintptr_t)r->assemblies.keys[k]);
  tw_report(r, TW_E_ASSEMBLY, a->at, NULL, "there is no assembly \"%s\"%s", a->value, tw_suggest(r, a->value, &known));
  return NULL;
}

static bool contains_itself(tw_reader *r, int e, const tw_xml_node *assembly, const tw_xml_node *use) {
  const tw_model *m = r->m;
  for (int up = m->entities[e].parent; up >= 0; up = m->entities[up].parent)
    if (m->entities[up].assembly == assembly) {
      tw_report(r, TW_E_NESTING, use->where, NULL, "the assembly \"%s\" contains itself", text_of(assembly, "id"));
      return true;
    }
  return false;
}

static void fill_assembly(tw_reader *r, const scope *s, int e, const tw_xml_node *use, const tw_xml_node *assembly) {
  tw_entity *entity = &r->m->entities[e];
  entity->broken = !assembly || contains_itself(r, e, assembly, use);
  if (assembly && s->depth >= MAX_NESTING) {
    tw_report(r, TW_E_NESTING, use->where, NULL, "assemblies are nested deeper than %d", MAX_NESTING);
    entity->broken = true;
  }
  if (entity->broken) return;
  entity->assembly = assembly;
  entity->data = tw_part_data_of(r, assembly);
  tw_check_attributes(r, assembly, "assembly");
  tw_list nodes = {0};
  scope inner = {.entity = e, .depth = s->depth + 1, .rack = entity->rack, .height = entity->height, .u = entity->u,
                 .nodes = &nodes};
  for (tw_xml_node *k = assembly->first; k && !r->too_many; k = k->next) fill(r, &inner, k);
  tw_connect_scope(r, e, (const tw_xml_node *const *)nodes.at, nodes.n);
}

static void fill_component(tw_reader *r, int e, tw_xml_node *n, const tw_xml_node *replaced_by) {
  const tw_prototype *p = tw_prototype_of(r, n, replaced_by, r->m->entities[e].path);
  tw_entity *entity = &r->m->entities[e];
  entity->broken = !p->type || p->flawed;
  if (!p->type) return;
  int params = tw_params_of(p->type);
  entity->type = p->type;
  entity->part = p->part;
  entity->source = p->source;
  entity->quality = p->quality;
  entity->data = p->data;
  entity->values = tw_alloc(r->arena, (size_t)params, sizeof *entity->values);
  if (params) memcpy(entity->values, p->values, (size_t)params * sizeof *entity->values);
}

static void add_place(tw_reader *r, const char *path, const char *rack, int u, int units) {
  tw_description *m = &r->m->pub;
  m->places = tw_grow(r->arena, m->places, m->n_places, &r->places_room, sizeof *m->places);
  m->places[m->n_places++] = (tw_place){path, rack, u, units};
}

static void make_instance(tw_reader *r, const scope *s, tw_xml_node *n, const char *id, int index, int u, int units) {
  int e = tw_entity_add(r, s->entity, id, index);
  tw_entity *entity = &r->m->entities[e];
  if (u) add_place(r, entity->path, s->rack, u, units);
  entity->node = n;
  entity->rack = s->rack;
  entity->u = u ? u : s->u;
  entity->height = u ? u * s->pitch : s->height;
  const tw_replacement *change = tw_replacement_for(r, e);
  if (tw_attribute_find(n, "assembly") && is(n, "use")) {
    fill_assembly(r, s, e, n, change && change->assembly ? change->assembly : find_assembly(r, n));
    r->m->entities[e].source = text_of(n, "source");
  } else {
    fill_component(r, e, n, change ? change->part : NULL);
  }
  tw_settings_apply(r, e);
}

static bool known_element(tw_reader *r, const tw_xml_node *n) {
  if (is(n, "use")) {
    const char *part = text_of(n, "part"), *assembly = text_of(n, "assembly");
    if (!part == !assembly)
      tw_report(r, TW_E_ATTRIBUTE_MISSING, n->where, NULL, "<use> needs either part=\"...\" or assembly=\"...\"");
    return !part != !assembly;
  }
  if (tw_type_named(r, n->name)) return true;
  tw_list known = {0};
  for (const tw_type *const *t = r->types; *t; t++) tw_list_add(r->arena, &known, (void *)(uintptr_t)(*t)->element);
  tw_list others = tw_words_of(r->arena, tw_rule_of("racktwin")->children, ' ');
  for (int k = 0; k < others.n; k++) tw_list_add(r->arena, &known, others.at[k]);
  const char *nearest = tw_nearest(n->name, (const char *const *)known.at, known.n);
  tw_report(r, TW_E_ELEMENT, n->where, NULL, "there is no element <%s>%s%s%s", n->name, nearest ? "; did you mean <" : "",
            nearest ? nearest : "; `racktwin list elements` lists them", nearest ? ">?" : "");
  return false;
}

static void instantiate(tw_reader *r, scope *s, tw_xml_node *n) {
  bool known = known_element(r, n);
  const tw_attribute *id = known || tw_attribute_find(n, "id") ? tw_required_id(r, n) : NULL;
  if (!id) return;
  int other = tw_entity_find(r->m, s->entity, id->value, -1);
  if (other >= 0) {
    tw_where first = r->m->entities[other].node->where;
    tw_report(r, TW_E_DUPLICATE, id->at, NULL, "the id \"%s\" is used twice; first at %s:%d:%d", id->value, first.file,
              first.line, first.col);
    return;
  }
  int count = known ? count_of(r, n) : 0;
  if (!known || count < 0) {
    int e = tw_entity_add(r, s->entity, id->value, 0);
    r->m->entities[e].node = n;
    r->m->entities[e].broken = true;
    return;
  }
  if (r->m->n_entities + count > TW_MAX_ITEMS) {
    r->too_many = true;
    tw_report(r, TW_E_COUNT, n->where, NULL, "the model has more than %d components", TW_MAX_ITEMS);
    return;
  }
  int units = 0, *u = places_of(r, s, n, count ? count : 1, &units);
  tw_list_add(r->arena, s->nodes, n);
  for (int k = 0; k < (count ? count : 1) && !r->too_many; k++)
    make_instance(r, s, n, id->value, count ? k + 1 : 0, u ? u[k] : 0, units);
}

static void open_rack(tw_reader *r, const scope *s, tw_xml_node *n) {
  static const tw_param units = {.id = "units", .kind = TW_INTEGER, .lo = 1, .hi = TW_MAX_UNITS};
  tw_check_attributes(r, n, "rack");
  const tw_attribute *id = tw_required_id(r, n);
  const tw_attribute *a = tw_attribute_find(n, "units"), *pitch = tw_attribute_find(n, "pitch");
  if (s->rack) tw_report(r, TW_E_NESTING, n->where, NULL, "a rack does not stand in a rack");
  scope inner = *s;
  inner.pitch = 0.04445; /* 1 U: EIA-310-E, 1.75 in */
  inner.units = TW_MAX_UNITS;
  inner.rack = "";
  if (id) {
    const char *path = s->entity >= 0 ? r->m->entities[s->entity].path : NULL;
    inner.rack = path ? tw_printf(r->arena, "%s.%s", path, id->value) : id->value;
    if (s->entity < 0 && !tw_map_put(r->arena, &r->racks, id->value, n))
      tw_report(r, TW_E_DUPLICATE, id->at, NULL, "the rack \"%s\" is there twice", id->value);
  }
  tw_value v;
  if (a && tw_value_read(r, &units, a->value, a->at, NULL, &v)) inner.units = (int)v.number;
  tw_description *m = &r->m->pub;
  m->cabinets = tw_grow(r->arena, m->cabinets, m->n_cabinets, &r->cabinets_room, sizeof *m->cabinets);
  m->cabinets[m->n_cabinets++] = (tw_cabinet){inner.rack, a ? inner.units : 0};
  inner.taken = tw_alloc(r->arena, TW_MAX_UNITS + 1, sizeof *inner.taken);
  double p = pitch ? tw_number_read(r, "rack", "pitch", pitch) : NAN;
  if (!isnan(p)) inner.pitch = p;
  const tw_attribute *mass = tw_attribute_find(n, "mass");
  double *sum = &m->rack_mass;
  if (mass) *sum = tw_number_read(r, "rack", "mass", mass) + (isnan(*sum) ? 0.0 : *sum);
  for (tw_xml_node *k = n->first; k && !r->too_many; k = k->next) fill(r, &inner, k);
}

static void fill(tw_reader *r, scope *s, tw_xml_node *n) {
  if (is(n, "rack")) open_rack(r, s, n);
  else if (is(n, "connect")) tw_list_add(r->arena, s->nodes, n);
  else if (is(n, "port") && s->entity >= 0 && !s->units) tw_list_add(r->arena, s->nodes, n);
  else if (!is(n, "title")) instantiate(r, s, n);
}

void tw_flatten(tw_reader *r) {
  tw_list nodes = {0};
  scope root = {.entity = -1, .height = NAN, .nodes = &nodes};
  r->too_many = too_many(r);
  for (int k = 0; k < r->contents.n && !r->too_many; k++) fill(r, &root, r->contents.at[k]);
  if (!r->too_many) tw_connect_scope(r, -1, (const tw_xml_node *const *)nodes.at, nodes.n);
}
