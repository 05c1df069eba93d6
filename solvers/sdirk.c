#include "sdirk.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A step is the way to the stop over 2^level; it grows by two levels at most, and is aimed at this share of the tolerance. */
enum { LEVEL_MAX = 50, GROWTH_LEVELS = 2, ROOT_ITERATIONS = 60 };
static const double aim = 0.8, shrink_least = 0.1, first_change = 0.01;
/* By how much events that may wait do: what their reaction would have changed by then, in units of the tolerance; what an unknown
 * moves by meanwhile, in units of rtol. */
static const double late_most = 0.05, moved_most = 100;

typedef struct {
  tw_sdirk_stages s;
  double h_max, t;
  double from, to;            /* the way that is being halved */
  int level;
  int64_t at;                 /* place on it, in units of its 2^LEVEL_MAX-th part */
  double wish;                /* h that the error of the last step lets hope for; 0: none yet */
  double after_jump;          /* the same of the first step after the last jump; INFINITY: none yet */
  bool jumped;                /* no step has been made since */
  double *g0, *g1, *gm;       /* [n_events] at the start and the end of a step, and between */
  double *q0, *q1;            /* [n_events] likewise, by interpolation */
  double *passed;             /* [n_events] when those of the last event passed zero, INFINITY for the others */
  double reaction;            /* to events that may wait: tolerances per second of the unknown that it moves most; NAN: not known */
  bool waited;                /* the last event was of these only */
  int n_integrals;
  void (*integrand)(void *ctx, double t, const double *y, const double *yd, double *q);
  void *integrand_ctx;
  double *rate1, *rate2;      /* [n_integrals] integrands at the stages */
} integrator;

/* ---- life ------------------------------------------------------------------------------------------------------------ */

/* How much the rates have jumped. */
static void learn_reaction(integrator *x, const double *yd) {
  const tw_sdirk_stages *s = &x->s;
  double largest = 0;
  for (int i = 0; i < s->p->n; i++)
    if (s->p->differential[i]) largest = fmax(largest, fabs(yd[i] - s->k[i]) * s->weight[i]);
  x->reaction = fmax(largest, isnan(x->reaction) ? 0 : 0.5 * x->reaction);
}

static bool sdirk_begin(void *method, double t, const double *y, const double *yd) {
  integrator *x = method;
  x->jumped = !(x->waited && t <= x->t);
  if (x->jumped) x->wish = fmin(x->wish, x->after_jump); /* the next jump may be like it */
  else learn_reaction(x, yd);
  tw_sdirk_begin(&x->s, y, yd);
  x->t = x->from = x->to = t; /* the error of the first step tells whether the length of the last one still fits */
  return true;
}

static void sdirk_destroy(void *method) {
  integrator *x = method;
  tw_sdirk_stages_free(&x->s);
  free(x->g0);
  free(x->g1);
  free(x->gm);
  free(x->q0);
  free(x->q1);
  free(x->passed);
  free(x->rate1);
  free(x);
}

static void *sdirk_create(tw_solver *s, double t, const double *y, const double *yd, const tw_transient_options *o) {
  integrator *x = calloc(1, sizeof *x);
  if (!x) return NULL;
  size_t events = (size_t)s->p->n_events + 1;
  x->h_max = o->h_max > 0 ? o->h_max : INFINITY;
  x->n_integrals = o->n_integrals;
  x->integrand = o->integrand;
  x->integrand_ctx = o->ctx;
  bool ok = tw_sdirk_stages_new(&x->s, s->p, o) && (x->rate1 = calloc(2 * (size_t)o->n_integrals + 1, sizeof *x->rate1));
  x->g0 = calloc(events, sizeof *x->g0);
  x->g1 = calloc(events, sizeof *x->g1);
  x->gm = calloc(events, sizeof *x->gm);
  x->q0 = calloc(events, sizeof *x->q0);
  x->q1 = calloc(events, sizeof *x->q1);
  x->rate2 = x->rate1 + o->n_integrals;
  x->passed = calloc(events, sizeof *x->passed);
  x->reaction = NAN;
  x->after_jump = INFINITY;
  if (ok && x->g0 && x->g1 && x->gm && x->q0 && x->q1 && x->passed && sdirk_begin(x, t, y, yd)) return x;
  sdirk_destroy(x);
  return NULL;
}

static void sdirk_statistics(void *method, tw_transient_stats *s) {
  const integrator *x = method;
  *s = x->s.n;
  s->worst_unknown = x->s.worst;
}

/* ---- the length of a step ---------------------------------------------------------------------------------------------- */

/* A first step in which no unknown moves by more than a hundredth of itself: the error decides from then on. */
static double first_step(const integrator *x) {
  const tw_sdirk_stages *s = &x->s;
  double shortest = INFINITY;
  for (int i = 0; i < s->p->n; i++) {
    if (!s->p->differential[i] || s->k[i] == 0) continue;
    double size = fmax(fabs(s->y[i]), s->p->nominal[i]);
    shortest = fmin(shortest, first_change * size / fabs(s->k[i]));
  }
  return shortest;
}

static int64_t stride(int level) { return (int64_t)1 << (LEVEL_MAX - level); }

/* The longest step of the way's halves that is no longer than wished for and begins where such a step may begin. */
static void choose_level(integrator *x, int least) {
  double wish = fmin(x->wish, x->h_max), h = x->to - x->from;
  int level = 0;
  while (level < LEVEL_MAX && h > wish * (1 + 1e-9)) {
    h *= 0.5;
    level++;
  }
  if (level < least) level = least;
  while (level < LEVEL_MAX && x->at % stride(level)) level++;
  x->level = level;
}

static void begin_way(integrator *x, double t_stop) {
  x->from = x->t;
  x->to = t_stop;
  x->at = 0;
  if (x->wish == 0) x->wish = first_step(x);
  choose_level(x, 0);
}

static double time_at(const integrator *x, int64_t at) {
  return at == stride(0) ? x->to : x->from + (x->to - x->from) * ldexp((double)at, -LEVEL_MAX);
}

static double give_wish(double h, double error) {
  double factor = error > 0 ? aim / sqrt(error) : INFINITY;
  return h * fmin(fmax(factor, shrink_least), 1 << GROWTH_LEVELS);
}

/* One step that passes, its stages in s; its length, or 0 when no step is short enough. */
static double make_step(integrator *x) {
  tw_sdirk_stages *s = &x->s;
  for (;;) {
    double h = (x->to - x->from) * ldexp(1, -x->level);
    if (x->level >= LEVEL_MAX || h <= tw_time_rounding(x->t, x->t + h)) {
      x->wish = 0; /* nothing is known of where another method will have brought it */
      return 0;
    }
    bool solved = tw_sdirk_solve(s, x->t, h);
    double error = solved ? tw_sdirk_error(s, h) : INFINITY;
    if (solved) x->wish = give_wish(h, error);
    else x->wish = 0.25 * h;
    if (error <= 1) return h;
    if (solved) s->n.error_failures++;
    else s->n.newton_failures++;
    choose_level(x, x->level + 1);
  }
}

/* ---- events ------------------------------------------------------------------------------------------------------------ */

/* A root function that is zero at the start has no sign to change. */
static bool crosses(double a, double b) { return (a < 0 && b >= 0) || (a > 0 && b <= 0); }

static bool any_crosses(const integrator *x, const double *a, const double *b) {
  for (int k = 0; k < x->s.p->n_events; k++)
    if (crosses(a[k], b[k])) return true;
  return false;
}

static bool evaluate_events(integrator *x, double t, const double *y, const double *yd, double *g) {
  const tw_problem *p = x->s.p;
  return p->n_events == 0 || !p->events(p->ctx, t, y, yd, g);
}

/* An interval of shares of a step at whose ends the root functions are g[0] and g[1], one of which changes its sign. */
typedef struct { double end[2], pull[2], *g[2]; int moved; } bracket;

/* Where the first of the crossing functions would be zero on a line; `pull` weighs the end that stays (Illinois rule, Dowell and
 * Jarratt, BIT 11 (1971) 168). */
static double secant(const integrator *x, const bracket *b) {
  double first = 1;
  for (int k = 0; k < x->s.p->n_events; k++) {
    if (!crosses(b->g[0][k], b->g[1][k])) continue;
    double before = b->pull[0] * b->g[0][k], after = b->pull[1] * b->g[1][k];
    first = fmin(first, before / (before - after));
  }
  return b->end[0] + (b->end[1] - b->end[0]) * first;
}

/* The end on the side of m goes there; *gm holds the functions at m and gets an array to fill. 1: an event is before m. */
static int shrink(const integrator *x, bracket *b, double m, double **gm) {
  int end = any_crosses(x, b->g[0], *gm);
  double *spare = b->g[end];
  b->g[end] = *gm;
  *gm = spare;
  b->end[end] = m;
  b->pull[!end] = b->moved == end ? 0.5 * b->pull[!end] : 1;
  b->pull[end] = 1;
  b->moved = end;
  return end;
}

/* A share just past the first event between the ends, one evaluation of the functions at a time; 1 when one fails. With `exactly`
 * each point is a consistent one, the last one past the event is kept, and the search begins at `guess`. */
static double search(integrator *x, bracket *b, double h, double resolution, bool exactly, double guess) {
  tw_sdirk_stages *s = &x->s;
  for (int i = 0; b->end[1] - b->end[0] > resolution && i < ROOT_ITERATIONS; i++) {
    double m = exactly && i == 0 ? guess : i < ROOT_ITERATIONS / 2 ? secant(x, b) : 0.5 * (b->end[0] + b->end[1]);
    m = fmin(fmax(m, b->end[0] + 0.5 * resolution), b->end[1] - 0.5 * resolution);
    if (exactly) tw_sdirk_between_exactly(s, x->t, h, m);
    else tw_sdirk_between(s, h, m);
    if (!evaluate_events(x, x->t + m * h, s->trial_y, s->trial_k, x->gm)) return 1;
    if (shrink(x, b, m, &x->gm) && exactly) tw_sdirk_keep(s);
  }
  return b->end[1];
}

/* ---- events that may wait ------------------------------------------------------------------------------------------------ */

/* Whether all functions that change their sign may wait. */
static bool all_wait(const integrator *x, const double *a, const double *b) {
  const tw_problem *p = x->s.p;
  for (int k = 0; k < p->n_events; k++)
    if (crosses(a[k], b[k]) && !(p->may_wait && p->may_wait[k])) return false;
  return true;
}

/* The share of the step until which an event at `first` may wait; the functions there, by interpolation, are then in gm. */
static double patience(integrator *x, double h, double first) {
  tw_sdirk_stages *s = &x->s;
  double until = fmin(1, first + late_most / (x->reaction * h)), moved = 0;
  tw_sdirk_between(s, h, first);
  memcpy(s->kept_y, s->trial_y, (size_t)s->p->n * sizeof *s->kept_y);
  tw_sdirk_between(s, h, until);
  for (int i = 0; i < s->p->n; i++)
    moved = fmax(moved, fabs(s->trial_y[i] - s->kept_y[i]) / fmax(fabs(s->trial_y[i]), s->p->nominal[i]));
  if (moved > moved_most * s->rtol) {
    until = first + (until - first) * moved_most * s->rtol / moved;
    tw_sdirk_between(s, h, until);
  }
  return evaluate_events(x, x->t + until * h, s->trial_y, s->trial_k, x->gm) ? until : first;
}

/* The share of the step at which all events are past that may be taken together with the first one, with the functions `at` it;
 * `first` where there are none. They are noted with the times at which straight lines pass zero. */
static double gather(integrator *x, double h, double first, const double *at) {
  if (isnan(x->reaction) || first >= 1 || !all_wait(x, x->g0, at)) return first;
  double until = patience(x, h, first), last = first;
  if (until <= first || !all_wait(x, x->g0, x->gm)) return first;
  for (int k = 0; k < x->s.p->n_events; k++) {
    bool now = crosses(x->g0[k], at[k]), by_then = crosses(x->g0[k], x->gm[k]);
    if (now && !by_then) return first; /* and back */
    if (!by_then) continue;
    double share = now ? first : first + (until - first) * at[k] / (at[k] - x->gm[k]);
    x->passed[k] = x->t + share * h;
    last = fmax(last, share);
  }
  return last;
}

/* Goes to the consistent point at the share m: whether an event is past there. It is then kept, with its functions in g1. */
static bool past_event(integrator *x, double h, double m) {
  tw_sdirk_between_exactly(&x->s, x->t, h, m);
  if (!evaluate_events(x, x->t + m * h, x->s.trial_y, x->s.trial_k, x->gm) || !any_crosses(x, x->g0, x->gm)) return false;
  if (!all_wait(x, x->g0, x->gm)) return false;
  double *spare = x->g1;
  x->g1 = x->gm;
  x->gm = spare;
  tw_sdirk_keep(&x->s);
  return true;
}

/* The share of the step of h at which the first event in it is just past, and those taken together with it; the point there is kept,
 * unless it is the end (1). */
static double locate(integrator *x, double h) {
  const double resolution = 1e-5 + 50 * tw_time_rounding(x->t, x->t + h) / h;
  const size_t bytes = (size_t)x->s.p->n_events * sizeof *x->g0;
  bracket quick = {{0, 1}, {1, 1}, {x->q0, x->q1}, -1}, exact = {{0, 1}, {1, 1}, {x->g0, x->g1}, -1};
  memcpy(x->q0, x->g0, bytes);
  memcpy(x->q1, x->g1, bytes);
  double guess = search(x, &quick, h, resolution, false, 1), last = fmin(1, gather(x, h, guess, quick.g[1]) + resolution);
  x->q0 = quick.g[0], x->q1 = quick.g[1];
  if (last > guess + resolution && last < 1 && past_event(x, h, last)) return last;
  double share = search(x, &exact, h, 2 * resolution, true, guess);
  x->g0 = exact.g[0], x->g1 = exact.g[1];
  return share;
}

/* ---- integrals ---------------------------------------------------------------------------------------------------------- */

/* Over the step of h to t, or up to the share of it where the point is that is kept: with the weights of k1 and k2 in the
 * differential unknowns there (tw_sdirk_between). */
static void integrate(integrator *x, double t, double h, double share, double *integral) {
  const tw_sdirk_stages *s = &x->s;
  const double g = TW_SDIRK_GAMMA, back = share - 1;
  const double w1 = (1 - g) * (1 - back * back), w2 = g + back + (1 - g) * back * back;
  if (!x->n_integrals) return;
  x->integrand(x->integrand_ctx, x->t + g * h, s->y1, s->k1, x->rate1);
  x->integrand(x->integrand_ctx, t, s->y2, s->k2, x->rate2);
  for (int k = 0; k < x->n_integrals; k++) integral[k] += h * (w1 * x->rate1[k] + w2 * x->rate2[k]);
}

/* ---- steps ------------------------------------------------------------------------------------------------------------- */

/* One step from x->t towards x->to. */
static tw_arrival advance(integrator *x, int *fired, double *integral) {
  tw_sdirk_stages *s = &x->s;
  if (!evaluate_events(x, x->t, s->y, s->k, x->g0)) return TW_TIME_FAILED;
  double h = make_step(x);
  if (h == 0) return TW_TIME_FAILED;
  if (x->jumped) x->after_jump = x->wish;
  x->jumped = false;
  int64_t at = x->at + stride(x->level);
  double t = time_at(x, at);
  if (!evaluate_events(x, t, s->y2, s->k2, x->g1)) return TW_TIME_FAILED;
  bool event = any_crosses(x, x->g0, x->g1);
  for (int k = 0; event && k < s->p->n_events; k++) x->passed[k] = INFINITY;
  double share = event ? locate(x, h) : 1;
  integrate(x, t, h, share, integral);
  if (share < 1) t = x->t + share * h;
  for (int k = 0; event && k < s->p->n_events; k++) {
    fired[k] = crosses(x->g0[k], x->g1[k]) ? (x->g0[k] < 0 ? 1 : -1) : 0;
    x->passed[k] = fired[k] ? fmin(x->passed[k], t) : INFINITY;
  }
  x->waited = event && all_wait(x, x->g0, x->g1);
  if (share < 1) tw_sdirk_accept_kept(s, h);
  else tw_sdirk_accept(s, h);
  s->n.steps++;
  x->t = t;
  x->at = at;
  if (event) {
    x->from = x->to = t; /* a new way begins */
    return TW_AT_EVENT;
  }
  if (at == stride(0)) return TW_AT_STOP;
  choose_level(x, 0);
  return TW_AT_STEP;
}

static tw_arrival sdirk_step(void *method, double t_stop, bool one_step, double *t, double *y, double *yd, int *fired,
                             double *integral) {
  integrator *x = method;
  size_t bytes = (size_t)x->s.p->n * sizeof *y;
  tw_arrival arrival = TW_AT_STOP;
  for (int k = 0; k < x->s.p->n_events; k++) fired[k] = 0;
  if (t_stop - x->t <= tw_time_rounding(x->t, t_stop)) {
    x->t = t_stop;
  } else {
    do {
      if (x->to != t_stop || x->t >= x->to) begin_way(x, t_stop);
      arrival = advance(x, fired, integral);
    } while (arrival == TW_AT_STEP && !one_step);
  }
  *t = x->t;
  memcpy(y, x->s.y, bytes);
  memcpy(yd, x->s.k, bytes);
  return arrival;
}

static bool sdirk_consistent(void *method, double t, double *y, double *yd) {
  return tw_sdirk_consistent(&((integrator *)method)->s, t, y, yd);
}

static const double *sdirk_passed(const void *method) { return ((const integrator *)method)->passed; }

const tw_method tw_sdirk = {sdirk_create, sdirk_destroy,    sdirk_consistent, sdirk_begin,
                            sdirk_step,   sdirk_statistics, sdirk_passed};
