#include "ac.h"
#include "transformer_thermal.h"

/* Two-winding transformer, balanced operation. No-load branch at the primary terminals, series impedance on the primary
 * side, then the ideal ratio, so that the load loss at rated load current is Pk.
 *
 * Short-circuit data (IEC 60076-1:2011, 11.4): R = Pk U1^2 / S^2 at T_ref, |Z| = u_k U1^2 / S, X^2 = Z^2 - R^2.
 * No-load loss P0 is proportional to (primary voltage / turns)^2 (Steinmetz exponent 2), the magnetising current I0 to it.
 * Temperature (IEC 60076-1:2011, annex E): the ohmic part of the load loss rises with (k + T) / (k + T_ref), the stray part falls
 * with its inverse; k = 235 K for copper, 225 K for aluminium, T the mean winding temperature, in degC.
 *
 * Heat (IEC 60076-7:2018, 8.2.3, with its constants by cooling), K load factor, p = (P0 (U/U1)^2 + Pk K^2) / (P0 + Pk):
 *   k11 tau_o dT_o/dt    = dT_or p^x - (T_o - T_a)                     top oil
 *   k22 tau_w dg1/dt     = k21 dT_hr K^y - g1,   dT_hr = hot_spot_gradient
 *   (tau_o / k22) dg2/dt = (k21 - 1) dT_hr K^y - g2                    hot spot T_o + g1 - g2
 * p is (1 + R K^2) / (1 + R) of the guide with the core's part following the voltage, so that a dead transformer cools down. The
 * powers are smooth at 0 (less than 0.02 K). Dry types (IEC 60076-12:2008, 5.3): T_o is the winding's hot spot, dT_or its rated
 * rise rated_rise + hot_spot_gradient, p = K^2, x = q / 2, and no gradient is left.
 * Mean winding temperature: T_a + (rated_rise - g_r) / dT_or (T_o - T_a) + (g1 - g2) / H, g_r = dT_hr / H: at rated load
 * T_a + rated_rise; dry: g_r = 0.
 *
 * Energy: the guides give temperatures, not heat flows. What they imply is the heat capacity C = k11 tau_o P_r / dT_or (P_r: P0 +
 * Pk, dry: Pk), in which the winding's is contained, and C dT_o/dt is stored; the surroundings get all other loss. So energy is
 * conserved and steady heat is exact; while the oil warms, x < 1 makes the heat given off differ from that of an equally warm
 * steady transformer by up to 0.082 P_r.
 * Ageing: dlife/dt = V(hot spot), a stock. The vector group is ignored: both sides are in phase. Valid at rated frequency;
 * saturation is not modelled. */

enum { P_S, P_U1, P_U2, P_P0, P_I0, P_PK, P_UK, P_R, P_X, P_TREF, P_STRAY, P_METAL, P_TAP, P_COOLING, P_INSULATION, P_RISE, P_OIL,
       P_HOT, P_H, P_TAU, P_LMAX, P_TMAX, P_OILMAX, P_HOTMAX, P_PHASES, N_P, D_A = N_P, D_RO, D_RS, D_X, D_K, D_TREF, D_G0, D_B0,
       D_I2, D_V2, D_KI, D_PV, D_PI, D_DTO, D_PX, D_TAUO, D_GO, D_G1, D_G2, D_KY, D_TAU1, D_TAU2, D_MO, D_MG, D_WET, D_AGEB,
       D_AGET, D_END };
/* Figures of these tables were written down from memory. */
#define RECALLED ", recalled, to be checked against the standard"
static const tw_param params[] = {
    {"S_rated", "VA", NULL, TW_NUMBER, 1, 1e10, 0, "rated power", NULL, NULL, NULL},
    {"U_primary", "V", NULL, TW_NUMBER, 1, 1e6, 0, "rated primary voltage, line-to-line", NULL, NULL, NULL},
    {"U_secondary", "V", NULL, TW_NUMBER, 1, 1e6, 0, "rated secondary voltage at no load, line-to-line", NULL, NULL, NULL},
    {"P0", "W", NULL, TW_NUMBER, 0, 1e8, 0, "no-load loss at rated voltage", NULL, NULL, NULL},
    {"I0", "1", NULL, TW_NUMBER, 0, 0.5, TW_P_OPTIONAL, "no-load current over rated current; only the loss when absent", NULL,
     NULL,
     NULL},
    {"Pk", "W", NULL, TW_NUMBER, 0, 1e9, TW_P_OPTIONAL, "load loss at rated current and T_ref", NULL, NULL, NULL},
    {"u_k", "1", NULL, TW_NUMBER, 0, 0.5, TW_P_OPTIONAL, "short-circuit impedance over rated impedance", NULL, NULL, NULL},
    {"R", "ohm", NULL, TW_NUMBER, 0, 1e6, TW_P_OPTIONAL, "series resistance at T_ref, primary side, instead of Pk", NULL, NULL,
     NULL},
    {"X", "ohm", NULL, TW_NUMBER, 0, 1e6, TW_P_OPTIONAL, "series reactance, primary side, instead of u_k", NULL, NULL, NULL},
    {"T_ref", "K", "75 degC", TW_NUMBER, 250, 500, 0, "temperature of Pk or R", "IEC 60076-1", NULL, NULL},
    {"stray_fraction", "1", "0", TW_NUMBER, 0, 0.9, 0, "stray share of the load loss at T_ref", NULL, NULL, NULL},
    {"conductor", "1", "copper", TW_ENUM, 0, 1, 0, "winding metal", NULL, "copper|aluminium", NULL},
    {"tap", "1", "1", TW_NUMBER, 0.5, 1.5, TW_P_TIMED, "primary turns over rated primary turns", NULL, NULL, NULL},
    {"cooling", "1", "distribution", TW_ENUM, 0, 9, 0,
     "distribution (ONAN) or medium and large power transformer by cooling and oil circulation; AN, AF: dry type",
     "IEC 60076-7:2018, table 4; IEC 60076-12:2008, 5.3" RECALLED, TW_COOLING_WORDS, NULL},
    {"insulation", "1", "normal", TW_ENUM, 0, 8, 0, "paper in oil, normal or thermally upgraded; thermal class of a dry type",
     "IEC 60076-7:2018, 6.3; IEC 60076-12:2008, table 1" RECALLED, TW_INSULATION_WORDS, NULL},
    {"rated_rise", "delta K", NULL, TW_NUMBER, 0, 200, TW_P_OPTIONAL,
     "mean winding rise at rated load; when absent 65 K (OD 70 K), of a dry type that of its class",
     "IEC 60076-2:2011, table 1; IEC 60076-11:2018, table 2" RECALLED, NULL, NULL},
    {"top_oil_rise", "delta K", NULL, TW_NUMBER, 0, 200, TW_P_OPTIONAL, "top oil rise at rated load; 60 K when absent",
     "IEC 60076-2:2011, table 1" RECALLED, NULL, NULL},
    {"hot_spot_gradient", "delta K", NULL, TW_NUMBER, 0, 200, TW_P_OPTIONAL,
     "hot spot over top oil at rated load, of a dry type over the mean winding; when absent 18 K, of a dry type by class: "
     "rated hot spot less 20 degC less mean rise", "IEC 60076-2:2011, table 1; IEC 60076-12:2008, table 1" RECALLED, NULL,
     NULL},
    {"hot_spot_factor", "1", NULL, TW_NUMBER, 1, 3, TW_P_OPTIONAL,
     "hot-spot gradient over mean winding gradient; when absent 1.1 (distribution) or 1.3", "IEC 60076-7:2018" RECALLED,
     NULL, NULL},
    {"time_constant", "s", NULL, TW_NUMBER, 1, 1e6, TW_P_OPTIONAL,
     "time constant of the oil, by cooling when absent; of a dry type's winding, to be given", "IEC 60076-7:2018, table 4" RECALLED, NULL,
     NULL},
    {"loading_max", "1", "1", TW_NUMBER, 0, 10, 0, "permitted load current over rated current", NULL, NULL, NULL},
    {"T_max", "K", NULL, TW_NUMBER, 250, 600, TW_P_OPTIONAL, "permitted mean winding temperature", NULL, NULL, NULL},
    {"T_top_oil_max", "K", NULL, TW_NUMBER, 250, 600, TW_P_OPTIONAL, "permitted top oil temperature", NULL, NULL, NULL},
    {"T_hot_spot_max", "K", NULL, TW_NUMBER, 250, 600, TW_P_OPTIONAL, "permitted hot spot", NULL, NULL, NULL},
    TW_PARAM_PHASES,
    {0}};
enum { AR, AI, BR, BI, HEAT, T, OIL, G1, G2, LIFE };
static const tw_port ports[] = {
    {"primary", TW_AC, TW_R_FEED_IN, 0, NULL, NULL, "primary terminals"},
    {"secondary", TW_AC, TW_R_FEED_OUT, 0, NULL, NULL, "secondary terminals"},
    {"heat", TW_HEAT, TW_R_OPTIONAL, 0, NULL, NULL, "where its losses go"},
    {0}};
static const tw_unknown unknowns[] = {
    {"T", "K", false, 350, 200, 700, "mean winding temperature"},
    {"T_oil", "K", true, 350, 200, 700, "top oil, or the hot spot of a dry type"},
    {"g1", "K", true, 50, -500, 1000, "hot-spot gradient, winding's part"},
    {"g2", "K", true, 50, -500, 1000, "hot-spot gradient, oil's part, subtracted"},
    {"life_used", "s", TW_STOCK, 60, 0, 1e15, "life used up since the start, as time at the rated hot spot"},
    {0}};
static const tw_row rows[] = {{"winding", "K", 10, 1e-8},
                              {"oil", "K", 10, 1e-8},
                              {"gradient_1", "K", 10, 1e-8},
                              {"gradient_2", "K", 10, 1e-8},
                              {"ageing", "1", 1, 1e-9},
                              {0}};
enum { O_L0, O_LK, O_LOADING, O_REG, O_P1, O_Q1, O_P2, O_ETA, O_I1, O_I2, O_U2, O_T, O_OIL, O_HOT, O_AGE, O_LIFE };
static const tw_quantity outputs[] = {
    {"loss_no_load", "W", TW_Q_LOSS, TW_L_MAGNETIC, "core loss"},
    {"loss_load", "W", TW_Q_LOSS, TW_L_CONDUCTION, "ohmic and stray loss of the windings"},
    {"loading", "1", TW_Q_PLAIN, TW_L_NONE, "secondary current over rated current"},
    {"regulation", "1", TW_Q_PLAIN, TW_L_NONE, "voltage lost against no load, over rated secondary voltage"},
    {"p_in", "W", TW_Q_PLAIN, TW_L_NONE, "active power in at the primary"},
    {"q_in", "var", TW_Q_PLAIN, TW_L_NONE, "reactive power in at the primary"},
    {"p_out", "W", TW_Q_PLAIN, TW_L_NONE, "active power out at the secondary"},
    {"efficiency", "1", TW_Q_PLAIN, TW_L_NONE, "power out over power in, 0 without power"},
    {"i_primary", "A", TW_Q_PLAIN, TW_L_NONE, "primary line current, rms"},
    {"i_secondary", "A", TW_Q_PLAIN, TW_L_NONE, "secondary line current, rms"},
    {"v_secondary", "V", TW_Q_PLAIN, TW_L_NONE, "secondary voltage, line-to-line"},
    {"T", "K", TW_Q_TEMPERATURE, TW_L_NONE, "mean winding temperature"},
    {"T_top_oil", "K", TW_Q_PLAIN, TW_L_NONE, "top oil; of a dry type the temperature around it"},
    {"T_hot_spot", "K", TW_Q_PLAIN, TW_L_NONE, "hot spot of the winding"},
    {"ageing_rate", "1", TW_Q_PLAIN, TW_L_NONE, "ageing of the insulation at this hot spot over that at the rated one"},
    {"life_used", "s", TW_Q_PLAIN, TW_L_NONE, "life used up since the start, as time at the rated hot spot"},
    {0}};
static const tw_limit limits[] = {
    {"loading", "loading_max", TW_AT_MOST, "rated current"},
    {"T", "T_max", TW_AT_MOST, "mean winding temperature"},
    {"T_top_oil", "T_top_oil_max", TW_AT_MOST, "top oil temperature"},
    {"T_hot_spot", "T_hot_spot_max", TW_AT_MOST, "hot spot of the winding"},
    {0}};
static const tw_stamp stamps[] = {
    {AR, AR}, {AR, AI}, {AR, BR}, {AR, BI}, {AI, AR}, {AI, AI}, {AI, BR}, {AI, BI}, {BR, AR}, {BR, AI}, {BR, BR}, {BR, BI},
    {BI, AR}, {BI, AI}, {BI, BR}, {BI, BI}, {AR, T}, {AI, T}, {BR, T}, {BI, T},
    {HEAT, AR}, {HEAT, AI}, {HEAT, BR}, {HEAT, BI}, {HEAT, T}, {HEAT, HEAT}, {HEAT, OIL},
    {T, HEAT}, {T, T}, {T, OIL}, {T, G1}, {T, G2},
    {OIL, AR}, {OIL, AI}, {OIL, BR}, {OIL, BI}, {OIL, T}, {OIL, HEAT}, {OIL, OIL},
    {G1, AR}, {G1, AI}, {G1, BR}, {G1, BI}, {G1, T}, {G1, G1}, {G2, AR}, {G2, AI}, {G2, BR}, {G2, BI}, {G2, T}, {G2, G2},
    {LIFE, OIL}, {LIFE, G1}, {LIFE, G2}, {LIFE, LIFE}};

/* Resistance at T_ref and reactance, primary side. Returns 0 or the parameter (+ 1) that is wrong. */
static int short_circuit(const tw_derive *d, int i, tw_real *R, tw_real *X, const char **why) {
  tw_real S = d->p[P_S][i], U = d->p[P_U1][i], Pk = d->p[P_PK][i], uk = d->p[P_UK][i];
  bool has_R = !isnan(TW_RE(d->p[P_R][i])), has_X = !isnan(TW_RE(d->p[P_X][i]));
  bool has_Pk = !isnan(TW_RE(Pk)), has_uk = !isnan(TW_RE(uk));
  *why = "give exactly one of Pk and R";
  if (has_R == has_Pk) return P_PK + 1;
  *why = "give exactly one of u_k and X";
  if (has_X == has_uk) return P_UK + 1;
  *R = has_R ? d->p[P_R][i] : Pk * U * U / (S * S);
  tw_real Z = uk * U * U / S;
  *why = "is less than the resistance that Pk or R implies";
  if (has_uk && TW_RE(Z) < TW_RE(*R)) return P_UK + 1;
  tw_real x2 = Z * Z - *R * *R;
  *X = has_X ? d->p[P_X][i] : TW_RE(x2) > 0.0 ? tw_sqrt(x2) : 0.0;
  *why = "R and X are both zero";
  return TW_RE(*R) + TW_RE(*X) > 0.0 ? 0 : P_X + 1;
}

static tw_real given_or(tw_real given, double otherwise) { return isnan(TW_RE(given)) ? otherwise : given; }

/* Figures of the loading guides for one instance; loss_v and loss_i: rated core and load loss, W. Returns 0 or the parameter
 * (+ 1) that is wrong. */
static int heating(const tw_derive *d, int i, tw_real loss_v, tw_real loss_i, const char **why) {
  int cooling = (int)(TW_RE(d->p[P_COOLING][i]) + 0.5), class = (int)(TW_RE(d->p[P_INSULATION][i]) + 0.5);
  bool dry = cooling >= TW_COOLING_AN, no_tau = isnan(TW_RE(d->p[P_TAU][i]));
  const tw_cooling *c = &tw_coolings[cooling];
  const tw_insulation *n = &tw_insulations[class];
  *why = dry ? "a dry type takes a thermal class: class-105 .. class-220" : "paper in oil is normal or upgraded";
  if (dry != (class > TW_INSULATION_UPGRADED)) return P_INSULATION + 1;
  *why = "a dry type has no standard time constant: give that of its winding";
  if (dry && no_tau) return P_TAU + 1;
  *why = "a dry type has no oil";
  if (dry && !isnan(TW_RE(d->p[P_OIL][i]))) return P_OIL + 1;
  tw_real H = given_or(d->p[P_H][i], c->H), winding = given_or(d->p[P_RISE][i], dry ? n->winding : c->winding);
  tw_real over = given_or(d->p[P_HOT][i], dry ? n->rated - 20.0 - n->winding : c->hot_spot - c->top_oil);
  tw_real oil = dry ? winding + over : given_or(d->p[P_OIL][i], c->top_oil), hot = dry ? 0.0 : over, g = hot / H;
  *why = "is less than the gradient between winding and oil, hot_spot_gradient over hot_spot_factor";
  if (TW_RE(winding) < TW_RE(g)) return P_RISE + 1;
  tw_real rated = dry ? loss_i : loss_v + loss_i, tau = given_or(d->p[P_TAU][i], c->tau_o);
  bool warms = TW_RE(oil) > 0.0, loses = TW_RE(rated) > 0.0;
  d->p[D_PV][i] = !dry && loses ? loss_v / rated : 0.0;
  d->p[D_PI][i] = 1.0 - d->p[D_PV][i];
  d->p[D_DTO][i] = oil;
  d->p[D_PX][i] = c->x;
  d->p[D_TAUO][i] = c->k11 * tau;
  d->p[D_GO][i] = warms ? rated / oil : 0.0;
  d->p[D_G1][i] = c->k21 * hot;
  d->p[D_G2][i] = (c->k21 - 1.0) * hot;
  d->p[D_KY][i] = 0.5 * c->y;
  d->p[D_TAU1][i] = c->k22 * c->tau_w;
  d->p[D_TAU2][i] = tau / c->k22;
  d->p[D_MO][i] = warms ? (winding - g) / oil : 0.0;
  d->p[D_MG][i] = 1.0 / H;
  d->p[D_WET][i] = dry ? 0.0 : 1.0;
  d->p[D_AGEB][i] = n->b;
  d->p[D_AGET][i] = n->rated;
  return 0;
}

static int derive(const tw_derive *d) {
  for (int i = 0; i < d->n; i++) {
    const char *why;
    tw_real R = 0.0, X = 0.0, S = d->p[P_S][i], U1 = d->p[P_U1][i], U2 = d->p[P_U2][i], P0 = d->p[P_P0][i];
    int wrong = short_circuit(d, i, &R, &X, &why);
    tw_real I0 = isnan(TW_RE(d->p[P_I0][i])) ? P0 / S : d->p[P_I0][i], q2 = I0 * I0 * S * S - P0 * P0;
    if (!wrong && TW_RE(I0) * TW_RE(S) < TW_RE(P0) * (1.0 - 1e-9)) {
      why = "is less than the active current of P0";
      wrong = P_I0 + 1;
    }
    if (!wrong) wrong = heating(d, i, P0, R * S * S / (U1 * U1), &why);
    if (wrong) {
      d->fail(d->ctx, i, wrong - 1, why);
      return 1;
    }
    tw_real stray = d->p[P_STRAY][i], N = tw_ac_neutral(d->p[P_PHASES][i]), W = d->p[P_TAP][i] * U1; /* W: rated flux */
    d->p[D_A][i] = W / U2;
    d->p[D_RO][i] = R * (1.0 - stray);
    d->p[D_RS][i] = R * stray;
    d->p[D_X][i] = X;
    d->p[D_K][i] = (TW_RE(d->p[P_METAL][i]) < 0.5 ? 235.0 : 225.0) - TW_ZERO_CELSIUS;
    d->p[D_TREF][i] = d->p[P_TREF][i];
    d->p[D_G0][i] = P0 / (W * W);
    d->p[D_B0][i] = isnan(TW_RE(d->p[P_I0][i])) || TW_RE(q2) <= 0.0 ? 0.0 : -tw_sqrt(q2) / (W * W);
    d->p[D_PV][i] = d->p[D_PV][i] / (W * W * N * N);
    d->p[D_KI][i] = U1 * U1 / (S * S * N * N);
    d->p[D_I2][i] = S * N / U2;
    d->p[D_V2][i] = U2 * N;
  }
  return tw_ac_check_phases(d, P_PHASES);
}

static void start(const tw_start *s) {
  for (int i = 0; i < s->n; i++) {
    s->x[AR][i] = s->p[P_U1][i] * tw_ac_neutral(s->p[P_PHASES][i]);
    s->x[BR][i] = s->p[P_U2][i] * tw_ac_neutral(s->p[P_PHASES][i]);
    s->x[AI][i] = s->x[BI][i] = s->x[G1][i] = s->x[G2][i] = s->x[LIFE][i] = 0.0;
    s->x[T][i] = s->x[OIL][i] = 320.0;
  }
}

/* Electric state, and what heats: loss P, load factor squared k2, oil's source s and gradient's source k with their derivatives
 * to p and k2. */
typedef struct { tw_real a, n, dr, di, u, yr, yi, ir, ii, R, dR, P, y2; tw_vd s, k; } state;

static const double power_width = 1e-4; /* below this p and K^2 the powers become straight lines */

static state at(const tw_eval *e, int i) {
  state s;
  s.a = e->p[D_A][i];
  s.n = e->p[P_PHASES][i];
  tw_real ar = e->x[AR][i], ai = e->x[AI][i], u1 = ar * ar + ai * ai;
  s.dr = ar - s.a * e->x[BR][i];
  s.di = ai - s.a * e->x[BI][i];
  s.u = s.dr * s.dr + s.di * s.di;
  tw_real K = e->p[D_K][i], hot = (K + e->x[T][i]) / (K + e->p[D_TREF][i]), X = e->p[D_X][i];
  s.R = e->p[D_RO][i] * hot + e->p[D_RS][i] / hot;
  s.dR = (e->p[D_RO][i] - e->p[D_RS][i] / (hot * hot)) / (K + e->p[D_TREF][i]);
  s.y2 = 1.0 / (s.R * s.R + X * X);
  s.yr = s.R * s.y2;
  s.yi = -X * s.y2;
  s.ir = s.yr * s.dr - s.yi * s.di;
  s.ii = s.yi * s.dr + s.yr * s.di;
  s.P = s.n * (s.yr * s.u + e->p[D_G0][i] * u1);
  tw_real k2 = e->p[D_KI][i] * s.y2 * s.u, p = e->p[D_PV][i] * u1 + e->p[D_PI][i] * k2;
  s.s = tw_signed_power(p, TW_RE(e->p[D_PX][i]), power_width);
  s.k = tw_signed_power(k2, TW_RE(e->p[D_KY][i]), power_width);
  return s;
}

/* One row per quantity that heats: derivatives to AR, AI, BR, BI, T. */
static void heat_slopes(const tw_eval *e, int i, const state *s, double P[5], double k2[5], double p[5]) {
  double a = TW_RE(s->a), n = TW_RE(s->n), g = TW_RE(s->yr), b = TW_RE(s->yi), g0 = TW_RE(e->p[D_G0][i]), u = TW_RE(s->u);
  double v[2] = {TW_RE(e->x[AR][i]), TW_RE(e->x[AI][i])}, d[2] = {TW_RE(s->dr), TW_RE(s->di)}, y2 = TW_RE(s->y2);
  double ki = TW_RE(e->p[D_KI][i]), pv = TW_RE(e->p[D_PV][i]), pi = TW_RE(e->p[D_PI][i]);
  for (int q = 0; q < 2; q++) {
    P[q] = 2.0 * n * (g * d[q] + g0 * v[q]);
    P[q + 2] = -2.0 * n * a * g * d[q];
    k2[q] = 2.0 * ki * y2 * d[q];
    k2[q + 2] = -a * k2[q];
    p[q] = 2.0 * pv * v[q] + pi * k2[q];
    p[q + 2] = pi * k2[q + 2];
  }
  P[4] = n * TW_RE(s->dR) * (b * b - g * g) * u;
  k2[4] = -2.0 * ki * y2 * TW_RE(s->R) * TW_RE(s->dR) * y2 * u;
  p[4] = pi * k2[4];
}

static void put(double *const **j, int i, double value) { (*(*j)++)[i] = value; }

static void electric_jacobian(const tw_eval *e, int i, const state *s, double *const **j) {
  double a = TW_RE(s->a), g = TW_RE(s->yr), b = TW_RE(s->yi), g0 = TW_RE(e->p[D_G0][i]), b0 = TW_RE(e->p[D_B0][i]);
  double G = g + g0, B = b + b0, ag = a * g, ab = a * b, g2 = a * ag, b2 = a * ab;
  double y[4][4] = {{G, -B, -ag, ab}, {B, G, -ab, -ag}, {-ag, ab, g2, -b2}, {-ab, -ag, b2, g2}};
  for (int k = 0; k < 16; k++) put(j, i, y[k / 4][k % 4]);
  double tr = TW_RE(-s->dR * (s->yr * s->ir - s->yi * s->ii)), ti = TW_RE(-s->dR * (s->yi * s->ir + s->yr * s->ii));
  put(j, i, tr); /* dI/dT = -R' Y I */
  put(j, i, ti);
  put(j, i, -a * tr);
  put(j, i, -a * ti);
}

static tw_real hot_spot(const tw_eval *e, int i) { return e->x[OIL][i] + e->x[G1][i] - e->x[G2][i]; }

static tw_vd ageing(const tw_eval *e, int i) {
  return tw_ageing(TW_RE(e->p[D_AGEB][i]), TW_RE(e->p[D_AGET][i]), hot_spot(e, i));
}

static void thermal_jacobian(const tw_eval *e, int i, const state *s, double *const **j) {
  double P[5], k2[5], p[5], gth = TW_RE(e->p[D_GO][i]), mo = TW_RE(e->p[D_MO][i]), mg = TW_RE(e->p[D_MG][i]), cj = e->cj;
  heat_slopes(e, i, s, P, k2, p);
  double so = TW_RE(e->p[D_DTO][i] * s->s.d), s1 = TW_RE(e->p[D_G1][i] * s->k.d), s2 = TW_RE(e->p[D_G2][i] * s->k.d);
  for (int q = 0; q < 5; q++) put(j, i, gth * so * p[q] - P[q]);
  put(j, i, gth);
  put(j, i, -gth);
  const double winding[] = {mo - 1.0, 1.0, -mo, -mg, mg};
  for (int q = 0; q < 5; q++) put(j, i, winding[q]);
  for (int q = 0; q < 5; q++) put(j, i, -so * p[q]);
  put(j, i, -1.0);
  put(j, i, cj * TW_RE(e->p[D_TAUO][i]) + 1.0);
  for (int q = 0; q < 5; q++) put(j, i, -s1 * k2[q]);
  put(j, i, cj * TW_RE(e->p[D_TAU1][i]) + 1.0);
  for (int q = 0; q < 5; q++) put(j, i, -s2 * k2[q]);
  put(j, i, cj * TW_RE(e->p[D_TAU2][i]) + 1.0);
  double dV = TW_RE(ageing(e, i).d);
  const double ageing[] = {-dV, -dV, dV, cj};
  for (int q = 0; q < 4; q++) put(j, i, ageing[q]);
}

static void eval(const tw_eval *e) {
  for (int i = 0; i < e->n; i++) {
    state s = at(e, i);
    tw_real g0 = e->p[D_G0][i], b0 = e->p[D_B0][i], ar = e->x[AR][i], ai = e->x[AI][i], rise = e->x[OIL][i] - e->x[HEAT][i];
    tw_real warming = e->p[D_DTO][i] * s.s.v - rise; /* k11 tau_o dT_oil/dt */
    e->f[AR][i] = s.ir + g0 * ar - b0 * ai;
    e->f[AI][i] = s.ii + b0 * ar + g0 * ai;
    e->f[BR][i] = -s.a * s.ir;
    e->f[BI][i] = -s.a * s.ii;
    e->f[HEAT][i] = e->p[D_GO][i] * warming - s.P;
    e->f[T][i] = e->x[T][i] - e->x[HEAT][i] - e->p[D_MO][i] * rise - e->p[D_MG][i] * (e->x[G1][i] - e->x[G2][i]);
    e->f[OIL][i] = e->p[D_TAUO][i] * e->xd[OIL][i] - warming;
    e->f[G1][i] = e->p[D_TAU1][i] * e->xd[G1][i] - e->p[D_G1][i] * s.k.v + e->x[G1][i];
    e->f[G2][i] = e->p[D_TAU2][i] * e->xd[G2][i] - e->p[D_G2][i] * s.k.v + e->x[G2][i];
    e->f[LIFE][i] = e->xd[LIFE][i] - ageing(e, i).v;
    if (!e->j) continue;
    double *const *j = e->j;
    electric_jacobian(e, i, &s, &j);
    thermal_jacobian(e, i, &s, &j);
  }
}

static void observe(const tw_eval *e, tw_real *const *out) {
  for (int i = 0; i < e->n; i++) {
    state s = at(e, i);
    tw_real ar = e->x[AR][i], ai = e->x[AI][i], br = e->x[BR][i], bi = e->x[BI][i], g0 = e->p[D_G0][i], b0 = e->p[D_B0][i];
    tw_real ir = s.ir + g0 * ar - b0 * ai, ii = s.ii + b0 * ar + g0 * ai, jr = s.a * s.ir, ji = s.a * s.ii;
    tw_real P1 = s.n * (ar * ir + ai * ii), P2 = s.n * (br * jr + bi * ji), v2 = tw_ac_magnitude(br, bi);
    out[O_L0][i] = s.n * g0 * (ar * ar + ai * ai);
    out[O_LK][i] = s.n * s.R * (s.ir * s.ir + s.ii * s.ii);
    out[O_I1][i] = tw_ac_magnitude(ir, ii);
    out[O_I2][i] = tw_ac_magnitude(jr, ji);
    out[O_LOADING][i] = out[O_I2][i] / e->p[D_I2][i];
    out[O_REG][i] = (tw_ac_magnitude(ar, ai) / s.a - v2) / e->p[D_V2][i];
    out[O_P1][i] = P1;
    out[O_Q1][i] = s.n * (ai * ir - ar * ii);
    out[O_P2][i] = P2;
    out[O_ETA][i] = tw_ratio(P2, P1);
    out[O_U2][i] = v2 / tw_ac_neutral(s.n);
    out[O_T][i] = e->x[T][i];
    out[O_OIL][i] = e->x[HEAT][i] + e->p[D_WET][i] * (e->x[OIL][i] - e->x[HEAT][i]);
    out[O_HOT][i] = hot_spot(e, i);
    out[O_AGE][i] = ageing(e, i).v;
    out[O_LIFE][i] = e->x[LIFE][i];
  }
}

static void balance(const tw_eval *e, tw_real *const *b) {
  for (int i = 0; i < e->n; i++) tw_store(e, b, i, OIL, e->p[D_GO][i] * e->p[D_TAUO][i]);
}

const tw_type TW_TYPE(transformer) = {
    .element = "transformer", .title = "Transformer", .stage = TW_STAGE_TRANSFORMER,
    .doc = "Two-winding transformer by IEC 60076-1: R = Pk U1^2 / S^2 at T_ref, |Z| = u_k U1^2 / S, ohmic loss rising and "
           "stray loss falling with the mean winding temperature, no-load branch at the primary, as voltage squared. "
           "Oil: k11 tau_o dT_o/dt = dT_or p^x - (T_o - T_a); hot spot T_o + g1 - g2 with k22 tau_w dg1/dt = k21 dT_hr K^y - g1 "
           "and (tau_o / k22) dg2/dt = (k21 - 1) dT_hr K^y - g2; p loss over rated loss, K load factor, constants by cooling. "
           "Dry type: hot-spot rise = rated rise K^q, q = 1.6 (AN) or 2 (AF), with the winding's time constant. Ageing: paper in "
           "oil 2^((T - 98)/6) or, upgraded, exp(15000/383 - 15000/(T + 273)); dry exp(b/T_rated - b/T) by class. Stored heat: "
           "k11 tau_o (rated loss) / dT_or per kelvin of the oil. The vector group is ignored: both sides are in phase.",
    .use = "The step from medium voltage: load and no-load loss, voltage drop, top oil, hot spot and ageing over the day.",
    .validity = "Balanced, rated frequency, no saturation, no harmonics. Ageing of paper: hot spot between 80 and 140 degC. "
                "While oil warms or cools, the heat given off is what the guide's equations imply, up to 8 % of the rated loss from "
                "that of an equally warm transformer at rest.",
    .source = "IEC 60076-1:2011, 11.4 (short-circuit data) and annex E (temperature correction); IEC 60076-7:2018, 6.3, 8.2.3 "
              "and table 4; IEC 60076-12:2008, 5.3 and table 1. Figures of the tables (exponents, time constants, rises, ageing) are "
              "recalled and to be checked against the standards before they are cited.",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs, .limits = limits,
    .stamps = stamps, .n_stamps = TW_COUNT(stamps), .n_derived = D_END - N_P, .derive = derive, .start = start, .eval = eval,
    .observe = observe, .balance = balance};
