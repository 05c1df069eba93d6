/* <workload>: utilisation of the chips over time, by phases or from a trace. */
#include "csv_in.h"
#include "reader.h"
#include "trace.h"
#include <math.h>
#include <string.h>

static const tw_param utilisation = {.id = "utilisation", .unit = "1", .kind = TW_NUMBER, .lo = 0.0, .hi = 1.0};

bool tw_is_kind(const char *attribute) { return !tw_attribute_rule_of(tw_rule_of("phase"), attribute); }

/* ---- phases ---------------------------------------------------------------------------------------------------------------- */

/* "all", and the words that the `kind` of some element with a utilisation can have. */
tw_list tw_kinds_of(tw_arena *a, const tw_type *const *types) {
  tw_list known = {0};
  tw_map seen = {0};
  tw_list_add(a, &known, (void *)(uintptr_t)"all");
  for (const tw_type *const *t = types; *t; t++) {
    int k = tw_param_named(*t, "kind");
    if (k < 0 || (*t)->params[k].kind != TW_ENUM || tw_param_named(*t, "utilisation") < 0) continue;
    tw_list words = tw_words_of(a, (*t)->params[k].choices, '|');
    for (int i = 0; i < words.n; i++)
      if (tw_map_put(a, &seen, words.at[i], words.at[i])) tw_list_add(a, &known, words.at[i]);
  }
  return known;
}

void tw_kind_check(tw_reader *r, const tw_attribute *a) {
  tw_list known = tw_kinds_of(r->arena, r->types);
  for (int k = 0; k < known.n; k++)
    if (!strcmp(a->name, known.at[k])) return;
  if (known.n > 1)
    tw_report(r, TW_E_WORKLOAD, a->name_at, NULL, "there is no kind of chip \"%s\"%s", a->name, tw_suggest(r, a->name, &known));
}

/* Kinds that any phase names. */
static tw_list kinds_of(tw_reader *r, const tw_xml_node *w) {
  tw_list kinds = {0};
  tw_map seen = {0};
  for (const tw_xml_node *n = w->first; n; n = n->next)
    for (int k = 0; !strcmp(n->name, "phase") && k < n->n_attributes; k++) {
      const tw_attribute *a = &n->attributes[k];
      if (!tw_is_kind(a->name)) continue;
      tw_kind_check(r, a);
      if (tw_map_put(r->arena, &seen, a->name, r)) tw_list_add(r->arena, &kinds, (void *)(uintptr_t)a->name);
    }
  return kinds;
}

static double utilisation_in(tw_reader *r, const tw_xml_node *phase, const char *kind) {
  const tw_attribute *a = tw_attribute_find(phase, kind);
  if (!a) a = tw_attribute_find(phase, "all");
  tw_value v;
  if (a) return tw_value_read(r, &utilisation, a->value, a->at, NULL, &v) ? v.number : NAN;
  if (!tw_first_at(r, TW_E_WORKLOAD, phase->where)) return NAN;
  if (!strcmp(kind, "all")) {
    tw_report(r, TW_E_WORKLOAD, phase->where, NULL, "this phase names some kinds of chips only, where another one says "
              "all=\"...\"; give all=\"...\" here, too, for those that are not named");
    return NAN;
  }
  tw_report(r, TW_E_WORKLOAD, phase->where, NULL, "this phase says nothing of \"%s\", which another phase names; give "
            "%s=\"...\" or all=\"...\"", kind, kind);
  return NAN;
}

typedef struct { int n; const tw_xml_node **phase; double *end; } phases; /* end: when it ends [s] */

static phases phases_of(tw_reader *r, const tw_xml_node *w) {
  phases p = {0};
  int room = 0;
  for (const tw_xml_node *n = w->first; n; n = n->next) room += !strcmp(n->name, "phase");
  p.phase = tw_alloc(r->arena, (size_t)room, sizeof *p.phase);
  p.end = tw_alloc(r->arena, (size_t)room, sizeof *p.end);
  double t = 0.0;
  for (const tw_xml_node *n = w->first; n; n = n->next) {
    if (strcmp(n->name, "phase")) continue;
    tw_check_children(r, n, "phase");
    const tw_attribute *a = tw_required(r, n, "duration");
    double d = a ? tw_number_read(r, "phase", "duration", a) : NAN;
    t += isnan(d) ? 1.0 : d;
    p.phase[p.n] = n;
    p.end[p.n++] = t;
  }
  return p;
}

/* A step is two points, the old value just before and the new one at its time: the curve is continuous from the right. */
static tw_curve *steps(tw_reader *r, const phases *p, const char *kind) {
  tw_curve *c = tw_alloc(r->arena, 1, sizeof *c);
  *c = (tw_curve){.rule = TW_CURVE_LINEAR, .beyond = TW_BEYOND_HOLD};
  c->x = tw_alloc(r->arena, 2 * (size_t)p->n, sizeof *c->x);
  c->y = tw_alloc(r->arena, 2 * (size_t)p->n, sizeof *c->y);
  c->slope = tw_alloc(r->arena, 2 * (size_t)p->n, sizeof *c->slope);
  for (int k = 0; k < p->n; k++) {
    double y = utilisation_in(r, p->phase[k], kind), start = k ? p->end[k - 1] : 0.0;
    c->x[c->n] = start;
    c->y[c->n++] = y;
    c->x[c->n] = k + 1 < p->n ? nextafter(p->end[k], 0.0) : p->end[k];
    c->y[c->n++] = y;
  }
  return tw_curve_prepare(c) ? NULL : c;
}

static void add_jumps(tw_reader *r, tw_workload *w, const phases *p) {
  w->jumps = tw_alloc(r->arena, (size_t)p->n, sizeof *w->jumps);
  for (int k = 0; k < p->n; k++) {
    bool jump = false, last = k + 1 == p->n;
    if (last && !w->repeat) break;
    for (int d = 0; d < w->n_drives; d++) {
      const double *y = w->drives[d].over_time->y;
      jump = jump || y[2 * k] != y[last ? 0 : 2 * k + 2];
    }
    if (jump) w->jumps[w->n_jumps++] = p->end[k];
  }
}

static void read_phases(tw_reader *r, const tw_xml_node *n, tw_workload *w) {
  phases p = phases_of(r, n);
  tw_list kinds = kinds_of(r, n);
  if (!kinds.n) {
    tw_report(r, TW_E_WORKLOAD, n->where, NULL, "a phase says how busy the chips are, such as gpu=\"100 %%\" or all=\"35 %%\"");
    return;
  }
  w->period = p.end[p.n - 1];
  w->drives = tw_alloc(r->arena, (size_t)kinds.n, sizeof *w->drives);
  for (int k = 0; k < kinds.n; k++) {
    tw_curve *c = steps(r, &p, kinds.at[k]);
    if (c) w->drives[w->n_drives++] = (tw_drive){kinds.at[k], c};
  }
  add_jumps(r, w, &p);
}

/* ---- traces ---------------------------------------------------------------------------------------------------------------- */

/* What of a file is used, while it is found out. */
typedef struct {
  tw_reader *r;
  tw_trace *trace;
  const tw_csv_in *table;
  const tw_path *of;           /* NULL: every column */
  const tw_csv_in_column *column;
  bool *driven;                /* [items] by a column of its own */
  int found;                   /* components of the column's path with a utilisation */
  int room;                    /* for uses */
} choice;

static void add_use(choice *c, const char *kind, int item) {
  tw_trace *t = c->trace;
  int column = (int)(c->column - c->table->column);
  if (!t->n || t->column[t->n - 1] != column) t->column[t->n++] = column;
  t->uses[t->n_uses++] = (tw_trace_use){t->n - 1, kind, item};
}

static void take_item(void *ctx, int entity) {
  choice *c = ctx;
  const tw_entity *e = &c->r->m->entities[entity];
  if (!e->type || tw_param_named(e->type, utilisation.id) < 0 || (c->of && !tw_path_is(c->r->m, entity, c->of))) return;
  c->found++;
  if (e->item < 0) return; /* broken, and told */
  if (c->driven[e->item])
    tw_report(c->r, TW_E_WORKLOAD, c->column->where, NULL, "the utilisation of %s is in another column, too", e->path);
  c->driven[e->item] = true;
  c->trace->uses = tw_grow(c->r->arena, c->trace->uses, c->trace->n_uses, &c->room, sizeof *c->trace->uses);
  add_use(c, NULL, e->item);
}

static void take_path(choice *c) {
  tw_reader *r = c->r;
  const char *name = c->column->name, *param;
  tw_path p;
  bool path = tw_path_split(r->arena, name, &p, &param);
  c->found = 0;
  if (path && !strcmp(param, utilisation.id)) tw_path_find(r->m, -1, &p, take_item, c);
  if (c->found || c->of) return;
  const char *why = path ? tw_path_why(r, -1, &p, name) : NULL;
  if (why) tw_report(r, TW_E_WORKLOAD, c->column->where, NULL, "%s", why);
  else
    tw_report(r, TW_E_WORKLOAD, c->column->where, NULL, "\"%s\" is not the utilisation of a component, such as "
              "\"tray[3].gpu[1].utilisation\"; where a file has more than that, of=\"tray.gpu.utilisation\" chooses", name);
}

static void take_kind(choice *c) {
  tw_attribute kind = {.name = c->column->name, .name_at = c->column->where};
  tw_kind_check(c->r, &kind);
  c->trace->uses = tw_grow(c->r->arena, c->trace->uses, c->trace->n_uses, &c->room, sizeof *c->trace->uses);
  add_use(c, c->column->name, -1);
}

/* Later uses override: "all", then kinds, then components. */
static void choose(choice *c) {
  enum { ALL, KIND, PATH, RANKS };
  for (int rank = c->of ? PATH : ALL; rank < RANKS; rank++)
    for (int k = 0; k < c->table->columns; k++) {
      c->column = &c->table->column[k];
      int own = strchr(c->column->name, '.') ? PATH : strcmp(c->column->name, "all") ? KIND : ALL;
      if (k == c->trace->time || own != rank) continue;
      if (rank == PATH) take_path(c);
      else take_kind(c);
    }
}

static bool choose_columns(tw_reader *r, const tw_xml_node *n, tw_trace *t, const tw_csv_in *table) {
  const tw_attribute *of = tw_attribute_find(n, "of"), *time = tw_attribute_find(n, "time-column");
  const char *param;
  tw_path p;
  choice c = {.r = r, .trace = t, .table = table, .of = of ? &p : NULL};
  if (of && (!tw_path_split(r->arena, of->value, &p, &param) || strcmp(param, utilisation.id))) {
    tw_report(r, TW_E_WORKLOAD, of->at, NULL, "\"%s\" is not the path of a utilisation, such as \"tray.gpu.utilisation\"",
              of->value);
    return false;
  }
  t->time = time ? tw_csv_in_find(table, time->value, TW_E_WORKLOAD, r->d) : 0;
  if (t->time < 0) return false;
  t->column = tw_alloc(r->arena, (size_t)table->columns, sizeof *t->column);
  c.driven = tw_alloc(r->arena, (size_t)r->m->pub.n_items + 1, sizeof *c.driven);
  choose(&c);
  if (!t->n_uses && of)
    tw_report(r, TW_E_WORKLOAD, of->at, NULL, "no column of \"%s\" is of \"%s\"; one is called for example \"%s\"", t->file,
              of->value, table->column[table->columns > 1].name);
  return t->n_uses > 0;
}

static void too_little(tw_reader *r, const tw_csv_in *table) {
  tw_report(r, TW_E_WORKLOAD, table->column[0].where, NULL, "a trace has a column time [s] that starts at 0, one or more columns "
            "of utilisation, and at least two rows");
}

/* One pass through all rows: what is wrong in the last one must not be found after hours. */
static void check_rows(tw_reader *r, tw_trace *t) {
  tw_trace_rows *rows = tw_trace_open(t, r->arena, r->d);
  if (!rows) return;
  double *values = tw_alloc(r->arena, (size_t)t->n, sizeof *values);
  int n = 0, more;
  while ((more = tw_trace_next(rows, &t->end, values)) > 0) n += n < 2;
  if (!more && n < 2) too_little(r, tw_trace_table(rows));
  tw_trace_close(rows);
}

static void read_trace(tw_reader *r, const tw_xml_node *n, tw_workload *w) {
  tw_check_attributes(r, n, "trace");
  tw_check_children(r, n, "trace");
  const tw_attribute *csv = tw_required(r, n, "csv"), *repeat = tw_attribute_find(n, "repeat");
  const tw_attribute *rule = tw_attribute_find(n, "rule");
  const tw_element_rule *grammar = tw_rule_of("trace");
  const tw_attribute_rule *repeats = tw_attribute_rule_of(grammar, "repeat"), *rules = tw_attribute_rule_of(grammar, "rule");
  int answer, hold = 0;
  if (repeat && tw_choice_read(r, repeats->code, repeats->choices, repeat, &answer)) w->repeat = answer > 0;
  if (rule) tw_choice_read(r, rules->code, rules->choices, rule, &hold);
  const char *name = NULL, *real = csv ? tw_confined(r, csv, TW_E_WORKLOAD, &name) : NULL;
  tw_csv_stream *s = real ? tw_csv_stream_open(name, TW_E_WORKLOAD, csv->at, r->arena, r->d) : NULL;
  if (!s) return;
  tw_input_add(r, name);
  tw_trace *t = w->trace = tw_alloc(r->arena, 1, sizeof *t);
  *t = (tw_trace){.file = name, .hold = hold > 0, .where = csv->at};
  const tw_csv_in *table = tw_csv_stream_table(s);
  if (table->columns < 2) too_little(r, table);
  else if (choose_columns(r, n, t, table)) check_rows(r, t);
  tw_csv_stream_close(s);
  w->period = t->end;
}

/* ---- all ----------------------------------------------------------------------------------------------------------------- */

static void read_workload(tw_reader *r, const tw_xml_node *n, tw_workload *w) {
  const tw_xml_node *trace = NULL, *phase = NULL;
  tw_check_attributes(r, n, "workload");
  tw_check_children(r, n, "workload");
  w->id = tw_attribute_find(n, "id")->value;
  w->where = n->where;
  for (const tw_xml_node *k = n->first; k; k = k->next) {
    if (!strcmp(k->name, "repeat")) {
      tw_check_attributes(r, k, "repeat");
      w->repeat = true;
    } else if (!strcmp(k->name, "trace")) {
      if (trace) tw_report(r, TW_E_WORKLOAD, k->where, NULL, "a workload has one trace");
      trace = k;
    } else if (!strcmp(k->name, "phase")) {
      phase = k;
    }
  }
  if (!trace == !phase) tw_report(r, TW_E_WORKLOAD, n->where, NULL, "a workload has either phases or a trace");
  else if (trace) read_trace(r, trace, w);
  else read_phases(r, n, w);
}

void tw_workloads_read(tw_reader *r) {
  tw_description *m = &r->m->pub;
  m->workloads = tw_alloc(r->arena, (size_t)r->workload_list.n, sizeof *m->workloads);
  for (int k = 0; k < r->workload_list.n; k++) read_workload(r, r->workload_list.at[k], &m->workloads[m->n_workloads++]);
}
