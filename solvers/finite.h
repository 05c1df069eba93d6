/* Are all numbers finite? */
#ifndef TW_FINITE_H
#define TW_FINITE_H
#include <stdbool.h>
#include <stdint.h>

/* 0 x is not 0 for an infinite or undefined x. Independent sums, because one alone would wait for each addition. */
static inline bool tw_all_finite(int64_t n, const double *x) {
  enum { SUMS = 16 };
  double sum[SUMS] = {0.0}, all = 0.0;
  int64_t i = 0;
  for (; i + SUMS <= n; i += SUMS)
    for (int k = 0; k < SUMS; k++) sum[k] += 0.0 * x[i + k];
  for (; i < n; i++) all += 0.0 * x[i];
  for (int k = 0; k < SUMS; k++) all += sum[k];
  return all == 0.0;
}
#endif
