/* Discrete state of the whole network as one array, to be kept, compared and told about; what a run may have changed. */
#include <string.h>
#include "network.h"

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
        if (each && each(ctx, b->item[k / net->lanes], *before, b->z[q][k])) return changes;
      }
  }
  return changes;
}

/* Events take parameters out of the list that tw_network_drive made and leave its order. */
static void keep_driven(tw_network *net, tw_state *s) {
  int n = net->n_driven, kept = 0, next[3] = {0};
  TW_KEEP(s, n);
  for (int i = 0; i < n && !s->bad; i++) {
    if (!s->loading) memcpy(next, (int[3]){net->driven[i].batch, net->driven[i].instance, net->driven[i].param}, sizeof next);
    TW_KEEP(s, next);
    for (int k = kept; s->loading && k < net->n_driven; k++) {
      const tw_driven *d = &net->driven[k];
      if (d->batch != next[0] || d->instance != next[1] || d->param != next[2]) continue;
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
