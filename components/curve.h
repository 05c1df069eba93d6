/* A tabulated function y(x), x strictly increasing, SI units: catalogue curves of parts.
 * Slopes are made once by tw_curve_prepare; evaluation has no state. */
#ifndef TW_CURVE_H
#define TW_CURVE_H
#include "smooth.h"

typedef enum { TW_CURVE_LINEAR, TW_CURVE_MONOTONE_CUBIC } tw_curve_rule;
/* Beyond the ends: hold the end value (a cubic turns into it within 1e-3 of its span, C1), go on with the end slope, or
 * refuse: the kernel then goes on linearly so that Newton can pass, and the twin refuses a solution that rests on it. It finds out
 * with a copy of the curve of kind PROBE, which is the same inside its points and far off beyond them. */
typedef enum { TW_BEYOND_HOLD, TW_BEYOND_LINEAR, TW_BEYOND_REFUSE, TW_BEYOND_PROBE } tw_curve_beyond;

typedef struct tw_curve {
  int n;                 /* points, >= 1 */
  double *x, *y;         /* [n], x strictly increasing */
  double *slope;         /* [n], dy/dx at the points (monotone cubic only), filled by tw_curve_prepare */
  tw_curve_rule rule;
  tw_curve_beyond beyond;
} tw_curve;

/* Fills c->slope (storage of n doubles, owned by the caller) by the Fritsch-Carlson limiter, so that the cubic has no
 * extremum between points (SIAM J. Numer. Anal. 17 (1980) 238).
 * Returns 0, or k+1 where x[k] >= x[k+1] or a value is not finite. */
int tw_curve_prepare(tw_curve *c);

/* y and dy/dx at x. */
#define tw_curve_at TW_SYM(tw_curve_at)
tw_vd tw_curve_at(const tw_curve *c, tw_real x);

/* Exact integral of y from the first point to x; d is y(x). */
#define tw_curve_integral TW_SYM(tw_curve_integral)
tw_vd tw_curve_integral(const tw_curve *c, tw_real x);
#endif
