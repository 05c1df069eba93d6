/* Sparse LU of one pattern, many matrices (KLU; Davis and Palamadai Natarajan, ACM TOMS 37 (2010) 36): block triangular form and
 * AMD once, pivots chosen by the first factorisation, kept by the next ones as long as they serve. */
#ifndef TW_LU_H
#define TW_LU_H
#include <stdbool.h>
#include <stdint.h>

typedef struct tw_lu tw_lu;
typedef enum { TW_LU_OK, TW_LU_SINGULAR, TW_LU_ERROR } tw_lu_status; /* ERROR: out of memory, or a value that is not finite */

/* The pattern belongs to the caller and outlives the factors. NULL: out of memory or not a CSC pattern. */
tw_lu *tw_lu_new(int n, const int32_t *column, const int32_t *row_index);
/* The same for some columns of `whole`, number[n], and the rows of these numbers, by its order where that pairs them with each
 * other: for less than an analysis of its own. */
tw_lu *tw_lu_new_within(const tw_lu *whole, const int *number, int n, const int32_t *column, const int32_t *row_index);
void tw_lu_free(tw_lu *lu);

/* Factors; `values` must stay as they are until the last tw_lu_solve with these factors. */
tw_lu_status tw_lu_factor(tw_lu *lu, const double *values);
/* The next tw_lu_factor chooses its pivots anew: its result then does not depend on what was factored before. */
void tw_lu_forget_pivots(tw_lu *lu);
/* b becomes A^-1 b. The first solution after a factorisation with old pivots is tested by its backward error; when that is
 * large the matrix is factored again with new pivots. */
tw_lu_status tw_lu_solve(tw_lu *lu, double *b);
tw_lu_status tw_lu_solve_transposed(tw_lu *lu, double *b); /* b becomes A^-T b */

/* Least over largest pivot of the last factors, rows by their largest entry and columns in units of `nominal`: a cheap sign of
 * a matrix near to singular. 0 without factors. */
double tw_lu_pivot_ratio(const tw_lu *lu, const double *nominal);

int tw_lu_singular_unknown(const tw_lu *lu);   /* column without a pivot in the last singular factorisation, or -1 */
int tw_lu_factorisations(const tw_lu *lu);     /* so far */
int64_t tw_lu_nonzeros(const tw_lu *lu);       /* of the matrix */
int64_t tw_lu_fill(const tw_lu *lu);           /* of L + U with the blocks above the diagonal, last numbers known */
#endif
