/* The elements of the registry, and <use>, which may be any of them. */
#include "schema_internal.h"
#include <string.h>

/* ---- curves ------------------------------------------------------------------------------------------------------ */

typedef struct { const char *x_unit, *y_unit; } axes;

static const char *curve_name(tw_schema_writer *w, const axes *a) {
  return tw_printf(w->arena, "curve.%s-over-%s", tw_schema_unit(w, a->y_unit) + strlen("tw:unit."),
                   tw_schema_unit(w, a->x_unit) + strlen("tw:unit."));
}

static void curve_element(tw_schema_writer *w, const tw_param *p, const char *type) {
  tw_schema_line(w, "<xs:element name=\"%s\" type=\"tw:%s\">", p->id, type);
  tw_schema_doc(w, tw_printf(w->arena, "%s%s", p->doc, p->flags & TW_P_OPTIONAL ? " (optional)" : ""));
  tw_schema_line(w, "</xs:element>");
}

/* Without axes: any unit. */
static void write_curve(tw_schema_writer *w, const char *name, const axes *a) {
  tw_schema_line(w, "<xs:complexType name=\"%s\">", name);
  tw_schema_line(w, "<xs:simpleContent>");
  tw_schema_line(w, "<xs:extension base=\"tw:form.blank\">");
  for (const tw_attribute_rule *rule = tw_rule_of("curve")->attributes; rule->name; rule++) {
    const char *unit = !a ? NULL : !strcmp(rule->name, "x-unit") ? a->x_unit : !strcmp(rule->name, "y-unit") ? a->y_unit : NULL;
    if (unit) tw_schema_attribute_of(w, rule, tw_schema_unit(w, unit), rule->required);
    else tw_schema_attribute(w, rule, rule->required);
  }
  tw_schema_line(w, "</xs:extension>");
  tw_schema_line(w, "</xs:simpleContent>");
  tw_schema_line(w, "</xs:complexType>");
}

static axes *axes_of(tw_schema_writer *w, const tw_param *p) {
  axes *a = tw_alloc(w->arena, 1, sizeof *a);
  *a = (axes){p->x_unit ? p->x_unit : "1", p->unit ? p->unit : "1"};
  return a;
}

/* Notes the axes of a curve and returns the name of its type. */
const char *tw_schema_curve(tw_schema_writer *w, const tw_param *p) {
  axes *a = axes_of(w, p);
  const char *name = curve_name(w, a);
  for (int k = 0; k < w->curves.n; k++)
    if (!strcmp(curve_name(w, w->curves.at[k]), name)) return name;
  tw_list_add(w->arena, &w->curves, a);
  return name;
}

void tw_schema_curves_write(tw_schema_writer *w) {
  for (int k = 0; k < w->curves.n; k++) write_curve(w, curve_name(w, w->curves.at[k]), w->curves.at[k]);
  write_curve(w, "curve.any", NULL);
}

/* ---- content ----------------------------------------------------------------------------------------------------- */

static bool has_curves(const tw_param *p) {
  for (; p && p->id; p++)
    if (p->kind == TW_CURVE) return true;
  return false;
}

/* What has no child elements may hold blanks. */
static void open_type(tw_schema_writer *w, const char *name, bool children) {
  tw_schema_line(w, "<xs:complexType name=\"%s\">", name);
  if (children) return;
  tw_schema_line(w, "<xs:simpleContent>");
  tw_schema_line(w, "<xs:extension base=\"tw:form.blank\">");
}

static void close_type(tw_schema_writer *w, bool children) {
  if (!children) {
    tw_schema_line(w, "</xs:extension>");
    tw_schema_line(w, "</xs:simpleContent>");
  }
  tw_schema_line(w, "</xs:complexType>");
}

/* Own attributes first, then parameters, then what parts may say: as the reader takes them. */
static void write_component(tw_schema_writer *w, const tw_type *t) {
  const tw_element_rule *rule = tw_rule_of("component");
  bool curves = has_curves(t->params);
  open_type(w, t->element, curves);
  if (curves) {
    tw_schema_line(w, "<xs:choice minOccurs=\"0\" maxOccurs=\"unbounded\">");
    for (const tw_param *p = t->params; p->id; p++)
      if (p->kind == TW_CURVE) curve_element(w, p, tw_schema_curve(w, p));
    tw_schema_line(w, "</xs:choice>");
  }
  tw_schema_line(w, "<xs:attributeGroup ref=\"tw:instance\"/>");
  for (const tw_param *p = t->params; p && p->id; p++)
    if (p->kind != TW_CURVE && !tw_listed(rule->attributes, p->id)) tw_schema_param(w, p);
  for (const tw_attribute_rule *a = rule->more; a->name; a++)
    if (tw_param_named(t, a->name) < 0) tw_schema_attribute(w, a, false);
  close_type(w, curves);
}

void tw_schema_components_write(tw_schema_writer *w) {
  tw_schema_line(w, "<xs:group name=\"components\">");
  tw_schema_line(w, "<xs:choice>");
  for (const tw_type *const *t = tw_registry; *t; t++) {
    tw_schema_line(w, "<xs:element name=\"%s\" type=\"tw:%s\">", (*t)->element, (*t)->element);
    tw_schema_doc(w, (*t)->title);
    tw_schema_line(w, "</xs:element>");
  }
  tw_schema_line(w, "</xs:choice>");
  tw_schema_line(w, "</xs:group>");
  tw_schema_line(w, "<xs:attributeGroup name=\"instance\">");
  for (const tw_attribute_rule *a = tw_rule_of("component")->attributes; a->name; a++) tw_schema_attribute(w, a, a->required);
  tw_schema_line(w, "</xs:attributeGroup>");
  for (const tw_type *const *t = tw_registry; *t; t++) write_component(w, *t);
}

/* ---- use --------------------------------------------------------------------------------------------------------- */

/* Every parameter of the registry that is (or is not) a curve, once for each name. */
static tw_list all_params(tw_schema_writer *w, bool curves) {
  tw_list l = {0};
  tw_map seen = {0};
  for (const tw_type *const *t = tw_registry; *t; t++)
    for (const tw_param *p = (*t)->params; p && p->id; p++)
      if ((p->kind == TW_CURVE) == curves && tw_map_put(w->arena, &seen, p->id, w))
        tw_list_add(w->arena, &l, (void *)(uintptr_t)p);
  return l;
}

/* A parameter by its name only: what any element takes under it. */
static void write_any(tw_schema_writer *w, const char *id) {
  const char *members = "";
  tw_map seen = {0};
  tw_schema_line(w, "<xs:attribute name=\"%s\">", id);
  tw_schema_line(w, "<xs:simpleType>");
  tw_list unnamed = {0};
  for (const tw_type *const *t = tw_registry; *t; t++) {
    int k = tw_param_named(*t, id);
    const tw_param *p = k < 0 || (*t)->params[k].kind == TW_CURVE ? NULL : &(*t)->params[k];
    const char *name = p ? tw_schema_param_named(w, p) : NULL;
    if (p && !name) tw_list_add(w->arena, &unnamed, (void *)(uintptr_t)p);
    if (name && tw_map_put(w->arena, &seen, name, w))
      members = tw_printf(w->arena, "%s%s%s", members, *members ? " " : "", name);
  }
  tw_schema_line(w, "<xs:union%s>", *members ? tw_printf(w->arena, " memberTypes=\"%s\"", members) : "");
  for (int k = 0; k < unnamed.n; k++) tw_schema_param_type(w, unnamed.at[k]);
  tw_schema_line(w, "</xs:union>");
  tw_schema_line(w, "</xs:simpleType>");
  tw_schema_line(w, "</xs:attribute>");
}

void tw_schema_use_write(tw_schema_writer *w) {
  const tw_element_rule *component = tw_rule_of("component"), *use = tw_rule_of("use");
  tw_list curves = all_params(w, true), params = all_params(w, false);
  tw_schema_line(w, "<xs:complexType name=\"use\">");
  tw_schema_doc(w, tw_printf(w->arena, "%s With part, the parameters of its element may stand here, too.", use->doc));
  tw_schema_line(w, "<xs:choice minOccurs=\"0\" maxOccurs=\"unbounded\">");
  for (int k = 0; k < curves.n; k++) curve_element(w, curves.at[k], "curve.any");
  tw_schema_line(w, "</xs:choice>");
  for (const tw_attribute_rule *a = use->attributes; a->name; a++) tw_schema_attribute(w, a, a->required);
  for (const tw_attribute_rule *a = component->more; a->name; a++)
    if (!tw_attribute_rule_of(use, a->name)) tw_schema_attribute(w, a, false);
  for (int k = 0; k < params.n; k++) {
    const tw_param *p = params.at[k];
    if (!tw_attribute_rule_of(use, p->id) && !tw_listed(component->more, p->id)) write_any(w, p->id);
  }
  tw_schema_line(w, "</xs:complexType>");
}
