/* Times of the pieces of one Newton iteration, for benchmarks: what a solve cannot be faster than. */
#include <stdlib.h>
#include <string.h>
#include "newton.h"

bool tw_solver_floor(tw_solver *s, double t, const double *y, const bool *held, int repeats, tw_floor *f) {
  const tw_problem *p = s->p;
  double began;
  *f = (tw_floor){0};
  began = tw_seconds();
  for (int k = 0; k < repeats; k++) p->residual(p->ctx, t, y, s->zero, s->trial_f);
  f->residual = (tw_seconds() - began) / repeats;
  began = tw_seconds();
  for (int k = 0; k < repeats; k++) p->jacobian(p->ctx, t, 0.0, y, s->zero, s->values);
  f->jacobian = (tw_seconds() - began) / repeats;
  if (!tw_linearise(s, t, y, held)) return false;
  began = tw_seconds();
  for (int k = 0; k < repeats; k++)
    if (tw_lu_factor(s->lu, s->values) != TW_LU_OK) return false;
  f->refactor = (tw_seconds() - began) / repeats;
  began = tw_seconds();
  for (int k = 0; k < repeats; k++) {
    memcpy(s->trial, s->trial_f, (size_t)p->n * sizeof(double));
    if (tw_lu_solve(s->lu, s->trial) != TW_LU_OK) return false;
  }
  f->solve = (tw_seconds() - began) / repeats;
  tw_lu_forget_pivots(s->lu);
  return true;
}
