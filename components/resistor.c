#include "component.h"

/* Ohm's law between two DC nodes; all of i^2 R goes to the heat port. Exact, any range. */

enum { P_R };
static const tw_param params[] = {
    {"R", "ohm", NULL, TW_NUMBER, 1e-9, 1e9, 0, "resistance", NULL, NULL, NULL},
    {0}};
enum { A, B, HEAT };
static const tw_port ports[] = {
    {"a", TW_DC, TW_R_FEED_IN, 0, NULL, NULL, "first end"},
    {"b", TW_DC, TW_R_FEED_OUT, 0, NULL, NULL, "second end"},
    {"heat", TW_HEAT, TW_R_OPTIONAL, 0, NULL, NULL, "where its loss goes"},
    {0}};
static const tw_unknown unknowns[] = {{0}};
static const tw_row rows[] = {{0}};
enum { O_LOSS, O_I };
static const tw_quantity outputs[] = {
    {"loss", "W", TW_Q_LOSS, TW_L_CONDUCTION, "i^2 R"},
    {"i", "A", TW_Q_PLAIN, TW_L_NONE, "current from a to b"},
    {0}};
static const tw_stamp stamps[] = {{A, A}, {A, B}, {B, A}, {B, B}, {HEAT, A}, {HEAT, B}};

static void eval(const tw_eval *e) {
  for (int i = 0; i < e->n; i++) {
    tw_real v = e->x[A][i] - e->x[B][i], g = 1.0 / e->p[P_R][i];
    e->f[A][i] = g * v;
    e->f[B][i] = -g * v;
    e->f[HEAT][i] = -g * v * v;
    if (!e->j) continue;
    double gr = TW_RE(g), dq = -2.0 * gr * TW_RE(v);
    e->j[0][i] = gr;
    e->j[1][i] = -gr;
    e->j[2][i] = -gr;
    e->j[3][i] = gr;
    e->j[4][i] = dq;
    e->j[5][i] = -dq;
  }
}

static void observe(const tw_eval *e, tw_real *const *out) {
  for (int i = 0; i < e->n; i++) {
    tw_real I = (e->x[A][i] - e->x[B][i]) / e->p[P_R][i];
    out[O_LOSS][i] = I * I * e->p[P_R][i];
    out[O_I][i] = I;
  }
}

const tw_type TW_TYPE(resistor) = {
    .element = "resistor", .title = "Resistor", .stage = TW_STAGE_DISTRIBUTION,
    .doc = "i = (v_a - v_b) / R; the loss i^2 R leaves through the heat port.",
    .use = "A resistance that is known as a number: a shunt, a dummy load, a bus in a sketch.",
    .validity = "Exact, any current; the resistance does not follow the temperature.",
    .source = "Ohm's law and Joule's law, IEC 60050-131.",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs,
    .stamps = stamps, .n_stamps = TW_COUNT(stamps), .eval = eval, .observe = observe};
