#include "line.h"

/* DC contact: clip, connector or bolted joint (line.h). Constriction resistance rises with two thirds of the bulk's temperature
 * coefficient (Holm, Electric Contacts, 4th ed. 1967). A rated current and its rise give the thermal resistance
 * (EIA-364-70: 30 K); with neither of them nor R_th the contact stays within 1 mK per watt of its surroundings. */

enum { P_R, P_ALPHA, P_I, P_RISE, P_RTH, P_C, P_PMAX, P_TMAX, P_STATE, N_P };
static const tw_param params[] = {
    {"R", "ohm", NULL, TW_NUMBER, 1e-9, 1, 0, "contact resistance at 20 degC, feed and return together", NULL, NULL, NULL},
    {"alpha", "1/K", "0.0026 1/K", TW_NUMBER, 0, 0.01, 0, "temperature coefficient", "Holm 1967 (copper, 2/3 of the bulk)", NULL,
     NULL},
    {"rated_current", "A", NULL, TW_NUMBER, 0.1, 1e5, TW_P_OPTIONAL, "rated current", NULL, NULL, NULL},
    {"rated_rise", "delta K", "30 K", TW_NUMBER, 1, 150, 0, "rise at rated current", "EIA-364-70", NULL, NULL},
    {"R_th", "K/W", NULL, TW_NUMBER, 1e-5, 1e4, TW_P_OPTIONAL,
     "thermal resistance to the surroundings, instead of the rated rise", NULL,
     NULL, NULL},
    {"heat_capacity", "J/K", "50 J/K", TW_NUMBER, 0.01, 1e6, 0, "heat capacity", NULL, NULL, NULL},
    {"P_rated", "W", NULL, TW_NUMBER, 0.1, 1e9, TW_P_OPTIONAL, "power that may pass", NULL, NULL, NULL},
    {"T_max", "K", NULL, TW_NUMBER, 300, 600, TW_P_OPTIONAL, "permitted temperature", NULL, NULL, NULL},
    {"state", "1", "closed", TW_ENUM, 0, 1, TW_P_TIMED | TW_P_UNPLUGS, "open: pulled, 1e-12 S remain", NULL, "closed|open", NULL},
    {0}};
static const tw_port ports[] = {
    {"a", TW_DC, TW_R_FEED_IN, 0, NULL, NULL, "first side"},
    {"b", TW_DC, TW_R_FEED_OUT, 0, NULL, NULL, "second side"},
    {"heat", TW_HEAT, TW_R_OPTIONAL, 0, NULL, NULL, "where its loss goes"},
    {0}};
static const tw_unknown unknowns[] = {TW_LINE_UNKNOWNS, {0}};
static const tw_row rows[] = {TW_LINE_ROWS, {0}};
enum { O_LOSS, O_I, O_ABS, O_POWER, O_DROP, O_T };
static const tw_quantity outputs[] = {
    {"loss", "W", TW_Q_LOSS, TW_L_CONDUCTION, "i^2 R"},
    {"i", "A", TW_Q_PLAIN, TW_L_NONE, "current from a to b"},
    {"i_abs", "A", TW_Q_PLAIN, TW_L_NONE, "magnitude of the current"},
    {"power", "W", TW_Q_PLAIN, TW_L_NONE, "power that leaves at b"},
    {"v_drop", "V", TW_Q_PLAIN, TW_L_NONE, "voltage from a to b"},
    {"T", "K", TW_Q_TEMPERATURE, TW_L_NONE, "contact temperature"},
    {0}};
static const tw_limit limits[] = {
    {"i_abs", "rated_current", TW_AT_MOST, "rated current"},
    {"power", "P_rated", TW_AT_MOST, "rated power"},
    {"T", "T_max", TW_AT_MOST, "contact temperature"},
    {0}};
static const tw_stamp stamps[] = {TW_LINE_DC_STAMPS};

static int derive(const tw_derive *d) {
  tw_real *const *D = d->p + N_P;
  for (int i = 0; i < d->n; i++) {
    tw_real R = d->p[P_R][i], alpha = d->p[P_ALPHA][i], I = d->p[P_I][i], rise = d->p[P_RISE][i], R_th = d->p[P_RTH][i];
    /* rated in surroundings of 20 degC, where R is given */
    tw_real rated = isnan(TW_RE(I)) ? 1e3 : I * I * R * (1.0 + alpha * rise) / rise;
    D[TW_LINE_R20][i] = R;
    D[TW_LINE_RJ][i] = D[TW_LINE_X][i] = 0.0;
    D[TW_LINE_ALPHA][i] = alpha;
    D[TW_LINE_GTH][i] = isnan(TW_RE(R_th)) ? rated : 1.0 / R_th;
    D[TW_LINE_C][i] = d->p[P_C][i];
    D[TW_LINE_OPEN][i] = d->p[P_STATE][i];
    D[TW_LINE_PHASES][i] = 1.0;
  }
  return 0;
}

static void observe(const tw_eval *e, tw_real *const *out) {
  for (int i = 0; i < e->n; i++) {
    tw_line_state s = tw_line_dc_state(e, N_P, i);
    out[O_LOSS][i] = s.loss;
    out[O_I][i] = s.i;
    out[O_ABS][i] = TW_RE(s.i) < 0.0 ? -s.i : s.i;
    out[O_POWER][i] = s.i * e->x[TW_LINE_DB][i];
    out[O_DROP][i] = s.i * s.R;
    out[O_T][i] = s.T;
  }
}

static void start(const tw_start *s) {
  for (int i = 0; i < s->n; i++) s->x[TW_LINE_DT][i] = 300.0;
}

static void eval(const tw_eval *e) { tw_line_dc_eval(e, N_P); }

static void balance(const tw_eval *e, tw_real *const *b) { tw_line_balance(e, N_P, TW_LINE_DT, b); }

const tw_type TW_TYPE(contact) = {
    .element = "contact", .title = "Contact", .stage = TW_STAGE_BUS,
    .doc = "i = (v_a - v_b) / R(T), R(T) = R [1 + alpha (T - 20 degC)]; the contact heats itself through R_th or through the "
           "thermal resistance that rated current and rated rise imply.",
    .use = "A clip, connector or bolted joint, the place that ages and burns first: its loss and its temperature.",
    .validity = "Constriction resistance of a clean metallic contact; one temperature; ageing only through R.",
    .source = "Holm, Electric Contacts, 4th ed. (1967): two thirds of the bulk's temperature coefficient; EIA-364-70: 30 K rise "
              "at rated current.",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs, .limits = limits,
    .stamps = stamps, .n_stamps = TW_COUNT(stamps), .n_derived = TW_LINE_DERIVED, .derive = derive, .start = start, .eval = eval,
    .observe = observe, .balance = balance};
