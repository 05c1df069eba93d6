#include "ups.h"

/* Uninterruptible power supply, balanced, with its battery where `autonomy` is given.
 *
 * double-conversion: the output is a source of V_nominal at angle 0 behind a reactance (regulated: lossless), which is the angle
 * reference downstream. With x = P_out / P_rated the loss L is P_rated (loss_a + loss_b x + loss_c x^2) or
 * P_out (1/efficiency(x) - 1); converter power P0 = max(P_out + L, 0), no power goes back to the mains. Without a battery the
 * input supports the demand fully above V_brownout; below, P_out, L and the input fall together with the share q (ac.h), so that
 * power is conserved.
 * eco: the bypass path R + jX in series, loss phases |i|^2 R, and the standby loss eco_loss P_rated at nominal input voltage as a
 * conductance there. bypass: the path alone. off: nothing flows.
 * The battery holds E, E_full = autonomy (rated power with its loss). It carries what the input does not:
 *     input q A,  A = s P0 + c,  dE/dt = q A - P0 - (1 - eta) q c
 * s: share of P0 that the rectifier takes (1 on-line, 0 on battery, from 0 to 1 within t_walk_in between them), c: charge power,
 * P_charge P_rated (times s) until TAPER before full, from there in proportion to what is missing; 0 when full. In eco mode the
 * charger alone works (P0 = 0).
 * States with a battery, by the input voltage against its window V_in_min .. V_in_max: on-line goes on battery at once (0 ms, the
 * inverter carries the output in both); when the input has been back by V_hysteresis for t_return, the rectifier walks in. An
 * empty battery ends the output, until the input has been back for t_return; once the input is back it ends waiting and walk-in
 * instead: the rectifier takes the whole load. The bypass path has a window of its own, V_bypass_min .. V_bypass_max. Outside it
 * eco goes to the inverter after t_transfer, in which the output still is the input: on-line where the rectifier's window allows
 * it, else on battery; it is eco again when the input has been back for t_return.
 * Static bypass: where the inverter fails, or has had more than load_long for t_long, load_short for t_short or load_most at all,
 * the bypass path takes over, within its window, after t_bypass without output (0 where it is synchronised), with the standby
 * loss of eco; outside its window the output is lost until the input is back in it. The inverter takes the load back when it has
 * been able to (not failed, load below CALM) for t_return. The bypass itself has no limit of time.
 * IEC 62040-3:2021 (VFI and VFD modes, efficiency over active output power). All loss goes to the heat port. */

#define CLASS "estimate: 110 % for good, 125 % for 10 min and 150 % for 1 min is a usual class"
static const tw_param params[] = {
    {"S_rated", "VA", NULL, TW_NUMBER, 1, 1e9, 0, "rated apparent output power", NULL, NULL, NULL},
    {"P_rated", "W", NULL, TW_NUMBER, 1, 1e9, TW_P_OPTIONAL, "rated active output power; S_rated in watts when absent", NULL,
     NULL, NULL},
    {"V_nominal", "V", NULL, TW_NUMBER, 1, 1e6, 0, "nominal input and output voltage, line-to-line", NULL, NULL, NULL},
    {"mode", "1", "double-conversion", TW_ENUM, 0, 3, TW_P_TIMED, "operating mode", NULL, "double-conversion|eco|bypass|off",
     NULL},
    {"efficiency", "1", NULL, TW_CURVE, 0.01, 1, TW_P_OPTIONAL, "double-conversion efficiency over output power / P_rated", NULL,
     NULL, "1"},
    {"loss_a", "1", NULL, TW_NUMBER, 0, 1, TW_P_OPTIONAL, "no-load loss / P_rated, instead of a curve", NULL, NULL, NULL},
    {"loss_b", "1", "0", TW_NUMBER, 0, 1, 0, "loss in proportion to load / P_rated, at full load", NULL, NULL, NULL},
    {"loss_c", "1", "0", TW_NUMBER, 0, 1, 0, "loss in proportion to load squared / P_rated, at full load", NULL, NULL, NULL},
    {"P_no_load", "W", "0 W", TW_NUMBER, 0, 1e8, 0, "no-load loss beside a curve; it fades out at the curve's first point", NULL,
     NULL, NULL},
    {"power_factor", "1", "1", TW_NUMBER, 0.1, 1, 0, "input power factor in double conversion, lagging", NULL, NULL, NULL},
    {"output_reactance", "1", "0.01", TW_NUMBER, 1e-4, 1, 0, "output reactance over rated impedance", NULL, NULL, NULL},
    {"bypass_R", "1", "0.004", TW_NUMBER, 1e-5, 0.5, 0, "resistance of the bypass path over rated impedance", NULL, NULL, NULL},
    {"bypass_X", "1", "0.01", TW_NUMBER, 0, 0.5, 0, "reactance of the bypass path over rated impedance", NULL, NULL, NULL},
    {"eco_loss", "1", "0.004", TW_NUMBER, 0, 0.5, 0, "standby loss in eco mode / P_rated", NULL, NULL, NULL},
    {"V_brownout", "1", "0.8", TW_NUMBER, 0.05, 1, 0, "input voltage over V_nominal below which double conversion fades out",
     NULL, NULL, NULL},
    {"load_max", "1", "1", TW_NUMBER, 0.01, 10, 0, "permitted load", NULL, NULL, NULL},
    TW_PARAM_PHASES,
    {"autonomy", "s", NULL, TW_NUMBER, 0.1, 1e6, TW_P_OPTIONAL,
     "time for which the full battery carries P_rated; none if absent", NULL, NULL, NULL},
    {"soc", "1", "100 %", TW_NUMBER, 0, 1, 0, "state of charge of the battery at the start", NULL, NULL, NULL},
    {"soc_reserve", "1", NULL, TW_NUMBER, 0, 1, TW_P_OPTIONAL, "lowest state of charge that is permitted", NULL, NULL, NULL},
    {"V_in_min", "1", "0.85", TW_NUMBER, 0.05, 1, 0, "input voltage over V_nominal at which it goes on battery",
     "estimate; IEC 62040-3 asks for normal operation within at least +-10 % (recalled)", NULL, NULL},
    {"V_in_max", "1", "1.1", TW_NUMBER, 1, 2, 0, "input voltage over V_nominal from which it goes on battery",
     "estimate; IEC 62040-3 asks for normal operation within at least +-10 % (recalled)", NULL, NULL},
    {"V_hysteresis", "1", "0.02", TW_NUMBER, 1e-3, 0.2, 0, "how far within its window the input counts as back", "estimate",
     NULL, NULL},
    {"t_transfer", "s", "4 ms", TW_NUMBER, 1e-6, 1, 0,
     "eco mode: from the input's failure to the inverter; the output is the input", "estimate; 2 to 10 ms are usual", NULL, NULL},
    {"t_return", "s", "5 s", TW_NUMBER, 1e-3, 1e4, 0, "how long the input must be back before it is used", "estimate", NULL,
     NULL},
    {"t_walk_in", "s", "10 s", TW_NUMBER, 1e-3, 1e4, 0, "time in which the rectifier takes over the load from the battery",
     "estimate", NULL, NULL},
    {"P_charge", "1", "0.1", TW_NUMBER, 0, 1, TW_P_TIMED, "largest charge power at the input / P_rated", "estimate", NULL, NULL},
    {"charge_efficiency", "1", "0.95", TW_NUMBER, 0.01, 1, 0, "energy stored over energy taken for it", "estimate", NULL, NULL},
    {"inverter", "1", "on", TW_ENUM, 0, 1, TW_P_TIMED,
     "failed: the static bypass carries the output, where its input is good", NULL, "on|failed", NULL},
    {"V_bypass_min", "1", "0.9", TW_NUMBER, 0.05, 1, 0, "input voltage over V_nominal down to which bypass and eco mode use it",
     "estimate: +-10 % is usual", NULL, NULL},
    {"V_bypass_max", "1", "1.1", TW_NUMBER, 1, 2, 0, "input voltage over V_nominal up to which bypass and eco mode use it",
     "estimate: +-10 % is usual", NULL, NULL},
    {"t_bypass", "s", "0 s", TW_NUMBER, 0, 1, 0, "interruption when the static bypass takes over; none where it is synchronised",
     "estimate: up to 4 ms where it is not", NULL, NULL},
    {"load_long", "1", "1.1", TW_NUMBER, 1, 10, 0, "load above which the inverter lasts t_long", CLASS, NULL, NULL},
    {"t_long", "s", "10 min", TW_NUMBER, 1e-3, 1e6, 0, "how long", CLASS, NULL, NULL},
    {"load_short", "1", "1.25", TW_NUMBER, 1, 10, 0, "load above which it lasts t_short", CLASS, NULL, NULL},
    {"t_short", "s", "1 min", TW_NUMBER, 1e-3, 1e6, 0, "how long", CLASS, NULL, NULL},
    {"load_most", "1", "1.5", TW_NUMBER, 1, 100, 0, "load at which the inverter gives up at once", CLASS, NULL, NULL},
    {0}};
static const tw_port ports[] = {
    {"in", TW_AC, TW_R_FEED_IN, 0, NULL, NULL, "mains input"},
    {"out", TW_AC, TW_R_FEED_OUT | TW_R_REFERENCE, 0, NULL, NULL, "output"},
    {"heat", TW_HEAT, TW_R_OPTIONAL, 0, NULL, NULL, "where its loss goes"},
    {0}};
static const tw_unknown unknowns[] = {{"E", "J", TW_STOCK, 1e6, -1e12, 1e13, "stored energy"}, {0}};
static const tw_row rows[] = {{"energy", "W", 1e4, 1e-5}, {0}};
enum { O_CONVERSION, O_CONDUCTION, O_ETA, O_LOAD, O_LOAD_ACTIVE, O_P_IN, O_Q_IN, O_P_OUT, O_Q_OUT, O_I_IN, O_I_OUT, O_V_IN,
       O_V_OUT, O_PF, O_INPUT, O_SOC, O_ENERGY, O_RATE, O_TIME, O_P_BATTERY };
static const tw_quantity outputs[] = {
    {"loss_conversion", "W", TW_Q_LOSS, TW_L_CONVERSION, "loss of double conversion, standby loss in eco mode"},
    {"loss_conduction", "W", TW_Q_LOSS, TW_L_CONDUCTION, "loss in the bypass path"},
    {"efficiency", "1", TW_Q_PLAIN, TW_L_NONE, "active power out over power in, the battery's counted; 0 without power"},
    {"load", "1", TW_Q_PLAIN, TW_L_NONE, "apparent output power over rated"},
    {"load_active", "1", TW_Q_PLAIN, TW_L_NONE, "active output power over rated"},
    {"p_in", "W", TW_Q_PLAIN, TW_L_NONE, "active input power"},
    {"q_in", "var", TW_Q_PLAIN, TW_L_NONE, "reactive input power"},
    {"p_out", "W", TW_Q_PLAIN, TW_L_NONE, "active output power"},
    {"q_out", "var", TW_Q_PLAIN, TW_L_NONE, "reactive output power"},
    {"i_in", "A", TW_Q_PLAIN, TW_L_NONE, "input line current, rms"},
    {"i_out", "A", TW_Q_PLAIN, TW_L_NONE, "output line current, rms"},
    {"v_in", "V", TW_Q_PLAIN, TW_L_NONE, "input voltage, line-to-line"},
    {"v_out", "V", TW_Q_PLAIN, TW_L_NONE, "output voltage, line-to-line"},
    {"power_factor", "1", TW_Q_PLAIN, TW_L_NONE, "input power factor, 0 without power"},
    {"input_share", "1", TW_Q_PLAIN, TW_L_NONE, "share of the demand that the input supports; the battery the rest"},
    {"soc", "1", TW_Q_PLAIN, TW_L_NONE, "state of charge; 0 without a battery"},
    {"energy", "J", TW_Q_PLAIN, TW_L_NONE, "stored energy"},
    {"rate", "W", TW_Q_PLAIN, TW_L_NONE, "net rate of the stored energy, negative when it is used up"},
    {"time_left", "s", TW_Q_PLAIN, TW_L_NONE, "until empty, or full, at this rate; 1e9 s when it stands still"},
    {"P_battery", "W", TW_Q_PLAIN, TW_L_NONE, "power out of the battery, negative while it is charged"},
    {0}};
static const tw_limit limits[] = {
    {"load", "load_max", TW_AT_MOST, "rated apparent power"},
    {"load_active", "load_max", TW_AT_MOST, "rated active power"},
    {"soc", "soc_reserve", TW_AT_LEAST, "reserve"},
    {0}};
static const tw_stamp stamps[] = {{AR, AR}, {AR, AI}, {AR, BR}, {AR, BI}, {AI, AR}, {AI, AI}, {AI, BR}, {AI, BI},
                                  {BR, AR}, {BR, AI}, {BR, BR}, {BR, BI}, {BI, AR}, {BI, AI}, {BI, BR}, {BI, BI},
                                  {HEAT, AR}, {HEAT, AI}, {HEAT, BR}, {HEAT, BI}, {AR, E}, {AI, E}, {HEAT, E},
                                  {E, AR}, {E, AI}, {E, BI}, {E, E}};
static const tw_discrete discrete[] = {
    {"state", "on-line|eco|bypass|off|transfer|on-battery|returning|walk-in|empty|restarting|to-bypass|static-bypass|lost",
     "input within its window, load within what the inverter can|input within the window of the bypass|mode bypass|mode off|"
     "input left the window of the bypass|input left its window|input back within its window|input back for t_return|"
     "battery empty, input outside its window|input back within its window|inverter failed or overloaded|"
     "inverter failed or overloaded, bypass takes over|inverter failed or overloaded, input outside the window of the bypass",
     "what carries the output: input through rectifier and inverter, bypass path, battery, or nothing", false},
    {"since", NULL, NULL, "when it got into that state [s]", true},
    {"long", NULL, NULL, "since when its load is above load_long [s]", true},
    {"short", NULL, NULL, "since when its load is above load_short [s]", true},
    {"calm", NULL, NULL, "since when it could go back to inverter, or to eco [s]", true},
    {0}};

/* What is wrong with an instance's figures, and with which of them; NULL when nothing is. */
static const char *mistake(const tw_derive *d, int i, int *param) {
  const tw_curve *eta = d->c[P_EFF][i];
  bool battery = !isnan(TW_RE(d->p[P_AUTONOMY][i]));
  double lo = TW_RE(d->p[P_VMIN][i]), hi = TW_RE(d->p[P_VMAX][i]);
  if ((eta != NULL) == !isnan(TW_RE(d->p[P_A][i]))) return *param = P_A, "give exactly one of the efficiency curve and loss_a";
  if (eta && TW_RE(d->p[P_NO_LOAD][i]) > 0.0 && eta->x[0] <= 0.0)
    return *param = P_NO_LOAD, "needs a curve that begins above load 0";
  if (battery && lo < TW_RE(d->p[P_BROWN][i])) return *param = P_VMIN, "must not be below V_brownout";
  double low = TW_RE(d->p[P_BYP_MIN][i]), high = TW_RE(d->p[P_BYP_MAX][i]);
  if (high - low <= 2.0 * TW_RE(d->p[P_HYST][i]))
    return *param = P_BYP_MAX, "the distance from V_bypass_min must be more than twice V_hysteresis";
  if (TW_RE(d->p[P_SHORT][i]) <= TW_RE(d->p[P_LONG][i])) return *param = P_SHORT, "must be above load_long";
  if (TW_RE(d->p[P_MOST][i]) <= TW_RE(d->p[P_SHORT][i])) return *param = P_MOST, "must be above load_short";
  if (battery && hi - lo <= 2.0 * TW_RE(d->p[P_HYST][i]))
    return *param = P_HYST, "must be less than half the distance from V_in_min to V_in_max";
  return NULL;
}

static int derive(const tw_derive *d) {
  for (int i = 0; i < d->n; i++) {
    int wrong = -1;
    const char *why = mistake(d, i, &wrong);
    if (why) {
      d->fail(d->ctx, i, wrong, why);
      return 1;
    }
    tw_real S = d->p[P_S][i], U = d->p[P_U][i], Z = U * U / S, pf = d->p[P_PF][i], E0 = U * tw_ac_neutral(d->p[P_PHASES][i]);
    tw_real R = d->p[P_R][i] * Z, X = d->p[P_X][i] * Z, z2 = R * R + X * X, P = d->p[P_P][i], low = d->p[P_BROWN][i] * E0;
    if (isnan(TW_RE(P))) P = S;
    d->p[D_P][i] = P;
    d->p[D_B][i] = 1.0 / (d->p[P_XOUT][i] * Z);
    d->p[D_E][i] = E0;
    d->p[D_U0][i] = low * low;
    d->p[D_TAN][i] = TW_RE(pf) >= 1.0 ? 0.0 : tw_sqrt(1.0 - pf * pf) / pf;
    d->p[D_G1][i] = d->p[P_ECO][i] * P / (U * U);
    d->p[D_YR][i] = R / z2;
    d->p[D_YI][i] = -X / z2;
    d->p[D_R][i] = R;
    d->p[D_NL][i] = d->p[P_NO_LOAD][i] / P;
    tw_loss_law law = {d->c[P_EFF][i], d->p[P_A][i], d->p[P_B][i], d->p[P_C][i], d->p[D_NL][i], 0.0, 0.0, 0.0};
    tw_real t = d->p[P_AUTONOMY][i];
    d->p[D_FULL][i] = isnan(TW_RE(t)) ? 0.0 : t * P * (1.0 + tw_loss_at(&law, 1.0).v);
  }
  return tw_ac_check_phases(d, P_PHASES);
}

static void start(const tw_start *s) {
  for (int i = 0; i < s->n; i++) {
    s->x[E][i] = s->p[P_SOC][i] * s->p[D_FULL][i];
    s->z[Z_STATE][i] = home_of(s->p[P_MODE][i]);
    s->z[Z_SINCE][i] = LONG_AGO;
    s->z[Z_LONG][i] = s->z[Z_SHORT][i] = s->z[Z_CALM][i] = NEVER;
    if (home_of(s->p[P_MODE][i]) != ON_LINE) continue;
    s->x[BR][i] = s->p[D_E][i];
    s->x[BI][i] = 0.0;
  }
}

/* ---- equations ------------------------------------------------------------------------------------------------------------ */

/* Net rate of the stored energy. */
static tw_real rate_of(const tw_eval *e, int i, const conversion *c) {
  return has_battery(e, i) ? c->q.v * c->asked - c->P - c->lost * c->q.v * c->charge.v : 0.0;
}

static void jacobian(const tw_eval *e, int i, const conversion *c, const tw_ac_current *in) {
  tw_real ar = e->x[AR][i], ai = e->x[AI][i], dr = ar - e->x[BR][i], di = ai - e->x[BI][i], n = e->p[P_PHASES][i];
  tw_real G = c->r.path * e->p[D_YR][i], G1 = c->r.eco * e->p[D_G1][i];
  double g = TW_RE(G), h = c->r.path * TW_RE(e->p[D_YI][i]), g1 = g + TW_RE(G1) + TW_LEAK, g2 = g + TW_LEAK;
  double b = TW_RE(c->r.inverter * e->p[D_B][i] * c->g.v), battery = has_battery(e, i) ? 1.0 : 0.0;
  tw_real tan_phi = e->p[D_TAN][i], kept = c->P - c->Po, Ai = c->asked_Po * c->Po_i, Ae = c->charge.d, q = c->q.v;
  tw_real loss = c->g.d * kept + c->lost * c->q.d * c->charge.v + n * G1 + n * TW_LEAK, Gn = n * G;
  tw_real r_A = in->r_P + in->r_Q * tan_phi, i_A = in->i_P + in->i_Q * tan_phi;
  tw_real net_u = c->q.d * (c->asked - c->lost * c->charge.v);
  double row[] = {
      TW_RE(in->r_vr) + g1, TW_RE(in->r_vi) - h, -g, h + TW_RE(r_A * Ai),
      TW_RE(in->i_vr) + h, TW_RE(in->i_vi) + g1, -h, -g + TW_RE(i_A * Ai),
      -g - TW_RE(2.0 * c->g.d * ar * c->ir), h - TW_RE(2.0 * c->g.d * ai * c->ir), g2, -h + b,
      -h - TW_RE(2.0 * c->g.d * ar * c->ii), -g - TW_RE(2.0 * c->g.d * ai * c->ii), h - b, g2,
      TW_RE(-2.0 * (loss * ar + Gn * dr)), TW_RE(-2.0 * (loss * ai + Gn * di)),
      TW_RE(2.0 * Gn * dr - 2.0 * n * TW_LEAK * e->x[BR][i]),
      TW_RE(2.0 * Gn * di - 2.0 * n * TW_LEAK * e->x[BI][i] - c->g.v * (c->P_Po - 1.0) * c->Po_i),
      TW_RE(r_A * Ae), TW_RE(i_A * Ae), TW_RE(-c->lost * q * Ae),
      battery * TW_RE(-2.0 * ar * net_u), battery * TW_RE(-2.0 * ai * net_u), battery * TW_RE(c->P_Po * c->Po_i - q * Ai),
      e->cj - battery * TW_RE((1.0 - c->lost) * q * Ae)};
  for (int s = 0; s < TW_COUNT(row); s++) e->j[s][i] = row[s];
}

static void eval(const tw_eval *e) {
  for (int i = 0; i < e->n; i++) {
    tw_real ar = e->x[AR][i], ai = e->x[AI][i], br = e->x[BR][i], bi = e->x[BI][i], dr = ar - br, di = ai - bi;
    conversion c = conversion_at(e, i);
    tw_real n = e->p[P_PHASES][i], g = c.r.path * e->p[D_YR][i], h = c.r.path * e->p[D_YI][i], u = ar * ar + ai * ai;
    tw_real g1 = c.r.eco * e->p[D_G1][i] + TW_LEAK;
    tw_ac_current in = tw_ac_demand(ar, ai, c.asked, e->p[D_TAN][i] * c.asked, n, e->p[D_U0][i]);
    tw_real ir = g * dr - h * di, ii = h * dr + g * di;
    e->f[AR][i] = in.r + ir + g1 * ar;
    e->f[AI][i] = in.i + ii + g1 * ai;
    e->f[BR][i] = -c.g.v * c.ir - ir + TW_LEAK * br;
    e->f[BI][i] = -c.g.v * c.ii - ii + TW_LEAK * bi;
    e->f[HEAT][i] = -c.g.v * (c.P - c.Po) - c.lost * c.q.v * c.charge.v
                    - n * (g * (dr * dr + di * di) + g1 * u + TW_LEAK * (br * br + bi * bi));
    e->f[E][i] = e->xd[E][i] - rate_of(e, i, &c);
    if (e->j) jacobian(e, i, &c, &in);
  }
}

static void balance(const tw_eval *e, tw_real *const *b) {
  for (int i = 0; i < e->n; i++) tw_store(e, b, i, E, 1.0);
}

static void observe_battery(const tw_eval *e, int i, tw_real rate, tw_real *const *out) {
  tw_real full = e->p[D_FULL][i], rest = TW_RE(rate) < 0.0 ? e->x[E][i] : e->x[E][i] - full;
  bool still = fabs(TW_RE(rate)) * 1e9 <= fabs(TW_RE(rest)) || fabs(TW_RE(rate)) < 1e-9 * TW_RE(e->p[D_P][i]);
  out[O_SOC][i] = has_battery(e, i) ? e->x[E][i] / full : 0.0;
  out[O_ENERGY][i] = e->x[E][i];
  out[O_RATE][i] = rate;
  out[O_TIME][i] = still ? 1e9 : -rest / rate;
  out[O_P_BATTERY][i] = -rate;
}

static void observe(const tw_eval *e, tw_real *const *out) {
  for (int i = 0; i < e->n; i++) {
    tw_real ar = e->x[AR][i], ai = e->x[AI][i], br = e->x[BR][i], bi = e->x[BI][i], dr = ar - br, di = ai - bi;
    conversion c = conversion_at(e, i);
    tw_real n = e->p[P_PHASES][i], g = c.r.path * e->p[D_YR][i], h = c.r.path * e->p[D_YI][i], u = ar * ar + ai * ai;
    tw_real Pr = e->p[D_P][i], q = c.q.v, on = c.r.inverter, g1 = c.r.eco * e->p[D_G1][i], rate = rate_of(e, i, &c);
    tw_ac_current in = tw_ac_demand(ar, ai, c.asked, e->p[D_TAN][i] * c.asked, n, e->p[D_U0][i]);
    tw_real tr = g * dr - h * di, ti = h * dr + g * di; /* through the bypass path */
    tw_real Ir = in.r + tr + g1 * ar, Ii = in.i + ti + g1 * ai, Jr, Ji;
    ups_output o = output_of(e, i, &c);
    Jr = o.r, Ji = o.i;
    tw_real back = tw_ramp(-(c.Po + Pr * c.L.v), 1e-3 * TW_RE(Pr)).v;
    out[O_CONVERSION][i] = c.g.v * on * (Pr * c.L.v + back) + c.lost * q * c.charge.v
                           + n * (g1 * u + TW_LEAK * (u + br * br + bi * bi));
    out[O_CONDUCTION][i] = n * c.r.path * e->p[D_R][i] * (tr * tr + ti * ti);
    out[O_P_IN][i] = n * (ar * Ir + ai * Ii);
    out[O_Q_IN][i] = n * (ai * Ir - ar * Ii);
    out[O_P_OUT][i] = o.P;
    out[O_Q_OUT][i] = o.Q;
    out[O_ETA][i] = tw_ratio(out[O_P_OUT][i], out[O_P_IN][i] - rate);
    out[O_LOAD][i] = tw_ac_magnitude(out[O_P_OUT][i], out[O_Q_OUT][i]) / e->p[P_S][i];
    out[O_LOAD_ACTIVE][i] = out[O_P_OUT][i] / Pr;
    out[O_I_IN][i] = tw_ac_magnitude(Ir, Ii);
    out[O_I_OUT][i] = tw_ac_magnitude(Jr, Ji);
    out[O_V_IN][i] = tw_ac_magnitude(ar, ai) / tw_ac_neutral(n);
    out[O_V_OUT][i] = tw_ac_magnitude(br, bi) / tw_ac_neutral(n);
    out[O_PF][i] = tw_ratio(out[O_P_IN][i], tw_ac_magnitude(out[O_P_IN][i], out[O_Q_IN][i]));
    out[O_INPUT][i] = c.r.path > 0.5 ? 1.0 : c.r.rectifier * q;
    observe_battery(e, i, rate, out);
  }
}

const tw_type TW_TYPE(ups) = {
    .element = "ups", .title = "UPS", .stage = TW_STAGE_UPS,
    .doc = "Double conversion: a stiff output at V_nominal behind a small reactance, loss P_rated (loss_a + loss_b x + "
           "loss_c x^2) or by an efficiency curve, constant-power input. Eco and bypass: a series impedance, with a standby "
           "loss in eco. With a battery: on battery while the input is outside its window; then walk-in and recharge. Eco "
           "mode uses the input within the window of the bypass, else, after t_transfer, the inverter. An inverter that fails or "
           "is overloaded for too long gives the load to the static bypass, within that window, and takes it back after "
           "t_return. The stored energy is a stock: steady states hold it and tell its rate.",
    .use = "The UPS in the path, in double conversion, eco or bypass: what each mode costs, how long it carries which load, what "
           "walk-in and recharging ask of the feed.",
    .validity = "Balanced; steady efficiency over active output power, on battery as on the mains; the battery gives its energy "
                "at any power (no Peukert effect) and is not charged in bypass and off. Overload by definite times in two steps; "
                "the static bypass is closed as soon as its window allows it, without a limit of its own; no earth-fault or "
                "short-circuit clearing, no phase or frequency window.",
    .source = "IEC 62040-3:2021 (VFI and VFD modes, efficiency over active output power).",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs, .limits = limits,
    .discrete = discrete, .stamps = stamps, .n_stamps = TW_COUNT(stamps), .n_derived = D_END - N_P, .n_discrete = Z_COUNT,
    .n_events = UPS_EVENTS, .derive = derive, .start = start, .eval = eval, .events = tw_ups_events, .react = tw_ups_react,
    .observe = observe,
    .balance = balance};
