/* Inside of this folder: integrals beside a solution by backward differentiation, by the formula that gave the solution.
 *
 * IDA's step of length h and order k (Jackson and Sacks-Davis, ACM TOMS 6 (1980) 295, fixed leading coefficient): with w the
 * polynomial through the last k + 1 points, y' at the new one is w' + c (y - w), c = (1 + 1/2 .. + 1/k) / h. The same for an
 * integral q with q' known is q = w + (q' - w') / c. So what is a linear function of y for all rates stays the same one of y and
 * q: energy that is stored linearly is what came in less what went out, within what Newton's method leaves, at any tolerance. The
 * first step of all begins as IDA's does, with a point before the start on the line of its slope. */
#ifndef TW_QUADRATURE_H
#define TW_QUADRATURE_H
#include <stdbool.h>

enum { TW_BDF_ORDER = 5, TW_BDF_POINTS = TW_BDF_ORDER + 2 };

typedef struct {
  int n, order;                      /* integrals; order of the last step, 0 before the first */
  double t[TW_BDF_POINTS];           /* the last one first, from which all are counted: steps may be below the rounding of time */
  double *q[TW_BDF_POINTS];          /* [n] there */
  double *start, *rate, *given;      /* [n] rates at the start and at the point to come; what has been told */
  double *block;
} tw_quadrature;

bool tw_quadrature_new(tw_quadrature *s, int n); /* false: out of memory; free it also then */
void tw_quadrature_free(tw_quadrature *s);
/* Before the first step s->start is to be filled. */
void tw_quadrature_begin(tw_quadrature *s);
/* A step of h and that order; s->rate is filled. */
void tw_quadrature_step(tw_quadrature *s, double h, int order);
/* Adds to integral[n] what came since the last call, up to `back` before the end of the last step. */
void tw_quadrature_tell(tw_quadrature *s, double back, double *integral);
#endif
