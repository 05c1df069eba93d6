#include "component.h"

/* Constant-current DC load: i = I above v_min, the odd cubic I (3s - s^3)/2, s = v/v_min, below it (same value and slope at
 * v_min). A negative I feeds in current from outside the model. */

enum { P_I, P_U, P_V_MIN, P_STATE };
static const tw_param params[] = {
    {"I", "A", NULL, TW_NUMBER, -1e7, 1e7, TW_P_TIMED, "current; negative: fed in", NULL, NULL, NULL},
    {"utilisation", "1", "100 %", TW_NUMBER, 0, 10, TW_P_TIMED, "factor on I", NULL, NULL, NULL},
    {"v_min", "V", "0.1 V", TW_NUMBER, 1e-3, 1e5, 0, "voltage below which the current falls to zero", NULL, NULL, NULL},
    {"state", "1", "on", TW_ENUM, 0, 1, TW_P_TIMED, "off: takes nothing", NULL, "on|off", NULL},
    {0}};
enum { IN, HEAT };
static const tw_port ports[] = {
    {"in", TW_DC, TW_R_FEED_IN, 0, NULL, NULL, "supply, against ground"},
    {"heat", TW_HEAT, TW_R_OPTIONAL, 0, NULL, NULL, "where its heat goes"},
    {0}};
static const tw_unknown unknowns[] = {{0}};
static const tw_row rows[] = {{0}};
enum { O_P, O_NET, O_V, O_I };
static const tw_quantity outputs[] = {
    {"P", "W", TW_Q_LOAD, TW_L_NONE, "power used"},
    {"P_net", "W", TW_Q_PLAIN, TW_L_NONE, "power used, or fed in where negative"},
    {"v", "V", TW_Q_PLAIN, TW_L_NONE, "voltage"},
    {"I", "A", TW_Q_PLAIN, TW_L_NONE, "current"},
    {0}};
static const tw_stamp stamps[] = {{IN, IN}, {HEAT, IN}};

static tw_vd current(const tw_eval *e, int i) {
  double scale = TW_RE(e->p[P_STATE][i]) < 0.5 ? e->load_scale : 0.0;
  tw_real I = scale * e->p[P_I][i] * e->p[P_U][i], V = e->p[P_V_MIN][i], s = e->x[IN][i] / V;
  if (TW_RE(s) >= 1.0) return (tw_vd){I, 0.0};
  if (TW_RE(s) <= -1.0) return (tw_vd){-I, 0.0};
  return (tw_vd){0.5 * I * s * (3.0 - s * s), 1.5 * I * (1.0 - s * s) / V};
}

static void eval(const tw_eval *e) {
  for (int i = 0; i < e->n; i++) {
    tw_real v = e->x[IN][i];
    tw_vd I = current(e, i);
    bool used = TW_RE(e->p[P_I][i]) > 0.0;
    e->f[IN][i] = I.v;
    e->f[HEAT][i] = used ? -v * I.v : 0.0;
    if (!e->j) continue;
    e->j[0][i] = TW_RE(I.d);
    e->j[1][i] = used ? TW_RE(-I.v - v * I.d) : 0.0;
  }
}

static void observe(const tw_eval *e, tw_real *const *out) {
  for (int i = 0; i < e->n; i++) {
    tw_real v = e->x[IN][i], I = current(e, i).v;
    out[O_P][i] = TW_RE(e->p[P_I][i]) > 0.0 ? v * I : 0.0;
    out[O_NET][i] = v * I;
    out[O_V][i] = v;
    out[O_I][i] = I;
  }
}

static void balance(const tw_eval *e, tw_real *const *b) {
  for (int i = 0; i < e->n; i++)
    if (TW_RE(e->p[P_I][i]) <= 0.0) b[TW_B_EXTERNAL][i] = -e->x[IN][i] * current(e, i).v;
}

const tw_type TW_TYPE(current_load) = {
    .element = "current-load", .title = "Constant-current load", .stage = TW_STAGE_AUXILIARY,
    .doc = "i = I above v_min, a cubic through zero below it. All of the power leaves as heat. A negative I feeds in current "
           "from outside the model.",
    .use = "A load that draws the same current at any voltage: a test load, a linear regulator.",
    .validity = "From v_min up; below it the current falls to zero as an odd cubic, C1.",
    .source = "Definition of a constant-current load; the cubic is this program's (components/electric.h).",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs,
    .stamps = stamps, .n_stamps = TW_COUNT(stamps), .eval = eval, .observe = observe, .balance = balance};
