#include "ac.h"

/* Converter of constant efficiency between AC and DC, both ways. Averaged over the mains period, unity power factor.
 *
 * DC side, at full AC voltage: i0 = (V_dc - v) / R_out, P = v i0 > 0 when it rectifies.
 * Loss: P (1/efficiency - 1) when it rectifies, |P| (1 - efficiency) when it feeds back: what comes out is efficiency times what
 *   goes in, either way. Below 0.1 % of P_rated the loss is drawn to 0 with zero slope (tw_one_way).
 * AC side: constant power P + loss above v_min. Below, it falls with the voltage as in ac.h by the share q, and i = q i0 and
 *   q loss with it, so that power is conserved at any AC voltage: a dead feed gives and takes nothing.
 * Each port leaks TW_LEAK, the only current of a converter that is off or failed. All loss goes to the heat port.
 * Valid for energy studies; for no-load loss and part load use psu, which is one-way. */

enum { P_VDC, P_R, P_RATED, P_ETA, P_U, P_VMIN, P_TMAX, P_LMAX, P_STATE, P_PHASES, N_P, D_U0 = N_P, D_ON, D_END };
static const tw_param params[] = {
    {"V_dc", "V", NULL, TW_NUMBER, 1, 1e5, TW_P_TIMED, "DC voltage at no load", NULL, NULL, NULL},
    {"R_out", "ohm", "1 uohm", TW_NUMBER, 1e-9, 100, 0, "droop, DC voltage lost per current", NULL, NULL, NULL},
    {"P_rated", "W", NULL, TW_NUMBER, 1, 1e9, 0, "rated DC power, either way", NULL, NULL, NULL},
    {"efficiency", "1", NULL, TW_NUMBER, 0.01, 1, 0, "power out over power in, either way", NULL, NULL, NULL},
    {"voltage", "V", NULL, TW_NUMBER, 1, 1e6, 0, "nominal AC voltage, line-to-line", NULL, NULL, NULL},
    {"v_min", "V", NULL, TW_NUMBER, 0.1, 1e6, TW_P_OPTIONAL,
     "line-to-line voltage below which power is lost; half the nominal voltage when absent", NULL, NULL, NULL},
    {"T_max", "K", NULL, TW_NUMBER, 250, 500, TW_P_OPTIONAL, "highest permitted temperature of its surroundings", NULL, NULL,
     NULL},
    {"load_max", "1", "1", TW_NUMBER, 0.01, 10, 0, "permitted DC power over P_rated", NULL, NULL, NULL},
    {"state", "1", "on", TW_ENUM, 0, 2, TW_P_TIMED, "off and failed: no current on either side", NULL, "on|off|failed", NULL},
    TW_PARAM_PHASES,
    {0}};
enum { VR, VI, OUT, HEAT };
static const tw_port ports[] = {
    {"in", TW_AC, TW_R_FEED_IN, 0, NULL, NULL, "AC side"},
    {"out", TW_DC, TW_R_FEED_OUT | TW_R_REFERENCE, 0, NULL, NULL, "DC side, against ground"},
    {"heat", TW_HEAT, TW_R_OPTIONAL, 0, NULL, NULL, "where its loss goes"},
    {0}};
static const tw_unknown unknowns[] = {{0}};
static const tw_row rows[] = {{0}};
enum { O_LOSS, O_ETA, O_LOAD, O_P_IN, O_P_OUT, O_V_OUT, O_I_OUT, O_I_IN, O_INPUT, O_T };
static const tw_quantity outputs[] = {
    {"loss", "W", TW_Q_LOSS, TW_L_CONVERSION, "loss by the efficiency, and leakage"},
    {"efficiency", "1", TW_Q_PLAIN, TW_L_NONE, "power out over power in, in the direction of the power; 0 without power"},
    {"load", "1", TW_Q_PLAIN, TW_L_NONE, "magnitude of the DC power over P_rated"},
    {"p_in", "W", TW_Q_PLAIN, TW_L_NONE, "AC power, negative when it feeds back"},
    {"p_out", "W", TW_Q_PLAIN, TW_L_NONE, "DC power, negative when it feeds back"},
    {"v_out", "V", TW_Q_PLAIN, TW_L_NONE, "DC voltage"},
    {"i_out", "A", TW_Q_PLAIN, TW_L_NONE, "DC current"},
    {"i_in", "A", TW_Q_PLAIN, TW_L_NONE, "AC current of one phase, rms"},
    {"input_share", "1", TW_Q_PLAIN, TW_L_NONE, "share of the power that the AC voltage supports; 1 above v_min"},
    {"T", "K", TW_Q_TEMPERATURE, TW_L_NONE, "temperature of its surroundings (heat port)"},
    {0}};
static const tw_limit limits[] = {
    {"load", "load_max", TW_AT_MOST, "rated power"},
    {"T", "T_max", TW_AT_MOST, "temperature of its surroundings"},
    {0}};
static const tw_stamp stamps[] = {{VR, VR}, {VR, VI}, {VR, OUT}, {VI, VR}, {VI, VI}, {VI, OUT},
                                  {OUT, VR}, {OUT, VI}, {OUT, OUT}, {HEAT, VR}, {HEAT, VI}, {HEAT, OUT}};

static int derive(const tw_derive *d) {
  for (int i = 0; i < d->n; i++) {
    tw_real low = isnan(TW_RE(d->p[P_VMIN][i])) ? 0.5 * d->p[P_U][i] : d->p[P_VMIN][i];
    low *= tw_ac_neutral(d->p[P_PHASES][i]);
    d->p[D_U0][i] = low * low;
    d->p[D_ON][i] = TW_RE(d->p[P_STATE][i]) < 0.5 ? 1.0 : 0.0;
  }
  return tw_ac_check_phases(d, P_PHASES);
}

static void start(const tw_start *s) {
  for (int i = 0; i < s->n; i++)
    if (s->p[D_ON][i] > 0.5) s->x[OUT][i] = s->p[P_VDC][i];
}

/* At full AC voltage: DC current, DC power and loss; d are derivatives to the DC voltage. */
typedef struct { tw_vd i, P, L; } state;

static state at(const tw_eval *e, int i) {
  state s;
  tw_real v = e->x[OUT][i], on = e->p[D_ON][i], eta = e->p[P_ETA][i];
  double width = 1e-3 * TW_RE(e->p[P_RATED][i]);
  s.i = (tw_vd){on * (e->p[P_VDC][i] - v) / e->p[P_R][i], -on / e->p[P_R][i]};
  s.P = (tw_vd){v * s.i.v, s.i.v + v * s.i.d};
  tw_vd forth = tw_one_way(s.P.v, width), back = tw_one_way(-s.P.v, width);
  tw_real a = 1.0 / eta - 1.0, b = 1.0 - eta;
  s.L = (tw_vd){a * forth.v + b * back.v, (a * forth.d - b * back.d) * s.P.d};
  return s;
}

static void eval(const tw_eval *e) {
  for (int i = 0; i < e->n; i++) {
    tw_real vr = e->x[VR][i], vi = e->x[VI][i], v = e->x[OUT][i], n = e->p[P_PHASES][i], u = vr * vr + vi * vi;
    state s = at(e, i);
    tw_vd q = tw_ac_share(u, e->p[D_U0][i]);
    tw_ac_current c = tw_ac_demand(vr, vi, s.P.v + s.L.v, 0.0, n, e->p[D_U0][i]);
    e->f[VR][i] = c.r + TW_LEAK * vr;
    e->f[VI][i] = c.i + TW_LEAK * vi;
    e->f[OUT][i] = -q.v * s.i.v + TW_LEAK * v;
    e->f[HEAT][i] = -q.v * s.L.v - TW_LEAK * (n * u + v * v);
    if (!e->j) continue;
    double slope = TW_RE(s.P.d + s.L.d), heat_u = -2.0 * TW_RE(q.d * s.L.v + TW_LEAK * n);
    e->j[0][i] = TW_RE(c.r_vr) + TW_LEAK;
    e->j[1][i] = TW_RE(c.r_vi);
    e->j[2][i] = TW_RE(c.r_P) * slope;
    e->j[3][i] = TW_RE(c.i_vr);
    e->j[4][i] = TW_RE(c.i_vi) + TW_LEAK;
    e->j[5][i] = TW_RE(c.i_P) * slope;
    e->j[6][i] = TW_RE(-2.0 * q.d * vr * s.i.v);
    e->j[7][i] = TW_RE(-2.0 * q.d * vi * s.i.v);
    e->j[8][i] = TW_RE(-q.v * s.i.d) + TW_LEAK;
    e->j[9][i] = heat_u * TW_RE(vr);
    e->j[10][i] = heat_u * TW_RE(vi);
    e->j[11][i] = TW_RE(-q.v * s.L.d - 2.0 * TW_LEAK * v);
  }
}

static void observe(const tw_eval *e, tw_real *const *out) {
  for (int i = 0; i < e->n; i++) {
    tw_real vr = e->x[VR][i], vi = e->x[VI][i], v = e->x[OUT][i], n = e->p[P_PHASES][i], v_in = tw_ac_magnitude(vr, vi);
    tw_real q = tw_ac_share(vr * vr + vi * vi, e->p[D_U0][i]).v;
    state s = at(e, i);
    tw_real P = q * s.P.v, P_in = q * (s.P.v + s.L.v);
    out[O_LOSS][i] = q * s.L.v + TW_LEAK * (n * v_in * v_in + v * v);
    out[O_ETA][i] = TW_RE(P) < 0.0 ? tw_ratio(P_in, P) : tw_ratio(P, P_in);
    out[O_LOAD][i] = (TW_RE(P) < 0.0 ? -P : P) / e->p[P_RATED][i];
    out[O_P_IN][i] = P_in;
    out[O_P_OUT][i] = P;
    out[O_V_OUT][i] = v;
    out[O_I_OUT][i] = q * s.i.v;
    out[O_I_IN][i] = TW_RE(v_in) > 0.0 ? (TW_RE(P_in) < 0.0 ? -P_in : P_in) / (n * v_in) : 0.0;
    out[O_INPUT][i] = q;
    out[O_T][i] = e->x[HEAT][i];
  }
}

const tw_type TW_TYPE(ac_dc_converter) = {
    .element = "ac-dc-converter", .title = "Converter between AC and DC", .stage = TW_STAGE_PSU,
    .doc = "Holds V_dc with a droop R_out and gives efficiency times the power that goes in, from AC to DC or back, at unity "
           "power factor. Below v_min the power fades out with the AC voltage. All loss goes to the heat port.",
    .use = "A bus of direct current that is charged from the mains or gives its surplus back: a DC microgrid, a storage stage, a "
           "first sketch before a supply is chosen.",
    .validity = "Averages over the mains period at unity power factor. Constant efficiency, so no no-load loss: for part load "
                "and one-way supplies use psu.",
    .source = "Energy balance of a converter of constant efficiency in both directions; no published law stands behind it.",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs, .limits = limits,
    .stamps = stamps, .n_stamps = TW_COUNT(stamps), .n_derived = D_END - N_P, .derive = derive, .start = start, .eval = eval,
    .observe = observe};
