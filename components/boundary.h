/* Where a fluid net meets the outside: what flows in has a given temperature, what flows out takes that of the node.
 * The stream of stream.h between the node and an outside at the same pressure: upwind blend and conduction included. */
#ifndef TW_BOUNDARY_H
#define TW_BOUNDARY_H
#include "flow.h"

typedef struct { tw_real H, d_p, d_T, d_m; } tw_boundary; /* enthalpy flow into the component, derivatives to the node and m */

/* m: mass flow from the node to the outside; T_outside: temperature of inflow from there. */
static inline tw_boundary tw_boundary_flow(
    const tw_medium *medium, tw_real p, tw_real T, tw_real m, tw_real T_outside, tw_real G) {
  tw_stream_in in = {medium, p, T, p, T_outside, 0.0, 0.0, m, G, 0.0, 0.0, 0.0, TW_ANY_FORM};
  tw_stream s;
  tw_stream_eval(&in, &s);
  return (tw_boundary){s.H_a, s.dH_a[TW_S_PA] + s.dH_a[TW_S_PB], s.dH_a[TW_S_TA], s.dH_a[TW_S_M]};
}

#define TW_PARAM_G_BOUNDARY                                                                                                      \
  {                                                                                                                              \
    "G_axial", "W/K", "0.05 W/K", TW_NUMBER, 1e-6, 1e3, 0, "conduction to the outside, all that is left without flow", NULL,     \
        NULL, NULL                                                                                                               \
  }
#define TW_PARAM_P(dflt, doc) {"p", "Pa", dflt, TW_NUMBER, 1e3, 1e8, TW_P_TIMED, doc, NULL, NULL, NULL}
#define TW_PARAM_T(doc) {"T", "K", NULL, TW_NUMBER, 200, 500, TW_P_TIMED, doc, NULL, NULL, NULL}
#endif
