#include "supply.h"

/* Power supply, AC to DC, with droop. Averaged over the mains period.
 *
 * Demand at full input: supply.h, with R = (V_no_load - V_full_load) V_full_load / P_rated. With x = v i0 / P_rated the loss L is
 * P_rated (loss_a + loss_b x + loss_c k x^2), k = 1 + alpha (T - T_ref), or x P_rated (1/efficiency(x) - 1), of which
 * conduction_share follows k.
 * Input: the power q P0 and the reactive power that belongs to the power factor. q = 1 above V_brownout; below, it falls with the
 * voltage as in ac.h, and i = q i0, loss = q L with it, so that power is conserved at any input voltage: a dead feed gives and
 * takes nothing.
 * Every port leaks TW_LEAK, the only current of a unit that is off or failed. All loss goes to the heat port, whose
 * temperature is the unit's. No current limit is modelled: I_max and P_rated are limits to be reported. */

enum { P_RATED, P_V_NL, P_V_FL, P_EFF, P_SHARE, P_A, P_B, P_C, P_NO_LOAD, P_ALPHA, P_TREF, P_PF, P_PF_CURVE, P_VMIN, P_VMAX,
       P_VBROWN, P_IMAX, P_LMAX, P_TDERATE, P_DERATE, P_TMAX, P_STATE, P_PHASES, N_P,
       D_R = N_P, D_I, D_U0, D_TAN, D_ON, D_NL, D_END };
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
    {"I_max", "A", NULL, TW_NUMBER, 0.01, 1e6, TW_P_OPTIONAL, "permitted output current", NULL, NULL, NULL},
    {"load_max", "1", "1", TW_NUMBER, 0.01, 10, 0, "permitted output power over the derated rating", NULL, NULL, NULL},
    {"T_derate", "K", "50 degC", TW_NUMBER, 250, 400, 0, "temperature from which the rating falls", NULL, NULL, NULL},
    {"derating", "1/K", "0 1/K", TW_NUMBER, 0, 1, 0, "share of the rating lost per kelvin above T_derate", NULL, NULL, NULL},
    {"T_max", "K", NULL, TW_NUMBER, 250, 400, TW_P_OPTIONAL, "highest permitted temperature of its surroundings", NULL, NULL,
     NULL},
    {"state", "1", "on", TW_ENUM, 0, 2, TW_P_TIMED, "off and failed: no current on either side", NULL, "on|off|failed", NULL},
    TW_PARAM_PHASES,
    {0}};
enum { VR, VI, OUT, HEAT };
static const tw_port ports[] = {
    {"in", TW_AC, TW_R_FEED_IN, 0, NULL, NULL, "mains input"},
    {"out", TW_DC, TW_R_FEED_OUT | TW_R_REFERENCE, 0, NULL, NULL, "output, against ground"},
    {"heat", TW_HEAT, TW_R_OPTIONAL, 0, NULL, NULL, "where its loss goes"},
    {0}};
static const tw_unknown unknowns[] = {{0}};
static const tw_row rows[] = {{0}};
enum { O_CONDUCTION, O_CONVERSION, O_ETA, O_LOAD, O_LOAD_DERATED, O_V_OUT, O_I_OUT, O_P_OUT, O_P_IN, O_Q_IN, O_I_IN, O_V_IN, O_PF,
       O_INPUT, O_T };
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
    {"T", "K", TW_Q_TEMPERATURE, TW_L_NONE, "temperature of its surroundings (heat port)"},
    {0}};
static const tw_limit limits[] = {
    {"load_derated", "load_max", TW_AT_MOST, "rated power at its temperature"},
    {"i_out", "I_max", TW_AT_MOST, "output current"},
    {"v_in", "V_in_min", TW_AT_LEAST, "input voltage window, lower end"},
    {"v_in", "V_in_max", TW_AT_MOST, "input voltage window, upper end"},
    {"T", "T_max", TW_AT_MOST, "temperature of its surroundings"},
    {0}};
static const tw_stamp stamps[] = {{VR, VR}, {VR, VI}, {VR, OUT}, {VR, HEAT}, {VI, VR}, {VI, VI}, {VI, OUT}, {VI, HEAT},
                                  {OUT, VR}, {OUT, VI}, {OUT, OUT}, {HEAT, VR}, {HEAT, VI}, {HEAT, OUT}, {HEAT, HEAT}};

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
    if (isnan(TW_RE(low))) low = 0.9 * d->p[P_VMIN][i];
    d->p[D_R][i] = (nl - fl) * fl / P;
    d->p[D_I][i] = P / fl;
    d->p[D_U0][i] = low * low;
    d->p[D_TAN][i] = TW_RE(pf) >= 1.0 ? 0.0 : tw_sqrt(1.0 - pf * pf) / pf;
    d->p[D_ON][i] = TW_RE(d->p[P_STATE][i]) < 0.5 ? 1.0 : 0.0;
    d->p[D_NL][i] = d->p[P_NO_LOAD][i] / P;
  }
  return tw_ac_check_phases(d, P_PHASES);
}

static void start(const tw_start *s) {
  for (int i = 0; i < s->n; i++)
    if (s->p[D_ON][i] > 0.5) s->x[OUT][i] = s->p[P_V_FL][i];
}

static tw_supply supply_of(const tw_eval *e, int i) {
  return (tw_supply){.V_no_load = e->p[P_V_NL][i], .R = e->p[D_R][i], .P = e->p[P_RATED][i], .on = e->p[D_ON][i], .I_limit = NAN,
                     .I_rated = TW_RE(e->p[D_I][i]), .tan_phi = e->p[D_TAN][i], .power_factor = e->c[P_PF_CURVE][i],
                     .law = {e->c[P_EFF][i], e->p[P_A][i], e->p[P_B][i], e->p[P_C][i], e->p[D_NL][i], e->p[P_SHARE][i],
                             e->p[P_ALPHA][i], e->x[HEAT][i] - e->p[P_TREF][i]}};
}

static void jacobian(const tw_eval *e, int i, const tw_supply_demand *d, const tw_ac_current *c, tw_vd q, tw_real n) {
  tw_real vr = e->x[VR][i], vi = e->x[VI][i], v = e->x[OUT][i], kept = d->P - v * d->i.v;
  double row[15] = {
      TW_RE(c->r_vr) + TW_LEAK, TW_RE(c->r_vi), TW_RE(c->r_P * d->P_v + c->r_Q * d->Q_v),
          TW_RE(c->r_P * d->P_T + c->r_Q * d->Q_T),
      TW_RE(c->i_vr), TW_RE(c->i_vi) + TW_LEAK, TW_RE(c->i_P * d->P_v + c->i_Q * d->Q_v),
          TW_RE(c->i_P * d->P_T + c->i_Q * d->Q_T),
      TW_RE(-2.0 * q.d * vr * d->i.v), TW_RE(-2.0 * q.d * vi * d->i.v), TW_RE(-q.v * d->i.d) + TW_LEAK,
      TW_RE(-2.0 * vr * (q.d * kept + TW_LEAK * n)), TW_RE(-2.0 * vi * (q.d * kept + TW_LEAK * n)),
      TW_RE(-q.v * (d->P_v - d->i.v - v * d->i.d) - 2.0 * TW_LEAK * v), TW_RE(-q.v * d->P_T)};
  for (int s = 0; s < 15; s++) e->j[s][i] = row[s];
}

static void eval(const tw_eval *e) {
  for (int i = 0; i < e->n; i++) {
    tw_real vr = e->x[VR][i], vi = e->x[VI][i], v = e->x[OUT][i], n = e->p[P_PHASES][i], u = vr * vr + vi * vi;
    tw_supply s = supply_of(e, i);
    tw_supply_demand d = tw_supply_at(&s, v);
    tw_vd q = tw_ac_share(u, e->p[D_U0][i]);
    tw_ac_current c = tw_ac_demand(vr, vi, d.P, d.Q, n, e->p[D_U0][i]);
    e->f[VR][i] = c.r + TW_LEAK * vr;
    e->f[VI][i] = c.i + TW_LEAK * vi;
    e->f[OUT][i] = -q.v * d.i.v + TW_LEAK * v;
    e->f[HEAT][i] = -q.v * (d.P - v * d.i.v) - TW_LEAK * (n * u + v * v);
    if (e->j) jacobian(e, i, &d, &c, q, n);
  }
}

static void observe(const tw_eval *e, tw_real *const *out) {
  for (int i = 0; i < e->n; i++) {
    tw_real vr = e->x[VR][i], vi = e->x[VI][i], v = e->x[OUT][i], n = e->p[P_PHASES][i], Pr = e->p[P_RATED][i];
    tw_real v_in = tw_ac_magnitude(vr, vi), q = tw_ac_share(vr * vr + vi * vi, e->p[D_U0][i]).v;
    tw_supply s = supply_of(e, i);
    tw_supply_demand d = tw_supply_at(&s, v);
    out[O_CONDUCTION][i] = q * s.on * Pr * d.L.conduction;
    out[O_CONVERSION][i] = q * tw_supply_conversion_loss(&s, &d, v) + TW_LEAK * (n * v_in * v_in + v * v);
    tw_real I = q * d.i.v, P = q * d.P, S = tw_ac_magnitude(P, q * d.Q);
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
    out[O_Q_IN][i] = q * d.Q;
    out[O_I_IN][i] = TW_RE(v_in) > 0.0 ? S / (n * v_in) : 0.0;
    out[O_V_IN][i] = v_in;
    out[O_PF][i] = tw_ratio(P, S);
    out[O_INPUT][i] = q;
    out[O_T][i] = e->x[HEAT][i];
  }
}

const tw_type TW_TYPE(psu) = {
    .element = "psu", .title = "Power supply", .stage = TW_STAGE_PSU,
    .doc = "AC to DC with droop from V_no_load to V_full_load, one-way; loss from an efficiency curve or as "
           "P_rated (loss_a + loss_b x + loss_c x^2) with x = P_out / P_rated; constant-power input with a power factor, "
           "which fades out with the output below V_brownout. All loss goes to the heat port.",
    .use = "A rack supply: loss over load, sharing by droop, current and power factor at the mains, derating.",
    .validity = "Averages over the mains period; no current limit is modelled (I_max and P_rated are reported limits); within "
                "the points of its curve.",
    .source = "Energy balance with the usual fit of a catalogue efficiency curve, loss = P_rated (a + b x + c x^2).",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs, .limits = limits,
    .stamps = stamps, .n_stamps = TW_COUNT(stamps), .n_derived = D_END - N_P, .derive = derive, .start = start, .eval = eval,
    .observe = observe};
