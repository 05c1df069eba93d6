/* Balanced AC, shared by the AC components: line-to-neutral rms phasors of one phase, S = phases * V conj(I).
 * Voltages in parameters are line-to-line for three phases, and the voltage of the port itself for a single phase. */
#ifndef TW_AC_H
#define TW_AC_H
#include "component.h"
#include "electric.h"

#define TW_SQRT3 1.7320508075688772
#define TW_LEAK 1e-12 /* S: insulation of every converter port, keeps a node without any other path determined */

#define TW_PARAM_PHASES \
  {"phases", "1", "3", TW_INTEGER, 1, 3, TW_P_STRUCTURAL, "3: balanced three-phase; 1: single-phase", NULL, NULL, NULL}

/* Line-to-neutral voltage per line-to-line voltage. */
static TW_INLINE double tw_ac_neutral(tw_real phases) { return TW_RE(phases) > 2.0 ? 1.0 / TW_SQRT3 : 1.0; }

/* derive: only one and three phases exist. Returns the number of instances refused. */
static TW_INLINE int tw_ac_check_phases(const tw_derive *d, int param) {
  int bad = 0;
  for (int i = 0; i < d->n; i++) {
    double n = TW_RE(d->p[param][i]);
    if (n < 1.5 || n > 2.5) continue;
    d->fail(d->ctx, i, param, "must be 1 or 3");
    bad++;
  }
  return bad;
}

/* rms magnitude of a phasor; for reports, not for equations (its derivative at 0 is not defined). */
static TW_INLINE tw_real tw_ac_magnitude(tw_real re, tw_real im) {
  if (TW_RE(re) == 0.0 && TW_RE(im) == 0.0) return 0.0;
  return tw_sqrt(re * re + im * im);
}

/* a / b for reports, 0 where b vanishes (no power, no efficiency). */
static TW_INLINE tw_real tw_ratio(tw_real a, tw_real b) {
  return fabs(TW_RE(b)) > 1e-9 ? a / b : 0.0;
}

/* Constant power as an admittance: Y = conj(S) g(u) / phases with u = |V|^2. g = 1/u from u0 = v_min^2 up; below, the
 * straight line that meets it with the same slope, so that the current goes to zero with the voltage. d is dg/du. */
static TW_INLINE tw_vd tw_ac_per_watt(tw_real u, tw_real u0) {
  if (TW_RE(u) >= TW_RE(u0)) return (tw_vd){1.0 / u, -1.0 / (u * u)};
  return (tw_vd){(2.0 - u / u0) / u0, -1.0 / (u0 * u0)};
}

/* u g(u): the share of the demanded power that is drawn; 1 from v_min up. d is the derivative to u. */
static TW_INLINE tw_vd tw_ac_share(tw_real u, tw_real u0) {
  if (TW_RE(u) >= TW_RE(u0)) return (tw_vd){1.0, 0.0};
  tw_real r = u / u0;
  return (tw_vd){r * (2.0 - r), 2.0 * (1.0 - r) / u0};
}

typedef struct {
  tw_real r, i;               /* current into the component */
  tw_real r_vr, r_vi, i_vr, i_vi; /* derivatives to Re v and Im v */
  tw_real r_P, i_P, r_Q, i_Q; /* derivatives to the demanded power */
} tw_ac_current;

/* Current of the demand P + jQ (all phases) at the phasor v: i = (P - jQ) v g(|v|^2) / phases. */
static TW_INLINE tw_ac_current tw_ac_demand(tw_real vr, tw_real vi, tw_real P, tw_real Q, tw_real phases, tw_real u0) {
  tw_ac_current c;
  tw_vd g = tw_ac_per_watt(vr * vr + vi * vi, u0);
  tw_real y = g.v / phases, dy = 2.0 * g.d / phases, a = P * vr + Q * vi, b = P * vi - Q * vr;
  c.r = y * a;
  c.i = y * b;
  c.r_vr = y * P + dy * vr * a;
  c.r_vi = y * Q + dy * vi * a;
  c.i_vr = -y * Q + dy * vr * b;
  c.i_vi = y * P + dy * vi * b;
  c.r_P = y * vr;
  c.i_P = y * vi;
  c.r_Q = y * vi;
  c.i_Q = -y * vr;
  return c;
}

/* ---- loss of a converter over its load ---------------------------------------------------------------------------- */

/* The laws hold for x >= 0.1 % of load; from there down to 0 the load is drawn to 0 with zero slope, so that a law is not
 * followed into reversed power and no loss is negative. */
static TW_INLINE tw_vd tw_forward_load(tw_real x) { return tw_one_way(x, 1e-3); }

typedef struct {
  const tw_curve *efficiency; /* over x = P_out / P_rated, or NULL: a + b x + c x^2 */
  tw_real a, b, c, P_no_load; /* per rated power; P_no_load only with a curve, whose own loss vanishes at x = 0 */
  tw_real conduction_share;   /* of the curve's loss; without a curve the conduction part is c x^2 */
  tw_real alpha;              /* 1/K, temperature coefficient of the conduction part */
  tw_real dT;                 /* K above the temperature at which the law was measured */
} tw_loss_law;

/* Loss per rated power, its derivatives to x and temperature, and the conduction part in it. */
typedef struct { tw_real v, x, T, conduction; } tw_loss_value;

/* With a curve the loss is x (1/efficiency - 1); the no-load loss fades in below the first point as (1 - x/x1)^2, which
 * leaves value and slope at the first point as they are. */
static TW_INLINE tw_loss_value tw_loss_at(const tw_loss_law *l, tw_real x) {
  tw_vd s = tw_forward_load(x), k = tw_resistance_factor(l->alpha, l->dT);
  if (!l->efficiency) {
    tw_real s2 = s.v * s.v, hot = l->c * k.v;
    return (tw_loss_value){l->a + l->b * s.v + s2 * hot, (l->b + 2.0 * s.v * hot) * s.d, s2 * l->c * k.d, s2 * hot};
  }
  double x1 = l->efficiency->x[0];
  tw_vd e = tw_curve_at(l->efficiency, s.v);
  tw_real loss = s.v * (1.0 / e.v - 1.0), slope = 1.0 / e.v - 1.0 - s.v * e.d / (e.v * e.v);
  tw_real share = l->conduction_share, hot = 1.0 - share + share * k.v;
  if (TW_RE(s.v) < x1) {
    tw_real r = 1.0 - s.v / x1;
    loss += l->P_no_load * r * r;
    slope -= 2.0 * l->P_no_load * r / x1;
  }
  return (tw_loss_value){loss * hot, slope * hot * s.d, loss * share * k.d, loss * share * k.v};
}

/* Reactive over active power of a power factor, C1 up to 1 (there 1e-4, which is 5e-9 of the apparent power). */
static TW_INLINE tw_vd tw_tan_phi(tw_real pf) {
  tw_real s = tw_sqrt(1.0 - pf * pf + 1e-8);
  return (tw_vd){s / pf, -1.0 / s - s / (pf * pf)};
}
#endif
