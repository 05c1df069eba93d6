#include "component.h"
#include "electric.h"

/* Battery between two DC nodes. The state is the stored energy E, a stock: steady states hold it and tell its rate.
 *   soc = E / (capacity health),  v_plus - v_minus = OCV(soc) - R i,  i the current out of plus
 *   dE/dt = -OCV i - L,  L = (1/eta_discharge - 1) OCV i when it discharges, (1 - eta_charge) |OCV i| when it is charged
 * so that with R = 0 discharging by P at the terminals costs P / eta_discharge, and charging by P stores eta_charge P; below
 * 0.1 % of P_rated the loss L is drawn to 0 with zero slope (tw_one_way). R i^2 and L go to the heat port. State of charge is
 * counted in energy, so that energy is conserved whatever OCV(soc); capacity is what is stored between soc 0 and 1. Its
 * management keeps the window: at soc_min it stops discharging until soc_min + soc_hysteresis, at soc_max it stops charging
 * until soc_max - soc_hysteresis; the other direction stays open. The blocked direction has V^2 / P_rated in place of R,
 * without current: y, the current that the voltages ask for, and i(y) as in converter.h. */

enum { P_CAPACITY, P_HEALTH, P_V, P_OCV, P_R, P_ETA_C, P_ETA_D, P_SOC, P_SOC_MIN, P_SOC_MAX, P_HYST, P_LOW, P_RATED, P_I_DIS,
    P_I_CH, P_T_MAX, P_T_MIN, P_STATE, N_P, D_E = N_P, D_ALONE, D_END };
static const tw_param params[] = {
    {"capacity", "J", NULL, TW_NUMBER, 1e-3, 1e13, 0, "energy between soc 0 and 1 when new (kWh accepted)", NULL, NULL, NULL},
    {"health", "1", "1", TW_NUMBER, 0.01, 1.2, 0, "share of the capacity that ageing has left", NULL, NULL, NULL},
    {"V_nominal", "V", NULL, TW_NUMBER, 0.1, 1e5, TW_P_OPTIONAL, "open-circuit voltage, the same at every soc", NULL, NULL, NULL},
    {"OCV", "V", NULL, TW_CURVE, 0.1, 1e5, TW_P_OPTIONAL, "open-circuit voltage over soc, instead of V_nominal", NULL, NULL, "1"},
    {"R_internal", "ohm", "1 uohm", TW_NUMBER, 1e-9, 1e3, 0, "internal resistance", NULL, NULL, NULL},
    {"charge_efficiency", "1", "1", TW_NUMBER, 0.01, 1, 0, "energy stored over energy taken, R_internal aside", NULL, NULL, NULL},
    {"discharge_efficiency", "1", "1", TW_NUMBER, 0.01, 1, 0, "energy given over energy used, R_internal aside", NULL, NULL,
     NULL},
    {"soc", "1", "100 %", TW_NUMBER, 0, 1, 0, "state of charge at the start", NULL, NULL, NULL},
    {"soc_min", "1", "0 %", TW_NUMBER, 0, 1, 0, "state of charge at which it stops discharging", NULL, NULL, NULL},
    {"soc_max", "1", "100 %", TW_NUMBER, 0, 1, 0, "state of charge at which it stops charging", NULL, NULL, NULL},
    {"soc_hysteresis", "1", "1 %", TW_NUMBER, 1e-4, 0.5, 0, "distance from either end at which it starts again", NULL, NULL,
     NULL},
    {"soc_reserve", "1", NULL, TW_NUMBER, 0, 1, TW_P_OPTIONAL, "lowest state of charge that is permitted", NULL, NULL, NULL},
    {"P_rated", "W", NULL, TW_NUMBER, 1e-2, 1e9, 0, "rated power at the terminals, either way", NULL, NULL, NULL},
    {"I_discharge_max", "A", NULL, TW_NUMBER, 0, 1e7, TW_P_OPTIONAL, "permitted discharge current", NULL, NULL, NULL},
    {"I_charge_max", "A", NULL, TW_NUMBER, 0, 1e7, TW_P_OPTIONAL, "permitted charge current", NULL, NULL, NULL},
    {"T_max", "K", NULL, TW_NUMBER, 200, 500, TW_P_OPTIONAL, "highest permitted temperature of its surroundings", NULL, NULL,
     NULL},
    {"T_min", "K", NULL, TW_NUMBER, 200, 500, TW_P_OPTIONAL, "lowest permitted temperature of its surroundings", NULL, NULL,
     NULL},
    {"state", "1", "on", TW_ENUM, 0, 2, TW_P_TIMED, "off and failed: no current", NULL, "on|off|failed", NULL},
    {0}};
enum { PLUS, MINUS, HEAT, E, Y };
enum { PORT_MINUS = 1 };
static const tw_port ports[] = {
    {"plus", TW_DC, TW_R_FEED_OUT | TW_R_REFERENCE, 0, NULL, NULL, "positive pole"},
    {"minus", TW_DC, TW_R_OPTIONAL | TW_R_GROUNDED, 0, NULL, NULL, "negative pole"},
    {"heat", TW_HEAT, TW_R_OPTIONAL, 0, NULL, NULL, "where its loss goes"},
    {0}};
static const tw_unknown unknowns[] = {
    {"E", "J", TW_STOCK, 1e6, -1e13, 1e14, "stored energy"},
    {"i_asked", "A", false, 100, -1e7, 1e7, "current out of plus that the voltages ask for; in a blocked direction none flows"},
    {0}};
static const tw_row rows[] = {{"energy", "W", 1e4, 1e-5}, {"voltage", "V", 50, 1e-8}, {0}};
enum { O_CONDUCTION, O_CONVERSION, O_SOC, O_E, O_RATE, O_TIME, O_V, O_I, O_I_CH, O_P, O_P_CH, O_OCV, O_BLOCKED, O_T };
static const tw_quantity outputs[] = {
    {"loss_conduction", "W", TW_Q_LOSS, TW_L_CONDUCTION, "R i^2"},
    {"loss_conversion", "W", TW_Q_LOSS, TW_L_CONVERSION, "loss by charge and discharge efficiency"},
    {"soc", "1", TW_Q_PLAIN, TW_L_NONE, "state of charge"},
    {"energy", "J", TW_Q_PLAIN, TW_L_NONE, "stored energy"},
    {"rate", "W", TW_Q_PLAIN, TW_L_NONE, "net rate of the stored energy, negative when it is used up"},
    {"time_left", "s", TW_Q_PLAIN, TW_L_NONE, "until soc_min, or soc_max, at this rate; 1e9 s when it stands still"},
    {"v", "V", TW_Q_PLAIN, TW_L_NONE, "terminal voltage"},
    {"i", "A", TW_Q_PLAIN, TW_L_NONE, "discharge current, negative when it is charged"},
    {"i_charge", "A", TW_Q_PLAIN, TW_L_NONE, "charge current"},
    {"P", "W", TW_Q_PLAIN, TW_L_NONE, "power at the terminals, negative when it is charged"},
    {"P_charge", "W", TW_Q_PLAIN, TW_L_NONE, "charge power at the terminals"},
    {"ocv", "V", TW_Q_PLAIN, TW_L_NONE, "open-circuit voltage"},
    {"blocked", "1", TW_Q_PLAIN, TW_L_NONE, "1: empty, it does not discharge; -1: full, it does not charge"},
    {"T", "K", TW_Q_TEMPERATURE, TW_L_NONE, "temperature of its surroundings (heat port)"},
    {0}};
static const tw_limit limits[] = {
    {"soc", "soc_reserve", TW_AT_LEAST, "reserve"},
    {"i", "I_discharge_max", TW_AT_MOST, "discharge current"},
    {"i_charge", "I_charge_max", TW_AT_MOST, "charge current"},
    {"P", "P_rated", TW_AT_MOST, "discharge power"},
    {"P_charge", "P_rated", TW_AT_MOST, "charge power"},
    {"T", "T_max", TW_AT_MOST, "temperature of its surroundings"},
    {"T", "T_min", TW_AT_LEAST, "temperature of its surroundings"},
    {0}};
static const tw_stamp stamps[] = {{PLUS, Y}, {MINUS, Y}, {HEAT, Y}, {HEAT, E}, {E, E}, {E, Y}, {E, PLUS}, {E, MINUS}, {Y, PLUS},
    {Y, MINUS}, {Y, E}, {Y, Y}};

/* Open-circuit voltage follows the chemical potential, which rises with the charge; a falling curve is one read backwards. */
static bool falls(const tw_curve *c) {
  for (int k = 1; c && k < c->n; k++)
    if (c->y[k] < c->y[k - 1]) return true;
  return false;
}

static int derive(const tw_derive *d) {
  int bad = 0;
  for (int i = 0; i < d->n; i++) {
    const char *wrong = NULL;
    int param = -1;
    double lo = TW_RE(d->p[P_SOC_MIN][i]), hi = TW_RE(d->p[P_SOC_MAX][i]), soc = TW_RE(d->p[P_SOC][i]);
    if ((d->c[P_OCV][i] != NULL) == !isnan(TW_RE(d->p[P_V][i]))) wrong = "give exactly one of V_nominal and the curve OCV",
        param = P_V;
    else if (falls(d->c[P_OCV][i])) wrong = "must rise from empty (0) to full (1)", param = P_OCV;
    else if (lo >= hi) wrong = "must be below soc_max", param = P_SOC_MIN;
    else if (2.0 * TW_RE(d->p[P_HYST][i]) >= hi - lo) wrong = "must be less than half the distance from soc_min to soc_max",
        param = P_HYST;
    else if (soc < lo || soc > hi) wrong = "must lie between soc_min and soc_max", param = P_SOC;
    if (wrong) d->fail(d->ctx, i, param, wrong), bad = 1;
    d->p[D_E][i] = d->p[P_CAPACITY][i] * d->p[P_HEALTH][i];
    d->p[D_ALONE][i] = d->open[PORT_MINUS][i] ? 1.0 : 0.0;
  }
  return bad;
}

enum { OPEN, EMPTY, FULL };
static const tw_discrete discrete[] = {
    {"state", "on|empty|full", "state of charge within its window|state of charge fell to soc_min|state of charge reached soc_max",
     "empty: it does not discharge; full: it does not charge", false},
    {0}};

/* 1: empty, -1: full, 0: neither. */
static double blocked_of(double z) { return z > FULL - 0.5 ? -1.0 : z > EMPTY - 0.5 ? 1.0 : 0.0; }

static tw_vd ocv(const tw_eval *e, int i, tw_real soc) {
  return e->c[P_OCV][i] ? tw_curve_at(e->c[P_OCV][i], soc) : (tw_vd){e->p[P_V][i], 0.0};
}

/* Current and voltage drop over y, and the loss; d of I and drop to y, of L to y and E. */
typedef struct { tw_vd V; tw_real I, I_y, drop, drop_y, L, L_y, L_E; } state;

static state at(const tw_eval *e, int i) {
  state s;
  tw_real y = e->x[Y][i], R = e->p[P_R][i], C = e->p[D_E][i], on = TW_RE(e->p[P_STATE][i]) < 0.5 ? 1.0 : 0.0;
  double V_typical = e->c[P_OCV][i] ? e->c[P_OCV][i]->y[0] : TW_RE(e->p[P_V][i]), rated = TW_RE(e->p[P_RATED][i]);
  double blocked = blocked_of(e->z[0][i]), wide = 1e-3 * rated, width = wide / V_typical, R_block = V_typical * V_typical / rated;
  s.V = ocv(e, i, e->x[E][i] / C);
  tw_vd out = tw_one_way(y, width), in = tw_one_way(-y, width);
  s.I = y, s.I_y = 1.0, s.drop = R * y, s.drop_y = R;
  if (blocked > 0.5 || blocked < -0.5) {
    bool empty = blocked > 0.0;
    tw_vd through = empty ? in : out, stopped = empty ? out : in;
    double sign = empty ? 1.0 : -1.0;
    s.I = -sign * through.v, s.I_y = through.d;
    s.drop += sign * R_block * stopped.v, s.drop_y += R_block * stopped.d;
  }
  s.I *= on, s.I_y *= on;
  tw_real P = s.V.v * s.I, a = 1.0 / e->p[P_ETA_D][i] - 1.0, b = 1.0 - e->p[P_ETA_C][i];
  tw_vd given = tw_one_way(P, wide), taken = tw_one_way(-P, wide);
  tw_real slope = a * given.d - b * taken.d;
  s.L = a * given.v + b * taken.v;
  s.L_y = slope * s.V.v * s.I_y;
  s.L_E = slope * s.I * s.V.d / C;
  return s;
}

static void eval(const tw_eval *e) {
  for (int i = 0; i < e->n; i++) {
    state s = at(e, i);
    tw_real R = e->p[P_R][i], C = e->p[D_E][i], v = e->x[PLUS][i] - e->x[MINUS][i];
    e->f[PLUS][i] = -s.I;
    e->f[MINUS][i] = s.I;
    e->f[HEAT][i] = -R * s.I * s.I - s.L;
    e->f[E][i] = e->xd[E][i] + v * s.I + R * s.I * s.I + s.L; /* OCV i + L, to the last bit */
    e->f[Y][i] = v - s.V.v + s.drop;
    if (!e->j) continue;
    const double j[] = {-TW_RE(s.I_y), TW_RE(s.I_y), -TW_RE(2.0 * R * s.I * s.I_y + s.L_y), -TW_RE(s.L_E),
                        e->cj + TW_RE(s.L_E), TW_RE((v + 2.0 * R * s.I) * s.I_y + s.L_y), TW_RE(s.I), -TW_RE(s.I), 1.0, -1.0,
                            -TW_RE(s.V.d / C),
                        TW_RE(s.drop_y)};
    for (int k = 0; k < TW_COUNT(j); k++) e->j[k][i] = j[k];
  }
}

static void observe(const tw_eval *e, tw_real *const *out) {
  for (int i = 0; i < e->n; i++) {
    state s = at(e, i);
    tw_real C = e->p[D_E][i], R = e->p[P_R][i], v = e->x[PLUS][i] - e->x[MINUS][i], soc = e->x[E][i] / C;
    tw_real rate = -((v + R * s.I) * s.I + s.L);
    tw_real rest = TW_RE(rate) < 0.0 ? soc - e->p[P_SOC_MIN][i] : soc - e->p[P_SOC_MAX][i];
    bool still = fabs(TW_RE(rate)) * 1e9 <= fabs(TW_RE(rest * C));
    out[O_CONDUCTION][i] = R * s.I * s.I;
    out[O_CONVERSION][i] = s.L;
    out[O_SOC][i] = soc;
    out[O_E][i] = e->x[E][i];
    out[O_RATE][i] = rate;
    out[O_TIME][i] = still ? 1e9 : -rest * C / rate;
    out[O_V][i] = v;
    out[O_I][i] = s.I;
    out[O_I_CH][i] = TW_RE(s.I) < 0.0 ? -s.I : 0.0;
    out[O_P][i] = v * s.I;
    out[O_P_CH][i] = TW_RE(s.I) < 0.0 ? -v * s.I : 0.0;
    out[O_OCV][i] = s.V.v;
    out[O_BLOCKED][i] = blocked_of(e->z[0][i]);
    out[O_T][i] = e->x[HEAT][i];
  }
}

static void balance(const tw_eval *e, tw_real *const *b) {
  for (int i = 0; i < e->n; i++) tw_store(e, b, i, E, 1.0);
}

static void events(const tw_eval *e, tw_real *const *g) {
  for (int i = 0; i < e->n; i++) {
    tw_real soc = e->x[E][i] / e->p[D_E][i], lo = e->p[P_SOC_MIN][i], hi = e->p[P_SOC_MAX][i], h = e->p[P_HYST][i];
    double blocked = blocked_of(e->z[0][i]);
    g[0][i] = blocked > 0.5 ? soc - lo - h : lo - soc;
    g[1][i] = blocked < -0.5 ? hi - h - soc : soc - hi;
  }
}

static int react(const tw_eval *e, double *const *z) {
  const double reach = 1e-9; /* an event is located to within this */
  int changed = 0;
  for (int i = 0; i < e->n; i++) {
    double soc = TW_RE(e->x[E][i] / e->p[D_E][i]), lo = TW_RE(e->p[P_SOC_MIN][i]), hi = TW_RE(e->p[P_SOC_MAX][i]);
    double h = TW_RE(e->p[P_HYST][i]), old = z[0][i];
    if (soc <= lo + reach) z[0][i] = EMPTY;
    else if (soc >= hi - reach) z[0][i] = FULL;
    else if (old < EMPTY + 0.5 ? soc >= lo + h - reach : soc <= hi - h + reach) z[0][i] = OPEN;
    changed += z[0][i] != old;
  }
  return changed;
}

static void start(const tw_start *s) {
  for (int i = 0; i < s->n; i++) {
    double soc = s->p[P_SOC][i], lo = s->p[P_SOC_MIN][i], hi = s->p[P_SOC_MAX][i];
    if (s->p[D_ALONE][i] > 0.5 && s->p[P_STATE][i] < 0.5)
      s->x[PLUS][i] = s->c[P_OCV][i] ? TW_RE(tw_curve_at(s->c[P_OCV][i], soc).v) : s->p[P_V][i];
    s->x[E][i] = soc * s->p[D_E][i];
    s->x[Y][i] = 0.0;
    s->z[0][i] = soc <= lo ? EMPTY : soc >= hi ? FULL : OPEN;
  }
}

const tw_type TW_TYPE(battery) = {
    .element = "battery", .title = "Battery", .stage = TW_STAGE_STORAGE,
    .doc = "v = OCV(soc) - R i; dE/dt = -OCV i less the loss by charge and discharge efficiency; soc = E / (capacity health). "
           "The energy is a stock, held at its start value in steady state, with its rate reported and a warning while it "
           "changes. At soc_min it stops discharging, at soc_max charging, with hysteresis.",
    .use = "A pack on a bus, alone or behind a converter: how long it lasts, what it loses, when it is full again.",
    .validity = "State of charge counted in energy; one internal resistance, no diffusion and no relaxation; neither ageing "
                "nor temperature change capacity and resistance (give health).",
    .source = "Energy balance; charge and discharge efficiency as in Modelica Buildings, Electrical.DC.Storage.Battery.",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs, .limits = limits,
    .discrete = discrete, .stamps = stamps, .n_stamps = TW_COUNT(stamps), .n_derived = D_END - N_P, .n_discrete = 1, .n_events = 2,
    .derive = derive, .start = start, .eval = eval, .observe = observe, .balance = balance, .events = events, .react = react};
