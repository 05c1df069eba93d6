#include "flow.h"

/* Orifice plate: permanent pressure loss K rho v^2 / 2 on the velocity in the pipe. K is given, or that of a square-edged plate:
 *   K = (sqrt(1 - beta^4 (1 - C^2)) / (C beta^2) - 1)^2                                (ISO 5167-2:2022, 5.4, pressure loss)
 *   C = 0.5961 + 0.0261 beta^2 - 0.216 beta^8         (Reader-Harris/Gallagher, ibid. 5.3.2.1, high Re, corner taps)
 * beta = diameter / bore. The standard holds for 0.1 <= beta <= 0.75 and pipe Re above 5000; the terms in 1/Re (up to 3 % of C
 * at Re 1e4) are left out. Below throat Reynolds number 100 the loss is linear in flow. */
enum { P_DIAMETER, P_BORE, P_K, P_CLOGGING, P_RISE, P_GAX, P_FLOWMAX, P_MEDIUM, N_P, D_AV = N_P };
static const tw_param params[] = {
    {"diameter", "m", NULL, TW_NUMBER, 1e-5, 10, TW_P_OPTIONAL, "diameter of the hole", NULL, NULL, NULL},
    {"bore", "m", NULL, TW_NUMBER, 1e-4, 10, 0, "inside diameter of the pipe", NULL, NULL, NULL},
    {"K", "1", NULL, TW_NUMBER, 1e-3, 1e9, TW_P_OPTIONAL, "loss coefficient on the velocity in the pipe, instead of diameter",
        NULL, NULL, NULL},
    {"clogging", "1", "1", TW_NUMBER, 1, 1e6, TW_P_TIMED, "factor on the pressure drop, 1 = clean", NULL, NULL, NULL},
    TW_PARAM_RISE, TW_PARAM_G_AXIAL, TW_PARAM_LIMIT("flow_max", "m3/s", 1e-9, 100, "largest flow"), TW_PARAM_MEDIUM, {0}};
enum { M = 4 };
static const tw_port ports[] = {TW_PORT_IN(1), TW_PORT_OUT(1), {0}};
static const tw_unknown unknowns[] = {TW_UNKNOWN_M_DOT(false), {0}};
static const tw_row rows[] = {TW_ROW_FLOW, {0}};
static const tw_quantity outputs[] = {TW_OUT_FLOW, {0}};
static const tw_limit limits[] = {{"flow", "flow_max", TW_AT_MOST, "flow through the orifice"}, {0}};
static const tw_stamp stamps[] = {TW_STREAM_STAMPS(M), TW_MOMENTUM_STAMPS(M)};

static int derive(const tw_derive *d) {
  for (int i = 0; i < d->n; i++) {
    tw_real D = d->p[P_BORE][i], K = d->p[P_K][i], A = 0.25 * TW_PI * D * D;
    if (tw_exactly_one(d, i, P_DIAMETER, P_K, "give exactly one of diameter and K")) return 1;
    if (isnan(TW_RE(K))) {
      tw_real b2 = d->p[P_DIAMETER][i] / D;
      if (TW_RE(b2) < 0.1 || TW_RE(b2) > 0.75) {
        d->fail(d->ctx, i, P_DIAMETER, "must be 0.1 to 0.75 of the bore (ISO 5167-2); give K for other plates");
        return 1;
      }
      b2 *= b2;
      tw_real b4 = b2 * b2, C = 0.5961 + 0.0261 * b2 - 0.216 * b4 * b4;
      tw_real r = tw_sqrt(1.0 - b4 * (1.0 - C * C)) / (C * b2) - 1.0;
      K = r * r;
    }
    d->p[D_AV][i] = A * tw_sqrt(2.0 / K);
  }
  return 0;
}

static void start(const tw_start *s) {
  for (int i = 0; i < s->n; i++) {
    double D = s->p[P_BORE][i];
    s->x[M][i] = 0.5 * s->m[0][i]->rho_ref * 0.25 * TW_PI * D * D; /* 0.5 m/s in the pipe */
  }
}

static TW_INLINE tw_real coefficient(const tw_eval *e, int i) { return e->p[D_AV][i] / tw_sqrt(e->p[P_CLOGGING][i]); }

TW_WIDE static void eval(const tw_eval *e) { tw_throttle_eval(e, (tw_restriction){M, P_GAX, P_RISE, D_AV, coefficient}); }

static void observe(const tw_eval *e, tw_real *const *out) {
  for (int i = 0; i < e->n; i++) tw_flow_observe(e, i, M, e->p[P_RISE][i], out);
}

static void balance(const tw_eval *e, tw_real *const *b) {
  for (int i = 0; i < e->n; i++) tw_flow_balance(e, i, M, e->p[P_RISE][i], 0.0, b);
}

const tw_type TW_TYPE(orifice) = {
    .element = "orifice", .title = "Orifice plate",
    .doc = "dp = K rho v^2 / 2 on the pipe's velocity; K given, or from diameter / bore by the pressure loss of ISO 5167-2 with "
           "the discharge coefficient of Reader-Harris/Gallagher at high Reynolds number (corner taps).",
    .use = "A balancing plate that takes surplus pressure from a branch.",
    .validity = "0.1 <= diameter/bore <= 0.75 and pipe Reynolds number above 5000; terms in 1/Re (up to 3 % of C at Re 1e4) are "
                "left out. Linear below throat Reynolds number 100.",
    .source = "ISO 5167-2:2022, 5.4 (pressure loss) and 5.3.2.1 (Reader-Harris/Gallagher, corner taps).",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs, .limits = limits,
    .stamps = stamps, .n_stamps = TW_COUNT(stamps), .n_derived = 1, .derive = derive, .start = start, .eval = eval,
    .observe = observe, .balance = balance};
