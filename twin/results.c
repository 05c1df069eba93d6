#include "results.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "pieces.h"

static const char *const stage_names[TW_STAGES] = {
    [TW_STAGE_NONE] = "other", [TW_STAGE_GRID] = "grid", [TW_STAGE_TRANSFORMER] = "transformer", [TW_STAGE_UPS] = "UPS",
    [TW_STAGE_DISTRIBUTION] = "distribution", [TW_STAGE_PSU] = "power supply", [TW_STAGE_STORAGE] = "storage",
    [TW_STAGE_BUS] = "busbar",
    [TW_STAGE_CONVERTER] = "converter", [TW_STAGE_VRM] = "VRM", [TW_STAGE_PDN] = "PDN", [TW_STAGE_CHIP] = "chip",
    [TW_STAGE_FAN] = "fan", [TW_STAGE_PUMP] = "pump", [TW_STAGE_CONTROL] = "control", [TW_STAGE_AUXILIARY] = "auxiliary"};
static const char *const loss_names[TW_L_KINDS] = {
    [TW_L_NONE] = "none", [TW_L_CONDUCTION] = "conduction", [TW_L_CONVERSION] = "conversion", [TW_L_MAGNETIC] = "magnetic",
    [TW_L_PUMPING] = "pumping", [TW_L_FAN] = "fan", [TW_L_CONTROL] = "control"};
static const char *const quality_names[] = {"unstated", "datasheet", "standard", "measured", "analysis", "estimate"};

const char *tw_stage_name(tw_stage s) { return stage_names[s]; }
const char *tw_loss_name(tw_loss_kind k) { return loss_names[k]; }
const char *tw_quality_name(tw_quality q) { return quality_names[q]; }

static double sum_role(const tw_batch *b, int column, tw_role role) {
  double sum = 0.0;
  for (int q = 0; q < b->n_outputs; q++)
    if (b->type->outputs[q].role == role) sum += b->out[q][column];
  return sum;
}

double tw_item_loss(const tw_network *net, int item) {
  if (net->item_batch[item] < 0) return NAN;
  return sum_role(&net->batches[net->item_batch[item]], net->item_instance[item] * net->lanes, TW_Q_LOSS);
}

double tw_item_load(const tw_network *net, int item) {
  if (net->item_batch[item] < 0) return NAN;
  return sum_role(&net->batches[net->item_batch[item]], net->item_instance[item] * net->lanes, TW_Q_LOAD);
}

double tw_item_temperature(const tw_network *net, int item) {
  if (net->item_batch[item] < 0) return NAN;
  const tw_batch *b = &net->batches[net->item_batch[item]];
  for (int q = 0; q < b->n_outputs; q++)
    if (b->type->outputs[q].role == TW_Q_TEMPERATURE) return b->out[q][net->item_instance[item] * net->lanes];
  return NAN;
}

int tw_hottest_chip(const tw_network *net) {
  int hottest = -1;
  for (int i = 0; i < net->model->n_items; i++) {
    double T = net->model->items[i].type->stage == TW_STAGE_CHIP ? tw_item_temperature(net, i) : (double)NAN;
    if (!isnan(T) && (hottest < 0 || T > tw_item_temperature(net, hottest))) hottest = i;
  }
  return hottest;
}

static double output_of(const tw_batch *b, int k, const char *id) {
  int q = tw_output_index(b->type, id);
  return q < 0 ? NAN : b->out[q][k];
}

/* ---- feeds and the ladder --------------------------------------------------------------------------------------------- */

static void gather_feeds(tw_results *r) {
  const tw_network *net = r->net;
  r->feeds = tw_alloc(r->arena, (size_t)net->model->n_items, sizeof *r->feeds);
  for (int i = 0; i < net->model->n_items; i++) {
    if (net->item_batch[i] < 0 || net->model->items[i].type->stage != TW_STAGE_GRID) continue;
    const tw_batch *b = &net->batches[net->item_batch[i]];
    int k = net->item_instance[i] * net->lanes;
    r->feeds[r->n_feeds++] = (tw_feed){net->model->items[i].path, output_of(b, k, "power"), output_of(b, k, "reactive_power"),
                                       output_of(b, k, "apparent_power"), output_of(b, k, "power_factor"), output_of(b, k, "i"),
                                       output_of(b, k, "v")};
  }
  double p = 0.0, q = 0.0;
  for (int i = 0; i < r->n_feeds; i++) p += r->feeds[i].power, q += r->feeds[i].reactive;
  r->grid_power = r->n_feeds ? p : NAN;
  r->grid_reactive = r->n_feeds ? q : NAN; /* NaN with a DC source among them */
  r->power_factor = hypot(p, q) > 0.0 ? p / hypot(p, q) : NAN;
}

/* Stages whose parts hold electric energy: batteries, those of a UPS, the bulk capacitors of a supply. */
static bool stores_electricity(tw_stage s) { return s == TW_STAGE_STORAGE || s == TW_STAGE_UPS || s == TW_STAGE_PSU; }

/* One pass from grid to chip: what a stage loses leaves, the rest is the next stage's input. Side rows come before the chip
 * row, so that the last output is what reaches the chips. */
static void gather_ladder(tw_results *r) {
  static const tw_stage order[] = {TW_STAGE_GRID, TW_STAGE_TRANSFORMER, TW_STAGE_UPS, TW_STAGE_DISTRIBUTION, TW_STAGE_PSU,
                                   TW_STAGE_STORAGE, TW_STAGE_BUS, TW_STAGE_NONE, TW_STAGE_CONVERTER, TW_STAGE_VRM, TW_STAGE_PDN, TW_STAGE_PUMP, TW_STAGE_FAN,
                                   TW_STAGE_CONTROL, TW_STAGE_AUXILIARY, TW_STAGE_CHIP};
  const tw_network *net = r->net;
  tw_rung rungs[TW_STAGES] = {{0}};
  bool present[TW_STAGES] = {false};
  double chips = 0.0;
  for (int s = 0; s < TW_STAGES; s++) rungs[s].T_hottest = NAN;
  for (int i = 0; i < net->model->n_items; i++) {
    if (net->item_batch[i] < 0) continue;
    const tw_batch *b = &net->batches[net->item_batch[i]];
    int k = net->item_instance[i] * net->lanes;
    double loss = sum_role(b, k, TW_Q_LOSS), load = sum_role(b, k, TW_Q_LOAD);
    tw_stage s = b->type->stage;
    r->loss_total += loss;
    tw_quality quality = net->model->items[i].quality;
    if (quality == TW_ESTIMATE || quality == TW_QUALITY_NONE) r->loss_estimated += loss;
    if (stores_electricity(s)) {
      rungs[s].stored += b->b[TW_B_STORED][k];
      if (!tw_in_cabinet(net->model, i)) r->stored_upstream += b->b[TW_B_STORED][k];
    }
    if (s == TW_STAGE_CHIP) chips += load;
    else rungs[s].loss += load; /* power used without reaching a chip */
    rungs[s].loss += loss;
    present[s] |= loss != 0.0 || load != 0.0 || (s != TW_STAGE_NONE && s != TW_STAGE_CHIP);
    for (int q = 0; q < b->n_outputs; q++)
      if (b->type->outputs[q].role == TW_Q_LOSS) rungs[s].loss_by_kind[b->type->outputs[q].loss] += b->out[q][k];
    double T = tw_item_temperature(net, i);
    if (!(T <= rungs[s].T_hottest)) rungs[s].T_hottest = isnan(T) ? rungs[s].T_hottest : T;
  }
  for (int s = 0; s < TW_STAGES; s++) r->stored += rungs[s].stored;
  r->chip_power = chips > 0.0 || present[TW_STAGE_CHIP] ? chips : NAN;
  r->grid_to_chip = r->grid_power - r->stored > 0.0 ? r->chip_power / (r->grid_power - r->stored) : NAN; /* what is stored is not lost */
  r->estimate_share = r->loss_total > 0.0 ? r->loss_estimated / r->loss_total : 0.0;
  double power = r->n_feeds ? r->grid_power : r->audit.electric_in;
  r->ladder = tw_alloc(r->arena, TW_STAGES, sizeof *r->ladder);
  for (int i = 0; i < TW_COUNT(order); i++) {
    tw_rung *g = &rungs[order[i]];
    if (!present[order[i]]) continue;
    g->stage = order[i];
    g->name = stage_names[order[i]];
    g->input = power;
    power = g->output = power - g->loss - g->stored;
    bool steady = fabs(g->stored) <= 1e-9 * g->input; /* a store at rest stores rounding noise */
    g->efficiency = g->input > 0.0 && steady ? g->output / g->input : NAN;
    r->ladder[r->n_rungs++] = *g;
  }
}

/* ---- the cabinet -------------------------------------------------------------------------------------------------------- */

bool tw_in_cabinet(const tw_description *m, int item) {
  if (!m->items[item].rack) return false;
  for (int i = item; i >= 0; i = m->items[i].parent) {
    const char *e = m->items[i].type->element;
    if (tw_same(e, "cdu") || tw_same(e, "ups") || tw_same(e, "transformer") || tw_same(e, "busway") || tw_same(e, "rectifier") ||
        tw_same(e, "room-air") || tw_same(e, "facility-water"))
      return false;
  }
  return true;
}

static const char *outermost(const tw_description *m, int item) {
  while (m->items[item].parent >= 0) item = m->items[item].parent;
  return m->items[item].path;
}

typedef struct { bool inside, outside; double power, mass; int outsider; } border; /* flows from the cabinet into a node */

static bool is_gas(const tw_medium *m) { return m && m->rho_ref < 50.0; }

static border *gather_borders(const tw_network *net, tw_arena *arena) {
  border *at = tw_alloc(arena, (size_t)net->n, sizeof *at); /* by first unknown of the node */
  for (int i = 0; i < net->n_batches; i++) {
    const tw_batch *b = &net->batches[i];
    for (int k = 0; k < b->n; k++) {
      bool inside = tw_in_cabinet(net->model, b->item[k]);
      for (int q = 0; q < b->n_ports; q++) {
        border *o = &at[b->unknown[b->port_first[q]][k]];
        if (!inside) {
          o->outside = true;
          o->outsider = b->item[k];
          continue;
        }
        o->inside = true;
        o->power -= tw_port_power(b, q, k * net->lanes);
        if (b->type->ports[q].kind == TW_FLUID) o->mass -= b->f[b->port_first[q]][k * net->lanes];
      }
    }
  }
  return at;
}

static tw_coolant *coolant_of(tw_coolant *list, int *n, const char *path, const char *medium) {
  for (int i = 0; i < *n; i++)
    if (!strcmp(list[i].path, path) && !strcmp(list[i].medium, medium)) return &list[i];
  list[*n] = (tw_coolant){.path = path, .medium = medium, .T_supply = NAN, .T_return = NAN};
  return &list[(*n)++];
}

static void add_liquid(const tw_network *net, const double *y, const tw_node *node, const border *o, tw_coolant *c) {
  double p = y[node->unknown * net->lanes], T = y[(node->unknown + 1) * net->lanes];
  double h = tw_enthalpy(node->medium, T).v + p / node->medium->rho_ref;
  if (o->mass < 0.0) {
    c->m_dot -= o->mass;
    c->T_supply = T, c->p_supply = p, c->h_supply = h;
    c->volume_flow = c->m_dot / tw_property_at(&node->medium->density, T).v;
  } else {
    c->T_return = T, c->p_return = p, c->h_return = h;
  }
}

static tw_coolant *gather_coolant(const tw_network *net, const double *y, const border *at, tw_arena *arena, int *n) {
  tw_coolant *list = tw_alloc(arena, (size_t)net->n_nodes, sizeof *list);
  *n = 0;
  for (int i = 0; i < net->n_nodes; i++) {
    const tw_node *node = &net->nodes[i];
    const border *o = &at[node->unknown];
    if (!o->inside || !(o->outside || node->fixed) || node->kind != TW_FLUID || is_gas(node->medium)) continue;
    add_liquid(net, y, node, o, coolant_of(list, n, outermost(net->model, o->outsider), node->medium->id));
  }
  for (int i = 0; i < *n; i++) list[i].heat = list[i].m_dot * (list[i].h_return - list[i].h_supply);
  return list;
}

int tw_coolants(const tw_network *net, const double *y, tw_arena *arena, tw_coolant **list) {
  int n;
  *list = gather_coolant(net, y, gather_borders(net, arena), arena, &n);
  return n;
}

static void gather_cabinet(tw_results *r) {
  const tw_network *net = r->net;
  border *at = gather_borders(net, r->arena);
  bool any = false;
  r->coolant = gather_coolant(net, r->y, at, r->arena, &r->n_coolant);
  r->air_flow = r->T_air_in = r->T_air_out = NAN;
  double air_mass = 0.0, air_h_out = 0.0;
  for (int i = 0; i < net->n_nodes; i++) {
    const tw_node *node = &net->nodes[i];
    const border *o = &at[node->unknown];
    if (o->inside) any = true;
    if (!o->inside || !(o->outside || node->fixed)) continue;
    switch (node->kind) {
      case TW_DC:
      case TW_AC: r->cabinet_electric -= o->power; break;
      case TW_HEAT: r->heat_air += o->power; break;
      case TW_FLUID:
        if (is_gas(node->medium)) {
          double T = r->y[(node->unknown + 1) * net->lanes];
          r->heat_air += o->power;
          if (o->mass < 0.0) {
            air_mass -= o->mass;
            r->T_air_in = T;
            r->air_flow = air_mass / tw_property_at(&node->medium->density, T).v;
          } else {
            air_h_out = T;
          }
        } else {
          r->heat_liquid += o->power;
        }
        break;
      default: break;
    }
  }
  if (air_mass > 0.0) r->T_air_out = air_h_out;
  r->heat_upstream = r->audit.electric_in - r->stored_upstream - r->cabinet_electric;
  if (!any) r->cabinet_electric = r->heat_liquid = r->heat_air = r->heat_upstream = NAN;
}

/* What the plates and the walls gave to the coolant inside the cabinet, from the parts' own sums. */
static void gather_received(tw_results *r) {
  const tw_network *net = r->net;
  for (int i = 0; i < net->n_batches; i++) {
    const tw_batch *b = &net->batches[i];
    bool liquid = false;
    for (int q = 0; q < b->n_ports; q++) liquid |= b->type->ports[q].kind == TW_FLUID && !is_gas(b->m[q][0]);
    for (int k = 0; liquid && k < b->n; k++) {
      if (!tw_in_cabinet(net->model, b->item[k])) continue;
      for (int q = 0; q < b->n_ports; q++)
        if (b->type->ports[q].kind == TW_HEAT) r->liquid_received += b->f[b->port_first[q]][k * net->lanes];
      r->liquid_received -= b->b[TW_B_LIFT][k * net->lanes];
    }
  }
}

tw_results *tw_results_new(tw_network *net, const double *y, double t, const tw_steady_report *steady) {
  tw_arena *arena = tw_arena_new();
  tw_results *r = tw_alloc(arena, 1, sizeof *r);
  r->arena = arena;
  r->net = net;
  r->steady = *steady;
  r->y = tw_alloc(arena, (size_t)net->n * (size_t)net->lanes, sizeof *r->y);
  memcpy(r->y, y, (size_t)net->n * (size_t)net->lanes * sizeof *y);
  double *yd = tw_alloc(arena, (size_t)net->n * (size_t)net->lanes, sizeof *yd);
  tw_network_rates_at_rest(net, y, yd);
  r->audit = tw_audit_solution(net, t, y, yd, true);
  gather_feeds(r);
  gather_ladder(r);
  gather_cabinet(r);
  gather_received(r);
  r->cabinet_mass = tw_cabinet_mass(net->model, arena);
  tw_gather_margins(r);
  return r;
}

void tw_results_free(tw_results *r) {
  if (r) tw_arena_free(r->arena);
}
