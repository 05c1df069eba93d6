#include "friction.h"

/* u of u + ln u = z for z >= 7, from the first terms of its series in 1/z and a rough logarithm; the equation is met within
 * 1.2e-3. */
static inline tw_real omega_start(tw_real z) {
  tw_real L = tw_log_rough(z), q = 1.0 / z;
  return z - L + L * q * (1.0 + q * (0.5 * (L - 2.0) + q * ((6.0 + L * (2.0 * L - 9.0)) / 6.0)));
}

/* As F + ln(x1 + F) = x2 with F = ln(10)/2 / sqrt f: one quartic step of Clamond, Ind. Eng. Chem. Res. 48 (2009) 3665, from a
 * start so close that the step ends at rounding. The derivative comes from the equation. */
TW_WIDE void tw_colebrook_each(int n, const tw_real *Re, const tw_real *k, tw_vd *f) {
  const double half_log10 = 1.151292546497022842, c1 = 0.123968186335417556, c2 = 0.779397488455682028;
  tw_real x1[TW_BLOCK], x2[TW_BLOCK], s[TW_BLOCK], ln[TW_BLOCK];
  tw_log_each(n, Re, ln);
  for (int i = 0; i < n; i++) {
    x1[i] = k[i] * c1 * Re[i];
    x2[i] = ln[i] - c2;
    s[i] = omega_start(x1[i] + x2[i]);
  }
  tw_log_each(n, s, ln);
  for (int i = 0; i < n; i++) {
    tw_real F = s[i] - x1[i], t = 1.0 + s[i], E = (ln[i] + F - x2[i]) / t;
    F -= (t + 0.5 * E) * E * s[i] / (t + E * (1.0 + E / 3.0));
    tw_real g = half_log10 / F, v = g * g;
    f[i] = (tw_vd){v, -2.0 * v / (Re[i] * (1.0 + x1[i] + F))};
  }
}

void tw_friction_number_each(int n, const tw_real *Re, const tw_real *k, tw_vd *number) {
  tw_real R[TW_BLOCK] = {0.0};
  tw_vd f[TW_BLOCK];
  for (int i = 0; i < n; i++) R[i] = TW_RE(Re[i]) > 2300.0 ? Re[i] : 2300.0;
  tw_colebrook_each(n, R, k, f);
  for (int i = 0; i < n; i++) {
    tw_vd t = {f[i].v * R[i] * R[i], (f[i].d * R[i] + 2.0 * f[i].v) * R[i]}, s = tw_step(Re[i] - 3150.0, 850.0);
    tw_real gap = t.v - 64.0 * Re[i];
    if (TW_RE(Re[i]) <= 2300.0) number[i] = (tw_vd){64.0 * Re[i], 64.0};
    else if (TW_RE(Re[i]) >= 4000.0) number[i] = t;
    else number[i] = (tw_vd){64.0 * Re[i] + s.v * gap, 64.0 + s.v * (t.d - 64.0) + s.d * gap};
  }
}

void tw_duct_friction_each(int n, const tw_duct *g, const tw_real *m_dot, const tw_inside *c, tw_drop *drop) {
  tw_real Re[TW_BLOCK] = {0.0}, k[TW_BLOCK] = {0.0};
  tw_vd N[TW_BLOCK];
  for (int i = 0; i < n; i++) {
    double sign = TW_RE(m_dot[i]) < 0.0 ? -1.0 : 1.0;
    Re[i] = sign * m_dot[i] * g[i].per_D / c[i].mu.v;
    k[i] = g[i].relative;
  }
  tw_friction_number_each(n, Re, k, N);
  for (int i = 0; i < n; i++) {
    double sign = TW_RE(m_dot[i]) < 0.0 ? -1.0 : 1.0;
    tw_real per_rho = 1.0 / c[i].rho.v, a = sign * g[i].wall * c[i].mu.v * per_rho, dp = a * c[i].mu.v * N[i].v;
    drop[i] = (tw_drop){dp, sign * a * N[i].d * g[i].per_D, -dp * per_rho, a * (2.0 * N[i].v - Re[i] * N[i].d)};
  }
}
