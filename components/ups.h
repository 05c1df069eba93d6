/* What the two files of the UPS share: ups.c, where it is explained, and ups_states.c. */
#ifndef TW_UPS_H
#define TW_UPS_H
#include "ac.h"

enum { P_S, P_P, P_U, P_MODE, P_EFF, P_A, P_B, P_C, P_NO_LOAD, P_PF, P_XOUT, P_R, P_X, P_ECO, P_BROWN, P_LMAX, P_PHASES,
       P_AUTONOMY, P_SOC, P_RESERVE, P_VMIN, P_VMAX, P_HYST, P_T_TRANSFER, P_T_RETURN, P_T_WALK, P_CHARGE, P_ETA_C, P_INVERTER,
       P_BYP_MIN, P_BYP_MAX, P_T_BYPASS, P_LONG, P_T_LONG, P_SHORT, P_T_SHORT, P_MOST, N_P,
       D_P = N_P, D_B, D_E, D_U0, D_TAN, D_G1, D_YR, D_YI, D_R, D_NL, D_FULL, D_END };
enum { DOUBLE_CONVERSION, ECO_MODE, BYPASS_MODE, OFF_MODE };


#define TAPER 0.2       /* of the capacity: over it the charge power falls to 0 (estimate: end of constant current) */
#define TAPER_END 2e-3  /* of the taper: over it the slope does */
#define TAPER_WIDE 0.05 /* half width of the corner where the taper begins */
#define LONG_AGO -1e9
#define NEVER -2e9
enum { AR, AI, BR, BI, HEAT, E };
enum { Z_STATE, Z_SINCE, Z_LONG, Z_SHORT, Z_CALM, Z_COUNT };
enum { ON_LINE, ECO, BYPASS, OFF, TRANSFER, ON_BATTERY, RETURNING, WALK_IN, EMPTY, RESTARTING, TO_BYPASS, STATIC_BYPASS, LOST };
enum { UPS_EVENTS = 13 };

/* ---- states -------------------------------------------------------------------------------------------------------------- */

static TW_INLINE int home_of(double mode) {
  static const int home[] = {ON_LINE, ECO, BYPASS, OFF};
  return home[(int)lround(mode)];
}

static TW_INLINE bool has_battery(const tw_eval *e, int i) { return TW_RE(e->p[D_FULL][i]) > 0.0; }

static TW_INLINE int state_of(const tw_eval *e, int i) { return (int)lround(e->z[Z_STATE][i]); }

/* What carries the output in a state. */
typedef struct {
  double inverter, path, eco; /* 1 or 0; eco: the standby loss */
  double rectifier, charger;  /* share of the converter's power taken from the input, of the charge power */
} route;

static TW_INLINE route route_of(const tw_eval *e, int i) {
  switch (state_of(e, i)) {
    case ON_LINE: return (route){1.0, 0.0, 0.0, 1.0, 1.0};
    case ECO: return (route){0.0, 1.0, 1.0, 0.0, 1.0};
    case STATIC_BYPASS: return (route){0.0, 1.0, 1.0, 0.0, 1.0};
    case TRANSFER: return (route){0.0, 1.0, 1.0, 0.0, 0.0};
    case BYPASS: return (route){0.0, 1.0, 0.0, 0.0, 0.0};
    case ON_BATTERY: case RETURNING: return (route){1.0, 0.0, 0.0, 0.0, 0.0};
    case WALK_IN: {
      double s = (e->t - e->z[Z_SINCE][i]) / TW_RE(e->p[P_T_WALK][i]);
      s = s <= 0.0 ? 0.0 : s >= 1.0 ? 1.0 : s;
      return (route){1.0, 0.0, 0.0, s, s};
    }
    default: return (route){0.0, 0.0, 0.0, 0.0, 0.0};
  }
}

/* ---- what it takes and gives ---------------------------------------------------------------------------------------------- */

typedef struct {
  route r;
  tw_real ir, ii;                 /* output current of the inverter at full input; zero without it, as what follows */
  tw_real Po, Po_i;               /* active output power, derivative to the output phasor; it has none to the real part */
  tw_loss_value L;                /* per rated power */
  tw_real P, P_Po;                /* converter power, and its derivative to Po */
  tw_vd q, g;                     /* share of the input, of the output; d to |v_in|^2 */
  tw_vd charge;                   /* power taken to charge, d to E */
  tw_real asked, asked_Po;        /* of the input, at its full voltage */
  tw_real lost;                   /* share of the charge power that becomes heat */
} conversion;

static TW_INLINE tw_vd charge_power(const tw_eval *e, int i, double share) {
  if (!has_battery(e, i)) return (tw_vd){0.0, 0.0};
  tw_real full = e->p[D_FULL][i], missing = (1.0 - e->x[E][i] / full) / TAPER;
  tw_vd slow = tw_one_way(missing, TAPER_END), most = tw_min_smooth(slow.v, 1.0, TAPER_WIDE);
  tw_real P = e->load_scale * share * e->p[P_CHARGE][i] * e->p[D_P][i];
  return (tw_vd){P * most.v, -P * most.d * slow.d / (TAPER * full)};
}

/* i = (E - v) / jX = -j b (E - v);  Re(v conj i) = -b E Im v. */
static TW_INLINE conversion conversion_at(const tw_eval *e, int i) {
  conversion c = {.r = route_of(e, i)};
  double on = c.r.inverter;
  tw_real b = on * e->p[D_B][i], E0 = e->p[D_E][i], n = e->p[P_PHASES][i], Pr = e->p[D_P][i];
  tw_real vr = e->x[BR][i], vi = e->x[BI][i], ar = e->x[AR][i], ai = e->x[AI][i];
  c.ir = -b * vi;
  c.ii = -b * (E0 - vr);
  c.Po = n * (vr * c.ir + vi * c.ii);
  c.Po_i = -n * b * E0;
  tw_loss_law law = {e->c[P_EFF][i], e->p[P_A][i], e->p[P_B][i], e->p[P_C][i], e->p[D_NL][i], 0.0, 0.0, 0.0};
  c.L = tw_loss_at(&law, c.Po / Pr);
  tw_vd P = tw_ramp(c.Po + Pr * c.L.v, 1e-3 * TW_RE(Pr));
  c.P = on * P.v;
  c.P_Po = on * P.d * (1.0 + c.L.x);
  c.q = tw_ac_share(ar * ar + ai * ai, e->p[D_U0][i]);
  c.g = has_battery(e, i) ? (tw_vd){1.0, 0.0} : c.q;
  c.charge = charge_power(e, i, c.r.charger);
  c.asked = c.r.rectifier * c.P + c.charge.v;
  c.asked_Po = c.r.rectifier * c.P_Po;
  c.lost = 1.0 - e->p[P_ETA_C][i];
  return c;
}

/* Output: current and power. */
typedef struct { tw_real r, i, P, Q; } ups_output;

static TW_INLINE ups_output output_of(const tw_eval *e, int i, const conversion *c) {
  tw_real br = e->x[BR][i], bi = e->x[BI][i], dr = e->x[AR][i] - br, di = e->x[AI][i] - bi, n = e->p[P_PHASES][i];
  tw_real g = c->r.path * e->p[D_YR][i], h = c->r.path * e->p[D_YI][i];
  ups_output o = {.r = c->g.v * c->ir + g * dr - h * di, .i = c->g.v * c->ii + h * dr + g * di};
  o.P = n * (br * o.r + bi * o.i);
  o.Q = n * (bi * o.r - br * o.i);
  return o;
}

#define tw_ups_events TW_SYM(tw_ups_events)
void tw_ups_events(const tw_eval *e, tw_real *const *g);
#define tw_ups_react TW_SYM(tw_ups_react)
int tw_ups_react(const tw_eval *e, double *const *z);
#endif
