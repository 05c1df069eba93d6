/* Runs in time: a closed form, the end at rest, energy, workloads, events, what is told, and how a run ends early. */
#include "support/bench.h"

enum { MOST = 4096 };

typedef struct { const char *path, *output; double t[MOST], value[MOST]; int n; } series;

/* What a run hands out; `stop_at` interrupts it. */
typedef struct {
  const tw_network *net;
  series *s;
  tw_happening told[MOST];
  int n_told, steps, fail_after;
  double stop_at;
  volatile int interrupted;
} sink;

static int on_sample(void *ctx, double t, tw_network *net, const double *y) {
  sink *k = ctx;
  (void)y;
  if (k->s && k->s->n < MOST) {
    k->s->t[k->s->n] = t;
    k->s->value[k->s->n++] = bench_output(net, k->s->path, k->s->output, 0);
  }
  k->interrupted |= k->stop_at > 0.0 && t >= k->stop_at;
  return k->fail_after > 0 && k->s->n >= k->fail_after;
}

static int on_happening(void *ctx, const tw_happening *h) {
  sink *k = ctx;
  if (k->n_told < MOST) k->told[k->n_told++] = *h;
  return 0;
}

static void on_step(void *ctx, double t, const double *y, const tw_energies *powers) {
  (void)y, (void)powers;
  (void)t;
  ((sink *)ctx)->steps++;
}

static int run(solved_model *m, sink *k, double every, double rtol, tw_run_report *r) {
  tw_run_options o = {.rtol = rtol, .every = every, .ctx = k, .sample = on_sample, .happening = on_happening, .step = on_step,
                      .interrupted = &k->interrupted};
  return tw_run(m->net, m->solver, &m->model->scenarios[0], m->y, &o, r, &m->diagnostics);
}

static int run_text(const char *body, solved_model *m, sink *k, double every, double rtol, tw_run_report *r) {
  bench_build(m, body);
  return run(m, k, every, rtol, r);
}

static double at(const series *s, double t) {
  for (int i = 0; i < s->n; i++)
    if (fabs(s->t[i] - t) < 1e-9) return s->value[i];
  fail_msg("no sample at %g s", t);
  return NAN;
}

/* ---- closed forms ----------------------------------------------------------------------------------------------------------- */

#define LUMP(events)                                                                                                            \
  "<heat-source id='h' P='100 W' utilisation='0 %'/><heat-capacity id='c' C='400 J/K'/><thermal-resistance id='r' R='0.5 K/W'/>"  \
  "<fixed-temperature id='t' T='20 degC'/><connect from='h.heat' to='c.heat'/><connect from='c.heat' to='r.a'/>"                  \
  "<connect from='r.b' to='t.heat'/><scenario id='s' duration='1003 s' every='5 s'>" events "</scenario>"

/* T = 20 degC + P R (1 - exp(-t / RC)), RC = 200 s. */
static void a_lump_follows_its_exponential(void **state) {
  (void)state;
  solved_model m;
  tw_run_report r;
  series s = {.path = "c", .output = "T"};
  sink k = {.s = &s};
  assert_int_equal(run_text(LUMP("<event at='10 s' set='h.utilisation' value='100 %'/>"), &m, &k, 0.0, 1e-7, &r), 0);
  for (int i = 0; i < s.n; i++)
    assert_near(s.value[i], 293.15 + (s.t[i] > 10.0 ? 50.0 * (1.0 - exp((10.0 - s.t[i]) / 200.0)) : 0.0), 10.0 * 1e-7 * 300.0);
  assert_near(s.t[1], 5.0, 0.0);
  assert_near(s.t[s.n - 1], 1003.0, 0.0); /* the end is a sample, though no multiple of the interval */
  assert_near(r.t_end, 1003.0, 0.0);
  assert_near(r.energy.stored, 400.0 * (s.value[s.n - 1] - 293.15), 1e-4 * 20e3);
  assert_near(r.energy.imbalance, 0.0, 1e-6);
  model_close(&m);
}

/* ---- rest ------------------------------------------------------------------------------------------------------------------- */

static char text[16384];

static const char *mixed_with(const char *scenario) {
  snprintf(text, sizeof text, "%s%s", bench_mixed, scenario);
  return text;
}

static void rest_stays_at_rest(void **state) {
  (void)state;
  solved_model m;
  tw_run_report r;
  sink k = {0};
  bench_build(&m, mixed_with("<scenario id='s' duration='1000 s'/>"));
  assert_int_equal(model_solve(&m), 0);
  double *rest = malloc((size_t)m.net->n * sizeof *rest);
  memcpy(rest, m.y, (size_t)m.net->n * sizeof *rest);
  assert_int_equal(run(&m, &k, 0.0, 1e-6, &r), 0);
  for (int i = 0; i < m.net->n; i++) assert_near(m.y[i], rest[i], 1e-6 * fmax(m.net->nominal[i], fabs(rest[i])));
  assert_int_equal(k.n_told, 0);
  assert_near(r.energy.stored / r.energy.throughput, 0.0, 1e-6);
  free(rest);
  model_close(&m);
}

/* Long after a change the run stands where the steady state is. */
static void the_end_is_the_steady_state(void **state) {
  (void)state;
  solved_model m;
  tw_run_report r;
  sink k = {0};
  assert_int_equal(run_text(mixed_with("<scenario id='s' duration='20000 s' every='1000 s'>"
                                       "<event at='1 s' set='gpu.utilisation' value='40 %'/>"
                                       "<event at='2 s' set='fws.T_supply' value='24 degC'/></scenario>"), &m, &k, 0.0, 1e-7, &r), 0);
  double *end = malloc((size_t)m.net->n * sizeof *end);
  memcpy(end, m.y, (size_t)m.net->n * sizeof *end);
  assert_int_equal(tw_steady(m.net, m.solver, m.y, &(tw_steady_options){.warm = true}, &m.steady, &m.diagnostics), 0);
  for (int i = 0; i < m.net->n; i++) assert_near(end[i], m.y[i], 1e-5 * fmax(m.net->nominal[i], fabs(m.y[i])));
  free(end);
  model_close(&m);
}

/* ---- workloads and energy --------------------------------------------------------------------------------------------------- */

#define SWING                                                                                                                   \
  "<workload id='w'><phase duration='7 s' gpu='100 %'/><phase duration='3 s' gpu='20 %'/><repeat/></workload>"                   \
  "<scenario id='s' duration='25 s' workload='w' every='0.5 s'/>"

static void workload_steps_are_hit(void **state) {
  (void)state;
  static const double downs[] = {7.0, 17.0}, ups[] = {10.0, 20.0};
  solved_model m;
  tw_run_report r;
  series s = {.path = "gpu", .output = "utilisation"};
  sink k = {.s = &s};
  assert_int_equal(run_text(mixed_with(SWING), &m, &k, 0.0, 1e-6, &r), 0);
  assert_near(at(&s, 0.0), 1.0, 0.0);
  for (int i = 0; i < 2; i++) {
    assert_near(at(&s, downs[i]), 1.0, 0.0); /* a sample at a step shows what was before */
    assert_near(at(&s, downs[i] + 0.5), 0.2, 0.0);
    assert_near(at(&s, ups[i]), 0.2, 0.0);
    assert_near(at(&s, ups[i] + 0.5), 1.0, 0.0);
  }
  assert_near(at(&s, 25.0), 1.0, 0.0);
  model_close(&m);
}

static void energy_closes_over_steps_and_events(void **state) {
  (void)state;
  static const double rtols[] = {1e-4, 1e-5, 1e-6};
  for (int i = 0; i < TW_COUNT(rtols); i++) {
    solved_model m;
    tw_run_report r;
    sink k = {0};
    assert_int_equal(run_text(mixed_with(SWING), &m, &k, 0.0, rtols[i], &r), 0);
    assert_near(r.energy.imbalance, 0.0, 10.0 * rtols[i]);
    assert_near(r.energy.load[TW_STAGE_CHIP], 1000.0 * (19.0 + 6.0 * 0.32), 700.0); /* 150 W + u 850 W, leakage aside */
    model_close(&m);
  }
}

static void samples_do_not_change_the_run(void **state) {
  (void)state;
  static const double every[] = {0.5, 3.7, 25.0};
  double end[3], energy[3];
  for (int i = 0; i < 3; i++) {
    solved_model m;
    tw_run_report r;
    series s = {.path = "gpu", .output = "T_junction"};
    sink k = {.s = &s};
    assert_int_equal(run_text(mixed_with(SWING), &m, &k, every[i], 1e-6, &r), 0);
    end[i] = at(&s, 25.0), energy[i] = r.energy.electric_in;
    model_close(&m);
  }
  for (int i = 1; i < 3; i++) {
    assert_near(end[i], end[0], 1e-5 * 300.0);
    assert_near(energy[i], energy[0], 1e-5 * energy[0]);
  }
}

/* ---- what is told ----------------------------------------------------------------------------------------------------------- */

static void events_come_in_time_and_are_told(void **state) {
  (void)state;
  solved_model m;
  tw_run_report r;
  series s = {.path = "h", .output = "Q_dot"};
  sink k = {.s = &s};
  assert_int_equal(run_text(LUMP("<event at='12.5 s' set='h.utilisation' value='60 %'/><event at='20 s' set='t.T' value='30 degC'/>"
                                 "<event at='20 s' set='h.utilisation' value='10 %'/>"), &m, &k, 2.5, 1e-6, &r), 0);
  assert_int_equal(k.n_told, 3);
  assert_near(k.told[0].t, 12.5, 0.0);
  assert_near(k.told[2].t, 20.0, 0.0);
  assert_string_equal(k.told[0].path, "h");
  assert_string_equal(k.told[0].what, "utilisation: 0 -> 0.6");
  assert_string_equal(k.told[0].cause, "event (s, line 2)");
  assert_string_equal(k.told[1].path, "t");
  assert_near(at(&s, 12.5), 0.0, 1e-9);
  assert_near(at(&s, 15.0), 60.0, 1e-9);
  assert_near(at(&s, 22.5), 10.0, 1e-9);
  model_close(&m);
}

static void changes_of_state_are_told_with_their_part(void **state) {
  (void)state;
  solved_model m;
  tw_run_report r;
  series s = {.path = "vrm", .output = "active_phases"};
  sink k = {.s = &s};
  assert_int_equal(run_text(mixed_with("<scenario id='s' duration='20 s' every='1 s'><event at='5 s' set='gpu.utilisation' value='10 %'/>"
                                       "</scenario>"), &m, &k, 0.0, 1e-6, &r), 0);
  assert_near(at(&s, 5.0), 24.0, 0.0);
  assert_true(at(&s, 20.0) < 24.0);
  double last = 24.0;
  for (int i = 1; i < k.n_told; i++) {
    double before, after;
    assert_string_equal(k.told[i].path, "vrm");
    assert_int_equal(sscanf(k.told[i].what, "active_phases: %lf -> %lf", &before, &after), 2);
    assert_near(before, last, 0.0);
    last = after;
  }
  assert_near(last, at(&s, 20.0), 0.0);
  model_close(&m);
}

/* Throttling with hysteresis: the junction goes up and down between both temperatures, each turn told. */
static void throttling_goes_up_and_down(void **state) {
  (void)state;
  solved_model m;
  tw_run_report r;
  series s = {.path = "gpu", .output = "T_junction"};
  sink k = {.s = &s};
  assert_int_equal(run_text("<voltage-source id='s' voltage='0.8 V' R='10 uohm'/><chip id='gpu' kind='gpu' TDP='1 kW' P_idle='150 W'"
                            " V_nominal='0.8 V' utilisation='0 %' T_throttle='95 degC' T_release='90 degC' throttle_to='10 %'/>"
                            "<heat-capacity id='c' C='100 J/K'/><thermal-resistance id='plate' R='0.06 K/W'/>"
                            "<fixed-temperature id='t' T='40 degC'/><connect from='s.out' to='gpu.power'/><connect from='gpu.heat' to='c.heat'/>"
                            "<connect from='c.heat' to='plate.a'/><connect from='plate.b' to='t.heat'/>"
                            "<scenario id='x' duration='60 s' every='0.1 s'><event at='1 s' set='gpu.utilisation' value='100 %'/></scenario>",
                            &m, &k, 0.0, 1e-6, &r), 0);
  double top = 0.0, low = 1e9;
  for (int i = 0; i < s.n; i++) {
    top = fmax(top, s.value[i]);
    if (s.t[i] > 40.0) low = fmin(low, s.value[i]);
  }
  assert_near(top, 368.15, 0.05);
  assert_near(low, 363.15, 0.2);
  assert_true(k.n_told > 10);
  for (int i = 1; i < k.n_told; i++) {
    assert_string_equal(k.told[i].what, i % 2 ? "state: on -> throttled" : "state: throttled -> on");
    assert_string_equal(k.told[i].cause, i % 2 ? "T_junction reached T_throttle" : "T_junction fell to T_release");
  }
  model_close(&m);
}

/* ---- how a run ends early ---------------------------------------------------------------------------------------------------- */

static void an_interrupted_run_keeps_what_it_has(void **state) {
  (void)state;
  solved_model m;
  tw_run_report r;
  series s = {.path = "gpu", .output = "P"};
  sink k = {.s = &s, .stop_at = 8.0};
  assert_int_equal(run_text(mixed_with(SWING), &m, &k, 0.0, 1e-5, &r), 130);
  assert_true(r.t_end >= 8.0 && r.t_end < 9.0);
  assert_near(s.t[s.n - 1], 8.0, 0.0);
  assert_true(r.energy.electric_in > 7000.0 && r.energy.imbalance < 1e-4);
  model_close(&m);
}

static void a_failing_sink_ends_the_run(void **state) {
  (void)state;
  solved_model m;
  tw_run_report r;
  series s = {.path = "gpu", .output = "P"};
  sink k = {.s = &s, .fail_after = 3};
  assert_int_equal(run_text(mixed_with(SWING), &m, &k, 0.0, 1e-5, &r), 5);
  assert_int_equal(s.n, 3);
  model_close(&m);
}

static void refused_with(const char *body, int code) {
  solved_model m;
  tw_run_report r;
  sink k = {0};
  bool told = false;
  assert_int_equal(run_text(body, &m, &k, 0.0, 1e-5, &r), 4);
  for (int i = 0; i < m.diagnostics.n; i++) told |= m.diagnostics.items[i].code == code;
  assert_true(told);
  model_close(&m);
}

static void refuses_to_go_on_outside_the_model(void **state) {
  (void)state;
  refused_with(mixed_with("<scenario id='s' duration='60 s' every='1 s'><event at='2 s' set='p.V_full_load' value='60 V'/></scenario>"),
               TW_E_DERIVE);
  refused_with("<flow-boundary id='in' flow='1 L/min' T='80 degC' medium='water'/><pressure-boundary id='out' p='200 kPa' T='80 degC'/>"
               "<plate-channel id='plate' R0='0.006 K/W' A='0.016 K/W' dp_ref='9.5 kPa' volume='50 mL'/><heat-source id='h' P='9 kW'"
               " utilisation='5 %'/><connect from='in.a' to='plate.a'/><connect from='plate.b' to='out.a'/>"
               "<connect from='h.heat' to='plate.plate'/><scenario id='s' duration='60 s' every='1 s'>"
               "<event at='2 s' set='h.utilisation' value='100 %'/></scenario>", TW_E_MEDIUM_RANGE);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_lump_follows_its_exponential),
      cmocka_unit_test(rest_stays_at_rest),
      cmocka_unit_test(the_end_is_the_steady_state),
      cmocka_unit_test(workload_steps_are_hit),
      cmocka_unit_test(energy_closes_over_steps_and_events),
      cmocka_unit_test(samples_do_not_change_the_run),
      cmocka_unit_test(events_come_in_time_and_are_told),
      cmocka_unit_test(changes_of_state_are_told_with_their_part),
      cmocka_unit_test(throttling_goes_up_and_down),
      cmocka_unit_test(an_interrupted_run_keeps_what_it_has),
      cmocka_unit_test(a_failing_sink_ends_the_run),
      cmocka_unit_test(refuses_to_go_on_outside_the_model)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
