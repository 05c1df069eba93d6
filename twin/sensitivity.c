#include "sensitivity.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "../viz/csv.h"
#include "compare.h"
#include "page.h"
#include "progress.h"

static const double SHARE = 0.1, KELVIN = 5.0;

typedef struct { int item, param; double value; } place;
typedef struct { const char *path, *ends[2]; place *places; int n; } factor; /* ends: NULL, or as they were given */
typedef struct {
  tw_arena *arena;
  const tw_options *o;
  const tw_description *model;
  double *state; int n_states;   /* discrete ones of the base */
  factor *list; int n;
} factors;

static const tw_param ambient = {.id = "temperature", .unit = "K", .kind = TW_NUMBER, .lo = 1.0, .hi = 1.0e4};

static const tw_param *param_of(const factors *f, const place *p) {
  return p->item < 0 ? &ambient : &f->model->items[p->item].type->params[p->param];
}

static int refuse(const char *path, const char *why) {
  fprintf(stderr, "racktwin: report: --sensitivity %s %s\n", path, why);
  return TW_EXIT_USAGE;
}

/* ---- which figures ------------------------------------------------------------------------------------------------------- */

/* The list of n, or a copy of it, with room for one more; it doubles at powers of two. */
static void *with_room(tw_arena *a, void *list, int n, size_t size) {
  if (n & (n - 1)) return list;
  void *grown = tw_alloc(a, n ? 2 * (size_t)n : 1, size);
  if (n) memcpy(grown, list, (size_t)n * size);
  return grown;
}

typedef struct { const factors *f; factor *x; bool words; } gathering;

static void look_at(void *ctx, int item, const char *last) {
  gathering *g = ctx;
  const tw_item *it = &g->f->model->items[item];
  int k = tw_param_index(it->type, last);
  if (k < 0) return;
  g->words |= it->type->params[k].kind != TW_NUMBER && it->type->params[k].kind != TW_INTEGER;
  g->x->places = with_room(g->f->arena, g->x->places, g->x->n, sizeof *g->x->places);
  g->x->places[g->x->n++] = (place){item, k, it->values[k].number};
}

static factor *add(factors *f, const char *path) {
  f->list = with_room(f->arena, f->list, f->n, sizeof *f->list);
  f->list[f->n] = (factor){.path = path};
  return &f->list[f->n++];
}

/* Does the reader take it? Where it does not, it says why; of a figure that is not there it knows the nearest name. */
static int accepted(const factors *f, const char *path, const char *value) {
  tw_session s;
  const char *set = tw_printf(f->arena, "%s=%s", path, value);
  int status = tw_session_read_with(&s, f->o, &set, 1, false);
  if (status == TW_EXIT_INPUT) tw_session_report(&s, f->o, status);
  tw_session_close(&s);
  return status;
}

static int find(factors *f, const char *path, const char *ends[2]) {
  for (int i = 0; i < f->n; i++)
    if (!strcmp(f->list[i].path, path)) return refuse(path, "is given twice");
  factor *x = add(f, path);
  gathering g = {f, x, false};
  x->ends[0] = ends[0], x->ends[1] = ends[1];
  if (!strcmp(path, "ambient.temperature")) {
    x->places = tw_alloc(f->arena, 1, sizeof *x->places);
    x->places[x->n++] = (place){-1, 0, f->model->ambient};
  } else {
    tw_match(f->model, path, look_at, &g);
  }
  if (!x->n) {
    int status = accepted(f, path, "0");
    return status ? status : refuse(path, "is no figure");
  }
  if (g.words) return refuse(path, "is no number");
  for (int end = 0; end < 2 && ends[0]; end++) {
    int status = accepted(f, path, ends[end]);
    if (status) return status;
  }
  for (int i = 0; i < x->n && !ends[0]; i++) {
    const place *p = &x->places[i];
    if (param_of(f, p)->kind == TW_INTEGER) return refuse(path, "is a count: say which ones by PATH=LOW,HIGH");
    if (!isfinite(p->value) || !(fabs(p->value) > 0.0))
      return refuse(path, "has no value of which 10 % can be taken: PATH=LOW,HIGH");
  }
  return 0;
}

static bool varies(const tw_item *item, int k) {
  const tw_value *v = &item->values[k];
  tw_quality quality = v->quality ? v->quality : item->quality;
  return v->given && v->owner < 0 && quality == TW_ESTIMATE && item->type->params[k].kind == TW_NUMBER && isfinite(v->number) &&
         fabs(v->number) > 0.0;
}

/* The figures of all instances of a part are one; what was named before stays as it is. */
static void find_estimates(factors *f) {
  int named = f->n;
  for (int i = 0; i < f->model->n_items; i++) {
    const tw_item *item = &f->model->items[i];
    for (int k = 0; item->type->params && item->type->params[k].id; k++) {
      if (!varies(item, k)) continue;
      const char *path = tw_printf(f->arena, "%s.%s", tw_path_group(f->arena, item->path), item->type->params[k].id);
      int at = 0;
      while (at < f->n && strcmp(f->list[at].path, path)) at++;
      if (at < named) continue;
      gathering g = {f, at < f->n ? &f->list[at] : add(f, path), false};
      look_at(&g, i, item->type->params[k].id);
    }
  }
}

static int parse(factors *f, const char *word) {
  const char *equals = strchr(word, '='), *comma = equals ? strchr(equals, ',') : NULL;
  if (equals) {
    if (equals == word || memchr(word, ',', (size_t)(equals - word)) || !comma ||
        comma == equals + 1 || !comma[1] || strchr(comma + 1, ','))
      return refuse(word, "is not PATH=LOW,HIGH, such as cdu.T_supply='25 degC,40 degC'");
    const char *ends[2] = {tw_printf(f->arena, "%.*s", (int)(comma - equals - 1), equals + 1), comma + 1};
    return find(f, tw_printf(f->arena, "%.*s", (int)(equals - word), word), ends);
  }
  int status = 0;
  for (const char *at = word, *end; !status && at; at = end ? end + 1 : NULL) {
    end = strchr(at, ',');
    const char *path = tw_printf(f->arena, "%.*s", end ? (int)(end - at) : (int)strlen(at), at);
    if (!strcmp(path, "estimates"))
      find_estimates(f);
    else
      status = find(f, path, (const char *[2]){NULL, NULL});
  }
  return status;
}

/* ---- one value of one figure ---------------------------------------------------------------------------------------------- */

static double moved(const tw_param *p, double value, int end) {
  double by = !strcmp(p->unit, "K") ? KELVIN : SHARE * fabs(value), x = end ? value + by : value - by;
  return p->lo < p->hi ? fmin(fmax(x, p->lo), p->hi) : x;
}

static const char *set_of(tw_arena *a, const char *path, const tw_param *p, double value) {
  const char *unit = !strcmp(p->unit, "1") ? "" : !strcmp(p->unit, "delta K") ? "K" : p->unit;
  return tw_printf(a, "%s=%.17g%s%s", path, value, *unit ? " " : "", unit);
}

static bool alike(const factor *x) {
  for (int i = 1; i < x->n; i++)
    if (x->places[i].value < x->places[0].value || x->places[i].value > x->places[0].value) return false;
  return true;
}

/* The --set options that bring a figure to its end. */
static int sets_for(const factors *f, const factor *x, int end, const char ***sets) {
  *sets = tw_alloc(f->arena, (size_t)x->n + 1, sizeof **sets);
  if (x->ends[end]) {
    (*sets)[0] = tw_printf(f->arena, "%s=%s", x->path, x->ends[end]);
    return 1;
  }
  for (int i = 0; i < x->n; i++) {
    const place *p = &x->places[i];
    const tw_param *param = param_of(f, p);
    const char *path = p->item < 0 ? x->path : tw_printf(f->arena, "%s.%s", f->model->items[p->item].path, param->id);
    (*sets)[i] = set_of(f->arena, path, param, moved(param, p->value, end));
  }
  return x->n;
}

static const char *shown(const factors *f, const factor *x, int end) {
  const place *p = &x->places[0];
  const tw_param *param = param_of(f, p);
  char text[48];
  if (end >= 0 && x->ends[end]) return x->ends[end];
  if (!alike(x)) return end < 0 ? "several values" : end ? "each 10 % more" : "each 10 % less";
  return tw_strdup(f->arena, tw_page_value(end < 0 ? p->value : moved(param, p->value, end), param->unit, text, sizeof text));
}

static tw_swing_end outcome_of(const tw_network *net, const tw_results *r) {
  int chip = tw_hottest_chip(net);
  return (tw_swing_end){.y = {r->grid_power, chip < 0 ? (double)NAN : tw_item_temperature(net, chip), r->grid_to_chip},
      .n_broken = r->n_broken};
}

typedef struct { const factors *f; tw_swing_end *end; } comparison;

static int count_change(void *ctx, int item, const tw_discrete *what, double before, double after) {
  comparison *c = ctx;
  (void)before, (void)after;
  if (!what->words) return 0; /* phases come and go with the load */
  if (!c->end->changed++) c->end->changed_first = c->f->model->items[item].path;
  return 0;
}

static tw_swing_end solve_with(const factors *f, const char **sets, int n) {
  tw_session s;
  tw_results *r = NULL;
  tw_swing_end out = {.y = {NAN, NAN, NAN}};
  char why[512];
  int status = tw_session_read_with(&s, f->o, sets, n, true);
  if (!status) status = tw_session_solve(&s, &(tw_steady_options){0}, &r);
  if (!status)
    out = outcome_of(s.net, r);
  if (!status && tw_network_discrete_count(s.net) == f->n_states)
    tw_network_discrete_changes(s.net, f->state, count_change, &(comparison){f, &out});
  if (status)
    out.reason = tw_strdup(f->arena, status == TW_EXIT_SYSTEM ? "out of memory" : tw_session_why(&s, why, sizeof why));
  tw_results_free(r);
  tw_session_close(&s);
  return out;
}

int tw_sensitivity_new(tw_arena *a, const tw_options *o, const tw_session *base, const tw_results *r, tw_sensitivity *s) {
  factors f = {.arena = a, .o = o, .model = base->model, .n_states = tw_network_discrete_count(base->net)};
  f.state = tw_alloc(a, (size_t)f.n_states + 1, sizeof *f.state);
  tw_network_discrete_copy(base->net, f.state);
  int status = 0;
  for (int i = 0; !status && i < o->n_sensitivities; i++) status = parse(&f, o->sensitivities[i]);
  if (status) return status;
  *s = (tw_sensitivity){.base = outcome_of(base->net, r), .swings = tw_alloc(a, (size_t)f.n + 1, sizeof *s->swings), .n = f.n};
  tw_progress progress = tw_progress_begin(o);
  for (int i = 0; i < f.n; i++) {
    const factor *x = &f.list[i];
    s->swings[i] = (tw_swing){.path = x->path, .parts = x->n, .from = shown(&f, x, -1)};
    for (int end = 0; end < 2; end++) {
      const char **sets;
      tw_progress_cases(&progress, 2 * i + end, 2 * f.n, x->path);
      int n = sets_for(&f, x, end, &sets);
      s->swings[i].to[end] = shown(&f, x, end);
      s->swings[i].at[end] = solve_with(&f, sets, n);
    }
  }
  tw_progress_end(&progress);
  return 0;
}
