/* An ideal store between a load and the grid: how large it must be for the grid to keep a limit. Without losses and with any
 * power; the load is linear between points and jumps where two of them have one time. Filling counts from the start, where it
 * gives nothing.
 *
 * For a ramp limit r the grid follows the load as fast as it may: grid' = r sign(load - grid) while they differ, and the load
 * from there on; the store gives load - grid. After a step of P it has given P^2 / (2 r). The grid neither foresees the load nor
 * exceeds it to refill the store: where the load swings faster than the grid follows, what is taken grows from period to period.
 * For a power limit the grid gives the load up to the limit, and what the limit leaves until the store is full again. */
#ifndef TW_IDEAL_STORE_H
#define TW_IDEAL_STORE_H
#include <stdbool.h>

typedef struct {
  double limit;           /* W/s or W; NaN: not asked for */
  bool begun;
  double t, load;         /* last point */
  double gap;             /* W, load - grid now: of a ramp limit */
  double given;           /* J, from the start to now */
  double most, least;     /* J, extremes of given */
  double power, t_power;  /* W, largest that it gives or takes (of a power limit: gives), and when */
} tw_ideal_store;

void tw_ideal_store_for_ramp(tw_ideal_store *s, double t, double load);
void tw_ideal_store_for_power(tw_ideal_store *s, double t, double load);
/* J between its fullest and its emptiest. */
double tw_ideal_store_energy(const tw_ideal_store *s);
/* Of a ramp limit, swing [W] being the load's highest less its lowest: does the store give or take more than swing^2 / (2 r) in all?
 * A grid that arrives at the load after each change never needs as much: this one does not, and the energy grows with the run. */
bool tw_ideal_store_drifts(const tw_ideal_store *s, double swing);
#endif
