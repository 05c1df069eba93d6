/* Conductors that heat themselves: what cable, busway, switchgear (AC) and contact, dc-cable (DC) share.
 *
 * R(T) = R20 [1 + alpha (T - 20 degC)] + R_joint, i = (v_a - v_b) / (R + jX) per phase; the loss heats one node T of the
 * conductor, which gives it to the heat port: C dT/dt = loss - G_th (T - T_heat). IEC 60287-1-1:2023 (resistance and thermal
 * circuit, screen and dielectric losses left out). R20 of an AC conductor includes skin effect.
 *
 * Local unknowns: AC  a (Re, Im), b (Re, Im), heat, T;  DC  a, b, heat, T. The derived parameters below stand from
 * p[first] on, all per phase and for all parallel runs together. */
#ifndef TW_LINE_H
#define TW_LINE_H
#include "ac.h"

enum { TW_LINE_R20, TW_LINE_RJ, TW_LINE_X, TW_LINE_ALPHA, TW_LINE_GTH, TW_LINE_C, TW_LINE_OPEN, TW_LINE_PHASES, TW_LINE_DERIVED };
enum { TW_LINE_AR, TW_LINE_AI, TW_LINE_BR, TW_LINE_BI, TW_LINE_HEAT, TW_LINE_T };       /* AC locals */
enum { TW_LINE_DA, TW_LINE_DB, TW_LINE_DHEAT, TW_LINE_DT };                             /* DC locals */

#define TW_LINE_AC_STAMPS \
  {0, 0}, {0, 1}, {0, 2}, {0, 3}, {1, 0}, {1, 1}, {1, 2}, {1, 3}, {2, 0}, {2, 1}, {2, 2}, {2, 3}, {3, 0}, {3, 1}, {3, 2}, \
      {3, 3}, {0, 5}, {1, 5}, {2, 5}, {3, 5}, {4, 4}, {4, 5}, {5, 0}, {5, 1}, {5, 2}, {5, 3}, {5, 4}, {5, 5}
#define TW_LINE_DC_STAMPS {0, 0}, {0, 1}, {0, 3}, {1, 0}, {1, 1}, {1, 3}, {2, 2}, {2, 3}, {3, 0}, {3, 1}, {3, 2}, {3, 3}

#define TW_LINE_UNKNOWNS {"T", "K", true, 320, 200, 700, "conductor temperature"}
#define TW_LINE_ROWS {"energy", "W", 10, 1e-7}

/* rho20 of copper times its heat capacity per volume: over R20 [ohm/m] it is the heat capacity of a copper conductor per metre.
 * IEC 60028: 1.7241e-8 ohm m; IEC 60949, table 1: 3.45e6 J/m3K. */
#define TW_COPPER_RC (1.7241e-8 * 3.45e6)

typedef struct { tw_real loss, i, R, T; } tw_line_state; /* W, A rms of one phase (signed from a to b for DC), ohm, K */

#define tw_line_ac_eval TW_SYM(tw_line_ac_eval)
void tw_line_ac_eval(const tw_eval *e, int first);
#define tw_line_ac_state TW_SYM(tw_line_ac_state)
tw_line_state tw_line_ac_state(const tw_eval *e, int first, int instance);
/* |v_a| - |v_b|, line-to-line, V. */
#define tw_line_ac_drop TW_SYM(tw_line_ac_drop)
tw_real tw_line_ac_drop(const tw_eval *e, int first, int instance);
#define tw_line_dc_eval TW_SYM(tw_line_dc_eval)
void tw_line_dc_eval(const tw_eval *e, int first);
#define tw_line_dc_state TW_SYM(tw_line_dc_state)
tw_line_state tw_line_dc_state(const tw_eval *e, int first, int instance);
/* balance of either; T is the local number of the temperature. */
#define tw_line_balance TW_SYM(tw_line_balance)
void tw_line_balance(const tw_eval *e, int first, int T, tw_real *const *b);
#endif
