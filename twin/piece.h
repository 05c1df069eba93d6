/* A piece of a network: some unknowns, each with the row of its number, while all others keep their values. A problem of its
 * own, whose solution costs what its size says. */
#ifndef TW_PIECE_H
#define TW_PIECE_H
#include "network.h"

typedef struct tw_piece tw_piece;

/* in: [n], at least one is marked. solver: of the whole network, which has one lane; both outlive the piece. */
tw_piece *tw_piece_new(tw_network *net, const tw_solver *solver, const bool *in);
void tw_piece_free(tw_piece *p);

/* What to spend: see tw_newton_improve. */
typedef struct { int iterations; tw_damping damping; double enough; } tw_effort;

/* tw_newton_improve of the piece's unknowns of y [net->n] at time t, at rest. held: NULL, or [net->n]
 * what stays as it is with the row of its number. Counts into r what it cost: seconds always, iterations and factorisations when
 * the piece has more than a quarter of the unknowns. */
void tw_piece_improve(tw_piece *p, double t, double *y, const bool *held, const tw_effort *e, tw_report *r);
#endif
