#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "newton.h"

/* After a switch, what has no storage of its own jumps. Where there are several states that balance, it is the one that the
 * levels reach when every balance stores a little: C dy/dt = -F, implicit Euler with growing steps, the differential unknowns held
 * (pseudo-time, as pseudo.c). C is the conductance at the start, so that all levels begin to move at one pace.
 * A flow through a pump whose head rises with it jumps at any pressure: then the flows need inertia, too. A flow m adds to the
 * balance of a level p with the sign of dF_p/dm, so that p falls; for what swings between both to die away, m must rise with p:
 * L dm/dt = s F_m with s = sign(dF_p/dm dF_m/dp), and L = |dF_m/dm|. */
enum { NEWTON_PER_STEP = 40, STEPS = 300 };
static const double first_lag = 10, least_lag = 1e-14, most_lag = 1e9; /* C / dt over the conductance */
static const double faster = 0.5, slower = 8;

static double entry(const tw_problem *p, const double *values, int row, int column) {
  for (int k = p->column[column]; k < p->column[column + 1]; k++)
    if (p->row_index[k] == row) return values[k];
  return 0.0;
}

/* -s L of each flow that a level drives; the levels come before `rest`. */
static void inertias(const tw_problem *p, const double *values, int rest, double *C) {
  for (int c = 0; c < rest; c++)
    for (int k = p->column[c]; k < p->column[c + 1]; k++) {
      int m = p->row_index[k];
      if (m < rest || p->differential[m] || C[m] != 0.0) continue;
      double both = values[k] * entry(p, values, c, m);
      if (both != 0.0) C[m] = -copysign(fabs(entry(p, values, m, m)), both);
    }
}

/* |dF/dy| of each level; at least what its tolerance says. 0 where nothing settles. */
static bool conductances(tw_solver *s, double t, const double *y, bool inertia, double *C) {
  const tw_problem *p = s->p;
  if (p->jacobian(p->ctx, t, 0.0, y, s->zero, s->second_values)) return false;
  if (!tw_all_finite(p->column[p->n], s->second_values)) return false;
  memset(C, 0, (size_t)p->n * sizeof *C);
  for (int c = 0; c < p->n_levels; c++) {
    if (p->differential[c]) continue;
    C[c] = p->tolerance[c] / p->nominal[c];
    for (int k = p->column[c]; k < p->column[c + 1]; k++)
      if (p->row_index[k] == c) C[c] = fmax(C[c], fabs(s->second_values[k]));
  }
  if (inertia) inertias(p, s->second_values, p->n_levels, C);
  return tw_all_finite(p->n, C);
}

static double distance(tw_solver *s, double t, const double *y, double *f) {
  const tw_problem *p = s->p;
  if (p->residual(p->ctx, t, y, s->zero, f)) return INFINITY;
  for (int i = 0; i < p->n; i++)
    if (p->differential[i]) f[i] = 0.0;
  return tw_worst_ratio(p, f, NULL);
}

static void follow(tw_solver *s, double t, double *y, double *y0, const double *C, double *lag, tw_report *r) {
  size_t n = (size_t)s->p->n;
  double scale = first_lag;
  for (int step = 0; step < STEPS && scale > least_lag && scale < most_lag; step++) {
    tw_system euler = {.use = TW_STEADY, .t = t, .held = s->p->differential, .lag = lag, .y0 = y0};
    tw_report one;
    memcpy(y0, y, n * sizeof *y);
    for (size_t i = 0; i < n; i++) lag[i] = scale * C[i];
    tw_outcome outcome = tw_solve_system(s, &euler, y, NEWTON_PER_STEP, &one);
    r->iterations += one.iterations;
    if (outcome == TW_SOLVED) {
      scale *= faster;
      if (distance(s, t, y, lag) <= 1.0) return;
    } else {
      memcpy(y, y0, n * sizeof *y);
      scale *= slower;
    }
  }
}

tw_outcome tw_settle(tw_solver *s, double t, double *y, bool inertia, int newton_at_end, tw_report *r) {
  size_t n = (size_t)s->p->n;
  double *room = malloc(3 * n * sizeof *room);
  if (!room) return r->outcome = TW_SOLVER_ERROR;
  if (conductances(s, t, y, inertia, room)) follow(s, t, y, room + n, room, room + 2 * n, r);
  free(room);
  return tw_newton(s, t, y, s->p->differential, newton_at_end, r);
}
