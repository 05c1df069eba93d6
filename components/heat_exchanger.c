#include "effectiveness.h"
#include "stream.h"

/* Two single-phase streams: Q = g (T_in1 - T_in2), g = eps C_min by effectiveness-NTU (effectiveness.h); stream 1 gives heat when
 * it is the hotter. Capacity flows C = |m| cp never fall below what axial conduction carries, so that every flow may be zero or
 * reversed; an arrangement of counter flow with one stream reversed is parallel flow, and the other way round.
 *   UA = UA_rated / (share (m1/m1_rated)^-n1 + (1 - share) (m2/m2_rated)^-n2)
 * films in series, each ~ m^n; wall and fouling in neither part (Shah and Sekulic, Fundamentals of Heat Exchanger Design (2003),
 * sec. 3.2). UA_rated is given, or follows from a catalogue point (Q_rated at approach, the smallest T_out1 - T_in2, at rated
 * flows). dp = dp_rated (m/m_rated)^dp_exponent. cp at the mean of each stream's ends. */

enum {
  P_ARR, P_UA, P_Q, P_APPROACH, P_TIN2, P_M1, P_M2, P_F1, P_F2, P_SHARE, P_N1, P_N2, P_FOUL, P_DP1, P_DP2, P_DPN,
  P_V1, P_V2, P_C, P_GAX, P_AMAX, P_TMIN, P_TMAX, P_DP1MAX, P_DP2MAX, N_P
};
#define OPT TW_P_OPTIONAL
static const tw_param params[] = {
    {"arrangement", "1", "counter", TW_ENUM, 0, 4, 0, "how the streams pass each other",
     NULL, "counter|parallel|cross-both-unmixed|cross-1-mixed|cross-2-mixed", NULL},
    {"UA_rated", "W/K", NULL, TW_NUMBER, 0, 1e9, OPT, "conductance at rated flows", NULL, NULL, NULL},
    {"Q_rated", "W", NULL, TW_NUMBER, 0, 1e10, OPT, "instead of UA_rated: heat at the rating point", NULL, NULL, NULL},
    {"approach_rated", "delta K", NULL, TW_NUMBER, 1e-3, 200, OPT,
     "outlet of stream 1 above inlet of stream 2 at the rating point",
     NULL, NULL, NULL},
    {"T_in2_rated", "K", "30 degC", TW_NUMBER, 200, 500, 0, "inlet of stream 2 at the rating point (for cp)", NULL, NULL, NULL},
    {"m1_rated", "kg/s", NULL, TW_NUMBER, 1e-6, 1e5, OPT, "rated mass flow of stream 1", NULL, NULL, NULL},
    {"m2_rated", "kg/s", NULL, TW_NUMBER, 1e-6, 1e5, OPT, "rated mass flow of stream 2", NULL, NULL, NULL},
    {"flow1_rated", "m3/s", NULL, TW_NUMBER, 1e-9, 1e4, OPT, "instead of m1_rated: volume flow", NULL, NULL, NULL},
    {"flow2_rated", "m3/s", NULL, TW_NUMBER, 1e-9, 1e4, OPT, "instead of m2_rated: volume flow", NULL, NULL, NULL},
    {"share_1", "1", "0.5", TW_NUMBER, 0, 1, 0, "part of the rated resistance that lies in the film of stream 1",
     NULL, NULL, NULL},
    {"n1", "1", "0.7", TW_NUMBER, 0, 1, 0, "exponent of flow in the film of stream 1 (0: constant)",
     "chevron plates, Muley and Manglik, J. Heat Transfer 121 (1999) 110: 0.73 and above", NULL, NULL},
    {"n2", "1", "0.7", TW_NUMBER, 0, 1, 0, "exponent of flow in the film of stream 2 (0: constant)",
     "chevron plates, Muley and Manglik, J. Heat Transfer 121 (1999) 110: 0.73 and above", NULL, NULL},
    {"fouling", "1", "0", TW_NUMBER, 0, 100, TW_P_TIMED,
     "resistance added by deposits, as part of the rated resistance",
     NULL, NULL, NULL},
    {"dp1_rated", "Pa", NULL, TW_NUMBER, 0, 1e8, 0, "pressure drop of stream 1 at rated flow", NULL, NULL, NULL},
    {"dp2_rated", "Pa", NULL, TW_NUMBER, 0, 1e8, 0, "pressure drop of stream 2 at rated flow", NULL, NULL, NULL},
    {"dp_exponent", "1", "1.8", TW_NUMBER, 1, 2, 0, "exponent of flow in both pressure drops",
     "turbulent friction, Re^-0.2", NULL, NULL},
    {"volume_1", "m3", "0 m3", TW_NUMBER, 0, 100, 0, "coolant of stream 1 in it", NULL, NULL, NULL},
    {"volume_2", "m3", "0 m3", TW_NUMBER, 0, 100, 0, "coolant of stream 2 in it", NULL, NULL, NULL},
    {"heat_capacity", "J/K", "0 J/K", TW_NUMBER, 0, 1e9, 0, "heat capacity of the metal, half with each stream",
     NULL, NULL, NULL},
    {"G_axial", "W/K", "0.05 W/K", TW_NUMBER, 1e-6, 1e3, 0, "conduction from end to end of each stream", NULL, NULL, NULL},
    {"approach_max", "delta K", NULL, TW_NUMBER, 0, 200, OPT, "largest approach", NULL, NULL, NULL},
    {"T_out1_min", "K", NULL, TW_NUMBER, 200, 500, OPT, "lowest outlet temperature of stream 1 (dew point of the room)",
     NULL, NULL, NULL},
    {"T_out1_max", "K", NULL, TW_NUMBER, 200, 500, OPT, "highest outlet temperature of stream 1", NULL, NULL, NULL},
    {"dp1_max", "Pa", NULL, TW_NUMBER, 0, 1e8, OPT, "largest pressure drop of stream 1", NULL, NULL, NULL},
    {"dp2_max", "Pa", NULL, TW_NUMBER, 0, 1e8, OPT, "largest pressure drop of stream 2", NULL, NULL, NULL},
    {0}};
enum { D_UA = N_P, D_CAP1, D_CAP2, D_M1, D_M2, N_D };

enum { PA1, TA1, PB1, TB1, PA2, TA2, PB2, TB2, M1, M2 };
static const tw_port ports[] = {
    {"a1", TW_FLUID, TW_R_NONE, 1, NULL, NULL, "inlet of stream 1 (the side that is cooled)"},
    {"b1", TW_FLUID, TW_R_NONE, 1, NULL, NULL, "outlet of stream 1"},
    {"a2", TW_FLUID, TW_R_COOLANT_IN, 2, NULL, NULL, "inlet of stream 2 (the side that is heated)"},
    {"b2", TW_FLUID, TW_R_COOLANT_OUT, 2, NULL, NULL, "outlet of stream 2"},
    {0}};
static const tw_unknown unknowns[] = {
    {"m_dot_1", "kg/s", false, 1, -1e3, 1e3, "mass flow of stream 1 from a1 to b1"},
    {"m_dot_2", "kg/s", false, 1, -1e3, 1e3, "mass flow of stream 2 from a2 to b2"},
    {0}};
static const tw_row rows[] = {{"dp1", "Pa", 1e4, 1e-3}, {"dp2", "Pa", 1e4, 1e-3}, {0}};
enum { O_HEAT, O_EPS, O_NTU, O_UA, O_APPROACH, O_TOUT1, O_TOUT2, O_DP1, O_DP2, O_F1, O_F2 };
static const tw_quantity outputs[] = {
    {"heat", "W", TW_Q_PLAIN, TW_L_NONE, "heat from stream 1 to stream 2"},
    {"effectiveness", "1", TW_Q_PLAIN, TW_L_NONE, "heat over the largest possible heat C_min (T_in1 - T_in2)"},
    {"NTU", "1", TW_Q_PLAIN, TW_L_NONE, "UA / C_min"},
    {"UA", "W/K", TW_Q_PLAIN, TW_L_NONE, "conductance at the present flows"},
    {"approach", "delta K", TW_Q_PLAIN, TW_L_NONE, "T_out1 - T_in2"},
    {"T_out_1", "K", TW_Q_PLAIN, TW_L_NONE, "temperature of stream 1 where it leaves"},
    {"T_out_2", "K", TW_Q_PLAIN, TW_L_NONE, "temperature of stream 2 where it leaves"},
    {"dp_1", "Pa", TW_Q_PLAIN, TW_L_NONE, "pressure drop of stream 1"},
    {"dp_2", "Pa", TW_Q_PLAIN, TW_L_NONE, "pressure drop of stream 2"},
    {"flow_1", "m3/s", TW_Q_PLAIN, TW_L_NONE, "volume flow of stream 1"},
    {"flow_2", "m3/s", TW_Q_PLAIN, TW_L_NONE, "volume flow of stream 2"},
    {0}};
static const tw_limit limits[] = {
    {"approach", "approach_max", TW_AT_MOST, "approach"},
    {"T_out_1", "T_out1_min", TW_AT_LEAST, "outlet temperature of stream 1"},
    {"T_out_1", "T_out1_max", TW_AT_MOST, "outlet temperature of stream 1"},
    {"dp_1", "dp1_max", TW_AT_MOST, "pressure drop of stream 1"},
    {"dp_2", "dp2_max", TW_AT_MOST, "pressure drop of stream 2"},
    {0}};

/* Rows of one stream: own p_a, T_a, p_b, T_b, m_dot and the other's T_a, T_b, m_dot. */
#define SIDE(A, m, Ta, Tb, mo) \
  {(A), (m)}, {(A) + 1, (A)}, {(A) + 1, (A) + 1}, {(A) + 1, (A) + 2}, {(A) + 1, (A) + 3}, {(A) + 1, (m)}, \
  {(A) + 1, (Ta)}, {(A) + 1, (Tb)}, {(A) + 1, (mo)}, \
  {(A) + 2, (m)}, {(A) + 3, (A)}, {(A) + 3, (A) + 1}, {(A) + 3, (A) + 2}, {(A) + 3, (A) + 3}, {(A) + 3, (m)}, \
  {(A) + 3, (Ta)}, {(A) + 3, (Tb)}, {(A) + 3, (mo)}, {(m), (A)}, {(m), (A) + 2}, {(m), (m)}
enum { SIDE_STAMPS = 21 };
static const tw_stamp stamps[] = {SIDE(PA1, M1, TA2, TB2, M2), SIDE(PA2, M2, TA1, TB1, M1)};

static bool absent(tw_real x) { return isnan(TW_RE(x)); }

/* UA that transfers Q at rated flows with T_in1 - T_in2 = dT: bisection on log UA, then three Newton steps, which also carry the
 * derivative to the parameters. False when no UA does. */
static bool fit_UA(tw_hx_arrangement arrangement, tw_real C1, tw_real C2, tw_real Q, tw_real dT, tw_real *UA) {
  double C = TW_RE(C1) < TW_RE(C2) ? TW_RE(C1) : TW_RE(C2), lo = 1e-6 * C, hi = 500.0 * C, g = TW_RE(Q) / TW_RE(dT);
  if (!(g > 0.0) || TW_RE(tw_hx_conductance(arrangement, C1, C2, hi).g) <= g * (1.0 + 1e-12) ||
      TW_RE(tw_hx_conductance(arrangement, C1, C2, lo).g) >= g)
    return false;
  for (int k = 0; k < 100; k++) {
    double mid = sqrt(lo * hi);
    if (TW_RE(tw_hx_conductance(arrangement, C1, C2, mid).g) < g) lo = mid;
    else hi = mid;
  }
  *UA = sqrt(lo * hi);
  for (int k = 0; k < 3; k++) {
    tw_hx h = tw_hx_conductance(arrangement, C1, C2, *UA);
    if (!(TW_RE(h.dUA) > 0.0)) return false;
    *UA -= (h.g - Q / dT) / h.dUA;
  }
  return TW_RE(*UA) > 0.0;
}

/* Mean cp of a stream that changes by Q from inlet T (two passes: cp hardly varies). */
static tw_real rated_capacity(const tw_medium *m, tw_real T, tw_real m_dot, tw_real Q) {
  tw_real C = m_dot * tw_property_at(&m->cp, T).v;
  for (int k = 0; k < 2; k++) C = m_dot * tw_property_at(&m->cp, T + 0.5 * Q / C).v;
  return C;
}

/* Rated mass flow, given as such or as volume flow at temperature T. */
static bool rated_flow(tw_real *const *p, int i, int mass, int volume, int derived, const tw_medium *m, tw_real T) {
  p[derived][i] = absent(p[mass][i]) ? p[volume][i] * tw_property_at(&m->density, T).v : p[mass][i];
  return absent(p[mass][i]) != absent(p[volume][i]);
}

static int derive_one(const tw_derive *d, int i) {
  tw_real *const *p = d->p;
  const tw_medium *m1 = d->m[0][i], *m2 = d->m[2][i];
  bool point = !absent(p[P_Q][i]) && !absent(p[P_APPROACH][i]);
  tw_real T2 = p[P_TIN2][i], T_out1 = point ? T2 + p[P_APPROACH][i] : T2;
  int wrong = !rated_flow(p, i, P_M1, P_F1, D_M1, m1, T_out1) ? P_M1 : !rated_flow(p, i, P_M2, P_F2, D_M2, m2, T2) ? P_M2 : -1;
  if (wrong >= 0) {
    d->fail(d->ctx, i, wrong, "give the rated flow of each stream once: m1_rated or flow1_rated, m2_rated or flow2_rated");
    return 1;
  }
  if (point == !absent(p[P_UA][i])) {
    d->fail(d->ctx, i, P_UA, "give either UA_rated, or Q_rated and approach_rated");
    return 1;
  }
  p[D_UA][i] = p[P_UA][i];
  if (point) {
    tw_real Q = p[P_Q][i], C1 = rated_capacity(m1, T_out1, p[D_M1][i], Q), C2 = rated_capacity(m2, T2, p[D_M2][i], Q);
    if (!fit_UA((tw_hx_arrangement)TW_RE(p[P_ARR][i]), C1, C2, Q, p[P_APPROACH][i] + Q / C1, &p[D_UA][i])) {
      d->fail(d->ctx, i, P_APPROACH, "no exchanger of this arrangement reaches this approach with the rated heat and flows");
      return 1;
    }
  }
  tw_real wall = 0.5 * p[P_C][i];
  p[D_CAP1][i] = wall + p[P_V1][i] * tw_property_at(&m1->density, T2).v * tw_property_at(&m1->cp, T2).v;
  p[D_CAP2][i] = wall + p[P_V2][i] * tw_property_at(&m2->density, T2).v * tw_property_at(&m2->cp, T2).v;
  return 0;
}

static int derive(const tw_derive *d) {
  int bad = 0;
  for (int i = 0; i < d->n; i++) bad |= derive_one(d, i);
  return bad;
}

/* One stream: capacity flow with derivatives to its own T_a, T_b, m_dot, and the film factor (m/m_rated)^-n. */
typedef struct {
  tw_stream s;
  tw_real C, film, ms;
  double dC[3], film_m, Tup[3];
} side;

static void side_at(const tw_eval *e, int i, int A, int m, int port, int p_rated, int p_n, int cap, side *o) {
  const tw_real *const *p = e->p, *const *x = e->x, *const *xd = e->xd;
  const tw_medium *med = e->m[port][i];
  tw_stream_in in = {med, x[A][i], x[A + 1][i], x[A + 2][i], x[A + 3][i], xd[A + 1][i], xd[A + 3][i],
                     x[m][i], p[P_GAX][i], 0.0, p[cap][i], e->cj, TW_ANY_FORM};
  tw_stream_eval(&in, &o->s);
  tw_vd cp = tw_property_at(&med->cp, 0.5 * (in.T_a + in.T_b));
  tw_vd a = tw_abs_smooth(in.m_dot, TW_RE(in.G_ax) / TW_RE(med->cp_ref));
  o->ms = a.v;
  o->C = a.v * cp.v;
  o->dC[0] = o->dC[1] = 0.5 * TW_RE(a.v * cp.d);
  o->dC[2] = TW_RE(a.d * cp.v);
  o->film = tw_pow(a.v / p[p_rated][i], -p[p_n][i]);
  o->film_m = -TW_RE(p[p_n][i] * o->film * a.d / a.v);
  o->Tup[0] = TW_RE(o->s.w);
  o->Tup[1] = 1.0 - o->Tup[0];
  o->Tup[2] = TW_RE(o->s.dw * (in.T_a - in.T_b));
}

typedef struct {
  side s[2];
  tw_hx h;             /* g and its derivatives at the present UA */
  tw_real UA, Q;
  double dQ[2][3];     /* to T_a, T_b, m_dot of each stream */
} state;

/* g of the arrangement, blended between counter and parallel where one stream is reversed; c is 1 where both run as declared. */
static tw_hx conductance(tw_hx_arrangement arrangement, const side *s, tw_real UA, double dg_m[2]) {
  dg_m[0] = dg_m[1] = 0.0;
  tw_hx h = tw_hx_conductance(arrangement, s[0].C, s[1].C, UA);
  tw_real c = s[0].s.w * s[1].s.w + (1.0 - s[0].s.w) * (1.0 - s[1].s.w);
  if (arrangement > TW_HX_PARALLEL || TW_RE(c) >= 1.0) return h;
  tw_hx r = tw_hx_conductance(arrangement == TW_HX_COUNTER ? TW_HX_PARALLEL : TW_HX_COUNTER, s[0].C, s[1].C, UA);
  for (int k = 0; k < 2; k++) dg_m[k] = TW_RE((h.g - r.g) * s[k].s.dw * (2.0 * s[1 - k].s.w - 1.0));
  return (tw_hx){c * h.g + (1.0 - c) * r.g, c * h.d1 + (1.0 - c) * r.d1, c * h.d2 + (1.0 - c) * r.d2,
                 c * h.dUA + (1.0 - c) * r.dUA};
}

static void state_at(const tw_eval *e, int i, state *o) {
  const tw_real *const *p = e->p;
  double dg_m[2];
  side_at(e, i, PA1, M1, 0, D_M1, P_N1, D_CAP1, &o->s[0]);
  side_at(e, i, PA2, M2, 2, D_M2, P_N2, D_CAP2, &o->s[1]);
  tw_real share[2] = {p[P_SHARE][i], 1.0 - p[P_SHARE][i]};
  tw_real r = share[0] * o->s[0].film + share[1] * o->s[1].film + p[P_FOUL][i];
  o->UA = p[D_UA][i] / r;
  o->h = conductance((tw_hx_arrangement)TW_RE(p[P_ARR][i]), o->s, o->UA, dg_m);
  tw_real dT = o->s[0].s.T_up - o->s[1].s.T_up;
  o->Q = o->h.g * dT;
  double D = TW_RE(dT), g = TW_RE(o->h.g), dC[2] = {TW_RE(o->h.d1), TW_RE(o->h.d2)}, dUA = TW_RE(o->h.dUA * o->UA / r);
  for (int k = 0; k < 2; k++) {
    double sign = k ? -g : g;
    for (int v = 0; v < 3; v++) o->dQ[k][v] = D * dC[k] * o->s[k].dC[v] + sign * o->s[k].Tup[v];
    o->dQ[k][2] += D * (dg_m[k] - dUA * TW_RE(share[k]) * o->s[k].film_m);
  }
}

static tw_vd friction(const tw_real *const *p, int i, int dp, int rated, tw_real m_dot) {
  tw_vd r = tw_signed_power(m_dot / p[rated][i], TW_RE(p[P_DPN][i]), 1e-3);
  return (tw_vd){p[dp][i] * r.v, p[dp][i] * r.d / p[rated][i]};
}

/* Stamps of one stream, from j[0] on; heat enters the stream with `sign` times Q, at its outflow end. */
static void jacobian(double *const *j, int i, const state *s, int k, double sign, double dp_m) {
  const side *o = &s->s[k];
  double w = TW_RE(o->s.w), dw = TW_RE(o->s.dw), Q = TW_RE(s->Q);
  const double *own = s->dQ[k], *other = s->dQ[1 - k];
  for (int end = 0; end < 2; end++) {
    double part = sign * (end ? w : 1.0 - w), dpart = sign * (end ? dw : -dw);
    const tw_real *H = end ? o->s.dH_b : o->s.dH_a;
    double *const *r = j + 9 * end;
    r[0][i] = end ? -1.0 : 1.0;
    for (int v = 0; v < TW_S_VARS; v++) r[1 + v][i] = TW_RE(H[v]);
    r[1 + TW_S_TA][i] -= part * own[0];
    r[1 + TW_S_TB][i] -= part * own[1];
    r[1 + TW_S_M][i] -= part * own[2] + dpart * Q;
    for (int v = 0; v < 3; v++) r[6 + v][i] = -part * other[v];
  }
  j[18][i] = 1.0;
  j[19][i] = -1.0;
  j[20][i] = -dp_m;
}

static void eval(const tw_eval *e) {
  for (int i = 0; i < e->n; i++) {
    state s;
    state_at(e, i, &s);
    tw_vd dp1 = friction(e->p, i, P_DP1, D_M1, e->x[M1][i]), dp2 = friction(e->p, i, P_DP2, D_M2, e->x[M2][i]);
    tw_real w1 = s.s[0].s.w, w2 = s.s[1].s.w;
    e->f[PA1][i] = e->x[M1][i];
    e->f[TA1][i] = s.s[0].s.H_a + (1.0 - w1) * s.Q;
    e->f[PB1][i] = -e->x[M1][i];
    e->f[TB1][i] = s.s[0].s.H_b + w1 * s.Q;
    e->f[PA2][i] = e->x[M2][i];
    e->f[TA2][i] = s.s[1].s.H_a - (1.0 - w2) * s.Q;
    e->f[PB2][i] = -e->x[M2][i];
    e->f[TB2][i] = s.s[1].s.H_b - w2 * s.Q;
    e->f[M1][i] = e->x[PA1][i] - e->x[PB1][i] - dp1.v;
    e->f[M2][i] = e->x[PA2][i] - e->x[PB2][i] - dp2.v;
    if (!e->j) continue;
    jacobian(e->j, i, &s, 0, -1.0, TW_RE(dp1.d));
    jacobian(e->j + SIDE_STAMPS, i, &s, 1, 1.0, TW_RE(dp2.d));
  }
}

static void observe(const tw_eval *e, tw_real *const *out) {
  const tw_real *const *x = e->x;
  for (int i = 0; i < e->n; i++) {
    state s;
    state_at(e, i, &s);
    tw_real C1 = s.s[0].C, C2 = s.s[1].C, C = TW_RE(C1) < TW_RE(C2) ? C1 : C2;
    tw_real w1 = s.s[0].s.w, w2 = s.s[1].s.w;
    out[O_HEAT][i] = s.Q;
    out[O_EPS][i] = s.h.g / C;
    out[O_NTU][i] = s.UA / C;
    out[O_UA][i] = s.UA;
    out[O_TOUT1][i] = w1 * x[TB1][i] + (1.0 - w1) * x[TA1][i];
    out[O_TOUT2][i] = w2 * x[TB2][i] + (1.0 - w2) * x[TA2][i];
    out[O_APPROACH][i] = out[O_TOUT1][i] - s.s[1].s.T_up;
    out[O_DP1][i] = friction(e->p, i, P_DP1, D_M1, x[M1][i]).v;
    out[O_DP2][i] = friction(e->p, i, P_DP2, D_M2, x[M2][i]).v;
    out[O_F1][i] = x[M1][i] / tw_property_at(&e->m[0][i]->density, s.s[0].s.T_up).v;
    out[O_F2][i] = x[M2][i] / tw_property_at(&e->m[2][i]->density, s.s[1].s.T_up).v;
  }
}

static void balance(const tw_eval *e, tw_real *const *b) {
  for (int i = 0; i < e->n; i++) {
    tw_store(e, b, i, TA1, 0.5 * e->p[D_CAP1][i]);
    tw_store(e, b, i, TB1, 0.5 * e->p[D_CAP1][i]);
    tw_store(e, b, i, TA2, 0.5 * e->p[D_CAP2][i]);
    tw_store(e, b, i, TB2, 0.5 * e->p[D_CAP2][i]);
  }
}

static void start(const tw_start *s) {
  for (int i = 0; i < s->n; i++) {
    s->x[M1][i] = s->p[D_M1][i];
    s->x[M2][i] = s->p[D_M2][i];
  }
}

const tw_type TW_TYPE(heat_exchanger) = {
    .element = "heat-exchanger", .title = "Heat exchanger",
    .doc = "Two streams, effectiveness-NTU (Kays and London): Q = eps C_min (T_in1 - T_in2). UA constant or from both flows, "
           "given or derived from a catalogue approach point. Zero and reverse flow on either side are ordinary states. The fit "
           "of cross-both-unmixed is poor at NTU below 0.5.",
    .use = "The plates of a CDU, a rear-door coil in single phase: approach at other flows and temperatures than the "
           "catalogue's.",
    .validity = "Two single-phase streams; UA from film exponents, wall and fouling apart. Zero and reversed flow allowed. The "
                "fit for cross flow, both unmixed, is poor below NTU 0.5.",
    .source = "Kays and London, Compact Heat Exchangers, 3rd ed. (1984), table 2-2; Incropera et al., 6th ed. (2007), table "
              "11.3; Shah and Sekulic, Fundamentals of Heat Exchanger Design (2003), sec. 3.2.",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs, .limits = limits,
    .stamps = stamps, .n_stamps = TW_COUNT(stamps), .n_derived = N_D - N_P, .derive = derive, .start = start, .eval = eval,
    .observe = observe, .balance = balance};
