#include "flow.h"

/* Control valve. Kv(h)/Kv_open over the position h, inherent characteristic of IEC 60534-2-4:
 *   linear            leakage + (1 - leakage) h
 *   equal-percentage  R^(h - 1), R the rangeability
 * Below h0 (0.05) a cubic takes over that meets it with equal slope and ends at h = 0 on the seat's leakage with slope zero: a
 * closed valve leaks by its seat class (IEC 60534-4: II 5e-3, III 1e-3, IV 1e-4 of the rated flow), not by its rangeability.
 * Flow: m = A_v sqrt(rho dp), linear below throat Reynolds number 100. Liquid without flashing or choking.
 * Actuator: first-order lag, 95 % of a step within the stroke time. Stuck, it goes to stuck_at where that is given (fails
 * open, closed), else it holds the position of that moment; in a steady state, which has no such moment, the one asked for. */
enum {
  P_KV, P_CV, P_CHARACTERISTIC, P_R, P_OPENING, P_LEAKAGE, P_STROKE, P_CLOGGING, P_STATE, P_STUCK, P_RISE, P_GAX, P_FLOWMAX,
  P_DPMAX, P_MEDIUM, N_P, D_AV = N_P
};
static const tw_param params[] = {
    TW_PARAM_KV, TW_PARAM_CV,
    {"characteristic", "1", "equal-percentage", TW_ENUM, 0, 1, 0, "flow coefficient over position", NULL,
     "linear|equal-percentage", NULL},
    {"rangeability", "1", "50", TW_NUMBER, 5, 1000, 0, "largest over smallest controllable Kv, equal-percentage only",
     "IEC 60534-2-4, usual value", NULL, NULL},
    {"opening", "1", "1", TW_NUMBER, 0, 1, TW_P_TIMED, "position asked for where no signal does: 0 closed, 1 open", NULL, NULL,
     NULL},
    {"leakage", "1", "1e-4", TW_NUMBER, 1e-7, 1e-2, 0, "flow when closed, relative to open", "IEC 60534-4, class IV", NULL, NULL},
    {"stroke_time", "s", "30 s", TW_NUMBER, 1e-3, 3600, 0, "time of the actuator from stop to stop", NULL, NULL, NULL},
    {"clogging", "1", "1", TW_NUMBER, 1, 1e6, TW_P_TIMED, "factor on the pressure drop, 1 = clean", NULL, NULL, NULL},
    {"state", "1", "on", TW_ENUM, 0, 1, TW_P_TIMED,
     "stuck: at stuck_at, else in the position of that moment (in a steady state the one asked for)", NULL, "on|stuck", NULL},
    {"stuck_at", "1", NULL, TW_NUMBER, 0, 1, TW_P_OPTIONAL | TW_P_TIMED, "position in which it is stuck: 0 fails closed, 1 open",
     NULL, NULL, NULL},
    TW_PARAM_RISE, TW_PARAM_G_AXIAL,
    TW_PARAM_LIMIT("flow_max", "m3/s", 1e-9, 100, "largest flow"),
    TW_PARAM_LIMIT("dp_max", "Pa", 1, 1e8, "largest pressure drop"),
    TW_PARAM_MEDIUM,
    {0}};
enum { U = 4, M, H };
static const tw_port ports[] = {
    TW_PORT_IN(1), TW_PORT_OUT(1),
    {"opening", TW_SIGNAL_IN, TW_R_OPTIONAL, 0, NULL, "opening", "position asked for, 0 to 1"},
    {0}};
static const tw_unknown unknowns[] = {
    TW_UNKNOWN_M_DOT(false), {"position", "1", true, 1, -0.01, 1.01, "position of the plug: 0 closed, 1 open"}, {0}};
static const tw_row rows[] = {TW_ROW_FLOW, {"position", "1", 1, 1e-9}, {0}};
enum { O_POSITION = TW_O_FLOW_N };
static const tw_quantity outputs[] = {
    TW_OUT_FLOW, {"position", "1", TW_Q_PLAIN, TW_L_NONE, "position of the plug: 0 closed, 1 open"}, {0}};
static const tw_limit limits[] = {
    {"flow", "flow_max", TW_AT_MOST, "flow through the valve"},
    {"dp", "dp_max", TW_AT_MOST, "pressure drop of the valve"},
    {0}};
static const tw_stamp stamps[] = {TW_STREAM_STAMPS(M), TW_MOMENTUM_STAMPS(M), {M, H}, {H, U}, {H, H}};
enum { J_ROW = TW_STREAM_N_STAMPS, J_MH = J_ROW + 5, J_HU, J_HH };

static const tw_discrete discrete[] = {
    {"holds", NULL, NULL, "whether it holds a position", true}, {"held", NULL, NULL, "the position that it holds", true}, {0}};
enum { Z_HOLDS, Z_HELD };

#define SEAT 0.05   /* h0 */
#define CORNER 1e-4 /* the asked position is held within -CORNER .. 1 + CORNER, exact from 0 to 1 */

/* Kv(h) / Kv_open and its slope. */
static tw_vd share(bool equal, tw_real h, tw_real R, tw_real leak) {
  tw_real ln_R = tw_log(R), at = TW_RE(h) > SEAT ? h : SEAT;
  tw_vd c = {leak + (1.0 - leak) * at, 1.0 - leak};
  if (equal) {
    c.v = tw_exp((at - 1.0) * ln_R);
    c.d = c.v * ln_R;
  }
  if (TW_RE(h) >= SEAT) return c;
  if (TW_RE(h) <= 0.0) return (tw_vd){leak, 0.0};
  /* Hermite cubic: slope 0 at the seat, that of the characteristic at h0 */
  tw_real t = h / SEAT, rise = c.v - leak, s = c.d * SEAT, c2 = 3.0 * rise - s, c3 = s - 2.0 * rise;
  return (tw_vd){leak + t * t * (c2 + t * c3), t * (2.0 * c2 + 3.0 * t * c3) / SEAT};
}

static int derive(const tw_derive *d) {
  for (int i = 0; i < d->n; i++) {
    if (tw_exactly_one(d, i, P_KV, P_CV, "give exactly one of Kv and Cv")) return 1;
    d->p[D_AV][i] = tw_flow_coefficient(d->p[P_KV][i], d->p[P_CV][i]);
  }
  return 0;
}

static void start(const tw_start *s) {
  for (int i = 0; i < s->n; i++) {
    double h = s->p[P_OPENING][i];
    bool at = s->p[P_STATE][i] > 0.5 && !isnan(s->p[P_STUCK][i]);
    s->x[H][i] = s->z[Z_HELD][i] = at ? s->p[P_STUCK][i] : h;
    s->z[Z_HOLDS][i] = at ? 1.0 : 0.0;
    s->x[M][i] = h * tw_throttle_guess(s->p[P_KV][i], s->p[P_CV][i], s->m[0][i]->rho_ref);
  }
}

/* Where the actuator goes, and how that follows the signal. */
static tw_vd target(const tw_eval *e, int i) {
  if (e->z[Z_HOLDS][i] > 0.5) return (tw_vd){e->z[Z_HELD][i], 0.0};
  return tw_saturate(e->x[U][i], -CORNER, 1.0 + CORNER, CORNER);
}

static void eval(const tw_eval *e) {
  for (int i = 0; i < e->n; i++) {
    tw_vd k = share(TW_RE(e->p[P_CHARACTERISTIC][i]) > 0.5, e->x[H][i], e->p[P_R][i], e->p[P_LEAKAGE][i]);
    tw_real Av = e->p[D_AV][i] / tw_sqrt(e->p[P_CLOGGING][i]), tau = e->p[P_STROKE][i] / 3.0;
    tw_vd u = target(e, i);
    tw_flow_rows(e, i, M, e->p[P_GAX][i], e->p[P_RISE][i], 0.0);
    tw_inside c = tw_flow_inside(e->m[0][i], e->x[1][i], e->x[3][i]);
    tw_throttle t = tw_throttle_row(tw_way_of_one(e), e, i, M, J_ROW, &c, Av * k.v, Av, e->p[P_RISE][i]);
    e->f[H][i] = tau * e->xd[H][i] + e->x[H][i] - u.v;
    if (!e->j) continue;
    e->j[J_MH][i] = TW_RE(t.d_Av * Av * k.d);
    e->j[J_HU][i] = -TW_RE(u.d);
    e->j[J_HH][i] = 1.0 + TW_RE(tau) * e->cj;
  }
}

static int react(const tw_eval *e, double *const *z) {
  int changed = 0;
  for (int i = 0; i < e->n; i++) {
    double at = TW_RE(e->p[P_STUCK][i]), was = z[Z_HELD][i];
    bool holds = TW_RE(e->p[P_STATE][i]) > 0.5 && (!isnan(at) || !e->at_rest), held = z[Z_HOLDS][i] > 0.5;
    if (holds && !isnan(at)) z[Z_HELD][i] = at;
    else if (holds && !held) z[Z_HELD][i] = TW_RE(e->x[H][i]);
    z[Z_HOLDS][i] = holds ? 1.0 : 0.0;
    changed += holds != held || z[Z_HELD][i] < was || z[Z_HELD][i] > was;
  }
  return changed;
}

static void observe(const tw_eval *e, tw_real *const *out) {
  for (int i = 0; i < e->n; i++) {
    tw_flow_observe(e, i, M, e->p[P_RISE][i], out);
    out[O_POSITION][i] = e->x[H][i];
  }
}

static void balance(const tw_eval *e, tw_real *const *b) {
  for (int i = 0; i < e->n; i++) tw_flow_balance(e, i, M, e->p[P_RISE][i], 0.0, b);
}

const tw_type TW_TYPE(valve) = {.element = "valve",
    .title = "Control valve",
    .doc =
        "dp = clogging SG (Q/Kv(h))^2 with Q in m3/h and dp in bar; Kv(h) linear or equal-percentage (IEC 60534-2-4), ending "
        "on the seat's leakage (IEC 60534-4). The position follows the signal `opening` as a first-order lag of stroke_time / 3; "
        "a valve that is stuck holds the one that it had, or goes to stuck_at.",
    .use = "Control and balancing valves, by Kv and characteristic: authority, flow at part opening, leakage when shut.",
    .validity = "Liquid without flashing or choking; linear below throat Reynolds number 100; below 5 % of the stroke a cubic "
                "ends on the seat's leakage.",
    .source = "IEC 60534-2-4 (inherent characteristic), IEC 60534-4 (seat leakage), IEC 60534-1 (flow coefficient).",
    .params = params,
    .ports = ports,
    .unknowns = unknowns,
    .rows = rows,
    .outputs = outputs,
    .limits = limits,
    .stamps = stamps,
    .n_stamps = TW_COUNT(stamps),
    .n_derived = 1,
    .discrete = discrete,
    .n_discrete = 2,
    .react = react,
    .derive = derive,
    .start = start,
    .eval = eval,
    .observe = observe,
    .balance = balance};
