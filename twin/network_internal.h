/* Shared by the files that build the network; nothing else includes it. */
#ifndef TW_NETWORK_INTERNAL_H
#define TW_NETWORK_INTERNAL_H
#include "network.h"

/* All ports of all primitives, numbered item by item: end = first[item] + port. */
typedef struct { int n, *first, *item, *parent, *node; } ends;

int tw_root(int *parent, int i);              /* union-find; the root is the smallest member */
void tw_unite(int *parent, int a, int b);
void tw_resolve_media(tw_network *net, const ends *e, tw_diagnostics *d);   /* media.c */
void tw_check_islands(tw_network *net, const ends *e, tw_diagnostics *d);   /* islands.c */
void tw_make_pattern(tw_network *net);                                      /* pattern.c */
int tw_batch_unknown(const tw_batch *b, int local, int k);                  /* pattern.c */
tw_eval tw_batch_eval(const tw_network *net, const tw_batch *b, double t, double cj, bool jacobian, bool at_rest);
void tw_batch_balance(const tw_network *net, tw_batch *b, double t);         /* batch.b for what was gathered last */
void tw_own_rows_prepare(tw_network *net);                                   /* evaluate.c, after the pattern */
int tw_batch_derive(tw_network *net, tw_batch *b, tw_diagnostics *d);
/* A further parameter that follows a curve; the curve of a ramp, through two points. */
void tw_drive_by(tw_network *net, tw_driven d);
const tw_curve *tw_ramp_curve(tw_arena *arena, const double x[2], const double y[2]);
#endif
