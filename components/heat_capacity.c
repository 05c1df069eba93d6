#include "component.h"

/* Heat capacity at a thermal node: Q_dot = C dT/dt (first law, constant C). */

enum { P_C, P_T0, P_T_MAX };
static const tw_param params[] = {
    {"C", "J/K", NULL, TW_NUMBER, 1e-9, 1e12, 0, "heat capacity", NULL, NULL, NULL},
    {"T0", "K", NULL, TW_NUMBER, 1, 5000, TW_P_OPTIONAL, "temperature at the start of a run that has no steady state before it",
     NULL, NULL, NULL},
    {"T_max", "K", NULL, TW_NUMBER, 1, 5000, TW_P_OPTIONAL, "highest permitted temperature", NULL, NULL, NULL},
    {0}};
static const tw_port ports[] = {{"heat", TW_HEAT, TW_R_NONE, 0, NULL, NULL, "the node"}, {0}};
static const tw_unknown unknowns[] = {{0}};
static const tw_row rows[] = {{0}};
enum { O_T, O_Q };
static const tw_quantity outputs[] = {
    {"T", "K", TW_Q_TEMPERATURE, TW_L_NONE, "temperature"},
    {"Q_dot", "W", TW_Q_PLAIN, TW_L_NONE, "heat flow taken up"},
    {0}};
static const tw_limit limits[] = {{"T", "T_max", TW_AT_MOST, "temperature"}, {0}};
static const tw_stamp stamps[] = {{0, 0}};

static void eval(const tw_eval *e) {
  for (int i = 0; i < e->n; i++) {
    e->f[0][i] = e->p[P_C][i] * e->xd[0][i];
    if (e->j) e->j[0][i] = TW_RE(e->p[P_C][i]) * e->cj;
  }
}

static void observe(const tw_eval *e, tw_real *const *out) {
  for (int i = 0; i < e->n; i++) {
    out[O_T][i] = e->x[0][i];
    out[O_Q][i] = e->p[P_C][i] * e->xd[0][i];
  }
}

static void balance(const tw_eval *e, tw_real *const *b) {
  for (int i = 0; i < e->n; i++) tw_store(e, b, i, 0, e->p[P_C][i]);
}

static void start(const tw_start *s) {
  for (int i = 0; i < s->n; i++)
    if (!isnan(s->p[P_T0][i])) s->x[0][i] = s->p[P_T0][i];
}

const tw_type TW_TYPE(heat_capacity) = {
    .element = "heat-capacity", .title = "Heat capacity", .stage = TW_STAGE_NONE,
    .doc = "Q_dot = C dT/dt. No heat flow in steady state.",
    .use = "A mass that has to be warmed: chassis, coolant hold-up, a block.",
    .validity = "One temperature (lumped): Biot number below 0.1. Without effect in steady state.",
    .source = "Incropera et al., Fundamentals of Heat and Mass Transfer, 6th ed. (2007), sec. 5.1 (lumped capacitance).",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs, .limits = limits,
    .stamps = stamps, .n_stamps = TW_COUNT(stamps), .start = start, .eval = eval, .observe = observe, .balance = balance};
