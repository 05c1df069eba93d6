#include "component.h"
#include "electric.h"
#include "elementary.h"

/* Chip load: GPU, CPU, switch, NIC ... at its supply after the delivery network, its heat at the junction node.
 *     P(u, T) = P_idle + u (TDP - P_idle) + P_leak(T) - P_leak(T_leak_ref),   P_leak = leakage_share TDP exp(k (T - T_leak_ref))
 * so that P(1, T_leak_ref) = TDP and P(0, T_leak_ref) = P_idle: both contain the leakage at that temperature.  The exponential
 * form is the linearised sub-threshold law over the working range (Liu, Dick, Shang, Yang, DATE 2007, 1526).  Above
 * T_leak_ref + 60 K it goes on with its slope there: an iterate cannot overflow, and a thermal runaway still has no solution
 * because that slope is the steepest.  A power cap bounds P.  At T_throttle the utilisation is multiplied by throttle_to until
 * the junction is below T_release; at T_trip it switches off and stays off until it is repaired.  i = P h(v), electric.h. */

#define LINEAR_ABOVE 60.0 /* K over T_leak_ref */

enum { P_KIND, P_TDP, P_IDLE, P_U, P_SHARE, P_K, P_T_REF, P_CAP, P_RESPONSE, P_T_THROTTLE, P_T_RELEASE, P_THROTTLE_TO, P_V_NOMINAL,
       P_V_MIN, P_STATE, P_V_IN_MIN, P_V_IN_MAX, P_T_MAX, P_T_TRIP, N_PARAMS, D_V_MIN = N_PARAMS, N_END };
static const tw_param params[] = {
    {"kind", "1", NULL, TW_ENUM, 0, 8, 0, "what it is; workloads address it", NULL,
     "gpu|cpu|cpx|nvswitch|nic|dpu|ssd|optics|other", NULL},
    {"TDP", "W", NULL, TW_NUMBER, 1e-3, 1e6, 0, "power at full utilisation and T_leak_ref", NULL, NULL, NULL},
    {"P_idle", "W", NULL, TW_NUMBER, 0, 1e6, 0, "power at no utilisation and T_leak_ref", NULL, NULL, NULL},
    {"utilisation", "1", "100 %", TW_NUMBER, 0, 1, TW_P_TIMED, "share of the way from P_idle to TDP", NULL, NULL, NULL},
    {"leakage_share", "1", "0 %", TW_NUMBER, 0, 0.9, 0, "leakage at T_leak_ref / TDP", NULL, NULL, NULL},
    {"leakage_exponent", "1/K", "0.015 1/K", TW_NUMBER, 0, 0.05, 0, "relative growth of leakage with temperature", "estimate",
     NULL, NULL},
    {"T_leak_ref", "K", "85 degC", TW_NUMBER, 200, 500, 0, "junction temperature to which TDP and P_idle belong", "estimate",
     NULL, NULL},
    {"P_cap", "W", NULL, TW_NUMBER, 1e-3, 1e6, TW_P_OPTIONAL | TW_P_TIMED, "power cap", NULL, NULL, NULL},
    {"P_cap_response", "s", "0 s", TW_NUMBER, 0, 3600, 0, "how long a cap that an event changes takes, in a straight line", NULL,
     NULL, NULL},
    {"T_throttle", "K", NULL, TW_NUMBER, 200, 500, TW_P_OPTIONAL, "junction temperature at which it throttles", NULL, NULL, NULL},
    {"T_release", "K", NULL, TW_NUMBER, 200, 500, TW_P_OPTIONAL, "junction temperature at which throttling ends", NULL, NULL,
     NULL},
    {"throttle_to", "1", "50 %", TW_NUMBER, 0, 1, 0, "factor on utilisation while throttled", "estimate", NULL, NULL},
    {"V_nominal", "V", NULL, TW_NUMBER, 0.05, 1e4, TW_P_OPTIONAL, "nominal supply voltage", NULL, NULL, NULL},
    {"v_min", "V", NULL, TW_NUMBER, 1e-2, 1e4, TW_P_OPTIONAL,
     "voltage below which it takes less than it asks for; half V_nominal if absent", NULL, NULL, NULL},
    {"state", "1", "on", TW_ENUM, 0, 1, TW_P_TIMED, "off: takes nothing", NULL, "on|off", NULL},
    {"V_in_min", "V", NULL, TW_NUMBER, 0, 1e4, TW_P_OPTIONAL, "lowest permitted supply voltage", NULL, NULL, NULL},
    {"V_in_max", "V", NULL, TW_NUMBER, 0, 1e4, TW_P_OPTIONAL, "highest permitted supply voltage", NULL, NULL, NULL},
    {"T_max", "K", NULL, TW_NUMBER, 200, 1000, TW_P_OPTIONAL, "highest permitted junction temperature", NULL, NULL, NULL},
    {"T_trip", "K", NULL, TW_NUMBER, 200, 1000, TW_P_OPTIONAL, "junction temperature at which it switches itself off", NULL, NULL,
     NULL},
    {0}};
enum { RUNS, THROTTLED, TRIPPED };
static const tw_discrete discrete[] = {
    {"state", "on|throttled|tripped", "T_junction fell to T_release|T_junction reached T_throttle|T_junction reached T_trip",
     "throttled: utilisation times throttle_to; tripped: takes nothing until it is repaired", false},
    {0}};
enum { POWER, HEAT };
static const tw_port ports[] = {
    {"power", TW_DC, TW_R_FEED_IN, 0, NULL, NULL, "supply, against ground"},
    {"heat", TW_HEAT, TW_R_NONE, 0, NULL, NULL, "junction: to a package or cold plate"},
    {0}};
static const tw_unknown unknowns[] = {{0}};
static const tw_row rows[] = {{0}};
enum { O_P, O_ASKED, O_LEAKAGE, O_U, O_THROTTLED, O_V, O_I, O_T, O_MARGIN };
static const tw_quantity outputs[] = {
    {"P", "W", TW_Q_LOAD, TW_L_NONE, "power used"},
    {"P_asked", "W", TW_Q_PLAIN, TW_L_NONE, "power that its utilisation asks for at this temperature, under its cap: what it would use if "
     "it were on, neither throttled nor tripped, and had its voltage"},
    {"P_leakage", "W", TW_Q_PLAIN, TW_L_NONE, "leakage in the power asked for"},
    {"utilisation", "1", TW_Q_PLAIN, TW_L_NONE, "utilisation after throttling"},
    {"throttled", "1", TW_Q_PLAIN, TW_L_NONE, "1 while it throttles"},
    {"v", "V", TW_Q_PLAIN, TW_L_NONE, "supply voltage"},
    {"I", "A", TW_Q_PLAIN, TW_L_NONE, "supply current"},
    {"T_junction", "K", TW_Q_TEMPERATURE, TW_L_NONE, "junction temperature"},
    {"v_margin", "1", TW_Q_PLAIN, TW_L_NONE, "v / v_min - 1: negative when the supply has collapsed, 0 when there is none"},
    {0}};
static const tw_limit limits[] = {
    {"T_junction", "T_max", TW_AT_MOST, "junction temperature"},
    {"v", "V_in_min", TW_AT_LEAST, "supply voltage window"},
    {"v", "V_in_max", TW_AT_MOST, "supply voltage window"},
    {0}};
static const tw_stamp stamps[] = {{POWER, POWER}, {POWER, HEAT}, {HEAT, POWER}, {HEAT, HEAT}};

static int derive(const tw_derive *d) {
  int bad = 0;
  for (int i = 0; i < d->n; i++) {
    double tdp = TW_RE(d->p[P_TDP][i]), idle = TW_RE(d->p[P_IDLE][i]);
    double on = TW_RE(d->p[P_T_THROTTLE][i]), off = TW_RE(d->p[P_T_RELEASE][i]);
    d->p[D_V_MIN][i] = tw_draw_limit(d->p[P_V_MIN][i], d->p[P_V_NOMINAL][i]);
    const char *wrong = NULL;
    int param = -1;
    if (idle > tdp) wrong = "P_idle is more than TDP", param = P_IDLE;
    else if (TW_RE(d->p[P_SHARE][i]) * tdp > idle) wrong = "P_idle is less than its leakage_share x TDP", param = P_IDLE;
    else if (isnan(on) != isnan(off)) wrong = "throttling needs both T_throttle and T_release", param = P_T_RELEASE;
    else if (off > on - 0.01) wrong = "T_release must be below T_throttle: the distance is the hysteresis", param = P_T_RELEASE;
    else if (TW_RE(d->p[P_T_TRIP][i]) < on + 0.01) wrong = "T_trip must be above T_throttle", param = P_T_TRIP;
    else if (isnan(TW_RE(d->p[D_V_MIN][i]))) wrong = "give V_nominal or v_min", param = P_V_NOMINAL;
    if (wrong) d->fail(d->ctx, i, param, wrong), bad = 1;
  }
  return bad;
}

/* Leakage over its value at T_leak_ref, of n instances from the first on, at most TW_BLOCK: exponential up to LINEAR_ABOVE. */
static void growth(const tw_eval *e, int first, int n, tw_real *g) {
  tw_real to[TW_BLOCK];
  for (int k = 0, i = first; k < n; k++, i++) {
    tw_real dT = e->x[HEAT][i] - e->p[P_T_REF][i];
    to[k] = e->p[P_K][i] * (TW_RE(dT) < LINEAR_ABOVE ? dT : LINEAR_ABOVE);
  }
  tw_exp_each(n, to, g);
}

static TW_INLINE tw_vd leakage(const tw_eval *e, int i, tw_real g) {
  tw_real k = e->p[P_K][i], over = e->x[HEAT][i] - e->p[P_T_REF][i] - LINEAR_ABOVE, P = e->p[P_SHARE][i] * e->p[P_TDP][i] * g;
  return (tw_vd){P * (1.0 + k * (TW_RE(over) > 0.0 ? over : 0.0)), k * P};
}

static TW_INLINE tw_real utilisation(const tw_eval *e, int i) {
  tw_real to = e->p[P_THROTTLE_TO][i];
  return e->p[P_U][i] * (e->z[0][i] > THROTTLED + 0.5 ? 0.0 : e->z[0][i] > RUNS + 0.5 ? to : 1.0);
}

/* Power at the utilisation u, under the cap, and its slope over the junction temperature. */
static TW_INLINE tw_vd power_at(const tw_eval *e, int i, tw_real u, tw_real g) {
  tw_real tdp = e->p[P_TDP][i], idle = e->p[P_IDLE][i], cap = e->p[P_CAP][i];
  bool capped = !isnan(TW_RE(cap));
  tw_vd leak = leakage(e, i, g);
  tw_real P = idle + u * (tdp - idle) + leak.v - e->p[P_SHARE][i] * tdp;
  tw_vd m = tw_min_smooth(P, cap, 1e-3 * TW_RE(tdp));
  return (tw_vd){capped ? m.v : P, leak.d * (capped ? m.d : 1.0)};
}

/* Power that it takes where the voltage suffices, and its slope over the junction temperature. */
static TW_INLINE tw_vd demand(const tw_eval *e, int i, tw_real g) {
  double scale = e->load_scale * (TW_RE(e->p[P_STATE][i]) < 0.5 ? 1.0 : 0.0) * (e->z[0][i] < TRIPPED - 0.5 ? 1.0 : 0.0);
  tw_vd P = power_at(e, i, utilisation(e, i), g);
  return (tw_vd){scale * P.v, scale * P.d};
}

static TW_INLINE void eval_one(const tw_eval *e, int i, tw_real g, bool jacobian) {
  tw_draw d = tw_draw_at(e->x[POWER][i], e->p[D_V_MIN][i]);
  tw_vd P = demand(e, i, g);
  e->f[POWER][i] = P.v * d.h;
  e->f[HEAT][i] = -P.v * d.q;
  if (!jacobian) return;
  e->j[0][i] = TW_RE(P.v * d.dh);
  e->j[1][i] = TW_RE(P.d * d.h);
  e->j[2][i] = TW_RE(-P.v * d.dq);
  e->j[3][i] = TW_RE(-P.d * d.q);
}

TW_WIDE static void eval(const tw_eval *e) {
  tw_real g[TW_BLOCK];
  for (int first = 0; first < e->n; first += TW_BLOCK) {
    int n = e->n - first < TW_BLOCK ? e->n - first : TW_BLOCK;
    growth(e, first, n, g);
    if (e->j) {
      TW_INDEPENDENT
      for (int k = 0; k < n; k++) eval_one(e, first + k, g[k], true);
    } else {
      TW_INDEPENDENT
      for (int k = 0; k < n; k++) eval_one(e, first + k, g[k], false);
    }
  }
}

static void observe(const tw_eval *e, tw_real *const *out) {
  for (int i = 0; i < e->n; i++) {
    tw_real g;
    growth(e, i, 1, &g);
    tw_real v = e->x[POWER][i], P = demand(e, i, g).v;
    tw_draw d = tw_draw_at(v, e->p[D_V_MIN][i]);
    out[O_P][i] = P * d.q;
    out[O_ASKED][i] = power_at(e, i, e->p[P_U][i], g).v;
    out[O_LEAKAGE][i] = leakage(e, i, g).v;
    out[O_U][i] = utilisation(e, i);
    out[O_THROTTLED][i] = e->z[0][i] > RUNS + 0.5 && e->z[0][i] < TRIPPED - 0.5 ? 1.0 : 0.0;
    out[O_V][i] = v;
    out[O_I][i] = P * d.h;
    out[O_T][i] = e->x[HEAT][i];
    out[O_MARGIN][i] = tw_draw_margin(v, e->p[D_V_MIN][i]);
  }
}

static void events(const tw_eval *e, tw_real *const *g) {
  for (int i = 0; i < e->n; i++) {
    bool may = !isnan(TW_RE(e->p[P_T_THROTTLE][i])), runs = e->z[0][i] < RUNS + 0.5, off = e->z[0][i] > TRIPPED - 0.5;
    bool trips = !isnan(TW_RE(e->p[P_T_TRIP][i])) && !off && !(may && runs);
    g[0][i] = may && runs ? e->x[HEAT][i] - e->p[P_T_THROTTLE][i] : -1.0;
    g[1][i] = may && !runs && !off ? e->p[P_T_RELEASE][i] - e->x[HEAT][i] : -1.0;
    g[2][i] = trips ? e->x[HEAT][i] - e->p[P_T_TRIP][i] : -1.0;
  }
}

/* It throttles before it trips: a steady state tries the throttled chip first. */
static int react(const tw_eval *e, double *const *z) {
  const double reach = 1e-6; /* K: an event is located to within this */
  int changed = 0;
  for (int i = 0; i < e->n; i++) {
    double T = TW_RE(e->x[HEAT][i]), old = z[0][i];
    bool may = !isnan(TW_RE(e->p[P_T_THROTTLE][i])), runs = old < RUNS + 0.5;
    if (old > TRIPPED - 0.5) continue;
    if (T >= TW_RE(e->p[P_T_TRIP][i]) - reach && !(may && runs)) z[0][i] = TRIPPED;
    else if (T >= TW_RE(e->p[P_T_THROTTLE][i]) - reach) z[0][i] = THROTTLED;
    else if (!(T > TW_RE(e->p[P_T_RELEASE][i]) + reach)) z[0][i] = RUNS;
    changed += z[0][i] != old;
  }
  return changed;
}

static void start(const tw_start *s) {
  for (int i = 0; i < s->n; i++) s->z[0][i] = 0.0;
}

const tw_type TW_TYPE(chip) = {
    .element = "chip", .title = "Chip load", .stage = TW_STAGE_CHIP,
    .doc = "P = P_idle + u (TDP - P_idle) plus the change of leakage from T_leak_ref to the junction temperature; TDP and P_idle "
           "contain the leakage at T_leak_ref. Leakage is exponential, and linear beyond T_leak_ref + 60 K with the slope there. "
           "Optional power cap; throttling with hysteresis; above T_trip it switches off until it is repaired. Constant power above v_min.",
    .use = "The load everything else is there for: power over utilisation and temperature, throttling, leakage that grows with a "
           "warm coolant.",
    .validity = "Average power over times above a millisecond. The exponential leakage is a linearised sub-threshold law, good "
                "to T_leak_ref + 60 K, straight beyond.",
    .source = "Liu, Dick, Shang, Yang, Accurate temperature-dependent integrated circuit leakage power estimation is easy, DATE "
              "2007, p. 1526.",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs, .limits = limits,
    .discrete = discrete, .stamps = stamps, .n_stamps = TW_COUNT(stamps), .n_derived = N_END - N_PARAMS, .n_discrete = 1, .n_events = 3,
    .derive = derive, .start = start, .eval = eval, .events = events, .react = react, .observe = observe};
