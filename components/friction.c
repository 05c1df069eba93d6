#include "friction.h"

/* u of u + ln u = z for z >= 7, from the first terms of its series in 1/z and a rough logarithm; the equation is met within
 * 1.2e-3. */
static inline tw_real omega_start(tw_real z) {
  tw_real L = tw_log_rough(z), q = 1.0 / z;
  return z - L + L * q * (1.0 + q * (0.5 * (L - 2.0) + q * ((6.0 + L * (2.0 * L - 9.0)) / 6.0)));
}

/* As F + ln(x1 + F) = x2 with F = ln(10)/2 / sqrt f: one quartic step of Clamond, Ind. Eng. Chem. Res. 48 (2009) 3665, from a
 * start so close that the step ends at rounding. The derivative comes from the equation. */
TW_WIDE void tw_colebrook_each(int n, const tw_real *Re, const tw_real *k, tw_vd_each *f) {
  const double half_log10 = 1.151292546497022842, c1 = 0.123968186335417556, c2 = 0.779397488455682028;
  tw_real x1[TW_BLOCK], x2[TW_BLOCK], s[TW_BLOCK], ln[TW_BLOCK];
  tw_log_each(n, Re, ln);
  for (int i = 0; i < n; i++) {
    x1[i] = k[i] * c1 * Re[i];
    x2[i] = ln[i] - c2;
    s[i] = omega_start(x1[i] + x2[i]);
  }
  tw_log_each(n, s, ln);
  TW_INDEPENDENT
  for (int i = 0; i < n; i++) {
    tw_real F = s[i] - x1[i], t = 1.0 + s[i], E = (ln[i] + F - x2[i]) / t;
    F -= (t + 0.5 * E) * E * s[i] / (t + E * (1.0 + E / 3.0));
    tw_real g = half_log10 / F, v = g * g;
    f->v[i] = v;
    f->d[i] = -2.0 * v / (Re[i] * (1.0 + x1[i] + F));
  }
}

static TW_INLINE tw_vd friction_number(tw_real Re, tw_real turbulent_Re, tw_real f, tw_real f_Re) {
  tw_real R = turbulent_Re, t = f * R * R, t_Re = (f_Re * R + 2.0 * f) * R, laminar = 64.0 * Re, gap = t - laminar;
  tw_vd s = tw_step(Re - 3150.0, 850.0);
  bool low = TW_RE(Re) <= 2300.0, high = TW_RE(Re) >= 4000.0;
  tw_real v = laminar + s.v * gap, d = 64.0 + s.v * (t_Re - 64.0) + s.d * gap;
  return (tw_vd){low ? laminar : high ? t : v, low ? 64.0 : high ? t_Re : d};
}

TW_WIDE void tw_friction_number_each(int n, const tw_real *Re, const tw_real *k, tw_vd_each *number) {
  tw_real R[TW_BLOCK] = {0.0};
  tw_vd_each f;
  for (int i = 0; i < n; i++) R[i] = TW_RE(Re[i]) > 2300.0 ? Re[i] : 2300.0;
  tw_colebrook_each(n, R, k, &f);
  TW_INDEPENDENT
  for (int i = 0; i < n; i++) {
    tw_vd N = friction_number(Re[i], R[i], f.v[i], f.d[i]);
    number->v[i] = N.v;
    number->d[i] = N.d;
  }
}

TW_WIDE void tw_duct_friction_each(int n, const tw_real *per_D, const tw_real *relative, const tw_real *wall,
                                   const tw_real *m_dot, const tw_inside_each *c, tw_drop_each *drop) {
  tw_real Re[TW_BLOCK] = {0.0};
  tw_vd_each N;
  for (int i = 0; i < n; i++) {
    double sign = TW_RE(m_dot[i]) < 0.0 ? -1.0 : 1.0;
    Re[i] = sign * m_dot[i] * per_D[i] / c->mu.v[i];
  }
  tw_friction_number_each(n, Re, relative, &N);
  TW_INDEPENDENT
  for (int i = 0; i < n; i++) {
    double sign = TW_RE(m_dot[i]) < 0.0 ? -1.0 : 1.0;
    tw_real per_rho = 1.0 / c->rho.v[i], a = sign * wall[i] * c->mu.v[i] * per_rho, dp = a * c->mu.v[i] * N.v[i];
    drop->dp[i] = dp;
    drop->d_m[i] = sign * a * N.d[i] * per_D[i];
    drop->d_rho[i] = -dp * per_rho;
    drop->d_mu[i] = a * (2.0 * N.v[i] - Re[i] * N.d[i]);
  }
}
