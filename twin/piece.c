#include "piece.h"
#include <stdlib.h>
#include <string.h>
#include "network_internal.h"

typedef struct {
  tw_network *net;
  tw_arena *arena;
  int n;
  int *unknown;                /* [n] in the network */
  int32_t *column, *row_index; /* pattern of the piece */
  int32_t *slot;               /* [column[n]] in the network's values */
  double *nominal, *tolerance, *lo, *hi, *y; /* [n] */
  bool *differential;          /* [n] */
  double *whole_y, *whole_f;   /* [net->n] */
  double *whole_values;        /* [net->nonzeros] */
} piece;

/* ---- the problem ----------------------------------------------------------------------------------------------------- */

static void place(const piece *p, const double *y) {
  for (int i = 0; i < p->n; i++) p->whole_y[p->unknown[i]] = y[i];
}

static int residual(void *ctx, double t, const double *y, const double *yd, double *f) {
  (void)yd;
  const piece *p = ctx;
  place(p, y);
  int status = tw_network_residual(p->net, t, p->whole_y, NULL, p->whole_f);
  for (int i = 0; i < p->n; i++) f[i] = p->whole_f[p->unknown[i]];
  return status;
}

static int jacobian(void *ctx, double t, double cj, const double *y, const double *yd, double *values) {
  (void)yd;
  const piece *p = ctx;
  place(p, y);
  int status = tw_network_jacobian(p->net, t, cj, p->whole_y, NULL, p->whole_values);
  for (int32_t k = 0; k < p->column[p->n]; k++) values[k] = p->whole_values[p->slot[k]];
  return status;
}

static tw_problem problem_of(piece *p) {
  return (tw_problem){.n = p->n, .ctx = p, .column = p->column, .row_index = p->row_index, .nominal = p->nominal,
                      .tolerance = p->tolerance, .lo = p->lo, .hi = p->hi, .differential = p->differential,
                      .residual = residual, .jacobian = jacobian};
}

/* ---- cutting out ----------------------------------------------------------------------------------------------------- */

static void choose_unknowns(piece *p, const bool *in, int *local) {
  const tw_network *net = p->net;
  for (int i = 0; i < net->n; i++) {
    local[i] = in[i] ? p->n : -1;
    if (in[i]) p->unknown[p->n++] = i;
  }
}

static void choose_entries(piece *p, const int *local) {
  const tw_network *net = p->net;
  int32_t found = 0;
  for (int c = 0; c < p->n; c++) {
    for (int32_t k = net->column[p->unknown[c]]; k < net->column[p->unknown[c] + 1]; k++) {
      if (local[net->row_index[k]] < 0) continue;
      p->row_index[found] = local[net->row_index[k]];
      p->slot[found++] = k;
    }
    p->column[c + 1] = found;
  }
}

static piece cut_out(tw_network *net, const bool *in, const double *y) {
  tw_arena *a = tw_arena_new();
  size_t n = (size_t)net->n, nz = (size_t)net->nonzeros;
  piece p = {.net = net, .arena = a, .unknown = tw_alloc(a, n, sizeof(int)), .column = tw_alloc(a, n + 1, sizeof(int32_t)),
             .row_index = tw_alloc(a, nz, sizeof(int32_t)), .slot = tw_alloc(a, nz, sizeof(int32_t)),
             .whole_y = tw_alloc(a, n, sizeof(double)), .whole_f = tw_alloc(a, n, sizeof(double)),
             .whole_values = tw_alloc(a, nz, sizeof(double))};
  int *local = tw_alloc(a, n, sizeof *local);
  choose_unknowns(&p, in, local);
  choose_entries(&p, local);
  double **from[] = {&p.nominal, &p.tolerance, &p.lo, &p.hi, &p.y};
  const double *const whole[] = {net->nominal, net->tolerance, net->lo, net->hi, y};
  for (int k = 0; k < TW_COUNT(from); k++) {
    *from[k] = tw_alloc(a, (size_t)p.n, sizeof(double));
    for (int i = 0; i < p.n; i++) (*from[k])[i] = whole[k][p.unknown[i]];
  }
  p.differential = tw_alloc(a, (size_t)p.n, sizeof(bool));
  for (int i = 0; i < p.n; i++) p.differential[i] = net->differential[p.unknown[i]];
  memcpy(p.whole_y, y, n * sizeof *y);
  return p;
}

static bool concerned(const tw_batch *b, const bool *in) {
  for (int local = 0; local < b->n_port_q + b->n_internal; local++)
    for (int k = 0; k < b->n; k++)
      if (in[tw_batch_unknown(b, local, k)]) return true;
  return false;
}

/* Batches that write none of the rows of the piece need not be evaluated. */
static void leave_idle(tw_network *net, const bool *in) {
  for (int i = 0; i < net->n_batches; i++) net->batches[i].idle = in && !concerned(&net->batches[i], in);
}

void tw_piece_improve(tw_network *net, const bool *in, double *y, int iterations, tw_damping damping, double enough,
                      tw_report *r) {
  tw_report one = {0};
  piece p = cut_out(net, in, y);
  tw_problem problem = problem_of(&p);
  tw_solver *solver = tw_solver_new(&problem);
  if (!solver) abort();
  leave_idle(net, in);
  tw_newton_improve(solver, 0.0, p.y, NULL, iterations, damping, enough, &one);
  leave_idle(net, NULL);
  for (int i = 0; i < p.n; i++) y[p.unknown[i]] = p.y[i];
  r->seconds += one.seconds;
  if (p.n > net->n / 4) {
    r->factorisations += one.factorisations;
    r->iterations += one.iterations;
  }
  tw_solver_free(solver);
  tw_arena_free(p.arena);
}
