#include <math.h>
#include <stddef.h>
#include <string.h>

#include "newton.h"

/* A step stays inside the physical bounds: it covers at most this part of the way to a bound. */
static const double towards_bound = 0.9;
/* When the bound nearest in proportion allows less than this part of the step, that unknown alone is held back. */
static const double shortest_scaling = 0.1;

/* Does some unknown come closer to a bound than a step may, were all of them bounded? Mostly none does. */
static bool near_a_bound(int n, const double *restrict u, const double *restrict lo, const double *restrict hi,
                         const double *restrict dx) {
  int near = 0;
  for (int i = 0; i < n; i++) near |= !(dx[i] <= towards_bound * (hi[i] - u[i]) && -dx[i] <= towards_bound * (u[i] - lo[i]));
  return near;
}

/* Shortens single unknowns of dx that have next to no room; returns the length in (0, 1] that the others allow, and whether
 * dx still is the Newton direction. */
static double fit_into_bounds(const tw_solver *s, double *dx, bool *bent) {
  double length = 1;
  *bent = false;
  if (!near_a_bound(s->p->n, s->u, s->p->lo, s->p->hi, dx)) return length;
  for (int i = 0; i < s->p->n; i++) {
    if (dx[i] == 0 || !tw_system_bounded(s, i)) continue;
    double room = dx[i] > 0 ? s->p->hi[i] - s->u[i] : s->u[i] - s->p->lo[i];
    if (fabs(dx[i]) <= towards_bound * room) continue;
    double part = room > 0 ? towards_bound * room / fabs(dx[i]) : 0;
    if (part < shortest_scaling) {
      dx[i] *= part;
      *bent = true;
    } else if (part < length) {
      length = part;
    }
  }
  return length;
}

static void scale(int n, double factor, double *x) {
  for (int i = 0; i < n; i++) x[i] *= factor;
}

/* KINSOL takes f . rhs as the slope along dx. Below 5/9 of the true slope it would try to lengthen a step that satisfies its
 * descent condition (beta = 0.9), beyond the bounds. */
static const double least_slope = 0.6;

int tw_limit_to_bounds(void *solver, double *dx, double *rhs) {
  tw_solver *s = solver;
  bool bent;
  double length = fit_into_bounds(s, dx, &bent);
  scale(s->p->n, length, dx);
  scale(s->p->n, fmax(length, least_slope), rhs);
  return 0;
}

/* ---- damping by the natural level ------------------------------------------------------------------------------------
 * Affine covariant damping, algorithm NLEQ-ERR of Deuflhard, Newton Methods for Nonlinear Problems (Springer 2004):
 * a step is judged by the simplified correction that follows it, -J(u)^-1 G(u + lambda dx), in units of the unknowns. Rows
 * of W, A, Pa and kg/s need no common scale, as they would in a norm of the residual. */

static const double least_lambda = 1e-5;

static double norm(const tw_solver *s, const double *x) {
  enum { SUMS = 8 }; /* independent ones, because one alone would wait for each addition */
  double part[SUMS] = {0.0}, sum = 0;
  const double *weight = s->weight;
  int i = 0;
  for (; i + SUMS <= s->p->n; i += SUMS)
    for (int k = 0; k < SUMS; k++) part[k] += (x[i + k] * weight[i + k]) * (x[i + k] * weight[i + k]);
  for (; i < s->p->n; i++) sum += (x[i] * weight[i]) * (x[i] * weight[i]);
  for (int k = 0; k < SUMS; k++) sum += part[k];
  return sqrt(sum / s->p->n);
}

static void set_weights(tw_solver *s) {
  for (int i = 0; i < s->p->n; i++) s->weight[i] = 1 / fmax(s->p->nominal[i], fabs(s->u[i]));
}

/* Deuflhard's prediction: the curvature met by the last step holds for this one. */
static double predicted_lambda(const tw_solver *s, const double *newton, double newton_norm, double *work) {
  if (s->last_lambda == 0) return 1;
  for (int i = 0; i < s->p->n; i++) work[i] = s->last_step[i] - newton[i];
  double change = norm(s, work) * newton_norm, known = s->last_norm * s->last_step_norm * s->last_lambda;
  return change > known ? known / change : 1;
}

typedef enum { STEP_TAKEN, STEP_TOO_LONG, STEP_FAILED } verdict;

/* Tries u + lambda dx; `best` becomes the length that the curvature found there suggests. */
static verdict try_step(tw_solver *s, const double *newton, double newton_norm, double lambda, bool bent, double *best) {
  int n = s->p->n;
  *best = 0.5 * lambda;
  for (int i = 0; i < n; i++) s->trial[i] = s->u[i] + lambda * s->direction[i];
  if (tw_system_residual(s, s->trial, s->trial_f)) return STEP_TOO_LONG;
  if (tw_worst_ratio(s->p, s->trial_f, NULL) <= 1) return STEP_TAKEN;
  for (int i = 0; i < n; i++) s->trial_step[i] = -s->trial_f[i];
  if (tw_lu_solve(s->lu, s->trial_step) != TW_LU_OK) return STEP_FAILED;
  for (int i = 0; i < n; i++) s->expected[i] = s->trial_step[i] - (newton[i] - lambda * s->direction[i]);
  double bend = norm(s, s->expected), length = norm(s, s->direction), after = norm(s, s->trial_step);
  double suggested = 0.5 * length * lambda * lambda;
  *best = suggested < bend ? suggested / bend : 1;
  s->last_step_norm = after;
  /* restricted monotonicity test; a bent step need only not lengthen the correction */
  return after <= (bent ? 1 : 1 - 0.25 * lambda) * newton_norm ? STEP_TAKEN : STEP_TOO_LONG;
}

int tw_limit_by_natural_level(void *solver, double *dx, double *rhs) {
  (void)rhs; /* the slope is not used without KINSOL's line search */
  tw_solver *s = solver;
  size_t bytes = (size_t)s->p->n * sizeof *dx;
  set_weights(s);
  double newton_norm = norm(s, dx), best;
  bool bent, shortened = false;
  memcpy(s->direction, dx, bytes);
  double longest = fit_into_bounds(s, s->direction, &bent);
  double lambda = fmin(longest, predicted_lambda(s, dx, newton_norm, s->expected));
  for (;;) {
    if (lambda < least_lambda) return 1;
    verdict v = try_step(s, dx, newton_norm, lambda, bent, &best);
    if (v == STEP_FAILED) return 1;
    best = fmin(best, longest);
    if (v == STEP_TOO_LONG) {
      lambda = fmax(fmin(best, 0.5 * lambda), 0.1 * lambda); /* curvature so far from here says little about less */
      shortened = true;
    } else if (!shortened && best >= 4 * lambda) {
      lambda = best;
    } else {
      break;
    }
  }
  s->last_norm = newton_norm;
  s->last_lambda = lambda;
  memcpy(s->last_step, s->trial_step, bytes);
  for (int i = 0; i < s->p->n; i++) dx[i] = lambda * s->direction[i];
  return 0;
}
