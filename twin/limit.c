/* The search: outwards in growing steps until a limit breaks, then bisection, then samples that tell whether it was monotone. */
#include "limit.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "../racks/diagnostic_codes.h"
#include "../racks/units.h"
#include "../viz/csv.h"

/* ---- one value ------------------------------------------------------------------------------------------------------------- */

static const char *text_of(const tw_limit_search *s, double x) {
  char number[32];
  tw_number_format(x, 10, number);
  return tw_printf(s->arena, "%s%s%s", number, *s->unit ? " " : "", s->unit);
}

static int read_with(const tw_limit_search *s, const char *text, tw_session *session, bool with_solver) {
  const char *sets[TW_MAX_WORDS];
  int n = text ? s->o->n_paths : 0;
  for (int i = 0; i < n; i++) sets[i] = tw_printf(s->arena, "%s=%s", s->o->paths[i], text);
  return tw_session_read_with(session, s->o, sets, n, with_solver);
}

static const char *reason_of(const tw_limit_search *s, const tw_session *session) {
  for (int i = 0; i < session->diagnostics.n; i++) {
    const tw_diagnostic *d = &session->diagnostics.items[i];
    if (d->severity == TW_ERROR)
      return tw_printf(s->arena, "%s%s%s [RT%04d]", d->path ? d->path : "", d->path ? ": " : "", d->text, d->code);
  }
  return "out of memory";
}

static void keep_tightest(const tw_limit_search *s, tw_trial *t, const tw_results *r) {
  t->n_broken = r->n_broken;
  t->limited = r->n_margins > 0;
  if (!t->limited) return;
  t->tightest = r->margins[0];
  t->tightest.path = tw_strdup(s->arena, t->tightest.path);
  t->tightest.quantity = tw_strdup(s->arena, t->tightest.quantity);
  t->tightest.source = t->tightest.source ? tw_strdup(s->arena, t->tightest.source) : NULL;
  t->tightest.where = (tw_where){0};
}

typedef struct { const tw_limit_search *s; const tw_description *model; tw_trial *t; } comparison;

static int count_change(void *ctx, int item, const tw_discrete *what, double before, double after) {
  comparison *c = ctx;
  (void)before, (void)after;
  if (!what->words) return 0; /* phases come and go with the load */
  if (!c->t->changed++) c->t->changed_first = tw_strdup(c->s->arena, c->model->items[item].path);
  return 0;
}

static void keep_states(const tw_limit_search *s, tw_trial *t, const tw_network *net) {
  t->n_states = tw_network_discrete_count(net);
  t->state = tw_alloc(s->arena, (size_t)t->n_states, sizeof *t->state);
  tw_network_discrete_copy(net, t->state);
  if (s->start->state && s->start->n_states == t->n_states)
    tw_network_discrete_changes(net, s->start->state, count_change, &(comparison){s, net->model, t});
}

static const tw_trial *try_at(tw_limit_search *s, double x) {
  tw_number_scan(text_of(s, s->integer ? round(x) : x), &x); /* the number that the reader will see */
  for (int i = 0; i < s->n_trials; i++)
    if (!(s->trials[i]->x < x || s->trials[i]->x > x)) return s->trials[i];
  tw_trial *t = tw_alloc(s->arena, 1, sizeof *t);
  *t = (tw_trial){.x = x, .text = text_of(s, x), .reason = ""};
  tw_session session;
  tw_results *r = NULL;
  t->exit = read_with(s, t->text, &session, true);
  if (!t->exit) t->exit = tw_session_solve(&session, &(tw_steady_options){0}, &r);
  if (r) {
    t->exit = r->n_broken ? TW_EXIT_LIMIT : TW_EXIT_OK;
    keep_tightest(s, t, r);
    keep_states(s, t, session.net);
  } else {
    t->reason = reason_of(s, &session);
  }
  tw_results_free(r);
  tw_session_close(&session);
  if (s->n_trials < TW_MOST_TRIALS) s->trials[s->n_trials++] = t;
  if (s->progress) s->progress(s->ctx, t);
  return t;
}

static bool kept(const tw_trial *t) { return t->exit == TW_EXIT_OK; }

/* ---- ends ------------------------------------------------------------------------------------------------------------------ */

static double first_step(const tw_limit_search *s, double x) {
  if (s->integer || !strcmp(s->si, "K")) return 1.0;
  if (fabs(x) > 0.0) return 0.05 * fabs(x);
  return isfinite(s->hi - s->lo) ? (s->hi - s->lo) / 64.0 : 1.0;
}

/* Outwards from *last in steps that double, to the first value that is (wanted) kept or not; NULL when there is none up to the
 * bound. *last: the one before it. */
static const tw_trial *walk(tw_limit_search *s, const tw_trial **last, int direction, bool wanted) {
  double from = (*last)->x, bound = direction > 0 ? s->hi : s->lo;
  for (double step = first_step(s, from); isfinite(step); step *= 2.0) {
    double x = from + direction * step;
    bool at_bound = direction > 0 ? x >= bound : x <= bound;
    const tw_trial *t = try_at(s, at_bound ? bound : x);
    if (kept(t) == wanted) return t;
    *last = t;
    if (at_bound || t->exit == TW_EXIT_INPUT) break;
  }
  return NULL;
}

static double allowed_gap(const tw_limit_search *s, double a, double b) {
  if (s->integer) return 1.0;
  return s->tolerance > 0.0 ? s->tolerance : 1e-4 * fmax(fabs(a), fabs(b));
}

/* The middle on a decimal grid no coarser than the gap, so that the answer is a number that one would write. It is no end: they
 * are further apart than the gap. */
static double middle(double a, double b, double gap) {
  double grid = pow(10.0, floor(log10(gap) + 1e-9));
  return round(0.5 * (a + b) / grid) * grid;
}

static void bisect(tw_limit_search *s, const tw_trial **inside, const tw_trial **outside) {
  for (int i = 0; i < 60; i++) {
    double a = (*inside)->x, b = (*outside)->x;
    double gap = allowed_gap(s, a, b);
    if (fabs(b - a) <= gap * (1.0 + 1e-9)) return;
    const tw_trial *t = try_at(s, middle(a, b, gap));
    if (t == *inside || t == *outside) return;
    if (kept(t)) *inside = t;
    else *outside = t;
  }
}

static void note(tw_limit_search *s, const char *text) {
  if (s->n_notes < TW_MOST_NOTES) s->notes[s->n_notes++] = text;
}

enum { SAMPLES = 8 };

/* The first of the values between two kept ones that is not; *before: the kept one before it. */
static const tw_trial *gap_between(tw_limit_search *s, const tw_trial *from, const tw_trial *to, const tw_trial **before) {
  *before = from;
  for (int i = 1; i < SAMPLES; i++) {
    const tw_trial *t = try_at(s, from->x + (to->x - from->x) * i / SAMPLES);
    if (!kept(t)) return t;
    *before = t;
  }
  return NULL;
}

/* Values beyond the end should break a limit, too: up to four times as far as the end is, and at the bound. */
static void look_beyond(tw_limit_search *s, const tw_trial *from, const tw_range_end *e, int direction) {
  double width = fmax(fabs(e->kept->x - from->x), first_step(s, e->kept->x)), bound = direction > 0 ? s->hi : s->lo;
  for (int i = 1; i <= SAMPLES + 1; i++) {
    double x = e->beyond->x + direction * 4.0 * width * i / SAMPLES;
    bool past = i > SAMPLES || (direction > 0 ? x >= bound : x <= bound);
    if (past && !isfinite(bound)) return;
    const tw_trial *t = try_at(s, past ? bound : x);
    if (past && !kept(t)) return;
    if (!kept(t)) continue;
    note(s, tw_printf(s->arena, "not monotone: beyond %s a limit breaks, but at %s none is broken", e->kept->text, t->text));
    return;
  }
}

static tw_range_end end_from(tw_limit_search *s, const tw_trial *from, int direction) {
  tw_range_end e = {.sought = true, .kept = from};
  const tw_trial *before;
  e.beyond = walk(s, &e.kept, direction, false);
  if (e.beyond) bisect(s, &e.kept, &e.beyond);
  for (const tw_trial *gap; s->n_trials < TW_MOST_TRIALS && (gap = gap_between(s, from, e.kept, &before)) != NULL;) {
    note(s, tw_printf(s->arena, "not monotone: at %s a limit breaks, at %s none is broken; this is the end nearest to %s",
                      gap->text, e.kept->text, from->text));
    e.kept = before, e.beyond = gap;
    bisect(s, &e.kept, &e.beyond);
  }
  e.by = !e.beyond ? TW_BOUND_RANGE : e.beyond->exit == TW_EXIT_LIMIT ? TW_BOUND_LIMIT
         : e.beyond->exit == TW_EXIT_INPUT ? TW_BOUND_INPUT : TW_BOUND_NO_SOLUTION;
  if (e.kept->changed)
    note(s, tw_printf(s->arena, "parts in another state at %s than at %s: %d, the first of them %s", e.kept->text, s->start->text,
                      e.kept->changed, e.kept->changed_first));
  if (e.beyond && e.by != TW_BOUND_INPUT) look_beyond(s, from, &e, direction);
  return e;
}

/* A value that breaks no limit, the nearer of the nearest ones on both sides; evenly over the range when steps miss it. */
static const tw_trial *any_kept(tw_limit_search *s) {
  const tw_trial *up = s->start, *down = s->start;
  if (kept(s->start)) return s->start;
  const tw_trial *above = walk(s, &up, 1, true), *below = walk(s, &down, -1, true);
  if (above && below) return above->x - s->start->x < s->start->x - below->x ? above : below;
  if (above || below) return above ? above : below;
  for (int i = 1; i < 2 * SAMPLES && isfinite(s->hi - s->lo); i++) {
    const tw_trial *t = try_at(s, s->lo + (s->hi - s->lo) * i / (2 * SAMPLES));
    if (kept(t)) return t;
  }
  return NULL;
}

int tw_limit_find(tw_limit_search *s) {
  double from = s->start->x;
  s->start = try_at(s, from);
  const tw_trial *inside = any_kept(s);
  if (!inside) return TW_EXIT_NO_SOLUTION;
  const char *toward = s->o->toward;
  if (!toward || !strcmp(toward, "max")) s->largest = end_from(s, inside, 1);
  if (!toward || !strcmp(toward, "min")) s->smallest = end_from(s, inside, -1);
  return 0;
}

/* ---- before the first solve ---------------------------------------------------------------------------------------------- */

typedef struct { const tw_description *model; const tw_param *param; double lo, hi, value; int n; bool differ, unfit; } figures;

static void look_at(void *ctx, int item, const char *last) {
  figures *f = ctx;
  const tw_item *it = &f->model->items[item];
  int k = tw_param_index(it->type, last);
  if (k < 0) return;
  const tw_param *p = &it->type->params[k];
  double value = it->values[k].number;
  f->unfit |= p->kind != TW_NUMBER && p->kind != TW_INTEGER;
  f->unfit |= f->param && (strcmp(f->param->unit, p->unit) || f->param->kind != p->kind);
  if (!f->n++) f->param = p, f->value = value;
  f->differ |= !(f->value <= value && f->value >= value) && !(isnan(f->value) && isnan(value));
  if (p->lo < p->hi) f->lo = fmax(f->lo, p->lo), f->hi = fmin(f->hi, p->hi);
}

static int refuse(const char *format, const char *a, const char *b) {
  fputs("racktwin: limit: ", stderr);
  fprintf(stderr, format, a, b); /* formats are the literals below */
  fputs("\n", stderr);
  return TW_EXIT_USAGE;
}

static double in_unit(const tw_limit_search *s, double si) {
  double x = si;
  if (strcmp(s->si, s->unit) && isfinite(si) && !strcmp(s->unit, "degC")) tw_convert(si, s->si, s->unit, &x);
  return x;
}

/* --min, --max: SI in `unit` of the search. */
static int bound_given(const tw_limit_search *s, const char *name, const char *text, double *bound) {
  char message[256] = "";
  if (!text) return 0;
  double x = in_unit(s, tw_quantity_parse(text, s->si, message, sizeof message));
  if (!isfinite(x)) return refuse("--%s %s", name, message);
  if (x < s->lo || x > s->hi || (s->integer && x != floor(x)))
    return refuse("--%s %s is outside what the figure can be", name, text);
  *bound = x;
  return 0;
}

static int tolerance_given(tw_limit_search *s, const char *text) {
  char message[256] = "";
  bool temperature = !strcmp(s->si, "K") || !strcmp(s->si, "delta K");
  s->tolerance = temperature ? 0.01 : 0.0;
  if (!text) return 0;
  s->tolerance = tw_quantity_parse(text, temperature ? "delta K" : s->si, message, sizeof message);
  if (isnan(s->tolerance)) return refuse("--tol %s%s", message, "");
  return s->tolerance > 0.0 ? 0 : refuse("--tol is greater than zero, not %s%s", text, "");
}

static int begin_at(tw_limit_search *s, const figures *f) {
  double x = in_unit(s, f->value), lo = s->lo, hi = s->hi;
  s->given = !isnan(x);
  int status = bound_given(s, "min", s->o->min, &lo);
  if (!status) status = bound_given(s, "max", s->o->max, &hi);
  if (!status) status = tolerance_given(s, s->o->tol);
  if (status) return status;
  if (lo > hi) return refuse("--min %s is above --max %s", s->o->min, s->o->max);
  if (!s->given && !s->o->min && !s->o->max)
    return refuse("%s has no value in %s to begin at; give one by --min or --max", s->o->paths[0], s->o->words[0]);
  if (!s->given) x = s->o->min ? lo : hi;
  s->lo = lo, s->hi = hi;
  s->given = s->given && x >= lo && x <= hi;
  tw_trial *t = tw_alloc(s->arena, 1, sizeof *t);
  t->x = fmin(fmax(x, lo), hi);
  s->start = t;
  if (f->differ)
    note(s, tw_printf(s->arena, "the figures differ in the file; all are set to one value, beginning with %s", text_of(s, t->x)));
  return 0;
}

static int describe(tw_limit_search *s, const tw_description *m) {
  static const tw_param ambient = {.id = "temperature", .unit = "K", .kind = TW_NUMBER};
  const tw_options *o = s->o;
  figures f = {.model = m, .lo = -INFINITY, .hi = INFINITY};
  for (int i = 0; i < o->n_paths; i++) {
    int before = f.n;
    if (strcmp(o->paths[i], "ambient.temperature")) tw_match(m, o->paths[i], look_at, &f);
    else if (!f.n++) f.param = &ambient, f.value = m->ambient;
    if (f.n == before) return -1;
  }
  if (f.unfit || !f.param)
    return refuse("%s is not a number, or not all are of one unit; racktwin sweep -L varies words%s", o->paths[0], "");
  s->integer = f.param->kind == TW_INTEGER;
  s->si = f.param->unit && *f.param->unit ? f.param->unit : "1";
  s->unit = !strcmp(s->si, "K") ? "degC" : !strcmp(s->si, "delta K") ? "K" : !strcmp(s->si, "1") ? "" : s->si;
  s->title = tw_strdup(s->arena, m->title ? m->title : m->file);
  s->lo = in_unit(s, f.lo), s->hi = in_unit(s, f.hi);
  return begin_at(s, &f);
}

int tw_limit_prepare(tw_limit_search *s, const tw_options *o) {
  *s = (tw_limit_search){.arena = tw_arena_new(), .o = o, .unit = ""};
  if (!o->n_paths) return refuse("needs -p PATH, such as -p cdu.T_supply%s%s", "", "");
  if (o->n_variants > 1) return refuse("takes one -V%s%s", "", "");
  if (o->toward && strcmp(o->toward, "max") && strcmp(o->toward, "min"))
    return refuse("--toward is max or min, not \"%s\"%s", o->toward, "");
  tw_session session;
  int status = read_with(s, NULL, &session, false);
  if (!status) tw_session_report(&session, o, TW_EXIT_OK);
  else tw_session_report(&session, o, status);
  if (!status) status = describe(s, session.model);
  tw_session_close(&session);
  if (status >= 0) return status;
  status = read_with(s, "0", &session, false); /* no such figure: the reader knows the nearest name */
  tw_session_report(&session, o, TW_EXIT_INPUT);
  tw_session_close(&session);
  return status ? TW_EXIT_INPUT : refuse("%s is no figure that can be searched%s", o->paths[0], "");
}
