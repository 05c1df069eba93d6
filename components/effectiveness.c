#include "effectiveness.h"

/* Counterflow with C1 <= C2, d = UA (1/C1 - 1/C2) >= 0:  g = UA phi(d) / (1 + UA/C2 phi(d)), phi(d) = (1 - exp(-d)) / d.
 * Equal to C1 (1 - exp(-d)) / (1 - C1/C2 exp(-d)); analytic through C1 = C2, where it is UA / (1 + UA/C). */
static tw_hx counter(tw_real C1, tw_real C2, tw_real UA) {
  tw_real b = UA / C2, d = UA / C1 - b;
  tw_vd f = tw_phi(d);
  tw_real q = 1.0 + b * f.v, g = UA * f.v / q;
  tw_real gf = UA / (q * q), gb = -g * f.v / q; /* to phi and to b */
  tw_real gd = gf * f.d;
  tw_hx r = {g, gd * (-UA / (C1 * C1)), (gb - gd) * (-UA / (C2 * C2)), f.v / q + gd * (1.0 / C1 - 1.0 / C2) + gb / C2};
  return r;
}

/* Parallel flow: g = UA phi(UA (1/C1 + 1/C2)). */
static tw_hx parallel(tw_real C1, tw_real C2, tw_real UA) {
  tw_real y = 1.0 / C1 + 1.0 / C2;
  tw_vd f = tw_phi(UA * y);
  tw_real k = UA * UA * f.d;
  return (tw_hx){UA * f.v, -k / (C1 * C1), -k / (C2 * C2), f.v + UA * y * f.d};
}

/* Stream X mixed, Y unmixed: g = C_X (1 - exp(-e / C_X)), e = C_Y (1 - exp(-UA / C_Y)); for either side being C_min. */
static tw_hx mixed(tw_real Cx, tw_real Cy, tw_real UA) {
  tw_real z = UA / Cy;
  tw_vd p = tw_phi(z);
  tw_real e = UA * p.v, ey = p.d * UA * (-z / Cy), eu = p.v + z * p.d;
  tw_real s = e / Cx;
  tw_vd f = tw_phi(s);
  tw_real ge = f.v + s * f.d;
  return (tw_hx){e * f.v, -e * f.d * s / Cx, ge * ey, ge * eu};
}

/* Both unmixed, the fit eps = 1 - exp(NTU^0.22 / C_r (exp(-C_r NTU^0.78) - 1)) = 1 - exp(-NTU phi(C_r NTU^0.78)).
 * C_min and C_max are the mean -+ half the rounded difference. */
static tw_hx both_unmixed(tw_real C1, tw_real C2, tw_real UA) {
  const double w = 0.01;
  tw_real S = C1 + C2, r = (C1 - C2) / S;
  tw_vd up = tw_ramp(r, w), down = tw_ramp(-r, w);
  tw_real a = up.v + down.v, ar = up.d - down.d; /* |r|, rounded, and its slope */
  tw_real a1 = ar * 2.0 * C2 / (S * S), a2 = -ar * 2.0 * C1 / (S * S);
  tw_real m = 0.5 * S * (1.0 - a), M = 0.5 * S * (1.0 + a);
  tw_real N = UA / m, c = m / M;
  if (TW_RE(N) <= 0.0) return (tw_hx){UA, 0.0, 0.0, 1.0};
  tw_real P = tw_pow(N, 0.78);
  tw_vd f = tw_phi(c * P);
  tw_real E = tw_exp(-N * f.v), eps = 1.0 - E;
  tw_real eN = E * (f.v + 0.78 * c * P * f.d), ec = E * N * f.d * P;
  tw_real gm = eps - N * eN + ec * c, gM = -ec * c * c; /* g = m eps(UA/m, m/M) */
  tw_real m1 = 0.5 * (1.0 - a) - 0.5 * S * a1, m2 = 0.5 * (1.0 - a) - 0.5 * S * a2;
  tw_real M1 = 0.5 * (1.0 + a) + 0.5 * S * a1, M2 = 0.5 * (1.0 + a) + 0.5 * S * a2;
  return (tw_hx){m * eps, gm * m1 + gM * M1, gm * m2 + gM * M2, eN};
}

static tw_hx swapped(tw_hx r) { return (tw_hx){r.g, r.d2, r.d1, r.dUA}; }

tw_hx tw_hx_conductance(tw_hx_arrangement arrangement, tw_real C1, tw_real C2, tw_real UA) {
  switch (arrangement) {
  case TW_HX_PARALLEL: return parallel(C1, C2, UA);
  case TW_HX_CROSS_BOTH_UNMIXED: return both_unmixed(C1, C2, UA);
  case TW_HX_CROSS_MIXED_1: return mixed(C1, C2, UA);
  case TW_HX_CROSS_MIXED_2: return swapped(mixed(C2, C1, UA));
  case TW_HX_PHASE_CHANGE_1: {
    tw_real z = UA / C2;
    tw_vd f = tw_phi(z);
    return (tw_hx){UA * f.v, 0.0, -f.d * z * z, f.v + z * f.d};
  }
  case TW_HX_COUNTER: break;
  }
  return TW_RE(C1) <= TW_RE(C2) ? counter(C1, C2, UA) : swapped(counter(C2, C1, UA));
}
