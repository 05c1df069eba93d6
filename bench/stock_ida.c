#include "stock_ida.h"

#include <ida/ida.h>
#include <math.h>
#include <nvector/nvector_serial.h>
#include <stdlib.h>
#include <string.h>
#include <sundials/sundials_context.h>
#include <sunlinsol/sunlinsol_klu.h>
#include <sunmatrix/sunmatrix_sparse.h>

struct tw_stock {
  const tw_problem *p;
  SUNContext sun;
  void *ida;
  N_Vector y, yd, id, atol;
  SUNMatrix matrix;
  SUNLinearSolver linear_solver;
  long residuals, jacobians, steps_before;
};

static int residual(sunrealtype t, N_Vector y, N_Vector yd, N_Vector f, void *ctx) {
  tw_stock *x = ctx;
  x->residuals++;
  return x->p->residual(x->p->ctx, t, N_VGetArrayPointer(y), N_VGetArrayPointer(yd), N_VGetArrayPointer(f)) ? 1 : 0;
}

static void fill_pattern(const tw_problem *p, SUNMatrix a) {
  for (int c = 0; c <= p->n; c++) SM_INDEXPTRS_S(a)[c] = p->column[c];
  for (int k = 0; k < p->column[p->n]; k++) SM_INDEXVALS_S(a)[k] = p->row_index[k];
}

static int jacobian(sunrealtype t, sunrealtype cj, N_Vector y, N_Vector yd, N_Vector f, SUNMatrix a, void *ctx, N_Vector w1,
                    N_Vector w2, N_Vector w3) {
  (void)f, (void)w1, (void)w2, (void)w3;
  tw_stock *x = ctx;
  x->jacobians++;
  fill_pattern(x->p, a);
  return x->p->jacobian(x->p->ctx, t, cj, N_VGetArrayPointer(y), N_VGetArrayPointer(yd), SM_DATA_S(a)) ? 1 : 0;
}

static int events(sunrealtype t, N_Vector y, N_Vector yd, sunrealtype *g, void *ctx) {
  const tw_problem *p = ((tw_stock *)ctx)->p;
  return p->events(p->ctx, t, N_VGetArrayPointer(y), N_VGetArrayPointer(yd), g);
}

static void set(N_Vector v, const double *from, int n) { memcpy(N_VGetArrayPointer(v), from, (size_t)n * sizeof *from); }

tw_stock *tw_stock_new(const tw_problem *p, const double *y, const double *yd, const tw_transient_options *o) {
  tw_stock *x = calloc(1, sizeof *x);
  if (!x || SUNContext_Create(NULL, &x->sun)) abort();
  x->p = p;
  x->y = N_VNew_Serial(p->n, x->sun);
  x->yd = N_VNew_Serial(p->n, x->sun);
  x->id = N_VNew_Serial(p->n, x->sun);
  x->atol = N_VNew_Serial(p->n, x->sun);
  x->matrix = SUNSparseMatrix(p->n, p->n, p->column[p->n], CSC_MAT, x->sun);
  set(x->y, y, p->n), set(x->yd, yd, p->n), set(x->atol, o->atol, p->n);
  for (int i = 0; i < p->n; i++) N_VGetArrayPointer(x->id)[i] = p->differential[i] ? 1 : 0;
  fill_pattern(p, x->matrix);
  x->linear_solver = SUNLinSol_KLU(x->y, x->matrix, x->sun);
  x->ida = IDACreate(x->sun);
  bool ok = !IDASetUserData(x->ida, x) && !IDAInit(x->ida, residual, 0, x->y, x->yd) &&
            !IDASVtolerances(x->ida, o->rtol, x->atol) && !IDASetId(x->ida, x->id) && !IDASetSuppressAlg(x->ida, SUNTRUE) &&
            !IDASetLinearSolver(x->ida, x->linear_solver, x->matrix) && !IDASetJacFn(x->ida, jacobian) && !IDASetMaxNumSteps(x->ida, 1000000) && !IDASetMaxStep(x->ida, o->h_max);
  if (ok && p->n_events) ok = !IDARootInit(x->ida, p->n_events, events) && !IDASetNoInactiveRootWarn(x->ida);
  if (ok) return x;
  tw_stock_free(x);
  return NULL;
}

void tw_stock_free(tw_stock *x) {
  if (!x) return;
  IDAFree(&x->ida);
  SUNLinSolFree(x->linear_solver);
  SUNMatDestroy(x->matrix);
  N_VDestroy(x->y), N_VDestroy(x->yd), N_VDestroy(x->id), N_VDestroy(x->atol);
  SUNContext_Free(&x->sun);
  free(x);
}

void tw_stock_begin(tw_stock *x, double t, const double *y, const double *yd) {
  long steps = 0;
  IDAGetNumSteps(x->ida, &steps);
  x->steps_before += steps;
  set(x->y, y, x->p->n), set(x->yd, yd, x->p->n);
  if (IDAReInit(x->ida, t, x->y, x->yd)) abort();
}

tw_arrival tw_stock_step(tw_stock *x, double t_stop, double *t, double *y, double *yd, int *fired) {
  size_t bytes = (size_t)x->p->n * sizeof *y;
  double internal = 0;
  IDAGetCurrentTime(x->ida, &internal);
  IDASetStopTime(x->ida, t_stop < internal ? 1e30 : t_stop); /* an event was inside the last step, and so is the stop */
  int flag = IDASolve(x->ida, t_stop, t, x->y, x->yd, IDA_NORMAL);
  memcpy(y, N_VGetArrayPointer(x->y), bytes);
  memcpy(yd, N_VGetArrayPointer(x->yd), bytes);
  if (flag < 0) return TW_TIME_FAILED;
  if (flag != IDA_ROOT_RETURN) return TW_AT_STOP;
  IDAGetRootInfo(x->ida, fired);
  return TW_AT_EVENT;
}

void tw_stock_statistics(tw_stock *x, tw_transient_stats *s) {
  *s = (tw_transient_stats){.residuals = x->residuals, .jacobians = x->jacobians, .factorisations = x->jacobians};
  IDAGetNumSteps(x->ida, &s->steps);
  s->steps += x->steps_before;
}
