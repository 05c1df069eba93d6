/* What the network ties together: parameters through composites, heat ports to the ambient, signal inputs to their parameter,
 * media along streams; and what it refuses: two media or none, islands without a reference, unequal phases. */
#include "support/bench.h"

/* ---- parameters through composites ---------------------------------------------------------------------------------------- */

static double parameter(const tw_network *net, const char *path, const char *param, int lane) {
  int item = bench_item(net->model, path);
  const tw_batch *b = &net->batches[net->item_batch[item]];
  return b->p[tw_param_index(b->type, param)][net->item_instance[item] * net->lanes + lane];
}

static void setting_a_composite_reaches_its_children(void **state) {
  (void)state;
  solved_model m;
  assert_int_equal(model_open(&m, "racks/gb200-nvl72.xml", NULL, NULL, NULL), 0);
  bench_set(m.net, "shelf[3]", "state", -1, 1.0);
  bench_set(m.net, "cdu", "T_supply", -1, 310.0);
  assert_true(parameter(m.net, "shelf[3].psu[1]", "state", 0) == 1.0 && parameter(m.net, "shelf[3].psu[6]", "state", 0) == 1.0);
  assert_true(parameter(m.net, "shelf[2].psu[1]", "state", 0) == 0.0);
  assert_true(parameter(m.net, "cdu.T_control", "T_set", 0) == 310.0);
  assert_int_equal(model_solve(&m), 0);
  tw_network_observe(m.net, 0.0, m.y, NULL);
  assert_near(bench_output(m.net, "shelf[3].psu[2]", "i_out", 0), 0.0, 1e-6);
  assert_near(bench_output(m.net, "cdu.T_sensor", "T", 0), 310.0, 1e-6);
  model_close(&m);
}

static void setting_reaches_through_two_levels(void **state) {
  (void)state;
  solved_model m;
  assert_int_equal(model_open(&m, "racks/examples/power-shelf.xml", NULL, NULL, NULL), 0);
  /* Another composite stands in as the outer one: the shelf's own state is made to come from its first parameter. */
  int shelf = bench_item(m.model, "shelf"), state_param = tw_param_index(m.model->items[shelf].type, "state");
  tw_item outer = m.model->items[shelf];
  tw_item *items = calloc((size_t)m.model->n_items + 1, sizeof *items), *kept = m.model->items;
  items[0] = outer;
  items[0].path = "outer";
  memcpy(items + 1, kept, (size_t)m.model->n_items * sizeof *items);
  for (int i = 1; i <= m.model->n_items; i++) {
    items[i].parent += items[i].parent >= 0;
    for (int q = 0; items[i].type->params && items[i].type->params[q].id; q++) items[i].values[q].owner += items[i].values[q].owner >= 0;
  }
  items[shelf + 1].values[state_param].owner = 0;
  items[shelf + 1].values[state_param].owner_param = state_param;
  for (int i = 0; i < m.model->n_joins; i++) m.model->joins[i].a.item++, m.model->joins[i].b.item++;
  m.model->items = items;
  m.model->n_items++;
  tw_network *net = tw_network_new(m.model, 1, &m.diagnostics);
  assert_non_null(net);
  assert_int_equal(tw_network_set(net, 0, state_param, -1, 1.0), 6);
  assert_true(parameter(net, "shelf.psu[4]", "state", 0) == 1.0);
  tw_network_free(net);
  m.model->items = kept;
  model_close(&m);
  free(items);
}

static void refuses_values_that_do_not_fit(void **state) {
  (void)state;
  solved_model m;
  bench_build(&m, bench_mixed);
  int item = bench_item(m.model, "p"), param = tw_param_index(m.model->items[item].type, "V_full_load");
  assert_int_equal(tw_network_set(m.net, item, param, -1, 49.0), 1);
  assert_int_equal(tw_network_set(m.net, item, param, -1, 60.0), -1); /* above V_no_load */
  assert_true(parameter(m.net, "p", "V_full_load", 0) == 49.0);       /* and is left as it was */
  model_close(&m);
}

/* ---- what is not connected -------------------------------------------------------------------------------------------------- */

static void open_heat_ports_see_the_ambient(void **state) {
  (void)state;
  solved_model m;
  bench_solve(&m, "<ambient temperature='31 degC'/><voltage-source id='s' voltage='10 V'/><resistor id='r' R='4 ohm'/><ground id='g'/>"
                  "<connect from='s.out' to='r.a'/><connect from='r.b' to='g.in'/>");
  int u = bench_unknown(m.net, "r", "heat");
  assert_int_equal(u, m.net->nodes[m.net->ambient].unknown);
  assert_near(m.y[u], 304.15, 0.0);
  assert_near(m.audit.thermal_out, 25.0, 1e-3);
  model_close(&m);
}

static void open_signal_inputs_take_their_parameter(void **state) {
  (void)state;
  solved_model m;
  bench_solve(&m, "<heat-source id='h' P='100 W' utilisation='40 %'/><thermal-resistance id='r' R='1 K/W'/>"
                  "<fixed-temperature id='t' T='20 degC'/><connect from='h.heat' to='r.a'/><connect from='r.b' to='t.heat'/>");
  assert_near(m.y[bench_unknown(m.net, "h", "control")], 0.4, 1e-12);
  assert_near(m.y[bench_unknown(m.net, "r", "a")], 333.15, 1e-6);
  bench_set(m.net, "h", "utilisation", -1, 0.7);
  assert_int_equal(model_solve(&m), 0);
  assert_near(m.y[bench_unknown(m.net, "r", "a")], 363.15, 1e-6);
  model_close(&m);
}

/* ---- media ------------------------------------------------------------------------------------------------------------------ */

#define LOOP(first, second)                                                                                                     \
  "<facility-water id='w' T_supply='20 degC' dp='20 kPa'" first "/><valve id='a' Kv='1'/><valve id='b' Kv='1'" second "/>"        \
  "<connect from='w.supply' to='a.a'/><connect from='a.b' to='b.a'/><connect from='b.b' to='w.return'/>"

static void one_medium_runs_through_its_streams(void **state) {
  (void)state;
  solved_model m;
  bench_build(&m, bench_mixed);
  for (int i = 0; i < m.net->n_nodes; i++)
    if (m.net->nodes[i].kind == TW_FLUID) assert_non_null(m.net->nodes[i].medium);
  const tw_batch *b = &m.net->batches[m.net->item_batch[bench_item(m.model, "hx")]];
  int primary = -1, secondary = -1;
  for (int q = 0; q < b->n_ports; q++) {
    if (!strcmp(b->type->ports[q].id, "a1")) secondary = q;
    if (!strcmp(b->type->ports[q].id, "a2")) primary = q;
  }
  assert_string_equal(b->m[secondary][0]->id, "pg25");
  assert_string_equal(b->m[primary][0]->id, "water");
  model_close(&m);
}

static void refused(const char *body, int code, const char *word) {
  solved_model m;
  assert_int_equal(bench_open(&m, body), 3);
  bool told = false;
  for (int i = 0; i < m.diagnostics.n; i++)
    told |= m.diagnostics.items[i].code == code && strstr(m.diagnostics.items[i].text, word) && m.diagnostics.items[i].where.line > 0;
  if (!told) {
    tw_diagnostics_print(&m.diagnostics, stderr, false);
    fail_msg("no RT%04d with \"%s\"", code, word);
  }
  model_close(&m);
}

static void refuses_media_that_do_not_fit(void **state) {
  (void)state;
  refused(LOOP(" medium='water'", " medium='pg25'"), TW_E_MEDIUM_MIXED, "pg25");
  refused(LOOP("", ""), TW_E_MEDIUM_MISSING, "medium");
  refused(LOOP(" medium='wine'", ""), TW_E_MEDIUM, "wine");
}

/* ---- islands ---------------------------------------------------------------------------------------------------------------- */

static void refuses_islands_without_a_reference(void **state) {
  (void)state;
  refused("<current-source id='s' current='1 A'/><resistor id='r' R='1 ohm'/><resistor id='q' R='1 ohm'/>"
          "<connect from='s.out' to='r.a'/><connect from='r.b' to='q.a'/><connect from='q.b' to='s.out'/>", TW_E_NO_REFERENCE, "DC");
  refused("<pressure-source id='p' dp0='20 kPa' dp2='-1e12 Pa/(m3/s)2' medium='water'/><valve id='v' Kv='1'/>"
          "<connect from='p.b' to='v.a'/><connect from='v.b' to='p.a'/>", TW_E_NO_REFERENCE, "pressure");
  refused("<cable id='c' length='1 m' R20='1 mohm/m' ampacity='10 A' heat_capacity='1 J/(K m)'/><ac-load id='l' power='1 kW' voltage='400 V'/>"
          "<connect from='c.b' to='l.in'/><connect from='c.a' to='l.in'/>", TW_E_NO_REFERENCE, "AC");
}

static void refuses_unequal_phases(void **state) {
  (void)state;
  refused("<grid id='g' voltage='400 V' short_circuit_power='1 MVA' X_R='1'/><ac-load id='l' power='1 kW' voltage='230 V' phases='1'/>"
          "<connect from='g.out' to='l.in'/>", TW_E_PHASES, "phases");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(setting_a_composite_reaches_its_children),
      cmocka_unit_test(setting_reaches_through_two_levels),
      cmocka_unit_test(refuses_values_that_do_not_fit),
      cmocka_unit_test(open_heat_ports_see_the_ambient),
      cmocka_unit_test(open_signal_inputs_take_their_parameter),
      cmocka_unit_test(one_medium_runs_through_its_streams),
      cmocka_unit_test(refuses_media_that_do_not_fit),
      cmocka_unit_test(refuses_islands_without_a_reference),
      cmocka_unit_test(refuses_unequal_phases)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
