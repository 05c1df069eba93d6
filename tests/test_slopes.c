/* Steepest changes over windows: a ramp, a step and square waves by hand, random signals against all pairs of times, state. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include "../twin/slopes.h"

static void assert_near(double got, double want, double within) {
  if (!(fabs(got - want) <= within)) fail_msg("%.17g, expected %.17g within %.3g", got, want, within);
}

/* 3 W/s for 100 s, in uneven steps. */
static void a_ramp_is_its_slope(void **state) {
  (void)state;
  tw_slopes *r = tw_slopes_new();
  double t = 0.0;
  for (int i = 0; t < 100.0; i++, t += 0.003 + 0.7 * (i % 7)) tw_slopes_point(r, t, 3.0 * t);
  for (int w = 0; w < TW_SLOPE_WINDOWS; w++) {
    assert_near(tw_slopes_rise(r, w).rate, 3.0, 1e-9);
    assert_near(tw_slopes_fall(r, w).rate, 3.0, 1e-9);
  }
  tw_slopes_free(r);
}

/* A window as long as the run fits it just so; none does where the run is shorter. */
static void a_step_is_its_height_over_the_window(void **state) {
  (void)state;
  static const double times[] = {0.0, 5.0, 5.0, 10.0};
  tw_slopes *r = tw_slopes_new();
  for (int i = 0; i < 4; i++) tw_slopes_point(r, times[i], i < 2 ? 400.0 : 1000.0);
  for (int w = 0; w < 4; w++) {
    assert_near(tw_slopes_rise(r, w).rate, 600.0 / tw_slope_windows[w], 1e-9);
    assert_near(tw_slopes_fall(r, w).rate, w == 3 ? 60.0 : 0.0, 0.0);
    assert_near(tw_slopes_rise(r, w).t, w == 3 ? 0.0 : 5.0 - tw_slope_windows[w], 1e-9);
  }
  assert_true(isnan(tw_slopes_rise(r, 4).rate));
  tw_slopes_free(r);
}

/* The first of equal windows is told; jumps a whole number of periods apart cancel. */
static void windows_of_whole_periods_see_nothing(void **state) {
  (void)state;
  tw_slopes *r = tw_slopes_new();
  for (int i = 0; i <= 130; i++) {
    tw_slopes_point(r, i, i % 2 ? 400.0 : 1000.0);
    tw_slopes_point(r, i, i % 2 ? 1000.0 : 400.0);
  }
  assert_near(tw_slopes_rise(r, 2).rate, 600.0, 0.0);
  assert_near(tw_slopes_fall(r, 2).rate, -600.0, 0.0);
  for (int w = 3; w < 5; w++) {
    assert_near(tw_slopes_rise(r, w).rate, 0.0, 0.0);
    assert_near(tw_slopes_fall(r, w).rate, 0.0, 0.0);
  }
  tw_slopes_free(r);
}

/* ---- random signals -------------------------------------------------------------------------------------------------------- */

enum { POINTS = 400 };
typedef struct { double t[POINTS], v[POINTS]; } signal;

/* Steps between 1e-4 and 2 s, every ninth a jump. */
static signal random_signal(unsigned seed) {
  signal s;
  srand(seed);
  for (int i = 0; i < POINTS; i++) {
    double u = rand() / (double)RAND_MAX, h = i % 9 == 8 ? 0.0 : 1e-4 * pow(2e4, u);
    s.t[i] = i ? s.t[i - 1] + h : 0.0;
    s.v[i] = 1000.0 * (rand() / (double)RAND_MAX);
  }
  return s;
}

/* Value at t, after a jump there or before it. */
static double value_at(const signal *s, double t, int after) {
  int i = 1;
  while (i < POINTS - 1 && (after ? s->t[i] <= t : s->t[i] < t)) i++;
  double h = s->t[i] - s->t[i - 1];
  return h > 0.0 ? s->v[i - 1] + (s->v[i] - s->v[i - 1]) * (t - s->t[i - 1]) / h : s->v[i];
}

/* Begins at each point or ends there; before and after it (of two incommensurable times at most one is a jump). */
static void steepest(const signal *s, double window, double *rise, double *fall) {
  *rise = -INFINITY, *fall = INFINITY;
  for (int i = 0; i < POINTS; i++)
    for (int k = 0; k < 4; k++) {
      int ends = k & 1, side = k >> 1;
      double begin = ends ? s->t[i] - window : s->t[i];
      if (begin < 0.0 || begin + window > s->t[POINTS - 1]) continue;
      double a = ends ? value_at(s, begin, 1) : value_at(s, s->t[i], side);
      double b = ends ? value_at(s, s->t[i], side) : value_at(s, begin + window, 1);
      *rise = fmax(*rise, (b - a) / window), *fall = fmin(*fall, (b - a) / window);
    }
}

static void random_signals_agree_with_all_pairs(void **state) {
  (void)state;
  for (unsigned seed = 1; seed <= 20; seed++) {
    signal s = random_signal(seed);
    tw_slopes *r = tw_slopes_new();
    for (int i = 0; i < POINTS; i++) tw_slopes_point(r, s.t[i], s.v[i]);
    tw_slopes_point(r, s.t[POINTS - 1] + 1e-300, 0.0); /* the same time: nothing may come of it */
    for (int w = 0; w < TW_SLOPE_WINDOWS; w++) {
      double rise, fall;
      if (tw_slope_windows[w] > s.t[POINTS - 1]) continue;
      steepest(&s, tw_slope_windows[w], &rise, &fall);
      assert_near(tw_slopes_rise(r, w).rate, rise, 1e-6 * rise);
      assert_near(tw_slopes_fall(r, w).rate, fall, 1e-6 * fabs(fall));
    }
    tw_slopes_free(r);
  }
}

/* Kept in the middle and taken back by another: the same from there on; no more to keep after a long time than after a short
 * one. */
static void state_goes_on_and_stays_small(void **state) {
  (void)state;
  signal s = random_signal(7);
  tw_slopes *a = tw_slopes_new(), *b = tw_slopes_new();
  tw_state kept = {0}, early = {0}, late = {0};
  for (int i = 0; i < POINTS; i++) {
    tw_slopes_point(a, s.t[i], s.v[i]);
    if (i == POINTS / 2) tw_slopes_keep(a, &kept);
  }
  kept.loading = true;
  tw_slopes_keep(b, &kept);
  assert_true(tw_state_whole(&kept));
  for (int i = POINTS / 2 + 1; i < POINTS; i++) tw_slopes_point(b, s.t[i], s.v[i]);
  for (int w = 0; w < TW_SLOPE_WINDOWS; w++) {
    assert_true(tw_slopes_rise(a, w).rate == tw_slopes_rise(b, w).rate && tw_slopes_fall(a, w).t == tw_slopes_fall(b, w).t);
  }
  for (int i = 0; i < 100000; i++) {
    tw_slopes_point(a, s.t[POINTS - 1] + 0.1 * (i + 1), i % 13);
    if (i == 2000) tw_slopes_keep(a, &early);
  }
  tw_slopes_keep(a, &late);
  assert_true(late.n < 2 * early.n);
  tw_state_free(&kept), tw_state_free(&early), tw_state_free(&late);
  tw_slopes_free(a), tw_slopes_free(b);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_ramp_is_its_slope),
      cmocka_unit_test(a_step_is_its_height_over_the_window),
      cmocka_unit_test(windows_of_whole_periods_see_nothing),
      cmocka_unit_test(random_signals_agree_with_all_pairs),
      cmocka_unit_test(state_goes_on_and_stays_small)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
