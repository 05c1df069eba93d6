#include "pipe_flow.h"

enum { PA, TA, PB, TB, HEAT = TW_PIPE_HEAT, M = TW_PIPE_M };
enum { O_VELOCITY = TW_O_FLOW_N, O_RE, O_P, O_LOSS };

int tw_pipe_derive(const tw_derive *d) {
  for (int i = 0; i < d->n; i++) {
    const tw_medium *c = d->m[0][i];
    tw_real D = d->p[TW_PIPE_BORE][i], L = d->p[TW_PIPE_LENGTH][i], A = 0.25 * TW_PI * D * D;
    d->p[TW_PIPE_AREA][i] = A;
    d->p[TW_PIPE_CAPACITY][i] = L * (A * c->rho_ref * c->cp_ref + d->p[TW_PIPE_WALL][i]);
    tw_duct g = tw_duct_of(D, L, d->p[TW_PIPE_ROUGHNESS][i]);
    d->p[TW_PIPE_PER_D][i] = g.per_D;
    d->p[TW_PIPE_RELATIVE][i] = g.relative;
    d->p[TW_PIPE_FRICTION][i] = g.wall;
    d->p[TW_PIPE_G][i] = L * d->p[TW_PIPE_LOSS][i];
  }
  return 0;
}

void tw_pipe_start(const tw_start *s) {
  for (int i = 0; i < s->n; i++) {
    double D = s->p[TW_PIPE_BORE][i];
    s->x[M][i] = 0.5 * s->m[0][i]->rho_ref * 0.25 * TW_PI * D * D; /* 0.5 m/s */
  }
}

static TW_INLINE void block_rows(const tw_eval *e, int first, int n, tw_way way, const tw_inside_each *inside,
                                 const tw_drop_each *wall) {
  TW_INDEPENDENT
  for (int k = 0; k < n; k++) {
    int i = first + k;
    tw_real rise = e->p[TW_PIPE_RISE][i];
    tw_inside c = tw_inside_of(inside, k);
    tw_stream s = tw_flow_rows_by(way, e, i, M, e->p[TW_PIPE_GAX][i], rise, e->p[TW_PIPE_CAPACITY][i]);
    tw_wall_heat(way, e, i, HEAT, e->p[TW_PIPE_G][i], &s, TW_STREAM_N_STAMPS);
    tw_drop local = tw_local_loss(e->x[M][i], c.rho.v, c.mu.v, e->p[TW_PIPE_AREA][i], e->p[TW_PIPE_K][i]);
    tw_drop sum = tw_drop_sum(tw_drop_of(wall, k), local);
    tw_momentum_row(way, e, i, M, TW_STREAM_N_STAMPS + TW_WALL_N_STAMPS, &c, &sum, rise);
  }
}

TW_WIDE void tw_pipe_eval(const tw_eval *e) {
  tw_inside_each c;
  tw_drop_each wall;
  for (int first = 0; first < e->n; first += TW_BLOCK) {
    int n = e->n - first < TW_BLOCK ? e->n - first : TW_BLOCK;
    tw_common_form form = tw_flow_inside_each(e, first, n, 0, TA, TB, &c);
    tw_duct_friction_each(n, e->p[TW_PIPE_PER_D] + first, e->p[TW_PIPE_RELATIVE] + first, e->p[TW_PIPE_FRICTION] + first,
                          e->x[M] + first, &c, &wall);
    TW_BY_WAY(block_rows, form, e, first, n, &c, &wall);
  }
}

void tw_pipe_observe(const tw_eval *e, tw_real *const *out) {
  for (int i = 0; i < e->n; i++) {
    tw_inside c = tw_flow_inside(e->m[0][i], e->x[TA][i], e->x[TB][i]);
    tw_real v = tw_magnitude(e->x[M][i]) / (c.rho.v * e->p[TW_PIPE_AREA][i]);
    tw_flow_observe(e, i, M, e->p[TW_PIPE_RISE][i], out);
    out[O_VELOCITY][i] = v;
    out[O_RE][i] = v * e->p[TW_PIPE_BORE][i] * c.rho.v / c.mu.v;
    out[O_P][i] = tw_larger(e->x[PA][i], e->x[PB][i]);
    out[O_LOSS][i] = tw_wall_heat_observe(e, i, HEAT, M, e->p[TW_PIPE_G][i], e->p[TW_PIPE_GAX][i]);
  }
}

void tw_pipe_balance(const tw_eval *e, tw_real *const *b) {
  for (int i = 0; i < e->n; i++) tw_flow_balance(e, i, M, e->p[TW_PIPE_RISE][i], e->p[TW_PIPE_CAPACITY][i], b);
}
