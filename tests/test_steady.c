/* The steady state: discrete states to a fixed point or a named cycle, the nose, what is refused, sources that block, dead feeds,
 * and the start. */
#include "support/bench.h"
#include "../twin/sequence.h"

static bool told(const solved_model *m, int code, const char *path) {
  for (int i = 0; i < m->diagnostics.n; i++) {
    const tw_diagnostic *d = &m->diagnostics.items[i];
    if (d->code == code && (!path || (d->path && !strcmp(d->path, path)))) return true;
  }
  tw_diagnostics_print(&m->diagnostics, stderr, false);
  return false;
}

static void refused(const char *body, int code, const char *path) {
  solved_model m;
  bench_build(&m, body);
  assert_int_equal(model_solve(&m), 4);
  assert_int_equal(m.diagnostics.errors, 1);
  assert_true(told(&m, code, path));
  model_close(&m);
}

static double output(const solved_model *m, const char *path, const char *id) {
  tw_network_observe(m->net, 0.0, m->y, NULL);
  return bench_output(m->net, path, id, 0);
}

/* ---- discrete state --------------------------------------------------------------------------------------------------------- */

static void phases_settle(void **state) {
  (void)state;
  static const double loads[] = {0.0, 0.2, 0.5, 1.0};
  double last = 0.0;
  for (int i = 0; i < TW_COUNT(loads); i++) {
    solved_model m;
    bench_build(&m, bench_mixed);
    bench_set(m.net, "gpu", "utilisation", -1, loads[i]);
    assert_int_equal(model_solve(&m), 0);
    double n = output(&m, "vrm", "active_phases"), I = output(&m, "vrm", "I_out");
    assert_true(I / n < 35.0 || n == 24.0);       /* I_add */
    assert_true(n == 1.0 || I / (n - 1.0) > 25.0); /* I_shed */
    assert_true(n >= last && (i > 0 || n < 24.0));
    assert_int_equal(tw_network_react(m.net, 0.0, m.y, NULL), 0);
    last = n;
    model_close(&m);
  }
  assert_near(last, 24.0, 0.0);
}

#define CHIP(throttle)                                                                                                          \
  "<voltage-source id='s' voltage='0.8 V' R='10 uohm'/><chip id='gpu' kind='gpu' TDP='1 kW' P_idle='150 W' V_nominal='0.8 V'"     \
  " utilisation='100 %' " throttle "/><thermal-resistance id='plate' R='0.06 K/W'/><fixed-temperature id='t' T='40 degC'/>"       \
  "<connect from='s.out' to='gpu.power'/><connect from='gpu.heat' to='plate.a'/><connect from='plate.b' to='t.heat'/>"

static void throttling_settles(void **state) {
  (void)state;
  solved_model m;
  bench_solve(&m, CHIP("T_throttle='95 degC' T_release='70 degC' throttle_to='50 %'")); /* 100 degC, throttled 74.5 degC */
  assert_near(output(&m, "gpu", "throttled"), 1.0, 0.0);
  assert_near(output(&m, "gpu", "P"), 575.0, 1e-6);
  assert_near(output(&m, "gpu", "T_junction"), 347.65, 1e-6);
  assert_int_equal(m.steady.rounds, 1);
  model_close(&m);
}

static void a_cycle_is_named(void **state) {
  (void)state;
  refused(CHIP("T_throttle='95 degC' T_release='90 degC' throttle_to='10 %'"), TW_E_CYCLE, "gpu"); /* 100 and 54.1 degC */
}

/* ---- the nose --------------------------------------------------------------------------------------------------------------- */

/* P_max = E^2 / 4R = 7290 W, at half of E. */
#define FEED(P)                                                                                                                 \
  "<voltage-source id='s' voltage='54 V' R='1 mohm'/><resistor id='r' R='99 mohm'/><power-load id='l' P='" P "' V_nominal='48 V'/>" \
  "<connect from='s.out' to='r.a'/><connect from='r.b' to='l.in'/>"

static void collapse_is_refused_with_the_nose(void **state) {
  (void)state;
  solved_model m;
  bench_build(&m, FEED("7362.9 W")); /* 1.01 P_max */
  assert_int_equal(model_solve(&m), 4);
  assert_true(told(&m, TW_E_COLLAPSE, NULL));
  assert_near(m.steady.loadability, 1.0 / 1.01, 1e-3);
  model_close(&m);
  bench_solve(&m, FEED("7217.1 W")); /* 0.99 P_max: v = E/2 (1 + sqrt(1 - 0.99)) */
  assert_near(output(&m, "l", "v"), 27.0 * (1.0 + sqrt(0.01)), 1e-6);
  model_close(&m);
}

static void margin_is_the_distance_to_the_nose(void **state) {
  (void)state;
  solved_model m;
  bench_build(&m, FEED("5 kW"));
  tw_steady_options with_margin = {.margin = true};
  double *before = malloc((size_t)m.net->n * sizeof *before);
  assert_int_equal(model_solve(&m), 0);
  memcpy(before, m.y, (size_t)m.net->n * sizeof *before);
  assert_true(isnan(m.steady.loadability));
  tw_network_start(m.net, m.y);
  assert_int_equal(tw_steady(m.net, m.solver, m.y, &with_margin, &m.steady, &m.diagnostics), 0);
  assert_near(m.steady.loadability, 7290.0 / 5000.0, 1e-3 * 1.458);
  assert_memory_equal(before, m.y, (size_t)m.net->n * sizeof *before);
  assert_near(m.net->load_scale, 1.0, 0.0);
  free(before);
  model_close(&m);
}

/* Leakage doubles every 46 K and heats what leaks: on 0.35 K/W there is no steady temperature at full load. */
static void thermal_runaway_is_refused(void **state) {
  (void)state;
  refused("<voltage-source id='s' voltage='0.8 V' R='10 uohm'/><chip id='gpu' kind='gpu' TDP='300 W' P_idle='200 W' leakage_share='60 %'"
          " V_nominal='0.8 V'/><thermal-resistance id='plate' R='0.35 K/W'/><fixed-temperature id='t' T='60 degC'/>"
          "<connect from='s.out' to='gpu.power'/><connect from='gpu.heat' to='plate.a'/><connect from='plate.b' to='t.heat'/>",
          TW_E_RUNAWAY, "gpu");
}

/* ---- what may not be shown -------------------------------------------------------------------------------------------------- */

static void coolant_out_of_range_is_refused(void **state) {
  (void)state;
  refused("<flow-boundary id='in' flow='1 L/min' T='80 degC' medium='water'/><pressure-boundary id='out' p='200 kPa' T='80 degC'/>"
          "<plate-channel id='plate' R0='0.006 K/W' A='0.016 K/W' dp_ref='9.5 kPa'/><heat-source id='h' P='9 kW'/>"
          "<connect from='in.a' to='plate.a'/><connect from='plate.b' to='out.a'/><connect from='h.heat' to='plate.plate'/>",
          TW_E_MEDIUM_RANGE, NULL);
}

#define CURVE(P, beyond)                                                                                                        \
  "<voltage-source id='s' voltage='50 V' R='1 mohm'/><dcdc id='d' mode='regulated' V_nominal='50 V' V_set='12 V' P_rated='1 kW'>"  \
  "<efficiency x-unit='1' y-unit='1' rule='monotone-cubic' beyond='" beyond "' points='0.1 0.93; 0.5 0.975; 1 0.967'/></dcdc>"    \
  "<power-load id='l' P='" P "' V_nominal='12 V'/><connect from='s.out' to='d.in'/><connect from='d.out' to='l.in'/>"

static void a_curve_is_refused_beyond_its_points(void **state) {
  (void)state;
  solved_model m;
  bench_solve(&m, CURVE("990 W", "refuse"));
  model_close(&m);
  bench_solve(&m, CURVE("1100 W", "linear"));
  model_close(&m);
  bench_solve(&m, CURVE("1100 W", "hold"));
  model_close(&m);
  refused(CURVE("1100 W", "refuse"), TW_E_CURVE_RANGE, "d");
  refused(CURVE("80 W", "refuse"), TW_E_CURVE_RANGE, "d");
}

/* ---- sources that block, feeds that are dead -------------------------------------------------------------------------------- */

static void a_droop_source_below_the_bus_blocks(void **state) {
  (void)state;
  solved_model m;
  bench_solve(&m, "<grid id='g' voltage='400 V' short_circuit_power='20 MVA'/><voltage-source id='s' voltage='54 V' R='1 mohm'/>"
                  "<psu id='p' P_rated='5.5 kW' V_no_load='50.5 V' V_full_load='50 V' loss_a='0.006' loss_c='0.012' V_in_min='180 V'"
                  " V_in_max='305 V'/><power-load id='l' P='3 kW' V_nominal='50 V'/>"
                  "<connect from='g.out' to='p.in'/><connect from='p.out' to='l.in'/><connect from='s.out' to='l.in'/>");
  assert_near(output(&m, "p", "i_out"), 0.0, 1e-5 * 110.0); /* of the rated current: its leakage */
  assert_near(output(&m, "p", "p_in"), 33.0, 0.1); /* no-load loss alone */
  assert_near(output(&m, "s", "power"), 3000.0, 0.1);
  model_close(&m);
}

static void a_dead_chain_is_at_zero(void **state) {
  (void)state;
  solved_model m;
  bench_build(&m, bench_mixed);
  bench_set(m.net, "p", "state", -1, 1.0);
  bench_set(m.net, "s", "state", -1, 1.0);
  tw_network_start(m.net, m.y);
  assert_near(m.y[bench_unknown(m.net, "vrm", "out")], 0.0, 0.0); /* its output is dead from the start */
  assert_int_equal(model_solve(&m), 0);
  assert_string_equal(m.steady.method, "newton");
  assert_near(output(&m, "gpu", "P"), 0.0, 1e-9);
  assert_near(m.y[bench_unknown(m.net, "gpu", "power")], 0.0, 1e-6);
  model_close(&m);
}

static void a_rack_without_feeds_is_cold(void **state) {
  (void)state;
  solved_model m;
  assert_int_equal(model_open(&m, "racks/gb200-nvl72.xml", NULL, "feed-a.state=open; feed-b.state=open", NULL), 0);
  assert_int_equal(model_solve(&m), 0);
  assert_near(output(&m, "tray[5].gpu[2]", "P"), 0.0, 1e-6);
  assert_near(output(&m, "cdu.pump[1]", "speed"), 0.0, 1e-6);
  model_close(&m);
}

/* All pumps fail under load: the answer is not a row that does not balance, but what the coolant would come to. */
static void a_loop_that_stands_is_explained(void **state) {
  (void)state;
  solved_model m;
  assert_int_equal(model_open(&m, "racks/gb200-nvl72.xml", NULL, "cdu.pump.state=failed", NULL), 0);
  assert_int_equal(model_solve(&m), 4);
  assert_int_equal(m.diagnostics.errors, 1);
  assert_true(told(&m, TW_E_MEDIUM_RANGE, NULL));
  assert_non_null(strstr(m.diagnostics.items[m.diagnostics.n - 1].text, "pg25 stands still"));
  model_close(&m);
}

/* ---- the start -------------------------------------------------------------------------------------------------------------- */

static void the_sequence_leaves_a_solution_alone(void **state) {
  (void)state;
  for (int proportional = 0; proportional < 2; proportional++) {
    solved_model m;
    tw_report r = {0};
    bench_solve(&m, bench_mixed);
    double *before = malloc((size_t)m.net->n * sizeof *before);
    memcpy(before, m.y, (size_t)m.net->n * sizeof *before);
    tw_sequenced_start(m.net, m.solver, m.y, proportional, &r);
    for (int i = 0; i < m.net->n; i++) assert_near(m.y[i], before[i], 1e-9 * fmax(m.net->nominal[i], fabs(before[i])));
    free(before);
    model_close(&m);
  }
}

static void levels_spread_through_what_conducts(void **state) {
  (void)state;
  solved_model m;
  bench_build(&m, bench_mixed);
  assert_near(m.y[bench_unknown(m.net, "p", "in")], 400.0 / sqrt(3.0), 1e-9); /* through the cable */
  assert_true(m.y[bench_unknown(m.net, "ibc", "in")] > 49.0);                 /* through the resistor */
  assert_near(m.y[bench_unknown(m.net, "ibc", "out")], 12.5, 1e-9);           /* its own, not its input's */
  assert_near(m.y[bench_unknown(m.net, "gpu", "power")], 0.85, 1e-9);
  model_close(&m);
  bench_build(&m, "<grid id='g' voltage='400 V' short_circuit_power='20 MVA'/><switchgear id='w' state='open' rated_current='100 A' R20='1 mohm'/>"
                  "<ac-load id='l' power='1 kW' voltage='400 V'/><connect from='g.out' to='w.a'/><connect from='w.b' to='l.in'/>");
  assert_near(m.y[bench_unknown(m.net, "l", "in")], 0.0, 0.0);
  bench_set(m.net, "w", "state", -1, 0.0);
  tw_network_start(m.net, m.y);
  assert_near(m.y[bench_unknown(m.net, "l", "in")], 400.0 / sqrt(3.0), 1e-9);
  model_close(&m);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(phases_settle),
      cmocka_unit_test(throttling_settles),
      cmocka_unit_test(a_cycle_is_named),
      cmocka_unit_test(collapse_is_refused_with_the_nose),
      cmocka_unit_test(margin_is_the_distance_to_the_nose),
      cmocka_unit_test(thermal_runaway_is_refused),
      cmocka_unit_test(coolant_out_of_range_is_refused),
      cmocka_unit_test(a_curve_is_refused_beyond_its_points),
      cmocka_unit_test(a_droop_source_below_the_bus_blocks),
      cmocka_unit_test(a_dead_chain_is_at_zero),
      cmocka_unit_test(a_rack_without_feeds_is_cold),
      cmocka_unit_test(a_loop_that_stands_is_explained),
      cmocka_unit_test(the_sequence_leaves_a_solution_alone),
      cmocka_unit_test(levels_spread_through_what_conducts)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
