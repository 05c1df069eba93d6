#include "component.h"

/* DC source against ground: i = (E - v) / R. R is the droop of its regulation or what makes an ideal source well posed: what
 * enters the model is the power at its terminal, nothing is lost in it (a resistor element is what heats). Exact, any range. */

enum { P_E, P_R, P_IMAX, P_STATE, N_P, D_G = N_P };
static const tw_param params[] = {
    {"voltage", "V", NULL, TW_NUMBER, -1e6, 1e6, TW_P_TIMED, "voltage at no load", NULL, NULL, NULL},
    {"R", "ohm", "1 uohm", TW_NUMBER, 1e-9, 1e6, 0, "droop, voltage lost per current", NULL, NULL, NULL},
    {"I_max", "A", NULL, TW_NUMBER, 0, 1e9, TW_P_OPTIONAL, "permitted current", NULL, NULL, NULL},
    {"state", "1", "on", TW_ENUM, 0, 1, TW_P_TIMED, "off: 1e-12 S to ground remain", NULL, "on|off", NULL},
    {0}};
enum { OUT };
static const tw_port ports[] = {
    {"out", TW_DC, TW_R_FEED_OUT | TW_R_REFERENCE, 0, NULL, NULL, "positive pole; the negative one is ground"},
    {0}};
static const tw_unknown unknowns[] = {{0}};
static const tw_row rows[] = {{0}};
enum { O_P, O_I, O_V };
static const tw_quantity outputs[] = {
    {"power", "W", TW_Q_PLAIN, TW_L_NONE, "power given"},
    {"i", "A", TW_Q_PLAIN, TW_L_NONE, "current given"},
    {"v", "V", TW_Q_PLAIN, TW_L_NONE, "terminal voltage"},
    {0}};
static const tw_limit limits[] = {{"i", "I_max", TW_AT_MOST, "current"}, {0}};
static const tw_stamp stamps[] = {{OUT, OUT}};

static int derive(const tw_derive *d) {
  for (int i = 0; i < d->n; i++) d->p[D_G][i] = TW_RE(d->p[P_STATE][i]) < 0.5 ? 1.0 / d->p[P_R][i] : 0.0;
  return 0;
}

static void start(const tw_start *s) {
  for (int i = 0; i < s->n; i++)
    if (s->p[D_G][i] > 0.0) s->x[OUT][i] = s->p[P_E][i];
}

static tw_real current(const tw_eval *e, int i) {
  tw_real v = e->x[OUT][i];
  return e->p[D_G][i] * (e->p[P_E][i] - v) - (TW_RE(e->p[D_G][i]) > 0.0 ? 0.0 : 1e-12 * v);
}

static void eval(const tw_eval *e) {
  for (int i = 0; i < e->n; i++) {
    e->f[OUT][i] = -current(e, i);
    if (e->j) e->j[0][i] = TW_RE(e->p[D_G][i]) > 0.0 ? TW_RE(e->p[D_G][i]) : 1e-12;
  }
}

static void observe(const tw_eval *e, tw_real *const *out) {
  for (int i = 0; i < e->n; i++) {
    tw_real I = current(e, i);
    out[O_P][i] = e->x[OUT][i] * I;
    out[O_I][i] = I;
    out[O_V][i] = e->x[OUT][i];
  }
}

static void balance(const tw_eval *e, tw_real *const *b) {
  for (int i = 0; i < e->n; i++) b[TW_B_EXTERNAL][i] = e->x[OUT][i] * current(e, i);
}

const tw_type TW_TYPE(voltage_source) = {
    .element = "voltage-source", .title = "DC voltage source", .stage = TW_STAGE_GRID,
    .doc = "v = voltage - R i against ground; the power at the terminal comes from outside the model.",
    .use = "A bus of given voltage and droop: the bench for everything on direct current.",
    .validity = "Exact, any current. What enters the model is the power at the terminal; nothing is lost in it.",
    .source = "Thevenin's theorem: ideal source with its internal resistance, IEC 60050-131.",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs, .limits = limits,
    .stamps = stamps, .n_stamps = TW_COUNT(stamps), .n_derived = 1, .derive = derive, .start = start, .eval = eval,
    .observe = observe, .balance = balance};
