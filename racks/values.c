/* Text into parameter values, with the checks that the tables ask for. */
#include "reader.h"
#include "units.h"
#include <ctype.h>
#include <math.h>
#include <string.h>

const char *tw_display_text(tw_reader *r, double si, const char *unit) {
  char buf[64];
  return tw_strdup(r->arena, tw_display(si, unit ? unit : "1", buf, sizeof buf));
}

static bool bounded(double lo, double hi) { return lo < hi || (lo == hi && lo != 0.0); } /* 0, 0: the table says nothing */
static bool inside(double x, double lo, double hi) { return !bounded(lo, hi) || (x >= lo && x <= hi); }
bool tw_in_range(const tw_param *p, double value) { return inside(value, p->lo, p->hi); }

static const char *range_text(tw_reader *r, const char *unit, double lo, double hi) {
  if (isinf(hi)) return tw_printf(r->arena, "below %s, the least allowed", tw_display_text(r, lo, unit));
  if (isinf(lo)) return tw_printf(r->arena, "above %s, the most allowed", tw_display_text(r, hi, unit));
  return tw_printf(r->arena, "outside %s .. %s", tw_display_text(r, lo, unit), tw_display_text(r, hi, unit));
}

/* "; did you mean "4.5 mohm"?" where another prefix of the same unit brings the number into the range. */
static const char *other_prefix(tw_reader *r, const char *text, const char *unit, double lo, double hi) {
  static const char *const prefixes[] = {"m", "k", "u", "M", "n", ""};
  double number;
  const char *rest = tw_number_scan(text, &number);
  if (!rest || number == 0.0) return "";
  size_t digits = (size_t)(rest - text);
  while (isspace((unsigned char)*rest)) rest++;
  for (size_t strip = 0; strip < 2 && strip < strlen(rest); strip++)
    for (size_t k = 0; k < sizeof prefixes / sizeof prefixes[0]; k++) {
      if (strip && !strchr("mkuMn", *rest)) continue;
      const char *other = tw_printf(r->arena, "%.*s %s%s", (int)digits, text, prefixes[k], rest + strip);
      char message[256];
      double x = tw_quantity_parse(other, unit, message, sizeof message);
      if (!isnan(x) && x != 0.0 && inside(x, lo, hi)) return tw_printf(r->arena, "; did you mean \"%s\"?", other);
    }
  return "";
}

static bool read_number(tw_reader *r, const tw_param *p, const char *text, tw_where at, const char *path, double *x) {
  char message[256] = "cannot be read";
  const char *unit = p->unit ? p->unit : "1";
  *x = tw_quantity_parse(text, unit, message, sizeof message);
  if (!isfinite(*x)) {
    *x = NAN;
    tw_report(r, TW_E_VALUE, at, path, "%s %s", p->id, message);
    return false;
  }
  if (tw_in_range(p, *x)) return true;
  tw_report(r, TW_E_RANGE, at, path, "%s = \"%s\" is %s%s", p->id, text, range_text(r, unit, p->lo, p->hi),
            other_prefix(r, text, unit, p->lo, p->hi));
  *x = NAN;
  return false;
}

static bool read_integer(tw_reader *r, const tw_param *p, const char *text, tw_where at, const char *path, double *x) {
  long n;
  *x = NAN;
  if (!tw_whole_scan(text, &n)) {
    tw_report(r, TW_E_VALUE, at, path, "%s = \"%s\" is not a whole number, such as \"%.0f\"", p->id, text,
              p->lo > 1.0 ? p->lo : 1.0);
    return false;
  }
  if (!tw_in_range(p, (double)n)) {
    tw_report(r, TW_E_RANGE, at, path, "%s = \"%s\" is outside %.0f .. %.0f", p->id, text, p->lo, p->hi);
    return false;
  }
  *x = (double)n;
  return true;
}

static bool read_choice(tw_reader *r, int code, const tw_param *p, const char *text, tw_where at, const char *path, double *x) {
  int index = tw_choice_of(p->choices, text);
  *x = index < 0 ? (double)NAN : index;
  if (index >= 0) return true;
  tw_list known = tw_words_of(r->arena, p->choices ? p->choices : "", '|');
  tw_report(r, code, at, path, "%s = \"%s\" is not one of its words%s", p->id, text, tw_suggest(r, text, &known));
  return false;
}

static bool check_medium(tw_reader *r, const tw_param *p, const char *text, tw_where at, const char *path) {
  int unknown = tw_medium_unknown(r, text);
  if (!unknown) return true;
  if (unknown == 2) {
    tw_report(r, TW_E_MEDIUM, at, path, "%s = \"%s\": its properties are not known at this concentration", p->id, text);
    return false;
  }
  tw_list known = {0};
  for (int k = 0; k < r->media_list.n; k++) {
    const tw_attribute *id = tw_attribute_find(r->media_list.at[k], "id");
    if (id) tw_list_add(r->arena, &known, (void *)(uintptr_t)id->value);
  }
  const char *nearest = tw_nearest(text, (const char *const *)known.at, known.n);
  tw_report(r, TW_E_MEDIUM, at, path,
            "%s = \"%s\" is not a medium; built in are water, air, pgNN (propylene glycol, NN volume %%) and mpgNN (mass %%), "
            "others are defined by <medium id=\"...\">%s%s%s", p->id, text, nearest ? "; did you mean \"" : "",
            nearest ? nearest : "", nearest ? "\"?" : "");
  return false;
}

static bool check_reference(tw_reader *r, const tw_param *p, const char *text, tw_where at, const char *path) {
  const tw_xml_node *part = tw_map_get(&r->parts, text);
  if (!part) {
    tw_list known = {0};
    for (size_t k = 0; k < r->parts.room; k++)
      if (r->parts.keys[k]) tw_list_add(r->arena, &known, (void *)(uintptr_t)r->parts.keys[k]);
    tw_report(r, TW_E_PART, at, path, "%s = \"%s\": there is no part \"%s\" in the catalogue%s", p->id, text, text,
              tw_suggest(r, text, &known));
    return false;
  }
  if (!p->choices || tw_word_in(p->choices, part->name, strlen(part->name), '|')) return true;
  tw_report(r, TW_E_PART, at, path, "%s = \"%s\" is a <%s>; it must be a <%s>", p->id, text, part->name, p->choices);
  return false;
}

bool tw_value_read(tw_reader *r, const tw_param *p, const char *text, tw_where at, const char *path, tw_value *v) {
  *v = (tw_value){.given = true, .number = NAN, .written = text, .where = at, .owner = -1, .owner_param = -1};
  bool good = false;
  switch (p->kind) {
    case TW_NUMBER: return read_number(r, p, text, at, path, &v->number);
    case TW_INTEGER: return read_integer(r, p, text, at, path, &v->number);
    case TW_ENUM: return read_choice(r, TW_E_VALUE, p, text, at, path, &v->number);
    case TW_MEDIUM: good = check_medium(r, p, text, at, path); break;
    case TW_REFERENCE: good = check_reference(r, p, text, at, path); break;
    case TW_TEXT: good = true; break;
    case TW_CURVE:
      tw_report(r, TW_E_CURVE, at, path,
                "%s is a curve; write the element <%s x-unit=\"...\" y-unit=\"...\" beyond=\"...\" points=\"x y; x y\"/>",
                p->id, p->id);
      break;
  }
  if (good) v->text = text;
  return good;
}

bool tw_value_present(const tw_param *p, const tw_value *v) {
  if (p->kind == TW_CURVE) return v->curve != NULL;
  if (p->kind == TW_MEDIUM || p->kind == TW_REFERENCE || p->kind == TW_TEXT) return v->text != NULL;
  return !isnan(v->number);
}

/* Defaults come from tables that the contract tests prove; a mistake in one is reported like the user's. */
static void read_default(tw_reader *r, const tw_param *p, tw_value *v) {
  *v = (tw_value){.number = NAN, .owner = -1, .owner_param = -1, .source = p->source};
  if (!p->dflt) return;
  if (p->kind == TW_CURVE) {
    v->curve = tw_curve_parse(r, p->dflt, p);
  } else if (p->kind == TW_REFERENCE && !tw_map_get(&r->parts, p->dflt)) {
    return; /* a default part that this model's catalogue does not hold: as if absent */
  } else {
    tw_value_read(r, p, p->dflt, (tw_where){0}, NULL, v);
    *v = (tw_value){.number = v->number, .text = v->text, .owner = -1, .owner_param = -1, .source = p->source};
  }
}

const tw_value *tw_defaults_of(tw_reader *r, const tw_type *t) {
  tw_value *values = tw_map_get(&r->defaults, t->element);
  if (values) return values;
  int n = tw_params_of(t);
  values = tw_alloc(r->arena, (size_t)n, sizeof *values);
  for (int k = 0; k < n; k++) read_default(r, &t->params[k], &values[k]);
  tw_map_put(r->arena, &r->defaults, t->element, values);
  return values;
}

double tw_quantity_read(tw_reader *r, const tw_attribute *a, const char *unit, double lo, double hi, int code) {
  char message[256] = "cannot be read";
  double x = tw_quantity_parse(a->value, unit, message, sizeof message);
  if (!isfinite(x)) {
    tw_report(r, code, a->at, NULL, "%s %s", a->name, message);
    return NAN;
  }
  if (inside(x, lo, hi)) return x;
  tw_report(r, TW_E_RANGE, a->at, NULL, "%s = \"%s\" is %s%s", a->name, a->value, range_text(r, unit, lo, hi),
            other_prefix(r, a->value, unit, lo, hi));
  return NAN;
}

double tw_number_read(tw_reader *r, const char *rule, const char *name, const tw_attribute *a) {
  const tw_attribute_rule *form = tw_attribute_rule_of(tw_rule_of(rule), name);
  return tw_quantity_read(r, a, form->unit, form->lo, form->hi, form->code);
}

bool tw_choice_read(tw_reader *r, int code, const char *choices, const tw_attribute *a, int *index) {
  tw_param words = {.id = a->name, .kind = TW_ENUM, .choices = choices};
  double x;
  bool good = read_choice(r, code, &words, a->value, a->at, NULL, &x);
  if (good) *index = (int)x;
  return good;
}

bool tw_quality_read(tw_reader *r, const tw_xml_node *n, const char **source, tw_quality *quality) {
  const tw_attribute *s = tw_attribute_find(n, "source"), *q = tw_attribute_find(n, "quality");
  *source = s ? s->value : NULL;
  *quality = TW_QUALITY_NONE;
  if (!q) return s != NULL;
  int index;
  if (tw_choice_read(r, TW_E_QUALITY, tw_qualities, q, &index)) *quality = (tw_quality)(1 + index);
  return true;
}
