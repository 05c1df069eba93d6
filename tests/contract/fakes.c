#include "fakes.h"
#include "contract.h"

typedef enum {
  SOUND, WRONG_SIGN, NO_STAMP, SPARE_STAMP, ROW_MISSING, STAMP_MISSING, OUTPUT_MISSING, LOST_HEAT, FORGOTTEN_LOSS, KINK, STEP,
  NEIGHBOUR, NEGATIVE_LOSS, REFUSES, RESTLESS, SECRETIVE, BEYOND_WORDS, UNSET
} defect;

/* ---- a resistor with its own temperature and a switch -------------------------------------------------------------- */

enum { P_R, P_C, P_RTH };
static const tw_param params[] = {
    {"R", "ohm", "1 ohm", TW_NUMBER, 1e-3, 1e3, 0, "resistance", NULL, NULL, NULL},
    {"heat_capacity", "J/K", "100 J/K", TW_NUMBER, 1, 1e4, 0, "heat capacity", NULL, NULL, NULL},
    {"R_th", "K/W", "0.1 K/W", TW_NUMBER, 1e-3, 10, 0, "to the heat port", NULL, NULL, NULL},
    {0}};
enum { A, B, HEAT, T };
static const tw_port ports[] = {
    {"a", TW_DC, TW_R_FEED_IN, 0, NULL, NULL, "first end"},
    {"b", TW_DC, TW_R_FEED_OUT, 0, NULL, NULL, "second end"},
    {"heat", TW_HEAT, TW_R_OPTIONAL, 0, NULL, NULL, "where its loss goes"},
    {0}};
static const tw_unknown unknowns[] = {{"T", "K", true, 300, 200, 1000, "temperature"}, {0}};
static const tw_unknown unknowns_fast[] = {{"T", "K", TW_FAST, 300, 200, 1000, "temperature"}, {0}};
static const tw_row rows[] = {{"energy", "W", 10, 1e-6}, {0}};
enum { O_LOSS, O_T };
static const tw_quantity outputs[] = {
    {"loss", "W", TW_Q_LOSS, TW_L_CONDUCTION, "v^2 / R"},
    {"T", "K", TW_Q_TEMPERATURE, TW_L_NONE, "temperature"},
    {0}};
static const tw_stamp stamps[] = {
    {A, A}, {A, B}, {B, A}, {B, B}, {HEAT, HEAT}, {HEAT, T}, {T, A}, {T, B}, {T, T}, {T, HEAT}, {A, HEAT}};
enum { ALL = 10 };

/* Current and its derivative over the voltage across it. */
static tw_vd current(tw_real v, double R, defect d) {
  double g = d == KINK && TW_RE(v) < 0.0 ? 2.0 / R : 1.0 / R;
  return (tw_vd){g * v + (d == STEP && TW_RE(v) > 5.0 ? 1.0 : 0.0), g};
}

static void resistor(const tw_eval *e, defect d) {
  for (int i = 0; i < e->n; i++) {
    int of = d == NEIGHBOUR && i > 0 ? i - 1 : i;
    double R = TW_RE(e->p[P_R][of]), C = TW_RE(e->p[P_C][i]), k = 1.0 / TW_RE(e->p[P_RTH][i]);
    tw_real v = e->x[A][i] - e->x[B][i], q = k * (e->x[T][i] - e->x[HEAT][i]);
    tw_vd I = current(v, R, d);
    double kept = d == LOST_HEAT ? 0.99 : 1.0;
    e->f[A][i] = I.v;
    e->f[B][i] = -I.v;
    if (d != ROW_MISSING) e->f[HEAT][i] = -q;
    e->f[T][i] = C * e->xd[T][i] + q - kept * I.v * v;
    if (!e->j) continue;
    double g = TW_RE(I.d), dq = kept * TW_RE(I.d * v + I.v);
    e->j[0][i] = e->j[3][i] = g;
    e->j[1][i] = e->j[2][i] = -g;
    e->j[4][i] = d == WRONG_SIGN ? -k : k;
    e->j[5][i] = -k;
    e->j[6][i] = -dq;
    if (d != STAMP_MISSING) e->j[7][i] = dq;
    e->j[8][i] = C * e->cj + k;
    if (d != NO_STAMP) e->j[9][i] = -k;
    if (d == SPARE_STAMP) e->j[10][i] = 0.0;
  }
}

static void observe_resistor(const tw_eval *e, tw_real *const *out, defect d) {
  double factor = d == FORGOTTEN_LOSS ? 0.5 : d == NEGATIVE_LOSS ? -1.0 : 1.0;
  for (int i = 0; i < e->n; i++) {
    tw_real v = e->x[A][i] - e->x[B][i];
    out[O_LOSS][i] = factor * v * current(v, TW_RE(e->p[P_R][i]), d).v;
    if (d != OUTPUT_MISSING) out[O_T][i] = e->x[T][i];
  }
}

static void balance(const tw_eval *e, tw_real *const *b) {
  for (int i = 0; i < e->n; i++) tw_store(e, b, i, T, e->p[P_C][i]);
}

/* A heat capacity in its energy that is not the one of its rate. */
static void other_capacity(const tw_eval *e, tw_real *const *b) {
  balance(e, b);
  for (int i = 0; i < e->n; i++) b[TW_B_ENERGY][i] *= 1.01;
}

/* A rate among what decides the stored energy. */
static void stores_a_rate(const tw_eval *e, tw_real *const *b) {
  balance(e, b);
  for (int i = 0; i < e->n; i++) b[TW_B_ENERGY][i] += 1e-9 * e->xd[T][i];
}

/* What comes from outside by a rate: an integrator's rates are those of its polynomial, which the row does not hold to. */
static void receives_by_rate(const tw_eval *e, tw_real *const *b) {
  balance(e, b);
  for (int i = 0; i < e->n; i++) b[TW_B_EXTERNAL][i] += 1e-9 * e->xd[T][i];
}

static int refuse(const tw_derive *d) {
  d->fail(d->ctx, 0, P_R, "never");
  return 1;
}

static void start(const tw_start *s) {
  for (int i = 0; i < s->n; i++) {
    s->x[T][i] = 300.0;
    s->z[0][i] = 0.0;
  }
}

static void start_without_z(const tw_start *s) {
  for (int i = 0; i < s->n; i++) s->x[T][i] = 300.0;
}

/* A switch that is on above 350 K and off below 340 K. */
static int settle(const tw_eval *e, double *const *z) {
  int changed = 0;
  for (int i = 0; i < e->n; i++) {
    double now = TW_RE(e->x[T][i]) > 350.0 ? 1.0 : TW_RE(e->x[T][i]) < 340.0 ? 0.0 : e->z[0][i];
    changed += now < e->z[0][i] || now > e->z[0][i];
    z[0][i] = now;
  }
  return changed;
}

static int toggle(const tw_eval *e, double *const *z) {
  for (int i = 0; i < e->n; i++) z[0][i] = 1.0 - e->z[0][i];
  return e->n;
}

static int toggle_in_silence(const tw_eval *e, double *const *z) {
  toggle(e, z);
  return 0;
}

static int run_off(const tw_eval *e, double *const *z) {
  int changed = 0;
  for (int i = 0; i < e->n; i++) {
    changed += z[0][i] < 3.0;
    z[0][i] = 3.0;
  }
  return changed;
}

static const tw_discrete discrete[] = {{"state", "cold|hot", "below 340 K|above 350 K", "a switch", false}, {0}};
static const tw_discrete one_cause[] = {{"state", "cold|hot", "below 340 K", "a switch", false}, {0}};

#define FAKE_RESISTOR(name, what, stamps_, ...) FAKE_SWITCH(name, what, stamps_, discrete, __VA_ARGS__)
#define FAKE_SWITCH(name, what, stamps_, discrete_, ...) FAKE_STORE(name, what, stamps_, discrete_, unknowns, __VA_ARGS__)
#define FAKE_STORE(name, what, stamps_, discrete_, unknowns_, ...) FAKE(name, what, stamps_, discrete_, unknowns_, balance, __VA_ARGS__)
#define FAKE(name, what, stamps_, discrete_, unknowns_, balance_, ...)                                                           \
  static void eval_##name(const tw_eval *e) { resistor(e, what); }                                                               \
  static void observe_##name(const tw_eval *e, tw_real *const *out) { observe_resistor(e, out, what); }                          \
  static const tw_type name = {.element = "fake-" #name,                                                                         \
      .title = "Fake",                                                                                                           \
      .doc = "Resistor with a defect.",                                                                                          \
      .stage = TW_STAGE_NONE,                                                                                                    \
      .params = params,                                                                                                          \
      .ports = ports,                                                                                                            \
      .unknowns = unknowns_,                                                                                                     \
      .rows = rows,                                                                                                              \
      .outputs = outputs,                                                                                                        \
      .stamps = stamps,                                                                                                          \
      .n_stamps = stamps_,                                                                                                       \
      .discrete = discrete_,                                                                                                     \
      .n_discrete = 1,                                                                                                           \
      .eval = eval_##name,                                                                                                       \
      .observe = observe_##name,                                                                                                 \
      .balance = balance_,                                                                                                       \
      __VA_ARGS__}

FAKE_RESISTOR(sound, SOUND, ALL, .start = start, .react = settle);
FAKE_RESISTOR(wrong_sign, WRONG_SIGN, ALL, .start = start);
FAKE_RESISTOR(no_stamp, NO_STAMP, ALL - 1, .start = start);
FAKE_RESISTOR(spare_stamp, SPARE_STAMP, ALL + 1, .start = start);
FAKE_RESISTOR(row_missing, ROW_MISSING, ALL, .start = start);
FAKE_RESISTOR(stamp_missing, STAMP_MISSING, ALL, .start = start);
FAKE_RESISTOR(output_missing, OUTPUT_MISSING, ALL, .start = start);
FAKE_RESISTOR(lost_heat, LOST_HEAT, ALL, .start = start);
FAKE_RESISTOR(forgotten_loss, FORGOTTEN_LOSS, ALL, .start = start);
FAKE_RESISTOR(kink, KINK, ALL, .start = start);
FAKE_RESISTOR(step, STEP, ALL, .start = start);
FAKE_RESISTOR(neighbour, NEIGHBOUR, ALL, .start = start);
FAKE_RESISTOR(negative_loss, NEGATIVE_LOSS, ALL, .start = start);
FAKE_RESISTOR(refuses, REFUSES, ALL, .start = start, .derive = refuse);
FAKE_RESISTOR(restless, RESTLESS, ALL, .start = start, .react = toggle);
FAKE_RESISTOR(secretive, SECRETIVE, ALL, .start = start, .react = toggle_in_silence);
FAKE_RESISTOR(beyond_words, BEYOND_WORDS, ALL, .start = start, .react = run_off);
FAKE_SWITCH(wordless, SOUND, ALL, NULL, .start = start, .react = settle);
FAKE_SWITCH(causeless, SOUND, ALL, one_cause, .start = start, .react = settle);
FAKE_STORE(never_at_once, SOUND, ALL, discrete, unknowns_fast, .start = start, .react = settle);
FAKE_RESISTOR(unset, UNSET, ALL, .start = start_without_z);
FAKE(other_store, SOUND, ALL, discrete, unknowns, other_capacity, .start = start, .react = settle);
FAKE(moving_source, SOUND, ALL, discrete, unknowns, receives_by_rate, .start = start, .react = settle);
FAKE(moving_store, SOUND, ALL, discrete, unknowns, stores_a_rate, .start = start, .react = settle);

/* ---- a pipe that leaks, and a heat pump without work ---------------------------------------------------------------- */

static const tw_param no_params[] = {{0}};
static const tw_unknown no_unknowns[] = {{0}};
static const tw_row no_rows[] = {{0}};
static const tw_quantity no_outputs[] = {{0}};
static const tw_port pipe_ports[] = {
    {"a", TW_FLUID, TW_R_NONE, 0, NULL, NULL, "inlet"},
    {"b", TW_FLUID, TW_R_NONE, 0, NULL, NULL, "outlet"},
    {0}};
static const tw_stamp pipe_stamps[] = {{0, 0}, {0, 2}, {2, 0}, {2, 2}, {1, 1}, {1, 3}, {3, 1}, {3, 3}};

/* m_dot = 1e-6 (p_a - p_b), heat by conduction only; more leaves than enters. */
static void eval_leak(const tw_eval *e) {
  for (int i = 0; i < e->n; i++) {
    tw_real m = 1e-6 * (e->x[0][i] - e->x[2][i]), q = e->x[1][i] - e->x[3][i];
    e->f[0][i] = m;
    e->f[2][i] = -1.01 * m;
    e->f[1][i] = q;
    e->f[3][i] = -q;
    if (!e->j) continue;
    e->j[0][i] = 1e-6;
    e->j[1][i] = -1e-6;
    e->j[2][i] = -1.01e-6;
    e->j[3][i] = 1.01e-6;
    e->j[4][i] = e->j[7][i] = 1.0;
    e->j[5][i] = e->j[6][i] = -1.0;
  }
}

static const tw_type leak = {.element = "fake-leak", .title = "Fake", .doc = "Pipe that leaks.", .params = no_params,
    .ports = pipe_ports, .unknowns = no_unknowns, .rows = no_rows, .outputs = no_outputs, .stamps = pipe_stamps,
    .n_stamps = TW_COUNT(pipe_stamps), .eval = eval_leak};

static const tw_port heat_ports[] = {
    {"a", TW_HEAT, TW_R_NONE, 0, NULL, NULL, "first"},
    {"b", TW_HEAT, TW_R_NONE, 0, NULL, NULL, "second"},
    {0}};
static const tw_stamp heat_stamps[] = {{0, 0}, {0, 1}, {1, 0}, {1, 1}};

static void eval_uphill(const tw_eval *e) {
  for (int i = 0; i < e->n; i++) {
    tw_real q = e->x[1][i] - e->x[0][i];
    e->f[0][i] = q;
    e->f[1][i] = -q;
    if (!e->j) continue;
    e->j[0][i] = e->j[3][i] = -1.0;
    e->j[1][i] = e->j[2][i] = 1.0;
  }
}

static const tw_type uphill = {.element = "fake-uphill", .title = "Fake", .doc = "Heat flows to the hotter side.",
    .params = no_params, .ports = heat_ports, .unknowns = no_unknowns, .rows = no_rows, .outputs = no_outputs,
    .stamps = heat_stamps, .n_stamps = TW_COUNT(heat_stamps), .eval = eval_uphill};

/* ---- tables ------------------------------------------------------------------------------------------------------- */

static const tw_param bad_params[] = {
    {"R", "ohm", "1 kg", TW_NUMBER, 1, 0, 0, NULL, NULL, NULL, NULL},
    {0}};
static const tw_quantity bad_outputs[] = {{"loss", "V", TW_Q_LOSS, TW_L_NONE, "loss"}, {0}};
static const tw_limit bad_limits[] = {{"T_junction", "T_max", TW_AT_MOST, "limit of nothing"}, {0}};
static const tw_type tables = {.element = "fake-tables",
    .title = "Fake",
    .doc = "Tables that contradict one another.",
    .params = bad_params,
    .ports = heat_ports,
    .unknowns = unknowns,
    .rows = no_rows,
    .outputs = bad_outputs,
    .limits = bad_limits,
    .stamps = heat_stamps,
    .n_stamps = TW_COUNT(heat_stamps),
    .eval = eval_uphill};

const fake fakes[] = {
    {&sound, -1}, {&wrong_sign, CHECK_JACOBIAN}, {&no_stamp, CHECK_STAMPS}, {&spare_stamp, CHECK_STAMPS},
    {&row_missing, CHECK_WRITTEN}, {&stamp_missing, CHECK_WRITTEN}, {&output_missing, CHECK_WRITTEN}, {&lost_heat, CHECK_ENERGY},
    {&forgotten_loss, CHECK_ELECTRIC}, {&kink, CHECK_SMOOTH}, {&step, CHECK_SMOOTH}, {&neighbour, CHECK_BATCH},
    {&negative_loss, CHECK_SECOND_LAW}, {&uphill, CHECK_SECOND_LAW}, {&refuses, CHECK_SAMPLING}, {&restless, CHECK_DISCRETE},
    {&secretive, CHECK_DISCRETE}, {&unset, CHECK_DISCRETE}, {&beyond_words, CHECK_DISCRETE},
    {&wordless, CHECK_TABLES}, {&causeless, CHECK_TABLES}, {&leak, CHECK_MASS}, {&tables, CHECK_TABLES},
    {&never_at_once, CHECK_JACOBIAN}, {&other_store, CHECK_STORED}, {&moving_store, CHECK_STORED},
    {&moving_source, CHECK_STORED}, {NULL, 0}};
