/* One output of a one-way AC to DC supply with droop, before its input: what psu and rectifier share.
 *
 * What the bus at the voltage v asks for, at full input:
 *   i0 = max((V_no_load - v) / R, 0)
 * so that parallel units share by their droop and none takes current from the bus (but for TW_SUPPLY_BACK of what its droop
 * alone would take, so that a bus without load has a voltage). The corner is rounded over 0.5 % of the rated current. With a
 * current limit i0 = I_limit beyond it (and TW_SUPPLY_BACK of the excess, for the same reason), the corner rounded alike. Where
 * there is not power for that, v i0 is held at the most there is.
 * Loss P L(x) with x = v i0 / P by the law of ac.h. Power wanted from the mains:
 *   P0 = max(v i0 + P L, 0)
 * None goes back, what a reversed bus pushes in becomes heat. Reactive power belongs to P0 by the power factor; the harmonic
 * part of a power factor is counted as reactive. */
#ifndef TW_SUPPLY_H
#define TW_SUPPLY_H
#include "ac.h"

/* Input stage (power factor correction): it takes what it is asked for, but no more than its current limit gives,
 *     P <= P_most s(V),  s = V / V_min
 * with P_most that of the limit at V_min. Below V_dead s goes on straight over V^2, where the caller lets all fall to 0 (ac.h);
 * its point is that Newton's method has a slope there. */
static TW_INLINE tw_vd tw_input_most(tw_real u, tw_real P_most, tw_real V_min, tw_real u_dead) {
  bool dead = TW_RE(u) < TW_RE(u_dead);
  tw_real s = tw_sqrt(dead ? u_dead : u) / V_min, s_u = 0.5 * s / (dead ? u_dead : u);
  return (tw_vd){P_most * (dead ? s + s_u * (u - u_dead) : s), P_most * s_u};
}

/* Share of what is asked that is given where there is a most, with its derivatives to the two: min(most / asked, 1), the corner
 * rounded over 0.2 % on either side, never above either. */
#define TW_MOST_CORNER 2e-3
typedef struct { tw_real v, asked, most; } tw_share;

static TW_INLINE tw_share tw_share_of(tw_real asked, tw_real most) {
  if (TW_RE(asked) * (1.0 + TW_MOST_CORNER) <= TW_RE(most)) return (tw_share){1.0, 0.0, 0.0};
  tw_vd q = tw_min_smooth(most / asked, 1.0, TW_MOST_CORNER);
  return (tw_share){q.v, -q.d * most / (asked * asked), q.d / asked};
}

#define TW_SUPPLY_BACK 1e-6

typedef struct {
  tw_real V_no_load, R, P;      /* V, ohm, rated W */
  tw_real on;                   /* 1, or 0 when off */
  tw_real I_limit;              /* A, NaN: none */
  tw_real most;                 /* W, output power that there is input or store for; INFINITY: any */
  double I_rated;               /* A */
  tw_loss_law law;
  tw_real tan_phi;              /* where there is no curve */
  const tw_curve *power_factor; /* over x, or NULL */
} tw_supply;

typedef struct {                /* the demand, with derivatives to v, to the temperature of the law and to most (m) */
  tw_vd i;                      /* A */
  tw_real i_m;
  tw_loss_value L;              /* per rated power, over x */
  tw_real P, P_v, P_T, P_m, Q, Q_v, Q_T, Q_m; /* input, W and var */
} tw_supply_demand;

static TW_INLINE tw_vd tw_supply_current(const tw_supply *s, tw_real v) {
  double width = 5e-3 * s->I_rated;
  tw_real asked = (s->V_no_load - v) / s->R;
  tw_vd y = tw_ramp(asked, width), back = tw_ramp(-asked, width);
  tw_vd i = {s->on * (y.v - TW_SUPPLY_BACK * back.v), -s->on * (y.d + TW_SUPPLY_BACK * back.d) / s->R};
  if (isnan(TW_RE(s->I_limit))) return i;
  tw_vd over = tw_ramp(i.v - s->I_limit, width);
  return (tw_vd){i.v - (1.0 - TW_SUPPLY_BACK) * over.v, i.d * (1.0 - (1.0 - TW_SUPPLY_BACK) * over.d)};
}

static TW_INLINE tw_supply_demand tw_supply_at(const tw_supply *s, tw_real v) {
  tw_vd i = tw_supply_current(s, v);
  tw_real asked = v * i.v, asked_v = i.v + v * i.d;
  tw_share q = tw_share_of(asked, s->most);
  tw_supply_demand d = {.i = {q.v * i.v, q.v * i.d + q.asked * asked_v * i.v}, .i_m = q.most * i.v};
  tw_real x = v * d.i.v / s->P, x_v = (d.i.v + v * d.i.d) / s->P, x_m = v * d.i_m / s->P;
  d.L = tw_loss_at(&s->law, x);
  tw_vd P = tw_ramp(s->P * (x + d.L.v), 1e-3 * TW_RE(s->P));
  d.P = s->on * P.v;
  d.P_v = s->on * P.d * s->P * (1.0 + d.L.x) * x_v;
  d.P_T = s->on * P.d * s->P * d.L.T;
  d.P_m = s->on * P.d * s->P * (1.0 + d.L.x) * x_m;
  tw_vd t = {s->tan_phi, 0.0};
  if (s->power_factor) {
    tw_vd forward = tw_forward_load(x), f = tw_curve_at(s->power_factor, forward.v);
    t = tw_tan_phi(f.v);
    t.d *= f.d * forward.d;
  }
  d.Q = t.v * d.P;
  d.Q_v = t.v * d.P_v + t.d * x_v * d.P;
  d.Q_T = t.v * d.P_T;
  d.Q_m = t.v * d.P_m + t.d * x_m * d.P;
  return d;
}

/* Loss at full input by its own law, the part that is not conduction: P (L - conduction) and what a reversed bus pushes in. */
static TW_INLINE tw_real tw_supply_conversion_loss(const tw_supply *s, const tw_supply_demand *d, tw_real v) {
  tw_real back = tw_ramp(-(v * d->i.v + s->P * d->L.v), 1e-3 * TW_RE(s->P)).v;
  return s->on * (s->P * (d->L.v - d->L.conduction) + back);
}
#endif
