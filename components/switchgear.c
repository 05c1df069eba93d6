#include "line.h"

/* Switching and distribution apparatus between two AC nodes (line.h): breaker, main bars, panel. The path of one pole has R20
 * and contacts of fixed resistance. The thermal resistance comes from the rating: at the rated current the path is rated_rise
 * above 35 degC (IEC 61439-1:2020, table 6: 70 K at terminals for external conductors). An open switch leaves 1e-15 S. */

enum { P_R20, P_RC, P_X, P_ALPHA, P_I, P_RISE, P_TMAX, P_RTH, P_C, P_STATE, P_PHASES, N_P };
static const tw_param params[] = {
    {"R20", "ohm", NULL, TW_NUMBER, 1e-8, 1, 0, "resistance of one pole's path at 20 degC", NULL, NULL, NULL},
    {"contact_resistance", "ohm", "0 ohm", TW_NUMBER, 0, 1, 0, "contacts and joints of one pole", NULL, NULL, NULL},
    {"X", "ohm", "0 ohm", TW_NUMBER, 0, 1, 0, "reactance of one pole's path", NULL, NULL, NULL},
    {"alpha", "1/K", "0.00393 1/K", TW_NUMBER, 0, 0.01, 0, "temperature coefficient at 20 degC", "IEC 60028 (copper)", NULL,
     NULL},
    {"rated_current", "A", NULL, TW_NUMBER, 0.1, 1e5, 0, "rated current", NULL, NULL, NULL},
    {"rated_rise", "delta K", "70 K", TW_NUMBER, 1, 150, 0, "rise at rated current above 35 degC", "IEC 61439-1, table 6", NULL,
     NULL},
    {"T_max", "K", NULL, TW_NUMBER, 300, 600, TW_P_OPTIONAL, "permitted temperature", NULL, NULL, NULL},
    {"R_th", "K/W", NULL, TW_NUMBER, 1e-5, 1e4, TW_P_OPTIONAL, "thermal resistance to the surroundings, instead of rated_rise",
     NULL,
     NULL, NULL},
    {"heat_capacity", "J/K", "2000 J/K", TW_NUMBER, 1, 1e8, 0, "heat capacity of the current path", NULL, NULL, NULL},
    {"state", "1", "closed", TW_ENUM, 0, 1, TW_P_TIMED, "switch position", NULL, "closed|open", NULL},
    TW_PARAM_PHASES,
    {0}};
static const tw_port ports[] = {
    {"a", TW_AC, TW_R_FEED_IN, 0, NULL, NULL, "supply end"},
    {"b", TW_AC, TW_R_FEED_OUT, 0, NULL, NULL, "load end"},
    {"heat", TW_HEAT, TW_R_OPTIONAL, 0, NULL, NULL, "where its loss goes"},
    {0}};
static const tw_unknown unknowns[] = {TW_LINE_UNKNOWNS, {0}};
static const tw_row rows[] = {TW_LINE_ROWS, {0}};
enum { O_LOSS, O_I, O_DROP, O_T };
static const tw_quantity outputs[] = {
    {"loss", "W", TW_Q_LOSS, TW_L_CONDUCTION, "phases |i|^2 R"},
    {"i", "A", TW_Q_PLAIN, TW_L_NONE, "line current, rms"},
    {"v_drop", "V", TW_Q_PLAIN, TW_L_NONE, "difference of the line-to-line magnitudes of a and b"},
    {"T", "K", TW_Q_TEMPERATURE, TW_L_NONE, "temperature of the current path"},
    {0}};
static const tw_limit limits[] = {
    {"i", "rated_current", TW_AT_MOST, "rated current"},
    {"T", "T_max", TW_AT_MOST, "temperature of the current path"},
    {0}};
static const tw_stamp stamps[] = {TW_LINE_AC_STAMPS};

static int derive(const tw_derive *d) {
  tw_real *const *D = d->p + N_P;
  for (int i = 0; i < d->n; i++) {
    tw_real R20 = d->p[P_R20][i], RC = d->p[P_RC][i], alpha = d->p[P_ALPHA][i], I = d->p[P_I][i], n = d->p[P_PHASES][i];
    tw_real rise = d->p[P_RISE][i], R_th = d->p[P_RTH][i];
    D[TW_LINE_R20][i] = R20;
    D[TW_LINE_RJ][i] = RC;
    D[TW_LINE_X][i] = d->p[P_X][i];
    D[TW_LINE_ALPHA][i] = alpha;
    D[TW_LINE_GTH][i] = isnan(TW_RE(R_th)) ? n * I * I * (R20 * (1.0 + alpha * (35.0 + rise - 20.0)) + RC) / rise : 1.0 / R_th;
    D[TW_LINE_C][i] = d->p[P_C][i];
    D[TW_LINE_OPEN][i] = d->p[P_STATE][i];
    D[TW_LINE_PHASES][i] = n;
  }
  return tw_ac_check_phases(d, P_PHASES);
}

static void observe(const tw_eval *e, tw_real *const *out) {
  for (int i = 0; i < e->n; i++) {
    tw_line_state s = tw_line_ac_state(e, N_P, i);
    out[O_LOSS][i] = s.loss;
    out[O_I][i] = s.i;
    out[O_DROP][i] = tw_line_ac_drop(e, N_P, i);
    out[O_T][i] = s.T;
  }
}

static void start(const tw_start *s) {
  for (int i = 0; i < s->n; i++) s->x[TW_LINE_T][i] = 300.0;
}

static void eval(const tw_eval *e) { tw_line_ac_eval(e, N_P); }

static void balance(const tw_eval *e, tw_real *const *b) { tw_line_balance(e, N_P, TW_LINE_T, b); }

const tw_type TW_TYPE(switchgear) = {
    .element = "switchgear", .title = "Switchgear", .stage = TW_STAGE_DISTRIBUTION,
    .doc = "One pole's path R(T) + jX with its contacts, closed or open; self-heating through the thermal resistance that "
           "the rating implies (IEC 61439-1).",
    .use = "A breaker or panel in the path: loss, temperature, and the switch that loses a feed in a study.",
    .validity = "Balanced load at rated frequency; one temperature; no arcs, no trip curve.",
    .source = "IEC 61439-1:2020, table 6 (rise) and 7.1.1 (ambient).",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs, .limits = limits,
    .stamps = stamps, .n_stamps = TW_COUNT(stamps), .n_derived = TW_LINE_DERIVED, .derive = derive, .start = start, .eval = eval,
    .observe = observe, .balance = balance};
