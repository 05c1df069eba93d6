#include "curve_range.h"
#include <stdlib.h>
#include <string.h>

static bool any_refuses(const tw_batch *b, int param) {
  for (int k = 0; b->c[param] && k < b->columns; k++)
    if (b->c[param][k] && b->c[param][k]->beyond == TW_BEYOND_REFUSE) return true;
  return false;
}

/* What the component says: rows and outputs, one block of columns each. */
static double *statement(const tw_batch *b) {
  int local = b->n_port_q + b->n_internal;
  size_t columns = (size_t)b->columns;
  double *all = calloc((size_t)(local + b->n_outputs) * columns + 1, sizeof *all);
  if (!all) abort();
  for (int q = 0; q < local; q++)
    if (b->f[q]) memcpy(all + (size_t)q * columns, b->f[q], columns * sizeof *all);
  for (int q = 0; q < b->n_outputs; q++) memcpy(all + (size_t)(local + q) * columns, b->out[q], columns * sizeof *all);
  return all;
}

/* First column in which two statements differ, -1 when they are the same. */
static int first_difference(const tw_batch *b, const double *one, const double *other) {
  for (int q = 0; q < b->n_port_q + b->n_internal + b->n_outputs; q++)
    for (int k = 0; k < b->columns; k++)
      if (memcmp(&one[q * b->columns + k], &other[q * b->columns + k], sizeof *one)) return k;
  return -1;
}

/* First column of the batch whose curve `param` is used beyond its ends, -1 when none is. */
static int probe(tw_network *net, tw_batch *b, int param, double t, const double *y, const double *yd) {
  size_t columns = (size_t)b->columns;
  const tw_curve **kept = malloc(columns * sizeof(tw_curve *));
  tw_curve *probes = calloc(columns, sizeof *probes);
  if (!kept || !probes) abort();
  memcpy(kept, b->c[param], columns * sizeof(tw_curve *));
  tw_network_observe(net, t, y, yd);
  double *plain = statement(b);
  for (size_t k = 0; k < columns; k++) {
    if (!kept[k] || kept[k]->beyond != TW_BEYOND_REFUSE) continue;
    probes[k] = *kept[k];
    probes[k].beyond = TW_BEYOND_PROBE;
    b->c[param][k] = &probes[k];
  }
  tw_network_observe(net, t, y, yd);
  double *probed = statement(b);
  int column = first_difference(b, plain, probed);
  memcpy(b->c[param], kept, columns * sizeof(tw_curve *));
  free(kept), free(probes), free(plain), free(probed);
  return column;
}

tw_refused tw_refused_curve(tw_network *net, double t, const double *y, const double *yd) {
  tw_refused found = {-1, -1};
  for (int i = 0; i < net->n_batches && found.item < 0; i++) {
    tw_batch *b = &net->batches[i];
    for (int q = 0; q < b->n_params && found.item < 0; q++) {
      int column = any_refuses(b, q) ? probe(net, b, q, t, y, yd) : -1;
      if (column >= 0) found = (tw_refused){b->item[column / net->lanes], q};
    }
  }
  return found;
}
