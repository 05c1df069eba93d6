/* Small laws shared by the direct-current parts. */
#ifndef TW_ELECTRIC_H
#define TW_ELECTRIC_H
#include "smooth.h"

#define TW_SUPPLY_BLEED 1e-9 /* S: bleeder of an output's capacitors. A dead bus cut off with its supplies hangs on it alone, beside
                              * conductances of 1e5 S, whose rounding is 1e-11 S */

#define TW_NO_VOLTAGE 1e-100 /* V: below it there is none, and no power to divide by it; an iterate dies away, it is not set to 0 */

/* What a device that needs the power P draws at the voltage v: i = P h(v), p = v i = P q(v).
 * Above v_min: h = 1/v, q = 1 (constant power).  Below it the odd cubic h = (2s - s^3)/v_min, s = v/v_min, which has the same
 * value and slope at v_min and goes through 0 with the finite slope 2P/v_min^2: the device then takes less than it asks for,
 * q = s^2 (2 - s^2).  A steady solution below v_min is a collapsed supply, not an operating point. */
typedef struct { tw_real h, dh, q, dq; } tw_draw;

static TW_INLINE tw_draw tw_draw_at(tw_real v, tw_real v_min) {
  tw_real s = v / v_min;
  if (TW_RE(s) >= 1.0 || TW_RE(s) <= -1.0) return (tw_draw){1.0 / v, -1.0 / (v * v), 1.0, 0.0};
  tw_real s2 = s * s;
  return (tw_draw){s * (2.0 - s2) / v_min, (2.0 - 3.0 * s2) / (v_min * v_min), s2 * (2.0 - s2),
                   4.0 * s * (1.0 - s2) / v_min};
}

/* The voltage below which the cubic begins: v_min, or half the nominal voltage where that is not given (the nose of a
 * constant-power load on a resistive feed lies at half the open-circuit voltage). NaN when neither is given. */
static TW_INLINE tw_real tw_draw_limit(tw_real v_min, tw_real V_nominal) {
  return isnan(TW_RE(v_min)) ? 0.5 * V_nominal : v_min;
}

/* Distance to the cubic: |v|/v_min - 1, negative inside it: the supply has collapsed. 0 below 1 % of v_min: there is no supply,
 * which is an ordinary state (a dead feed), not a collapse. */
static TW_INLINE tw_real tw_draw_margin(tw_real v, tw_real v_min) {
  tw_real s = (TW_RE(v) < 0.0 ? -v : v) / v_min;
  return TW_RE(s) < 0.01 ? 0.0 : s - 1.0;
}

/* Factor on losses that a device draws like a load (no-load loss, control): 1, and with the loads to 0 below a load scale of
 * 0.05, so that the network is linear at 0, where the solver's continuation in the loads begins. */
static TW_INLINE double tw_draw_scale(double load_scale) { return load_scale < 0.05 ? 20.0 * load_scale : 1.0; }

/* max(y, 0), C1 and never above it: 0 for y <= 0, w s^2 (2 - s) with s = y/w up to w, then y itself. */
static TW_INLINE tw_vd tw_one_way(tw_real y, double w) {
  if (TW_RE(y) <= 0.0) return (tw_vd){0.0, 0.0};
  if (TW_RE(y) >= w) return (tw_vd){y, 1.0};
  tw_real s = y / w;
  return (tw_vd){y * s * (2.0 - s), s * (4.0 - 3.0 * s)};
}

/* Its integral from 0. */
static TW_INLINE tw_real tw_one_way_integral(tw_real y, double w) {
  if (TW_RE(y) <= 0.0) return 0.0;
  if (TW_RE(y) >= w) return 0.5 * y * y - w * w / 12.0;
  tw_real s = y / w;
  return w * w * s * s * s * (2.0 / 3.0 - 0.25 * s);
}

/* Resistance over its value at the reference temperature: 1 + alpha dT (IEC 60028 for copper, a data sheet's line for a
 * MOSFET, both within about -50..150 degC); d is the derivative to temperature. It does not fall below 0.1, where the line has
 * lost its meaning, so that a loss stays positive at any temperature. */
static TW_INLINE tw_vd tw_resistance_factor(tw_real alpha, tw_real dT) {
  tw_vd k = tw_max_smooth(1.0 + alpha * dT, 0.1, 0.05);
  return (tw_vd){k.v, k.d * alpha};
}
#endif
