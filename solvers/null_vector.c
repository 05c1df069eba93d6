#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "newton.h"

/* Inverse iteration on B^T B with B = R J C: columns in units of the unknowns' nominal values, rows by their largest entry. The
 * iterate tends to the right singular vector of the least singular value. So rcond tells of the equations and not of Pa beside
 * kg/s. */
enum { ITERATIONS = 6 };

/* Relative to a row's largest entry: makes a matrix without a pivot solvable and leaves the null vector its digits. */
static const double perturbation = 1e-12;

typedef struct {
  int n;
  double *row_scale, *values; /* R; the matrix that is factored */
} work;

static bool start(const tw_solver *s, work *w) {
  const tw_problem *p = s->p;
  w->n = p->n;
  w->row_scale = calloc((size_t)p->n, sizeof *w->row_scale);
  w->values = malloc((size_t)p->column[p->n] * sizeof *w->values);
  if (!w->row_scale || !w->values) return false;
  memcpy(w->values, s->values, (size_t)p->column[p->n] * sizeof *w->values);
  for (int c = 0; c < p->n; c++)
    for (int k = p->column[c]; k < p->column[c + 1]; k++)
      w->row_scale[p->row_index[k]] = fmax(w->row_scale[p->row_index[k]], fabs(s->values[k]) * p->nominal[c]);
  for (int i = 0; i < p->n; i++) w->row_scale[i] = w->row_scale[i] > 0 ? 1 / w->row_scale[i] : 1;
  return true;
}

/* Adds `perturbation` to the diagonal of B. */
static void perturb(const tw_problem *p, work *w) {
  for (int c = 0; c < p->n; c++)
    for (int k = p->column[c]; k < p->column[c + 1]; k++)
      if (p->row_index[k] == c) w->values[k] += perturbation / (w->row_scale[c] * p->nominal[c]);
}

static double unit(int n, double *x) {
  double sum = 0;
  for (int i = 0; i < n; i++) sum += x[i] * x[i];
  double length = sqrt(sum);
  if (!(length > 0) || !isfinite(length)) return INFINITY;
  for (int i = 0; i < n; i++) x[i] /= length;
  return length;
}

/* x becomes B^-1 B^-T x; the growth of its length is that of 1 / sigma_min^2. */
static double iterate(tw_solver *s, const work *w, double *x) {
  const double *nominal = s->p->nominal;
  for (int i = 0; i < w->n; i++) x[i] /= nominal[i];
  if (tw_lu_solve_transposed(s->lu, x) != TW_LU_OK) return INFINITY;
  for (int i = 0; i < w->n; i++) x[i] /= w->row_scale[i] * w->row_scale[i];
  if (tw_lu_solve(s->lu, x) != TW_LU_OK) return INFINITY;
  for (int i = 0; i < w->n; i++) x[i] /= nominal[i];
  return unit(w->n, x);
}

/* Bound of the largest singular value: sqrt(|B|_1 |B|_inf). */
static double largest(const tw_solver *s, const work *w, double *row_sum) {
  const tw_problem *p = s->p;
  double column_max = 0, row_max = 0;
  for (int i = 0; i < p->n; i++) row_sum[i] = 0;
  for (int c = 0; c < p->n; c++) {
    double sum = 0;
    for (int k = p->column[c]; k < p->column[c + 1]; k++) {
      double b = fabs(s->values[k]) * p->nominal[c] * w->row_scale[p->row_index[k]];
      sum += b;
      row_sum[p->row_index[k]] += b;
    }
    column_max = fmax(column_max, sum);
  }
  for (int i = 0; i < p->n; i++) row_max = fmax(row_max, row_sum[i]);
  return sqrt(column_max * row_max);
}

static double least(tw_solver *s, work *w, double *v) {
  tw_lu_forget_pivots(s->lu);
  bool singular = tw_lu_factor(s->lu, w->values) == TW_LU_SINGULAR;
  if (singular) {
    perturb(s->p, w);
    tw_lu_forget_pivots(s->lu);
    if (tw_lu_factor(s->lu, w->values) != TW_LU_OK) return 0;
  }
  double growth = 0;
  /* a start without symmetry, so that it is orthogonal to no null vector of a regular network */
  for (int i = 0; i < w->n; i++) v[i] = 1 + 0.5 * sin(1.0 + i);
  unit(w->n, v);
  for (int k = 0; k < ITERATIONS; k++) {
    growth = iterate(s, w, v);
    if (isinf(growth)) return 0;
  }
  return singular ? 0 : 1 / sqrt(growth);
}

bool tw_linearise(tw_solver *s, double t, const double *y, const bool *held) {
  tw_system_set(s, &(tw_system){.use = TW_STEADY, .t = t, .held = held});
  tw_lu_forget_pivots(s->lu);
  return !tw_system_jacobian(s, y) && tw_lu_factor(s->lu, s->values) != TW_LU_ERROR;
}

bool tw_solve_linearised(tw_solver *s, double *b) { return tw_lu_solve(s->lu, b) == TW_LU_OK; }

double tw_pivot_ratio(const tw_solver *s) { return tw_lu_pivot_ratio(s->lu, s->p->nominal); }

double tw_null_vector(tw_solver *s, double *v) {
  work w = {0};
  double rcond = 0;
  for (int i = 0; i < s->p->n; i++) v[i] = 0;
  if (start(s, &w)) {
    double top = largest(s, &w, v);
    rcond = least(s, &w, v) / (top > 0 ? top : 1);
    int peak = 0;
    for (int i = 0; i < s->p->n; i++)
      if (fabs(v[i]) > fabs(v[peak])) peak = i;
    double scale = v[peak];
    for (int i = 0; i < s->p->n && scale != 0; i++) v[i] /= scale;
  }
  tw_lu_forget_pivots(s->lu); /* the factors point to values that end here */
  free(w.row_scale);
  free(w.values);
  return rcond;
}
