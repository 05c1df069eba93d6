#include <math.h>

#include "sun.h"

/* When Newton's iteration within a step of IDA is at its end. IDA's own test takes the root mean square over all unknowns and, at
 * the first iteration, the rate of convergence of an earlier step: behind a corner of a characteristic (a supply that blocks since
 * a battery lifts the bus) it accepted a single correction with the slope from before it, and the grid got -6 kW for a step, since
 * 20 mV of one bus among thousands of unknowns do not show. So the correction still to come, by the rate of these iterations, is at
 * most `tol` in each unknown; that much of its tolerance IDA allows. Rate and remainder of a linear convergence: Hairer and Wanner,
 * Solving Ordinary Differential Equations II, IV.8, (8.10). */

static const double diverges = 0.9; /* rate beyond which IDA gives a step up */
static const double at_once = 1e-4; /* of tol: a first correction so small needs no second */
static const double rounding = 1e-8; /* of an unknown: below it corrections need not become smaller, and IDA's own test is enough */

static double largest(N_Vector correction, N_Vector weight) {
  const double *d = NV_DATA_S(correction), *w = NV_DATA_S(weight);
  double most = 0;
  for (sunindextype i = 0; i < NV_LENGTH_S(correction); i++) {
    double share = fabs(d[i] * w[i]);
    if (share > most || isnan(share)) most = share; /* NaN stays */
  }
  return most;
}

static int judge(SUNNonlinearSolver newton, N_Vector sum, N_Vector correction, sunrealtype tol, N_Vector weight, void *of) {
  (void)sum;
  tw_sun_judge *j = of;
  double now = largest(correction, weight), rate = j->last > 0 ? now / j->last : now > 0 ? INFINITY : 0;
  int iteration = 0;
  SUNNonlinSolGetCurIter(newton, &iteration);
  j->last = now;
  if (!isfinite(now)) return SUN_NLS_CONV_RECVR;
  if (iteration == 0) return now <= at_once * tol ? 0 : SUN_NLS_CONTINUE;
  if (rate <= diverges && rate / (1 - rate) * now <= tol) return 0;
  if (now * j->rtol <= rounding && N_VWrmsNorm(correction, weight) <= tol) return 0;
  return rate > diverges ? SUN_NLS_CONV_RECVR : SUN_NLS_CONTINUE;
}

bool tw_sun_judge_each(SUNNonlinearSolver newton, tw_sun_judge *j) {
  return !SUNNonlinSolSetConvTestFn(newton, judge, j);
}
