/* From items and joins to nodes, unknowns and a sparse pattern. */
#include "network.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "../racks/diagnostic_codes.h"
#include "clock.h"
#include "network_internal.h"
#include "structure.h"

int tw_output_index(const tw_type *type, const char *id) {
  for (int i = 0; type->outputs && type->outputs[i].id; i++)
    if (tw_same(type->outputs[i].id, id)) return i;
  return -1;
}

int tw_param_index(const tw_type *type, const char *id) {
  for (int i = 0; type->params && type->params[i].id; i++)
    if (tw_same(type->params[i].id, id)) return i;
  return -1;
}

/* ---- batches ------------------------------------------------------------------------------------------------------ */

static double **rows_new(tw_arena *a, int rows, int columns) {
  double **r = tw_alloc(a, (size_t)rows + 1, sizeof *r);
  for (int i = 0; i < rows; i++) r[i] = tw_alloc(a, (size_t)columns, sizeof **r);
  return r;
}

static void batch_shape(tw_network *net, tw_batch *b, const tw_type *type) {
  b->type = type;
  while (type->params && type->params[b->n_params].id) b->n_params++;
  while (type->ports && type->ports[b->n_ports].id) b->n_ports++;
  while (type->unknowns && type->unknowns[b->n_internal].id) b->n_internal++;
  while (type->outputs && type->outputs[b->n_outputs].id) b->n_outputs++;
  while (type->limits && type->limits[b->n_limits].quantity) b->n_limits++;
  int *first = tw_alloc(net->arena, (size_t)b->n_ports, sizeof *first);
  for (int i = 0; i < b->n_ports; i++) {
    first[i] = b->n_port_q;
    b->n_port_q += tw_port_width(type->ports[i].kind);
  }
  b->port_first = first;
}

static void batch_values(tw_network *net, tw_batch *b) {
  tw_arena *a = net->arena;
  b->columns = b->n * net->lanes;
  b->p = rows_new(a, b->n_params + b->type->n_derived, b->columns);
  b->z = rows_new(a, b->type->n_discrete, b->columns);
  b->c = tw_alloc(a, (size_t)b->n_params, sizeof *b->c);
  b->m = tw_alloc(a, (size_t)b->n_ports, sizeof *b->m);
  b->unknown = tw_alloc(a, (size_t)b->n_port_q, sizeof *b->unknown);
  b->slot = tw_alloc(a, (size_t)b->type->n_stamps, sizeof *b->slot);
  for (int q = 0; q < b->n_port_q; q++) b->unknown[q] = tw_alloc(a, (size_t)b->n, sizeof(int));
  for (int s = 0; s < b->type->n_stamps; s++) b->slot[s] = tw_alloc(a, (size_t)b->n, sizeof(int32_t));
  for (int q = 0; q < b->n_params; q++) {
    if (b->type->params[q].kind == TW_CURVE) b->c[q] = tw_alloc(a, (size_t)b->columns, sizeof *b->c[q]);
    for (int k = 0; k < b->n; k++)
      for (int l = 0; l < net->lanes; l++) {
        const tw_value *v = &net->model->items[b->item[k]].values[q];
        b->p[q][k * net->lanes + l] = v->number;
        if (b->c[q]) b->c[q][k * net->lanes + l] = v->curve;
      }
  }
  b->open = tw_alloc(a, (size_t)b->n_ports, sizeof *b->open);
  for (int q = 0; q < b->n_ports; q++) b->open[q] = tw_alloc(a, (size_t)b->columns, sizeof **b->open);
  for (int q = 0; q < b->n_ports; q++)
    if (b->type->ports[q].kind == TW_FLUID) b->m[q] = tw_alloc(a, (size_t)b->columns, sizeof *b->m[q]);
  int local = b->n_port_q + b->n_internal;
  b->x = tw_alloc(a, (size_t)local, sizeof *b->x);
  b->xd = tw_alloc(a, (size_t)local, sizeof *b->xd);
  b->f = tw_alloc(a, (size_t)local, sizeof *b->f);
  double **gx = rows_new(a, b->n_port_q, b->columns), **gd = rows_new(a, b->n_port_q, b->columns);
  double **gf = rows_new(a, b->n_port_q, b->columns);
  for (int q = 0; q < b->n_port_q; q++) b->x[q] = gx[q], b->xd[q] = gd[q], b->f[q] = gf[q];
  for (int q = 0; q < b->n_ports; q++)
    if (b->type->ports[q].kind == TW_SIGNAL_IN) b->f[b->port_first[q]] = NULL;
  b->j = rows_new(a, b->type->n_stamps, b->columns);
  b->out = rows_new(a, b->n_outputs, b->columns);
  b->b = rows_new(a, TW_B_TERMS, b->columns);
}

static void make_batches(tw_network *net) {
  const tw_description *m = net->model;
  int n_types = 0;
  while (tw_registry[n_types]) n_types++;
  net->batches = tw_alloc(net->arena, (size_t)n_types, sizeof *net->batches);
  net->item_batch = tw_alloc(net->arena, (size_t)m->n_items, sizeof(int));
  net->item_instance = tw_alloc(net->arena, (size_t)m->n_items, sizeof(int));
  for (int i = 0; i < m->n_items; i++) net->item_batch[i] = net->item_instance[i] = -1;
  for (int t = 0; t < n_types; t++) {
    tw_batch *b = &net->batches[net->n_batches];
    if (!tw_registry[t]->eval) continue;
    for (int i = 0; i < m->n_items; i++)
      if (m->items[i].type == tw_registry[t]) {
        net->item_batch[i] = net->n_batches;
        net->item_instance[i] = b->n++;
      }
    if (!b->n) continue;
    batch_shape(net, b, tw_registry[t]);
    b->item = tw_alloc(net->arena, (size_t)b->n, sizeof(int));
    for (int i = 0; i < m->n_items; i++)
      if (net->item_batch[i] == net->n_batches) b->item[net->item_instance[i]] = i;
    batch_values(net, b);
    net->n_batches++;
  }
}

/* ---- nodes -------------------------------------------------------------------------------------------------------- */

int tw_root(int *parent, int i) {
  while (parent[i] != i) i = parent[i] = parent[parent[i]];
  return i;
}

void tw_unite(int *parent, int a, int b) {
  a = tw_root(parent, a), b = tw_root(parent, b);
  if (a < b) parent[b] = a;
  else parent[a] = b;
}

static const tw_port *end_port(const tw_network *net, const ends *e, int end, int *item) {
  int i = e->item[end];
  *item = i;
  return &net->model->items[i].type->ports[end - e->first[i]];
}

static void note_open(tw_network *net, const ends *e, const bool *joined) {
  for (int i = 0; i < net->model->n_items; i++) {
    tw_batch *b = net->item_batch[i] >= 0 ? &net->batches[net->item_batch[i]] : NULL;
    for (int q = 0; b && q < b->n_ports; q++)
      for (int l = 0; l < net->lanes; l++) b->open[q][net->item_instance[i] * net->lanes + l] = !joined[e->first[i] + q];
  }
}

/* Unconnected ports of a kind and role share one node; one of its ends, or -1. */
static int tie_open(const tw_network *net, ends *e, const bool *joined, tw_kind kind, unsigned role) {
  int first = -1;
  for (int i = 0, item; i < e->n; i++) {
    const tw_port *port = end_port(net, e, i, &item);
    if (joined[i] || port->kind != kind || (port->role & role) != role) continue;
    if (first < 0) first = i;
    tw_unite(e->parent, first, i);
  }
  return first;
}

/* From an end to its node, which is then fixed. */
static int fix_node(tw_network *net, const ends *e, int end) {
  if (end < 0) return -1;
  int node = e->node[tw_root(e->parent, end)];
  net->nodes[node].fixed = true;
  return node;
}

static ends make_ends(tw_network *net) {
  const tw_description *m = net->model;
  ends e = {.first = tw_alloc(net->arena, (size_t)m->n_items + 1, sizeof(int))};
  for (int i = 0; i < m->n_items; i++) {
    e.first[i] = e.n;
    if (net->item_batch[i] >= 0) e.n += net->batches[net->item_batch[i]].n_ports;
  }
  e.parent = tw_alloc(net->arena, (size_t)e.n, sizeof(int));
  e.item = tw_alloc(net->arena, (size_t)e.n, sizeof(int));
  e.node = tw_alloc(net->arena, (size_t)e.n, sizeof(int));
  bool *joined = tw_alloc(net->arena, (size_t)e.n, sizeof(bool));
  for (int i = 0; i < m->n_items; i++)
    for (int q = 0; net->item_batch[i] >= 0 && q < net->batches[net->item_batch[i]].n_ports; q++) e.item[e.first[i] + q] = i;
  for (int i = 0; i < e.n; i++) e.parent[i] = i;
  for (int i = 0; i < m->n_joins; i++) {
    int a = e.first[m->joins[i].a.item] + m->joins[i].a.port, b = e.first[m->joins[i].b.item] + m->joins[i].b.port;
    joined[a] = joined[b] = true;
    tw_unite(e.parent, a, b);
  }
  note_open(net, &e, joined);
  net->ambient = tie_open(net, &e, joined, TW_HEAT, 0);
  net->ground = tie_open(net, &e, joined, TW_DC, TW_R_GROUNDED);
  return e;
}

/* Numbers nodes and their unknowns, in order of first appearance, and tells every batch. */
static void make_nodes(tw_network *net, ends *e) {
  net->nodes = tw_alloc(net->arena, (size_t)e->n, sizeof *net->nodes);
  for (int i = 0; i < e->n; i++) {
    int r = tw_root(e->parent, i), item;
    const tw_port *port = end_port(net, e, i, &item);
    if (r == i) {
      tw_node *node = &net->nodes[net->n_nodes];
      *node = (tw_node){.kind = port->kind, .unknown = net->n, .first_item = item, .first_port = i - e->first[item]};
      net->n += tw_port_width(port->kind);
      e->node[i] = net->n_nodes++;
    }
    e->node[i] = e->node[r];
    tw_batch *b = &net->batches[net->item_batch[item]];
    int first = b->port_first[i - e->first[item]];
    for (int w = 0; w < tw_port_width(port->kind); w++)
      b->unknown[first + w][net->item_instance[item]] = net->nodes[e->node[i]].unknown + w;
  }
  net->ambient = fix_node(net, e, net->ambient);
  net->ground = fix_node(net, e, net->ground);
  for (int i = 0; i < net->n_batches; i++) {
    net->batches[i].first_internal = net->n;
    net->n += net->batches[i].n * net->batches[i].n_internal;
    net->batches[i].first_event = net->n_events;
    net->n_events += net->batches[i].columns * net->batches[i].type->n_events;
  }
  net->may_wait = tw_alloc(net->arena, (size_t)net->n_events, sizeof(bool));
  for (int i = 0; i < net->n_batches; i++) {
    const tw_batch *b = &net->batches[i];
    for (int k = 0; k < b->columns * b->type->n_events; k++) net->may_wait[b->first_event + k] = b->type->events_may_wait;
  }
}

/* A signal input that nothing is connected to takes its parameter: signal nodes without a writer. */
static void make_fallbacks(tw_network *net, const ends *e) {
  net->fallbacks = tw_alloc(net->arena, (size_t)net->n_nodes, sizeof *net->fallbacks);
  bool *written = tw_alloc(net->arena, (size_t)net->n_nodes, sizeof(bool));
  for (int pass = 0; pass < 2; pass++)
    for (int i = 0, item; i < e->n; i++) {
      const tw_port *port = end_port(net, e, i, &item);
      int node = e->node[i];
      if (port->kind == TW_SIGNAL_OUT) written[node] = true;
      if (!pass || port->kind != TW_SIGNAL_IN || written[node] || !port->fallback) continue;
      written[node] = true;
      int batch = net->item_batch[item];
      net->fallbacks[net->n_fallbacks++] = (tw_fallback){net->nodes[node].unknown, batch, net->item_instance[item],
                                                         tw_param_index(net->batches[batch].type, port->fallback)};
    }
}

/* ---- the whole ---------------------------------------------------------------------------------------------------- */

typedef struct { double nominal, tolerance, lo, hi; } scale;

/* Typical size of a node quantity, tolerance of its row (A, kg/s, W), and what is physically possible. */
static const scale node_scale[][2] = {
    [TW_DC] = {{50.0, 1e-6, -1e5, 1e5}},
    [TW_AC] = {{300.0, 1e-6, -1e6, 1e6}, {300.0, 1e-6, -1e6, 1e6}},
    [TW_FLUID] = {{1e5, 1e-9, -1e7, 1e8}, {300.0, 1e-4, 100.0, 2000.0}},
    [TW_REFRIGERANT] = {{1e6, 1e-9, 1e2, 1e8}, {1e5, 1e-4, -1e7, 1e7}},
    [TW_HEAT] = {{300.0, 1e-4, 100.0, 2000.0}},
    [TW_SIGNAL_IN] = {{1.0, 1e-9, -1e9, 1e9}},
    [TW_SIGNAL_OUT] = {{1.0, 1e-9, -1e9, 1e9}}};

static void make_scales(tw_network *net) {
  size_t n = (size_t)net->n;
  net->nominal = tw_alloc(net->arena, n, sizeof(double));
  net->tolerance = tw_alloc(net->arena, n, sizeof(double));
  net->lo = tw_alloc(net->arena, n, sizeof(double));
  net->hi = tw_alloc(net->arena, n, sizeof(double));
  for (int i = 0; i < net->n_nodes; i++)
    for (int w = 0; w < tw_port_width(net->nodes[i].kind); w++) {
      const scale *s = &node_scale[net->nodes[i].kind][w];
      int u = net->nodes[i].unknown + w;
      net->nominal[u] = s->nominal, net->tolerance[u] = s->tolerance, net->lo[u] = s->lo, net->hi[u] = s->hi;
    }
  for (int i = 0; i < net->n_batches; i++) {
    const tw_batch *b = &net->batches[i];
    for (int q = 0; q < b->n_internal; q++)
      for (int k = 0; k < b->n; k++) {
        int u = b->first_internal + q * b->n + k;
        net->nominal[u] = b->type->unknowns[q].nominal;
        net->lo[u] = b->type->unknowns[q].lo;
        net->hi[u] = b->type->unknowns[q].hi;
        net->tolerance[u] = b->type->rows[q].tolerance;
      }
  }
}

typedef struct { tw_network *net; tw_batch *batch; tw_diagnostics *d; } derive_context;

static void derive_failed(void *ctx, int instance, int param, const char *message) {
  derive_context *c = ctx;
  const tw_item *item = &c->net->model->items[c->batch->item[instance / c->net->lanes]];
  const tw_value *v = param >= 0 ? &item->values[param] : NULL;
  bool here = v && v->where.file && item->where.file && !strcmp(v->where.file, item->where.file); /* not in a catalogue */
  tw_where where = here ? v->where : item->where;
  if (!c->d) return;
  tw_diagnose(c->d, TW_ERROR, TW_E_DERIVE, where, item->path, "%s%s%s", param >= 0 ? c->batch->type->params[param].id : "",
              param >= 0 ? ": " : "", message);
}

int tw_batch_derive(tw_network *net, tw_batch *b, tw_diagnostics *d) {
  if (!b->type->derive) return 0;
  derive_context ctx = {net, b, d};
  tw_derive in = {.n = b->columns, .p = b->p, .c = (const tw_curve *const *const *)b->c,
                  .m = (const tw_medium *const *const *)b->m, .open = (const bool *const *)b->open, .ctx = &ctx, .fail = derive_failed};
  return b->type->derive(&in);
}

tw_network *tw_network_new(const tw_description *model, int lanes, tw_diagnostics *d) {
  tw_arena *arena = tw_arena_new();
  tw_network *net = tw_alloc(arena, 1, sizeof *net);
  *net = (tw_network){.arena = arena, .model = model, .lanes = lanes, .ambient = -1, .ground = -1, .load_scale = 1.0, .fast = 1.0, .driven_at = NAN, .drive_until = INFINITY};
  int before = d->errors;
  if (!model->n_items)
    tw_diagnose(d, TW_ERROR, TW_E_EMPTY, model->where, NULL, "there is nothing in this model; it needs at least one component, "
                "such as a <grid>, or a <use> of a part or an assembly");
  make_batches(net);
  ends e = make_ends(net);
  make_nodes(net, &e);
  make_fallbacks(net, &e);
  make_scales(net);
  net->zeros = tw_alloc(arena, (size_t)net->n * (size_t)lanes, sizeof(double));
  net->scratch = tw_alloc(arena, (size_t)net->n * (size_t)lanes, sizeof(double));
  tw_resolve_media(net, &e, d);
  tw_check_islands(net, &e, d);
  if (d->errors == before)
    for (int i = 0; i < net->n_batches; i++)
      if (tw_batch_derive(net, &net->batches[i], d) && d->errors == before)
        tw_diagnose(d, TW_ERROR, TW_E_DERIVE, (tw_where){0}, net->batches[i].type->element, "its parameters do not fit together");
  if (d->errors == before) {
    net->first_guess = tw_alloc(arena, (size_t)net->n * (size_t)lanes, sizeof(double));
    tw_network_start(net, net->first_guess);
    tw_make_pattern(net);
    double began = tw_clock();
    tw_check_structure(net, d);
    net->seconds_structure = tw_clock() - began;
  }
  if (d->errors == before) return net;
  tw_network_free(net);
  return NULL;
}

void tw_network_free(tw_network *net) {
  if (net) tw_arena_free(net->arena);
}

static int problem_residual(void *net, double t, const double *y, const double *yd, double *f) {
  return tw_network_residual(net, t, y, yd, f);
}

static int problem_jacobian(void *net, double t, double cj, const double *y, const double *yd, double *values) {
  return tw_network_jacobian(net, t, cj, y, yd, values);
}

static int problem_linearise(void *net, double t, double cj, const double *y, const double *yd, double *f, double *values) {
  return tw_network_linearise(net, t, cj, y, yd, f, values);
}

static int problem_events(void *net, double t, const double *y, const double *yd, double *g) {
  return tw_network_events(net, t, y, yd, g);
}

tw_problem tw_network_problem(tw_network *net) {
  return (tw_problem){.n = net->n, .ctx = net, .column = net->column, .row_index = net->row_index, .nominal = net->nominal,
                      .tolerance = net->tolerance, .lo = net->lo, .hi = net->hi, .differential = net->differential,
                      .n_levels = net->n_batches ? net->batches[0].first_internal : net->n,
                      .residual = problem_residual, .jacobian = problem_jacobian, .linearise = problem_linearise,
                      .n_events = net->n_events, .events = problem_events, .may_wait = net->may_wait};
}

/* ---- names -------------------------------------------------------------------------------------------------------- */

static const char *node_quantity(tw_kind kind, int w) {
  switch (kind) {
    case TW_DC: return "v";
    case TW_AC: return w ? "Im v" : "Re v";
    case TW_FLUID: return w ? "T" : "p";
    case TW_REFRIGERANT: return w ? "h" : "p";
    case TW_HEAT: return "T";
    default: return "u";
  }
}

static int internal_batch(const tw_network *net, int unknown) {
  int i = net->n_batches - 1;
  while (i > 0 && net->batches[i].first_internal > unknown) i--;
  return i;
}

static const tw_node *node_of(const tw_network *net, int unknown) {
  int lo = 0, hi = net->n_nodes - 1;
  if (hi < 0 || unknown >= net->nodes[hi].unknown + tw_port_width(net->nodes[hi].kind)) return NULL;
  while (lo < hi) {
    int mid = (lo + hi + 1) / 2;
    if (net->nodes[mid].unknown <= unknown) lo = mid;
    else hi = mid - 1;
  }
  return &net->nodes[lo];
}

int tw_network_unknown_item(const tw_network *net, int unknown) {
  const tw_node *node = node_of(net, unknown);
  if (node) return node->first_item;
  const tw_batch *b = &net->batches[internal_batch(net, unknown)];
  return b->item[(unknown - b->first_internal) % b->n];
}

const char *tw_network_unknown_path(const tw_network *net, int unknown) {
  return net->model->items[tw_network_unknown_item(net, unknown)].path;
}

const char *tw_network_unknown_name(const tw_network *net, int unknown, char *buf, size_t size) {
  const tw_node *node = node_of(net, unknown);
  const char *path = tw_network_unknown_path(net, unknown);
  if (node) {
    const tw_port *port = &net->model->items[node->first_item].type->ports[node->first_port];
    snprintf(buf, size, "%s: %s at port %s", path, node_quantity(node->kind, unknown - node->unknown), port->id);
  } else {
    const tw_batch *b = &net->batches[internal_batch(net, unknown)];
    snprintf(buf, size, "%s: %s", path, b->type->unknowns[(unknown - b->first_internal) / b->n].id);
  }
  return buf;
}
