#include "component.h"

/* Inductor with winding resistance between two DC nodes: L di/dt = v_a - v_b - R i. Linear: no saturation.
 * The loss R i^2 goes to the heat port. */

enum { P_L, P_R, P_I_MAX };
static const tw_param params[] = {
    {"L", "H", NULL, TW_NUMBER, 1e-12, 1e4, 0, "inductance", NULL, NULL, NULL},
    {"R", "ohm", NULL, TW_NUMBER, 1e-9, 1e6, 0, "winding resistance", NULL, NULL, NULL},
    {"I_max", "A", NULL, TW_NUMBER, 0, 1e7, TW_P_OPTIONAL, "rated current", NULL, NULL, NULL},
    {0}};
enum { A, B, HEAT, CURRENT };
static const tw_port ports[] = {
    {"a", TW_DC, TW_R_FEED_IN, 0, NULL, NULL, "first end"},
    {"b", TW_DC, TW_R_FEED_OUT, 0, NULL, NULL, "second end"},
    {"heat", TW_HEAT, TW_R_OPTIONAL, 0, NULL, NULL, "where its loss goes"},
    {0}};
static const tw_unknown unknowns[] = {{"i", "A", TW_FAST, 100, -1e7, 1e7, "current from a to b"}, {0}};
static const tw_row rows[] = {{"voltage", "V", 1, 1e-8}, {0}};
enum { O_LOSS, O_I, O_I_ABS, O_ENERGY };
static const tw_quantity outputs[] = {
    {"loss", "W", TW_Q_LOSS, TW_L_CONDUCTION, "R i^2"},
    {"i", "A", TW_Q_PLAIN, TW_L_NONE, "current from a to b"},
    {"i_abs", "A", TW_Q_PLAIN, TW_L_NONE, "its magnitude"},
    {"energy", "J", TW_Q_PLAIN, TW_L_NONE, "L i^2 / 2"},
    {0}};
static const tw_limit limits[] = {{"i_abs", "I_max", TW_AT_MOST, "rated current"}, {0}};
static const tw_stamp stamps[] = {{A, CURRENT}, {B, CURRENT}, {HEAT, CURRENT}, {CURRENT, A}, {CURRENT, B}, {CURRENT, CURRENT}};

static void eval(const tw_eval *e) {
  for (int i = 0; i < e->n; i++) {
    tw_real I = e->x[CURRENT][i], L = e->fast * e->p[P_L][i], R = e->p[P_R][i];
    e->f[A][i] = I;
    e->f[B][i] = -I;
    e->f[HEAT][i] = -R * I * I;
    e->f[CURRENT][i] = L * e->xd[CURRENT][i] + R * I - e->x[A][i] + e->x[B][i];
    if (!e->j) continue;
    e->j[0][i] = 1.0;
    e->j[1][i] = -1.0;
    e->j[2][i] = -2.0 * TW_RE(R * I);
    e->j[3][i] = -1.0;
    e->j[4][i] = 1.0;
    e->j[5][i] = TW_RE(L) * e->cj + TW_RE(R);
  }
}

static void observe(const tw_eval *e, tw_real *const *out) {
  for (int i = 0; i < e->n; i++) {
    tw_real I = e->x[CURRENT][i];
    out[O_LOSS][i] = e->p[P_R][i] * I * I;
    out[O_I][i] = I;
    out[O_I_ABS][i] = TW_RE(I) < 0.0 ? -I : I;
    out[O_ENERGY][i] = 0.5 * e->p[P_L][i] * I * I;
  }
}

static void balance(const tw_eval *e, tw_real *const *b) {
  for (int i = 0; i < e->n; i++) tw_store_square(e, b, i, CURRENT, e->fast * e->p[P_L][i]);
}

static void start(const tw_start *s) {
  for (int i = 0; i < s->n; i++) s->x[CURRENT][i] = 0.0;
}

const tw_type TW_TYPE(inductor) = {
    .element = "inductor", .title = "Inductor", .stage = TW_STAGE_NONE,
    .doc = "L di/dt = v_a - v_b - R i; no saturation. A plain resistance in steady state.",
    .use = "A filter choke or the inductance of a bus in time studies.",
    .validity = "Linear: no saturation, no core loss. A plain resistance in steady state.",
    .source = "IEC 60050-131 (ideal inductor) in series with its winding resistance.",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs, .limits = limits,
    .stamps = stamps, .n_stamps = TW_COUNT(stamps), .start = start, .eval = eval, .observe = observe, .balance = balance};
