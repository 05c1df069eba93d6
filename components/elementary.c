#include "elementary.h"

#ifdef TW_COMPLEX_STEP
void tw_exp_each(int n, const tw_real *restrict x, tw_real *restrict y) {
  for (int i = 0; i < n; i++) y[i] = tw_exp(x[i]);
}

void tw_log_each(int n, const tw_real *restrict x, tw_real *restrict y) {
  for (int i = 0; i < n; i++) y[i] = tw_log(x[i]);
}
#else
/* Both follow fdlibm (Sun Microsystems, 1993; e_exp.c, e_log.c: error below 1 unit in the last place), without its branches:
 * ln 2 in two parts, a remainder that is a rational or a polynomial function of a small argument. */
static const double ln2_hi = 6.93147180369123816490e-01, ln2_lo = 1.90821492927058770002e-10;

static TW_INLINE uint64_t bits_of(double x) {
  uint64_t b;
  memcpy(&b, &x, sizeof b);
  return b;
}

static TW_INLINE double from_bits(uint64_t b) {
  double x;
  memcpy(&x, &b, sizeof x);
  return x;
}

/* exp(x) = 2^k exp(r), r = x - k ln 2, |r| <= ln 2 / 2. The sum x / ln 2 + 1.5 2^52 has k in its last bits. */
static TW_INLINE double exp_one(double x) {
  const double shift = 6755399441055744.0;
  double sum = x * 1.44269504088896338700e+00 + shift, k = sum - shift;
  double hi = x - k * ln2_hi, lo = k * ln2_lo, r = hi - lo, t = r * r;
  double c = r - t * (1.66666666666666019037e-01 + t * (-2.77777777770155933842e-03 + t * (6.61375632143793436117e-05 +
                 t * (-1.65339022054652515390e-06 + t * 4.13813679705723846039e-08))));
  double e = 1.0 - ((lo - r * c / (2.0 - c)) - hi);
  return from_bits(bits_of(e) + (bits_of(sum) << 52));
}

/* log(x) = k ln 2 + log(1 + f), sqrt 1/2 <= 1 + f < sqrt 2. k is read off as the last bits of 2^52 + k. */
static TW_INLINE double log_one(double x) {
  const uint64_t half_octave = 0x3fe6a09e00000000u, one = 0x3ff0000000000000u, fraction = 0x000fffffffffffffu;
  uint64_t b = bits_of(x) + (one - half_octave);
  double k = from_bits((b >> 52) | 0x4330000000000000u) - (4503599627370496.0 + 1023.0);
  double f = from_bits((b & fraction) + half_octave) - 1.0, s = f / (2.0 + f), z = s * s, w = z * z;
  double t1 = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01));
  double t2 = z * (6.666666666666735130e-01 + w * (2.857142874366239149e-01 + w * (1.818357216161805012e-01 +
                  w * 1.479819860511658591e-01)));
  double h = 0.5 * f * f;
  return k * ln2_hi - ((h - (s * (h + t1 + t2) + k * ln2_lo)) - f);
}

TW_WIDE void tw_exp_each(int n, const double *restrict x, double *restrict y) {
  int odd = 0;
  for (int i = 0; i < n; i++) y[i] = exp_one(x[i]);
  for (int i = 0; i < n; i++) odd |= !(x[i] >= -700.0 && x[i] <= 700.0);
  for (int i = 0; i < n && odd; i++)
    if (!(x[i] >= -700.0 && x[i] <= 700.0)) y[i] = exp(x[i]);
}

TW_WIDE void tw_log_each(int n, const double *restrict x, double *restrict y) {
  int odd = 0;
  for (int i = 0; i < n; i++) y[i] = log_one(x[i]);
  for (int i = 0; i < n; i++) odd |= !(x[i] >= 2.3e-308 && x[i] <= 1.7e308);
  for (int i = 0; i < n && odd; i++)
    if (!(x[i] >= 2.3e-308 && x[i] <= 1.7e308)) y[i] = log(x[i]);
}
#endif
