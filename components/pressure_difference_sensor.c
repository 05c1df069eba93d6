#include "sensor.h"

/* Pressure difference between two coolant nodes as a signal; takes no flow. Both ends at one level, or each corrected for its
 * own height by the user: the reading is that of a transmitter whose lines have the nodes' pressure. */

static const tw_param params[] = {
    TW_SENSOR_PARAMS("Pa", "0 Pa", 1e7, "Pa", "0 Pa", -1e7, 1e7),
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
static const tw_discrete discrete[] = {TW_SENSOR_DISCRETE, {0}};

static tw_real difference(const tw_eval *e, int i) { return e->x[P_HIGH][i] - e->x[P_LOW][i]; }

static void eval(const tw_eval *e) {
  for (int i = 0; i < e->n; i++) {
    e->f[P_HIGH][i] = e->f[T_HIGH][i] = e->f[P_LOW][i] = e->f[T_LOW][i] = 0.0;
    tw_vd says = tw_sensor_reading(e, i, difference(e, i));
    e->f[SIGNAL][i] = e->x[SIGNAL][i] - says.v;
    if (!e->j) continue;
    e->j[0][i] = -TW_RE(says.d);
    e->j[1][i] = TW_RE(says.d);
    e->j[2][i] = 1.0;
  }
}

static void observe(const tw_eval *e, tw_real *const *out) {
  for (int i = 0; i < e->n; i++) out[0][i] = e->x[SIGNAL][i];
}

static int react(const tw_eval *e, double *const *z) {
  int changed = 0;
  for (int i = 0; i < e->n; i++) changed += tw_sensor_react(e, i, difference(e, i), z);
  return changed;
}

const tw_type TW_TYPE(pressure_difference_sensor) = {
    .element = "pressure-difference-sensor", .title = "Pressure difference sensor", .stage = TW_STAGE_NONE,
    .doc = "Reports p_a - p_b of two coolant nodes; its lag is in the controller. "
           "Dead it reads the low end of its range, frozen its last reading.",
    .use = "The pressure difference that a pump controller holds.",
    .validity = "Takes no flow; both lines have the pressure of their nodes, so heights are the user's to correct.",
    .source = "Definition; there is no physical law in it.",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs,
    .discrete = discrete,
    .stamps = stamps, .n_stamps = TW_COUNT(stamps), .n_discrete = TW_SENSOR_N_DISCRETE, .start = tw_sensor_start, .eval = eval,
    .observe = observe, .react = react};
