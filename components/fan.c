#include "electric.h"
#include "flow.h"

/* Fan (or `fans` equal ones side by side) on a DC supply, in a net of air.
 * Pressure rise at full speed and rated density: catalogue curve f(Q), or f = dp_max (1 - (Q/flow_max)^2). At speed n (fraction
 * of full) and density rho by the fan laws: dp = rho/rho_rated n^2 f(Q/n), P = rho/rho_rated n^3 P_f(Q/n)
 * (AMCA 201; constant efficiency, no Reynolds correction). Beyond the curve's ends it goes on with the end slope and -K d|d|, d
 * the distance in flow, K = max f / Q_end^2: the resistance of a fan that stands still. Flow may be reversed. A linear part of
 * 1e-5 keeps the slope finite at no flow. All electric power ends in the air at its outlet; the flow work is the p/rho part of
 * the enthalpy.
 * Below v_min the motor slows down as h = s (2 - s), s = (v/v_min)^2, and stands still without supply. */

enum {
  P_CURVE, P_DPMAX, P_QMAX, P_RHO, P_P, P_PCURVE, P_COUNT, P_SPEED, P_STATE, P_VNOM, P_VMIN, P_LEAK, P_GAX, P_FMIN, P_VINMAX,
  P_MEDIUM, N_P
};
#define OPT TW_P_OPTIONAL
static const tw_param params[] = {
    {"pressure_rise", "Pa", NULL, TW_CURVE, 0, 1e5, OPT, "pressure rise of one fan over flow at full speed", NULL, NULL, "m3/s"},
    {"dp_max", "Pa", NULL, TW_NUMBER, 0.1, 1e5, OPT, "instead of the curve: pressure rise at no flow", NULL, NULL, NULL},
    {"flow_max", "m3/s", NULL, TW_NUMBER, 1e-5, 1e3, OPT, "instead of the curve: flow of one fan at no pressure rise",
     NULL, NULL, NULL},
    {"rho_rated", "kg/m3", "1.2 kg/m3", TW_NUMBER, 0.1, 20, 0, "density at which the figures hold",
     "standard air, ISO 5801", NULL, NULL},
    {"P_rated", "W", NULL, TW_NUMBER, 0, 1e6, OPT, "electric power of one fan at full speed", NULL, NULL, NULL},
    {"power", "W", NULL, TW_CURVE, 0, 1e6, OPT, "instead of P_rated: electric power over flow at full speed", NULL, NULL, "m3/s"},
    {"fans", "1", "1", TW_INTEGER, 1, 1000, 0, "equal fans side by side", NULL, NULL, NULL},
    {"speed", "1", "100 %", TW_NUMBER, 0, 1.5, TW_P_TIMED, "speed where port speed is not connected", NULL, NULL, NULL},
    {"state", "1", "on", TW_ENUM, 0, 2, TW_P_TIMED, "off and failed: stands still, its resistance stays",
     NULL, "on|off|failed", NULL},
    {"V_nominal", "V", NULL, TW_NUMBER, 1, 1000, 0, "nominal voltage", NULL, NULL, NULL},
    {"v_min", "V", NULL, TW_NUMBER, 0.1, 1000, OPT, "voltage below which it slows down; half V_nominal if absent",
     NULL, NULL, NULL},
    {"R_leak", "ohm", "1 Mohm", TW_NUMBER, 1, 1e9, 0, "resistance of the input at rest", NULL, NULL, NULL},
    {"G_axial", "W/K", "0.05 W/K", TW_NUMBER, 1e-6, 1e3, 0, "conduction from end to end", NULL, NULL, NULL},
    {"flow_min", "m3/s", NULL, TW_NUMBER, 0, 1e6, OPT, "smallest flow", NULL, NULL, NULL},
    {"V_in_max", "V", NULL, TW_NUMBER, 0, 2000, OPT, "highest permitted voltage", NULL, NULL, NULL},
    {"medium", NULL, NULL, TW_MEDIUM, 0, 0, OPT, "gas of the net, where not said elsewhere", NULL, NULL, NULL},
    {0}};
enum { D_VMIN = N_P, D_K, D_LINEAR, D_X0, D_F0, D_S0, D_X1, D_F1, D_S1, D_Y0, D_Y1, N_D };

enum { PA, TA, PB, TB, V, U, M };
static const tw_port ports[] = {
    {"a", TW_FLUID, TW_R_NONE, 1, NULL, NULL, "air inlet"},
    {"b", TW_FLUID, TW_R_NONE, 1, NULL, NULL, "air outlet"},
    {"power", TW_DC, TW_R_FEED_IN, 0, NULL, NULL, "supply, against ground"},
    {"speed", TW_SIGNAL_IN, TW_R_OPTIONAL, 0, NULL, "speed", "speed as fraction of full"},
    {0}};
static const tw_unknown unknowns[] = {{"m_dot", "kg/s", false, 0.05, -1e3, 1e3, "mass flow from a to b, all fans"}, {0}};
static const tw_row rows[] = {{"dp", "Pa", 100, 1e-4}, {0}};
enum { O_LOSS, O_FLOW, O_DP, O_SPEED, O_I, O_V };
static const tw_quantity outputs[] = {
    {"loss", "W", TW_Q_LOSS, TW_L_FAN, "electric power, all of which heats the air"},
    {"flow", "m3/s", TW_Q_PLAIN, TW_L_NONE, "volume flow from a to b, all fans"},
    {"dp", "Pa", TW_Q_PLAIN, TW_L_NONE, "pressure rise from a to b"},
    {"speed", "1", TW_Q_PLAIN, TW_L_NONE, "speed as fraction of full"},
    {"I", "A", TW_Q_PLAIN, TW_L_NONE, "supply current"},
    {"v", "V", TW_Q_PLAIN, TW_L_NONE, "supply voltage"},
    {0}};
static const tw_limit limits[] = {
    {"flow", "flow_min", TW_AT_LEAST, "air flow"},
    {"v", "V_in_max", TW_AT_MOST, "voltage window"},
    {0}};
static const tw_stamp stamps[] = {TW_STREAM_STAMPS(M), {TA, V}, {TA, U}, {TB, V}, {TB, U}, {V, TA}, {V, TB}, {V, V}, {V, U},
                                  {V, M}, {M, PA}, {M, TA}, {M, PB}, {M, TB}, {M, V}, {M, U}, {M, M}};

static bool absent(tw_real x) { return isnan(TW_RE(x)); }

static double largest(const tw_curve *c) {
  double y = c->y[0];
  for (int k = 1; k < c->n; k++) y = c->y[k] > y ? c->y[k] : y;
  return y;
}

/* Ends of the pressure curve (flow, value, slope); of the quadratic: 0 and 0, so that only -K Q|Q| remains. */
static void ends(tw_real *const *p, int i, const tw_curve *c) {
  double x0 = c ? c->x[0] : 0.0, x1 = c ? c->x[c->n - 1] : 0.0;
  tw_vd a = {p[P_DPMAX][i], 0.0}, b = a;
  if (c) a = tw_curve_at(c, x0), b = tw_curve_at(c, x1);
  tw_real top = c ? largest(c) : p[P_DPMAX][i], far = c ? x1 : p[P_QMAX][i];
  p[D_X0][i] = x0, p[D_F0][i] = a.v, p[D_S0][i] = a.d;
  p[D_X1][i] = x1, p[D_F1][i] = b.v, p[D_S1][i] = b.d;
  p[D_K][i] = top / (far * far);
  p[D_LINEAR][i] = 1e-5 * top / far;
}

static int derive(const tw_derive *d) {
  int bad = 0;
  for (int i = 0; i < d->n; i++) {
    tw_real *const *p = d->p;
    const tw_curve *f = d->c[P_CURVE][i], *power = d->c[P_PCURVE][i];
    bool quadratic = !absent(p[P_DPMAX][i]) && !absent(p[P_QMAX][i]);
    const char *wrong = NULL;
    int param = P_CURVE;
    if ((f != NULL) == quadratic) wrong = "give either the curve pressure_rise, or dp_max and flow_max";
    else if (f && (f->x[0] < 0.0 || f->x[f->n - 1] <= 0.0 || largest(f) <= 0.0))
      wrong = "pressure_rise must reach from flows of zero or more to a flow above zero, and lie above zero somewhere";
    else if ((power != NULL) == !absent(p[P_P][i])) param = P_P, wrong = "give either P_rated or the curve power";
    if (wrong) {
      d->fail(d->ctx, i, param, wrong);
      bad = 1;
      continue;
    }
    p[D_VMIN][i] = tw_draw_limit(p[P_VMIN][i], p[P_VNOM][i]);
    ends(p, i, f);
    p[D_Y0][i] = power ? power->x[0] : 0.0;
    p[D_Y1][i] = power ? power->x[power->n - 1] : 0.0;
  }
  return bad;
}

/* Speed of the machine from signal and voltage; 0 when it is off or failed. */
typedef struct { tw_real n; double to_u, to_v; } turning;

static TW_INLINE turning turn(const tw_eval *e, int i) {
  if (TW_RE(e->p[P_STATE][i]) > 0.5) return (turning){0.0, 0.0, 0.0};
  tw_vd u = tw_ramp(e->x[U][i], 0.01);
  tw_real r = e->x[V][i] / e->p[D_VMIN][i], s = r * r, h = 1.0, dh = 0.0;
  if (TW_RE(s) < 1.0) h = s * (2.0 - s), dh = 4.0 * r * (1.0 - s) / e->p[D_VMIN][i];
  return (turning){u.v * h, TW_RE(u.d * h), TW_RE(u.v * dh)};
}

typedef struct { tw_real v, n, Q; } law; /* a value and its derivatives to speed and flow of one fan */

static TW_INLINE law pressure(const tw_eval *e, int i, tw_real n, tw_real Q) {
  const tw_real *const *p = e->p;
  const tw_curve *c = e->c[P_CURVE][i];
  tw_real lin = p[D_LINEAR][i], low = Q - n * p[D_X0][i], high = Q - n * p[D_X1][i];
  bool below = TW_RE(low) <= 0.0;
  if (c && !below && TW_RE(high) < 0.0) {
    tw_vd f = tw_curve_at(c, Q / n);
    return (law){n * n * f.v - lin * Q, 2.0 * n * f.v - Q * f.d, n * f.d - lin};
  }
  tw_real x = below ? p[D_X0][i] : p[D_X1][i], f = below ? p[D_F0][i] : p[D_F1][i], s = below ? p[D_S0][i] : p[D_S1][i];
  tw_real d = below ? low : high, k = below ? p[D_K][i] : -p[D_K][i];
  tw_real Qs = s * n + 2.0 * k * d;
  return (law){n * n * f + n * s * d + k * d * d - lin * Q, 2.0 * n * f + s * d - x * Qs, Qs - lin};
}

/* n^3 P_f(Q/n), the flow kept within the curve. */
static TW_INLINE law power(const tw_eval *e, int i, tw_real n, tw_real Q) {
  const tw_curve *c = e->c[P_PCURVE][i];
  if (!c) return (law){n * n * n * e->p[P_P][i], 3.0 * n * n * e->p[P_P][i], 0.0};
  double x0 = TW_RE(e->p[D_Y0][i]), x1 = TW_RE(e->p[D_Y1][i]);
  if (TW_RE(n) <= 0.0) return (law){0.0, 0.0, 0.0};
  tw_real q = Q / n;
  tw_vd s = x1 > x0 ? tw_saturate(q, x0, x1, 0.01 * (x1 - x0)) : (tw_vd){x0, 0.0}, f = tw_curve_at(c, s.v);
  tw_real slope = f.d * s.d;
  return (law){n * n * n * f.v, n * n * (3.0 * f.v - q * slope), n * n * slope};
}

typedef struct {
  tw_stream s;
  tw_vd rho;
  tw_real Q;             /* of one fan */
  turning t;
  tw_real rise, P, I;    /* pressure rise; electric power and current of all fans with the input at rest */
  double d_rise[5], d_P[5], d_I[5]; /* to T_a, T_b, m_dot, v, u */
} state;

/* Chain from a value's derivatives to speed, flow and density. */
static TW_INLINE void chain(const state *s, double m, double to_n, double to_Q, double to_rho, const double Tup[3], double *d) {
  double rho = TW_RE(s->rho.v), k = TW_RE(s->rho.d) * (to_rho - to_Q * TW_RE(s->Q) / rho);
  for (int v = 0; v < 3; v++) d[v] = k * Tup[v];
  d[2] += to_Q / (rho * m);
  d[3] = to_n * s->t.to_v;
  d[4] = to_n * s->t.to_u;
}

static TW_INLINE void current(const tw_eval *e, int i, state *o) {
  tw_real v = e->x[V][i], leak = 1.0 / e->p[P_LEAK][i], g = fabs(TW_RE(v)) < TW_NO_VOLTAGE ? 0.0 : 1.0 / v;
  for (int k = 0; k < 5; k++) o->d_I[k] = o->d_P[k] * TW_RE(g);
  o->d_I[3] += TW_RE(leak - o->P * g * g);
  o->d_P[3] += TW_RE(2.0 * leak * v);
  o->I = o->P * g + leak * v;
  o->P += leak * v * v;
}

static TW_INLINE void state_at(const tw_eval *e, int i, tw_way way, state *o) {
  const tw_real *const *p = e->p, *const *x = e->x;
  const tw_medium *m = tw_way_medium(way, e, 0, i);
  tw_stream_in in = {m, x[PA][i], x[TA][i], x[PB][i], x[TB][i], e->xd[TA][i], e->xd[TB][i], x[M][i], p[P_GAX][i], 0.0, 0.0,
                     e->cj, way.form};
  tw_stream_eval(&in, &o->s);
  o->rho = tw_density_as(way.form, m, o->s.T_up);
  double w = TW_RE(o->s.w), Tup[3] = {w, 1.0 - w, TW_RE(o->s.dw * (x[TA][i] - x[TB][i]))}, N = TW_RE(p[P_COUNT][i]);
  tw_real r = o->rho.v / p[P_RHO][i];
  o->Q = x[M][i] / (o->rho.v * N);
  o->t = turn(e, i);
  law f = pressure(e, i, o->t.n, o->Q), P = power(e, i, o->t.n, o->Q);
  o->rise = r * f.v;
  chain(o, N, TW_RE(r * f.n), TW_RE(r * f.Q), TW_RE(f.v / p[P_RHO][i]), Tup, o->d_rise);
  tw_real c = N * e->load_scale;
  o->P = c * r * P.v;
  chain(o, N, TW_RE(c * r * P.n), TW_RE(c * r * P.Q), TW_RE(c * P.v / p[P_RHO][i]), Tup, o->d_P);
  current(e, i, o);
}

static TW_INLINE void jacobian(const tw_eval *e, int i, const state *s) {
  double *const *j = e->j;
  double w = TW_RE(s->s.w), dw = TW_RE(s->s.dw), P = TW_RE(s->P);
  for (int end = 0; end < 2; end++) {
    double part = end ? w : 1.0 - w, dpart = end ? dw : -dw;
    const tw_real *H = end ? s->s.dH_b : s->s.dH_a;
    double *const *r = j + 6 * end;
    r[0][i] = end ? -1.0 : 1.0;
    for (int v = 0; v < TW_S_VARS; v++) r[1 + v][i] = TW_RE(H[v]);
    r[1 + TW_S_TA][i] -= part * s->d_P[0];
    r[1 + TW_S_TB][i] -= part * s->d_P[1];
    r[1 + TW_S_M][i] -= part * s->d_P[2] + dpart * P;
    j[12 + 2 * end][i] = -part * s->d_P[3];
    j[13 + 2 * end][i] = -part * s->d_P[4];
  }
  j[16][i] = s->d_I[0];
  j[17][i] = s->d_I[1];
  j[18][i] = s->d_I[3];
  j[19][i] = s->d_I[4];
  j[20][i] = s->d_I[2];
  j[21][i] = 1.0;
  j[22][i] = s->d_rise[0];
  j[23][i] = -1.0;
  j[24][i] = s->d_rise[1];
  j[25][i] = s->d_rise[3];
  j[26][i] = s->d_rise[4];
  j[27][i] = s->d_rise[2];
}

static TW_INLINE void block_rows(const tw_eval *e, int first, int n, tw_way way) {
  for (int i = first; i < first + n; i++) {
    state s;
    state_at(e, i, way, &s);
    e->f[PA][i] = e->x[M][i];
    e->f[TA][i] = s.s.H_a - (1.0 - s.s.w) * s.P;
    e->f[PB][i] = -e->x[M][i];
    e->f[TB][i] = s.s.H_b - s.s.w * s.P;
    e->f[V][i] = s.I;
    e->f[M][i] = e->x[PA][i] - e->x[PB][i] + s.rise;
    if (way.slopes) jacobian(e, i, &s);
  }
}

static void eval(const tw_eval *e) {
  for (int first = 0; first < e->n; first += TW_BLOCK) {
    int n = e->n - first < TW_BLOCK ? e->n - first : TW_BLOCK;
    if (tw_common_form_of(n, e->m[0] + first, e->x[TA] + first, e->x[TB] + first) == TW_GAS_FORM)
      block_rows(e, first, n, (tw_way){e->m[0][first], TW_GAS_FORM, e->j != NULL});
    else block_rows(e, first, n, tw_way_of_one(e));
  }
}

static void observe(const tw_eval *e, tw_real *const *out) {
  for (int i = 0; i < e->n; i++) {
    state s;
    state_at(e, i, tw_way_of_one(e), &s);
    out[O_LOSS][i] = s.P;
    out[O_FLOW][i] = s.Q * e->p[P_COUNT][i];
    out[O_DP][i] = s.rise;
    out[O_SPEED][i] = s.t.n;
    out[O_I][i] = s.I;
    out[O_V][i] = e->x[V][i];
  }
}

static void start(const tw_start *s) {
  for (int i = 0; i < s->n; i++) {
    const tw_curve *c = s->c[P_CURVE][i];
    double Q = c ? c->x[c->n - 1] : s->p[P_QMAX][i];
    s->x[M][i] = 0.6 * Q * s->p[P_COUNT][i] * s->p[P_RHO][i];
  }
}

const tw_type TW_TYPE(fan) = {
    .element = "fan", .title = "Fan", .stage = TW_STAGE_FAN,
    .doc = "Pressure rise over flow by curve or dp_max (1 - (Q/flow_max)^2), fan laws in speed and density (dp ~ rho n^2, Q ~ n, "
           "P ~ rho n^3). All electric power ends in the air. Without supply it stands still and is a flow resistance.",
    .use = "The fans of a tray or shelf: operating point on the tray's resistance, electric power, what a failed fan does.",
    .validity = "Fan laws at constant efficiency without Reynolds correction; within the curve's flow, beyond it a quadratic "
                "resistance.",
    .source = "AMCA 201 (fan laws).",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs, .limits = limits,
    .stamps = stamps, .n_stamps = TW_COUNT(stamps), .n_derived = N_D - N_P, .derive = derive, .start = start, .eval = eval,
    .observe = observe};
