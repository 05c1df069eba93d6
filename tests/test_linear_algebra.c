#include <math.h>

#include "../solvers/sun.h"
#include "support/small_problem.h"

/* ---- LU -------------------------------------------------------------------------------------------------------------- */

static const int32_t full_column[] = {0, 3, 6, 9}, full_row[] = {0, 1, 2, 0, 1, 2, 0, 1, 2};

static void solve(tw_lu *lu, const double *a, double *x) {
  x[0] = 1.1, x[1] = -0.7, x[2] = 2.3;
  assert_int_equal(tw_lu_factor(lu, a), TW_LU_OK);
  assert_int_equal(tw_lu_solve(lu, x), TW_LU_OK);
  double b[3] = {-1.1, 0.7, -2.3};
  for (int c = 0; c < 3; c++)
    for (int r = 0; r < 3; r++) b[r] += a[3 * c + r] * x[c];
  for (int r = 0; r < 3; r++) assert_within(b[r], 0, 1e-12);
}

/* By columns. The diagonal serves for `easy`; for the others its pivots vanish or grow without limit. */
static const double easy[] = {5, 1, 0.3, 1, 7, 0.2, 0.1, 0.4, 3};
static const double zero_pivot[] = {0, 1, 0.3, 1, 0, 0.2, 0.1, 0.4, 3};
static const double tiny_pivot[] = {1e-11, 1, 0.3, 1, 1e-11, 0.2, 0.1, 0.4, 1e-11};

static void old_pivots_are_left_when_they_fail(void **state) {
  (void)state;
  static const double *const second[] = {zero_pivot, tiny_pivot};
  for (int k = 0; k < 2; k++) {
    double x[3];
    tw_lu *lu = tw_lu_new(3, full_column, full_row);
    solve(lu, easy, x);
    solve(lu, second[k], x);
    assert_true(tw_lu_factorisations(lu) == 3);
    assert_int_equal(tw_lu_singular_unknown(lu), -1);
    tw_lu_free(lu);
  }
}

static void old_pivots_are_kept_while_they_serve(void **state) {
  (void)state;
  double x[3], y[3], fresh[3];
  tw_lu *lu = tw_lu_new(3, full_column, full_row), *other = tw_lu_new(3, full_column, full_row);
  solve(lu, zero_pivot, x);
  solve(lu, easy, x);
  assert_int_equal(tw_lu_factorisations(lu), 2);
  tw_lu_forget_pivots(lu);
  solve(lu, easy, y);
  solve(other, easy, fresh);
  assert_memory_equal(y, fresh, sizeof y);
  assert_memory_not_equal(x, fresh, sizeof x); /* this matrix shows the difference */
  tw_lu_free(lu);
  tw_lu_free(other);
}

static void values_must_be_finite(void **state) {
  (void)state;
  double a[9], x[3];
  for (int k = 0; k < 9; k++) a[k] = easy[k];
  a[4] = NAN;
  tw_lu *lu = tw_lu_new(3, full_column, full_row);
  assert_int_equal(tw_lu_factor(lu, a), TW_LU_ERROR);
  assert_int_equal(tw_lu_solve(lu, x), TW_LU_ERROR);
  solve(lu, easy, x);
  tw_lu_free(lu);
}

static void the_transposed(void **state) {
  (void)state;
  double x[3], t[3] = {1.1, -0.7, 2.3};
  tw_lu *lu = tw_lu_new(3, full_column, full_row);
  solve(lu, easy, x);
  assert_int_equal(tw_lu_solve_transposed(lu, t), TW_LU_OK);
  static const double b[] = {1.1, -0.7, 2.3};
  for (int c = 0; c < 3; c++) assert_within(easy[3 * c] * t[0] + easy[3 * c + 1] * t[1] + easy[3 * c + 2] * t[2], b[c], 1e-13);
  tw_lu_free(lu);
}

/* ---- vectors ----------------------------------------------------------------------------------------------------------- */

static N_Vector vector(SUNContext sun, int n, double phase) {
  N_Vector v = tw_sun_vector(sun, n);
  assert_non_null(v);
  for (int i = 0; i < n; i++) NV_Ith_S(v, i) = sin(phase + i) + 1.5 * cos(0.3 * i);
  return v;
}

static void vector_operations(void **state) {
  (void)state;
  static const int lengths[] = {1, 7, 8, 9, 511, 512, 513, 1201};
  SUNContext sun;
  assert_int_equal(SUNContext_Create(TW_NO_COMMUNICATOR, &sun), 0);
  for (size_t k = 0; k < sizeof lengths / sizeof *lengths; k++) {
    int n = lengths[k];
    N_Vector x = vector(sun, n, 0), y = vector(sun, n, 1), w = vector(sun, n, 2), id = vector(sun, n, 3), z = N_VClone(x);
    double square = 0, masked = 0, product = 0, peak = 0;
    for (int i = 0; i < n; i++) {
      NV_Ith_S(id, i) = i % 3 ? 1 : 0;
      double t = NV_Ith_S(x, i) * NV_Ith_S(w, i);
      square += t * t;
      if (i % 3) masked = fmax(masked, fabs(t));
      product += t;
      peak = fmax(peak, fabs(NV_Ith_S(x, i)));
    }
    assert_near(N_VWrmsNorm(x, w), sqrt(square / n), 1e-14);
    assert_near(N_VWL2Norm(x, w), sqrt(square), 1e-14);
    assert_near(N_VWrmsNormMask(x, w, id), masked, 0);
    assert_true(fabs(N_VDotProd(x, w) - product) <= 1e-14 * square + 1e-14 * n);
    assert_true(N_VMaxNorm(x) == peak);
    N_VDiv(x, y, z);
    for (int i = 0; i < n; i++) assert_true(NV_Ith_S(z, i) == NV_Ith_S(x, i) / NV_Ith_S(y, i));
    N_VLinearSum(2, x, -3, y, z);
    for (int i = 0; i < n; i++) assert_true(NV_Ith_S(z, i) == 2 * NV_Ith_S(x, i) - 3 * NV_Ith_S(y, i));
    N_VProd(x, y, z);
    for (int i = 0; i < n; i++) assert_true(NV_Ith_S(z, i) == NV_Ith_S(x, i) * NV_Ith_S(y, i));
    N_VAbs(x, z);
    for (int i = 0; i < n; i++) assert_true(NV_Ith_S(z, i) == fabs(NV_Ith_S(x, i)));
    N_VInv(x, z);
    for (int i = 0; i < n; i++) assert_true(NV_Ith_S(z, i) == 1 / NV_Ith_S(x, i));
    N_VConst(0.25, z);
    for (int i = 0; i < n; i++) assert_true(NV_Ith_S(z, i) == 0.25);
    double least = NV_Ith_S(x, 0);
    for (int i = 0; i < n; i++) least = fmin(least, NV_Ith_S(x, i));
    assert_true(N_VMin(x) == least);
    N_VScale(4, x, z);
    for (int i = 0; i < n; i++) assert_true(NV_Ith_S(z, i) == 4 * NV_Ith_S(x, i));
    double c[] = {0.5, -1, 2};
    N_Vector terms[] = {z, y, w}; /* the sum lands in its first term */
    assert_int_equal(N_VLinearCombination(3, c, terms, z), 0);
    for (int i = 0; i < n; i++) assert_true(NV_Ith_S(z, i) == 2 * NV_Ith_S(x, i) - NV_Ith_S(y, i) + 2 * NV_Ith_S(w, i));
    N_VLinearSum(1, x, 1, y, x); /* in place */
    for (int i = 0; i < n; i++) assert_within(NV_Ith_S(x, i), sin(i) + sin(1.0 + i) + 3 * cos(0.3 * i), 1e-14);
    N_Vector all[] = {x, y, w, id, z};
    for (int i = 0; i < 5; i++) N_VDestroy(all[i]);
  }
  SUNContext_Free(&sun);
}

/* ---- a part of a matrix ------------------------------------------------------------------------------------------------ */

enum { WHOLE = 60 };
typedef struct { int n; int32_t column[WHOLE + 1], row[WHOLE * 5]; double value[WHOLE * 5]; } sparse;

/* Entry (row, column) of a matrix in five bands; `turned`: the rows in reverse order, so that no pivot lies on the diagonal. */
static bool entry(int row, int column, bool turned, double *value) {
  int i = turned ? WHOLE - 1 - row : row, far = abs(i - column);
  *value = far ? 1.0 / (i + 2.0 * column + 3.0) : 4.0 + column % 5;
  return far == 0 || far == 1 || far == 7;
}

/* Rows and columns of the numbers in `number`. */
static void cut(sparse *a, int n, const int *number, bool turned) {
  a->n = n;
  a->column[0] = 0;
  for (int c = 0; c < n; c++) {
    a->column[c + 1] = a->column[c];
    for (int r = 0; r < n; r++)
      if (entry(number[r], number[c], turned, &a->value[a->column[c + 1]])) a->row[a->column[c + 1]++] = r;
  }
}

static void solve_part(const tw_lu *whole, const sparse *a, const int *number) {
  double x[WHOLE], left[WHOLE], size[WHOLE];
  tw_lu *part = tw_lu_new_within(whole, number, a->n, a->column, a->row);
  assert_non_null(part);
  for (int i = 0; i < a->n; i++) x[i] = left[i] = size[i] = sin(i + 1.0);
  assert_int_equal(tw_lu_factor(part, a->value), TW_LU_OK);
  assert_int_equal(tw_lu_solve(part, x), TW_LU_OK);
  for (int c = 0; c < a->n; c++)
    for (int k = a->column[c]; k < a->column[c + 1]; k++) {
      left[a->row[k]] -= a->value[k] * x[c];
      size[a->row[k]] = fabs(size[a->row[k]]) + fabs(a->value[k] * x[c]);
    }
  for (int i = 0; i < a->n; i++) assert_within(left[i], 0, 1e-8 * size[i]); /* the backward error that small pivots may leave */
  tw_lu_free(part);
}

/* The order of the whole serves for a part; where it pairs a row of the part with a column outside (25 and 33 with 34 and 26,
 * turned), the part is analysed by itself. */
static void a_part_by_the_order_of_the_whole(void **state) {
  (void)state;
  for (int turned = 0; turned < 2; turned++) {
    sparse a, b;
    int number[WHOLE], n = 0;
    for (int i = 0; i < WHOLE; i++) number[i] = i;
    cut(&a, WHOLE, number, turned);
    tw_lu *whole = tw_lu_new(a.n, a.column, a.row);
    for (int i = 0; i < WHOLE; i++)
      if (i % 10 < 3 || i % 10 > 6) number[n++] = i;
    cut(&b, n, number, turned);
    solve_part(whole, &b, number);
    number[n++] = 25, number[n++] = 33;
    cut(&b, n, number, turned);
    solve_part(whole, &b, number);
    tw_lu_free(whole);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(old_pivots_are_left_when_they_fail),
      cmocka_unit_test(old_pivots_are_kept_while_they_serve),
      cmocka_unit_test(values_must_be_finite),
      cmocka_unit_test(the_transposed),
      cmocka_unit_test(vector_operations),
      cmocka_unit_test(a_part_by_the_order_of_the_whole),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
