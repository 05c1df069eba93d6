/* Numbers: a residual F(t, y, y') = 0 with a sparse Jacobian, and the three things done with it.
 * Knows nothing of racks. SUNDIALS and SuiteSparse headers appear in the .c files of this folder only. */
#ifndef TW_SOLVER_H
#define TW_SOLVER_H
#include <stdbool.h>
#include <stdint.h>

/* n unknowns, n rows; row i and unknown i need not belong together. All arrays belong to the caller. */
typedef struct tw_problem {
  int n;
  void *ctx;
  const int32_t *column, *row_index;  /* CSC pattern of dF/dy + cj dF/dy': column[n+1], row_index[column[n]], rows sorted */
  const double *nominal;              /* [n] typical size of each unknown, > 0 */
  const double *tolerance;            /* [n] residual at which each row is met, in the row's own unit, > 0 */
  const double *lo, *hi;              /* [n] physical bounds: a Newton iterate is kept inside */
  const bool *differential;           /* [n] the unknown's rate appears (used by tw_transient) */
  int n_levels;                       /* row i < n_levels is a balance, positive where the level i gives: a storage there is C dy/dt */
  int (*residual)(void *ctx, double t, const double *y, const double *yd, double *f);   /* 0 on success */
  int (*jacobian)(void *ctx, double t, double cj, const double *y, const double *yd, double *values);
  /* NULL, or both in one pass for little more than either; 0 when the residual is finite, whatever the Jacobian is */
  int (*linearise)(void *ctx, double t, double cj, const double *y, const double *yd, double *f, double *values);
  int n_events;                       /* root functions */
  int (*events)(void *ctx, double t, const double *y, const double *yd, double *g);
  const bool *may_wait;               /* NULL or [n_events]: what follows is a notch in the rates, and may come late within rtol */
} tw_problem;

typedef enum {
  TW_SOLVED,
  TW_NO_CONVERGENCE,                  /* Newton gave up: worst row in the report */
  TW_SINGULAR,                        /* the factorisation found a zero pivot: unknown in the report */
  TW_SOLVER_ERROR                     /* a callback failed or memory ran out */
} tw_outcome;

typedef struct {
  tw_outcome outcome;
  int iterations, factorisations, residuals, jacobians;
  int worst_row;                      /* row with the largest |f| / tolerance */
  double worst_ratio;                 /* that ratio */
  int singular_unknown;               /* -1 or the column that the factorisation could not determine */
  int64_t nonzeros, fill;             /* of the matrix, of L + U */
  double seconds;
} tw_report;

void tw_solver_versions(char *buf, int size);    /* "SUNDIALS 6.4.1, KLU 1.3.8" */

typedef struct tw_solver tw_solver;   /* symbolic analysis, factors, work space of one problem structure */

tw_solver *tw_solver_new(const tw_problem *p);   /* NULL: out of memory or SUNDIALS could not start */
/* The same for a problem whose unknowns and rows are some of another's, number[p->n]: the order of its matrix is cut out of the
 * other's, which costs less than an analysis. The other need not outlive it. */
tw_solver *tw_solver_new_within(const tw_solver *whole, const int *number, const tw_problem *p);
void tw_solver_free(tw_solver *s);

/* Newton (KINSOL, line search, KLU) on F(t, y, 0) = 0 from y in place. `held` (NULL or [n]): unknowns that keep their value;
 * the row of the same number is left out. Success only when every row is within its tolerance, or where rounding of the unknowns
 * alone moves it by more, within that; then it goes on with the factors at hand until rounding is all that is left. */
tw_outcome tw_newton(tw_solver *s, double t, double *y, const bool *held, int max_iterations, tw_report *r);

/* What must shrink from step to step: the residuals in their tolerances, or the correction that follows, in units of the
 * unknowns, where products of unknowns let residuals grow on the way to the solution. */
typedef enum { TW_BY_RESIDUAL, TW_BY_CORRECTION } tw_damping;

/* The same for a first guess: a few iterations of one attempt, until the worst ratio is `enough` (>= 1); y becomes its
 * end where that is better than its start, or damped by the correction, whatever the outcome. Nothing is done where the start
 * is good enough. */
tw_outcome tw_newton_improve(tw_solver *s, double t, double *y, const bool *held, int max_iterations, tw_damping damping, double enough,
                             tw_report *r);

/* Implicit Euler pseudo-transient towards the steady state: steps of dt growing as the residual falls. */
tw_outcome tw_pseudo_transient(tw_solver *s, double t, double *y, double dt, int max_steps, tw_report *r);

/* Jacobian of the steady state at y and its factors, for the three below. False when a callback fails or a number is not finite. */
bool tw_linearise(tw_solver *s, double t, const double *y, const bool *held);

/* Least over largest pivot of the last factorisation, each in units of its unknown's nominal; 0 without one. Cheap: where it is
 * not tiny, tw_null_vector need not be asked. */
double tw_pivot_ratio(const tw_solver *s);

/* b becomes J^-1 b with the factors of tw_linearise; false where they are singular. */
bool tw_solve_linearised(tw_solver *s, double *b);

/* What the pattern alone tells (Dulmage and Mendelsohn 1958): a maximum matching of the rows with the columns of a square CSC
 * pattern. Fills row_part[n] and column_part[n]: TW_UNDER for the columns that the rows beside them cannot determine together,
 * TW_OVER for the rows that are too many for their columns. Returns the structural rank, -1 when memory ran out. */
typedef enum { TW_SQUARE, TW_UNDER, TW_OVER } tw_part;
int tw_structure(int n, const int32_t *column, const int32_t *row_index, tw_part *row_part, tw_part *column_part);

/* Reciprocal condition estimate of the last factorisation, and for a singular or nearly singular matrix the null vector:
 * fills v[n] (largest component 1, each in units of its nominal). Rows and columns are scaled first. Returns rcond. */
double tw_null_vector(tw_solver *s, double *v);

/* Seconds of one residual, one Jacobian (with its residual), one refactorisation and one solve at y, with the rows of what is held
 * left out (`held` as in tw_newton). False when the matrix cannot be factored. */
typedef struct { double residual, jacobian, refactor, solve; } tw_floor;
bool tw_solver_floor(tw_solver *s, double t, const double *y, const bool *held, int repeats, tw_floor *f);

/* ---- in time --------------------------------------------------------------------------------------------------------- */

typedef struct tw_transient tw_transient;
/* What tw_transient_step reached. */
typedef enum { TW_AT_STOP, TW_AT_STEP, TW_AT_EVENT, TW_TIME_FAILED } tw_arrival;

/* IDA: variable order and step (Hindmarsh et al., ACM TOMS 31 (2005) 363). SDIRK: order 2, L-stable, steps that are the
 * way to t_stop halved as often as the error asks for; factors last as long as the step. It is made for stops on a
 * grid, at each of which the input may have a kink. Each differential unknown within rtol |y| + atol in both: the solution by
 * SDIRK, one step by IDA (below rtol 1e-5 a part of it), whose Newton iterations end at that tolerance in each unknown. Where
 * SDIRK finds no step, IDA goes on to the next stop. h_max 0: no limit. */
typedef enum { TW_IDA, TW_SDIRK } tw_time_method;
typedef struct {
  double rtol, h_max;
  const double *atol; /* [n] */
  tw_time_method method;
  int n_integrals;    /* of functions of the solution, by the formula that steps it and without an error test of their own */
  void (*integrand)(void *ctx, double t, const double *y, const double *yd, double *q); /* q[n_integrals] */
  void *ctx;          /* of integrand */
} tw_transient_options;

tw_transient *tw_transient_new(tw_solver *s, double t, const double *y, const double *yd, const tw_transient_options *o);
void tw_transient_free(tw_transient *x);
/* New start at t: the differential unknowns of y are kept, the others and the rates are made consistent, every row within its
 * tolerance. Called after every jump of inputs or discrete state. y, yd are updated. What follows has the bits of a new integrator
 * by IDA; SDIRK keeps its factors, so that it is the same within what Newton's method leaves. */
tw_outcome tw_transient_restart(tw_transient *x, double t, double *y, double *yd, tw_report *r);
/* Goes to t_stop at the latest, one internal step when one_step. y, yd at the reached time *t; fired[n_events] gets the
 * direction (+1, -1, 0) of each root when TW_AT_EVENT. */
tw_arrival tw_transient_step(tw_transient *x, double t_stop, bool one_step, double *t, double *y, double *yd, int *fired);
/* [n_integrals] over what the last call of tw_transient_step went. What F makes the rate of a linear function of y is the change
 * of that, within what Newton's method leaves. integrand was last called where that call ended, unless that is within a step. */
const double *tw_transient_integrals(const tw_transient *x);
typedef struct { long steps, residuals, jacobians, factorisations, error_failures, newton_failures; int worst_unknown; } tw_transient_stats;
void tw_transient_statistics(tw_transient *x, tw_transient_stats *s);
/* After TW_AT_EVENT: [n_events] when each root function that fired passed zero, INFINITY for the others; NULL: all at the time
 * reached. Events that may wait are taken together, at most so late that a twentieth of the tolerance comes of it in any differential
 * unknown and no unknown moves by more than 100 rtol of itself until then. Owned by x, until the next step. */
const double *tw_transient_passed(const tw_transient *x);
#endif
