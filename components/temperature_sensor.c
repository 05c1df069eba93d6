#include "sensor.h"

/* Temperature of a coolant node as a signal; takes no flow. */

static const tw_param params[] = {
    TW_SENSOR_PARAMS("delta K", "0 K", 100.0, "K", "0 degC", 0, 5000),
    {0}};
enum { P, T, SIGNAL };
static const tw_port ports[] = {
    {"fluid", TW_FLUID, TW_R_NONE, 1, NULL, NULL, "where it measures"},
    {"output", TW_SIGNAL_OUT, TW_R_OPTIONAL, 0, NULL, NULL, "temperature [K]"},
    {0}};
static const tw_unknown unknowns[] = {{0}};
static const tw_row rows[] = {{0}};
static const tw_quantity outputs[] = {{"T", "K", TW_Q_TEMPERATURE, TW_L_NONE, "temperature that it reports"}, {0}};
static const tw_stamp stamps[] = {{SIGNAL, T}, {SIGNAL, SIGNAL}};
static const tw_discrete discrete[] = {TW_SENSOR_DISCRETE, {0}};

static void eval(const tw_eval *e) {
  for (int i = 0; i < e->n; i++) {
    e->f[P][i] = e->f[T][i] = 0.0;
    tw_vd says = tw_sensor_reading(e, i, e->x[T][i]);
    e->f[SIGNAL][i] = e->x[SIGNAL][i] - says.v;
    if (!e->j) continue;
    e->j[0][i] = -TW_RE(says.d);
    e->j[1][i] = 1.0;
  }
}

static void observe(const tw_eval *e, tw_real *const *out) {
  for (int i = 0; i < e->n; i++) out[0][i] = e->x[SIGNAL][i];
}

static int react(const tw_eval *e, double *const *z) {
  int changed = 0;
  for (int i = 0; i < e->n; i++) changed += tw_sensor_react(e, i, e->x[T][i], z);
  return changed;
}

const tw_type TW_TYPE(temperature_sensor) = {
    .element = "temperature-sensor", .title = "Coolant temperature sensor", .stage = TW_STAGE_NONE,
    .doc = "Reports the temperature of a coolant node; its lag is in the controller. "
           "Dead it reads the low end of its range, frozen its last reading.",
    .use = "A coolant temperature as a controller sees it.",
    .validity = "Takes no flow; bias as given; the lag belongs to the controller.",
    .source = "Definition; there is no physical law in it.",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs,
    .discrete = discrete,
    .stamps = stamps, .n_stamps = TW_COUNT(stamps), .n_discrete = TW_SENSOR_N_DISCRETE, .start = tw_sensor_start, .eval = eval,
    .observe = observe, .react = react};
