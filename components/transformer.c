#include "ac.h"

/* Two-winding transformer, balanced operation. No-load branch at the primary terminals, series impedance on the primary
 * side, then the ideal ratio, so that the load loss at rated load current is Pk.
 *
 * Short-circuit data (IEC 60076-1:2011, 11.4): R = Pk U1^2 / S^2 at T_ref, |Z| = u_k U1^2 / S, X^2 = Z^2 - R^2.
 * No-load loss P0 is proportional to (primary voltage / turns)^2 (Steinmetz exponent 2), the magnetising current I0 to it.
 * Temperature (IEC 60076-1:2011, annex E): the ohmic part of the load loss rises with (k + T) / (k + T_ref), the stray part falls
 * with its inverse; k = 235 K for copper, 225 K for aluminium, temperatures in degC.
 * One thermal node stands for winding and core: heat_capacity dT/dt = P0 + Pk - (T - T_heat) / R_th.
 * The vector group is ignored: both sides are in phase. Valid at rated frequency; saturation is not modelled. */

enum { P_S, P_U1, P_U2, P_P0, P_I0, P_PK, P_UK, P_R, P_X, P_TREF, P_STRAY, P_METAL, P_TAP, P_RTH, P_RISE, P_C, P_TAU, P_LMAX,
       P_TMAX, P_PHASES, N_P, D_A = N_P, D_RO, D_RS, D_X, D_K, D_TREF, D_G0, D_B0, D_GTH, D_C, D_I2, D_V2, D_END };
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
    {"R_th", "K/W", NULL, TW_NUMBER, 1e-9, 1e3, TW_P_OPTIONAL,
     "thermal resistance winding to surroundings; rated_rise over rated loss when absent", NULL, NULL, NULL},
    {"rated_rise", "delta K", "65 K", TW_NUMBER, 0, 200, 0, "mean winding rise at rated load", "IEC 60076-2, 6.2", NULL, NULL},
    {"heat_capacity", "J/K", NULL, TW_NUMBER, 1, 1e12, TW_P_OPTIONAL, "heat capacity; time_constant over R_th when absent", NULL,
     NULL, NULL},
    {"time_constant", "s", "2 h", TW_NUMBER, 1, 1e6, 0, "thermal time constant", NULL, NULL, NULL},
    {"loading_max", "1", "1", TW_NUMBER, 0, 10, 0, "permitted load current over rated current", NULL, NULL, NULL},
    {"T_max", "K", NULL, TW_NUMBER, 250, 600, TW_P_OPTIONAL, "permitted winding temperature", NULL, NULL, NULL},
    TW_PARAM_PHASES,
    {0}};
enum { AR, AI, BR, BI, HEAT, T };
static const tw_port ports[] = {
    {"primary", TW_AC, TW_R_FEED_IN, 0, NULL, NULL, "primary terminals"},
    {"secondary", TW_AC, TW_R_FEED_OUT, 0, NULL, NULL, "secondary terminals"},
    {"heat", TW_HEAT, TW_R_OPTIONAL, 0, NULL, NULL, "where its losses go"},
    {0}};
static const tw_unknown unknowns[] = {
    {"T", "K", true, 350, 200, 700, "winding temperature"},
    {0}};
static const tw_row rows[] = {{"energy", "W", 1e3, 1e-6}, {0}};
enum { O_L0, O_LK, O_LOADING, O_REG, O_P1, O_Q1, O_P2, O_ETA, O_I1, O_I2, O_U2, O_T };
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
    {"T", "K", TW_Q_TEMPERATURE, TW_L_NONE, "winding temperature"},
    {0}};
static const tw_limit limits[] = {
    {"loading", "loading_max", TW_AT_MOST, "rated current"},
    {"T", "T_max", TW_AT_MOST, "winding temperature"},
    {0}};
static const tw_stamp stamps[] = {
    {AR, AR}, {AR, AI}, {AR, BR}, {AR, BI}, {AI, AR}, {AI, AI}, {AI, BR}, {AI, BI}, {BR, AR}, {BR, AI}, {BR, BR}, {BR, BI},
    {BI, AR}, {BI, AI}, {BI, BR}, {BI, BI}, {AR, T}, {AI, T}, {BR, T}, {BI, T}, {HEAT, HEAT}, {HEAT, T},
    {T, AR}, {T, AI}, {T, BR}, {T, BI}, {T, HEAT}, {T, T}};

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
    if (wrong) {
      d->fail(d->ctx, i, wrong - 1, why);
      return 1;
    }
    tw_real rated_loss = P0 + R * S * S / (U1 * U1), stray = d->p[P_STRAY][i];
    d->p[D_A][i] = d->p[P_TAP][i] * U1 / U2;
    d->p[D_RO][i] = R * (1.0 - stray);
    d->p[D_RS][i] = R * stray;
    d->p[D_X][i] = X;
    d->p[D_K][i] = (TW_RE(d->p[P_METAL][i]) < 0.5 ? 235.0 : 225.0) - TW_ZERO_CELSIUS;
    d->p[D_TREF][i] = d->p[P_TREF][i];
    tw_real W = d->p[P_TAP][i] * U1; /* rated flux at this primary voltage */
    d->p[D_G0][i] = P0 / (W * W);
    d->p[D_B0][i] = isnan(TW_RE(d->p[P_I0][i])) || TW_RE(q2) <= 0.0 ? 0.0 : -tw_sqrt(q2) / (W * W);
    bool has_R_th = !isnan(TW_RE(d->p[P_RTH][i])), has_rise = TW_RE(rated_loss) > 0.0 && TW_RE(d->p[P_RISE][i]) > 0.0;
    d->p[D_GTH][i] = has_R_th ? 1.0 / d->p[P_RTH][i] : has_rise ? rated_loss / d->p[P_RISE][i] : 1e3;
    d->p[D_C][i] = isnan(TW_RE(d->p[P_C][i])) ? d->p[P_TAU][i] * d->p[D_GTH][i] : d->p[P_C][i];
    d->p[D_I2][i] = S * tw_ac_neutral(d->p[P_PHASES][i]) / U2;
    d->p[D_V2][i] = U2 * tw_ac_neutral(d->p[P_PHASES][i]);
  }
  return tw_ac_check_phases(d, P_PHASES);
}

static void start(const tw_start *s) {
  for (int i = 0; i < s->n; i++) {
    s->x[AR][i] = s->p[P_U1][i] * tw_ac_neutral(s->p[P_PHASES][i]);
    s->x[BR][i] = s->p[P_U2][i] * tw_ac_neutral(s->p[P_PHASES][i]);
    s->x[AI][i] = s->x[BI][i] = 0.0;
    s->x[T][i] = 320.0;
  }
}

typedef struct { tw_real a, n, dr, di, yr, yi, ir, ii, R, dR; } state;

static state at(const tw_eval *e, int i) {
  state s;
  s.a = e->p[D_A][i];
  s.n = e->p[P_PHASES][i];
  s.dr = e->x[AR][i] - s.a * e->x[BR][i];
  s.di = e->x[AI][i] - s.a * e->x[BI][i];
  tw_real K = e->p[D_K][i], hot = (K + e->x[T][i]) / (K + e->p[D_TREF][i]), X = e->p[D_X][i];
  s.R = e->p[D_RO][i] * hot + e->p[D_RS][i] / hot;
  s.dR = (e->p[D_RO][i] - e->p[D_RS][i] / (hot * hot)) / (K + e->p[D_TREF][i]);
  tw_real z2 = s.R * s.R + X * X;
  s.yr = s.R / z2;
  s.yi = -X / z2;
  s.ir = s.yr * s.dr - s.yi * s.di;
  s.ii = s.yi * s.dr + s.yr * s.di;
  return s;
}

static void jacobian(const tw_eval *e, int i, const state *s) {
  double a = TW_RE(s->a), n = TW_RE(s->n), g = TW_RE(s->yr), b = TW_RE(s->yi), g0 = TW_RE(e->p[D_G0][i]),
      b0 = TW_RE(e->p[D_B0][i]);
  double G = g + g0, B = b + b0, ag = a * g, ab = a * b, g2 = a * ag, b2 = a * ab;
  double y[4][4] = {{G, -B, -ag, ab}, {B, G, -ab, -ag}, {-ag, ab, g2, -b2}, {-ab, -ag, b2, g2}};
  for (int k = 0; k < 16; k++) e->j[k][i] = y[k / 4][k % 4];
  double tr = TW_RE(-s->dR * (s->yr * s->ir - s->yi * s->ii)), ti = TW_RE(-s->dR * (s->yi * s->ir + s->yr * s->ii));
  e->j[16][i] = tr; /* dI/dT = -R' Y I */
  e->j[17][i] = ti;
  e->j[18][i] = -a * tr;
  e->j[19][i] = -a * ti;
  double gth = TW_RE(e->p[D_GTH][i]), dr = TW_RE(s->dr), di = TW_RE(s->di);
  e->j[20][i] = gth;
  e->j[21][i] = -gth;
  e->j[22][i] = -2.0 * n * (g * dr + g0 * TW_RE(e->x[AR][i]));
  e->j[23][i] = -2.0 * n * (g * di + g0 * TW_RE(e->x[AI][i]));
  e->j[24][i] = 2.0 * n * ag * dr;
  e->j[25][i] = 2.0 * n * ag * di;
  e->j[26][i] = -gth;
  e->j[27][i] = e->cj * TW_RE(e->p[D_C][i]) + gth + n * TW_RE(s->dR) * (g * g - b * b) * (dr * dr + di * di);
}

static void eval(const tw_eval *e) {
  for (int i = 0; i < e->n; i++) {
    state s = at(e, i);
    tw_real g0 = e->p[D_G0][i], b0 = e->p[D_B0][i], ar = e->x[AR][i], ai = e->x[AI][i];
    tw_real q = e->p[D_GTH][i] * (e->x[T][i] - e->x[HEAT][i]);
    e->f[AR][i] = s.ir + g0 * ar - b0 * ai;
    e->f[AI][i] = s.ii + b0 * ar + g0 * ai;
    e->f[BR][i] = -s.a * s.ir;
    e->f[BI][i] = -s.a * s.ii;
    e->f[HEAT][i] = -q;
    e->f[T][i] = e->p[D_C][i] * e->xd[T][i] + q - s.n * (s.yr * (s.dr * s.dr + s.di * s.di) + g0 * (ar * ar + ai * ai));
    if (e->j) jacobian(e, i, &s);
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
  }
}

static void balance(const tw_eval *e, tw_real *const *b) {
  for (int i = 0; i < e->n; i++) b[TW_B_STORED][i] = e->p[D_C][i] * e->xd[T][i];
}

const tw_type TW_TYPE(transformer) = {
    .element = "transformer", .title = "Transformer", .stage = TW_STAGE_TRANSFORMER,
    .doc = "Two-winding transformer by IEC 60076-1: R = Pk U1^2 / S^2 at T_ref, |Z| = u_k U1^2 / S, ohmic loss rising and "
           "stray loss falling with winding temperature, no-load branch at the primary, proportional to voltage squared. "
           "One thermal node for winding and core. The vector group is ignored: both sides are in phase.",
    .use = "The step from medium voltage: load and no-load loss, voltage drop, winding temperature over the day.",
    .validity = "Balanced, rated frequency, no saturation, no harmonics; one thermal node for winding and core.",
    .source = "IEC 60076-1:2011, 11.4 (short-circuit data) and annex E (temperature correction).",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs, .limits = limits,
    .stamps = stamps, .n_stamps = TW_COUNT(stamps), .n_derived = D_END - N_P, .derive = derive, .start = start, .eval = eval,
    .observe = observe, .balance = balance};
