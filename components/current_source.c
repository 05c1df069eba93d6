#include "component.h"

/* DC current source against ground: gives a set current at any voltage, the power coming from outside the model. Its net needs
 * another path to ground. Exact, any range. */

enum { P_I };
static const tw_param params[] = {
    {"current", "A", NULL, TW_NUMBER, -1e7, 1e7, TW_P_TIMED, "current given to the net", NULL, NULL, NULL},
    {0}};
enum { OUT };
static const tw_port ports[] = {
    {"out", TW_DC, TW_R_FEED_OUT, 0, NULL, NULL, "positive pole; the negative one is ground"},
    {0}};
static const tw_unknown unknowns[] = {{0}};
static const tw_row rows[] = {{0}};
enum { O_P, O_V };
static const tw_quantity outputs[] = {
    {"power", "W", TW_Q_PLAIN, TW_L_NONE, "power given"},
    {"v", "V", TW_Q_PLAIN, TW_L_NONE, "terminal voltage"},
    {0}};

static void eval(const tw_eval *e) {
  for (int i = 0; i < e->n; i++) e->f[OUT][i] = -e->p[P_I][i];
}

static void observe(const tw_eval *e, tw_real *const *out) {
  for (int i = 0; i < e->n; i++) {
    out[O_P][i] = e->x[OUT][i] * e->p[P_I][i];
    out[O_V][i] = e->x[OUT][i];
  }
}

static void balance(const tw_eval *e, tw_real *const *b) {
  for (int i = 0; i < e->n; i++) b[TW_B_EXTERNAL][i] = e->x[OUT][i] * e->p[P_I][i];
}

const tw_type TW_TYPE(current_source) = {
    .element = "current-source", .title = "DC current source", .stage = TW_STAGE_GRID,
    .doc = "i = current at any voltage; the power at the terminal comes from outside the model.",
    .use = "Drives a given current through a bench: rise tests of bars and contacts.",
    .validity = "Exact, any voltage and direction. Its net needs another path to ground.",
    .source = "Definition of the ideal current source, IEC 60050-131.",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs,
    .eval = eval, .observe = observe, .balance = balance};
