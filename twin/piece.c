#include "piece.h"
#include <stdlib.h>
#include <string.h>

struct tw_piece {
  tw_network *net;
  int n;
  int *unknown;                /* [n] in the network */
  int32_t *column, *row_index; /* pattern of the piece */
  int32_t *slot;               /* [column[n]] in the network's values */
  double *numbers;             /* nominal, tolerance, lo, hi, y: [n] each */
  bool *differential, *held;   /* [n] */
  double *whole_y, *whole_f;   /* [net->n] */
  double *whole_values;        /* [net->nonzeros] */
  bool *idle;                  /* [net->n_batches] writes none of the rows */
  tw_problem problem;
  tw_solver *solver;           /* made when it is needed */
};

static void *room(size_t count, size_t size) {
  void *p = malloc((count + 1) * size);
  if (!p) abort();
  return p;
}

/* ---- the problem ----------------------------------------------------------------------------------------------------- */

static void place(const tw_piece *p, const double *y) {
  for (int i = 0; i < p->n; i++) p->whole_y[p->unknown[i]] = y[i];
}

static void pick_rows(const tw_piece *p, double *f) {
  for (int i = 0; i < p->n; i++) f[i] = p->whole_f[p->unknown[i]];
}

static void pick_values(const tw_piece *p, double *values) {
  for (int32_t k = 0; k < p->column[p->n]; k++) values[k] = p->whole_values[p->slot[k]];
}

static int residual(void *ctx, double t, const double *y, const double *yd, double *f) {
  (void)yd;
  const tw_piece *p = ctx;
  place(p, y);
  int status = tw_network_residual(p->net, t, p->whole_y, NULL, p->whole_f);
  pick_rows(p, f);
  return status;
}

static int jacobian(void *ctx, double t, double cj, const double *y, const double *yd, double *values) {
  (void)yd;
  const tw_piece *p = ctx;
  place(p, y);
  int status = tw_network_jacobian(p->net, t, cj, p->whole_y, NULL, p->whole_values);
  pick_values(p, values);
  return status;
}

static int linearise(void *ctx, double t, double cj, const double *y, const double *yd, double *f, double *values) {
  (void)yd;
  const tw_piece *p = ctx;
  place(p, y);
  int status = tw_network_linearise(p->net, t, cj, p->whole_y, NULL, p->whole_f, p->whole_values);
  pick_rows(p, f);
  pick_values(p, values);
  return status;
}

/* ---- cutting out ----------------------------------------------------------------------------------------------------- */

static int *choose_unknowns(tw_piece *p, const bool *in) {
  int *local = room((size_t)p->net->n, sizeof *local);
  for (int i = 0; i < p->net->n; i++) p->n += in[i];
  p->unknown = room((size_t)p->n, sizeof *p->unknown);
  for (int i = 0, k = 0; i < p->net->n; i++) {
    local[i] = in[i] ? k : -1;
    if (in[i]) p->unknown[k++] = i;
  }
  return local;
}

static void choose_entries(tw_piece *p, const int *local) {
  const tw_network *net = p->net;
  int32_t found = 0;
  for (int c = 0; c < p->n; c++) found += net->column[p->unknown[c] + 1] - net->column[p->unknown[c]];
  p->column = room((size_t)p->n + 1, sizeof *p->column);
  p->row_index = room((size_t)found, sizeof *p->row_index);
  p->slot = room((size_t)found, sizeof *p->slot);
  p->column[0] = found = 0;
  for (int c = 0; c < p->n; c++) {
    for (int32_t k = net->column[p->unknown[c]]; k < net->column[p->unknown[c] + 1]; k++) {
      if (local[net->row_index[k]] < 0) continue;
      p->row_index[found] = local[net->row_index[k]];
      p->slot[found++] = k;
    }
    p->column[c + 1] = found;
  }
}

static void choose_numbers(tw_piece *p) {
  const tw_network *net = p->net;
  size_t n = (size_t)p->n;
  const double *const whole[] = {net->nominal, net->tolerance, net->lo, net->hi};
  p->numbers = room(5 * n, sizeof *p->numbers);
  p->differential = room(n, sizeof *p->differential);
  p->held = room(n, sizeof *p->held);
  for (size_t k = 0; k < sizeof whole / sizeof *whole; k++)
    for (size_t i = 0; i < n; i++) p->numbers[k * n + i] = whole[k][p->unknown[i]];
  for (size_t i = 0; i < n; i++) p->differential[i] = net->differential[p->unknown[i]];
}

static bool concerned(const tw_batch *b, const bool *in) {
  for (int k = 0; k < b->n_internal * b->n; k++)
    if (in[b->first_internal + k]) return true;
  for (int q = 0; q < b->n_port_q; q++)
    for (int k = 0; k < b->n; k++)
      if (in[b->unknown[q][k]]) return true;
  return false;
}

void tw_ask_for_rows(tw_network *net, const bool *in) {
  for (int i = 0; i < net->n_batches; i++) net->batches[i].idle = in && !concerned(&net->batches[i], in);
}

tw_piece *tw_piece_new(tw_network *net, const bool *in) {
  tw_piece *p = calloc(1, sizeof *p);
  if (!p) abort();
  p->net = net;
  int *local = choose_unknowns(p, in);
  choose_entries(p, local);
  free(local);
  choose_numbers(p);
  p->whole_y = room((size_t)net->n, sizeof(double));
  p->whole_f = room((size_t)net->n, sizeof(double));
  p->whole_values = room((size_t)net->nonzeros, sizeof(double));
  p->idle = room((size_t)net->n_batches, sizeof(bool));
  for (int i = 0; i < net->n_batches; i++) p->idle[i] = !concerned(&net->batches[i], in);
  size_t n = (size_t)p->n;
  p->problem = (tw_problem){.n = p->n, .ctx = p, .column = p->column, .row_index = p->row_index, .nominal = p->numbers,
                            .tolerance = p->numbers + n, .lo = p->numbers + 2 * n, .hi = p->numbers + 3 * n,
                            .differential = p->differential, .residual = residual, .jacobian = jacobian,
                            .linearise = linearise};
  return p;
}

void tw_piece_free(tw_piece *p) {
  if (!p) return;
  tw_solver_free(p->solver);
  void *arrays[] = {p->unknown, p->column, p->row_index, p->slot, p->numbers, p->differential, p->held,
                    p->whole_y, p->whole_f, p->whole_values, p->idle};
  for (size_t k = 0; k < sizeof arrays / sizeof *arrays; k++) free(arrays[k]);
  free(p);
}

/* ---- solving --------------------------------------------------------------------------------------------------------- */

void tw_piece_improve(tw_piece *p, double *y, const bool *held, const tw_effort *e, tw_report *r) {
  tw_network *net = p->net;
  double *own = p->numbers + 4 * (size_t)p->n;
  tw_report one = {0};
  if (!p->solver && !(p->solver = tw_solver_new(&p->problem))) abort();
  memcpy(p->whole_y, y, (size_t)net->n * sizeof *y);
  for (int i = 0; i < p->n; i++) {
    p->held[i] = held && held[p->unknown[i]];
    own[i] = y[p->unknown[i]];
  }
  for (int i = 0; i < net->n_batches; i++) net->batches[i].idle = p->idle[i];
  tw_newton_improve(p->solver, 0.0, own, p->held, e->iterations, e->damping, e->enough, &one);
  tw_ask_for_rows(net, NULL);
  for (int i = 0; i < p->n; i++) y[p->unknown[i]] = own[i];
  r->seconds += one.seconds;
  if (p->n <= net->n / 4) return;
  r->factorisations += one.factorisations;
  r->iterations += one.iterations;
}
