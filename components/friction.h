/* Pressure drop of single-phase flow in a duct: wall friction and local losses. Shared by every fluid element. */
#ifndef TW_FRICTION_H
#define TW_FRICTION_H
#include "component.h"
#include "elementary.h"

#define TW_PI 3.14159265358979323846

typedef struct {            /* a pressure drop in the direction of m_dot, and its derivatives */
  tw_real dp;               /* Pa */
  tw_real d_m, d_rho, d_mu; /* to m_dot, density, viscosity */
} tw_drop;

static TW_INLINE tw_drop tw_drop_sum(tw_drop a, tw_drop b) {
  return (tw_drop){a.dp + b.dp, a.d_m + b.d_m, a.d_rho + b.d_rho, a.d_mu + b.d_mu};
}

/* Values and derivatives of a block of instances. */
typedef struct { tw_real v[TW_BLOCK], d[TW_BLOCK]; } tw_vd_each;

/* Darcy friction factor of turbulent flow: 1/sqrt(f) = -2 log10(k/3.7 + 2.51/(Re sqrt f)), Colebrook, J. Inst. Civ. Eng. 11
 * (1939) 133; exact to rounding for Re >= 2300 and relative roughness k < 0.1. v is f, d is df/dRe. n at most TW_BLOCK. */
#define tw_colebrook_each TW_SYM(tw_colebrook_each)
void tw_colebrook_each(int n, const tw_real *Re, const tw_real *k, tw_vd_each *f);

/* f Re^2 over Re >= 0: 64 Re up to 2300 (Hagen-Poiseuille), Colebrook from 4000, between them the C2 blend of both. */
#define tw_friction_number_each TW_SYM(tw_friction_number_each)
void tw_friction_number_each(int n, const tw_real *Re, const tw_real *k, tw_vd_each *number);

/* What the friction of a duct needs of its geometry: 4 / (pi D) [1/m], eps / D, L / (2 D^3) [1/m2]. */
typedef struct { tw_real per_D, relative, wall; } tw_duct;

static inline tw_duct tw_duct_of(tw_real D, tw_real L, tw_real eps) {
  return (tw_duct){4.0 / (TW_PI * D), eps / D, 0.5 * L / (D * D * D)};
}

/* Density and viscosity inside an element, their temperature derivatives beside them. */
typedef struct { tw_vd rho, mu; } tw_inside;

/* The same of a block of instances, and their pressure drops: arrays, so that loops over them vectorise. */
typedef struct { tw_vd_each rho, mu; } tw_inside_each;
typedef struct { tw_real dp[TW_BLOCK], d_m[TW_BLOCK], d_rho[TW_BLOCK], d_mu[TW_BLOCK]; } tw_drop_each;

static TW_INLINE tw_inside tw_inside_of(const tw_inside_each *c, int k) {
  return (tw_inside){{c->rho.v[k], c->rho.d[k]}, {c->mu.v[k], c->mu.d[k]}};
}

static TW_INLINE tw_drop tw_drop_of(const tw_drop_each *d, int k) {
  return (tw_drop){d->dp[k], d->d_m[k], d->d_rho[k], d->d_mu[k]};
}

/* Darcy-Weisbach over length L of a round bore D with wall roughness eps [m]: dp = f (L/D) rho v|v| / 2. Written with
 * f Re^2, so that laminar flow is exactly linear in m_dot, through zero. n ducts, at most TW_BLOCK, geometry as in tw_duct. */
#define tw_duct_friction_each TW_SYM(tw_duct_friction_each)
void tw_duct_friction_each(int n, const tw_real *per_D, const tw_real *relative, const tw_real *wall, const tw_real *m_dot,
                           const tw_inside_each *c, tw_drop_each *drop);

/* Reynolds number of the throat below which a local loss turns linear in flow (K ~ 1/Re, as all fittings do: Idelchik,
 * Handbook of Hydraulic Resistance, 3rd ed., ch. 1). At Re it differs from K rho v^2 / 2 by (100/Re)^2 / 2. */
#define TW_RE_LAMINAR 100.0

/* Square of the mass flow at Re_laminar in an area A. */
static TW_INLINE tw_real tw_laminar_square(tw_real A, tw_real mu) {
  return TW_RE_LAMINAR * TW_RE_LAMINAR * (TW_PI / 4.0) * A * mu * mu;
}

/* Local losses: dp = K rho v|v| / 2 on the velocity in area A, v|v| taken as v sqrt(v^2 + v_laminar^2). */
static TW_INLINE tw_drop tw_local_loss(tw_real m_dot, tw_real rho, tw_real mu, tw_real A, tw_real K) {
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

static TW_INLINE tw_throttle tw_throttle_at(tw_real m, tw_real x, tw_real rho, tw_real mu, tw_real Av, tw_real scale) {
  tw_real per_scale = 1.0 / scale, a = tw_laminar_square(0.70710678118654752, 1.0) * mu, b = a * Av * mu, q = m * m;
  tw_real s = tw_sqrt(q + b), per_s = 1.0 / s, k = Av * per_scale, kx = k * x, h = 0.5 * m * a * per_s * per_scale;
  return (tw_throttle){m * s * per_scale - Av * kx * rho, (s + q * per_s) * per_scale, -k * Av * rho, -Av * kx, 2.0 * h * Av,
                       h * mu - 2.0 * kx * rho};
}
#endif
