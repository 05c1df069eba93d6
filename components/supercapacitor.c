#include "component.h"
#include "electric.h"

/* Supercapacitor (electric double layer, lithium-ion capacitor, bank of electrolytic capacitors) between two DC nodes.
 *   C(v_C) dv_C/dt = i - v_C / R_leak,  v_plus - v_minus = v_C + ESR i,  i into plus
 * with C constant or a curve over v_C; the stored energy is the integral of v C(v) dv from 0. In steady state v_C follows its
 * terminals and only the leakage flows. ESR i^2 and v_C^2 / R_leak go to the heat port. IEC 62391-1 defines C and ESR. */

enum { P_C, P_CURVE, P_ESR, P_LEAK, P_V0, P_V_MAX, P_V_MIN, P_I_MAX, P_P_MAX, P_T_MAX };
static const tw_param params[] = {
    {"C", "F", NULL, TW_NUMBER, 1e-9, 1e7, TW_P_OPTIONAL, "capacitance, the same at every voltage", NULL, NULL, NULL},
    {"capacitance", "F", NULL, TW_CURVE, 1e-9, 1e7, TW_P_OPTIONAL, "capacitance over its voltage, instead of C", NULL, NULL, "V"},
    {"ESR", "ohm", "0 ohm", TW_NUMBER, 0, 1e6, 0, "equivalent series resistance", NULL, NULL, NULL},
    {"R_leak", "ohm", "1e9 ohm", TW_NUMBER, 1e-3, 1e15, 0, "leakage and balancing resistance across the capacitance", NULL,
     NULL, NULL},
    {"V0", "V", NULL, TW_NUMBER, -1e5, 1e5, TW_P_OPTIONAL, "voltage at the start of a run that has no steady state before it",
     NULL, NULL,
     NULL},
    {"V_max", "V", NULL, TW_NUMBER, 0, 1e5, TW_P_OPTIONAL, "rated voltage", NULL, NULL, NULL},
    {"V_min", "V", NULL, TW_NUMBER, 0, 1e5, TW_P_OPTIONAL, "lowest permitted voltage: below it, it is used up", NULL, NULL, NULL},
    {"I_max", "A", NULL, TW_NUMBER, 0, 1e7, TW_P_OPTIONAL, "permitted current, either way", NULL, NULL, NULL},
    {"P_max", "W", NULL, TW_NUMBER, 0, 1e9, TW_P_OPTIONAL, "permitted power at the terminals, either way", NULL, NULL, NULL},
    {"T_max", "K", NULL, TW_NUMBER, 200, 500, TW_P_OPTIONAL, "highest permitted temperature of its surroundings", NULL, NULL,
     NULL},
    {0}};
enum { PLUS, MINUS, HEAT, V_C, CURRENT };
static const tw_port ports[] = {
    {"plus", TW_DC, TW_R_FEED_IN | TW_R_REFERENCE, 0, NULL, NULL, "positive pole"},
    {"minus", TW_DC, TW_R_OPTIONAL | TW_R_GROUNDED, 0, NULL, NULL, "negative pole"},
    {"heat", TW_HEAT, TW_R_OPTIONAL, 0, NULL, NULL, "where its loss goes"},
    {0}};
static const tw_unknown unknowns[] = {
    {"v_C", "V", true, 50, -1e5, 1e5, "voltage across the capacitance"},
    {"i", "A", false, 100, -1e7, 1e7, "current into plus"},
    {0}};
static const tw_row rows[] = {{"charge", "A", 100, 1e-7}, {"voltage", "V", 50, 1e-8}, {0}};
enum { O_LOSS, O_LEAK, O_V_C, O_I, O_I_ABS, O_P, O_P_ABS, O_ENERGY, O_T };
static const tw_quantity outputs[] = {
    {"loss_series", "W", TW_Q_LOSS, TW_L_CONDUCTION, "ESR i^2"},
    {"loss_leakage", "W", TW_Q_LOSS, TW_L_CONDUCTION, "v_C^2 / R_leak"},
    {"v_C", "V", TW_Q_PLAIN, TW_L_NONE, "voltage across the capacitance"},
    {"i", "A", TW_Q_PLAIN, TW_L_NONE, "current into plus"},
    {"i_abs", "A", TW_Q_PLAIN, TW_L_NONE, "its magnitude"},
    {"P", "W", TW_Q_PLAIN, TW_L_NONE, "power into it at the terminals"},
    {"P_abs", "W", TW_Q_PLAIN, TW_L_NONE, "its magnitude"},
    {"energy", "J", TW_Q_PLAIN, TW_L_NONE, "stored energy, 0 at 0 V"},
    {"T", "K", TW_Q_TEMPERATURE, TW_L_NONE, "temperature of its surroundings (heat port)"},
    {0}};
static const tw_limit limits[] = {
    {"v_C", "V_max", TW_AT_MOST, "rated voltage"},
    {"v_C", "V_min", TW_AT_LEAST, "lowest voltage"},
    {"i_abs", "I_max", TW_AT_MOST, "current"},
    {"P_abs", "P_max", TW_AT_MOST, "power"},
    {"T", "T_max", TW_AT_MOST, "temperature of its surroundings"},
    {0}};
static const tw_stamp stamps[] = {{PLUS, CURRENT}, {MINUS, CURRENT}, {HEAT, CURRENT}, {HEAT, V_C}, {V_C, V_C}, {V_C, CURRENT},
                                  {CURRENT, PLUS}, {CURRENT, MINUS}, {CURRENT, V_C}, {CURRENT, CURRENT}};

static int derive(const tw_derive *d) {
  int bad = 0;
  for (int i = 0; i < d->n; i++) {
    bool one = (d->c[P_CURVE][i] != NULL) != !isnan(TW_RE(d->p[P_C][i]));
    bool upside_down = TW_RE(d->p[P_V_MIN][i]) >= TW_RE(d->p[P_V_MAX][i]); /* false where one is absent */
    if (!one) d->fail(d->ctx, i, P_C, "give exactly one of C and the curve capacitance");
    if (upside_down) d->fail(d->ctx, i, P_V_MIN, "must be below V_max");
    bad |= !one || upside_down;
  }
  return bad;
}

static tw_vd capacitance(const tw_eval *e, int i, tw_real v) {
  return e->c[P_CURVE][i] ? tw_curve_at(e->c[P_CURVE][i], v) : (tw_vd){e->p[P_C][i], 0.0};
}

static void eval(const tw_eval *e) {
  for (int i = 0; i < e->n; i++) {
    tw_real I = e->x[CURRENT][i], R = e->p[P_ESR][i], G = 1.0 / e->p[P_LEAK][i], v = e->x[V_C][i];
    tw_vd C = capacitance(e, i, v);
    e->f[PLUS][i] = I;
    e->f[MINUS][i] = -I;
    e->f[HEAT][i] = -R * I * I - G * v * v;
    e->f[V_C][i] = C.v * e->xd[V_C][i] + G * v - I;
    e->f[CURRENT][i] = e->x[PLUS][i] - e->x[MINUS][i] - v - R * I;
    if (!e->j) continue;
    const double j[] = {1.0, -1.0, -2.0 * TW_RE(R * I), -2.0 * TW_RE(G * v), TW_RE(C.d * e->xd[V_C][i] + C.v * e->cj + G), -1.0,
                        1.0, -1.0, -1.0, -TW_RE(R)};
    for (int k = 0; k < TW_COUNT(j); k++) e->j[k][i] = j[k];
  }
}

/* Three points of Gauss: exact for v times a cubic, so between two points of a curve. */
static tw_real gauss(const tw_curve *c, double a, tw_real b) {
  static const double at[] = {0.1127016653792583, 0.5, 0.8872983346207417}, weight[] = {5.0 / 18.0, 8.0 / 18.0, 5.0 / 18.0};
  tw_real sum = 0.0, width = b - a;
  for (int k = 0; k < 3; k++) {
    tw_real v = a + at[k] * width;
    sum += weight[k] * v * tw_curve_at(c, v).v;
  }
  return sum * width;
}

/* Integral of v C(v) from 0, piece by piece between the points of the curve. */
static tw_real energy(const tw_eval *e, int i, tw_real v) {
  const tw_curve *c = e->c[P_CURVE][i];
  if (!c) return 0.5 * e->p[P_C][i] * v * v;
  tw_real sum = 0.0;
  double from = 0.0;
  for (int k = 0; k < c->n && c->x[k] < TW_RE(v); k++) {
    if (c->x[k] <= from) continue;
    sum += gauss(c, from, c->x[k]);
    from = c->x[k];
  }
  return sum + gauss(c, from, v);
}

static void observe(const tw_eval *e, tw_real *const *out) {
  for (int i = 0; i < e->n; i++) {
    tw_real I = e->x[CURRENT][i], v = e->x[V_C][i], P = (e->x[PLUS][i] - e->x[MINUS][i]) * I;
    out[O_LOSS][i] = e->p[P_ESR][i] * I * I;
    out[O_LEAK][i] = v * v / e->p[P_LEAK][i];
    out[O_V_C][i] = v;
    out[O_I][i] = I;
    out[O_I_ABS][i] = TW_RE(I) < 0.0 ? -I : I;
    out[O_P][i] = P;
    out[O_P_ABS][i] = TW_RE(P) < 0.0 ? -P : P;
    out[O_ENERGY][i] = energy(e, i, v);
    out[O_T][i] = e->x[HEAT][i];
  }
}

static void balance(const tw_eval *e, tw_real *const *b) {
  for (int i = 0; i < e->n; i++) {
    tw_real v = e->x[V_C][i];
    b[TW_B_ENERGY][i] = energy(e, i, v);
    b[TW_B_STORED][i] = capacitance(e, i, v).v * v * e->xd[V_C][i];
  }
}

static void start(const tw_start *s) {
  for (int i = 0; i < s->n; i++) {
    s->x[V_C][i] = isnan(s->p[P_V0][i]) ? 0.0 : s->p[P_V0][i];
    s->x[CURRENT][i] = 0.0;
  }
}

const tw_type TW_TYPE(supercapacitor) = {
    .element = "supercapacitor", .title = "Supercapacitor", .stage = TW_STAGE_STORAGE,
    .doc = "C(v_C) dv_C/dt = i - v_C / R_leak behind a series resistance ESR; C constant or a curve over its voltage. In "
           "steady state only the leakage flows.",
    .use = "Storage that takes steps of milliseconds to seconds: how far the bus dips, how long it carries a load, what its "
           "ESR costs.",
    .validity = "One capacitance and one resistance: no redistribution of charge inside, no dependence on frequency, "
                "temperature or age.",
    .source = "IEC 62391-1 (capacitance and internal resistance); stored energy: integral of v C(v) dv.",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs, .limits = limits,
    .stamps = stamps, .n_stamps = TW_COUNT(stamps), .derive = derive, .start = start, .eval = eval, .observe = observe,
    .balance = balance};
