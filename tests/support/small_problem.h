/* A few equations as a tw_problem, for the tests of the solvers: full pattern, Jacobian row-wise into j[n][n]. */
#ifndef SMALL_PROBLEM_H
#define SMALL_PROBLEM_H
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../solvers/solver.h"

#define assert_within(got, expected, difference) assert_small((got) - (expected), (difference), #got, __FILE__, __LINE__)
#define assert_near(got, expected, relative) \
  assert_small((got) - (expected), (relative) * fabs(expected), #got, __FILE__, __LINE__)

static inline void assert_small(double deviation, double allowed, const char *what, const char *file, int line) {
  if (fabs(deviation) <= allowed) return;
  print_error("%s is off by %.9g, allowed %.9g\n", what, deviation, allowed);
  _fail(file, line);
}

enum { SMALL_MAX = 8 };

typedef struct small_problem {
  tw_problem p;
  int32_t column[SMALL_MAX + 1], row_index[SMALL_MAX * SMALL_MAX];
  double nominal[SMALL_MAX], tolerance[SMALL_MAX], lo[SMALL_MAX], hi[SMALL_MAX];
  bool differential[SMALL_MAX];
  double a[SMALL_MAX]; /* parameters of the equations */
  void (*f)(const struct small_problem *m, double t, const double *y, const double *yd, double *f);
  void (*j)(const struct small_problem *m, double t, double cj, const double *y, const double *yd, double (*j)[SMALL_MAX]);
  void (*g)(const struct small_problem *m, double t, const double *y, double *g);
} small_problem;

static int small_residual(void *ctx, double t, const double *y, const double *yd, double *f) {
  const small_problem *m = ctx;
  m->f(m, t, y, yd, f);
  return 0;
}

static int small_jacobian(void *ctx, double t, double cj, const double *y, const double *yd, double *values) {
  const small_problem *m = ctx;
  double j[SMALL_MAX][SMALL_MAX] = {{0}};
  m->j(m, t, cj, y, yd, j);
  for (int c = 0; c < m->p.n; c++)
    for (int r = 0; r < m->p.n; r++) values[c * m->p.n + r] = j[r][c];
  return 0;
}

static int small_events(void *ctx, double t, const double *y, const double *yd, double *g) {
  const small_problem *m = ctx;
  (void)yd;
  m->g(m, t, y, g);
  return 0;
}

/* nominal 1, tolerance 1e-8, no bounds, everything algebraic, no events; the test sets what differs. */
static inline void small_init(small_problem *m, int n) {
  for (int c = 0; c <= n; c++) m->column[c] = c * n;
  for (int k = 0; k < n * n; k++) m->row_index[k] = k % n;
  for (int i = 0; i < n; i++) {
    m->nominal[i] = 1;
    m->tolerance[i] = 1e-8;
    m->lo[i] = -1e300;
    m->hi[i] = 1e300;
    m->differential[i] = false;
  }
  m->p = (tw_problem){.n = n, .ctx = m, .column = m->column, .row_index = m->row_index, .nominal = m->nominal,
                      .tolerance = m->tolerance, .lo = m->lo, .hi = m->hi, .differential = m->differential,
                      .residual = small_residual, .jacobian = small_jacobian, .events = small_events};
}
#endif
