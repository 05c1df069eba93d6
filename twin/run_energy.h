/* Energies of a run: powers of a state, what their integrals add up to, and what does not. */
#ifndef TW_RUN_ENERGY_H
#define TW_RUN_ENERGY_H
#include <stdbool.h>
#include <stddef.h>
#include "run.h"

enum { TW_FLOWS = offsetof(tw_energies, stored) / sizeof(double) }; /* the fields that are integrals over time come first */

/* At t, after which the reported quantities are those of t. */
tw_energies tw_powers(tw_network *net, double t, const double *y, const double *yd);
void tw_flows(const tw_energies *powers, double *flows);      /* [TW_FLOWS] */
void tw_flows_add(tw_energies *e, const double *flows);
/* What does not add up, in shares of what went through. */
void tw_energies_balance(tw_energies *e);
bool tw_energies_refused(const tw_energies *e, double rtol);
#endif
