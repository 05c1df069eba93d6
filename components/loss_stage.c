#include "component.h"
#include "electric.h"

/* Stage of a supply chain that is known by its loss only (loss sum): the voltage passes unchanged, and
 *     loss = a + b |P_out| + c P_out^2,   i_in = i_out + loss h(v_in)   (electric.h).
 * The usual fit of catalogue efficiency points; for a law P_in = (P_out + w)/eta take a = w/eta, b = 1/eta - 1, c = 0. */

enum { P_A, P_B, P_C, P_V_NOMINAL, P_V_MIN, P_RATED, N_PARAMS, D_V_MIN = N_PARAMS, N_END };
static const tw_param params[] = {
    {"a", "W", "0 W", TW_NUMBER, 0, 1e9, 0, "loss at no load", NULL, NULL, NULL},
    {"b", "1", "0", TW_NUMBER, 0, 10, 0, "loss in proportion to the output power", NULL, NULL, NULL},
    {"c", "1/W", "0 1/W", TW_NUMBER, 0, 10, 0, "loss in proportion to the output power squared", NULL, NULL, NULL},
    {"V_nominal", "V", NULL, TW_NUMBER, 0.05, 1e6, TW_P_OPTIONAL, "nominal voltage", NULL, NULL, NULL},
    {"v_min", "V", NULL, TW_NUMBER, 1e-2, 1e6, TW_P_OPTIONAL,
     "voltage below which it draws less than its loss; half V_nominal if absent", NULL, NULL, NULL},
    {"P_rated", "W", NULL, TW_NUMBER, 1e-2, 1e9, TW_P_OPTIONAL, "rated output power", NULL, NULL, NULL},
    {0}};
enum { IN, OUT, HEAT, I_OUT };
static const tw_port ports[] = {
    {"in", TW_DC, TW_R_FEED_IN, 0, NULL, NULL, "input, against ground"},
    {"out", TW_DC, TW_R_FEED_OUT, 0, NULL, NULL, "output, against ground"},
    {"heat", TW_HEAT, TW_R_OPTIONAL, 0, NULL, NULL, "where its loss goes"},
    {0}};
static const tw_unknown unknowns[] = {{"i_out", "A", false, 100, -1e7, 1e7, "output current"}, {0}};
static const tw_row rows[] = {{"voltage", "V", 50, 1e-9}, {0}};
enum { O_LOSS, O_P_IN, O_P_OUT, O_ETA, O_MARGIN };
static const tw_quantity outputs[] = {
    {"loss", "W", TW_Q_LOSS, TW_L_CONVERSION, "a + b P_out + c P_out^2"},
    {"P_in", "W", TW_Q_PLAIN, TW_L_NONE, "power taken from the input"},
    {"P_out", "W", TW_Q_PLAIN, TW_L_NONE, "power given to the output"},
    {"efficiency", "1", TW_Q_PLAIN, TW_L_NONE, "P_out / (P_out + loss); 0 where it gives nothing"},
    {"v_margin", "1", TW_Q_PLAIN, TW_L_NONE, "v / v_min - 1: negative when the supply has collapsed, 0 when there is none"},
    {0}};
static const tw_limit limits[] = {{"P_out", "P_rated", TW_AT_MOST, "rated power"}, {0}};
static const tw_stamp stamps[] = {{IN, IN},   {IN, OUT},     {IN, I_OUT}, {OUT, I_OUT}, {HEAT, IN},
                                  {HEAT, OUT}, {HEAT, I_OUT}, {I_OUT, IN}, {I_OUT, OUT}};

static int derive(const tw_derive *d) {
  int bad = 0;
  for (int i = 0; i < d->n; i++) {
    d->p[D_V_MIN][i] = tw_draw_limit(d->p[P_V_MIN][i], d->p[P_V_NOMINAL][i]);
    if (isnan(TW_RE(d->p[D_V_MIN][i]))) d->fail(d->ctx, i, P_V_NOMINAL, "give V_nominal or v_min"), bad = 1;
  }
  return bad;
}

/* Loss at full voltage; d is its derivative to the output power. |P| is rounded within 0.1 W of 0. */
static tw_vd law(const tw_eval *e, int i) {
  tw_vd P = tw_abs_smooth(e->x[OUT][i] * e->x[I_OUT][i], 0.1);
  tw_real b = e->p[P_B][i], c = e->p[P_C][i];
  double s = tw_draw_scale(e->load_scale);
  return (tw_vd){s * (e->p[P_A][i] + P.v * (b + c * P.v)), s * (b + 2.0 * c * P.v) * P.d};
}

static void eval(const tw_eval *e) {
  for (int i = 0; i < e->n; i++) {
    tw_real v = e->x[OUT][i], I = e->x[I_OUT][i];
    tw_draw d = tw_draw_at(e->x[IN][i], e->p[D_V_MIN][i]);
    tw_vd L = law(e, i);
    e->f[IN][i] = I + L.v * d.h;
    e->f[OUT][i] = -I;
    e->f[HEAT][i] = -L.v * d.q;
    e->f[I_OUT][i] = e->x[IN][i] - v;
    if (!e->j) continue;
    e->j[0][i] = TW_RE(L.v * d.dh);
    e->j[1][i] = TW_RE(L.d * I * d.h);
    e->j[2][i] = TW_RE(1.0 + L.d * v * d.h);
    e->j[3][i] = -1.0;
    e->j[4][i] = TW_RE(-L.v * d.dq);
    e->j[5][i] = TW_RE(-L.d * I * d.q);
    e->j[6][i] = TW_RE(-L.d * v * d.q);
    e->j[7][i] = 1.0;
    e->j[8][i] = -1.0;
  }
}

static void observe(const tw_eval *e, tw_real *const *out) {
  for (int i = 0; i < e->n; i++) {
    tw_draw d = tw_draw_at(e->x[IN][i], e->p[D_V_MIN][i]);
    tw_real loss = law(e, i).v * d.q, P = e->x[OUT][i] * e->x[I_OUT][i];
    out[O_LOSS][i] = loss;
    out[O_P_IN][i] = P + loss;
    out[O_P_OUT][i] = P;
    out[O_ETA][i] = TW_RE(P) > 0.0 ? P / (P + loss) : 0.0;
    out[O_MARGIN][i] = tw_draw_margin(e->x[IN][i], e->p[D_V_MIN][i]);
  }
}

static void start(const tw_start *s) {
  for (int i = 0; i < s->n; i++) s->x[I_OUT][i] = 0.0;
}

const tw_type TW_TYPE(loss_stage) = {
    .element = "loss-stage", .title = "Stage known by its loss", .stage = TW_STAGE_CONVERTER,
    .doc = "The voltage passes unchanged; loss = a + b P_out + c P_out^2 is drawn at the input and leaves as heat.",
    .use = "A conversion step of which only efficiency points are known, in studies of a whole supply chain.",
    .validity = "Within the points of its fit; the voltage is passed on unchanged, so it says nothing of drops.",
    .source = "Polynomial fit of the loss over output power, the usual form of catalogue efficiencies.",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs, .limits = limits,
    .stamps = stamps, .n_stamps = TW_COUNT(stamps), .n_derived = N_END - N_PARAMS,
    .derive = derive, .start = start, .eval = eval, .observe = observe};
