#include "sequence.h"
#include <stdlib.h>
#include "domains.h"

/* Integrators wait for the last solve, so that controllers do not chase a field that is not there yet.
 * A first guess need not be exact: heat and power are nearly linear once their neighbours are held. */
static const int enough[] = {[TW_D_FLOWS] = 8, [TW_D_POWER] = 3, [TW_D_HEAT] = 2, [TW_D_SIGNALS] = 4};
enum { MAX_ITERATIONS = 25 };

static void improve(tw_solver *solver, double *y, const bool *held, int iterations, tw_report *r) {
  tw_report one = {0};
  tw_newton_improve(solver, 0.0, y, held, iterations, &one);
  r->factorisations += one.factorisations;
  r->iterations += one.iterations;
  r->seconds += one.seconds;
}

void tw_sequenced_start(tw_network *net, tw_solver *solver, double *y, bool proportional, tw_report *r) {
  /* signals: proportional action on the first guess */
  static const tw_domain order[] = {TW_D_SIGNALS, TW_D_FLOWS, TW_D_POWER, TW_D_HEAT};
  tw_domain *of = calloc((size_t)net->n + 1, sizeof *of);
  bool *held = calloc((size_t)net->n + 1, sizeof *held), integrators = false;
  if (!of || !held) abort();
  tw_domains_mark(net, of);
  for (size_t step = proportional ? 0 : 1; step < sizeof order / sizeof order[0]; step++) {
    bool any = false;
    for (int i = 0; i < net->n; i++) {
      held[i] = of[i] != order[step] || net->integrator[i] || net->stock[i];
      any |= !held[i];
      integrators |= net->integrator[i];
    }
    if (any) improve(solver, y, held, enough[order[step]], r);
  }
  if (integrators && proportional) {
    for (int i = 0; i < net->n; i++) held[i] = net->integrator[i] || net->stock[i];
    improve(solver, y, held, MAX_ITERATIONS, r);
  }
  free(of);
  free(held);
}
