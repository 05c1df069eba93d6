/* Sorts the elements below the root into definitions and contents. */
#include "reader.h"
#include <math.h>
#include <string.h>

static bool is(const tw_xml_node *n, const char *name) { return !strcmp(n->name, name); }

/* Files a definition under its id; one of the same id is an error that names both places. */
static bool define(tw_reader *r, tw_map *map, tw_list *list, tw_xml_node *n) {
  const tw_attribute *id = tw_required_id(r, n);
  if (!id) return false;
  if (!tw_map_put(r->arena, map, id->value, n)) {
    const tw_xml_node *first = tw_map_get(map, id->value);
    tw_report(r, TW_E_DUPLICATE, id->at, NULL, "the id \"%s\" is used twice; first at %s:%d:%d", id->value, first->where.file,
              first->where.line, first->where.col);
    return false;
  }
  if (list) tw_list_add(r->arena, list, n);
  return true;
}

void tw_ambient_set(tw_reader *r, const tw_attribute *temperature) {
  double T = tw_number_read(r, "ambient", "temperature", temperature);
  if (!isnan(T)) r->m->pub.ambient = T;
}

void tw_ambient_read(tw_reader *r, const tw_xml_node *n) {
  tw_check_attributes(r, n, "ambient");
  tw_check_children(r, n, "ambient");
  const tw_attribute *a = tw_required(r, n, "temperature");
  if (a) tw_ambient_set(r, a);
}

static void read_title(tw_reader *r, const tw_xml_node *n) {
  tw_check_attributes(r, n, "title");
  tw_check_children(r, n, "title");
  if (!strcmp(n->where.file, r->m->pub.file)) r->m->pub.title = n->text ? n->text : "";
}

static bool definition(tw_reader *r, tw_xml_node *n) {
  if (is(n, "assembly")) define(r, &r->assemblies, NULL, n);
  else if (is(n, "medium")) define(r, &r->media, &r->media_list, n);
  else if (is(n, "workload")) define(r, &r->workloads, &r->workload_list, n);
  else if (is(n, "scenario")) define(r, &r->scenarios, &r->scenario_list, n);
  else if (is(n, "title")) read_title(r, n);
  else return false;
  return true;
}

static void collect_part(tw_reader *r, tw_xml_node *n) {
  if (tw_type_named(r, n->name)) {
    define(r, &r->parts, NULL, n);
    return;
  }
  tw_list known = {0};
  for (const tw_type *const *t = r->types; *t; t++) tw_list_add(r->arena, &known, (void *)(uintptr_t)(*t)->element);
  tw_report(r, TW_E_ELEMENT, n->where, NULL, "<%s> is not an element of a catalogue%s", n->name,
            tw_suggest(r, n->name, &known));
  const tw_attribute *id = tw_attribute_find(n, "id");
  if (id) tw_map_put(r->arena, &r->parts, id->value, n);
}

void tw_collect(tw_reader *r, tw_xml_node *n, bool catalogue) {
  if (definition(r, n)) return;
  if (catalogue) collect_part(r, n);
  else if (is(n, "variant")) define(r, &r->variants, &r->variant_list, n);
  else if (is(n, "limit")) tw_list_add(r->arena, &r->limit_list, n);
  else if (is(n, "ambient")) tw_ambient_read(r, n);
  else tw_list_add(r->arena, &r->contents, n);
}
