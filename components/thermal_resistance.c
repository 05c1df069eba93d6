#include "component.h"

/* Thermal resistance between two nodes: Q_dot = (T_a - T_b) / R (Fourier's law, lumped). Any range. */

enum { P_R };
static const tw_param params[] = {
    {"R", "K/W", NULL, TW_NUMBER, 1e-9, 1e9, 0, "thermal resistance", NULL, NULL, NULL},
    {0}};
enum { A, B };
static const tw_port ports[] = {
    {"a", TW_HEAT, TW_R_NONE, 0, NULL, NULL, "first end"},
    {"b", TW_HEAT, TW_R_NONE, 0, NULL, NULL, "second end"},
    {0}};
static const tw_unknown unknowns[] = {{0}};
static const tw_row rows[] = {{0}};
enum { O_Q, O_DT };
static const tw_quantity outputs[] = {
    {"Q_dot", "W", TW_Q_PLAIN, TW_L_NONE, "heat flow from a to b"},
    {"dT", "delta K", TW_Q_PLAIN, TW_L_NONE, "T_a - T_b"},
    {0}};
static const tw_stamp stamps[] = {{A, A}, {A, B}, {B, A}, {B, B}};

static void eval(const tw_eval *e) {
  for (int i = 0; i < e->n; i++) {
    tw_real G = 1.0 / e->p[P_R][i], Q = (e->x[A][i] - e->x[B][i]) * G;
    e->f[A][i] = Q;
    e->f[B][i] = -Q;
    if (!e->j) continue;
    e->j[0][i] = e->j[3][i] = TW_RE(G);
    e->j[1][i] = e->j[2][i] = -TW_RE(G);
  }
}

static void observe(const tw_eval *e, tw_real *const *out) {
  for (int i = 0; i < e->n; i++) {
    tw_real dT = e->x[A][i] - e->x[B][i];
    out[O_Q][i] = dT / e->p[P_R][i];
    out[O_DT][i] = dT;
  }
}

const tw_type TW_TYPE(thermal_resistance) = {
    .element = "thermal-resistance", .title = "Thermal resistance", .stage = TW_STAGE_NONE,
    .doc = "Q_dot = (T_a - T_b) / R.",
    .use = "A heat path known by its K/W: interface, wall, a plate from a data sheet.",
    .validity = "Linear, any heat flow; no storage.",
    .source = "Fourier's law, lumped: Incropera et al., Fundamentals of Heat and Mass Transfer, 6th ed. (2007), sec. 3.1.2.",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs,
    .stamps = stamps, .n_stamps = TW_COUNT(stamps), .eval = eval, .observe = observe};
