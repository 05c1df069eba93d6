#include "entries.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "sequence.h"

typedef struct { bool inside; int outsider; double re, im; } crossing; /* current from the cabinet's parts into the node */

static int gather(const tw_results *r, const double *y, tw_entry *list, int most) {
  const tw_network *net = r->net;
  crossing *at = calloc((size_t)net->n + 1, sizeof *at);
  int n = 0;
  if (!at) abort();
  for (int i = 0; i < net->n; i++) at[i].outsider = -1;
  for (int i = 0; i < net->n_batches; i++) {
    const tw_batch *b = &net->batches[i];
    for (int q = 0; q < b->n_ports; q++) {
      tw_kind kind = b->type->ports[q].kind;
      for (int k = 0; (kind == TW_AC || kind == TW_DC) && k < b->n; k++) {
        crossing *c = &at[b->unknown[b->port_first[q]][k]];
        if (!tw_in_cabinet(net->model, b->item[k])) {
          /* the supplier, rather than another consumer on the same node */
          if (c->outsider < 0 || (b->type->ports[q].role & TW_R_FEED_OUT)) c->outsider = b->item[k];
          continue;
        }
        c->inside = true;
        c->re += b->f[b->port_first[q]][k * net->lanes];
        if (kind == TW_AC) c->im += b->f[b->port_first[q] + 1][k * net->lanes];
      }
    }
  }
  for (int i = 0; i < net->n_nodes && n < most; i++) {
    const tw_node *node = &net->nodes[i];
    const crossing *c = &at[node->unknown];
    if ((node->kind != TW_AC && node->kind != TW_DC) || !c->inside || c->outsider < 0) continue;
    bool ac = node->kind == TW_AC;
    double vr = y[node->unknown * net->lanes], vi = ac ? y[(node->unknown + 1) * net->lanes] : 0.0, phases = ac ? node->phases : 1.0;
    tw_entry e = {.item = c->outsider, .path = net->model->items[c->outsider].path, .ac = ac,
                  .P = phases * (vr * c->re + vi * c->im), .Q = phases * (vi * c->re - vr * c->im), .I = hypot(c->re, c->im),
                  .U = hypot(vr, vi) * (phases > 1.0 ? sqrt(3.0) : 1.0), .P_lost = NAN, .S_lost = NAN, .I_lost = NAN};
    e.S = hypot(e.P, e.Q);
    list[n++] = e;
  }
  free(at);
  return n;
}

int tw_entries(const tw_results *r, tw_entry *list, int most) {
  tw_network_observe(r->net, 0.0, r->y, NULL);
  return gather(r, r->y, list, most);
}

/* What a part on a dead node stores (a capacitor's energy, a rotor's speed), its temperatures apart, has run down. */
static void run_down(const tw_network *net, const bool *dead, double *y) {
  for (int i = 0; i < net->n_batches; i++) {
    const tw_batch *b = &net->batches[i];
    for (int port = 0; port < b->n_ports; port++) {
      if (b->type->ports[port].kind != TW_AC || !(b->type->ports[port].role & TW_R_FEED_IN)) continue;
      for (int q = 0; q < b->n_internal; q++) {
        const tw_unknown *u = &b->type->unknowns[q];
        if (u->differential != true || !strcmp(u->unit, "K")) continue;
        for (int k = 0; k < b->n; k++)
          if (dead[b->unknown[b->port_first[port]][k]]) y[b->first_internal + q * b->n + k] = 0.0;
      }
    }
  }
}

/* From the solution, but AC nodes that a fresh start leaves without voltage begin without it: constant-power loads on a node
 * that is cut off would push Newton's method the other way, and a store that empties there is far from what it was. */
static void start_from(tw_network *net, const double *solved, double *y) {
  tw_network_start(net, y);
  bool *dead = calloc((size_t)net->n + 1, sizeof *dead);
  if (!dead) abort();
  for (int i = 0; i < net->n_nodes; i++)
    if (net->nodes[i].kind == TW_AC && y[net->nodes[i].unknown] == 0.0) dead[net->nodes[i].unknown] = dead[net->nodes[i].unknown + 1] = true;
  for (int i = 0; i < net->n; i++)
    if (!dead[i]) y[i] = solved[i];
  run_down(net, dead, y);
  free(dead);
}

static double larger(double a, double b) { return isnan(a) || b > a ? b : a; }

void tw_entries_one_lost(const tw_results *r, tw_solver *solver, tw_entry *list, int n) {
  tw_network *net = r->net;
  double *y = malloc((size_t)net->n * sizeof *y);
  tw_entry *now = calloc((size_t)n + 1, sizeof *now);
  if (!y || !now) abort();
  for (int i = 0; i < n && n > 1; i++) {
    int state = tw_param_index(net->model->items[list[i].item].type, "state");
    if (state < 0) continue;
    const tw_batch *b = &net->batches[net->item_batch[list[i].item]];
    double was = b->p[state][net->item_instance[list[i].item]];
    tw_steady_report report = {0};
    tw_diagnostics quiet = {0};
    tw_network_set(net, list[i].item, state, -1, 1.0); /* open | off */
    start_from(net, r->y, y);
    tw_sequenced_flows(net, solver, y, &report.report);
    bool solved = tw_steady(net, solver, y, &(tw_steady_options){.warm = true}, &report, &quiet) == 0;
    if (solved) {
      tw_network_observe(net, 0.0, y, NULL);
      gather(r, y, now, n);
    }
    for (int k = 0; k < n; k++) {
      if (k == i) continue;
      list[k].fails |= !solved;
      if (!solved) continue;
      list[k].P_lost = larger(list[k].P_lost, now[k].P);
      list[k].S_lost = larger(list[k].S_lost, now[k].S);
      list[k].I_lost = larger(list[k].I_lost, now[k].I);
    }
    tw_network_set(net, list[i].item, state, -1, was);
    tw_diagnostics_free(&quiet);
  }
  free(y);
  free(now);
  tw_network_observe(net, 0.0, r->y, NULL);
}
