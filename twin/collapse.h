/* Supplies that collapse in a run: a load below its v_min takes less than it asks for, by a law that only leads through the moment. */
#ifndef TW_COLLAPSE_H
#define TW_COLLAPSE_H
#include "network.h"

typedef struct tw_collapse tw_collapse;

tw_collapse *tw_collapse_new(const tw_network *net);
/* Looks at the quantities as they stand (tw_network_observe). Returns the first part whose supply has been collapsed for a second by
 * now and was not told of yet, -1 when there is none; *since: from when on. A supply that is gone altogether is no collapse. */
int tw_collapse_look(tw_collapse *c, double t, double *since);
void tw_collapse_keep(tw_collapse *c, tw_state *s);
void tw_collapse_free(tw_collapse *c);
#endif
