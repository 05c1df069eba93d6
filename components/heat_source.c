#include "component.h"

/* Heat of given power into a thermal node, from outside the model (a load whose electric side is not described). A signal may
 * set its utilisation: a heater under control. */

enum { P_P };
static const tw_param params[] = {
    {"P", "W", NULL, TW_NUMBER, -1e9, 1e9, TW_P_TIMED, "heat flow into the node; negative: taken from it", NULL, NULL, NULL},
    {"utilisation", "1", "100 %", TW_NUMBER, 0, 10, TW_P_TIMED, "factor on P", NULL, NULL, NULL},
    {0}};
enum { HEAT, CONTROL };
static const tw_port ports[] = {
    {"heat", TW_HEAT, TW_R_NONE, 0, NULL, NULL, "the node"},
    {"control", TW_SIGNAL_IN, TW_R_OPTIONAL, 0, NULL, "utilisation", "factor on P from a controller"},
    {0}};
static const tw_unknown unknowns[] = {{0}};
static const tw_row rows[] = {{0}};
enum { O_Q, O_T };
static const tw_quantity outputs[] = {
    {"Q_dot", "W", TW_Q_PLAIN, TW_L_NONE, "heat flow into the node"},
    {"T", "K", TW_Q_TEMPERATURE, TW_L_NONE, "temperature of the node"},
    {0}};

static const tw_stamp stamps[] = {{HEAT, CONTROL}};

static tw_real heat(const tw_eval *e, int i) { return e->load_scale * e->p[P_P][i] * e->x[CONTROL][i]; }

static void eval(const tw_eval *e) {
  for (int i = 0; i < e->n; i++) {
    e->f[HEAT][i] = -heat(e, i);
    if (e->j) e->j[0][i] = -e->load_scale * TW_RE(e->p[P_P][i]);
  }
}

static void observe(const tw_eval *e, tw_real *const *out) {
  for (int i = 0; i < e->n; i++) {
    out[O_Q][i] = heat(e, i);
    out[O_T][i] = e->x[HEAT][i];
  }
}

static void balance(const tw_eval *e, tw_real *const *b) {
  for (int i = 0; i < e->n; i++) b[TW_B_EXTERNAL][i] = heat(e, i);
}

const tw_type TW_TYPE(heat_source) = {
    .element = "heat-source", .title = "Heat source", .stage = TW_STAGE_NONE,
    .doc = "A heat flow from outside the model into a thermal node; its utilisation is a parameter or a signal.",
    .use = "Heat of known power without an electric side: early design, heaters.",
    .validity = "Any temperature.",
    .source = "Definition of the boundary.",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs,
    .stamps = stamps, .n_stamps = TW_COUNT(stamps), .eval = eval, .observe = observe, .balance = balance};
