/* Inside of this folder: one Newton solver for every use of F(t, y, y') = 0, each a square system G(u) = 0. */
#ifndef TW_NEWTON_H
#define TW_NEWTON_H
#include "finite.h"
#include "lu.h"
#include "solver.h"
#include "sun.h"

typedef enum {
  TW_STEADY, /* u = y, y' = 0 */
  TW_EULER,  /* u = y, y' = cj (y - y0): one implicit Euler step, cj = 1 / dt */
  TW_INITIAL /* u = y of the algebraic unknowns and y' of the differential ones, whose y = y0 is kept */
} tw_use;

typedef struct {
  tw_use use;
  double t, cj;
  const double *y0; /* [n] EULER, INITIAL, lag */
  const bool *held; /* [n] or NULL: u keeps its start value, the row of the same number is left out */
  const double *lag; /* [n] or NULL (STEADY): row i gets lag (u - y0), a storage in the balance of that level */
  double enough;    /* 0, or the worst ratio at which an improvement may stop: then one attempt, no further step */
  tw_damping damping; /* of that attempt */
} tw_system;

struct tw_solver {
  const tw_problem *p;
  tw_lu *lu;
  double *values, *second_values; /* [nonzeros] dG/du, and dF/dy for INITIAL, or else of the known point */
  SUNContext sun;
  SUNMatrix matrix;
  SUNLinearSolver linear_solver;
  void *kinsol;
  N_Vector u_vector, u_scale, f_scale;

  tw_system system;
  double *y, *yd, *zero;    /* arguments of the callbacks; zero stays zero. These and all below are [n] */
  int32_t *left_out;        /* [nonzeros] entries of the rows of what is held: k is 0, ~k, on the diagonal, 1 */
  int n_left_out;
  double *start, *end;      /* u before and after an attempt */
  double *known_u, *known_f; /* the last point where G was evaluated, and G there */
  bool known, linearised;    /* there is such a point; second_values hold its Jacobian */
  bool anticipate;           /* where the residual is wanted, the Jacobian will be */
  double *u, *weight;       /* the iterate of the last Jacobian, and 1 / size of its unknowns */
  double *trial, *trial_f, *trial_step, *expected, *direction, *last_step; /* of the damping */
  double last_norm, last_step_norm, last_lambda; /* last_lambda 0: no step yet */
  int residuals, jacobians;
  bool callback_failed;     /* the last Jacobian */
};

/* The system to be solved, from now on. */
void tw_system_set(tw_solver *s, const tw_system *system);
/* G(u) and dG/du (into s->values). 0, or nonzero when a callback failed or gave a number that is not finite. */
int tw_system_residual(tw_solver *s, const double *u, double *f);
int tw_system_jacobian(tw_solver *s, const double *u);
bool tw_system_bounded(const tw_solver *s, int i); /* lo, hi hold for u[i]: neither held nor a rate */
/* Largest |f| / tolerance and its row (row may be NULL). */
double tw_worst_ratio(const tw_problem *p, const double *f, int *row);
/* Whether each row of G(u) is within its tolerance, or within twice what the rounding of the unknowns moves it by: where a row has
 * slopes so large, no u comes nearer. f, rounding: [n] of work. */
bool tw_within_rounding(tw_solver *s, const double *u, double *f, double *rounding);

/* Solves the system from u in place and fills r. What it returns does not depend on what was solved before. */
tw_outcome tw_solve_system(tw_solver *s, const tw_system *system, double *u, int max_iterations, tw_report *r);

/* Algebraic unknowns at held differential ones, from afar, y in place: levels settle as if each balance stored something, and as if
 * flows had inertia where that is asked for. */
tw_outcome tw_settle(tw_solver *s, double t, double *y, bool inertia, int newton_at_end, tw_report *r);

/* Step limits for tw_sun_set_limit, ctx is the tw_solver; rhs follows the length of dx as KINSOL's slope needs it. */
int tw_limit_to_bounds(void *solver, double *dx, double *rhs);
int tw_limit_by_natural_level(void *solver, double *dx, double *rhs);

double tw_seconds(void); /* of a monotonic clock */
void tw_report_begin(const tw_solver *s, tw_report *r); /* counters as they stand; tw_report_end makes them differences */
void tw_report_end(const tw_solver *s, tw_report *r);
#endif
