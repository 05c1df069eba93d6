/* <limit of="path.quantity" max= min=>. */
#include "reader.h"
#include <math.h>
#include <string.h>

typedef struct { tw_reader *r; const char *quantity, *unit; int items, found, mixed; int item; } output_search;

static void take(void *ctx, int entity) {
  output_search *s = ctx;
  const tw_entity *e = &s->r->m->entities[entity];
  if (!e->type) {
    s->found += e->broken;
    return;
  }
  s->items++;
  s->item = entity;
  int k = tw_output_named(e->type, s->quantity);
  if (k < 0) return;
  const char *unit = e->type->outputs[k].unit;
  s->mixed += s->unit && strcmp(s->unit, unit);
  s->unit = unit;
  s->found++;
}

static void explain(tw_reader *r, const tw_attribute *of, const tw_path *p, const output_search *s) {
  if (!s->items) {
    const char *why = tw_path_why(r, -1, p, of->value);
    if (why)
      tw_report(r, TW_E_PATH, of->at, NULL, "%s", why);
    else if (!tw_failed(r))
      tw_report(r, TW_E_LIMIT, of->at, NULL, "\"%s\" is of an assembly; a limit is of one of its parts", of->value);
    return;
  }
  const tw_entity *e = &r->m->entities[s->item];
  tw_list known = {0};
  for (int k = 0; e->type->outputs && e->type->outputs[k].id; k++)
    tw_list_add(r->arena, &known, (void *)(uintptr_t)e->type->outputs[k].id);
  tw_report(r, TW_E_PARAMETER, of->at, NULL, "\"%s\": %s (%s) has no output \"%s\"%s", of->value, e->path, e->type->element,
            s->quantity, tw_suggest(r, s->quantity, &known));
}

/* A later limit (of a variant) takes the place of an earlier one. */
static void add(tw_reader *r, const tw_xml_node *n, const tw_attribute *of, const tw_attribute *bound, tw_sense sense,
                const char *unit) {
  tw_description *m = &r->m->pub;
  double x = tw_quantity_read(r, bound, unit, 0.0, 0.0, TW_E_VALUE);
  if (isnan(x)) return;
  tw_limit_rule rule = {.of = of->value, .sense = sense, .value = x, .unit = unit, .where = n->where};
  tw_quality_read(r, n, &rule.source, &rule.quality);
  int k = 0;
  while (k < m->n_limits && (strcmp(m->limits[k].of, rule.of) || m->limits[k].sense != sense)) k++;
  m->limits[k] = rule;
  if (k == m->n_limits) m->n_limits++;
}

static void read_limit(tw_reader *r, const tw_xml_node *n) {
  tw_check_attributes(r, n, "limit");
  tw_check_children(r, n, "limit");
  const tw_attribute *of = tw_required(r, n, "of"), *max = tw_attribute_find(n, "max"), *min = tw_attribute_find(n, "min");
  if (!max && !min) tw_report(r, TW_E_LIMIT, n->where, NULL, "<limit> needs max=\"...\" or min=\"...\"");
  if (!of) return;
  tw_path p;
  output_search s = {.r = r};
  if (!tw_path_split(r->arena, of->value, &p, &s.quantity)) {
    tw_report(r, TW_E_LIMIT, of->at, NULL, "\"%s\" is not the path of a quantity, such as \"tray.gpu.T_junction\"", of->value);
    return;
  }
  tw_path_find(r->m, -1, &p, take, &s);
  if (!s.found) {
    explain(r, of, &p, &s);
  } else if (s.mixed) {
    tw_report(r, TW_E_LIMIT, of->at, NULL, "\"%s\" names quantities of different units; write one limit for each", of->value);
  } else if (s.unit) {
    if (max) add(r, n, of, max, TW_AT_MOST, s.unit);
    if (min) add(r, n, of, min, TW_AT_LEAST, s.unit);
  }
}

void tw_limits_read(tw_reader *r) {
  r->m->pub.limits = tw_alloc(r->arena, 2 * (size_t)r->limit_list.n, sizeof *r->m->pub.limits);
  for (int k = 0; k < r->limit_list.n; k++) read_limit(r, r->limit_list.at[k]);
}
