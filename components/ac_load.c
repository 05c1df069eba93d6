#include "ac.h"

/* Balanced load: constant power above v_min, or a constant impedance.
 * Constant power: i = (P - jQ) v / (phases |v|^2) above v_min; below, an admittance that meets it with equal slope and takes
 * no current at 0 V (ac.h). A solution with v < v_min is not a working point: v_margin says how far away it is.
 * Constant impedance: R + jX per phase (star), or the one that takes the given power at the nominal voltage. */

enum { P_MODEL, P_P, P_S, P_PF, P_SENSE, P_U, P_R, P_X, P_VMIN, P_PHASES, N_P, D_P = N_P, D_Q, D_U0, D_G, D_B };
enum { CONSTANT_POWER, CONSTANT_IMPEDANCE };
static const tw_param params[] = {
    {"model", "1", "constant-power", TW_ENUM, 0, 1, 0, "how the current follows the voltage", NULL,
     "constant-power|constant-impedance", NULL},
    {"power", "W", NULL, TW_NUMBER, 0, 1e12, TW_P_OPTIONAL | TW_P_TIMED, "active power", NULL, NULL, NULL},
    {"apparent_power", "VA", NULL, TW_NUMBER, 0, 1e12, TW_P_OPTIONAL | TW_P_TIMED, "apparent power, instead of power", NULL, NULL,
     NULL},
    {"power_factor", "1", "1", TW_NUMBER, 1e-6, 1, TW_P_TIMED, "active over apparent power", NULL, NULL, NULL},
    {"sense", "1", "lagging", TW_ENUM, 0, 1, 0, "lagging: inductive, takes reactive power", NULL, "lagging|leading", NULL},
    {"voltage", "V", NULL, TW_NUMBER, 1e-3, 1e6, TW_P_OPTIONAL, "nominal voltage, line-to-line", NULL, NULL, NULL},
    {"R", "ohm", NULL, TW_NUMBER, 0, 1e9, TW_P_OPTIONAL, "resistance per phase (constant-impedance)", NULL, NULL, NULL},
    {"X", "ohm", "0 ohm", TW_NUMBER, -1e9, 1e9, 0, "reactance per phase beside R", NULL, NULL, NULL},
    {"v_min", "V", NULL, TW_NUMBER, 1e-3, 1e6, TW_P_OPTIONAL,
     "line-to-line voltage below which constant power is given up; half the nominal voltage when absent", NULL, NULL, NULL},
    TW_PARAM_PHASES,
    {0}};
enum { VR, VI, HEAT };
static const tw_port ports[] = {
    {"in", TW_AC, TW_R_FEED_IN, 0, NULL, NULL, "supply"},
    {"heat", TW_HEAT, TW_R_OPTIONAL, 0, NULL, NULL, "where the power goes as heat"},
    {0}};
static const tw_unknown unknowns[] = {{0}};
static const tw_row rows[] = {{0}};
enum { O_P, O_Q, O_I, O_V, O_MARGIN };
static const tw_quantity outputs[] = {
    {"power", "W", TW_Q_LOAD, TW_L_NONE, "active power taken"},
    {"reactive_power", "var", TW_Q_PLAIN, TW_L_NONE, "reactive power taken, positive when inductive"},
    {"i", "A", TW_Q_PLAIN, TW_L_NONE, "line current, rms"},
    {"v", "V", TW_Q_PLAIN, TW_L_NONE, "line-to-line voltage"},
    {"v_margin", "1", TW_Q_PLAIN, TW_L_NONE, "v / v_min - 1: negative when constant power is given up, 0 on a dead feed; 1 for an impedance"},
    {0}};
static const tw_stamp stamps[] = {{VR, VR}, {VR, VI}, {VI, VR}, {VI, VI}, {HEAT, VR}, {HEAT, VI}};

static int refuse(const tw_derive *d, int i, int param, const char *message) {
  d->fail(d->ctx, i, param, message);
  return 1;
}

static int derive(const tw_derive *d) {
  for (int i = 0; i < d->n; i++) {
    tw_real pf = d->p[P_PF][i], S = d->p[P_S][i], P = d->p[P_P][i], U = d->p[P_U][i], R = d->p[P_R][i], X = d->p[P_X][i];
    bool impedance = TW_RE(d->p[P_MODEL][i]) > 0.5;
    bool has_P = !isnan(TW_RE(P)), has_S = !isnan(TW_RE(S)), has_R = !isnan(TW_RE(R)), has_U = !isnan(TW_RE(U));
    double sign = TW_RE(d->p[P_SENSE][i]) < 0.5 ? 1.0 : -1.0;
    if (has_P + has_S + has_R != 1) return refuse(d, i, P_P, "give exactly one of power, apparent_power and R");
    if (has_R && !impedance) return refuse(d, i, P_R, "R belongs to model = \"constant-impedance\"");
    if (has_R && TW_RE(R) == 0.0 && TW_RE(X) == 0.0) return refuse(d, i, P_R, "R and X are both zero");
    if (impedance && !has_R && !has_U) return refuse(d, i, P_U, "needed to make an impedance of a power");
    if (!impedance && !has_U && isnan(TW_RE(d->p[P_VMIN][i]))) return refuse(d, i, P_U, "give voltage or v_min");
    if (has_S) P = S * pf;
    /* cos phi = 1 is exact; its square root has no derivative there */
    tw_real Q = has_R || TW_RE(pf) >= 1.0 ? 0.0 : sign * P * tw_sqrt(1.0 - pf * pf) / pf;
    tw_real v_min = isnan(TW_RE(d->p[P_VMIN][i])) ? 0.5 * U : d->p[P_VMIN][i], vn = v_min * tw_ac_neutral(d->p[P_PHASES][i]);
    d->p[D_P][i] = impedance ? 0.0 : P;
    d->p[D_Q][i] = impedance ? 0.0 : Q;
    d->p[D_U0][i] = impedance ? 1.0 : vn * vn;
    tw_real z2 = R * R + X * X;
    /* conj(S) / U^2 is the admittance per phase for one and for three phases */
    d->p[D_G][i] = !impedance ? 0.0 : has_R ? R / z2 : P / (U * U);
    d->p[D_B][i] = !impedance ? 0.0 : has_R ? -X / z2 : -Q / (U * U);
  }
  return tw_ac_check_phases(d, P_PHASES);
}

static void eval(const tw_eval *e) {
  for (int i = 0; i < e->n; i++) {
    tw_real vr = e->x[VR][i], vi = e->x[VI][i], n = e->p[P_PHASES][i], g = e->p[D_G][i], b = e->p[D_B][i];
    tw_ac_current c = tw_ac_demand(vr, vi, e->load_scale * e->p[D_P][i], e->load_scale * e->p[D_Q][i], n, e->p[D_U0][i]);
    tw_real u = vr * vr + vi * vi, P = e->load_scale * e->p[D_P][i];
    tw_vd share = tw_ac_share(u, e->p[D_U0][i]);
    e->f[VR][i] = c.r + g * vr - b * vi;
    e->f[VI][i] = c.i + b * vr + g * vi;
    e->f[HEAT][i] = -(P * share.v + n * g * u);
    if (!e->j) continue;
    double slope = TW_RE(-2.0 * (P * share.d + n * g));
    e->j[0][i] = TW_RE(c.r_vr + g);
    e->j[1][i] = TW_RE(c.r_vi - b);
    e->j[2][i] = TW_RE(c.i_vr + b);
    e->j[3][i] = TW_RE(c.i_vi + g);
    e->j[4][i] = slope * TW_RE(vr);
    e->j[5][i] = slope * TW_RE(vi);
  }
}

static void observe(const tw_eval *e, tw_real *const *out) {
  for (int i = 0; i < e->n; i++) {
    tw_real vr = e->x[VR][i], vi = e->x[VI][i], u = vr * vr + vi * vi, n = e->p[P_PHASES][i], u0 = e->p[D_U0][i];
    tw_real share = e->load_scale * tw_ac_share(u, u0).v;
    tw_real P = e->p[D_P][i] * share + n * u * e->p[D_G][i], Q = e->p[D_Q][i] * share - n * u * e->p[D_B][i];
    tw_real v = tw_ac_magnitude(vr, vi);
    out[O_P][i] = P;
    out[O_Q][i] = Q;
    out[O_I][i] = TW_RE(v) > 0.0 ? tw_ac_magnitude(P, Q) / (n * v) : 0.0;
    out[O_V][i] = v / tw_ac_neutral(n);
    out[O_MARGIN][i] = TW_RE(e->p[P_MODEL][i]) > 0.5 ? 1.0 : tw_draw_margin(v, tw_sqrt(u0));
  }
}

const tw_type TW_TYPE(ac_load) = {
    .element = "ac-load", .title = "AC load", .stage = TW_STAGE_AUXILIARY,
    .doc = "Balanced load of constant power i = (P - jQ) v / (phases |v|^2), or of constant impedance per phase. Below v_min the "
           "constant power goes over into an admittance, C1, without current at 0 V.",
    .use = "Whatever else hangs on the feed and is known by kW and power factor: lighting, air handlers, a neighbouring row.",
    .validity = "Balanced, sinusoidal. Constant power holds from v_min up; a solution below v_min is refused as a collapsed "
                "supply.",
    .source = "Complex power S = 3 V conj(I), IEEE Std 1459-2010; the continuation below v_min is a C1 admittance of this "
              "program (components/ac.h).",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs,
    .stamps = stamps, .n_stamps = TW_COUNT(stamps), .n_derived = 5, .derive = derive, .eval = eval, .observe = observe};
