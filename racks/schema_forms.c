/* Attributes and the forms of their texts. */
#include "schema_internal.h"
#include "units.h"
#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>

/* ---- lines ------------------------------------------------------------------------------------------------------- */

void tw_schema_line(tw_schema_writer *w, const char *format, ...) {
  va_list list, again;
  va_start(list, format);
  va_copy(again, list);
  int n = vsnprintf(NULL, 0, format, list);
  char *text = tw_alloc(w->arena, (size_t)n + 1, 1);
  vsnprintf(text, (size_t)n + 1, format, again);
  va_end(again);
  va_end(list);
  bool closes = !strncmp(text, "</", 2), opens = !closes && !strstr(text, "</") && n > 1 && text[n - 2] != '/' && text[1] != '?';
  w->depth -= closes;
  fprintf(w->out, "%*s%s\n", 2 * w->depth, "", text);
  w->depth += opens;
}

const char *tw_schema_escaped(tw_schema_writer *w, const char *text) {
  static const struct { char c; const char *with; } table[] = {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}};
  char *out = tw_alloc(w->arena, 6 * strlen(text) + 1, 1), *to = out;
  for (; *text; text++) {
    const char *with = NULL;
    for (int k = 0; k < TW_COUNT(table); k++)
      if (table[k].c == *text) with = table[k].with;
    if (!with) *to++ = *text;
    else memcpy(to, with, strlen(with)), to += strlen(with);
  }
  return out;
}

void tw_schema_doc(tw_schema_writer *w, const char *text) {
  tw_schema_line(w, "<xs:annotation>");
  tw_schema_line(w, "<xs:documentation xml:lang=\"en\">%s</xs:documentation>", tw_schema_escaped(w, text));
  tw_schema_line(w, "</xs:annotation>");
}

/* ---- simple types ------------------------------------------------------------------------------------------------ */

static void words(tw_schema_writer *w, const char *name, const char *choices) {
  tw_list l = tw_words_of(w->arena, choices, '|');
  tw_schema_line(w, "<xs:simpleType%s>", name);
  tw_schema_line(w, "<xs:restriction base=\"xs:string\">");
  for (int k = 0; k < l.n; k++) tw_schema_line(w, "<xs:enumeration value=\"%s\"/>", (const char *)l.at[k]);
  tw_schema_line(w, "</xs:restriction>");
  tw_schema_line(w, "</xs:simpleType>");
}

static void whole(tw_schema_writer *w, double lo, double hi) {
  bool bounded = lo < hi || (lo == hi && lo != 0.0);
  tw_schema_line(w, "<xs:simpleType>");
  tw_schema_line(w, "<xs:restriction base=\"xs:integer\">");
  if (bounded && isfinite(lo)) tw_schema_line(w, "<xs:minInclusive value=\"%.0f\"/>", lo);
  if (bounded && isfinite(hi)) tw_schema_line(w, "<xs:maxInclusive value=\"%.0f\"/>", hi);
  tw_schema_line(w, "</xs:restriction>");
  tw_schema_line(w, "</xs:simpleType>");
}

static const char *range_of(tw_schema_writer *w, double lo, double hi, const char *unit) {
  char from[64], to[64];
  return tw_printf(w->arena, " %s .. %s.", tw_display(lo, unit, from, sizeof from), tw_display(hi, unit, to, sizeof to));
}

/* ---- attributes of the grammar ----------------------------------------------------------------------------------- */

static const char *form_type(tw_schema_writer *w, const tw_attribute_rule *a) {
  switch (a->form) {
    case TW_G_TEXT: return "xs:string";
    case TW_G_FILLED: return "tw:form.filled";
    case TW_G_ID: case TW_G_NAME: return "tw:form.id";
    case TW_G_PATH: return "tw:form.path";
    case TW_G_PATHS: return "tw:form.paths";
    case TW_G_PORT: return "tw:form.port";
    case TW_G_PORTS: return "tw:form.ports";
    case TW_G_FIGURE: return "tw:form.figure";
    case TW_G_PATH_GLOB: return "tw:form.path-glob";
    case TW_G_FIGURE_GLOB: return "tw:form.figure-glob";
    case TW_G_QUANTITY: return tw_schema_quantity(w, a->unit);
    case TW_G_PRICE: return "tw:form.price";
    case TW_G_BOUND: return "tw:quantity.any";
    case TW_G_PLACES: return "tw:form.places";
    case TW_G_UNIT: return "tw:unit.any";
    case TW_G_POINTS: return "tw:form.points";
    case TW_G_WORD: return a->choices == tw_qualities ? "tw:form.quality" : NULL;
    case TW_G_WHOLE: break;
  }
  return NULL;
}

void tw_schema_attribute(tw_schema_writer *w, const tw_attribute_rule *a, bool required) {
  tw_schema_attribute_of(w, a, form_type(w, a), required);
}

void tw_schema_attribute_of(tw_schema_writer *w, const tw_attribute_rule *a, const char *type, bool required) {
  const char *of_type = type ? tw_printf(w->arena, " type=\"%s\"", type) : "";
  const char *dflt = a->dflt ? tw_printf(w->arena, " default=\"%s\"", a->dflt) : "";
  tw_schema_line(w, "<xs:attribute name=\"%s\"%s%s%s>", a->name, of_type, required ? " use=\"required\"" : "", dflt);
  const char *within = a->form == TW_G_QUANTITY ? range_of(w, a->lo, a->hi, a->unit) : "";
  tw_schema_doc(w, tw_printf(w->arena, "%s%s", a->doc, within));
  if (a->form == TW_G_WHOLE) whole(w, a->lo, a->hi);
  else if (!type) words(w, "", a->choices);
  tw_schema_line(w, "</xs:attribute>");
}

/* ---- parameters -------------------------------------------------------------------------------------------------- */

const char *tw_schema_param_named(tw_schema_writer *w, const tw_param *p) {
  switch (p->kind) {
    case TW_NUMBER: return tw_schema_quantity(w, p->unit);
    case TW_MEDIUM: case TW_REFERENCE: return "tw:form.id";
    case TW_TEXT: return "xs:string";
    case TW_INTEGER: case TW_ENUM: case TW_CURVE: break;
  }
  return NULL;
}

void tw_schema_param_type(tw_schema_writer *w, const tw_param *p) {
  if (p->kind == TW_INTEGER) whole(w, p->lo, p->hi);
  else words(w, "", p->choices);
}

static const char *range(tw_schema_writer *w, const tw_param *p) {
  if (p->kind == TW_REFERENCE) return tw_printf(w->arena, " The id of a part <%s>.", p->choices ? p->choices : "");
  if (p->kind == TW_MEDIUM) return " water, air, pgNN, mpgNN, or the id of a <medium>.";
  if (p->kind != TW_NUMBER || !(p->lo < p->hi)) return "";
  return range_of(w, p->lo, p->hi, p->unit ? p->unit : "1");
}

/* The default is told, not given as default=: a tool that fills it in would hide the figure of the element's part. */
void tw_schema_param(tw_schema_writer *w, const tw_param *p) {
  const char *type = tw_schema_param_named(w, p);
  tw_schema_line(w, "<xs:attribute name=\"%s\"%s>", p->id, type ? tw_printf(w->arena, " type=\"%s\"", type) : "");
  const char *absent = p->dflt ? tw_printf(w->arena, " Default %s, where no part says otherwise.", p->dflt)
                       : p->flags & TW_P_OPTIONAL ? " Optional." : " Must be given, here or by the part.";
  const char *source = p->source ? tw_printf(w->arena, " [%s]", p->source) : "";
  const char *doc = p->doc ? p->doc : p->id;
  tw_schema_line(w, "<xs:annotation>");
  const char *text = tw_printf(w->arena, "%c%s.%s%s%s", toupper((unsigned char)*doc), doc + 1, range(w, p), absent, source);
  tw_schema_line(w, "<xs:documentation xml:lang=\"en\">%s</xs:documentation>", tw_schema_escaped(w, text));
  if (p->dflt) tw_schema_line(w, "<xs:appinfo source=\"urn:racktwin:default\">%s</xs:appinfo>", tw_schema_escaped(w, p->dflt));
  tw_schema_line(w, "</xs:annotation>");
  if (!type) tw_schema_param_type(w, p);
  tw_schema_line(w, "</xs:attribute>");
}

/* ---- shared forms ------------------------------------------------------------------------------------------------ */

#define WORD "[A-Za-z0-9_\\-]+"
#define INDEX "(\\[0*[1-9][0-9]{0,6}\\])?"
#define STEP WORD INDEX
#define GLOB "[A-Za-z0-9_*\\-]+" INDEX
#define PATH STEP "(\\." STEP ")*"
#define PORT STEP "(\\." STEP ")+"
#define PLACE "0*[1-9][0-9]*(\\.\\.0*[1-9][0-9]*)?"
#define AMOUNT "\\+?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+\\-]?[0-9]+)?"
#define NUMBER "[+\\-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+\\-]?[0-9]+)?"
#define PAIR NUMBER "[\\s,]+" NUMBER

void tw_schema_forms_write(tw_schema_writer *w) {
  static const struct { const char *name, *pattern, *doc; } forms[] = {
      {"id", "[A-Za-z0-9][A-Za-z0-9_\\-]*", "Letters, digits, '-' and '_', the first a letter or digit."},
      {"filled", NULL, "Any text but the empty one."},
      {"blank", "\\s*", "Nothing: data is in attributes."},
      {"path", PATH, "Ids from the outside in, as in tray[3].gpu[1]; an omitted index means all."},
      {"paths", " *" PATH "( +" PATH ")* *", "One or several paths, separated by spaces."},
      {"port", PORT, "Path of a port, as in tray.vrm.in or bus.tap[3]."},
      {"ports", " *" PORT "( +" PORT ")* *", "One or several ports, separated by spaces."},
      {"figure", "(" STEP "\\.)+" WORD, "Path of a parameter or quantity, as in tray[3].gpu.T_junction."},
      {"path-glob", GLOB "(\\." GLOB ")*", "Path of a component; * stands for any part of it, as in tray.*.ibc."},
      {"figure-glob", "(" GLOB "\\.)+" WORD, "Path of a parameter; * stands for any part of its component's path."},
      {"places", PLACE "([ ,]+" PLACE ")*[ ,]*", "Units of a rack from its foot, as in 3 or 8..17 27..34."},
      {"price", "\\s*" AMOUNT "\\s*[A-Z]{3}\\s*", "Amount and currency, as in 1200 USD."},
      {"points", "[\\s,]*" PAIR "([\\s,]*;[\\s,]*" PAIR ")*[\\s,]*;?[\\s,]*", "x y; x y; ..."}};
  words(w, " name=\"form.quality\"", tw_qualities);
  for (int k = 0; k < TW_COUNT(forms); k++) {
    tw_schema_line(w, "<xs:simpleType name=\"form.%s\">", forms[k].name);
    tw_schema_doc(w, forms[k].doc);
    tw_schema_line(w, "<xs:restriction base=\"xs:string\">");
    if (forms[k].pattern) tw_schema_line(w, "<xs:pattern value=\"%s\"/>", forms[k].pattern);
    else tw_schema_line(w, "<xs:minLength value=\"1\"/>");
    tw_schema_line(w, "</xs:restriction>");
    tw_schema_line(w, "</xs:simpleType>");
  }
}
