/* The frame of the schema: the elements of the grammar, and what must be unique. */
#include "schema.h"
#include "schema_internal.h"
#include <string.h>

static const char *about =
    "A rack as RackTwin reads it. Written by `racktwin schema` from the tables that the reader checks by. The reader checks "
    "more: what names and paths refer to, ranges, ports, and what one attribute demands of another.";

/* ---- names that must be unique ----------------------------------------------------------------------------------- */

static void write_unique(tw_schema_writer *w, const char *name, const char *selector) {
  tw_schema_line(w, "<xs:unique name=\"%s\">", name);
  tw_schema_line(w, "<xs:selector xpath=\"%s\"/>", selector);
  tw_schema_line(w, "<xs:field xpath=\"@id\"/>");
  tw_schema_line(w, "</xs:unique>");
}

/* Components and, where they may stand there, uses; with those in racks where racks may. */
static const char *instances(tw_schema_writer *w, const tw_element_rule *e) {
  bool use = tw_word_in(e->children, "use", 3, ' '), rack = tw_word_in(e->children, "rack", 4, ' ');
  const char *text = use ? rack ? "tw:use|tw:rack/tw:use" : "tw:use" : "";
  for (const tw_type *const *t = tw_registry; *t; t++) {
    text = tw_printf(w->arena, "%s%stw:%s", text, *text ? "|" : "", (*t)->element);
    if (rack) text = tw_printf(w->arena, "%s|tw:rack/tw:%s", text, (*t)->element);
  }
  return text;
}

static void write_uniques(tw_schema_writer *w, const tw_element_rule *e) {
  static const char *const named[] = {"assembly", "medium", "workload", "scenario", "variant", "rack", "port"};
  if (!e->components || !strcmp(e->element, "rack")) return;
  write_unique(w, tw_printf(w->arena, "%s.instances", e->element), instances(w, e));
  for (int k = 0; k < TW_COUNT(named); k++) {
    bool apart = !strcmp(e->element, "assembly") && !strcmp(named[k], "rack"); /* racks in assemblies are not named by paths */
    if (tw_word_in(e->children, named[k], strlen(named[k]), ' ') && !apart)
      write_unique(w, tw_printf(w->arena, "%s.%s", e->element, named[k]), tw_printf(w->arena, "tw:%s", named[k]));
  }
}

static bool has_uniques(const tw_element_rule *e) { return e->components && strcmp(e->element, "rack"); }

/* An element with a fixed name; one with uniques is declared once, because their names must be. */
static void write_element(tw_schema_writer *w, const char *name, const char *type) {
  const tw_element_rule *e = tw_rule_of(name);
  tw_schema_line(w, "<xs:element name=\"%s\" type=\"tw:%s\">", name, type);
  tw_schema_doc(w, e->doc);
  write_uniques(w, e);
  tw_schema_line(w, "</xs:element>");
}

/* ---- types of the grammar's elements ----------------------------------------------------------------------------- */

static void write_child(tw_schema_writer *w, const char *name) {
  if (!strcmp(name, "catalogue")) tw_schema_line(w, "<xs:element ref=\"tw:catalogue\"/>");
  else if (has_uniques(tw_rule_of(name))) tw_schema_line(w, "<xs:group ref=\"tw:element.%s\"/>", name);
  else write_element(w, name, name);
}

static void write_children(tw_schema_writer *w, const tw_element_rule *e) {
  tw_list children = tw_words_of(w->arena, e->children, ' ');
  tw_schema_line(w, "<xs:choice minOccurs=\"0\" maxOccurs=\"unbounded\">");
  for (int k = 0; k < children.n; k++) write_child(w, children.at[k]);
  for (const tw_param *p = e->params; p && p->id; p++) {
    tw_schema_line(w, "<xs:element name=\"%s\" type=\"tw:%s\">", p->id, tw_schema_curve(w, p));
    tw_schema_doc(w, tw_printf(w->arena, "%s over temperature", p->doc));
    tw_schema_line(w, "</xs:element>");
  }
  if (e->components) tw_schema_line(w, "<xs:group ref=\"tw:components\"/>");
  if (e->includes) tw_schema_line(w, "<xs:any namespace=\"http://www.w3.org/2001/XInclude\" processContents=\"lax\"/>");
  tw_schema_line(w, "</xs:choice>");
}

static void write_between(tw_schema_writer *w, bool phases) {
  tw_schema_line(w, "<xs:choice minOccurs=\"0\" maxOccurs=\"unbounded\">");
  if (phases) write_child(w, "phase");
  write_child(w, "title");
  write_child(w, "repeat");
  tw_schema_line(w, "</xs:choice>");
}

/* Either phases or one trace, with what else may stand between. */
static void write_workload(tw_schema_writer *w) {
  static const char *const first[] = {"phase", "trace"};
  tw_schema_line(w, "<xs:sequence>");
  write_between(w, false);
  tw_schema_line(w, "<xs:choice>");
  for (int k = 0; k < TW_COUNT(first); k++) {
    tw_schema_line(w, "<xs:sequence>");
    write_child(w, first[k]);
    write_between(w, k == 0);
    tw_schema_line(w, "</xs:sequence>");
  }
  tw_schema_line(w, "</xs:choice>");
  tw_schema_line(w, "</xs:sequence>");
}

static void write_attributes(tw_schema_writer *w, const tw_element_rule *e, bool id_required) {
  const tw_attribute_rule *tables[] = {e->attributes, e->more};
  for (int k = 0; k < TW_COUNT(tables); k++)
    for (const tw_attribute_rule *a = tables[k]; a && a->name; a++)
      tw_schema_attribute(w, a, a->required && (id_required || strcmp(a->name, "id")));
  for (const tw_param *p = e->params; p && p->id; p++) tw_schema_param(w, p);
  if (strcmp(e->element, "phase")) return;
  tw_list kinds = tw_kinds_of(w->arena, tw_registry);
  for (int k = 0; k < kinds.n; k++)
    tw_schema_line(w, "<xs:attribute name=\"%s\" type=\"%s\"/>", (const char *)kinds.at[k], tw_schema_quantity(w, "1"));
}

static void write_type(tw_schema_writer *w, const tw_element_rule *e, const char *name, bool id_required) {
  bool title = !strcmp(e->element, "title"), children = *e->children || e->components || e->params;
  tw_schema_line(w, "<xs:complexType name=\"%s\">", name);
  if (!strcmp(e->element, "workload")) {
    write_workload(w);
  } else if (children) {
    write_children(w, e);
  } else {
    tw_schema_line(w, "<xs:simpleContent>");
    tw_schema_line(w, "<xs:extension base=\"%s\">", title ? "xs:string" : "tw:form.blank");
  }
  write_attributes(w, e, id_required);
  if (!children) {
    tw_schema_line(w, "</xs:extension>");
    tw_schema_line(w, "</xs:simpleContent>");
  }
  tw_schema_line(w, "</xs:complexType>");
}

/* "use" is written from the registry; "include" belongs to another namespace; the last two are no elements. */
static bool written_apart(const char *name) { return tw_word_in("use include component curve", name, strlen(name), ' '); }

static void write_grammar(tw_schema_writer *w) {
  for (const tw_element_rule *e = tw_grammar; e->element; e++) {
    if (written_apart(e->element)) continue;
    write_type(w, e, e->element, true);
    if (!has_uniques(e) || tw_word_in("racktwin catalogue", e->element, strlen(e->element), ' ')) continue;
    tw_schema_line(w, "<xs:group name=\"element.%s\">", e->element);
    tw_schema_line(w, "<xs:choice>");
    write_element(w, e->element, e->element);
    tw_schema_line(w, "</xs:choice>");
    tw_schema_line(w, "</xs:group>");
  }
  write_type(w, tw_rule_of("scenario"), "scenario-file", false); /* its name is that of the file */
}

void tw_schema_write(FILE *out, const char *version) {
  tw_schema_writer w = {.out = out, .arena = tw_arena_new()};
  tw_schema_line(&w, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
  tw_schema_line(&w, "<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" xmlns:tw=\"urn:racktwin:1\" "
                     "targetNamespace=\"urn:racktwin:1\" elementFormDefault=\"qualified\" version=\"%s\">", version);
  tw_schema_doc(&w, about);
  write_element(&w, "racktwin", "racktwin");
  write_element(&w, "catalogue", "catalogue");
  write_element(&w, "scenario", "scenario-file");
  write_grammar(&w);
  tw_schema_components_write(&w);
  tw_schema_use_write(&w);
  tw_schema_curves_write(&w);
  tw_schema_forms_write(&w);
  tw_schema_units_write(&w);
  tw_schema_line(&w, "</xs:schema>");
  tw_arena_free(w.arena);
}
