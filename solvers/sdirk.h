/* Inside of this folder: the two stages of one SDIRK step and the matrices that they are solved with. */
#ifndef TW_SDIRK_STAGES_H
#define TW_SDIRK_STAGES_H
#include "transient.h"

/* Diagonal of the two-stage method, 1 - sqrt(1/2): L-stable and of order 2 (Alexander, SIAM J. Numer. Anal. 14 (1977) 1006).
 *     Y1 = y + h g k1             F(t + g h, Y1, k1) = 0
 *     Y2 = y + h (1 - g) k1 + h g k2   F(t + h, Y2, k2) = 0      y(t + h) = Y2, so that algebraic rows hold at every step */
#define TW_SDIRK_GAMMA 0.29289321881345247560

/* dF/dy + cj dF/dy' of some earlier point, and its factors. */
typedef struct {
  double cj;
  double *values;
  tw_lu *lu;
  double contraction;         /* of the corrections, largest of late; 1: not known yet */
  int unmeasured;             /* stages since it was measured */
  int spent;                  /* by the starts: corrections that a newer one might have saved */
  bool ready, fresh;          /* fresh: of the present step or start */
  long used;                  /* number of the step that last used it */
} tw_sdirk_matrix;

enum { TW_SDIRK_MATRICES = 8 };

typedef struct {
  const tw_problem *p;
  double rtol, *atol, enough; /* enough: correction at which Newton stops, in units of the tolerance */
  tw_sdirk_matrix matrices[TW_SDIRK_MATRICES], initial; /* initial: of the consistent starts */
  double last_cj;             /* of the last step */
  double *y, *k;              /* [n], as all below: the last point reached, and y' there, which only predicts */
  double *y1, *k1, *y2, *k2;  /* the stages of the step that is tried; divided differences for the algebraic unknowns */
  double *rate;               /* change of k per second in the last step, for the prediction of the next */
  double *f, *weight;         /* weight: 1 / (rtol |y| + atol) at the step's start */
  double *trial_y, *trial_k, *kept_y, *kept_k; /* points within a step */
  int worst;                  /* unknown with the largest error of the last step, -1: none yet */
  tw_transient_stats n;
} tw_sdirk_stages;

bool tw_sdirk_stages_new(tw_sdirk_stages *s, const tw_problem *p, const tw_transient_options *o); /* free it also after false */
void tw_sdirk_stages_free(tw_sdirk_stages *s);
/* A new start at y with the rates yd. The matrices stay: they only carry Newton's method, and it tells when they no longer do. */
void tw_sdirk_begin(tw_sdirk_stages *s, const double *y, const double *yd);
/* y of the algebraic unknowns and y' of the differential ones at t by the matrix of an earlier start: every row within its
 * tolerance, every unknown within its bounds. False when that is not to be had near by; y, yd are then no longer of use. */
bool tw_sdirk_consistent(tw_sdirk_stages *s, double t, double *y, double *yd);

/* Solves both stages of a step of h from y at t. False: a callback failed, a matrix is singular or Newton does not contract. */
bool tw_sdirk_solve(tw_sdirk_stages *s, double t, double h);
/* Error of the stages solved last, largest over the differential unknowns in units of rtol |y| + atol. An embedded formula of
 * order 1 differs by c h (k2 - k1) whatever its c. Here c is such that for y' = -y / tau it is the error that all steps of
 * one tau leave in y, 0.0404 (h / tau)^2: the tolerance is then one of the solution, not of a step, and errors follow it in
 * proportion. */
double tw_sdirk_error(tw_sdirk_stages *s, double h);
/* The point at `share` of the step of h solved last, into the trial: differential unknowns by the parabola through both ends with
 * the slope of the later one, the others by that through the stages. */
void tw_sdirk_between(tw_sdirk_stages *s, double h, double share);
/* The same, with the algebraic unknowns and the rates made consistent, unless there is no consistent point near by. */
void tw_sdirk_between_exactly(tw_sdirk_stages *s, double t, double h, double share);
void tw_sdirk_keep(tw_sdirk_stages *s);              /* the trial becomes the one that is kept */
void tw_sdirk_accept(tw_sdirk_stages *s, double h);  /* y = Y2, k = k2 */
void tw_sdirk_accept_kept(tw_sdirk_stages *s, double h);
#endif
