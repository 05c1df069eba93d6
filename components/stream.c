#include "stream.h"

tw_vd tw_stream_weight(const tw_medium *medium, tw_real m_dot, tw_real G_ax) {
  /* The width is a number, not a variable: G_ax and cp at T_ref. */
  double width = TW_RE(G_ax) / medium->cp_ref;
  return tw_step(m_dot, width);
}

void tw_stream_eval(const tw_stream_in *s, tw_stream *o) {
  tw_vd ha = tw_enthalpy(s->medium, s->T_a), hb = tw_enthalpy(s->medium, s->T_b);
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
  o->stored = half * (s->Td_a + s->Td_b);
  o->lift = s->m_dot * lift;

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
