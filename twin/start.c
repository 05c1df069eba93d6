/* The first guess: sources say their levels, the network spreads them over what is passive, converters say theirs where their
 * input has one, parts say their own. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "domains.h"
#include "network_internal.h"

/* ---- what the parts say -------------------------------------------------------------------------------------------- */

typedef struct { double **x, *store; } hints; /* x[local unknown][column], NaN where nothing is said */

static hints ask(const tw_batch *b) {
  int local = b->n_port_q + b->n_internal;
  size_t columns = (size_t)b->columns, n = (size_t)local * columns;
  hints h = {calloc((size_t)local + 1, sizeof *h.x), malloc((n + 1) * sizeof *h.store)};
  if (!h.x || !h.store) abort();
  for (size_t i = 0; i < n; i++) h.store[i] = NAN;
  for (int q = 0; q < local; q++) h.x[q] = h.store + (size_t)q * columns;
  tw_start s = {.n = b->columns, .p = (const double *const *)b->p, .c = (const tw_curve *const *const *)b->c,
                .m = (const tw_medium *const *const *)b->m, .x = h.x, .z = b->z};
  if (b->type->start) b->type->start(&s);
  return h;
}

static bool says_level(const tw_batch *b, const hints *h, int port, int column) { return !isnan(h->x[b->port_first[port]][column]); }

/* ---- what carries voltage ------------------------------------------------------------------------------------------ */

static bool electric(const tw_batch *b, int port) { return b->type->ports[port].kind == TW_DC || b->type->ports[port].kind == TW_AC; }

/* Number of a word among the choices of an enumeration, -1 when it is none of them. */
static int choice_of(const tw_param *param, const char *word) {
  size_t length = strlen(word);
  int n = 0;
  for (const char *at = param->choices; at; n++) {
    if (!strncmp(at, word, length) && (at[length] == '|' || !at[length])) return n;
    at = strchr(at, '|');
    if (at) at++;
  }
  return -1;
}

/* Parameters of a type; off: the word of `mode` that opens it; now: its discrete state, or -1. */
typedef struct { int state, mode, off, now; } switches;

static switches switches_of(const tw_batch *b) {
  switches s = {tw_param_index(b->type, "state"), tw_param_index(b->type, "mode"), -1, -1};
  if (s.mode >= 0) s.off = choice_of(&b->type->params[s.mode], "off");
  for (int q = 0; q < b->type->n_discrete; q++)
    if (tw_same(b->type->discrete[q].id, "state")) s.now = q;
  return s;
}

/* By the word of its discrete state. */
static bool has_opened(const tw_batch *b, const switches *s, int column) {
  char word[64];
  if (s->now < 0 || b->z[s->now][column] < 0.5 || !b->type->discrete[s->now].words) return false;
  tw_discrete_word(&b->type->discrete[s->now], b->z[s->now][column], word, sizeof word);
  return !strcmp(word, "open") || !strcmp(word, "off") || !strcmp(word, "tripped");
}

/* A part that is off or open (`state` other than its first word, `mode` off, or by itself) carries no voltage from one side to
 * the other. */
static bool carries(const tw_batch *b, const switches *s, int column) {
  if (s->state >= 0 && b->p[s->state][column] != 0.0) return false;
  if (has_opened(b, s, column)) return false;
  return s->off < 0 || b->p[s->mode][column] != s->off;
}

/* ---- levels of nodes ----------------------------------------------------------------------------------------------- */

static double *node_value(const tw_network *net, const tw_batch *b, double *y, int q, int column) {
  return &y[b->unknown[q][column / net->lanes] * net->lanes + column % net->lanes];
}

static bool has_voltage(const tw_network *net, const tw_batch *b, double *y, int port, int column) {
  for (int w = 0; w < tw_port_width(b->type->ports[port].kind); w++) {
    double v = *node_value(net, b, y, b->port_first[port] + w, column);
    if (!isnan(v) && v != 0.0) return true;
  }
  return false;
}

/* May the part's level of this port be believed? That of a converter only when it is on and one of its other sides has a
 * voltage: the output of a dead chain is dead. */
static bool believed(const tw_network *net, const tw_batch *b, const switches *s, double *y, int port, int column) {
  bool through = false;
  if (!electric(b, port)) return true;
  for (int q = 0; q < b->n_ports; q++) {
    if (q == port || !electric(b, q)) continue;
    if (has_voltage(net, b, y, q, column)) return carries(b, s, column);
    through = true;
  }
  return !through;
}

/* Takes over what the ports of a batch say; true when something was learnt. */
static bool take_levels(const tw_network *net, const tw_batch *b, const hints *h, double *y) {
  switches s = switches_of(b);
  bool learnt = false;
  for (int port = 0; port < b->n_ports; port++)
    for (int column = 0; column < b->columns; column++) {
      if (!believed(net, b, &s, y, port, column)) continue;
      for (int w = 0; w < tw_port_width(b->type->ports[port].kind); w++) {
        int q = b->port_first[port] + w;
        double *to = node_value(net, b, y, q, column), from = h->x[q][column];
        if (isnan(from) || !isnan(*to)) continue;
        *to = from;
        learnt = true;
      }
    }
  return learnt;
}

/* Ports of one kind stand at one level, unless the part says the level of one of them itself: a converter's output. */
static bool same_level(const tw_batch *b, const hints *h, int p, int q, int column) {
  return !says_level(b, h, p, column) && !says_level(b, h, q, column);
}

static bool alike(const tw_batch *b, int p, int q) {
  const tw_port *a = &b->type->ports[p], *c = &b->type->ports[q];
  if (p == q || a->kind != c->kind || a->kind == TW_SIGNAL_IN || a->kind == TW_SIGNAL_OUT) return false;
  return a->kind != TW_FLUID || a->stream == c->stream;
}

/* A port that was left open says nothing about the part's other ports. */
static bool grounded(const tw_network *net, const tw_batch *b, int port, int column) {
  return net->ground >= 0 && b->unknown[b->port_first[port]][column / net->lanes] == net->nodes[net->ground].unknown;
}

/* Copies known levels to unknown ones through the parts of a batch; true when something was learnt. */
static bool spread(const tw_network *net, const tw_batch *b, const hints *h, double *y) {
  switches s = switches_of(b);
  bool learnt = false;
  for (int p = 0; p < b->n_ports; p++)
    for (int q = 0; q < b->n_ports; q++) {
      if (!alike(b, p, q)) continue;
      for (int w = 0; w < tw_port_width(b->type->ports[p].kind); w++)
        for (int column = 0; column < b->columns; column++) {
          double from = *node_value(net, b, y, b->port_first[p] + w, column), *to = node_value(net, b, y, b->port_first[q] + w, column);
          if (isnan(from) || !isnan(*to) || !same_level(b, h, p, q, column)) continue;
          if (from == 0.0 && electric(b, p) && grounded(net, b, p, column)) continue;
          if (electric(b, p) && !carries(b, &s, column)) continue;
          *to = from;
          learnt = true;
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

/* ---- the whole ----------------------------------------------------------------------------------------------------- */

static void start_internals(const tw_network *net, const tw_batch *b, const hints *h, double *y) {
  for (int q = 0; q < b->n_internal; q++)
    for (int column = 0; column < b->columns; column++) {
      int u = b->first_internal + q * b->n + column / net->lanes;
      double v = h->x[b->n_port_q + q][column];
      y[u * net->lanes + column % net->lanes] = isnan(v) ? fmin(fmax(0.0, net->lo[u]), net->hi[u]) : v;
    }
}

static void start_own_rows(const tw_network *net, double *y) {
  int L = net->lanes;
  for (int l = 0; net->ambient >= 0 && l < L; l++) y[net->nodes[net->ambient].unknown * L + l] = net->model->ambient;
  for (int l = 0; net->ground >= 0 && l < L; l++) y[net->nodes[net->ground].unknown * L + l] = 0.0;
  for (int i = 0; i < net->n_fallbacks; i++) {
    const tw_fallback *s = &net->fallbacks[i];
    for (int l = 0; l < L; l++) y[s->unknown * L + l] = net->batches[s->batch].p[s->param][s->instance * L + l];
  }
}

/* Takes over and spreads until nothing new is learnt. A store that backs a bus says its level only where no supply holds it. */
static void learn(const tw_network *net, const hints *h, bool stores, double *y) {
  for (bool learnt = true; learnt;) {
    learnt = false;
    for (int i = 0; i < net->n_batches; i++)
      if (stores || net->batches[i].type->stage != TW_STAGE_STORAGE) learnt |= take_levels(net, &net->batches[i], &h[i], y);
    for (int i = 0; i < net->n_batches; i++) learnt |= spread(net, &net->batches[i], &h[i], y);
  }
}

static void put_back(tw_network *net, const double *z) {
  for (int i = 0; i < net->n_batches; i++)
    for (int q = 0; q < net->batches[i].type->n_discrete; q++)
      for (int c = 0; c < net->batches[i].columns; c++) net->batches[i].z[q][c] = *z++;
}

/* z: NULL for the initial discrete state, or the one to be had. */
static void guess(tw_network *net, const double *z, double *y) {
  int L = net->lanes;
  hints *h = calloc((size_t)net->n_batches + 1, sizeof *h);
  if (!h) abort();
  for (int i = 0; i < net->n * L; i++) y[i] = NAN;
  for (int i = 0; i < net->n_batches; i++) {
    h[i] = ask(&net->batches[i]);
    start_internals(net, &net->batches[i], &h[i], y);
  }
  if (z) put_back(net, z);
  start_own_rows(net, y);
  learn(net, h, false, y);
  learn(net, h, true, y);
  for (int i = 0; i < net->n_nodes; i++)
    for (int w = 0; w < tw_port_width(net->nodes[i].kind); w++)
      for (int l = 0; l < L; l++) {
        double *v = &y[(net->nodes[i].unknown + w) * L + l];
        if (isnan(*v)) *v = default_level(net, net->nodes[i].kind, w);
      }
  for (int i = 0; i < net->n_batches; i++) free(h[i].x), free(h[i].store);
  free(h);
}

void tw_network_start(tw_network *net, double *y) { guess(net, NULL, y); }

void tw_network_guess(tw_network *net, double *y) {
  double *z = malloc(((size_t)tw_network_discrete_count(net) + 1) * sizeof *z);
  if (!z) abort();
  tw_network_discrete_copy(net, z);
  guess(net, z, y);
  free(z);
}

void tw_network_relevel(tw_network *net, double *y) {
  size_t L = (size_t)net->lanes;
  double *first = malloc((size_t)net->n * L * sizeof *y);
  tw_domain *of = malloc(((size_t)net->n + 1) * sizeof *of);
  if (!first || !of) abort();
  tw_network_guess(net, first);
  tw_domains_mark(net, of);
  for (int i = 0; i < net->n; i++)
    if (of[i] == TW_D_POWER && !net->differential[i]) memcpy(&y[(size_t)i * L], &first[(size_t)i * L], L * sizeof *y);
  free(of);
  free(first);
}
