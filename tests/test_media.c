/* Media against printed tables; enthalpy against quadrature. Tolerances are the printed precision and the stated fit. */
#include "../components/medium.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define assert_close(value, expected, tolerance) close_to(value, expected, tolerance, #value, __LINE__)

static void close_to(double value, double expected, double tolerance, const char *what, int line) {
  if (!(fabs(value - expected) <= tolerance)) fail_msg("line %d: %s is %.12g, not %.12g", line, what, value, expected);
}

typedef struct { double T, density, cp, viscosity, conductivity; } row; /* degC, SI */

static void check(const tw_medium *m, const row *r, double density, double cp, double viscosity, double conductivity) {
  double T = r->T + TW_ZERO_CELSIUS;
  assert_close(tw_property_at(&m->density, T).v, r->density, density);
  assert_close(tw_property_at(&m->cp, T).v, r->cp, cp);
  assert_close(tw_property_at(&m->viscosity, T).v, r->viscosity, viscosity);
  assert_close(tw_property_at(&m->conductivity, T).v, r->conductivity, conductivity);
}

/* CoolProp INCOMP::APG at 25 % by volume (ASHRAE 2001, Skovrup 2013), as printed: 0.1 kg/m3, 1 J/kgK, 1e-6 Pa s, 1e-4 W/mK. */
static const row pg25[] = {
    {15, 1025.9, 3901, 2.942e-3, 0.4619}, {20, 1023.9, 3913, 2.466e-3, 0.4676}, {25, 1021.7, 3925, 2.093e-3, 0.4730},
    {30, 1019.4, 3938, 1.797e-3, 0.4780}, {35, 1017.0, 3950, 1.560e-3, 0.4827}, {40, 1014.5, 3962, 1.368e-3, 0.4871},
    {45, 1011.8, 3975, 1.210e-3, 0.4911}, {50, 1009.0, 3987, 1.081e-3, 0.4949}, {55, 1006.1, 3999, 0.972e-3, 0.4982},
    {60, 1003.0, 4012, 0.881e-3, 0.5013}, {65, 999.9, 4024, 0.803e-3, 0.5041}};

static void pg25_is_the_printed_table(void **state) {
  (void)state;
  tw_medium m;
  assert_int_equal(tw_medium_builtin("pg25", -1.0, &m), 0);
  for (size_t k = 0; k < sizeof pg25 / sizeof *pg25; k++) check(&m, &pg25[k], 0.051, 0.51, 0.51e-6, 0.51e-4);
  assert_close(m.T_lo, TW_ZERO_CELSIUS - 9.97, 0.01); /* freezing point */
  assert_close(m.rho_ref, tw_property_at(&m.density, 298.15).v, 0.0);
}

/* The two correlations agree at equal composition: 0.5 % in density, 0.1 % in cp, 2 % (as rounded there) in viscosity, 1 % in conductivity. */
static void volume_and_mass_correlations_agree(void **state) {
  (void)state;
  tw_medium v, m;
  assert_int_equal(tw_medium_builtin("pg", 0.25, &v), 0);
  assert_int_equal(tw_medium_builtin("mpg", 0.2562, &m), 0);
  for (double t = 15; t <= 65; t += 5) {
    double T = t + TW_ZERO_CELSIUS;
    row r = {t, tw_property_at(&v.density, T).v, tw_property_at(&v.cp, T).v, tw_property_at(&v.viscosity, T).v,
             tw_property_at(&v.conductivity, T).v};
    check(&m, &r, 0.005 * r.density, 0.001 * r.cp, 0.021 * r.viscosity, 0.01 * r.conductivity);
  }
  assert_int_equal(tw_medium_builtin("mpg25", 0.0, &m), 0);
  assert_close(m.T_lo, TW_ZERO_CELSIUS - 9.79, 0.01);
  assert_close(tw_property_at(&m.density, 305.8583).v, 1.013610e3, 1e-3); /* own collapse of the coefficients, by hand */
  assert_close(tw_property_at(&m.cp, 305.8583).v, 3.951161e3, 1e-3);
}

/* IAPWS SR6-08(2011): density and cp to the fit's 1e-5 and 1e-4, viscosity 4e-4, conductivity 1e-4. */
static void water_is_iapws(void **state) {
  (void)state;
  static const row iapws[] = {{0, 999.842, 4219.32, 1.79178e-3, 0.55565},  {5, 999.966, 4204.92, 1.51820e-3, 0.56780},
                              {15, 999.102, 4188.55, 1.13755e-3, 0.58880}, {25, 997.047, 4181.45, 0.889997e-3, 0.60650},
                              {35, 994.033, 4179.27, 0.719121e-3, 0.62169}, {45, 990.212, 4180.04, 0.595779e-3, 0.63478},
                              {65, 980.550, 4187.32, 0.432903e-3, 0.65559}, {80, 971.790, 4196.86, 0.354046e-3, 0.66699},
                              {100, 958.348, 4215.57, 0.281581e-3, 0.67723}};
  tw_medium m;
  assert_int_equal(tw_medium_builtin("water", 0.0, &m), 0);
  for (size_t k = 0; k < sizeof iapws / sizeof *iapws; k++) {
    const row *r = &iapws[k];
    check(&m, r, 1e-5 * r->density, 1e-4 * r->cp, 4e-4 * r->viscosity, 1e-4 * r->conductivity);
  }
}

/* Dry air at 1 atm: Incropera, Fundamentals of Heat and Mass Transfer, 7th ed., table A.4, as printed there; its conductivity and
 * viscosity are of another compilation: 0.5 %. */
static void air_is_the_textbook_table(void **state) {
  (void)state;
  static const row table[] = {{250 - 273.15, 1.3947, 1006, 159.6e-7, 22.3e-3}, {300 - 273.15, 1.1614, 1007, 184.6e-7, 26.3e-3},
                              {350 - 273.15, 0.9950, 1009, 208.2e-7, 30.0e-3}};
  tw_medium m;
  assert_int_equal(tw_medium_builtin("air", 0.0, &m), 0);
  for (size_t k = 0; k < sizeof table / sizeof *table; k++) {
    const row *r = &table[k];
    check(&m, r, 0.015 * r->density, 1.0, 0.005 * r->viscosity, 0.005 * r->conductivity);
  }
  assert_close(tw_property_at(&m.density, 300.0).v, 101325.0 / (8.314462618 / 0.0289647 * 300.0), 1e-12);
}

/* Gauss-Legendre with three points on 1 K is exact for the cubic and quintic cp here. */
static double quadrature(const tw_property *cp, double T0, double T1) {
  static const double node = 0.7745966692414834;
  int n = (int)ceil(fabs(T1 - T0));
  double sum = 0.0, h = n ? (T1 - T0) / n : 0.0;
  for (int k = 0; k < n; k++) {
    double middle = T0 + (k + 0.5) * h, d = 0.5 * h * node;
    sum += h / 18.0 *
           (5.0 * tw_property_at(cp, middle - d).v + 8.0 * tw_property_at(cp, middle).v + 5.0 * tw_property_at(cp, middle + d).v);
  }
  return sum;
}

static void enthalpy_is_the_integral_of_cp(void **state) {
  (void)state;
  static const char *const names[] = {"water", "air", "pg25", "mpg30"};
  static const double edge[] = {223.15, 233.15, 238.15, 273.15, 298.15, 373.15, 413.15};
  for (size_t k = 0; k < 4; k++) {
    tw_medium m;
    assert_int_equal(tw_medium_builtin(names[k], 0.0, &m), 0);
    assert_close(tw_enthalpy(&m, m.T_ref).v, 0.0, 0.0);
    for (int j = 1; j < 7; j++) { /* beyond their range too */
      double dh = tw_enthalpy(&m, edge[j]).v - tw_enthalpy(&m, edge[j - 1]).v;
      assert_close(dh, quadrature(&m.cp, edge[j - 1], edge[j]), 1e-11 * fabs(dh) + 1e-9);
      assert_close(tw_enthalpy(&m, edge[j]).d, tw_property_at(&m.cp, edge[j]).v, 1e-9);
    }
  }
}

static void enthalpy_of_a_table_and_of_a_constant(void **state) {
  (void)state;
  double x[] = {280, 300, 320, 360}, y[] = {4200, 4180, 4179, 4201}, slope[4];
  tw_medium m = {
      .cp = {.form = TW_PROP_TABLE, .table = {4, x, y, slope, TW_CURVE_MONOTONE_CUBIC, TW_BEYOND_LINEAR}}, .T_ref = 298.15};
  assert_int_equal(tw_curve_prepare(&m.cp.table), 0);
  tw_medium_prepare(&m);
  for (double T = 270; T < 370; T += 3.7) {
    double sum = 0.0;
    for (int i = 0; i < 2000; i++)
      sum += tw_property_at(&m.cp, m.T_ref + (i + 0.5) * (T - m.T_ref) / 2000).v * (T - m.T_ref) / 2000;
    assert_close(tw_enthalpy(&m, T).v, sum, 1e-5 * fabs(T - m.T_ref));
  }
  m.cp = (tw_property){.form = TW_PROP_POLYNOMIAL, .c = {4000.0}};
  tw_medium_prepare(&m);
  assert_close(tw_enthalpy(&m, 308.15).v, 40000.0, 1e-8);
}

/* Slope against a central difference; C1 across the ends of the range. */
static void slopes_belong_to_the_values(void **state) {
  (void)state;
  static const char *const names[] = {"water", "air", "pg25", "mpg30"};
  for (size_t k = 0; k < 4; k++) {
    tw_medium m;
    assert_int_equal(tw_medium_builtin(names[k], 0.0, &m), 0);
    const tw_property *all[] = {&m.density, &m.cp, &m.conductivity, &m.viscosity};
    for (int q = 0; q < 4; q++)
      for (double T = 225.0; T < 420.0; T += 1.15) {
        const double h = 1e-3;
        double slope = (tw_property_at(all[q], T + h).v - tw_property_at(all[q], T - h).v) / (2.0 * h),
               v = tw_property_at(all[q], T).v;
        assert_close(tw_property_at(all[q], T).d, slope, 1e-5 * fabs(slope) + 1e-7 * fabs(v));
      }
  }
}

static void names_and_concentrations_are_checked(void **state) {
  (void)state;
  tw_medium m;
  assert_int_equal(tw_medium_builtin("oil", 0.0, &m), 1);
  assert_int_equal(tw_medium_builtin("pgx", 0.0, &m), 1);
  assert_int_equal(tw_medium_builtin("pg25x", 0.0, &m), 1);
  assert_int_equal(tw_medium_builtin("pg", 0.05, &m), 2);
  assert_int_equal(tw_medium_builtin("pg", -1.0, &m), 2);
  assert_int_equal(tw_medium_builtin("pg61", 0.0, &m), 2);
  assert_int_equal(tw_medium_builtin("pg", (double)NAN, &m), 2);
  assert_int_equal(tw_medium_builtin("mpg60", 0.0, &m), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(pg25_is_the_printed_table),    cmocka_unit_test(volume_and_mass_correlations_agree),
      cmocka_unit_test(water_is_iapws),               cmocka_unit_test(air_is_the_textbook_table),
      cmocka_unit_test(enthalpy_is_the_integral_of_cp), cmocka_unit_test(enthalpy_of_a_table_and_of_a_constant),
      cmocka_unit_test(slopes_belong_to_the_values),  cmocka_unit_test(names_and_concentrations_are_checked)};
  return cmocka_run_group_tests_name("media", tests, NULL, NULL);
}
