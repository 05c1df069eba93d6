/* The energy audit of a run: what is stored is known in closed form, what is wrong by a little is seen, what is set is named. By both
 * methods; electric power comes from a source with a resistor, heat leaves to a fixed temperature. */
#include "../racks/diagnostic_codes.h"
#include "support/bench.h"

#include "../twin/run_energy.h"

static const tw_time_choice methods[] = {TW_BY_IDA, TW_BY_SDIRK};

static int run_from(solved_model *m, tw_time_choice method, double rtol, tw_run_report *r) {
  tw_run_options o = {.rtol = rtol, .method = method, .every = 1.0};
  return tw_run(m->net, m->solver, &m->model->scenarios[0], m->y, &o, r, &m->diagnostics);
}

static void run(const char *body, tw_time_choice method, double rtol, tw_run_report *r) {
  solved_model m;
  bench_build(&m, body);
  assert_int_equal(run_from(&m, method, rtol, r), 0);
  model_close(&m);
  assert_near(r->energy.imbalance, 0.0, 10.0 * rtol);
  assert_near(r->energy.leapt, 0.0, 0.0);
}

static bool each(int i, tw_time_choice *method, double *rtol) {
  static const double rtols[] = {1e-4, 1e-6, 1e-8};
  *method = methods[i % 2];
  *rtol = i < 6 ? rtols[i / 2] : 0.0;
  return i < 6;
}

/* ---- closed forms ----------------------------------------------------------------------------------------------------------- */

/* v_C = 20 V - 10 V exp(-t / RC) from 10 V on: C = 2 F behind 1 ohm and the micro-ohm of the source. */
static void a_capacitor_that_is_charged(void **state) {
  (void)state;
  double rtol;
  tw_time_choice method;
  tw_run_report r;
  for (int i = 0; each(i, &method, &rtol); i++) {
    run("<voltage-source id='s' voltage='10 V' R='1 uohm'/><resistor id='r' R='0.9 ohm'/><capacitor id='c' C='2 F' ESR='0.1 ohm'/>"
        "<ground id='g'/><connect from='s.out' to='r.a'/><connect from='r.b' to='c.a'/><connect from='c.b' to='g.in'/>"
        "<scenario id='x' duration='4 s'><event at='1 s' set='s.voltage' value='20 V'/></scenario>", method, rtol, &r);
    double v = 20.0 - 10.0 * exp(-1.5 / (1.0 + 1e-6)), stored = 0.5 * 2.0 * (v * v - 100.0);
    double given = stored + (20.0 * 2.0 * (v - 10.0) - stored) / (1.0 + 1e-6); /* the source keeps its own loss */
    assert_near(r.energy.stored, stored, 20.0 * rtol * given);
    assert_near(r.energy.electric_in, given, 20.0 * rtol * given);
    double lost = 0.0;
    for (int s = 0; s < TW_STAGES; s++) lost += r.energy.loss[s];
    assert_near(lost, r.energy.electric_in - r.energy.stored, 20.0 * rtol * given);
    assert_near(r.energy.set, 0.0, 0.0);
  }
}

/* Convection: T = 20 degC + 50 K (1 - exp(-t / 200 s)), C = 400 J/K behind 0.5 K/W. */
static void a_lump_that_is_heated(void **state) {
  (void)state;
  double rtol;
  tw_time_choice method;
  tw_run_report r;
  for (int i = 0; each(i, &method, &rtol); i++) {
    run("<heat-source id='h' P='100 W' utilisation='0 %'/><heat-capacity id='c' C='400 J/K'/><thermal-resistance id='r' R='0.5 K/W'/>"
        "<fixed-temperature id='t' T='20 degC'/><connect from='h.heat' to='c.heat'/><connect from='c.heat' to='r.a'/>"
        "<connect from='r.b' to='t.heat'/><scenario id='s' duration='310 s'><event at='10 s' set='h.utilisation' value='100 %'/></scenario>",
        method, rtol, &r);
    assert_near(r.energy.stored, 400.0 * 50.0 * (1.0 - exp(-1.5)), 20.0 * rtol * 400.0 * 300.0); /* of the temperature in kelvin */
    assert_near(r.energy.stored, -r.energy.thermal_out, 10.0 * rtol * r.energy.throughput);
  }
}

/* C = 100 F + 2 F/V v between its points: the integral of v C(v) is 50 v^2 + 2/3 v^3. */
static void a_supercapacitor_whose_capacitance_rises(void **state) {
  (void)state;
  double rtol;
  tw_time_choice method;
  tw_run_report r;
  for (int i = 0; each(i, &method, &rtol); i++) {
    run("<voltage-source id='s' voltage='20 V' R='10 mohm'/><supercapacitor id='c' ESR='2 mohm' R_leak='10 kohm'>"
        "<capacitance x-unit='V' y-unit='F' rule='linear' beyond='hold' points='0 100; 60 220'/></supercapacitor>"
        "<connect from='s.out' to='c.plus'/>"
        "<scenario id='x' duration='100 s'><event at='1 s' set='s.voltage' value='50 V'/></scenario>", method, rtol, &r);
    double leak = 10e3 / (10e3 + 0.012), a = 20.0 * leak, b = 50.0 * leak; /* 99 s are more than 40 time constants */
    double stored = 50.0 * (b * b - a * a) + 2.0 / 3.0 * (b * b * b - a * a * a);
    assert_near(r.energy.stored, stored, 20.0 * rtol * stored);
  }
}

/* ---- what is wrong ------------------------------------------------------------------------------------------------------------ */

static const tw_type *right;

/* A heat capacity that is one per cent larger in the equations, and in the rate of what is stored, than it says. */
static void eval_larger(const tw_eval *e) {
  right->eval(e);
  for (int i = 0; i < e->n; i++) e->f[0][i] *= 1.01;
}

static void balance_larger(const tw_eval *e, tw_real *const *b) {
  right->balance(e, b);
  for (int i = 0; i < e->n; i++) b[TW_B_STORED][i] *= 1.01;
}

static void a_wrong_heat_capacity_is_seen(void **state) {
  (void)state;
  for (int i = 0; i < 2; i++) {
    solved_model m;
    tw_run_report r;
    bench_build(&m, "<heat-source id='h' P='100 W' utilisation='0 %'/><heat-capacity id='c' C='400 J/K'/>"
                    "<thermal-resistance id='r' R='0.5 K/W'/><fixed-temperature id='t' T='20 degC'/><connect from='h.heat' to='c.heat'/>"
                    "<connect from='c.heat' to='r.a'/><connect from='r.b' to='t.heat'/>"
                    "<scenario id='s' duration='310 s'><event at='10 s' set='h.utilisation' value='100 %'/></scenario>");
    tw_batch *b = &m.net->batches[m.net->item_batch[bench_item(m.model, "c")]];
    right = b->type;
    tw_type wrong = *right;
    wrong.eval = eval_larger;
    wrong.balance = balance_larger;
    b->type = &wrong;
    assert_int_equal(run_from(&m, methods[i], 1e-6, &r), 4); /* refused, with the reason */
    assert_int_equal(m.diagnostics.n, 1);
    assert_int_equal(m.diagnostics.items[0].code, TW_E_AUDIT);
    assert_near(r.energy.imbalance, 0.01 / 1.01, 1e-4);
    assert_true(tw_energies_refused(&r.energy, 1e-6) && !tw_energies_refused(&r.energy, 1e-2));
    model_close(&m);
  }
}

/* ---- what is set -------------------------------------------------------------------------------------------------------------- */

#define HEATED(event)                                                                                                              \
  "<heat-source id='h' P='100 W' utilisation='50 %'/><heat-capacity id='c' C='400 J/K'/><thermal-resistance id='r' R='0.5 K/W'/>"  \
  "<fixed-temperature id='t' T='20 degC'/><connect from='h.heat' to='c.heat'/><connect from='c.heat' to='r.a'/>"                   \
  "<connect from='r.b' to='t.heat'/><scenario id='s' duration='300 s'>" event "</scenario>"

/* At rest at 318.15 K another heat capacity moves no heat; 300 J/K more hold 300 J/K x 318.15 K more. */
static void a_figure_that_is_set_is_named(void **state) {
  (void)state;
  double rtol;
  tw_time_choice method;
  tw_run_report r;
  for (int i = 0; each(i, &method, &rtol); i++) {
    run(HEATED("<event at='10 s' set='c.C' value='700 J/K'/>"), method, rtol, &r);
    assert_near(r.energy.set, 300.0 * 318.15, 1e-9 * 1e5);
    assert_near(r.energy.stored, 0.0, 10.0 * rtol * 1e3);
  }
}

/* In a ramp while it is heated: C(t) dT/dt flows, T dC/dt is set, and T is C's own: 100 W - 2 W/K (T - 20 degC) = C(t) dT/dt. With
 * C = 400 J/K (1 + s), s = (t - 10 s) / 100 s: T goes to 343.15 K as (1 + s)^-0.5, and the integral of T dC follows. */
static void a_figure_in_a_ramp_is_named(void **state) {
  (void)state;
  double rtol;
  tw_time_choice method;
  tw_run_report r;
  for (int i = 0; each(i, &method, &rtol); i++) {
    run(HEATED("<event at='10 s' set='h.utilisation' value='100 %'/><event at='10 s' ramp='c.C' to='800 J/K' over='100 s'/>"), method,
        rtol, &r);
    assert_near(r.energy.set, 400.0 * (343.15 - 25.0 * 2.0 * (sqrt(2.0) - 1.0)), 20.0 * rtol * 400.0 * 343.15);
    assert_true(r.energy.stored > 1e3);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_capacitor_that_is_charged), cmocka_unit_test(a_lump_that_is_heated),
      cmocka_unit_test(a_supercapacitor_whose_capacitance_rises), cmocka_unit_test(a_wrong_heat_capacity_is_seen),
      cmocka_unit_test(a_figure_that_is_set_is_named), cmocka_unit_test(a_figure_in_a_ramp_is_named)};
  return cmocka_run_group_tests_name("energy of a run", tests, NULL, NULL) ? 1 : 0;
}
