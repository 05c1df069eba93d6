/* C1 and C2 replacements for the functions that have kinks; each returns the value and, through a pointer, the derivative.
 * All are exact outside the stated width, so that a model away from the kink is untouched. */
#ifndef TW_SMOOTH_H
#define TW_SMOOTH_H
#include "real.h"

/* A number and its derivative to one variable. */
typedef struct { tw_real v, d; } tw_vd;

/* |x|, C1: sqrt(x^2 + w^2) - never below |x|, differs by w at 0 and by w^2/2x far away. */
static TW_INLINE tw_vd tw_abs_smooth(tw_real x, double w) {
  tw_real s = tw_sqrt(x * x + w * w);
  return (tw_vd){s, x / s};
}

/* max(x, 0), C1: exact for |x| >= w, the parabola (x + w)^2 / 4w between. Never below max(x, 0). */
static TW_INLINE tw_vd tw_ramp(tw_real x, double w) {
  if (TW_RE(x) >= w) return (tw_vd){x, 1.0};
  if (TW_RE(x) <= -w) return (tw_vd){0.0, 0.0};
  return (tw_vd){(x + w) * (x + w) / (4.0 * w), (x + w) / (2.0 * w)};
}

/* max(a, b) = b + ramp(a - b); d is the derivative to a, that to b is 1 - d. */
static TW_INLINE tw_vd tw_max_smooth(tw_real a, tw_real b, double w) {
  tw_vd r = tw_ramp(a - b, w);
  return (tw_vd){b + r.v, r.d};
}

/* min(a, b) = a - ramp(a - b); d is the derivative to a. */
static TW_INLINE tw_vd tw_min_smooth(tw_real a, tw_real b, double w) {
  tw_vd r = tw_ramp(a - b, w);
  return (tw_vd){a - r.v, 1.0 - r.d};
}

/* x limited to lo..hi, C1, with parabolic corners of half-width w (2w <= hi - lo). */
static TW_INLINE tw_vd tw_saturate(tw_real x, double lo, double hi, double w) {
  tw_vd a = tw_ramp(x - lo, w), b = tw_ramp(x - hi, w);
  return (tw_vd){lo + a.v - b.v, a.d - b.d};
}

/* A slope limit as an equation f = 0: the slope s is the one asked for, u, within -down .. up (corners of 0.1 % of the smaller),
 * and `also` on top of it:
 *     S = sat(u) + also,  f = s - S - k(s) (u - S),  k = (1 - (s/b)^2)^2 for |s| < b, else 0;  b half of the smaller limit
 * Without `also` the only root is s = sat(u): with u above `up` the last term is not below 0 where k is not 0, and s - up is. At
 * s = 0, where a steady state is sought, f = -u: there the limit is out of the way, while sat(u) alone would leave its unknown
 * undetermined. With `also` of the sign of u and S between 0 and u the root is S where that is beyond b, else between S and b.
 * f and its derivatives to s, u and also. */
typedef struct { tw_real f, s, u, also; } tw_slope;
static TW_INLINE tw_slope tw_slope_limit(tw_real s, tw_real u, tw_real also, double up, double down) {
  double least = up < down ? up : down, b = 0.5 * least;
  tw_vd sat = tw_saturate(u, -down, up, 1e-3 * least);
  tw_real S = sat.v + also, r = s / b, c = 1.0 - r * r, k = c * c, rest = u - S;
  if (TW_RE(r) >= 1.0 || TW_RE(r) <= -1.0) return (tw_slope){s - S, 1.0, -sat.d, -1.0};
  return (tw_slope){s - S - k * rest, 1.0 + 4.0 * c * r / b * rest, -sat.d - k * (1.0 - sat.d), k - 1.0};
}

/* Step from 0 at x <= -w to 1 at x >= w, C2 (quintic). */
static TW_INLINE tw_vd tw_step(tw_real x, double w) {
  if (TW_RE(x) >= w) return (tw_vd){1.0, 0.0};
  if (TW_RE(x) <= -w) return (tw_vd){0.0, 0.0};
  tw_real t = (x / w + 1.0) * 0.5;
  return (tw_vd){t * t * t * (10.0 + t * (-15.0 + 6.0 * t)), 30.0 * t * t * (1.0 - t) * (1.0 - t) * (0.5 / w)};
}

/* sign(x)|x|^e with a finite slope at 0, for e > 0: x (x^2 + w^2)^((e-1)/2), relatively (e-1)/2 (w/x)^2 off. */
static TW_INLINE tw_vd tw_signed_power(tw_real x, double e, double w) {
  tw_real q = x * x + w * w, s = tw_pow(q, 0.5 * (e - 1.0));
  return (tw_vd){x * s, s * (1.0 + (e - 1.0) * x * x / q)};
}

/* The same for e = 2. */
static TW_INLINE tw_vd tw_signed_square(tw_real x, double w) {
  tw_real q = x * x + w * w, s = tw_sqrt(q);
  return (tw_vd){x * s, s + x * x / s};
}

/* (1 - exp(-z)) / z with its derivative; the series carries |z| < 1e-2 (six terms: 1e-16). */
static TW_INLINE tw_vd tw_phi_of(tw_real z, tw_real e) { /* e = exp(-z), where the caller has it */
  if (TW_RE(z) < 1e-2 && TW_RE(z) > -1e-2) {
    tw_real v = 1.0 - z / 2.0 * (1.0 - z / 3.0 * (1.0 - z / 4.0 * (1.0 - z / 5.0 * (1.0 - z / 6.0 * (1.0 - z / 7.0)))));
    tw_real d = -0.5 + z * (1.0 / 3.0 - z * (1.0 / 8.0 - z * (1.0 / 30.0 - z * (1.0 / 144.0 - z / 840.0))));
    return (tw_vd){v, d};
  }
  tw_real v = (1.0 - e) / z;
  return (tw_vd){v, (e - v) / z};
}

static TW_INLINE tw_vd tw_phi(tw_real z) { return tw_phi_of(z, tw_exp(-z)); }
#endif
