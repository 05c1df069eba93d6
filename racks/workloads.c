/* <workload>: utilisation of the chips over time, by phases or from a trace (traces.c). */
#include "reader.h"
#include "trace.h"
#include <math.h>
#include <string.h>

const tw_param tw_utilisation = {.id = "utilisation", .unit = "1", .kind = TW_NUMBER, .lo = 0.0, .hi = 1.0};

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
  if (a) return tw_value_read(r, &tw_utilisation, a->value, a->at, NULL, &v) ? v.number : NAN;
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

/* ---- all ----------------------------------------------------------------------------------------------------------------- */

static void take_trace(tw_reader *r, const tw_xml_node *n, tw_workload *w) {
  w->trace = tw_trace_read(r, n, NULL);
  if (!w->trace) return;
  w->repeat = w->trace->repeat;
  w->period = w->trace->end;
}

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
  else if (trace) take_trace(r, trace, w);
  else read_phases(r, n, w);
}

void tw_workloads_read(tw_reader *r) {
  tw_description *m = &r->m->pub;
  m->workloads = tw_alloc(r->arena, (size_t)r->workload_list.n, sizeof *m->workloads);
  for (int k = 0; k < r->workload_list.n; k++) read_workload(r, r->workload_list.at[k], &m->workloads[m->n_workloads++]);
}
