/* smooth.h: each function is what it stands for away from the kink, has no jump in value or slope at the ends of its width,
 * and its derivative is that of its value. */
#include "../components/electric.h"
#include "../components/smooth.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <math.h>
#include <cmocka.h>

typedef tw_vd function(double x);

#define WIDTH 0.25

static tw_vd abs_smooth(double x) { return tw_abs_smooth(x, WIDTH); }
static tw_vd ramp(double x) { return tw_ramp(x, WIDTH); }
static tw_vd maximum(double x) { return tw_max_smooth(x, 0.3, WIDTH); }
static tw_vd minimum(double x) { return tw_min_smooth(x, 0.3, WIDTH); }
static tw_vd saturate(double x) { return tw_saturate(x, -1.0, 1.0, WIDTH); }
static tw_vd step(double x) { return tw_step(x, WIDTH); }
static tw_vd signed_power(double x) { return tw_signed_power(x, 1.75, WIDTH); }
static tw_vd signed_square(double x) { return tw_signed_square(x, WIDTH); }
static tw_vd phi(double x) { return tw_phi(x); }

static tw_vd one_way(double x) { return tw_one_way(x, WIDTH); }
static tw_vd one_way_integral(double x) { return (tw_vd){tw_one_way_integral(x, WIDTH), tw_one_way(x, WIDTH).v}; }

static function *const functions[] = {abs_smooth, ramp, maximum, minimum, saturate, step, signed_power, signed_square, phi,
                                      one_way, one_way_integral};
enum { FUNCTIONS = sizeof(functions) / sizeof(functions[0]) };

/* Central difference with step h: error h^2/6 f''' + rounding/h; third derivatives here are below 1e4. */
static void derivative_belongs_to_value(void **context) {
  (void)context;
  double h = 1e-6;
  for (int k = 0; k < FUNCTIONS; k++)
    for (int n = -2000; n <= 2000; n++) {
      double x = n * 1e-3 + 3.3e-5; /* never within h of a corner */
      double slope = (functions[k](x + h).v - functions[k](x - h).v) / (2.0 * h);
      assert_true(fabs(slope - functions[k](x).d) < 1e-7);
    }
}

/* Corners lie where a width ends and where tw_phi changes to its series. Over 2e-9, second derivatives up to 100 move the slope
 * by 2e-7, and the value by no more than twice its slope. */
static void no_jump_at_the_corners(void **context) {
  (void)context;
  const double corners[] = {-1.25, -0.75, -0.25, -0.01, 0.0, 0.01, 0.05, 0.25, 0.55, 0.75, 1.25};
  for (int k = 0; k < FUNCTIONS; k++)
    for (size_t c = 0; c < sizeof(corners) / sizeof(corners[0]); c++) {
      tw_vd below = functions[k](corners[c] - 1e-9), above = functions[k](corners[c] + 1e-9);
      assert_true(fabs(above.v - below.v) < 2e-8);
      assert_true(fabs(above.d - below.d) < 3e-7);
    }
}

static void exact_away_from_the_kink(void **context) {
  (void)context;
  for (int n = 0; n < 100; n++) {
    double x = 1.3 + 0.1 * n;
    assert_true(ramp(x).v == x && ramp(-x).v == 0.0);
    assert_true(fabs(maximum(x).v - x) < 1e-14 && maximum(-x).v == 0.3);
    assert_true(minimum(-x).v == -x && fabs(minimum(x).v - 0.3) < 1e-14);
    assert_true(fabs(saturate(x).v - 1.0) < 1e-14 && saturate(-x).v == -1.0);
    assert_true(step(x).v == 1.0 && step(-x).v == 0.0);
    assert_true(abs_smooth(x).v >= x && abs_smooth(x).v <= x + WIDTH * WIDTH / (2.0 * x));
    assert_true(fabs(signed_power(-x).v + signed_power(x).v) < 1e-15);
    assert_true(fabs(phi(x).v - (1.0 - exp(-x)) / x) < 1e-15);
  }
}

/* -expm1(-z)/z is the same function without cancellation. */
static void phi_series_is_accurate(void **context) {
  (void)context;
  for (int n = -200; n <= 200; n++) {
    double z = n * 1e-4 + 3e-6;
    assert_true(fabs(phi(z).v + expm1(-z) / z) < 2e-14);
    assert_true(fabs(phi(z).d - (exp(-z) - phi(z).v) / z) < 1e-15 / fabs(z)); /* cancels by 1/z */
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(derivative_belongs_to_value), cmocka_unit_test(no_jump_at_the_corners),
      cmocka_unit_test(exact_away_from_the_kink), cmocka_unit_test(phi_series_is_accurate)};
  return cmocka_run_group_tests_name("smooth", tests, NULL, NULL) ? 1 : 0;
}
