/* The audit closes on a sound model, and names the part whose loss or heat is wrong. The wrong part is a registry type with one
 * kernel replaced, put in place of the right one in the built network. */
#include "support/bench.h"

/* ---- wrong parts ----------------------------------------------------------------------------------------------------------- */

static struct { const tw_type *right; int instance, loss; double factor; } wrong; /* the tests run one after another */

static void observe_wrong_loss(const tw_eval *e, tw_real *const *out) {
  wrong.right->observe(e, out);
  out[wrong.loss][wrong.instance] *= wrong.factor;
}

/* Heat handed to the heat port at column `instance` is scaled; the derivative is left, Newton finds its way without. */
static void eval_wrong_heat(const tw_eval *e) {
  int row = 0;
  wrong.right->eval(e);
  for (int q = 0; wrong.right->ports[q].kind != TW_HEAT; q++) row += tw_port_width(wrong.right->ports[q].kind);
  e->f[row][wrong.instance] *= wrong.factor;
}

static int largest_loss(const tw_batch *b, int k) {
  int best = -1;
  for (int q = 0; q < b->n_outputs; q++)
    if (b->type->outputs[q].role == TW_Q_LOSS && (best < 0 || b->out[q][k] > b->out[best][k])) best = q;
  return best;
}

/* Puts `type`, a copy of the right one with one kernel replaced, in place of the type of `path`. */
static void spoil(solved_model *m, const char *path, double factor, tw_type *type, bool heat) {
  int item = bench_item(m->model, path), k = m->net->item_instance[item];
  tw_batch *b = &m->net->batches[m->net->item_batch[item]];
  tw_network_observe(m->net, 0.0, m->y, NULL);
  wrong.right = b->type;
  wrong.instance = k;
  wrong.factor = factor;
  wrong.loss = largest_loss(b, k);
  *type = *b->type;
  if (heat) type->eval = eval_wrong_heat;
  else type->observe = observe_wrong_loss;
  b->type = type;
}

static tw_audit audit(const solved_model *m) { return tw_audit_solution(m->net, 0.0, m->y, NULL, true); }

static void names(const solved_model *m, const tw_audit *a, const char *path) {
  assert_true(a->energy > 1e-6);
  assert_true(a->worst_item >= 0);
  assert_string_equal(m->model->items[a->worst_item].path, path);
}

/* ---- tests ----------------------------------------------------------------------------------------------------------------- */

static void closes_on_a_mixed_model(void **state) {
  (void)state;
  solved_model m;
  bench_solve(&m, bench_mixed);
  assert_near(m.audit.energy, 0.0, 1e-12);
  assert_near(m.audit.mass, 0.0, 1e-12);
  assert_near(m.audit.charge, 0.0, 1e-11); /* 50 V over 2 mohm: rounding of a voltage is 3.6e-12 A of 25 A */
  assert_true(m.audit.electric_in > 1000.0 && m.audit.losses > 100.0 && m.audit.loads > 900.0 && m.audit.received > 1000.0);
  model_close(&m);
}

static void closes_where_nothing_flows(void **state) {
  (void)state;
  solved_model m;
  bench_solve(&m, "<voltage-source id='s' voltage='10 V' state='off'/><resistor id='r' R='4 ohm'/><ground id='g'/>"
                  "<connect from='s.out' to='r.a'/><connect from='r.b' to='g.in'/>");
  assert_near(m.audit.energy + m.audit.mass + m.audit.charge, 0.0, 1e-12);
  model_close(&m);
}

static void finds_a_wrong_loss(void **state) {
  (void)state;
  static const char *const paths[] = {"r", "p", "vrm", "c", "pdn", "ibc"};
  for (int i = 0; i < TW_COUNT(paths); i++) {
    solved_model m;
    tw_type type;
    bench_solve(&m, bench_mixed);
    spoil(&m, paths[i], 1.01, &type, false);
    tw_audit a = audit(&m);
    names(&m, &a, paths[i]);
    model_close(&m);
  }
}

/* One of 90 regulators of a whole rack reports 1 % too much: 7e-6 of the rack's power. */
static void finds_a_wrong_loss_in_a_rack(void **state) {
  (void)state;
  solved_model m;
  tw_type type;
  assert_int_equal(model_open(&m, "racks/gb200-nvl72.xml", NULL, NULL, NULL), 0);
  assert_int_equal(model_solve(&m), 0);
  assert_near(m.audit.energy, 0.0, 1e-9);
  spoil(&m, "tray[13].vrm[2]", 1.01, &type, false);
  tw_audit a = audit(&m);
  names(&m, &a, "tray[13].vrm[2]");
  model_close(&m);
}

static void finds_wrong_heat(void **state) {
  (void)state;
  static const char *const paths[] = {"r", "p", "gpu"};
  for (int i = 0; i < TW_COUNT(paths); i++) {
    solved_model m;
    tw_type type;
    bench_solve(&m, bench_mixed);
    spoil(&m, paths[i], 1.01, &type, true);
    assert_int_equal(model_solve(&m), 0);
    names(&m, &m.audit, paths[i]);
    const tw_audit *a = &m.audit;
    double boundary = a->electric_in - a->thermal_out - a->leakage - a->stored - a->lift;
    assert_true(fabs(boundary) > 1e-6 * a->throughput);
    model_close(&m);
  }
}

static void feels_a_residual_of_mass_and_charge(void **state) {
  (void)state;
  solved_model m;
  bench_solve(&m, bench_mixed);
  int flow = bench_unknown(m.net, "film", "m_dot"), bus = bench_unknown(m.net, "ibc", "in"), mains = bench_unknown(m.net, "p", "in.1");
  const struct { int unknown; double by; bool mass; } seeds[] = {
      {flow, 1e-6 * m.y[flow], true}, {bus, 1e-6, false}, {mains, 1e-3, false}}; /* relative; 1 uV over 2 mohm; 1 mV over 0.1 ohm */
  for (int i = 0; i < TW_COUNT(seeds); i++) {
    double kept = m.y[seeds[i].unknown];
    m.y[seeds[i].unknown] += seeds[i].by;
    tw_audit a = audit(&m);
    assert_true((a.mass > 1e-7) == seeds[i].mass && (a.charge > 1e-7) == !seeds[i].mass);
    m.y[seeds[i].unknown] = kept;
  }
  model_close(&m);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(closes_on_a_mixed_model),
      cmocka_unit_test(closes_where_nothing_flows),
      cmocka_unit_test(finds_a_wrong_loss),
      cmocka_unit_test(finds_a_wrong_loss_in_a_rack),
      cmocka_unit_test(finds_wrong_heat),
      cmocka_unit_test(feels_a_residual_of_mass_and_charge)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
