/* Line charts as SVG. */
#ifndef TW_CHART_H
#define TW_CHART_H
#include <stdio.h>

enum { TW_CHART_LINES = 6 };

typedef struct {
  const char *name;
  const double *y;
} tw_chart_line; /* [n]; NaN: a gap */

typedef struct {
  const char *title, *x_title, *y_title; /* axis titles with their units */
  int n;                                 /* points, >= 2 */
  const double *x;                       /* [n]; NaN: a gap */
  tw_chart_line lines[TW_CHART_LINES];
  int n_lines;
} tw_chart;

/* Writes one <svg> element of 720 x 340, its colours readable on light and dark ground. Lines are told apart by colour and dashes
 * and named where there is more than one. Returns 0, or -1 when there is no finite point. */
int tw_chart_svg(FILE *out, const tw_chart *c);

/* The largest of 1, 2, 5 x 10^k for which `steps` of it do not exceed span, at least one. */
double tw_chart_tick(double span, int steps);
#endif
