/* Effectiveness-NTU of two-stream heat exchangers, written as the conductance g = eps C_min [W/K], so that
 * Q = g (T_in1 - T_in2).  Sources: Kays and London, Compact Heat Exchangers, 3rd ed. (1984), table 2-2; Incropera, Fundamentals
 * of Heat and Mass Transfer, table 11.3. */
#ifndef TW_EFFECTIVENESS_H
#define TW_EFFECTIVENESS_H
#include "smooth.h"

typedef enum {
  TW_HX_COUNTER, TW_HX_PARALLEL, TW_HX_CROSS_BOTH_UNMIXED,
  TW_HX_CROSS_MIXED_1,  /* stream 1 mixed, 2 unmixed: "C_min mixed" while C1 < C2, "C_min unmixed" while C1 > C2 */
  TW_HX_CROSS_MIXED_2,
  TW_HX_PHASE_CHANGE_1  /* stream 1 condenses or boils: only C2 counts */
} tw_hx_arrangement;

typedef struct { tw_real g, d1, d2, dUA; } tw_hx; /* conductance and its derivatives to C1, C2 and UA */

/* C1, C2 [W/K] > 0, UA [W/K] >= 0. C1 in all arguments, finite at C1 = C2 (where the textbook's counterflow is 0/0).
 * cross-both-unmixed is the usual fit of one term, whose slope jumps where C_min changes side: |C1 - C2| below 1 % of the sum is
 * rounded; at small NTU the fit is poor (below parallel flow), as its sources say. */
#define tw_hx_conductance TW_SYM(tw_hx_conductance)
tw_hx tw_hx_conductance(tw_hx_arrangement arrangement, tw_real C1, tw_real C2, tw_real UA);
#endif
