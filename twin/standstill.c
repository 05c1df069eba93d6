#include "standstill.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "../racks/diagnostic_codes.h"
#include "network_internal.h"
#include "sequence.h"

typedef struct {
  const tw_network *net;
  const double *y;     /* where the flows are those */
  int *node_of;        /* [net->n] node of an unknown, -1 of internal ones */
  double *flow;        /* [n_nodes] kg/s through it */
  int *circuit, *part; /* [n_nodes] root of the nodes that hang together by one stream; of those that stand still together */
  bool *still;         /* [n_nodes] */
} waters;

typedef void joint_fn(void *ctx, const tw_batch *b, int k, int p, int q); /* two ports of instance k */

/* Calls `each` for all pairs of fluid ports of one part; same: of one stream, else of two. */
static void each_pair(const tw_network *net, bool same, joint_fn *each, void *ctx) {
  for (int i = 0; i < net->n_batches; i++) {
    const tw_batch *b = &net->batches[i];
    for (int p = 0; p < b->n_ports; p++)
      for (int q = p + 1; q < b->n_ports; q++) {
        const tw_port *a = &b->type->ports[p], *c = &b->type->ports[q];
        if (a->kind != TW_FLUID || c->kind != TW_FLUID || (a->stream == c->stream) != same) continue;
        for (int k = 0; k < b->n; k++) each(ctx, b, k, p, q);
      }
  }
}

static int node_at(const waters *w, const tw_batch *b, int port, int k) { return w->node_of[b->unknown[b->port_first[port]][k]]; }

static void join_circuit(void *ctx, const tw_batch *b, int k, int p, int q) {
  waters *w = ctx;
  tw_unite(w->circuit, node_at(w, b, p, k), node_at(w, b, q, k));
}

static void join_still(void *ctx, const tw_batch *b, int k, int p, int q) {
  waters *w = ctx;
  int a = node_at(w, b, p, k), c = node_at(w, b, q, k);
  if (w->still[a] && w->still[c]) tw_unite(w->part, a, c);
}

/* After tw_network_observe. False when coolant is lost at a node: these are no flows. */
static bool read_flows(waters *w) {
  static const double balanced = 1e-5; /* kg/s, what tw_uncontrolled_flows leaves is less */
  const tw_network *net = w->net;
  double *sum = calloc((size_t)net->n_nodes + 1, sizeof *sum);
  bool known = true;
  if (!sum) abort();
  for (int i = 0; i < net->n_batches; i++) {
    const tw_batch *b = &net->batches[i];
    for (int p = 0; p < b->n_ports; p++)
      for (int k = 0; b->type->ports[p].kind == TW_FLUID && k < b->n; k++) {
        double m = b->f[b->port_first[p]][k];
        w->flow[node_at(w, b, p, k)] += fmax(m, 0.0);
        sum[node_at(w, b, p, k)] += m;
      }
  }
  for (int i = 0; i < net->n_nodes; i++) known &= fabs(sum[i]) <= balanced;
  free(sum);
  return known;
}

static waters waters_new(const tw_network *net, const double *y) {
  size_t n = (size_t)net->n_nodes + 1;
  waters w = {net, y, malloc(((size_t)net->n + 1) * sizeof *w.node_of), calloc(n, sizeof *w.flow), malloc(n * sizeof *w.circuit),
              malloc(n * sizeof *w.part), calloc(n, sizeof *w.still)};
  if (!w.node_of || !w.flow || !w.circuit || !w.part || !w.still) abort();
  for (int i = 0; i < net->n; i++) w.node_of[i] = -1;
  for (int i = 0; i < net->n_nodes; i++) w.node_of[net->nodes[i].unknown] = w.circuit[i] = w.part[i] = i;
  return w;
}

static void waters_free(waters *w) {
  free(w->node_of);
  free(w->flow);
  free(w->circuit);
  free(w->part);
  free(w->still);
}

/* A node stands still beside what flows in its circuit, or beside anything that cools. */
static void find_still(waters *w) {
  static const double beside = 1e-4, nothing = 1e-4; /* of the circuit's largest flow; kg/s */
  const tw_network *net = w->net;
  double *most = calloc((size_t)net->n_nodes + 1, sizeof *most);
  if (!most) abort();
  each_pair(net, true, join_circuit, w);
  for (int i = 0; i < net->n_nodes; i++) {
    w->circuit[i] = tw_root(w->circuit, i);
    most[w->circuit[i]] = fmax(most[w->circuit[i]], w->flow[i]);
  }
  for (int i = 0; i < net->n_nodes; i++)
    w->still[i] = net->nodes[i].kind == TW_FLUID && w->flow[i] <= fmax(beside * most[w->circuit[i]], nothing);
  each_pair(net, true, join_still, w);
  for (int i = 0; i < net->n_nodes; i++) w->part[i] = tw_root(w->part, i);
  free(most);
}

/* ---- what hangs on it ------------------------------------------------------------------------------------------------ */

typedef struct {
  const waters *w;
  bool *node;            /* [n_nodes] reached from the still part, by coolant or heat */
  int loads, hottest;    /* loads that stand on a reached node of heat; item, -1 */
  double T;              /* of that one */
  int pieces, n_stopped; /* parts in the still coolant; those of them in an unusual state or without voltage */
  int first, stopped[3]; /* items: one of them; the first few of those */
} reach;

static bool touches(const reach *r, const tw_batch *b, int k, tw_kind kind) {
  for (int p = 0; p < b->n_ports; p++)
    if (b->type->ports[p].kind == kind && r->node[node_at(r->w, b, p, k)]) return true;
  return false;
}

/* A part in reached coolant hands it on to its nodes of heat and to its other streams; one of heat alone to its other nodes. */
static bool hand_on(reach *r, const tw_batch *b, int k) {
  const tw_network *net = r->w->net;
  bool wet = false, grown = false, fluid = touches(r, b, k, TW_FLUID);
  for (int p = 0; p < b->n_ports; p++) wet |= b->type->ports[p].kind == TW_FLUID;
  if (wet ? !fluid : !touches(r, b, k, TW_HEAT)) return false;
  for (int p = 0; p < b->n_ports; p++) {
    tw_kind kind = b->type->ports[p].kind;
    int node = kind == TW_HEAT || kind == TW_FLUID ? node_at(r->w, b, p, k) : -1;
    if (node < 0 || r->node[node] || net->nodes[node].fixed) continue;
    bool other = kind == TW_HEAT;
    for (int q = 0; q < b->n_ports && !other; q++)
      other = b->type->ports[q].kind == TW_FLUID && b->type->ports[q].stream != b->type->ports[p].stream &&
              r->node[node_at(r->w, b, q, k)];
    if (!other) continue;
    grown = r->node[node] = true;
    for (int i = 0; kind == TW_FLUID && i < net->n_nodes; i++) r->node[i] |= r->w->circuit[i] == r->w->circuit[node];
  }
  return grown;
}

static void spread(reach *r) {
  const tw_network *net = r->w->net;
  for (bool grown = true; grown;) {
    grown = false;
    for (int i = 0; i < net->n_batches; i++)
      for (int k = 0; k < net->batches[i].n; k++) grown |= hand_on(r, &net->batches[i], k);
  }
}

/* Its parameter `state` is not the usual one: off, failed, stuck. */
static bool unusual(const tw_network *net, int item) {
  const tw_type *type = net->model->items[item].type;
  int param = tw_param_index(type, "state");
  char word[64];
  if (param < 0) return false;
  double now = net->batches[net->item_batch[item]].p[param][net->item_instance[item]];
  return strcmp(tw_choice_word(type->params[param].choices, now, word, sizeof word), type->params[param].dflt) != 0;
}

/* A pump or fan whose supply is dead. */
static bool dead(const waters *w, int item) {
  const tw_batch *b = &w->net->batches[w->net->item_batch[item]];
  bool electric = false;
  for (int p = 0; p < b->n_ports; p++) {
    tw_kind kind = b->type->ports[p].kind;
    if (kind != TW_DC && kind != TW_AC) continue;
    int unknown = b->unknown[b->port_first[p]][w->net->item_instance[item]];
    electric = true;
    for (int q = 0; q < tw_port_width(kind); q++)
      if (fabs(w->y[unknown + q]) > 1e-3 * w->net->nominal[unknown + q]) return false;
  }
  return electric;
}

/* Loads among what is reached, the hottest of them by the last tw_network_observe. */
static void count_loads(reach *r) {
  const tw_network *net = r->w->net;
  for (int i = 0; i < net->n_batches; i++) {
    const tw_batch *b = &net->batches[i];
    int T = -1;
    bool load = false, wet = false;
    for (int q = 0; q < b->n_outputs; q++) {
      load |= b->type->outputs[q].role == TW_Q_LOAD;
      if (b->type->outputs[q].role == TW_Q_TEMPERATURE) T = q;
    }
    for (int p = 0; p < b->n_ports; p++) wet |= b->type->ports[p].kind == TW_FLUID;
    for (int k = 0; k < b->n && load && !wet; k++) {
      if (!touches(r, b, k, TW_HEAT) || unusual(net, b->item[k])) continue;
      r->loads++;
      if (r->hottest >= 0 && !(T >= 0 && b->out[T][k] > r->T)) continue;
      r->hottest = b->item[k];
      r->T = T >= 0 ? b->out[T][k] : 0.0;
    }
  }
}

static void count_parts(reach *r, int root) {
  const tw_network *net = r->w->net;
  for (int i = 0; i < net->model->n_items; i++) {
    if (net->item_batch[i] < 0) continue;
    const tw_batch *b = &net->batches[net->item_batch[i]];
    bool in = false;
    for (int p = 0; p < b->n_ports; p++) {
      if (b->type->ports[p].kind != TW_FLUID) continue;
      int node = node_at(r->w, b, p, net->item_instance[i]);
      in |= r->w->still[node] && r->w->part[node] == root;
    }
    if (!in) continue;
    if (!r->pieces++) r->first = i;
    if (!unusual(net, i) && !dead(r->w, i)) continue;
    if (r->n_stopped < TW_COUNT(r->stopped)) r->stopped[r->n_stopped] = i;
    r->n_stopped++;
  }
}

static reach reach_from(const waters *w, int root) {
  reach r = {.w = w, .node = calloc((size_t)w->net->n_nodes + 1, sizeof *r.node), .hottest = -1, .first = -1};
  if (!r.node) abort();
  for (int i = 0; i < w->net->n_nodes; i++) r.node[i] = w->still[i] && w->part[i] == root;
  count_parts(&r, root);
  spread(&r);
  count_loads(&r);
  free(r.node);
  r.node = NULL;
  return r;
}

/* ---- which part of the coolant it is --------------------------------------------------------------------------------- */

typedef struct { const waters *w; int circuit, root; } neighbour;

static void look_across(void *ctx, const tw_batch *b, int k, int p, int q) {
  neighbour *n = ctx;
  int a = node_at(n->w, b, p, k), c = node_at(n->w, b, q, k);
  if (n->w->circuit[a] == n->circuit && n->w->still[c]) n->root = n->w->part[c];
  if (n->w->circuit[c] == n->circuit && n->w->still[a]) n->root = n->w->part[a];
}

/* The still part that the stray node is in, or else one that takes heat from its circuit; -1: none. */
static int part_of(const waters *w, const tw_node *stray) {
  int node = w->node_of[stray->unknown];
  if (w->still[node]) return w->part[node];
  neighbour n = {w, w->circuit[node], -1};
  each_pair(w->net, false, look_across, &n);
  return n.root;
}

/* The still part on which most loads hang: one in which something has stopped, or a whole circuit; -1: none. */
static int worst_part(const waters *w) {
  int worst = -1, most = 0;
  for (int i = 0; i < w->net->n_nodes; i++) {
    if (!w->still[i] || w->part[i] != i) continue;
    reach r = reach_from(w, i);
    bool whole = true;
    for (int k = 0; k < w->net->n_nodes; k++) whole &= w->circuit[k] != w->circuit[i] || w->still[k];
    if ((r.n_stopped || whole) && r.loads > most) most = r.loads, worst = i;
  }
  return worst;
}

/* ---- telling --------------------------------------------------------------------------------------------------------- */

/* "cdu.pump[1] failed and cdu.pump[2] failed", "a off, b off, c off and 3 more" */
static void name_stopped(const tw_network *net, const reach *r, char *buf, size_t size) {
  size_t at = 0;
  char word[64];
  for (int i = 0; i < r->n_stopped && i < TW_COUNT(r->stopped) && at < size; i++) {
    const char *between = !i ? "" : i + 1 == r->n_stopped ? " and " : ", ";
    bool off = unusual(net, r->stopped[i]);
    at += (size_t)snprintf(buf + at, size - at, "%s%s %s", between, net->model->items[r->stopped[i]].path,
                           off ? tw_item_state(net, r->stopped[i], word, sizeof word) : "without voltage");
  }
  if (r->n_stopped > TW_COUNT(r->stopped) && at < size)
    snprintf(buf + at, size - at, " and %d more", r->n_stopped - TW_COUNT(r->stopped));
}

static void tell(const tw_network *net, const reach *r, int root, const char *when, tw_diagnostics *d) {
  char stopped[512] = "", why[540] = "", loads[320];
  const char *hottest = net->model->items[r->hottest].path;
  const tw_item *item = &net->model->items[r->n_stopped ? r->stopped[0] : r->first];
  const tw_medium *m = net->nodes[root].medium;
  name_stopped(net, r, stopped, sizeof stopped);
  if (r->n_stopped) snprintf(why, sizeof why, "with %s, ", stopped);
  if (r->loads == 1) snprintf(loads, sizeof loads, "1 load cooled through it (%s) finds", hottest);
  else snprintf(loads, sizeof loads, "%d loads cooled through it (the hottest %s) find", r->loads, hottest);
  tw_diagnose(d, TW_ERROR, TW_E_MEDIUM_RANGE, item->where, item->path,
              "%s%s%s stands still in %d part%s; %s no steady temperature within %.1f .. %.1f degC, where its properties are "
              "known", when, why, m->id, r->pieces, r->pieces == 1 ? "" : "s", loads, m->T_lo - TW_ZERO_CELSIUS,
              m->T_hi - TW_ZERO_CELSIUS);
}

bool tw_tell_standstill(tw_network *net, const tw_solver *solver, const double *y, const tw_node *stray, const char *when,
                        tw_diagnostics *d) {
  double *at = malloc(((size_t)net->n + 1) * sizeof *at);
  if (!at) abort();
  waters w = waters_new(net, at);
  memcpy(at, y, (size_t)net->n * sizeof *at);
  if (solver) {
    tw_network_guess(net, at);
    tw_uncontrolled_flows(net, solver, at);
  }
  tw_network_observe(net, 0.0, at, NULL);
  bool told = read_flows(&w);
  if (told) {
    find_still(&w);
    tw_network_observe(net, 0.0, y, NULL);
    int root = stray ? part_of(&w, stray) : worst_part(&w);
    reach r = root >= 0 ? reach_from(&w, root) : (reach){0};
    told = root >= 0 && r.loads > 0;
    if (told) tell(net, &r, root, when, d);
  }
  waters_free(&w);
  free(at);
  return told;
}
