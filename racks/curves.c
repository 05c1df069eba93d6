/* Curve elements:  <efficiency x-unit="1" y-unit="1" beyond="hold" points="0.1 0.93; 0.5 0.975"/>  or with csv="file.csv". */
#include "csv_in.h"
#include "reader.h"
#include "units.h"
#include <ctype.h>
#include <math.h>
#include <string.h>

typedef struct {
  tw_reader *r;
  const tw_xml_node *node;
  const tw_param *p;
  const char *path;
  const char *x_unit, *y_unit; /* SI, of the table */
  tw_curve *c;
} curve_reader;

static bool choose(curve_reader *s, const char *name, int *index) {
  const tw_attribute *a = tw_attribute_find(s->node, name);
  const tw_attribute_rule *rule = tw_attribute_rule_of(tw_rule_of("curve"), name);
  tw_param words = {.id = name, .kind = TW_ENUM, .choices = rule->choices};
  tw_value v;
  if (!a && rule->required) {
    tw_report(s->r, TW_E_CURVE, s->node->where, s->path,
              "the curve %s needs %s=\"%s\": what holds beyond its ends is never assumed", s->p->id, name, rule->choices);
    return false;
  }
  if (!tw_value_read(s->r, &words, a ? a->value : rule->dflt, a ? a->at : s->node->where, s->path, &v)) return false;
  *index = (int)v.number;
  return true;
}

static bool conversion(curve_reader *s, const char *name, const char *si, tw_conversion *c) {
  const tw_attribute *a = tw_attribute_find(s->node, name);
  char message[256] = "";
  if (!a && strcmp(si, "1")) {
    tw_report(s->r, TW_E_CURVE, s->node->where, s->path, "the curve %s needs %s=\"...\", a unit such as \"%s\"", s->p->id, name,
              !strncmp(si, "delta ", 6) ? si + 6 : si);
    return false;
  }
  if (tw_conversion_find(a ? a->value : "1", si, c, message, sizeof message)) return true;
  tw_report(s->r, TW_E_CURVE, a ? a->at : s->node->where, s->path, "%c of the curve %s %s", *name, s->p->id, message);
  return false;
}

static int count_points(const char *text) {
  int n = 1;
  for (; *text; text++) n += *text == ';';
  return n;
}

static const char *pass_space(const char *t) {
  while (isspace((unsigned char)*t) || *t == ',') t++;
  return t;
}

int tw_points_scan(tw_arena *a, const char *text, double **x, double **y, int *n) {
  int room = count_points(text);
  *x = tw_alloc(a, (size_t)room, sizeof(double));
  *y = tw_alloc(a, (size_t)room, sizeof(double));
  for (const char *t = pass_space(text); *t; (*n)++) {
    const char *after = tw_number_scan(t, &(*x)[*n]), *next = after ? pass_space(after) : NULL;
    after = next > after ? tw_number_scan(next, &(*y)[*n]) : NULL;
    if (!after) return *n + 1;
    t = pass_space(after);
    if (*t && *t != ';') return *n + 1;
    if (*t == ';') t = pass_space(t + 1);
  }
  return *n ? 0 : 1;
}

static bool read_points(curve_reader *s, const tw_attribute *points) {
  tw_conversion to_x, to_y;
  bool good = conversion(s, "x-unit", s->x_unit, &to_x);
  if (!conversion(s, "y-unit", s->y_unit, &to_y) || !good) return false;
  int wrong = tw_points_scan(s->r->arena, points->value, &s->c->x, &s->c->y, &s->c->n);
  if (wrong) {
    tw_report(s->r, TW_E_CURVE, points->at, s->path,
              "point %d of the curve %s is not a pair of numbers; write points=\"x y; x y; ...\", in the units of x-unit and "
              "y-unit", wrong, s->p->id);
    return false;
  }
  for (int k = 0; k < s->c->n; k++) {
    s->c->x[k] = tw_conversion_apply(&to_x, s->c->x[k]);
    s->c->y[k] = tw_conversion_apply(&to_y, s->c->y[k]);
  }
  return true;
}

static int column_of(curve_reader *s, const tw_csv_in *t, const char *attribute, int otherwise) {
  const tw_attribute *a = tw_attribute_find(s->node, attribute);
  if (a) return tw_csv_in_find(t, a->value, TW_E_CURVE, s->r->d);
  if (otherwise < t->columns) return otherwise;
  tw_report(s->r, TW_E_CURVE, s->node->where, s->path, "the curve %s needs two columns, x and y; \"%s\" has %d", s->p->id,
            t->file, t->columns);
  return -1;
}

/* Units are those of the file's header. */
static bool read_csv(curve_reader *s, const tw_attribute *csv) {
  const tw_attribute *unit = tw_attribute_find(s->node, "x-unit");
  if (!unit) unit = tw_attribute_find(s->node, "y-unit");
  if (unit)
    tw_report(s->r, TW_E_CURVE, unit->name_at, s->path, "%s does not go with csv=\"...\": the file's header has the units, as in "
              "\"flow [L/min]\"", unit->name);
  const char *name = NULL, *real = tw_confined(s->r, csv, TW_E_CURVE, &name);
  tw_arena *a = s->r->arena;
  tw_csv_in *t = real ? tw_csv_in_read(name, TW_E_CURVE, csv->at, a, s->r->d) : NULL;
  if (!t) return false;
  tw_input_add(s->r, name);
  int x = column_of(s, t, "x-column", 0), y = column_of(s, t, "y-column", 1);
  if (x < 0 || y < 0) return false;
  const double *xs = tw_csv_in_values(t, x, s->x_unit, false, TW_E_CURVE, a, s->r->d);
  const double *ys = tw_csv_in_values(t, y, s->y_unit, false, TW_E_CURVE, a, s->r->d);
  if (!xs || !ys || unit) return false;
  if (!t->rows) {
    tw_report(s->r, TW_E_CURVE, csv->at, s->path, "the curve %s from \"%s\" has no points", s->p->id, name);
    return false;
  }
  s->c->n = t->rows;
  s->c->x = tw_alloc(a, (size_t)t->rows, sizeof(double));
  s->c->y = tw_alloc(a, (size_t)t->rows, sizeof(double));
  memcpy(s->c->x, xs, (size_t)t->rows * sizeof(double));
  memcpy(s->c->y, ys, (size_t)t->rows * sizeof(double));
  return true;
}

static bool finish(curve_reader *s, tw_where at) {
  tw_curve *c = s->c;
  c->slope = tw_alloc(s->r->arena, (size_t)c->n, sizeof(double));
  for (int k = 0; k + 1 < c->n; k++)
    if (!(c->x[k] < c->x[k + 1])) {
      tw_report(s->r, TW_E_CURVE, at, s->path,
                "the curve %s is not increasing in x: point %d, %s, is not above point %d, %s", s->p->id, k + 2,
                tw_display_text(s->r, c->x[k + 1], s->x_unit), k + 1, tw_display_text(s->r, c->x[k], s->x_unit));
      return false;
    }
  for (int k = 0; k < c->n; k++)
    if (!tw_in_range(s->p, c->y[k])) {
      tw_report(s->r, TW_E_RANGE, at, s->path, "point %d of the curve %s has y = %s, which is outside %s .. %s", k + 1, s->p->id,
                tw_display_text(s->r, c->y[k], s->y_unit), tw_display_text(s->r, s->p->lo, s->y_unit),
                tw_display_text(s->r, s->p->hi, s->y_unit));
      return false;
    }
  if (!tw_curve_prepare(c)) return true;
  tw_report(s->r, TW_E_CURVE, at, s->path, "the curve %s holds a value that is not finite", s->p->id);
  return false;
}

bool tw_curve_read(tw_reader *r, const tw_xml_node *n, const tw_param *p, const char *path, tw_value *v) {
  *v = (tw_value){.given = true, .number = NAN, .where = n->where, .owner = -1, .owner_param = -1};
  tw_check_attributes(r, n, "curve");
  tw_check_children(r, n, "curve");
  curve_reader s = {.r = r, .node = n, .p = p, .path = path, .c = tw_alloc(r->arena, 1, sizeof(tw_curve))};
  s.x_unit = p->x_unit ? p->x_unit : "1";
  s.y_unit = p->unit ? p->unit : "1";
  int rule = 0, beyond = 0;
  bool good = choose(&s, "rule", &rule);
  good = choose(&s, "beyond", &beyond) && good;
  s.c->rule = (tw_curve_rule)rule;
  s.c->beyond = (tw_curve_beyond)beyond;
  const tw_attribute *points = tw_attribute_find(n, "points"), *csv = tw_attribute_find(n, "csv");
  if (!points == !csv) {
    tw_report(r, TW_E_CURVE, n->where, path, "the curve %s needs either points=\"x y; x y\" or csv=\"file.csv\"%s", p->id,
              csv ? ", not both" : "");
    return false;
  }
  if (!(points ? read_points(&s, points) : read_csv(&s, csv))) return false;
  if (!finish(&s, points ? points->at : csv->at) || !good) return false;
  v->curve = s.c;
  v->written = points ? points->value : csv->value;
  tw_quality_read(r, n, &v->source, &v->quality);
  return true;
}

tw_curve *tw_curve_parse(tw_reader *r, const char *points, const tw_param *p) {
  tw_curve *c = tw_alloc(r->arena, 1, sizeof *c);
  *c = (tw_curve){.rule = TW_CURVE_MONOTONE_CUBIC, .beyond = TW_BEYOND_HOLD};
  if (!tw_points_scan(r->arena, points, &c->x, &c->y, &c->n)) {
    c->slope = tw_alloc(r->arena, (size_t)c->n, sizeof(double));
    if (!tw_curve_prepare(c)) return c;
  }
  tw_report(r, TW_E_CURVE, (tw_where){0}, NULL, "the default \"%s\" of the curve %s cannot be read", points, p->id);
  return NULL;
}
