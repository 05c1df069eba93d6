#include "chart.h"
#include <math.h>
#include <stdbool.h>
#include <string.h>
#include "html.h"
#include "json_text.h"
#include "svg.h"

enum { WIDTH = 720, HEIGHT = 340, LEFT = 84, RIGHT = 24, TOP = 30, BOTTOM = 52, LEGEND = 17 };
/* For print, where colours are not told apart. */
static const char *const dashes[TW_CHART_LINES] = {"none", "7 3", "2 3", "10 3 2 3", "4 2", "1 2"};

typedef struct {
  double lo, hi, step, per;  /* per: of the data in one unit that is written */
} axis;

double tw_chart_tick(double span, int steps) {
  double rough = span / steps, power = pow(10.0, floor(log10(rough))), m = rough / power;
  return power * (m >= 5.0 ? 5.0 : m >= 2.0 ? 2.0 : 1.0);
}

/* Whole steps around lo..hi; around a constant a tenth of it, or of one. */
static axis fit(double lo, double hi, double per, bool whole) {
  if (hi - lo <= 1e-9 * fmax(fabs(lo), fabs(hi))) {
    double room = fmax(0.1 * fabs(hi), 0.1);
    lo -= room;
    hi += room;
  }
  axis a = {lo, hi, per * tw_chart_tick((hi - lo) / per, 5), per};
  if (whole) a = (axis){a.step * floor(lo / a.step + 1e-9), a.step * ceil(hi / a.step - 1e-9), a.step, per};
  return a;
}

static double px(const axis *a, double x) { return LEFT + (x - a->lo) / (a->hi - a->lo) * (WIDTH - LEFT - RIGHT); }
static double py(const axis *a, double y) { return HEIGHT - BOTTOM - (y - a->lo) / (a->hi - a->lo) * (HEIGHT - TOP - BOTTOM); }

/* Rounds what is left of a sum of steps at zero. */
static double tidy(double v, double step) { return fabs(v) < 1e-9 * step ? 0.0 : v; }

static void grid(FILE *out, const axis *x, const axis *y) {
  fputs("<g stroke=\"currentColor\" stroke-opacity=\".2\">\n", out);
  for (double v = y->lo; v <= y->hi + 1e-9 * y->step; v += y->step)
    fprintf(out, "<line x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>\n", LEFT, WIDTH - RIGHT, py(y, v), py(y, v));
  fputs("</g>\n<g fill=\"currentColor\" stroke=\"none\" text-anchor=\"end\">\n", out);
  for (double v = y->lo; v <= y->hi + 1e-9 * y->step; v += y->step)
    fprintf(out, "<text x=\"%d\" y=\"%.1f\">%.10g</text>\n", LEFT - 6, py(y, v) + 4.0, tidy(v, y->step));
  fputs("</g>\n<g class=\"time\" fill=\"currentColor\" stroke=\"none\" text-anchor=\"middle\">\n", out);
  for (double v = x->step * ceil(x->lo / x->step - 1e-9); v <= x->hi + 1e-9 * x->step; v += x->step)
    fprintf(out, "<text x=\"%.1f\" y=\"%d\">%.10g</text>\n", px(x, v), HEIGHT - BOTTOM + 18, tidy(v, x->step) / x->per);
  fputs("</g>\n", out);
}

typedef struct {
  const double *x, *y;
  int n;
} points;

static points points_of(const tw_chart *c, int line) {
  const tw_chart_line *l = &c->lines[line];
  return l->x ? (points){l->x, l->y, l->n} : (points){c->x, l->y, c->n};
}

/* One path; a gap begins a new piece of it. A point alone between gaps becomes a dot by the round line cap. */
static void curve(FILE *out, const tw_chart *c, int line, const axis *ax, const axis *ay) {
  bool pen = false;
  points p = points_of(c, line);
  fprintf(out,
      "<path data-line=\"%d\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\" stroke-linejoin=\"round\" stroke-linecap=\"round\" "
      "stroke-dasharray=\"%s\" d=\"",
      line, tw_svg_colour(line), dashes[line]);
  for (int i = 0; i < p.n; i++) {
    double x = p.x[i], y = p.y[i];
    bool there = isfinite(x) && isfinite(y);
    if (there) fprintf(out, pen ? " L%.1f,%.1f" : " M%.1f,%.1f l0,0", px(ax, x), py(ay, y));
    pen = there;
  }
  fputs("\"/>\n", out);
}

static double entry_width(const char *name) { return 50.0 + 7.2 * (double)strlen(name); }

/* Rows that the legend takes below the axis; 0: it fits in the one above the plot. */
static int rows_below(const tw_chart *c) {
  double at = LEFT;
  int rows = 1;
  for (int i = 0; i < c->n_lines; i++) {
    double w = entry_width(c->lines[i].name);
    if (at > LEFT && at + w > WIDTH) at = LEFT, rows++;
    at += w;
  }
  return rows > 1 ? rows : 0;
}

static void legend(FILE *out, const tw_chart *c, int below) {
  double at = LEFT, y = below ? HEIGHT + 7.0 : 14.0;
  for (int i = 0; i < c->n_lines && c->n_lines > 1; i++) {
    double w = entry_width(c->lines[i].name);
    if (below && at > LEFT && at + w > WIDTH) at = LEFT, y += LEGEND;
    fprintf(out, "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"%s\" stroke-width=\"2\" stroke-dasharray=\"%s\"/>\n",
        at, at + 26.0, y, y, tw_svg_colour(i), dashes[i]);
    tw_svg_text(out, at + 32.0, y + 4.0, TW_ANCHOR_START, "", c->lines[i].name);
    at += w;
  }
}

static void extend(double range[2], const double *v, int n) {
  for (int i = 0; i < n; i++)
    if (isfinite(v[i])) range[0] = fmin(range[0], v[i]), range[1] = fmax(range[1], v[i]);
}

static bool axes(const tw_chart *c, axis *ax, axis *ay) {
  double xs[2] = {INFINITY, -INFINITY}, ys[2] = {INFINITY, -INFINITY};
  for (int k = 0; k < c->n_lines; k++) {
    points p = points_of(c, k);
    extend(ys, p.y, p.n);
    extend(xs, p.x, p.n);
  }
  if (!(ys[0] <= ys[1] && xs[0] <= xs[1])) return false;
  *ax = fit(xs[0], xs[1], c->x_per > 0.0 ? c->x_per : 1.0, false);
  *ay = fit(ys[0], ys[1], 1.0, true);
  return true;
}

static void event_marks(FILE *out, const tw_chart *c, const axis *ax) {
  for (int i = 0; i < c->n_events; i++) {
    double x = c->events[i].x;
    if (!(x >= ax->lo && x <= ax->hi)) continue;
    fprintf(out, "<line class=\"event\" data-t=\"%.9g\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\" stroke=\"currentColor\" "
            "stroke-opacity=\".55\" stroke-dasharray=\"1 3\" stroke-width=\"2\">", x, px(ax, x), px(ax, x), TOP, HEIGHT - BOTTOM);
    tw_html_element(out, "title", c->events[i].name);
    fputs("</line>\n", out);
  }
}

int tw_chart_svg(FILE *out, const tw_chart *c) {
  axis ax, ay;
  if (!axes(c, &ax, &ay)) return -1;
  int below = rows_below(c);
  tw_svg_begin(out, WIDTH, HEIGHT + below * (double)LEGEND, c->title);
  grid(out, &ax, &ay);
  /* An inner svg cuts off what a zoom moves out of it. */
  fprintf(out, "<svg class=\"plot\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" viewBox=\"%d %d %d %d\">\n", LEFT, TOP - 3,
          WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM + 6, LEFT, TOP - 3, WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM + 6);
  event_marks(out, c, &ax);
  for (int k = 0; k < c->n_lines; k++) curve(out, c, k, &ax, &ay);
  fputs("</svg>\n", out);
  legend(out, c, below);
  tw_svg_text(out, 0.5 * (LEFT + WIDTH - RIGHT), HEIGHT - 12.0, TW_ANCHOR_MIDDLE, "", c->x_title);
  fprintf(out, "<g transform=\"rotate(-90)\">\n");
  tw_svg_text(out, -0.5 * (TOP + HEIGHT - BOTTOM), 12.0, TW_ANCHOR_MIDDLE, "", c->y_title);
  fputs("</g>\n", out);
  tw_svg_end(out);
  return 0;
}

static void title_json(FILE *out, const char *key, const char *title, const char *unit, double per) {
  fprintf(out, ",\"%s\":{\"title\":", key);
  tw_json_string(out, title);
  fputs(",\"unit\":", out);
  tw_json_string(out, unit ? unit : "");
  fputs(",\"per\":", out);
  tw_json_number(out, per);
  fputc('}', out);
}

static void line_json(FILE *out, const tw_chart *c, int line) {
  points p = points_of(c, line);
  fputs(line ? ",{\"name\":" : "{\"name\":", out);
  tw_json_string(out, c->lines[line].name);
  fputs(",\"points\":[", out);
  for (int i = 0; i < p.n; i++) {
    fputs(i ? ",[" : "[", out);
    tw_json_number(out, p.x[i]);
    fputc(',', out);
    tw_json_number(out, p.y[i]);
    fputc(']', out);
  }
  fputs("]}", out);
}

void tw_chart_json(FILE *out, const tw_chart *c) {
  axis ax, ay;
  if (!axes(c, &ax, &ay)) return;
  fputs("{\"kind\":\"lines\"", out);
  title_json(out, "x", c->x_title, c->x_unit, ax.per);
  title_json(out, "y", c->y_title, c->y_unit, ay.per);
  fprintf(out, ",\"frame\":{\"left\":%d,\"top\":%d,\"width\":%d,\"height\":%d,\"range\":[", LEFT, TOP, WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM);
  tw_json_number(out, ax.lo);
  fputc(',', out);
  tw_json_number(out, ax.hi);
  fputs("],\"y\":[", out);
  tw_json_number(out, ay.lo);
  fputc(',', out);
  tw_json_number(out, ay.hi);
  fputs("],\"step\":", out);
  tw_json_number(out, ay.step);
  fputs("},\"lines\":[", out);
  for (int k = 0; k < c->n_lines; k++) line_json(out, c, k);
  fputs("],\"events\":[", out);
  for (int i = 0; i < c->n_events; i++) {
    fputs(i ? ",{\"t\":" : "{\"t\":", out);
    tw_json_number(out, c->events[i].x);
    fputs(",\"name\":", out);
    tw_json_string(out, c->events[i].name);
    fputc('}', out);
  }
  fputs("]}", out);
}
