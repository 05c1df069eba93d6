/* Energies of a run: powers of a state, and their integral over steps. */
#ifndef TW_RUN_ENERGY_H
#define TW_RUN_ENERGY_H
#include "run.h"

/* Powers [W] at t, in the fields of the energies that they add up to. */
tw_energies tw_powers(tw_network *net, double t, const double *y, const double *yd);
/* Trapezoid: adds the energies of a step of h [s] between two powers. */
void tw_energies_add(tw_energies *e, const tw_energies *a, const tw_energies *b, double h);
/* What does not add up, in shares of what went through. */
void tw_energies_balance(tw_energies *e);
#endif
