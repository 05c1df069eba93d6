#include "line.h"

/* Busbar trunking, balanced (line.h). R20 and X per metre as the maker states them by IEC 61439-6:2012, annex BB, for one phase.
 * The thermal resistance comes from the rating: at the rated current the bars are rated_rise above 35 degC, the mean ambient
 * of IEC 61439-1:2020, 7.1.1. */

enum { P_L, P_R20, P_X, P_ALPHA, P_SECTION, P_RJ, P_RTAP, P_I, P_RISE, P_TMAX, P_RTH, P_C, P_PHASES, N_P };
static const tw_param params[] = {
    {"length", "m", NULL, TW_NUMBER, 1e-3, 1e4, 0, "length", NULL, NULL, NULL},
    {"R20", "ohm/m", NULL, TW_NUMBER, 1e-8, 1, 0, "resistance per metre and phase at 20 degC with its skin effect", NULL, NULL,
     NULL},
    {"X", "ohm/m", "0 ohm/m", TW_NUMBER, 0, 1, 0, "reactance per metre and phase", NULL, NULL, NULL},
    {"alpha", "1/K", "0.00393 1/K", TW_NUMBER, 0, 0.01, 0, "temperature coefficient at 20 degC", "IEC 60028 (copper)", NULL,
     NULL},
    {"section_length", "m", "3 m", TW_NUMBER, 0.1, 100, 0, "length of a section, one joint each", NULL, NULL, NULL},
    {"joint_resistance", "ohm", "0 ohm", TW_NUMBER, 0, 1e-2, 0, "one joint, per phase; 0 when R20 includes the joints", NULL,
     NULL, NULL},
    {"tap_resistance", "ohm", "0 ohm", TW_NUMBER, 0, 1, 0, "contact of the tap-off unit at end b, per phase", NULL, NULL, NULL},
    {"rated_current", "A", NULL, TW_NUMBER, 1, 1e5, 0, "rated current", NULL, NULL, NULL},
    {"rated_rise", "delta K", "55 K", TW_NUMBER, 1, 150, 0, "rise of the bars at rated current above 35 degC", NULL, NULL, NULL},
    {"T_max", "K", NULL, TW_NUMBER, 300, 600, TW_P_OPTIONAL, "permitted bar temperature", NULL, NULL, NULL},
    {"R_th", "K m/W", NULL, TW_NUMBER, 1e-4, 1e3, TW_P_OPTIONAL, "thermal resistance of one metre, instead of rated_rise", NULL,
     NULL,
     NULL},
    {"heat_capacity", "J/(K m)", NULL, TW_NUMBER, 0.1, 1e6, TW_P_OPTIONAL,
     "heat capacity per metre; that of copper bars when absent",
     NULL, NULL, NULL},
    TW_PARAM_PHASES,
    {0}};
static const tw_port ports[] = {
    {"a", TW_AC, TW_R_FEED_IN, 0, NULL, NULL, "supply end"},
    {"b", TW_AC, TW_R_FEED_OUT, 0, NULL, NULL, "load end"},
    {"heat", TW_HEAT, TW_R_OPTIONAL, 0, NULL, NULL, "where its loss goes"},
    {0}};
static const tw_unknown unknowns[] = {TW_LINE_UNKNOWNS, {0}};
static const tw_row rows[] = {TW_LINE_ROWS, {0}};
enum { O_LOSS, O_I, O_R, O_DROP, O_T };
static const tw_quantity outputs[] = {
    {"loss", "W", TW_Q_LOSS, TW_L_CONDUCTION, "phases |i|^2 R, joints included"},
    {"i", "A", TW_Q_PLAIN, TW_L_NONE, "line current, rms"},
    {"R", "ohm", TW_Q_PLAIN, TW_L_NONE, "resistance of one phase at its temperature"},
    {"v_drop", "V", TW_Q_PLAIN, TW_L_NONE, "difference of the line-to-line magnitudes of a and b"},
    {"T", "K", TW_Q_TEMPERATURE, TW_L_NONE, "bar temperature"},
    {0}};
static const tw_limit limits[] = {
    {"i", "rated_current", TW_AT_MOST, "rated current"},
    {"T", "T_max", TW_AT_MOST, "bar temperature"},
    {0}};
static const tw_stamp stamps[] = {TW_LINE_AC_STAMPS};

static int derive(const tw_derive *d) {
  tw_real *const *D = d->p + N_P;
  for (int i = 0; i < d->n; i++) {
    tw_real L = d->p[P_L][i], R20 = d->p[P_R20][i], alpha = d->p[P_ALPHA][i], I = d->p[P_I][i], n = d->p[P_PHASES][i];
    tw_real RJ = d->p[P_RJ][i] / d->p[P_SECTION][i], rise = d->p[P_RISE][i], R_th = d->p[P_RTH][i], C = d->p[P_C][i];
    tw_real rated_loss = n * I * I * (R20 * (1.0 + alpha * (35.0 + rise - 20.0)) + RJ); /* per metre */
    D[TW_LINE_R20][i] = R20 * L;
    D[TW_LINE_RJ][i] = RJ * L + d->p[P_RTAP][i];
    D[TW_LINE_X][i] = d->p[P_X][i] * L;
    D[TW_LINE_ALPHA][i] = alpha;
    D[TW_LINE_GTH][i] = L * (isnan(TW_RE(R_th)) ? rated_loss / rise : 1.0 / R_th);
    D[TW_LINE_C][i] = L * (isnan(TW_RE(C)) ? n * TW_COPPER_RC / R20 : C);
    D[TW_LINE_OPEN][i] = 0.0;
    D[TW_LINE_PHASES][i] = n;
  }
  return tw_ac_check_phases(d, P_PHASES);
}

static void observe(const tw_eval *e, tw_real *const *out) {
  for (int i = 0; i < e->n; i++) {
    tw_line_state s = tw_line_ac_state(e, N_P, i);
    out[O_LOSS][i] = s.loss;
    out[O_I][i] = s.i;
    out[O_R][i] = s.R;
    out[O_DROP][i] = tw_line_ac_drop(e, N_P, i);
    out[O_T][i] = s.T;
  }
}

static void start(const tw_start *s) {
  for (int i = 0; i < s->n; i++) s->x[TW_LINE_T][i] = 300.0;
}

static void eval(const tw_eval *e) { tw_line_ac_eval(e, N_P); }

static void balance(const tw_eval *e, tw_real *const *b) { tw_line_balance(e, N_P, TW_LINE_T, b); }

const tw_type TW_TYPE(busway) = {
    .element = "busway", .title = "Busway", .stage = TW_STAGE_DISTRIBUTION,
    .doc = "Busbar trunking by IEC 61439-6: series impedance R(T) + jX per metre, joints and the tap-off contact; "
           "self-heating through the thermal resistance that the rating implies.",
    .use = "The trunking between switchboard and row: voltage drop at the last rack and the temperature of the bars at the day's "
           "load.",
    .validity = "Balanced load at rated frequency; one temperature per run; rating taken at 35 degC mean ambient.",
    .source = "IEC 61439-6:2012, annex BB (R and X per metre); IEC 61439-1:2020, 7.1.1 (ambient).",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs, .limits = limits,
    .stamps = stamps, .n_stamps = TW_COUNT(stamps), .n_derived = TW_LINE_DERIVED, .derive = derive, .start = start, .eval = eval,
    .observe = observe, .balance = balance};
