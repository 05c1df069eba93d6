#include "supply.h"

/* Rectifier of a high-voltage direct-current supply: MV or LV AC to 800 V, 400 V or +-400 V, of n modules in parallel that
 * share alike. Averaged over the mains period.
 *
 * Each output (pole) asks for what supply.h says, with its share of the modules that run: P = running P_rated / poles,
 *   R = (V_no_load - V_full_load) V_full_load / P.
 * With out_minus connected there are two poles of half the rating each, +V and -V against the grounded midpoint, each with its
 * own droop and loss; the midpoint returns i_out - i_out_minus to ground. Loss of a pole P L(x), x = its output power / P:
 *   L = loss_a + loss_b x + loss_c k x^2, k = 1 + alpha (T - T_ref), or x (1/efficiency(x) - 1), conduction_share of which
 *   follows k,
 * so that modules switched off save their share of the no-load loss. Input: the sum of both poles, as in psu: q of it above
 * V_brownout 1, below falling with the voltage (ac.h), outputs and loss with it. Above I_limit an output gives that current at
 * whatever voltage results. The input leaks TW_LEAK and the outputs TW_SUPPLY_BLEED, the only currents of what is off or failed.
 * All loss goes to the heat port. */

enum { P_KIND, P_RATED, P_MODULES, P_RUNNING, P_V_NL, P_V_FL, P_EFF, P_SHARE, P_A, P_B, P_C, P_NO_LOAD, P_ALPHA, P_TREF, P_PF,
       P_PF_CURVE, P_VMIN, P_VMAX, P_VBROWN, P_ILIMIT, P_IMAX, P_LMAX, P_SPARE, P_TMAX, P_STATE, P_PHASES, N_P,
       D_P = N_P, D_R, D_I, D_U0, D_TAN, D_ON, D_MINUS, D_NL, D_RUNNING, D_END };
static const tw_param params[] = {
    {"kind", "1", "rectifier", TW_ENUM, 0, 2, TW_P_STRUCTURAL,
     "what it is built as; a word for reports, the equations are the same", NULL, "rectifier|sst|sidecar", NULL},
    {"P_rated", "W", NULL, TW_NUMBER, 1, 1e9, 0, "rated output power of one module, both poles together", NULL, NULL, NULL},
    {"modules", "1", "1", TW_INTEGER, 1, 1000, TW_P_STRUCTURAL, "modules in parallel", NULL, NULL, NULL},
    {"running", "1", NULL, TW_INTEGER, 0, 1000, TW_P_OPTIONAL | TW_P_TIMED, "modules that run; all when absent", NULL, NULL,
     NULL},
    {"V_no_load", "V", NULL, TW_NUMBER, 1, 1e4, TW_P_TIMED, "output voltage of a pole against ground without load", NULL, NULL,
     NULL},
    {"V_full_load", "V", NULL, TW_NUMBER, 1, 1e4, TW_P_OPTIONAL | TW_P_TIMED,
     "output voltage of a pole with its running modules at rated power, below V_no_load; 0.9999 of that when absent (regulated)",
     NULL, NULL, NULL},
    {"efficiency", "1", NULL, TW_CURVE, 0.01, 1, TW_P_OPTIONAL, "efficiency over output power / rated power", NULL, NULL, "1"},
    {"conduction_share", "1", "0", TW_NUMBER, 0, 1, 0, "share of the curve's loss that follows the temperature", NULL, NULL,
     NULL},
    {"loss_a", "1", NULL, TW_NUMBER, 0, 1, TW_P_OPTIONAL, "no-load loss / P_rated, instead of a curve", NULL, NULL, NULL},
    {"loss_b", "1", "0", TW_NUMBER, 0, 1, 0, "loss in proportion to load / P_rated, at full load", NULL, NULL, NULL},
    {"loss_c", "1", "0", TW_NUMBER, 0, 1, 0, "loss in proportion to load squared / P_rated, at full load and T_ref", NULL, NULL,
     NULL},
    {"P_no_load", "W", "0 W", TW_NUMBER, 0, 1e8, 0,
     "no-load loss of one module beside a curve; it fades out at the curve's first point", NULL, NULL, NULL},
    {"alpha", "1/K", "0 1/K", TW_NUMBER, 0, 0.02, 0, "temperature coefficient of the conduction part", NULL, NULL, NULL},
    {"T_ref", "K", "25 degC", TW_NUMBER, 200, 400, 0, "temperature of the loss figures", NULL, NULL, NULL},
    {"power_factor", "1", "1", TW_NUMBER, 0.1, 1, 0, "input power factor, lagging", NULL, NULL, NULL},
    {"power_factor_curve", "1", NULL, TW_CURVE, 0.1, 1, TW_P_OPTIONAL, "input power factor over output power / rated power", NULL,
     NULL, "1"},
    {"V_in_min", "V", NULL, TW_NUMBER, 1, 1e6, 0, "lowest permitted input voltage, line-to-line", NULL, NULL, NULL},
    {"V_in_max", "V", NULL, TW_NUMBER, 1, 1e6, 0, "highest permitted input voltage, line-to-line", NULL, NULL, NULL},
    {"V_brownout", "V", NULL, TW_NUMBER, 0.5, 1e6, TW_P_OPTIONAL,
     "input voltage below which output is lost, line-to-line; 0.9 V_in_min when absent", NULL, NULL, NULL},
    {"I_limit", "A", NULL, TW_NUMBER, 0.01, 1e7, TW_P_OPTIONAL, "current at which each output is held, all modules together",
     NULL, NULL, NULL},
    {"I_max", "A", NULL, TW_NUMBER, 0.01, 1e7, TW_P_OPTIONAL, "permitted current of each output", NULL, NULL, NULL},
    {"load_max", "1", "1", TW_NUMBER, 0.01, 10, 0, "permitted load of a pole over the rating of its running modules", NULL,
     NULL, NULL},
    {"spare_min", "1", NULL, TW_NUMBER, 0, 1000, TW_P_OPTIONAL, "modules that must be able to fail: 1 for N+1", NULL, NULL, NULL},
    {"T_max", "K", NULL, TW_NUMBER, 250, 400, TW_P_OPTIONAL, "highest permitted temperature of its surroundings", NULL, NULL,
     NULL},
    {"state", "1", "on", TW_ENUM, 0, 2, TW_P_TIMED, "off and failed: no current on either side", NULL, "on|off|failed", NULL},
    TW_PARAM_PHASES,
    {0}};
enum { VR, VI, OUT, HEAT, MINUS };
enum { PORT_MINUS = 3 };
static const tw_port ports[] = {
    {"in", TW_AC, TW_R_FEED_IN, 0, NULL, NULL, "mains input"},
    {"out", TW_DC, TW_R_FEED_OUT | TW_R_REFERENCE, 0, NULL, NULL, "positive output, against ground"},
    {"heat", TW_HEAT, TW_R_OPTIONAL, 0, NULL, NULL, "where its loss goes"},
    {"out_minus", TW_DC, TW_R_OPTIONAL | TW_R_REFERENCE, 0, NULL, NULL,
     "negative output, against ground; connected: two poles of half the rating with a grounded midpoint"},
    {0}};
static const tw_unknown unknowns[] = {{0}};
static const tw_row rows[] = {{0}};
enum { O_CONDUCTION, O_CONVERSION, O_ETA, O_LOAD, O_LOAD_POLE, O_SPARE, O_V_OUT, O_I_OUT, O_V_MINUS, O_I_MINUS, O_I_MOST,
O_NEUTRAL,
       O_P_OUT, O_P_IN, O_Q_IN, O_I_IN, O_V_IN, O_PF, O_INPUT, O_T };
static const tw_quantity outputs[] = {
    {"loss_conduction", "W", TW_Q_LOSS, TW_L_CONDUCTION, "part of the loss that follows current and temperature"},
    {"loss_conversion", "W", TW_Q_LOSS, TW_L_CONVERSION, "rest of the loss"},
    {"efficiency", "1", TW_Q_PLAIN, TW_L_NONE, "power out over power in, 0 without power"},
    {"load", "1", TW_Q_PLAIN, TW_L_NONE, "output power over the rating of the running modules"},
    {"load_pole", "1", TW_Q_PLAIN, TW_L_NONE, "the same of the pole with the higher load"},
    {"spare", "1", TW_Q_PLAIN, TW_L_NONE, "running modules that this load does not need, in modules"},
    {"v_out", "V", TW_Q_PLAIN, TW_L_NONE, "voltage of the positive output"},
    {"i_out", "A", TW_Q_PLAIN, TW_L_NONE, "current out of the positive output"},
    {"v_out_minus", "V", TW_Q_PLAIN, TW_L_NONE, "voltage of the negative output, negative"},
    {"i_out_minus", "A", TW_Q_PLAIN, TW_L_NONE, "current back into the negative output"},
    {"i_most", "A", TW_Q_PLAIN, TW_L_NONE, "the larger of both"},
    {"i_neutral", "A", TW_Q_PLAIN, TW_L_NONE, "current back through the grounded midpoint: i_out - i_out_minus"},
    {"p_out", "W", TW_Q_PLAIN, TW_L_NONE, "output power of both poles"},
    {"p_in", "W", TW_Q_PLAIN, TW_L_NONE, "active input power"},
    {"q_in", "var", TW_Q_PLAIN, TW_L_NONE, "reactive input power"},
    {"i_in", "A", TW_Q_PLAIN, TW_L_NONE, "input current of one phase, rms"},
    {"v_in", "V", TW_Q_PLAIN, TW_L_NONE, "input voltage, line-to-line"},
    {"power_factor", "1", TW_Q_PLAIN, TW_L_NONE, "input power factor, 0 without power"},
    {"input_share", "1", TW_Q_PLAIN, TW_L_NONE, "share of the demand that the input voltage supports; 1 above V_brownout"},
    {"T", "K", TW_Q_TEMPERATURE, TW_L_NONE, "temperature of its surroundings (heat port)"},
    {0}};
static const tw_limit limits[] = {
    {"load_pole", "load_max", TW_AT_MOST, "rated power of the running modules"},
    {"i_most", "I_max", TW_AT_MOST, "output current"},
    {"spare", "spare_min", TW_AT_LEAST, "redundancy"},
    {"v_in", "V_in_min", TW_AT_LEAST, "input voltage window, lower end"},
    {"v_in", "V_in_max", TW_AT_MOST, "input voltage window, upper end"},
    {"T", "T_max", TW_AT_MOST, "temperature of its surroundings"},
    {0}};
static const tw_stamp stamps[] = {{VR, VR}, {VR, VI}, {VR, OUT}, {VR, HEAT}, {VR, MINUS},
                                  {VI, VR}, {VI, VI}, {VI, OUT}, {VI, HEAT}, {VI, MINUS},
                                  {OUT, VR}, {OUT, VI}, {OUT, OUT}, {MINUS, VR}, {MINUS, VI}, {MINUS, MINUS},
                                  {HEAT, VR}, {HEAT, VI}, {HEAT, OUT}, {HEAT, HEAT}, {HEAT, MINUS}};

static int refuse(const tw_derive *d, int i, int param, const char *message) {
  d->fail(d->ctx, i, param, message);
  return 1;
}

static int check(const tw_derive *d, int i, tw_real full_load) {
  const tw_curve *eta = d->c[P_EFF][i];
  double running = TW_RE(d->p[P_RUNNING][i]);
  if (running > TW_RE(d->p[P_MODULES][i])) return refuse(d, i, P_RUNNING, "more than there are modules");
  if (TW_RE(full_load) >= TW_RE(d->p[P_V_NL][i]))
    return refuse(d, i, P_V_FL, "must be below V_no_load: units share current by their droop");
  if ((eta != NULL) == !isnan(TW_RE(d->p[P_A][i]))) return refuse(d, i, P_A,
  "give exactly one of the efficiency curve and loss_a");
  if (eta && TW_RE(d->p[P_NO_LOAD][i]) > 0.0 && eta->x[0] <= 0.0)
    return refuse(d, i, P_NO_LOAD, "needs a curve that begins above load 0");
  if (!eta && TW_RE(d->p[P_NO_LOAD][i]) > 0.0) return refuse(d, i, P_NO_LOAD,
  "belongs beside a curve; with loss_a it is in that");
  if (TW_RE(d->p[P_VMIN][i]) >= TW_RE(d->p[P_VMAX][i])) return refuse(d, i, P_VMIN, "must be below V_in_max");
  return 0;
}

static int derive(const tw_derive *d) {
  for (int i = 0; i < d->n; i++) {
    tw_real nl = d->p[P_V_NL][i], fl = d->p[P_V_FL][i], pf = d->p[P_PF][i], low = d->p[P_VBROWN][i], running = d->p[P_RUNNING][i];
    if (isnan(TW_RE(fl))) fl = 0.9999 * nl;
    if (check(d, i, fl)) return 1;
    if (isnan(TW_RE(running))) running = d->p[P_MODULES][i];
    if (isnan(TW_RE(low))) low = 0.9 * d->p[P_VMIN][i];
    low *= tw_ac_neutral(d->p[P_PHASES][i]);
    double poles = d->open[PORT_MINUS][i] ? 1.0 : 2.0;
    tw_real P = d->p[P_RATED][i] * (TW_RE(running) < 0.5 ? 1.0 : running) / poles;
    d->p[D_P][i] = P;
    d->p[D_R][i] = (nl - fl) * fl / P;
    d->p[D_I][i] = P / fl;
    d->p[D_U0][i] = low * low;
    d->p[D_TAN][i] = TW_RE(pf) >= 1.0 ? 0.0 : tw_sqrt(1.0 - pf * pf) / pf;
    d->p[D_ON][i] = TW_RE(d->p[P_STATE][i]) < 0.5 && TW_RE(running) > 0.5 ? 1.0 : 0.0;
    d->p[D_MINUS][i] = poles > 1.5 ? d->p[D_ON][i] : 0.0;
    d->p[D_NL][i] = d->p[P_NO_LOAD][i] / d->p[P_RATED][i];
    d->p[D_RUNNING][i] = running;
  }
  return tw_ac_check_phases(d, P_PHASES);
}

static void start(const tw_start *s) {
  for (int i = 0; i < s->n; i++) {
    double v = isnan(s->p[P_V_FL][i]) ? s->p[P_V_NL][i] : s->p[P_V_FL][i];
    if (s->p[D_ON][i] > 0.5) s->x[OUT][i] = v;
    if (s->p[D_MINUS][i] > 0.5) s->x[MINUS][i] = -v;
  }
}

/* Both poles; the voltage of the negative one is counted downwards. */
typedef struct { tw_supply s[2]; tw_supply_demand d[2]; tw_real v[2], P, Q; } poles;

static poles poles_at(const tw_eval *e, int i) {
  poles w;
  for (int k = 0; k < 2; k++) {
    w.s[k] = (tw_supply){.V_no_load = e->p[P_V_NL][i], .R = e->p[D_R][i], .P = e->p[D_P][i],
                         .on = k ? e->p[D_MINUS][i] : e->p[D_ON][i], .I_limit = e->p[P_ILIMIT][i], .most = INFINITY,
                         .I_rated = TW_RE(e->p[D_I][i]), .tan_phi = e->p[D_TAN][i], .power_factor = e->c[P_PF_CURVE][i],
                         .law = {e->c[P_EFF][i], e->p[P_A][i], e->p[P_B][i], e->p[P_C][i], e->p[D_NL][i], e->p[P_SHARE][i],
                                 e->p[P_ALPHA][i], e->x[HEAT][i] - e->p[P_TREF][i]}};
    w.v[k] = k ? -e->x[MINUS][i] : e->x[OUT][i];
    w.d[k] = tw_supply_at(&w.s[k], w.v[k]);
  }
  w.P = w.d[0].P + w.d[1].P;
  w.Q = w.d[0].Q + w.d[1].Q;
  return w;
}

static void jacobian(const tw_eval *e, int i, const poles *w, const tw_ac_current *c, tw_vd q) {
  tw_real vr = e->x[VR][i], vi = e->x[VI][i], n = e->p[P_PHASES][i];
  const tw_supply_demand *a = &w->d[0], *b = &w->d[1];
  tw_real kept = w->P - w->v[0] * a->i.v - w->v[1] * b->i.v, heat_u = q.d * kept + TW_LEAK * n;
  double row[21] = {
      TW_RE(c->r_vr) + TW_LEAK, TW_RE(c->r_vi), TW_RE(c->r_P * a->P_v + c->r_Q * a->Q_v),
      TW_RE(c->r_P * (a->P_T + b->P_T) + c->r_Q * (a->Q_T + b->Q_T)), -TW_RE(c->r_P * b->P_v + c->r_Q * b->Q_v),
      TW_RE(c->i_vr), TW_RE(c->i_vi) + TW_LEAK, TW_RE(c->i_P * a->P_v + c->i_Q * a->Q_v),
      TW_RE(c->i_P * (a->P_T + b->P_T) + c->i_Q * (a->Q_T + b->Q_T)), -TW_RE(c->i_P * b->P_v + c->i_Q * b->Q_v),
      TW_RE(-2.0 * q.d * vr * a->i.v), TW_RE(-2.0 * q.d * vi * a->i.v), TW_RE(-q.v * a->i.d) + TW_SUPPLY_BLEED,
      TW_RE(2.0 * q.d * vr * b->i.v), TW_RE(2.0 * q.d * vi * b->i.v), TW_RE(-q.v * b->i.d) + TW_SUPPLY_BLEED,
      TW_RE(-2.0 * vr * heat_u), TW_RE(-2.0 * vi * heat_u),
      TW_RE(-q.v * (a->P_v - a->i.v - w->v[0] * a->i.d) - 2.0 * TW_SUPPLY_BLEED * w->v[0]), TW_RE(-q.v * (a->P_T + b->P_T)),
      TW_RE(q.v * (b->P_v - b->i.v - w->v[1] * b->i.d) + 2.0 * TW_SUPPLY_BLEED * w->v[1])};
  for (int s = 0; s < 21; s++) e->j[s][i] = row[s];
}

static void eval(const tw_eval *e) {
  for (int i = 0; i < e->n; i++) {
    tw_real vr = e->x[VR][i], vi = e->x[VI][i], n = e->p[P_PHASES][i], u = vr * vr + vi * vi;
    poles w = poles_at(e, i);
    tw_vd q = tw_ac_share(u, e->p[D_U0][i]);
    tw_ac_current c = tw_ac_demand(vr, vi, w.P, w.Q, n, e->p[D_U0][i]);
    e->f[VR][i] = c.r + TW_LEAK * vr;
    e->f[VI][i] = c.i + TW_LEAK * vi;
    e->f[OUT][i] = -q.v * w.d[0].i.v + TW_SUPPLY_BLEED * w.v[0];
    e->f[MINUS][i] = q.v * w.d[1].i.v - TW_SUPPLY_BLEED * w.v[1];
    e->f[HEAT][i] = -q.v * (w.P - w.v[0] * w.d[0].i.v - w.v[1] * w.d[1].i.v) -
                    TW_LEAK * n * u - TW_SUPPLY_BLEED * (w.v[0] * w.v[0] + w.v[1] * w.v[1]);
    if (e->j) jacobian(e, i, &w, &c, q);
  }
}

static void observe_outputs(const tw_eval *e, int i, const poles *w, tw_real q, tw_real *const *out) {
  tw_real I = q * w->d[0].i.v, J = q * w->d[1].i.v, P = w->v[0] * I + w->v[1] * J, rated = e->p[D_P][i];
  tw_real first = w->v[0] * I / rated, second = w->v[1] * J / rated;
  bool negative = TW_RE(second) > TW_RE(first);
  out[O_LOAD][i] = P / (e->p[P_RATED][i] * (TW_RE(e->p[D_RUNNING][i]) < 0.5 ? 1.0 : e->p[D_RUNNING][i]));
  out[O_LOAD_POLE][i] = negative ? second : first;
  out[O_SPARE][i] = e->p[D_ON][i] * e->p[D_RUNNING][i] - P / e->p[P_RATED][i];
  out[O_V_OUT][i] = w->v[0];
  out[O_I_OUT][i] = I;
  out[O_V_MINUS][i] = -w->v[1];
  out[O_I_MINUS][i] = J;
  out[O_I_MOST][i] = TW_RE(J) > TW_RE(I) ? J : I;
  out[O_NEUTRAL][i] = I - J;
  out[O_P_OUT][i] = P;
}

static void observe(const tw_eval *e, tw_real *const *out) {
  for (int i = 0; i < e->n; i++) {
    tw_real vr = e->x[VR][i], vi = e->x[VI][i], n = e->p[P_PHASES][i], v_in = tw_ac_magnitude(vr, vi);
    tw_real q = tw_ac_share(vr * vr + vi * vi, e->p[D_U0][i]).v, conduction = 0.0, conversion = 0.0;
    poles w = poles_at(e, i);
    for (int k = 0; k < 2; k++) {
      conduction += w.s[k].on * w.s[k].P * w.d[k].L.conduction;
      conversion += tw_supply_conversion_loss(&w.s[k], &w.d[k], w.v[k]);
    }
    out[O_CONDUCTION][i] = q * conduction;
    out[O_CONVERSION][i] = q * conversion + TW_LEAK * n * v_in * v_in + TW_SUPPLY_BLEED * (w.v[0] * w.v[0] + w.v[1] * w.v[1]);
    observe_outputs(e, i, &w, q, out);
    tw_real P = q * w.P, S = tw_ac_magnitude(P, q * w.Q);
    out[O_ETA][i] = tw_ratio(out[O_P_OUT][i], P);
    out[O_P_IN][i] = P;
    out[O_Q_IN][i] = q * w.Q;
    out[O_I_IN][i] = TW_RE(v_in) > 0.0 ? S / (n * v_in) : 0.0;
    out[O_V_IN][i] = v_in / tw_ac_neutral(n);
    out[O_PF][i] = tw_ratio(P, S);
    out[O_INPUT][i] = q;
    out[O_T][i] = e->x[HEAT][i];
  }
}

const tw_type TW_TYPE(rectifier) = {
    .element = "rectifier", .title = "Rectifier", .stage = TW_STAGE_PSU,
    .doc = "AC to DC with droop from V_no_load to V_full_load, one-way, of modules in parallel. Out_minus connected: two poles "
           "of half the rating against a grounded midpoint, which carries i_out - i_out_minus. Loss of a pole from an "
           "efficiency curve or as P (loss_a + loss_b x + loss_c x^2) with x = its power over the rating P of its running "
           "modules; constant-power input with a power factor, which fades out with the outputs below V_brownout. All loss "
           "goes to the heat port.",
    .use = "The step from AC to 800 V, 400 V or +-400 V: an MV rectifier, a solid-state transformer or a sidecar; how many "
           "modules should run, and what one that fails leaves.",
    .validity = "Averages over the mains period; modules share alike; within the points of its curve. What it takes below "
                "V_brownout fades to nothing: it has no current limit and no cut-off of its input, as psu has. Fault currents and "
                "the transformer of a solid-state transformer are in its loss only.",
    .source = "Energy balance with the usual fit of a catalogue efficiency curve, loss = P_rated (a + b x + c x^2).",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs, .limits = limits,
    .stamps = stamps, .n_stamps = TW_COUNT(stamps), .n_derived = D_END - N_P, .derive = derive, .start = start, .eval = eval,
    .observe = observe};
