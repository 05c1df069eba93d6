/* Which entries of the Jacobian are there at all, and what follows from that alone. */
#ifndef TW_STRUCTURE_H
#define TW_STRUCTURE_H
#include "network.h"

/* Entries by slot of the pattern, without the network's leakages: of the values, and of the rates. arena: for what is needed
 * during the checks only. */
typedef struct { tw_arena *arena; bool *value, *rate; } tw_entries;

/* Marks the entries that are not zero at y. */
void tw_entries_mark(tw_network *net, const double *y, tw_entries *e);

/* Heat that is given off somewhere leaves the model. Returns the number of places where it cannot; with d each is told. */
int tw_check_heat_paths(const tw_network *net, const tw_entries *e, tw_diagnostics *d);          /* heat_paths.c */

/* Tells that nothing determines the marked unknowns; `rest` ends the sentence. */
void tw_tell_undetermined(const tw_network *net, const bool *marked, const char *rest, tw_diagnostics *d);

void tw_check_structure(tw_network *net, tw_diagnostics *d);
#endif
