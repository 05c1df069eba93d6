/* Curves: shape of the Fritsch-Carlson cubic, the rules beyond the ends, slopes and integrals. */
#include "../components/curve.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define assert_close(value, expected, tolerance) close_to(value, expected, tolerance, #value, __LINE__)

static void close_to(double value, double expected, double tolerance, const char *what, int line) {
  if (!(fabs(value - expected) <= tolerance)) fail_msg("line %d: %s is %.12g, not %.12g", line, what, value, expected);
}

enum { MOST = 16 };
typedef struct { tw_curve c; double x[MOST], y[MOST], slope[MOST]; } sample;

static void make(sample *s, int n, const double *x, const double *y, tw_curve_rule rule, tw_curve_beyond beyond) {
  for (int k = 0; k < n; k++) {
    s->x[k] = x[k];
    s->y[k] = y[k];
  }
  s->c = (tw_curve){n, s->x, s->y, s->slope, rule, beyond};
  assert_int_equal(tw_curve_prepare(&s->c), 0);
}

static double at(const sample *s, double x) { return tw_curve_at(&s->c, x).v; }

/* Fritsch and Carlson, SIAM J. Numer. Anal. 17 (1980), table 1 (RPN 14 data). */
static const double fc_x[] = {7.99, 8.09, 8.19, 8.7, 9.2, 10, 12, 15, 20};
static const double fc_y[] = {0, 2.76429e-5, 4.37498e-2, 0.169183, 0.469428, 0.943740, 0.998636, 0.999919, 0.999994};

static void cubic_is_monotone_and_meets_its_points(void **state) {
  (void)state;
  sample s;
  make(&s, 9, fc_x, fc_y, TW_CURVE_MONOTONE_CUBIC, TW_BEYOND_HOLD);
  for (int k = 0; k < 9; k++) assert_close(at(&s, fc_x[k]), fc_y[k], 1e-15);
  for (double x = 7.99, last = -1e-18; x <= 20.0; x += 1e-3) {
    double y = at(&s, x);
    assert_true(y >= last);
    assert_true(y <= 1.0);
    last = y;
  }
}

static void cubic_has_no_extremum_of_its_own(void **state) {
  (void)state;
  const double x[] = {0, 1, 2, 3, 4, 5}, y[] = {1, 3, 3, 2, 5, 0};
  sample s;
  make(&s, 6, x, y, TW_CURVE_MONOTONE_CUBIC, TW_BEYOND_HOLD);
  for (int k = 0; k < 5; k++)
    for (double t = 0.0; t <= 1.0; t += 0.01) {
      double v = at(&s, x[k] + t);
      assert_true(v >= fmin(y[k], y[k + 1]) - 1e-12 && v <= fmax(y[k], y[k + 1]) + 1e-12);
    }
}

static void cubic_reproduces_a_parabola_inside(void **state) {
  (void)state;
  const double x[] = {1, 2, 3, 4, 5}, y[] = {1, 4, 9, 16, 25};
  sample s;
  make(&s, 5, x, y, TW_CURVE_MONOTONE_CUBIC, TW_BEYOND_LINEAR);
  for (double t = 1.0; t <= 5.0; t += 0.1) assert_close(at(&s, t), t * t, 1e-12);
}

static void linear_rule_is_straight(void **state) {
  (void)state;
  const double x[] = {0, 1, 3}, y[] = {0, 2, 1};
  sample s;
  make(&s, 3, x, y, TW_CURVE_LINEAR, TW_BEYOND_HOLD);
  assert_close(at(&s, 0.25), 0.5, 1e-15);
  assert_close(at(&s, 2.0), 1.5, 1e-15);
  assert_close(at(&s, -5.0), 0.0, 1e-15);
  assert_close(at(&s, 9.0), 1.0, 1e-15);
}

static void beyond_follows_its_rule(void **state) {
  (void)state;
  const double x[] = {0, 1, 2}, y[] = {0, 1, 2};
  sample s;
  make(&s, 3, x, y, TW_CURVE_MONOTONE_CUBIC, TW_BEYOND_LINEAR);
  assert_close(at(&s, 5.0), 5.0, 1e-14);
  assert_close(at(&s, -3.0), -3.0, 1e-14);
  make(&s, 3, x, y, TW_CURVE_MONOTONE_CUBIC, TW_BEYOND_REFUSE);
  assert_close(at(&s, 5.0), 5.0, 1e-14);
  make(&s, 3, x, y, TW_CURVE_MONOTONE_CUBIC, TW_BEYOND_HOLD);
  assert_close(at(&s, 5.0), 2.0, 1.1e-3); /* half the corner times the slope */
  assert_close(at(&s, 5.0), at(&s, 9.0), 0.0);
  const double one_x[] = {3}, one_y[] = {7};
  make(&s, 1, one_x, one_y, TW_CURVE_MONOTONE_CUBIC, TW_BEYOND_LINEAR);
  assert_close(at(&s, -1.0), 7.0, 0.0);
  assert_close(tw_curve_integral(&s.c, 5.0).v, 14.0, 0.0);
}

/* Slope against a central difference, and integral against Simpson's rule, inside and beyond. */
static void slope_and_integral_belong_to_the_value(void **state) {
  (void)state;
  const tw_curve_beyond beyond[] = {TW_BEYOND_HOLD, TW_BEYOND_LINEAR, TW_BEYOND_REFUSE};
  const double h = 1e-6;
  sample s;
  for (int b = 0; b < 3; b++) {
    make(&s, 9, fc_x, fc_y, TW_CURVE_MONOTONE_CUBIC, beyond[b]);
    for (double x = 7.0137; x < 22.0; x += 0.1171) {
      double slope = (at(&s, x + h) - at(&s, x - h)) / (2.0 * h);
      assert_close(tw_curve_at(&s.c, x).d, slope, 1e-5 * (1.0 + fabs(slope)));
      double a = tw_curve_integral(&s.c, x - 1e-3).v, e = tw_curve_integral(&s.c, x + 1e-3).v;
      double simpson = 2e-3 / 6.0 * (at(&s, x - 1e-3) + 4.0 * at(&s, x) + at(&s, x + 1e-3));
      assert_close(e - a, simpson, 1e-8);
      assert_close(tw_curve_integral(&s.c, x).d, at(&s, x), 1e-15);
    }
    assert_close(tw_curve_integral(&s.c, fc_x[0]).v, 0.0, 1e-15);
  }
}

static void slope_has_no_jump(void **state) {
  (void)state;
  sample s;
  const double e = 1e-9;
  make(&s, 9, fc_x, fc_y, TW_CURVE_MONOTONE_CUBIC, TW_BEYOND_HOLD);
  for (int k = 0; k < 9; k++) {
    double below = tw_curve_at(&s.c, fc_x[k] - e).d, above = tw_curve_at(&s.c, fc_x[k] + e).d;
    assert_close(below, above, 1e-6);
  }
}

static void bad_points_are_refused(void **state) {
  (void)state;
  double x[] = {0, 1, 1}, y[] = {0, 1, 2}, slope[3];
  tw_curve c = {3, x, y, slope, TW_CURVE_MONOTONE_CUBIC, TW_BEYOND_HOLD};
  assert_int_equal(tw_curve_prepare(&c), 2);
  x[2] = (double)NAN;
  assert_int_not_equal(tw_curve_prepare(&c), 0);
  x[2] = 2.0;
  y[0] = HUGE_VAL;
  assert_int_equal(tw_curve_prepare(&c), 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(cubic_is_monotone_and_meets_its_points), cmocka_unit_test(cubic_has_no_extremum_of_its_own),
      cmocka_unit_test(cubic_reproduces_a_parabola_inside),     cmocka_unit_test(linear_rule_is_straight),
      cmocka_unit_test(beyond_follows_its_rule),                cmocka_unit_test(slope_and_integral_belong_to_the_value),
      cmocka_unit_test(slope_has_no_jump),                      cmocka_unit_test(bad_points_are_refused)};
  return cmocka_run_group_tests_name("curve", tests, NULL, NULL);
}
