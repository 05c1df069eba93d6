#include "windup.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "piece.h"

static const double far = 1e3; /* spans of any output: beyond every stop */

/* Whether moving the integral, with everything but integrals and stocks following, leaves its own row where it is. Each of two
 * controllers of one quantity moves it, and is not meant. f: the residual at y. */
static bool is_open(tw_network *net, tw_solver *solver, int integral, const double *y, const double *f) {
  const double step = 1e-3 * net->nominal[integral];
  size_t n = (size_t)net->n;
  bool *held = malloc((n + 1) * sizeof *held), open = false;
  double *moved = malloc((n + 1) * sizeof *moved), *g = malloc((n + 1) * sizeof *g);
  if (!held || !moved || !g) abort();
  for (size_t i = 0; i < n; i++) held[i] = net->stock[i] || net->integrator[i];
  memcpy(moved, y, n * sizeof *moved);
  moved[integral] += step;
  if (!tw_network_residual(net, 0.0, moved, NULL, g) && tw_linearise(solver, 0.0, y, held)) {
    for (size_t i = 0; i < n; i++) g[i] = held[i] ? 0.0 : f[i] - g[i];
    if (tw_solve_linearised(solver, g)) {
      for (size_t i = 0; i < n; i++) moved[i] += g[i];
      open = !tw_network_residual(net, 0.0, moved, NULL, g) &&
             fabs(g[integral] - f[integral]) * far * net->nominal[integral] < step * fabs(f[integral]);
    }
  }
  free(held);
  free(moved);
  free(g);
  return open;
}

/* Beyond the stop that its error drives it to, the row is a straight line: one step of Newton's method ends it. */
static bool wind(tw_network *net, tw_solver *solver, int integral, double *y) {
  double *f = malloc(((size_t)net->n + 1) * sizeof *f), was = y[integral];
  bool *in = calloc((size_t)net->n + 1, sizeof *in);
  tw_report cost = {0};
  if (!f || !in) abort();
  bool wound = !tw_network_residual(net, 0.0, y, NULL, f) && fabs(f[integral]) > net->tolerance[integral] &&
               is_open(net, solver, integral, y, f);
  if (wound) {
    in[integral] = true;
    y[integral] += f[integral] < 0.0 ? far * net->nominal[integral] : -far * net->nominal[integral]; /* f = rate - ... */
    tw_piece *p = tw_piece_new(net, solver, in);
    tw_piece_improve(p, 0.0, y, NULL, &(tw_effort){10, TW_BY_RESIDUAL, 1.0}, &cost);
    tw_piece_free(p);
    wound = !tw_network_residual(net, 0.0, y, NULL, f) && fabs(f[integral]) <= net->tolerance[integral];
  }
  if (!wound) y[integral] = was;
  free(f);
  free(in);
  return wound;
}

int tw_wind_up(tw_network *net, tw_solver *solver, double *y, bool *open) {
  int n = 0;
  for (int i = 0; i < net->n; i++) {
    if (!net->integrator[i] || (net->load_scale < 1.0 && !open[i])) continue;
    bool wound = wind(net, solver, i, y);
    open[i] |= wound;
    n += wound;
  }
  return n;
}
