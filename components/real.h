/* The scalar of the component kernels.
 *
 * Every kernel is compiled twice: with double for the program, and with double _Complex (TW_COMPLEX_STEP) for the
 * complex-step twin that proves its hand-written Jacobian (h = 1e-30, no subtractive cancellation; Squire and Trapp,
 * SIAM Rev. 40 (1998) 110).  Rules for code written in tw_real:
 *   - compare only TW_RE(x), never x;
 *   - use the tw_ functions below and smooth.h, never fabs, fmin, pow ... directly;
 *   - no inner iteration, no table of run-time state.
 * Symbols with external linkage that take or return tw_real are named through TW_SYM, so that both compilations can be
 * linked into one test program. */
#ifndef TW_REAL_H
#define TW_REAL_H
#include <math.h>
#include <stdint.h>
#include <string.h>

#ifdef TW_COMPLEX_STEP
#include <complex.h>
#undef I /* the imaginary unit: currents are named I */
typedef double _Complex tw_real;
#define TW_RE(x) creal(x)
#define TW_SYM(name) name##_complex
#define tw_exp(x) cexp(x)
#define tw_log(x) clog(x)
#define tw_sqrt(x) csqrt(x)
#define tw_pow(x, e) cpow((x), (e))
#define tw_tanh(x) ctanh(x)
#define tw_sin(x) csin(x)
#define tw_cos(x) ccos(x)
#define tw_log_rough(x) clog(x)
#else
typedef double tw_real;
#define TW_RE(x) (x)
#define TW_SYM(name) name
#define tw_exp(x) exp(x)
#define tw_log(x) log(x)
#define tw_sqrt(x) sqrt(x)
#define tw_pow(x, e) pow((x), (e))
#define tw_tanh(x) tanh(x)
#define tw_sin(x) sin(x)
#define tw_cos(x) cos(x)

/* ln x for normal x > 0 within 1.1e-3, in a few operations: for a first guess that is then improved, never for a result. The
 * exponent, and the cubic that meets ln at both ends of 1..2. */
static inline double tw_log_rough(double x) {
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  double exponent = (double)((int32_t)(bits >> 52) - 1023), m;
  bits = (bits & 0xfffffffffffffu) | 0x3ff0000000000000u;
  memcpy(&m, &bits, sizeof m);
  m -= 1.0;
  return 0.6931471805599453 * exponent + m * (0.9931471805599453 + m * (-0.42246 + m * 0.12246));
}
#endif

/* Inlined in any case: the body of a loop that is to be vectorised. */
#if defined(__GNUC__)
#define TW_INLINE inline __attribute__((always_inline))
#else
#define TW_INLINE inline
#endif

/* A kernel whose loops vectorise is compiled for the wider registers too, and the loader takes the widest that the machine has.
 * The operations and so the bits are the same in each: nothing is fused or reordered. */
#if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__) && defined(__gnu_linux__) && defined(__OPTIMIZE__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(TW_COMPLEX_STEP)
#define TW_WIDE __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define TW_WIDE
#endif

/* Before a loop over instances: what one iteration writes no other reads, so that it may be vectorised. */
#if defined(__GNUC__) && !defined(__clang__)
#define TW_INDEPENDENT _Pragma("GCC ivdep")
#else
#define TW_INDEPENDENT
#endif

#define TW_GRAVITY 9.80665              /* m/s2, standard gravity (CGPM 1901) */
#define TW_ZERO_CELSIUS 273.15          /* K */
#define TW_STEFAN_BOLTZMANN 5.670374419e-8 /* W/m2K4, CODATA 2018 */
#endif
