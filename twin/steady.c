#include "steady.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "explain.h"
#include "sequence.h"
#include "windup.h"

enum { MAX_ITERATIONS = 60, MAX_ROUNDS = 64 };

static void add_up(tw_steady_report *r, const tw_report *one) {
  int iterations = r->report.iterations + one->iterations, factorisations = r->report.factorisations + one->factorisations;
  double seconds = r->report.seconds + one->seconds;
  r->report = *one;
  r->report.iterations = iterations;
  r->report.factorisations = factorisations;
  r->report.seconds = seconds;
}

static tw_outcome newton(const tw_network *net, tw_solver *solver, double *y, tw_steady_report *r) {
  tw_report one = {0};
  tw_outcome outcome = tw_newton(solver, 0.0, y, net->n_stocks ? net->stock : NULL, MAX_ITERATIONS, &one);
  add_up(r, &one);
  return outcome;
}

/* ---- the ladder ----------------------------------------------------------------------------------------------------- */

typedef struct {
  tw_network *net;
  tw_solver *solver;
  tw_steady_report *r;
  double *y, *start;  /* in place; where every attempt begins */
  bool cold;
  bool *open;         /* [n] integrals of loops that nothing closes (tw_wind_up) */
  int collapsed;      /* item whose voltage had collapsed in the last attempt, or -1 */
} ascent;

/* A solution from y in which every load gets what it asks for. */
static bool acceptable(ascent *a) {
  a->collapsed = -1;
  if (newton(a->net, a->solver, a->y, a->r) != TW_SOLVED) return false;
  a->collapsed = tw_collapsed_item(a->net, a->y);
  return a->collapsed < 0;
}

/* Newton from the start, and once more: from a cold one by way of proportional control, from another with voltages guessed again,
 * where a part has switched off what was there. A loop that nothing closes has its integral at a stop. */
static bool by_newton(ascent *a) {
  for (int again = 0; again < 2; again++) {
    memcpy(a->y, a->start, (size_t)a->net->n * sizeof *a->y);
    if (!a->cold && again) tw_network_relevel(a->net, a->y);
    if (a->cold || again) tw_sequenced_start(a->net, a->solver, a->y, a->cold && again, &a->r->report);
    if (acceptable(a)) return true;
  }
  if (!a->cold || a->r->report.outcome != TW_SINGULAR || !tw_wind_up(a->net, a->solver, a->y, a->open)) return false;
  tw_sequenced_start(a->net, a->solver, a->y, false, &a->r->report);
  return acceptable(a);
}

/* In pseudo-time from the start with the controllers held: where a loop cannot close (a pump without supply), no integral is
 * determined until it has run to its stop. Without a steady state y ends where the heating led. */
static bool by_pseudo_time(ascent *a) {
  tw_report one = {0};
  memcpy(a->y, a->start, (size_t)a->net->n * sizeof *a->y);
  if (a->cold) tw_sequenced_start(a->net, a->solver, a->y, true, &a->r->report);
  tw_pseudo_transient(a->solver, 0.0, a->y, 1.0, 400, &one);
  add_up(a->r, &one);
  for (int i = 0; i < a->net->n; i++)
    if (a->net->stock[i]) a->y[i] = a->start[i];
  return acceptable(a);
}

/* Raises the loads from where y is solved (`from`) towards `to`; y stays at the last solution, a->collapsed tells of the last
 * attempt above it. Returns the scale reached; below `to` it is the nose within 1e-4. */
static double raise_loads(ascent *a, double from, double to) {
  size_t bytes = (size_t)a->net->n * sizeof *a->y;
  double *kept = malloc(bytes), step = fmin((to - from) / 4.0, 0.25), at = from;
  int collapsed = -1;
  if (!kept) abort();
  while (at < to && step > 1e-4) {
    memcpy(kept, a->y, bytes);
    a->net->load_scale = fmin(at + step, to);
    if (acceptable(a)) {
      at = a->net->load_scale;
      step *= 1.5;
    } else {
      if (a->collapsed >= 0) collapsed = a->collapsed;
      memcpy(a->y, kept, bytes);
      step *= 0.5;
    }
  }
  a->net->load_scale = 1.0;
  a->collapsed = collapsed;
  free(kept);
  return at;
}

/* From small loads upwards; the share of them that can be supplied goes to r->loadability when it is not all. A chain of
 * converters without any load stands at the corner of each, where Newton is slow: the smallest load comes first. */
static bool by_continuation(ascent *a) {
  static const double bases[] = {0.05, 0.0};
  for (int i = 0; i < TW_COUNT(bases); i++) {
    a->net->load_scale = bases[i];
    bool based = by_newton(a);
    a->net->load_scale = 1.0;
    if (!based) continue;
    double reached = raise_loads(a, bases[i], 1.0);
    if (reached < 1.0) a->r->loadability = reached;
    return reached >= 1.0;
  }
  return false;
}

/* One solution at the present discrete state. */
static int climb(tw_network *net, tw_solver *solver, double *y, bool cold, tw_steady_report *r, tw_diagnostics *d) {
  static const struct { const char *name; bool (*try)(ascent *); } ways[] = {
      {"newton", by_newton}, {"continuation", by_continuation}, {"pseudo-transient", by_pseudo_time}};
  size_t bytes = (size_t)net->n * sizeof *y;
  ascent a = {.net = net, .solver = solver, .r = r, .y = y, .start = malloc(bytes), .cold = cold,
              .open = calloc((size_t)net->n + 1, sizeof *a.open), .collapsed = -1};
  if (!a.start || !a.open) abort();
  memcpy(a.start, y, bytes);
  bool solved = false;
  tw_report first = {0};
  for (size_t i = 0; i < sizeof ways / sizeof ways[0] && !solved && isnan(r->loadability); i++) {
    snprintf(r->method, sizeof r->method, "%s", ways[i].name);
    solved = ways[i].try(&a);
    if (i == 0) first = r->report;
  }
  if (!solved && isnan(r->loadability)) { /* the first attempt tells most */
    r->report.outcome = first.outcome;
    r->report.singular_unknown = first.singular_unknown;
    r->report.worst_row = first.worst_row;
    r->report.worst_ratio = first.worst_ratio;
  }
  if (!solved) tw_explain_failure(net, solver, y, r, a.collapsed, d);
  free(a.start);
  free(a.open);
  return solved ? 0 : 4;
}

/* ---- discrete state --------------------------------------------------------------------------------------------------- */

static uint64_t hash(const double *z, int n) {
  const unsigned char *bytes = (const unsigned char *)z;
  uint64_t h = 1469598103934665603u; /* FNV-1a */
  for (size_t k = 0; k < (size_t)n * sizeof *z; k++) h = (h ^ bytes[k]) * 1099511628211u;
  return h;
}

/* Newton at fixed discrete state, then reactions, until none is left. */
static int settle(tw_network *net, tw_solver *solver, double *y, bool cold, tw_steady_report *r, tw_diagnostics *d) {
  uint64_t seen[MAX_ROUNDS];
  int n = tw_network_discrete_count(net), status = -1;
  double *before = calloc((size_t)n + 1, sizeof *before), *after = calloc((size_t)n + 1, sizeof *after);
  if (!before || !after) abort();
  for (r->rounds = 0; status < 0; r->rounds++) {
    if (climb(net, solver, y, cold && r->rounds == 0, r, d)) status = 4;
    if (status >= 0) break;
    tw_network_discrete_copy(net, before);
    seen[r->rounds] = hash(before, n);
    if (!tw_network_react(net, 0.0, y, NULL)) {
      status = 0;
      break;
    }
    tw_network_discrete_copy(net, after);
    bool again = r->rounds + 1 == MAX_ROUNDS;
    for (int i = 0; i <= r->rounds; i++) again |= seen[i] == hash(after, n);
    if (!again) continue;
    tw_explain_cycle(net, before, d);
    status = 4;
  }
  free(before);
  free(after);
  return status;
}

int tw_steady(tw_network *net, tw_solver *solver, double *y, const tw_steady_options *o, tw_steady_report *r, tw_diagnostics *d) {
  *r = (tw_steady_report){.loadability = NAN};
  if (settle(net, solver, y, !o->warm, r, d)) return 4;
  if (tw_undetermined(net, solver, y, d) || tw_fit_for_use(net, solver, 0.0, y, NULL, d)) return 4;
  if (o->margin) {
    double *copy = malloc((size_t)net->n * sizeof *copy);
    if (!copy) abort();
    memcpy(copy, y, (size_t)net->n * sizeof *copy);
    ascent a = {.net = net, .solver = solver, .r = r, .y = copy, .start = copy};
    r->loadability = raise_loads(&a, 1.0, 1e3);
    free(copy);
  }
  return 0;
}
