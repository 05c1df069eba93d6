/* A kernel's result for an instance is the same bits alone, in any batch, at any place and in any order. */
#include "contract.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LARGEST = 257, SEED = 4, KIN = 11 };

static bool same_bits(const double *a, const double *b, int n) { return memcmp(a, b, (size_t)n * sizeof(double)) == 0; }

static void compare(const subject *u, const result *alone, const result *batch, const char *how, int n, int i, report *r) {
  const struct { const char *what; const double *a, *b; int n; } parts[] = {
      {"rows", alone->f, batch->f, u->s.n_q}, {"stamps", alone->j, batch->j, u->type->n_stamps},
      {"outputs", alone->out, batch->out, u->s.n_outputs}, {"balance", alone->balance, batch->balance, TW_B_TERMS},
      {"events", alone->g, batch->g, u->type->n_events}};
  for (int k = 0; k < TW_COUNT(parts); k++)
    if (!same_bits(parts[k].a, parts[k].b, parts[k].n))
      report_add(r, CHECK_BATCH, "%s of instance %d differ from those of the instance alone (batch of %d, %s)", parts[k].what, i,
          n, how);
}

/* A state close to another, every number a little different; a whole number is a choice or a count and stays. */
static void relative_of(const subject *u, const state *of, int c, state *st) {
  double factor = 1.0 - 1e-9 * c;
  *st = *of;
  for (int k = 0; k < u->s.n_params + u->type->n_derived; k++)
    if (st->p[k] != floor(st->p[k])) st->p[k] *= factor;
  for (int q = 0; q < u->s.n_q; q++) st->x[q] *= factor, st->xd[q] *= factor;
}

/* Instances that are close to one another have one medium and the same forms: a kernel may take them side by side, where it takes
 * a mixed batch one by one. */
static void compare_kin(const subject *u, const state *of, report *r) {
  state kin[KIN];
  const state *order[KIN];
  result alone[KIN], batch[KIN], rows[KIN];
  for (int c = 0; c < KIN; c++) {
    relative_of(u, of, c, &kin[c]);
    order[c] = &kin[c];
    side_eval(u->type, &u->s, &order[c], 1, true, &alone[c], NULL, NULL);
  }
  side_eval(u->type, &u->s, order, KIN, true, batch, NULL, NULL);
  side_eval(u->type, &u->s, order, KIN, false, rows, NULL, NULL);
  for (int c = 0; c < KIN; c++) {
    compare(u, &alone[c], &batch[c], "alike", KIN, c, r);
    if (!same_bits(alone[c].f, rows[c].f, u->s.n_q))
      report_add(r, CHECK_BATCH, "rows of instance %d differ from those of the instance alone (batch of %d, no slopes)", c, KIN);
  }
}

void check_batches(const subject *u, report *r) {
  static const int sizes[] = {1, 7, 256, 257};
  char message[256];
  state *states = calloc(LARGEST, sizeof(*states));
  result *alone = calloc(LARGEST, sizeof(*alone)), *batch = calloc(LARGEST, sizeof(*batch));
  const state **order = calloc(LARGEST, sizeof(*order));
  if (!states || !alone || !batch || !order) abort();
  sampler *s = sampler_new(u, SEED);
  bool sampled = true;
  for (int i = 0; i < LARGEST && sampled; i++) {
    sampled = sample_state(s, &states[i], message, sizeof(message));
    states[i].t = states[0].t;
    states[i].cj = states[0].cj;
    states[i].load_scale = states[0].load_scale;
    states[i].fast = states[0].fast;
  }
  for (int i = 0; i < LARGEST && sampled; i++) {
    const state *one = &states[i];
    side_eval(u->type, &u->s, &one, 1, true, &alone[i], NULL, NULL);
  }
  for (int k = 0; k < TW_COUNT(sizes) && sampled; k++) {
    int n = sizes[k];
    for (int i = 0; i < n; i++) order[i] = &states[i];
    side_eval(u->type, &u->s, order, n, true, batch, NULL, NULL);
    for (int i = 0; i < n; i++) compare(u, &alone[i], &batch[i], "in order", n, i, r);
    for (int i = 0; i < n; i++) order[i] = &states[n - 1 - i];
    side_eval(u->type, &u->s, order, n, true, batch, NULL, NULL);
    for (int i = 0; i < n; i++) compare(u, &alone[n - 1 - i], &batch[i], "reversed", n, i, r);
    for (int i = 0; i < n; i++) order[i] = &states[i / 2]; /* two lanes: instance k, lane l is column 2k + l */
    side_eval(u->type, &u->s, order, n, true, batch, NULL, NULL);
    for (int i = 0; i < n; i++) compare(u, &alone[i / 2], &batch[i], "two lanes", n, i, r);
  }
  for (int i = 0; i < LARGEST && sampled; i++) compare_kin(u, &states[i], r);
  sampler_free(s);
  free(states);
  free(alone);
  free(batch);
  free(order);
}
