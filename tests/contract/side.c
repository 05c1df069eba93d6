#include "side.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STEP 1e-30

#ifdef TW_COMPLEX_STEP
static tw_real seeded(double value, double direction) { return value + direction * STEP * _Complex_I; }
static double slope_of(tw_real v) { return cimag(v) / STEP; }
#else
static tw_real seeded(double value, double direction) {
  (void)direction;
  return value;
}
static double slope_of(tw_real v) {
  (void)v;
  return NAN;
}
#endif

/* The NaN that says "not written". */
static double unwritten(void) {
  uint64_t bits = 0x7ff8deadbeef0001u;
  double v;
  memcpy(&v, &bits, sizeof(v));
  return v;
}

/* rows x n numbers with a table of row pointers; never of length 0. */
typedef struct { tw_real **row, *store; } grid;

static void *take(size_t count, size_t size) {
  void *p = calloc(count ? count : 1, size);
  if (!p) abort();
  return p;
}

static grid grid_new(int rows, int n, double preset) {
  grid g = {take((size_t)rows, sizeof(tw_real *)), take((size_t)rows * (size_t)n, sizeof(tw_real))};
  for (int r = 0; r < rows; r++) {
    g.row[r] = g.store + (size_t)r * (size_t)n;
    for (int i = 0; i < n; i++) g.row[r][i] = preset;
  }
  return g;
}

static void grid_free(grid g) {
  free(g.row);
  free(g.store);
}

/* The inputs of a batch. */
typedef struct {
  grid p, x, xd;
  const tw_curve ***c;
  const tw_medium ***m;
  double **z, *z_store;
} inputs;

static inputs gather(const tw_type *type, const shape *s, const state *const *states, int n, const seed *along) {
  inputs in = {grid_new(s->n_params + type->n_derived, n, 0.0), grid_new(s->n_q, n, 0.0), grid_new(s->n_q, n, 0.0),
      take((size_t)s->n_params, sizeof(*in.c)), take((size_t)s->n_ports, sizeof(*in.m)),
      take((size_t)type->n_discrete, sizeof(*in.z)), take((size_t)(type->n_discrete * n), sizeof(double))};
  for (int k = 0; k < s->n_params; k++) in.c[k] = take((size_t)n, sizeof(*in.c[k]));
  for (int k = 0; k < s->n_ports; k++) in.m[k] = take((size_t)n, sizeof(*in.m[k]));
  for (int k = 0; k < type->n_discrete; k++) in.z[k] = in.z_store + k * n;
  for (int i = 0; i < n; i++) {
    for (int k = 0; k < s->n_params + type->n_derived; k++) in.p.row[k][i] = states[i]->p[k];
    for (int k = 0; k < s->n_params; k++) in.c[k][i] = states[i]->c[k];
    for (int k = 0; k < s->n_ports; k++) in.m[k][i] = states[i]->m[k];
    for (int q = 0; q < s->n_q; q++) {
      bool moved = along && along->q == q;
      in.x.row[q][i] = seeded(states[i]->x[q], moved ? along->x : 0.0);
      in.xd.row[q][i] = seeded(states[i]->xd[q], moved ? along->xd : 0.0);
    }
    for (int k = 0; k < type->n_discrete; k++) in.z[k][i] = states[i]->z[k];
  }
  return in;
}

static void inputs_free(inputs *in, const shape *s) {
  grid_free(in->p);
  grid_free(in->x);
  grid_free(in->xd);
  for (int k = 0; k < s->n_params; k++) free(in->c[k]);
  for (int k = 0; k < s->n_ports; k++) free(in->m[k]);
  free(in->c);
  free(in->m);
  free(in->z);
  free(in->z_store);
}

/* ---- derive ------------------------------------------------------------------------------------------------------- */

typedef struct { char *text; size_t size; } complaint;

static void complain(void *ctx, int instance, int param, const char *message) {
  complaint *c = ctx;
  (void)instance;
  snprintf(c->text, c->size, "parameter %d: %s", param, message);
}

int side_derive(const tw_type *type, const shape *s, state *st, char *text, size_t size) {
  if (!type->derive) return 0;
  for (int k = 0; k < type->n_derived; k++) st->p[s->n_params + k] = NAN;
  const state *one = st;
  inputs in = gather(type, s, &one, 1, NULL);
  complaint c = {text, size};
  tw_derive d = {1, in.p.row, (const tw_curve *const *const *)in.c, (const tw_medium *const *const *)in.m, &c, complain};
  snprintf(text, size, "derive failed without a message");
  int status = type->derive(&d);
  for (int k = 0; k < type->n_derived; k++) st->p[s->n_params + k] = TW_RE(in.p.row[s->n_params + k][0]);
  inputs_free(&in, s);
  return status;
}

/* ---- eval, observe, balance, events ------------------------------------------------------------------------------- */

static void scatter(grid g, int rows, int i, double *value, double *slope) {
  for (int r = 0; r < rows; r++) {
    value[r] = TW_RE(g.row[r][i]);
    if (slope) slope[r] = slope_of(g.row[r][i]);
  }
}

void side_eval(const tw_type *type, const shape *s, const state *const *states, int n, bool jacobian, result *values,
    const seed *along, result *slopes) {
  inputs in = gather(type, s, states, n, along);
  grid f = grid_new(s->n_q, n, unwritten()), out = grid_new(s->n_outputs, n, unwritten()), b = grid_new(TW_B_TERMS, n, 0.0),
       g = grid_new(type->n_events, n, unwritten());
  tw_real **rows = take((size_t)s->n_q, sizeof(*rows));
  for (int q = 0; q < s->n_q; q++) {
    bool written = s->port_of[q] < 0 || type->ports[s->port_of[q]].kind != TW_SIGNAL_IN;
    rows[q] = written ? f.row[q] : NULL;
  }
  double **j = take((size_t)type->n_stamps, sizeof(*j));
  double *j_store = take((size_t)(type->n_stamps * n), sizeof(*j_store));
  for (int k = 0; k < type->n_stamps; k++) j[k] = j_store + k * n;
  for (int k = 0; k < type->n_stamps * n; k++) j_store[k] = unwritten();

  tw_eval e = {n, states[0]->t, states[0]->cj, states[0]->load_scale, (const tw_real *const *)in.p.row,
      (const tw_curve *const *const *)in.c, (const tw_medium *const *const *)in.m, (const tw_real *const *)in.x.row,
      (const tw_real *const *)in.xd.row, (const double *const *)in.z, rows, jacobian ? j : NULL};
  type->eval(&e);
  e.j = NULL;
  if (type->observe) type->observe(&e, out.row);
  if (type->balance) type->balance(&e, b.row);
  if (type->events) type->events(&e, g.row);

  for (int i = 0; i < n; i++) {
    result *v = &values[i], *d = slopes ? &slopes[i] : NULL;
    scatter(f, s->n_q, i, v->f, d ? d->f : NULL);
    scatter(out, s->n_outputs, i, v->out, d ? d->out : NULL);
    scatter(b, TW_B_TERMS, i, v->balance, d ? d->balance : NULL);
    scatter(g, type->n_events, i, v->g, d ? d->g : NULL);
    for (int k = 0; k < type->n_stamps; k++) v->j[k] = j[k][i];
  }
  grid_free(f);
  grid_free(out);
  grid_free(b);
  grid_free(g);
  free(rows);
  free(j);
  free(j_store);
  inputs_free(&in, s);
}

/* ---- start, react ------------------------------------------------------------------------------------------------- */

#ifndef TW_COMPLEX_STEP
bool side_unwritten(double v) {
  double preset = unwritten();
  return memcmp(&v, &preset, sizeof(v)) == 0;
}

void side_start(const tw_type *type, const shape *s, state *st, double *x) {
  const state *one = st;
  inputs in = gather(type, s, &one, 1, NULL);
  grid guess = grid_new(s->n_q, 1, NAN);
  for (int k = 0; k < type->n_discrete; k++) in.z[k][0] = NAN;
  tw_start d = {1, (const double *const *)in.p.row, (const tw_curve *const *const *)in.c, (const tw_medium *const *const *)in.m,
      guess.row, in.z};
  if (type->start) type->start(&d);
  for (int q = 0; q < s->n_q; q++) x[q] = guess.row[q][0];
  for (int k = 0; k < type->n_discrete; k++) st->z[k] = in.z[k][0];
  grid_free(guess);
  inputs_free(&in, s);
}

int side_react(const tw_type *type, const shape *s, state *st) {
  if (!type->react) return 0;
  const state *one = st;
  inputs in = gather(type, s, &one, 1, NULL);
  double z[MAX_Z], *rows[MAX_Z];
  for (int k = 0; k < type->n_discrete; k++) {
    z[k] = st->z[k];
    rows[k] = &z[k];
  }
  tw_eval e = {1, st->t, st->cj, st->load_scale, (const tw_real *const *)in.p.row, (const tw_curve *const *const *)in.c,
      (const tw_medium *const *const *)in.m, (const tw_real *const *)in.x.row, (const tw_real *const *)in.xd.row,
      (const double *const *)in.z, NULL, NULL};
  int changed = type->react(&e, rows);
  for (int k = 0; k < type->n_discrete; k++) st->z[k] = z[k];
  inputs_free(&in, s);
  return changed;
}
#endif
