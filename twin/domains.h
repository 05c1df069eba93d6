/* Which physics an unknown belongs to: a node quantity by its kind, an internal one by its unit; what has no unit (speeds,
 * positions) goes with the signals; energy with the stores. */
#ifndef TW_DOMAINS_H
#define TW_DOMAINS_H
#include "network.h"

typedef enum { TW_D_FLOWS, TW_D_POWER, TW_D_HEAT, TW_D_SIGNALS, TW_D_STORES } tw_domain;

void tw_domains_mark(const tw_network *net, tw_domain *of);   /* [n] */
#endif
