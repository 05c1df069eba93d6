/* Heat between a wall of one temperature and the stream that passes it: cold plates and air paths.
 *
 * Convection: Q = g (T_wall - T_up), T_up the temperature of the inflow, carried away at the outflow end (the stream's blend w).
 * g = eps m cp never exceeds the capacity flow of the stream, so that no outlet is hotter than the wall (second law).
 * Stagnant coolant: the wall is joined to the hold-up at both ends by G_stagnant / 2 each, fading with flow as
 * 1 / (1 + (m_dot cp / G_stagnant)^2)^2, so that a plate without flow still heats its coolant and rated figures are untouched. */
#ifndef TW_EXCHANGE_H
#define TW_EXCHANGE_H
#include "stream.h"

/* Definition of a thermal resistance R to a coolant of capacity flow C, and what it means for eps = g / C, N = 1 / (R C):
 * mean      R = (T_wall - (T_in + T_out) / 2) / Q:  eps = N / (1 + N / 2), which holds up to N = 1; above, where the linear
 *           profile would pass the wall's temperature at N = 2, it goes on C1 as 1 - exp(-4/3 (N - 1)) / 3
 * inlet     R = (T_wall - T_in) / Q:  eps = N, which holds up to 0.98; above it goes on C1 to 1
 * log-mean  isothermal wall:  eps = 1 - exp(-N)   (Kays and London, Compact Heat Exchangers, C_max / C_min = infinite) */
typedef enum { TW_BASIS_MEAN, TW_BASIS_INLET, TW_BASIS_LOG_MEAN } tw_basis;

/* Of basis mean up to N = 1. */
static TW_INLINE tw_vd tw_mean_effectiveness(tw_real N) {
  tw_real r = 1.0 / (1.0 + 0.5 * N);
  return (tw_vd){N * r, r * r};
}

static TW_INLINE tw_vd tw_wall_effectiveness(tw_basis basis, tw_real N) {
  if (basis == TW_BASIS_INLET) {
    if (TW_RE(N) <= 0.98) return (tw_vd){N, 1.0};
    tw_real e = tw_exp((0.98 - N) / 0.02);
    return (tw_vd){1.0 - 0.02 * e, e};
  }
  if (basis == TW_BASIS_LOG_MEAN) {
    tw_real e = tw_exp(-N);
    return (tw_vd){N * tw_phi(N).v, e};
  }
  if (TW_RE(N) <= 1.0) return tw_mean_effectiveness(N);
  tw_real e = tw_exp(-4.0 / 3.0 * (N - 1.0)) / 3.0;
  return (tw_vd){1.0 - e, 4.0 / 3.0 * e};
}

enum { TW_X_TA, TW_X_TB, TW_X_M, TW_X_TW, TW_X_VARS }; /* variables of the derivatives below */

typedef struct {
  tw_real T_a, T_b, m_dot, T_wall;
  tw_real w;           /* of tw_stream */
  double dw;
  tw_real g;           /* W/K */
  double dg[3];        /* to T_a, T_b, m_dot */
  tw_real G_stagnant;  /* W/K */
  double cp_ref;       /* J/kgK, sets the width of the fade, a number */
} tw_exchange_in;

typedef struct {
  tw_real Q_a, Q_b;    /* W from the wall into the stream at each end: subtract from the rows H_a and H_b */
  double dQ_a[TW_X_VARS], dQ_b[TW_X_VARS];
} tw_exchange;

static TW_INLINE void tw_exchange_eval(const tw_exchange_in *s, tw_exchange *o) {
  tw_real dT = s->T_wall - (s->w * s->T_a + (1.0 - s->w) * s->T_b), Q = s->g * dT;
  tw_real r = s->cp_ref / s->G_stagnant, u = 1.0 + s->m_dot * s->m_dot * r * r, k = 0.5 * s->G_stagnant / (u * u);
  tw_real da = s->T_wall - s->T_a, db = s->T_wall - s->T_b;
  o->Q_a = (1.0 - s->w) * Q + k * da;
  o->Q_b = s->w * Q + k * db;

  double w = TW_RE(s->w), g = TW_RE(s->g), D = TW_RE(dT), K = TW_RE(k);
  double dk = -4.0 * K * TW_RE(s->m_dot * r * r / u);
  double q[TW_X_VARS] = {s->dg[0] * D - g * w, s->dg[1] * D - g * (1.0 - w),
                         s->dg[2] * D - g * s->dw * TW_RE(s->T_a - s->T_b), g};
  for (int v = 0; v < TW_X_VARS; v++) {
    o->dQ_a[v] = (1.0 - w) * q[v];
    o->dQ_b[v] = w * q[v];
  }
  o->dQ_a[TW_X_M] += dk * TW_RE(da) - s->dw * TW_RE(Q);
  o->dQ_b[TW_X_M] += dk * TW_RE(db) + s->dw * TW_RE(Q);
  o->dQ_a[TW_X_TA] -= K;
  o->dQ_b[TW_X_TB] -= K;
  o->dQ_a[TW_X_TW] += K;
  o->dQ_b[TW_X_TW] += K;
}
#endif
