#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "newton.h"

/* Switched evolution relaxation (Mulder and van Leer, J. Comput. Phys. 59 (1985) 232; Kelley and Keyes, SIAM J. Numer. Anal. 35
 * (1998) 508): dt follows the inverse of the steady residual. */
static const double growth_per_step = 2, greatest_growth = 20, least_growth = 0.5;
static const double shrink_on_failure = 0.1, least_dt = 1e-12; /* of dt, and in s */
enum { NEWTON_PER_STEP = 12, NEWTON_AT_END = 30 };

static void add_counts(tw_report *sum, const tw_report *part) {
  sum->iterations += part->iterations;
  sum->worst_row = part->worst_row;
  sum->worst_ratio = part->worst_ratio;
  sum->singular_unknown = part->singular_unknown;
}

/* Norm of F(t, y, 0) over the rows in units of their tolerance. */
static double steady_level(tw_solver *s, double t, const double *y, double *f) {
  if (s->p->residual(s->p->ctx, t, y, s->zero, f)) return INFINITY;
  s->residuals++;
  double sum = 0;
  for (int i = 0; i < s->p->n; i++) sum += (f[i] / s->p->tolerance[i]) * (f[i] / s->p->tolerance[i]);
  return isfinite(sum) ? sqrt(sum / s->p->n) : INFINITY;
}

/* One implicit Euler step from y0, y in place. */
static tw_outcome euler_step(tw_solver *s, double t, double *y, const double *y0, double dt, tw_report *r) {
  tw_system euler = {.use = TW_EULER, .t = t, .cj = 1 / dt, .y0 = y0};
  tw_report step;
  tw_outcome outcome = tw_solve_system(s, &euler, y, NEWTON_PER_STEP, &step);
  add_counts(r, &step);
  return outcome;
}

/* Steps until the steady rows are met or near enough for Newton; y in place, y0 and f are work. */
static tw_outcome relax(tw_solver *s, double t, double *y, double *y0, double *f, double dt, int max_steps, tw_report *r) {
  size_t bytes = (size_t)s->p->n * sizeof *y;
  double level = steady_level(s, t, y, f);
  for (int step = 0; step < max_steps && dt >= least_dt; step++) {
    memcpy(y0, y, bytes);
    tw_outcome outcome = euler_step(s, t, y, y0, dt, r);
    if (outcome == TW_SOLVER_ERROR) return outcome;
    double reached = outcome == TW_SOLVED ? steady_level(s, t, y, f) : INFINITY;
    if (isinf(reached)) {
      memcpy(y, y0, bytes);
      dt *= shrink_on_failure;
      continue;
    }
    if (tw_worst_ratio(s->p, f, NULL) <= 1) break;
    double growth = isinf(level) ? growth_per_step : growth_per_step * level / fmax(reached, 1e-300);
    dt *= fmin(fmax(growth, least_growth), greatest_growth);
    level = reached;
  }
  return TW_SOLVED;
}

tw_outcome tw_pseudo_transient(tw_solver *s, double t, double *y, double dt, int max_steps, tw_report *r) {
  tw_report end = {0};
  size_t n = (size_t)s->p->n;
  double *y0 = malloc(n * sizeof *y0), *f = malloc(n * sizeof *f);
  tw_report_begin(s, r);
  r->outcome = TW_SOLVER_ERROR;
  if (y0 && f) {
    r->outcome = relax(s, t, y, y0, f, dt, max_steps, r);
    if (r->outcome == TW_SOLVED) {
      r->outcome = tw_newton(s, t, y, NULL, NEWTON_AT_END, &end);
      add_counts(r, &end);
    }
  }
  free(y0);
  free(f);
  tw_report_end(s, r);
  return r->outcome;
}
