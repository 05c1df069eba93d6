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
  if (!candidates->n || candidates->n > 12) return "";
  const char *text = candidates->n > 1 ? "; known are" : "; known is";
  for (int k = 0; k < candidates->n; k++)
    text = tw_printf(r->arena, "%s%s %s", text, k ? "," : "", (const char *)candidates->at[k]);
  return text;
}

static tw_list words_of(tw_reader *r, const char *words) {
  tw_list l = {0};
  for (const char *w = words; *w;) {
    size_t n = strcspn(w, " ");
    tw_list_add(r->arena, &l, tw_printf(r->arena, "%.*s", (int)n, w));
    w += n + (w[n] == ' ');
  }
  return l;
}

void tw_check_attributes(tw_reader *r, const tw_xml_node *n, const char *allowed) {
  for (int k = 0; k < n->n_attributes; k++) {
    const tw_attribute *a = &n->attributes[k];
    if (tw_word_in(allowed, a->name, strlen(a->name), ' ')) continue;
    tw_list known = words_of(r, allowed);
    tw_report(r, TW_E_ATTRIBUTE, a->name_at, NULL, "<%s> has no attribute \"%s\"%s", n->name, a->name,
              tw_suggest(r, a->name, &known));
  }
}

void tw_check_children(tw_reader *r, const tw_xml_node *n, const char *allowed) {
  for (const tw_xml_node *k = n->first; k; k = k->next) {
    if (tw_word_in(allowed, k->name, strlen(k->name), ' ')) continue;
    tw_list known = words_of(r, allowed);
    tw_report(r, TW_E_ELEMENT, k->where, NULL, "<%s> does not belong into <%s>%s", k->name, n->name,
              *allowed ? tw_suggest(r, k->name, &known) : ", which has no child elements");
  }
}

const tw_attribute *tw_required(tw_reader *r, const tw_xml_node *n, const char *name) {
  const tw_attribute *a = tw_attribute_find(n, name);
  if (a && *a->value) return a;
  tw_report(r, TW_E_ATTRIBUTE_MISSING, a ? a->at : n->where, NULL, "<%s> needs %s=\"...\"", n->name, name);
  return NULL;
}

const tw_attribute *tw_required_id(tw_reader *r, const tw_xml_node *n) {
  const tw_attribute *a = tw_required(r, n, "id");
  if (!a) return NULL;
  bool good = isalnum((unsigned char)*a->value) != 0;
  for (const char *c = a->value; *c; c++) good = good && (isalnum((unsigned char)*c) || *c == '-' || *c == '_');
  if (good) return a;
  tw_report(r, TW_E_ID, a->at, NULL, "\"%s\" cannot be an id: letters, digits, '-' and '_' are allowed, and it starts with a "
            "letter or digit", a->value);
  return NULL;
}
