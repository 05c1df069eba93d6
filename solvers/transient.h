/* Inside of this folder: what tw_transient asks of a method that integrates in time. */
#ifndef TW_TRANSIENT_H
#define TW_TRANSIENT_H
#include "newton.h"

typedef struct {
  /* NULL: out of memory. The tw_solver outlives it. */
  void *(*create)(tw_solver *s, double t, const double *y, const double *yd, const tw_transient_options *o);
  void (*destroy)(void *method);
  /* NULL, or a quick way to a consistent point from one near by: false when there is none, y and yd are then spoilt. */
  bool (*consistent)(void *method, double t, double *y, double *yd);
  /* Begins anew at a consistent point. */
  bool (*begin)(void *method, double t, const double *y, const double *yd);
  /* As tw_transient_step; what came of the integrals is added to integral[n_integrals]. */
  tw_arrival (*step)(void *method, double t_stop, bool one_step, double *t, double *y, double *yd, int *fired, double *integral);
  void (*statistics)(void *method, tw_transient_stats *s);
  const double *(*passed)(const void *method); /* NULL, or as tw_transient_passed */
} tw_method;

extern const tw_method tw_ida, tw_sdirk;

/* IDACalcIC: y of the algebraic and y' of the differential unknowns by a line search over both; `step`: length of the first
 * step that is thought of [s]. False when it fails. */
bool tw_ida_consistent(void *ida, double t, double step, double *y, double *yd);

/* Shortest distance that is not rounding between two times. */
double tw_time_rounding(double a, double b);
#endif
