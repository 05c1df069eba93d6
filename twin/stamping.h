/* Where the stamps of a network's elements go: the entries of its matrix, or of a part of it. */
#ifndef TW_STAMPING_H
#define TW_STAMPING_H
#include "network.h"

/* How one stamp of a batch reaches its entries: it alone writes them, so that they need no first value; it adds to what others
 * wrote; only some of its instances have an entry; none has. */
typedef enum { TW_STAMP_NONE, TW_STAMP_SOLE, TW_STAMP_ADDS, TW_STAMP_SOME } tw_stamp_way;

typedef struct { const int32_t *slot; tw_stamp_way way; } tw_stamp_place; /* slot[n] of the batch, -1: none */

typedef struct tw_stamping {
  int32_t n_slots;         /* entries */
  bool *active;            /* [n_batches] writes some of the rows: the others are not evaluated */
  tw_stamp_place **place;  /* [n_batches][n_stamps] */
  int32_t n_first, *first; /* entries that stamps add to or none writes, and what they begin with: the network's own rows */
  double *first_value;
} tw_stamping;

/* In the network's arena. */
tw_stamping *tw_stamping_of_whole(const tw_network *net);
/* In the arena. in: [n] the unknowns, and the rows of their numbers, that are asked for; slot_of: [nonzeros] the place of each entry
 * of the network's pattern whose row and unknown are in; n_slots: their number. */
tw_stamping *tw_stamping_of_part(const tw_network *net, tw_arena *arena, const bool *in, const int32_t *slot_of,
                                 int32_t n_slots);

/* Begins the matrix [n_slots][lanes], and adds what a batch left in b->j. */
void tw_stamping_begin(const tw_stamping *to, int lanes, double *values);
void tw_stamping_add(const tw_stamping *to, const tw_network *net, int batch, double *values);

/* active: [n_batches] becomes true for what writes one of the marked rows [n]. */
void tw_writers_of(const tw_network *net, const bool *rows, bool *active);
#endif
