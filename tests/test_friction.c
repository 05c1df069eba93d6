/* Pressure drop against published pipe calculations, and its derivatives against differences. */
#include "../components/flow.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define assert_close(value, expected, tolerance) close_to(value, expected, tolerance, #value, __LINE__)

static void close_to(double value, double expected, double tolerance, const char *what, int line) {
  if (!(fabs(value - expected) <= tolerance)) fail_msg("line %d: %s is %.12g, not %.12g", line, what, value, expected);
}

#define FOOT 0.3048
#define GALLON 3.785411784e-3
#define PSI 6894.757293168361

static double friction_factor(double Re, double k) {
  tw_vd_each f;
  tw_colebrook_each(1, &Re, &k, &f);
  return f.v[0];
}

static tw_drop wall_friction(double m, double rho, double mu, double D, double L, double eps) {
  tw_duct g = tw_duct_of(D, L, eps);
  tw_inside_each c = {.rho.v = {rho}, .mu.v = {mu}};
  tw_drop_each drop;
  tw_duct_friction_each(1, &g.per_D, &g.relative, &g.wall, &m, &c, &drop);
  return tw_drop_of(&drop, 0);
}

static double area(double D) { return 0.25 * TW_PI * D * D; }

static void colebrook_is_solved_to_rounding(void **state) {
  (void)state;
  for (double lg = 3.37; lg < 8.5; lg += 0.07)
    for (double k = 1e-7; k < 0.1; k *= 1.9) {
      double Re = pow(10.0, lg), f = friction_factor(Re, k), s = 1.0 / sqrt(f);
      assert_close(s, -2.0 * log10(k / 3.7 + 2.51 * s / Re), 1e-12 * s);
    }
}

/* Crane TP-410M example 7.13: fuel oil in 2 in pipe. 65.76 kPa by Colebrook, 66.5 by Crane. */
static void turbulent_pipe_of_crane(void **state) {
  (void)state;
  double rho = 814.27, mu = rho * 2.7e-6, m = 2.0 * GALLON * rho, D = 0.05248;
  assert_close(friction_factor(4.0 * m / (TW_PI * D * mu), 0.0457 / 52.48), 0.022702, 2e-6);
  assert_close(wall_friction(m, rho, mu, D, 100.0 * FOOT, 0.0457e-3).dp, 65760.0, 330.0);
}

/* Crane TP-410 example 7.9: SAE 30 oil, laminar, with fittings and 50 ft of rise: 26.064 psi. */
static void laminar_pipe_of_crane(void **state) {
  (void)state;
  double rho = 869.1, mu = 0.130, m = 400.0 * GALLON / 60.0 * rho, D = 0.1282;
  assert_close(4.0 * m / (TW_PI * D * mu), 1675.6, 0.1);
  double dp = wall_friction(m, rho, mu, D, 300.0 * FOOT, 0.0457e-3).dp + tw_local_loss(m, rho, mu, area(D), 2.7482).dp;
  assert_close((dp + rho * TW_GRAVITY * 50.0 * FOOT) / PSI, 26.064, 0.13);
}

/* Cengel and Cimbala, examples 8-8 (31.82 m at g = 9.81) and 8-3 (96.20 kPa). */
static void pipes_of_cengel_and_cimbala(void **state) {
  (void)state;
  double rho = 999.7, mu = 1.307e-3, m = 6e-3 * rho, D = 0.05;
  double dp = wall_friction(m, rho, mu, D, 89.0, 0.26e-3).dp + tw_local_loss(m, rho, mu, area(D), 0.5 + 0.6 + 0.2 + 1.06).dp;
  assert_close(4.0 + dp / (rho * 9.81), 31.82, 0.1);
  assert_close(wall_friction(6e-3 * 999.0, 999.0, 1.138e-3, D, 60.0, 2e-6).dp, 96204.0, 480.0);
}

/* OpenModelica results in pandapipes, water_cases_colebrook/one_pipe: outlet pressures. */
static void single_pipes_of_openmodelica(void **state) {
  (void)state;
  static const struct { double L, m, in, out, tolerance; } c[] = {
      {2000, 1.3821, 5, 4.636695, 2e-4}, {10000, 1.325, 5, 3.318369, 9e-4}, {3000, 0.56, 7, 6.893022, 6e-5}};
  for (int k = 0; k < 3; k++) {
    double dp = wall_friction(c[k].m, 998.2061, 1.0016053e-3, 0.075, c[k].L, 0.1e-3).dp;
    assert_close(c[k].in - dp / 1e5, c[k].out, c[k].tolerance);
  }
}

static void laminar_flow_is_exactly_linear(void **state) {
  (void)state;
  double rho = 1017.0, mu = 1.56e-3, D = 0.01, per_m = 128.0 * mu * 2.0 / (TW_PI * rho * pow(D, 4));
  for (double m = -0.02; m <= 0.02; m += 0.0013) assert_close(wall_friction(m, rho, mu, D, 2.0, 1e-5).dp, per_m * m, 1e-9);
  assert_close(wall_friction(0.0, rho, mu, D, 2.0, 1e-5).d_m, per_m, 1e-9 * per_m);
}

/* OCP UQD04: 31 kPa at 6.4 L/min with Cv 0.80 and water. */
static void coupling_of_ocp(void **state) {
  (void)state;
  double Av = tw_flow_coefficient((double)NAN, 0.80), low = 6.35 / 6e4 * 999.1, high = 6.45 / 6e4 * 999.1;
  assert_true(tw_throttle_at(low, 31e3, 999.1, 1.14e-3, Av, 1.0).row < 0.0); /* the flow at 31 kPa lies between */
  assert_true(tw_throttle_at(high, 31e3, 999.1, 1.14e-3, Av, 1.0).row > 0.0);
  assert_close(tw_flow_coefficient(1.0, (double)NAN), 2.7765e-5, 1e-9);           /* IEC 60534-1: A_v = 28e-6 Kv */
  assert_close(tw_flow_coefficient((double)NAN, 1.0) / tw_flow_coefficient(1.0, (double)NAN), 0.865, 1e-4);
}

static void throttle_agrees_with_the_local_loss(void **state) {
  (void)state;
  double rho = 1010.0, mu = 1e-3, A = 1e-4, K = 1.0; /* dp = K rho v^2 / 2: A_v = A sqrt(2 / K) */
  for (double m = -2.0; m < 2.0; m += 0.0173) {
    double dp = tw_local_loss(m, rho, mu, A, K).dp;
    tw_throttle t = tw_throttle_at(m, dp, rho, mu, A * sqrt(2.0), 0.3);
    assert_close(t.row / t.d_m, 0.0, 1e-12); /* the flow that is off by this much */
  }
}

static void drops_have_their_derivatives(void **state) {
  (void)state;
  const double rho = 1010.0, mu = 1.1e-3, D = 0.012, h = 1e-6;
  for (double m = -0.4; m < 0.4; m += 0.0031) { /* laminar, blend, turbulent, both directions */
    tw_drop d = wall_friction(m, rho, mu, D, 3.0, 2e-5);
    double by_m =
        (wall_friction(m + h, rho, mu, D, 3.0, 2e-5).dp - wall_friction(m - h, rho, mu, D, 3.0, 2e-5).dp) / (2.0 * h);
    double by_rho =
        (wall_friction(m, rho + 0.01, mu, D, 3.0, 2e-5).dp - wall_friction(m, rho - 0.01, mu, D, 3.0, 2e-5).dp) / 0.02;
    double by_mu =
        (wall_friction(m, rho, mu + 1e-9, D, 3.0, 2e-5).dp - wall_friction(m, rho, mu - 1e-9, D, 3.0, 2e-5).dp) / 2e-9;
    assert_close(d.d_m, by_m, 1e-5 * fabs(by_m));
    assert_close(d.d_rho, by_rho, 1e-5 * fabs(by_rho) + 1e-6);
    assert_close(d.d_mu, by_mu, 1e-4 * fabs(by_mu) + 1e-2 * fabs(d.dp));
    assert_true(d.d_m > 0.0);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(colebrook_is_solved_to_rounding), cmocka_unit_test(turbulent_pipe_of_crane),
      cmocka_unit_test(laminar_pipe_of_crane),           cmocka_unit_test(pipes_of_cengel_and_cimbala),
      cmocka_unit_test(single_pipes_of_openmodelica),    cmocka_unit_test(laminar_flow_is_exactly_linear),
      cmocka_unit_test(coupling_of_ocp),                 cmocka_unit_test(throttle_agrees_with_the_local_loss),
      cmocka_unit_test(drops_have_their_derivatives)};
  return cmocka_run_group_tests_name("friction", tests, NULL, NULL);
}
