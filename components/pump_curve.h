/* Head and power of a centrifugal pump over flow and speed, by the affinity laws: with Q the volume flow, n the speed relative
 * to that of the curves,  dp = n^2 dp_1(Q/n),  P = n^3 P_1(Q/n)  (Gulich, Centrifugal Pumps, 3rd ed., ch. 3, model laws). */
#ifndef TW_PUMP_CURVE_H
#define TW_PUMP_CURVE_H
#include "flow.h"

typedef struct { tw_real v, d_Q, d_n; } tw_affine; /* value and derivatives */

/* Q sqrt(Q^2 + w^2): Q|Q| with slope w at zero. */
static inline tw_vd tw_quadratic(tw_real Q, tw_real w) {
  tw_real s = tw_sqrt(Q * Q + w * w);
  return (tw_vd){Q * s, s + Q * Q / s};
}

/* Pressure rise n^2 c(Q/n) of a curve from Q = 0 to Q_end. Outside, the quadratic continuation with the end's value and slope
 * and curvature -k, k = c(0)/Q_end^2 (above), so that it stays finite at n = 0, where the pump is a resistance k Q^2 both ways:
 *   above  n^2 c_e + n s_e (Q - n Q_end) - k (Q - n Q_end)^2,    backwards  n^2 c_0 + n s_0 Q + k Q^2.
 * The whole is less k (Q sqrt(Q^2 + w^2) - Q|Q|), w = 1e-4 Q_end: a finite slope at rest, 1e-8 of c(0) elsewhere. */
static inline tw_affine tw_pump_rise_curve(const tw_curve *c, tw_real Q, tw_real n) {
  double q_end = c->x[c->n - 1], c0 = TW_RE(tw_curve_at(c, 0.0).v), k = c0 / (q_end * q_end);
  double sign = TW_RE(Q) < 0.0 ? -1.0 : 1.0;
  tw_affine a;
  if (TW_RE(Q) < 0.0) {
    double s0 = TW_RE(tw_curve_at(c, 0.0).d);
    a = (tw_affine){n * (n * c0 + s0 * Q) + k * Q * Q, s0 * n + 2.0 * k * Q, 2.0 * c0 * n + s0 * Q};
  } else if (TW_RE(Q) >= TW_RE(n) * q_end) {
    double ce = c->y[c->n - 1], se = TW_RE(tw_curve_at(c, q_end).d);
    tw_real x = Q - n * q_end;
    a = (tw_affine){
        n * (n * ce + se * x) - k * x * x, n * se - 2.0 * k * x, 2.0 * n * ce + se * (x - n * q_end) + 2.0 * k * x * q_end};
  } else {
    tw_vd y = tw_curve_at(c, Q / n);
    a = (tw_affine){n * n * y.v, n * y.d, 2.0 * n * y.v - Q * y.d};
  }
  tw_vd q = tw_quadratic(Q, 1e-4 * q_end);
  a.v -= k * (q.v - sign * Q * Q);
  a.d_Q -= k * (q.d - 2.0 * sign * Q);
  return a;
}

/* Pressure rise n^2 a0 + n a1 Q + a2 Q|Q|, a2 <= 0; w regularises Q|Q|. */
static inline tw_affine tw_pump_rise_quadratic(tw_real a0, tw_real a1, tw_real a2, tw_real w, tw_real Q, tw_real n) {
  tw_vd q = tw_quadratic(Q, w);
  return (tw_affine){n * (n * a0 + a1 * Q) + a2 * q.v, a1 * n + a2 * q.d, 2.0 * a0 * n + a1 * Q};
}

/* Power n^3 P(Q/n) of a curve of positive power from Q = 0 to Q_end. Outside it goes on from the end's value p and outward slope
 * s as p + s x (s >= 0) or p^2 / (p - s x) (s < 0): C1, positive, and zero at n = 0. */
static inline tw_affine tw_pump_power_curve(const tw_curve *c, tw_real Q, tw_real n) {
  if (TW_RE(n) < 1e-9) return (tw_affine){0.0, 0.0, 0.0};
  double q_end = c->x[c->n - 1];
  tw_real q = Q / n;
  tw_vd y;
  if (TW_RE(q) >= 0.0 && TW_RE(q) <= q_end) {
    y = tw_curve_at(c, q);
  } else {
    bool above = TW_RE(q) > q_end;
    tw_vd end = tw_curve_at(c, above ? q_end : 0.0);
    double sign = above ? 1.0 : -1.0, s = sign * TW_RE(end.d), p = TW_RE(end.v);
    tw_real x = sign * (q - (above ? q_end : 0.0)), r = p - s * x;
    y = s < 0.0 ? (tw_vd){p * p / r, sign * p * p * s / (r * r)} : (tw_vd){p + s * x, sign * s};
  }
  return (tw_affine){n * n * n * y.v, n * n * y.d, n * n * (3.0 * y.v - q * y.d)};
}

/* Power of a pump of efficiency eta(Q/n) that raises the pressure by `rise`: Q rise / eta while both are positive, else 0,
 * with C1 corners of half-width w_Q n and w_p n^2. The efficiency is not followed below 0.02 beyond the ends of its curve. */
static inline tw_affine tw_pump_power_efficiency(
    const tw_curve *eta, tw_affine rise, tw_real Q, tw_real n, tw_real w_Q, tw_real w_p) {
  if (TW_RE(n) < 1e-9) return (tw_affine){0.0, 0.0, 0.0};
  tw_real q = Q / n, h = rise.v / (n * n), h_Q = rise.d_Q / (n * n), h_n = rise.d_n / (n * n) - 2.0 * h / n;
  tw_vd a = tw_ramp(q, TW_RE(w_Q)), b = tw_ramp(h, TW_RE(w_p)), y = tw_curve_at(eta, q), floor = tw_max_smooth(y.v, 0.02, 0.01);
  y = (tw_vd){floor.v, floor.d * y.d};
  tw_real v = a.v * b.v / y.v; /* P / n^3; derivatives at constant q and h */
  tw_real d_q = a.d * b.v / y.v - v * y.d / y.v, d_h = a.v * b.d / y.v;
  return (tw_affine){n * n * n * v, n * n * d_q + n * n * n * d_h * h_Q, n * n * (3.0 * v - q * d_q + n * d_h * h_n)};
}

/* ---- head of a type whose parameters dp_curve, dp0, dp1, dp2 follow each other ------------------------------------------- */

#define TW_PUMP_PARAMS(dp0_doc)                                                                                                  \
  {"dp_curve", "Pa", NULL, TW_CURVE, -1e8, 1e8, TW_P_OPTIONAL,                                                                   \
      "pressure rise over volume flow at full speed, from zero flow up", NULL, NULL, "m3/s"},                                    \
      {"dp0", "Pa", NULL, TW_NUMBER, 0, 1e8, TW_P_OPTIONAL | TW_P_TIMED, dp0_doc, NULL, NULL, NULL},                             \
      {"dp1", "Pa/(m3/s)", "0 Pa/(m3/s)", TW_NUMBER, -1e14, 1e14, 0, "its linear part", NULL, NULL, NULL}, {                     \
    "dp2", "Pa/(m3/s)2", NULL, TW_NUMBER, -1e18, 0, TW_P_OPTIONAL, "its quadratic part, negative", NULL, NULL, NULL              \
  }
enum { TW_PUMP_CURVE, TW_PUMP_DP0, TW_PUMP_DP1, TW_PUMP_DP2, TW_PUMP_PARAM_N };

/* Flow scale of the head curve: its last point, or where the parabola's quadratic part has eaten up dp0. */
static inline tw_real tw_pump_scale(const tw_curve *c, tw_real a0, tw_real a2) {
  if (c) return c->x[c->n - 1];
  return TW_RE(a2) < 0.0 && TW_RE(a0) > 0.0 ? tw_sqrt(-a0 / a2) : 0.0;
}

/* The speed as the laws see it: none below zero, with a C1 corner that leaves speeds above 0.1 % untouched. */
static inline tw_vd tw_pump_speed(tw_real n) { return tw_ramp(n, 1e-3); }

static inline tw_affine tw_pump_rise(const tw_eval *e, int i, int first, tw_real Q, tw_real speed) {
  const tw_curve *c = e->c[first + TW_PUMP_CURVE][i];
  tw_real a0 = e->p[first + TW_PUMP_DP0][i], a2 = e->p[first + TW_PUMP_DP2][i];
  tw_vd n = tw_pump_speed(speed);
  tw_affine y;
  if (isnan(TW_RE(a2))) a2 = 0.0;
  /* where the scale vanishes with dp0, 1e-9 m3/s keeps the slope finite */
  if (c) y = tw_pump_rise_curve(c, Q, n.v);
  else y = tw_pump_rise_quadratic(a0, e->p[first + TW_PUMP_DP1][i], a2, 1e-4 * tw_pump_scale(c, a0, a2) + 1e-9, Q, n.v);
  y.d_n *= n.d;
  return y;
}

/* derive: 0 when the head is given in exactly one way. */
static inline int tw_pump_check(const tw_derive *d, int i, int first, bool needs_dp2) {
  const tw_curve *c = d->c[first + TW_PUMP_CURVE][i];
  bool dp0 = !isnan(TW_RE(d->p[first + TW_PUMP_DP0][i])), dp2 = !isnan(TW_RE(d->p[first + TW_PUMP_DP2][i]));
  const char *wrong = NULL;
  if ((c != NULL) == dp0) wrong = "give the head either as dp_curve or by dp0, dp1 and dp2";
  else if (c && dp2) wrong = "dp2 belongs to dp0, not to dp_curve";
  else if (c && (c->x[0] < 0.0 || c->x[c->n - 1] <= 0.0 || c->y[0] <= 0.0))
    wrong = "dp_curve begins at or above zero flow with a positive pressure rise";
  else if (dp0 && needs_dp2 && !(dp2 && TW_RE(d->p[first + TW_PUMP_DP2][i]) < 0.0))
    wrong = "give dp2 < 0 beside dp0: without it the pump has no resistance when it stands";
  if (!wrong) return 0;
  d->fail(d->ctx, i, first + TW_PUMP_CURVE, wrong);
  return 1;
}
#endif
