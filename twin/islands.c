/* Rules on whole islands of one kind. A structural matching does not see them: an ungrounded island has full rank. */
#include <math.h>
#include <string.h>
#include "../racks/diagnostic_codes.h"
#include "network_internal.h"

static const tw_port *port_of(const tw_network *net, const ends *e, int end) {
  return &net->model->items[e->item[end]].type->ports[end - e->first[e->item[end]]];
}

/* All AC ports that meet at a node have one number of phases, or power would not be conserved there. */
static void check_phases(tw_network *net, const ends *e, tw_diagnostics *d) {
  for (int i = 0; i < e->n; i++) {
    const tw_item *item = &net->model->items[e->item[i]];
    if (port_of(net, e, i)->kind != TW_AC) continue;
    int q = tw_param_index(item->type, "phases");
    double own = q < 0 ? 3.0 : item->values[q].number, *node = &net->nodes[e->node[i]].phases;
    if (*node == 0.0) *node = own;
    if (*node == own) continue;
    const tw_node *first = &net->nodes[e->node[i]];
    tw_diagnose(d, TW_ERROR, TW_E_PHASES, item->where, item->path, "has %g phases where %s has %g; give both the same `phases`", own,
                net->model->items[first->first_item].path, *node);
  }
}

static const char *const wanted[] = {
    [TW_DC] = "nothing holds the voltage of this DC island; it needs a source, a power supply or a <ground>",
    [TW_AC] = "nothing holds the voltage and angle of this AC island; it needs a <grid> or a <ups>",
    [TW_FLUID] = "nothing holds the pressure of this coolant loop; it needs a <pressure-holder>, a <cdu>, a tank or a boundary",
    [TW_REFRIGERANT] = "nothing holds the pressure or the charge of this refrigerant loop"};

/* Every island of potentials has a port that holds its level. */
static void check_references(tw_network *net, const ends *e, tw_diagnostics *d) {
  bool *has = tw_alloc(net->arena, (size_t)e->n, sizeof *has), *told = tw_alloc(net->arena, (size_t)e->n, sizeof *told);
  int *parent = tw_alloc(net->arena, (size_t)e->n, sizeof *parent);
  memcpy(parent, e->parent, (size_t)e->n * sizeof *parent);
  for (int i = 0; i < e->n; i++)
    for (int j = i + 1; j < e->n && e->item[j] == e->item[i]; j++) {
      const tw_port *a = port_of(net, e, i), *b = port_of(net, e, j);
      if (a->kind == b->kind && (a->kind != TW_FLUID || a->stream == b->stream)) tw_unite(parent, i, j);
    }
  for (int i = 0; i < e->n; i++) has[tw_root(parent, i)] |= (port_of(net, e, i)->role & TW_R_REFERENCE) != 0;
  for (int i = 0; i < e->n; i++) {
    tw_kind kind = port_of(net, e, i)->kind;
    int r = tw_root(parent, i);
    if ((kind != TW_DC && kind != TW_AC && kind != TW_FLUID && kind != TW_REFRIGERANT) || has[r] || told[r]) continue;
    const tw_item *item = &net->model->items[e->item[i]];
    told[r] = true;
    tw_diagnose(d, TW_ERROR, TW_E_NO_REFERENCE, item->where, item->path, "%s", wanted[kind]);
  }
}

void tw_check_islands(tw_network *net, const ends *e, tw_diagnostics *d) {
  check_phases(net, e, d);
  check_references(net, e, d);
}
