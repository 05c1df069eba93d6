#include "flow.h"

/* Ideal flow from a to b, whatever the pressures. The work m_dot (dp/rho_ref + g rise) that this takes comes from outside,
 * without loss: the coolant's temperature does not change. Volume flow: at the temperature of port a. */
enum { P_M, P_FLOW, P_RISE, P_GAX, P_MEDIUM };
static const tw_param params[] = {
    {"m_dot", "kg/s", NULL, TW_NUMBER, -1e4, 1e4, TW_P_OPTIONAL | TW_P_TIMED, "mass flow from a to b", NULL, NULL, NULL},
    {"flow", "m3/s", NULL, TW_NUMBER, -100, 100, TW_P_OPTIONAL | TW_P_TIMED, "volume flow from a to b, instead of m_dot", NULL,
        NULL, NULL},
    TW_PARAM_RISE, TW_PARAM_G_AXIAL, TW_PARAM_MEDIUM, {0}};
enum { M = 4 };
static const tw_port ports[] = {
    {"a", TW_FLUID, TW_R_COOLANT_IN | TW_R_FLOW, 1, NULL, NULL, "inlet"},
    {"b", TW_FLUID, TW_R_COOLANT_OUT | TW_R_FLOW, 1, NULL, NULL, "outlet"},
    {0}};
static const tw_unknown unknowns[] = {TW_UNKNOWN_M_DOT(false), {0}};
static const tw_row rows[] = {TW_ROW_FLOW, {0}};
enum { O_WORK = TW_O_FLOW_N };
static const tw_quantity outputs[] = {
    TW_OUT_FLOW, {"work", "W", TW_Q_PLAIN, TW_L_NONE, "hydraulic work done on the coolant, from outside"}, {0}};
static const tw_stamp stamps[] = {TW_STREAM_STAMPS(M), {M, 1}, {M, M}};
enum { J_ROW = TW_STREAM_N_STAMPS };

static int derive(const tw_derive *d) {
  for (int i = 0; i < d->n; i++)
    if (tw_exactly_one(d, i, P_M, P_FLOW, "give exactly one of m_dot and flow")) return 1;
  return 0;
}

static tw_vd demand(const tw_eval *e, int i) {
  tw_real m = e->p[P_M][i], q = e->p[P_FLOW][i];
  if (!isnan(TW_RE(m))) return (tw_vd){m, 0.0};
  tw_vd rho = tw_property_at(&e->m[0][i]->density, e->x[1][i]);
  return (tw_vd){rho.v * q, rho.d * q};
}

static void start(const tw_start *s) {
  for (int i = 0; i < s->n; i++) {
    double m = s->p[P_M][i];
    s->x[M][i] = isnan(m) ? s->p[P_FLOW][i] * s->m[0][i]->rho_ref : m;
  }
}

/* Head over rho_ref and level [J/kg] that the outside has to give. */
static tw_real specific_work(const tw_eval *e, int i) {
  return (e->x[2][i] - e->x[0][i]) / e->m[0][i]->rho_ref + TW_GRAVITY * e->p[P_RISE][i];
}

static void eval(const tw_eval *e) {
  for (int i = 0; i < e->n; i++) {
    tw_vd m = demand(e, i);
    tw_real y = specific_work(e, i);
    tw_flow_rows(e, i, M, e->p[P_GAX][i], e->p[P_RISE][i], 0.0);
    e->f[3][i] -= e->x[M][i] * y;
    e->f[M][i] = e->x[M][i] - m.v;
    if (!e->j) continue;
    double r = TW_RE(e->x[M][i]) / e->m[0][i]->rho_ref;
    e->j[7][i] += r;
    e->j[9][i] -= r;
    e->j[11][i] -= TW_RE(y);
    e->j[J_ROW][i] = -TW_RE(m.d);
    e->j[J_ROW + 1][i] = 1.0;
  }
}

static void observe(const tw_eval *e, tw_real *const *out) {
  for (int i = 0; i < e->n; i++) {
    tw_flow_observe(e, i, M, e->p[P_RISE][i], out);
    out[O_WORK][i] = e->x[M][i] * specific_work(e, i);
  }
}

static void balance(const tw_eval *e, tw_real *const *b) {
  for (int i = 0; i < e->n; i++) {
    tw_flow_balance(e, i, M, e->p[P_RISE][i], 0.0, b);
    b[TW_B_EXTERNAL][i] = e->x[M][i] * specific_work(e, i);
  }
}

const tw_type TW_TYPE(flow_source) = {
    .element = "flow-source", .title = "Ideal flow source",
    .doc = "m_dot from a to b as given, at any pressure difference; its hydraulic work comes from outside without loss.",
    .use = "A circulation of given flow without a pump curve: first sketches and benches.",
    .validity = "Any pressure difference; no loss, no heat to the coolant.",
    .source = "Definition of the ideal flow source.",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs,
    .stamps = stamps, .n_stamps = TW_COUNT(stamps), .derive = derive, .start = start, .eval = eval, .observe = observe,
    .balance = balance};
