#include "sequence.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "domains.h"
#include "network_internal.h"
#include "piece.h"
#include "stamping.h"

/* ---- who solves what ------------------------------------------------------------------------------------------------- */

typedef struct {
  tw_network *net;
  const tw_solver *solver; /* of the whole network */
  double t;
  bool in_motion;       /* what has a rate is held */
  tw_domain *of, *with; /* [n] its own domain, and the one that it is solved with */
  bool *sensor;         /* [n] a signal whose own row reads flows or heat */
  int *parent;          /* [n] union-find: members of one domain that hang together; then the root of each */
  bool *moved;          /* [n] at the root of flows: a control of heat moves them */
} map;

/* Unites what hangs together; returns the entries of signal rows, (row, column) each, and their number. The caller frees them. */
static int *unite_domains(map *m, int *n_read) {
  const tw_network *net = m->net;
  int *read = malloc(2 * ((size_t)net->nonzeros + 1) * sizeof *read);
  if (!read) abort();
  *n_read = 0;
  for (int c = 0; c < net->n; c++)
    for (int32_t k = net->column[c]; k < net->column[c + 1]; k++) {
      int row = net->row_index[k];
      if (m->of[row] == m->of[c] && m->parent[row] != m->parent[c]) tw_unite(m->parent, row, c);
      if (m->of[row] != TW_D_SIGNALS) continue;
      read[2 * *n_read] = row;
      read[2 * (*n_read)++ + 1] = c;
    }
  return read;
}

/* At the root of signals `with` becomes the last domain in the order signals, power, flows, heat that one of them reads. */
static void read_domain(map *m, int row, int column) {
  static const int order[] = {[TW_D_SIGNALS] = 0, [TW_D_STORES] = 1, [TW_D_POWER] = 1, [TW_D_FLOWS] = 2, [TW_D_HEAT] = 3};
  tw_domain *with = &m->with[tw_root(m->parent, row)];
  if (order[m->of[column]] > order[*with]) *with = m->of[column];
  m->sensor[row] |= m->of[column] == TW_D_FLOWS || m->of[column] == TW_D_HEAT;
}

static void find_moved(map *m) {
  const tw_network *net = m->net;
  for (int c = 0; c < net->n; c++) {
    if (m->of[c] != TW_D_SIGNALS || m->with[c] != TW_D_HEAT) continue;
    for (int32_t k = net->column[c]; k < net->column[c + 1]; k++)
      if (m->of[net->row_index[k]] == TW_D_FLOWS) m->moved[m->parent[net->row_index[k]]] = true;
  }
}

static map make_map(tw_network *net, const tw_solver *solver) {
  size_t n = (size_t)net->n + 1;
  map m = {.net = net, .solver = solver, .of = calloc(n, sizeof *m.of), .with = calloc(n, sizeof *m.with),
           .sensor = calloc(n, sizeof *m.sensor), .parent = calloc(n, sizeof *m.parent), .moved = calloc(n, sizeof *m.moved)};
  if (!m.of || !m.with || !m.sensor || !m.parent || !m.moved) abort();
  tw_domains_mark(net, m.of);
  for (int i = 0; i < net->n; i++) m.parent[i] = i;
  int n_read, *read = unite_domains(&m, &n_read);
  memcpy(m.with, m.of, n * sizeof *m.with);
  for (int i = 0; i < n_read; i++) read_domain(&m, read[2 * i], read[2 * i + 1]);
  free(read);
  for (int i = 0; i < net->n; i++) m.with[i] = m.with[m.parent[i] = tw_root(m.parent, i)];
  find_moved(&m);
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
    {TW_D_FLOWS, {24, TW_BY_RESIDUAL, 1e5}, {24, TW_BY_RESIDUAL, 1e6}},
    {TW_D_STORES, {24, TW_BY_CORRECTION, 1e3}, {0}}, /* a supply whose input is dead has nothing left to give */
    {TW_D_POWER, {4, TW_BY_RESIDUAL, 1e7}, {4, TW_BY_RESIDUAL, 1e7}},
    {TW_D_HEAT, {4, TW_BY_RESIDUAL, 1e8}, {12, TW_BY_CORRECTION, 1e7}}};
enum { ALL_ITERATIONS = 25 };

/* What a step solves, by parts that do not hang together. */
typedef struct {
  bool *in, *held;             /* [n] the step solves it; only with the controls */
  int *parent;                 /* [n] union-find: what hangs together within the step; then the root of each */
  bool *controlled, *unsolved; /* [n] at its roots: something is held; it is not near enough to its solution */
} parts;

/* Marks what a step solves, and in `held` what only its second part does. Without controls (proportional), and for the signals
 * that come first, a domain is alone and integrals are left out; signals that come before any field leave out what reads one. */
static void mark(const map *m, const step *s, bool proportional, parts *of) {
  const tw_network *net = m->net;
  for (int i = 0; i < net->n; i++) {
    bool own = m->of[i] == s->domain, in = own && !net->integrator[i], held = false;
    if (s->domain == TW_D_SIGNALS) {
      in &= proportional || !m->sensor[i];
    } else if (!proportional) {
      in = m->with[i] == s->domain || (s->domain == TW_D_HEAT && m->moved[m->parent[i]]);
      held = in && (!own || net->integrator[i]);
    }
    of->in[i] = in && !net->stock[i] && !(m->in_motion && net->differential[i]);
    of->held[i] = held && of->in[i];
  }
}

/* Members of one domain hang together already. */
static void unite_parts(const map *m, parts *of) {
  const tw_network *net = m->net;
  memcpy(of->parent, m->parent, (size_t)net->n * sizeof *of->parent);
  for (int c = 0; c < net->n; c++)
    for (int32_t k = net->column[c]; k < net->column[c + 1] && of->in[c]; k++)
      if (of->in[net->row_index[k]] && m->of[c] != m->of[net->row_index[k]]) tw_unite(of->parent, c, net->row_index[k]);
  for (int i = 0; i < net->n; i++) {
    of->parent[i] = tw_root(of->parent, i);
    if (of->held[i]) of->controlled[of->parent[i]] = true;
  }
}

/* One residual for all parts: most of them, such as the signals of chips, stand at their solution. */
static void find_unsolved(const map *m, const step *s, const double *y, parts *of) {
  tw_network *net = m->net;
  double *f = malloc(((size_t)net->n + 1) * sizeof *f);
  bool *active = malloc(((size_t)net->n_batches + 1) * sizeof *active);
  if (!f || !active) abort();
  tw_writers_of(net, of->in, active);
  bool known = !tw_network_residual_of(net, active, m->t, y, NULL, f);
  for (int i = 0; i < net->n; i++) {
    if (!of->in[i]) continue;
    int root = of->parent[i];
    double enough = of->held[i] ? s->controlled.enough : s->field.enough;
    if (of->controlled[root]) enough = fmin(enough, s->controlled.enough);
    if (!known || !(fabs(f[i]) <= enough * net->tolerance[i])) of->unsolved[root] = true;
  }
  free(active);
  free(f);
}

/* A few flows cost next to nothing, and are solved to the end at rest: where a fan stands, the square law halves what is left of
 * its flow in every iteration, which in a part of that size does not matter, while the heat of all would wait for it. */
static tw_effort effort_for(const map *m, const step *s, int members) {
  bool few = s->domain == TW_D_FLOWS && !m->in_motion && members <= m->net->n / 16;
  return few ? (tw_effort){24, s->field.damping, fmin(s->field.enough, 10.0)} : s->field;
}

static void solve_part(const map *m, const step *s, const parts *of, int root, double *y, tw_report *r) {
  tw_network *net = m->net;
  bool *in = malloc(((size_t)net->n + 1) * sizeof *in);
  int members = 0;
  if (!in) abort();
  for (int i = 0; i < net->n; i++) members += in[i] = of->in[i] && of->parent[i] == root;
  tw_piece *p = tw_piece_new(net, m->solver, in);
  tw_effort field = effort_for(m, s, members);
  tw_piece_improve(p, m->t, y, of->held, &field, r);
  if (of->controlled[root]) tw_piece_improve(p, m->t, y, NULL, &s->controlled, r);
  tw_piece_free(p);
  free(in);
}

static void take(const map *m, const step *s, bool proportional, double *y, tw_report *r) {
  size_t n = (size_t)m->net->n + 1;
  parts of = {malloc(n * sizeof *of.in), malloc(n * sizeof *of.held), malloc(n * sizeof *of.parent),
              calloc(n, sizeof *of.controlled), calloc(n, sizeof *of.unsolved)};
  if (!of.in || !of.held || !of.parent || !of.controlled || !of.unsolved) abort();
  mark(m, s, proportional, &of);
  unite_parts(m, &of);
  find_unsolved(m, s, y, &of);
  for (int root = 0; root < m->net->n; root++)
    if (of.unsolved[root]) solve_part(m, s, &of, root, y, r);
  free(of.in);
  free(of.held);
  free(of.parent);
  free(of.controlled);
  free(of.unsolved);
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
  map m = make_map(net, solver);
  for (int k = 0; k < TW_COUNT(steps); k++) take(&m, &steps[k], proportional, y, r);
  if (proportional) solve_all_held(net, solver, y, r);
  free_map(&m);
}

void tw_sequenced_flows(tw_network *net, const tw_solver *solver, double *y, tw_report *r) {
  static const step flows = {TW_D_FLOWS, {8, TW_BY_RESIDUAL, 1e3}, {8, TW_BY_RESIDUAL, 1e3}}; /* leaks are small in their rows */
  map m = make_map(net, solver);
  take(&m, &flows, false, y, r);
  free_map(&m);
}

void tw_uncontrolled_flows(tw_network *net, const tw_solver *solver, double *y) {
  static const step in_turn[] = {{TW_D_SIGNALS, {8, TW_BY_RESIDUAL, 1.0}, {0}}, {TW_D_FLOWS, {40, TW_BY_RESIDUAL, 1.0}, {0}}};
  tw_report cost = {0};
  map m = make_map(net, solver);
  for (int k = 0; k < TW_COUNT(in_turn); k++) take(&m, &in_turn[k], true, y, &cost);
  free_map(&m);
}

/* Power first: fans and pumps that have just got it back have no flow yet. */
void tw_sequenced_restart(tw_network *net, const tw_solver *solver, double t, double *y, tw_report *r) {
  static const step in_turn[] = {
      {TW_D_SIGNALS, {4, TW_BY_RESIDUAL, 1.0}, {0}},
      {TW_D_POWER, {25, TW_BY_RESIDUAL, 1e3}, {25, TW_BY_RESIDUAL, 1e3}},
      {TW_D_FLOWS, {25, TW_BY_RESIDUAL, 1e3}, {25, TW_BY_RESIDUAL, 1e3}},
      {TW_D_HEAT, {8, TW_BY_RESIDUAL, 1e5}, {12, TW_BY_CORRECTION, 1e5}}};
  map m = make_map(net, solver);
  m.t = t;
  m.in_motion = true;
  for (int k = 0; k < TW_COUNT(in_turn); k++) take(&m, &in_turn[k], false, y, r);
  free_map(&m);
}
