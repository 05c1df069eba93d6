#include "converter.h"

/* DC-DC converter between two buses: fixed ratio (LLC, switched tank: "DC transformer") or regulated with droop.
 * The port equations are those of converter.h.  Loss laws L at full input, with the factor k = 1 + alpha (T - T_ref) on the
 * conduction part and x = P_out / P_rated:
 *   efficiency curve   L = P_out (1/eta(x) - 1), of which conduction_share is conduction
 *   loss_a, b, c       L = P_rated (a + b x + c k x^2)  (the usual fit of a catalogue curve)
 *   P_NL, R_loss       L = P_NL + R_loss k I_out^2, R_loss = R_out if absent (Vicor BCM48BH120 data sheet, p. 10)
 * Fixed ratio: V_out = V_in/N - R_out k I_out (same data sheet). V_in stands between in and in_minus, which left open is ground:
 * a converter between two rails; what flows into in comes back out of in_minus.  Valid for the averaged converter, far below f_sw. */

enum { P_MODE, P_V_NOMINAL, P_V_SET, P_N, P_R_OUT, P_RATED, P_EFFICIENCY, P_SHARE, P_A, P_B, P_C, P_NL, P_R_LOSS, P_ALPHA,
       P_T_REF, P_BOTH, P_PHASES, P_V_MIN, P_R_TH, P_HEAT_CAPACITY, P_STATE, P_I_MAX, P_V_IN_MIN, P_V_IN_MAX, P_T_MAX,
       N_PARAMS, D_V_MIN = N_PARAMS, D_V_OUT, D_RATIO, D_R_RATIO, D_NO_LOAD, D_LINEAR, D_SQUARE, D_R_LOSS, N_END };
static const tw_param params[] = {
    {"mode", "1", NULL, TW_ENUM, 0, 1, 0, "fixed-ratio: output follows the input; regulated: output held at V_set", NULL,
     "fixed-ratio|regulated", NULL},
    {"V_nominal", "V", NULL, TW_NUMBER, 1, 1e5, 0, "nominal input voltage", NULL, NULL, NULL},
    {"V_set", "V", NULL, TW_NUMBER, 0.1, 1e5, TW_P_OPTIONAL | TW_P_TIMED, "output voltage at no load (regulated)", NULL, NULL,
     NULL},
    {"N", "1", NULL, TW_NUMBER, 1e-3, 1e4, TW_P_OPTIONAL, "input over output voltage at no load (fixed ratio): 4 for 4:1", NULL,
     NULL, NULL},
    {"R_out", "ohm", "1 uohm", TW_NUMBER, 1e-9, 100, 0, "output resistance at T_ref (fixed ratio), droop (regulated)", NULL,
     NULL, NULL},
    {"P_rated", "W", NULL, TW_NUMBER, 1e-2, 1e8, 0, "rated output power", NULL, NULL, NULL},
    {"efficiency", "1", NULL, TW_CURVE, 0.01, 1, TW_P_OPTIONAL, "efficiency over output power / P_rated", NULL, NULL, "1"},
    {"conduction_share", "1", "0 %", TW_NUMBER, 0, 1, 0,
     "share of the curve's loss that is conduction: booked so, and follows temperature", NULL, NULL, NULL},
    {"loss_a", "1", NULL, TW_NUMBER, 0, 1, TW_P_OPTIONAL, "no-load loss / P_rated", NULL, NULL, NULL},
    {"loss_b", "1", "0", TW_NUMBER, 0, 1, 0, "loss in proportion to load / P_rated, at full load", NULL, NULL, NULL},
    {"loss_c", "1", "0", TW_NUMBER, 0, 1, 0, "loss in proportion to load squared / P_rated, at full load and T_ref", NULL, NULL,
     NULL},
    {"P_NL", "W", NULL, TW_NUMBER, 0, 1e6, TW_P_OPTIONAL, "no-load loss, with R_loss", NULL, NULL, NULL},
    {"R_loss", "ohm", NULL, TW_NUMBER, 0, 100, TW_P_OPTIONAL, "loss per output current squared at T_ref; R_out if absent", NULL,
     NULL, NULL},
    {"alpha", "1/K", "0 1/K", TW_NUMBER, 0, 0.02, 0, "temperature coefficient of the conduction part", NULL, NULL, NULL},
    {"T_ref", "K", "25 degC", TW_NUMBER, 200, 500, 0, "part temperature to which R_out and the loss law belong", NULL, NULL,
     NULL},
    {"bidirectional", "1", "no", TW_ENUM, 0, 1, 0, "yes: power may flow back to the input", NULL, "no|yes", NULL},
    {"phases", "1", "1", TW_INTEGER, 1, 64, 0, "parallel phases, for information: figures are those of the whole converter",
     NULL, NULL, NULL},
    {"v_min", "V", NULL, TW_NUMBER, 1e-2, 1e5, TW_P_OPTIONAL,
     "input below which the converter gives up; half V_nominal if absent", NULL, NULL, NULL},
    {"R_th", "K/W", "0.1 K/W", TW_NUMBER, 1e-6, 1e4, 0, "thermal resistance from the part to its heat port", "estimate", NULL,
     NULL},
    {"heat_capacity", "J/K", "100 J/K", TW_NUMBER, 1e-6, 1e9, 0, "heat capacity of the part", "estimate", NULL, NULL},
    {"state", "1", "on", TW_ENUM, 0, 2, TW_P_TIMED, "off and failed: no current on either side", NULL, "on|off|failed", NULL},
    {"I_max", "A", NULL, TW_NUMBER, 1e-3, 1e7, TW_P_OPTIONAL, "largest output current", NULL, NULL, NULL},
    {"V_in_min", "V", NULL, TW_NUMBER, 0, 1e5, TW_P_OPTIONAL, "lowest permitted input voltage", NULL, NULL, NULL},
    {"V_in_max", "V", NULL, TW_NUMBER, 0, 1e5, TW_P_OPTIONAL, "highest permitted input voltage", NULL, NULL, NULL},
    {"T_max", "K", NULL, TW_NUMBER, 200, 1000, TW_P_OPTIONAL, "highest permitted part temperature", NULL, NULL, NULL},
    {0}};
static const tw_port ports[] = {
    {"in", TW_DC, TW_R_FEED_IN, 0, NULL, NULL, "input, against in_minus"},
    {"out", TW_DC, TW_R_FEED_OUT | TW_R_REFERENCE, 0, NULL, NULL, "output, against ground"},
    {"heat", TW_HEAT, TW_R_OPTIONAL, 0, NULL, NULL, "where its loss goes"},
    {"in_minus", TW_DC, TW_R_OPTIONAL | TW_R_GROUNDED | TW_R_FLOW, 0, NULL, NULL, "return of the input: the other rail"},
    {0}};
enum { IN, OUT, HEAT, MINUS, Y, T };
static const tw_unknown unknowns[] = {
    {"I_asked", "A", false, 100, -1e7, 1e7, "output current that the voltages ask for; negative: blocked"},
    {"T", "K", true, 300, 150, 1500, "part temperature"},
    {0}};
static const tw_row rows[] = {{"output voltage", "V", 1, 1e-7}, {"heat balance", "W", 100, 1e-5}, {0}};
enum { O_CONDUCTION, O_CONVERSION, O_P_IN, O_P_OUT, O_I_OUT, O_V_IN, O_V_OUT, O_ETA, O_LOAD, O_T, O_MARGIN };
static const tw_quantity outputs[] = {
    {"loss_conduction", "W", TW_Q_LOSS, TW_L_CONDUCTION, "part of the loss that is resistive"},
    {"loss_conversion", "W", TW_Q_LOSS, TW_L_CONVERSION, "no-load, switching and all that is not told apart"},
    {"P_in", "W", TW_Q_PLAIN, TW_L_NONE, "power taken from the input"},
    {"P_out", "W", TW_Q_PLAIN, TW_L_NONE, "power given to the output"},
    {"I_out", "A", TW_Q_PLAIN, TW_L_NONE, "output current"},
    {"v_in", "V", TW_Q_PLAIN, TW_L_NONE, "input voltage"},
    {"v_out", "V", TW_Q_PLAIN, TW_L_NONE, "output voltage"},
    {"efficiency", "1", TW_Q_PLAIN, TW_L_NONE, "P_out / (P_out + loss); 0 where it gives nothing"},
    {"load", "1", TW_Q_PLAIN, TW_L_NONE, "P_out / P_rated"},
    {"T", "K", TW_Q_TEMPERATURE, TW_L_NONE, "part temperature"},
    {"v_margin", "1", TW_Q_PLAIN, TW_L_NONE, "v_in / v_min - 1: negative when the supply has collapsed, 0 when there is none"},
    {0}};
static const tw_limit limits[] = {
    {"P_out", "P_rated", TW_AT_MOST, "rated power"},
    {"I_out", "I_max", TW_AT_MOST, "output current"},
    {"v_in", "V_in_min", TW_AT_LEAST, "input voltage window"},
    {"v_in", "V_in_max", TW_AT_MOST, "input voltage window"},
    {"T", "T_max", TW_AT_MOST, "part temperature"},
    {0}};
/* The first 15 in the order of tw_cv_stamp, with the numbers of this part. */
static const tw_stamp stamps[] = {{IN, IN}, {IN, Y}, {IN, T}, {OUT, Y}, {HEAT, HEAT}, {HEAT, T}, {Y, IN}, {Y, OUT}, {Y, Y},
                                  {T, IN}, {T, HEAT}, {T, Y}, {T, T}, {OUT, OUT}, {T, OUT}, {Y, T},
                                  {IN, MINUS}, {MINUS, IN}, {MINUS, MINUS}, {MINUS, Y}, {MINUS, T}, {Y, MINUS}, {T, MINUS}};

static int derive(const tw_derive *d) {
  int bad = 0;
  for (int i = 0; i < d->n; i++) {
    bool fixed = TW_RE(d->p[P_MODE][i]) < 0.5, curve = d->c[P_EFFICIENCY][i] != NULL;
    bool fit = !isnan(TW_RE(d->p[P_A][i])), square = !isnan(TW_RE(d->p[P_NL][i]));
    const char *wrong = NULL;
    int param = -1;
    if (fixed && isnan(TW_RE(d->p[P_N][i]))) wrong = "a fixed-ratio converter needs N", param = P_N;
    if (!fixed && isnan(TW_RE(d->p[P_V_SET][i]))) wrong = "a regulated converter needs V_set", param = P_V_SET;
    if (curve + fit + square != 1) wrong = "give one loss law: an efficiency curve, or loss_a to loss_c, or P_NL and R_loss";
    else if (!fit && TW_RE(d->p[P_B][i] + d->p[P_C][i]) > 0.0) wrong = "loss_b and loss_c need loss_a", param = P_A;
    else if (!square && !isnan(TW_RE(d->p[P_R_LOSS][i]))) wrong = "R_loss needs P_NL", param = P_NL;
    if (wrong) d->fail(d->ctx, i, param, wrong), bad = 1;
    d->p[D_V_MIN][i] = tw_draw_limit(d->p[P_V_MIN][i], d->p[P_V_NOMINAL][i]);
    d->p[D_RATIO][i] = fixed ? 1.0 / d->p[P_N][i] : 0.0;
    d->p[D_R_RATIO][i] = fixed ? d->p[P_R_OUT][i] : 0.0; /* the part of R_out that follows temperature */
    d->p[D_NO_LOAD][i] = fit ? d->p[P_RATED][i] * d->p[P_A][i] : square ? d->p[P_NL][i] : 0.0;
    d->p[D_LINEAR][i] = fit ? d->p[P_B][i] : 0.0;
    d->p[D_SQUARE][i] = fit ? d->p[P_C][i] / d->p[P_RATED][i] : 0.0;
    d->p[D_R_LOSS][i] = !square ? 0.0 : isnan(TW_RE(d->p[P_R_LOSS][i])) ? d->p[P_R_OUT][i] : d->p[P_R_LOSS][i];
    d->p[D_V_OUT][i] = fixed ? d->p[P_V_NOMINAL][i] / d->p[P_N][i] : d->p[P_V_SET][i];
  }
  return bad;
}

/* What eval and observe share for one instance. */
typedef struct { tw_cv_in in; tw_cv_current c; tw_cv conduction, rest, L; tw_cv_out o; tw_real x[TW_CV_VARS]; } state;

static double in_service(const tw_eval *e, int i) { return TW_RE(e->p[P_STATE][i]) < 0.5 ? 1.0 : 0.0; }

/* Both parts of the loss as functions of the output power A = |P_out| and the current; curve is NULL where there is none. */
static TW_INLINE void law(const tw_eval *e, int i, const tw_curve *curve, tw_vd I, const tw_cv *P, tw_cv *conduction,
                          tw_cv *rest) {
  tw_real rated = e->p[P_RATED][i], s = in_service(e, i) * tw_draw_scale(e->load_scale), R = e->p[D_R_LOSS][i];
  tw_vd A = tw_abs_smooth(P->v, 1e-5 * TW_RE(rated));
  tw_vd c = {e->p[D_SQUARE][i] * A.v * A.v, 2.0 * e->p[D_SQUARE][i] * A.v}; /* d to A */
  tw_vd r = {e->p[D_NO_LOAD][i] + e->p[D_LINEAR][i] * A.v, e->p[D_LINEAR][i]};
  if (curve) {
    tw_real x = A.v / rated, share = e->p[P_SHARE][i];
    tw_vd eta = tw_curve_at(curve, x);
    tw_real l = A.v * (1.0 / eta.v - 1.0), dl = 1.0 / eta.v - 1.0 - x * eta.d / (eta.v * eta.v);
    c = (tw_vd){share * l, share * dl};
    r = (tw_vd){(1.0 - share) * l, (1.0 - share) * dl};
  }
  tw_real a_in = A.d * P->in, a_y = A.d * P->y, a_T = A.d * P->T;
  *rest = (tw_cv){s * r.v, s * r.d * a_in, s * r.d * a_y, s * r.d * a_T};
  *conduction = (tw_cv){s * (c.v + R * I.v * I.v), s * c.d * a_in, s * (c.d * a_y + 2.0 * R * I.v * I.d), s * c.d * a_T};
}

static TW_INLINE void solve(const tw_eval *e, int i, const tw_curve *curve, state *w) {
  w->x[TW_CV_IN] = e->x[IN][i] - e->x[MINUS][i];
  w->x[TW_CV_OUT] = e->x[OUT][i];
  w->x[TW_CV_HEAT] = e->x[HEAT][i];
  w->x[TW_CV_Y] = e->x[Y][i];
  w->x[TW_CV_T] = e->x[T][i];
  bool fixed = TW_RE(e->p[P_MODE][i]) < 0.5;
  tw_vd k = tw_resistance_factor(e->p[P_ALPHA][i], w->x[TW_CV_T] - e->p[P_T_REF][i]);
  tw_real part = e->p[D_R_RATIO][i], R = e->p[P_R_OUT][i] + part * (k.v - 1.0), n = e->p[D_RATIO][i], R_T = part * k.d;
  tw_real V_set = e->p[P_V_SET][i];
  V_set = fixed ? 0.0 : V_set;
  double V = TW_RE(e->p[D_V_OUT][i]), I_nominal = TW_RE(e->p[P_RATED][i]) / V;

  w->in = (tw_cv_in){e->xd[T][i], e->p[D_V_MIN][i], n, V_set, R_T, e->p[P_R_TH][i], e->p[P_HEAT_CAPACITY][i], e->cj};
  w->c = tw_cv_current_at(w->x[TW_CV_Y], R, in_service(e, i), TW_RE(e->p[P_BOTH][i]) > 0.5, 1e-3 * I_nominal, V / I_nominal);
  const tw_cv_current *c = &w->c;
  tw_real v = n * w->x[TW_CV_IN] + V_set - c->drop;
  tw_cv P = {v * c->I.v, n * c->I.v, v * c->I.d - c->drop_y * c->I.v, -R_T * c->drop_T * c->I.v};
  law(e, i, curve, c->I, &P, &w->conduction, &w->rest);
  const tw_cv *lc = &w->conduction, *lr = &w->rest;
  w->L = (tw_cv){k.v * lc->v + lr->v, k.v * lc->in + lr->in, k.v * lc->y + lr->y, k.d * lc->v + k.v * lc->T + lr->T};
  w->conduction.v *= k.v;
  tw_cv_eval(w->x, &w->in, c, &w->L, &w->o);
}

static TW_INLINE void eval_one(const tw_eval *e, int i, const tw_curve *curve, bool jacobian) {
  state w;
  solve(e, i, curve, &w);
  e->f[IN][i] = w.o.f[TW_CV_IN];
  e->f[MINUS][i] = -w.o.f[TW_CV_IN];
  e->f[OUT][i] = w.o.f[TW_CV_OUT];
  e->f[HEAT][i] = w.o.f[TW_CV_HEAT];
  e->f[Y][i] = w.o.f[TW_CV_Y];
  e->f[T][i] = w.o.f[TW_CV_T];
  if (!jacobian) return;
  tw_cv_stamp(&w.o, e->j, i);
  const tw_real rest[] = {w.o.y_T, -w.o.in_in, -w.o.in_in, w.o.in_in, -w.o.in_y, -w.o.in_T, -w.o.y_in, -w.o.T_in};
  for (int s = 0; s < TW_COUNT(rest); s++) e->j[TW_CV_N_STAMPS + s][i] = TW_RE(rest[s]);
}

TW_WIDE static void eval(const tw_eval *e) {
  bool curves = false;
  for (int i = 0; i < e->n; i++) curves = curves || e->c[P_EFFICIENCY][i];
  if (curves) {
    for (int i = 0; i < e->n; i++) eval_one(e, i, e->c[P_EFFICIENCY][i], e->j != NULL);
  } else if (e->j) {
    TW_INDEPENDENT
    for (int i = 0; i < e->n; i++) eval_one(e, i, NULL, true);
  } else {
    TW_INDEPENDENT
    for (int i = 0; i < e->n; i++) eval_one(e, i, NULL, false);
  }
}

static void observe(const tw_eval *e, tw_real *const *out) {
  for (int i = 0; i < e->n; i++) {
    state w;
    solve(e, i, e->c[P_EFFICIENCY][i], &w);
    tw_real I = w.c.I.v, v_out = w.x[TW_CV_OUT], P_out = v_out * I, v_in = w.x[TW_CV_IN];
    out[O_CONDUCTION][i] = w.o.q * w.conduction.v + (1.0 - w.o.q) * w.c.drop * I;
    out[O_CONVERSION][i] = w.o.q * w.rest.v + w.o.bleed;
    out[O_P_IN][i] = v_in * w.o.f[TW_CV_IN];
    out[O_P_OUT][i] = P_out;
    out[O_I_OUT][i] = I;
    out[O_V_IN][i] = v_in;
    out[O_V_OUT][i] = v_out;
    out[O_ETA][i] = TW_RE(P_out) > 0.0 ? P_out / (P_out + w.o.loss) : 0.0;
    out[O_LOAD][i] = P_out / e->p[P_RATED][i];
    out[O_T][i] = w.x[TW_CV_T];
    out[O_MARGIN][i] = tw_draw_margin(v_in, e->p[D_V_MIN][i]);
  }
}

static void balance(const tw_eval *e, tw_real *const *b) {
  for (int i = 0; i < e->n; i++) tw_store(e, b, i, T, e->p[P_HEAT_CAPACITY][i]);
}

static void start(const tw_start *s) {
  for (int i = 0; i < s->n; i++) {
    s->x[OUT][i] = s->p[D_V_OUT][i];
    s->x[Y][i] = 0.5 * s->p[P_RATED][i] / s->p[D_V_OUT][i];
    s->x[T][i] = TW_ZERO_CELSIUS + 50.0;
  }
}

const tw_type TW_TYPE(dcdc) = {
    .element = "dcdc", .title = "DC-DC converter", .stage = TW_STAGE_CONVERTER,
    .doc = "Fixed ratio: V_out = V_in/N - R_out I. Regulated: V_out = V_set - R_out I. Loss by an efficiency curve over load, "
           "by P_rated (a + b x + c x^2), or by P_NL + R I^2 (Vicor BCM48BH120 data sheet, p. 10); its conduction part follows "
           "the part's temperature. Below v_min the output falls with the input, and the twin refuses the solution as collapsed.",
    .use = "A bus converter or brick between two voltages: its loss over load and temperature, from a curve or three "
           "coefficients.",
    .validity = "Averaged over the switching period, far below the switching frequency; within the points of its curve. A fixed- "
                "ratio stage without bidirectional blocks reverse current.",
    .source = "Erickson and Maksimovic, Fundamentals of Power Electronics, 2nd ed. (2001), ch. 3; Vicor BCM48BH120 data sheet, "
              "p. 10.",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs, .limits = limits,
    .stamps = stamps, .n_stamps = TW_COUNT(stamps), .n_derived = N_END - N_PARAMS,
    .derive = derive, .start = start, .eval = eval, .observe = observe, .balance = balance};
