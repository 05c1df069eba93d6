/* Time scales of a run: whether fast states (component.h, TW_FAST) are integrated or follow the others at once. */
#ifndef TW_DYNAMICS_H
#define TW_DYNAMICS_H
#include "network.h"

typedef enum { TW_DYNAMICS_AUTO, TW_DYNAMICS_FAST, TW_DYNAMICS_SLOW } tw_dynamics_choice;

typedef struct {
  int states;                   /* fast ones of the model */
  bool integrated;
  int slowest;                  /* the unknown that settles slowest among them, -1 without any */
  double settling;              /* s, its time constant at the start, the others at rest */
  char why[160];
} tw_dynamics;

/* By itself: they follow at once where nothing changes within TW_SLOW_CHANGE (no trace, no step of an event or of the
 * workload, no ramp shorter than that, no samples closer) and the slowest of them settles within a tenth of it; else they are integrated.
 * y: steady state. Leaves the network as it found it. */
#define TW_SLOW_CHANGE 0.05 /* s */
tw_dynamics tw_dynamics_choose(tw_network *net, tw_solver *solver, const double *y, const tw_scenario *s, const tw_workload *w,
                               double every, tw_dynamics_choice choice);
tw_dynamics_choice tw_dynamics_choice_of(const char *word); /* of --dynamics; NULL: not given */
/* "fast" or "slow"; "none" in a model without fast states. */
const char *tw_dynamics_name(const tw_dynamics *d);
#endif
