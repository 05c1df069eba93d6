/* What the two files of the power supply share: psu.c, where it is explained, and psu_states.c. */
#ifndef TW_PSU_H
#define TW_PSU_H
#include "supply.h"

enum { P_RATED, P_V_NL, P_V_FL, P_EFF, P_SHARE, P_A, P_B, P_C, P_NO_LOAD, P_ALPHA, P_TREF, P_PF, P_PF_CURVE, P_VMIN, P_VMAX,
       P_VBROWN, P_HOLD_UP, P_RECHARGE, P_ILIMIT, P_IMAX, P_LMAX, P_TDERATE, P_DERATE, P_TMAX, P_STATE, P_PHASES,
       P_SPARE_BELOW, P_SPARE_ABOVE, P_T_SPARE, P_P_SPARE, P_T_TRIP, P_V_DROP, P_I_IN, P_V_RESTART, P_T_BROWN, N_P,
       D_R = N_P, D_I, D_U_OFF, D_U_ON, D_MOST, D_X_MOST, D_TAN, D_ON, D_NL, D_FULL, D_END };

#define T_BLEED 600.0 /* s, of the bulk capacitor without input */
#define WINDOW 0.02   /* share of E_full over which the output fades */
#define LOCKOUT (0.5 * WINDOW)
#define RESTART 0.9
#define HALF 0.5
#define DEAD 0.25     /* of V_brownout squared, below which the input current falls to 0 with the voltage */
enum { VR, VI, OUT, HEAT, E };
/* Only told, the law is the same: the corners of supply.h are 0.5 % of the rated current, and 0.2 %, wide on either side. */
#define LIMITED_FROM 1.0
#define LIMITED_TO 0.98
enum { ON, LIMITED, INPUT_LIMITED, INPUT_OFF, SPARE, TRIPPED, EMPTY };
/* Of the input: takes what is asked; is at its limit while the capacitor gives the rest; carries the output alone, which is held
 * at what it can; is cut off. */
enum { IN_FULL, IN_LIMITED, IN_HELD, IN_OFF };
enum { Z_STATE, Z_LOW, Z_DROP, Z_INPUT, Z_DIP, Z_COUNT };
#define NOT_LOW -1e9
#define LOW_ENDS 1.02 /* of spare_below: share at which it is not low any more */
#define DIP_ENDS 1.01 /* of V_brownout squared: where a dip ends */
enum { PSU_EVENTS = 11 };

/* Gives nothing: a spare, tripped or empty. */
static TW_INLINE bool is_idle(const tw_eval *e, int i) { return e->z[Z_STATE][i] > SPARE - 0.5 && TW_RE(e->p[D_ON][i]) > 0.5; }

static TW_INLINE bool is_out(const tw_eval *e, int i) { return e->z[Z_STATE][i] > SPARE + 0.5; }

static TW_INLINE bool is_empty(const tw_eval *e, int i) { return e->z[Z_STATE][i] > TRIPPED + 0.5; }

static TW_INLINE bool is_spare(const tw_eval *e, int i) { return is_idle(e, i) && !is_out(e, i); }

/* Charge of the bulk capacitor; 1 without one. */
static TW_INLINE tw_real charge(const tw_eval *e, int i) {
  return TW_RE(e->p[D_FULL][i] * e->p[D_ON][i]) > 0.0 ? e->x[E][i] / e->p[D_FULL][i] : 1.0;
}

static TW_INLINE bool is_cut_off(const tw_eval *e, int i) { return e->z[Z_INPUT][i] > IN_HELD + 0.5; }

/* No curve, no bulk capacitor, in service. Where all units are, `plain` is a constant of the caller below, and
 * the loop over them has no branches. */
static TW_INLINE bool is_plain(const tw_eval *e, int i) {
  return !e->c[P_EFF][i] && !e->c[P_PF_CURVE][i] && !(TW_RE(e->p[D_FULL][i]) > 0.0) && !is_idle(e, i) && !is_cut_off(e, i);
}

static TW_INLINE tw_real no_load(const tw_eval *e, int i) {
  return e->z[Z_DROP][i] > 0.5 ? e->p[P_V_NL][i] - e->p[P_V_DROP][i] : e->p[P_V_NL][i];
}

static TW_INLINE int input_of(const tw_eval *e, int i) { return (int)lround(e->z[Z_INPUT][i]); }

static TW_INLINE tw_vd input_most(const tw_eval *e, int i, tw_real u, tw_real at_V_min) {
  return tw_input_most(u, at_V_min, e->p[P_VMIN][i], DEAD * e->p[D_U_OFF][i]);
}

/* Output power that the input carries. What a capacitor has goes out at any power, until it has nothing. */
static TW_INLINE tw_vd most_of(const tw_eval *e, int i, bool plain, tw_real u) {
  if (!plain && TW_RE(e->p[D_FULL][i]) > 0.0 && input_of(e, i) != IN_HELD) return (tw_vd){INFINITY, 0.0};
  return input_most(e, i, u, e->p[P_RATED][i] * e->p[D_X_MOST][i]);
}

static TW_INLINE tw_supply supply_of(const tw_eval *e, int i, bool plain, tw_real most) {
  return (tw_supply){.V_no_load = no_load(e, i), .R = e->p[D_R][i], .P = e->p[P_RATED][i], .on = e->p[D_ON][i],
                     .I_limit = e->p[P_ILIMIT][i], .most = most,
                     .I_rated = TW_RE(e->p[D_I][i]), .tan_phi = e->p[D_TAN][i],
                     .power_factor = plain ? NULL : e->c[P_PF_CURVE][i],
                     .law = {plain ? NULL : e->c[P_EFF][i],
                             e->p[P_A][i], e->p[P_B][i], e->p[P_C][i], e->p[D_NL][i], e->p[P_SHARE][i],
                             e->p[P_ALPHA][i], e->x[HEAT][i] - e->p[P_TREF][i]}};
}

/* Of the unit with its input: a spare gives nothing and takes P_spare. */
static TW_INLINE tw_supply_demand demand_at(const tw_eval *e, int i, bool plain, const tw_supply *s) {
  if (plain || !is_idle(e, i)) return tw_supply_at(s, e->x[OUT][i]);
  if (is_out(e, i)) return (tw_supply_demand){.P = 0.0};
  return (tw_supply_demand){.P = e->p[P_P_SPARE][i], .Q = s->tan_phi * e->p[P_P_SPARE][i]};
}

/* What lies between input and output: the share g that the output gets, the power asked of the input, the bleeder. */
typedef struct {
  bool bulk;
  tw_real P, P_E, P_u, Q, Q_E, Q_u; /* asked of the input: A + jB */
  double share;                /* its derivatives to bus voltage and temperature over those of the demand */
  tw_real q, q_u, q_A;         /* share of it that the input stage takes; 0 when cut off */
  tw_vd fade;                  /* and what of this is left in a voltage near 0 */
  tw_real g, g_u, g_E;
  tw_real most_u;              /* of most_of */
  tw_real bleed, bleed_u, bleed_E;
} link;

/* Share of what is asked that the input gives. */
static TW_INLINE tw_real taken(const link *w) { return w->q * w->fade.v; }

static TW_INLINE link link_at(const tw_eval *e, int i, bool plain, tw_real u, const tw_supply_demand *d, tw_real most_u) {
  tw_real full = e->p[D_FULL][i], on = e->p[D_ON][i];
  double in = plain || !is_cut_off(e, i) ? 1.0 : 0.0;
  tw_vd fade = tw_ac_share(u, DEAD * e->p[D_U_OFF][i]);
  link w = {.P = d->P, .P_u = d->P_m * most_u, .Q = d->Q, .Q_u = d->Q_m * most_u, .share = 1.0, .q = in, .fade = fade,
            .g = in * fade.v, .g_u = in * fade.d, .most_u = most_u};
  if (plain || !(TW_RE(full) > 0.0)) return w;
  tw_vd g = tw_step(e->x[E][i] / full - 0.5 * WINDOW, 0.5 * WINDOW);
  tw_real r = on * (full - e->x[E][i]) / e->p[P_RECHARGE][i], r_E = -on / e->p[P_RECHARGE][i], t = e->p[D_TAN][i];
  w.bulk = true;
  w.share = TW_RE(g.v);
  w.g = g.v, w.g_u = 0.0, w.g_E = g.d / full;
  w.P = g.v * d->P + r, w.P_E = w.g_E * d->P + r_E, w.P_u *= g.v;
  w.Q = g.v * d->Q + t * r, w.Q_E = w.g_E * d->Q + t * r_E, w.Q_u *= g.v;
  w.bleed_E = (1.0 - in * fade.v * on) / T_BLEED;
  w.bleed = w.bleed_E * e->x[E][i];
  w.bleed_u = -in * fade.d * on * e->x[E][i] / T_BLEED;
  if (input_of(e, i) != IN_LIMITED) return w;
  tw_vd y = input_most(e, i, u, e->p[D_MOST][i]);
  tw_share q = tw_share_of(w.P, y.v);
  w.q = q.v, w.q_u = q.most * y.d, w.q_A = q.asked;
  return w;
}

/* All of it, at one instance. */
typedef struct { tw_supply s; tw_supply_demand d; link w; } psu_unit;

static TW_INLINE psu_unit unit_at(const tw_eval *e, int i, bool plain) {
  tw_real vr = e->x[VR][i], vi = e->x[VI][i], u = vr * vr + vi * vi;
  tw_vd most = most_of(e, i, plain, u);
  psu_unit x = {.s = supply_of(e, i, plain, most.v)};
  x.d = demand_at(e, i, plain, &x.s);
  x.w = link_at(e, i, plain, u, &x.d, most.d);
  return x;
}

/* Current that the droop asks for at the voltage of the bus, over a given one; 0 where the unit is off. */
static TW_INLINE tw_real asked(const tw_eval *e, int i, tw_real of) {
  return e->p[D_ON][i] * (no_load(e, i) - e->x[OUT][i]) / (e->p[D_R][i] * of);
}

#define tw_psu_events TW_SYM(tw_psu_events)
void tw_psu_events(const tw_eval *e, tw_real *const *g);
#define tw_psu_react TW_SYM(tw_psu_react)
int tw_psu_react(const tw_eval *e, double *const *z);
#endif
