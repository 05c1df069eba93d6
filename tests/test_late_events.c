/* Events that may wait: taken together with others, told with their own times, and nothing changes by more than the tolerance. A
 * body that cools, y' = a - y, and at four levels gets a little more heat: between two levels an exponential. */
#include "support/small_problem.h"

enum { LEVELS = 4 };
static const double level[LEVELS] = {0.9, 0.6, 0.59975, 0.5996}, notch = 1e-5;

static void cooling_f(const small_problem *m, double t, const double *y, const double *yd, double *f) {
  (void)t;
  f[0] = yd[0] + y[0] - m->a[0];
  f[1] = y[1] - y[0] * y[0];
}

static void cooling_j(const small_problem *m, double t, double cj, const double *y, const double *yd, double (*j)[SMALL_MAX]) {
  (void)m, (void)t, (void)yd;
  j[0][0] = cj + 1;
  j[1][0] = -2 * y[0], j[1][1] = 1;
}

static void cooling_g(const small_problem *m, double t, const double *y, double *g) {
  (void)m, (void)t;
  for (int k = 0; k < LEVELS; k++) g[k] = level[k] - y[0];
}

/* Times at which the levels are passed, and y at t = 2. */
static double exactly(double notch_of, double *when) {
  double t = 0, y = 1, a = 0;
  for (int k = 0; k < LEVELS; k++) {
    t += log((y - a) / (level[k] - a));
    y = level[k];
    a += notch_of;
    when[k] = t;
  }
  return a + (y - a) * exp(t - 2);
}

/* What a run to t = 2 found: each arrival reacts to what fired. */
typedef struct { double passed[LEVELS], reached[LEVELS], y; int arrivals, events; } found;

static found cool(double rtol, double notch_of, const bool *may_wait) {
  small_problem m;
  small_init(&m, 2);
  m.a[0] = 0;
  m.f = cooling_f, m.j = cooling_j, m.g = cooling_g;
  m.p.n_events = LEVELS;
  m.p.may_wait = may_wait;
  m.differential[0] = true;
  tw_solver *s = tw_solver_new(&m.p);
  double y[2] = {1, 1}, yd[2] = {-1, 0}, t = 0, atol[2] = {0.1 * rtol, 0.1 * rtol};
  int fired[LEVELS];
  found o = {.y = NAN};
  tw_report r;
  tw_transient *x = tw_transient_new(s, 0, y, yd, &(tw_transient_options){.rtol = rtol, .atol = atol, .method = TW_SDIRK});
  assert_non_null(x);
  assert_int_equal(tw_transient_restart(x, 0, y, yd, &r), TW_SOLVED);
  for (tw_arrival at; (at = tw_transient_step(x, 2, false, &t, y, yd, fired)) == TW_AT_EVENT;) {
    const double *passed = tw_transient_passed(x);
    for (int k = 0; k < LEVELS; k++) {
      assert_true(fired[k] ? fired[k] == 1 && passed[k] <= t && y[0] <= level[k] : isinf(passed[k]));
      if (!fired[k]) continue;
      o.passed[k] = passed[k], o.reached[k] = t;
      o.events++;
      m.a[0] += notch_of;
    }
    o.arrivals++;
    assert_int_equal(tw_transient_restart(x, t, y, yd, &r), TW_SOLVED);
  }
  assert_true(t == 2);
  o.y = y[0];
  tw_transient_free(x);
  tw_solver_free(s);
  return o;
}

static const bool all_may[LEVELS] = {true, true, true, true}, one_may_not[LEVELS] = {true, true, false, true};

static void taken_together(void **state) {
  (void)state;
  double when[LEVELS], end = exactly(notch, when);
  found o = cool(1e-5, notch, all_may), alone = cool(1e-5, notch, NULL);
  assert_int_equal(alone.arrivals, LEVELS);
  assert_int_equal(o.events, LEVELS);
  assert_int_equal(o.arrivals, 2); /* the first tells what follows one; then three at once */
  for (int k = 0; k < LEVELS; k++) {
    assert_within(o.passed[k], when[k], 5 * 1e-5);
    assert_within(alone.passed[k], when[k], 5 * 1e-5);
    assert_true(alone.reached[k] <= alone.passed[k]);
  }
  assert_true(o.reached[1] > when[1] + 2e-4 && o.reached[1] <= when[3] + 5e-5);
  assert_within(o.y, end, 1e-5);
  assert_within(alone.y, end, 1e-5);
}

/* One among them that may not wait: nothing is late. */
static void one_that_may_not(void **state) {
  (void)state;
  double when[LEVELS];
  exactly(notch, when);
  found o = cool(1e-5, notch, one_may_not);
  assert_int_equal(o.arrivals, LEVELS);
  for (int k = 0; k < LEVELS; k++) assert_within(o.reached[k], when[k], 5e-5);
}

/* A notch that the tolerance sees, or a tolerance that sees the notch: nothing is late by more than a twentieth of it. */
static void as_late_as_the_tolerance_allows(void **state) {
  (void)state;
  double when[LEVELS], end = exactly(0.01, when);
  found o = cool(1e-5, 0.01, all_may);
  assert_int_equal(o.arrivals, LEVELS);
  assert_within(o.y, end, 1e-5);
  end = exactly(notch, when);
  o = cool(1e-8, notch, all_may);
  assert_int_equal(o.arrivals, LEVELS);
  for (int k = 0; k < LEVELS; k++) assert_within(o.reached[k], when[k], 1e-6);
  assert_within(o.y, end, 1e-8);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(taken_together), cmocka_unit_test(one_that_may_not),
                                     cmocka_unit_test(as_late_as_the_tolerance_allows)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
