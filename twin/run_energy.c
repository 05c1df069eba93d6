#include "run_energy.h"
#include <math.h>
#include <string.h>

static double sum(int n, const double *restrict v) {
  double s = 0.0;
  for (int k = 0; k < n; k++) s += v[k];
  return s;
}

tw_energies tw_powers(tw_network *net, double t, const double *y, const double *yd) {
  tw_energies p = {0};
  tw_network_observe(net, t, y, yd);
  for (int i = 0; i < net->n_batches; i++) {
    const tw_batch *b = &net->batches[i];
    double external = sum(b->n, b->b[TW_B_EXTERNAL]);
    if (tw_has_electric(b->type)) p.electric_in += external;
    else p.thermal_out -= external;
    p.stored += sum(b->n, b->b[TW_B_ENERGY]);
    p.lift += sum(b->n, b->b[TW_B_LIFT]);
    for (int q = 0; q < b->n_outputs; q++) {
      if (b->type->outputs[q].role == TW_Q_LOSS) p.loss[b->type->stage] += sum(b->n, b->out[q]);
      if (b->type->outputs[q].role == TW_Q_LOAD) p.load[b->type->stage] += sum(b->n, b->out[q]);
    }
  }
  tw_audit a = tw_audit_ambient(net, y);
  p.thermal_out += a.thermal_out;
  p.electric_through = fabs(p.electric_in);
  p.thermal_through = fabs(p.thermal_out);
  p.leakage = a.leakage;
  p.set = tw_network_driven_energy(net, t);
  return p;
}

void tw_flows(const tw_energies *powers, double *flows) { memcpy(flows, powers, TW_FLOWS * sizeof *flows); }

void tw_flows_add(tw_energies *e, const double *flows) {
  double all[TW_FLOWS];
  memcpy(all, e, sizeof all);
  for (int k = 0; k < TW_FLOWS; k++) all[k] += flows[k];
  memcpy(e, all, sizeof all);
}

void tw_energies_balance(tw_energies *e) {
  e->throughput = fmax(fmax(e->electric_through, e->thermal_through), fmax(fabs(e->stored), 1.0));
  e->imbalance = fabs(e->electric_in - e->thermal_out - e->stored - e->lift - e->leakage) / e->throughput;
}

bool tw_energies_refused(const tw_energies *e, double rtol) {
  return !(e->imbalance <= fmax(TW_ENERGY_REFUSED, 10.0 * rtol));
}
