/* The ladder as pictures: bands from the grid to the chips and on to where the heat leaves; and what is left after each stage. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "../racks/units.h"
#include "../viz/sankey.h"
#include "../viz/waterfall.h"
#include "figures.h"

enum { GREY_FLOW, LOST, LIQUID, VIOLET, AIR, BLUE };
/* Of each stage: itself, what it loses, its store; and on to the next, to that, from or into that, to the cabinet and upstream. */
enum { NODES = 3 * TW_STAGES + 8, FLOWS = 5 * TW_STAGES + 8 };

static const char *watts(const tw_results *r, double W) {
  char *text = tw_alloc(r->arena, 32, 1);
  tw_display(W, "W", text, 32);
  return text;
}

typedef struct {
  const tw_results *r;
  tw_sankey_node nodes[NODES];
  tw_sankey_flow flows[FLOWS];
  int n_nodes, n_flows;
} drawing;

static int add_node(drawing *d, const char *name, double amount, int column, int colour, int beside) {
  d->nodes[d->n_nodes] = (tw_sankey_node){name, watts(d->r, amount), column, colour, beside};
  return d->n_nodes++;
}

static void add_flow(drawing *d, int from, int to, double amount) {
  if (amount > 1e-6 * d->r->ladder[0].input) d->flows[d->n_flows++] = (tw_sankey_flow){from, to, amount, watts(d->r, amount)};
}

/* Loss and load of each stage that arises in the cabinet. */
static void cabinet_shares(const tw_results *r, double inside[TW_STAGES]) {
  const tw_network *net = r->net;
  for (int i = 0; i < net->model->n_items; i++) {
    if (net->item_batch[i] < 0 || !tw_in_cabinet(net->model, i)) continue;
    const tw_batch *b = &net->batches[net->item_batch[i]];
    for (int q = 0; q < b->n_outputs; q++)
      if (b->type->outputs[q].role == TW_Q_LOSS || b->type->outputs[q].role == TW_Q_LOAD)
        inside[b->type->stage] += b->out[q][net->item_instance[i] * net->lanes];
  }
}

/* What every stage takes out of the flow, from the chips (top) down to what is lost first, and on to liquid, air and upstream. */
static void add_sinks(drawing *d, const int *stage_node, int column) {
  const tw_results *r = d->r;
  double inside[TW_STAGES] = {0.0};
  bool cabinet = !isnan(r->heat_liquid);
  if (cabinet) cabinet_shares(r, inside);
  int sink[TW_STAGES], last = r->n_rungs - 1;
  for (int i = last; i >= 0; i--) {
    const tw_rung *g = &r->ladder[i];
    double taken = i == last && g->stage == TW_STAGE_CHIP ? g->input : g->loss;
    sink[i] = taken > 1e-6 * r->ladder[0].input ? add_node(d, g->stage == TW_STAGE_CHIP ? "chips" : g->name, taken, column,
                                                           g->stage == TW_STAGE_CHIP ? GREY_FLOW : LOST, 1) : -1;
    if (sink[i] >= 0) add_flow(d, stage_node[i], sink[i], taken);
  }
  if (!cabinet) return;
  int rack = add_node(d, "cabinet", r->cabinet_electric, column + 2, VIOLET, 1);
  int liquid = add_node(d, "to liquid", r->heat_liquid, column + 4, LIQUID, 1), air = add_node(d, "to air", r->heat_air, column + 4, BLUE, 1);
  int upstream = add_node(d, "upstream", r->heat_upstream, column + 4, AIR, 1);
  for (int i = last; i >= 0; i--) {
    if (sink[i] < 0) continue;
    const tw_rung *g = &r->ladder[i];
    double taken = g->stage == TW_STAGE_CHIP ? g->input : g->loss, here = fmin(inside[g->stage], taken);
    add_flow(d, sink[i], rack, here);
    add_flow(d, sink[i], upstream, taken - here);
  }
  const struct { int node; const char *name; double heat; } ways[] = {{liquid, "from liquid", r->heat_liquid}, {air, "from air", r->heat_air}};
  for (int i = 0; i < TW_COUNT(ways); i++)
    if (ways[i].heat < 0.0) add_flow(d, add_node(d, ways[i].name, -ways[i].heat, column, ways[i].node == air ? BLUE : LIQUID, 1), rack, -ways[i].heat);
    else add_flow(d, rack, ways[i].node, ways[i].heat);
}

/* What the stores of a stage give to it, or take up. */
static void add_store(drawing *d, int stage, int column, double stored) {
  if (!(fabs(stored) > 1e-6 * d->r->chip_power)) return;
  if (stored < 0.0) add_flow(d, add_node(d, "from stores", -stored, column > 0 ? column - 1 : 0, AIR, 0), stage, -stored);
  else add_flow(d, stage, add_node(d, "into stores", stored, column + 1, AIR, 1), stored);
}

int tw_draw_sankey(FILE *out, const tw_results *r, tw_form form) {
  if (r->n_rungs < 1 || !(r->ladder[0].input > 0.0)) return -1;
  drawing *d = calloc(1, sizeof *d);
  if (!d) abort();
  d->r = r;
  int at[TW_STAGES], stages = r->n_rungs - (r->ladder[r->n_rungs - 1].stage == TW_STAGE_CHIP);
  for (int i = 0; i < stages; i++) at[i] = add_node(d, r->ladder[i].name, r->ladder[i].input, i, GREY_FLOW, 0);
  if (stages < r->n_rungs) at[stages] = at[stages - 1];
  for (int i = 0; i + 1 < stages; i++) add_flow(d, at[i], at[i + 1], r->ladder[i].output);
  for (int i = 0; i < stages; i++) add_store(d, at[i], i, r->ladder[i].stored);
  add_sinks(d, at, stages);
  tw_sankey s = {"Where the power goes, from the grid to the chips and to liquid and air", d->nodes, d->n_nodes, d->flows, d->n_flows};
  int status = 0;
  if (form == TW_AS_SVG) status = tw_sankey_svg(out, &s);
  else tw_sankey_json(out, &s);
  free(d);
  return status;
}

int tw_draw_waterfall(FILE *out, const tw_results *r, tw_form form) {
  tw_waterfall_step steps[TW_STAGES];
  for (int i = 0; i < r->n_rungs; i++)
    steps[i] = (tw_waterfall_step){r->ladder[i].name, r->ladder[i].input, r->ladder[i].output, watts(r, r->ladder[i].loss)};
  tw_waterfall w = {"Power left after each stage from grid to chip", steps, r->n_rungs};
  if (form == TW_AS_SVG) return tw_waterfall_svg(out, &w);
  tw_waterfall_json(out, &w);
  return r->n_rungs > 0 ? 0 : -1;
}
