#include "component.h"

/* A signal of given value, for actuators and set points that scenarios move. */

enum { P_VALUE };
static const tw_param params[] = {
    {"value", "1", NULL, TW_NUMBER, -1e12, 1e12, TW_P_TIMED, "value (SI)", NULL, NULL, NULL},
    {0}};
static const tw_port ports[] = {{"output", TW_SIGNAL_OUT, TW_R_OPTIONAL, 0, NULL, NULL, "the signal"}, {0}};
static const tw_unknown unknowns[] = {{0}};
static const tw_row rows[] = {{0}};
static const tw_quantity outputs[] = {{"value", "1", TW_Q_PLAIN, TW_L_NONE, "the signal"}, {0}};
static const tw_stamp stamps[] = {{0, 0}};

static void eval(const tw_eval *e) {
  for (int i = 0; i < e->n; i++) {
    e->f[0][i] = e->x[0][i] - e->p[P_VALUE][i];
    if (e->j) e->j[0][i] = 1.0;
  }
}

static void observe(const tw_eval *e, tw_real *const *out) {
  for (int i = 0; i < e->n; i++) out[0][i] = e->x[0][i];
}

static void start(const tw_start *s) {
  for (int i = 0; i < s->n; i++) s->x[0][i] = s->p[P_VALUE][i];
}

const tw_type TW_TYPE(constant_signal) = {
    .element = "constant-signal", .title = "Constant signal", .stage = TW_STAGE_NONE,
    .doc = "A signal of given value; workloads and timed events may move it.",
    .use = "A set point or an actuator's position that a scenario moves.",
    .validity = "Any value.",
    .source = "Definition; there is no physical law in it.",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs,
    .stamps = stamps, .n_stamps = TW_COUNT(stamps), .start = start, .eval = eval, .observe = observe};
