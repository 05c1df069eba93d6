#include "text_plot.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { HEIGHT = 14, LEFT = 12 };
static const char signs[TW_CHART_LINES + 1] = "*+ox#%";

typedef struct {
  double x0, x1, y0, y1;
  int width;
} window;

static void extend(double *lo, double *hi, double v) {
  if (!isfinite(v)) return;
  *lo = fmin(*lo, v);
  *hi = fmax(*hi, v);
}

static window fit(const tw_chart *c, int width) {
  window w = {INFINITY, -INFINITY, INFINITY, -INFINITY, width};
  for (int k = 0; k < c->n_lines; k++)
    for (int i = 0; i < c->n; i++) {
      if (!isfinite(c->lines[k].y[i])) continue;
      extend(&w.x0, &w.x1, c->x[i]);
      extend(&w.y0, &w.y1, c->lines[k].y[i]);
    }
  double room = w.y1 > w.y0 ? 0.0 : fmax(0.1 * fabs(w.y1), 0.1); /* around a constant */
  w.y0 -= room;
  w.y1 += room;
  return w;
}

static int row_of(const window *w, double y) { return (int)lrint((w->y1 - y) / (w->y1 - w->y0) * (HEIGHT - 1)); }

/* From the lowest to the highest sample that falls into each column. */
static void draw(char *cells, const window *w, const tw_chart *c, int line) {
  const double *y = c->lines[line].y;
  for (int i = 0; i < c->n; i++) {
    if (!isfinite(c->x[i]) || !isfinite(y[i])) continue;
    double share = w->x1 > w->x0 ? (c->x[i] - w->x0) / (w->x1 - w->x0) : 0.0;
    cells[row_of(w, y[i]) * w->width + (int)lrint(share * (w->width - 1))] = signs[line];
  }
}

int tw_text_plot(FILE *out, const tw_chart *c, int width) {
  window w = fit(c, width - LEFT);
  if (!(w.x0 <= w.x1) || w.width < 2) return -1;
  char *cells = malloc((size_t)w.width * HEIGHT);
  if (!cells) abort();
  memset(cells, ' ', (size_t)w.width * HEIGHT);
  for (int k = c->n_lines - 1; k >= 0; k--) draw(cells, &w, c, k); /* the first line lies on top */
  fprintf(out, "\n%s\n", c->y_title);
  for (int r = 0; r < HEIGHT; r++) {
    if (r % 4 && r != HEIGHT - 1)
      fprintf(out, "%*s |", LEFT - 2, "");
    else
      fprintf(out, "%*.5g |", LEFT - 2, w.y1 + (w.y0 - w.y1) * r / (HEIGHT - 1));
    fprintf(out, "%.*s\n", w.width, cells + (size_t)r * (size_t)w.width);
  }
  free(cells);
  fprintf(out, "%*s +", LEFT - 2, "");
  for (int i = 0; i < w.width; i++) fputc('-', out);
  fprintf(out, "\n%*s%-*.5g%*.5g  %s\n", LEFT, "", w.width / 2, w.x0, w.width - w.width / 2, w.x1, c->x_title);
  for (int k = 0; k < c->n_lines; k++) fprintf(out, "%*s %c %s\n", LEFT - 2, "", signs[k], c->lines[k].name);
  return 0;
}
