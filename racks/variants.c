/* The chosen variant with those it starts from, and the settings of the command line. */
#include "reader.h"
#include <string.h>

static const char *const ambient_path = "ambient.temperature";

static const char *text_of(const tw_xml_node *n, const char *name) {
  const tw_attribute *a = tw_attribute_find(n, name);
  return a ? a->value : NULL;
}

/* ---- reading ------------------------------------------------------------------------------------------------------------- */

static void add_setting(tw_reader *r, const tw_setting *what) {
  tw_setting *s = tw_alloc(r->arena, 1, sizeof *s);
  *s = *what;
  if (!strcmp(s->path, ambient_path)) {
    tw_attribute a = {.name = s->path, .value = s->value, .name_at = s->at, .at = s->value_at};
    tw_ambient_set(r, &a);
    return;
  }
  s->words = tw_alloc(r->arena, 1, sizeof *s->words);
  if (tw_path_split(r->arena, s->path, s->words, &s->param)) tw_list_add(r->arena, &r->settings, s);
  else tw_report(r, TW_E_SET, s->at, NULL, "\"%s\" is not the path of a parameter, such as \"tray[3].vrm.R_on\"", s->path);
}

static void read_set(tw_reader *r, const tw_xml_node *n) {
  tw_check_attributes(r, n, "set");
  tw_check_children(r, n, "set");
  const tw_attribute *at = tw_required(r, n, "at"), *value = tw_required(r, n, "value");
  if (at && value)
    add_setting(r, &(tw_setting){.path = at->value, .value = value->value, .at = at->at, .value_at = value->at, .node = n});
}

static const tw_xml_node *find_named(tw_reader *r, const tw_map *map, const tw_attribute *a, int code, const char *what) {
  const tw_xml_node *found = tw_map_get(map, a->value);
  if (found) return found;
  tw_list known = {0};
  for (size_t k = 0; k < map->room; k++)
    if (map->keys[k]) tw_list_add(r->arena, &known, (void *)(uintptr_t)map->keys[k]);
  tw_report(r, code, a->at, NULL, "there is no %s \"%s\"%s", what, a->value, tw_suggest(r, a->value, &known));
  return NULL;
}

static void read_replace(tw_reader *r, const tw_xml_node *n) {
  tw_check_attributes(r, n, "replace");
  tw_check_children(r, n, "replace");
  const tw_attribute *use = tw_required(r, n, "use"), *part = tw_attribute_find(n, "part");
  const tw_attribute *assembly = tw_attribute_find(n, "assembly");
  if (!part == !assembly) {
    tw_report(r, TW_E_VARIANT, n->where, NULL, "<replace> needs either part=\"...\" or assembly=\"...\"");
    return;
  }
  tw_replacement *c = tw_alloc(r->arena, 1, sizeof *c);
  if (part) c->part = find_named(r, &r->parts, part, TW_E_PART, "part");
  else c->assembly = find_named(r, &r->assemblies, assembly, TW_E_ASSEMBLY, "assembly");
  if (!use || (!c->part && !c->assembly)) return;
  c->node = n;
  c->path = use->value;
  c->at = use->at;
  c->words = tw_alloc(r->arena, 1, sizeof *c->words);
  if (tw_path_parse(r->arena, use->value, c->words)) tw_list_add(r->arena, &r->replacements, c);
  else tw_report(r, TW_E_PATH, use->at, NULL, "\"%s\" is not a path, such as \"tray.vrm\"", use->value);
}

static void read_variant(tw_reader *r, tw_xml_node *v) {
  for (tw_xml_node *n = v->first; n; n = n->next) {
    if (!strcmp(n->name, "set")) read_set(r, n);
    else if (!strcmp(n->name, "replace")) read_replace(r, n);
    else if (!strcmp(n->name, "limit")) tw_list_add(r->arena, &r->limit_list, n);
    else if (!strcmp(n->name, "ambient")) tw_ambient_read(r, n);
  }
}

/* The variant that v starts from, NULL for the model itself ("base", unless a variant has that name). */
static tw_xml_node *base_of(tw_reader *r, const tw_xml_node *v) {
  const tw_attribute *a = tw_attribute_find(v, "base");
  tw_xml_node *base = a ? tw_map_get(&r->variants, a->value) : NULL;
  if (a && !base && strcmp(a->value, "base")) find_named(r, &r->variants, a, TW_E_VARIANT, "variant");
  return base;
}

/* A variant of the circle into which v leads by its bases, v itself if it is one of them; NULL when there is none. */
static const tw_xml_node *circle_of(tw_reader *r, const tw_xml_node *v) {
  const tw_xml_node *slow = v, *fast = v;
  while (fast && (fast = base_of(r, fast)) && (fast = base_of(r, fast)))
    if ((slow = base_of(r, slow)) == fast) return fast;
  return NULL;
}

/* Each circle is told once. */
static void report_circle(tw_reader *r, const tw_xml_node *v, tw_map *told) {
  const char *way = "";
  if (!v || tw_map_get(told, text_of(v, "id"))) return;
  for (const tw_xml_node *n = v; tw_map_put(r->arena, told, text_of(n, "id"), r); n = base_of(r, n))
    if (n != v) way = tw_printf(r->arena, "%s%s \"%s\"", way, *way ? "," : " by way of", text_of(n, "id"));
  tw_report(r, TW_E_VARIANT, tw_attribute_find(v, "base")->at, NULL, "the variant \"%s\" starts from itself%s", text_of(v, "id"),
            way);
}

static void check_all(tw_reader *r) {
  tw_description *m = &r->m->pub;
  tw_map told = {0};
  m->variants = tw_alloc(r->arena, (size_t)r->variant_list.n, sizeof *m->variants);
  for (int k = 0; k < r->variant_list.n; k++) {
    const tw_xml_node *v = r->variant_list.at[k];
    m->variants[m->n_variants++] = text_of(v, "id");
    tw_check_attributes(r, v, "variant");
    tw_check_children(r, v, "variant");
    report_circle(r, circle_of(r, v), &told);
  }
}

static void read_chain(tw_reader *r, const char *name) {
  tw_xml_node *v = tw_map_get(&r->variants, name);
  if (!v && strcmp(name, "base")) {
    tw_list known = {0};
    for (int k = 0; k < r->m->pub.n_variants; k++) tw_list_add(r->arena, &known, (void *)(uintptr_t)r->m->pub.variants[k]);
    tw_report(r, TW_E_VARIANT, (tw_where){0}, NULL, "there is no variant \"%s\"%s", name, tw_suggest(r, name, &known));
  }
  tw_list chain = {0};
  if (v && circle_of(r, v)) return;
  for (; v; v = base_of(r, v)) tw_list_add(r->arena, &chain, v);
  for (int k = chain.n - 1; k >= 0; k--) read_variant(r, chain.at[k]);
}

static void read_option(tw_reader *r, const char *option) {
  const char *equals = strchr(option, '=');
  if (equals && equals > option) {
    const char *path = tw_printf(r->arena, "%.*s", (int)(equals - option), option);
    add_setting(r, &(tw_setting){.path = path, .value = tw_strdup(r->arena, equals + 1)});
    return;
  }
  tw_report(r, TW_E_SET, (tw_where){0}, NULL, "--set %s: write path=value, such as --set \"cdu.T_supply=32 degC\"", option);
}

void tw_variants_read(tw_reader *r) {
  const tw_read_options *o = r->options;
  check_all(r);
  if (o && o->variant) {
    r->m->pub.variant = tw_strdup(r->arena, o->variant);
    read_chain(r, r->m->pub.variant);
  }
  for (int k = 0; o && k < o->n_sets; k++) read_option(r, o->sets[k]);
}

/* ---- use ------------------------------------------------------------------------------------------------------------------- */

static bool names(const tw_model *m, int entity, const tw_path *p) {
  return !strcmp(p->words[p->n - 1].id, m->entities[entity].id) && tw_path_is(m, entity, p);
}

/* A part takes the place of one for the same element, an assembly that of an assembly. */
static bool fits(tw_reader *r, const tw_replacement *c, const tw_xml_node *n) {
  bool use = !strcmp(n->name, "use");
  const char *part = text_of(n, "part");
  const tw_xml_node *old = part ? tw_map_get(&r->parts, part) : NULL;
  bool by_assembly = use && text_of(n, "assembly");
  const char *element = by_assembly ? NULL : use ? (old ? old->name : NULL) : n->name;
  if (c->assembly && by_assembly) return true;
  if (c->part && (!element || !strcmp(element, c->part->name)) && !by_assembly) return true;
  if (by_assembly)
    tw_report(r, TW_E_VARIANT, c->at, NULL, "\"%s\" is an assembly, which only an assembly can replace", c->path);
  else if (c->assembly)
    tw_report(r, TW_E_VARIANT, c->at, NULL, "\"%s\" is a <%s>, which an assembly cannot replace", c->path,
              element ? element : "");
  else
    tw_report(r, TW_E_VARIANT, c->at, NULL, "\"%s\" is a <%s>; the part \"%s\" is a <%s>", c->path, element,
              text_of(c->part, "id"), c->part->name);
  return false;
}

const tw_replacement *tw_replacement_for(tw_reader *r, int entity) {
  const tw_replacement *found = NULL;
  for (int k = 0; k < r->replacements.n; k++) {
    tw_replacement *c = r->replacements.at[k];
    if (!names(r->m, entity, c->words)) continue;
    c->done++;
    if (fits(r, c, r->m->entities[entity].node)) found = c;
  }
  return found;
}

void tw_settings_apply(tw_reader *r, int entity) {
  for (int k = 0; k < r->settings.n; k++) {
    tw_setting *s = r->settings.at[k];
    if (!names(r->m, entity, s->words)) continue;
    tw_entity *e = &r->m->entities[entity];
    int param = e->type ? tw_param_named(e->type, s->param) : -1;
    s->matched = entity + 1;
    if (e->broken || param >= 0) s->done++;
    if (param < 0) continue;
    tw_value *v = &e->values[param];
    tw_value_read(r, &e->type->params[param], s->value, s->value_at, e->path, v);
    if (s->node) tw_quality_read(r, s->node, &v->source, &v->quality);
  }
}

static void explain(tw_reader *r, const tw_setting *s) {
  if (!s->matched) {
    const char *why = tw_path_why(r, -1, s->words, s->path);
    if (why) tw_report(r, TW_E_PATH, s->at, NULL, "%s", why);
    return;
  }
  const tw_entity *e = &r->m->entities[s->matched - 1];
  tw_list known = {0};
  for (int k = 0; e->type && k < tw_params_of(e->type); k++)
    tw_list_add(r->arena, &known, (void *)(uintptr_t)e->type->params[k].id);
  if (!e->type) tw_report(r, TW_E_PARAMETER, s->at, NULL, "\"%s\": %s is an assembly, which has no parameters", s->path, e->path);
  else tw_report(r, TW_E_PARAMETER, s->at, NULL, "\"%s\": %s (%s) has no parameter \"%s\"%s", s->path, e->path, e->type->element,
                 s->param, tw_suggest(r, s->param, &known));
}

void tw_settings_check(tw_reader *r) {
  for (int k = 0; k < r->settings.n; k++) {
    const tw_setting *s = r->settings.at[k];
    if (!s->done) explain(r, s);
  }
  for (int k = 0; k < r->replacements.n; k++) {
    const tw_replacement *c = r->replacements.at[k];
    const char *why = c->done ? NULL : tw_path_why(r, -1, c->words, c->path);
    if (why) tw_report(r, TW_E_PATH, c->at, NULL, "%s", why);
  }
}
