#include "sequence.h"
#include <stdlib.h>
#include <string.h>
#include "domains.h"
#include "network_internal.h"
#include "piece.h"

/* ---- who solves what ------------------------------------------------------------------------------------------------- */

typedef struct {
  const tw_network *net;
  tw_domain *of, *with; /* [n] its own domain, and the one that it is solved with */
  bool *sensor;         /* [n] a signal whose own row reads flows or heat */
  int *parent;          /* [n] union-find: members of one domain that hang together */
  bool *moved;          /* [n] at the root of flows: a control of heat moves them */
} map;

typedef void visit(map *m, int row, int column);

static void each_entry(map *m, visit *fn) {
  const tw_network *net = m->net;
  for (int c = 0; c < net->n; c++)
    for (int32_t k = net->column[c]; k < net->column[c + 1]; k++) fn(m, net->row_index[k], c);
}

static void unite(map *m, int row, int column) {
  if (m->of[row] == m->of[column]) tw_unite(m->parent, row, column);
}

/* At the root of signals `with` becomes the last domain in the order signals, power, flows, heat that one of them reads. */
static void read_domain(map *m, int row, int column) {
  static const int order[] = {[TW_D_SIGNALS] = 0, [TW_D_POWER] = 1, [TW_D_FLOWS] = 2, [TW_D_HEAT] = 3};
  if (m->of[row] != TW_D_SIGNALS) return;
  tw_domain *with = &m->with[tw_root(m->parent, row)];
  if (order[m->of[column]] > order[*with]) *with = m->of[column];
  m->sensor[row] |= m->of[column] == TW_D_FLOWS || m->of[column] == TW_D_HEAT;
}

static void find_moved(map *m, int row, int column) {
  if (m->of[column] == TW_D_SIGNALS && m->with[column] == TW_D_HEAT && m->of[row] == TW_D_FLOWS)
    m->moved[tw_root(m->parent, row)] = true;
}

static map make_map(const tw_network *net) {
  size_t n = (size_t)net->n + 1;
  map m = {net, calloc(n, sizeof *m.of), calloc(n, sizeof *m.with), calloc(n, sizeof *m.sensor), calloc(n, sizeof *m.parent),
           calloc(n, sizeof *m.moved)};
  if (!m.of || !m.with || !m.sensor || !m.parent || !m.moved) abort();
  tw_domains_mark(net, m.of);
  for (int i = 0; i < net->n; i++) m.parent[i] = i;
  each_entry(&m, unite);
  memcpy(m.with, m.of, n * sizeof *m.with);
  each_entry(&m, read_domain);
  for (int i = 0; i < net->n; i++) m.with[i] = m.with[tw_root(m.parent, i)];
  each_entry(&m, find_moved);
  return m;
}

static void free_map(map *m) {
  free(m->of);
  free(m->with);
  free(m->sensor);
  free(m->parent);
  free(m->moved);
}

/* ---- steps ----------------------------------------------------------------------------------------------------------- */

typedef enum { COMMANDS, SIGNALS, FIELD, FIELD_AND_CONTROLS } who; /* commands: signals that need no measurement */

/* A first guess need not be exact: what the domains mean to each other, solved last, moves it by more than `enough`
 * tolerances. Heat carried by a flow that a valve sets is a product of unknowns: damping by the correction. */
typedef struct { tw_domain domain; who who; int iterations; tw_damping damping; double enough; } step;

/* Controls come after what they control, so that they do not chase a field that is not there yet. */
static const step steps[] = {
    {TW_D_SIGNALS, COMMANDS, 4, TW_BY_RESIDUAL, 1.0},
    {TW_D_FLOWS, FIELD, 8, TW_BY_RESIDUAL, 1e7},
    {TW_D_FLOWS, FIELD_AND_CONTROLS, 8, TW_BY_RESIDUAL, 1e5},
    {TW_D_POWER, FIELD, 4, TW_BY_RESIDUAL, 1e5},
    {TW_D_HEAT, FIELD, 4, TW_BY_RESIDUAL, 1e8},
    {TW_D_HEAT, FIELD_AND_CONTROLS, 12, TW_BY_CORRECTION, 1e5}};
static const step proportional_steps[] = {
    {TW_D_SIGNALS, SIGNALS, 4, TW_BY_RESIDUAL, 1.0},
    {TW_D_FLOWS, FIELD, 8, TW_BY_RESIDUAL, 1e5},
    {TW_D_POWER, FIELD, 4, TW_BY_RESIDUAL, 1e5},
    {TW_D_HEAT, FIELD, 4, TW_BY_RESIDUAL, 1e5}};
enum { ALL_ITERATIONS = 25 };

static bool takes_part(const map *m, const step *s, int i) {
  if (m->net->stock[i]) return false;
  if (s->who == FIELD_AND_CONTROLS) return m->with[i] == s->domain || (s->domain == TW_D_HEAT && m->moved[tw_root(m->parent, i)]);
  return m->of[i] == s->domain && !m->net->integrator[i] && !(s->who == COMMANDS && m->sensor[i]);
}

/* Does a piece with this member need the step? With controls, only where there are some: the rest has been solved. */
static bool calls_for(const map *m, const step *s, int i) {
  return s->who != FIELD_AND_CONTROLS || m->of[i] == TW_D_SIGNALS;
}

/* The unknowns of a step, piece by piece: what does not hang together is solved apart. */
static void take(tw_network *net, const map *m, const step *s, double *y, tw_report *r) {
  size_t n = (size_t)net->n + 1;
  int *parent = malloc(n * sizeof *parent);
  bool *part = calloc(n, sizeof *part), *in = malloc(n * sizeof *in), *due = calloc(n, sizeof *due);
  if (!parent || !part || !in || !due) abort();
  for (int i = 0; i < net->n; i++) {
    parent[i] = i;
    part[i] = takes_part(m, s, i);
  }
  for (int c = 0; c < net->n; c++)
    for (int32_t k = net->column[c]; k < net->column[c + 1] && part[c]; k++)
      if (part[net->row_index[k]]) tw_unite(parent, c, net->row_index[k]);
  for (int i = 0; i < net->n; i++)
    if (part[i] && calls_for(m, s, i)) due[tw_root(parent, i)] = true;
  for (int root = 0; root < net->n; root++) {
    if (!due[root]) continue;
    for (int k = 0; k < net->n; k++) in[k] = part[k] && tw_root(parent, k) == root;
    tw_piece_improve(net, in, y, s->iterations, s->damping, s->enough, r);
  }
  free(parent);
  free(part);
  free(in);
  free(due);
}

/* Everything at once but the integrals, where there are some. */
static void solve_all_held(tw_network *net, tw_solver *solver, double *y, tw_report *r) {
  bool *held = calloc((size_t)net->n + 1, sizeof *held), integrators = false;
  tw_report one = {0};
  if (!held) abort();
  for (int i = 0; i < net->n; i++) {
    held[i] = net->integrator[i] || net->stock[i];
    integrators |= net->integrator[i];
  }
  if (integrators) tw_newton_improve(solver, 0.0, y, held, ALL_ITERATIONS, TW_BY_RESIDUAL, 1.0, &one);
  r->factorisations += one.factorisations;
  r->iterations += one.iterations;
  r->seconds += one.seconds;
  free(held);
}

void tw_sequenced_start(tw_network *net, tw_solver *solver, double *y, bool proportional, tw_report *r) {
  map m = make_map(net);
  const step *list = proportional ? proportional_steps : steps;
  int n = proportional ? TW_COUNT(proportional_steps) : TW_COUNT(steps);
  for (int k = 0; k < n; k++) take(net, &m, &list[k], y, r);
  if (proportional) solve_all_held(net, solver, y, r);
  free_map(&m);
}
