#include "supply.h"

/* Power supply, AC to DC, with droop. Averaged over the mains period.
 *
 * Demand at full input: supply.h, with R = (V_no_load - V_full_load) V_full_load / P_rated. With x = v i0 / P_rated the loss L is
 * P_rated (loss_a + loss_b x + loss_c k x^2), k = 1 + alpha (T - T_ref), or x P_rated (1/efficiency(x) - 1), of which
 * conduction_share follows k.
 * Input: the power q P0 and the reactive power that belongs to the power factor. q = 1 above V_brownout; below, it falls with the
 * voltage as in ac.h, and i = q i0, loss = q L with it, so that power is conserved at any input voltage: a dead feed gives and
 * takes nothing.
 * With a hold-up time there is a bulk capacitor between the two, and the output follows its energy E, not the input:
 *     i = g(E) i0, loss = g L;  input q (g P0 + r),  r = (E_full - E) / t_recharge
 *     dE/dt = q (g P0 + r) - g P0 - (1 - q) E / T_BLEED
 * g is 1 but in the last 2 % of E_full, where it falls to 0; the other 98 % carry rated output for hold_up. So at full input E
 * stays at E_full and nothing differs from a supply without it; without input it lasts, then the output is lost: in the middle of
 * the 2 % an undervoltage lockout ends it, until the capacitor is charged to RESTART again. What the bleeder takes is heat.
 * With V_drop the output voltage is lowered when half of E is used, so that the bus falls to where a battery on it takes over
 * (Aydin, Soin, OCP Global Summit 2023, notes 6 and 7: 3 V within 1 ms, here at once), until the capacitor is at RESTART again.
 * The input leaks TW_LEAK and the output TW_SUPPLY_BLEED, the only currents of a unit that is off or failed. All loss goes to
 * the heat port, whose temperature is the unit's. With I_limit the output current is held there (supply.h).
 * Hot spare (cold redundancy), with spare_below: units in parallel read their common load from the voltage of the bus,
 * s = (V_no_load - v) / (V_no_load - V_full_load). A unit at s <= spare_below for t_spare becomes a spare: no output, P_spare
 * from the mains, capacitor charged. It wakes at once at s >= spare_above, when the others carry too much or one is lost.
 * When its surroundings reach T_trip the unit switches off, input and output, until it is repaired. */

enum { P_RATED, P_V_NL, P_V_FL, P_EFF, P_SHARE, P_A, P_B, P_C, P_NO_LOAD, P_ALPHA, P_TREF, P_PF, P_PF_CURVE, P_VMIN, P_VMAX,
       P_VBROWN, P_HOLD_UP, P_RECHARGE, P_ILIMIT, P_IMAX, P_LMAX, P_TDERATE, P_DERATE, P_TMAX, P_STATE, P_PHASES,
       P_SPARE_BELOW, P_SPARE_ABOVE, P_T_SPARE, P_P_SPARE, P_T_TRIP, P_V_DROP, N_P,
       D_R = N_P, D_I, D_U0, D_TAN, D_ON, D_NL, D_FULL, D_END };

#define T_BLEED 600.0 /* s, of the bulk capacitor without input */
#define WINDOW 0.02   /* share of E_full over which the output fades */
#define LOCKOUT (0.5 * WINDOW)
#define RESTART 0.9
#define HALF 0.5

static const tw_param params[] = {
    {"P_rated", "W", NULL, TW_NUMBER, 1, 1e7, 0, "rated output power", NULL, NULL, NULL},
    {"V_no_load", "V", NULL, TW_NUMBER, 1, 1e4, TW_P_TIMED, "output voltage without load", NULL, NULL, NULL},
    {"V_full_load", "V", NULL, TW_NUMBER, 1, 1e4, TW_P_TIMED, "output voltage at rated power, below V_no_load", NULL, NULL, NULL},
    {"efficiency", "1", NULL, TW_CURVE, 0.01, 1, TW_P_OPTIONAL, "efficiency over output power / P_rated", NULL, NULL, "1"},
    {"conduction_share", "1", "0", TW_NUMBER, 0, 1, 0, "share of the curve's loss that follows the temperature", NULL, NULL,
     NULL},
    {"loss_a", "1", NULL, TW_NUMBER, 0, 1, TW_P_OPTIONAL, "no-load loss / P_rated, instead of a curve", NULL, NULL, NULL},
    {"loss_b", "1", "0", TW_NUMBER, 0, 1, 0, "loss in proportion to load / P_rated, at full load", NULL, NULL, NULL},
    {"loss_c", "1", "0", TW_NUMBER, 0, 1, 0, "loss in proportion to load squared / P_rated, at full load and T_ref", NULL, NULL,
     NULL},
    {"P_no_load", "W", "0 W", TW_NUMBER, 0, 1e6, 0, "no-load loss beside a curve; it fades out at the curve's first point", NULL,
     NULL,
     NULL},
    {"alpha", "1/K", "0 1/K", TW_NUMBER, 0, 0.02, 0, "temperature coefficient of the conduction part", NULL, NULL, NULL},
    {"T_ref", "K", "25 degC", TW_NUMBER, 200, 400, 0, "temperature of the loss figures", NULL, NULL, NULL},
    {"power_factor", "1", "1", TW_NUMBER, 0.1, 1, 0, "input power factor, lagging", NULL, NULL, NULL},
    {"power_factor_curve", "1", NULL, TW_CURVE, 0.1, 1, TW_P_OPTIONAL, "input power factor over output power / P_rated", NULL,
     NULL, "1"},
    {"V_in_min", "V", NULL, TW_NUMBER, 1, 1e5, 0, "lowest permitted input voltage, line-to-neutral", NULL, NULL, NULL},
    {"V_in_max", "V", NULL, TW_NUMBER, 1, 1e5, 0, "highest permitted input voltage, line-to-neutral", NULL, NULL, NULL},
    {"V_brownout", "V", NULL, TW_NUMBER, 0.5, 1e5, TW_P_OPTIONAL,
     "input voltage below which output is lost, line-to-neutral; 0.9 V_in_min when absent", NULL, NULL, NULL},
    {"hold_up", "s", NULL, TW_NUMBER, 1e-5, 100, TW_P_OPTIONAL,
     "time for which it carries rated power without input; none if absent: the output falls with the input", NULL, NULL, NULL},
    {"t_recharge", "s", "0.5 s", TW_NUMBER, 1e-4, 1e4, 0, "time constant with which the bulk capacitor is recharged", "estimate",
     NULL, NULL},
    {"I_limit", "A", NULL, TW_NUMBER, 0.01, 1e6, TW_P_OPTIONAL, "current at which the output is held; no limit if absent", NULL,
     NULL, NULL},
    {"I_max", "A", NULL, TW_NUMBER, 0.01, 1e6, TW_P_OPTIONAL, "permitted output current", NULL, NULL, NULL},
    {"load_max", "1", "1", TW_NUMBER, 0.01, 10, 0, "permitted output power over the derated rating", NULL, NULL, NULL},
    {"T_derate", "K", "50 degC", TW_NUMBER, 250, 400, 0, "temperature from which the rating falls", NULL, NULL, NULL},
    {"derating", "1/K", "0 1/K", TW_NUMBER, 0, 1, 0, "share of the rating lost per kelvin above T_derate", NULL, NULL, NULL},
    {"T_max", "K", NULL, TW_NUMBER, 250, 400, TW_P_OPTIONAL, "highest permitted temperature of its surroundings", NULL, NULL,
     NULL},
    {"state", "1", "on", TW_ENUM, 0, 2, TW_P_TIMED, "off and failed: no current on either side", NULL, "on|off|failed", NULL},
    TW_PARAM_PHASES,
    {"spare_below", "1", NULL, TW_NUMBER, 0, 0.95, TW_P_OPTIONAL,
     "share of rated current, by its droop, below which it becomes a spare; never if absent", NULL, NULL, NULL},
    {"spare_above", "1", NULL, TW_NUMBER, 0.01, 1, TW_P_OPTIONAL, "share of the units beside it at which a spare wakes", NULL,
     NULL, NULL},
    {"t_spare", "s", "10 s", TW_NUMBER, 1e-3, 1e5, 0, "how long the share must be low", "estimate", NULL, NULL},
    {"P_spare", "W", "5 W", TW_NUMBER, 0, 1e5, 0, "power that a spare takes from the mains", "estimate", NULL, NULL},
    {"T_trip", "K", NULL, TW_NUMBER, 200, 500, TW_P_OPTIONAL, "temperature of its surroundings at which it switches itself off",
     NULL, NULL, NULL},
    {"V_drop", "V", NULL, TW_NUMBER, 0.01, 100, TW_P_OPTIONAL,
     "how far the output voltage is lowered when half of the energy for hold_up is used; not if absent", NULL, NULL, NULL},
    {0}};
enum { VR, VI, OUT, HEAT, E };
static const tw_port ports[] = {
    {"in", TW_AC, TW_R_FEED_IN, 0, NULL, NULL, "mains input"},
    {"out", TW_DC, TW_R_FEED_OUT | TW_R_REFERENCE, 0, NULL, NULL, "output, against ground"},
    {"heat", TW_HEAT, TW_R_OPTIONAL, 0, NULL, NULL, "where its loss goes"},
    {0}};
static const tw_unknown unknowns[] = {{"E", "J", true, 100, 0, 1e10, "energy of the bulk capacitor"}, {0}};
static const tw_row rows[] = {{"bulk", "W", 1e3, 1e-6}, {0}};
enum { O_CONDUCTION, O_CONVERSION, O_ETA, O_LOAD, O_LOAD_DERATED, O_V_OUT, O_I_OUT, O_P_OUT, O_P_IN, O_Q_IN, O_I_IN, O_V_IN, O_PF,
       O_INPUT, O_OUTPUT, O_ENERGY, O_T };
static const tw_quantity outputs[] = {
    {"loss_conduction", "W", TW_Q_LOSS, TW_L_CONDUCTION, "part of the loss that follows current and temperature"},
    {"loss_conversion", "W", TW_Q_LOSS, TW_L_CONVERSION, "rest of the loss"},
    {"efficiency", "1", TW_Q_PLAIN, TW_L_NONE, "power out over power in, 0 without power"},
    {"load", "1", TW_Q_PLAIN, TW_L_NONE, "output power over rated power"},
    {"load_derated", "1", TW_Q_PLAIN, TW_L_NONE, "output power over the rating left at its temperature"},
    {"v_out", "V", TW_Q_PLAIN, TW_L_NONE, "output voltage"},
    {"i_out", "A", TW_Q_PLAIN, TW_L_NONE, "output current"},
    {"p_out", "W", TW_Q_PLAIN, TW_L_NONE, "output power"},
    {"p_in", "W", TW_Q_PLAIN, TW_L_NONE, "active input power"},
    {"q_in", "var", TW_Q_PLAIN, TW_L_NONE, "reactive input power"},
    {"i_in", "A", TW_Q_PLAIN, TW_L_NONE, "input current of one phase, rms"},
    {"v_in", "V", TW_Q_PLAIN, TW_L_NONE, "input voltage, line-to-neutral"},
    {"power_factor", "1", TW_Q_PLAIN, TW_L_NONE, "input power factor, 0 without power"},
    {"input_share", "1", TW_Q_PLAIN, TW_L_NONE, "share of the demand that the input voltage supports; 1 above V_brownout"},
    {"output_share", "1", TW_Q_PLAIN, TW_L_NONE, "share of what the bus asks for that it gives"},
    {"energy", "J", TW_Q_PLAIN, TW_L_NONE, "in the bulk capacitor above the end of hold-up; 0 without hold-up"},
    {"T", "K", TW_Q_TEMPERATURE, TW_L_NONE, "temperature of its surroundings (heat port)"},
    {0}};
static const tw_limit limits[] = {
    {"load_derated", "load_max", TW_AT_MOST, "rated power at its temperature"},
    {"i_out", "I_max", TW_AT_MOST, "output current"},
    {"v_in", "V_in_min", TW_AT_LEAST, "input voltage window, lower end"},
    {"v_in", "V_in_max", TW_AT_MOST, "input voltage window, upper end"},
    {"T", "T_max", TW_AT_MOST, "temperature of its surroundings"},
    {0}};
/* Only told, the law is the same: the corner of supply.h is 0.5 % of the rated current wide on either side. */
#define LIMITED_FROM 1.0
#define LIMITED_TO 0.98
enum { ON, LIMITED, SPARE, TRIPPED, EMPTY };
enum { Z_STATE, Z_LOW, Z_DROP };
static const tw_discrete discrete[] = {
    {"state", "on|current-limited|spare|tripped|empty",
     "output current below I_limit, and load for it|output current at I_limit|share of the load below spare_below for t_spare|"
     "T reached T_trip|bulk capacitor empty, input lost",
     "current-limited: from I_limit asked for, to 98 % of it; spare: from spare_below to spare_above; tripped: until it is "
     "repaired; empty: until the bulk capacitor is charged again",
     false},
    {"low", NULL, NULL, "since when its share is low [s]", true},
    {"output", "full|lowered", "bulk capacitor charged|half of the energy for hold-up used",
     "lowered by V_drop, for a battery to take over", false},
    {0}};
#define NOT_LOW -1e9
#define LOW_ENDS 1.02 /* of spare_below: share at which it is not low any more */
static const tw_stamp stamps[] = {{VR, VR}, {VR, VI}, {VR, OUT}, {VR, HEAT}, {VR, E}, {VI, VR}, {VI, VI}, {VI, OUT}, {VI, HEAT},
                                  {VI, E}, {OUT, VR}, {OUT, VI}, {OUT, OUT}, {OUT, E}, {HEAT, VR}, {HEAT, VI}, {HEAT, OUT},
                                  {HEAT, HEAT}, {HEAT, E}, {E, VR}, {E, VI}, {E, OUT}, {E, HEAT}, {E, E}};

static int refuse(const tw_derive *d, int i, int param, const char *message) {
  d->fail(d->ctx, i, param, message);
  return 1;
}

static int derive(const tw_derive *d) {
  for (int i = 0; i < d->n; i++) {
    const tw_curve *eta = d->c[P_EFF][i];
    tw_real nl = d->p[P_V_NL][i], fl = d->p[P_V_FL][i], P = d->p[P_RATED][i], pf = d->p[P_PF][i], low = d->p[P_VBROWN][i];
    if (TW_RE(fl) >= TW_RE(nl)) return refuse(d, i, P_V_FL, "must be below V_no_load: units share current by their droop");
    if ((eta != NULL) == !isnan(TW_RE(d->p[P_A][i]))) return refuse(d, i, P_A,
        "give exactly one of the efficiency curve and loss_a");
    if (eta && TW_RE(d->p[P_NO_LOAD][i]) > 0.0 && eta->x[0] <= 0.0)
      return refuse(d, i, P_NO_LOAD, "needs a curve that begins above load 0");
    if (TW_RE(d->p[P_VMIN][i]) >= TW_RE(d->p[P_VMAX][i])) return refuse(d, i, P_VMIN, "must be below V_in_max");
    if (isnan(TW_RE(d->p[P_SPARE_BELOW][i])) != isnan(TW_RE(d->p[P_SPARE_ABOVE][i])))
      return refuse(d, i, P_SPARE_ABOVE, "a hot spare needs both spare_below and spare_above");
    if (TW_RE(d->p[P_SPARE_ABOVE][i]) < 1.1 * TW_RE(d->p[P_SPARE_BELOW][i]))
      return refuse(d, i, P_SPARE_ABOVE, "must be above spare_below by at least 10 %: the distance is the hysteresis");
    if (!isnan(TW_RE(d->p[P_V_DROP][i])) && isnan(TW_RE(d->p[P_HOLD_UP][i])))
      return refuse(d, i, P_V_DROP, "needs hold_up: it comes when half of that energy is used");
    if (TW_RE(d->p[P_V_DROP][i]) >= 0.5 * TW_RE(fl)) return refuse(d, i, P_V_DROP, "must be less than half of V_full_load");
    if (isnan(TW_RE(low))) low = 0.9 * d->p[P_VMIN][i];
    d->p[D_R][i] = (nl - fl) * fl / P;
    d->p[D_I][i] = P / fl;
    d->p[D_U0][i] = low * low;
    d->p[D_TAN][i] = TW_RE(pf) >= 1.0 ? 0.0 : tw_sqrt(1.0 - pf * pf) / pf;
    d->p[D_ON][i] = TW_RE(d->p[P_STATE][i]) < 0.5 ? 1.0 : 0.0;
    d->p[D_NL][i] = d->p[P_NO_LOAD][i] / P;
    tw_loss_law law = {eta, d->p[P_A][i], d->p[P_B][i], d->p[P_C][i], d->p[D_NL][i], d->p[P_SHARE][i], 0.0, 0.0};
    tw_real t = d->p[P_HOLD_UP][i];
    d->p[D_FULL][i] = isnan(TW_RE(t)) ? 0.0 : t * P * (1.0 + tw_loss_at(&law, 1.0).v) / (1.0 - WINDOW);
  }
  return tw_ac_check_phases(d, P_PHASES);
}

static void start(const tw_start *s) {
  for (int i = 0; i < s->n; i++) {
    if (s->p[D_ON][i] > 0.5) s->x[OUT][i] = s->p[P_V_FL][i];
    s->x[E][i] = s->p[D_ON][i] * s->p[D_FULL][i];
    s->z[Z_STATE][i] = ON;
    s->z[Z_LOW][i] = NOT_LOW;
    s->z[Z_DROP][i] = 0.0;
  }
}

/* Gives nothing: a spare, tripped or empty. */
static bool is_idle(const tw_eval *e, int i) { return e->z[Z_STATE][i] > LIMITED + 0.5 && TW_RE(e->p[D_ON][i]) > 0.5; }

static bool is_out(const tw_eval *e, int i) { return e->z[Z_STATE][i] > SPARE + 0.5; }

static bool is_empty(const tw_eval *e, int i) { return e->z[Z_STATE][i] > TRIPPED + 0.5; }

static TW_INLINE bool is_spare(const tw_eval *e, int i) { return is_idle(e, i) && !is_out(e, i); }

/* Charge of the bulk capacitor; 1 without one. */
static tw_real charge(const tw_eval *e, int i) {
  return TW_RE(e->p[D_FULL][i] * e->p[D_ON][i]) > 0.0 ? e->x[E][i] / e->p[D_FULL][i] : 1.0;
}

/* No curve, no bulk capacitor, in service. Where all units are, `plain` is a constant of the caller below, and
 * the loop over them has no branches. */
static bool is_plain(const tw_eval *e, int i) {
  return !e->c[P_EFF][i] && !e->c[P_PF_CURVE][i] && !(TW_RE(e->p[D_FULL][i]) > 0.0) && !is_idle(e, i);
}

static TW_INLINE tw_real no_load(const tw_eval *e, int i) {
  return e->z[Z_DROP][i] > 0.5 ? e->p[P_V_NL][i] - e->p[P_V_DROP][i] : e->p[P_V_NL][i];
}

static TW_INLINE tw_supply supply_of(const tw_eval *e, int i, bool plain) {
  return (tw_supply){.V_no_load = no_load(e, i), .R = e->p[D_R][i], .P = e->p[P_RATED][i], .on = e->p[D_ON][i],
                     .I_limit = e->p[P_ILIMIT][i],
                     .I_rated = TW_RE(e->p[D_I][i]), .tan_phi = e->p[D_TAN][i],
                     .power_factor = plain ? NULL : e->c[P_PF_CURVE][i],
                     .law = {plain ? NULL : e->c[P_EFF][i],
                             e->p[P_A][i], e->p[P_B][i], e->p[P_C][i], e->p[D_NL][i], e->p[P_SHARE][i],
                             e->p[P_ALPHA][i], e->x[HEAT][i] - e->p[P_TREF][i]}};
}

/* Of the unit at full input: a spare gives nothing and takes P_spare. */
static TW_INLINE tw_supply_demand demand_at(const tw_eval *e, int i, bool plain, const tw_supply *s) {
  if (plain || !is_idle(e, i)) return tw_supply_at(s, e->x[OUT][i]);
  if (is_out(e, i)) return (tw_supply_demand){.P = 0.0};
  return (tw_supply_demand){.P = e->p[P_P_SPARE][i], .Q = s->tan_phi * e->p[P_P_SPARE][i]};
}

/* What lies between input and output: the share g that the output gets, the power asked of the input, the bleeder. */
typedef struct {
  bool bulk;
  tw_vd q;                     /* share of the input, d to u = |v|^2 */
  tw_real g, g_u, g_E;
  tw_real P, P_E, Q, on;       /* asked of a full input */
  double share;                /* its derivatives to bus voltage and temperature over those of the demand */
  tw_real bleed, bleed_u, bleed_E;
} link;

static TW_INLINE link link_at(const tw_eval *e, int i, bool plain, tw_real u, const tw_supply_demand *d) {
  tw_real full = e->p[D_FULL][i], on = e->p[D_ON][i];
  tw_vd q = tw_ac_share(u, e->p[D_U0][i]);
  if (plain || !(TW_RE(full) > 0.0)) return (link){.q = q, .g = q.v, .g_u = q.d, .P = d->P, .Q = d->Q, .on = on, .share = 1.0};
  tw_vd g = tw_step(e->x[E][i] / full - 0.5 * WINDOW, 0.5 * WINDOW);
  tw_real r = on * (full - e->x[E][i]) / e->p[P_RECHARGE][i], r_E = -on / e->p[P_RECHARGE][i], b = (1.0 - q.v * on) / T_BLEED;
  return (link){.bulk = true, .q = q, .g = g.v, .g_E = g.d / full, .P = g.v * d->P + r, .P_E = g.d / full * d->P + r_E,
                .Q = g.v * d->Q + e->p[D_TAN][i] * r, .on = on, .share = TW_RE(g.v), .bleed = b * e->x[E][i],
                .bleed_u = -q.d * on * e->x[E][i] / T_BLEED, .bleed_E = b};
}

static TW_INLINE void jacobian(const tw_eval *e, int i, const tw_supply_demand *d, const tw_ac_current *c, const link *w,
                               tw_real n) {
  tw_real vr = e->x[VR][i], vi = e->x[VI][i], v = e->x[OUT][i], kept = d->P - v * d->i.v, q = w->q.v, k = w->share;
  tw_real P_v = k * d->P_v, P_T = k * d->P_T, Q_v = k * d->Q_v, Q_T = k * d->Q_T;
  tw_real Q_E = w->bulk ? w->g_E * d->Q - e->p[D_TAN][i] * w->on / e->p[P_RECHARGE][i] : 0.0;
  tw_real lost_u = w->g_u * kept + w->bleed_u + TW_LEAK * n, net_u = w->q.d * w->P - w->bleed_u;
  double bulk = w->bulk ? 1.0 : 0.0;
  const tw_real row[] = {
      c->r_vr + TW_LEAK, c->r_vi, c->r_P * P_v + c->r_Q * Q_v, c->r_P * P_T + c->r_Q * Q_T, c->r_P * w->P_E + c->r_Q * Q_E,
      c->i_vr, c->i_vi + TW_LEAK, c->i_P * P_v + c->i_Q * Q_v, c->i_P * P_T + c->i_Q * Q_T, c->i_P * w->P_E + c->i_Q * Q_E,
      -2.0 * w->g_u * vr * d->i.v, -2.0 * w->g_u * vi * d->i.v, -w->g * d->i.d + TW_SUPPLY_BLEED, -w->g_E * d->i.v,
      -2.0 * vr * lost_u, -2.0 * vi * lost_u, -w->g * (d->P_v - d->i.v - v * d->i.d) - 2.0 * TW_SUPPLY_BLEED * v, -w->g * d->P_T,
      -w->g_E * kept - w->bleed_E,
      -2.0 * bulk * vr * net_u, -2.0 * bulk * vi * net_u, bulk * (w->g - q * k) * d->P_v, bulk * (w->g - q * k) * d->P_T,
      e->cj + (w->bulk ? w->g_E * d->P + w->bleed_E - q * w->P_E : 1.0)};
  for (int s = 0; s < TW_COUNT(row); s++) e->j[s][i] = TW_RE(row[s]);
}

static TW_INLINE void eval_one(const tw_eval *e, int i, bool plain, bool slopes) {
  tw_real vr = e->x[VR][i], vi = e->x[VI][i], v = e->x[OUT][i], n = e->p[P_PHASES][i], u = vr * vr + vi * vi;
  tw_supply s = supply_of(e, i, plain);
  tw_supply_demand d = demand_at(e, i, plain, &s);
  link w = link_at(e, i, plain, u, &d);
  tw_ac_current c = tw_ac_demand(vr, vi, w.P, w.Q, n, e->p[D_U0][i]);
  e->f[VR][i] = c.r + TW_LEAK * vr;
  e->f[VI][i] = c.i + TW_LEAK * vi;
  e->f[OUT][i] = -w.g * d.i.v + TW_SUPPLY_BLEED * v;
  e->f[HEAT][i] = -w.g * (d.P - v * d.i.v) - w.bleed - TW_LEAK * n * u - TW_SUPPLY_BLEED * v * v;
  e->f[E][i] = e->xd[E][i] + (w.bulk ? w.g * d.P + w.bleed - w.q.v * w.P : e->x[E][i]);
  if (slopes) jacobian(e, i, &d, &c, &w, n);
}

static void eval(const tw_eval *e) {
  bool plain = true;
  for (int i = 0; i < e->n; i++) plain = plain && is_plain(e, i);
  if (!plain) {
    for (int i = 0; i < e->n; i++) eval_one(e, i, false, e->j != NULL);
  } else if (e->j) {
    TW_INDEPENDENT
    for (int i = 0; i < e->n; i++) eval_one(e, i, true, true);
  } else {
    TW_INDEPENDENT
    for (int i = 0; i < e->n; i++) eval_one(e, i, true, false);
  }
}

static void balance(const tw_eval *e, tw_real *const *b) {
  for (int i = 0; i < e->n; i++)
    if (TW_RE(e->p[D_FULL][i]) > 0.0) tw_store(e, b, i, E, 1.0);
}

static void observe(const tw_eval *e, tw_real *const *out) {
  for (int i = 0; i < e->n; i++) {
    tw_real vr = e->x[VR][i], vi = e->x[VI][i], v = e->x[OUT][i], n = e->p[P_PHASES][i], Pr = e->p[P_RATED][i];
    tw_real v_in = tw_ac_magnitude(vr, vi);
    tw_supply s = supply_of(e, i, false);
    tw_supply_demand d = demand_at(e, i, false, &s);
    link w = link_at(e, i, false, vr * vr + vi * vi, &d);
    out[O_CONDUCTION][i] = w.g * s.on * Pr * d.L.conduction;
    tw_real lost = is_idle(e, i) ? d.P : tw_supply_conversion_loss(&s, &d, v);
    out[O_CONVERSION][i] = w.g * lost + w.bleed + TW_LEAK * n * v_in * v_in + TW_SUPPLY_BLEED * v * v;
    tw_real I = w.g * d.i.v, q = w.q.v, P = q * w.P, S = tw_ac_magnitude(P, q * w.Q);
    tw_real hot = tw_ramp(e->x[HEAT][i] - e->p[P_TDERATE][i], 0.01).v;
    /* never quite nothing, so that a ratio exists */
    tw_real left = tw_max_smooth(1.0 - e->p[P_DERATE][i] * hot, 1e-3, 1e-4).v;
    out[O_ETA][i] = tw_ratio(v * I, P);
    out[O_LOAD][i] = v * I / Pr;
    out[O_LOAD_DERATED][i] = v * I / (Pr * left);
    out[O_V_OUT][i] = v;
    out[O_I_OUT][i] = I;
    out[O_P_OUT][i] = v * I;
    out[O_P_IN][i] = P;
    out[O_Q_IN][i] = q * w.Q;
    out[O_I_IN][i] = TW_RE(v_in) > 0.0 ? S / (n * v_in) : 0.0;
    out[O_V_IN][i] = v_in;
    out[O_PF][i] = tw_ratio(P, S);
    out[O_INPUT][i] = q;
    out[O_OUTPUT][i] = is_out(e, i) ? 0.0 : w.g;
    out[O_ENERGY][i] = w.bulk ? e->x[E][i] : 0.0;
    out[O_T][i] = e->x[HEAT][i];
  }
}

/* Current that the droop asks for at the voltage of the bus, over a given one; 0 where the unit is off. */
static tw_real asked(const tw_eval *e, int i, tw_real of) {
  return e->p[D_ON][i] * (no_load(e, i) - e->x[OUT][i]) / (e->p[D_R][i] * of);
}

static void events(const tw_eval *e, tw_real *const *g) {
  for (int i = 0; i < e->n; i++) {
    bool limit = !isnan(TW_RE(e->p[P_ILIMIT][i])), may = TW_RE(e->p[D_ON][i]) > 0.5 && !isnan(TW_RE(e->p[P_SPARE_BELOW][i]));
    tw_real x = asked(e, i, e->p[P_ILIMIT][i]), share = asked(e, i, e->p[D_I][i]), below = e->p[P_SPARE_BELOW][i];
    double state = e->z[Z_STATE][i], low = e->z[Z_LOW][i];
    bool spare = is_spare(e, i), is_low = low > NOT_LOW;
    bool off = is_out(e, i), empty = is_empty(e, i);
    g[0][i] = limit && state < 0.5 ? x - LIMITED_FROM : -1.0;
    g[1][i] = limit && state > 0.5 && !spare && !off ? LIMITED_TO - x : -1.0;
    g[2][i] = !may || off ? -1.0 : spare ? share - e->p[P_SPARE_ABOVE][i] : is_low ? share - LOW_ENDS * below : below - share;
    g[3][i] = may && !spare && !off && is_low ? e->t - low - TW_RE(e->p[P_T_SPARE][i]) : -1.0;
    g[4][i] = (!off || empty) && !isnan(TW_RE(e->p[P_T_TRIP][i])) ? e->x[HEAT][i] - e->p[P_T_TRIP][i] : -1.0;
    g[6][i] = isnan(TW_RE(e->p[P_V_DROP][i])) ? -1.0 : e->z[Z_DROP][i] > 0.5 ? charge(e, i) - RESTART : HALF - charge(e, i);
    g[5][i] = empty ? charge(e, i) - RESTART : off ? -1.0 : LOCKOUT - charge(e, i);
  }
}

/* An event is located to within this share, or K. */
#define REACH 1e-9
#define REACH_T 1e-6

static double next_state(const tw_eval *e, int i, double state, double *low) {
  double x = TW_RE(asked(e, i, e->p[P_ILIMIT][i])), share = TW_RE(asked(e, i, e->p[D_I][i]));
  double below = TW_RE(e->p[P_SPARE_BELOW][i]), above = TW_RE(e->p[P_SPARE_ABOVE][i]);
  bool may = !isnan(below) && TW_RE(e->p[D_ON][i]) > 0.5;
  bool empty = state > TRIPPED + 0.5, out = state > SPARE + 0.5 && !empty;
  if (out || TW_RE(e->x[HEAT][i]) >= TW_RE(e->p[P_T_TRIP][i]) - REACH_T) return TRIPPED;
  if (empty ? TW_RE(charge(e, i)) < RESTART - REACH : !e->at_rest && TW_RE(charge(e, i)) <= LOCKOUT + REACH) {
    *low = NOT_LOW;
    return EMPTY; /* a steady state has g = 0 there, which is the same */
  }
  if (empty) state = ON;
  if (may && state > LIMITED + 0.5 && share < above * (1.0 - REACH)) return SPARE;
  if (!may || state > LIMITED + 0.5 || share >= LOW_ENDS * below * (1.0 - REACH)) *low = NOT_LOW;
  else if (!(*low > NOT_LOW) && share <= below * (1.0 + REACH)) *low = e->t;
  bool over = *low > NOT_LOW && (e->at_rest || e->t >= *low + TW_RE(e->p[P_T_SPARE][i]) * (1.0 - 1e-6));
  if (over) *low = NOT_LOW;
  if (over) return SPARE;
  if (x >= LIMITED_FROM - REACH) return LIMITED;
  return state > ON + 0.5 && state < SPARE - 0.5 && x > LIMITED_TO + REACH ? LIMITED : ON;
}

static int react(const tw_eval *e, double *const *z) {
  int changed = 0;
  for (int i = 0; i < e->n; i++) {
    double state = z[Z_STATE][i], low = z[Z_LOW][i];
    z[Z_STATE][i] = next_state(e, i, state, &z[Z_LOW][i]);
    double c = TW_RE(charge(e, i)), drop = z[Z_DROP][i];
    if (!isnan(TW_RE(e->p[P_V_DROP][i])) && !e->at_rest) z[Z_DROP][i] = drop > 0.5 ? c < RESTART - REACH : c <= HALF + REACH;
    changed += z[Z_STATE][i] != state || z[Z_LOW][i] != low || z[Z_DROP][i] != drop;
  }
  return changed;
}

const tw_type TW_TYPE(psu) = {
    .element = "psu", .title = "Power supply", .stage = TW_STAGE_PSU,
    .doc = "AC to DC with droop from V_no_load to V_full_load, one-way; loss from an efficiency curve or as "
           "P_rated (loss_a + loss_b x + loss_c x^2) with x = P_out / P_rated; constant-power input with a power factor, "
           "which fades out with the output below V_brownout. With hold_up a bulk capacitor carries rated output for that time "
           "without input; with V_drop the output voltage is lowered halfway, for a battery on the bus to take over (ORv3 HPR units signal AC_LOSS to it "
           "instead; there is no such signal here, the bus voltage tells the battery). "
           "With I_limit the output current is held there. With spare_below it becomes a hot spare while the "
           "units beside it carry the load. At T_trip it switches off until it is repaired. All loss goes to the heat port.",
    .use = "A rack supply: loss over load, sharing by droop, current and power factor at the mains, derating.",
    .validity = "Averages over the mains period; within the points of its curve. I_max and P_rated are reported limits, "
                "I_limit holds the current. A spare wakes without delay and reads the load from the bus voltage: the units "
                "beside it have its droop. The input stage takes what the bulk capacitor needs without a limit of its own.",
    .source = "Energy balance with the usual fit of a catalogue efficiency curve, loss = P_rated (a + b x + c x^2).",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs, .limits = limits,
    .discrete = discrete, .stamps = stamps, .n_stamps = TW_COUNT(stamps), .n_derived = D_END - N_P, .n_discrete = 3,
    .n_events = 7, .derive = derive, .start = start, .eval = eval, .events = events, .react = react, .observe = observe,
    .balance = balance};
