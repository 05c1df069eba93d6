#include "medium.h"
#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Integral from t = 0 (v) and its derivative, the value. */
static inline tw_vd horner_integral(const double *c, tw_real t) {
  static const double share[TW_TERMS] = {1.0, 1.0 / 2.0, 1.0 / 3.0, 1.0 / 4.0, 1.0 / 5.0, 1.0 / 6.0};
  tw_vd p = {c[TW_TERMS - 1] * share[TW_TERMS - 1], c[TW_TERMS - 1]};
  for (int i = TW_TERMS - 2; i >= 0; i--) {
    p.v = p.v * t + c[i] * share[i];
    p.d = p.d * t + c[i];
  }
  p.v *= t;
  return p;
}

/* Where T leaves lo .. hi: the end that it passed; T itself inside. Beyond it the polynomial goes on with its end slope. */
static inline double nearest_edge(const tw_property *p, double T) {
  if (!(p->lo < p->hi)) return T;
  return T < p->lo ? p->lo : T > p->hi ? p->hi : T;
}

static inline tw_vd polynomial(const tw_property *p, tw_real T) {
  double edge = nearest_edge(p, TW_RE(T));
  if (edge == TW_RE(T)) return tw_polynomial(p->c, T - p->T0);
  tw_vd e = tw_polynomial(p->c, edge - p->T0);
  return (tw_vd){e.v + e.d * (T - edge), e.d};
}

static inline tw_vd polynomial_integral(const tw_property *p, tw_real T) {
  double edge = nearest_edge(p, TW_RE(T));
  if (edge == TW_RE(T)) return horner_integral(p->c, T - p->T0);
  tw_vd sum = horner_integral(p->c, edge - p->T0), e = tw_polynomial(p->c, edge - p->T0);
  tw_real x = T - edge;
  return (tw_vd){sum.v + x * (e.v + 0.5 * e.d * x), e.v + e.d * x};
}

tw_vd tw_property_any(const tw_property *p, tw_real T) {
  if (p->form == TW_PROP_TABLE) return tw_curve_at(&p->table, T);
  if (p->form == TW_PROP_RECIPROCAL) {
    tw_real per_T = 1.0 / T, v = p->c[0] * per_T;
    return (tw_vd){v, -v * per_T};
  }
  if (p->form == TW_PROP_POLYNOMIAL) return polynomial(p, T);
  tw_vd s = tw_log_property_any(p, T);
  tw_real v = tw_exp(s.v);
  return (tw_vd){v, v * s.d};
}

tw_vd tw_log_property_any(const tw_property *p, tw_real T) {
  if (p->form == TW_PROP_EXP_POLYNOMIAL) return polynomial(p, T);
  if (p->form == TW_PROP_VOGEL) {
    tw_real q = 1.0 / (T - p->c[1]);
    return (tw_vd){p->c[0] * q - p->c[2], -p->c[0] * q * q};
  }
  tw_vd s = tw_property_any(p, T);
  return (tw_vd){tw_log(s.v), s.d / s.v};
}

/* Integral of p from a fixed origin to T. */
static tw_vd integral(const tw_property *p, tw_real T) {
  if (p->form == TW_PROP_TABLE) return tw_curve_integral(&p->table, T);
  if (p->form == TW_PROP_RECIPROCAL) return (tw_vd){p->c[0] * tw_log(T), p->c[0] / T};
  if (p->form != TW_PROP_POLYNOMIAL) return (tw_vd){(double)NAN, (double)NAN};
  return polynomial_integral(p, T);
}

tw_vd tw_enthalpy_any(const tw_medium *m, tw_real T) {
  tw_vd h = integral(&m->cp, T);
  return (tw_vd){h.v - m->h_ref, h.d};
}

#ifndef TW_COMPLEX_STEP
/* The end of a range that holds for a property too; a margin, so that a mean of two temperatures inside is inside. */
static void narrow(tw_medium *m, const tw_property *p) {
  const double margin = 1e-6;
  if (p->form == TW_PROP_RECIPROCAL) return;
  m->form_lo = fmax(m->form_lo, p->lo + margin);
  m->form_hi = fmin(m->form_hi, p->hi - margin);
}

static void find_form(tw_medium *m) {
  const tw_property *all[] = {&m->density, &m->cp, &m->conductivity, &m->viscosity};
  bool polynomials = m->cp.form == TW_PROP_POLYNOMIAL && m->conductivity.form == TW_PROP_POLYNOMIAL;
  tw_property_form density = m->density.form, viscosity = m->viscosity.form;
  m->form = TW_ANY_FORM;
  if (polynomials && density == TW_PROP_POLYNOMIAL && viscosity == TW_PROP_EXP_POLYNOMIAL) m->form = TW_LIQUID_FORM;
  if (polynomials && density == TW_PROP_RECIPROCAL && viscosity == TW_PROP_POLYNOMIAL) m->form = TW_GAS_FORM;
  m->form_lo = 1.0; /* K: the reciprocal's own range */
  m->form_hi = 1e4;
  for (int k = 0; k < 4; k++) narrow(m, all[k]);
}

void tw_medium_prepare(tw_medium *m) {
  m->rho_ref = tw_property_at(&m->density, m->T_ref).v;
  m->cp_ref = tw_property_at(&m->cp, m->T_ref).v;
  m->h_ref = integral(&m->cp, m->T_ref).v;
  for (int k = 0; k < TW_TERMS; k++) m->h_c[k] = m->cp.c[k] / (k + 1);
  find_form(m);
}

#define T_REF 298.15

/* Polynomials of degree 5 fitted to IAPWS SR6-08(2011), Properties of Liquid Water at 0.1 MPa, from 0 to 100 degC. Largest
 * deviation of the fit: density 6e-6, cp 6e-5, conductivity 5e-5, viscosity 3e-4. The release itself: density 1e-6, cp 1e-3,
 * conductivity 1.5 %, viscosity 1 %. */
static const tw_medium water = {
    .density = {TW_PROP_POLYNOMIAL, 313.15,
        {9.9221190e+02, -3.8291159e-01, -3.6961014e-03, 1.8314608e-05, -1.8674163e-07, 1.1399543e-09}, {0}, 273.15, 373.15},
    .cp = {TW_PROP_POLYNOMIAL, 313.15,
        {4.1795541e+03, 9.9482022e-02, 1.0265533e-02, -1.7581504e-04, 4.6580054e-06, -3.8005662e-08}, {0}, 273.15, 373.15},
    .conductivity = {TW_PROP_POLYNOMIAL, 313.15,
        {6.2845604e-01, 1.3062625e-03, -9.5342248e-06, 4.3517481e-08, -7.2724110e-10, 6.1455263e-12}, {0}, 273.15, 373.15},
    .viscosity = {TW_PROP_EXP_POLYNOMIAL, 313.15,
        {-7.3341741e+00, -1.8775444e-02, 1.0975849e-04, -8.4004331e-07, 9.0095561e-09, -5.7960487e-11}, {0}, 273.15, 373.15},
    .T_ref = T_REF,
    .T_lo = 273.15,
    .T_hi = 373.15,
    .source = "IAPWS SR6-08(2011), liquid water at 0.1 MPa; polynomial fit within 3e-4"};

/* Dry air at 101325 Pa. Density: ideal gas, R = 8.314462618 / 0.0289647 J/kgK (real air: +0.08 % at -23 degC, -0.03 % at
 * 100 degC). cp: Lemmon, Jacobsen, Penoncello and Friend, J. Phys. Chem. Ref. Data 29 (2000) 331, cubic fit within 3e-6.
 * Viscosity (Sutherland, 1.458e-6 T^1.5 / (T + 110.4)) and conductivity (2.64638e-3 T^1.5 / (T + 245.4 10^(-12/T))): U.S.
 * Standard Atmosphere 1976, eqs. 51 and 53, cubic fits within 2e-5. All fits from -40 to 100 degC. */
static const tw_medium air = {
    .density = {TW_PROP_RECIPROCAL, 0.0, {101325.0 * 0.0289647 / 8.314462618}, {0}, 0.0, 0.0},
    .cp = {TW_PROP_POLYNOMIAL, T_REF, {1.0065448e+03, 3.4937557e-02, 4.0190375e-04, 1.0499245e-07}, {0}, 233.15, 373.15},
    .conductivity = {TW_PROP_POLYNOMIAL, T_REF, {2.6108008e-02, 7.7841385e-05, -3.8077275e-08, 1.3702250e-11}, {0}, 233.15,
                     373.15},
    .viscosity = {TW_PROP_POLYNOMIAL, T_REF, {1.8372553e-05, 4.7462930e-08, -3.9011444e-11, 5.0947848e-14}, {0}, 233.15, 373.15},
    .T_ref = T_REF, .T_lo = 233.15, .T_hi = 373.15,
    .source = "dry air, 101325 Pa: ideal gas; cp Lemmon et al. (2000); viscosity and conductivity U.S. Standard Atmosphere 1976"};

/* A property over temperature and concentration: sum c[i][j] (T - T_base)^i (x - x_base)^j. */
typedef double table2d[4][6];
typedef struct {
  double x_base, T_base, x_lo, x_hi, T_lo, T_hi;
  table2d density, cp, conductivity, viscosity; /* viscosity: of its logarithm */
  double freezing[6];                           /* K, over x - x_base */
  bool freezing_log;                            /* ... of its logarithm */
  const char *source;
} solution;

/* CoolProp dev/incompressible_liquids/json/APG.json (commit ea27c639). */
static const solution apg = {
    0.35, 305.65, 0.10, 0.60, 238.15, 373.15,
    {{1026.177, 72.53677, -65.32547, 34.66575, -15.82785, -213.9879},
     {-0.5350059, -0.5056296, 0.1751278, -0.092333, 0.02877433, 0},
     {-2.566157e-3, -1.703579e-4, 1.165892e-3, -2.07517e-4, 0, 0},
     {-5.177362e-9, 9.673215e-9, 3.368862e-7, 0, 0, 0}},
    {{3815.392, -1391.877, -1121.4, -419.3939, -243.53, 4054.145},
     {3.025751, 5.558605, -0.1073388, 0.5290725, -2.262081, 0},
     {4.165345e-5, -9.03207e-5, -3.392169e-3, 1.079472e-2, 0, 0},
     {-4.309483e-7, -1.33518e-6, 3.538903e-5, 0, 0, 0}},
    {{0.4329771, -0.4535551, 0.1845012, -0.2435214, 0.06266485, 1.891363},
     {7.338869e-4, -1.966849e-3, 9.861397e-4, -1.817568e-5, -1.628752e-3, 0},
     {-5.424175e-6, 1.100798e-5, -3.754805e-6, 5.476691e-7, 0, 0},
     {5.879754e-10, -6.777235e-10, -2.213073e-8, 0, 0, 0}},
    {{-6.025825, 3.573663, -1.995205, -6.42511, 36.01949, 53.50879},
     {-3.284399e-2, -3.838339e-2, 8.223532e-2, 1.520795e-2, -1.123741, 0},
     {2.492009e-4, 3.529886e-4, -5.119547e-4, -6.572286e-4, 0, 0},
     {-1.155771e-6, -1.216539e-6, 3.230125e-6, 0, 0, 0}},
    {5.546103, -0.326277, -0.6666873, -0.8800598, -1.071417, -1.875782}, true,
    "propylene glycol by volume: ASHRAE (2001), fit of Skovrup (2013), CoolProp INCOMP::APG"};

/* CoolProp dev/incompressible_liquids/json/MPG.json (commit ea27c639). */
static const solution mpg = {
    0.307031, 305.8583, 0.0, 0.60, 173.15, 373.15,
    {{1018, 76.04, -24.98, -155.0, -113.1, 234.2},
     {-0.5406, -0.945, 0.27, 2.829, -2.221, 0},
     {-2.666e-3, 5.541e-3, -4.018e-3, -7.175e-3, 0, 0},
     {1.347e-5, -1.343e-5, 3.376e-5, 0, 0, 0}},
    {{3882, -1304, -1598, 353.9, 5000, -4959},
     {2.699, 5.07, 0.9534, 31.02, -71.35, 0},
     {-1.659e-3, -4.752e-3, 0.1167, -0.295, 0, 0},
     {-1.032e-5, 1.522e-4, -4.87e-4, 0, 0, 0}},
    {{0.4513, -0.4795, 0.2076, -0.09083, -0.05952, 0.2104},
     {7.955e-4, -1.678e-3, 1.563e-3, -2.518e-3, -3.605e-3, 0},
     {3.482e-8, 8.941e-6, -4.615e-5, 6.543e-5, 0, 0},
     {-5.966e-9, 1.493e-8, 9.897e-8, 0, 0, 0}},
    {{-6.224055, 3.328, 0.5453, -3.9, -1.587, 35.64},
     {-3.045e-2, -3.984e-2, -8.6e-4, 0.1054, 4.475e-2, 0},
     {2.525e-4, 4.332e-4, -1.593e-4, -1.589e-3, 0, 0},
     {-1.399e-6, -1.86e-6, -4.465e-7, 0, 0, 0}},
    {259.9, -66.31, -109.4, -228.3, -340.9, 146.5}, false,
    "propylene glycol by mass: Melinder (2010), CoolProp INCOMP::MPG"};

static double over_x(const double *c, double x) {
  double v = 0.0;
  for (int j = 5; j >= 0; j--) v = v * x + c[j];
  return v;
}

/* The 2-D sum at one concentration is a cubic in temperature, exactly. */
static tw_property collapse(const solution *s, tw_property_form form, const double c[4][6], double x) {
  tw_property p = {.form = form, .T0 = s->T_base, .lo = s->T_lo, .hi = s->T_hi};
  for (int i = 0; i < 4; i++) p.c[i] = over_x(c[i], x - s->x_base);
  return p;
}

static int dissolve(const solution *s, double x, tw_medium *out) {
  if (!(x >= s->x_lo && x <= s->x_hi)) return 2;
  double freezing = over_x(s->freezing, x - s->x_base);
  if (s->freezing_log) freezing = exp(freezing);
  *out = (tw_medium){.density = collapse(s, TW_PROP_POLYNOMIAL, s->density, x), .cp = collapse(s, TW_PROP_POLYNOMIAL, s->cp, x),
                     .conductivity = collapse(s, TW_PROP_POLYNOMIAL, s->conductivity, x),
                     .viscosity = collapse(s, TW_PROP_EXP_POLYNOMIAL, s->viscosity, x),
                     .T_ref = T_REF, .T_lo = fmax(s->T_lo, freezing), .T_hi = s->T_hi, .source = s->source};
  return 0;
}

/* True when name is `stem`, or `stem` and one to three digits that then replace *x, in percent. */
static bool is_named(const char *name, const char *stem, double *x) {
  size_t n = strlen(stem), digits = strlen(name);
  if (strncmp(name, stem, n) != 0) return false;
  digits -= n;
  if (digits == 0) return true;
  for (size_t k = 0; k < digits; k++)
    if (!isdigit((unsigned char)name[n + k])) return false;
  if (digits > 3) return false;
  *x = strtod(name + n, NULL) / 100.0;
  return true;
}

int tw_medium_builtin(const char *name, double concentration, tw_medium *out) {
  int status = 0;
  double x = concentration;
  if (strcmp(name, "water") == 0) *out = water;
  else if (strcmp(name, "air") == 0) *out = air;
  else if (is_named(name, "pg", &x)) status = dissolve(&apg, x, out);
  else if (is_named(name, "mpg", &x)) status = dissolve(&mpg, x, out);
  else status = 1;
  if (status) return status;
  out->id = name;
  tw_medium_prepare(out);
  return 0;
}
#endif
