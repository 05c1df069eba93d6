#include "component.h"
#include "electric.h"

/* Hot-swap controller of a tray: a pass transistor and a sense resistor in series, and its own supply from the input.
 *     i = (v_in - v_out) / (R_on [1 + alpha (T - T_ref)] + R_sense),   control current P_control h(v_in)  (electric.h)
 * with its own temperature, heat_capacity dT/dt = loss - (T - T_heat)/R_th. Switched off or tripped, R_off remains.
 * It trips when the bus falls to V_trip, and closes again when the bus is back at V_restart; without V_restart it stays open
 * until it is repaired. When its transistors reach T_trip (overtemperature fault) it stays open until it is repaired. */

enum { P_R_ON, P_R_SENSE, P_ALPHA, P_T_REF, P_CONTROL, P_R_OFF, P_V_NOMINAL, P_V_MIN, P_R_TH, P_HEAT_CAPACITY, P_STATE, P_I_MAX,
       P_T_MAX, P_V_TRIP, P_V_RESTART, P_T_TRIP, N_PARAMS, D_V_MIN = N_PARAMS, N_END };
static const tw_param params[] = {
    {"R_on", "ohm", NULL, TW_NUMBER, 1e-9, 10, 0, "on resistance of the pass transistors at T_ref", NULL, NULL, NULL},
    {"R_sense", "ohm", "0 ohm", TW_NUMBER, 0, 10, 0, "sense resistance", NULL, NULL, NULL},
    {"alpha", "1/K", "0.004 1/K", TW_NUMBER, 0, 0.02, 0, "temperature coefficient of R_on", "estimate", NULL, NULL},
    {"T_ref", "K", "25 degC", TW_NUMBER, 200, 500, 0, "temperature to which R_on belongs", NULL, NULL, NULL},
    {"P_control", "W", "0 W", TW_NUMBER, 0, 1000, 0, "power of the controller", NULL, NULL, NULL},
    {"R_off", "ohm", "1 Mohm", TW_NUMBER, 1, 1e12, 0, "resistance when switched off", "estimate", NULL, NULL},
    {"V_nominal", "V", NULL, TW_NUMBER, 1, 1e5, 0, "nominal voltage", NULL, NULL, NULL},
    {"v_min", "V", NULL, TW_NUMBER, 1e-2, 1e5, TW_P_OPTIONAL,
     "voltage below which the controller draws less than P_control; half V_nominal if absent", NULL, NULL, NULL},
    {"R_th", "K/W", "0.5 K/W", TW_NUMBER, 1e-6, 1e4, 0, "thermal resistance from the transistors to the heat port", "estimate",
     NULL, NULL},
    {"heat_capacity", "J/K", "20 J/K", TW_NUMBER, 1e-6, 1e9, 0, "heat capacity of the transistors", "estimate", NULL, NULL},
    {"state", "1", "on", TW_ENUM, 0, 1, TW_P_TIMED | TW_P_UNPLUGS, "off: R_off remains", NULL, "on|off", NULL},
    {"I_max", "A", NULL, TW_NUMBER, 1e-3, 1e6, TW_P_OPTIONAL, "rated current", NULL, NULL, NULL},
    {"T_max", "K", NULL, TW_NUMBER, 200, 1000, TW_P_OPTIONAL, "highest permitted transistor temperature", NULL, NULL, NULL},
    {"V_trip", "V", NULL, TW_NUMBER, 0.1, 1e5, TW_P_OPTIONAL, "bus voltage at which it opens (undervoltage lockout)", NULL, NULL,
     NULL},
    {"V_restart", "V", NULL, TW_NUMBER, 0.1, 1e5, TW_P_OPTIONAL, "bus voltage at which it closes again; stays open when absent",
     NULL, NULL, NULL},
    {"T_trip", "K", NULL, TW_NUMBER, 200, 1000, TW_P_OPTIONAL, "transistor temperature at which it opens", NULL, NULL, NULL},
    {0}};
enum { Z_STATE, Z_HOT };
enum { IN, OUT, HEAT, T };
static const tw_port ports[] = {
    {"in", TW_DC, TW_R_FEED_IN, 0, NULL, NULL, "bus side, against ground"},
    {"out", TW_DC, TW_R_FEED_OUT, 0, NULL, NULL, "tray side, against ground"},
    {"heat", TW_HEAT, TW_R_OPTIONAL, 0, NULL, NULL, "where its loss goes"},
    {0}};
static const tw_unknown unknowns[] = {{"T", "K", true, 300, 150, 1500, "transistor temperature"}, {0}};
static const tw_row rows[] = {{"heat balance", "W", 10, 1e-6}, {0}};
enum { O_CONDUCTION, O_CONTROL, O_I, O_I_ABS, O_DROP, O_T, O_MARGIN };
static const tw_quantity outputs[] = {
    {"loss_conduction", "W", TW_Q_LOSS, TW_L_CONDUCTION, "pass transistors and sense resistor"},
    {"loss_control", "W", TW_Q_LOSS, TW_L_CONTROL, "controller"},
    {"I", "A", TW_Q_PLAIN, TW_L_NONE, "current to the tray"},
    {"I_abs", "A", TW_Q_PLAIN, TW_L_NONE, "its magnitude"},
    {"drop", "V", TW_Q_PLAIN, TW_L_NONE, "v_in - v_out"},
    {"T", "K", TW_Q_TEMPERATURE, TW_L_NONE, "transistor temperature"},
    {"v_margin", "1", TW_Q_PLAIN, TW_L_NONE, "v_in / v_min - 1: negative when the supply has collapsed, 0 when there is none"},
    {0}};
static const tw_limit limits[] = {
    {"I_abs", "I_max", TW_AT_MOST, "rated current"}, {"T", "T_max", TW_AT_MOST, "transistor temperature"}, {0}};
static const tw_discrete discrete[] = {
    {"state", "on|tripped", "bus voltage back at V_restart|bus voltage fell to V_trip, or T reached T_trip",
     "tripped: R_off remains", false},
    {"hot", NULL, NULL, "1 after T_trip: the bus voltage does not close it again", true},
    {0}};
static const tw_stamp stamps[] = {{IN, IN},  {IN, OUT},  {IN, T}, {OUT, IN}, {OUT, OUT}, {OUT, T},
                                  {HEAT, HEAT}, {HEAT, T}, {T, IN}, {T, OUT},  {T, HEAT},  {T, T}};

static int derive(const tw_derive *d) {
  int bad = 0;
  for (int i = 0; i < d->n; i++) {
    double trip = TW_RE(d->p[P_V_TRIP][i]), back = TW_RE(d->p[P_V_RESTART][i]);
    d->p[D_V_MIN][i] = tw_draw_limit(d->p[P_V_MIN][i], d->p[P_V_NOMINAL][i]);
    const char *wrong = NULL;
    if (!isnan(back) && isnan(trip)) wrong = "needs V_trip";
    else if (back < 1.01 * trip) wrong = "must be above V_trip by at least 1 %: the distance is the hysteresis";
    if (wrong) d->fail(d->ctx, i, P_V_RESTART, wrong), bad = 1;
  }
  return bad;
}

static TW_INLINE bool closed(const tw_eval *e, int i) { return TW_RE(e->p[P_STATE][i]) < 0.5 && e->z[Z_STATE][i] < 0.5; }

/* Conductance and its derivative to the temperature. */
static tw_vd conductance(const tw_eval *e, int i) {
  tw_vd k = tw_resistance_factor(e->p[P_ALPHA][i], e->x[T][i] - e->p[P_T_REF][i]);
  tw_real s = closed(e, i) ? 1.0 : 0.0, G = 1.0 / (e->p[P_R_ON][i] * k.v + e->p[P_R_SENSE][i]);
  return (tw_vd){s * G + (1.0 - s) / e->p[P_R_OFF][i], -s * G * G * e->p[P_R_ON][i] * k.d};
}

static tw_real control(const tw_eval *e, int i) { return tw_draw_scale(e->load_scale) * e->p[P_CONTROL][i]; }

static void eval(const tw_eval *e) {
  for (int i = 0; i < e->n; i++) {
    tw_vd G = conductance(e, i);
    tw_draw d = tw_draw_at(e->x[IN][i], e->p[D_V_MIN][i]);
    tw_real v = e->x[IN][i] - e->x[OUT][i], P = control(e, i), g = 1.0 / e->p[P_R_TH][i];
    tw_real out = (e->x[T][i] - e->x[HEAT][i]) * g, C = e->p[P_HEAT_CAPACITY][i];
    e->f[IN][i] = G.v * v + P * d.h;
    e->f[OUT][i] = -G.v * v;
    e->f[HEAT][i] = -out;
    e->f[T][i] = C * e->xd[T][i] + out - G.v * v * v - P * d.q;
    if (!e->j) continue;
    e->j[0][i] = TW_RE(G.v + P * d.dh);
    e->j[1][i] = e->j[3][i] = TW_RE(-G.v);
    e->j[2][i] = TW_RE(G.d * v);
    e->j[4][i] = TW_RE(G.v);
    e->j[5][i] = TW_RE(-G.d * v);
    e->j[6][i] = TW_RE(g);
    e->j[7][i] = e->j[10][i] = TW_RE(-g);
    e->j[8][i] = TW_RE(-2.0 * G.v * v - P * d.dq);
    e->j[9][i] = TW_RE(2.0 * G.v * v);
    e->j[11][i] = TW_RE(C * e->cj + g - G.d * v * v);
  }
}

static void observe(const tw_eval *e, tw_real *const *out) {
  for (int i = 0; i < e->n; i++) {
    tw_real G = conductance(e, i).v, v = e->x[IN][i] - e->x[OUT][i], I = G * v;
    out[O_CONDUCTION][i] = I * I / G;
    out[O_CONTROL][i] = control(e, i) * tw_draw_at(e->x[IN][i], e->p[D_V_MIN][i]).q;
    out[O_I][i] = I;
    out[O_I_ABS][i] = TW_RE(I) < 0.0 ? -I : I;
    out[O_DROP][i] = v;
    out[O_T][i] = e->x[T][i];
    out[O_MARGIN][i] = tw_draw_margin(e->x[IN][i], e->p[D_V_MIN][i]);
  }
}

static void balance(const tw_eval *e, tw_real *const *b) {
  for (int i = 0; i < e->n; i++) tw_store(e, b, i, T, e->p[P_HEAT_CAPACITY][i]);
}

static void events(const tw_eval *e, tw_real *const *g) {
  for (int i = 0; i < e->n; i++) {
    tw_real trip = e->p[P_V_TRIP][i], back = e->p[P_V_RESTART][i];
    bool open = e->z[Z_STATE][i] > 0.5, hot = e->z[Z_HOT][i] > 0.5, may = !hot && !isnan(TW_RE(e->p[P_T_TRIP][i]));
    g[0][i] = !open && !isnan(TW_RE(trip)) ? 1.0 - e->x[IN][i] / trip : -1.0;
    g[1][i] = open && !hot && !isnan(TW_RE(back)) ? e->x[IN][i] / back - 1.0 : -1.0;
    g[2][i] = may ? e->x[T][i] - e->p[P_T_TRIP][i] : -1.0;
  }
}

static int react(const tw_eval *e, double *const *z) {
  const double reach = 1e-9, reach_T = 1e-6; /* an event is located to within this share of the voltage, or K */
  int changed = 0;
  for (int i = 0; i < e->n; i++) {
    double v = TW_RE(e->x[IN][i]), old = z[Z_STATE][i], was_hot = z[Z_HOT][i];
    if (TW_RE(e->x[T][i]) >= TW_RE(e->p[P_T_TRIP][i]) - reach_T) z[Z_HOT][i] = 1.0;
    if (z[Z_HOT][i] > 0.5 || v <= TW_RE(e->p[P_V_TRIP][i]) * (1.0 + reach)) z[Z_STATE][i] = 1.0;
    else if (v >= TW_RE(e->p[P_V_RESTART][i]) * (1.0 - reach)) z[Z_STATE][i] = 0.0;
    changed += z[Z_STATE][i] != old || z[Z_HOT][i] != was_hot;
  }
  return changed;
}

static void start(const tw_start *s) {
  for (int i = 0; i < s->n; i++) {
    s->x[T][i] = TW_ZERO_CELSIUS + 40.0;
    s->z[Z_STATE][i] = s->z[Z_HOT][i] = 0.0;
  }
}

const tw_type TW_TYPE(hot_swap) = {
    .element = "hot-swap", .title = "Hot-swap controller", .stage = TW_STAGE_BUS,
    .doc = "Pass transistors R_on(T) and sense resistor in series, controller supplied from the input; own temperature. Opens "
           "when the bus falls to V_trip, or at T_trip.",
    .use = "The switch at a tray's inlet: conduction loss, its temperature, and a tray that is switched off.",
    .validity = "Transistors fully on or off; no inrush limiting, no current foldback, no time in the undervoltage lockout.",
    .source = "Ohm's law with the linear temperature coefficient of a data sheet; thermal node C dT/dt = loss - (T - "
              "T_heat)/R_th.",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs, .limits = limits,
    .discrete = discrete, .stamps = stamps, .n_stamps = TW_COUNT(stamps), .n_derived = N_END - N_PARAMS, .n_discrete = 2,
    .n_events = 3, .derive = derive, .start = start, .eval = eval, .events = events, .react = react, .observe = observe,
    .balance = balance};
