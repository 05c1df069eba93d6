#include "flow.h"

/* Check valve: m = m(dp - dp_crack; A_v) forwards, IEC 60534-1, plus the leakage of its seat, linear in dp in both directions.
 * The opening force is met over 0 .. 2 dp_crack by a parabola, so that the flow is C1; above, the valve costs dp_crack more than
 * its wide-open drop. Nothing but the seat's leakage flows backwards. */
enum { P_KV, P_CV, P_CRACK, P_LEAKAGE, P_RISE, P_GAX, P_FLOWMAX, P_MEDIUM, N_P, D_AV = N_P, D_LEAK };
static const tw_param params[] = {
    TW_PARAM_KV, TW_PARAM_CV,
    {"dp_crack", "Pa", "1 kPa", TW_NUMBER, 1, 1e6, 0, "pressure difference that opens it", NULL, NULL, NULL},
    {"leakage", "1", "1e-4", TW_NUMBER, 1e-9, 1e-2, 0, "leakage of the seat at 1 bar, relative to the flow wide open at 1 bar",
     "IEC 60534-4, class IV", NULL, NULL},
    TW_PARAM_RISE, TW_PARAM_G_AXIAL,
    TW_PARAM_LIMIT("flow_max", "m3/s", 1e-9, 100, "largest flow"),
    TW_PARAM_MEDIUM,
    {0}};
enum { M = 4 };
static const tw_port ports[] = {TW_PORT_IN(1), TW_PORT_OUT(1), {0}};
static const tw_unknown unknowns[] = {TW_UNKNOWN_M_DOT(false), {0}};
static const tw_row rows[] = {TW_ROW_FLOW, {0}};
static const tw_quantity outputs[] = {TW_OUT_FLOW, {0}};
static const tw_limit limits[] = {{"flow", "flow_max", TW_AT_MOST, "flow through the valve"}, {0}};
static const tw_stamp stamps[] = {TW_STREAM_STAMPS(M), TW_MOMENTUM_STAMPS(M)};

static int derive(const tw_derive *d) {
  for (int i = 0; i < d->n; i++) {
    if (tw_exactly_one(d, i, P_KV, P_CV, "give exactly one of Kv and Cv")) return 1;
    tw_real Av = tw_flow_coefficient(d->p[P_KV][i], d->p[P_CV][i]);
    d->p[D_AV][i] = Av;
    d->p[D_LEAK][i] = d->p[P_LEAKAGE][i] * Av * sqrt(d->m[0][i]->rho_ref * 1e5) / 1e5; /* kg/s per Pa */
  }
  return 0;
}

static void start(const tw_start *s) {
  for (int i = 0; i < s->n; i++) s->x[M][i] = tw_throttle_guess(s->p[P_KV][i], s->p[P_CV][i], s->m[0][i]->rho_ref);
}

static void eval(const tw_eval *e) {
  for (int i = 0; i < e->n; i++) {
    tw_inside c = tw_flow_inside(e->m[0][i], e->x[1][i], e->x[3][i]);
    tw_real lift = TW_GRAVITY * e->p[P_RISE][i], dp = e->x[0][i] - e->x[2][i] - c.rho.v * lift, leak = e->p[D_LEAK][i];
    double w = TW_RE(e->p[P_CRACK][i]);
    tw_vd open = tw_ramp(dp - w, w);
    tw_real scale = tw_throttle_scale(e->p[D_AV][i], e->m[0][i]);
    tw_throttle t = tw_throttle_at(e->x[M][i] - leak * dp, open.v, c.rho.v, c.mu.v, e->p[D_AV][i], scale);
    tw_flow_rows(e, i, M, e->p[P_GAX][i], e->p[P_RISE][i], 0.0);
    e->f[M][i] = t.row;
    if (!e->j) continue;
    double g = TW_RE(t.d_x * open.d - t.d_m * leak), dT = TW_RE((t.d_rho - g * lift) * c.rho.d + t.d_mu * c.mu.d);
    const double row[] = {g, dT, -g, dT, TW_RE(t.d_m)};
    for (int s = 0; s < 5; s++) e->j[TW_STREAM_N_STAMPS + s][i] = row[s];
  }
}

static void observe(const tw_eval *e, tw_real *const *out) {
  for (int i = 0; i < e->n; i++) tw_flow_observe(e, i, M, e->p[P_RISE][i], out);
}

static void balance(const tw_eval *e, tw_real *const *b) {
  for (int i = 0; i < e->n; i++) tw_flow_balance(e, i, M, e->p[P_RISE][i], 0.0, b);
}

const tw_type TW_TYPE(check_valve) = {
    .element = "check-valve", .title = "Check valve",
    .doc = "Forwards dp = dp_crack + SG (Q/Kv)^2; backwards the leakage of the seat, linear in dp. C1 through zero.",
    .use = "Keeps a standing pump from being short-circuited by its neighbour.",
    .validity = "Liquid without flashing or choking; fully open above 2 dp_crack; linear below throat Reynolds number 100. No "
                "closing dynamics, no water hammer.",
    .source = "IEC 60534-1 (flow coefficient); the opening parabola is this program's.",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs, .limits = limits,
    .stamps = stamps, .n_stamps = TW_COUNT(stamps), .n_derived = 2, .derive = derive, .start = start, .eval = eval,
    .observe = observe, .balance = balance};
