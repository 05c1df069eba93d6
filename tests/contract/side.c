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

/* Memory of one call: one block, zeroed, released at once. */
typedef struct { char *next, *block; } pool;

static pool pool_new(const tw_type *type, const shape *s, int n) {
  size_t rows = (size_t)(s->n_params + type->n_derived + 4 * s->n_q + 2 * s->n_ports + s->n_outputs + type->n_events +
      type->n_discrete + type->n_stamps + TW_B_TERMS + 32);
  pool p = {NULL, calloc(rows, sizeof(void *) + 32 + (size_t)n * sizeof(double _Complex))};
  if (!p.block) abort();
  p.next = p.block;
  return p;
}

static void *take(pool *p, size_t count, size_t size) {
  void *v = p->next;
  p->next += (count * size + 15) / 16 * 16;
  return v;
}

/* Table of pointers to rows of n numbers. */
static tw_real **grid(pool *p, int rows, int n, double preset) {
  tw_real **row = take(p, (size_t)rows, sizeof(*row));
  for (int r = 0; r < rows; r++) {
    row[r] = take(p, (size_t)n, sizeof(tw_real));
    for (int i = 0; i < n; i++) row[r][i] = preset;
  }
  return row;
}

static double **plain_grid(pool *p, int rows, int n, double preset) {
  double **row = take(p, (size_t)rows, sizeof(*row));
  for (int r = 0; r < rows; r++) {
    row[r] = take(p, (size_t)n, sizeof(double));
    for (int i = 0; i < n; i++) row[r][i] = preset;
  }
  return row;
}

/* The inputs of a batch. */
typedef struct {
  tw_real **p, **x, **xd;
  const tw_curve ***c;
  const tw_medium ***m;
  double **z;
} inputs;

static inputs gather(pool *p, const tw_type *type, const shape *s, const state *const *states, int n, const seed *along) {
  int n_p = s->n_params + type->n_derived;
  inputs in = {.p = grid(p, n_p, n, 0.0), .x = grid(p, s->n_q, n, 0.0), .xd = grid(p, s->n_q, n, 0.0),
      .c = take(p, (size_t)s->n_params, sizeof(*in.c)), .m = take(p, (size_t)s->n_ports, sizeof(*in.m)),
      .z = plain_grid(p, type->n_discrete, n, NAN)};
  for (int k = 0; k < s->n_params; k++) in.c[k] = take(p, (size_t)n, sizeof(*in.c[k]));
  for (int k = 0; k < s->n_ports; k++) in.m[k] = take(p, (size_t)n, sizeof(*in.m[k]));
  for (int i = 0; i < n; i++) {
    for (int k = 0; k < n_p; k++) in.p[k][i] = states[i]->p[k];
    for (int k = 0; k < s->n_params; k++) in.c[k][i] = states[i]->c[k];
    for (int k = 0; k < s->n_ports; k++) in.m[k][i] = states[i]->m[k];
    for (int q = 0; q < s->n_q; q++) {
      bool moved = along && along->q == q;
      in.x[q][i] = seeded(states[i]->x[q], moved ? along->x : 0.0);
      in.xd[q][i] = seeded(states[i]->xd[q], moved ? along->xd : 0.0);
    }
    for (int k = 0; k < type->n_discrete; k++) in.z[k][i] = states[i]->z[k];
  }
  return in;
}

#define CURVES(in) ((const tw_curve *const *const *)(in).c)
#define MEDIA(in) ((const tw_medium *const *const *)(in).m)
#define NUMBERS(rows) ((const tw_real *const *)(rows))
#define DISCRETE(in) ((const double *const *)(in).z)

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
  pool p = pool_new(type, s, 1);
  inputs in = gather(&p, type, s, &one, 1, NULL);
  complaint c = {text, size};
  const bool *open[MAX_PORTS];
  for (int k = 0; k < s->n_ports; k++) open[k] = &st->open[k];
  tw_derive d = {1, in.p, CURVES(in), MEDIA(in), open, &c, complain};
  snprintf(text, size, "derive failed without a message");
  int status = type->derive(&d);
  for (int k = 0; k < type->n_derived; k++) st->p[s->n_params + k] = TW_RE(in.p[s->n_params + k][0]);
  free(p.block);
  return status;
}

/* ---- eval, observe, balance, events ------------------------------------------------------------------------------- */

static void scatter(tw_real *const *row, int rows, int i, double *value, double *slope) {
  for (int r = 0; r < rows; r++) {
    value[r] = TW_RE(row[r][i]);
    if (slope) slope[r] = slope_of(row[r][i]);
  }
}

void side_eval(const tw_type *type, const shape *s, const state *const *states, int n, bool jacobian, result *values,
    const seed *along, result *slopes) {
  pool p = pool_new(type, s, n);
  inputs in = gather(&p, type, s, states, n, along);
  tw_real **f = grid(&p, s->n_q, n, unwritten()), **out = grid(&p, s->n_outputs, n, unwritten());
  tw_real **b = grid(&p, TW_B_TERMS, n, 0.0), **g = grid(&p, type->n_events, n, unwritten());
  double **j = plain_grid(&p, type->n_stamps, n, unwritten());
  tw_real **rows = take(&p, (size_t)s->n_q, sizeof(*rows));
  for (int q = 0; q < s->n_q; q++) {
    bool written = s->port_of[q] < 0 || type->ports[s->port_of[q]].kind != TW_SIGNAL_IN;
    rows[q] = written ? f[q] : NULL;
  }

  tw_eval e = {n, states[0]->t, states[0]->cj, false, states[0]->load_scale, states[0]->fast, NUMBERS(in.p), CURVES(in),
      MEDIA(in), NUMBERS(in.x), NUMBERS(in.xd), DISCRETE(in), rows, jacobian ? j : NULL};
  type->eval(&e);
  e.j = NULL;
  if (type->observe) type->observe(&e, out);
  if (type->balance) type->balance(&e, b);
  if (type->events) type->events(&e, g);

  for (int i = 0; i < n; i++) {
    result *v = &values[i], *d = slopes ? &slopes[i] : NULL;
    scatter(f, s->n_q, i, v->f, d ? d->f : NULL);
    scatter(out, s->n_outputs, i, v->out, d ? d->out : NULL);
    scatter(b, TW_B_TERMS, i, v->balance, d ? d->balance : NULL);
    scatter(g, type->n_events, i, v->g, d ? d->g : NULL);
    for (int k = 0; k < type->n_stamps; k++) v->j[k] = j[k][i];
  }
  free(p.block);
}

/* ---- start, react ------------------------------------------------------------------------------------------------- */

#ifndef TW_COMPLEX_STEP
bool side_unwritten(double v) {
  double preset = unwritten();
  return memcmp(&v, &preset, sizeof(v)) == 0;
}

void side_start(const tw_type *type, const shape *s, state *st, double *x) {
  const state *one = st;
  pool p = pool_new(type, s, 1);
  inputs in = gather(&p, type, s, &one, 1, NULL);
  tw_real **guess = grid(&p, s->n_q, 1, NAN);
  for (int k = 0; k < type->n_discrete; k++) in.z[k][0] = NAN;
  tw_start d = {1, NUMBERS(in.p), CURVES(in), MEDIA(in), guess, in.z};
  if (type->start) type->start(&d);
  for (int q = 0; q < s->n_q; q++) x[q] = guess[q][0];
  for (int k = 0; k < type->n_discrete; k++) st->z[k] = in.z[k][0];
  free(p.block);
}

int side_react(const tw_type *type, const shape *s, state *st) {
  if (!type->react) return 0;
  const state *one = st;
  pool p = pool_new(type, s, 1);
  inputs in = gather(&p, type, s, &one, 1, NULL);
  double **z = plain_grid(&p, type->n_discrete, 1, NAN);
  for (int k = 0; k < type->n_discrete; k++) z[k][0] = st->z[k];
  tw_eval e = {1, st->t, st->cj, st->at_rest, st->load_scale, st->fast, NUMBERS(in.p), CURVES(in), MEDIA(in), NUMBERS(in.x),
      NUMBERS(in.xd), DISCRETE(in), NULL, NULL};
  int changed = type->react(&e, z);
  for (int k = 0; k < type->n_discrete; k++) st->z[k] = z[k][0];
  free(p.block);
  return changed;
}

double side_alarm(const tw_type *type, const shape *s, const state *st) {
  double at = INFINITY;
  if (!type->alarms) return at;
  pool p = pool_new(type, s, 1);
  inputs in = gather(&p, type, s, &st, 1, NULL);
  tw_eval e = {1, st->t, st->cj, st->at_rest, st->load_scale, st->fast, NUMBERS(in.p), CURVES(in), MEDIA(in), NUMBERS(in.x),
      NUMBERS(in.xd), DISCRETE(in), NULL, NULL};
  type->alarms(&e, &at);
  free(p.block);
  return at;
}
#endif
