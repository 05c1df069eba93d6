#include "supply.h"

/* Battery backup unit on a DC bus: a pack behind a converter both ways, n modules alike. The state is the energy E of the
 * packs, a stock. Discrete states, with hysteresis and delay:
 *   idle         takes P_standby; bus <= V_trigger: pending
 *   pending      as idle; after t_detect: discharging; bus >= V_return: idle
 *   discharging  a source with droop from V_no_load to V_full_load and the current limit of supply.h, times r(t), which rises
 *   as
 *   s^2 (3 - 2 s) from t_detect to t_takeover; E = 0: empty; bus >= V_return: idle
 *   charging     (from idle at soc <= soc_recharge) takes P_charge, not above I_charge; E full: idle; bus <= V_trigger:
 *   pending
 *   empty        as idle; bus >= V_return: idle
 * In a steady state every delay has passed, and it starts as discharging: a bus that holds itself above V_return sends it to
 * idle. Loss P_rated L(x) by the law of ac.h, x = power at the bus over P_rated, while it discharges or charges (the
 * controller is in it):
 *   dE/dt = -(v i + P_rated L), i out of the unit, negative when it charges.
 * All loss goes to the heat port. The pack's own loss is part of L; its energy does not depend on the power taken. */

enum { P_RATED, P_MODULES, P_CAPACITY, P_HEALTH, P_SOC, P_RECHARGE, P_RESERVE, P_V_NL, P_V_FL, P_V_TRIGGER, P_V_RETURN,
    P_T_DETECT,
       P_T_TAKEOVER, P_EFF, P_A, P_B, P_C, P_STANDBY, P_CHARGE, P_I_CHARGE, P_ILIMIT, P_IMAX, P_LMAX, P_TMAX, P_STATE, N_P,
       D_P = N_P, D_C, D_R, D_I, D_ON, D_VMIN, D_END };
static const tw_param params[] = {
    {"P_rated", "W", NULL, TW_NUMBER, 1, 1e8, 0, "rated output power of one module", NULL, NULL, NULL},
    {"modules", "1", "1", TW_INTEGER, 1, 1000, TW_P_STRUCTURAL, "modules in parallel", NULL, NULL, NULL},
    {"capacity", "J", NULL, TW_NUMBER, 1, 1e12, 0, "energy of a full pack when new, of one module (kWh accepted)", NULL, NULL,
     NULL},
    {"health", "1", "1", TW_NUMBER, 0.01, 1.2, 0, "share of the capacity that ageing has left", NULL, NULL, NULL},
    {"soc", "1", "100 %", TW_NUMBER, 0, 1, 0, "state of charge at the start", NULL, NULL, NULL},
    {"soc_recharge", "1", "95 %", TW_NUMBER, 0, 0.999, 0, "state of charge at which it begins to charge", NULL, NULL, NULL},
    {"soc_reserve", "1", NULL, TW_NUMBER, 0, 1, TW_P_OPTIONAL, "lowest state of charge that is permitted", NULL, NULL, NULL},
    {"V_no_load", "V", NULL, TW_NUMBER, 1, 1e4, 0, "output voltage without load, below V_trigger", NULL, NULL, NULL},
    {"V_full_load", "V", NULL, TW_NUMBER, 1, 1e4, 0, "output voltage at rated power, below V_no_load", NULL, NULL, NULL},
    {"V_trigger", "V", NULL, TW_NUMBER, 1, 1e4, 0, "bus voltage at which it takes over", NULL, NULL, NULL},
    {"V_return", "V", NULL, TW_NUMBER, 1, 1e4, 0, "bus voltage at which it stops, above V_trigger", NULL, NULL, NULL},
    {"t_detect", "s", "2 ms", TW_NUMBER, 1e-6, 10, 0, "how long the bus must stay low", NULL, NULL, NULL},
    {"t_takeover", "s", "4 ms", TW_NUMBER, 2e-6, 20, 0, "until full output, from when the bus went low", NULL, NULL, NULL},
    {"efficiency", "1", NULL, TW_CURVE, 0.01, 1, TW_P_OPTIONAL, "efficiency over power at the bus / P_rated", NULL, NULL, "1"},
    {"loss_a", "1", NULL, TW_NUMBER, 0, 1, TW_P_OPTIONAL, "no-load loss / P_rated, instead of a curve", NULL, NULL, NULL},
    {"loss_b", "1", "0", TW_NUMBER, 0, 1, 0, "loss in proportion to load / P_rated, at full load", NULL, NULL, NULL},
    {"loss_c", "1", "0", TW_NUMBER, 0, 1, 0, "loss in proportion to load squared / P_rated, at full load", NULL, NULL, NULL},
    {"P_standby", "W", "0 W", TW_NUMBER, 0, 1e6, 0, "taken from the bus by one idle module", NULL, NULL, NULL},
    {"P_charge", "W", "0 W", TW_NUMBER, 0, 1e8, TW_P_TIMED, "charge power of one module at the bus; 0: it does not charge",
     NULL, NULL,
     NULL},
    {"I_charge", "A", NULL, TW_NUMBER, 0.01, 1e6, TW_P_OPTIONAL, "charge current not exceeded, all modules together", NULL,
     NULL, NULL},
    {"I_limit", "A", NULL, TW_NUMBER, 0.01, 1e7, TW_P_OPTIONAL, "current at which the output is held, all modules together",
     NULL, NULL,
     NULL},
    {"I_max", "A", NULL, TW_NUMBER, 0.01, 1e7, TW_P_OPTIONAL, "permitted lasting output current, all modules together", NULL,
     NULL,
     NULL},
    {"load_max", "1", "1", TW_NUMBER, 0.01, 10, 0, "permitted output power over rated", NULL, NULL, NULL},
    {"T_max", "K", NULL, TW_NUMBER, 250, 400, TW_P_OPTIONAL, "highest permitted temperature of its surroundings", NULL, NULL,
     NULL},
    {"state", "1", "on", TW_ENUM, 0, 2, TW_P_TIMED, "off and failed: no current", NULL, "on|off|failed", NULL},
    {0}};
enum { BUS, HEAT, E };
static const tw_port ports[] = {
    {"out", TW_DC, TW_R_FEED_OUT | TW_R_REFERENCE, 0, NULL, NULL, "bus that it backs, against ground"},
    {"heat", TW_HEAT, TW_R_OPTIONAL, 0, NULL, NULL, "where its loss goes"},
    {0}};
static const tw_unknown unknowns[] = {{"E", "J", TW_STOCK, 1e6, -1e12, 1e13, "stored energy"}, {0}};
static const tw_row rows[] = {{"energy", "W", 1e4, 1e-5}, {0}};
enum { O_CONDUCTION, O_CONVERSION, O_CONTROL, O_MODE, O_SOC, O_E, O_RATE, O_TIME, O_RUN_TIME, O_V, O_I, O_I_CH, O_P, O_P_CH,
    O_LOAD,
       O_T };
static const tw_quantity outputs[] = {
    {"loss_conduction", "W", TW_Q_LOSS, TW_L_CONDUCTION, "part of the converter's loss that follows the square of the load"},
    {"loss_conversion", "W", TW_Q_LOSS, TW_L_CONVERSION, "rest of the converter's loss"},
    {"loss_control", "W", TW_Q_LOSS, TW_L_CONTROL, "standby"},
    {"mode", "1", TW_Q_PLAIN, TW_L_NONE, "0 idle, 1 pending, 2 discharging, 3 charging, 4 empty"},
    {"soc", "1", TW_Q_PLAIN, TW_L_NONE, "state of charge"},
    {"energy", "J", TW_Q_PLAIN, TW_L_NONE, "stored energy"},
    {"rate", "W", TW_Q_PLAIN, TW_L_NONE, "net rate of the stored energy, negative when it is used up"},
    {"time_left", "s", TW_Q_PLAIN, TW_L_NONE, "until empty, or full, at this rate; 1e9 s when it stands still"},
    {"run_time", "s", TW_Q_PLAIN, TW_L_NONE, "from this state of charge until empty at rated power"},
    {"v", "V", TW_Q_PLAIN, TW_L_NONE, "bus voltage"},
    {"i", "A", TW_Q_PLAIN, TW_L_NONE, "current to the bus, negative when it takes some"},
    {"i_charge", "A", TW_Q_PLAIN, TW_L_NONE, "charge current"},
    {"P", "W", TW_Q_PLAIN, TW_L_NONE, "power to the bus, negative when it takes some"},
    {"P_in", "W", TW_Q_PLAIN, TW_L_NONE, "power taken from the bus"},
    {"load", "1", TW_Q_PLAIN, TW_L_NONE, "output power over rated"},
    {"T", "K", TW_Q_TEMPERATURE, TW_L_NONE, "temperature of its surroundings (heat port)"},
    {0}};
static const tw_limit limits[] = {
    {"load", "load_max", TW_AT_MOST, "rated power"},
    {"i", "I_max", TW_AT_MOST, "output current"},
    {"soc", "soc_reserve", TW_AT_LEAST, "reserve"},
    {"T", "T_max", TW_AT_MOST, "temperature of its surroundings"},
    {0}};
static const tw_stamp stamps[] = {{BUS, BUS}, {HEAT, BUS}, {E, BUS}, {E, E}};
enum { Z_MODE, Z_SINCE };
enum { IDLE, PENDING, DISCHARGING, CHARGING, EMPTY };
static const tw_discrete discrete[] = {
    {"state", "idle|pending|discharging|charging|empty",
     "bus back at V_return, or pack full|bus fell to V_trigger|bus low for t_detect|pack below its recharge level|pack empty",
     "what it does beside its bus", false},
    {"since", NULL, NULL, "when it got into that state [s]", true},
    {0}};
#define LONG_AGO -1e9

static int derive(const tw_derive *d) {
  int bad = 0;
  for (int i = 0; i < d->n; i++) {
    tw_real nl = d->p[P_V_NL][i], fl = d->p[P_V_FL][i], n = d->p[P_MODULES][i], P = d->p[P_RATED][i] * n;
    const char *wrong = NULL;
    int param = -1;
    if (TW_RE(fl) >= TW_RE(nl)) wrong = "must be below V_no_load: modules share current by their droop", param = P_V_FL;
    else if (TW_RE(nl) >= TW_RE(d->p[P_V_TRIGGER][i])) wrong = "must be below V_trigger, or it would carry the load itself",
        param = P_V_NL;
    else if (TW_RE(d->p[P_V_TRIGGER][i]) >= TW_RE(d->p[P_V_RETURN][i])) wrong = "must be above V_trigger", param = P_V_RETURN;
    else if (TW_RE(d->p[P_T_TAKEOVER][i]) <= TW_RE(d->p[P_T_DETECT][i])) wrong = "must be after t_detect", param = P_T_TAKEOVER;
    else if ((d->c[P_EFF][i] != NULL) == !isnan(TW_RE(d->p[P_A][i]))) wrong = "give exactly one of the efficiency curve and "
        "loss_a", param = P_A;
    if (wrong) d->fail(d->ctx, i, param, wrong), bad = 1;
    d->p[D_P][i] = P;
    d->p[D_C][i] = d->p[P_CAPACITY][i] * d->p[P_HEALTH][i] * n;
    d->p[D_R][i] = (nl - fl) * fl / P;
    d->p[D_I][i] = P / fl;
    d->p[D_ON][i] = TW_RE(d->p[P_STATE][i]) < 0.5 ? 1.0 : 0.0;
    d->p[D_VMIN][i] = 0.5 * fl;
  }
  return bad;
}

static int mode_of(const tw_eval *e, int i) { return (int)lround(e->z[Z_MODE][i]); }

/* Share of the output that is there at the time t. */
static double risen(const tw_eval *e, int i) {
  double s = (e->t - e->z[Z_SINCE][i]) / TW_RE(e->p[P_T_TAKEOVER][i] - e->p[P_T_DETECT][i]);
  return s <= 0.0 ? 0.0 : s >= 1.0 ? 1.0 : s * s * (3.0 - 2.0 * s);
}

/* Current to the bus, loss of the converter and standby, with derivatives to v. */
typedef struct { tw_vd i, L, standby; tw_real conduction; } flows;

static tw_vd charge_current(const tw_eval *e, int i, tw_real v) {
  tw_draw d = tw_draw_at(v, e->p[D_VMIN][i]);
  tw_real P = e->load_scale * e->p[P_CHARGE][i] * e->p[P_MODULES][i], most = e->p[P_I_CHARGE][i];
  tw_vd I = {P * d.h, P * d.dh};
  if (isnan(TW_RE(most))) return I;
  tw_vd over = tw_ramp(I.v - most, 5e-3 * TW_RE(most));
  return (tw_vd){I.v - over.v, I.d * (1.0 - over.d)};
}

static flows at(const tw_eval *e, int i) {
  flows w = {{0.0, 0.0}, {0.0, 0.0}, {0.0, 0.0}, 0.0};
  tw_real v = e->x[BUS][i], P = e->p[D_P][i];
  int mode = mode_of(e, i);
  if (TW_RE(e->p[D_ON][i]) < 0.5) return w;
  if (mode != DISCHARGING && mode != CHARGING) {
    tw_draw d = tw_draw_at(v, e->p[D_VMIN][i]);
    tw_real P0 = tw_draw_scale(e->load_scale) * e->p[P_STANDBY][i] * e->p[P_MODULES][i];
    w.i = (tw_vd){-P0 * d.h, -P0 * d.dh};
    w.standby = (tw_vd){P0 * d.q, P0 * d.dq};
    return w;
  }
  if (mode == CHARGING) {
    tw_vd I = charge_current(e, i, v);
    w.i = (tw_vd){-I.v, -I.d};
  } else {
    tw_supply s = {.V_no_load = e->p[P_V_NL][i], .R = e->p[D_R][i], .P = P, .on = risen(e, i), .I_limit = e->p[P_ILIMIT][i],
                   .I_rated = TW_RE(e->p[D_I][i])};
    w.i = tw_supply_current(&s, v);
  }
  tw_loss_law law = {e->c[P_EFF][i], e->p[P_A][i], e->p[P_B][i], e->p[P_C][i], 0.0, 0.0, 0.0, 0.0};
  double sign = mode == CHARGING ? -1.0 : 1.0;
  tw_loss_value L = tw_loss_at(&law, sign * v * w.i.v / P);
  w.L = (tw_vd){P * L.v, L.x * sign * (w.i.v + v * w.i.d)};
  w.conduction = P * L.conduction;
  return w;
}

static void eval(const tw_eval *e) {
  for (int i = 0; i < e->n; i++) {
    flows w = at(e, i);
    tw_real v = e->x[BUS][i];
    e->f[BUS][i] = -w.i.v;
    e->f[HEAT][i] = -w.L.v - w.standby.v;
    e->f[E][i] = e->xd[E][i] + v * w.i.v + w.L.v + w.standby.v; /* standby: v i + standby = 0 */
    if (!e->j) continue;
    e->j[0][i] = -TW_RE(w.i.d);
    e->j[1][i] = -TW_RE(w.L.d + w.standby.d);
    e->j[2][i] = TW_RE(w.i.v + v * w.i.d + w.L.d + w.standby.d);
    e->j[3][i] = e->cj;
  }
}

static void observe(const tw_eval *e, tw_real *const *out) {
  for (int i = 0; i < e->n; i++) {
    flows w = at(e, i);
    tw_loss_law law = {e->c[P_EFF][i], e->p[P_A][i], e->p[P_B][i], e->p[P_C][i], 0.0, 0.0, 0.0, 0.0};
    tw_real v = e->x[BUS][i], C = e->p[D_C][i], Pr = e->p[D_P][i], P = v * w.i.v, rate = -(P + w.L.v + w.standby.v);
    tw_real rest = TW_RE(rate) < 0.0 ? e->x[E][i] : e->x[E][i] - C;
    bool still = fabs(TW_RE(rate)) * 1e9 <= fabs(TW_RE(rest)) || fabs(TW_RE(rate)) < 1e-9 * TW_RE(Pr);
    bool taking = TW_RE(w.i.v) < 0.0;
    out[O_CONDUCTION][i] = w.conduction;
    out[O_CONVERSION][i] = w.L.v - w.conduction;
    out[O_CONTROL][i] = w.standby.v;
    out[O_MODE][i] = e->z[Z_MODE][i];
    out[O_SOC][i] = e->x[E][i] / C;
    out[O_E][i] = e->x[E][i];
    out[O_RATE][i] = rate;
    out[O_TIME][i] = still ? 1e9 : -rest / rate;
    out[O_RUN_TIME][i] = e->x[E][i] / (Pr * (1.0 + tw_loss_at(&law, 1.0).v));
    out[O_V][i] = v;
    out[O_I][i] = w.i.v;
    out[O_I_CH][i] = taking && mode_of(e, i) == CHARGING ? -w.i.v : 0.0;
    out[O_P][i] = P;
    out[O_P_CH][i] = taking ? -P : 0.0;
    out[O_LOAD][i] = P / Pr;
    out[O_T][i] = e->x[HEAT][i];
  }
}

static void balance(const tw_eval *e, tw_real *const *b) {
  for (int i = 0; i < e->n; i++) tw_store(e, b, i, E, 1.0);
}

static void events(const tw_eval *e, tw_real *const *g) {
  for (int i = 0; i < e->n; i++) {
    tw_real v = e->x[BUS][i], full = e->x[E][i] / e->p[D_C][i];
    int mode = mode_of(e, i);
    g[0][i] = mode == IDLE || mode == CHARGING ? e->p[P_V_TRIGGER][i] - v : v - e->p[P_V_RETURN][i];
    g[1][i] = mode == PENDING ? e->t - e->z[Z_SINCE][i] - e->p[P_T_DETECT][i] : -1.0;
    g[2][i] = mode == DISCHARGING ? -full : mode == CHARGING ? full - 1.0 : -1.0;
  }
}

static int low_bus(const tw_eval *e, bool empty) { return empty ? EMPTY : e->at_rest ? DISCHARGING : PENDING; }

static int next_mode(const tw_eval *e, int i, int mode, double since) {
  const double reach = 1e-9; /* an event is located to within this part */
  double v = TW_RE(e->x[BUS][i]), soc = TW_RE(e->x[E][i] / e->p[D_C][i]), low = TW_RE(e->p[P_V_TRIGGER][i]);
  bool back = v >= TW_RE(e->p[P_V_RETURN][i]) * (1.0 - reach), gone = v <= low * (1.0 + reach), empty = soc <= reach;
  switch (mode) {
    case IDLE:
      if (gone) return low_bus(e, empty);
      return TW_RE(e->p[P_CHARGE][i]) > 0.0 && soc <= TW_RE(e->p[P_RECHARGE][i]) ? CHARGING : IDLE;
    case CHARGING:
      if (gone) return low_bus(e, empty);
      return soc >= 1.0 - reach || !(TW_RE(e->p[P_CHARGE][i]) > 0.0) ? IDLE : CHARGING;
    case PENDING:
      if (back) return IDLE;
      return e->at_rest || e->t >= since + TW_RE(e->p[P_T_DETECT][i]) * (1.0 - 1e-6) ? DISCHARGING : PENDING;
    case DISCHARGING: return back ? IDLE : empty ? EMPTY : DISCHARGING;
    default: return back ? IDLE : EMPTY;
  }
}

static int react(const tw_eval *e, double *const *z) {
  int changed = 0;
  for (int i = 0; i < e->n; i++) {
    int mode = (int)lround(z[Z_MODE][i]), next = next_mode(e, i, mode, z[Z_SINCE][i]);
    if (next == mode) continue;
    z[Z_MODE][i] = next;
    z[Z_SINCE][i] = e->at_rest ? LONG_AGO : e->t;
    changed++;
  }
  return changed;
}

static void start(const tw_start *s) {
  for (int i = 0; i < s->n; i++) {
    if (s->p[D_ON][i] > 0.5) s->x[BUS][i] = s->p[P_V_FL][i];
    s->x[E][i] = s->p[P_SOC][i] * s->p[D_C][i];
    s->z[Z_MODE][i] = s->p[P_SOC][i] > 0.0 ? DISCHARGING : EMPTY;
    s->z[Z_SINCE][i] = LONG_AGO;
  }
}

const tw_type TW_TYPE(bbu) = {
    .element = "bbu", .title = "Battery backup unit", .stage = TW_STAGE_STORAGE,
    .doc = "Idle at a bus above V_trigger; below it for t_detect it takes over with a droop source from V_no_load to "
           "V_full_load, at full output t_takeover after the bus went low, until the bus is back at V_return or the pack is "
           "empty; then it charges with P_charge. Loss P_rated (loss_a + loss_b x + loss_c x^2) or by a curve while it works, "
           "P_standby while it is idle. The stored energy is a stock: steady states hold it, tell its rate and warn while it "
           "changes.",
    .use = "Backup on the rack's bus: whether it takes over in time, how long it carries which load, what recharging adds to "
           "the feed.",
    .validity = "Averaged over the switching period. Voltage and efficiency of the pack do not follow its state of charge; its "
                "energy does not depend on the power taken (give health). It is told by the bus voltage alone: the signal "
                "AC_LOSS, by which ORv3 HPR supplies announce that their input is lost, is not modelled; give the supplies V_drop "
                "instead, which lowers the bus while they still hold up.",
    .source = "States and delays: ORv3 3 kW backup as shown at OCP 2023 (bus below 48.5 V for 2 ms, output within 4 ms in "
              "all); loss: energy balance with the usual fit of a catalogue efficiency curve.",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs, .limits = limits,
    .discrete = discrete, .stamps = stamps, .n_stamps = TW_COUNT(stamps), .n_derived = D_END - N_P, .n_discrete = 2,
    .n_events = 3, .derive = derive, .start = start, .eval = eval, .observe = observe, .balance = balance, .events = events,
    .react = react};
