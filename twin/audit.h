/* Energy, mass and charge, counted three ways that share no formula:
 *   boundary   what crosses the model's boundary, from port quantities (grid, room air, facility water, ambient, storage);
 *   losses     losses by kind and loads, each from its own formula (observe);
 *   received   what electric parts hand to heat and fluid nodes, from port flows.
 * A wrong loss in one component makes the second sum differ, and the instance is named. */
#ifndef TW_AUDIT_H
#define TW_AUDIT_H
#include "network.h"

typedef struct {
  double energy, mass, charge;       /* relative imbalances; energy is the worst of the three comparisons and of worst_gap;
                                        mass and charge: of the largest flow, or of 1 g/s and 1 A where there is less */
  double throughput;                 /* W, what energy is relative to: max(electric input, loads, storage, heat through, 1 W) */
  double electric_in, losses, loads; /* W: across the boundary; by own formula */
  double received;                   /* W handed to heat and fluid by electric parts */
  double thermal_out, thermal_gross; /* W leaving through thermal boundaries; half the sum of all their magnitudes */
  double stored, electric_stored;    /* W; the second: by parts with electric ports */
  double lift, leakage;              /* W */
  int worst_item;                    /* instance whose port flows do not balance, or disagree most with its losses, or -1 */
  double worst_gap;                  /* W */
} tw_audit;

/* Energy flow into the component through a port [W], after tw_network_observe. column: instance x lanes + lane. */
double tw_port_power(const tw_batch *b, int port, int column);

bool tw_has_electric(const tw_type *type); /* it has an electric port: what it gets from outside the model is electric */
/* Heat that parts give to the shared ambient, and the declared leakages: thermal_out, thermal_gross and leakage; after
 * tw_network_observe. */
tw_audit tw_audit_ambient(const tw_network *net, const double *y);

/* Audits a solution in lane 0; calls tw_network_observe. at_rest: nothing but stocks changes, and all three sums are compared;
 * else the boundary sum only, because storage is not split into its electric and thermal part. */
tw_audit tw_audit_solution(tw_network *net, double t, const double *y, const double *yd, bool at_rest);
#endif
