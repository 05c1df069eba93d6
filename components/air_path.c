#include "exchange.h"
#include "flow.h"

/* Way of the cooling air through a tray or chassis: flow resistance, and the heat that parts without liquid cooling give to it.
 *   dp = dp_rated rho_rated/rho (m/m_rated)^2, turning linear below 1e-3 of rated flow (form losses; Idelchik, Handbook of
 *   Hydraulic Resistance, ch. 1)
 *   UA = UA_rated (m/m_rated)^UA_exponent, Q = m cp (1 - exp(-UA/(m cp))) (T_heat - T_in): parts of one surface temperature
 *   (Incropera, Fundamentals of Heat and Mass Transfer, sec. 8.3; exponent 0.8 turbulent, 0.5 laminar plate)
 * and G_natural without flow (exchange.h). */

enum { P_DP, P_QR, P_RHO, P_UA, P_UAE, P_GN, P_V, P_C, P_GAX, P_TINMIN, P_TINMAX, P_TOUTMAX, P_TMAX, P_FMIN, P_MEDIUM, N_P };
#define OPT TW_P_OPTIONAL
static const tw_param params[] = {
    {"dp_rated", "Pa", NULL, TW_NUMBER, 1e-3, 1e5, 0, "pressure drop at rated flow", NULL, NULL, NULL},
    {"flow_rated", "m3/s", NULL, TW_NUMBER, 1e-5, 1e4, 0, "rated flow", NULL, NULL, NULL},
    {"rho_rated", "kg/m3", "1.2 kg/m3", TW_NUMBER, 0.1, 20, 0, "density at which the figures hold",
     "standard air, ISO 5801", NULL, NULL},
    {"UA_rated", "W/K", NULL, TW_NUMBER, 1e-3, 1e6, 0, "conductance from the parts to the air at rated flow", NULL, NULL, NULL},
    {"UA_exponent", "1", "0.8", TW_NUMBER, 0, 1, 0, "exponent of the flow in it",
     "turbulent forced convection, Dittus and Boelter", NULL, NULL},
    {"G_natural", "W/K", "0.5 W/K", TW_NUMBER, 1e-6, 1e4, 0, "conductance from the parts to the air at rest", NULL, NULL, NULL},
    {"volume", "m3", "0 m3", TW_NUMBER, 0, 1e4, 0, "air in it", NULL, NULL, NULL},
    {"heat_capacity", "J/K", "0 J/K", TW_NUMBER, 0, 1e8, 0, "heat capacity of the parts", NULL, NULL, NULL},
    {"G_axial", "W/K", "0.05 W/K", TW_NUMBER, 1e-6, 1e3, 0, "conduction from end to end", NULL, NULL, NULL},
    {"T_in_min", "K", NULL, TW_NUMBER, 200, 400, OPT, "lowest inlet temperature (ASHRAE class)", NULL, NULL, NULL},
    {"T_in_max", "K", NULL, TW_NUMBER, 200, 400, OPT, "highest inlet temperature (ASHRAE class)", NULL, NULL, NULL},
    {"T_out_max", "K", NULL, TW_NUMBER, 200, 500, OPT, "highest outlet temperature", NULL, NULL, NULL},
    {"T_max", "K", NULL, TW_NUMBER, 200, 600, OPT, "highest temperature of the parts", NULL, NULL, NULL},
    {"flow_min", "m3/s", NULL, TW_NUMBER, 0, 1e4, OPT, "smallest flow", NULL, NULL, NULL},
    {"medium", NULL, NULL, TW_MEDIUM, 0, 0, OPT, "gas of the net, where not said elsewhere", NULL, NULL, NULL},
    {0}};
enum { D_MR = N_P, D_CPREF, D_CAPACITY, N_D };

enum { PA, TA, PB, TB, TH, M };
static const tw_port ports[] = {
    {"a", TW_FLUID, TW_R_NONE, 1, NULL, NULL, "air inlet"},
    {"b", TW_FLUID, TW_R_NONE, 1, NULL, NULL, "air outlet"},
    {"heat", TW_HEAT, TW_R_NONE, 0, NULL, NULL, "parts that the air cools"},
    {0}};
static const tw_unknown unknowns[] = {{"m_dot", "kg/s", false, 0.05, -1e3, 1e3, "mass flow from a to b"}, {0}};
static const tw_row rows[] = {{"dp", "Pa", 100, 1e-4}, {0}};
enum { O_HEAT, O_T, O_TIN, O_TOUT, O_DP, O_FLOW };
static const tw_quantity outputs[] = {
    {"heat", "W", TW_Q_FLOW_HEAT, TW_L_NONE, "heat taken up by the air"},
    {"T_parts", "K", TW_Q_TEMPERATURE, TW_L_NONE, "temperature of the parts"},
    {"T_in", "K", TW_Q_PLAIN, TW_L_NONE, "air where it enters"},
    {"T_out", "K", TW_Q_PLAIN, TW_L_NONE, "air where it leaves"},
    {"dp", "Pa", TW_Q_PLAIN, TW_L_NONE, "pressure drop from a to b"},
    {"flow", "m3/s", TW_Q_PLAIN, TW_L_NONE, "volume flow from a to b"},
    {0}};
static const tw_limit limits[] = {
    {"T_in", "T_in_min", TW_AT_LEAST, "air inlet temperature"},
    {"T_in", "T_in_max", TW_AT_MOST, "air inlet temperature"},
    {"T_out", "T_out_max", TW_AT_MOST, "air outlet temperature"},
    {"T_parts", "T_max", TW_AT_MOST, "temperature of the parts"},
    {"flow", "flow_min", TW_AT_LEAST, "air flow"},
    {0}};
static const tw_stamp stamps[] = {TW_STREAM_STAMPS(M), {TA, TH}, {TB, TH}, {TH, TA}, {TH, TB}, {TH, TH}, {TH, M},
                                  {M, PA}, {M, TA}, {M, PB}, {M, TB}, {M, M}};

static int derive(const tw_derive *d) {
  for (int i = 0; i < d->n; i++) {
    tw_real *const *p = d->p;
    const tw_medium *m = d->m[0][i];
    tw_real cp = m->cp_ref;
    p[D_MR][i] = p[P_RHO][i] * p[P_QR][i];
    p[D_CPREF][i] = cp;
    p[D_CAPACITY][i] = p[P_V][i] * p[P_RHO][i] * cp;
  }
  return 0;
}

typedef struct {
  tw_stream s;
  tw_exchange q;
  tw_vd rho;
  tw_real dp;
  double d_dp[3]; /* to T_a, T_b, m_dot */
} state;

/* |m| and its slope, and cp of the air between its ends. */
typedef struct { tw_vd m, cp; } flow;

static TW_INLINE flow flow_at(const tw_eval *e, int i, tw_way way) {
  const tw_medium *med = tw_way_medium(way, e, 0, i);
  return (flow){tw_abs_smooth(e->x[M][i], TW_RE(e->p[P_GAX][i]) / TW_RE(e->p[D_CPREF][i])),
                tw_property_as(way.form, &med->cp, 0.5 * (e->x[TA][i] + e->x[TB][i]))};
}

/* UA of a block of instances, and exp(-UA / C) with C the capacity flow. */
typedef struct { tw_real UA[TW_BLOCK], e[TW_BLOCK]; } powers;

static TW_INLINE void powers_of(const tw_eval *e, int first, int n, tw_way way, powers *w) {
  tw_real ratio[TW_BLOCK], C[TW_BLOCK], to[TW_BLOCK];
  TW_INDEPENDENT
  for (int k = 0; k < n; k++) {
    flow f = flow_at(e, first + k, way);
    ratio[k] = f.m.v / e->p[D_MR][first + k];
    C[k] = f.m.v * f.cp.v;
  }
  tw_log_each(n, ratio, to);
  for (int k = 0; k < n; k++) to[k] *= e->p[P_UAE][first + k];
  tw_exp_each(n, to, w->UA);
  for (int k = 0; k < n; k++) {
    w->UA[k] *= e->p[P_UA][first + k];
    to[k] = -(w->UA[k] / C[k]);
  }
  tw_exp_each(n, to, w->e);
}

static TW_INLINE void state_at(const tw_eval *e, int i, tw_way way, tw_real UA, tw_real exponential, state *o) {
  const tw_real *const *p = e->p, *const *x = e->x;
  const tw_medium *med = tw_way_medium(way, e, 0, i);
  tw_real Ta = x[TA][i], Tb = x[TB][i], m = x[M][i];
  tw_stream_in in = {med, x[PA][i], Ta, x[PB][i], Tb, e->xd[TA][i], e->xd[TB][i], m, p[P_GAX][i], 0.0, p[D_CAPACITY][i], e->cj,
                     way.form};
  tw_stream_eval(&in, &o->s);

  flow now = flow_at(e, i, way);
  tw_vd cp = now.cp, a = now.m;
  tw_real C = a.v * cp.v;
  tw_vd f = tw_phi_of(UA / C, exponential); /* g = UA phi(UA / C) */
  tw_real gU = f.v + UA / C * f.d, gC = -f.d * (UA / C) * (UA / C);
  tw_exchange_in ex = {Ta, Tb, m, x[TH][i], o->s.w, TW_RE(o->s.dw), UA * f.v, {0}, p[P_GN][i], TW_RE(p[D_CPREF][i])};
  ex.dg[0] = ex.dg[1] = 0.5 * TW_RE(gC * a.v * cp.d);
  ex.dg[2] = TW_RE((gC * cp.v + gU * p[P_UAE][i] * UA / a.v) * a.d);
  tw_exchange_eval(&ex, &o->q);

  o->rho = tw_density_as(way.form, med, o->s.T_up);
  tw_vd r = tw_signed_square(m / p[D_MR][i], 1e-3);
  tw_real k = p[P_DP][i] * p[P_RHO][i] / o->rho.v;
  double w = TW_RE(o->s.w), to_T = -TW_RE(k * r.v * o->rho.d / o->rho.v);
  o->dp = k * r.v;
  o->d_dp[0] = to_T * w;
  o->d_dp[1] = to_T * (1.0 - w);
  o->d_dp[2] = to_T * TW_RE(o->s.dw * (Ta - Tb)) + TW_RE(k * r.d / p[D_MR][i]);
}

static TW_INLINE void jacobian(const tw_eval *e, int i, const state *s) {
  double *const *j = e->j;
  const double *a = s->q.dQ_a, *b = s->q.dQ_b;
  j[0][i] = 1.0;
  j[6][i] = -1.0;
  for (int v = 0; v < TW_S_VARS; v++) j[1 + v][i] = TW_RE(s->s.dH_a[v]), j[7 + v][i] = TW_RE(s->s.dH_b[v]);
  static const int own[3] = {TW_S_TA, TW_S_TB, TW_S_M};
  for (int v = 0; v < 3; v++) j[1 + own[v]][i] -= a[v], j[7 + own[v]][i] -= b[v];
  j[12][i] = -a[TW_X_TW];
  j[13][i] = -b[TW_X_TW];
  j[14][i] = a[TW_X_TA] + b[TW_X_TA];
  j[15][i] = a[TW_X_TB] + b[TW_X_TB];
  j[16][i] = a[TW_X_TW] + b[TW_X_TW] + TW_RE(e->p[P_C][i]) * e->cj;
  j[17][i] = a[TW_X_M] + b[TW_X_M];
  j[18][i] = 1.0;
  j[19][i] = -s->d_dp[0];
  j[20][i] = -1.0;
  j[21][i] = -s->d_dp[1];
  j[22][i] = -s->d_dp[2];
}

static TW_INLINE void block_rows(const tw_eval *e, int first, int n, tw_way way, const powers *w) {
  TW_INDEPENDENT
  for (int k = 0; k < n; k++) {
    int i = first + k;
    state s;
    state_at(e, i, way, w->UA[k], w->e[k], &s);
    e->f[PA][i] = e->x[M][i];
    e->f[TA][i] = s.s.H_a - s.q.Q_a;
    e->f[PB][i] = -e->x[M][i];
    e->f[TB][i] = s.s.H_b - s.q.Q_b;
    e->f[TH][i] = s.q.Q_a + s.q.Q_b + e->p[P_C][i] * e->xd[TH][i];
    e->f[M][i] = e->x[PA][i] - e->x[PB][i] - s.dp;
    if (way.slopes) jacobian(e, i, &s);
  }
}

TW_WIDE static void eval(const tw_eval *e) {
  powers w;
  for (int first = 0; first < e->n; first += TW_BLOCK) {
    int n = e->n - first < TW_BLOCK ? e->n - first : TW_BLOCK;
    if (tw_common_form_of(n, e->m[0] + first, e->x[TA] + first, e->x[TB] + first) == TW_GAS_FORM) {
      tw_way way = {e->m[0][first], TW_GAS_FORM, true};
      powers_of(e, first, n, way, &w);
      if (e->j) block_rows(e, first, n, way, &w);
      else block_rows(e, first, n, (tw_way){e->m[0][first], TW_GAS_FORM, false}, &w);
    } else {
      powers_of(e, first, n, tw_way_of_one(e), &w);
      block_rows(e, first, n, tw_way_of_one(e), &w);
    }
  }
}

/* The state of one instance. */
static void state_alone(const tw_eval *e, int i, state *s) {
  powers w;
  powers_of(e, i, 1, tw_way_of_one(e), &w);
  state_at(e, i, tw_way_of_one(e), w.UA[0], w.e[0], s);
}

static void observe(const tw_eval *e, tw_real *const *out) {
  for (int i = 0; i < e->n; i++) {
    state s;
    state_alone(e, i, &s);
    out[O_HEAT][i] = s.q.Q_a + s.q.Q_b;
    out[O_T][i] = e->x[TH][i];
    out[O_TIN][i] = s.s.T_up;
    out[O_TOUT][i] = s.s.w * e->x[TB][i] + (1.0 - s.s.w) * e->x[TA][i];
    out[O_DP][i] = s.dp;
    out[O_FLOW][i] = e->x[M][i] / s.rho.v;
  }
}

static void balance(const tw_eval *e, tw_real *const *b) {
  for (int i = 0; i < e->n; i++) {
    tw_flow_balance(e, i, M, 0.0, e->p[D_CAPACITY][i], b);
    tw_store(e, b, i, TH, e->p[P_C][i]);
  }
}

static void start(const tw_start *s) {
  for (int i = 0; i < s->n; i++) s->x[M][i] = s->p[P_RHO][i] * s->p[P_QR][i];
}

const tw_type TW_TYPE(air_path) = {
    .element = "air-path", .title = "Air path of a tray",
    .doc = "Quadratic flow resistance, and parts of one temperature cooled by the air: Q = m cp (1 - exp(-UA/(m cp))) "
           "(T_parts - T_in), UA = UA_rated (m/m_rated)^UA_exponent. Conduction into the air at rest without flow.",
    .use = "Parts of a tray that have no cold plate warm the air that passes them: tells tray outlet temperature and the air "
           "flow that a room must give.",
    .validity = "Turbulent form losses above 1e-3 of rated flow, linear below; parts of one surface temperature; UA_exponent 0.8 "
                "turbulent, 0.5 laminar plate.",
    .source = "Idelchik, Handbook of Hydraulic Resistance, ch. 1; Incropera et al., Fundamentals of Heat and Mass Transfer, 6th "
              "ed. (2007), sec. 8.3.",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs, .limits = limits,
    .stamps = stamps, .n_stamps = TW_COUNT(stamps), .n_derived = N_D - N_P, .derive = derive, .start = start, .eval = eval,
    .observe = observe, .balance = balance};
