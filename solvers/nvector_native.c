#include <math.h>

#include "sun.h"

/* The vector operations in which IDA spends two thirds of its time, and those by which KINSOL judges a step, as loops that the
 * compiler can vectorise; those of the packaged library are scalar. Operands are the same array or do not overlap. Sums have a
 * fixed order, so their bits do not depend on the level of optimisation. */

#if defined(__clang__)
#define INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#else
#define INDEPENDENT _Pragma("GCC ivdep")
#endif

enum { LANES = 8, BLOCK = 512 };

static double total(const double *lane) {
  return ((lane[0] + lane[4]) + (lane[2] + lane[6])) + ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

static void linear_sum(sunrealtype a, N_Vector xv, sunrealtype b, N_Vector yv, N_Vector zv) {
  const double *x = NV_DATA_S(xv), *y = NV_DATA_S(yv);
  double *z = NV_DATA_S(zv);
  sunindextype n = NV_LENGTH_S(zv);
  INDEPENDENT
  for (sunindextype i = 0; i < n; i++) z[i] = a * x[i] + b * y[i];
}

static void scale(sunrealtype a, N_Vector xv, N_Vector zv) {
  const double *x = NV_DATA_S(xv);
  double *z = NV_DATA_S(zv);
  sunindextype n = NV_LENGTH_S(zv);
  INDEPENDENT
  for (sunindextype i = 0; i < n; i++) z[i] = a * x[i];
}

static void absolute(N_Vector xv, N_Vector zv) {
  const double *x = NV_DATA_S(xv);
  double *z = NV_DATA_S(zv);
  sunindextype n = NV_LENGTH_S(zv);
  INDEPENDENT
  for (sunindextype i = 0; i < n; i++) z[i] = fabs(x[i]);
}

static void inverse(N_Vector xv, N_Vector zv) {
  const double *x = NV_DATA_S(xv);
  double *z = NV_DATA_S(zv);
  sunindextype n = NV_LENGTH_S(zv);
  INDEPENDENT
  for (sunindextype i = 0; i < n; i++) z[i] = 1 / x[i];
}

static void product(N_Vector xv, N_Vector yv, N_Vector zv) {
  const double *x = NV_DATA_S(xv), *y = NV_DATA_S(yv);
  double *z = NV_DATA_S(zv);
  sunindextype n = NV_LENGTH_S(zv);
  INDEPENDENT
  for (sunindextype i = 0; i < n; i++) z[i] = x[i] * y[i];
}

static void quotient(N_Vector xv, N_Vector yv, N_Vector zv) {
  const double *x = NV_DATA_S(xv), *y = NV_DATA_S(yv);
  double *z = NV_DATA_S(zv);
  sunindextype n = NV_LENGTH_S(zv);
  INDEPENDENT
  for (sunindextype i = 0; i < n; i++) z[i] = x[i] / y[i];
}

static void constant(sunrealtype c, N_Vector zv) {
  double *z = NV_DATA_S(zv);
  sunindextype n = NV_LENGTH_S(zv);
  for (sunindextype i = 0; i < n; i++) z[i] = c;
}

static sunrealtype smallest(N_Vector xv) {
  const double *x = NV_DATA_S(xv);
  sunindextype n = NV_LENGTH_S(xv), whole = n - n % LANES;
  double lane[LANES], least = x[0];
  for (int l = 0; l < LANES; l++) lane[l] = x[0];
  for (sunindextype i = 0; i < whole; i += LANES)
    for (int l = 0; l < LANES; l++) lane[l] = x[i + l] < lane[l] ? x[i + l] : lane[l];
  for (sunindextype i = whole; i < n; i++) lane[i - whole] = x[i] < lane[i - whole] ? x[i] : lane[i - whole];
  for (int l = 0; l < LANES; l++) least = lane[l] < least ? lane[l] : least;
  return least;
}

/* An undefined number does not count, as in the packaged library. */
static sunrealtype largest(N_Vector xv) {
  const double *x = NV_DATA_S(xv);
  double lane[LANES] = {0}, all = 0;
  sunindextype n = NV_LENGTH_S(xv), whole = n - n % LANES;
  for (sunindextype i = 0; i < whole; i += LANES)
    for (int l = 0; l < LANES; l++) lane[l] = fabs(x[i + l]) > lane[l] ? fabs(x[i + l]) : lane[l];
  for (sunindextype i = whole; i < n; i++) lane[i - whole] = fabs(x[i]) > lane[i - whole] ? fabs(x[i]) : lane[i - whole];
  for (int l = 0; l < LANES; l++) all = lane[l] > all ? lane[l] : all;
  return all;
}

static sunrealtype dot(N_Vector xv, N_Vector yv) {
  const double *x = NV_DATA_S(xv), *y = NV_DATA_S(yv);
  double lane[LANES] = {0};
  sunindextype n = NV_LENGTH_S(xv), whole = n - n % LANES;
  for (sunindextype i = 0; i < whole; i += LANES)
    for (int l = 0; l < LANES; l++) lane[l] += x[i + l] * y[i + l];
  for (sunindextype i = whole; i < n; i++) lane[i - whole] += x[i] * y[i];
  return total(lane);
}

/* z = sum of c[k] x[k], in blocks that stay in the nearest cache. */
static int linear_combination(int count, sunrealtype *c, N_Vector *xv, N_Vector zv) {
  double *z = NV_DATA_S(zv), sum[BLOCK];
  sunindextype n = NV_LENGTH_S(zv);
  for (sunindextype start = 0; start < n; start += BLOCK) {
    sunindextype length = n - start < BLOCK ? n - start : BLOCK;
    const double *x = NV_DATA_S(xv[0]) + start;
    for (sunindextype i = 0; i < length; i++) sum[i] = c[0] * x[i];
    for (int k = 1; k < count; k++) {
      x = NV_DATA_S(xv[k]) + start;
      for (sunindextype i = 0; i < length; i++) sum[i] += c[k] * x[i];
    }
    for (sunindextype i = 0; i < length; i++) z[start + i] = sum[i];
  }
  return 0;
}

static double weighted_squares(N_Vector xv, N_Vector wv) {
  const double *x = NV_DATA_S(xv), *w = NV_DATA_S(wv);
  double lane[LANES] = {0};
  sunindextype n = NV_LENGTH_S(xv), whole = n - n % LANES;
  for (sunindextype i = 0; i < whole; i += LANES)
    for (int l = 0; l < LANES; l++) {
      double t = x[i + l] * w[i + l];
      lane[l] += t * t;
    }
  for (sunindextype i = whole; i < n; i++) lane[i - whole] += (x[i] * w[i]) * (x[i] * w[i]);
  return total(lane);
}

static sunrealtype wrms_norm(N_Vector x, N_Vector w) {
  return sqrt(weighted_squares(x, w) / (double)NV_LENGTH_S(x));
}

static sunrealtype wl2_norm(N_Vector x, N_Vector w) {
  return sqrt(weighted_squares(x, w));
}

/* What IDA takes for the mean square of an error, over the unknowns of the mask (1 or 0): the largest, so that one unknown among
 * thousands is within its tolerance, too. NaN where any is. */
static sunrealtype largest_of_mask(N_Vector xv, N_Vector wv, N_Vector maskv) {
  const double *x = NV_DATA_S(xv), *w = NV_DATA_S(wv), *mask = NV_DATA_S(maskv);
  double lane[LANES] = {0}, poison[LANES] = {0}, all = 0;
  sunindextype n = NV_LENGTH_S(xv), whole = n - n % LANES;
  for (sunindextype i = 0; i < whole; i += LANES)
    for (int l = 0; l < LANES; l++) {
      double t = fabs(x[i + l] * w[i + l] * mask[i + l]);
      lane[l] = t > lane[l] ? t : lane[l];
      poison[l] += 0 * t;
    }
  for (sunindextype i = whole; i < n; i++) {
    double t = fabs(x[i] * w[i] * mask[i]);
    lane[i - whole] = fmax(lane[i - whole], t);
    poison[i - whole] += 0 * t;
  }
  for (int l = 0; l < LANES; l++) all = fmax(all, lane[l]);
  return all + total(poison);
}

N_Vector tw_sun_vector(SUNContext sun, int n) {
  N_Vector v = N_VNew_Serial(n, sun);
  if (!v) return NULL;
  v->ops->nvlinearsum = linear_sum;
  v->ops->nvscale = scale;
  v->ops->nvabs = absolute;
  v->ops->nvinv = inverse;
  v->ops->nvprod = product;
  v->ops->nvdiv = quotient;
  v->ops->nvconst = constant;
  v->ops->nvmin = smallest;
  v->ops->nvmaxnorm = largest;
  v->ops->nvdotprod = dot;
  v->ops->nvlinearcombination = linear_combination;
  v->ops->nvwrmsnorm = wrms_norm;
  v->ops->nvwrmsnormmask = largest_of_mask;
  v->ops->nvwl2norm = wl2_norm;
  return v;
}
