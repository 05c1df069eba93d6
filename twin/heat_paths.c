/* Where heat can go: temperatures that act on each other's balance hang together, and one of each group must be held from
 * outside. Leakages do not count: with 1e-9 W/K to the ambient a chip of 1 kW would be at 1e12 K. */
#include <string.h>
#include "../racks/diagnostic_codes.h"
#include "network_internal.h"
#include "structure.h"

static bool carries_heat(tw_kind kind) { return kind == TW_HEAT || kind == TW_FLUID || kind == TW_REFRIGERANT; }

/* The unknown of a node that stands for its temperature. */
static int temperature_of(const tw_node *node) { return node->unknown + (node->kind == TW_HEAT ? 0 : 1); }

static bool *temperatures(const tw_network *net, tw_arena *arena) {
  bool *is = tw_alloc(arena, (size_t)net->n, sizeof *is);
  for (int i = 0; i < net->n_nodes; i++)
    if (carries_heat(net->nodes[i].kind)) is[temperature_of(&net->nodes[i])] = true;
  for (int i = 0; i < net->n_batches; i++) {
    const tw_batch *b = &net->batches[i];
    for (int q = 0; q < b->n_internal; q++)
      for (int k = 0; k < b->n && !strcmp(b->type->unknowns[q].unit, "K"); k++) is[b->first_internal + q * b->n + k] = true;
  }
  return is;
}

/* Groups of temperatures: union over the entries between them. */
static int *groups(const tw_network *net, const tw_entries *e, const bool *is) {
  int *parent = tw_alloc(e->arena, (size_t)net->n, sizeof *parent);
  for (int i = 0; i < net->n; i++) parent[i] = i;
  for (int c = 0; c < net->n; c++)
    for (int32_t k = net->column[c]; is[c] && k < net->column[c + 1]; k++)
      if (e->value[k] && is[net->row_index[k]]) tw_unite(parent, c, net->row_index[k]);
  return parent;
}

/* Marks the groups from which heat leaves the model. */
static bool *open_groups(const tw_network *net, int *parent, tw_arena *arena) {
  bool *open = tw_alloc(arena, (size_t)net->n, sizeof *open);
  if (net->ambient >= 0) open[tw_root(parent, net->nodes[net->ambient].unknown)] = true;
  for (int i = 0; i < net->n_batches; i++) {
    const tw_batch *b = &net->batches[i];
    for (int q = 0; q < b->n_ports; q++) {
      const tw_port *p = &b->type->ports[q];
      if (!(p->role & TW_R_OUTSIDE)) continue;
      int last = b->port_first[q] + tw_port_width(p->kind) - 1; /* T, or h */
      for (int k = 0; k < b->n; k++) open[tw_root(parent, b->unknown[last][k])] = true;
    }
  }
  return open;
}

int tw_check_heat_paths(const tw_network *net, const tw_entries *e, tw_diagnostics *d) {
  bool *is = temperatures(net, e->arena);
  int *parent = groups(net, e, is), closed = 0;
  bool *done = open_groups(net, parent, e->arena);
  for (int i = 0; i < net->n_nodes; i++) {
    const tw_node *node = &net->nodes[i];
    if (!carries_heat(node->kind) || done[tw_root(parent, temperature_of(node))]) continue;
    done[tw_root(parent, temperature_of(node))] = true;
    closed++;
    const tw_item *item = &net->model->items[node->first_item];
    if (d)
      tw_diagnose(d, TW_ERROR, TW_E_HEAT_PATH, item->where, item->path,
                  "the heat at its port \"%s\" has no way out: nothing leads on to coolant that leaves the model, to the ambient "
                  "or to a <fixed-temperature>", item->type->ports[node->first_port].id);
  }
  return closed;
}
