/* What is stored follows from figures, too (a heat capacity in a ramp): then it changes without anything flowing. */
#include <math.h>
#include "network_internal.h"

/* Slope over time of what is driven, as the solver sees it from both ends of its way; 0 after the last row of a trace. */
static double slope_of(const tw_driven *d) {
  const tw_window *w = d->window;
  if (w) return w->hold || isinf(w->t1) ? 0.0 : (w->v1[d->value] - w->v0[d->value]) / (w->t1 - w->t0);
  return d->ramp_end > 0.0 ? (d->over_time->y[1] - d->over_time->y[0]) / (d->over_time->x[1] - d->over_time->x[0]) : 0.0;
}

/* Stored by the instance with p[param] = value [J]; NaN where that does not fit its other figures. */
static double energy_with(tw_network *net, const tw_driven *d, double t, double value) {
  tw_batch *b = &net->batches[d->batch];
  b->p[d->param][d->instance] = value;
  if (tw_batch_derive(net, b, NULL)) return NAN;
  tw_batch_balance(net, b, t);
  return b->b[TW_B_ENERGY][d->instance];
}

static double rate_by(tw_network *net, const tw_driven *d, double t) {
  static const double part = 1e-3; /* of the figure: energies are straight over most figures */
  const tw_batch *b = &net->batches[d->batch];
  double slope = slope_of(d), value = b->p[d->param][d->instance];
  if (!d->derives || slope == 0.0 || !b->type->balance) return 0.0;
  double step = part * fmax(fabs(value), fabs(slope)), side[2];
  for (int s = 0; s < 2; s++) side[s] = energy_with(net, d, t, s ? value + step : value - step);
  double now = energy_with(net, d, t, value);
  if (isnan(side[0])) return isnan(side[1]) ? 0.0 : slope * (side[1] - now) / step;
  return isnan(side[1]) ? slope * (now - side[0]) / step : slope * (side[1] - side[0]) / (2.0 * step);
}

double tw_network_driven_energy(tw_network *net, double t) {
  double sum = 0.0;
  for (int i = 0; i < net->n_driven; i++) sum += rate_by(net, &net->driven[i], t);
  return sum;
}
