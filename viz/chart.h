/* Line charts as SVG. */
#ifndef TW_CHART_H
#define TW_CHART_H
#include <stdio.h>

enum { TW_CHART_LINES = 6 };

typedef struct {
  const char *name;
  const double *y;                       /* [n of the chart], or of the line where it has an x of its own; NaN: a gap */
  const double *x; int n;                /* NULL: those of the chart */
} tw_chart_line;

typedef struct { double x; const char *name; } tw_chart_event;

typedef struct {
  const char *title, *x_title, *y_title; /* axis titles with their units */
  int n;                                 /* points, >= 2 */
  const double *x;                       /* [n]; NaN: a gap */
  tw_chart_line lines[TW_CHART_LINES];
  int n_lines;
  const tw_chart_event *events; int n_events; /* marks across the chart; those outside of it are left out */
  const char *x_unit, *y_unit;           /* for the values in the JSON form; may be NULL */
  double x_per;                          /* of x in one unit of the axis, 3600 where x is in s and x_title says h; 0: one */
} tw_chart;

/* Writes one <svg> element of 720 x 340, higher where the legend needs rows of its own, its colours readable on light and dark ground. Lines are told apart by colour and dashes
 * and named where there is more than one. Returns 0, or -1 when there is no finite point. */
int tw_chart_svg(FILE *out, const tw_chart *c);

/* The same as JSON, of a chart that tw_chart_svg accepts: {kind: "lines", x: {title, unit, per}, y: {the same}, frame: {left, top,
 * width, height, range, y, step}, lines: [{name, points: [[x, y]]}], events: [{t, name}]}; y null: a gap. frame: where the SVG has
 * its axes, in its units, their ends, and the step of the y axis. */
void tw_chart_json(FILE *out, const tw_chart *c);

/* The largest of 1, 2, 5 x 10^k for which `steps` of it do not exceed span, at least one. */
double tw_chart_tick(double span, int steps);
#endif
