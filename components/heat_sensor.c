#include "component.h"

/* Temperature of a thermal node as a signal; takes no heat. */

enum { P_BIAS };
static const tw_param params[] = {
    {"bias", "delta K", "0 K", TW_NUMBER, -100, 100, TW_P_TIMED, "error of the sensor, added to the true value", NULL, NULL,
     NULL},
    {0}};
enum { T, SIGNAL };
static const tw_port ports[] = {
    {"heat", TW_HEAT, TW_R_NONE, 0, NULL, NULL, "where it measures"},
    {"output", TW_SIGNAL_OUT, TW_R_OPTIONAL, 0, NULL, NULL, "temperature [K]"},
    {0}};
static const tw_unknown unknowns[] = {{0}};
static const tw_row rows[] = {{0}};
static const tw_quantity outputs[] = {{"T", "K", TW_Q_TEMPERATURE, TW_L_NONE, "temperature that it reports"}, {0}};
static const tw_stamp stamps[] = {{SIGNAL, T}, {SIGNAL, SIGNAL}};

static void eval(const tw_eval *e) {
  for (int i = 0; i < e->n; i++) {
    e->f[T][i] = 0.0;
    e->f[SIGNAL][i] = e->x[SIGNAL][i] - e->x[T][i] - e->p[P_BIAS][i];
    if (!e->j) continue;
    e->j[0][i] = -1.0;
    e->j[1][i] = 1.0;
  }
}

static void observe(const tw_eval *e, tw_real *const *out) {
  for (int i = 0; i < e->n; i++) out[0][i] = e->x[SIGNAL][i];
}

const tw_type TW_TYPE(heat_sensor) = {
    .element = "heat-sensor", .title = "Surface temperature sensor", .stage = TW_STAGE_NONE,
    .doc = "Reports the temperature of a thermal node; its lag is in the controller.",
    .use = "The temperature of a part as a controller sees it.",
    .validity = "Takes no heat; constant bias; the lag belongs to the controller.",
    .source = "Definition; there is no physical law in it.",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs,
    .stamps = stamps, .n_stamps = TW_COUNT(stamps), .eval = eval, .observe = observe};
