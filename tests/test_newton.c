#include <math.h>

#include "support/small_problem.h"

/* ---- constant-power load on a resistive bus (validation O-E5): unknowns v, i of the bus ------------------------------- */

enum { E, R, P, V_MIN };

/* i = P / v above V_MIN; below it a parabola through zero with the same value and slope at V_MIN. */
static double load_current(const small_problem *m, double v, double *slope) {
  double w = m->a[V_MIN], p = m->a[P];
  if (v > w) {
    *slope = -p / (v * v);
    return p / v;
  }
  double x = v / w; /* p/w (3 x - 2 x^2) has the value p/w and the slope -p/w^2 at x = 1 */
  *slope = p / (w * w) * (3 - 4 * x);
  return p / w * (3 * x - 2 * x * x);
}

static void bus_f(const small_problem *m, double t, const double *y, const double *yd, double *f) {
  (void)t, (void)yd;
  double slope;
  f[0] = m->a[E] - m->a[R] * y[1] - y[0];
  f[1] = y[1] - load_current(m, y[0], &slope);
}

static void bus_j(const small_problem *m, double t, double cj, const double *y, const double *yd, double (*j)[SMALL_MAX]) {
  (void)t, (void)cj, (void)yd;
  double slope;
  load_current(m, y[0], &slope);
  j[0][0] = -1;
  j[0][1] = -m->a[R];
  j[1][0] = -slope;
  j[1][1] = 1;
}

static void bus_init(small_problem *m, double e, double r, double p) {
  small_init(m, 2);
  m->f = bus_f;
  m->j = bus_j;
  m->a[E] = e;
  m->a[R] = r;
  m->a[P] = p;
  m->a[V_MIN] = 0.2 * e;
  m->nominal[0] = e;
  m->nominal[1] = 1000;
  m->tolerance[0] = 1e-6;
  m->tolerance[1] = 1e-6;
  m->lo[0] = -10 * e;
  m->hi[0] = 10 * e;
  m->lo[1] = -1e7;
  m->hi[1] = 1e7;
}

static void constant_power_load(void **state) {
  (void)state;
  static const double cases[][5] = {{54, 1.2e-3, 33e3, 53.256428, 619.6435}, {54, 1.2e-3, 132e3, 50.887235, 2593.9708},
                                    {54, 1.2e-3, 600e3, 30.0, 20000.0},      {800, 20e-3, 132e3, 796.686274, 165.6863},
                                    {800, 20e-3, 1e6, 774.165739, 1291.7131}};
  for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
    small_problem m;
    bus_init(&m, cases[k][0], cases[k][1], cases[k][2]);
    tw_solver *s = tw_solver_new(&m.p);
    assert_non_null(s);
    double y[2] = {cases[k][0], 0};
    tw_report r;
    assert_int_equal(tw_newton(s, 0, y, NULL, 50, &r), TW_SOLVED);
    assert_near(y[0], cases[k][3], 2e-8); /* last printed digit */
    assert_near(y[1], cases[k][4], 2e-7);
    assert_true(r.worst_ratio < 1e-3); /* the step after convergence leaves rounding */
    assert_true(r.worst_row >= 0 && r.iterations > 0 && r.iterations < 15 && r.factorisations >= r.iterations - 1);
    assert_int_equal(r.singular_unknown, -1);
    assert_int_equal(r.nonzeros, 4);
    assert_true(r.fill >= 4 && r.seconds >= 0);
    tw_solver_free(s);
  }
}

/* Beyond the nose E^2 / 4R there is no solution above V_MIN. */
static void no_solution_past_the_nose(void **state) {
  (void)state;
  small_problem m;
  bus_init(&m, 54, 1.2e-3, 1.01 * 607.5e3);
  m.lo[0] = 15; /* the collapsed states are outside */
  tw_solver *s = tw_solver_new(&m.p);
  double y[2] = {54, 0};
  tw_report r;
  tw_outcome o = tw_newton(s, 0, y, NULL, 100, &r);
  assert_true(o == TW_NO_CONVERGENCE || o == TW_SINGULAR);
  assert_true(r.worst_ratio > 1 && r.worst_row >= 0);
  assert_true(y[0] >= 15);
  tw_solver_free(s);
}

/* ---- PI controller in steady state: structural zero on the diagonal of its integrator --------------------------------- */

/* y0 process value, y1 integrator, y2 actuator: 0 = -y0 + 3 tanh(y2) + a0; 0 = set - y0; 0 = y2 - y1 - kp (set - y0). */
static void pi_f(const small_problem *m, double t, const double *y, const double *yd, double *f) {
  (void)t;
  f[0] = 10 * yd[0] + y[0] - 3 * tanh(y[2]) - m->a[0];
  f[1] = yd[1] - m->a[2] * (m->a[1] - y[0]);
  f[2] = y[2] - y[1] - 0.5 * (m->a[1] - y[0]);
}

static void pi_j(const small_problem *m, double t, double cj, const double *y, const double *yd, double (*j)[SMALL_MAX]) {
  (void)t, (void)yd;
  double th = tanh(y[2]);
  j[0][0] = 1 + 10 * cj;
  j[0][2] = -3 * (1 - th * th);
  j[1][0] = m->a[2];
  j[1][1] = cj;
  j[2][0] = 0.5;
  j[2][1] = -1;
  j[2][2] = 1;
}

static void pi_init(small_problem *m) {
  small_init(m, 3);
  m->f = pi_f;
  m->j = pi_j;
  m->a[0] = 0.4;
  m->a[1] = 2.0;
  m->a[2] = 0.1;
  m->differential[0] = m->differential[1] = true;
}

static void pi_controller(void **state) {
  (void)state;
  small_problem m;
  pi_init(&m);
  tw_solver *s = tw_solver_new(&m.p);
  double y[3] = {0, 0, 0};
  tw_report r;
  assert_int_equal(tw_newton(s, 0, y, NULL, 50, &r), TW_SOLVED);
  assert_near(y[0], 2.0, 1e-12);
  assert_near(y[2], atanh(1.6 / 3), 1e-10);
  assert_near(y[1], y[2], 1e-12);
  tw_solver_free(s);
}

static void pseudo_transient(void **state) {
  (void)state;
  small_problem m;
  pi_init(&m);
  tw_solver *s = tw_solver_new(&m.p);
  double y[3] = {-20, 30, 0};
  tw_report r;
  assert_int_equal(tw_pseudo_transient(s, 0, y, 0.1, 200, &r), TW_SOLVED);
  assert_near(y[0], 2.0, 1e-10);
  assert_near(y[2], atanh(1.6 / 3), 1e-9);
  assert_true(r.worst_ratio <= 1 && r.iterations > 5);
  tw_solver_free(s);
}

/* ---- held unknowns ---------------------------------------------------------------------------------------------------- */

static void held_unknowns_keep_their_value(void **state) {
  (void)state;
  small_problem m;
  pi_init(&m);
  tw_solver *s = tw_solver_new(&m.p);
  double y[3] = {1.5, 0.25, 7};
  const bool held[3] = {true, true, false};
  tw_report r;
  assert_int_equal(tw_newton(s, 0, y, held, 50, &r), TW_SOLVED);
  assert_true(y[0] == 1.5 && y[1] == 0.25);
  assert_near(y[2], 0.5, 1e-14); /* 0.25 + 0.5 (2 - 1.5) */
  tw_solver_free(s);
}

/* ---- globalisation ---------------------------------------------------------------------------------------------------- */

/* Rosenbrock's system (More, Garbow, Hillstrom, ACM TOMS 7 (1981) 17, no. 1) with the first row in units of 10^k. */
static void rosenbrock_f(const small_problem *m, double t, const double *y, const double *yd, double *f) {
  (void)t, (void)yd;
  f[0] = m->a[0] * 10 * (y[1] - y[0] * y[0]);
  f[1] = 1 - y[0];
}

static void rosenbrock_j(const small_problem *m, double t, double cj, const double *y, const double *yd, double (*j)[SMALL_MAX]) {
  (void)t, (void)cj, (void)yd;
  j[0][0] = m->a[0] * -20 * y[0];
  j[0][1] = m->a[0] * 10;
  j[1][0] = -1;
}

static void badly_scaled_rows(void **state) {
  (void)state;
  for (int k = -6; k <= 6; k += 3) {
    small_problem m;
    small_init(&m, 2);
    m.f = rosenbrock_f;
    m.j = rosenbrock_j;
    m.a[0] = pow(10, k);
    m.tolerance[0] = 1e-8 * m.a[0];
    tw_solver *s = tw_solver_new(&m.p);
    double y[2] = {-1.2, 1};
    tw_report r;
    assert_int_equal(tw_newton(s, 0, y, NULL, 100, &r), TW_SOLVED);
    assert_near(y[0], 1.0, 1e-8);
    assert_near(y[1], 1.0, 1e-8);
    tw_solver_free(s);
  }
}

/* 0 = A y - b. One A needs pivots off the diagonal, which serve for the other A, too, with other rounding. */
static const double matrices[2][3][3] = {{{5, 1, 0.1}, {1, 7, 0.4}, {0.3, 0.2, 3}}, {{0, 1, 0.1}, {1, 0, 0.4}, {0.3, 0.2, 3}}};

static void linear_f(const small_problem *m, double t, const double *y, const double *yd, double *f) {
  (void)t, (void)yd;
  static const double b[] = {1.1, -0.7, 2.3};
  for (int r = 0; r < 3; r++) {
    f[r] = -b[r];
    for (int c = 0; c < 3; c++) f[r] += matrices[m->a[0] > 0][r][c] * y[c];
  }
}

static void linear_j(const small_problem *m, double t, double cj, const double *y, const double *yd, double (*j)[SMALL_MAX]) {
  (void)t, (void)cj, (void)y, (void)yd;
  for (int r = 0; r < 3; r++)
    for (int c = 0; c < 3; c++) j[r][c] = matrices[m->a[0] > 0][r][c];
}

static void result_does_not_depend_on_earlier_solutions(void **state) {
  (void)state;
  double end[2][3] = {{0}};
  for (int k = 0; k < 2; k++) {
    small_problem m;
    small_init(&m, 3);
    m.f = linear_f;
    m.j = linear_j;
    for (int i = 0; i < 3; i++) m.tolerance[i] = 1e3; /* only the step after convergence is taken: its rounding shows */
    tw_solver *s = tw_solver_new(&m.p);
    tw_report r;
    double other[3] = {0};
    m.a[0] = 1;
    if (k) assert_int_equal(tw_newton(s, 0, other, NULL, 50, &r), TW_SOLVED);
    m.a[0] = 0;
    assert_int_equal(tw_newton(s, 0, end[k], NULL, 50, &r), TW_SOLVED);
    tw_solver_free(s);
  }
  assert_memory_equal(end[0], end[1], sizeof end[0]);
}

/* A valley so narrow that the line search on the residual must follow it in tiny steps: the second attempt, which does not know
 * how the rows are scaled, takes the full step. */
static void second_attempt_where_the_line_search_crawls(void **state) {
  (void)state;
  small_problem m;
  small_init(&m, 2);
  m.f = rosenbrock_f;
  m.j = rosenbrock_j;
  m.a[0] = 1;
  m.tolerance[0] = 1e-13;
  m.tolerance[1] = 1e-3;
  tw_solver *s = tw_solver_new(&m.p);
  double y[2] = {-1.2, 1};
  tw_report r;
  assert_int_equal(tw_newton(s, 0, y, NULL, 8, &r), TW_SOLVED);
  assert_in_range(r.iterations, 9, 16);
  assert_near(y[0], 1.0, 1e-12);
  tw_solver_free(s);
}

/* 0 = (T - 40) / R - P exp((T - 90) / 30): the lower of two solutions; Newton from 40 overshoots into the exponential. */
static void leakage_f(const small_problem *m, double t, const double *y, const double *yd, double *f) {
  (void)t, (void)yd;
  f[0] = (y[0] - 40) / m->a[0] - m->a[1] * exp((y[0] - 90) / 30);
}

static void leakage_j(const small_problem *m, double t, double cj, const double *y, const double *yd, double (*j)[SMALL_MAX]) {
  (void)t, (void)cj, (void)yd;
  j[0][0] = 1 / m->a[0] - m->a[1] / 30 * exp((y[0] - 90) / 30);
}

static void exponential_leakage_from_far(void **state) {
  (void)state;
  static const double starts[] = {-200, 40, 60, 4000};
  for (size_t k = 0; k < sizeof starts / sizeof *starts; k++) {
    small_problem m;
    small_init(&m, 1);
    m.f = leakage_f;
    m.j = leakage_j;
    m.a[0] = 0.05;
    m.a[1] = 100;
    m.nominal[0] = 50;
    m.tolerance[0] = 1e-6;
    m.lo[0] = -273.15;
    m.hi[0] = 1e4;
    tw_solver *s = tw_solver_new(&m.p);
    double y[1] = {starts[k]}, f[1];
    tw_report r;
    assert_int_equal(tw_newton(s, 0, y, NULL, 200, &r), TW_SOLVED);
    leakage_f(&m, 0, y, y, f);
    assert_true(fabs(f[0]) < 1e-6);
    if (starts[k] < 90) assert_within(y[0], 40 + 0.05 * 100 * exp((y[0] - 90) / 30), 1e-9);
    tw_solver_free(s);
  }
}

/* ln y has no value outside the bounds: the iterate must stay inside. */
static void log_f(const small_problem *m, double t, const double *y, const double *yd, double *f) {
  (void)m, (void)t, (void)yd;
  assert_true(y[0] > 0 && y[0] <= 1e6);
  f[0] = log(y[0] / 1e-4);
}

static void log_j(const small_problem *m, double t, double cj, const double *y, const double *yd, double (*j)[SMALL_MAX]) {
  (void)m, (void)t, (void)cj, (void)yd;
  j[0][0] = 1 / y[0];
}

static void iterates_stay_inside_the_bounds(void **state) {
  (void)state;
  small_problem m;
  small_init(&m, 1);
  m.f = log_f;
  m.j = log_j;
  m.lo[0] = 0;
  m.hi[0] = 1e6;
  tw_solver *s = tw_solver_new(&m.p);
  double y[1] = {1e3};
  tw_report r;
  assert_int_equal(tw_newton(s, 0, y, NULL, 100, &r), TW_SOLVED);
  assert_near(y[0], 1e-4, 1e-8);
  tw_solver_free(s);
}

/* ---- sparse: a busbar of 400 nodes with a constant-power load at each ------------------------------------------------- */

enum { NODES = 400 };
static const double bar_r = 1e-5, bar_p = 300, bar_e = 54;

static int bar_residual(void *ctx, double t, const double *v, const double *vd, double *f) {
  (void)ctx, (void)t, (void)vd;
  for (int i = 0; i < NODES; i++) {
    f[i] = ((i ? v[i - 1] : bar_e) - v[i]) / bar_r - bar_p / v[i];
    if (i + 1 < NODES) f[i] -= (v[i] - v[i + 1]) / bar_r;
  }
  return 0;
}

static int bar_jacobian(void *ctx, double t, double cj, const double *v, const double *vd, double *j) {
  (void)ctx, (void)t, (void)cj, (void)vd;
  for (int i = 0; i < NODES; i++) {
    if (i) *j++ = 1 / bar_r;
    *j++ = (i + 1 < NODES ? -2 : -1) / bar_r + bar_p / (v[i] * v[i]);
    if (i + 1 < NODES) *j++ = 1 / bar_r;
  }
  return 0;
}

static void a_tree_fills_next_to_nothing(void **state) {
  (void)state;
  static int32_t column[NODES + 1], row_index[3 * NODES];
  static double nominal[NODES], tolerance[NODES], lo[NODES], hi[NODES], v[NODES];
  int k = 0;
  for (int i = 0; i < NODES; i++) {
    for (int r = i > 0 ? i - 1 : 0; r <= i + 1 && r < NODES; r++) row_index[k++] = r;
    column[i + 1] = k;
    nominal[i] = v[i] = bar_e;
    tolerance[i] = 1e-6;
    lo[i] = 1;
    hi[i] = 100;
  }
  tw_problem p = {.n = NODES, .column = column, .row_index = row_index, .nominal = nominal, .tolerance = tolerance, .lo = lo,
                  .hi = hi, .residual = bar_residual, .jacobian = bar_jacobian};
  tw_solver *s = tw_solver_new(&p);
  tw_report r;
  assert_int_equal(tw_newton(s, 0, v, NULL, 50, &r), TW_SOLVED);
  assert_int_equal(r.nonzeros, 3 * NODES - 2);
  assert_true(r.fill <= r.nonzeros);
  assert_true(r.iterations <= 6);
  double loss = 0; /* power at the feed = loads + losses */
  for (int i = 0; i < NODES; i++) {
    double d = (i ? v[i - 1] : bar_e) - v[i];
    loss += d * d / bar_r;
  }
  assert_near(bar_e * (bar_e - v[0]) / bar_r, NODES * bar_p + loss, 1e-9);
  tw_solver_free(s);
}

static int failing_residual(void *ctx, double t, const double *y, const double *yd, double *f) {
  (void)ctx, (void)t, (void)y, (void)yd, (void)f;
  return 1;
}

static void failing_callback_is_an_error(void **state) {
  (void)state;
  small_problem m;
  pi_init(&m);
  m.p.residual = failing_residual;
  tw_solver *s = tw_solver_new(&m.p);
  double y[3] = {0, 0, 0};
  tw_report r;
  assert_int_equal(tw_newton(s, 0, y, NULL, 10, &r), TW_SOLVER_ERROR);
  tw_solver_free(s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(constant_power_load),
      cmocka_unit_test(no_solution_past_the_nose),
      cmocka_unit_test(pi_controller),
      cmocka_unit_test(result_does_not_depend_on_earlier_solutions),
      cmocka_unit_test(pseudo_transient),
      cmocka_unit_test(held_unknowns_keep_their_value),
      cmocka_unit_test(badly_scaled_rows),
      cmocka_unit_test(second_attempt_where_the_line_search_crawls),
      cmocka_unit_test(exponential_leakage_from_far),
      cmocka_unit_test(a_tree_fills_next_to_nothing),
      cmocka_unit_test(iterates_stay_inside_the_bounds),
      cmocka_unit_test(failing_callback_is_an_error),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
