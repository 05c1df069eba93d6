/* Pressure drop of single-phase flow in a duct: wall friction and local losses. Shared by every fluid element. */
#ifndef TW_FRICTION_H
#define TW_FRICTION_H
#include "component.h"

#define TW_PI 3.14159265358979323846

typedef struct {            /* a pressure drop in the direction of m_dot, and its derivatives */
  tw_real dp;               /* Pa */
  tw_real d_m, d_rho, d_mu; /* to m_dot, density, viscosity */
} tw_drop;

/* Start of the iteration below: u of u + ln u = z for z >= 7, from the first terms of its series in 1/z and a rough logarithm;
 * the equation is met within 1.2e-3. */
static inline tw_real tw_omega_start(tw_real z) {
  tw_real L = tw_log_rough(z), q = 1.0 / z;
  return z - L + L * q * (1.0 + q * (0.5 * (L - 2.0) + q * ((6.0 + L * (2.0 * L - 9.0)) / 6.0)));
}

/* Darcy friction factor of turbulent flow: 1/sqrt(f) = -2 log10(k/3.7 + 2.51/(Re sqrt f)), Colebrook, J. Inst. Civ. Eng. 11
 * (1939) 133, as F + ln(x1 + F) = x2 with F = ln(10)/2 / sqrt f: one quartic step of Clamond, Ind. Eng. Chem. Res. 48 (2009)
 * 3665, from a start so close that the step ends at rounding for Re > 2300 and relative roughness k < 0.1. d is
 * df/dRe, from the implicit equation. */
static inline tw_vd tw_colebrook(tw_real Re, tw_real k) {
  const double half_log10 = 1.151292546497022842, c1 = 0.123968186335417556, c2 = 0.779397488455682028;
  tw_real x1 = k * c1 * Re, x2 = tw_log(Re) - c2, s = tw_omega_start(x1 + x2), F = s - x1;
  tw_real E = (tw_log(s) + F - x2) / (1.0 + s);
  F -= (1.0 + s + 0.5 * E) * E * s / (1.0 + s + E * (1.0 + E / 3.0));
  tw_real g = half_log10 / F, f = g * g;
  return (tw_vd){f, -2.0 * f / (Re * (1.0 + x1 + F))};
}

/* f Re^2 over Re >= 0: 64 Re up to 2300 (Hagen-Poiseuille), Colebrook from 4000, between them the C2 blend of both. */
static inline tw_vd tw_friction_number(tw_real Re, tw_real k) {
  if (TW_RE(Re) <= 2300.0) return (tw_vd){64.0 * Re, 64.0};
  tw_vd f = tw_colebrook(Re, k);
  tw_vd t = {f.v * Re * Re, f.d * Re * Re + 2.0 * f.v * Re};
  if (TW_RE(Re) >= 4000.0) return t;
  tw_vd s = tw_step(Re - 3150.0, 850.0);
  tw_real gap = t.v - 64.0 * Re;
  return (tw_vd){64.0 * Re + s.v * gap, 64.0 + s.v * (t.d - 64.0) + s.d * gap};
}

/* What the friction of a duct needs of its geometry: 4 / (pi D) [1/m], eps / D, L / (2 D^3) [1/m2]. */
typedef struct { tw_real per_D, relative, wall; } tw_duct;

static inline tw_duct tw_duct_of(tw_real D, tw_real L, tw_real eps) {
  return (tw_duct){4.0 / (TW_PI * D), eps / D, 0.5 * L / (D * D * D)};
}

/* Darcy-Weisbach over length L of a round bore D with wall roughness eps [m]: dp = f (L/D) rho v|v| / 2. Written with
 * f Re^2, so that laminar flow is exactly linear in m_dot, through zero. */
static inline tw_drop tw_duct_friction(const tw_duct *g, tw_real m_dot, tw_real rho, tw_real mu) {
  double sign = TW_RE(m_dot) < 0.0 ? -1.0 : 1.0;
  tw_real Re_m = g->per_D / mu, Re = sign * m_dot * Re_m, per_rho = 1.0 / rho;
  tw_vd n = tw_friction_number(Re, g->relative);
  tw_real c = sign * g->wall * mu * per_rho, dp = c * mu * n.v;
  return (tw_drop){dp, sign * c * n.d * g->per_D, -dp * per_rho, c * (2.0 * n.v - Re * n.d)};
}

static inline tw_drop tw_wall_friction(tw_real m_dot, tw_real rho, tw_real mu, tw_real D, tw_real L, tw_real eps) {
  tw_duct g = tw_duct_of(D, L, eps);
  return tw_duct_friction(&g, m_dot, rho, mu);
}

/* Reynolds number of the throat below which a local loss turns linear in flow (K ~ 1/Re, as all fittings do: Idelchik,
 * Handbook of Hydraulic Resistance, 3rd ed., ch. 1). At Re it differs from K rho v^2 / 2 by (100/Re)^2 / 2. */
#define TW_RE_LAMINAR 100.0

/* Square of the mass flow at Re_laminar in an area A. */
static inline tw_real tw_laminar_square(tw_real A, tw_real mu) {
  return TW_RE_LAMINAR * TW_RE_LAMINAR * (TW_PI / 4.0) * A * mu * mu;
}

/* Local losses: dp = K rho v|v| / 2 on the velocity in area A, v|v| taken as v sqrt(v^2 + v_laminar^2). */
static inline tw_drop tw_local_loss(tw_real m_dot, tw_real rho, tw_real mu, tw_real A, tw_real K) {
  tw_real b = tw_laminar_square(A, mu), q = m_dot * m_dot, s = tw_sqrt(q + b), per_s = 1.0 / s, per_rho = 1.0 / rho;
  tw_real c = 0.5 * K / (A * A) * per_rho, dp = c * m_dot * s;
  return (tw_drop){dp, c * (s + q * per_s), -dp * per_rho, c * m_dot * tw_laminar_square(A, 1.0) * mu * per_s};
}

/* Restriction of flow coefficient A_v [m2] (IEC 60534-1: q = A_v sqrt(dp/rho); A_v = Kv / 36000) at a pressure difference x:
 *   m sqrt(m^2 + b) = A_v^2 rho x,  b the laminar square of the throat A_v / sqrt 2
 * divided by a constant flow `scale`, which makes it kg/s. From a flow in the direction of x Newton's method halves the error
 * at worst, which the inverse m(x) does not: its slope is steep at x = 0, where a network starts. It stays well conditioned
 * when the restriction closes. */
typedef struct { tw_real row, d_m, d_x, d_rho, d_mu, d_Av; } tw_throttle;

static inline tw_throttle tw_throttle_at(tw_real m, tw_real x, tw_real rho, tw_real mu, tw_real Av, tw_real scale) {
  tw_real per_scale = 1.0 / scale, a = tw_laminar_square(0.70710678118654752, 1.0) * mu, b = a * Av * mu, q = m * m;
  tw_real s = tw_sqrt(q + b), per_s = 1.0 / s, k = Av * per_scale, kx = k * x, h = 0.5 * m * a * per_s * per_scale;
  return (tw_throttle){m * s * per_scale - Av * kx * rho, (s + q * per_s) * per_scale, -k * Av * rho, -Av * kx, 2.0 * h * Av,
                       h * mu - 2.0 * kx * rho};
}
#endif
