#include "component.h"

/* DC source against ground: v = E - R i. R is the droop of its regulation or what makes an ideal source well posed: what
 * enters the model is the power at its terminal, nothing is lost in it (a resistor element is what heats). Exact, any range. The
 * current is an unknown: as (E - v) / R, the rounding of v would be a current of its own with a small R (7 uA at 50 V, 1 nohm). */

enum { P_E, P_R, P_IMAX, P_STATE, N_P };
static const tw_param params[] = {
    {"voltage", "V", NULL, TW_NUMBER, -1e6, 1e6, TW_P_TIMED, "voltage at no load", NULL, NULL, NULL},
    {"R", "ohm", "1 uohm", TW_NUMBER, 1e-9, 1e6, 0, "droop, voltage lost per current", NULL, NULL, NULL},
    {"I_max", "A", NULL, TW_NUMBER, 0, 1e9, TW_P_OPTIONAL, "permitted current", NULL, NULL, NULL},
    {"state", "1", "on", TW_ENUM, 0, 1, TW_P_TIMED, "off: 1e-12 S to ground remain", NULL, "on|off", NULL},
    {0}};
enum { OUT, I };
static const tw_port ports[] = {
    {"out", TW_DC, TW_R_FEED_OUT | TW_R_REFERENCE, 0, NULL, NULL, "positive pole; the negative one is ground"},
    {0}};
static const tw_unknown unknowns[] = {{"i", "A", false, 1e4, -1e9, 1e9, "current given"}, {0}};
static const tw_row rows[] = {{"source", "V", 50, 1e-10}, {0}};
enum { O_P, O_I, O_V };
static const tw_quantity outputs[] = {
    {"power", "W", TW_Q_PLAIN, TW_L_NONE, "power given"},
    {"i", "A", TW_Q_PLAIN, TW_L_NONE, "current given"},
    {"v", "V", TW_Q_PLAIN, TW_L_NONE, "terminal voltage"},
    {0}};
static const tw_limit limits[] = {{"i", "I_max", TW_AT_MOST, "current"}, {0}};
static const tw_stamp stamps[] = {{OUT, I}, {I, OUT}, {I, I}};
#define LEAK 1e-12 /* S, while it is off */

static bool is_on(double state) { return state < 0.5; }

static void start(const tw_start *s) {
  for (int i = 0; i < s->n; i++) {
    if (is_on(s->p[P_STATE][i])) s->x[OUT][i] = s->p[P_E][i];
    s->x[I][i] = 0.0;
  }
}

static void eval(const tw_eval *e) {
  for (int i = 0; i < e->n; i++) {
    bool on = is_on(TW_RE(e->p[P_STATE][i]));
    tw_real v = e->x[OUT][i], current = e->x[I][i];
    e->f[OUT][i] = -current;
    e->f[I][i] = on ? v - e->p[P_E][i] + e->p[P_R][i] * current : current + LEAK * v;
    if (!e->j) continue;
    e->j[0][i] = -1.0;
    e->j[1][i] = on ? 1.0 : LEAK;
    e->j[2][i] = on ? TW_RE(e->p[P_R][i]) : 1.0;
  }
}

static void observe(const tw_eval *e, tw_real *const *out) {
  for (int i = 0; i < e->n; i++) {
    out[O_P][i] = e->x[OUT][i] * e->x[I][i];
    out[O_I][i] = e->x[I][i];
    out[O_V][i] = e->x[OUT][i];
  }
}

static void balance(const tw_eval *e, tw_real *const *b) {
  for (int i = 0; i < e->n; i++) b[TW_B_EXTERNAL][i] = e->x[OUT][i] * e->x[I][i];
}

const tw_type TW_TYPE(voltage_source) = {
    .element = "voltage-source", .title = "DC voltage source", .stage = TW_STAGE_GRID,
    .doc = "v = voltage - R i against ground; the power at the terminal comes from outside the model.",
    .use = "A bus of given voltage and droop: the bench for everything on direct current.",
    .validity = "Exact, any current. What enters the model is the power at the terminal; nothing is lost in it.",
    .source = "Thevenin's theorem: ideal source with its internal resistance, IEC 60050-131.",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs, .limits = limits,
    .stamps = stamps, .n_stamps = TW_COUNT(stamps), .start = start, .eval = eval,
    .observe = observe, .balance = balance};
