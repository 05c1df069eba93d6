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
} tw_stream_in;

enum { TW_S_PA, TW_S_TA, TW_S_PB, TW_S_TB, TW_S_M, TW_S_VARS };

typedef struct {
  tw_real H_a, H_b;           /* rows: enthalpy flow into the element at a and b, storage included */
  tw_real w;                  /* 1 when all comes from a, 0 when all comes from b */
  tw_real dw;                 /* dw/dm_dot */
  tw_real T_up;               /* w T_a + (1 - w) T_b, K: temperature of the inflow */
  tw_real stored, lift;       /* balance terms */
  tw_real dH_a[TW_S_VARS], dH_b[TW_S_VARS]; /* derivatives, storage with cj included */
} tw_stream;

/* Share of the inflow that comes from a: the blend w(m_dot) and its derivative. */
#define tw_stream_weight TW_SYM(tw_stream_weight)
tw_vd tw_stream_weight(const tw_medium *medium, tw_real m_dot, tw_real G_ax);

#define tw_stream_eval TW_SYM(tw_stream_eval)
void tw_stream_eval(const tw_stream_in *in, tw_stream *out);

/* The stamps of rows H_a (1) and H_b (3) and masses of an element whose locals are {p_a, T_a, p_b, T_b} = 0..3 and whose
 * internal unknown m_dot has local number m. */
#define TW_STREAM_STAMPS(m) {0, (m)}, {1, 0}, {1, 1}, {1, 2}, {1, 3}, {1, (m)}, {2, (m)}, {3, 0}, {3, 1}, {3, 2}, {3, 3}, {3, (m)}
#define TW_STREAM_N_STAMPS 12
#endif
