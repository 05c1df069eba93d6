/* Newton on the internal equations of one instance, its port quantities held where the equations leave them free. Derivatives
 * by complex step, so that a wrong hand-written Jacobian is no obstacle. */
#include "contract.h"
#include <math.h>
#include <string.h>

enum { MAX_INNER = 24, ITERATIONS = 80 };

typedef struct { int q; bool rate; } variable; /* solved for through its rate, or itself */

typedef struct {
  const subject *u;
  state *st;
  int n_rows, row[MAX_INNER];
  int n_vars;                         /* as many as rows, or more: then the smallest change is taken */
  variable var[MAX_INNER + MAX_Q];
} inner;

static bool finite_all(const double *v, int n) {
  for (int k = 0; k < n; k++)
    if (!isfinite(v[k])) return false;
  return true;
}

/* Residuals of the inner rows over the rows' scales; returns the largest. */
static double residual(const inner *w, double *f) {
  result r;
  const state *one = w->st;
  side_eval(w->u->type, &w->u->s, &one, 1, false, &r, NULL, NULL);
  double norm = 0.0;
  for (int k = 0; k < w->n_rows; k++) {
    f[k] = r.f[w->row[k]] / row_scale(w->u, w->row[k]);
    norm = fmax(norm, fabs(f[k]));
  }
  return finite_all(f, w->n_rows) ? norm : INFINITY;
}

/* Derivatives of the inner rows to a variable, both scaled. */
static void column(const inner *w, variable v, double *d) {
  result r, slope;
  const state *one = w->st;
  seed along = {v.q, v.rate ? 0.0 : 1.0, v.rate ? 1.0 : 0.0};
  side_eval_complex(w->u->twin, &w->u->s, &one, 1, false, &r, &along, &slope);
  for (int k = 0; k < w->n_rows; k++) d[k] = slope.f[w->row[k]] * column_scale(w->u, v.q) / row_scale(w->u, w->row[k]);
}

/* Gaussian elimination with row pivoting; a[row][column]; b becomes the solution. */
static bool solve_dense(int n, double a[MAX_INNER][MAX_INNER], double *b) {
  for (int c = 0; c < n; c++) {
    int best = c;
    for (int r = c + 1; r < n; r++)
      if (fabs(a[r][c]) > fabs(a[best][c])) best = r;
    if (!(fabs(a[best][c]) > 1e-200)) return false;
    for (int k = 0; k < n; k++) {
      double t = a[c][k];
      a[c][k] = a[best][k];
      a[best][k] = t;
    }
    double t = b[c];
    b[c] = b[best];
    b[best] = t;
    for (int r = c + 1; r < n; r++) {
      double factor = a[r][c] / a[c][c];
      for (int k = c; k < n; k++) a[r][k] -= factor * a[c][k];
      b[r] -= factor * b[c];
    }
  }
  for (int c = n - 1; c >= 0; c--) {
    for (int k = c + 1; k < n; k++) b[c] -= a[c][k] * b[k];
    b[c] /= a[c][c];
  }
  return finite_all(b, n);
}

/* Scaled Newton step for residuals f: A step = f, of least norm where there are more variables than rows. */
static bool newton_step(const inner *w, const double *f, double *step) {
  double A[MAX_INNER + MAX_Q][MAX_INNER], G[MAX_INNER][MAX_INNER], y[MAX_INNER];
  bool square = w->n_vars == w->n_rows;
  for (int c = 0; c < w->n_vars; c++) column(w, w->var[c], A[c]);
  for (int r = 0; r < w->n_rows; r++) {
    y[r] = f[r];
    for (int k = 0; k < w->n_rows; k++) {
      G[r][k] = square ? A[k][r] : 0.0;
      for (int c = 0; c < w->n_vars && !square; c++) G[r][k] += A[c][r] * A[c][k];
    }
  }
  if (!solve_dense(w->n_rows, G, y)) return false;
  for (int c = 0; c < w->n_vars; c++) {
    step[c] = square ? y[c] : 0.0;
    for (int r = 0; r < w->n_rows && !square; r++) step[c] += A[c][r] * y[r];
  }
  return true;
}

static void move(const inner *w, const double *from, const double *step, double part) {
  for (int k = 0; k < w->n_vars; k++) {
    int q = w->var[k].q;
    double v = from[k] - part * step[k] * column_scale(w->u, q);
    if (w->var[k].rate) {
      w->st->xd[q] = v;
      continue;
    }
    if (w->u->s.port_of[q] < 0) {
      const tw_unknown *x = &w->u->type->unknowns[q - w->u->s.n_port_q];
      v = v < x->lo ? x->lo : v > x->hi ? x->hi : v;
    }
    w->st->x[q] = v;
  }
}

/* What rounding alone leaves in the rows: the sum of all their terms, in units of the last place. */
static bool at_rounding(const inner *w, const double *f) {
  double terms[MAX_INNER] = {0}, d[MAX_INNER];
  for (int q = 0; q < w->u->s.n_q; q++) {
    column(w, (variable){q, false}, d);
    for (int k = 0; k < w->n_rows; k++) terms[k] += fabs(d[k] * w->st->x[q] / column_scale(w->u, q));
    column(w, (variable){q, true}, d);
    for (int k = 0; k < w->n_rows; k++) terms[k] += fabs(d[k] * w->st->xd[q] / column_scale(w->u, q));
  }
  for (int k = 0; k < w->n_rows; k++)
    if (!(fabs(f[k]) <= 64.0 * 0x1p-52 * (terms[k] + 1e-3))) return false;
  return true;
}

static bool newton(inner *w) {
  double f[MAX_INNER], trial[MAX_INNER], step[MAX_INNER + MAX_Q], from[MAX_INNER + MAX_Q];
  double norm = residual(w, f);
  int slow = 0;
  for (int it = 0; it < ITERATIONS && slow < 3 && norm > 0.0; it++) {
    for (int c = 0; c < w->n_vars; c++) from[c] = w->var[c].rate ? w->st->xd[w->var[c].q] : w->st->x[w->var[c].q];
    if (!newton_step(w, f, step)) return false;
    double part = 1.0, now = INFINITY;
    for (int half = 0; half < 24; half++, part *= 0.5) {
      move(w, from, step, part);
      now = residual(w, trial);
      if (now < norm) break;
    }
    if (!(now < norm)) {
      move(w, from, step, 0.0);
      break;
    }
    slow += now > 0.5 * norm && norm < 1e-8;
    norm = now;
    memcpy(f, trial, sizeof(f));
  }
  return norm < 1e-3 && at_rounding(w, f);
}

/* The square problem: internal unknowns and written signals. */
static bool pose(inner *w, manifold kind) {
  const subject *u = w->u;
  for (int q = 0; q < u->s.n_q; q++) {
    int port = u->s.port_of[q];
    if (port >= 0 && kind != MANIFOLD_MOVING) w->st->xd[q] = 0.0;
    if (port >= 0 && u->type->ports[port].kind != TW_SIGNAL_OUT) continue;
    if (w->n_rows >= MAX_INNER) return false;
    bool rate = false;
    if (port < 0) {
      const tw_unknown *k = &u->type->unknowns[q - u->s.n_port_q];
      bool stock = k->differential == TW_STOCK; /* held by its value: its rate is what a steady state determines */
      bool held = (kind == MANIFOLD_STEADY && !stock) || (kind == MANIFOLD_FROZEN && !strcmp(k->unit, "K"));
      rate = k->differential && !held;
      if (!rate) w->st->xd[q] = 0.0;
    }
    w->row[w->n_rows++] = q;
    w->var[w->n_vars++] = (variable){q, rate};
  }
  return true;
}

bool solve_internal(const subject *u, state *st, manifold kind) {
  inner w = {.u = u, .st = st};
  if (!pose(&w, kind)) return false;
  if (w.n_rows == 0 || newton(&w)) return true;
  double guess[MAX_Q]; /* once more from the guess of the type */
  state started = *st;
  side_start(u->type, &u->s, &started, guess);
  for (int k = 0; k < w.n_vars; k++)
    if (!w.var[k].rate && isfinite(guess[w.var[k].q])) st->x[w.var[k].q] = guess[w.var[k].q];
  if (newton(&w)) return true;
  for (int q = 0; q < u->s.n_port_q; q++) /* an internal equation may bind the port quantities: they move, too */
    if (u->type->ports[u->s.port_of[q]].kind != TW_SIGNAL_OUT) w.var[w.n_vars++] = (variable){q, false};
  return newton(&w);
}
