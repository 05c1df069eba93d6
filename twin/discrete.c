/* Discrete state of the whole network as one array, to be kept, compared and told about. */
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
