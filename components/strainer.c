#include "flow.h"

/* Strainer or filter: flow coefficient of the clean element, IEC 60534-1, with a clogging factor on its pressure drop. */
enum { P_KV, P_CV, P_CLOGGING, P_RISE, P_GAX, P_DPMAX, P_FLOWMAX, P_MEDIUM, N_P, D_AV = N_P };
static const tw_param params[] = {
    TW_PARAM_KV, TW_PARAM_CV,
    {"clogging", "1", "1", TW_NUMBER, 1, 1e6, TW_P_TIMED, "factor on the pressure drop, 1 = clean", NULL, NULL, NULL},
    TW_PARAM_RISE, TW_PARAM_G_AXIAL,
    TW_PARAM_LIMIT("dp_max", "Pa", 1, 1e8, "pressure drop at which it must be cleaned"),
    TW_PARAM_LIMIT("flow_max", "m3/s", 1e-9, 100, "largest flow"),
    TW_PARAM_MEDIUM,
    {0}};
enum { M = 4 };
static const tw_port ports[] = {TW_PORT_IN(1), TW_PORT_OUT(1), {0}};
static const tw_unknown unknowns[] = {TW_UNKNOWN_M_DOT(false), {0}};
static const tw_row rows[] = {TW_ROW_FLOW, {0}};
static const tw_quantity outputs[] = {TW_OUT_FLOW, {0}};
static const tw_limit limits[] = {
    {"dp", "dp_max", TW_AT_MOST, "pressure drop of the strainer"},
    {"flow", "flow_max", TW_AT_MOST, "flow through the strainer"},
    {0}};
static const tw_stamp stamps[] = {TW_STREAM_STAMPS(M), TW_MOMENTUM_STAMPS(M)};

static int derive(const tw_derive *d) {
  for (int i = 0; i < d->n; i++) {
    if (tw_exactly_one(d, i, P_KV, P_CV, "give exactly one of Kv and Cv")) return 1;
    d->p[D_AV][i] = tw_flow_coefficient(d->p[P_KV][i], d->p[P_CV][i]);
  }
  return 0;
}

static void start(const tw_start *s) {
  for (int i = 0; i < s->n; i++) s->x[M][i] = tw_throttle_guess(s->p[P_KV][i], s->p[P_CV][i], s->m[0][i]->rho_ref);
}

static TW_INLINE tw_real coefficient(const tw_eval *e, int i) { return e->p[D_AV][i] / tw_sqrt(e->p[P_CLOGGING][i]); }

TW_WIDE static void eval(const tw_eval *e) { tw_throttle_eval(e, (tw_restriction){M, P_GAX, P_RISE, D_AV, coefficient}); }

static void observe(const tw_eval *e, tw_real *const *out) {
  for (int i = 0; i < e->n; i++) tw_flow_observe(e, i, M, e->p[P_RISE][i], out);
}

static void balance(const tw_eval *e, tw_real *const *b) {
  for (int i = 0; i < e->n; i++) tw_flow_balance(e, i, M, e->p[P_RISE][i], 0.0, b);
}

const tw_type TW_TYPE(strainer) = {
    .element = "strainer", .title = "Strainer",
    .doc = "dp = clogging SG (Q/Kv)^2 with Q in m3/h and dp in bar, linear below throat Reynolds number 100.",
    .use = "A filter that clogs: how much head it takes and when it must be cleaned.",
    .validity = "Liquid; clogging multiplies the pressure drop evenly; linear below throat Reynolds number 100.",
    .source = "IEC 60534-1 (flow coefficient).",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs, .limits = limits,
    .stamps = stamps, .n_stamps = TW_COUNT(stamps), .n_derived = 1, .derive = derive, .start = start, .eval = eval,
    .observe = observe, .balance = balance};
