/* The stream of a two-ended fluid element: what every pipe, valve, plate and pump does with enthalpy.
 *
 * Carried quantity: total enthalpy h_t = integral cp dT + p/rho_ref (+ g z, each node taken at its own level), upwinded by one
 * C2 blend w(m_dot) that is added at one end and subtracted at the other, so energy is conserved for any blend and friction
 * heat and pump work appear where they arise.  At zero flow the ends are joined by the conduction G_ax of coolant and wall;
 * the blend's half width G_ax / cp is what this conduction can carry, so that node temperatures stay bounded by their
 * neighbours.  Hold-up: constant mass, half at each end.
 * Patankar, Numerical Heat Transfer and Fluid Flow (1980), ch. 5 (upwind and conduction). */
#ifndef TW_STREAM_H
#define TW_STREAM_H
#include "component.h"

typedef struct {              /* inputs */
  const tw_medium *medium;
  tw_real p_a, T_a, p_b, T_b; /* node quantities */
  tw_real Td_a, Td_b;         /* temperature rates */
  tw_real m_dot;              /* a -> b */
  tw_real G_ax;               /* W/K, > 0 */
  tw_real rise;               /* m, level of b above a */
  tw_real capacity;           /* J/K, heat capacity of coolant (and wetted wall): half at each end */
  double cj;
  tw_common_form form;        /* of the medium at both temperatures, where a block of instances shares it */
} tw_stream_in;

enum { TW_S_PA, TW_S_TA, TW_S_PB, TW_S_TB, TW_S_M, TW_S_VARS };

typedef struct {
  tw_real H_a, H_b;           /* rows: enthalpy flow into the element at a and b, storage included */
  tw_real w;                  /* 1 when all comes from a, 0 when all comes from b */
  tw_real dw;                 /* dw/dm_dot */
  tw_real T_up;               /* w T_a + (1 - w) T_b, K: temperature of the inflow */
  tw_real dH_a[TW_S_VARS], dH_b[TW_S_VARS]; /* derivatives, storage with cj included */
} tw_stream;

/* Share of the inflow that comes from a: the blend w(m_dot) and its derivative. */
static TW_INLINE tw_vd tw_stream_weight(const tw_medium *medium, tw_real m_dot, tw_real G_ax) {
  /* The width is a number, not a variable: G_ax and cp at T_ref. */
  double width = TW_RE(G_ax) / medium->cp_ref;
  return tw_step(m_dot, width);
}

static TW_INLINE void tw_stream_eval(const tw_stream_in *s, tw_stream *o) {
  tw_vd ha = tw_enthalpy_as(s->form, s->medium, s->T_a), hb = tw_enthalpy_as(s->form, s->medium, s->T_b);
  double r = 1.0 / s->medium->rho_ref;
  tw_real lift = TW_GRAVITY * s->rise;
  /* Total enthalpy of both ends at the level of a. */
  tw_real Ea = ha.v + s->p_a * r, Eb = hb.v + s->p_b * r + lift;
  tw_vd w = tw_stream_weight(s->medium, s->m_dot, s->G_ax);
  tw_real E = w.v * Ea + (1.0 - w.v) * Eb, q = s->G_ax * (s->T_a - s->T_b), half = 0.5 * s->capacity;

  o->w = w.v;
  o->dw = w.d;
  o->T_up = w.v * s->T_a + (1.0 - w.v) * s->T_b;
  o->H_a = s->m_dot * E + q + half * s->Td_a;
  o->H_b = -s->m_dot * (E - lift) - q + half * s->Td_b;

  tw_real ma = s->m_dot * w.v, mb = s->m_dot * (1.0 - w.v), dE = E + s->m_dot * w.d * (Ea - Eb);
  o->dH_a[TW_S_PA] = ma * r;
  o->dH_a[TW_S_TA] = ma * ha.d + s->G_ax + half * s->cj;
  o->dH_a[TW_S_PB] = mb * r;
  o->dH_a[TW_S_TB] = mb * hb.d - s->G_ax;
  o->dH_a[TW_S_M] = dE;
  o->dH_b[TW_S_PA] = -ma * r;
  o->dH_b[TW_S_TA] = -ma * ha.d - s->G_ax;
  o->dH_b[TW_S_PB] = -mb * r;
  o->dH_b[TW_S_TB] = -mb * hb.d + s->G_ax + half * s->cj;
  o->dH_b[TW_S_M] = -dE + lift;
}

/* The stamps of rows H_a (1) and H_b (3) and masses of an element whose locals are {p_a, T_a, p_b, T_b} = 0..3 and whose
 * internal unknown m_dot has local number m. */
#define TW_STREAM_STAMPS(m) {0, (m)}, {1, 0}, {1, 1}, {1, 2}, {1, 3}, {1, (m)}, {2, (m)}, {3, 0}, {3, 1}, {3, 2}, {3, 3}, {3, (m)}
#define TW_STREAM_N_STAMPS 12
#endif
