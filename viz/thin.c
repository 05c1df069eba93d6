#include "thin.h"
#include <math.h>
#include <stdbool.h>

/* Of samples first <= i < end: first, last, lowest, highest, first gap. */
static int of_run(const double *x, const double *y, int first, int end, double *to_x, double *to_y) {
  int lowest = first, highest = first, gap = -1, kept = 0;
  for (int i = first; i < end; i++) {
    if (isnan(y[i])) {
      if (gap < 0) gap = i;
      continue;
    }
    if (!(y[lowest] <= y[i])) lowest = i;
    if (!(y[highest] >= y[i])) highest = i;
  }
  for (int i = first; i < end; i++) {
    bool keep = i == first || i == end - 1 || i == lowest || i == highest || i == gap;
    if (keep) to_x[kept] = x[i], to_y[kept++] = y[i];
  }
  return kept;
}

int tw_thin(const double *x, const double *y, int n, int runs, double *to_x, double *to_y) {
  int kept = 0;
  if (n <= 4 * runs) runs = n; /* each a run of its own */
  for (int k = 0; k < runs; k++) {
    int first = (int)((long)n * k / runs), end = (int)((long)n * (k + 1) / runs);
    kept += of_run(x, y, first, end, to_x + kept, to_y + kept);
  }
  return kept;
}
