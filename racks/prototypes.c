/* Elements with what they inherit from their parts, as values. */
#include "reader.h"
#include <string.h>

enum { MAX_CHAIN = 32 };

static void unknown_attribute(tw_reader *r, const tw_xml_node *n, const tw_type *t, const tw_attribute *a, const char *path) {
  tw_list known = {0};
  for (int k = 0; k < tw_params_of(t); k++) tw_list_add(r->arena, &known, (void *)(uintptr_t)t->params[k].id);
  const char *nearest = tw_nearest(a->name, (const char *const *)known.at, known.n);
  known.n = 0;
  for (const tw_attribute_rule *c = tw_rule_of("use")->attributes; c->name; c++)
    tw_list_add(r->arena, &known, (void *)(uintptr_t)c->name);
  if (!nearest) nearest = tw_nearest(a->name, (const char *const *)known.at, known.n);
  tw_report(r, TW_E_ATTRIBUTE, a->name_at, path, "<%s> has no parameter \"%s\"%s%s%s%s", n->name, a->name,
            nearest ? "; did you mean \"" : "", nearest ? nearest : "", nearest ? "\"?" : "; `racktwin doc ",
            nearest ? "" : tw_printf(r->arena, "%s` lists them", t->element));
}

static void take_attribute(tw_reader *r, const tw_xml_node *n, const tw_type *t, const tw_attribute *a, const char *path,
                           tw_prototype *p) {
  tw_value *values = p->values;
  const tw_element_rule *rule = tw_rule_of("component");
  if (tw_listed(rule->attributes, a->name) || (!strcmp(n->name, "use") && !strcmp(a->name, "assembly"))) return;
  int k = tw_param_named(t, a->name);
  if (k >= 0) {
    tw_value_read(r, &t->params[k], a->value, a->at, path, &values[k]);
    tw_quality_read(r, n, &values[k].source, &values[k].quality);
  } else if (!tw_part_data_read(r, n, a, &p->data)) {
    unknown_attribute(r, n, t, a, path);
  }
}

static void take_child(tw_reader *r, const tw_xml_node *n, const tw_type *t, const tw_xml_node *child, const char *path,
                       tw_value *values) {
  int k = tw_param_named(t, child->name);
  if (k >= 0 && t->params[k].kind == TW_CURVE) {
    tw_curve_read(r, child, &t->params[k], path, &values[k]);
    if (!values[k].source && !values[k].quality) tw_quality_read(r, n, &values[k].source, &values[k].quality);
    return;
  }
  if (k >= 0) {
    tw_report(r, TW_E_ELEMENT, child->where, path, "%s is not a curve; write it as the attribute %s=\"...\" of <%s>", child->name,
              child->name, n->name);
    return;
  }
  tw_list known = {0};
  for (k = 0; k < tw_params_of(t); k++)
    if (t->params[k].kind == TW_CURVE) tw_list_add(r->arena, &known, (void *)(uintptr_t)t->params[k].id);
  tw_report(r, TW_E_ELEMENT, child->where, path, "<%s> does not belong into <%s>%s", child->name, n->name,
            known.n ? tw_suggest(r, child->name, &known) : ", which has no curves");
}

static void take(tw_reader *r, const tw_xml_node *n, const tw_type *t, const char *path, tw_prototype *p) {
  for (int k = 0; k < n->n_attributes; k++) take_attribute(r, n, t, &n->attributes[k], path, p);
  for (const tw_xml_node *c = n->first; c; c = c->next) take_child(r, n, t, c, path, p->values);
}

static const tw_xml_node *part_of(tw_reader *r, const tw_xml_node *n, const char *path) {
  const tw_attribute *a = tw_attribute_find(n, "part");
  if (!a) return NULL;
  const tw_xml_node *part = tw_map_get(&r->parts, a->value);
  if (part) return part;
  tw_list known = {0};
  for (size_t k = 0; k < r->parts.room; k++)
    if (r->parts.keys[k]) tw_list_add(r->arena, &known, (void *)(uintptr_t)r->parts.keys[k]);
  tw_report(r, TW_E_PART, a->at, path, "there is no part \"%s\" in the catalogue%s", a->value, tw_suggest(r, a->value, &known));
  return NULL;
}

/* A circle of parts is told once, whichever of them it is entered by. */
static void report_circle(tw_reader *r, const tw_xml_node *const *parts, int n, const char *path) {
  bool new = true;
  for (int k = 0; k < n; k++) new = tw_first_at(r, TW_E_PART, parts[k]->where) && new;
  const tw_attribute *a = tw_attribute_find(parts[n - 1], "part");
  if (new) tw_report(r, TW_E_PART, a ? a->at : parts[n - 1]->where, path, "the part inherits from itself by way of part=\"%s\"",
                     a ? a->value : "");
  else r->structure_errors++;
}

/* The element, its part, that part's part ... as far as they can be followed. */
static int chain_of(tw_reader *r, const tw_xml_node *n, const tw_xml_node *part, const char *element, const char *path,
                    const tw_xml_node **chain) {
  int length = 0;
  chain[length++] = n;
  for (; part; part = part_of(r, part, path)) {
    for (int k = 0; k < length; k++)
      if (chain[k] == part || length == MAX_CHAIN) {
        report_circle(r, chain + k, length - k, path);
        return length;
      }
    if (strcmp(part->name, element)) {
      const tw_attribute *a = tw_attribute_find(chain[length - 1], "part");
      tw_report(r, TW_E_PART, a ? a->at : part->where, path, "the part \"%s\" is a <%s>, not a <%s>", a ? a->value : "",
                part->name, element);
      return length;
    }
    chain[length++] = part;
  }
  return length;
}

/* Values and the source of the nearest element that states one. */
static void fill(tw_reader *r, const tw_xml_node *const *chain, int length, const tw_type *t, const char *path, tw_prototype *p) {
  int n = tw_params_of(t);
  p->values = tw_alloc(r->arena, (size_t)n, sizeof *p->values);
  if (n) memcpy(p->values, tw_defaults_of(r, t), (size_t)n * sizeof *p->values);
  for (int k = length - 1; k >= 0; k--) {
    const char *source;
    tw_quality quality;
    take(r, chain[k], t, path, p);
    if (!tw_quality_read(r, chain[k], &source, &quality)) continue;
    p->source = source;
    p->quality = quality;
  }
}

const tw_prototype *tw_prototype_of(tw_reader *r, tw_xml_node *n, const tw_xml_node *replaced_by, const char *path) {
  for (tw_prototype *p = n->made; p; p = p->next)
    if (p->replaced_by == replaced_by) return p;
  tw_prototype *p = tw_alloc(r->arena, 1, sizeof *p);
  p->replaced_by = replaced_by;
  p->next = n->made;
  n->made = p;
  bool use = !strcmp(n->name, "use");
  int mistakes = r->structure_errors;
  const tw_xml_node *part = replaced_by ? replaced_by : part_of(r, n, path);
  const char *element = use ? (part ? part->name : NULL) : n->name;
  p->type = element ? tw_type_named(r, element) : NULL;
  if (!p->type) return p;
  const tw_xml_node *chain[MAX_CHAIN + 1];
  int length = chain_of(r, n, part, element, path, chain);
  p->flawed = r->structure_errors > mistakes;
  if (length > 1) {
    const tw_attribute *id = tw_attribute_find(chain[1], "id");
    p->part = id ? id->value : NULL;
  }
  fill(r, chain, length, p->type, path, p);
  return p;
}

bool tw_part_apply(tw_reader *r, const char *part, tw_entity *e) {
  tw_xml_node *n = tw_map_get(&r->parts, part);
  const tw_prototype *p = n ? tw_prototype_of(r, n, NULL, NULL) : NULL;
  if (!p || p->type != e->type) return false;
  memcpy(e->values, p->values, (size_t)tw_params_of(e->type) * sizeof *e->values);
  e->data = p->data;
  if (p->source || p->quality) {
    e->source = p->source;
    e->quality = p->quality;
  }
  return true;
}

void tw_references_apply(tw_reader *r, tw_entity *e) {
  for (int k = 0, n = tw_params_of(e->type); k < n; k++) {
    const tw_value *v = &e->values[k];
    tw_xml_node *part = e->type->params[k].kind == TW_REFERENCE && v->text ? tw_map_get(&r->parts, v->text) : NULL;
    const tw_prototype *from = part ? tw_prototype_of(r, part, NULL, NULL) : NULL;
    for (int j = 0; from && from->type && j < tw_params_of(from->type); j++) {
      int own = tw_param_named(e->type, from->type->params[j].id);
      if (own >= 0 && from->values[j].given && !e->values[own].given) e->values[own] = from->values[j];
    }
  }
}
