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

/* One domain, first the field alone, then with its controls where there are some, so that they do not chase a field that is
 * not there yet. A first guess need not be exact: what the domains mean to each other, solved last, moves it by more than
 * `enough` tolerances. Heat carried by a flow that a valve sets is a product of unknowns: damping by the correction. */
typedef struct { tw_domain domain; tw_effort field, controlled; } step;

static const step steps[] = {
    {TW_D_SIGNALS, {4, TW_BY_RESIDUAL, 1.0}, {0}},
    {TW_D_FLOWS, {8, TW_BY_RESIDUAL, 1e7}, {8, TW_BY_RESIDUAL, 1e5}},
    {TW_D_POWER, {4, TW_BY_RESIDUAL, 1e5}, {4, TW_BY_RESIDUAL, 1e5}},
    {TW_D_HEAT, {4, TW_BY_RESIDUAL, 1e8}, {12, TW_BY_CORRECTION, 1e5}}};
enum { ALL_ITERATIONS = 25 };

/* Marks what a step solves, and in `held` what only its second part does. Without controls (proportional), and for the signals
 * that come first, a domain is alone and integrals are left out; signals that come before any field leave out what reads one. */
static void mark(const map *m, const step *s, bool proportional, bool *part, bool *held) {
  const tw_network *net = m->net;
  for (int i = 0; i < net->n; i++) {
    bool own = m->of[i] == s->domain;
    held[i] = false;
    part[i] = own && !net->integrator[i];
    if (s->domain == TW_D_SIGNALS) {
      part[i] &= proportional || !m->sensor[i];
    } else if (!proportional) {
      part[i] = m->with[i] == s->domain || (s->domain == TW_D_HEAT && m->moved[tw_root(m->parent, i)]);
      held[i] = part[i] && (!own || net->integrator[i]);
    }
    part[i] &= !net->stock[i];
  }
}

/* What hangs together within `part`; members of one domain do already. */
static void unite_part(const map *m, const bool *part, int *parent) {
  const tw_network *net = m->net;
  memcpy(parent, m->parent, (size_t)net->n * sizeof *parent);
  for (int c = 0; c < net->n; c++)
    for (int32_t k = net->column[c]; k < net->column[c + 1] && part[c]; k++)
      if (part[net->row_index[k]] && m->of[c] != m->of[net->row_index[k]]) tw_unite(parent, c, net->row_index[k]);
}

/* What does not hang together is solved apart. */
static void take(tw_network *net, const map *m, const step *s, bool proportional, double *y, tw_report *r) {
  size_t n = (size_t)net->n + 1;
  int *parent = malloc(n * sizeof *parent);
  bool *part = malloc(n * sizeof *part), *held = malloc(n * sizeof *held);
  bool *in = malloc(n * sizeof *in), *done = calloc(n, sizeof *done);
  if (!parent || !part || !held || !in || !done) abort();
  mark(m, s, proportional, part, held);
  unite_part(m, part, parent);
  for (int first = 0; first < net->n; first++) {
    int root = tw_root(parent, first);
    if (!part[first] || done[root]) continue;
    bool controls = false;
    done[root] = true;
    for (int k = 0; k < net->n; k++) {
      in[k] = part[k] && tw_root(parent, k) == root;
      controls |= in[k] && held[k];
    }
    tw_piece *p = tw_piece_new(net, in);
    tw_piece_improve(p, y, held, &s->field, r);
    if (controls) tw_piece_improve(p, y, NULL, &s->controlled, r);
    tw_piece_free(p);
  }
  free(parent);
  free(part);
  free(held);
  free(in);
  free(done);
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
  for (int k = 0; k < TW_COUNT(steps); k++) take(net, &m, &steps[k], proportional, y, r);
  if (proportional) solve_all_held(net, solver, y, r);
  free_map(&m);
}
