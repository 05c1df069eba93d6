#include "stamping.h"
#include <stdlib.h>
#include <string.h>
#include "network_internal.h"

/* ---- who writes what ------------------------------------------------------------------------------------------------- */

/* Does some instance have this local unknown among those that are in? */
static bool any_in(const tw_batch *b, int local, const bool *in) {
  if (local >= b->n_port_q) return memchr(in + b->first_internal + (local - b->n_port_q) * b->n, true, (size_t)b->n) != NULL;
  for (int k = 0; k < b->n; k++)
    if (in[b->unknown[local][k]]) return true;
  return false;
}

void tw_writers_of(const tw_network *net, const bool *rows, bool *active) {
  for (int i = 0; i < net->n_batches; i++) {
    const tw_batch *b = &net->batches[i];
    active[i] = false;
    for (int q = b->n_port_q + b->n_internal - 1; q >= 0 && !active[i]; q--) active[i] = any_in(b, q, rows);
  }
}

/* ---- places ---------------------------------------------------------------------------------------------------------- */

/* Who writes an entry, as far as it matters: nobody, one stamp or the network's own rows, several; and then: a stamp that is the
 * only writer of all its entries. */
enum { NOBODY, ONE, SEVERAL, SOLE };

typedef struct {
  const tw_network *net;
  tw_arena *arena;
  const bool *in;
  const int32_t *slot_of;
  unsigned char *writers; /* [n_slots] */
} chooser;

/* The places of one stamp; NULL where it has none. */
static const int32_t *choose_slots(const chooser *c, const tw_batch *b, int s, const bool *there) {
  if (!c->in) return b->slot[s];
  if (!there[b->type->stamps[s].row] || !there[b->type->stamps[s].col]) return NULL;
  int32_t *slot = tw_alloc(c->arena, (size_t)b->n, sizeof *slot);
  for (int k = 0; k < b->n; k++) slot[k] = b->slot[s][k] < 0 ? -1 : c->slot_of[b->slot[s][k]];
  return slot;
}

static tw_stamp_place *choose_places(const chooser *c, const tw_batch *b) {
  tw_stamp_place *place = tw_alloc(c->arena, (size_t)b->type->n_stamps, sizeof *place);
  int local = b->n_port_q + b->n_internal;
  bool *there = calloc((size_t)local + 1, sizeof *there);
  if (!there) abort();
  for (int q = 0; q < local && c->in; q++) there[q] = any_in(b, q, c->in);
  for (int s = 0; s < b->type->n_stamps; s++) {
    const int32_t *slot = place[s].slot = choose_slots(c, b, s, there);
    for (int k = 0; k < b->n && slot; k++)
      if (slot[k] >= 0) c->writers[slot[k]] = c->writers[slot[k]] == NOBODY ? ONE : SEVERAL;
  }
  free(there);
  return place;
}

static void choose_way(const chooser *c, const tw_batch *b, tw_stamp_place *p) {
  int present = 0, alone = 0;
  for (int k = 0; k < b->n && p->slot; k++) {
    present += p->slot[k] >= 0;
    alone += p->slot[k] >= 0 && c->writers[p->slot[k]] == ONE;
  }
  p->way = !present ? TW_STAMP_NONE : alone == b->n ? TW_STAMP_SOLE : present == b->n ? TW_STAMP_ADDS : TW_STAMP_SOME;
  for (int k = 0; k < b->n && p->way == TW_STAMP_SOLE; k++) c->writers[p->slot[k]] = SOLE;
}

/* What no stamp writes alone begins with what the network's own rows have there. */
static void choose_first(tw_stamping *to, const chooser *c, const double *own) {
  for (int32_t k = 0; k < to->n_slots; k++) to->n_first += c->writers[k] != SOLE;
  to->first = tw_alloc(c->arena, (size_t)to->n_first, sizeof *to->first);
  to->first_value = tw_alloc(c->arena, (size_t)to->n_first, sizeof *to->first_value);
  for (int32_t k = 0, at = 0; k < to->n_slots; k++) {
    if (c->writers[k] == SOLE) continue;
    to->first[at] = k;
    to->first_value[at++] = own[k];
  }
}

tw_stamping *tw_stamping_new(const tw_network *net, tw_arena *arena, const bool *in, const int32_t *slot_of, int32_t n_slots) {
  chooser c = {net, arena, in, slot_of, calloc((size_t)n_slots + 1, sizeof *c.writers)};
  double *own = calloc((size_t)n_slots + 1, sizeof *own);
  if (!c.writers || !own) abort();
  tw_stamping *to = tw_alloc(arena, 1, sizeof *to);
  to->n_slots = n_slots;
  to->active = tw_alloc(arena, (size_t)net->n_batches, sizeof *to->active);
  to->place = tw_alloc(arena, (size_t)net->n_batches, sizeof *to->place);
  if (in) tw_writers_of(net, in, to->active);
  else memset(to->active, true, (size_t)net->n_batches * sizeof *to->active);
  for (int u = 0; u < net->n; u++) {
    if (net->own_diagonal[u] == 0.0 || (in && !in[u])) continue;
    int32_t slot = in ? slot_of[net->diagonal[u]] : net->diagonal[u];
    own[slot] = net->own_diagonal[u];
    c.writers[slot] = ONE;
  }
  for (int i = 0; i < net->n_batches; i++)
    if (to->active[i]) to->place[i] = choose_places(&c, &net->batches[i]);
  for (int i = 0; i < net->n_batches; i++)
    for (int s = 0; s < net->batches[i].type->n_stamps && to->active[i]; s++) choose_way(&c, &net->batches[i], &to->place[i][s]);
  choose_first(to, &c, own);
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
