#include "audit.h"
#include <math.h>
#include <stdlib.h>

double tw_port_power(const tw_batch *b, int port, int column) {
  int q = b->port_first[port];
  switch (b->type->ports[port].kind) {
    case TW_DC: return b->x[q][column] * b->f[q][column];
    case TW_AC: {
      int phases = tw_param_index(b->type, "phases");
      return b->p[phases][column] * (b->x[q][column] * b->f[q][column] + b->x[q + 1][column] * b->f[q + 1][column]);
    }
    case TW_FLUID:
    case TW_REFRIGERANT: return b->f[q + 1][column];
    case TW_HEAT: return b->f[q][column];
    default: return 0.0;
  }
}

bool tw_has_electric(const tw_type *type) {
  for (int q = 0; type->ports[q].id; q++)
    if (type->ports[q].kind == TW_DC || type->ports[q].kind == TW_AC) return true;
  return false;
}

typedef struct { double electric, thermal, losses, loads; } own;

static own add_instance(const tw_batch *b, int column) {
  own o = {0};
  for (int q = 0; q < b->n_ports; q++) {
    tw_kind kind = b->type->ports[q].kind;
    double power = tw_port_power(b, q, column);
    if (kind == TW_DC || kind == TW_AC) o.electric += power;
    else o.thermal += power;
  }
  for (int q = 0; q < b->n_outputs; q++) {
    if (b->type->outputs[q].role == TW_Q_LOSS) o.losses += b->out[q][column];
    if (b->type->outputs[q].role == TW_Q_LOAD) o.loads += b->out[q][column];
  }
  return o;
}

static void worse(tw_audit *a, double gap, int item) {
  if (fabs(gap) > fabs(a->worst_gap)) a->worst_gap = gap, a->worst_item = item;
}

static void audit_energy(tw_network *net, tw_audit *a, bool at_rest) {
  for (int i = 0; i < net->n_batches; i++) {
    const tw_batch *b = &net->batches[i];
    bool electric = tw_has_electric(b->type);
    for (int k = 0; k < b->n; k++) {
      int column = k * net->lanes;
      own o = add_instance(b, column);
      double external = b->b[TW_B_EXTERNAL][column], stored = b->b[TW_B_STORED][column], lift = b->b[TW_B_LIFT][column];
      a->stored += stored;
      a->lift += lift;
      worse(a, o.electric + o.thermal + external - stored - lift, b->item[k]);
      if (!electric) {
        a->thermal_out -= external;
        a->thermal_gross += 0.5 * fabs(external);
        continue;
      }
      a->electric_in += external;
      a->losses += o.losses;
      a->loads += o.loads;
      a->received -= o.thermal;
      a->electric_stored += stored; /* at rest only the stock of a battery moves; in motion temperatures do, too */
      if (at_rest || stored == 0.0) worse(a, o.electric + external - stored - o.losses - o.loads, b->item[k]);
    }
  }
}

tw_audit tw_audit_ambient(const tw_network *net, const double *y) {
  tw_audit a = {0};
  for (int i = 0; i < net->n_batches; i++) {
    const tw_batch *b = &net->batches[i];
    for (int q = 0; q < b->n_ports; q++)
      for (int k = 0; b->type->ports[q].kind == TW_HEAT && k < b->n; k++)
        if (net->ambient >= 0 && b->unknown[b->port_first[q]][k] == net->nodes[net->ambient].unknown) {
          a.thermal_out -= b->f[b->port_first[q]][k * net->lanes];
          a.thermal_gross += 0.5 * fabs(b->f[b->port_first[q]][k * net->lanes]);
        }
  }
  for (int i = 0; i < net->n_nodes; i++) {
    const tw_node *node = &net->nodes[i];
    double u = y[node->unknown * net->lanes];
    if (node->fixed) continue;
    if (node->kind == TW_DC) a.leakage += TW_LEAK_ELECTRIC * u * u;
    if (node->kind == TW_AC) {
      double w = y[(node->unknown + 1) * net->lanes];
      a.leakage += node->phases * TW_LEAK_ELECTRIC * (u * u + w * w);
    }
    if (node->kind == TW_HEAT) a.thermal_out += TW_LEAK_HEAT * (u - net->model->ambient);
    if (node->kind == TW_FLUID) a.thermal_out += TW_LEAK_HEAT * (y[(node->unknown + 1) * net->lanes] - net->model->ambient);
  }
  return a;
}

/* Largest node imbalance of one quantity relative to the largest flow of that kind through a port, or to `least` where there is
 * hardly any. */
static double worst_node(const tw_network *net, tw_kind kind, int width, double least, const double *f) {
  double flow = least, gap = 0.0;
  for (int i = 0; i < net->n_batches; i++) {
    const tw_batch *b = &net->batches[i];
    for (int q = 0; q < b->n_ports; q++)
      for (int k = 0; b->type->ports[q].kind == kind && k < b->n; k++)
        for (int w = 0; w < width; w++) flow = fmax(flow, fabs(b->f[b->port_first[q] + w][k * net->lanes]));
  }
  for (int i = 0; i < net->n_nodes; i++)
    for (int w = 0; net->nodes[i].kind == kind && w < width; w++)
      gap = fmax(gap, fabs(f[(net->nodes[i].unknown + w) * net->lanes]));
  return gap / flow;
}

tw_audit tw_audit_solution(tw_network *net, double t, const double *y, const double *yd, bool at_rest) {
  tw_audit a = {.worst_item = -1};
  double *f = malloc((size_t)net->n * (size_t)net->lanes * sizeof *f);
  if (!f) abort();
  tw_network_residual(net, t, y, yd, f);
  tw_network_observe(net, t, y, yd);
  audit_energy(net, &a, at_rest);
  tw_audit ambient = tw_audit_ambient(net, y);
  a.thermal_out += ambient.thermal_out;
  a.thermal_gross += ambient.thermal_gross;
  a.leakage = ambient.leakage;
  a.throughput = fmax(fmax(fabs(a.electric_in), fabs(a.loads)), fmax(fabs(a.stored), fmax(a.thermal_gross, 1.0)));
  double boundary = a.electric_in - a.thermal_out - a.leakage - a.stored - a.lift;
  double by_loss = at_rest ? a.electric_in - a.electric_stored - a.losses - a.loads - a.leakage : 0.0;
  double by_heat = at_rest ? a.electric_in - a.electric_stored - a.received - a.leakage : 0.0;
  a.energy = fmax(fabs(boundary), fmax(fmax(fabs(by_loss), fabs(by_heat)), fabs(a.worst_gap))) / a.throughput;
  a.mass = worst_node(net, TW_FLUID, 1, 1e-3, f);
  a.charge = fmax(worst_node(net, TW_DC, 1, 1.0, f), worst_node(net, TW_AC, 2, 1.0, f));
  free(f);
  return a;
}
