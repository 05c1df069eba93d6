#include <stdlib.h>
#include <string.h>

#include "sun.h"

/* ---- the matrix: no numbers of its own, the callbacks fill those that the linear solver reads --------------------------- */

static SUNMatrix_ID matrix_id(SUNMatrix a) {
  (void)a;
  return SUNMATRIX_CUSTOM;
}

/* Every entry is written before it is read. */
static int matrix_zero(SUNMatrix a) {
  (void)a;
  return 0;
}

static void matrix_destroy(SUNMatrix a) { SUNMatFreeEmpty(a); }

SUNMatrix tw_sun_matrix(SUNContext sun) {
  SUNMatrix a = SUNMatNewEmpty(sun);
  if (!a) return NULL;
  a->ops->getid = matrix_id;
  a->ops->destroy = matrix_destroy;
  a->ops->zero = matrix_zero;
  return a;
}

/* ---- the linear solver ----------------------------------------------------------------------------------------------- */

typedef struct {
  tw_lu *lu; /* shared: belongs to the tw_solver */
  double *const *values; /* the caller's pointer to them */
  tw_sun_limit limit;
  void *limit_ctx;
} linear_solver;

static SUNLinearSolver_Type solver_type(SUNLinearSolver s) {
  (void)s;
  return SUNLINEARSOLVER_DIRECT;
}

static SUNLinearSolver_ID solver_id(SUNLinearSolver s) {
  (void)s;
  return SUNLINEARSOLVER_CUSTOM;
}

/* For SUNDIALS a positive value is a failure that a shorter step may cure, a negative one ends the run. */
static int solver_status(tw_lu_status status) {
  return status == TW_LU_OK ? 0 : status == TW_LU_SINGULAR ? SUNLS_LUFACT_FAIL : -1;
}

static int solver_setup(SUNLinearSolver s, SUNMatrix a) {
  (void)a;
  linear_solver *l = s->content;
  return solver_status(tw_lu_factor(l->lu, *l->values));
}

static int solver_solve(SUNLinearSolver s, SUNMatrix a, N_Vector x, N_Vector b, sunrealtype tolerance) {
  (void)a, (void)tolerance;
  linear_solver *l = s->content;
  double *dx = N_VGetArrayPointer(x), *rhs = N_VGetArrayPointer(b);
  memcpy(dx, rhs, (size_t)N_VGetLength(b) * sizeof *dx);
  int status = solver_status(tw_lu_solve(l->lu, dx));
  return status || !l->limit ? status : l->limit(l->limit_ctx, dx, rhs);
}

static int solver_free(SUNLinearSolver s) {
  free(s->content);
  s->content = NULL;
  SUNLinSolFreeEmpty(s);
  return 0;
}

SUNLinearSolver tw_sun_linear_solver(SUNContext sun, tw_lu *lu, double *const *values) {
  SUNLinearSolver s = SUNLinSolNewEmpty(sun);
  linear_solver *l = malloc(sizeof *l);
  if (!s || !l) {
    if (s) SUNLinSolFreeEmpty(s);
    free(l);
    return NULL;
  }
  *l = (linear_solver){lu, values, NULL, NULL};
  s->content = l;
  s->ops->gettype = solver_type;
  s->ops->getid = solver_id;
  s->ops->setup = solver_setup;
  s->ops->solve = solver_solve;
  s->ops->free = solver_free;
  return s;
}

void tw_sun_set_limit(SUNLinearSolver ls, tw_sun_limit limit, void *ctx) {
  linear_solver *l = ls->content;
  l->limit = limit;
  l->limit_ctx = ctx;
}
