#include "component.h"

/* Surroundings of fixed temperature (room boundary): T_node = T + R Q_dot. What flows in has left the model. */

enum { P_T, P_R };
static const tw_param params[] = {
    {"T", "K", NULL, TW_NUMBER, 1, 5000, TW_P_TIMED, "temperature of the surroundings", NULL, NULL, NULL},
    {"R", "K/W", "0 K/W", TW_NUMBER, 0, 1e9, 0, "thermal resistance to the node", NULL, NULL, NULL},
    {0}};
enum { HEAT, Q };
static const tw_port ports[] = {{"heat", TW_HEAT, TW_R_OUTSIDE, 0, NULL, NULL, "the node"}, {0}};
static const tw_unknown unknowns[] = {{"Q_dot", "W", false, 1000, -1e9, 1e9, "heat flow into the surroundings"}, {0}};
static const tw_row rows[] = {{"temperature", "K", 300, 1e-8}, {0}};
enum { O_Q };
static const tw_quantity outputs[] = {{"Q_dot", "W", TW_Q_PLAIN, TW_L_NONE, "heat flow into the surroundings (room)"}, {0}};
static const tw_stamp stamps[] = {{HEAT, Q}, {Q, HEAT}, {Q, Q}};

static void eval(const tw_eval *e) {
  for (int i = 0; i < e->n; i++) {
    e->f[HEAT][i] = e->x[Q][i];
    e->f[Q][i] = e->x[HEAT][i] - e->p[P_T][i] - e->p[P_R][i] * e->x[Q][i];
    if (!e->j) continue;
    e->j[0][i] = 1.0;
    e->j[1][i] = 1.0;
    e->j[2][i] = -TW_RE(e->p[P_R][i]);
  }
}

static void observe(const tw_eval *e, tw_real *const *out) {
  for (int i = 0; i < e->n; i++) out[O_Q][i] = e->x[Q][i];
}

static void balance(const tw_eval *e, tw_real *const *b) {
  for (int i = 0; i < e->n; i++) b[TW_B_EXTERNAL][i] = -e->x[Q][i];
}

static void start(const tw_start *s) {
  for (int i = 0; i < s->n; i++) {
    s->x[HEAT][i] = s->p[P_T][i];
    s->x[Q][i] = 0.0;
  }
}

const tw_type TW_TYPE(fixed_temperature) = {
    .element = "fixed-temperature", .title = "Surroundings of fixed temperature", .stage = TW_STAGE_NONE,
    .doc = "Holds a thermal node at T (through R, if given). The heat that flows in is given off to the room.",
    .use = "A room, a chilled block or any place whose temperature is known.",
    .validity = "Exact, any heat flow.",
    .source = "Definition of the boundary.",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs,
    .stamps = stamps, .n_stamps = TW_COUNT(stamps), .start = start, .eval = eval, .observe = observe, .balance = balance};
