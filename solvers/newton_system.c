#include <float.h>
#include <math.h>
#include <stddef.h>
#include <string.h>
#include <time.h>

#include "newton.h"

void tw_system_set(tw_solver *s, const tw_system *system) {
  const tw_problem *p = s->p;
  s->system = *system;
  s->known = false;
  s->n_left_out = 0;
  for (int c = 0; system->held && c < p->n; c++)
    for (int k = p->column[c]; k < p->column[c + 1]; k++)
      if (system->held[p->row_index[k]]) s->left_out[s->n_left_out++] = p->row_index[k] == c ? ~k : k;
}

/* y and y' of the point u. */
static void arguments(tw_solver *s, const double *u, const double **y, const double **yd) {
  const tw_system *v = &s->system;
  *y = u;
  *yd = s->zero;
  if (v->use == TW_STEADY) return;
  *yd = s->yd;
  if (v->use == TW_EULER) {
    for (int i = 0; i < s->p->n; i++) s->yd[i] = v->cj * (u[i] - v->y0[i]);
    return;
  }
  *y = s->y;
  for (int i = 0; i < s->p->n; i++) {
    bool rate = s->p->differential[i];
    s->y[i] = rate ? v->y0[i] : u[i];
    s->yd[i] = rate ? u[i] : 0.0;
  }
}

static double weight_of_rates(const tw_solver *s) { return s->system.use == TW_EULER ? s->system.cj : 0.0; }

int tw_system_residual(tw_solver *s, const double *u, double *f) {
  size_t bytes = (size_t)s->p->n * sizeof *u;
  if (s->known && !memcmp(u, s->known_u, bytes)) {
    memcpy(f, s->known_f, bytes);
    return 0;
  }
  const double *y, *yd;
  arguments(s, u, &y, &yd);
  s->residuals++;
  s->known = false;
  s->linearised = s->anticipate && s->p->linearise && s->system.use != TW_INITIAL;
  int status = s->linearised ? s->p->linearise(s->p->ctx, s->system.t, weight_of_rates(s), y, yd, f, s->second_values)
                             : s->p->residual(s->p->ctx, s->system.t, y, yd, f);
  if (status) return status;
  if (s->system.held)
    for (int i = 0; i < s->p->n; i++)
      if (s->system.held[i]) f[i] = u[i] - s->start[i];
  for (int i = 0; s->system.lag && i < s->p->n; i++) f[i] += s->system.lag[i] * (u[i] - s->system.y0[i]);
  if (!tw_all_finite(s->p->n, f)) return 1;
  memcpy(s->known_u, u, bytes);
  memcpy(s->known_f, f, bytes);
  s->known = true;
  return 0;
}

/* dF/du of INITIAL: the column of an algebraic unknown is dF/dy, that of a differential one dF/dy' = J(cj = 1) - J(cj = 0). */
static int initial_jacobian(tw_solver *s, const double *y, const double *yd) {
  const tw_problem *p = s->p;
  int status = p->jacobian(p->ctx, s->system.t, 0.0, y, yd, s->second_values);
  if (!status) status = p->jacobian(p->ctx, s->system.t, 1.0, y, yd, s->values);
  if (status) return status;
  for (int c = 0; c < p->n; c++)
    for (int k = p->column[c]; k < p->column[c + 1]; k++)
      s->values[k] = p->differential[c] ? s->values[k] - s->second_values[k] : s->second_values[k];
  return 0;
}

/* The Jacobian that came with the residual of the known point, and is then no longer there. */
static void take_known_values(tw_solver *s) {
  double *values = s->values;
  s->values = s->second_values;
  s->second_values = values;
  s->linearised = false;
}

int tw_system_jacobian(tw_solver *s, const double *u) {
  const tw_problem *p = s->p;
  const double *y, *yd;
  arguments(s, u, &y, &yd);
  s->jacobians++;
  int status = 0;
  if (s->known && s->linearised && !memcmp(u, s->known_u, (size_t)p->n * sizeof *u))
    take_known_values(s);
  else if (s->system.use == TW_INITIAL)
    status = initial_jacobian(s, y, yd);
  else
    status = p->jacobian(p->ctx, s->system.t, weight_of_rates(s), y, yd, s->values);
  if (status || !tw_all_finite(p->column[p->n], s->values)) return 1;
  for (int c = 0; s->system.lag && c < p->n; c++)
    for (int k = p->column[c]; k < p->column[c + 1]; k++)
      if (p->row_index[k] == c) s->values[k] += s->system.lag[c];
  for (int i = 0; i < s->n_left_out; i++) {
    int slot = s->left_out[i];
    if (slot < 0) s->values[~slot] = 1.0;
    else s->values[slot] = 0.0;
  }
  return 0;
}

bool tw_system_bounded(const tw_solver *s, int i) {
  if (s->system.held && s->system.held[i]) return false;
  return s->system.use != TW_INITIAL || !s->p->differential[i];
}

/* Independent largest ratios, because one alone would wait for each comparison; NaN when a ratio is. */
static double largest_ratio(int n, const double *restrict f, const double *restrict tolerance) {
  enum { LANES = 8 };
  double lane[LANES] = {0.0}, undefined[LANES] = {0.0}, worst = 0.0;
  int i = 0;
  for (; i + LANES <= n; i += LANES)
    for (int k = 0; k < LANES; k++) {
      double ratio = fabs(f[i + k]) / tolerance[i + k];
      lane[k] = ratio > lane[k] ? ratio : lane[k];
      undefined[k] = ratio != ratio ? ratio : undefined[k];
    }
  for (; i < n; i++) {
    double ratio = fabs(f[i]) / tolerance[i];
    lane[0] = ratio > lane[0] ? ratio : lane[0];
    undefined[0] = ratio != ratio ? ratio : undefined[0];
  }
  for (int k = 0; k < LANES; k++) worst = undefined[k] != 0.0 || worst != worst ? NAN : lane[k] > worst ? lane[k] : worst;
  return worst;
}

double tw_worst_ratio(const tw_problem *p, const double *f, int *row) {
  double worst = largest_ratio(p->n, f, p->tolerance);
  for (int i = 0; row && i < p->n; i++) {
    double ratio = fabs(f[i]) / p->tolerance[i];
    if (isnan(worst) ? !isnan(ratio) : ratio != worst) continue;
    *row = i;
    break;
  }
  return isnan(worst) ? INFINITY : worst;
}

bool tw_within_rounding(tw_solver *s, const double *u, double *f, double *rounding) {
  const tw_problem *p = s->p;
  if (tw_system_residual(s, u, f) || tw_system_jacobian(s, u)) return false;
  memset(rounding, 0, (size_t)p->n * sizeof *rounding);
  for (int c = 0; c < p->n; c++)
    for (int k = p->column[c]; k < p->column[c + 1]; k++) rounding[p->row_index[k]] += fabs(s->values[k] * u[c]);
  for (int i = 0; i < p->n; i++)
    if (!(fabs(f[i]) <= fmax(p->tolerance[i], 2.0 * DBL_EPSILON * rounding[i]))) return false;
  return true;
}

double tw_seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void tw_report_begin(const tw_solver *s, tw_report *r) {
  *r = (tw_report){.outcome = TW_NO_CONVERGENCE, .worst_row = -1, .worst_ratio = INFINITY, .singular_unknown = -1};
  r->factorisations = -tw_lu_factorisations(s->lu);
  r->residuals = -s->residuals;
  r->jacobians = -s->jacobians;
  r->seconds = -tw_seconds();
}

void tw_report_end(const tw_solver *s, tw_report *r) {
  r->factorisations += tw_lu_factorisations(s->lu);
  r->residuals += s->residuals;
  r->jacobians += s->jacobians;
  r->nonzeros = tw_lu_nonzeros(s->lu);
  r->fill = tw_lu_fill(s->lu);
  r->seconds += tw_seconds();
}
