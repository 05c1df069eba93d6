#include "psu.h"

/* ---- input ---------------------------------------------------------------------------------------------------------------- */

static tw_real input_level(const tw_eval *e, int i) {
  tw_real vr = e->x[VR][i], vi = e->x[VI][i];
  return vr * vr + vi * vi;
}

/* So low that no current flows to speak of: what it is asked for says nothing then. */
static bool dead(const tw_eval *e, int i, double u) { return u < DEAD * TW_RE(e->p[D_U_OFF][i]); }

/* Output power that the bus asks for over what the input carries. */
static tw_real output_load(const tw_eval *e, int i) {
  tw_supply s = supply_of(e, i, false, INFINITY);
  return e->x[OUT][i] * tw_supply_current(&s, e->x[OUT][i]).v /
         input_most(e, i, input_level(e, i), e->p[P_RATED][i] * e->p[D_X_MOST][i]).v;
}

/* What is asked of the input, recharging included, over what its current limit gives. */
static tw_real input_load(const tw_eval *e, int i) {
  return unit_at(e, i, false).w.P / input_most(e, i, input_level(e, i), e->p[D_MOST][i]).v;
}

static bool has_bulk(const tw_eval *e, int i) { return TW_RE(e->p[D_FULL][i] * e->p[D_ON][i]) > 0.0; }

/* Where its input is too low: only then the bulk capacitor locks out. Above, the input goes on to carry what it can. */
static bool sags(const tw_eval *e, int i) { return is_cut_off(e, i) || e->z[Z_DIP][i] > NOT_LOW; }

/* The end of a dip, that of the wait in it, its load, the end of the capacitor: rows 7 to 10. */
static void input_events(const tw_eval *e, int i, tw_real *const *g) {
  int input = input_of(e, i);
  double dip = e->z[Z_DIP][i];
  bool on = TW_RE(e->p[D_ON][i]) > 0.5, low = dip > NOT_LOW, bulk = has_bulk(e, i);
  tw_real u = input_level(e, i), off = e->p[D_U_OFF][i], out = output_load(e, i), x = bulk ? input_load(e, i) : out;
  g[7][i] = !on ? -1.0 : input == IN_OFF ? u / e->p[D_U_ON][i] - 1.0 : low ? u / (DIP_ENDS * off) - 1.0 : 1.0 - u / off;
  g[8][i] = on && low && input != IN_OFF ? e->t - dip - TW_RE(e->p[P_T_BROWN][i]) : -1.0;
  bool told = on && input != IN_OFF && !dead(e, i, TW_RE(u));
  g[9][i] = !told ? -1.0 : input == IN_FULL ? x - LIMITED_FROM : LIMITED_TO - (input == IN_HELD ? out : x);
  bool empty = TW_RE(charge(e, i)) <= WINDOW;
  g[10][i] = input != IN_LIMITED || low ? -1.0 : empty ? out - LIMITED_FROM : WINDOW - charge(e, i);
}

/* An event is located to within this share, or K. */
#define REACH 1e-9
#define REACH_T 1e-6

/* In a steady state a capacitor has given what it had. */
static double next_load(const tw_eval *e, int i, int input) {
  if (dead(e, i, TW_RE(input_level(e, i))) && input != IN_OFF) return input;
  double out = TW_RE(output_load(e, i)), x = TW_RE(input_load(e, i));
  bool exhausted = !has_bulk(e, i) || e->at_rest || (!sags(e, i) && TW_RE(charge(e, i)) <= WINDOW + REACH);
  if (input == IN_HELD ? out > LIMITED_TO + REACH : exhausted && out >= LIMITED_FROM - REACH) return IN_HELD;
  if (!has_bulk(e, i) || e->at_rest) return IN_FULL;
  return x >= LIMITED_FROM - REACH || (input == IN_LIMITED && x > LIMITED_TO + REACH) ? IN_LIMITED : IN_FULL;
}

static double next_input(const tw_eval *e, int i, int input, double *dip) {
  double u = TW_RE(input_level(e, i)), off = TW_RE(e->p[D_U_OFF][i]);
  bool on = TW_RE(e->p[D_ON][i]) > 0.5;
  if (on && input == IN_OFF && u < TW_RE(e->p[D_U_ON][i]) * (1.0 - REACH)) return IN_OFF;
  if (!on || u >= DIP_ENDS * off * (1.0 - REACH)) *dip = NOT_LOW;
  else if (!(*dip > NOT_LOW) && u <= off * (1.0 + REACH)) *dip = e->t;
  bool over = *dip > NOT_LOW && (e->at_rest || e->t >= *dip + TW_RE(e->p[P_T_BROWN][i]) * (1.0 - 1e-6));
  if (over) *dip = NOT_LOW;
  return !on ? IN_FULL : over ? IN_OFF : next_load(e, i, input);
}

/* ---- output --------------------------------------------------------------------------------------------------------------- */

void tw_psu_events(const tw_eval *e, tw_real *const *g) {
  for (int i = 0; i < e->n; i++) {
    bool limit = !isnan(TW_RE(e->p[P_ILIMIT][i])), may = TW_RE(e->p[D_ON][i]) > 0.5 && !isnan(TW_RE(e->p[P_SPARE_BELOW][i]));
    tw_real x = asked(e, i, e->p[P_ILIMIT][i]), share = asked(e, i, e->p[D_I][i]), below = e->p[P_SPARE_BELOW][i];
    double low = e->z[Z_LOW][i];
    int state = (int)lround(e->z[Z_STATE][i]);
    bool spare = is_spare(e, i), is_low = low > NOT_LOW;
    bool off = is_out(e, i), empty = is_empty(e, i);
    g[0][i] = limit && state == ON ? x - LIMITED_FROM : -1.0;
    g[1][i] = limit && state == LIMITED ? LIMITED_TO - x : -1.0;
    g[2][i] = !may || off ? -1.0 : spare ? share - e->p[P_SPARE_ABOVE][i] : is_low ? share - LOW_ENDS * below : below - share;
    g[3][i] = may && !spare && !off && is_low ? e->t - low - TW_RE(e->p[P_T_SPARE][i]) : -1.0;
    g[4][i] = (!off || empty) && !isnan(TW_RE(e->p[P_T_TRIP][i])) ? e->x[HEAT][i] - e->p[P_T_TRIP][i] : -1.0;
    g[6][i] = isnan(TW_RE(e->p[P_V_DROP][i])) ? -1.0 : e->z[Z_DROP][i] > 0.5 ? charge(e, i) - RESTART : HALF - charge(e, i);
    g[5][i] = empty ? charge(e, i) - RESTART : off || !sags(e, i) ? -1.0 : LOCKOUT - charge(e, i);
    input_events(e, i, g);
  }
}

static double next_state(const tw_eval *e, int i, double state, double *low) {
  double x = TW_RE(asked(e, i, e->p[P_ILIMIT][i])), share = TW_RE(asked(e, i, e->p[D_I][i]));
  double below = TW_RE(e->p[P_SPARE_BELOW][i]), above = TW_RE(e->p[P_SPARE_ABOVE][i]);
  bool may = !isnan(below) && TW_RE(e->p[D_ON][i]) > 0.5;
  bool empty = state > TRIPPED + 0.5, out = state > SPARE + 0.5 && !empty;
  if (out || TW_RE(e->x[HEAT][i]) >= TW_RE(e->p[P_T_TRIP][i]) - REACH_T) return TRIPPED;
  if (empty ? TW_RE(charge(e, i)) < RESTART - REACH : !e->at_rest && sags(e, i) && TW_RE(charge(e, i)) <= LOCKOUT + REACH) {
    *low = NOT_LOW;
    return EMPTY; /* a steady state has g = 0 there, which is the same */
  }
  if (empty) state = ON;
  if (may && state > SPARE - 0.5 && share < above * (1.0 - REACH)) return SPARE;
  if (!may || state > SPARE - 0.5 || share >= LOW_ENDS * below * (1.0 - REACH)) *low = NOT_LOW;
  else if (!(*low > NOT_LOW) && share <= below * (1.0 + REACH)) *low = e->t;
  bool over = *low > NOT_LOW && (e->at_rest || e->t >= *low + TW_RE(e->p[P_T_SPARE][i]) * (1.0 - 1e-6));
  if (over) *low = NOT_LOW;
  if (over) return SPARE;
  if (e->z[Z_INPUT][i] > 0.5) return is_cut_off(e, i) ? INPUT_OFF : INPUT_LIMITED;
  if (x >= LIMITED_FROM - REACH) return LIMITED;
  return fabs(state - LIMITED) < 0.5 && x > LIMITED_TO + REACH ? LIMITED : ON;
}

int tw_psu_react(const tw_eval *e, double *const *z) {
  int changed = 0;
  for (int i = 0; i < e->n; i++) {
    double state = z[Z_STATE][i], low = z[Z_LOW][i], input = z[Z_INPUT][i], dip = z[Z_DIP][i];
    z[Z_INPUT][i] = next_input(e, i, (int)lround(input), &z[Z_DIP][i]);
    z[Z_STATE][i] = next_state(e, i, state, &z[Z_LOW][i]);
    double c = TW_RE(charge(e, i)), drop = z[Z_DROP][i];
    if (!isnan(TW_RE(e->p[P_V_DROP][i])) && !e->at_rest) z[Z_DROP][i] = drop > 0.5 ? c < RESTART - REACH : c <= HALF + REACH;
    bool inside = z[Z_INPUT][i] != input || z[Z_DIP][i] != dip;
    changed += inside || z[Z_STATE][i] != state || z[Z_LOW][i] != low || z[Z_DROP][i] != drop;
  }
  return changed;
}
