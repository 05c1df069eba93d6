#include "line.h"

/* DC cable of feed and return (line.h). R20 by IEC 60228, alpha by IEC 60028 and 60889. The thermal resistance of one run
 * comes from its rating: at the ampacity the conductor is at T_max in surroundings of T_rating (IEC 60364-5-52,
 * annex B: 30 degC in air; 70 degC PVC, 90 degC XLPE), as installed. Its heat capacity is that of the copper when not given. */

enum { P_L, P_PAR, P_R20, P_N, P_ALPHA, P_RJ, P_AMP, P_TMAX, P_TREF, P_RTH, P_C, N_P };
static const tw_param params[] = {
    {"length", "m", NULL, TW_NUMBER, 1e-3, 1e5, 0, "length one way", NULL, NULL, NULL},
    {"parallel", "1", "1", TW_INTEGER, 1, 100, 0, "parallel runs", NULL, NULL, NULL},
    {"R20", "ohm/m", NULL, TW_NUMBER, 1e-8, 1, 0, "resistance per metre at 20 degC of one conductor", NULL, NULL, NULL},
    {"conductors", "1", "2", TW_INTEGER, 1, 2, 0, "conductors in series: 2 is feed and return", NULL, NULL, NULL},
    {"alpha", "1/K", "0.00393 1/K", TW_NUMBER, 0, 0.01, 0, "temperature coefficient at 20 degC", "IEC 60028 (copper)", NULL,
     NULL},
    {"R_joint", "ohm", "0 ohm", TW_NUMBER, 0, 1, 0, "terminations and joints of one run, per conductor", NULL, NULL, NULL},
    {"ampacity", "A", NULL, TW_NUMBER, 0.1, 1e5, TW_P_OPTIONAL, "permitted current of one run as installed", NULL, NULL, NULL},
    {"T_max", "K", "90 degC", TW_NUMBER, 300, 600, 0, "permitted conductor temperature", "IEC 60364-5-52 (XLPE)", NULL, NULL},
    {"T_rating", "K", "30 degC", TW_NUMBER, 250, 350, 0, "surroundings for which the ampacity holds", "IEC 60364-5-52", NULL,
     NULL},
    {"R_th", "K m/W", NULL, TW_NUMBER, 1e-4, 1e3, TW_P_OPTIONAL,
     "thermal resistance of one metre of one run, instead of the ampacity",
     NULL, NULL, NULL},
    {"heat_capacity", "J/(K m)", NULL, TW_NUMBER, 0.1, 1e6, TW_P_OPTIONAL, "heat capacity of one metre of one run", NULL, NULL,
     NULL},
    {0}};
static const tw_port ports[] = {
    {"a", TW_DC, TW_R_FEED_IN, 0, NULL, NULL, "supply end"},
    {"b", TW_DC, TW_R_FEED_OUT, 0, NULL, NULL, "load end"},
    {"heat", TW_HEAT, TW_R_OPTIONAL, 0, NULL, NULL, "where its loss goes"},
    {0}};
static const tw_unknown unknowns[] = {TW_LINE_UNKNOWNS, {0}};
static const tw_row rows[] = {TW_LINE_ROWS, {0}};
enum { O_LOSS, O_I, O_RUN, O_R, O_DROP, O_T };
static const tw_quantity outputs[] = {
    {"loss", "W", TW_Q_LOSS, TW_L_CONDUCTION, "i^2 R of all conductors"},
    {"i", "A", TW_Q_PLAIN, TW_L_NONE, "current from a to b, all runs"},
    {"i_run", "A", TW_Q_PLAIN, TW_L_NONE, "magnitude of the current of one run"},
    {"R", "ohm", TW_Q_PLAIN, TW_L_NONE, "loop resistance at its temperature"},
    {"v_drop", "V", TW_Q_PLAIN, TW_L_NONE, "voltage from a to b"},
    {"T", "K", TW_Q_TEMPERATURE, TW_L_NONE, "conductor temperature"},
    {0}};
static const tw_limit limits[] = {
    {"i_run", "ampacity", TW_AT_MOST, "ampacity of one run"},
    {"T", "T_max", TW_AT_MOST, "conductor temperature"},
    {0}};
static const tw_stamp stamps[] = {TW_LINE_DC_STAMPS};

static int derive(const tw_derive *d) {
  tw_real *const *D = d->p + N_P;
  for (int i = 0; i < d->n; i++) {
    tw_real L = d->p[P_L][i], runs = d->p[P_PAR][i], R20 = d->p[P_R20][i], alpha = d->p[P_ALPHA][i], amp = d->p[P_AMP][i];
    tw_real n = d->p[P_N][i], rise = d->p[P_TMAX][i] - d->p[P_TREF][i], R_th = d->p[P_RTH][i], C = d->p[P_C][i];
    if (isnan(TW_RE(R_th)) && (isnan(TW_RE(amp)) || TW_RE(rise) <= 0.0)) {
      d->fail(d->ctx, i, P_AMP, "give the ampacity, with T_max above T_rating, or R_th");
      return 1;
    }
    tw_real hot = 1.0 + alpha * (d->p[P_TMAX][i] - TW_ZERO_CELSIUS - 20.0);
    D[TW_LINE_R20][i] = n * R20 * L / runs;
    D[TW_LINE_RJ][i] = n * d->p[P_RJ][i] / runs;
    D[TW_LINE_X][i] = 0.0;
    D[TW_LINE_ALPHA][i] = alpha;
    D[TW_LINE_GTH][i] = L * runs * (isnan(TW_RE(R_th)) ? n * amp * amp * R20 * hot / rise : 1.0 / R_th);
    D[TW_LINE_C][i] = L * runs * (isnan(TW_RE(C)) ? n * TW_COPPER_RC / R20 : C);
    D[TW_LINE_OPEN][i] = 0.0;
    D[TW_LINE_PHASES][i] = 1.0;
  }
  return 0;
}

static void observe(const tw_eval *e, tw_real *const *out) {
  for (int i = 0; i < e->n; i++) {
    tw_line_state s = tw_line_dc_state(e, N_P, i);
    out[O_LOSS][i] = s.loss;
    out[O_I][i] = s.i;
    out[O_RUN][i] = (TW_RE(s.i) < 0.0 ? -s.i : s.i) / e->p[P_PAR][i];
    out[O_R][i] = s.R;
    out[O_DROP][i] = s.i * s.R;
    out[O_T][i] = s.T;
  }
}

static void start(const tw_start *s) {
  for (int i = 0; i < s->n; i++) s->x[TW_LINE_DT][i] = 300.0;
}

static void eval(const tw_eval *e) { tw_line_dc_eval(e, N_P); }

static void balance(const tw_eval *e, tw_real *const *b) { tw_line_balance(e, N_P, TW_LINE_DT, b); }

const tw_type TW_TYPE(dc_cable) = {
    .element = "dc-cable", .title = "DC cable", .stage = TW_STAGE_DISTRIBUTION,
    .doc = "Loop resistance R(T) of feed and return, per metre, with parallel runs and terminations; self-heating through the "
           "thermal resistance that the ampacity implies.",
    .use = "A direct-current feeder with its return: 800 V to a rack, battery leads.",
    .validity = "Low voltage, direct current; one temperature along the run; both conductors alike.",
    .source = "IEC 60228 (R20), IEC 60028 and 60889 (alpha), IEC 60364-5-52 annex B (ampacity), IEC 60287-1-1:2023 (thermal "
              "circuit).",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs, .limits = limits,
    .stamps = stamps, .n_stamps = TW_COUNT(stamps), .n_derived = TW_LINE_DERIVED, .derive = derive, .start = start, .eval = eval,
    .observe = observe, .balance = balance};
