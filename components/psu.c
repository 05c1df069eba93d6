#include "psu.h"

/* Power supply, AC to DC, with droop. Averaged over the mains period.
 *
 * Demand: supply.h, with R = (V_no_load - V_full_load) V_full_load / P_rated. With x = v i0 / P_rated the loss L is
 * P_rated (loss_a + loss_b x + loss_c k x^2), k = 1 + alpha (T - T_ref), or x P_rated (1/efficiency(x) - 1), of which
 * conduction_share follows k.
 * Input: P0 and the reactive power that belongs to the power factor, as constant power down to the current limit of the input
 * stage, a boost converter whose rectified current a loop holds (Erickson, Maksimovic, Fundamentals of Power Electronics, 2nd
 * ed., chapter 18). At the limit the output power v i0 falls with the voltage, x_most P_rated V / V_in_min: the input current is
 * constant but for the change of efficiency (0.3 %). Below V_brownout for t_brownout it is cut off, until the input is back at
 * V_restart. At half of V_brownout and below, where it is for t_brownout at most, all falls to 0 with the voltage as in ac.h
 * (share b). With a hold-up time there is a bulk capacitor between the two, and the output follows its energy E, not the input:
 *     i = g(E) i0, loss = g L;  input b q (g P0 + r),  r = (E_full - E) / t_recharge
 *     dE/dt = b q (g P0 + r) - g P0 - (1 - b) E / T_BLEED
 * g is 1 but in the last 2 % of E_full, where it falls to 0; the other 98 % carry rated output for hold_up. q < 1 at the limit of
 * the input: then E gives the rest, until 2 % are left and the output is held as above (with r on top of the limit, 4 % for 20 ms
 * in 0.5 s). So with its input E stays at E_full and nothing differs from a supply without it; without input it lasts, then the
 * output is lost: in the middle of the 2 % an undervoltage lockout ends it, until the capacitor is charged to RESTART again. What
 * the bleeder takes is heat.
 * With V_drop the output voltage is lowered when half of E is used, so that the bus falls to where a battery on it takes over
 * (Aydin, Soin, OCP Global Summit 2023, notes 6 and 7: 3 V within 1 ms, here at once), until the capacitor is at RESTART again.
 * The input leaks TW_LEAK and the output TW_SUPPLY_BLEED, the only currents of a unit that is off or failed. All loss goes to
 * the heat port, whose temperature is the unit's. With I_limit the output current is held there (supply.h).
 * Hot spare (cold redundancy), with spare_below: units in parallel read their common load from the voltage of the bus,
 * s = (V_no_load - v) / (V_no_load - V_full_load). A unit at s <= spare_below for t_spare becomes a spare: no output, P_spare
 * from the mains, capacitor charged. It wakes at once at s >= spare_above, when the others carry too much or one is lost.
 * When its surroundings reach T_trip the unit switches off, input and output, until it is repaired. */

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
    {"V_in_min", "V", NULL, TW_NUMBER, 1, 1e5, 0,
     "lowest permitted input voltage, at which it still gives rated output, line-to-neutral", NULL, NULL, NULL},
    {"V_in_max", "V", NULL, TW_NUMBER, 1, 1e5, 0, "highest permitted input voltage, line-to-neutral", NULL, NULL, NULL},
    {"V_brownout", "V", NULL, TW_NUMBER, 0.5, 1e5, TW_P_OPTIONAL,
     "input voltage below which it takes nothing, line-to-neutral; 0.9 V_in_min when absent", NULL, NULL, NULL},
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
    {"I_in_limit", "A", NULL, TW_NUMBER, 0.01, 1e6, TW_P_OPTIONAL,
     "active current of a phase at which the input is held; when absent that of the largest output (I_limit, rated) at V_in_min",
     NULL, NULL, NULL},
    {"V_restart", "V", NULL, TW_NUMBER, 0.5, 1e5, TW_P_OPTIONAL,
     "input voltage at which it starts again, line-to-neutral; halfway between V_brownout and V_in_min when absent", NULL, NULL,
     NULL},
    {"t_brownout", "s", "20 ms", TW_NUMBER, 0, 10, 0, "how long the input must be below V_brownout", "estimate: one period", NULL,
     NULL},
    {0}};
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
    {"efficiency", "1", TW_Q_PLAIN, TW_L_NONE, "P_out / (P_out + loss), what hold-up gives or takes left out; 0 where it gives nothing"},
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
    {"input_share", "1", TW_Q_PLAIN, TW_L_NONE,
     "share of the demand that it takes from the input: below 1 at the limit of its current, 0 when cut off"},
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
static const tw_discrete discrete[] = {
    {"state", "on|current-limited|input-limited|input-off|spare|tripped|empty",
     "currents below their limits, input voltage for it|output current at I_limit|input current at I_in_limit|"
     "input voltage below V_brownout for t_brownout|share of the load below spare_below for t_spare|T reached T_trip|"
     "bulk capacitor empty, input lost",
     "current-limited: from I_limit asked for, to 98 % of it; input-limited likewise; input-off: it takes nothing until the "
     "input is back at V_restart; spare: from spare_below to spare_above; tripped: until it is repaired; empty: until the bulk "
     "capacitor is charged again",
     false},
    {"low", NULL, NULL, "since when its share is low [s]", true},
    {"output", "full|lowered", "bulk capacitor charged|half of the energy for hold-up used",
     "lowered by V_drop, for a battery to take over", false},
    {"input", NULL, NULL, "input-limited, input-off, whatever the state is", true},
    {"dip", NULL, NULL, "since when its input voltage is below V_brownout [s]", true},
    {0}};
static const tw_stamp stamps[] = {{VR, VR}, {VR, VI}, {VR, OUT}, {VR, HEAT}, {VR, E}, {VI, VR}, {VI, VI}, {VI, OUT}, {VI, HEAT},
                                  {VI, E}, {OUT, VR}, {OUT, VI}, {OUT, OUT}, {OUT, E}, {HEAT, VR}, {HEAT, VI}, {HEAT, OUT},
                                  {HEAT, HEAT}, {HEAT, E}, {E, VR}, {E, VI}, {E, OUT}, {E, HEAT}, {E, E}};

static int refuse(const tw_derive *d, int i, int param, const char *message) {
  d->fail(d->ctx, i, param, message);
  return 1;
}

/* Load x with x + L(x) = y. Losses are convex over it: Newton's method comes down to it, or ends at 0. */
static tw_real load_of(const tw_loss_law *law, tw_real y) {
  tw_real x = y;
  for (int k = 0; k < 20 && TW_RE(x) > 0.0; k++) {
    tw_loss_value L = tw_loss_at(law, x);
    x -= (x + L.v - y) / (1.0 + L.x);
  }
  return TW_RE(x) > 1e-3 ? x : 1e-3;
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
    tw_real least = d->p[P_VMIN][i], back = d->p[P_V_RESTART][i];
    if (isnan(TW_RE(low))) low = 0.9 * least;
    if (TW_RE(low) >= TW_RE(least)) return refuse(d, i, P_VBROWN, "must be below V_in_min, where it gives rated output");
    if (isnan(TW_RE(back))) back = 0.5 * (low + least);
    if (TW_RE(back) <= TW_RE(low)) return refuse(d, i, P_V_RESTART, "must be above V_brownout: the distance is the hysteresis");
    d->p[D_R][i] = (nl - fl) * fl / P;
    d->p[D_I][i] = P / fl;
    d->p[D_U_OFF][i] = low * low;
    d->p[D_U_ON][i] = back * back;
    d->p[D_TAN][i] = TW_RE(pf) >= 1.0 ? 0.0 : tw_sqrt(1.0 - pf * pf) / pf;
    d->p[D_ON][i] = TW_RE(d->p[P_STATE][i]) < 0.5 ? 1.0 : 0.0;
    d->p[D_NL][i] = d->p[P_NO_LOAD][i] / P;
    tw_loss_law law = {eta, d->p[P_A][i], d->p[P_B][i], d->p[P_C][i], d->p[D_NL][i], d->p[P_SHARE][i], 0.0, 0.0};
    tw_real t = d->p[P_HOLD_UP][i], I = d->p[P_I_IN][i], x = d->p[P_ILIMIT][i] / d->p[D_I][i];
    if (!(TW_RE(x) > 1.0)) x = 1.0;
    d->p[D_FULL][i] = isnan(TW_RE(t)) ? 0.0 : t * P * (1.0 + tw_loss_at(&law, 1.0).v) / (1.0 - WINDOW);
    d->p[D_MOST][i] = isnan(TW_RE(I)) ? P * (x + tw_loss_at(&law, x).v) : d->p[P_PHASES][i] * least * I;
    d->p[D_X_MOST][i] = load_of(&law, d->p[D_MOST][i] / P);
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
    s->z[Z_INPUT][i] = IN_FULL;
    s->z[Z_DIP][i] = NOT_LOW;
  }
}

static TW_INLINE void jacobian(const tw_eval *e, int i, const tw_supply_demand *d, const tw_ac_current *c, const link *w,
                               tw_real n) {
  tw_real vr = e->x[VR][i], vi = e->x[VI][i], v = e->x[OUT][i], kept = d->P - v * d->i.v, kept_m = d->P_m - v * d->i_m;
  tw_real k = w->share, q = w->q, own = q + w->P * w->q_A, also = w->Q * w->q_A, g = w->g, b = w->fade.v;
  tw_real A_v = k * d->P_v, A_T = k * d->P_T, A_E = w->P_E, A_u = w->P_u;
  /* taken at full voltage: q A + j q B */
  tw_real P_v = own * A_v, P_T = own * A_T, P_E = own * A_E, P_u = w->P * w->q_u + own * A_u;
  tw_real Q_v = q * k * d->Q_v + also * A_v, Q_T = q * k * d->Q_T + also * A_T, Q_E = q * w->Q_E + also * A_E;
  tw_real Q_u = w->Q * w->q_u + q * w->Q_u + also * A_u;
  tw_real r_u = 2.0 * (c->r_P * P_u + c->r_Q * Q_u), i_u = 2.0 * (c->i_P * P_u + c->i_Q * Q_u);
  tw_real out_u = w->g_u * d->i.v + g * d->i_m * w->most_u;
  tw_real lost_u = w->g_u * kept + g * kept_m * w->most_u + w->bleed_u + TW_LEAK * n;
  tw_real net_u = b * P_u + w->fade.d * q * w->P - w->bleed_u - g * d->P_m * w->most_u;
  double bulk = w->bulk ? 1.0 : 0.0;
  const tw_real row[] = {
      c->r_vr + r_u * vr + TW_LEAK, c->r_vi + r_u * vi, c->r_P * P_v + c->r_Q * Q_v, c->r_P * P_T + c->r_Q * Q_T,
      c->r_P * P_E + c->r_Q * Q_E,
      c->i_vr + i_u * vr, c->i_vi + i_u * vi + TW_LEAK, c->i_P * P_v + c->i_Q * Q_v, c->i_P * P_T + c->i_Q * Q_T,
      c->i_P * P_E + c->i_Q * Q_E,
      -2.0 * vr * out_u, -2.0 * vi * out_u, -g * d->i.d + TW_SUPPLY_BLEED, -w->g_E * d->i.v,
      -2.0 * vr * lost_u, -2.0 * vi * lost_u, -g * (d->P_v - d->i.v - v * d->i.d) - 2.0 * TW_SUPPLY_BLEED * v, -g * d->P_T,
      -w->g_E * kept - w->bleed_E,
      -2.0 * bulk * vr * net_u, -2.0 * bulk * vi * net_u, bulk * (g * d->P_v - b * P_v), bulk * (g * d->P_T - b * P_T),
      e->cj + (w->bulk ? w->g_E * d->P + w->bleed_E - b * P_E : 1.0)};
  for (int s = 0; s < TW_COUNT(row); s++) e->j[s][i] = TW_RE(row[s]);
}

static TW_INLINE void eval_one(const tw_eval *e, int i, bool plain, bool slopes) {
  tw_real vr = e->x[VR][i], vi = e->x[VI][i], v = e->x[OUT][i], n = e->p[P_PHASES][i], u = vr * vr + vi * vi;
  psu_unit x = unit_at(e, i, plain);
  tw_supply_demand d = x.d;
  link w = x.w;
  tw_ac_current c = tw_ac_demand(vr, vi, w.q * w.P, w.q * w.Q, n, DEAD * e->p[D_U_OFF][i]);
  e->f[VR][i] = c.r + TW_LEAK * vr;
  e->f[VI][i] = c.i + TW_LEAK * vi;
  e->f[OUT][i] = -w.g * d.i.v + TW_SUPPLY_BLEED * v;
  e->f[HEAT][i] = -w.g * (d.P - v * d.i.v) - w.bleed - TW_LEAK * n * u - TW_SUPPLY_BLEED * v * v;
  e->f[E][i] = e->xd[E][i] + (w.bulk ? w.g * d.P + w.bleed - taken(&w) * w.P : e->x[E][i]);
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
    psu_unit x = unit_at(e, i, false);
    tw_supply s = x.s;
    tw_supply_demand d = x.d;
    link w = x.w;
    out[O_CONDUCTION][i] = w.g * s.on * Pr * d.L.conduction;
    tw_real lost = is_idle(e, i) ? d.P : tw_supply_conversion_loss(&s, &d, v);
    out[O_CONVERSION][i] = w.g * lost + w.bleed + TW_LEAK * n * v_in * v_in + TW_SUPPLY_BLEED * v * v;
    tw_real I = w.g * d.i.v, q = taken(&w), P = q * w.P, S = tw_ac_magnitude(P, q * w.Q);
    tw_real hot = tw_ramp(e->x[HEAT][i] - e->p[P_TDERATE][i], 0.01).v;
    /* never quite nothing, so that a ratio exists */
    tw_real left = tw_max_smooth(1.0 - e->p[P_DERATE][i] * hot, 1e-3, 1e-4).v;
    tw_real loss = out[O_CONDUCTION][i] + out[O_CONVERSION][i];
    out[O_ETA][i] = TW_RE(I) > 0.0 ? v * I / (v * I + loss) : 0.0;
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
    out[O_OUTPUT][i] = TW_RE(e->p[D_ON][i]) > 0.5 && !is_out(e, i) ? w.g : 0.0;
    out[O_ENERGY][i] = w.bulk ? e->x[E][i] : 0.0;
    out[O_T][i] = e->x[HEAT][i];
  }
}

const tw_type TW_TYPE(psu) = {
    .element = "psu", .title = "Power supply", .stage = TW_STAGE_PSU,
    .doc = "AC to DC with droop from V_no_load to V_full_load, one-way; loss from an efficiency curve or as "
           "P_rated (loss_a + loss_b x + loss_c x^2) with x = P_out / P_rated; constant-power input with a power factor, "
           "down to the limit of its current: there the output power falls with the input voltage. Below V_brownout it is cut "
           "off, until the input is back at V_restart. With hold_up a bulk capacitor carries rated output for that time "
           "without input; with V_drop the output voltage is lowered halfway, for a battery on the bus to take over (ORv3 HPR "
           "units signal AC_LOSS to it instead; there is no such signal here, the bus voltage tells the battery). "
           "With I_limit the output current is held there. With spare_below it becomes a hot spare while the "
           "units beside it carry the load. At T_trip it switches off until it is repaired. All loss goes to the heat port.",
    .use = "A rack supply: loss over load, sharing by droop, current and power factor at the mains, derating.",
    .validity = "Averages over the mains period; within the points of its curve. I_max and P_rated are reported limits, "
                "I_limit holds the current. A spare wakes without delay and reads the load from the bus voltage: the units "
                "beside it have its droop. Output power at the limit of the input is in proportion to the voltage: the input "
                "current then is constant within the change of efficiency. Restart is without delay.",
    .source = "Energy balance with the usual fit of a catalogue efficiency curve, loss = P_rated (a + b x + c x^2).",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs, .limits = limits,
    .discrete = discrete, .stamps = stamps, .n_stamps = TW_COUNT(stamps), .n_derived = D_END - N_P,
    .n_discrete = Z_COUNT, .n_events = PSU_EVENTS, .derive = derive, .start = start, .eval = eval, .events = tw_psu_events,
    .react = tw_psu_react, .observe = observe,
    .balance = balance};
