#include <ida/ida.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "quadrature.h"
#include "transient.h"

/* IDA 6.4 cannot clear a stop time and keeps it through IDAReInit; every step here sets its own before it starts. */
static const double no_stop = 1e30;
enum { STEPS_MAX = 1000000 };

typedef struct {
  tw_solver *solver;
  void *ida;
  tw_lu *lu; /* its own, and its own values: a steady solution between two steps does no harm */
  double *values;
  SUNMatrix matrix;
  SUNLinearSolver linear_solver;
  SUNNonlinearSolver newton;
  tw_sun_judge judge;
  N_Vector y, yd, id, atol, work1, work2;
  double t;
  int *roots;              /* [n_events] */
  void (*integrand)(void *ctx, double t, const double *y, const double *yd, double *q);
  void *integrand_ctx;
  tw_quadrature integrals;
  long integrated;         /* steps of IDA that are in them */
  tw_transient_stats past; /* until the last restart; residuals, jacobians: all so far */
} integrator;

/* ---- IDA's callbacks: > 0 asks for a shorter step -------------------------------------------------------------------- */

static int ida_residual(sunrealtype t, N_Vector y, N_Vector yd, N_Vector f, void *ida) {
  integrator *x = ida;
  const tw_problem *p = x->solver->p;
  double *fv = N_VGetArrayPointer(f);
  x->past.residuals++;
  if (p->residual(p->ctx, t, N_VGetArrayPointer(y), N_VGetArrayPointer(yd), fv)) return 1;
  return tw_all_finite(p->n, fv) ? 0 : 1;
}

static int ida_jacobian(sunrealtype t, sunrealtype cj, N_Vector y, N_Vector yd, N_Vector f, SUNMatrix a, void *ida,
                        N_Vector work1, N_Vector work2, N_Vector work3) {
  (void)f, (void)a, (void)work1, (void)work2, (void)work3;
  integrator *x = ida;
  const tw_problem *p = x->solver->p;
  x->past.jacobians++;
  if (p->jacobian(p->ctx, t, cj, N_VGetArrayPointer(y), N_VGetArrayPointer(yd), x->values)) return 1;
  return tw_all_finite(p->column[p->n], x->values) ? 0 : 1;
}

static int ida_events(sunrealtype t, N_Vector y, N_Vector yd, sunrealtype *g, void *ida) {
  const tw_problem *p = ((integrator *)ida)->solver->p;
  return p->events(p->ctx, t, N_VGetArrayPointer(y), N_VGetArrayPointer(yd), g);
}

/* ---- life ------------------------------------------------------------------------------------------------------------ */

/* The part of the tolerance that one step may use. The errors of steps add up, and steps of order 4 number as rtol^(-1/5): with
 * it what they leave together follows the tolerance in proportion, from 1e-5 down. */
static double share_of_step(double rtol) { return fmin(1, pow(rtol / 1e-5, 0.2)); }

static bool start_vectors(integrator *x, const double *y, const double *yd, const tw_transient_options *o) {
  const tw_problem *p = x->solver->p;
  N_Vector *vectors[] = {&x->y, &x->yd, &x->id, &x->atol, &x->work1, &x->work2};
  for (size_t k = 0; k < sizeof vectors / sizeof *vectors; k++)
    if (!(*vectors[k] = tw_sun_vector(x->solver->sun, p->n))) return false;
  size_t bytes = (size_t)p->n * sizeof *y;
  memcpy(N_VGetArrayPointer(x->y), y, bytes);
  memcpy(N_VGetArrayPointer(x->yd), yd, bytes);
  for (int i = 0; i < p->n; i++) N_VGetArrayPointer(x->atol)[i] = share_of_step(o->rtol) * o->atol[i];
  for (int i = 0; i < p->n; i++) N_VGetArrayPointer(x->id)[i] = p->differential[i] ? 1 : 0;
  return (x->roots = calloc((size_t)p->n_events + 1, sizeof *x->roots)) != NULL;
}

static bool start_linear_algebra(integrator *x) {
  const tw_problem *p = x->solver->p;
  x->lu = tw_lu_new(p->n, p->column, p->row_index);
  x->values = calloc((size_t)p->column[p->n], sizeof *x->values);
  if (!x->lu || !x->values) return false;
  x->matrix = tw_sun_matrix(x->solver->sun);
  x->linear_solver = tw_sun_linear_solver(x->solver->sun, x->lu, &x->values);
  x->newton = SUNNonlinSol_Newton(x->y, x->solver->sun);
  return x->matrix && x->linear_solver && x->newton;
}

static bool start_ida(integrator *x, const tw_transient_options *o) {
  const tw_problem *p = x->solver->p;
  void *ida = x->ida = IDACreate(x->solver->sun);
  if (!ida) return false;
#if SUNDIALS_VERSION_MAJOR < 7
  if (IDASetErrHandlerFn(ida, tw_sun_silence, NULL)) return false;
#endif
  double rtol = x->judge.rtol = share_of_step(o->rtol) * o->rtol;
  bool ok = !IDASetUserData(ida, x) && !IDAInit(ida, ida_residual, x->t, x->y, x->yd) &&
            !IDASVtolerances(ida, rtol, x->atol) && !IDASetId(ida, x->id) && !IDASetSuppressAlg(ida, SUNTRUE) &&
            !IDASetLinearSolver(ida, x->linear_solver, x->matrix) && !IDASetJacFn(ida, ida_jacobian) &&
            !IDASetNonlinearSolver(ida, x->newton) && tw_sun_judge_each(x->newton, &x->judge) &&
            !IDASetMaxNumSteps(ida, STEPS_MAX);
  if (ok && o->h_max > 0) ok = !IDASetMaxStep(ida, o->h_max);
  if (ok && p->n_events > 0) ok = !IDARootInit(ida, p->n_events, ida_events) && !IDASetNoInactiveRootWarn(ida);
  return ok;
}

static void ida_destroy(void *ida) {
  integrator *x = ida;
  IDAFree(&x->ida);
  if (x->newton) SUNNonlinSolFree(x->newton);
  if (x->linear_solver) SUNLinSolFree(x->linear_solver);
  if (x->matrix) SUNMatDestroy(x->matrix);
  N_Vector vectors[] = {x->y, x->yd, x->id, x->atol, x->work1, x->work2};
  for (size_t k = 0; k < sizeof vectors / sizeof *vectors; k++)
    if (vectors[k]) N_VDestroy(vectors[k]);
  tw_lu_free(x->lu);
  tw_quadrature_free(&x->integrals);
  free(x->values);
  free(x->roots);
  free(x);
}

static void *ida_create(tw_solver *s, double t, const double *y, const double *yd, const tw_transient_options *o) {
  integrator *x = calloc(1, sizeof *x);
  if (!x) return NULL;
  x->solver = s;
  x->t = t;
  x->integrand = o->integrand;
  x->integrand_ctx = o->ctx;
  bool ok = tw_quadrature_new(&x->integrals, o->n_integrals);
  if (ok) tw_quadrature_begin(&x->integrals);
  if (ok && start_vectors(x, y, yd, o) && start_linear_algebra(x) && start_ida(x, o)) return x;
  ida_destroy(x);
  return NULL;
}

static void give(const integrator *x, double *y, double *yd) {
  size_t bytes = (size_t)x->solver->p->n * sizeof *y;
  memcpy(y, N_VGetArrayPointer(x->y), bytes);
  memcpy(yd, N_VGetArrayPointer(x->yd), bytes);
}

/* ---- statistics -------------------------------------------------------------------------------------------------------- */

/* The differential unknown with the largest error of the last step, in units of its tolerance; -1 before the first step. */
static int worst_unknown(integrator *x) {
  const tw_problem *p = x->solver->p;
  if (IDAGetEstLocalErrors(x->ida, x->work1) || IDAGetErrWeights(x->ida, x->work2)) return -1;
  const double *error = N_VGetArrayPointer(x->work1), *weight = N_VGetArrayPointer(x->work2);
  int worst = -1;
  double largest = 0;
  for (int i = 0; i < p->n; i++) {
    if (!p->differential[i] || fabs(error[i] * weight[i]) <= largest) continue;
    largest = fabs(error[i] * weight[i]);
    worst = i;
  }
  return worst;
}

static void ida_statistics(void *ida, tw_transient_stats *s) {
  integrator *x = ida;
  long steps = 0, error_failures = 0, newton_failures = 0;
  IDAGetNumSteps(x->ida, &steps);
  IDAGetNumErrTestFails(x->ida, &error_failures);
  IDAGetNumNonlinSolvConvFails(x->ida, &newton_failures);
  *s = x->past;
  s->steps += steps;
  s->error_failures += error_failures;
  s->newton_failures += newton_failures;
  s->factorisations = tw_lu_factorisations(x->lu);
  s->worst_unknown = steps > 0 ? worst_unknown(x) : -1;
}

/* ---- new start ------------------------------------------------------------------------------------------------------- */

static bool reinitialise(integrator *x, double t, const double *y, const double *yd) {
  size_t bytes = (size_t)x->solver->p->n * sizeof *y;
  memcpy(N_VGetArrayPointer(x->y), y, bytes);
  memcpy(N_VGetArrayPointer(x->yd), yd, bytes);
  tw_lu_forget_pivots(x->lu); /* what follows does not depend on what was before */
  x->t = t;
  x->integrated = 0;
  tw_quadrature_begin(&x->integrals);
  return !IDAReInit(x->ida, t, x->y, x->yd);
}

static bool ida_begin(void *ida, double t, const double *y, const double *yd) {
  integrator *x = ida;
  ida_statistics(x, &x->past);
  x->past.factorisations = 0; /* counted by the factors themselves */
  return reinitialise(x, t, y, yd);
}

bool tw_ida_consistent(void *ida, double t, double step, double *y, double *yd) {
  integrator *x = ida;
  if (!ida_begin(x, t, y, yd) || IDACalcIC(x->ida, IDA_YA_YDP_INIT, t + step)) return false;
  if (IDAGetConsistentIC(x->ida, x->y, x->yd)) return false;
  give(x, y, yd);
  return true;
}

/* ---- steps ----------------------------------------------------------------------------------------------------------- */

/* The integrand at IDA's own point into rate. */
static void rates_at(integrator *x, double t, double *rate) {
  x->integrand(x->integrand_ctx, t, N_VGetArrayPointer(x->y), N_VGetArrayPointer(x->yd), rate);
}

/* Adds the step that IDA has taken, if it has, and tells what came up to `reached`, where y and yd are. */
static void integrate(integrator *x, double reached, double *integral) {
  double end = reached, h = 0;
  long steps = 0;
  int order = 0;
  IDAGetCurrentTime(x->ida, &end);
  IDAGetNumSteps(x->ida, &steps);
  if (steps > x->integrated) {
    IDAGetLastStep(x->ida, &h);
    IDAGetLastOrder(x->ida, &order);
    if (fabs(end - reached) <= tw_time_rounding(end, reached)) {
      rates_at(x, reached, x->integrals.rate);
    } else { /* it was stopped on the way by an event */
      IDAGetDky(x->ida, end, 0, x->work1);
      IDAGetDky(x->ida, end, 1, x->work2);
      x->integrand(x->integrand_ctx, end, N_VGetArrayPointer(x->work1), N_VGetArrayPointer(x->work2), x->integrals.rate);
    }
    tw_quadrature_step(&x->integrals, h, order);
    x->integrated = steps;
  }
  tw_quadrature_tell(&x->integrals, end - reached, integral);
}

/* IDA's steps up to t_stop, or one; where they lead is *reached. */
static int advance(integrator *x, double t_stop, bool one_step, double *reached, double *integral) {
  double internal = x->t;
  IDAGetCurrentTime(x->ida, &internal);
  bool inside = t_stop < internal; /* an event was before the end of IDA's step, and so is the stop: interpolate */
  int flag = IDA_SUCCESS;
  if (x->integrals.n && x->integrated == 0) rates_at(x, x->t, x->integrals.start);
  for (int k = 0; k < STEPS_MAX; k++) {
    IDASetStopTime(x->ida, inside ? no_stop : t_stop);
    flag = IDASolve(x->ida, t_stop, reached, x->y, x->yd, inside ? IDA_NORMAL : IDA_ONE_STEP);
    if (x->integrals.n && flag >= 0) integrate(x, *reached, integral);
    if (flag != IDA_SUCCESS || one_step || inside) return flag;
  }
  return IDA_TOO_MUCH_WORK;
}

static tw_arrival ida_step(void *ida, double t_stop, bool one_step, double *t, double *y, double *yd, int *fired,
                           double *integral) {
  integrator *x = ida;
  const int n_events = x->solver->p->n_events;
  const double rounding = tw_time_rounding(x->t, t_stop); /* IDA starts no step shorter than half of this */
  double reached = x->t;
  for (int k = 0; k < n_events; k++) fired[k] = 0;
  int flag = IDA_SUCCESS;
  if (t_stop - x->t > rounding) flag = advance(x, t_stop, one_step, &reached, integral);
  bool at_stop = reached >= t_stop - rounding;
  x->t = *t = at_stop ? t_stop : reached;
  give(x, y, yd);
  if (flag < 0) return TW_TIME_FAILED;
  if (flag == IDA_ROOT_RETURN) {
    IDAGetRootInfo(x->ida, x->roots);
    for (int k = 0; k < n_events; k++) fired[k] = x->roots[k];
    return TW_AT_EVENT;
  }
  return at_stop ? TW_AT_STOP : TW_AT_STEP;
}

const tw_method tw_ida = {ida_create, ida_destroy, NULL, ida_begin, ida_step, ida_statistics, NULL};
