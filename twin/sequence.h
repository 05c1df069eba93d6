/* The sequenced start: flows, power, heat, each with the rest held, before everything is solved together. Controls find their
 * output with what they measure: pressure with the flows, temperature with heat and the flows that it moves.
 * proportional: for loops that are far from their set point; the controllers' integrals are held, signals come first, and at
 * last everything else is solved together. */
#ifndef TW_SEQUENCE_H
#define TW_SEQUENCE_H
#include "network.h"

/* Improves y; what cannot be solved on its own is left as it was. Adds to r the time, and the iterations and factorisations of
 * more than a quarter of the unknowns. */
void tw_sequenced_start(tw_network *net, tw_solver *solver, double *y, bool proportional, tw_report *r);
/* Only the flows, with their controls and all else held: y is a solution with a part of the supply gone. Pumps have stopped, the
 * others speed up, and check valves have become leaks: many steps for Newton, and these are a quarter of the size. */
void tw_sequenced_flows(tw_network *net, const tw_solver *solver, double *y, tw_report *r);
/* Flows at the voltages, temperatures and integrals of y, to their tolerance where they can be found: what runs at all. */
void tw_uncontrolled_flows(tw_network *net, const tw_solver *solver, double *y);
/* At time t of a run, what has a rate held: levels and flows near a consistent state, power, flows and heat in turn. For jumps from
 * afar, such as air that stood and moves again, whose temperatures no Newton on everything finds. */
void tw_sequenced_restart(tw_network *net, const tw_solver *solver, double t, double *y, tw_report *r);
#endif
