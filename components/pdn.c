#include "component.h"
#include "electric.h"

/* Power delivery network between regulator and die (package and board planes, vias, bumps): a resistance, out and return
 * together. R = R_pdn [1 + alpha (T - T_ref)] with T of the heat port's node; copper by IEC 60028. Lateral delivery runs to
 * 50..150 uohm for a 450 A domain, vertical delivery to 10..20 uohm. */

enum { P_R, P_ALPHA, P_T_REF, P_I_MAX };
static const tw_param params[] = {
    {"R_pdn", "ohm", NULL, TW_NUMBER, 1e-9, 10, 0, "resistance from regulator to die at T_ref, with the return", NULL, NULL,
     NULL},
    {"alpha", "1/K", "0.00385 1/K", TW_NUMBER, 0, 0.02, 0, "temperature coefficient, referred to T_ref",
     "IEC 60028: 0.00393 1/K at 20 degC, here at 25 degC", NULL, NULL},
    {"T_ref", "K", "25 degC", TW_NUMBER, 200, 500, 0, "temperature to which R_pdn belongs", NULL, NULL, NULL},
    {"I_max", "A", NULL, TW_NUMBER, 1e-3, 1e6, TW_P_OPTIONAL, "rated current", NULL, NULL, NULL},
    {0}};
enum { IN, OUT, HEAT };
static const tw_port ports[] = {
    {"in", TW_DC, TW_R_FEED_IN, 0, NULL, NULL, "regulator's side, against ground"},
    {"out", TW_DC, TW_R_FEED_OUT, 0, NULL, NULL, "die's side, against ground"},
    {"heat", TW_HEAT, TW_R_OPTIONAL, 0, NULL, NULL, "where its loss goes"},
    {0}};
static const tw_unknown unknowns[] = {{0}};
static const tw_row rows[] = {{0}};
enum { O_LOSS, O_I, O_I_ABS, O_DROP, O_T };
static const tw_quantity outputs[] = {
    {"loss", "W", TW_Q_LOSS, TW_L_CONDUCTION, "I^2 R"},
    {"I", "A", TW_Q_PLAIN, TW_L_NONE, "current to the die"},
    {"I_abs", "A", TW_Q_PLAIN, TW_L_NONE, "its magnitude"},
    {"drop", "V", TW_Q_PLAIN, TW_L_NONE, "voltage lost on the way"},
    {"T", "K", TW_Q_TEMPERATURE, TW_L_NONE, "temperature of the conductors"},
    {0}};
static const tw_limit limits[] = {{"I_abs", "I_max", TW_AT_MOST, "rated current"}, {0}};
static const tw_stamp stamps[] = {{IN, IN},    {IN, OUT},  {IN, HEAT},  {OUT, IN},   {OUT, OUT},
                                  {OUT, HEAT}, {HEAT, IN}, {HEAT, OUT}, {HEAT, HEAT}};

static TW_INLINE tw_vd conductance(const tw_eval *e, int i) {
  tw_vd k = tw_resistance_factor(e->p[P_ALPHA][i], e->x[HEAT][i] - e->p[P_T_REF][i]);
  tw_real G = 1.0 / (e->p[P_R][i] * k.v);
  return (tw_vd){G, -G * k.d / k.v};
}

static TW_INLINE void eval_one(const tw_eval *e, int i, bool slopes) {
  tw_vd G = conductance(e, i);
  tw_real v = e->x[IN][i] - e->x[OUT][i];
  e->f[IN][i] = G.v * v;
  e->f[OUT][i] = -G.v * v;
  e->f[HEAT][i] = -G.v * v * v;
  if (!slopes) return;
  double g = TW_RE(G.v), dv = TW_RE(v), gT = TW_RE(G.d);
  e->j[0][i] = e->j[4][i] = g;
  e->j[1][i] = e->j[3][i] = -g;
  e->j[2][i] = gT * dv;
  e->j[5][i] = -gT * dv;
  e->j[6][i] = -2.0 * g * dv;
  e->j[7][i] = 2.0 * g * dv;
  e->j[8][i] = -gT * dv * dv;
}

TW_WIDE static void eval(const tw_eval *e) {
  if (e->j) {
    TW_INDEPENDENT
    for (int i = 0; i < e->n; i++) eval_one(e, i, true);
  } else {
    TW_INDEPENDENT
    for (int i = 0; i < e->n; i++) eval_one(e, i, false);
  }
}

static void observe(const tw_eval *e, tw_real *const *out) {
  for (int i = 0; i < e->n; i++) {
    tw_real G = conductance(e, i).v, v = e->x[IN][i] - e->x[OUT][i], I = G * v;
    out[O_LOSS][i] = I * I / G;
    out[O_I][i] = I;
    out[O_I_ABS][i] = TW_RE(I) < 0.0 ? -I : I;
    out[O_DROP][i] = v;
    out[O_T][i] = e->x[HEAT][i];
  }
}

const tw_type TW_TYPE(pdn) = {
    .element = "pdn", .title = "Power delivery network to the die", .stage = TW_STAGE_PDN,
    .doc = "Series resistance between regulator and die, copper with temperature: the die's voltage is the one after it.",
    .use = "The planes, vias and bumps between regulator and die, where kilowatts are lost at core voltage.",
    .validity = "Direct current; copper between about -50 and 150 degC; the temperature is that of its heat port.",
    .source = "IEC 60028 (copper).",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs, .limits = limits,
    .stamps = stamps, .n_stamps = TW_COUNT(stamps), .eval = eval, .observe = observe};
