#include "flow.h"

/* Quick disconnect (dry-break coupling): dp = SG (Q/Cv)^2 (OCP Universal Quick Disconnect rev. 1.0; ANSI/ISA-75.01.01), times
 * the clogging factor; linear in flow below throat Reynolds number 100. Disconnected, or not mated, it leaks `leakage` of the
 * flow that it would pass. A tray crosses two couplings. */
enum { P_KV, P_CV, P_STATE, P_CLOGGING, P_LEAKAGE, P_RISE, P_GAX, P_FLOW, P_PMAX, P_TMAX, P_MEDIUM, N_P, D_AV = N_P };
static const tw_param params[] = {
    TW_PARAM_KV, TW_PARAM_CV,
    {"state", "1", "connected", TW_ENUM, 0, 1, TW_P_TIMED | TW_P_UNPLUGS, "mated, or pulled apart", NULL,
     "connected|disconnected", NULL},
    {"clogging", "1", "1", TW_NUMBER, 1, 1e6, TW_P_TIMED, "factor on the pressure drop, 1 = clean", NULL, NULL, NULL},
    {"leakage", "1", "1e-6", TW_NUMBER, 1e-9, 1e-2, 0, "flow when disconnected, relative to connected", NULL, NULL, NULL},
    TW_PARAM_RISE, TW_PARAM_G_AXIAL,
    TW_PARAM_LIMIT("rated_flow", "m3/s", 1e-9, 10, "largest flow"),
    TW_PARAM_LIMIT("p_max", "Pa", 1e3, 1e8, "largest operating pressure, absolute"),
    TW_PARAM_LIMIT("T_max", "K", 200, 600, "largest coolant temperature"),
    TW_PARAM_MEDIUM,
    {0}};
enum { M = 4 };
static const tw_port ports[] = {TW_PORT_IN(1), TW_PORT_OUT(1), {0}};
static const tw_unknown unknowns[] = {TW_UNKNOWN_M_DOT(false), {0}};
static const tw_row rows[] = {TW_ROW_FLOW, {0}};
enum { O_P = TW_O_FLOW_N, O_USE };
static const tw_quantity outputs[] = {
    TW_OUT_FLOW,
    {"p", "Pa", TW_Q_PLAIN, TW_L_NONE, "larger pressure of both ends, absolute"},
    {"flow_magnitude", "m3/s", TW_Q_PLAIN, TW_L_NONE, "volume flow, either direction"},
    {0}};
static const tw_limit limits[] = {
    {"flow_magnitude", "rated_flow", TW_AT_MOST, "flow through the coupling"},
    {"p", "p_max", TW_AT_MOST, "pressure of the coolant"},
    {"T_out", "T_max", TW_AT_MOST, "temperature of the coolant"},
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
  for (int i = 0; i < s->n; i++) {
    double m = tw_throttle_guess(s->p[P_KV][i], s->p[P_CV][i], s->m[0][i]->rho_ref);
    s->x[M][i] = s->p[P_STATE][i] < 0.5 ? m : 0.0;
  }
}

static TW_INLINE tw_real coefficient(const tw_eval *e, int i) {
  tw_real Av = e->p[D_AV][i] / tw_sqrt(e->p[P_CLOGGING][i]), leak = e->p[P_LEAKAGE][i];
  return Av * (TW_RE(e->p[P_STATE][i]) > 0.5 ? leak : 1.0);
}

TW_WIDE static void eval(const tw_eval *e) { tw_throttle_eval(e, (tw_restriction){M, P_GAX, P_RISE, D_AV, coefficient}); }

static void observe(const tw_eval *e, tw_real *const *out) {
  for (int i = 0; i < e->n; i++) {
    tw_flow_observe(e, i, M, e->p[P_RISE][i], out);
    out[O_P][i] = tw_larger(e->x[0][i], e->x[2][i]);
    out[O_USE][i] = tw_magnitude(out[TW_O_FLOW][i]);
  }
}

static void balance(const tw_eval *e, tw_real *const *b) {
  for (int i = 0; i < e->n; i++) tw_flow_balance(e, i, M, e->p[P_RISE][i], 0.0, b);
}

const tw_type TW_TYPE(quick_disconnect) = {
    .element = "quick-disconnect", .title = "Quick disconnect",
    .doc = "dp = SG (Q/Cv)^2 clogging with Q in US gpm and dp in psi (or Q/Kv in m3/h and bar), linear below throat Reynolds "
           "number 100. Disconnected it leaves the leakage. Cv and Kv refer to water at 15 degC.",
    .use = "The dry-break couplings of a tray, two per loop and often its largest pressure drop.",
    .validity = "Liquid without flashing or choking; linear below throat Reynolds number 100; hysteresis of the poppets is not "
                "modelled.",
    .source = "OCP Universal Quick Disconnect, rev. 1.0; ANSI/ISA-75.01.01 (Cv).",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs, .limits = limits,
    .stamps = stamps, .n_stamps = TW_COUNT(stamps), .n_derived = 1, .derive = derive, .start = start, .eval = eval,
    .observe = observe, .balance = balance};
