/* Ideal store beside a load: step and square wave in closed form, ramps, random loads against small steps. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include "../twin/ideal_store.h"

static void assert_near(double got, double want, double within) {
  if (!(fabs(got - want) <= within)) fail_msg("%.17g, expected %.17g within %.3g", got, want, within);
}

/* A step of P is made good by a triangle of P / r: P^2 / (2 r), at most P, wherever the points lie. */
static void a_step_takes_half_its_square_over_the_ramp(void **state) {
  (void)state;
  const double P = 60e3, r = 5e3;
  for (int down = 0; down < 2; down++)
    for (int pieces = 1; pieces < 40; pieces += 13) {
      tw_ideal_store s = {.limit = r};
      double before = down ? 9e4 : 3e4, after = down ? 3e4 : 9e4;
      tw_ideal_store_for_ramp(&s, 0.0, before);
      tw_ideal_store_for_ramp(&s, 7.0, before);
      for (int i = 0; i <= pieces; i++) tw_ideal_store_for_ramp(&s, 7.0 + 100.0 * i / pieces, after);
      assert_near(tw_ideal_store_energy(&s), P * P / (2.0 * r), 1e-6);
      assert_near(s.power, P, 1e-9);
      assert_near(s.t_power, 7.0, 0.0);
      assert_near(s.given, down ? -P * P / (2.0 * r) : P * P / (2.0 * r), 1e-6);
      assert_near(s.gap, 0.0, 0.0);
    }
}

static void square_wave(tw_ideal_store *s, double low, double high, double half, int periods) {
  tw_ideal_store_for_ramp(s, 0.0, low);
  for (int i = 0; i < 2 * periods; i++) {
    tw_ideal_store_for_ramp(s, half * i, i % 2 ? low : high);
    tw_ideal_store_for_ramp(s, half * (i + 1), i % 2 ? low : high);
  }
}

/* Slow enough for the grid to arrive: each half period gives back what the one before took. Too fast: the grid rises through the
 * first half by r T/2, falls again as far, and the store gives (P - r T/2) T/2 more in each period. */
static void a_square_wave_returns_or_drifts(void **state) {
  (void)state;
  const double P = 50e3, r = 5e3;
  tw_ideal_store slow = {.limit = r}, fast = {.limit = r};
  square_wave(&slow, 4e4, 9e4, 12.0, 30);
  assert_near(tw_ideal_store_energy(&slow), P * P / (2.0 * r), 1e-6);
  assert_near(slow.given, 0.0, 1e-6);
  assert_false(tw_ideal_store_drifts(&slow, P));
  square_wave(&fast, 4e4, 9e4, 2.0, 1);
  double once = fast.given;
  assert_near(once, P * 2.0 - 0.5 * r * 4.0 - 0.5 * r * 4.0, 1e-6); /* load above low, less the grid's triangle of r 2 s */
  fast = (tw_ideal_store){.limit = r};
  square_wave(&fast, 4e4, 9e4, 2.0, 50);
  assert_near(fast.given, 50.0 * once, 1e-4);
  assert_true(tw_ideal_store_drifts(&fast, P));
}

/* A load that keeps the limit needs no store; one that rises twice as fast for 4 s lags by r 4 s and catches up in as long. */
static void ramps(void **state) {
  (void)state;
  const double r = 1e3;
  tw_ideal_store s = {.limit = r}, twice = {.limit = r};
  tw_ideal_store_for_ramp(&s, 0.0, 0.0);
  tw_ideal_store_for_ramp(&s, 10.0, 10e3);
  tw_ideal_store_for_ramp(&s, 30.0, 0.0);
  assert_near(tw_ideal_store_energy(&s), 0.0, 0.0);
  assert_near(s.power, 0.0, 0.0);
  tw_ideal_store_for_ramp(&twice, 0.0, 0.0);
  tw_ideal_store_for_ramp(&twice, 4.0, 8e3);
  tw_ideal_store_for_ramp(&twice, 20.0, 8e3);
  assert_near(tw_ideal_store_energy(&twice), 0.5 * 4e3 * 4.0 + 0.5 * 4e3 * 4.0, 1e-6);
  assert_near(twice.power, 4e3, 1e-9);
}

/* 30 kW over the limit for 10 s, 10 kW below it for 12 s, over again: 300 kJ, less 120 kJ, and 300 kJ more. */
static void a_power_limit_refills_below_it(void **state) {
  (void)state;
  static const double t[] = {0.0, 5.0, 5.0, 15.0, 15.0, 27.0, 27.0, 37.0, 37.0, 200.0};
  static const double over[] = {-10e3, -10e3, 30e3, 30e3, -10e3, -10e3, 30e3, 30e3, -10e3, -10e3};
  tw_ideal_store s = {.limit = 1e5}, never = {.limit = 2e5}, slanted = {.limit = 1e5};
  for (int i = 0; i < 10; i++) {
    tw_ideal_store_for_power(&s, t[i], 1e5 + over[i]);
    tw_ideal_store_for_power(&never, t[i], 1e5 + over[i]);
  }
  assert_near(tw_ideal_store_energy(&s), 480e3, 1e-6);
  assert_near(s.power, 30e3, 0.0);
  assert_near(s.given, 0.0, 0.0);
  assert_near(tw_ideal_store_energy(&never), 0.0, 0.0);
  assert_near(never.power, 0.0, 0.0);
  tw_ideal_store_for_power(&slanted, 0.0, 0.9e5); /* -10 to 30 kW within 40 s: over the limit for 30 s */
  tw_ideal_store_for_power(&slanted, 40.0, 1.3e5);
  assert_near(tw_ideal_store_energy(&slanted), 0.5 * 30e3 * 30.0, 1e-6);
}

/* Random loads, and the same in a thousand times as many steps by the rule alone. */
static void random_loads_agree_with_small_steps(void **state) {
  (void)state;
  const double r = 900.0;
  const int fine = 20000;
  for (unsigned seed = 1; seed <= 5; seed++) {
    srand(seed);
    tw_ideal_store s = {.limit = r};
    double load = 1e3, grid = 1e3, given = 0.0, most = 0.0, least = 0.0, power = 0.0;
    tw_ideal_store_for_ramp(&s, 0.0, load);
    for (int i = 0; i < 60; i++) {
      double jump = i % 5 ? 0.0 : 2e3 * (rand() / (double)RAND_MAX - 0.5), change = 3e3 * (rand() / (double)RAND_MAX - 0.5);
      load += jump;
      tw_ideal_store_for_ramp(&s, i, load);
      for (int k = 1; k <= fine; k++) {
        double now = load + change * k / fine, step = r / fine;
        grid += fmin(fmax(now - grid, -step), step);
        given += (now - grid) / fine;
        most = fmax(most, given), least = fmin(least, given), power = fmax(power, fabs(now - grid));
      }
      load += change;
      tw_ideal_store_for_ramp(&s, i + 1.0, load);
    }
    assert_near(tw_ideal_store_energy(&s), most - least, 1.0);
    assert_near(s.given, given, 1.0);
    assert_near(s.power, power, 1.0);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_step_takes_half_its_square_over_the_ramp),
      cmocka_unit_test(a_square_wave_returns_or_drifts),
      cmocka_unit_test(ramps),
      cmocka_unit_test(a_power_limit_refills_below_it),
      cmocka_unit_test(random_loads_agree_with_small_steps)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
