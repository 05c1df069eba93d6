/* The network: counts, pattern, the assembled Jacobian against differences, and lanes. */
#include "../twin/stamping.h"
#include "support/bench.h"

/* ---- counts and pattern ---------------------------------------------------------------------------------------------------- */

static void counts_nodes_and_unknowns(void **state) {
  (void)state;
  solved_model m;
  bench_build(&m, "<voltage-source id='s' voltage='10 V'/><resistor id='r' R='4 ohm'/><resistor id='q' R='1 ohm'/><ground id='g'/>"
                  "<connect from='s.out' to='r.a'/><connect from='r.b' to='q.a'/><connect from='q.b' to='g.in'/>");
  assert_int_equal(m.net->n_nodes, 4); /* three DC nodes and the ambient of both heat ports */
  assert_int_equal(m.net->n, 5); /* and the current of the source */
  assert_int_equal(m.net->n_batches, 3);
  assert_true(m.net->ambient >= 0);
  model_close(&m);
  bench_build(&m, bench_mixed);
  int internal = 0, port = 0;
  for (int i = 0; i < m.net->n_nodes; i++) port += tw_port_width(m.net->nodes[i].kind);
  for (int i = 0; i < m.net->n_batches; i++) internal += m.net->batches[i].n * m.net->batches[i].n_internal;
  assert_int_equal(m.net->n, port + internal);
  model_close(&m);
}

static int column_of(const tw_network *net, int slot) {
  int c = 0;
  while (net->column[c + 1] <= slot) c++;
  return c;
}

static int unknown_of(const tw_batch *b, int local, int k) {
  return local < b->n_port_q ? b->unknown[local][k] : b->first_internal + (local - b->n_port_q) * b->n + k;
}

static void pattern_has_every_stamp_and_diagonal(void **state) {
  (void)state;
  solved_model m;
  bench_build(&m, bench_mixed);
  const tw_network *net = m.net;
  int ambient = net->nodes[net->ambient].unknown, ground = net->nodes[net->ground].unknown; /* of the part's open in_minus */
  for (int c = 0; c < net->n; c++) {
    for (int s = net->column[c] + 1; s < net->column[c + 1]; s++) assert_true(net->row_index[s] > net->row_index[s - 1]);
    assert_int_equal(net->row_index[net->diagonal[c]], c);
    assert_int_equal(column_of(net, net->diagonal[c]), c);
  }
  for (int i = 0; i < net->n_batches; i++) {
    const tw_batch *b = &net->batches[i];
    for (int s = 0; s < b->type->n_stamps; s++)
      for (int k = 0; k < b->n; k++) {
        int row = unknown_of(b, b->type->stamps[s].row, k), col = unknown_of(b, b->type->stamps[s].col, k), slot = b->slot[s][k];
        if (row == ambient || row == ground) assert_int_equal(slot, -1);
        else assert_true(net->row_index[slot] == row && column_of(net, slot) == col);
      }
  }
  model_close(&m);
}

/* ---- Jacobian -------------------------------------------------------------------------------------------------------------- */

/* Derivative of the residual along v (of y) and w (of yd): central differences, Richardson's extrapolation (error h^4). */
static void slope(tw_network *net, const double *y, const double *yd, const double *v, const double *w, double h, double *d) {
  size_t n = (size_t)net->n;
  double *y1 = malloc(n * sizeof *y1), *r1 = malloc(n * sizeof *r1), *f = malloc(2 * n * sizeof *f);
  for (size_t i = 0; i < n; i++) d[i] = 0.0;
  for (int half = 0; half < 2; half++) {
    double step = half ? 0.5 * h : h, weight = half ? 4.0 / 3.0 : -1.0 / 3.0;
    for (int side = 0; side < 2; side++) {
      for (size_t i = 0; i < n; i++) {
        y1[i] = y[i] + (side ? -step : step) * v[i];
        r1[i] = yd[i] + (side ? -step : step) * w[i];
      }
      assert_int_equal(tw_network_residual(net, 0.0, y1, r1, f + side * (int)n), 0);
    }
    for (size_t i = 0; i < n; i++) d[i] += weight * (f[i] - f[n + i]) / (2.0 * step);
  }
  free(y1), free(r1), free(f);
}

static double size_of(const solved_model *m, int i) { return fmax(m->net->nominal[i], fabs(m->y[i])); }

/* Largest |J v - slope| of a row over the sum of its |J| times the size of the unknown. */
static double disagreement(const solved_model *m, const double *values, const double *v, const double *d) {
  const tw_network *net = m->net;
  double *product = calloc((size_t)net->n, sizeof *product), *size = calloc((size_t)net->n, sizeof *size), worst = 0.0;
  for (int c = 0; c < net->n; c++)
    for (int s = net->column[c]; s < net->column[c + 1]; s++) {
      product[net->row_index[s]] += values[s] * v[c];
      size[net->row_index[s]] += fabs(values[s]) * size_of(m, c);
    }
  for (int i = 0; i < net->n; i++)
    if (size[i] > 0.0) worst = fmax(worst, fabs(product[i] - d[i]) / size[i]);
    else assert_true(d[i] == 0.0);
  free(product), free(size);
  return worst;
}

static unsigned seed = 1;
static double random_unit(void) { /* -1 .. 1 */
  seed = seed * 1664525u + 1013904223u;
  return (double)(seed >> 8) / (double)(1u << 23) - 1.0;
}

/* Worst disagreement over `directions`: single columns when 0. */
static double check_jacobian(solved_model *m, double cj, int directions, double h) {
  tw_network *net = m->net;
  size_t n = (size_t)net->n;
  double *values = malloc((size_t)net->nonzeros * sizeof *values), *v = malloc(n * sizeof *v), *w = malloc(n * sizeof *w);
  double *yd = malloc(n * sizeof *yd), *d = malloc(n * sizeof *d), worst = 0.0;
  for (size_t i = 0; i < n; i++) yd[i] = net->differential[i] ? 1e-3 * net->nominal[i] * random_unit() : 0.0;
  assert_int_equal(tw_network_jacobian(net, 0.0, cj, m->y, yd, values), 0);
  for (int k = 0; k < (directions ? directions : net->n); k++) {
    for (int i = 0; i < net->n; i++) {
      v[i] = directions ? size_of(m, i) * random_unit() : i == k ? size_of(m, i) : 0.0;
      w[i] = cj * v[i];
    }
    slope(net, m->y, yd, v, w, h, d);
    worst = fmax(worst, disagreement(m, values, v, d));
  }
  free(values), free(v), free(w), free(yd), free(d);
  return worst;
}

/* Rounding of a row is about 1e-16 of its largest flow; over a step of 1e-7 of an unknown's size that
 * leaves 1e-9 of the slope. */
static const double slope_allowed = 1e-7;

static void jacobian_is_the_slope_of_the_residual(void **state) {
  (void)state;
  solved_model m;
  bench_solve(&m, bench_mixed);
  for (int i = 0; i < m.net->n; i++) m.y[i] *= 1.0 + 1e-3 * random_unit();
  assert_near(check_jacobian(&m, 0.0, 0, 1e-5), 0.0, slope_allowed);
  assert_near(check_jacobian(&m, 0.3, 0, 1e-5), 0.0, slope_allowed);
  double kept = m.net->load_scale;
  m.net->load_scale = 0.6;
  assert_near(check_jacobian(&m, 0.0, 0, 1e-5), 0.0, slope_allowed);
  m.net->load_scale = kept;
  model_close(&m);
}

static void rack_jacobian_is_the_slope_of_the_residual(void **state) {
  (void)state;
  solved_model m;
  assert_int_equal(model_open(&m, "racks/gb200-nvl72.xml", NULL, NULL, NULL), 0);
  assert_int_equal(model_solve(&m), 0);
  for (int i = 0; i < m.net->n; i++) m.y[i] *= 1.0 + 1e-4 * random_unit();
  assert_near(check_jacobian(&m, 0.0, 8, 1e-7), 0.0, slope_allowed);
  assert_near(check_jacobian(&m, 0.1, 8, 1e-7), 0.0, slope_allowed);
  model_close(&m);
}

/* ---- lanes ----------------------------------------------------------------------------------------------------------------- */

typedef struct { const char *path, *param; double value; } setting;

/* Lane `lane` of the wide network must hold the bits of the single one. */
static void same_bits(const double *wide, const double *single, int n, int lanes, int lane) {
  for (int i = 0; i < n; i++)
    if (memcmp(&wide[i * lanes + lane], &single[i], sizeof *single)) fail_msg("lane %d differs at %d: %.17g, %.17g", lane, i, wide[i * lanes + lane], single[i]);
}

typedef struct { double *y, *yd, *f, *values; } arrays;

static arrays arrays_new(const tw_network *net) {
  size_t n = (size_t)net->n * (size_t)net->lanes;
  return (arrays){calloc(n, sizeof(double)), calloc(n, sizeof(double)), calloc(n, sizeof(double)),
                  calloc((size_t)net->nonzeros * (size_t)net->lanes, sizeof(double))};
}

static void arrays_free(arrays *a) { free(a->y), free(a->yd), free(a->f), free(a->values); }

/* Residual and Jacobian in one pass have the bits of two passes, whatever stood in the matrix before. */
static void evaluate(tw_network *net, arrays *a) {
  size_t n = (size_t)net->n * (size_t)net->lanes, nz = (size_t)net->nonzeros * (size_t)net->lanes;
  double *f = malloc(n * sizeof *f), *values = malloc(nz * sizeof *values);
  for (size_t i = 0; i < nz; i++) values[i] = NAN;
  assert_int_equal(tw_network_linearise(net, 1.5, 0.2, a->y, a->yd, f, values), 0);
  assert_int_equal(tw_network_residual(net, 1.5, a->y, a->yd, a->f), 0);
  assert_int_equal(tw_network_jacobian(net, 1.5, 0.2, a->y, a->yd, a->values), 0);
  assert_memory_equal(f, a->f, n * sizeof *f);
  assert_memory_equal(values, a->values, nz * sizeof *values);
  free(f), free(values);
  tw_network_observe(net, 1.5, a->y, a->yd);
}

static void compare_lane(const tw_network *wide, const arrays *w, const tw_network *one, const arrays *o, int lane) {
  same_bits(w->f, o->f, one->n, wide->lanes, lane);
  same_bits(w->values, o->values, one->nonzeros, wide->lanes, lane);
  for (int i = 0; i < one->n_batches; i++) {
    const tw_batch *a = &wide->batches[i], *b = &one->batches[i];
    for (int q = 0; q < b->n_outputs; q++) same_bits(a->out[q], b->out[q], b->n, wide->lanes, lane);
    for (int q = 0; q < TW_B_TERMS; q++) same_bits(a->b[q], b->b[q], b->n, wide->lanes, lane);
    for (int q = 0; q < b->type->n_discrete; q++) same_bits(a->z[q], b->z[q], b->n, wide->lanes, lane);
  }
}

/* A two-lane network with a setting per lane, against one single-lane network with each setting. */
static void lanes_agree(const tw_description *model, const setting settings[2]) {
  tw_diagnostics d = {0};
  tw_network *wide = tw_network_new(model, 2, &d);
  assert_non_null(wide);
  for (int l = 0; l < 2; l++) bench_set(wide, settings[l].path, settings[l].param, l, settings[l].value);
  arrays w = arrays_new(wide);
  tw_network_start(wide, w.y);
  for (int i = 0; i < 2 * wide->n; i++) w.yd[i] = wide->differential[i / 2] ? 1e-3 * random_unit() : 0.0;
  evaluate(wide, &w);
  for (int l = 0; l < 2; l++) {
    tw_network *one = tw_network_new(model, 1, &d);
    bench_set(one, settings[l].path, settings[l].param, -1, settings[l].value);
    arrays o = arrays_new(one);
    tw_network_start(one, o.y);
    same_bits(w.y, o.y, one->n, 2, l);
    for (int i = 0; i < one->n; i++) o.yd[i] = w.yd[2 * i + l];
    evaluate(one, &o);
    compare_lane(wide, &w, one, &o, l);
    arrays_free(&o);
    tw_network_free(one);
  }
  arrays_free(&w);
  tw_network_free(wide);
  tw_diagnostics_free(&d);
}

static void two_lanes_are_two_networks(void **state) {
  (void)state;
  solved_model m;
  bench_build(&m, bench_mixed);
  lanes_agree(m.model, (setting[]){{"gpu", "utilisation", 0.3}, {"r", "R", 5e-3}});
  lanes_agree(m.model, (setting[]){{"p", "state", 1.0}, {"fws", "T_supply", 288.0}}); /* a dead supply in one lane only */
  model_close(&m);
}

static void two_lanes_of_a_rack_are_two_racks(void **state) {
  (void)state;
  solved_model m;
  assert_int_equal(model_open(&m, "racks/gb200-nvl72.xml", NULL, NULL, NULL), 0);
  lanes_agree(m.model, (setting[]){{"shelf[2]", "state", 1.0}, {"cdu", "T_supply", 308.15}});
  lanes_agree(m.model, (setting[]){{"feed-a", "state", 1.0}, {"tray[3].gpu[1]", "utilisation", 0.0}});
  model_close(&m);
}

/* ---- parts of the matrix ------------------------------------------------------------------------------------------------- */

/* The entries of the members, numbered by column; returns their number. */
static int32_t number_entries(const tw_network *net, const bool *in, int32_t *slot_of) {
  int32_t found = 0;
  for (int c = 0; c < net->n; c++)
    for (int32_t k = net->column[c]; k < net->column[c + 1]; k++) slot_of[k] = in[c] && in[net->row_index[k]] ? found++ : -1;
  return found;
}

/* Each part has the bits of the whole, whatever stood there before. */
static void a_part_has_the_entries_of_the_whole(void **state) {
  (void)state;
  solved_model m;
  assert_int_equal(model_open(&m, "racks/gb200-nvl72.xml", NULL, NULL, NULL), 0);
  assert_int_equal(model_solve(&m), 0);
  tw_network *net = m.net;
  size_t n = (size_t)net->n, nz = (size_t)net->nonzeros;
  bool *in = malloc(n * sizeof *in);
  int32_t *slot_of = malloc(nz * sizeof *slot_of);
  double *f = malloc(2 * n * sizeof *f), *values = malloc(2 * nz * sizeof *values), *part = values + nz;
  assert_int_equal(tw_network_linearise(net, 0.0, 0.0, m.y, NULL, f, values), 0);
  for (int third = 0; third < 4; third++) { /* 3: all */
    for (size_t i = 0; i < n; i++) in[i] = third == 3 || i % 3 == (size_t)third;
    int32_t found = number_entries(net, in, slot_of);
    assert_true(found > 0);
    tw_arena *arena = tw_arena_new();
    tw_stamping *to = tw_stamping_of_part(net, arena, in, slot_of, found);
    for (int32_t k = 0; k < found; k++) part[k] = NAN;
    assert_int_equal(tw_network_linearise_in(net, to, 0.0, 0.0, m.y, NULL, f + n, part), 0);
    for (size_t k = 0; k < nz; k++) assert_true(slot_of[k] < 0 || part[slot_of[k]] == values[k]);
    for (size_t i = 0; i < n; i++) assert_true(!in[i] || f[n + i] == f[i]);
    for (int32_t k = 0; k < found; k++) part[k] = NAN;
    assert_int_equal(tw_network_jacobian_in(net, to, 0.0, 0.0, m.y, NULL, part), 0);
    for (size_t k = 0; k < nz; k++) assert_true(slot_of[k] < 0 || part[slot_of[k]] == values[k]);
    tw_arena_free(arena);
  }
  free(in), free(slot_of), free(f), free(values);
  model_close(&m);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(counts_nodes_and_unknowns),
      cmocka_unit_test(pattern_has_every_stamp_and_diagonal),
      cmocka_unit_test(jacobian_is_the_slope_of_the_residual),
      cmocka_unit_test(rack_jacobian_is_the_slope_of_the_residual),
      cmocka_unit_test(a_part_has_the_entries_of_the_whole),
      cmocka_unit_test(two_lanes_are_two_networks),
      cmocka_unit_test(two_lanes_of_a_rack_are_two_racks)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
