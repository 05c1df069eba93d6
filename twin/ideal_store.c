#include "ideal_store.h"
#include <math.h>

static void note(tw_ideal_store *s, double power, double t) {
  s->most = fmax(s->most, s->given);
  s->least = fmin(s->least, s->given);
  if (power > s->power) s->power = power, s->t_power = t;
}

/* True for the first point, from which on s->t and s->load are those of the last one. */
static bool begin(tw_ideal_store *s, double t, double load) {
  if (s->begun) return false;
  *s = (tw_ideal_store){.limit = s->limit, .begun = true, .t = t, .load = load, .t_power = t};
  return true;
}

/* Over h the gap changes evenly by `rate`. */
static void give(tw_ideal_store *s, double h, double rate) {
  s->given += h * (s->gap + 0.5 * h * rate);
  s->gap += h * rate;
  s->t += h;
  note(s, fabs(s->gap), s->t);
}

void tw_ideal_store_for_ramp(tw_ideal_store *s, double t, double load) {
  if (begin(s, t, load)) return;
  double h = t - s->t, slope = h > 0.0 ? (load - s->load) / h : 0.0;
  if (h <= 0.0) s->gap += load - s->load, note(s, fabs(s->gap), t);
  while (h > 0.0 && (s->gap != 0.0 || fabs(slope) > s->limit)) {
    double direction = s->gap != 0.0 ? s->gap : slope, rate = slope - copysign(s->limit, direction), closes = -s->gap / rate;
    if (closes > 0.0 && closes < h) {
      give(s, closes, rate);
      s->gap = 0.0;
      h -= closes;
    } else {
      give(s, h, rate);
      h = 0.0;
    }
  }
  s->t = t;
  s->load = load;
}

/* A piece on which the excess over the limit, from a to b, does not change its sign: below the limit the store fills up to full.
 * */
static void piece(tw_ideal_store *s, double h, double a, double b) {
  s->given = fmax(0.0, s->given + 0.5 * h * (a + b));
  s->t += h;
  note(s, b, s->t);
}

void tw_ideal_store_for_power(tw_ideal_store *s, double t, double load) {
  if (begin(s, t, load)) {
    note(s, load - s->limit, t);
    return;
  }
  double h = t - s->t, a = s->load - s->limit, b = load - s->limit;
  double crossing = a * b < 0.0 ? h * a / (a - b) : 0.0;
  piece(s, crossing, a, 0.0);
  piece(s, h - crossing, crossing > 0.0 ? 0.0 : a, b);
  s->t = t;
  s->load = load;
}

double tw_ideal_store_energy(const tw_ideal_store *s) { return s->most - s->least; }

bool tw_ideal_store_drifts(const tw_ideal_store *s, double swing) {
  return fabs(s->given) > (1.0 + 1e-6) * swing * swing / (2.0 * s->limit);
}
