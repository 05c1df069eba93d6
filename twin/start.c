/* The first guess: sources say their levels, the network spreads them over what is passive, parts say their own. */
#include <math.h>
#include <stdlib.h>
#include "network_internal.h"

/* Ports of one kind stand at one level, unless the part says the level of one of them itself: a converter's output. */
static bool same_level(const tw_batch *b, int p, int q) {
  const tw_port *a = &b->type->ports[p], *c = &b->type->ports[q];
  return p != q && !b->says_level[p] && !b->says_level[q] && a->kind == c->kind && a->kind != TW_SIGNAL_IN && a->kind != TW_SIGNAL_OUT && (a->kind != TW_FLUID || a->stream == c->stream);
}

/* A part that is off or open (`state` other than its first word) carries no level from one side to the other. */
static bool carries(const tw_batch *b, int state, int k, int lanes) { return state < 0 || b->p[state][k * lanes] == 0.0; }

/* Copies known node levels to unknown ones through the passive parts between them; true when something was learnt. */
static bool spread_once(const tw_network *net, double *y) {
  bool learnt = false;
  int L = net->lanes;
  for (int i = 0; i < net->n_batches; i++) {
    const tw_batch *b = &net->batches[i];
    int state = tw_param_index(b->type, "state");
    for (int p = 0; p < b->n_ports; p++)
      for (int q = 0; q < b->n_ports; q++) {
        if (!same_level(b, p, q)) continue;
        bool electric = b->type->ports[p].kind == TW_DC || b->type->ports[p].kind == TW_AC;
        for (int w = 0; w < tw_port_width(b->type->ports[p].kind); w++)
          for (int k = 0; k < b->n; k++) {
            double *from = &y[b->unknown[b->port_first[p] + w][k] * L], *to = &y[b->unknown[b->port_first[q] + w][k] * L];
            if (isnan(*from) || !isnan(*to) || (electric && !carries(b, state, k, L))) continue;
            for (int l = 0; l < L; l++) to[l] = from[l];
            learnt = true;
          }
      }
  }
  return learnt;
}

static double default_level(const tw_network *net, tw_kind kind, int w) {
  switch (kind) {
    case TW_HEAT: return net->model->ambient;
    case TW_FLUID: return w ? net->model->ambient : 2e5;
    case TW_REFRIGERANT: return w ? 2e5 : 5e5;
    default: return 0.0;
  }
}

static double inside(const tw_network *net, int u, double v) {
  return v < net->lo[u] ? net->lo[u] : v > net->hi[u] ? net->hi[u] : v;
}

static void start_batch(tw_network *net, tw_batch *b, double *y) {
  int local = b->n_port_q + b->n_internal, L = net->lanes;
  double **x = calloc((size_t)local + 1, sizeof *x), *store = malloc(((size_t)local * (size_t)b->columns + 1) * sizeof *store);
  if (!x || !store) abort();
  for (int q = 0; q < local; q++) {
    x[q] = store + (size_t)q * (size_t)b->columns;
    for (int i = 0; i < b->columns; i++) x[q][i] = NAN;
  }
  tw_start s = {.n = b->columns, .p = (const double *const *)b->p, .c = (const tw_curve *const *const *)b->c,
                .m = (const tw_medium *const *const *)b->m, .x = x, .z = b->z};
  if (b->type->start) b->type->start(&s);
  for (int q = 0; q < b->n_ports; q++) b->says_level[q] = !isnan(x[b->port_first[q]][0]);
  for (int q = 0; q < local; q++)
    for (int k = 0; k < b->n; k++) {
      int u = tw_batch_unknown(b, q, k);
      for (int l = 0; l < L; l++) {
        double v = x[q][k * L + l];
        if (q >= b->n_port_q && isnan(v)) v = inside(net, u, 0.0);
        if (!isnan(v) && isnan(y[u * L + l])) y[u * L + l] = v;
      }
    }
  free(x);
  free(store);
}

void tw_network_start(tw_network *net, double *y) {
  int L = net->lanes;
  for (int i = 0; i < net->n * L; i++) y[i] = NAN;
  for (int i = 0; i < net->n_batches; i++) start_batch(net, &net->batches[i], y);
  if (net->ambient >= 0)
    for (int l = 0; l < L; l++) y[net->nodes[net->ambient].unknown * L + l] = net->model->ambient;
  for (int i = 0; i < net->n_fallbacks; i++) {
    const tw_fallback *s = &net->fallbacks[i];
    for (int l = 0; l < L; l++) y[s->unknown * L + l] = net->batches[s->batch].p[s->param][s->instance * L + l];
  }
  while (spread_once(net, y)) {}
  for (int i = 0; i < net->n_nodes; i++)
    for (int w = 0; w < tw_port_width(net->nodes[i].kind); w++)
      for (int l = 0; l < L; l++) {
        double *v = &y[(net->nodes[i].unknown + w) * L + l];
        if (isnan(*v)) *v = default_level(net, net->nodes[i].kind, w);
      }
}
