#include "piece.h"
#include <stdlib.h>
#include <string.h>
#include "stamping.h"

struct tw_piece {
  tw_network *net;
  tw_arena *arena;             /* of all arrays */
  int n;
  int *unknown;                /* [n] in the network */
  int32_t *column, *row_index; /* pattern of the piece */
  double *numbers;             /* nominal, tolerance, lo, hi, y: [n] each */
  bool *differential, *held;   /* [n] */
  double *whole_y, *whole_f;   /* [net->n] */
  tw_stamping *stamping;       /* from the network's elements to the piece's entries */
  tw_problem problem;
  tw_solver *solver;
};

/* ---- the problem ----------------------------------------------------------------------------------------------------- */

static void place(const tw_piece *p, const double *y) {
  for (int i = 0; i < p->n; i++) p->whole_y[p->unknown[i]] = y[i];
}

static void pick_rows(const tw_piece *p, double *f) {
  for (int i = 0; i < p->n; i++) f[i] = p->whole_f[p->unknown[i]];
}

static int residual(void *ctx, double t, const double *y, const double *yd, double *f) {
  (void)yd;
  const tw_piece *p = ctx;
  place(p, y);
  int status = tw_network_residual_of(p->net, p->stamping->active, t, p->whole_y, NULL, p->whole_f);
  pick_rows(p, f);
  return status;
}

static int jacobian(void *ctx, double t, double cj, const double *y, const double *yd, double *values) {
  (void)yd;
  const tw_piece *p = ctx;
  place(p, y);
  return tw_network_jacobian_in(p->net, p->stamping, t, cj, p->whole_y, NULL, values);
}

static int linearise(void *ctx, double t, double cj, const double *y, const double *yd, double *f, double *values) {
  (void)yd;
  const tw_piece *p = ctx;
  place(p, y);
  int status = tw_network_linearise_in(p->net, p->stamping, t, cj, p->whole_y, NULL, p->whole_f, values);
  pick_rows(p, f);
  return status;
}

/* ---- cutting out ----------------------------------------------------------------------------------------------------- */

/* Returns the number in the piece of each unknown of the network, -1 where it is not in; the caller frees it. */
static int *choose_unknowns(tw_piece *p, const bool *in) {
  int *local = malloc(((size_t)p->net->n + 1) * sizeof *local);
  if (!local) abort();
  for (int i = 0; i < p->net->n; i++) p->n += in[i];
  p->unknown = tw_alloc(p->arena, (size_t)p->n, sizeof *p->unknown);
  for (int i = 0, k = 0; i < p->net->n; i++) {
    local[i] = in[i] ? k : -1;
    if (in[i]) p->unknown[k++] = i;
  }
  return local;
}

/* Returns the place in the piece of each entry of the network that is in; the caller frees it. */
static int32_t *choose_entries(tw_piece *p, const int *local) {
  const tw_network *net = p->net;
  int32_t found = 0, *slot_of = malloc(((size_t)net->nonzeros + 1) * sizeof *slot_of);
  if (!slot_of) abort();
  for (int c = 0; c < p->n; c++) found += net->column[p->unknown[c] + 1] - net->column[p->unknown[c]];
  p->column = tw_alloc(p->arena, (size_t)p->n + 1, sizeof *p->column);
  p->row_index = tw_alloc(p->arena, (size_t)found, sizeof *p->row_index);
  p->column[0] = found = 0;
  for (int c = 0; c < p->n; c++) {
    for (int32_t k = net->column[p->unknown[c]]; k < net->column[p->unknown[c] + 1]; k++) {
      if (local[net->row_index[k]] < 0) continue;
      p->row_index[found] = local[net->row_index[k]];
      slot_of[k] = found++;
    }
    p->column[c + 1] = found;
  }
  return slot_of;
}

static void choose_numbers(tw_piece *p) {
  const tw_network *net = p->net;
  size_t n = (size_t)p->n;
  const double *const whole[] = {net->nominal, net->tolerance, net->lo, net->hi};
  p->numbers = tw_alloc(p->arena, 5 * n, sizeof *p->numbers);
  p->differential = tw_alloc(p->arena, n, sizeof *p->differential);
  p->held = tw_alloc(p->arena, n, sizeof *p->held);
  for (size_t k = 0; k < sizeof whole / sizeof *whole; k++)
    for (size_t i = 0; i < n; i++) p->numbers[k * n + i] = whole[k][p->unknown[i]];
  for (size_t i = 0; i < n; i++) p->differential[i] = net->differential[p->unknown[i]];
}

tw_piece *tw_piece_new(tw_network *net, const tw_solver *solver, const bool *in) {
  tw_piece *p = calloc(1, sizeof *p);
  if (!p) abort();
  p->net = net;
  p->arena = tw_arena_new();
  int *local = choose_unknowns(p, in);
  int32_t *slot_of = choose_entries(p, local);
  choose_numbers(p);
  p->stamping = tw_stamping_of_part(net, p->arena, in, slot_of, p->column[p->n]);
  free(local);
  free(slot_of);
  p->whole_y = tw_alloc(p->arena, (size_t)net->n, sizeof(double));
  p->whole_f = tw_alloc(p->arena, (size_t)net->n, sizeof(double));
  size_t n = (size_t)p->n;
  p->problem = (tw_problem){.n = p->n, .ctx = p, .column = p->column, .row_index = p->row_index, .nominal = p->numbers,
                            .tolerance = p->numbers + n, .lo = p->numbers + 2 * n, .hi = p->numbers + 3 * n,
                            .differential = p->differential, .residual = residual, .jacobian = jacobian,
                            .linearise = linearise};
  p->solver = tw_solver_new_within(solver, p->unknown, &p->problem);
  if (!p->solver) abort();
  return p;
}

void tw_piece_free(tw_piece *p) {
  if (!p) return;
  tw_solver_free(p->solver);
  tw_arena_free(p->arena);
  free(p);
}

/* ---- solving --------------------------------------------------------------------------------------------------------- */

void tw_piece_improve(tw_piece *p, double t, double *y, const bool *held, const tw_effort *e, tw_report *r) {
  tw_network *net = p->net;
  double *own = p->numbers + 4 * (size_t)p->n;
  tw_report one = {0};
  memcpy(p->whole_y, y, (size_t)net->n * sizeof *y);
  for (int i = 0; i < p->n; i++) {
    p->held[i] = held && held[p->unknown[i]];
    own[i] = y[p->unknown[i]];
  }
  tw_newton_improve(p->solver, t, own, held ? p->held : NULL, e->iterations, e->damping, e->enough, &one);
  for (int i = 0; i < p->n; i++) y[p->unknown[i]] = own[i];
  r->seconds += one.seconds;
  if (p->n <= net->n / 4) return;
  r->factorisations += one.factorisations;
  r->iterations += one.iterations;
}
