/* Mistakes of the reader, reported once each, and the checks that all elements share. */
#include "reader.h"
#include <ctype.h>
#include <string.h>

static bool is_new(tw_reader *r, int code, tw_where where, const char *text) {
  char *key = tw_printf(r->arena, "%d %s:%d:%d %s", code, where.file ? where.file : "", where.line, where.col, text);
  return tw_map_put(r->arena, &r->reported, key, key);
}

bool tw_first_at(tw_reader *r, int code, tw_where where) { return is_new(r, code, where, ""); }
bool tw_failed(const tw_reader *r) { return r->d->errors > r->errors_before; }

static char *format_text(tw_reader *r, const char *format, va_list list) {
  char text[1500];
  vsnprintf(text, sizeof text, format, list); /* what quotes a book is cut */
  return tw_strdup(r->arena, text);
}

void tw_report(tw_reader *r, int code, tw_where where, const char *path, const char *format, ...) {
  va_list list;
  va_start(list, format);
  char *text = format_text(r, format, list);
  va_end(list);
  if (code / 100 != 2 && code / 100 != 6) r->structure_errors++;
  if (is_new(r, code, where, text)) tw_diagnose(r->d, TW_ERROR, code, where, path, "%s", text);
}

void tw_report_warning(tw_reader *r, int code, tw_where where, const char *path, const char *format, ...) {
  va_list list;
  va_start(list, format);
  char *text = format_text(r, format, list);
  va_end(list);
  if (is_new(r, code, where, text)) tw_diagnose(r->d, TW_WARNING, code, where, path, "%s", text);
}

const char *tw_suggest(tw_reader *r, const char *word, const tw_list *candidates) {
  const char *nearest = tw_nearest(word, (const char *const *)candidates->at, candidates->n);
  if (nearest) return tw_printf(r->arena, "; did you mean \"%s\"?", nearest);
  if (!candidates->n || candidates->n > 24) return "";
  const char *text = candidates->n > 1 ? "; known are" : "; known is";
  for (int k = 0; k < candidates->n; k++)
    text = tw_printf(r->arena, "%s%s %s", text, k ? "," : "", (const char *)candidates->at[k]);
  return text;
}

tw_list tw_words_of(tw_arena *a, const char *words, char separator) {
  tw_list l = {0};
  for (const char *w = words; *w;) {
    const char *end = strchr(w, separator);
    size_t n = end ? (size_t)(end - w) : strlen(w);
    tw_list_add(a, &l, tw_strndup(a, w, n));
    w += n + (w[n] == separator);
  }
  return l;
}

static void add_params(tw_reader *r, const tw_element_rule *e, tw_list *known) {
  for (const tw_param *p = e->params; p && p->id; p++) tw_list_add(r->arena, known, (void *)(uintptr_t)p->id);
}

static bool is_listed(const tw_list *l, const char *name) {
  for (int k = 0; k < l->n; k++)
    if (!strcmp(l->at[k], name)) return true;
  return false;
}

static tw_list attributes_of(tw_reader *r, const tw_element_rule *e) {
  const tw_attribute_rule *tables[] = {e->attributes, e->more};
  tw_list known = {0};
  for (int k = 0; k < TW_COUNT(tables); k++)
    for (const tw_attribute_rule *a = tables[k]; a && a->name; a++) tw_list_add(r->arena, &known, (void *)(uintptr_t)a->name);
  add_params(r, e, &known);
  return known;
}

void tw_check_attributes(tw_reader *r, const tw_xml_node *n, const char *rule) {
  if (!n->n_attributes) return;
  const tw_list known = attributes_of(r, tw_rule_of(rule));
  for (int k = 0; k < n->n_attributes; k++) {
    const tw_attribute *a = &n->attributes[k];
    int index;
    if (!is_listed(&known, a->name))
      tw_report(r, TW_E_ATTRIBUTE, a->name_at, NULL, "<%s> has no attribute \"%s\"%s", n->name, a->name,
                tw_suggest(r, a->name, &known));
    else if (!strcmp(a->name, "quality"))
      tw_choice_read(r, TW_E_QUALITY, tw_qualities, a, &index);
  }
}

void tw_check_children(tw_reader *r, const tw_xml_node *n, const char *rule) {
  if (!n->first) return;
  tw_list known = tw_words_of(r->arena, tw_rule_of(rule)->children, ' ');
  add_params(r, tw_rule_of(rule), &known);
  for (const tw_xml_node *k = n->first; k; k = k->next)
    if (!is_listed(&known, k->name))
      tw_report(r, TW_E_ELEMENT, k->where, NULL, "<%s> does not belong into <%s>%s", k->name, n->name,
                known.n ? tw_suggest(r, k->name, &known) : ", which has no child elements");
}

const tw_attribute *tw_required(tw_reader *r, const tw_xml_node *n, const char *name) {
  const tw_attribute *a = tw_attribute_find(n, name);
  if (a && *a->value) return a;
  tw_report(r, TW_E_ATTRIBUTE_MISSING, a ? a->at : n->where, NULL, "<%s> needs %s=\"...\"", n->name, name);
  return NULL;
}

bool tw_id_good(const char *id) {
  bool good = isalnum((unsigned char)*id) != 0;
  for (; *id; id++) good = good && (isalnum((unsigned char)*id) || *id == '-' || *id == '_');
  return good;
}

const tw_attribute *tw_required_id(tw_reader *r, const tw_xml_node *n) {
  const tw_attribute *a = tw_required(r, n, "id");
  if (!a || tw_id_good(a->value)) return a;
  tw_report(r, TW_E_ID, a->at, NULL, "\"%s\" cannot be an id: letters, digits, '-' and '_' are allowed, and it starts with a "
            "letter or digit", a->value);
  return NULL;
}
