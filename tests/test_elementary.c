/* elementary.h against the libm: to 1e-15 over the whole range, the same special values, the same bits in any batch. */
#include "../components/elementary.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <float.h>
#include <cmocka.h>

enum { MANY = 200000 };
typedef void each(int n, const double *restrict x, double *restrict y);
static double x[MANY], y[MANY];

static void assert_within(double a, double b, double tolerance) {
  if (!(fabs(a - b) <= tolerance * fabs(b))) fail_msg("%.17g is not %.17g", a, b);
}

static void exp_is_that_of_the_libm(void **state) {
  (void)state;
  for (double width = 700.0; width > 1e-12; width /= 30.0) {
    for (int i = 0; i < MANY; i++) x[i] = width * (2.0 * i / (MANY - 1) - 1.0);
    tw_exp_each(MANY, x, y);
    for (int i = 0; i < MANY; i++) assert_within(y[i], exp(x[i]), 1e-15);
  }
}

static void log_is_that_of_the_libm(void **state) {
  (void)state;
  for (double width = 700.0; width > 1e-12; width /= 30.0) { /* about 1 as well, where the logarithm goes through 0 */
    for (int i = 0; i < MANY; i++) x[i] = exp(width * (2.0 * i / (MANY - 1) - 1.0));
    tw_log_each(MANY, x, y);
    for (int i = 0; i < MANY; i++) assert_within(y[i], log(x[i]), 1e-15);
  }
}

static void odd_arguments_are_the_libms(void **state) {
  (void)state;
  const double odd[] = {0.0,   -0.0,   1.0,    -1.0,     1e308,     -1e308, 709.0,  710.0,
                        -745.0, -746.0, INFINITY, -INFINITY, 5e-324, DBL_MIN, DBL_MAX};
  enum { ODD = sizeof odd / sizeof odd[0] };
  double e[ODD], l[ODD], nan = NAN, out;
  tw_exp_each(ODD, odd, e);
  tw_log_each(ODD, odd, l);
  for (int i = 0; i < ODD; i++) {
    double a = exp(odd[i]), b = log(odd[i]);
    assert_true(isinf(a) ? e[i] == a : fabs(e[i] - a) <= 1e-15 * a);
    assert_true(isnan(b) ? isnan(l[i]) : isinf(b) ? l[i] == b : fabs(l[i] - b) <= 1e-15 * fabs(b));
  }
  tw_exp_each(1, &nan, &out);
  assert_true(isnan(out));
  tw_log_each(1, &nan, &out);
  assert_true(isnan(out));
}

static void bits_do_not_depend_on_the_batch(void **state) {
  (void)state;
  each *const both[] = {tw_exp_each, tw_log_each};
  for (int i = 0; i < 257; i++) x[i] = 0.01 + 0.37 * i;
  x[100] = 1e5; /* one that exp hands to the libm */
  for (int k = 0; k < 2; k++) {
    both[k](257, x, y);
    for (int n = 1; n <= 9; n += 2)
      for (int first = 0; first + n <= 257; first++) {
        double part[9];
        both[k](n, x + first, part);
        for (int i = 0; i < n; i++) assert_true(part[i] == y[first + i]);
      }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(exp_is_that_of_the_libm), cmocka_unit_test(log_is_that_of_the_libm),
      cmocka_unit_test(odd_arguments_are_the_libms), cmocka_unit_test(bits_do_not_depend_on_the_batch)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
