#include "sequence.h"
#include <stdlib.h>
#include <string.h>

/* Which physics an unknown belongs to: a node quantity by its kind, an internal one by its unit; what has no unit (speeds,
 * positions) goes with the signals. Integrators wait for the last solve, so that controllers do not chase a field that is not
 * there yet. */
typedef enum { FLOWS, POWER, HEAT, SIGNALS } domain;

static domain domain_of_unit(const char *unit) {
  static const char *const flows[] = {"kg/s", "Pa", "m", "kg"}, *const power[] = {"V", "A", "W"};
  for (size_t i = 0; i < sizeof flows / sizeof flows[0]; i++)
    if (!strcmp(unit, flows[i])) return FLOWS;
  for (size_t i = 0; i < sizeof power / sizeof power[0]; i++)
    if (!strcmp(unit, power[i])) return POWER;
  return strcmp(unit, "K") ? SIGNALS : HEAT;
}

static domain domain_of_node(tw_kind kind, int w) {
  switch (kind) {
    case TW_DC:
    case TW_AC: return POWER;
    case TW_FLUID:
    case TW_REFRIGERANT: return w ? HEAT : FLOWS;
    case TW_HEAT: return HEAT;
    default: return SIGNALS;
  }
}

static void mark_domains(const tw_network *net, domain *of) {
  for (int i = 0; i < net->n_nodes; i++)
    for (int w = 0; w < tw_port_width(net->nodes[i].kind); w++) of[net->nodes[i].unknown + w] = domain_of_node(net->nodes[i].kind, w);
  for (int i = 0; i < net->n_batches; i++) {
    const tw_batch *b = &net->batches[i];
    for (int q = 0; q < b->n_internal; q++)
      for (int k = 0; k < b->n; k++) of[b->first_internal + q * b->n + k] = domain_of_unit(b->type->unknowns[q].unit);
  }
}

/* A first guess need not be exact: heat and power are nearly linear once their neighbours are held. */
static const int enough[] = {[FLOWS] = 8, [POWER] = 3, [HEAT] = 2, [SIGNALS] = 4};
enum { MAX_ITERATIONS = 25 };

static void improve(tw_solver *solver, double *y, const bool *held, int iterations, tw_report *r) {
  tw_report one = {0};
  tw_newton_improve(solver, 0.0, y, held, iterations, &one);
  r->factorisations += one.factorisations;
  r->iterations += one.iterations;
  r->seconds += one.seconds;
}

void tw_sequenced_start(tw_network *net, tw_solver *solver, double *y, bool proportional, tw_report *r) {
  static const domain order[] = {SIGNALS, FLOWS, POWER, HEAT}; /* signals: proportional action on the first guess */
  domain *of = calloc((size_t)net->n + 1, sizeof *of);
  bool *held = calloc((size_t)net->n + 1, sizeof *held), integrators = false;
  if (!of || !held) abort();
  mark_domains(net, of);
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
