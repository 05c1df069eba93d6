#include <math.h>

#include "support/small_problem.h"

/* A resistor chain 0 - 1 - 2 with a current into 0 and out of 2, without ground: determined up to a voltage. Row 3 is sound. */
static void floating_f(const small_problem *m, double t, const double *y, const double *yd, double *f) {
  (void)t, (void)yd;
  f[0] = y[0] - y[1] - 1;
  f[1] = 2 * y[1] - y[0] - y[2];
  f[2] = y[2] - y[1] + m->a[0];
  f[3] = 4 * y[3] - 8;
}

static void floating_j(const small_problem *m, double t, double cj, const double *y, const double *yd, double (*j)[SMALL_MAX]) {
  (void)m, (void)t, (void)cj, (void)y, (void)yd;
  j[0][0] = 1, j[0][1] = -1;
  j[1][0] = -1, j[1][1] = 2, j[1][2] = -1;
  j[2][1] = -1, j[2][2] = 1;
  j[3][3] = 4;
}

static void singular_matrix_names_the_unknown(void **state) {
  (void)state;
  small_problem m;
  small_init(&m, 4);
  m.f = floating_f;
  m.j = floating_j;
  m.a[0] = 2; /* 1 A in, 2 A out */
  tw_solver *s = tw_solver_new(&m.p);
  double y[4] = {0, 0, 0, 0}, v[4];
  tw_report r;
  assert_int_equal(tw_newton(s, 0, y, NULL, 50, &r), TW_SINGULAR);
  assert_in_range(r.singular_unknown, 0, 2);
  double rcond = tw_null_vector(s, v);
  assert_true(rcond < 1e-12);
  for (int i = 0; i < 3; i++) assert_within(fabs(v[i]), 1, 1e-9);
  assert_within(v[3], 0, 1e-9);
  tw_solver_free(s);
}

/* One wholly empty column: the unknown itself. */
static void nothing_f(const small_problem *m, double t, const double *y, const double *yd, double *f) {
  (void)m, (void)t, (void)yd;
  f[0] = y[0] - 3;
  f[1] = y[0] * y[0] + 1;
  f[2] = y[2] - 1;
}

static void nothing_j(const small_problem *m, double t, double cj, const double *y, const double *yd, double (*j)[SMALL_MAX]) {
  (void)m, (void)t, (void)cj, (void)yd;
  j[0][0] = 1;
  j[1][0] = 2 * y[0];
  j[2][2] = 1;
}

static void unknown_in_no_equation(void **state) {
  (void)state;
  small_problem m;
  small_init(&m, 3);
  m.f = nothing_f;
  m.j = nothing_j;
  tw_solver *s = tw_solver_new(&m.p);
  double y[3] = {1, 1, 1}, v[3];
  tw_report r;
  assert_int_equal(tw_newton(s, 0, y, NULL, 50, &r), TW_SINGULAR);
  assert_int_equal(r.singular_unknown, 1);
  assert_true(tw_null_vector(s, v) < 1e-12);
  assert_within(v[1], 1, 1e-12);
  tw_solver_free(s);
}

/* A regular matrix in units of Pa and kg/s: rcond is that of the equations, diag(1, 1e-3) after scaling. */
static void scaled_f(const small_problem *m, double t, const double *y, const double *yd, double *f) {
  (void)m, (void)t, (void)yd;
  f[0] = y[0] - 2e5;
  f[1] = 1e3 * (y[1] - 0.5) + 1e-2 * (y[0] - 2e5);
}

static void scaled_j(const small_problem *m, double t, double cj, const double *y, const double *yd, double (*j)[SMALL_MAX]) {
  (void)m, (void)t, (void)cj, (void)y, (void)yd;
  j[0][0] = 1;
  j[1][0] = 1e-2;
  j[1][1] = 1e3;
}

static void rcond_does_not_depend_on_units(void **state) {
  (void)state;
  small_problem m;
  small_init(&m, 2);
  m.f = scaled_f;
  m.j = scaled_j;
  m.nominal[0] = 1e5;
  tw_solver *s = tw_solver_new(&m.p);
  double y[2] = {0, 0}, v[2];
  tw_report r;
  assert_int_equal(tw_newton(s, 0, y, NULL, 50, &r), TW_SOLVED);
  /* B = [1 0; 1 1]: sigma_min = (sqrt 5 - 1) / 2, bound of sigma_max 2 */
  assert_near(tw_null_vector(s, v), (sqrt(5) - 1) / 4, 1e-3);
  tw_solver_free(s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(singular_matrix_names_the_unknown),
      cmocka_unit_test(unknown_in_no_equation),
      cmocka_unit_test(rcond_does_not_depend_on_units),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
