#include "run_energy.h"
#include <math.h>

tw_energies tw_powers(tw_network *net, double t, const double *y, const double *yd) {
  tw_energies p = {0};
  tw_audit a = tw_audit_solution(net, t, y, yd, false);
  p.electric_in = a.electric_in;
  p.thermal_out = a.thermal_out;
  p.stored = a.stored;
  p.lift = a.lift;
  p.leakage = a.leakage;
  for (int i = 0; i < net->n_batches; i++) {
    const tw_batch *b = &net->batches[i];
    for (int q = 0; q < b->n_outputs; q++)
      for (int k = 0; k < b->n; k++) {
        if (b->type->outputs[q].role == TW_Q_LOSS) p.loss[b->type->stage] += b->out[q][k];
        if (b->type->outputs[q].role == TW_Q_LOAD) p.load[b->type->stage] += b->out[q][k];
      }
  }
  return p;
}

void tw_energies_add(tw_energies *e, const tw_energies *a, const tw_energies *b, double h) {
  e->electric_in += 0.5 * h * (b->electric_in + a->electric_in);
  e->thermal_out += 0.5 * h * (b->thermal_out + a->thermal_out);
  e->stored += 0.5 * h * (b->stored + a->stored);
  e->lift += 0.5 * h * (b->lift + a->lift);
  e->leakage += 0.5 * h * (b->leakage + a->leakage);
  for (int s = 0; s < TW_STAGES; s++) {
    e->loss[s] += 0.5 * h * (b->loss[s] + a->loss[s]);
    e->load[s] += 0.5 * h * (b->load[s] + a->load[s]);
  }
}

void tw_energies_balance(tw_energies *e) {
  e->throughput = fmax(fmax(fabs(e->electric_in), fabs(e->thermal_out)), fmax(fabs(e->stored), 1.0));
  e->imbalance = fabs(e->electric_in - e->thermal_out - e->stored - e->lift - e->leakage) / e->throughput;
}
