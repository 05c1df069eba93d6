#include "component.h"
#include "elementary.h"

/* A piece of DC bar between two taps: conductors * rho20 [1 + alpha (T - 20 degC)] L / A + joint (IEC 60028 copper), with its own
 * temperature. Heat leaves over the whole perimeter of each conductor:
 *   natural convection  h = 0.59 k/H Ra^(1/4), laminar, vertical plate of height H = width (McAdams 1954; Incropera 6th ed.
 *                       eq. 9.24), 1e4 < Ra < 1e9;
 *   radiation           eps sigma (T^4 - T_air^4) to surroundings at air temperature.
 * The properties of air at film temperature Tf are powers fitted to Incropera 6th ed. table A.4, 300-400 K, 1 atm:
 * k = 0.0263 (Tf/300)^0.854, nu = 15.89e-6 (Tf/300)^1.784, a = 22.5e-6 (Tf/300)^1.845 (within 0.7 %). With beta = 1/Tf
 *   h = C (dT / H)^(1/4) (Tf/300)^n,  C = 0.59 * 0.0263 (g / (300 nu a))^(1/4),  n = 0.854 - (1 + 1.784 + 1.845) / 4.
 * h dT is smoothed within 0.1 K of zero, where Ra^(1/4) has no finite slope; 1e-5 of the flow is lost at 10 K.
 * A fixed film coefficient replaces both. The heat capacity is that of copper, 3.45e6 J/m3K (IEC 60949), unless given. */

enum { P_L, P_W, P_TH, P_A, P_N, P_RHO, P_ALPHA, P_RJ, P_EPS, P_FILM, P_C, P_I, P_TMAX, N_P,
       D_R20 = N_P, D_SURFACE, D_CONV, D_EPS, D_FILM, D_C, D_A, D_END };
static const tw_param params[] = {
    {"length", "m", NULL, TW_NUMBER, 1e-4, 100, 0, "length", NULL, NULL, NULL},
    {"width", "m", NULL, TW_NUMBER, 1e-3, 1, 0, "longer side of the cross-section, upright", NULL, NULL, NULL},
    {"thickness", "m", NULL, TW_NUMBER, 1e-4, 1, 0, "shorter side of the cross-section", NULL, NULL, NULL},
    {"cross_section", "m2", NULL, TW_NUMBER, 1e-7, 1, TW_P_OPTIONAL, "area of one conductor; width times thickness when absent",
     NULL,
     NULL, NULL},
    {"conductors", "1", "2", TW_INTEGER, 1, 2, 0, "conductors in series: 2 is feed and return", NULL, NULL, NULL},
    {"rho20", "ohm m", "1.7241e-8 ohm m", TW_NUMBER, 1e-9, 1e-6, 0, "resistivity at 20 degC", "IEC 60028 (copper)", NULL, NULL},
    {"alpha", "1/K", "0.00393 1/K", TW_NUMBER, 0, 0.01, 0, "temperature coefficient at 20 degC", "IEC 60028 (copper)", NULL,
     NULL},
    {"joint_resistance", "ohm", "0 ohm", TW_NUMBER, 0, 1e-2, 0, "joints in this piece, feed and return together", NULL, NULL,
     NULL},
    {"emissivity", "1", "0.4", TW_NUMBER, 0, 1, 0, "emissivity of the surface", "CDA busbar tables (oxidised copper)", NULL,
     NULL},
    {"film", "W/(m2 K)", NULL, TW_NUMBER, 1e-3, 1e5, TW_P_OPTIONAL,
     "fixed surface coefficient instead of convection and radiation",
     NULL, NULL, NULL},
    {"heat_capacity", "J/K", NULL, TW_NUMBER, 1e-3, 1e8, TW_P_OPTIONAL, "heat capacity of all conductors", NULL, NULL, NULL},
    {"rated_current", "A", NULL, TW_NUMBER, 0.1, 1e6, TW_P_OPTIONAL, "rated current", NULL, NULL, NULL},
    {"T_max", "K", NULL, TW_NUMBER, 300, 600, TW_P_OPTIONAL, "permitted temperature", NULL, NULL, NULL},
    {0}};
enum { A, B, HEAT, T };
static const tw_port ports[] = {
    {"a", TW_DC, TW_R_FEED_IN, 0, NULL, NULL, "first end"},
    {"b", TW_DC, TW_R_FEED_OUT, 0, NULL, NULL, "second end"},
    {"heat", TW_HEAT, TW_R_OPTIONAL, 0, NULL, NULL, "air around it"},
    {0}};
static const tw_unknown unknowns[] = {
    {"T", "K", true, 320, 200, 700, "bar temperature"},
    {0}};
static const tw_row rows[] = {{"energy", "W", 10, 1e-7}, {0}};
enum { O_LOSS, O_I, O_ABS, O_DENSITY, O_R, O_DROP, O_T, O_RISE };
static const tw_quantity outputs[] = {
    {"loss", "W", TW_Q_LOSS, TW_L_CONDUCTION, "i^2 R"},
    {"i", "A", TW_Q_PLAIN, TW_L_NONE, "current from a to b"},
    {"i_abs", "A", TW_Q_PLAIN, TW_L_NONE, "magnitude of the current"},
    {"current_density", "A/m2", TW_Q_PLAIN, TW_L_NONE, "magnitude of the current over the cross-section"},
    {"R", "ohm", TW_Q_PLAIN, TW_L_NONE, "loop resistance at its temperature"},
    {"v_drop", "V", TW_Q_PLAIN, TW_L_NONE, "voltage from a to b"},
    {"T", "K", TW_Q_TEMPERATURE, TW_L_NONE, "bar temperature"},
    {"rise", "delta K", TW_Q_PLAIN, TW_L_NONE, "temperature above the air"},
    {0}};
static const tw_limit limits[] = {
    {"i_abs", "rated_current", TW_AT_MOST, "rated current"},
    {"T", "T_max", TW_AT_MOST, "bar temperature"},
    {0}};
static const tw_stamp stamps[] = {{A, A}, {A, B}, {A, T}, {B, A}, {B, B}, {B, T}, {HEAT, HEAT}, {HEAT, T},
                                  {T, A}, {T, B}, {T, HEAT}, {T, T}};

#define EXPONENT (0.854 - (1.0 + 1.784 + 1.845) / 4.0)

static int derive(const tw_derive *d) {
  double C = 0.59 * 0.0263 * pow(TW_GRAVITY / (300.0 * 15.89e-6 * 22.5e-6), 0.25);
  for (int i = 0; i < d->n; i++) {
    tw_real L = d->p[P_L][i], w = d->p[P_W][i], th = d->p[P_TH][i], n = d->p[P_N][i];
    tw_real area = isnan(TW_RE(d->p[P_A][i])) ? w * th : d->p[P_A][i];
    bool fixed = !isnan(TW_RE(d->p[P_FILM][i]));
    d->p[D_R20][i] = n * d->p[P_RHO][i] * L / area;
    d->p[D_SURFACE][i] = n * 2.0 * (w + th) * L;
    d->p[D_CONV][i] = fixed ? 0.0 : C / tw_pow(w, 0.25);
    d->p[D_EPS][i] = fixed ? 0.0 : d->p[P_EPS][i] * TW_STEFAN_BOLTZMANN;
    d->p[D_FILM][i] = fixed ? d->p[P_FILM][i] : 0.0;
    d->p[D_C][i] = isnan(TW_RE(d->p[P_C][i])) ? n * area * L * 3.45e6 : d->p[P_C][i];
    d->p[D_A][i] = area;
  }
  return 0;
}

static void start(const tw_start *s) {
  for (int i = 0; i < s->n; i++) s->x[T][i] = 305.0;
}

static tw_real resistance(const tw_eval *e, int i) {
  return e->p[D_R20][i] * (1.0 + e->p[P_ALPHA][i] * (e->x[T][i] - TW_ZERO_CELSIUS - 20.0)) + e->p[P_RJ][i];
}

/* (Tf / 300 K)^n of a block of instances. */
static void air_of(const tw_eval *e, int first, int n, tw_real *power) {
  tw_real x[TW_BLOCK], ln[TW_BLOCK];
  for (int k = 0; k < n; k++) x[k] = (0.5 / 300.0) * (e->x[T][first + k] + e->x[HEAT][first + k]);
  tw_log_each(n, x, ln);
  for (int k = 0; k < n; k++) x[k] = EXPONENT * ln[k];
  tw_exp_each(n, x, power);
}

/* Heat given to the air, W, and its derivatives to bar and air temperature. */
typedef struct { tw_real q, d_bar, d_air; } surface_heat;

static TW_INLINE surface_heat surface(const tw_eval *e, int i, tw_real air) {
  tw_real Tb = e->x[T][i], Ta = e->x[HEAT][i], film = e->p[D_FILM][i], eps = e->p[D_EPS][i], area = e->p[D_SURFACE][i];
  tw_real c = e->p[D_CONV][i] * air, dT = Tb - Ta, q = dT * dT + 0.01;
  tw_real eighth = tw_sqrt(tw_sqrt(tw_sqrt(q))), convected = dT * eighth; /* dT |dT|^(1/4), smooth within 0.1 K */
  tw_real slope = c * eighth * (1.0 + 0.25 * dT * dT / q) + film, half = c * convected * EXPONENT / (Tb + Ta);
  return (surface_heat){
      area * (c * convected + film * dT + eps * (Tb * Tb * Tb * Tb - Ta * Ta * Ta * Ta)),
      area * (slope + half + 4.0 * eps * Tb * Tb * Tb),
      area * (-slope + half - 4.0 * eps * Ta * Ta * Ta)};
}

static TW_INLINE void rows_of(const tw_eval *e, int i, tw_real air, bool jacobian) {
  tw_real v = e->x[A][i] - e->x[B][i], R = resistance(e, i), g = 1.0 / R;
  surface_heat s = surface(e, i, air);
  e->f[A][i] = g * v;
  e->f[B][i] = -g * v;
  e->f[HEAT][i] = -s.q;
  e->f[T][i] = e->p[D_C][i] * e->xd[T][i] + s.q - g * v * v;
  if (!jacobian) return;
  double G = TW_RE(g), dv = TW_RE(v), dG = TW_RE(-g * g * e->p[D_R20][i] * e->p[P_ALPHA][i]);
  e->j[0][i] = e->j[4][i] = G;
  e->j[1][i] = e->j[3][i] = -G;
  e->j[2][i] = dG * dv;
  e->j[5][i] = -dG * dv;
  e->j[6][i] = -TW_RE(s.d_air);
  e->j[7][i] = -TW_RE(s.d_bar);
  e->j[8][i] = -2.0 * G * dv;
  e->j[9][i] = 2.0 * G * dv;
  e->j[10][i] = TW_RE(s.d_air);
  e->j[11][i] = e->cj * TW_RE(e->p[D_C][i]) + TW_RE(s.d_bar) - dG * dv * dv;
}

static void eval(const tw_eval *e) {
  tw_real air[TW_BLOCK];
  for (int first = 0; first < e->n; first += TW_BLOCK) {
    int n = e->n - first < TW_BLOCK ? e->n - first : TW_BLOCK;
    air_of(e, first, n, air);
    if (e->j) {
      TW_INDEPENDENT
      for (int k = 0; k < n; k++) rows_of(e, first + k, air[k], true);
    } else {
      TW_INDEPENDENT
      for (int k = 0; k < n; k++) rows_of(e, first + k, air[k], false);
    }
  }
}

static void observe(const tw_eval *e, tw_real *const *out) {
  for (int i = 0; i < e->n; i++) {
    tw_real R = resistance(e, i), v = e->x[A][i] - e->x[B][i], I = v / R, size = TW_RE(I) < 0.0 ? -I : I;
    out[O_LOSS][i] = I * I * R;
    out[O_I][i] = I;
    out[O_ABS][i] = size;
    out[O_DENSITY][i] = size / e->p[D_A][i];
    out[O_R][i] = R;
    out[O_DROP][i] = v;
    out[O_T][i] = e->x[T][i];
    out[O_RISE][i] = e->x[T][i] - e->x[HEAT][i];
  }
}

static void balance(const tw_eval *e, tw_real *const *b) {
  for (int i = 0; i < e->n; i++) tw_store(e, b, i, T, e->p[D_C][i]);
}

const tw_type TW_TYPE(busbar_segment) = {
    .element = "busbar-segment", .title = "Busbar segment", .stage = TW_STAGE_BUS,
    .doc = "R(T) = conductors rho20 [1 + alpha (T - 20 degC)] L / A + joint; i^2 R heats the bar, which gives it to the air "
           "by laminar natural convection of a vertical plate, 0.59 k/H Ra^(1/4), and radiation, or by a fixed film coefficient.",
    .use = "A piece of bar with its own temperature: checks a bar against its ampacity and shows the extra loss of a warm bar.",
    .validity = "Bar in free air, upright, 1e4 < Ra < 1e9; air properties fitted over 300 to 400 K within 0.7 %; neighbouring "
                "conductors do not shield one another.",
    .source = "IEC 60028 (copper); McAdams, Heat Transmission (1954); Incropera et al., 6th ed. (2007), eq. 9.24 and table A.4; "
              "IEC 60949, table 1 (heat capacity).",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs, .limits = limits,
    .stamps = stamps, .n_stamps = TW_COUNT(stamps), .n_derived = D_END - N_P, .derive = derive, .start = start, .eval = eval,
    .observe = observe, .balance = balance};
