/* The contract of component.h as checks. Each check takes a subject and adds what it finds to the report; none stops at the
 * first finding. */
#ifndef TW_CONTRACT_H
#define TW_CONTRACT_H
#include "side.h"
#include <stdint.h>

typedef enum {
  CHECK_TABLES,      /* the tables are complete and agree with one another */
  CHECK_SAMPLING,    /* the type can be evaluated: derive accepts plausible parameters, internal equations have solutions */
  CHECK_WRITTEN,     /* every row, stamp, output is written and finite, with and without the Jacobian */
  CHECK_JACOBIAN,    /* hand-written against complex step */
  CHECK_STAMPS,      /* the pattern is exact */
  CHECK_ENERGY, CHECK_MASS, CHECK_ELECTRIC,
  CHECK_STORED,      /* the rate of what is stored is the derivative of the stored energy along the rates, and of nothing else */
  CHECK_SMOOTH,      /* C1 along lines through the box */
  CHECK_BATCH,       /* the same bits in any batch */
  CHECK_SECOND_LAW,
  CHECK_DISCRETE,    /* start sets the discrete state, react settles */
  CHECKS
} check_id;

extern const char *const check_names[CHECKS];

typedef struct {
  const char *element;
  int found[CHECKS];                 /* findings per check; the first few are printed */
  bool quiet;                        /* count only */
} report;

void report_add(report *r, check_id check, const char *format, ...) __attribute__((format(printf, 3, 4)));
int report_total(const report *r);

typedef struct {
  const tw_type *type, *twin;        /* double and complex compilation of one type */
  shape s;
} subject;

/* false when the tables are too broken or too large to go on. */
bool subject_new(subject *u, const tw_type *type, const tw_type *twin, report *r);
const char *row_name(const subject *u, int q, char *text, size_t size); /* "a.v"; internal: the unknown's id */
double column_scale(const subject *u, int q); /* typical size of a local unknown */
double row_scale(const subject *u, int q);    /* typical size of a row */
/* Prints parameters and unknowns of a state for a finding. */
const char *state_text(const subject *u, const state *st, char *text, size_t size);

/* ---- sampling ----------------------------------------------------------------------------------------------------- */

typedef struct sampler sampler;
sampler *sampler_new(const subject *u, uint64_t seed_value);
void sampler_free(sampler *s);
/* A random state of the box that derive accepts. False after many refusals, the last one in text. */
bool sample_state(sampler *s, state *st, char *text, size_t size);
/* New unknowns and rates for given parameters. */
void sample_unknowns(sampler *s, state *st);
double sample_uniform(sampler *s, double lo, double hi);

/* Brings the state onto the internal equations: internal unknowns (their rates where differential) and written signals are
 * solved for. frozen: nothing moves thermally, all rates of port quantities and of temperatures are zero; steady: all rates
 * are zero. False when Newton finds no solution from here. */
typedef enum { MANIFOLD_MOVING, MANIFOLD_FROZEN, MANIFOLD_STEADY } manifold;
bool solve_internal(const subject *u, state *st, manifold kind);

/* ---- the checks --------------------------------------------------------------------------------------------------- */

void check_tables(const subject *u, report *r, const char *source_dir);
void check_kernels(const subject *u, report *r);     /* WRITTEN, JACOBIAN, STAMPS */
void check_balances(const subject *u, report *r);    /* ENERGY, MASS, ELECTRIC, STORED, SECOND_LAW */
void check_smooth(const subject *u, report *r);
void check_batches(const subject *u, report *r);
void check_discrete(const subject *u, report *r);

/* All of them. source_dir: where components/ is, or NULL (fakes have no file of their own). */
void check_all(const tw_type *type, const tw_type *twin, const char *source_dir, report *r);
#endif
