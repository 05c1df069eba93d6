#include "domains.h"
#include <string.h>

static tw_domain of_unit(const char *unit) {
  static const char *const flows[] = {"kg/s", "Pa", "m", "kg"}, *const power[] = {"V", "A"}, *const heat[] = {"K", "W"};
  for (int i = 0; i < TW_COUNT(flows); i++)
    if (!strcmp(unit, flows[i])) return TW_D_FLOWS;
  for (int i = 0; i < TW_COUNT(power); i++)
    if (!strcmp(unit, power[i])) return TW_D_POWER;
  for (int i = 0; i < TW_COUNT(heat); i++)
    if (!strcmp(unit, heat[i])) return TW_D_HEAT;
  if (!strcmp(unit, "J")) return TW_D_STORES;
  return TW_D_SIGNALS;
}

static tw_domain of_node(tw_kind kind, int w) {
  switch (kind) {
    case TW_DC:
    case TW_AC: return TW_D_POWER;
    case TW_FLUID:
    case TW_REFRIGERANT: return w ? TW_D_HEAT : TW_D_FLOWS;
    case TW_HEAT: return TW_D_HEAT;
    default: return TW_D_SIGNALS;
  }
}

void tw_domains_mark(const tw_network *net, tw_domain *of) {
  for (int i = 0; i < net->n_nodes; i++)
    for (int w = 0; w < tw_port_width(net->nodes[i].kind); w++) of[net->nodes[i].unknown + w] = of_node(net->nodes[i].kind, w);
  for (int i = 0; i < net->n_batches; i++) {
    const tw_batch *b = &net->batches[i];
    for (int q = 0; q < b->n_internal; q++)
      for (int k = 0; k < b->n; k++) of[b->first_internal + q * b->n + k] = of_unit(b->type->unknowns[q].unit);
  }
}
