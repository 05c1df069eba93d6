#include "ac.h"

/* Series impedance between two AC nodes, per phase: i = (v_a - v_b) / (R + jX), loss phases |i|^2 R. Exact, any range. */

enum { P_R, P_X, P_PHASES, N_P, D_G = N_P, D_B };
static const tw_param params[] = {
    {"R", "ohm", NULL, TW_NUMBER, 0, 1e9, 0, "resistance per phase", NULL, NULL, NULL},
    {"X", "ohm", "0 ohm", TW_NUMBER, -1e9, 1e9, 0, "reactance per phase", NULL, NULL, NULL},
    TW_PARAM_PHASES,
    {0}};
enum { AR, AI, BR, BI, HEAT };
static const tw_port ports[] = {
    {"a", TW_AC, TW_R_FEED_IN, 0, NULL, NULL, "first end"},
    {"b", TW_AC, TW_R_FEED_OUT, 0, NULL, NULL, "second end"},
    {"heat", TW_HEAT, TW_R_OPTIONAL, 0, NULL, NULL, "where its loss goes"},
    {0}};
static const tw_unknown unknowns[] = {{0}};
static const tw_row rows[] = {{0}};
enum { O_LOSS, O_I, O_DROP };
static const tw_quantity outputs[] = {
    {"loss", "W", TW_Q_LOSS, TW_L_CONDUCTION, "phases |i|^2 R"},
    {"i", "A", TW_Q_PLAIN, TW_L_NONE, "line current, rms"},
    {"v_drop", "V", TW_Q_PLAIN, TW_L_NONE, "magnitude of the voltage across it, one phase"},
    {0}};
static const tw_stamp stamps[] = {{AR, AR}, {AR, AI}, {AR, BR}, {AR, BI}, {AI, AR}, {AI, AI}, {AI, BR}, {AI, BI},
                                  {BR, AR}, {BR, AI}, {BR, BR}, {BR, BI}, {BI, AR}, {BI, AI}, {BI, BR}, {BI, BI},
                                  {HEAT, AR}, {HEAT, AI}, {HEAT, BR}, {HEAT, BI}};

static int derive(const tw_derive *d) {
  for (int i = 0; i < d->n; i++) {
    tw_real R = d->p[P_R][i], X = d->p[P_X][i], z2 = R * R + X * X;
    if (TW_RE(z2) < 1e-24) {
      d->fail(d->ctx, i, P_R, "R + jX is below 1 pohm: join the nodes instead");
      return 1;
    }
    d->p[D_G][i] = R / z2;
    d->p[D_B][i] = -X / z2;
  }
  return tw_ac_check_phases(d, P_PHASES);
}

static void eval(const tw_eval *e) {
  for (int i = 0; i < e->n; i++) {
    tw_real dr = e->x[AR][i] - e->x[BR][i], di = e->x[AI][i] - e->x[BI][i], g = e->p[D_G][i], b = e->p[D_B][i];
    tw_real ir = g * dr - b * di, ii = b * dr + g * di, n = e->p[P_PHASES][i];
    e->f[AR][i] = ir;
    e->f[AI][i] = ii;
    e->f[BR][i] = -ir;
    e->f[BI][i] = -ii;
    e->f[HEAT][i] = -n * g * (dr * dr + di * di);
    if (!e->j) continue;
    double G = TW_RE(g), B = TW_RE(b), hr = TW_RE(-2.0 * n * g * dr), hi = TW_RE(-2.0 * n * g * di);
    double y[4][4] = {{G, -B, -G, B}, {B, G, -B, -G}, {-G, B, G, -B}, {-B, -G, B, G}};
    for (int s = 0; s < 16; s++) e->j[s][i] = y[s / 4][s % 4];
    e->j[16][i] = hr;
    e->j[17][i] = hi;
    e->j[18][i] = -hr;
    e->j[19][i] = -hi;
  }
}

static void observe(const tw_eval *e, tw_real *const *out) {
  for (int i = 0; i < e->n; i++) {
    tw_real dr = e->x[AR][i] - e->x[BR][i], di = e->x[AI][i] - e->x[BI][i], g = e->p[D_G][i], b = e->p[D_B][i];
    tw_real ir = g * dr - b * di, ii = b * dr + g * di;
    out[O_LOSS][i] = e->p[P_PHASES][i] * e->p[P_R][i] * (ir * ir + ii * ii);
    out[O_I][i] = tw_ac_magnitude(ir, ii);
    out[O_DROP][i] = tw_ac_magnitude(dr, di);
  }
}

const tw_type TW_TYPE(ac_impedance) = {
    .element = "ac-impedance", .title = "AC impedance", .stage = TW_STAGE_DISTRIBUTION,
    .doc = "i = (v_a - v_b) / (R + jX) per phase; the loss phases |i|^2 R leaves through the heat port.",
    .use = "A reactor, a piece of line or a commutating reactance that is known by R and X alone.",
    .validity = "Exact for balanced sinusoidal operation at rated frequency, any current. No saturation, no heating of the "
                "resistance.",
    .source = "Ohm's law for phasors; three-phase power by IEEE Std 1459-2010 (balanced sinusoidal).",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs,
    .stamps = stamps, .n_stamps = TW_COUNT(stamps), .n_derived = 2, .derive = derive, .eval = eval, .observe = observe};
