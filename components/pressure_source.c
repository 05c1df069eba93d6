#include "pump_curve.h"

/* Ideal pressure rise from a to b over volume flow and speed (affinity laws, pump_curve.h): an ideal pump without losses. The
 * work m_dot dp/rho_ref comes from outside, so that the coolant's temperature does not change. With dp0 alone the pressure
 * rise does not depend on flow. */
enum { P_HEAD, P_SPEED = P_HEAD + TW_PUMP_PARAM_N, P_GAX, P_MEDIUM };
static const tw_param params[] = {
    TW_PUMP_PARAMS("pressure rise at zero flow and full speed"),
    {"speed", "1", "1", TW_NUMBER, 0, 2, TW_P_TIMED, "speed relative to full, where no signal gives it", NULL, NULL, NULL},
    TW_PARAM_G_AXIAL, TW_PARAM_MEDIUM,
    {0}};
enum { U = 4, M };
static const tw_port ports[] = {
    TW_PORT_IN(1), TW_PORT_OUT(1), {"speed", TW_SIGNAL_IN, TW_R_OPTIONAL, 0, NULL, "speed", "speed relative to full"}, {0}};
static const tw_unknown unknowns[] = {TW_UNKNOWN_M_DOT(false), {0}};
static const tw_row rows[] = {TW_ROW_DP, {0}};
enum { O_RISE, O_M, O_FLOW, O_WORK };
static const tw_quantity outputs[] = {
    {"dp", "Pa", TW_Q_PLAIN, TW_L_NONE, "pressure rise"},
    {"m_dot", "kg/s", TW_Q_PLAIN, TW_L_NONE, "mass flow from a to b"},
    {"flow", "m3/s", TW_Q_PLAIN, TW_L_NONE, "volume flow at the inside temperature"},
    {"work", "W", TW_Q_PLAIN, TW_L_NONE, "hydraulic work done on the coolant, from outside"},
    {0}};
static const tw_stamp stamps[] = {TW_STREAM_STAMPS(M), TW_MOMENTUM_STAMPS(M), {M, U}};
enum { J_ROW = TW_STREAM_N_STAMPS };

static int derive(const tw_derive *d) {
  for (int i = 0; i < d->n; i++)
    if (tw_pump_check(d, i, P_HEAD, false)) return 1;
  return 0;
}

static void start(const tw_start *s) {
  for (int i = 0; i < s->n; i++) {
    const tw_curve *c = s->c[P_HEAD + TW_PUMP_CURVE][i];
    double a0 = s->p[P_HEAD + TW_PUMP_DP0][i], a2 = s->p[P_HEAD + TW_PUMP_DP2][i];
    double q = c ? 0.5 * c->x[c->n - 1] : a2 < 0.0 ? 0.5 * sqrt(-a0 / a2) : 1e-4;
    s->x[M][i] = q * s->p[P_SPEED][i] * s->m[0][i]->rho_ref;
  }
}

static void eval(const tw_eval *e) {
  for (int i = 0; i < e->n; i++) {
    tw_inside c = tw_flow_inside(e->m[0][i], e->x[1][i], e->x[3][i]);
    tw_real m = e->x[M][i], Q = m / c.rho.v, r = 1.0 / e->m[0][i]->rho_ref, dp = e->x[2][i] - e->x[0][i];
    tw_affine h = tw_pump_rise(e, i, P_HEAD, Q, e->x[U][i]);
    tw_drop d = {-h.v, -h.d_Q / c.rho.v, h.d_Q * Q / c.rho.v, 0.0};
    tw_flow_rows(e, i, M, e->p[P_GAX][i], 0.0, 0.0);
    e->f[3][i] -= m * dp * r;
    tw_momentum_row(tw_way_of_one(e), e, i, M, J_ROW, &c, &d, 0.0);
    if (!e->j) continue;
    double mr = TW_RE(m * r);
    e->j[7][i] += mr;
    e->j[9][i] -= mr;
    e->j[11][i] -= TW_RE(dp * r);
    e->j[J_ROW + 5][i] = TW_RE(h.d_n);
  }
}

static void observe(const tw_eval *e, tw_real *const *out) {
  for (int i = 0; i < e->n; i++) {
    tw_inside c = tw_flow_inside(e->m[0][i], e->x[1][i], e->x[3][i]);
    tw_real dp = e->x[2][i] - e->x[0][i];
    out[O_RISE][i] = dp;
    out[O_M][i] = e->x[M][i];
    out[O_FLOW][i] = e->x[M][i] / c.rho.v;
    out[O_WORK][i] = e->x[M][i] * dp / e->m[0][i]->rho_ref;
  }
}

static void balance(const tw_eval *e, tw_real *const *b) {
  for (int i = 0; i < e->n; i++) {
    tw_flow_balance(e, i, M, 0.0, 0.0, b);
    b[TW_B_EXTERNAL][i] = e->x[M][i] * (e->x[2][i] - e->x[0][i]) / e->m[0][i]->rho_ref;
  }
}

const tw_type TW_TYPE(pressure_source) = {.element = "pressure-source",
    .title = "Ideal pressure source",
    .doc = "p_b - p_a = n^2 dp(Q/n) as given, n the speed: dp0 + dp1 Q + dp2 Q|Q|, or a curve. Its hydraulic work comes from "
           "outside "
           "without loss.",
    .use = "An ideal pump: a head curve without losses, for benches and first sketches.",
    .validity = "Affinity laws in the speed; no loss, no heat to the coolant.",
    .source = "Affinity laws: Gulich, Centrifugal Pumps, 3rd ed., ch. 3 (model laws).",
    .params = params,
    .ports = ports,
    .unknowns = unknowns,
    .rows = rows,
    .outputs = outputs,
    .stamps = stamps,
    .n_stamps = TW_COUNT(stamps),
    .derive = derive,
    .start = start,
    .eval = eval,
    .observe = observe,
    .balance = balance};
