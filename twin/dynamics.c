#include "dynamics.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Time constant of each fast state alone: weight of its rate times what it changes by when its row does, all others at rest. */
static void find_slowest(tw_network *net, tw_solver *solver, const double *y, tw_dynamics *d) {
  double *column = malloc((size_t)net->n * sizeof *column);
  if (!column) abort();
  bool known = tw_linearise(solver, 0.0, y, net->n_stocks ? net->stock : NULL);
  for (int i = 0; i < net->n; i++) {
    if (!net->fast_store[i] || net->fast_weight[i] == 0.0) continue;
    memset(column, 0, (size_t)net->n * sizeof *column);
    column[i] = 1.0;
    double time = known && tw_solve_linearised(solver, column) ? fabs(net->fast_weight[i] * column[i]) : INFINITY;
    if (d->slowest >= 0 && !(time > d->settling)) continue;
    d->settling = time;
    d->slowest = i;
  }
  if (d->slowest < 0) d->settling = INFINITY;
  free(column);
}

/* What changes soonest, in words, and within which time [s]. */
static double shortest(const tw_scenario *s, const tw_workload *w, double every, char *why, size_t size) {
  double least = every;
  snprintf(why, size, "samples every %g s", every);
  for (int i = 0; i < s->n_events; i++) {
    const tw_set_event *e = &s->events[i];
    if (e->over >= least) continue;
    least = e->over;
    if (e->over > 0.0) snprintf(why, size, "line %d: a ramp of %g s", e->where.line, e->over);
    else snprintf(why, size, "line %d: a step at %g s", e->where.line, e->t);
  }
  bool steps = w && w->n_jumps > 0, traced = s->n_traces > 0 || (w && w->trace);
  if (least == 0.0 || !(steps || traced)) return least;
  snprintf(why, size, steps ? "the workload steps" : "a trace may step from row to row");
  return 0.0;
}

tw_dynamics tw_dynamics_choose(tw_network *net, tw_solver *solver, const double *y, const tw_scenario *s, const tw_workload *w,
                               double every, tw_dynamics_choice choice) {
  tw_dynamics d = {.states = net->n_fast, .integrated = true, .slowest = -1};
  if (!d.states) return d;
  find_slowest(net, solver, y, &d);
  double least = shortest(s, w, every, d.why, sizeof d.why);
  if (choice != TW_DYNAMICS_AUTO) {
    d.integrated = choice == TW_DYNAMICS_FAST;
    snprintf(d.why, sizeof d.why, "as --dynamics says");
  } else if (least >= TW_SLOW_CHANGE && d.settling <= 0.1 * TW_SLOW_CHANGE) {
    d.integrated = false;
    snprintf(d.why, sizeof d.why, "nothing changes within %g s, and they settle sooner", least);
  } else if (least >= TW_SLOW_CHANGE) {
    snprintf(d.why, sizeof d.why, "they do not all settle within %g s", 0.1 * TW_SLOW_CHANGE);
  }
  return d;
}

const char *tw_dynamics_name(const tw_dynamics *d) { return !d->states ? "none" : d->integrated ? "fast" : "slow"; }

tw_dynamics_choice tw_dynamics_choice_of(const char *word) {
  return !word || !strcmp(word, "auto") ? TW_DYNAMICS_AUTO : strcmp(word, "fast") ? TW_DYNAMICS_SLOW : TW_DYNAMICS_FAST;
}
