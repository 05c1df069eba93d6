/* <trace>: figures over time, from a file or from points. In a workload they are utilisations of chips, in a scenario any
 * parameter. */
#include "csv_in.h"
#include "reader.h"
#include "trace.h"
#include <math.h>
#include <string.h>

/* What of a file is used, while it is found out. */
typedef struct {
  tw_reader *r;
  tw_trace *trace;
  const tw_scenario *scenario; /* whose trace it is; NULL: a workload's, of utilisations only */
  const tw_path *of;           /* NULL: every column */
  const char *name, *param;    /* of the column; of the figure that it names */
  tw_where where;              /* of the column */
  int column;                  /* its number in the file, 0 for points */
  int found;                   /* components of its path with the parameter */
  int room;                    /* for uses */
} choice;

/* ---- figures -------------------------------------------------------------------------------------------------------------- */

bool tw_figure_follows(const tw_description *m, int item, int param, int outer, int outer_param) {
  while (item >= 0 && (item != outer || param != outer_param)) {
    const tw_value *v = &m->items[item].values[param];
    item = v->owner;
    param = v->owner_param;
  }
  return item >= 0;
}

const tw_trace_use *tw_trace_moves(const tw_trace *t, const tw_description *m, int item, int param) {
  for (int u = 0; u < t->n_uses; u++) {
    const tw_trace_use *use = &t->uses[u];
    if (!use->kind && (tw_figure_follows(m, item, param, use->item, use->param) ||
                       tw_figure_follows(m, use->item, use->param, item, param))) return use;
  }
  return NULL;
}

/* The use of another column that moves the same. */
static const tw_trace_use *taken(const choice *c, int item, int param) {
  const tw_description *m = &c->r->m->pub;
  const tw_trace_use *found = tw_trace_moves(c->trace, m, item, param);
  for (int k = 0; !found && c->scenario && k < c->scenario->n_traces; k++)
    found = tw_trace_moves(c->scenario->traces[k], m, item, param);
  return found;
}

static void tell_taken(const choice *c, const tw_entity *e, const tw_trace_use *use) {
  const tw_item *other = &c->r->m->pub.items[use->item];
  const char *param = other->type->params[use->param].id;
  if (use->item == e->item)
    tw_report(c->r, TW_E_WORKLOAD, c->where, NULL, "the %s of %s is in another column, too", c->param, e->path);
  else
    tw_report(c->r, TW_E_WORKLOAD, c->where, NULL, "the %s of %s is one figure with the %s of %s, which is in another column",
              c->param, e->path, param, other->path);
}

/* One more use of the column. The figures of one column are of one unit, and within the range of each of them. */
static void add_use(choice *c, const tw_param *p, tw_trace_use use) {
  tw_trace *t = c->trace;
  if (!t->n || t->column[t->n - 1] != c->column) {
    t->figure[t->n] = *p;
    t->column[t->n++] = c->column;
  }
  tw_param *figure = &t->figure[t->n - 1];
  if (strcmp(figure->unit, p->unit)) {
    tw_report(c->r, TW_E_WORKLOAD, c->where, NULL, "\"%s\" stands for figures in %s and in %s; give each a column", c->name,
              figure->unit, p->unit);
    return;
  }
  figure->lo = fmax(figure->lo, p->lo);
  figure->hi = fmin(figure->hi, p->hi);
  use.value = t->n - 1;
  t->uses = tw_grow(c->r->arena, t->uses, t->n_uses, &c->room, sizeof *t->uses);
  t->uses[t->n_uses++] = use;
}

static void take_item(void *ctx, int entity) {
  choice *c = ctx;
  const tw_entity *e = &c->r->m->entities[entity];
  int k = e->type ? tw_param_named(e->type, c->param) : -1;
  c->found += e->broken;
  if (k < 0 || (c->of && !tw_path_is(c->r->m, entity, c->of))) return;
  c->found++;
  if (e->item < 0) return; /* broken, and told */
  const tw_trace_use *use = taken(c, e->item, k);
  if (!tw_may_move(&e->type->params[k]))
    tw_report(c->r, TW_E_SET, c->where, NULL, "\"%s\": %s of <%s> is no quantity that may change in a run", c->name, c->param,
              e->type->element);
  else if (use) tell_taken(c, e, use);
  else add_use(c, &e->type->params[k], (tw_trace_use){.item = e->item, .param = k});
}

static void remember(void *ctx, int entity) {
  int *first = ctx;
  if (*first < 0) *first = entity;
}

/* p: the path of the column, or NULL when it is none. */
static void explain_parameter(choice *c, const tw_path *p) {
  tw_reader *r = c->r;
  int entity = -1;
  if (p) tw_path_find(r->m, -1, p, remember, &entity);
  const tw_entity *e = entity >= 0 ? &r->m->entities[entity] : NULL;
  tw_list known = {0};
  for (int k = 0; e && e->type && k < tw_params_of(e->type); k++)
    if (tw_may_move(&e->type->params[k])) tw_list_add(r->arena, &known, (void *)(uintptr_t)e->type->params[k].id);
  if (known.n)
    tw_report(r, TW_E_WORKLOAD, c->where, NULL, "\"%s\": %s (%s) has no parameter \"%s\"%s", c->name, e->path,
              e->type->element, c->param, tw_suggest(r, c->param, &known));
  else
    tw_report(r, TW_E_WORKLOAD, c->where, NULL, "\"%s\" is not a parameter of a component, such as \"cdu.T_supply\"; where a "
              "file has more than that, of=\"cdu.T_supply\" chooses", c->name);
}

static void take_path(choice *c) {
  tw_reader *r = c->r;
  tw_path p;
  bool path = tw_glob_split(r->arena, c->name, &p, &c->param);
  c->found = 0;
  if (path && (c->scenario || !strcmp(c->param, tw_utilisation.id))) tw_path_find(r->m, -1, &p, take_item, c);
  if (c->found || c->of) return;
  const char *why = path ? tw_path_why(r, -1, &p, c->name) : NULL;
  if (why) tw_report(r, TW_E_WORKLOAD, c->where, NULL, "%s", why);
  else if (c->scenario) explain_parameter(c, path ? &p : NULL);
  else
    tw_report(r, TW_E_WORKLOAD, c->where, NULL, "\"%s\" is not the utilisation of a component, such as "
              "\"tray[3].gpu[1].utilisation\"; where a file has more than that, of=\"tray.gpu.utilisation\" chooses", c->name);
}

static void take_kind(choice *c) {
  tw_attribute kind = {.name = c->name, .name_at = c->where};
  tw_kind_check(c->r, &kind);
  add_use(c, &tw_utilisation, (tw_trace_use){.kind = c->name, .item = -1, .param = -1});
}

/* ---- columns --------------------------------------------------------------------------------------------------------------- */

/* Later uses override: "all", then kinds, then components. */
static void choose(choice *c, const tw_csv_in *table) {
  enum { ALL, KIND, PATH, RANKS };
  for (int rank = c->of ? PATH : ALL; rank < RANKS; rank++)
    for (c->column = 0; c->column < table->columns; c->column++) {
      c->name = table->column[c->column].name;
      c->where = table->column[c->column].where;
      int own = c->scenario || strchr(c->name, '.') ? PATH : strcmp(c->name, "all") ? KIND : ALL;
      if (c->column == c->trace->time || own != rank) continue;
      if (rank == PATH) take_path(c);
      else take_kind(c);
    }
}

static bool too_little(tw_reader *r, tw_where where) {
  tw_report(r, TW_E_WORKLOAD, where, NULL, "a trace has a column time [s] that starts at 0, one or more columns of figures, and "
            "at least two rows");
  return false;
}

static void make_room(choice *c, int columns) {
  c->trace->column = tw_alloc(c->r->arena, (size_t)columns, sizeof *c->trace->column);
  c->trace->figure = tw_alloc(c->r->arena, (size_t)columns, sizeof *c->trace->figure);
}

static bool choose_columns(choice *c, const tw_attribute *of, const tw_attribute *time, const tw_csv_in *table) {
  tw_trace *t = c->trace;
  int before = c->r->d->errors;
  if (table->columns < 2) return too_little(c->r, table->column[0].where);
  t->time = time ? tw_csv_in_find(table, time->value, TW_E_WORKLOAD, c->r->d) : 0;
  if (t->time < 0) return false;
  make_room(c, table->columns);
  choose(c, table);
  if (!t->n_uses && of && c->r->d->errors == before)
    tw_report(c->r, TW_E_WORKLOAD, of->at, NULL, "no column of \"%s\" is of \"%s\"; one is called for example \"%s\"", t->file,
              of->value, table->column[table->columns > 1].name);
  return t->n_uses > 0;
}

static bool open_file(choice *c, const tw_xml_node *n, const tw_attribute *csv) {
  tw_reader *r = c->r;
  for (int k = 0; k < 2; k++) {
    const tw_attribute *unit = tw_attribute_find(n, k ? "y-unit" : "x-unit");
    if (!unit) continue;
    tw_report(r, TW_E_WORKLOAD, unit->name_at, NULL, "%s does not go with csv=\"...\": the file's header has the units, as in "
              "\"time [s]\"", unit->name);
    return false;
  }
  const char *name = NULL, *real = tw_confined(r, csv, TW_E_WORKLOAD, &name);
  tw_csv_stream *s = real ? tw_csv_stream_open(name, TW_E_WORKLOAD, csv->at, r->arena, r->d) : NULL;
  if (!s) return false;
  tw_input_add(r, name);
  c->trace->file = name;
  bool good = choose_columns(c, tw_attribute_find(n, "of"), tw_attribute_find(n, "time-column"), tw_csv_stream_table(s));
  tw_csv_stream_close(s);
  return good;
}

/* ---- points ---------------------------------------------------------------------------------------------------------------- */

static bool conversion(tw_reader *r, const tw_xml_node *n, const char *name, const char *si, tw_conversion *c) {
  const tw_attribute *a = tw_attribute_find(n, name);
  char message[256] = "";
  if (!a && strcmp(si, "1")) {
    tw_report(r, TW_E_WORKLOAD, n->where, NULL, "the points of a trace need %s=\"...\", a unit such as \"%s\"", name,
              !strncmp(si, "delta ", 6) ? si + 6 : si);
    return false;
  }
  if (tw_conversion_find(a ? a->value : "1", si, c, message, sizeof message)) return true;
  tw_report(r, TW_E_WORKLOAD, a ? a->at : n->where, NULL, "%c of the points %s", *name, message);
  return false;
}

static bool take_points(choice *c, const tw_xml_node *n, const tw_attribute *points) {
  tw_reader *r = c->r;
  tw_trace *t = c->trace;
  const tw_attribute *of = tw_required(r, n, "of"), *time = tw_attribute_find(n, "time-column");
  if (time) tw_report(r, TW_E_WORKLOAD, time->name_at, NULL, "time-column= goes with csv= only");
  if (!of || time) return false;
  c->name = of->value;
  c->where = of->at;
  c->of = NULL;
  make_room(c, 1);
  take_path(c);
  if (!t->n_uses) return false;
  tw_conversion to_time, to_value;
  if (!conversion(r, n, "x-unit", "s", &to_time) || !conversion(r, n, "y-unit", t->figure[0].unit, &to_value)) return false;
  int wrong = tw_points_scan(r->arena, points->value, &t->x, &t->y, &t->n_points);
  if (wrong)
    tw_report(r, TW_E_WORKLOAD, points->at, NULL, "point %d is not a pair of numbers; write points=\"0 x; time x; ...\", in the "
              "units of x-unit and y-unit", wrong);
  for (int k = 0; !wrong && k < t->n_points; k++) {
    t->x[k] = tw_conversion_apply(&to_time, t->x[k]);
    t->y[k] = tw_conversion_apply(&to_value, t->y[k]);
  }
  return !wrong;
}

/* ---- one trace ------------------------------------------------------------------------------------------------------------- */

/* One pass through all rows: what is wrong in the last one must not be found after hours. */
static bool rows_fit(tw_reader *r, tw_trace *t) {
  tw_trace_rows *rows = tw_trace_open(t, r->arena, r->d);
  if (!rows) return false;
  double *values = tw_alloc(r->arena, (size_t)t->n, sizeof *values);
  int n = 0, more;
  while ((more = tw_trace_next(rows, &t->end, values)) > 0) n += n < 2;
  if (!more && n < 2) too_little(r, tw_trace_begin(rows));
  tw_trace_close(rows);
  return !more && n > 1;
}

static bool read_of(choice *c, const tw_attribute *of, tw_path *p) {
  const char *param;
  bool good = tw_glob_split(c->r->arena, of->value, p, &param);
  c->of = p;
  if (good && (c->scenario || !strcmp(param, tw_utilisation.id))) return true;
  tw_report(c->r, TW_E_WORKLOAD, of->at, NULL, c->scenario ? "\"%s\" is not the path of a parameter, such as \"cdu.T_supply\""
            : "\"%s\" is not the path of a utilisation, such as \"tray.gpu.utilisation\"", of->value);
  return false;
}

static bool read_words(tw_reader *r, const tw_xml_node *n, tw_trace *t) {
  static const char *const names[] = {"rule", "repeat"};
  int answer[] = {0, 0};
  bool good = true;
  for (int k = 0; k < TW_COUNT(names); k++) {
    const tw_attribute *a = tw_attribute_find(n, names[k]);
    const tw_attribute_rule *rule = tw_attribute_rule_of(tw_rule_of("trace"), names[k]);
    if (a) good = tw_choice_read(r, rule->code, rule->choices, a, &answer[k]) && good;
  }
  t->hold = answer[0] > 0;
  t->repeat = answer[1] > 0;
  return good;
}

tw_trace *tw_trace_read(tw_reader *r, const tw_xml_node *n, const tw_scenario *scenario) {
  tw_check_attributes(r, n, "trace");
  tw_check_children(r, n, "trace");
  const tw_attribute *csv = tw_attribute_find(n, "csv"), *points = tw_attribute_find(n, "points");
  const tw_attribute *of = tw_attribute_find(n, "of");
  tw_trace *t = tw_alloc(r->arena, 1, sizeof *t);
  tw_path path;
  choice c = {.r = r, .trace = t, .scenario = scenario};
  if (!csv == !points) {
    tw_report(r, TW_E_WORKLOAD, n->where, NULL, "a trace has either csv=\"file.csv\" or points=\"0 x; time x; ...\"%s",
              csv ? ", not both" : "");
    return NULL;
  }
  t->where = csv ? csv->at : points->at;
  if (!read_words(r, n, t) || (of && !read_of(&c, of, &path))) return NULL;
  return (csv ? open_file(&c, n, csv) : take_points(&c, n, points)) && rows_fit(r, t) ? t : NULL;
}
