#include "exchange.h"
#include "flow.h"
#include "plate_channel.h"

/* One chip's place on a coolant path: a wall at the temperature of port "plate" and the coolant that passes it.
 *
 * Resistance R, wall to coolant, by one of three ways; `basis` says to which coolant temperature it is meant (exchange.h):
 *   curve     R_th over volume flow, as a catalogue prints it; below its first point held for basis mean and log-mean, and
 *             taken at constant R Q (constant effectiveness) for basis inlet;
 *   fit       R = R0 + A (Q / flow_fit)^-n, A ~ (k / k_ref)^-0.6 (mu / mu_ref)^0.1: single-phase micro-channel plates;
 *   geometry  parallel rectangular micro-channels with fins between them and a cover that takes no heat:
 *             R = R_base + 1 / (h n L (w + 2 eta d)), h = Nu k / D_h, eta = tanh(md) / md, m = sqrt(2 h / (k_s t))
 *             (Tuckerman and Pease, IEEE EDL-2 (1981) 126). Nu and f Re of fully developed laminar flow: Shah and London,
 *             Laminar Flow Forced Convection in Ducts (1978), ch. VII, polynomials in alpha, within 0.1 %; alpha =
 *             short / long side. Valid to Re 2300; thermal entrance length neglected (R on the high side for short channels).
 * plus `fouling`.
 * Pressure drop: dp_ref (Q / flow_ref)^n or dp_a Q + dp_b Q^2, times (mu / mu_ref)^viscosity_exponent (0.25: Blasius), or of
 * the geometry: f Re mu L u / (2 D_h^2) + K rho u^2 / 2. Q at the temperature of the inflow, mu and k at the mean of the ends. */

#define OPT TW_P_OPTIONAL
static const tw_param params[] = {
    {"R_th", "K/W", NULL, TW_CURVE, 1e-6, 1e3, OPT, "resistance wall to coolant over flow", NULL, NULL, "m3/s"},
    {"basis", "1", "mean", TW_ENUM, 0, 2, 0,
     "coolant temperature that the resistance is meant to: mean of inlet and outlet, inlet, or log-mean (isothermal wall)", NULL,
     "mean|inlet|log-mean", NULL},
    {"R0", "K/W", NULL, TW_NUMBER, 0, 1e3, OPT, "fit: part of the resistance that flow does not change", NULL, NULL, NULL},
    {"A", "K/W", NULL, TW_NUMBER, 0, 1e3, OPT, "fit: part of the resistance that falls with flow, at flow_fit", NULL, NULL, NULL},
    {"n", "1", "0.5", TW_NUMBER, 0, 1, 0, "fit: exponent of the flow", NULL, NULL, NULL},
    {"flow_fit", "m3/s", "1 L/min", TW_NUMBER, 1e-9, 1, 0, "fit: flow at which A holds", NULL, NULL, NULL},
    {"channels", "1", NULL, TW_INTEGER, 1, 100000, OPT, "geometry: number of parallel channels", NULL, NULL, NULL},
    {"channel_width", "m", NULL, TW_NUMBER, 1e-6, 0.05, OPT, "geometry: width of a channel", NULL, NULL, NULL},
    {"channel_depth", "m", NULL, TW_NUMBER, 1e-6, 0.05, OPT, "geometry: depth of a channel (height of the fins)",
     NULL, NULL, NULL},
    {"channel_length", "m", NULL, TW_NUMBER, 1e-4, 10, OPT, "geometry: length of a channel", NULL, NULL, NULL},
    {"fin_thickness", "m", NULL, TW_NUMBER, 1e-6, 0.05, OPT, "geometry: thickness of the fins between channels",
     NULL, NULL, NULL},
    {"k_solid", "W/(m K)", "390 W/(m K)", TW_NUMBER, 0.1, 3000, 0, "geometry: conductivity of the fins",
     "copper C11000 near 50 degC", NULL, NULL},
    {"R_base", "K/W", "0 K/W", TW_NUMBER, 0, 1e3, 0, "geometry: resistance of the base under the channels", NULL, NULL, NULL},
    {"Nu_wall", "1", "uniform-flux", TW_ENUM, 0, 1, 0, "geometry: wall condition of the Nusselt number",
     NULL, "uniform-flux|uniform-temperature", NULL},
    {"K_minor", "1", "0", TW_NUMBER, 0, 100, 0, "geometry: loss coefficient of entrance, exit and developing flow",
     NULL, NULL, NULL},
    {"T_ref", "K", "40 degC", TW_NUMBER, 250, 400, 0, "coolant temperature at which fit and pressure drop hold",
     NULL, NULL, NULL},
    {"viscosity_ref", "Pa s", NULL, TW_NUMBER, 1e-6, 1, OPT,
     "viscosity at which fit and pressure drop hold; default that of the coolant at T_ref", NULL, NULL, NULL},
    {"conductivity_ref", "W/(m K)", NULL, TW_NUMBER, 1e-3, 10, OPT,
     "conductivity at which the fit holds; default that of the coolant at T_ref", NULL, NULL, NULL},
    {"fouling", "K/W", "0 K/W", TW_NUMBER, 0, 10, TW_P_TIMED, "resistance added by deposits", NULL, NULL, NULL},
    {"dp_ref", "Pa", NULL, TW_NUMBER, 0, 1e8, OPT, "pressure drop at flow_ref", NULL, NULL, NULL},
    {"flow_ref", "m3/s", "1 L/min", TW_NUMBER, 1e-9, 1, 0, "flow of dp_ref, and about the normal flow", NULL, NULL, NULL},
    {"dp_exponent", "1", "1.75", TW_NUMBER, 1, 2, 0, "exponent of dp_ref", "Blasius, smooth turbulent flow", NULL, NULL},
    {"dp_a", "Pa/(m3/s)", NULL, TW_NUMBER, 0, 1e16, OPT, "linear part of the pressure drop", NULL, NULL, NULL},
    {"dp_b", "Pa/(m3/s)2", NULL, TW_NUMBER, 0, 1e22, OPT, "quadratic part of the pressure drop", NULL, NULL, NULL},
    {"viscosity_exponent", "1", "0.25", TW_NUMBER, 0, 1, 0, "exponent of viscosity in dp_ref or dp_a, dp_b",
     "Blasius, smooth turbulent flow", NULL, NULL},
    {"volume", "m3", "0 m3", TW_NUMBER, 0, 1, 0, "coolant in the plate", NULL, NULL, NULL},
    {"heat_capacity", "J/K", "0 J/K", TW_NUMBER, 0, 1e7, 0, "heat capacity of the plate's wall", NULL, NULL, NULL},
    {"G_axial", "W/K", "0.05 W/K", TW_NUMBER, 1e-6, 1e3, 0, "conduction from end to end along coolant and plate",
     NULL, NULL, NULL},
    {"G_stagnant", "W/K", "2 W/K", TW_NUMBER, 1e-6, 1e4, 0, "conduction from the wall into coolant at rest", NULL, NULL, NULL},
    {"rise", "m", "0 m", TW_NUMBER, -100, 100, 0, "height of b above a", NULL, NULL, NULL},
    {"flow_min", "m3/s", NULL, TW_NUMBER, 0, 1, OPT, "smallest flow", NULL, NULL, NULL},
    {"flow_max", "m3/s", NULL, TW_NUMBER, 0, 1, OPT, "largest flow", NULL, NULL, NULL},
    {"dp_max", "Pa", NULL, TW_NUMBER, 0, 1e8, OPT, "largest pressure drop", NULL, NULL, NULL},
    {"T_max", "K", NULL, TW_NUMBER, 250, 1000, OPT, "largest temperature of the wall", NULL, NULL, NULL},
    {"velocity_max", "m/s", NULL, TW_NUMBER, 0, 100, OPT, "geometry: largest velocity", NULL, NULL, NULL},
    {"Re_max", "1", "2300", TW_NUMBER, 1, 1e6, 0, "geometry: largest Reynolds number of the correlation",
     "Shah and London (1978)", NULL, NULL},
    {"medium", NULL, NULL, TW_MEDIUM, 0, 0, OPT, "coolant of the net, where not said elsewhere", NULL, NULL, NULL},
    {0}};
enum { PA, TA, PB, TB, TP, M };
static const tw_port ports[] = {
    {"a", TW_FLUID, TW_R_COOLANT_IN, 1, NULL, NULL, "coolant inlet"},
    {"b", TW_FLUID, TW_R_COOLANT_OUT, 1, NULL, NULL, "coolant outlet"},
    {"plate", TW_HEAT, TW_R_NONE, 0, NULL, NULL, "wall of the plate, where the package sits"},
    {0}};
static const tw_unknown unknowns[] = {{"m_dot", "kg/s", false, 0.02, -5, 5, "mass flow from a to b"}, {0}};
static const tw_row rows[] = {{"dp", "Pa", 1e4, 1e-3}, {0}};
enum { O_HEAT, O_TWALL, O_DP, O_FLOW, O_R, O_VELOCITY, O_RE };
static const tw_quantity outputs[] = {
    {"heat", "W", TW_Q_FLOW_HEAT, TW_L_NONE, "heat taken up by the coolant"},
    {"T_wall", "K", TW_Q_TEMPERATURE, TW_L_NONE, "temperature of the wall"},
    {"dp", "Pa", TW_Q_PLAIN, TW_L_NONE, "pressure drop by friction"},
    {"flow", "m3/s", TW_Q_PLAIN, TW_L_NONE, "volume flow from a to b"},
    {"R_th", "K/W", TW_Q_PLAIN, TW_L_NONE, "resistance wall to coolant on its basis, fouling included"},
    {"velocity", "m/s", TW_Q_PLAIN, TW_L_NONE, "velocity in the channels (0 where no geometry is given)"},
    {"Re", "1", TW_Q_PLAIN, TW_L_NONE, "Reynolds number in the channels (0 where no geometry is given)"},
    {0}};
static const tw_limit limits[] = {
    {"flow", "flow_min", TW_AT_LEAST, "coolant flow"},
    {"flow", "flow_max", TW_AT_MOST, "coolant flow"},
    {"dp", "dp_max", TW_AT_MOST, "pressure drop"},
    {"T_wall", "T_max", TW_AT_MOST, "temperature of the plate"},
    {"velocity", "velocity_max", TW_AT_MOST, "velocity in the channels"},
    {"Re", "Re_max", TW_AT_MOST, "laminar flow, where the correlation holds"},
    {0}};
static const tw_stamp stamps[] = {TW_STREAM_STAMPS(M), {TA, TP}, {TB, TP}, {TP, TA}, {TP, TB}, {TP, TP}, {TP, M},
                                  {M, PA}, {M, TA}, {M, PB}, {M, TB}, {M, M}};

/* What both the resistance and the pressure drop need, with the derivatives to T_a, T_b, m_dot. */
typedef struct {
  tw_stream s;
  tw_vd rho, ln_mu, k, cp; /* rho at T_up; ln mu, k, cp at the mean of the ends */
  tw_real Q, Qs;           /* volume flow; never below what axial conduction can carry */
  tw_real ms;              /* |m_dot|, likewise */
  double ms_m;             /* its slope */
  double Tup[3];
  tw_real fit, drop;       /* k^-0.6 mu^0.1 Qs^-n; mu^viscosity_exponent, for dp_ref times what makes Q a power, or mu itself */
} state;

static TW_INLINE void state_at(const tw_eval *e, int i, tw_way way, state *o) {
  const tw_real *const *p = e->p, *const *x = e->x, *const *xd = e->xd;
  const tw_medium *m = tw_way_medium(way, e, 0, i);
  tw_stream_in in = {m, x[PA][i], x[TA][i], x[PB][i], x[TB][i], xd[TA][i], xd[TB][i], x[M][i],
                     p[P_GAX][i], p[P_RISE][i], p[D_CAPACITY][i], e->cj, way.form};
  tw_stream_eval(&in, &o->s);
  tw_real T = 0.5 * (x[TA][i] + x[TB][i]);
  o->rho = tw_density_as(way.form, m, o->s.T_up);
  o->ln_mu = tw_log_viscosity_as(way.form, m, T);
  o->k = tw_property_as(way.form, &m->conductivity, T);
  o->cp = tw_property_as(way.form, &m->cp, T);
  tw_vd a = tw_abs_smooth(x[M][i], TW_RE(p[D_WIDTH][i]));
  tw_real per_rho = 1.0 / o->rho.v;
  o->ms = a.v;
  o->ms_m = TW_RE(a.d);
  o->Q = x[M][i] * per_rho;
  o->Qs = o->ms * per_rho;
  o->Tup[0] = TW_RE(o->s.w);
  o->Tup[1] = 1.0 - o->Tup[0];
  o->Tup[2] = TW_RE(o->s.dw * (x[TA][i] - x[TB][i]));
}

/* Square of the flow over flow_ref, with the width of the power law's straight piece: q (q^2 + w^2)^((n - 1) / 2), smooth.h. */
static TW_INLINE tw_real square(const tw_eval *e, int i, const state *s) {
  tw_real q = s->Q / e->p[P_QREF][i];
  return q * q + 1e-6;
}

/* Powers of a block of instances, which are taken through their logarithms, all at once; and their capacity flows |m| cp. */
typedef struct { tw_real fit[TW_BLOCK], drop[TW_BLOCK], C[TW_BLOCK]; } powers;
typedef struct { tw_real k[TW_BLOCK], Qs[TW_BLOCK], q2[TW_BLOCK], ln_mu[TW_BLOCK]; } bases;

static TW_INLINE void bases_of(const tw_eval *e, int first, int n, tw_way way, bases *b, powers *w) {
  TW_INDEPENDENT
  for (int k = 0; k < n; k++) {
    state s;
    state_at(e, first + k, way, &s);
    b->k[k] = s.k.v;
    b->Qs[k] = s.Qs;
    b->q2[k] = square(e, first + k, &s);
    b->ln_mu[k] = s.ln_mu.v;
    w->C[k] = s.ms * s.cp.v;
  }
}

static TW_INLINE void powers_of(const tw_eval *e, int first, int n, tw_way way, powers *w) {
  bases b, ln, to;
  bases_of(e, first, n, way, &b, w);
  tw_log_each(n, b.k, ln.k);
  tw_log_each(n, b.Qs, ln.Qs);
  tw_log_each(n, b.q2, ln.q2);
  TW_INDEPENDENT
  for (int k = 0; k < n; k++) {
    int i = first + k;
    double form = TW_RE(e->p[D_DPFORM][i]);
    tw_real half = 0.5 * (e->p[P_DPN][i] - 1.0), mue = e->p[P_MUE][i];
    to.k[k] = -0.6 * ln.k[k] + 0.1 * b.ln_mu[k] - e->p[P_N][i] * ln.Qs[k];
    to.q2[k] = (form == DP_GEOMETRY ? 1.0 : mue) * b.ln_mu[k] + (form == DP_POWER ? half : 0.0) * ln.q2[k];
  }
  tw_exp_each(n, to.k, w->fit);
  tw_exp_each(n, to.q2, w->drop);
}

typedef struct { tw_real v; double Q, T; } of_flow; /* a value and its derivatives to |flow| (or flow) and mean temperature */

static TW_INLINE of_flow fit(const tw_real *const *p, int i, const state *s) {
  tw_real a = p[D_FIT][i] * s->fit;
  double A = TW_RE(a);
  return (of_flow){p[P_R0][i] + p[P_FOULING][i] + a, -TW_RE(p[P_N][i]) * A / TW_RE(s->Qs),
                   A * TW_RE(-0.6 * s->k.d / s->k.v + 0.1 * s->ln_mu.d)};
}

/* Beyond the table's end the resistance does not fall below half its least value. */
static TW_INLINE of_flow catalogue(const tw_eval *e, int i, const state *s) {
  const tw_curve *c = e->c[P_R][i];
  double least = TW_RE(e->p[D_RMIN][i]);
  tw_vd q = tw_max_smooth(s->Qs, c->x[0], 1e-3 * c->x[c->n - 1]), y = tw_curve_at(c, q.v);
  tw_vd r = tw_max_smooth(y.v, 0.5 * least, 0.1 * least);
  tw_real R = r.v + e->p[P_FOULING][i], dR = r.d * y.d * q.d;
  if ((tw_basis)TW_RE(e->p[P_BASIS][i]) != TW_BASIS_INLET) return (of_flow){R, TW_RE(dR), 0.0};
  tw_real k = q.v / s->Qs;
  return (of_flow){R * k, TW_RE(dR * k + R * (q.d - k) / s->Qs), 0.0};
}

static TW_INLINE of_flow channels(const tw_real *const *p, int i, const state *s) {
  tw_real hk = p[D_NU][i] / p[D_DH][i], h = hk * s->k.v;
  tw_real md = p[P_D][i] * tw_sqrt(2.0 * h / (p[P_KS][i] * p[P_T][i])), t = tw_tanh(md), eta = t / md;
  tw_real hA = h * (p[D_BASE][i] + eta * p[D_FINS][i]);
  tw_real slope = p[D_BASE][i] + 0.5 * (eta + 1.0 - t * t) * p[D_FINS][i]; /* d(hA)/dh */
  return (of_flow){p[P_RBASE][i] + p[P_FOULING][i] + 1.0 / hA, 0.0, TW_RE(-slope * hk * s->k.d / (hA * hA))};
}

/* `plain`, a constant of the caller: the fit on the mean basis, N <= 1, and the power law of pressure drop. */
static TW_INLINE of_flow resistance(const tw_eval *e, int i, bool plain, const state *s) {
  if (plain) return fit(e->p, i, s);
  int form = (int)TW_RE(e->p[D_FORM][i]);
  if (form == FORM_FIT) return fit(e->p, i, s);
  if (form == FORM_GEOMETRY) return channels(e->p, i, s);
  return catalogue(e, i, s);
}

/* g = C eps(1 / (R C)), C = |m| cp, and its derivatives to T_a, T_b, m_dot. */
static TW_INLINE tw_real conductance(tw_basis basis, bool plain, of_flow R, const state *s, double dg[3]) {
  tw_real C = s->ms * s->cp.v, N = 1.0 / (R.v * C);
  tw_vd eps = plain ? tw_mean_effectiveness(N) : tw_wall_effectiveness(basis, N);
  double gC = TW_RE(eps.v - N * eps.d), gR = -TW_RE(C * C * eps.d * N * N);
  double per_rho = 1.0 / TW_RE(s->rho.v), Q_T = -TW_RE(s->Qs * s->rho.d) * per_rho; /* Qs to T_up */
  double mean = 0.5 * (gC * TW_RE(s->ms * s->cp.d) + gR * R.T);
  dg[0] = mean + gR * R.Q * Q_T * s->Tup[0];
  dg[1] = mean + gR * R.Q * Q_T * s->Tup[1];
  dg[2] = gC * TW_RE(s->cp.v) * s->ms_m + gR * R.Q * (s->ms_m * per_rho + Q_T * s->Tup[2]);
  return C * eps.v;
}

/* Friction; derivatives at constant rho in the geometry's minor loss are through Q = m / rho. */
static TW_INLINE of_flow friction(const tw_real *const *p, int i, bool plain, const state *s, double *to_rho) {
  int form = plain ? DP_POWER : (int)TW_RE(p[D_DPFORM][i]);
  *to_rho = 0.0;
  if (form == DP_GEOMETRY) {
    tw_real u = s->Q / p[D_AREA][i], f = 0.5 * p[D_FRE][i] * p[P_L][i] / (p[D_DH][i] * p[D_DH][i]), mu = s->drop;
    tw_real au = TW_RE(u) < 0.0 ? -u : u, head = 0.5 * p[P_K][i] * u * au;
    *to_rho = TW_RE(head);
    return (of_flow){f * mu * u + s->rho.v * head, TW_RE((f * mu + s->rho.v * p[P_K][i] * au) / p[D_AREA][i]),
                     TW_RE(f * mu * s->ln_mu.d * u)};
  }
  tw_real c = p[D_DROP][i] * s->drop, v, d;
  if (form == DP_POWER) {
    tw_real per_ref = 1.0 / p[P_QREF][i], q = s->Q * per_ref;
    v = c * q;
    d = c * per_ref * (1.0 + (p[P_DPN][i] - 1.0) * q * q / (q * q + 1e-6));
  } else {
    tw_vd r = tw_signed_square(s->Q, 1e-3 * TW_RE(p[P_QREF][i]));
    v = (p[P_DPA][i] * s->Q + p[P_DPB][i] * r.v) * c;
    d = (p[P_DPA][i] + p[P_DPB][i] * r.d) * c;
  }
  return (of_flow){v, TW_RE(d), TW_RE(p[P_MUE][i] * v * s->ln_mu.d)};
}

static TW_INLINE void exchange_at(const tw_eval *e, int i, bool plain, const state *s, tw_exchange *o) {
  tw_exchange_in in = {e->x[TA][i], e->x[TB][i], e->x[M][i], e->x[TP][i], s->s.w, TW_RE(s->s.dw), 0.0, {0},
                       e->p[P_GS][i], TW_RE(e->p[D_CPREF][i])};
  in.g = conductance((tw_basis)TW_RE(e->p[P_BASIS][i]), plain, resistance(e, i, plain, s), s, in.dg);
  tw_exchange_eval(&in, o);
}

static TW_INLINE void jacobian(const tw_eval *e, int i, const state *s, const tw_exchange *q, of_flow dp, double to_rho) {
  double *const *j = e->j;
  double Ha[TW_S_VARS], Hb[TW_S_VARS];
  for (int v = 0; v < TW_S_VARS; v++) Ha[v] = TW_RE(s->s.dH_a[v]), Hb[v] = TW_RE(s->s.dH_b[v]);
  Ha[TW_S_TA] -= q->dQ_a[TW_X_TA], Ha[TW_S_TB] -= q->dQ_a[TW_X_TB], Ha[TW_S_M] -= q->dQ_a[TW_X_M];
  Hb[TW_S_TA] -= q->dQ_b[TW_X_TA], Hb[TW_S_TB] -= q->dQ_b[TW_X_TB], Hb[TW_S_M] -= q->dQ_b[TW_X_M];
  j[0][i] = 1.0;
  j[6][i] = -1.0;
  for (int v = 0; v < TW_S_VARS; v++) j[1 + v][i] = Ha[v], j[7 + v][i] = Hb[v];
  j[12][i] = -q->dQ_a[TW_X_TW];
  j[13][i] = -q->dQ_b[TW_X_TW];
  j[14][i] = q->dQ_a[TW_X_TA] + q->dQ_b[TW_X_TA];
  j[15][i] = q->dQ_a[TW_X_TB] + q->dQ_b[TW_X_TB];
  j[16][i] = q->dQ_a[TW_X_TW] + q->dQ_b[TW_X_TW] + TW_RE(e->p[P_C][i]) * e->cj;
  j[17][i] = q->dQ_a[TW_X_M] + q->dQ_b[TW_X_M];

  double rho = TW_RE(s->rho.v), gz = TW_GRAVITY * TW_RE(e->p[P_RISE][i]);
  double up = TW_RE(s->rho.d) * (to_rho + gz - dp.Q * TW_RE(s->Q) / rho); /* all that goes through rho(T_up), per K */
  j[18][i] = 1.0;
  j[19][i] = -0.5 * dp.T - up * s->Tup[0];
  j[20][i] = -1.0;
  j[21][i] = -0.5 * dp.T - up * s->Tup[1];
  j[22][i] = -dp.Q / rho - up * s->Tup[2];
}

static TW_INLINE void rows_of(const tw_eval *e, int i, tw_way way, bool plain, const state *s) {
  tw_exchange q;
  double to_rho;
  exchange_at(e, i, plain, s, &q);
  of_flow dp = friction(e->p, i, plain, s, &to_rho);
  e->f[PA][i] = e->x[M][i];
  e->f[TA][i] = s->s.H_a - q.Q_a;
  e->f[PB][i] = -e->x[M][i];
  e->f[TB][i] = s->s.H_b - q.Q_b;
  e->f[TP][i] = q.Q_a + q.Q_b + e->p[P_C][i] * e->xd[TP][i];
  e->f[M][i] = e->x[PA][i] - e->x[PB][i] - dp.v - s->rho.v * TW_GRAVITY * e->p[P_RISE][i];
  if (way.slopes) jacobian(e, i, s, &q, dp, to_rho);
}

static void report(const tw_eval *e, int i, const state *s, tw_real *const *out) {
  tw_exchange q;
  double to_rho;
  exchange_at(e, i, false, s, &q);
  out[O_HEAT][i] = q.Q_a + q.Q_b;
  out[O_TWALL][i] = e->x[TP][i];
  out[O_DP][i] = friction(e->p, i, false, s, &to_rho).v;
  out[O_FLOW][i] = s->Q;
  out[O_R][i] = resistance(e, i, false, s).v;
  bool geometry = TW_RE(e->p[D_AREA][i]) > 0.0;
  tw_real u = geometry ? (TW_RE(s->Q) < 0.0 ? -s->Q : s->Q) / e->p[D_AREA][i] : 0.0;
  out[O_VELOCITY][i] = u;
  out[O_RE][i] = geometry ? s->rho.v * u * e->p[D_DH][i] * tw_exp(-s->ln_mu.v) : (tw_real)NAN;
}

/* Whether all instances of a block have the forms of `plain` above, and their N. */
static TW_INLINE bool all_plain(const tw_eval *e, int first, int n, const powers *w) {
  const tw_real *const *p = e->p;
  int other = 0;
  for (int k = 0, i = first; k < n; k++, i++) {
    double R = TW_RE(p[P_R0][i] + p[P_FOULING][i] + p[D_FIT][i] * w->fit[k]);
    other |= !(TW_RE(p[D_FORM][i]) == FORM_FIT) | !(TW_RE(p[D_DPFORM][i]) == DP_POWER) |
             !(TW_RE(p[P_BASIS][i]) == TW_BASIS_MEAN) | !(R * TW_RE(w->C[k]) >= 1.0);
  }
  return !other;
}

static TW_INLINE void state_with(const tw_eval *e, int i, tw_way way, const powers *w, int k, state *s) {
  state_at(e, i, way, s);
  s->fit = w->fit[k];
  s->drop = w->drop[k];
}

static TW_INLINE void block_rows(const tw_eval *e, int first, int n, tw_way way, const powers *w) {
  TW_INDEPENDENT
  for (int k = 0; k < n; k++) {
    state s;
    state_with(e, first + k, way, w, k, &s);
    rows_of(e, first + k, way, way.form != TW_ANY_FORM, &s);
  }
}

TW_WIDE static void eval(const tw_eval *e) {
  powers w;
  for (int first = 0; first < e->n; first += TW_BLOCK) {
    int n = e->n - first < TW_BLOCK ? e->n - first : TW_BLOCK;
    tw_common_form form = tw_common_form_of(n, e->m[0] + first, e->x[TA] + first, e->x[TB] + first);
    if (form == TW_LIQUID_FORM) powers_of(e, first, n, (tw_way){e->m[0][first], TW_LIQUID_FORM, false}, &w);
    else powers_of(e, first, n, tw_way_of_one(e), &w);
    if (!all_plain(e, first, n, &w)) form = TW_ANY_FORM;
    TW_BY_WAY(block_rows, form, e, first, n, &w);
  }
}

static void observe(const tw_eval *e, tw_real *const *out) {
  for (int i = 0; i < e->n; i++) {
    powers w;
    state s;
    powers_of(e, i, 1, tw_way_of_one(e), &w);
    state_with(e, i, tw_way_of_one(e), &w, 0, &s);
    report(e, i, &s, out);
  }
}

static void balance(const tw_eval *e, tw_real *const *b) {
  for (int i = 0; i < e->n; i++) {
    tw_flow_balance(e, i, M, e->p[P_RISE][i], e->p[D_CAPACITY][i], b);
    tw_store(e, b, i, TP, e->p[P_C][i]);
  }
}

static void start(const tw_start *s) {
  for (int i = 0; i < s->n; i++) s->x[M][i] = s->p[P_QREF][i] * TW_RE(tw_property_at(&s->m[0][i]->density, s->p[P_TREF][i]).v);
}

const tw_type TW_TYPE(plate_channel) = {
    .element = "plate-channel", .title = "Cold-plate channel",
    .doc = "Wall and coolant of one chip's place on a cold plate. Q = eps m cp (T_wall - T_in) with eps from the resistance R on "
           "its basis: mean eps = N/(1 + N/2), inlet eps = N, log-mean eps = 1 - exp(-N), N = 1/(R m cp). R from a catalogue "
           "curve, from R0 + A (Q/flow_fit)^-n, or from rectangular micro-channels (Shah and London 1978, laminar, fully "
           "developed, with fin efficiency). Single-phase coolant; reverse flow uses the same figures.",
    .use = "One chip's place on a cold plate, by catalogue curve, by fit, or from its channels: case temperature over flow and "
           "coolant.",
    .validity = "Single phase. Curve: within its flow. Geometry: laminar to Re 2300, developed flow, so R is on the high side "
                "for short channels.",
    .source = "Tuckerman and Pease, IEEE EDL-2 (1981) 126; Shah and London, Laminar Flow Forced Convection in Ducts (1978), ch. "
              "VII; Kays and London, 3rd ed. (1984).",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs, .limits = limits,
    .stamps = stamps, .n_stamps = TW_COUNT(stamps), .n_derived = N_D - N_P, .derive = tw_plate_derive, .start = start,
    .eval = eval, .observe = observe, .balance = balance};
