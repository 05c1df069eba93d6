/* What is told of a model before it is solved, and what may not be told of a sound one: the matching on small patterns, and
 * models whose first guess hides entries that are there elsewhere. */
#include "../solvers/solver.h"
#include "support/bench.h"

/* ---- the matching ---------------------------------------------------------------------------------------------------------- */

enum { MOST = 6 };

/* Pattern by rows of text, "x" where an entry is. */
static int structure(int n, const char *const *text, tw_part *rows, tw_part *columns) {
  int32_t column[MOST + 1] = {0}, row_index[MOST * MOST];
  for (int c = 0; c < n; c++) {
    column[c + 1] = column[c];
    for (int r = 0; r < n; r++)
      if (text[r][c] == 'x') row_index[column[c + 1]++] = r;
  }
  return tw_structure(n, column, row_index, rows, columns);
}

static void full_rank_has_no_blocks(void **state) {
  (void)state;
  tw_part rows[MOST], columns[MOST];
  assert_int_equal(structure(4, (const char *const[]){".xx.", "x...", "..xx", ".x.x"}, rows, columns), 4);
  for (int i = 0; i < 4; i++) assert_true(rows[i] == TW_SQUARE && columns[i] == TW_SQUARE);
}

/* Rows 0 and 1 both prescribe column 0; columns 1 and 2 share row 2; column 3 and row 3 are sound. */
static void blocks_are_found_whole(void **state) {
  (void)state;
  static const tw_part expected_rows[] = {TW_OVER, TW_OVER, TW_UNDER, TW_SQUARE};
  static const tw_part expected_columns[] = {TW_OVER, TW_UNDER, TW_UNDER, TW_SQUARE};
  tw_part rows[MOST], columns[MOST];
  assert_int_equal(structure(4, (const char *const[]){"x...", "x...", ".xx.", "..." "x"}, rows, columns), 3);
  assert_memory_equal(rows, expected_rows, sizeof expected_rows);
  assert_memory_equal(columns, expected_columns, sizeof expected_columns);
}

static void an_empty_column_and_row(void **state) {
  (void)state;
  tw_part rows[MOST], columns[MOST];
  assert_int_equal(structure(3, (const char *const[]){"x..", "...", "x.x"}, rows, columns), 2);
  assert_true(columns[1] == TW_UNDER && rows[1] == TW_OVER);
  assert_true(columns[0] == TW_SQUARE && columns[2] == TW_SQUARE && rows[0] == TW_SQUARE && rows[2] == TW_SQUARE);
}

/* ---- models ---------------------------------------------------------------------------------------------------------------- */

static void told_early(const char *body, int code, const char *path) {
  solved_model m;
  assert_int_equal(bench_open(&m, body), 3);
  assert_int_equal(m.diagnostics.errors, 1);
  assert_int_equal(m.diagnostics.items[0].code, code);
  assert_string_equal(m.diagnostics.items[0].path, path);
  model_close(&m);
}

#define LOOP(more)                                                                                                              \
  "<flow-source id='pump' flow='10 L/min' medium='water'/><pressure-holder id='vessel'/>" more                                  \
  "<connect from='vessel.a' to='pump.a'/>"
#define ROUND "<connect from='pump.b' to='pipe.a'/><connect from='pipe.b' to='pump.a'/>"

/* A pipe without heat loss is no way out, even where its heat port stands open to the ambient. */
static void a_way_out_must_conduct(void **state) {
  (void)state;
  solved_model m;
  told_early(LOOP("<pipe id='pipe' length='2 m' bore='12 mm' roughness='0 mm' heat_loss='0 W/(m K)'/>") ROUND, TW_E_HEAT_PATH, "pump");
  bench_solve(&m, LOOP("<pipe id='pipe' length='2 m' bore='12 mm' roughness='0 mm' heat_loss='9 W/(m K)'/>") ROUND);
  model_close(&m);
}

/* At the first guess the integral of a controller acts on nothing: its own row is empty until it stands at its stop. */
static void a_controller_may_stand_at_its_stop(void **state) {
  (void)state;
  solved_model m;
  bench_solve(&m, "<facility-water id='w' medium='water' T_supply='20 degC' dp='20 kPa'/><valve id='valve' Kv='3'/>"
                  "<constant-signal id='fixed' value='300'/>"
                  "<controller id='pi' action='direct' T_set='30 degC' Kp='0.02' Ki='0.0005 1/s'/>"
                  "<connect from='w.supply' to='valve.a'/><connect from='valve.b' to='w.return'/>"
                  "<connect from='fixed.output' to='pi.measure'/><connect from='pi.output' to='valve.opening'/>");
  tw_network_observe(m.net, 0.0, m.y, NULL);
  assert_near(bench_output(m.net, "pi", "saturated", 0), -1.0, 0.0);
  model_close(&m);
}

/* An island that is switched off stands at 0 V by leakage alone: no mistake. */
static void a_dead_island_is_solved(void **state) {
  (void)state;
  solved_model m;
  bench_solve(&m, "<voltage-source id='s' voltage='48 V' state='off'/><resistor id='a' R='1 mohm'/><resistor id='b' R='1 mohm'/>"
                  "<power-load id='load' P='0 W' V_nominal='48 V'/><connect from='s.out' to='a.a'/><connect from='a.b' to='b.a'/>"
                  "<connect from='b.b' to='load.in'/>");
  assert_near(m.y[bench_unknown(m.net, "load", "in")], 0.0, 1e-9);
  model_close(&m);
}

/* Stores of one kind with nothing between them; with something that gives way they are sound. */
static void stores_need_give_between_them(void **state) {
  (void)state;
  solved_model m;
#define CHOKES(between)                                                                                                         \
  "<voltage-source id='s' voltage='48 V'/><inductor id='one' L='1 uH' R='1 mohm'/><inductor id='two' L='1 uH' R='1 mohm'/>"     \
  "<power-load id='load' P='100 W' V_nominal='48 V'/><connect from='s.out' to='one.a'/><connect from='one.b' to='two.a'/>"      \
  "<connect from='two.b' to='load.in'/>" between
  told_early(CHOKES(""), TW_E_INERTIAS, "one");
  bench_solve(&m, CHOKES("<capacitor id='c' C='1 mF'/><ground id='g'/><connect from='c.a' to='one.b'/>"
                         "<connect from='c.b' to='g.in'/>"));
  model_close(&m);
}

/* Facility water of given flow holds no pressure at its supply; with dp it does. */
static void a_reference_may_depend_on_its_figures(void **state) {
  (void)state;
  solved_model m;
#define WATER(figure)                                                                                                           \
  "<facility-water id='w' medium='water' T_supply='20 degC' " figure "/><flow-source id='pump' flow='10 L/min'/>"               \
  "<connect from='w.supply' to='pump.a'/><connect from='pump.b' to='w.return'/>"
  told_early(WATER("flow='10 L/min'"), TW_E_FLOWS, "pump");
  bench_solve(&m, WATER("dp='20 kPa'"));
  model_close(&m);
}

/* What holds a pressure beside a pressure holder, and what does not. */
static void a_pressure_holder_is_alone(void **state) {
  (void)state;
  solved_model m;
#define COOLED "<pipe id='pipe' length='9 m' bore='12 mm' roughness='0 mm' heat_loss='50 W/(m K)'/>"
  told_early(LOOP(COOLED "<pressure-boundary id='tap' p='300 kPa' T='20 degC'/>") ROUND "<connect from='tap.a' to='pipe.a'/>",
             TW_E_TWO_REFERENCES, "vessel");
  bench_solve(&m, LOOP(COOLED "<temperature-sensor id='sensor'/>") ROUND "<connect from='sensor.fluid' to='pipe.a'/>");
  model_close(&m);
  bench_build(&m, LOOP(COOLED "<flow-boundary id='tap' m_dot='0.01 kg/s' T='20 degC'/>") ROUND
                      "<connect from='tap.a' to='pipe.a'/>");
  assert_int_equal(model_solve(&m), 4);
  assert_int_equal(m.diagnostics.items[0].code, TW_E_TWO_REFERENCES);
  model_close(&m);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(full_rank_has_no_blocks),
                                     cmocka_unit_test(blocks_are_found_whole),
                                     cmocka_unit_test(an_empty_column_and_row),
                                     cmocka_unit_test(a_way_out_must_conduct),
                                     cmocka_unit_test(a_controller_may_stand_at_its_stop),
                                     cmocka_unit_test(a_dead_island_is_solved),
                                     cmocka_unit_test(stores_need_give_between_them),
                                     cmocka_unit_test(a_reference_may_depend_on_its_figures),
                                     cmocka_unit_test(a_pressure_holder_is_alone)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
