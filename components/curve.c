#include "curve.h"
#include <stdbool.h>
#include <stddef.h>

/* The end slope of a held cubic fades out over this part of the table's span. */
#define CORNER 1e-3

#ifndef TW_COMPLEX_STEP
static double secant(const tw_curve *c, int k) { return (c->y[k + 1] - c->y[k]) / (c->x[k + 1] - c->x[k]); }

/* One-sided three-point slope at an end: h, d of the end interval, h2, d2 of the next. Zero where it points the wrong way. */
static double end_slope(double h, double h2, double d, double d2) {
  double s = ((2.0 * h + h2) * d - h * d2) / (h + h2);
  return s * d > 0.0 ? s : 0.0;
}

/* Three-point slopes, then the limiter of Fritsch and Carlson: with a, b the slopes at both ends of an interval over its
 * secant, (a, b) is drawn back into the circle a^2 + b^2 <= 9, inside which the cubic is monotone. */
static void limit_slopes(tw_curve *c) {
  int n = c->n;
  const double *x = c->x;
  for (int k = 1; k < n - 1; k++) {
    double d0 = secant(c, k - 1), d1 = secant(c, k), h0 = x[k] - x[k - 1], h1 = x[k + 1] - x[k];
    c->slope[k] = d0 * d1 > 0.0 ? (h1 * d0 + h0 * d1) / (h0 + h1) : 0.0;
  }
  if (n == 2) {
    c->slope[0] = c->slope[1] = secant(c, 0);
  } else {
    c->slope[0] = end_slope(x[1] - x[0], x[2] - x[1], secant(c, 0), secant(c, 1));
    c->slope[n - 1] = end_slope(x[n - 1] - x[n - 2], x[n - 2] - x[n - 3], secant(c, n - 2), secant(c, n - 3));
  }
  for (int k = 0; k < n - 1; k++) {
    double d = secant(c, k);
    if (d == 0.0) {
      c->slope[k] = c->slope[k + 1] = 0.0;
      continue;
    }
    double r = hypot(c->slope[k] / d, c->slope[k + 1] / d);
    if (r <= 3.0) continue;
    c->slope[k] *= 3.0 / r;
    c->slope[k + 1] *= 3.0 / r;
  }
}

int tw_curve_prepare(tw_curve *c) {
  for (int k = 0; k < c->n; k++) {
    if (!isfinite(c->x[k]) || !isfinite(c->y[k])) return k + 1;
    if (k + 1 < c->n && !(c->x[k] < c->x[k + 1])) return k + 1;
  }
  if (c->rule != TW_CURVE_MONOTONE_CUBIC) return 0;
  if (c->n == 1) c->slope[0] = 0.0;
  else limit_slopes(c);
  return 0;
}
#endif

/* Slope of the interval k at its lower (end = 0) or upper (end = 1) point. */
static double slope_at(const tw_curve *c, int k, int end) {
  if (c->rule == TW_CURVE_MONOTONE_CUBIC) return c->slope[k + end];
  return (c->y[k + 1] - c->y[k]) / (c->x[k + 1] - c->x[k]);
}

/* The interval that holds x: largest k with x[k] <= x, 0 <= k <= n - 2. */
static int find(const tw_curve *c, double x) {
  int lo = 0, hi = c->n - 1;
  while (hi - lo > 1) {
    int mid = (lo + hi) / 2;
    if (c->x[mid] <= x) lo = mid;
    else hi = mid;
  }
  return lo;
}

typedef struct { tw_real area, v, d; } piece; /* integral from the piece's own origin, value, slope */

/* Beyond an end: value y, outward slope s, outward distance d >= 0. */
static piece outside(const tw_curve *c, double y, double s, tw_real d) {
  if (c->beyond == TW_BEYOND_PROBE) return (piece){d * y, 2.0 * y + 1.0, 0.0};
  if (c->beyond != TW_BEYOND_HOLD) return (piece){d * (y + 0.5 * s * d), y + s * d, s};
  double w = c->rule == TW_CURVE_MONOTONE_CUBIC ? CORNER * (c->x[c->n - 1] - c->x[0]) : 0.0;
  if (TW_RE(d) < w) return (piece){d * (y + s * d * (0.5 - d / (6.0 * w))), y + s * d * (1.0 - 0.5 * d / w), s * (1.0 - d / w)};
  return (piece){y * d + 0.5 * s * w * (d - w / 3.0), y + 0.5 * s * w, 0.0};
}

/* Inside interval k, u from its lower point: cubic Hermite form; a straight line is its special case. */
static piece inside(const tw_curve *c, int k, tw_real u) {
  double h = c->x[k + 1] - c->x[k], y = c->y[k], s = slope_at(c, k, 0);
  double d = (c->y[k + 1] - y) / h, c2, c3;
  if (c->rule != TW_CURVE_MONOTONE_CUBIC) return (piece){u * (y + 0.5 * d * u), y + d * u, d};
  c2 = (3.0 * d - 2.0 * s - c->slope[k + 1]) / h;
  c3 = (s + c->slope[k + 1] - 2.0 * d) / (h * h);
  return (piece){u * (y + u * (s / 2.0 + u * (c2 / 3.0 + u * c3 / 4.0))), y + u * (s + u * (c2 + u * c3)),
                 s + u * (2.0 * c2 + 3.0 * u * c3)};
}

static piece evaluate(const tw_curve *c, tw_real x, bool area) {
  int n = c->n;
  double X = TW_RE(x);
  if (n == 1) return (piece){c->y[0] * (x - c->x[0]), c->y[0], 0.0};
  if (X < c->x[0]) {
    piece p = outside(c, c->y[0], -slope_at(c, 0, 0), c->x[0] - x);
    return (piece){-p.area, p.v, -p.d};
  }
  double sum = 0.0;
  int k = find(c, X);
  for (int m = 0; area && m < k; m++) sum += TW_RE(inside(c, m, c->x[m + 1] - c->x[m]).area);
  if (X <= c->x[n - 1]) {
    piece p = inside(c, k, x - c->x[k]);
    p.area += sum;
    return p;
  }
  piece p = outside(c, c->y[n - 1], slope_at(c, n - 2, 1), x - c->x[n - 1]);
  if (area) p.area += sum + TW_RE(inside(c, n - 2, c->x[n - 1] - c->x[n - 2]).area);
  return p;
}

tw_vd tw_curve_at(const tw_curve *c, tw_real x) {
  piece p = evaluate(c, x, false);
  return (tw_vd){p.v, p.d};
}

tw_vd tw_curve_integral(const tw_curve *c, tw_real x) {
  piece p = evaluate(c, x, true);
  return (tw_vd){p.area, p.v};
}
