/* Numbers with units as patterns. A single symbol of the table must measure what is asked for. A product, quotient or power, and
 * a word of the udunits database, is taken whatever it measures: patterns cannot count dimensions. */
#include "schema_internal.h"
#include "units_internal.h"
#include "units_words.h"
#include <ctype.h>
#include <string.h>

#define NUMBER "[+\\-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+\\-]?[0-9]+)?"
#define LETTERS "[A-Za-z_%$°Ωµμ€Ω]+"
#define NO_EXPONENT "([A-DF-Za-df-z_%$°Ωµμ€Ω]|[eE][A-Za-z_%$°Ωµμ€Ω])[A-Za-z_%$°Ωµμ€Ω]*" /* right after a number */
#define BETWEEN "[0-9\\^*+\\-./·²³()\\s]+"
#define AFTER "[0-9\\^*+\\-²³)\\s]*"
/* "1/s", "K/W", "(m2)", "m2": at least one operator, exponent or parenthesis. */
#define PRODUCT(first)                                                                                                   \
  "([\\s(1]*/[\\s(]*" LETTERS "(" BETWEEN LETTERS ")*" AFTER "|\\([\\s(]*" LETTERS "(" BETWEEN LETTERS ")*" AFTER "|" first \
  "(" BETWEEN LETTERS ")+" AFTER "|" first "[\\^*0-9\\-²³]" AFTER ")"

static bool difference(const char *unit) { return !strncmp(unit, "delta ", 6); }
static bool plain(const char *unit) { return !strcmp(unit, "1"); }

/* ---- names ------------------------------------------------------------------------------------------------------- */

/* "a thermal resistance" is thermal-resistance; what has no name is called by its unit, W/(m2.K) being W-per-m2-K. */
static const char *type_name(tw_schema_writer *w, const char *unit) {
  const char *from = unit;
  for (const tw_measure *m = tw_measures; m->unit; m++)
    if (!strcmp(m->unit, unit)) from = strchr(m->name, ' ') + 1;
  char name[96];
  size_t n = 0;
  for (const char *s = from; *s && n + 5 < sizeof name; s++) {
    if (isalnum((unsigned char)*s)) name[n++] = *s;
    else if (*s == '/') memcpy(name + n, "-per-", 5), n += 5;
    else if (n && name[n - 1] != '-' && *s != ')') name[n++] = '-';
  }
  return tw_printf(w->arena, "%.*s", (int)n, name);
}

static const char *named(tw_schema_writer *w, const char *kind, const char *unit, tw_list *noted) {
  if (!unit) unit = "1";
  int k = 0;
  while (k < noted->n && strcmp(noted->at[k], unit)) k++;
  if (k == noted->n) tw_list_add(w->arena, noted, tw_strdup(w->arena, unit));
  return tw_printf(w->arena, "tw:%s.%s", kind, type_name(w, unit));
}

const char *tw_schema_quantity(tw_schema_writer *w, const char *unit) { return named(w, "quantity", unit, &w->quantities); }
const char *tw_schema_unit(tw_schema_writer *w, const char *unit) { return named(w, "unit", unit, &w->axes); }

/* ---- patterns ---------------------------------------------------------------------------------------------------- */

static const char *prefixes(tw_schema_writer *w, tw_prefixes allowed) {
  const char *text = "";
  bool all;
  for (int i = 0; allowed != TW_PREFIX_NONE && *tw_unit_prefix_at(i, &all); i++)
    if (!all || allowed == TW_PREFIX_ALL)
      text = tw_printf(w->arena, "%s%s%s", text, *text ? "|" : "", tw_unit_prefix_at(i, &all));
  return *text ? tw_printf(w->arena, "(%s)?", text) : "";
}

/* Symbols of the table that measure what `unit` does; NULL: all. */
static const char *symbols(tw_schema_writer *w, const char *unit) {
  const char *text = "";
  for (int i = 0; tw_unit_at(i); i++) {
    const tw_unit_row *row = tw_unit_at(i);
    tw_conversion c;
    if (unit && !tw_conversion_find(row->symbol, unit, &c, NULL, 0)) continue;
    text = tw_printf(w->arena, "%s%s%s%s", text, *text ? "|" : "", prefixes(w, row->prefixes), row->symbol);
  }
  if (unit && difference(unit)) return tw_printf(w->arena, "(delta\\s+)?(%s)", text);
  return tw_printf(w->arena, "(%s)", text);
}

static void write_pattern(tw_schema_writer *w, const char *name, const char *doc, const char *text) {
  tw_schema_line(w, "<xs:simpleType name=\"%s\">", name);
  tw_schema_doc(w, doc);
  tw_schema_line(w, "<xs:restriction base=\"xs:string\">");
  tw_schema_line(w, "<xs:pattern value=\"%s\"/>", text);
  tw_schema_line(w, "</xs:restriction>");
  tw_schema_line(w, "</xs:simpleType>");
}

/* A symbol, or what the shared types for products and words take. */
static void write_union(tw_schema_writer *w, const char *kind, const char *name, const char *doc, const char *text) {
  write_pattern(w, tw_printf(w->arena, "%s-of.%s", kind, name), doc, text);
  tw_schema_line(w, "<xs:simpleType name=\"%s.%s\">", kind, name);
  tw_schema_doc(w, doc);
  tw_schema_line(w, "<xs:union memberTypes=\"tw:%s-of.%s tw:%s-of.product tw:%s-of.word\"/>", kind, name, kind, kind);
  tw_schema_line(w, "</xs:simpleType>");
}

static const char *describe(tw_schema_writer *w, const char *unit, bool of_number) {
  for (const tw_measure *m = tw_measures; m->unit; m++)
    if (!strcmp(m->unit, unit))
      return of_number ? tw_printf(w->arena, "The number and unit of %s, for example %s.", m->name, m->example)
                       : tw_printf(w->arena, "The unit of %s.", m->name);
  return of_number ? tw_printf(w->arena, "A number and its unit, for example 1 %s.", unit)
                   : tw_printf(w->arena, "A unit like %s.", unit);
}

static void write_quantity(tw_schema_writer *w, const char *unit) {
  const char *text = tw_printf(w->arena, "\\s*" NUMBER "\\s*%s%s\\s*", symbols(w, unit), plain(unit) ? "?" : "");
  write_union(w, "quantity", type_name(w, unit), describe(w, unit, true), text);
}

static void write_axis(tw_schema_writer *w, const char *unit) {
  const char *none = plain(unit) ? "1|\\s*" : "";
  const char *text = tw_printf(w->arena, "\\s*%s%s%s\\s*", none, symbols(w, unit), plain(unit) ? "?" : "");
  write_union(w, "unit", type_name(w, unit), describe(w, unit, false), text);
}

/* ---- words of udunits -------------------------------------------------------------------------------------------- */

static void add_any_case(char *to, size_t room, const char *word) {
  size_t n = 0;
  for (; *word && n + 5 < room; word++) {
    if (isalpha((unsigned char)*word)) {
      to[n++] = '[';
      to[n++] = (char)toupper((unsigned char)*word);
      to[n++] = (char)tolower((unsigned char)*word);
      to[n++] = ']';
    } else {
      to[n++] = *word;
    }
  }
  to[n] = 0;
}

static const char *alternatives(tw_schema_writer *w, const tw_list *l) {
  const char *text = "";
  char word[512];
  for (int k = 0; k < l->n; k++) {
    add_any_case(word, sizeof word, l->at[k]);
    text = tw_printf(w->arena, "%s%s%s", text, k ? "|" : "", word);
  }
  return text;
}

static const char *words(tw_schema_writer *w) {
  tw_unit_words u = tw_unit_words_new(w->arena);
  tw_list before = {0};
  for (const tw_name_prefix *p = tw_unit_name_prefixes; p->word; p++) tw_list_add(w->arena, &before, (void *)(uintptr_t)p->word);
  const char *prefix = alternatives(w, &before);
  if (!u.names.n) return "without the udunits database";
  const char *text = tw_printf(w->arena, "(%s)?(%s)", prefix, alternatives(w, &u.names));
  if (u.prefixed.n) text = tw_printf(w->arena, "%s|(%s)(%s)", text, prefix, alternatives(w, &u.prefixed));
  for (int k = 0; k < u.symbols.n; k++) text = tw_printf(w->arena, "%s|%s", text, (const char *)u.symbols.at[k]);
  return tw_printf(w->arena, "(delta\\s+)?(%s)", text);
}

void tw_schema_units_write(tw_schema_writer *w) {
  for (int k = 0; k < w->quantities.n; k++) write_quantity(w, w->quantities.at[k]);
  for (int k = 0; k < w->axes.n; k++) write_axis(w, w->axes.at[k]);
  const char *all = symbols(w, NULL), *word = words(w);
  write_union(w, "quantity", "any", "A number and the unit that fits.",
              tw_printf(w->arena, "\\s*" NUMBER "\\s*(delta\\s+)?%s?\\s*", all));
  write_union(w, "unit", "any", "The unit that fits.", tw_printf(w->arena, "\\s*1|\\s*(delta\\s+)?%s?\\s*", all));
  write_pattern(w, "quantity-of.product", "A number and a product, quotient or power of units; the reader knows whether it fits.",
               "\\s*" NUMBER "(" PRODUCT(NO_EXPONENT) "|\\s+(delta\\s+)?" PRODUCT(LETTERS) ")\\s*");
  write_pattern(w, "unit-of.product", "A product, quotient or power of units; the reader knows whether it fits.",
               "\\s*(delta\\s+)?" PRODUCT(LETTERS) "\\s*");
  write_pattern(w, "quantity-of.word", "A number and a unit in words; the reader knows whether it fits.",
               tw_printf(w->arena, "\\s*" NUMBER "\\s*%s\\s*", word));
  write_pattern(w, "unit-of.word", "A unit in words; the reader knows whether it fits.", tw_printf(w->arena, "\\s*%s\\s*", word));
}
