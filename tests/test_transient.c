#include <math.h>

#include "support/small_problem.h"

static const double zeros[SMALL_MAX];

static tw_transient *transient_new(tw_solver *s, double *y, double *yd, double rtol, double h_max, const double *atol) {
  tw_transient *x = tw_transient_new(s, 0, y, yd, &(tw_transient_options){.rtol = rtol, .h_max = h_max, .atol = atol});
  assert_non_null(x);
  tw_report r;
  assert_int_equal(tw_transient_restart(x, 0, y, yd, &r), TW_SOLVED);
  assert_true(r.worst_ratio <= 1);
  return x;
}

/* ---- Robertson's kinetics as a DAE: y(40) as printed by the IDA example idaRoberts_dns to 5 digits below ---- */

static void robertson_f(const small_problem *m, double t, const double *y, const double *yd, double *f) {
  (void)m, (void)t;
  double k = 3e7 * y[1] * y[1];
  f[0] = -0.04 * y[0] + 1e4 * y[1] * y[2] - yd[0];
  f[1] = 0.04 * y[0] - 1e4 * y[1] * y[2] - k - yd[1];
  f[2] = y[0] + y[1] + y[2] - 1;
}

static void robertson_j(const small_problem *m, double t, double cj, const double *y, const double *yd, double (*j)[SMALL_MAX]) {
  (void)m, (void)t, (void)yd;
  j[0][0] = -0.04 - cj, j[0][1] = 1e4 * y[2], j[0][2] = 1e4 * y[1];
  j[1][0] = 0.04, j[1][1] = -1e4 * y[2] - 6e7 * y[1] - cj, j[1][2] = -1e4 * y[1];
  j[2][0] = j[2][1] = j[2][2] = 1;
}

static void robertson(void **state) {
  (void)state;
  static const double atol[] = {1e-10, 1e-14, 1e-10};
  small_problem m;
  small_init(&m, 3);
  m.f = robertson_f;
  m.j = robertson_j;
  m.differential[0] = m.differential[1] = true;
  m.tolerance[2] = 1e-12;
  tw_solver *s = tw_solver_new(&m.p);
  double y[3] = {1, 0, 0.5}, yd[3] = {0, 0, 0}, t = 0; /* y3 is wrong and must be found */
  tw_transient *x = transient_new(s, y, yd, 1e-7, 0, atol);
  assert_within(y[2], 0, 1e-12);
  assert_near(yd[0], -0.04, 1e-12);
  assert_near(yd[1], 0.04, 1e-12);
  assert_int_equal(tw_transient_step(x, 40, false, &t, y, yd, NULL), TW_AT_STOP);
  assert_true(t == 40);
  assert_near(y[0], 0.7158, 1e-4);
  assert_near(y[1], 9.185e-6, 1e-4);
  assert_near(y[2], 0.2842, 2e-4);
  assert_near(y[0], 0.71582706872, 1e-6); /* Radau IIA of order 5 on grids of 400 and 800 steps, equal to 11 digits */
  tw_transient_stats n;
  tw_transient_statistics(x, &n);
  assert_true(n.steps > 50 && n.residuals > n.steps && n.factorisations >= n.jacobians && n.jacobians > 0);
  assert_in_range(n.worst_unknown, 0, 1);
  tw_transient_free(x);
  tw_solver_free(s);
}

/* ---- van der Pol, mu = 1: period 6.6632868593 (Andersen and Geer, SIAM J. Appl. Math. 42 (1982) 678) ------------------- */

static void vdp_f(const small_problem *m, double t, const double *y, const double *yd, double *f) {
  (void)t;
  f[0] = yd[0] - y[1];
  f[1] = yd[1] - m->a[0] * (1 - y[0] * y[0]) * y[1] + y[0];
}

static void vdp_j(const small_problem *m, double t, double cj, const double *y, const double *yd, double (*j)[SMALL_MAX]) {
  (void)t, (void)yd;
  j[0][0] = cj, j[0][1] = -1;
  j[1][0] = 2 * m->a[0] * y[0] * y[1] + 1, j[1][1] = cj - m->a[0] * (1 - y[0] * y[0]);
}

static void vdp_crossing(const small_problem *m, double t, const double *y, double *g) {
  (void)m, (void)t;
  g[0] = y[0];
}

static void van_der_pol_period_from_events(void **state) {
  (void)state;
  static const double atol[] = {1e-10, 1e-10};
  small_problem m;
  small_init(&m, 2);
  m.f = vdp_f;
  m.j = vdp_j;
  m.g = vdp_crossing;
  m.p.n_events = 1;
  m.a[0] = 1;
  m.differential[0] = m.differential[1] = true;
  tw_solver *s = tw_solver_new(&m.p);
  double y[2] = {2, 0}, yd[2] = {0, 0}, t = 0, last = 0, period = 0;
  tw_transient *x = transient_new(s, y, yd, 1e-9, 0, atol);
  int fired[1], rising = 0;
  while (t < 100) {
    tw_arrival a = tw_transient_step(x, 100, false, &t, y, yd, fired);
    if (a == TW_AT_STOP) break;
    assert_int_equal(a, TW_AT_EVENT);
    assert_within(y[0], 0, 1e-8);
    if (fired[0] < 0) continue;
    assert_int_equal(fired[0], 1);
    period = t - last;
    last = t;
    rising++;
  }
  assert_int_equal(rising, 15);
  assert_within(period, 6.6632868593, 1e-6);
  tw_transient_free(x);
  tw_solver_free(s);
}

/* ---- capacitor hold-up (validation O-E9b): v differential, i algebraic; C dv/dt = -i, i v = P -------------------------- */

enum { C, P, V_END };

static void holdup_f(const small_problem *m, double t, const double *y, const double *yd, double *f) {
  (void)t;
  f[0] = m->a[C] * yd[0] + y[1];
  f[1] = y[1] - m->a[P] / y[0];
}

static void holdup_j(const small_problem *m, double t, double cj, const double *y, const double *yd, double (*j)[SMALL_MAX]) {
  (void)t, (void)yd;
  j[0][0] = m->a[C] * cj, j[0][1] = 1;
  j[1][0] = m->a[P] / (y[0] * y[0]), j[1][1] = 1;
}

static void holdup_end(const small_problem *m, double t, const double *y, double *g) {
  (void)t;
  g[0] = y[0] - m->a[V_END];
}

static void holdup_init(small_problem *m) {
  small_init(m, 2);
  m->f = holdup_f;
  m->j = holdup_j;
  m->g = holdup_end;
  m->p.n_events = 1;
  m->a[C] = 5;
  m->a[P] = 1e4;
  m->a[V_END] = 42;
  m->differential[0] = true;
  m->nominal[0] = 50;
  m->nominal[1] = 200;
  m->tolerance[0] = m->tolerance[1] = 1e-6;
}

static void capacitor_holdup(void **state) {
  (void)state;
  static const double atol[] = {1e-9, 1e-9};
  small_problem m;
  holdup_init(&m);
  tw_solver *s = tw_solver_new(&m.p);
  double y[2] = {54, 0}, yd[2] = {0, 0}, t = 0;
  tw_transient *x = transient_new(s, y, yd, 1e-10, 0, atol);
  assert_near(y[1], 1e4 / 54, 1e-12);
  assert_near(yd[0], -1e4 / 54 / 5, 1e-12);
  int fired[1];
  assert_int_equal(tw_transient_step(x, 0.1, false, &t, y, yd, fired), TW_AT_STOP);
  assert_true(t == 0.1 && fired[0] == 0);
  assert_within(y[0], 50.159745, 5e-7); /* printed digits */
  assert_int_equal(tw_transient_step(x, 1, false, &t, y, yd, fired), TW_AT_EVENT);
  assert_int_equal(fired[0], -1);
  assert_within(t, 0.28800, 1e-6);
  assert_within(y[0], 42, 1e-5);
  tw_transient_free(x);
  tw_solver_free(s);
}

/* ---- jumps ------------------------------------------------------------------------------------------------------------ */

/* After the event the load drops to a tenth: the algebraic current jumps, the voltage does not. */
static void restart_after_a_jump(void **state) {
  (void)state;
  static const double atol[] = {1e-6, 1e-4};
  small_problem m;
  holdup_init(&m);
  tw_solver *s = tw_solver_new(&m.p);
  double y[2] = {54, 0}, yd[2] = {0, 0}, t = 0;
  tw_transient *x = transient_new(s, y, yd, 1e-7, 0, atol);
  int fired[1];
  assert_int_equal(tw_transient_step(x, 1, false, &t, y, yd, fired), TW_AT_EVENT);
  double v = y[0], t_event = t;
  m.a[P] = 1e3;
  m.a[V_END] = 30;
  tw_report r;
  assert_int_equal(tw_transient_restart(x, t, y, yd, &r), TW_SOLVED);
  assert_true(y[0] == v);
  assert_near(y[1], 1e3 / v, 1e-10);
  assert_near(yd[0], -1e3 / v / 5, 1e-10);
  assert_true(r.worst_ratio <= 1 && r.worst_row >= 0);
  assert_int_equal(tw_transient_step(x, 1, false, &t, y, yd, fired), TW_AT_STOP);
  assert_near(y[0], sqrt(v * v - 2 * 1e3 * (1 - t_event) / 5), 1e-6);
  assert_int_equal(tw_transient_step(x, 10, false, &t, y, yd, fired), TW_AT_EVENT);
  assert_within(t, t_event + 5 * (v * v - 900) / 2e3, 1e-5);
  /* a stop that lies behind IDA's own time, without a restart: the event was inside its step */
  double after = t + 1e-9;
  assert_int_equal(tw_transient_step(x, after, false, &t, y, yd, fired), TW_AT_STOP);
  assert_true(t == after);
  assert_within(y[0], 30, 1e-5);
  tw_transient_stats n;
  tw_transient_statistics(x, &n);
  assert_true(n.steps > 40); /* both parts */
  tw_transient_free(x);
  tw_solver_free(s);
}

/* The same restart from the same state has the same bits, whatever was integrated before. */
static void restart_forgets_the_past(void **state) {
  (void)state;
  static const double atol[] = {1e-6, 1e-4};
  double end[2][2];
  for (int k = 0; k < 2; k++) {
    small_problem m;
    holdup_init(&m);
    m.p.n_events = 0;
    tw_solver *s = tw_solver_new(&m.p);
    double y[2] = {54, 0}, yd[2] = {0, 0}, t = 0;
    tw_transient *x = transient_new(s, y, yd, 1e-6, 0, atol);
    if (k) assert_int_equal(tw_transient_step(x, 0.2, false, &t, y, yd, NULL), TW_AT_STOP);
    y[0] = 50;
    y[1] = 200;
    yd[0] = yd[1] = 0;
    tw_report r;
    assert_int_equal(tw_transient_restart(x, 0.2, y, yd, &r), TW_SOLVED);
    assert_int_equal(tw_transient_step(x, 0.3, false, &t, y, yd, NULL), TW_AT_STOP);
    end[k][0] = y[0];
    end[k][1] = y[1];
    tw_transient_free(x);
    tw_solver_free(s);
  }
  assert_memory_equal(end[0], end[1], sizeof end[0]);
}

/* ---- bouncing ball: restitution 0.8 from 1 m; bounce times are a geometric series -------------------------------------- */

static void ball_f(const small_problem *m, double t, const double *y, const double *yd, double *f) {
  (void)m, (void)t;
  f[0] = yd[0] - y[1];
  f[1] = yd[1] + 9.80665;
}

static void ball_j(const small_problem *m, double t, double cj, const double *y, const double *yd, double (*j)[SMALL_MAX]) {
  (void)m, (void)t, (void)y, (void)yd;
  j[0][0] = cj, j[0][1] = -1;
  j[1][1] = cj;
}

static void ball_ground(const small_problem *m, double t, const double *y, double *g) {
  (void)m, (void)t;
  g[0] = y[0];
}

static void bouncing_ball(void **state) {
  (void)state;
  static const double atol[] = {1e-9, 1e-9};
  small_problem m;
  small_init(&m, 2);
  m.f = ball_f;
  m.j = ball_j;
  m.g = ball_ground;
  m.p.n_events = 1;
  m.differential[0] = m.differential[1] = true;
  tw_solver *s = tw_solver_new(&m.p);
  double y[2] = {1, 0}, yd[2] = {0, -9.80665}, t = 0;
  tw_transient *x = transient_new(s, y, yd, 1e-8, 0, atol);
  double fall = sqrt(2 / 9.80665), expected = fall, flight = 2 * fall;
  int fired[1];
  for (int bounce = 0; bounce < 10; bounce++) {
    assert_int_equal(tw_transient_step(x, 10, false, &t, y, yd, fired), TW_AT_EVENT);
    assert_int_equal(fired[0], -1);
    assert_within(t, expected, 1e-6);
    flight *= 0.8;
    expected += flight;
    y[0] = 0;
    y[1] *= -0.8;
    tw_report r;
    assert_int_equal(tw_transient_restart(x, t, y, yd, &r), TW_SOLVED);
    assert_true(y[0] == 0);
  }
  tw_transient_free(x);
  tw_solver_free(s);
}

/* ---- stops and single steps -------------------------------------------------------------------------------------------- */

static void decay_f(const small_problem *m, double t, const double *y, const double *yd, double *f) {
  f[0] = yd[0] + y[0] - (t >= m->a[0] ? 1 : 0);
}

static void decay_j(const small_problem *m, double t, double cj, const double *y, const double *yd, double (*j)[SMALL_MAX]) {
  (void)m, (void)t, (void)y, (void)yd;
  j[0][0] = 1 + cj;
}

static void stops_are_met_exactly(void **state) {
  (void)state;
  static const double atol[] = {1e-10};
  small_problem m;
  small_init(&m, 1);
  m.f = decay_f;
  m.j = decay_j;
  m.a[0] = 1e9;
  m.differential[0] = true;
  tw_solver *s = tw_solver_new(&m.p);
  double y[1] = {1}, yd[1] = {0}, t = 0;
  tw_transient *x = transient_new(s, y, yd, 1e-8, 0.5, atol);
  for (int k = 1; k <= 30; k++) {
    assert_int_equal(tw_transient_step(x, 0.1 * k, false, &t, y, yd, NULL), TW_AT_STOP);
    assert_true(t == 0.1 * k);
    assert_near(y[0], exp(-t), 1e-6);
    assert_int_equal(tw_transient_step(x, 0.1 * k, false, &t, y, yd, NULL), TW_AT_STOP); /* already there */
    assert_true(t == 0.1 * k);
  }
  double before = t;
  int steps = 0;
  while (tw_transient_step(x, 20, true, &t, y, yd, NULL) == TW_AT_STEP) {
    assert_true(t > before && t - before <= 0.5 * (1 + 1e-12) && t < 20);
    before = t;
    steps++;
  }
  assert_true(t == 20 && steps > 33);
  assert_within(y[0], exp(-20), 1e-7);
  tw_transient_free(x);
  tw_solver_free(s);
}

/* ---- many: 601 decays y' = -k y with an algebraic 2 y each, so that long vectors are exercised ------------------------- */

enum { DECAYS = 601 };

static double rate(int i) {
  return 0.1 + 0.01 * i;
}

static int decays_residual(void *ctx, double t, const double *y, const double *yd, double *f) {
  (void)ctx, (void)t;
  for (int i = 0; i < DECAYS; i++) {
    f[i] = yd[i] + rate(i) * y[i];
    f[DECAYS + i] = y[DECAYS + i] - 2 * y[i];
  }
  return 0;
}

static int decays_jacobian(void *ctx, double t, double cj, const double *y, const double *yd, double *j) {
  (void)ctx, (void)t, (void)y, (void)yd;
  for (int i = 0; i < DECAYS; i++) {
    *j++ = cj + rate(i);
    *j++ = -2;
  }
  for (int i = 0; i < DECAYS; i++) *j++ = 1;
  return 0;
}

static void many_decays(void **state) {
  (void)state;
  enum { N = 2 * DECAYS };
  static int32_t column[N + 1], row_index[3 * DECAYS];
  static double ones[N], small[N], lo[N], hi[N], y[N], yd[N];
  static bool differential[N];
  for (int i = 0; i < N; i++) {
    ones[i] = 1;
    small[i] = 1e-10;
    lo[i] = -1e3;
    hi[i] = 1e3;
    column[i + 1] = column[i] + (i < DECAYS ? 2 : 1);
    row_index[column[i]] = i;
    if (i < DECAYS) row_index[column[i] + 1] = DECAYS + i;
    differential[i] = i < DECAYS;
    y[i] = i < DECAYS ? 1 : 0;
  }
  tw_problem p = {.n = N, .column = column, .row_index = row_index, .nominal = ones, .tolerance = small, .lo = lo, .hi = hi,
                  .differential = differential, .residual = decays_residual, .jacobian = decays_jacobian};
  tw_solver *s = tw_solver_new(&p);
  tw_transient *x = transient_new(s, y, yd, 1e-8, 0, small);
  for (int i = 0; i < DECAYS; i++) {
    assert_near(yd[i], -rate(i), 1e-9);
    assert_near(y[DECAYS + i], 2.0, 1e-9);
  }
  double t = 0;
  assert_int_equal(tw_transient_step(x, 1, false, &t, y, yd, NULL), TW_AT_STOP);
  for (int i = 0; i < DECAYS; i++) {
    assert_within(y[i], exp(-rate(i)), 1e-6);
    assert_within(y[DECAYS + i], 2 * y[i], 1e-8);
  }
  tw_transient_free(x);
  tw_solver_free(s);
}

/* ---- the tolerance is that of each unknown ---- */

/* Of n unknowns the first swings, y' = cos t, the others rest. */
static void swing_f(const small_problem *m, double t, const double *y, const double *yd, double *f) {
  (void)y;
  for (int i = 0; i < m->p.n; i++) f[i] = yd[i] - (i ? 0 : cos(t));
}

static void swing_j(const small_problem *m, double t, double cj, const double *y, const double *yd, double (*j)[SMALL_MAX]) {
  (void)t, (void)y, (void)yd;
  for (int i = 0; i < m->p.n; i++) j[i][i] = cj;
}

/* What rests beside an unknown does not make its error any larger: the steps are the same. Errors of steps add up, yet from rtol 1e-5
 * down they follow it: over a period and a half they stay within 20 tolerances (SDIRK: test_sdirk). */
static void one_among_many_is_within_its_tolerance(void **state) {
  (void)state;
  static const double atol[SMALL_MAX] = {1e-9, 1e-9, 1e-9, 1e-9, 1e-9, 1e-9, 1e-9, 1e-9};
  for (double rtol = 1e-4; rtol > 1e-9; rtol *= 0.1) {
    long steps[2];
    for (int k = 0; k < 2; k++) {
      small_problem m;
      small_init(&m, k ? SMALL_MAX : 1);
      m.f = swing_f;
      m.j = swing_j;
      for (int i = 0; i < m.p.n; i++) m.differential[i] = true;
      tw_solver *s = tw_solver_new(&m.p);
      double y[SMALL_MAX] = {2, 1, 1, 1, 1, 1, 1, 1}, yd[SMALL_MAX] = {1}, t = 0;
      tw_transient *x = transient_new(s, y, yd, rtol, 0, atol);
      assert_int_equal(tw_transient_step(x, 10, false, &t, y, yd, NULL), TW_AT_STOP);
      assert_within(y[0], 2 + sin(10), 20 * rtol * 2);
      tw_transient_stats n;
      tw_transient_statistics(x, &n);
      steps[k] = n.steps;
      tw_transient_free(x);
      tw_solver_free(s);
    }
    assert_int_equal(steps[0], steps[1]);
  }
}

static int failing_later(void *ctx, double t, const double *y, const double *yd, double *f) {
  return t > 1 ? 1 : small_residual(ctx, t, y, yd, f);
}

static void failure_says_where(void **state) {
  (void)state;
  static const double atol[] = {1e-8};
  small_problem m;
  small_init(&m, 1);
  m.f = decay_f;
  m.j = decay_j;
  m.a[0] = 1e9;
  m.differential[0] = true;
  m.p.residual = failing_later;
  tw_solver *s = tw_solver_new(&m.p);
  double y[1] = {1}, yd[1] = {0}, t = 0;
  tw_transient *x = transient_new(s, y, yd, 1e-6, 0, atol);
  assert_int_equal(tw_transient_step(x, 2, false, &t, y, yd, NULL), TW_TIME_FAILED);
  assert_true(t > 0.5 && t <= 1);
  assert_near(y[0], exp(-t), 1e-4);
  tw_transient_free(x);
  tw_solver_free(s);
}

static void inconsistent_start_is_refused(void **state) {
  (void)state;
  small_problem m;
  holdup_init(&m);
  m.p.n_events = 0;
  m.p.residual = failing_later;
  tw_solver *s = tw_solver_new(&m.p);
  double y[2] = {54, 0}, yd[2] = {0, 0};
  tw_transient *x = tw_transient_new(s, 0, y, yd, &(tw_transient_options){.rtol = 1e-6, .atol = zeros});
  assert_non_null(x);
  tw_report r;
  assert_int_equal(tw_transient_restart(x, 5, y, yd, &r), TW_SOLVER_ERROR);
  tw_transient_free(x);
  tw_solver_free(s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(robertson),
      cmocka_unit_test(van_der_pol_period_from_events),
      cmocka_unit_test(capacitor_holdup),
      cmocka_unit_test(restart_after_a_jump),
      cmocka_unit_test(restart_forgets_the_past),
      cmocka_unit_test(bouncing_ball),
      cmocka_unit_test(stops_are_met_exactly),
      cmocka_unit_test(many_decays),
      cmocka_unit_test(one_among_many_is_within_its_tolerance),
      cmocka_unit_test(failure_says_where),
      cmocka_unit_test(inconsistent_start_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
