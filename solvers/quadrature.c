#include "quadrature.h"

#include <stdlib.h>
#include <string.h>

enum { VECTORS = TW_BDF_POINTS + 3 };

bool tw_quadrature_new(tw_quadrature *s, int n) {
  *s = (tw_quadrature){.n = n};
  if (!(s->block = calloc(VECTORS * (size_t)n + 1, sizeof *s->block))) return false;
  for (int i = 0; i < TW_BDF_POINTS; i++) s->q[i] = s->block + (size_t)i * (size_t)n;
  s->start = s->block + TW_BDF_POINTS * (size_t)n;
  s->rate = s->start + n;
  s->given = s->rate + n;
  return true;
}

void tw_quadrature_free(tw_quadrature *s) { free(s->block); }

void tw_quadrature_begin(tw_quadrature *s) {
  memset(s->block, 0, VECTORS * (size_t)s->n * sizeof *s->block);
  s->order = 0;
  s->t[0] = 0.0;
}

/* Weights of the first m points in the value and the slope at t of the polynomial through them (Lagrange). */
static void weigh(int m, const double *points, double t, double *value, double *slope) {
  for (int j = 0; j < m; j++) {
    value[j] = 1.0;
    slope[j] = 0.0;
    for (int i = 0; i < m; i++) {
      if (i == j) continue;
      double apart = points[j] - points[i];
      slope[j] = (slope[j] * (t - points[i]) + value[j]) / apart;
      value[j] *= (t - points[i]) / apart;
    }
  }
}

/* The point before the first one. */
static void begin_line(tw_quadrature *s, double h) {
  s->t[1] = -h;
  for (int k = 0; k < s->n; k++) s->q[1][k] = s->q[0][k] - h * s->start[k];
}

/* Room for a new first point h later: the last one's goes. */
static void make_room(tw_quadrature *s, double h) {
  double *oldest = s->q[TW_BDF_POINTS - 1];
  memmove(s->q + 1, s->q, (TW_BDF_POINTS - 1) * sizeof *s->q);
  memmove(s->t + 1, s->t, (TW_BDF_POINTS - 1) * sizeof *s->t);
  s->q[0] = oldest;
  s->t[0] = h;
  for (int i = 0; i < TW_BDF_POINTS; i++) s->t[i] -= h;
}

void tw_quadrature_step(tw_quadrature *s, double h, int order) {
  double value[TW_BDF_POINTS], slope[TW_BDF_POINTS], harmonic = 0.0;
  for (int i = 1; i <= order; i++) harmonic += 1.0 / i;
  if (s->order == 0) begin_line(s, h);
  make_room(s, h);
  s->order = order;
  weigh(order + 1, s->t + 1, 0.0, value, slope);
  for (int k = 0; k < s->n; k++) {
    double last = s->q[1][k], w = 0.0, wd = 0.0; /* relative to the last point, where rounding is that of the step */
    for (int j = 1; j <= order; j++) {
      w += value[j] * (s->q[1 + j][k] - last);
      wd += slope[j] * (s->q[1 + j][k] - last);
    }
    s->q[0][k] = last + (w + h / harmonic * (s->rate[k] - wd));
  }
}

void tw_quadrature_tell(tw_quadrature *s, double back, double *integral) {
  double value[TW_BDF_POINTS], slope[TW_BDF_POINTS];
  weigh(s->order + 1, s->t, -back, value, slope);
  for (int k = 0; k < s->n; k++) {
    double now = s->q[0][k];
    for (int j = 1; j <= s->order; j++) now += value[j] * (s->q[j][k] - s->q[0][k]);
    integral[k] += now - s->given[k];
    s->given[k] = now;
  }
}
