/* A model file read, built and solved through the library, as the verbs do, and its reported quantities by path. */
#ifndef TW_SOLVED_MODEL_H
#define TW_SOLVED_MODEL_H
#include "../../twin/results.h"
#include "../../twin/run.h"

typedef struct {
  tw_diagnostics diagnostics;
  tw_description *model;
  tw_network *net;
  tw_problem problem;
  tw_solver *solver;
  double *y;
  tw_steady_report steady;
  tw_audit audit;              /* of the steady state */
  int broken;                  /* limits that it breaks */
} solved_model;

/* `file` below the source tree; variant and sets may be NULL, sets is "path=value; path=value". scenario: one of the file,
 * or NULL. 0, or 3 when the file cannot be read or built. */
int model_open(solved_model *m, const char *file, const char *variant, const char *sets, const char *scenario);
/* The steady state: 0 or 4. Fills audit when solved. */
int model_solve(solved_model *m);
/* The scenario from its steady state; sample is called at its samples. */
int model_run(solved_model *m, double rtol, int (*sample)(void *ctx, double t, tw_network *net, const double *y), void *ctx,
              tw_run_report *r);
void model_close(solved_model *m);

/* "path.output" in SI after tw_network_observe, summed over what the path matches; NaN (and a message) when nothing does. */
double model_quantity(const solved_model *m, const char *path);
/* Energy imbalance over the larger of the audit's throughput and the flow over the boundary in one direction: what enters and
 * leaves with the coolant is no throughput of the audit, but rounding grows with it. */
double model_imbalance(const solved_model *m);
bool model_has_diagnostic(const solved_model *m, int code);
#endif
