#include "component.h"

/* Capacitor with equivalent series resistance between two DC nodes: C dv_C/dt = i, v_a - v_b = v_C + ESR i.
 * In steady state, and where fast states follow at once, i = 0 and v_C = v_a - v_b. The loss ESR i^2 goes to the heat port. */

enum { P_C, P_ESR, P_V0, P_V_MAX, P_I_MAX };
static const tw_param params[] = {
    {"C", "F", NULL, TW_NUMBER, 1e-12, 1e6, 0, "capacitance", NULL, NULL, NULL},
    {"ESR", "ohm", "0 ohm", TW_NUMBER, 0, 1e6, 0, "equivalent series resistance", NULL, NULL, NULL},
    {"V0", "V", NULL, TW_NUMBER, -1e5, 1e5, TW_P_OPTIONAL, "voltage at the start of a run that has no steady state before it",
     NULL, NULL, NULL},
    {"V_max", "V", NULL, TW_NUMBER, 0, 1e5, TW_P_OPTIONAL, "rated voltage", NULL, NULL, NULL},
    {"I_max", "A", NULL, TW_NUMBER, 0, 1e7, TW_P_OPTIONAL, "rated current", NULL, NULL, NULL},
    {0}};
enum { A, B, HEAT, V_C, CURRENT };
static const tw_port ports[] = {
    {"a", TW_DC, TW_R_FEED_IN | TW_R_REFERENCE, 0, NULL, NULL, "positive end"},
    {"b", TW_DC, TW_R_FEED_OUT, 0, NULL, NULL, "negative end"},
    {"heat", TW_HEAT, TW_R_OPTIONAL, 0, NULL, NULL, "where its loss goes"},
    {0}};
static const tw_unknown unknowns[] = {
    {"v_C", "V", TW_FAST, 50, -1e5, 1e5, "voltage across the capacitance"},
    {"i", "A", false, 100, -1e7, 1e7, "current from a to b"},
    {0}};
static const tw_row rows[] = {{"charge", "A", 100, 1e-7}, {"voltage", "V", 50, 1e-8}, {0}};
enum { O_LOSS, O_V_C, O_I, O_I_ABS, O_ENERGY };
static const tw_quantity outputs[] = {
    {"loss", "W", TW_Q_LOSS, TW_L_CONDUCTION, "ESR i^2"},
    {"v_C", "V", TW_Q_PLAIN, TW_L_NONE, "voltage across the capacitance"},
    {"i", "A", TW_Q_PLAIN, TW_L_NONE, "current from a to b"},
    {"i_abs", "A", TW_Q_PLAIN, TW_L_NONE, "its magnitude"},
    {"energy", "J", TW_Q_PLAIN, TW_L_NONE, "C v_C^2 / 2"},
    {0}};
static const tw_limit limits[] = {
    {"v_C", "V_max", TW_AT_MOST, "rated voltage"}, {"i_abs", "I_max", TW_AT_MOST, "rated current"}, {0}};
static const tw_stamp stamps[] = {{A, CURRENT},   {B, CURRENT},  {HEAT, CURRENT}, {V_C, V_C}, {V_C, CURRENT},
                                  {CURRENT, A},   {CURRENT, B},  {CURRENT, V_C},  {CURRENT, CURRENT}};

static void eval(const tw_eval *e) {
  for (int i = 0; i < e->n; i++) {
    tw_real I = e->x[CURRENT][i], C = e->fast * e->p[P_C][i], R = e->p[P_ESR][i];
    e->f[A][i] = I;
    e->f[B][i] = -I;
    e->f[HEAT][i] = -R * I * I;
    e->f[V_C][i] = C * e->xd[V_C][i] - I;
    e->f[CURRENT][i] = e->x[A][i] - e->x[B][i] - e->x[V_C][i] - R * I;
    if (!e->j) continue;
    e->j[0][i] = 1.0;
    e->j[1][i] = -1.0;
    e->j[2][i] = -2.0 * TW_RE(R * I);
    e->j[3][i] = TW_RE(C) * e->cj;
    e->j[4][i] = -1.0;
    e->j[5][i] = 1.0;
    e->j[6][i] = -1.0;
    e->j[7][i] = -1.0;
    e->j[8][i] = -TW_RE(R);
  }
}

static void observe(const tw_eval *e, tw_real *const *out) {
  for (int i = 0; i < e->n; i++) {
    tw_real I = e->x[CURRENT][i], v = e->x[V_C][i];
    out[O_LOSS][i] = e->p[P_ESR][i] * I * I;
    out[O_V_C][i] = v;
    out[O_I][i] = I;
    out[O_I_ABS][i] = TW_RE(I) < 0.0 ? -I : I;
    out[O_ENERGY][i] = 0.5 * e->p[P_C][i] * v * v;
  }
}

static void balance(const tw_eval *e, tw_real *const *b) {
  for (int i = 0; i < e->n; i++) tw_store_square(e, b, i, V_C, e->fast * e->p[P_C][i]);
}

static void start(const tw_start *s) {
  for (int i = 0; i < s->n; i++) {
    s->x[V_C][i] = isnan(s->p[P_V0][i]) ? 0.0 : s->p[P_V0][i];
    s->x[CURRENT][i] = 0.0;
  }
}

const tw_type TW_TYPE(capacitor) = {
    .element = "capacitor", .title = "Capacitor", .stage = TW_STAGE_NONE,
    .doc = "C dv_C/dt = i with a series resistance ESR (0 allowed). No current in steady state.",
    .use = "Bulk capacitance at a tray or shelf: how far the bus dips in a load step, what ripple and inrush it takes.",
    .validity = "Linear, any voltage; no leakage and no ageing. Without effect in steady state.",
    .source = "IEC 60050-131 (ideal capacitor) in series with its equivalent series resistance.",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs, .limits = limits,
    .stamps = stamps, .n_stamps = TW_COUNT(stamps), .start = start, .eval = eval, .observe = observe, .balance = balance};
