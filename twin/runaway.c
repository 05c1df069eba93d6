#include "runaway.h"
#include <math.h>
#include <stdlib.h>
#include "../racks/diagnostic_codes.h"
#include "domains.h"

typedef struct { int item, unknown; double per_kelvin, growth; } feedback; /* W/K; W/K x kelvin along v */

int tw_peak(int n, const double *v) {
  int at = 0;
  for (int i = 1; i < n; i++)
    if (fabs(v[i]) > fabs(v[at])) at = i;
  return at;
}

bool tw_is_heat(const tw_network *net, int unknown) {
  tw_domain *of = calloc((size_t)net->n + 1, sizeof *of);
  if (!of) abort();
  tw_domains_mark(net, of);
  bool is = of[unknown] == TW_D_HEAT;
  free(of);
  return is;
}

/* Of the ports that give off more heat the warmer they are, the one that grows most along v. After tw_network_jacobian. */
static feedback strongest(const tw_network *net, const double *v) {
  feedback most = {-1, -1, 0.0, 0.0};
  for (int i = 0; i < net->n_batches; i++) {
    const tw_batch *b = &net->batches[i];
    for (int q = 0; q < b->n_ports; q++)
      for (int s = 0; s < b->type->n_stamps; s++) {
        int local = b->port_first[q];
        if (b->type->ports[q].kind != TW_HEAT || b->type->stamps[s].row != local || b->type->stamps[s].col != local) continue;
        for (int k = 0; k < b->n; k++) {
          double per_kelvin = -b->j[s][k * net->lanes], growth = per_kelvin * fabs(v[b->unknown[local][k]]);
          if (growth > most.growth) most = (feedback){b->item[k], b->unknown[local][k], per_kelvin, growth};
        }
      }
  }
  return most;
}

bool tw_tell_runaway(tw_network *net, const double *y, const double *v, double share, tw_diagnostics *d) {
  double *values = malloc(((size_t)net->nonzeros + 1) * sizeof *values);
  if (!values) abort();
  net->load_scale = share;
  tw_network_jacobian(net, 0.0, 0.0, y, NULL, values);
  net->load_scale = 1.0;
  free(values);
  feedback f = strongest(net, v);
  if (f.item < 0) return false;
  const tw_item *item = &net->model->items[f.item];
  tw_diagnose(d, TW_ERROR, TW_E_RUNAWAY, item->where, item->path,
              "no steady state: thermal runaway; at %.2f %% of the loads it is at %.1f degC, and beyond that each kelvin adds "
              "more heat (%.3g W) than its cooling carries off", 100.0 * share, y[f.unknown] - TW_ZERO_CELSIUS, f.per_kelvin);
  return true;
}
