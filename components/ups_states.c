#include "ups.h"

/* Input voltage squared, over V_nominal squared. */
static tw_real input_level(const tw_eval *e, int i) {
  tw_real ar = e->x[AR][i], ai = e->x[AI][i], E0 = e->p[D_E][i];
  return (ar * ar + ai * ai) / (E0 * E0);
}

/* Ends of a window, squared: those at which it is left, and those at which the input is back. */
typedef struct { double lo, hi, lo_back, hi_back; } window;

static window window_of(const tw_eval *e, int i, int from, int to) {
  double lo = TW_RE(e->p[from][i]), hi = TW_RE(e->p[to][i]), h = TW_RE(e->p[P_HYST][i]);
  return (window){lo * lo, hi * hi, (lo + h) * (lo + h), (hi - h) * (hi - h)};
}

/* Whether the input has left a window, and whether it is well within it: between the two it stays as it was. An event is located
 * to within this share. */
static const double reach = 1e-9;
typedef struct { bool lost, back; } place;

static place place_in(double u, window w) {
  bool back = u >= w.lo_back * (1.0 - reach) && u <= w.hi_back * (1.0 + reach);
  return (place){u <= w.lo * (1.0 + reach) || u >= w.hi * (1.0 - reach), back};
}

static bool failed(const tw_eval *e, int i) { return TW_RE(e->p[P_INVERTER][i]) > 0.5; }

/* The inverter has the load. */
static bool inverting(int state) { return state == ON_LINE || state == ON_BATTERY || state == RETURNING || state == WALK_IN; }

static double delay_of(const tw_eval *e, int i, int state) {
  switch (state) {
    case TRANSFER: return TW_RE(e->p[P_T_TRANSFER][i]);
    case WALK_IN: return TW_RE(e->p[P_T_WALK][i]);
    case TO_BYPASS: return TW_RE(e->p[P_T_BYPASS][i]);
    default: return TW_RE(e->p[P_T_RETURN][i]);
  }
}

/* Output over rated, apparent or active, whichever is more. */
static tw_real load_of(const tw_eval *e, int i) {
  conversion c = conversion_at(e, i);
  ups_output o = output_of(e, i, &c);
  tw_real S = tw_ac_magnitude(o.P, o.Q) / e->p[P_S][i], P = o.P / e->p[D_P][i];
  return TW_RE(S) > TW_RE(P) ? S : P;
}

#define LEVEL_ENDS 0.98 /* of load_long and load_short: where an overload ends */
#define CALM 0.95       /* load at which the inverter takes it back from the static bypass (estimate) */
#define CALM_ENDS 0.97

/* ---- events --------------------------------------------------------------------------------------------------------------- */

/* Rows of the two ends of a window: to be left, or to be back in. */
static void window_rows(tw_real u, window w, bool away, tw_real *lo, tw_real *hi) {
  *lo = away ? u - w.lo_back : w.lo - u;
  *hi = away ? w.hi_back - u : u - w.hi;
}

static void load_rows(const tw_eval *e, int i, int state, tw_real *const *g) {
  static const int level[] = {P_LONG, P_SHORT}, lasts[] = {P_T_LONG, P_T_SHORT}, since[] = {Z_LONG, Z_SHORT};
  tw_real load = load_of(e, i);
  for (int k = 0; k < 2 && inverting(state); k++) {
    double began = e->z[since[k]][i];
    tw_real at = e->p[level[k]][i];
    g[6 + k][i] = began > NEVER ? LEVEL_ENDS * at - load : load - at;
    if (began > NEVER) g[9 + k][i] = e->t - began - TW_RE(e->p[lasts[k]][i]);
  }
  if (inverting(state)) g[8][i] = load - e->p[P_MOST][i];
  double calm = e->z[Z_CALM][i];
  if (calm > NEVER) g[11][i] = e->t - calm - TW_RE(e->p[P_T_RETURN][i]);
  if (state == STATIC_BYPASS && !failed(e, i)) g[12][i] = calm > NEVER ? load - CALM_ENDS : CALM - load;
}

void tw_ups_events(const tw_eval *e, tw_real *const *g) {
  for (int i = 0; i < e->n; i++) {
    for (int k = 0; k < UPS_EVENTS; k++) g[k][i] = -1.0;
    int state = state_of(e, i);
    if (state == BYPASS || state == OFF) continue;
    bool eco = home_of(TW_RE(e->p[P_MODE][i])) == ECO, on_line = state == ON_LINE;
    bool path = state == ECO || state == TRANSFER || state == TO_BYPASS || state == STATIC_BYPASS || state == LOST;
    tw_real u = input_level(e, i);
    if (has_battery(e, i) && !path)
      window_rows(u, window_of(e, i, P_VMIN, P_VMAX), state == ON_BATTERY || state == EMPTY, &g[0][i], &g[1][i]);
    if (path || (on_line && eco)) {
      bool away = state == TRANSFER || state == LOST || (on_line && !(e->z[Z_CALM][i] > NEVER));
      window_rows(u, window_of(e, i, P_BYP_MIN, P_BYP_MAX), away, &g[4][i], &g[5][i]);
    }
    if (state == TRANSFER || state == RETURNING || state == WALK_IN || state == RESTARTING || state == TO_BYPASS)
      g[2][i] = e->t - e->z[Z_SINCE][i] - delay_of(e, i, state);
    if (state == ON_BATTERY || state == RETURNING || state == WALK_IN) g[3][i] = -e->x[E][i] / e->p[D_FULL][i];
    load_rows(e, i, state, g);
  }
}

/* ---- transitions ---------------------------------------------------------------------------------------------------------- */

/* Since when something holds: from `begins` on, until `ends`. */
static double hold(const tw_eval *e, double since, bool begins, bool ends) {
  return ends ? NEVER : since > NEVER ? since : begins ? e->t : NEVER;
}

static bool passed(const tw_eval *e, double since, double delay) {
  return since > NEVER && (e->at_rest || e->t >= since + delay * (1.0 - 1e-6));
}

/* Whether the inverter has had too much for too long. In a steady state any overload has lasted. */
static bool overloaded(const tw_eval *e, int i, int state, double *const *z) {
  double load = inverting(state) ? TW_RE(load_of(e, i)) : 0.0, first = TW_RE(e->p[P_LONG][i]), second = TW_RE(e->p[P_SHORT][i]);
  z[Z_LONG][i] = hold(e, z[Z_LONG][i], load >= first * (1.0 - reach), load <= LEVEL_ENDS * first * (1.0 + reach));
  z[Z_SHORT][i] = hold(e, z[Z_SHORT][i], load >= second * (1.0 - reach), load <= LEVEL_ENDS * second * (1.0 + reach));
  return load >= TW_RE(e->p[P_MOST][i]) * (1.0 - reach) || passed(e, z[Z_LONG][i], TW_RE(e->p[P_T_LONG][i])) ||
         passed(e, z[Z_SHORT][i], TW_RE(e->p[P_T_SHORT][i]));
}

/* Whether it could be back for t_return: from the static bypass to the inverter, from on-line to eco. */
static bool calm(const tw_eval *e, int i, int state, place bypass, double *const *z) {
  bool eco = state == ON_LINE && home_of(TW_RE(e->p[P_MODE][i])) == ECO;
  double load = state == STATIC_BYPASS ? TW_RE(load_of(e, i)) : 0.0;
  bool begins = eco ? bypass.back : state == STATIC_BYPASS && !failed(e, i) && load <= CALM * (1.0 + reach);
  bool ends = eco ? bypass.lost : state != STATIC_BYPASS || failed(e, i) || load >= CALM_ENDS * (1.0 - reach);
  z[Z_CALM][i] = hold(e, z[Z_CALM][i], begins, ends);
  return passed(e, z[Z_CALM][i], TW_RE(e->p[P_T_RETURN][i]));
}

static int next_state(const tw_eval *e, int i, int state, double *const *z) {
  int home = home_of(TW_RE(e->p[P_MODE][i]));
  if (home == BYPASS || home == OFF) return home;
  double u = TW_RE(input_level(e, i));
  place input = place_in(u, window_of(e, i, P_VMIN, P_VMAX)), bypass = place_in(u, window_of(e, i, P_BYP_MIN, P_BYP_MAX));
  if (!has_battery(e, i)) input = (place){false, true};
  bool over = e->at_rest || e->t >= z[Z_SINCE][i] + delay_of(e, i, state) * (1.0 - 1e-6);
  bool empty = has_battery(e, i) && TW_RE(e->x[E][i] / e->p[D_FULL][i]) <= reach, quiet = calm(e, i, state, bypass, z);
  int battery = empty ? EMPTY : ON_BATTERY, up = home == ECO && bypass.back ? ECO : ON_LINE;
  int path = bypass.lost ? LOST : e->at_rest || !(delay_of(e, i, TO_BYPASS) > 0.0) ? STATIC_BYPASS : TO_BYPASS;
  if (overloaded(e, i, state, z) || (failed(e, i) && inverting(state))) return path;
  int inverter = failed(e, i) ? LOST : input.lost ? battery : ON_LINE;
  switch (state) {
    case ECO: return home != ECO ? inverter : !bypass.lost ? ECO : failed(e, i) || e->at_rest ? inverter : TRANSFER;
    case TRANSFER: return bypass.back ? up : over ? inverter : TRANSFER;
    case ON_LINE: return input.lost ? battery : home == ECO && quiet ? ECO : ON_LINE;
    case ON_BATTERY: return input.back ? (e->at_rest ? up : RETURNING) : battery;
    case RETURNING: return input.lost ? battery : empty ? up : over ? WALK_IN : RETURNING;
    case WALK_IN: return input.lost ? battery : empty || over ? up : WALK_IN;
    case EMPTY: return input.back ? (e->at_rest ? up : RESTARTING) : EMPTY;
    case RESTARTING: return input.lost ? EMPTY : over ? up : RESTARTING;
    case TO_BYPASS: return bypass.lost ? LOST : over ? STATIC_BYPASS : TO_BYPASS;
    case STATIC_BYPASS: return bypass.lost ? LOST : quiet ? up : STATIC_BYPASS;
    case LOST: return bypass.back ? STATIC_BYPASS : LOST;
    default: return failed(e, i) ? path : input.lost ? battery : home == ECO && !bypass.lost ? ECO : ON_LINE;
  }
}

int tw_ups_react(const tw_eval *e, double *const *z) {
  int changed = 0;
  for (int i = 0; i < e->n; i++) {
    const double was[] = {z[Z_LONG][i], z[Z_SHORT][i], z[Z_CALM][i]};
    int state = (int)lround(z[Z_STATE][i]), next = next_state(e, i, state, z);
    bool other = next != state;
    for (int k = 0; k < TW_COUNT(was); k++) other = other || z[Z_LONG + k][i] != was[k];
    changed += other;
    if (next == state) continue;
    z[Z_STATE][i] = next;
    z[Z_SINCE][i] = e->at_rest ? LONG_AGO : e->t;
    z[Z_LONG][i] = z[Z_SHORT][i] = z[Z_CALM][i] = NEVER;
  }
  return changed;
}
