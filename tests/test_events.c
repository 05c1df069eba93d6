/* Events of a scenario: ramps and factors against closed forms, failure and repair, what is pulled, trips that last,
 * chattering. */
#include "support/bench.h"
#include "../twin/run.h"

enum { MOST = 4096 };

typedef struct {
  const char *path, *output;
  double t[MOST], value[MOST];
  char states[MOST][32];      /* of the part at each sample */
  tw_happening told[64];
  int n, n_told;
} sink;

static int on_sample(void *ctx, double t, tw_network *net, const double *y) {
  sink *k = ctx;
  (void)y;
  if (k->n >= MOST) return 0;
  tw_item_state(net, bench_item(net->model, k->path), k->states[k->n], sizeof k->states[0]);
  k->t[k->n] = t;
  k->value[k->n++] = bench_output(net, k->path, k->output, 0);
  return 0;
}

static int on_happening(void *ctx, const tw_happening *h) {
  sink *k = ctx;
  if (k->n_told < TW_COUNT(k->told)) k->told[k->n_told++] = *h;
  return 0;
}

static int run(solved_model *m, const char *body, sink *k, double rtol) {
  tw_run_report r;
  tw_run_options o = {.rtol = rtol, .ctx = k, .sample = on_sample, .happening = on_happening};
  bench_build(m, body);
  int status = tw_run(m->net, m->solver, &m->model->scenarios[0], m->y, &o, &r, &m->diagnostics);
  for (int i = 0; i < m->diagnostics.n; i++) print_message("%s: %s\n", m->diagnostics.items[i].path, m->diagnostics.items[i].text);
  return status;
}

static int sample_at(const sink *k, double t) {
  for (int i = 0; i < k->n; i++)
    if (fabs(k->t[i] - t) < 1e-9) return i;
  fail_msg("no sample at %g s", t);
  return 0;
}

static const tw_happening *told(const sink *k, const char *path, const char *what) {
  for (int i = 0; i < k->n_told; i++)
    if (!strcmp(k->told[i].path, path) && !strcmp(k->told[i].what, what)) return &k->told[i];
  fail_msg("nothing told of %s: %s", path, what);
  return NULL;
}

/* ---- ramps and factors ---------------------------------------------------------------------------------------------------- */

#define LUMP(events)                                                                                                            \
  "<heat-source id='h' P='100 W' utilisation='0 %'/><heat-capacity id='c' C='400 J/K'/><thermal-resistance id='r' R='0.5 K/W'/>"  \
  "<fixed-temperature id='t' T='20 degC'/><connect from='h.heat' to='c.heat'/><connect from='c.heat' to='r.a'/>"                  \
  "<connect from='r.b' to='t.heat'/><scenario id='s' duration='1000 s' every='5 s'>" events "</scenario>"

/* Answer of the lump (R 0.5 K/W, RC 200 s) to a power that rises from t0 on by `rate` W/s. */
static double ramped(double t, double t0, double rate) {
  double s = t - t0, RC = 200.0;
  return s > 0.0 ? 0.5 * rate * (s - RC * (1.0 - exp(-s / RC))) : 0.0;
}

static void a_ramp_follows_its_closed_form(void **state) {
  (void)state;
  solved_model m;
  sink k = {.path = "c", .output = "T"};
  assert_int_equal(run(&m, LUMP("<event at='12 s' ramp='h.utilisation' to='80 %' over='101 s'/>"), &k, 1e-7), 0);
  for (int i = 0; i < k.n; i++)
    assert_near(k.value[i], 293.15 + ramped(k.t[i], 12.0, 80.0 / 101.0) - ramped(k.t[i], 113.0, 80.0 / 101.0), 1e-3);
  assert_string_equal(k.told[0].what, "utilisation: 0 -> 0.8 over 101 s");
  model_close(&m);
}

/* A set in the middle of a ramp takes its place for good, a second ramp starts from where the first one is. */
static void what_comes_later_takes_the_place_of_a_ramp(void **state) {
  (void)state;
  solved_model m;
  sink k = {.path = "h", .output = "Q_dot"};
  assert_int_equal(run(&m, LUMP("<event at='10 s' ramp='h.utilisation' to='100 %' over='100 s'/>"
                                "<event at='60 s' set='h.utilisation' value='20 %'/>"
                                "<event at='200 s' ramp='h.utilisation' to='100 %' over='80 s'/>"
                                "<event at='240 s' ramp='h.utilisation' to='0 %' over='60 s'/>"), &k, 1e-6), 0);
  assert_near(k.value[sample_at(&k, 35.0)], 25.0, 1e-6);
  assert_near(k.value[sample_at(&k, 65.0)], 20.0, 1e-9);
  assert_near(k.value[sample_at(&k, 150.0)], 20.0, 1e-9);
  assert_near(k.value[sample_at(&k, 220.0)], 40.0, 1e-6);
  assert_near(k.value[sample_at(&k, 270.0)], 30.0, 1e-6);
  assert_near(k.value[sample_at(&k, 285.0)], 15.0, 1e-6);
  assert_near(k.value[sample_at(&k, 400.0)], 0.0, 1e-9);
  model_close(&m);
}

static void a_factor_is_on_what_is_there(void **state) {
  (void)state;
  solved_model m;
  sink k = {.path = "h", .output = "Q_dot"};
  assert_int_equal(run(&m, LUMP("<event at='10 s' set='h.utilisation' value='10 %'/><event at='20 s' set='h.utilisation' factor='3'/>"
                                "<event at='30 s' ramp='h.P' factor='2' over='10 s'/>"), &k, 1e-6), 0);
  assert_near(k.value[sample_at(&k, 15.0)], 10.0, 1e-9);
  assert_near(k.value[sample_at(&k, 25.0)], 30.0, 1e-9);
  assert_near(k.value[sample_at(&k, 35.0)], 45.0, 1e-6);
  assert_near(k.value[sample_at(&k, 50.0)], 60.0, 1e-6);
  model_close(&m);
}

/* ---- failure, repair, removal --------------------------------------------------------------------------------------------- */

static void a_failed_part_stays_failed_until_repaired(void **state) {
  (void)state;
  solved_model m;
  sink k = {.path = "vrm", .output = "P_out"};
  char body[16384];
  snprintf(body, sizeof body, "%s<scenario id='s' duration='30 s' every='1 s'><event at='5 s' fail='vrm'/><event at='20 s' repair='vrm'/>"
           "</scenario>", bench_mixed);
  assert_int_equal(run(&m, body, &k, 1e-6), 0);
  for (int i = 0; i < k.n; i++) {
    bool off = k.t[i] > 5.0 && k.t[i] <= 20.0;
    assert_string_equal(k.states[i], off ? "failed" : "on");
    if (off) assert_near(k.value[i], 0.0, 1e-6);
    else assert_true(k.value[i] > 100.0);
  }
  assert_near(told(&k, "vrm", "state: on -> failed")->t, 5.0, 0.0);
  assert_near(told(&k, "vrm", "state: failed -> on")->t, 20.0, 0.0);
  model_close(&m);
}

/* The chip behind R = 1e3 K/W, C = 500 J/K trips when P R (1 - exp(-t / RC)) is 60 K, and stays off. */
#define HEATED(events)                                                                                                          \
  "<voltage-source id='s' voltage='0.8 V' R='10 uohm'/><chip id='gpu' kind='gpu' TDP='1 kW' P_idle='0 W' leakage_share='0 %'"      \
  " V_nominal='0.8 V' utilisation='0 %' T_trip='100 degC'/><heat-capacity id='c' C='500 J/K'/>"                                    \
  "<thermal-resistance id='plate' R='1e3 K/W'/><fixed-temperature id='t' T='40 degC'/><connect from='s.out' to='gpu.power'/>"     \
  "<connect from='gpu.heat' to='c.heat'/><connect from='c.heat' to='plate.a'/><connect from='plate.b' to='t.heat'/>"              \
  "<scenario id='x' duration='60 s' every='1 s'><event at='1 s' set='gpu.utilisation' value='100 %'/>" events "</scenario>"

static void a_trip_lasts_until_repaired(void **state) {
  (void)state;
  solved_model m;
  sink k = {.path = "gpu", .output = "P"};
  assert_int_equal(run(&m, HEATED("<event at='50 s' set='c.C' value='1 MJ/K'/><event at='51 s' set='gpu.T_trip' value='110 degC'/>"
                                  "<event at='52 s' repair='gpu'/>"), &k, 1e-7), 0);
  const tw_happening *trip = told(&k, "gpu", "state: on -> tripped");
  assert_near(trip->t, 1.0 - 5e5 * log(1.0 - 60.0 / 1e6), 1e-3);
  assert_string_equal(trip->cause, "T_junction reached T_trip");
  for (int i = 0; i < k.n; i++) {
    bool off = k.t[i] > trip->t && k.t[i] <= 52.0;
    assert_string_equal(k.states[i], off ? "tripped" : "on");
    assert_near(k.value[i], off || k.t[i] <= 1.0 ? 0.0 : 1000.0, 1e-6);
  }
  model_close(&m);
}

static const char pulled[] =
    "<assembly id='blade'><port id='power' to='hs.in'/><hot-swap id='hs' R_on='1 mohm' V_nominal='48 V'/>"
    "<power-load id='load' P='100 W' V_nominal='48 V'/><connect from='hs.out' to='load.in'/></assembly>"
    "<voltage-source id='s' voltage='48 V' R='1 mohm'/><use id='blade' assembly='blade' count='2' fed-by='s'/>"
    "<scenario id='x' duration='10 s' every='1 s'><event at='2 s' remove='blade[2]'/><event at='6 s' insert='blade[2]'/></scenario>";

static void what_is_pulled_unplugs(void **state) {
  (void)state;
  solved_model m;
  sink other = {.path = "blade[2].load", .output = "P"};
  assert_int_equal(run(&m, pulled, &other, 1e-6), 0);
  assert_near(other.value[sample_at(&other, 4.0)], 0.0, 1e-3);
  assert_near(other.value[sample_at(&other, 8.0)], 100.0, 1e-6);
  assert_int_equal(other.n_told, 2);
  assert_string_equal(other.told[0].path, "blade[2].hs");
  assert_string_equal(other.told[0].what, "state: on -> off");
  model_close(&m); /* it owns the paths that were told */
}

/* ---- chattering ----------------------------------------------------------------------------------------------------------- */

/* 48 V behind 1 ohm: 500 W bring the bus to 33.5 V and the switch trips; without load the bus is back at once. */
#define RESTLESS(C)                                                                                                             \
  "<voltage-source id='s' voltage='48 V' R='1 ohm'/>" C "<hot-swap id='hs' R_on='1 mohm' V_nominal='48 V' V_trip='40 V'"             \
  " V_restart='44 V'/><power-load id='load' P='500 W' utilisation='0 %' V_nominal='24 V'/><connect from='s.out' to='hs.in'/>"      \
  "<connect from='hs.out' to='load.in'/><scenario id='x' duration='10 s'><event at='2 s' set='load.utilisation' value='100 %'/>"   \
  "</scenario>"

static void chattering_is_named(void **state) {
  (void)state;
  static const struct { const char *body, *says; } cases[] = {
      {RESTLESS(""), "at one instant"},
      {RESTLESS("<capacitor id='c' C='1 mF'/><connect from='s.out' to='c.a'/><connect from='c.b' to='g.in'/><ground id='g'/>"), "within"}};
  for (int i = 0; i < TW_COUNT(cases); i++) {
    solved_model m;
    sink k = {.path = "load", .output = "P"};
    assert_int_equal(run(&m, cases[i].body, &k, 1e-6), 4);
    const tw_diagnostic *d = NULL;
    for (int j = 0; j < m.diagnostics.n; j++)
      if (m.diagnostics.items[j].code == TW_E_CHATTER) d = &m.diagnostics.items[j];
    assert_non_null(d);
    assert_string_equal(d->path, "hs");
    assert_non_null(strstr(d->text, "t = 2"));
    assert_non_null(strstr(d->text, "on"));
    assert_non_null(strstr(d->text, "tripped"));
    assert_non_null(strstr(d->text, cases[i].says));
    model_close(&m);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_ramp_follows_its_closed_form),          cmocka_unit_test(what_comes_later_takes_the_place_of_a_ramp),
      cmocka_unit_test(a_factor_is_on_what_is_there),            cmocka_unit_test(a_failed_part_stays_failed_until_repaired),
      cmocka_unit_test(a_trip_lasts_until_repaired),             cmocka_unit_test(what_is_pulled_unplugs),
      cmocka_unit_test(chattering_is_named)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
