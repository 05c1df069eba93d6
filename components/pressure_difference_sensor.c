#include "component.h"

/* Pressure difference between two coolant nodes as a signal; takes no flow. Both ends at one level, or each corrected for its
 * own height by the user: the reading is that of a transmitter whose lines have the nodes' pressure. */

enum { P_BIAS };
static const tw_param params[] = {
    {"bias", "Pa", "0 Pa", TW_NUMBER, -1e7, 1e7, TW_P_TIMED, "error of the sensor, added to the true value", NULL, NULL, NULL},
    {0}};
enum { P_HIGH, T_HIGH, P_LOW, T_LOW, SIGNAL };
static const tw_port ports[] = {
    {"a", TW_FLUID, TW_R_NONE, 1, NULL, NULL, "high side"},
    {"b", TW_FLUID, TW_R_NONE, 2, NULL, NULL, "low side"},
    {"output", TW_SIGNAL_OUT, TW_R_OPTIONAL, 0, NULL, NULL, "p_a - p_b [Pa]"},
    {0}};
static const tw_unknown unknowns[] = {{0}};
static const tw_row rows[] = {{0}};
static const tw_quantity outputs[] = {{"dp", "Pa", TW_Q_PLAIN, TW_L_NONE, "pressure difference that it reports"}, {0}};
static const tw_stamp stamps[] = {{SIGNAL, P_HIGH}, {SIGNAL, P_LOW}, {SIGNAL, SIGNAL}};

static void eval(const tw_eval *e) {
  for (int i = 0; i < e->n; i++) {
    e->f[P_HIGH][i] = e->f[T_HIGH][i] = e->f[P_LOW][i] = e->f[T_LOW][i] = 0.0;
    e->f[SIGNAL][i] = e->x[SIGNAL][i] - (e->x[P_HIGH][i] - e->x[P_LOW][i]) - e->p[P_BIAS][i];
    if (!e->j) continue;
    e->j[0][i] = -1.0;
    e->j[1][i] = 1.0;
    e->j[2][i] = 1.0;
  }
}

static void observe(const tw_eval *e, tw_real *const *out) {
  for (int i = 0; i < e->n; i++) out[0][i] = e->x[SIGNAL][i];
}

const tw_type TW_TYPE(pressure_difference_sensor) = {
    .element = "pressure-difference-sensor", .title = "Pressure difference sensor", .stage = TW_STAGE_NONE,
    .doc = "Reports p_a - p_b of two coolant nodes; its lag is in the controller.",
    .use = "The pressure difference that a pump controller holds.",
    .validity = "Takes no flow; both lines have the pressure of their nodes, so heights are the user's to correct.",
    .source = "Definition; there is no physical law in it.",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs,
    .stamps = stamps, .n_stamps = TW_COUNT(stamps), .eval = eval, .observe = observe};
