#include "component.h"
#include "electric.h"

/* Constant-power DC load: i = P h(v), electric.h. A negative P feeds in power from outside the model. When the heat port reaches
 * T_trip it switches off until it is repaired: memory under a plate whose coolant stands heats on when its processor is off. */

enum { P_P, P_U, P_FOLLOWS, P_V_NOMINAL, P_V_MIN, P_STATE, P_V_IN_MIN, P_V_IN_MAX, P_T_TRIP, N_PARAMS, D_V_MIN = N_PARAMS,
       N_END };
static const tw_param params[] = {
    {"P", "W", NULL, TW_NUMBER, -1e9, 1e9, TW_P_TIMED, "power; negative: fed in", NULL, NULL, NULL},
    {"utilisation", "1", "100 %", TW_NUMBER, 0, 10, TW_P_TIMED, "factor on P", NULL, NULL, NULL},
    {"follows", "1", "none", TW_ENUM, 0, 8, TW_P_STRUCTURAL, "kind of chip whose utilisation in a workload is its own, too", NULL,
     "none|gpu|cpu|cpx|nvswitch|nic|dpu|ssd|optics", NULL},
    {"V_nominal", "V", NULL, TW_NUMBER, 0.05, 1e5, TW_P_OPTIONAL, "nominal voltage", NULL, NULL, NULL},
    {"v_min", "V", NULL, TW_NUMBER, 1e-2, 1e5, TW_P_OPTIONAL,
     "voltage below which it takes less than P; half V_nominal if absent", NULL, NULL, NULL},
    {"state", "1", "on", TW_ENUM, 0, 1, TW_P_TIMED, "off: takes nothing", NULL, "on|off", NULL},
    {"V_in_min", "V", NULL, TW_NUMBER, 0, 1e5, TW_P_OPTIONAL, "lowest permitted voltage", NULL, NULL, NULL},
    {"V_in_max", "V", NULL, TW_NUMBER, 0, 1e5, TW_P_OPTIONAL, "highest permitted voltage", NULL, NULL, NULL},
    {"T_trip", "K", NULL, TW_NUMBER, 200, 1000, TW_P_OPTIONAL, "temperature at the heat port at which it switches itself off",
     NULL, NULL, NULL},
    {0}};
enum { RUNS, TRIPPED };
static const tw_discrete discrete[] = {
    {"state", "on|tripped", "repaired|T reached T_trip", "tripped: takes nothing until it is repaired", false}, {0}};
enum { IN, HEAT };
static const tw_port ports[] = {
    {"in", TW_DC, TW_R_FEED_IN, 0, NULL, NULL, "supply, against ground"},
    {"heat", TW_HEAT, TW_R_OPTIONAL, 0, NULL, NULL, "where its heat goes"},
    {0}};
static const tw_unknown unknowns[] = {{0}};
static const tw_row rows[] = {{0}};
enum { O_P, O_NET, O_V, O_I, O_MARGIN };
static const tw_quantity outputs[] = {
    {"P", "W", TW_Q_LOAD, TW_L_NONE, "power used"},
    {"P_net", "W", TW_Q_PLAIN, TW_L_NONE, "power used, or fed in where negative"},
    {"v", "V", TW_Q_PLAIN, TW_L_NONE, "voltage"},
    {"I", "A", TW_Q_PLAIN, TW_L_NONE, "current"},
    {"v_margin", "1", TW_Q_PLAIN, TW_L_NONE, "v / v_min - 1: negative when the supply has collapsed, 0 when there is none"},
    {0}};
static const tw_limit limits[] = {
    {"v", "V_in_min", TW_AT_LEAST, "voltage window"},
    {"v", "V_in_max", TW_AT_MOST, "voltage window"},
    {0}};
static const tw_stamp stamps[] = {{IN, IN}, {HEAT, IN}};

static int derive(const tw_derive *d) {
  int bad = 0;
  for (int i = 0; i < d->n; i++) {
    d->p[D_V_MIN][i] = tw_draw_limit(d->p[P_V_MIN][i], d->p[P_V_NOMINAL][i]);
    if (isnan(TW_RE(d->p[D_V_MIN][i]))) d->fail(d->ctx, i, P_V_NOMINAL, "give V_nominal or v_min"), bad = 1;
  }
  return bad;
}

static tw_real demand(const tw_eval *e, int i) {
  bool on = TW_RE(e->p[P_STATE][i]) < 0.5 && e->z[0][i] < TRIPPED - 0.5;
  return on ? e->load_scale * e->p[P_P][i] * e->p[P_U][i] : 0.0;
}

static void eval(const tw_eval *e) {
  for (int i = 0; i < e->n; i++) {
    tw_draw d = tw_draw_at(e->x[IN][i], e->p[D_V_MIN][i]);
    tw_real P = demand(e, i), heat = TW_RE(P) > 0.0 ? P : 0.0;
    e->f[IN][i] = P * d.h;
    e->f[HEAT][i] = -heat * d.q;
    if (!e->j) continue;
    e->j[0][i] = TW_RE(P * d.dh);
    e->j[1][i] = TW_RE(-heat * d.dq);
  }
}

static void observe(const tw_eval *e, tw_real *const *out) {
  for (int i = 0; i < e->n; i++) {
    tw_real v = e->x[IN][i], P = demand(e, i);
    tw_draw d = tw_draw_at(v, e->p[D_V_MIN][i]);
    out[O_P][i] = TW_RE(P) > 0.0 ? P * d.q : 0.0;
    out[O_NET][i] = P * d.q;
    out[O_V][i] = v;
    out[O_I][i] = P * d.h;
    out[O_MARGIN][i] = tw_draw_margin(v, e->p[D_V_MIN][i]);
  }
}

static void balance(const tw_eval *e, tw_real *const *b) {
  for (int i = 0; i < e->n; i++) {
    tw_real P = demand(e, i);
    if (TW_RE(P) < 0.0) b[TW_B_EXTERNAL][i] = -P * tw_draw_at(e->x[IN][i], e->p[D_V_MIN][i]).q;
  }
}

static void events(const tw_eval *e, tw_real *const *g) {
  for (int i = 0; i < e->n; i++) {
    bool may = !isnan(TW_RE(e->p[P_T_TRIP][i])) && e->z[0][i] < TRIPPED - 0.5;
    g[0][i] = may ? e->x[HEAT][i] - e->p[P_T_TRIP][i] : -1.0;
  }
}

static int react(const tw_eval *e, double *const *z) {
  const double reach = 1e-6; /* K: an event is located to within this */
  int changed = 0;
  for (int i = 0; i < e->n; i++) {
    if (z[0][i] > TRIPPED - 0.5 || !(TW_RE(e->x[HEAT][i]) >= TW_RE(e->p[P_T_TRIP][i]) - reach)) continue;
    z[0][i] = TRIPPED;
    changed++;
  }
  return changed;
}

static void start(const tw_start *s) {
  for (int i = 0; i < s->n; i++) s->z[0][i] = RUNS;
}

const tw_type TW_TYPE(power_load) = {
    .element = "power-load", .title = "Constant-power load", .stage = TW_STAGE_AUXILIARY,
    .doc = "i = P/v above v_min; below it a cubic through zero (the twin refuses such a steady solution as collapsed). All of "
           "the power leaves as heat. A negative P feeds in power from outside the model. At T_trip it switches off until it is "
           "repaired.",
    .use = "A tray or board that takes the same power at any voltage, until its supply collapses.",
    .validity = "From v_min up; a steady solution below v_min is refused as a collapsed supply.",
    .source = "Definition of a constant-power load, i = P/v; the cubic below v_min is this program's (components/electric.h).",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs, .limits = limits,
    .discrete = discrete, .stamps = stamps, .n_stamps = TW_COUNT(stamps), .n_derived = N_END - N_PARAMS, .n_discrete = 1,
    .n_events = 1, .derive = derive, .start = start, .eval = eval, .events = events, .react = react, .observe = observe,
    .balance = balance};
