#include "transient.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CONSISTENT_ITERATIONS = 50 };

struct tw_transient {
  tw_solver *solver;
  const tw_method *of;
  void *method;
  void *rescue;            /* NULL, or the IDA that goes on where SDIRK cannot */
  bool rescued;            /* it is at work, until the next stop or restart */
  tw_transient_options options;
  double *atol;            /* [n] */
  double *u, *y0, *yd0;    /* [n] unknowns of the consistent start; the point before it */
  double *integral;        /* [n_integrals] of the last call */
};

double tw_time_rounding(double a, double b) {
  return 4 * DBL_EPSILON * (fabs(a) + fabs(b));
}

/* ---- life ------------------------------------------------------------------------------------------------------------ */

tw_transient *tw_transient_new(tw_solver *s, double t, const double *y, const double *yd, const tw_transient_options *o) {
  tw_transient *x = calloc(1, sizeof *x);
  size_t n = (size_t)s->p->n, bytes = n * sizeof *y;
  if (!x || !(x->atol = calloc(4 * n + (size_t)o->n_integrals, sizeof *y))) {
    free(x);
    return NULL;
  }
  x->solver = s;
  x->u = x->atol + n;
  x->y0 = x->u + n;
  x->yd0 = x->y0 + n;
  x->integral = x->yd0 + n;
  memcpy(x->atol, o->atol, bytes);
  x->options = *o;
  x->options.atol = x->atol;
  x->of = o->method == TW_SDIRK ? &tw_sdirk : &tw_ida;
  if ((x->method = x->of->create(s, t, y, yd, &x->options))) return x;
  tw_transient_free(x);
  return NULL;
}

void tw_transient_free(tw_transient *x) {
  if (!x) return;
  if (x->method) x->of->destroy(x->method);
  if (x->rescue) tw_ida.destroy(x->rescue);
  free(x->atol);
  free(x);
}

/* ---- new start ------------------------------------------------------------------------------------------------------- */

/* The Newton of the steady state on y of the algebraic and y' of the differential unknowns: every row within its tolerance. */
static tw_outcome make_consistent(tw_transient *x, double t, double *y, double *yd, tw_report *r) {
  const tw_problem *p = x->solver->p;
  for (int i = 0; i < p->n; i++) x->u[i] = p->differential[i] ? yd[i] : y[i];
  tw_system initial = {.use = TW_INITIAL, .t = t, .y0 = y};
  tw_outcome outcome = tw_solve_system(x->solver, &initial, x->u, CONSISTENT_ITERATIONS, r);
  for (int i = 0; i < p->n; i++) {
    if (!p->differential[i]) y[i] = x->u[i];
    yd[i] = p->differential[i] ? x->u[i] : 0;
  }
  return outcome;
}

/* IDA's line search serves both methods; the one that has no IDA borrows one. */
static bool line_search(tw_transient *x, double t, double *y, double *yd) {
  bool own = x->of == &tw_ida;
  void *ida = own ? x->method : tw_ida.create(x->solver, t, y, yd, &x->options);
  bool found = ida && tw_ida_consistent(ida, t, x->options.h_max > 0 ? x->options.h_max : 1, y, yd);
  if (ida && !own) tw_ida.destroy(ida);
  return found;
}

/* From afar: the algebraic unknowns with the differential ones held, by Newton, else as they would settle (a load that loses its
 * supply draws its voltage down: Newton goes the other way; a pump that runs down closes its check valve), else a line search over
 * both; then the rates. */
static tw_outcome make_consistent_from_afar(tw_transient *x, double t, double *y, double *yd, tw_report *r) {
  size_t bytes = (size_t)x->solver->p->n * sizeof *y;
  tw_outcome outcome = tw_newton(x->solver, t, y, x->solver->p->differential, CONSISTENT_ITERATIONS, r);
  for (int inertia = 0; inertia < 2 && outcome != TW_SOLVED; inertia++) {
    memcpy(y, x->y0, bytes);
    outcome = tw_settle(x->solver, t, y, inertia, CONSISTENT_ITERATIONS, r);
  }
  if (outcome != TW_SOLVED) {
    memcpy(y, x->y0, bytes);
    memcpy(yd, x->yd0, bytes);
    if (!line_search(x, t, y, yd)) return outcome;
  }
  return make_consistent(x, t, y, yd, r);
}

tw_outcome tw_transient_restart(tw_transient *x, double t, double *y, double *yd, tw_report *r) {
  size_t bytes = (size_t)x->solver->p->n * sizeof *y;
  memcpy(x->y0, y, bytes);
  memcpy(x->yd0, yd, bytes);
  x->rescued = false;
  *r = (tw_report){.outcome = TW_SOLVED, .worst_row = -1, .singular_unknown = -1};
  if (x->of->consistent && x->of->consistent(x->method, t, y, yd))
    return r->outcome = x->of->begin(x->method, t, y, yd) ? TW_SOLVED : TW_SOLVER_ERROR;
  memcpy(y, x->y0, bytes);
  memcpy(yd, x->yd0, bytes);
  tw_outcome outcome = make_consistent(x, t, y, yd, r);
  if (outcome != TW_SOLVED && outcome != TW_SOLVER_ERROR) {
    memcpy(y, x->y0, bytes);
    memcpy(yd, x->yd0, bytes);
    outcome = make_consistent_from_afar(x, t, y, yd, r);
  }
  if (outcome == TW_SOLVED && !x->of->begin(x->method, t, y, yd)) outcome = TW_SOLVER_ERROR;
  return r->outcome = outcome;
}

/* ---- steps ----------------------------------------------------------------------------------------------------------- */

/* Where SDIRK finds no step (a check valve that closes behind a tripped pump), IDA takes the way to the next stop. */
static tw_arrival step_of_rescue(tw_transient *x, double t_stop, bool one_step, double *t, double *y, double *yd, int *fired) {
  if (!x->rescued) {
    if (!x->rescue && !(x->rescue = tw_ida.create(x->solver, *t, y, yd, &x->options))) return TW_TIME_FAILED;
    if (!tw_ida.begin(x->rescue, *t, y, yd)) return TW_TIME_FAILED;
  }
  tw_arrival arrival = tw_ida.step(x->rescue, t_stop, one_step, t, y, yd, fired, x->integral);
  x->rescued = arrival == TW_AT_STEP || arrival == TW_AT_EVENT;
  if (arrival == TW_AT_STOP && !x->of->begin(x->method, *t, y, yd)) return TW_TIME_FAILED;
  return arrival;
}

tw_arrival tw_transient_step(tw_transient *x, double t_stop, bool one_step, double *t, double *y, double *yd, int *fired) {
  memset(x->integral, 0, (size_t)x->options.n_integrals * sizeof *x->integral);
  if (x->rescued) return step_of_rescue(x, t_stop, one_step, t, y, yd, fired);
  tw_arrival arrival = x->of->step(x->method, t_stop, one_step, t, y, yd, fired, x->integral);
  if (arrival != TW_TIME_FAILED || x->of == &tw_ida) return arrival;
  return step_of_rescue(x, t_stop, one_step, t, y, yd, fired);
}

const double *tw_transient_passed(const tw_transient *x) { return x->rescued || !x->of->passed ? NULL : x->of->passed(x->method); }

const double *tw_transient_integrals(const tw_transient *x) { return x->integral; }

void tw_transient_statistics(tw_transient *x, tw_transient_stats *s) {
  x->of->statistics(x->method, s);
  if (!x->rescue) return;
  tw_transient_stats more;
  tw_ida.statistics(x->rescue, &more);
  s->steps += more.steps;
  s->residuals += more.residuals;
  s->jacobians += more.jacobians;
  s->factorisations += more.factorisations;
  s->error_failures += more.error_failures;
  s->newton_failures += more.newton_failures;
}
