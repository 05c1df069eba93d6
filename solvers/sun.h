/* SUNDIALS as this folder uses it: versions 6 and 7, serial vectors, our LU as its linear solver, silent.
 * SUNDIALS counts with 64-bit indices (Debian), the LU with 32-bit ones: only arrays of double pass between them. */
#ifndef TW_SUN_H
#define TW_SUN_H
#include <nvector/nvector_serial.h>
#include <sundials/sundials_context.h>
#include <sundials/sundials_linearsolver.h>
#include <sundials/sundials_matrix.h>
#include <sundials/sundials_nonlinearsolver.h>
#include <sundials/sundials_nvector.h>
#include <sundials/sundials_version.h>
#include <sunnonlinsol/sunnonlinsol_newton.h>

#include "lu.h"

#if SUNDIALS_VERSION_MAJOR >= 7
#define TW_NO_COMMUNICATOR SUN_COMM_NULL
#else
#define TW_NO_COMMUNICATOR NULL
#endif

/* What happens to a solution before SUNDIALS gets it: may shorten dx (and, in proportion, rhs). 0, or > 0 to give up. */
typedef int (*tw_sun_limit)(void *ctx, double *dx, double *rhs);

SUNMatrix tw_sun_matrix(SUNContext sun); /* a name for what SUNDIALS' callback for the Jacobian fills */
/* Factors *values, which the callback fills. */
SUNLinearSolver tw_sun_linear_solver(SUNContext sun, tw_lu *lu, double *const *values);
void tw_sun_set_limit(SUNLinearSolver ls, tw_sun_limit limit, void *ctx);

/* Newton's iteration ends when each unknown is within the tolerance; to be called once IDA has `newton`. j stays the caller's. */
typedef struct { double rtol, last; /* largest correction of the iteration before */ } tw_sun_judge;
bool tw_sun_judge_each(SUNNonlinearSolver newton, tw_sun_judge *j);

N_Vector tw_sun_vector(SUNContext sun, int n); /* clones inherit its operations */

#if SUNDIALS_VERSION_MAJOR < 7
static inline void tw_sun_silence(int code, const char *module, const char *function, char *message, void *ctx) {
  (void)code, (void)module, (void)function, (void)message, (void)ctx;
}
#endif
#endif
