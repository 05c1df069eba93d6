/* A piece of a network: some unknowns, each with the row of its number, while all others keep their values. A problem of its
 * own, whose solution costs what its size says. */
#ifndef TW_PIECE_H
#define TW_PIECE_H
#include "network.h"

/* tw_newton_improve of the marked unknowns of y at rest. in: [n], at least one is marked; one lane. Counts into r what it
 * cost: seconds always, iterations and factorisations when the piece has more than a quarter of the unknowns. */
void tw_piece_improve(tw_network *net, const bool *in, double *y, int iterations, tw_damping damping, double enough, tw_report *r);
#endif
