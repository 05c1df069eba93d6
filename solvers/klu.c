#include "finite.h"
#include "lu.h"

#include <float.h>
#include <klu.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct tw_lu {
  int n;
  int32_t *column, *row_index; /* the caller's: KLU reads them through pointers that are not const */
  double *values;              /* the caller's matrix of the last factorisation, likewise only read */
  klu_common common;
  klu_symbolic *symbolic;
  klu_numeric *numeric;
  bool ready, forget, unproved; /* unproved: factored with old pivots or small ones and not yet tested */
  int singular_unknown, factorisations;
  int64_t fill;
  double *rhs;                 /* [n] work of the backward error, as the next */
  struct { double residual, magnitude; } *row; /* [n] */
};

/* Share of a column's largest entry that a pivot on the diagonal needs. The order of AMD is for the diagonal: KLU's own 1e-3
 * leaves it for 26 to 34 columns of a GB200 rack and fills 1.614 times, where 1e-5 leaves it for 14 to 17 and fills 1.550 times.
 * What small pivots cost in accuracy the backward error tells; then the other is used. */
static const double pivot_for_fill = 1e-5, pivot_for_accuracy = 1e-3;

/* Componentwise backward error (Oettli and Prager 1964) above which pivots have lost the solution: half of the digits. */
static const double backward_error_max = 1e-8;

/* The order of the whole, cut down to the rows and columns of the part, in `rows` and `columns`. False where a row stays whose
 * pivot column goes, or the other way round: then it says nothing about the part. */
static bool order_within(const tw_lu *whole, int n, const int *number, int *rows, int *columns) {
  int *local = malloc((size_t)whole->n * sizeof *local), found = 0;
  bool fits = local != NULL;
  if (!fits) return false;
  for (int i = 0; i < whole->n; i++) local[i] = -1;
  for (int i = 0; i < n; i++) local[number[i]] = i;
  for (int k = 0; k < whole->n && fits; k++) {
    int row = local[whole->symbolic->P[k]], column = local[whole->symbolic->Q[k]];
    fits = (row < 0) == (column < 0);
    if (row < 0 || column < 0) continue;
    rows[found] = row;
    columns[found++] = column;
  }
  free(local);
  return fits;
}

static tw_lu *new_lu(int n, const int32_t *column, const int32_t *row_index) {
  tw_lu *lu = calloc(1, sizeof *lu);
  if (!lu) return NULL;
  lu->n = n;
  lu->column = (int32_t *)(uintptr_t)column;
  lu->row_index = (int32_t *)(uintptr_t)row_index;
  lu->singular_unknown = -1;
  lu->rhs = malloc((size_t)n * sizeof *lu->rhs);
  lu->row = malloc((size_t)n * sizeof *lu->row);
  klu_defaults(&lu->common); /* BTF, AMD, rows scaled by their largest entry, halt when singular */
  if (lu->rhs && lu->row) return lu;
  tw_lu_free(lu);
  return NULL;
}

/* Its own analysis, unless it has one. */
static tw_lu *analysed(tw_lu *lu) {
  if (lu && !lu->symbolic) lu->symbolic = klu_analyze(lu->n, lu->column, lu->row_index, &lu->common);
  if (lu && lu->symbolic) return lu;
  tw_lu_free(lu);
  return NULL;
}

tw_lu *tw_lu_new(int n, const int32_t *column, const int32_t *row_index) { return analysed(new_lu(n, column, row_index)); }

tw_lu *tw_lu_new_within(const tw_lu *whole, const int *number, int n, const int32_t *column, const int32_t *row_index) {
  tw_lu *lu = new_lu(n, column, row_index);
  int *order = malloc(2 * ((size_t)n + 1) * sizeof *order);
  if (lu && order && order_within(whole, n, number, order, order + n)) {
    lu->common.btf = 0; /* the blocks of a part, mostly one, are not worth the search */
    lu->symbolic = klu_analyze_given(n, lu->column, lu->row_index, order, order + n, &lu->common);
    lu->common.btf = 1;
  }
  free(order);
  return analysed(lu);
}

void tw_lu_free(tw_lu *lu) {
  if (!lu) return;
  klu_free_numeric(&lu->numeric, &lu->common);
  klu_free_symbolic(&lu->symbolic, &lu->common);
  free(lu->rhs);
  free(lu->row);
  free(lu);
}

static tw_lu_status singular(tw_lu *lu) {
  int c = lu->common.singular_col;
  lu->singular_unknown = c >= 0 && c < lu->n ? c : -1;
  return TW_LU_SINGULAR;
}

static tw_lu_status factor_with_new_pivots(tw_lu *lu, double tolerance) {
  lu->ready = lu->unproved = false;
  lu->common.tol = tolerance;
  klu_free_numeric(&lu->numeric, &lu->common);
  lu->factorisations++;
  lu->numeric = klu_factor(lu->column, lu->row_index, lu->values, lu->symbolic, &lu->common);
  if (lu->common.status == KLU_SINGULAR) return singular(lu);
  if (!lu->numeric || lu->common.status != KLU_OK) return TW_LU_ERROR;
  lu->ready = true;
  lu->unproved = tolerance < pivot_for_accuracy;
  lu->forget = false;
  /* the unit diagonal of L is not counted: L + U has one diagonal */
  lu->fill = (int64_t)lu->numeric->lnz + lu->numeric->unz - lu->n + lu->numeric->nzoff;
  return TW_LU_OK;
}

tw_lu_status tw_lu_factor(tw_lu *lu, const double *values) {
  lu->values = (double *)(uintptr_t)values;
  lu->singular_unknown = -1;
  if (!tw_all_finite(lu->column[lu->n], values)) {
    lu->ready = false;
    return TW_LU_ERROR;
  }
  if (!lu->numeric || lu->forget) return factor_with_new_pivots(lu, pivot_for_fill);
  lu->factorisations++;
  if (!klu_refactor(lu->column, lu->row_index, lu->values, lu->symbolic, lu->numeric, &lu->common) ||
      lu->common.status != KLU_OK)
    return factor_with_new_pivots(lu, pivot_for_fill);
  lu->ready = lu->unproved = true;
  return TW_LU_OK;
}

void tw_lu_forget_pivots(tw_lu *lu) {
  lu->forget = true;
}

/* max_i |b - A x|_i / (|A||x| + |b|)_i. A row whose terms all are rounding of the others' is measured against the largest
 * term it could have (Arioli, Demmel and Duff, SIAM J. Matrix Anal. Appl. 10 (1989) 165). */
static double backward_error(tw_lu *lu, const double *x, const double *b) {
  double worst = 0, x_peak = 0;
  for (int i = 0; i < lu->n; i++) {
    lu->row[i].residual = b[i];
    lu->row[i].magnitude = fabs(b[i]);
    x_peak = fabs(x[i]) > x_peak ? fabs(x[i]) : x_peak;
  }
  for (int c = 0; c < lu->n; c++)
    for (int k = lu->column[c]; k < lu->column[c + 1]; k++) {
      double ax = lu->values[k] * x[c];
      lu->row[lu->row_index[k]].residual -= ax;
      lu->row[lu->row_index[k]].magnitude += fabs(ax);
    }
  for (int k = 0; k < lu->n; k++) {
    double largest = lu->numeric->Rs[k] * x_peak; /* KLU's scale factor is the row's largest entry, in pivot order */
    double r = lu->row[lu->numeric->Pnum[k]].residual, m = lu->row[lu->numeric->Pnum[k]].magnitude;
    if (!isfinite(m)) return INFINITY;
    if (m <= 1000 * DBL_EPSILON * lu->n * largest) m += largest;
    if (fabs(r) > worst * m) worst = fabs(r) / m;
  }
  return worst;
}

/* A pivot that is next to zero gives no number: KINSOL's line search would not end on it. */
static bool klu_solved(tw_lu *lu, double *b) {
  return klu_solve(lu->symbolic, lu->numeric, lu->n, 1, b, &lu->common) && tw_all_finite(lu->n, b);
}

tw_lu_status tw_lu_solve(tw_lu *lu, double *b) {
  if (!lu->ready) return TW_LU_ERROR;
  if (!lu->unproved) return klu_solved(lu, b) ? TW_LU_OK : TW_LU_ERROR;
  memcpy(lu->rhs, b, (size_t)lu->n * sizeof *b);
  if (klu_solved(lu, b) && backward_error(lu, b, lu->rhs) <= backward_error_max) {
    lu->unproved = false;
    return TW_LU_OK;
  }
  tw_lu_status status = factor_with_new_pivots(lu, pivot_for_accuracy);
  if (status != TW_LU_OK) return status;
  memcpy(b, lu->rhs, (size_t)lu->n * sizeof *b);
  return klu_solved(lu, b) ? TW_LU_OK : TW_LU_ERROR;
}

tw_lu_status tw_lu_solve_transposed(tw_lu *lu, double *b) {
  if (!lu->ready) return TW_LU_ERROR;
  return klu_tsolve(lu->symbolic, lu->numeric, lu->n, 1, b, &lu->common) ? TW_LU_OK : TW_LU_ERROR;
}

double tw_lu_pivot_ratio(const tw_lu *lu, const double *nominal) {
  if (!lu->ready) return 0;
  const double *pivot = lu->numeric->Udiag;
  double least = INFINITY, most = 0;
  for (int k = 0; k < lu->n; k++) {
    double size = fabs(pivot[k]) * nominal[lu->symbolic->Q[k]];
    least = size < least ? size : least;
    most = size > most ? size : most;
  }
  return most > 0 ? least / most : 0;
}

int tw_lu_singular_unknown(const tw_lu *lu) {
  return lu->singular_unknown;
}

int tw_lu_factorisations(const tw_lu *lu) {
  return lu->factorisations;
}

int64_t tw_lu_nonzeros(const tw_lu *lu) {
  return lu->column[lu->n];
}

int64_t tw_lu_fill(const tw_lu *lu) {
  return lu->fill;
}
