/* Discrete state of the whole network as one array, to be kept, compared and told about; what a run may have changed. */
#include <stdlib.h>
#include <string.h>
#include "network_internal.h"

int tw_network_discrete_count(const tw_network *net) {
  int n = 0;
  for (int i = 0; i < net->n_batches; i++) n += net->batches[i].type->n_discrete * net->batches[i].columns;
  return n;
}

void tw_network_discrete_copy(const tw_network *net, double *z) {
  for (int i = 0; i < net->n_batches; i++)
    for (int q = 0; q < net->batches[i].type->n_discrete; q++)
      for (int k = 0; k < net->batches[i].columns; k++) *z++ = net->batches[i].z[q][k];
}

int tw_network_discrete_changes(const tw_network *net, const double *before, tw_change_fn *each, void *ctx) {
  int changes = 0;
  for (int i = 0; i < net->n_batches; i++) {
    const tw_batch *b = &net->batches[i];
    for (int q = 0; q < b->type->n_discrete; q++)
      for (int k = 0; k < b->columns; k++, before++) {
        if (b->z[q][k] == *before) continue;
        changes++;
        if (each && each(ctx, b->item[k / net->lanes], &b->type->discrete[q], *before, b->z[q][k])) return changes;
      }
  }
  return changes;
}

/* What is left of the list that tw_network_drive made, in its order, and ramps. */
static void keep_driven(tw_network *net, tw_state *s) {
  struct { int batch, instance, param; double ramp_end, x[2], y[2]; } next = {0};
  int n = net->n_driven, kept = 0;
  TW_KEEP(s, n);
  for (int i = 0; i < n && !s->bad; i++) {
    if (!s->loading) {
      const tw_driven *d = &net->driven[i];
      next.batch = d->batch, next.instance = d->instance, next.param = d->param, next.ramp_end = d->ramp_end;
      for (int k = 0; k < 2 && d->ramp_end > 0.0; k++) next.x[k] = d->over_time->x[k], next.y[k] = d->over_time->y[k];
    }
    TW_KEEP(s, next);
    if (s->loading && next.ramp_end > 0.0) {
      tw_driven d = {.batch = next.batch, .instance = next.instance, .param = next.param, .ramp_end = next.ramp_end, .derives = true,
                     .over_time = tw_ramp_curve(net->arena, next.x, next.y)};
      tw_drive_by(net, d);
      tw_driven moved = net->driven[net->n_driven - 1];
      for (int k = net->n_driven - 1; k > kept; k--) net->driven[k] = net->driven[k - 1];
      net->driven[kept++] = moved;
    }
    for (int k = kept; s->loading && !(next.ramp_end > 0.0) && k < net->n_driven; k++) {
      const tw_driven *d = &net->driven[k];
      if (d->batch != next.batch || d->instance != next.instance || d->param != next.param) continue;
      net->driven[kept++] = *d;
      break;
    }
  }
  if (!s->loading) return;
  s->bad |= kept != n;
  net->n_driven = kept;
}

void tw_network_keep(tw_network *net, tw_state *s) {
  for (int i = 0; i < net->n_batches; i++) {
    tw_batch *b = &net->batches[i];
    size_t bytes = (size_t)b->columns * sizeof(double);
    for (int q = 0; q < b->n_params + b->type->n_derived; q++) tw_keep(s, b->p[q], bytes);
    for (int q = 0; q < b->type->n_discrete; q++) tw_keep(s, b->z[q], bytes);
  }
  TW_KEEP(s, net->drive_from);
  TW_KEEP(s, net->drive_until);
  keep_driven(net, s);
}

static void renew_batch(tw_network *net, int item) {
  tw_batch *b = &net->batches[net->item_batch[item]];
  int nd = b->type->n_discrete, nq = b->n_port_q + b->n_internal;
  if (!nd) return;
  size_t columns = (size_t)b->columns;
  double *room = malloc(((size_t)(nd + nq) * columns + 1) * sizeof *room);
  double **rows = malloc((size_t)(nd + nq + 1) * sizeof *rows);
  if (!room || !rows) abort();
  for (int q = 0; q < nd + nq; q++) rows[q] = room + (size_t)q * columns;
  tw_start s = {.n = b->columns, .p = (const double *const *)b->p, .c = (const tw_curve *const *const *)b->c,
                .m = (const tw_medium *const *const *)b->m, .x = rows + nd, .z = rows};
  b->type->start(&s);
  for (int q = 0; q < nd; q++)
    for (int l = 0; l < net->lanes; l++) {
      int column = net->item_instance[item] * net->lanes + l;
      b->z[q][column] = rows[q][column];
    }
  free(rows);
  free(room);
}

void tw_network_renew(tw_network *net, int item) {
  if (net->item_batch[item] >= 0) renew_batch(net, item);
  for (int k = item + 1; k < net->model->n_items; k++)
    if (net->model->items[k].parent == item) tw_network_renew(net, k);
}
