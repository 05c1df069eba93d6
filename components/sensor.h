/* What the sensors share: a bias, and what they say when they have failed.
 *   on      truth + bias
 *   dead    `low`: what a receiver reads of a transmitter without current, the low end of its range
 *   frozen  the reading of the moment when it froze; in a steady state, which has no such moment, truth + bias */
#ifndef TW_SENSOR_H
#define TW_SENSOR_H
#include "component.h"

enum { TW_SENSOR_BIAS, TW_SENSOR_STATE, TW_SENSOR_LOW };
/* bias: unit, none, most; low: unit, default, range */
#define TW_SENSOR_PARAMS(unit_bias, none, most, unit, low, lowest, highest)                                                     \
  {"bias", unit_bias, none, TW_NUMBER, -most, most, TW_P_TIMED, "error of the sensor, added to the true value", NULL, NULL,     \
   NULL},                                                                                                                       \
  {"state", "1", "on", TW_ENUM, 0, 2, TW_P_TIMED,                                                                               \
   "dead: reads `low`; frozen: holds its last reading (in a steady state the true one)", NULL, "on|dead|frozen", NULL},         \
  {"low", unit, low, TW_NUMBER, lowest, highest, TW_P_TIMED, "reading while dead: the low end of its range", "estimate", NULL, NULL}

enum { TW_SENSOR_FROZEN, TW_SENSOR_HELD, TW_SENSOR_N_DISCRETE };
#define TW_SENSOR_DISCRETE \
  {"frozen", NULL, NULL, "whether it holds a reading", true}, {"held", NULL, NULL, "the reading that it holds (SI)", true}

/* What it says where `truth` is measured; d: by how much that follows the truth. */
static inline tw_vd tw_sensor_reading(const tw_eval *e, int i, tw_real truth) {
  int state = (int)lround(TW_RE(e->p[TW_SENSOR_STATE][i]));
  if (state == 1) return (tw_vd){e->p[TW_SENSOR_LOW][i], 0.0};
  if (state == 2 && e->z[TW_SENSOR_FROZEN][i] > 0.5) return (tw_vd){e->z[TW_SENSOR_HELD][i], 0.0};
  return (tw_vd){truth + e->p[TW_SENSOR_BIAS][i], 1.0};
}

/* Takes hold of the reading, or lets it go. Whether anything changed. */
static inline int tw_sensor_react(const tw_eval *e, int i, tw_real truth, double *const *z) {
  bool freezes = lround(TW_RE(e->p[TW_SENSOR_STATE][i])) == 2 && !e->at_rest;
  if (freezes == (z[TW_SENSOR_FROZEN][i] > 0.5)) return 0;
  z[TW_SENSOR_FROZEN][i] = freezes ? 1.0 : 0.0;
  z[TW_SENSOR_HELD][i] = freezes ? TW_RE(truth + e->p[TW_SENSOR_BIAS][i]) : 0.0;
  return 1;
}

static inline void tw_sensor_start(const tw_start *s) {
  for (int i = 0; i < s->n; i++) s->z[TW_SENSOR_FROZEN][i] = s->z[TW_SENSOR_HELD][i] = 0.0;
}
#endif
