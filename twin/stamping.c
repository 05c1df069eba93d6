#include "stamping.h"
#include <stdlib.h>
#include <string.h>
#include "network_internal.h"

/* ---- the whole ------------------------------------------------------------------------------------------------------- */

static tw_stamping *stamping_new(const tw_network *net, tw_arena *arena, int32_t n_slots) {
  tw_stamping *to = tw_alloc(arena, 1, sizeof *to);
  to->n_slots = n_slots;
  to->active = tw_alloc(arena, (size_t)net->n_batches, sizeof *to->active);
  to->place = tw_alloc(arena, (size_t)net->n_batches, sizeof *to->place);
  for (int i = 0; i < net->n_batches; i++)
    to->place[i] = tw_alloc(arena, (size_t)net->batches[i].type->n_stamps, sizeof *to->place[i]);
  return to;
}

/* Who writes an entry, as far as it matters: nobody, one stamp or the network's own rows, several; and then: a stamp that is the
 * only writer of all its entries. */
enum { NOBODY, ONE, SEVERAL, SOLE };

static void count_writers(const tw_network *net, unsigned char *writers) {
  for (int u = 0; u < net->n; u++)
    if (net->own_diagonal[u] != 0.0) writers[net->diagonal[u]] = ONE;
  for (int i = 0; i < net->n_batches; i++) {
    const tw_batch *b = &net->batches[i];
    for (int s = 0; s < b->type->n_stamps; s++)
      for (int k = 0; k < b->n; k++)
        if (b->slot[s][k] >= 0) writers[b->slot[s][k]] = writers[b->slot[s][k]] == NOBODY ? ONE : SEVERAL;
  }
}

static tw_stamp_way way_of(int n, const int32_t *slot, unsigned char *writers) {
  int present = 0, alone = 0;
  for (int k = 0; k < n; k++) {
    present += slot[k] >= 0;
    alone += slot[k] >= 0 && writers[slot[k]] == ONE;
  }
  for (int k = 0; k < n && alone == n; k++) writers[slot[k]] = SOLE;
  return !present ? TW_STAMP_NONE : alone == n ? TW_STAMP_SOLE : present == n ? TW_STAMP_ADDS : TW_STAMP_SOME;
}

/* What no stamp writes alone begins with what the network's own rows have there. */
static void choose_first(tw_stamping *to, tw_arena *arena, const unsigned char *writers, const double *own) {
  for (int32_t k = 0; k < to->n_slots; k++) to->n_first += writers[k] != SOLE;
  to->first = tw_alloc(arena, (size_t)to->n_first, sizeof *to->first);
  to->first_value = tw_alloc(arena, (size_t)to->n_first, sizeof *to->first_value);
  for (int32_t k = 0, at = 0; k < to->n_slots; k++) {
    if (writers[k] == SOLE) continue;
    to->first[at] = k;
    to->first_value[at++] = own[k];
  }
}

tw_stamping *tw_stamping_of_whole(const tw_network *net) {
  tw_stamping *to = stamping_new(net, net->arena, net->nonzeros);
  unsigned char *writers = calloc((size_t)net->nonzeros + 1, sizeof *writers);
  double *own = calloc((size_t)net->nonzeros + 1, sizeof *own);
  if (!writers || !own) abort();
  count_writers(net, writers);
  for (int u = 0; u < net->n; u++) own[net->diagonal[u]] = net->own_diagonal[u];
  for (int i = 0; i < net->n_batches; i++) {
    const tw_batch *b = &net->batches[i];
    to->active[i] = true;
    for (int s = 0; s < b->type->n_stamps; s++) to->place[i][s] = (tw_stamp_place){b->slot[s], way_of(b->n, b->slot[s], writers)};
  }
  choose_first(to, net->arena, writers, own);
  free(writers);
  free(own);
  return to;
}

/* ---- a part ---------------------------------------------------------------------------------------------------------- */

/* Number of instances whose local unknown is in. */
static int count_in(const tw_batch *b, int local, const bool *in) {
  const bool *internal = in + b->first_internal + (local - b->n_port_q) * b->n;
  int count = 0;
  if (local < b->n_port_q)
    for (int k = 0; k < b->n; k++) count += in[b->unknown[local][k]];
  else
    for (int k = 0; k < b->n; k++) count += internal[k];
  return count;
}

void tw_writers_of(const tw_network *net, const bool *rows, bool *active) {
  for (int i = 0; i < net->n_batches; i++) {
    const tw_batch *b = &net->batches[i];
    active[i] = false;
    for (int q = b->n_port_q + b->n_internal - 1; q >= 0 && !active[i]; q--) active[i] = count_in(b, q, rows) > 0;
  }
}

typedef struct {
  const tw_network *net;
  tw_arena *arena;
  const bool *in;
  const int32_t *slot_of;
  unsigned char *writers; /* [n_slots] SOLE, or anything else */
} cut;

static int32_t place_in(const cut *c, const tw_batch *b, int s, int k) {
  int row = tw_batch_unknown(b, b->type->stamps[s].row, k), column = tw_batch_unknown(b, b->type->stamps[s].col, k);
  return b->slot[s][k] < 0 || !c->in[row] || !c->in[column] ? -1 : c->slot_of[b->slot[s][k]];
}

/* A stamp all of whose instances are in has the way that it has in the whole. */
static tw_stamp_place place_of(const cut *c, const tw_batch *b, int s, tw_stamp_way whole, bool complete) {
  int32_t *slot = tw_alloc(c->arena, (size_t)b->n, sizeof *slot);
  if (!complete || whole == TW_STAMP_SOME) {
    for (int k = 0; k < b->n; k++) slot[k] = place_in(c, b, s, k);
    return (tw_stamp_place){slot, TW_STAMP_SOME};
  }
  for (int k = 0; k < b->n; k++) slot[k] = c->slot_of[b->slot[s][k]];
  for (int k = 0; k < b->n && whole == TW_STAMP_SOLE; k++) c->writers[slot[k]] = SOLE;
  return (tw_stamp_place){slot, whole};
}

static bool choose_places(const cut *c, const tw_batch *b, const tw_stamp_place *whole, tw_stamp_place *place) {
  int local = b->n_port_q + b->n_internal, *count = malloc(((size_t)local + 1) * sizeof *count);
  bool active = false;
  if (!count) abort();
  for (int q = 0; q < local; q++) {
    count[q] = count_in(b, q, c->in);
    active |= count[q] > 0;
  }
  for (int s = 0; s < b->type->n_stamps && active; s++) {
    int rows = count[b->type->stamps[s].row], columns = count[b->type->stamps[s].col];
    if (rows && columns && whole[s].way != TW_STAMP_NONE)
      place[s] = place_of(c, b, s, whole[s].way, rows == b->n && columns == b->n);
  }
  free(count);
  return active;
}

tw_stamping *tw_stamping_of_part(const tw_network *net, tw_arena *arena, const bool *in, const int32_t *slot_of,
                                 int32_t n_slots) {
  tw_stamping *to = stamping_new(net, arena, n_slots);
  cut c = {net, arena, in, slot_of, calloc((size_t)n_slots + 1, sizeof *c.writers)};
  double *own = calloc((size_t)n_slots + 1, sizeof *own);
  if (!c.writers || !own) abort();
  for (int u = 0; u < net->n; u++)
    if (in[u]) own[slot_of[net->diagonal[u]]] = net->own_diagonal[u];
  for (int i = 0; i < net->n_batches; i++)
    to->active[i] = choose_places(&c, &net->batches[i], net->whole->place[i], to->place[i]);
  choose_first(to, arena, c.writers, own);
  free(c.writers);
  free(own);
  return to;
}

/* ---- numbers --------------------------------------------------------------------------------------------------------- */

void tw_stamping_begin(const tw_stamping *to, int lanes, double *values) {
  for (int32_t i = 0; i < to->n_first; i++)
    for (int l = 0; l < lanes; l++) values[to->first[i] * lanes + l] = to->first_value[i];
}

static void add_lanes(int L, int n, const int32_t *restrict slot, const double *restrict j, tw_stamp_way way,
                      double *restrict values) {
  for (int k = 0; k < n; k++)
    for (int l = 0; l < L && slot[k] >= 0; l++) {
      double *to = &values[slot[k] * L + l];
      *to = way == TW_STAMP_SOLE ? j[k * L + l] : *to + j[k * L + l];
    }
}

static void set(int n, const int32_t *restrict slot, const double *restrict j, double *restrict values) {
  for (int k = 0; k < n; k++) values[slot[k]] = j[k];
}

static void add(int n, const int32_t *restrict slot, const double *restrict j, double *restrict values) {
  for (int k = 0; k < n; k++) values[slot[k]] += j[k];
}

static void add_some(int n, const int32_t *restrict slot, const double *restrict j, double *restrict values) {
  for (int k = 0; k < n; k++)
    if (slot[k] >= 0) values[slot[k]] += j[k];
}

void tw_stamping_add(const tw_stamping *to, const tw_network *net, int batch, double *values) {
  const tw_batch *b = &net->batches[batch];
  int lanes = net->lanes;
  for (int s = 0; s < b->type->n_stamps; s++) {
    const tw_stamp_place *p = &to->place[batch][s];
    if (p->way == TW_STAMP_NONE) continue;
    if (lanes > 1) add_lanes(lanes, b->n, p->slot, b->j[s], p->way, values);
    else if (p->way == TW_STAMP_SOLE) set(b->n, p->slot, b->j[s], values);
    else if (p->way == TW_STAMP_ADDS) add(b->n, p->slot, b->j[s], values);
    else add_some(b->n, p->slot, b->j[s], values);
  }
}
