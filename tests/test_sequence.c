/* The sequenced start: a piece is the network with the rest held, and what the shipped rack needs from cold. */
#include "support/bench.h"
#include "../twin/domains.h"
#include "../twin/piece.h"

/* Every domain of the solved model, pushed off, comes back alone; nothing else moves, and the network is whole again. */
static void a_piece_is_the_network_with_the_rest_held(void **state) {
  (void)state;
  solved_model m;
  bench_solve(&m, bench_mixed);
  size_t n = (size_t)m.net->n;
  double *solved = malloc(n * sizeof *solved), *f = malloc(n * sizeof *f);
  bool *in = malloc(n * sizeof *in);
  tw_domain *of = malloc(n * sizeof *of);
  memcpy(solved, m.y, n * sizeof *solved);
  tw_domains_mark(m.net, of);
  for (tw_domain d = TW_D_FLOWS; d <= TW_D_HEAT; d++) {
    tw_report r = {0};
    int members = 0;
    for (size_t i = 0; i < n; i++) {
      in[i] = of[i] == d && !m.net->stock[i];
      members += in[i];
      if (in[i]) m.y[i] += 1e-3 * m.net->nominal[i];
    }
    assert_true(members > 0 && (size_t)members < n);
    tw_piece *p = tw_piece_new(m.net, m.solver, in);
    tw_piece_improve(p, 0.0, m.y, NULL, &(tw_effort){20, TW_BY_RESIDUAL, 1.0}, &r);
    tw_piece_free(p);
    for (size_t i = 0; i < n; i++) {
      if (in[i]) assert_near(m.y[i], solved[i], 1e-7 * fmax(m.net->nominal[i], fabs(solved[i])));
      else assert_true(m.y[i] == solved[i]);
    }
    assert_true((r.factorisations > 0) == (members > m.net->n / 4)); /* what is small costs time only */
    memcpy(m.y, solved, n * sizeof *solved);
  }
  assert_int_equal(tw_network_residual(m.net, 0.0, m.y, NULL, f), 0);
  for (size_t i = 0; i < n; i++) assert_true(fabs(f[i]) <= m.net->tolerance[i]); /* no batch is left out any more */
  free(solved);
  free(f);
  free(in);
  free(of);
  model_close(&m);
}

static void shipped_racks_are_solved_in_few_iterations(void **state) {
  (void)state;
  static const char gb200[] = "racks/gb200-nvl72.xml", bbu[] = "racks/gb200-nvl72-bbu.xml", cpx[] = "racks/vr-nvl144-cpx.xml",
                    hvdc[] = "racks/gb200-nvl72-800v.xml";
  static const struct { const char *file, *variant; int most; const char *lost; } cases[] = {
      {gb200, NULL, 12, NULL}, {gb200, "idle", 12, NULL}, {gb200, "half", 12, NULL}, {gb200, "warm-water", 12, NULL},
      {gb200, "shelf-lost", 12, NULL}, {gb200, "row-cdu", 12, NULL}, {bbu, NULL, 12, NULL}, {bbu, "idle", 12, NULL},
      {bbu, "half", 12, NULL}, {bbu, "warm-water", 12, NULL}, {bbu, "shelf-lost", 12, NULL}, {hvdc, NULL, 12, NULL},
      {hvdc, "idle", 12, NULL}, {hvdc, "rectifier-lost", 12, NULL}, {cpx, NULL, 12, NULL}, {cpx, "half", 12, NULL},
      {cpx, "idle", 15, NULL}, /* its regulators shed their phases in two rounds */
      {gb200, NULL, 15, "feed-a.state=open"}, {gb200, NULL, 15, "cdu.pump[1].state=failed"},
      {gb200, NULL, 15, "bus.tap[5].state=open"}, {cpx, NULL, 15, "feed-b.state=open"}};
  for (int i = 0; i < TW_COUNT(cases); i++) {
    solved_model m;
    assert_int_equal(model_open(&m, cases[i].file, cases[i].variant, cases[i].lost, NULL), 0);
    assert_int_equal(model_solve(&m), 0);
    assert_string_equal(m.steady.method, "newton");
    if (m.steady.report.factorisations > cases[i].most || m.steady.report.iterations > cases[i].most)
      fail_msg("%s, %s: %d factorisations, %d iterations, expected at most %d", cases[i].file,
               cases[i].variant ? cases[i].variant : cases[i].lost ? cases[i].lost : "as it is",
               m.steady.report.factorisations, m.steady.report.iterations, cases[i].most);
    model_close(&m);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_piece_is_the_network_with_the_rest_held),
      cmocka_unit_test(shipped_racks_are_solved_in_few_iterations)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
