/* The two-stage SDIRK: order, stability, error control and events against closed forms, and against IDA. */
#include "support/small_problem.h"

#include "../solvers/sdirk.h"

static tw_transient *begin(tw_solver *s, tw_time_method method, double *y, double *yd, double rtol, const double *atol) {
  tw_transient *x = tw_transient_new(s, 0, y, yd, &(tw_transient_options){.rtol = rtol, .atol = atol, .method = method});
  assert_non_null(x);
  tw_report r;
  assert_int_equal(tw_transient_restart(x, 0, y, yd, &r), TW_SOLVED);
  return x;
}

/* Largest |e| / (rtol |y| + atol) over the unknowns. */
static double ratio(int n, const double *y, const double *exact, double rtol, const double *atol) {
  double worst = 0;
  for (int i = 0; i < n; i++) worst = fmax(worst, fabs(y[i] - exact[i]) / (rtol * fabs(exact[i]) + atol[i]));
  return worst;
}

/* ---- order and stability, steps of one length --------------------------------------------------------------------------- */

/* y' = y cos t - (y^2 - e^(2 sin t)) / 4:  y = e^(sin t), which the quadratic term makes attractive. */
static void ode_f(const small_problem *m, double t, const double *y, const double *yd, double *f) {
  (void)m;
  f[0] = yd[0] - y[0] * cos(t) + (y[0] * y[0] - exp(2 * sin(t))) / 4;
}

static void ode_j(const small_problem *m, double t, double cj, const double *y, const double *yd, double (*j)[SMALL_MAX]) {
  (void)m, (void)yd;
  j[0][0] = cj - cos(t) + y[0] / 2;
}

static void ode_exact(double t, double *y) { y[0] = exp(sin(t)); }

/* Index 1: x' = -x z, 0 = z + z^3 - w - w^3 with w = 1 / (1 + t):  z = w, x = 1 / (1 + t). */
static void dae_f(const small_problem *m, double t, const double *y, const double *yd, double *f) {
  (void)m;
  double w = 1 / (1 + t);
  f[0] = yd[0] + y[0] * y[1];
  f[1] = y[1] + y[1] * y[1] * y[1] - w - w * w * w + 0.1 * (y[0] - w);
}

static void dae_j(const small_problem *m, double t, double cj, const double *y, const double *yd, double (*j)[SMALL_MAX]) {
  (void)m, (void)t, (void)yd;
  j[0][0] = cj + y[1], j[0][1] = y[0];
  j[1][0] = 0.1, j[1][1] = 1 + 3 * y[1] * y[1];
}

static void dae_exact(double t, double *y) { y[0] = y[1] = 1 / (1 + t); }

/* Errors at the end of `steps` steps to t = 2. */
static void end_of_steps(const tw_problem *p, void exact(double, double *), int steps, double *error) {
  static const double atol[SMALL_MAX] = {1e-8, 1e-8};
  double h = 2.0 / steps, at_end[SMALL_MAX] = {0};
  tw_sdirk_stages s;
  assert_true(tw_sdirk_stages_new(&s, p, &(tw_transient_options){.rtol = 1e-8, .atol = atol}));
  exact(0, s.y);
  for (int i = 0; i < steps; i++) {
    assert_true(tw_sdirk_solve(&s, i * h, h));
    tw_sdirk_accept(&s, h);
  }
  exact(2, at_end);
  for (int i = 0; i < p->n; i++) error[i] = fabs(s.y[i] - at_end[i]);
  tw_sdirk_stages_free(&s);
}

static void assert_order_two(const tw_problem *p, void exact(double, double *)) {
  for (int steps = 32; steps <= 256; steps *= 2) {
    double coarse[SMALL_MAX], fine[SMALL_MAX];
    end_of_steps(p, exact, steps, coarse);
    end_of_steps(p, exact, 2 * steps, fine);
    for (int i = 0; i < p->n; i++) assert_within(log2(coarse[i] / fine[i]), 2.0, 0.2);
  }
}

static void order_two_on_an_ode(void **state) {
  (void)state;
  small_problem m;
  small_init(&m, 1);
  m.f = ode_f;
  m.j = ode_j;
  m.differential[0] = true;
  assert_order_two(&m.p, ode_exact);
}

static void order_two_on_a_dae(void **state) {
  (void)state;
  small_problem m;
  small_init(&m, 2);
  m.f = dae_f;
  m.j = dae_j;
  m.differential[0] = true;
  assert_order_two(&m.p, dae_exact);
}

/* y' = -a (y - 1): one step multiplies the deviation by R(z) = (1 + (1 - 2 g) z) / (1 - g z)^2, z = -a h (Alexander 1977). */
static void relax_f(const small_problem *m, double t, const double *y, const double *yd, double *f) {
  (void)t;
  f[0] = yd[0] + m->a[0] * (y[0] - 1);
}

static void relax_j(const small_problem *m, double t, double cj, const double *y, const double *yd, double (*j)[SMALL_MAX]) {
  (void)t, (void)y, (void)yd;
  j[0][0] = cj + m->a[0];
}

/* Where it finds no step another method goes on; from where that ends it begins like anew, not with the step that failed. */
static bool refuses;

static void refusing_f(const small_problem *m, double t, const double *y, const double *yd, double *f) {
  relax_f(m, t, y, yd, f);
  if (refuses) f[0] = NAN;
}

static void goes_on_after_no_step_was_short_enough(void **state) {
  (void)state;
  static const double atol[] = {1e-8};
  small_problem m;
  int fired[1] = {0};
  double t = 0, y[SMALL_MAX] = {2}, yd[SMALL_MAX] = {-1};
  small_init(&m, 1);
  m.f = refusing_f;
  m.j = relax_j;
  m.differential[0] = true;
  m.a[0] = 1;
  tw_solver *s = tw_solver_new(&m.p);
  void *x = tw_sdirk.create(s, 0, y, yd, &(tw_transient_options){.rtol = 1e-6, .atol = atol});
  refuses = true;
  assert_int_equal(tw_sdirk.step(x, 1, false, &t, y, yd, fired, NULL), TW_TIME_FAILED);
  refuses = false;
  assert_within(t, 0, 0);
  assert_true(tw_sdirk.begin(x, 0, y, yd));
  assert_int_equal(tw_sdirk.step(x, 1, false, &t, y, yd, fired, NULL), TW_AT_STOP);
  assert_within(y[0], 1 + exp(-1), 10 * 1e-6 * y[0]);
  tw_sdirk.destroy(x);
  tw_solver_free(s);
}

static void stiff_decay_is_damped(void **state) {
  (void)state;
  static const double atol[] = {1e-11}, rates[] = {0.1, 1, 10, 1e3, 1e6, 1e9};
  double g = 1 - sqrt(0.5);
  for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
    small_problem m;
    small_init(&m, 1);
    m.f = relax_f;
    m.j = relax_j;
    m.a[0] = rates[i];
    m.differential[0] = true;
    tw_sdirk_stages s;
    assert_true(tw_sdirk_stages_new(&s, &m.p, &(tw_transient_options){.rtol = 1e-11, .atol = atol}));
    s.y[0] = 2;
    assert_true(tw_sdirk_solve(&s, 0, 1));
    double z = -rates[i], R = (1 + (1 - 2 * g) * z) / ((1 - g * z) * (1 - g * z));
    assert_within(s.y2[0] - 1, R, 1e-14);
    assert_true(fabs(s.y2[0] - 1) <= 5 / rates[i]); /* L-stable: none of it is left for an infinite rate */
    tw_sdirk_stages_free(&s);
  }
}

/* ---- error control -------------------------------------------------------------------------------------------------------- */

/* Ladder of LADDER equal resistors and capacitors to ground behind a source that steps to 1 V, R C = 1 s:
 * v_k = 1 - sum over modes of their start, v = sin(k q), q = (2 m - 1) pi / (2 n + 1), rate 2 - 2 cos q. */
enum { LADDER = 4 };

static void ladder_f(const small_problem *m, double t, const double *y, const double *yd, double *f) {
  (void)m, (void)t;
  for (int k = 0; k < LADDER; k++) f[k] = yd[k] + (y[k] - (k ? y[k - 1] : 1)) + (k + 1 < LADDER ? y[k] - y[k + 1] : 0);
}

static void ladder_j(const small_problem *m, double t, double cj, const double *y, const double *yd, double (*j)[SMALL_MAX]) {
  (void)m, (void)t, (void)y, (void)yd;
  for (int k = 0; k < LADDER; k++) {
    j[k][k] = cj + (k + 1 < LADDER ? 2 : 1);
    if (k) j[k][k - 1] = -1;
    if (k + 1 < LADDER) j[k][k + 1] = -1;
  }
}

static void ladder_exact(double t, double *y) {
  for (int k = 0; k < LADDER; k++) y[k] = 1;
  for (int m = 1; m <= LADDER; m++) {
    double q = (2 * m - 1) * acos(-1.0) / (2 * LADDER + 1), start = 0, square = 0;
    for (int k = 1; k <= LADDER; k++) start += sin(k * q), square += sin(k * q) * sin(k * q);
    for (int k = 1; k <= LADDER; k++) y[k - 1] -= start / square * sin(k * q) * exp(-(2 - 2 * cos(q)) * t);
  }
}

/* A flow that friction stops: tau dQ/dt = -Q^2 / Q0, so that Q = Q0 / (1 + t / tau); the drop is algebraic, D = (Q / Q0)^2. */
static void coast_f(const small_problem *m, double t, const double *y, const double *yd, double *f) {
  (void)m, (void)t;
  f[0] = 0.7 * yd[0] + y[1];
  f[1] = y[1] - y[0] * y[0];
}

static void coast_j(const small_problem *m, double t, double cj, const double *y, const double *yd, double (*j)[SMALL_MAX]) {
  (void)m, (void)t, (void)yd;
  j[0][0] = 0.7 * cj, j[0][1] = 1;
  j[1][0] = -2 * y[0], j[1][1] = 1;
}

static void coast_exact(double t, double *y) {
  y[0] = 1 / (1 + t / 0.7);
  y[1] = y[0] * y[0];
}

/* Worst ratio at 20 stops to t = 4. */
static void assert_error_is_kept(small_problem *m, void exact(double, double *), tw_time_method method) {
  tw_solver *s = tw_solver_new(&m->p);
  for (double rtol = 1e-4; rtol > 0.5e-9; rtol *= 0.1) {
    double y[SMALL_MAX], yd[SMALL_MAX] = {0}, atol[SMALL_MAX], at_stop[SMALL_MAX] = {0}, worst = 0, t = 0;
    for (int i = 0; i < m->p.n; i++) atol[i] = 0.1 * rtol;
    exact(0, y);
    tw_transient *x = begin(s, method, y, yd, rtol, atol);
    for (int k = 1; k <= 20; k++) {
      assert_int_equal(tw_transient_step(x, 0.2 * k, false, &t, y, yd, NULL), TW_AT_STOP);
      exact(t, at_stop);
      worst = fmax(worst, ratio(m->p.n, y, at_stop, rtol, atol));
    }
    tw_transient_stats n;
    tw_transient_statistics(x, &n);
    print_message("rtol %.0e: %ld steps, %ld factorisations, %.2f residuals per step, error %.2f of tolerance\n", rtol, n.steps,
                  n.factorisations, (double)n.residuals / (double)n.steps, worst);
    assert_true(worst <= 10);
    assert_true(worst > 1e-3); /* no more work than the tolerance asks for */
    tw_transient_free(x);
  }
  tw_solver_free(s);
}

static void error_control_on_a_ladder(void **state) {
  (void)state;
  small_problem m;
  small_init(&m, LADDER);
  m.f = ladder_f;
  m.j = ladder_j;
  for (int i = 0; i < LADDER; i++) m.differential[i] = true;
  assert_error_is_kept(&m, ladder_exact, TW_SDIRK);
}

static void error_control_on_a_flow(void **state) {
  (void)state;
  small_problem m;
  small_init(&m, 2);
  m.f = coast_f;
  m.j = coast_j;
  m.differential[0] = true;
  assert_error_is_kept(&m, coast_exact, TW_SDIRK);
}

/* Capacitor C that feeds the constant power P: v^2 = v0^2 - 2 P t / C, to the event v = v_end. */
static const double hold_C = 5, hold_P = 1e4, hold_v0 = 54, hold_end = 42;

static void hold_f(const small_problem *m, double t, const double *y, const double *yd, double *f) {
  (void)m, (void)t;
  f[0] = hold_C * yd[0] + y[1];
  f[1] = y[1] - hold_P / y[0];
}

static void hold_j(const small_problem *m, double t, double cj, const double *y, const double *yd, double (*j)[SMALL_MAX]) {
  (void)m, (void)t, (void)yd;
  j[0][0] = hold_C * cj, j[0][1] = 1;
  j[1][0] = hold_P / (y[0] * y[0]), j[1][1] = 1;
}

static void hold_g(const small_problem *m, double t, const double *y, double *g) {
  (void)m, (void)t;
  g[0] = y[0] - hold_end;
  g[1] = 30 - y[0]; /* later: the first one counts */
}

static void event_of_a_capacitor(void **state) {
  (void)state;
  small_problem m;
  small_init(&m, 2);
  m.f = hold_f;
  m.j = hold_j;
  m.g = hold_g;
  m.p.n_events = 2;
  m.differential[0] = true;
  m.nominal[0] = 50, m.nominal[1] = 200;
  m.tolerance[0] = m.tolerance[1] = 1e-6;
  tw_solver *s = tw_solver_new(&m.p);
  double exact = hold_C * (hold_v0 * hold_v0 - hold_end * hold_end) / (2 * hold_P);
  for (double rtol = 1e-4; rtol > 0.5e-9; rtol *= 0.1) {
    double y[2] = {hold_v0, 0}, yd[2] = {0, 0}, t = 0, atol[2] = {5 * rtol, 20 * rtol};
    int fired[2];
    tw_transient *x = begin(s, TW_SDIRK, y, yd, rtol, atol);
    assert_int_equal(tw_transient_step(x, 0.2, false, &t, y, yd, fired), TW_AT_STOP);
    double v = sqrt(hold_v0 * hold_v0 - 2 * hold_P * 0.2 / hold_C), at_stop[] = {v, hold_P / v};
    assert_true(ratio(2, y, at_stop, rtol, atol) <= 10);
    assert_int_equal(tw_transient_step(x, 1, false, &t, y, yd, fired), TW_AT_EVENT);
    assert_true(fired[0] == -1 && fired[1] == 0);
    assert_within(t, exact, 10 * rtol * exact);
    if (rtol <= 1e-5) assert_near(t, exact, 1e-5);
    assert_true(y[0] <= hold_end);
    assert_near(y[1], hold_P / y[0], rtol);
    assert_near(yd[0], -y[1] / hold_C, rtol);
    /* on from there without a restart: the event that was does not fire again, the next one does */
    assert_int_equal(tw_transient_step(x, 1, false, &t, y, yd, fired), TW_AT_EVENT);
    assert_true(fired[0] == 0 && fired[1] == 1);
    assert_within(t, hold_C * (hold_v0 * hold_v0 - 900) / (2 * hold_P), 100 * rtol * t);
    tw_transient_free(x);
  }
  tw_solver_free(s);
}

/* A capacitor at the end of its power has no later state: the run ends there, it does not pass by. */
static void no_solution_is_told(void **state) {
  (void)state;
  static const double atol[] = {1e-5, 1e-5};
  small_problem m;
  small_init(&m, 2);
  m.f = hold_f;
  m.j = hold_j;
  m.differential[0] = true;
  tw_solver *s = tw_solver_new(&m.p);
  double y[2] = {hold_v0, 0}, yd[2] = {0, 0}, t = 0, end = hold_C * hold_v0 * hold_v0 / (2 * hold_P);
  tw_transient *x = begin(s, TW_SDIRK, y, yd, 1e-6, atol);
  assert_int_equal(tw_transient_step(x, 2 * end, false, &t, y, yd, NULL), TW_TIME_FAILED);
  assert_true(t > 0.999 * end && t <= end * (1 + 1e-5));
  tw_transient_stats n;
  tw_transient_statistics(x, &n);
  assert_int_equal(n.worst_unknown, 0);
  tw_transient_free(x);
  tw_solver_free(s);
}

/* ---- factors --------------------------------------------------------------------------------------------------------------- */

/* Steps on a grid share the factors although the distances of its points differ by rounding: a slow sine at 1000 stops. */
static void sine_f(const small_problem *m, double t, const double *y, const double *yd, double *f) {
  (void)m;
  f[0] = 3 * yd[0] + y[0] - sin(0.05 * t);
  f[1] = y[1] - y[0] * y[0];
}

static void sine_j(const small_problem *m, double t, double cj, const double *y, const double *yd, double (*j)[SMALL_MAX]) {
  (void)m, (void)t, (void)yd;
  j[0][0] = 3 * cj + 1;
  j[1][0] = -2 * y[0], j[1][1] = 1;
}

static void factors_last_on_a_grid(void **state) {
  (void)state;
  static const double atol[] = {1e-4, 1e-4};
  small_problem m;
  small_init(&m, 2);
  m.f = sine_f;
  m.j = sine_j;
  m.differential[0] = true;
  tw_solver *s = tw_solver_new(&m.p);
  double y[2] = {0, 0}, yd[2] = {0, 0}, t = 0;
  tw_transient *x = begin(s, TW_SDIRK, y, yd, 1e-4, atol);
  for (int k = 1; k <= 1000; k++) assert_int_equal(tw_transient_step(x, 0.7 * k, false, &t, y, yd, NULL), TW_AT_STOP);
  double w = 0.05 * 3, phase = atan(w); /* the transient of 3 s is over */
  assert_within(y[0], sin(0.05 * t - phase) / sqrt(1 + w * w), 1e-3);
  tw_transient_stats n;
  tw_transient_statistics(x, &n);
  assert_true(n.factorisations <= 20 && n.steps < 4000);
  tw_transient_free(x);
  tw_solver_free(s);
}

/* ---- restart --------------------------------------------------------------------------------------------------------------- */

/* The load falls and rises 200 times: the voltage is that of the closed form, the current jumps, factors outlast the jumps. */
static double jump_P;

static void jump_f(const small_problem *m, double t, const double *y, const double *yd, double *f) {
  (void)m, (void)t;
  f[0] = hold_C * yd[0] + y[1];
  f[1] = y[1] - jump_P / y[0];
}

static void jump_j(const small_problem *m, double t, double cj, const double *y, const double *yd, double (*j)[SMALL_MAX]) {
  (void)m, (void)t, (void)yd;
  j[0][0] = hold_C * cj, j[0][1] = 1;
  j[1][0] = jump_P / (y[0] * y[0]), j[1][1] = 1;
}

static void factors_outlast_a_jump(void **state) {
  (void)state;
  static const double atol[] = {1e-5, 1e-5};
  small_problem m;
  small_init(&m, 2);
  m.f = jump_f;
  m.j = jump_j;
  m.differential[0] = true;
  m.tolerance[0] = m.tolerance[1] = 1e-6;
  tw_solver *s = tw_solver_new(&m.p);
  double y[2] = {hold_v0, 0}, yd[2] = {0, 0}, t = 0, square = hold_v0 * hold_v0;
  jump_P = 20;
  tw_transient *x = begin(s, TW_SDIRK, y, yd, 1e-6, atol);
  for (int k = 1; k <= 200; k++) {
    assert_int_equal(tw_transient_step(x, 0.7 * k, false, &t, y, yd, NULL), TW_AT_STOP);
    square -= 2 * jump_P * 0.7 / hold_C;
    assert_near(y[0], sqrt(square), 1e-5);
    jump_P = k % 2 ? 40 : 20;
    double v = y[0];
    tw_report r;
    assert_int_equal(tw_transient_restart(x, t, y, yd, &r), TW_SOLVED);
    assert_true(y[0] == v);
    assert_within(y[1], jump_P / v, 1e-6);
    assert_within(hold_C * yd[0], -y[1], 1e-6);
  }
  tw_transient_stats n;
  tw_transient_statistics(x, &n);
  assert_true(n.factorisations <= 20);
  tw_transient_free(x);
  tw_solver_free(s);
}

/* y' = u - y, y^2 beside it, u between 0 and 1 each 10 s: the first step after a jump has the length that the last jump found. */
static double swing_u;

static void swing_f(const small_problem *m, double t, const double *y, const double *yd, double *f) {
  (void)m, (void)t;
  f[0] = yd[0] + y[0] - swing_u;
  f[1] = y[1] - y[0] * y[0];
}

static void swing_j(const small_problem *m, double t, double cj, const double *y, const double *yd, double (*j)[SMALL_MAX]) {
  (void)m, (void)t, (void)yd;
  j[0][0] = cj + 1;
  j[1][0] = -2 * y[0], j[1][1] = 1;
}

static void steps_after_equal_jumps(void **state) {
  (void)state;
  static const double atol[] = {1e-5, 1e-5};
  small_problem m;
  small_init(&m, 2);
  m.f = swing_f, m.j = swing_j;
  m.differential[0] = true;
  tw_solver *s = tw_solver_new(&m.p);
  double y[2] = {0, 0}, yd[2] = {0, 0}, t = 0;
  swing_u = 0;
  tw_transient *x = begin(s, TW_SDIRK, y, yd, 1e-5, atol);
  for (int k = 1; k <= 100; k++) {
    tw_report r;
    double from = y[0];
    swing_u = k % 2;
    assert_int_equal(tw_transient_restart(x, t, y, yd, &r), TW_SOLVED);
    assert_int_equal(tw_transient_step(x, 10 * k, false, &t, y, yd, NULL), TW_AT_STOP);
    assert_within(y[0], swing_u + (from - swing_u) * exp(-10), 1e-5);
  }
  tw_transient_stats n;
  tw_transient_statistics(x, &n);
  print_message("%ld steps, %ld too long\n", n.steps, n.error_failures);
  assert_true(n.error_failures <= 10); /* each jump by trial would be 100 or more */
  tw_transient_free(x);
  tw_solver_free(s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(order_two_on_an_ode),
      cmocka_unit_test(order_two_on_a_dae),
      cmocka_unit_test(stiff_decay_is_damped),
      cmocka_unit_test(error_control_on_a_ladder),
      cmocka_unit_test(error_control_on_a_flow),
      cmocka_unit_test(event_of_a_capacitor),
      cmocka_unit_test(no_solution_is_told),
      cmocka_unit_test(goes_on_after_no_step_was_short_enough),
      cmocka_unit_test(factors_last_on_a_grid),
      cmocka_unit_test(factors_outlast_a_jump),
      cmocka_unit_test(steps_after_equal_jumps),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
