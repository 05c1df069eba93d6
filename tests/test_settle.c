/* Settling after a switch: which of several states that balance is found, on a pump whose head rises with its flow. */
#include "../solvers/newton.h"
#include "support/small_problem.h"

/* Level p behind the resistance r of a loop at p0, and the flow m of a pump with a check valve:
 *     (p - p0) / r = m,    p = h(m),   h = a + b m - c m^2 for m >= 0 (Gulich, Centrifugal Pumps, 3rd ed., 10.7: unstable head curve),
 *                                      h = a - m / leak    for m < 0 (closed).
 * Forward flows balance at m = ((b - r) +- sqrt((b - r)^2 - 4 c (p0 - a))) / 2 c, the upper one stable, while p0 - a < (b - r)^2 / 4 c;
 * backward m = -(p0 - a) / (r + 1 / leak) always does where p0 > a. */
enum { LEVEL, FLOW };
enum { SHUT_OFF, LOOP, R, B, C, LEAK };

static void pump_f(const small_problem *m, double t, const double *y, const double *yd, double *f) {
  (void)t, (void)yd;
  double q = y[FLOW], rise = q >= 0 ? m->a[B] * q - m->a[C] * q * q : -q / m->a[LEAK];
  f[LEVEL] = (y[LEVEL] - m->a[LOOP]) / m->a[R] - q;
  f[FLOW] = m->a[SHUT_OFF] + rise - y[LEVEL];
}

static void pump_j(const small_problem *m, double t, double cj, const double *y, const double *yd, double (*j)[SMALL_MAX]) {
  (void)t, (void)cj, (void)yd;
  double q = y[FLOW];
  j[LEVEL][LEVEL] = 1 / m->a[R], j[LEVEL][FLOW] = -1;
  j[FLOW][LEVEL] = -1, j[FLOW][FLOW] = q >= 0 ? m->a[B] - 2 * m->a[C] * q : -1 / m->a[LEAK];
}

static void running_down(small_problem *m, double shut_off) {
  small_init(m, 2);
  m->f = pump_f;
  m->j = pump_j;
  m->p.n_levels = 1;
  m->a[SHUT_OFF] = shut_off, m->a[LOOP] = 10, m->a[R] = 0.5, m->a[B] = 3, m->a[C] = 1, m->a[LEAK] = 1e-3;
}

static void upper_flow_while_there_is_one(void **state) {
  (void)state;
  small_problem m;
  running_down(&m, 9);
  tw_solver *s = tw_solver_new(&m.p);
  double y[2] = {11, 2}, expected = (2.5 + sqrt(2.5 * 2.5 - 4)) / 2;
  tw_report r = {0};
  assert_int_equal(tw_settle(s, 0, y, true, 20, &r), TW_SOLVED);
  assert_near(y[FLOW], expected, 1e-9);
  assert_near(y[LEVEL], 10 + 0.5 * expected, 1e-9);
  tw_solver_free(s);
}

/* As it runs down, the forward flows meet at a = p0 - (b - r)^2 / 4 c and are gone: only the closed valve is left. */
static void check_valve_closes_past_the_fold(void **state) {
  (void)state;
  for (double below = 1e-6; below < 1; below *= 10) {
    small_problem m;
    running_down(&m, 10 - 2.5 * 2.5 / 4 - below);
    tw_solver *s = tw_solver_new(&m.p);
    double start[2] = {10 + 0.5 * 1.25, 1.25}, y[2] = {start[LEVEL], start[FLOW]};
    tw_report r = {0};
    assert_int_not_equal(tw_newton(s, 0, y, NULL, 50, &r), TW_SOLVED);
    y[LEVEL] = start[LEVEL], y[FLOW] = start[FLOW];
    assert_int_equal(tw_settle(s, 0, y, true, 20, &r), TW_SOLVED);
    assert_near(y[FLOW], -(10 - m.a[SHUT_OFF]) / (0.5 + 1e3), 1e-9);
    tw_solver_free(s);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(upper_flow_while_there_is_one), cmocka_unit_test(check_valve_closes_past_the_fold)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
