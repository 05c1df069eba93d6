/* What the two-ended fluid elements share: rows and stamps of their stream, and the properties of the coolant inside.
 * Locals: p_a, T_a, p_b, T_b = 0..3; the internal unknown m_dot (a to b) has the local number m. Level of b above a: rise. */
#ifndef TW_FLOW_H
#define TW_FLOW_H
#include "friction.h"
#include "stream.h"

enum { TW_F_PA, TW_F_TA, TW_F_PB, TW_F_TB };

#define TW_PORT_IN(stream) {"a", TW_FLUID, TW_R_COOLANT_IN, stream, NULL, NULL, "inlet"}
#define TW_PORT_OUT(stream) {"b", TW_FLUID, TW_R_COOLANT_OUT, stream, NULL, NULL, "outlet"}
#define TW_PARAM_RISE {"rise", "m", "0 m", TW_NUMBER, -1000, 1000, 0, "level of outlet b above inlet a", NULL, NULL, NULL}
#define TW_PARAM_G_AXIAL \
  {"G_axial", "W/K", "0.05 W/K", TW_NUMBER, 1e-6, 1e3, 0, \
   "conduction between the ends through coolant and wall, all that is left without flow", NULL, NULL, NULL}
#define TW_PARAM_MEDIUM \
  {"medium", NULL, NULL, TW_MEDIUM, 0, 0, TW_P_OPTIONAL, "coolant of the net, where not said elsewhere", NULL, NULL, NULL}
#define TW_PARAM_LIMIT(id, unit, lo, hi, doc) {id, unit, NULL, TW_NUMBER, lo, hi, TW_P_OPTIONAL, doc, NULL, NULL, NULL}
#define TW_UNKNOWN_M_DOT(differential) {"m_dot", "kg/s", differential, 1, -1e3, 1e3, "mass flow from a to b"}
#define TW_ROW_DP {"dp", "Pa", 1e4, 1e-3}
#define TW_ROW_FLOW {"flow", "kg/s", 0.1, 1e-9}
/* The momentum row in its variables: after the stream's stamps. */
#define TW_MOMENTUM_STAMPS(m) {(m), 0}, {(m), 1}, {(m), 2}, {(m), 3}, {(m), (m)}

/* Density and viscosity at the mean of both ends. d is the derivative to either end temperature. */
static TW_INLINE tw_inside tw_flow_inside(const tw_medium *medium, tw_real T_a, tw_real T_b) {
  tw_real T = 0.5 * (T_a + T_b);
  tw_vd rho = tw_property_at(&medium->density, T), mu = tw_property_at(&medium->viscosity, T);
  return (tw_inside){{rho.v, 0.5 * rho.d}, {mu.v, 0.5 * mu.d}};
}

static TW_INLINE void tw_flow_inside_at(tw_common_form form, const tw_medium *m, tw_real T, int k, tw_inside_each *c,
                                        tw_real *ln) {
  tw_vd rho = tw_density_as(form, m, T), s = tw_log_viscosity_as(form, m, T);
  c->rho.v[k] = rho.v;
  c->rho.d[k] = 0.5 * rho.d;
  c->mu.d[k] = 0.5 * s.d;
  ln[k] = s.v;
}

/* The same for n instances from the first on, at most TW_BLOCK, between the temperatures of the locals a and b of one stream;
 * tells their common form. */
static TW_INLINE tw_common_form tw_flow_inside_each(const tw_eval *e, int first, int n, int port, int a, int b,
                                                    tw_inside_each *c) {
  tw_real ln[TW_BLOCK];
  const tw_medium *const *m = e->m[port] + first;
  const tw_real *Ta = e->x[a] + first, *Tb = e->x[b] + first;
  tw_common_form form = tw_common_form_of(n, m, Ta, Tb);
  if (form == TW_LIQUID_FORM) {
    TW_INDEPENDENT
    for (int k = 0; k < n; k++) tw_flow_inside_at(TW_LIQUID_FORM, m[0], 0.5 * (Ta[k] + Tb[k]), k, c, ln);
  } else {
    for (int k = 0; k < n; k++) tw_flow_inside_at(TW_ANY_FORM, m[k], 0.5 * (Ta[k] + Tb[k]), k, c, ln);
  }
  tw_exp_each(n, ln, c->mu.v);
  for (int k = 0; k < n; k++) c->mu.d[k] *= c->mu.v[k];
  return form;
}

/* How the rows of a block are computed, the same for all its instances: their medium where they share one of a common form (else
 * the form is TW_ANY_FORM and the medium unused), and whether slopes are wanted. `form` and `slopes` are constants of the caller,
 * so that the loop over the instances has no branches. */
typedef struct { const tw_medium *shared; tw_common_form form; bool slopes; } tw_way;

static TW_INLINE tw_way tw_way_of_one(const tw_eval *e) { return (tw_way){NULL, TW_ANY_FORM, e->j != NULL}; }

static TW_INLINE const tw_medium *tw_way_medium(tw_way way, const tw_eval *e, int port, int i) {
  return way.form == TW_ANY_FORM ? e->m[port][i] : way.shared;
}

/* Calls rows(e, first, n, way, ...) with the way that the form of the block allows. */
#define TW_BY_WAY(rows, form, e, first, n, ...) \
  do { \
    const tw_medium *shared_ = (e)->m[0][first]; \
    if ((form) == TW_LIQUID_FORM && (e)->j) rows(e, first, n, (tw_way){shared_, TW_LIQUID_FORM, true}, __VA_ARGS__); \
    else if ((form) == TW_LIQUID_FORM) rows(e, first, n, (tw_way){shared_, TW_LIQUID_FORM, false}, __VA_ARGS__); \
    else rows(e, first, n, tw_way_of_one(e), __VA_ARGS__); \
  } while (0)

/* Rows and stamps 0..TW_STREAM_N_STAMPS-1 of masses and enthalpies; the heat that enters elsewhere is added by the caller. */
static TW_INLINE tw_stream tw_flow_rows_by(tw_way way, const tw_eval *e, int i, int m, tw_real G_ax, tw_real rise,
                                           tw_real capacity) {
  tw_stream_in in = {tw_way_medium(way, e, 0, i), e->x[0][i], e->x[1][i], e->x[2][i], e->x[3][i], e->xd[1][i], e->xd[3][i],
                     e->x[m][i], G_ax, rise, capacity, e->cj, way.form};
  tw_stream s;
  tw_stream_eval(&in, &s);
  e->f[0][i] = in.m_dot;
  e->f[1][i] = s.H_a;
  e->f[2][i] = -in.m_dot;
  e->f[3][i] = s.H_b;
  if (!way.slopes) return s;
  e->j[0][i] = 1.0;
  e->j[6][i] = -1.0;
  for (int v = 0; v < TW_S_VARS; v++) {
    e->j[1 + v][i] = TW_RE(s.dH_a[v]);
    e->j[7 + v][i] = TW_RE(s.dH_b[v]);
  }
  return s;
}

static TW_INLINE tw_stream tw_flow_rows(const tw_eval *e, int i, int m, tw_real G_ax, tw_real rise, tw_real capacity) {
  return tw_flow_rows_by(tw_way_of_one(e), e, i, m, G_ax, rise, capacity);
}

/* Heat G [W/K] to the port `heat`, from the end where the coolant flows out, each end by its own temperature: what enters the
 * element then has the temperature of its node, at rest both ends share, and no end is cooled below its surroundings. First
 * order in G / (m cp): cut a pipe that cools by much into cells. Adds to rows 1 and 3, writes f[heat], and the stamps
 * TW_WALL_STAMPS from `first` on. */
#define TW_WALL_STAMPS(heat, m) {1, (heat)}, {3, (heat)}, {(heat), 1}, {(heat), 3}, {(heat), (heat)}, {(heat), (m)}
enum { TW_WALL_N_STAMPS = 6 };

static TW_INLINE void tw_wall_heat(tw_way way, const tw_eval *e, int i, int heat, tw_real G, const tw_stream *s, int first) {
  tw_real a = e->x[1][i] - e->x[heat][i], b = e->x[3][i] - e->x[heat][i], Ga = G * (1.0 - s->w), Gb = G * s->w, Gd = G * s->dw;
  e->f[1][i] += Ga * a;
  e->f[3][i] += Gb * b;
  e->f[heat][i] = -Ga * a - Gb * b;
  if (!way.slopes) return;
  e->j[2][i] += TW_RE(Ga);
  e->j[5][i] -= TW_RE(Gd * a);
  e->j[10][i] += TW_RE(Gb);
  e->j[11][i] += TW_RE(Gd * b);
  const double j[] = {-TW_RE(Ga), -TW_RE(Gb), -TW_RE(Ga), -TW_RE(Gb), TW_RE(G), TW_RE(Gd * (a - b))};
  for (int k = 0; k < TW_WALL_N_STAMPS; k++) e->j[first + k][i] = j[k];
}

/* observe: the same heat. */
static TW_INLINE tw_real tw_wall_heat_observe(const tw_eval *e, int i, int heat, int m, tw_real G, tw_real G_ax) {
  tw_real w = tw_stream_weight(e->m[0][i], e->x[m][i], G_ax).v;
  return G * ((1.0 - w) * e->x[1][i] + w * e->x[3][i] - e->x[heat][i]);
}

static TW_INLINE void tw_flow_balance(const tw_eval *e, int i, int m, tw_real rise, tw_real capacity, tw_real *const *b) {
  tw_store(e, b, i, TW_F_TA, 0.5 * capacity);
  tw_store(e, b, i, TW_F_TB, 0.5 * capacity);
  b[TW_B_LIFT][i] = e->x[m][i] * (TW_GRAVITY * rise);
}

/* Momentum row of an element whose pressure drop follows from its flow: p_a - p_b - dp(m, rho, mu) - rho g rise = 0.
 * Writes f[m] and the five momentum stamps from `first` on. */
static TW_INLINE void tw_momentum_row(tw_way way, const tw_eval *e, int i, int m, int first, const tw_inside *c,
                                      const tw_drop *d, tw_real rise) {
  tw_real lift = TW_GRAVITY * rise;
  e->f[m][i] = e->x[0][i] - e->x[2][i] - d->dp - c->rho.v * lift;
  if (!way.slopes) return;
  double dT = -TW_RE((d->d_rho + lift) * c->rho.d + d->d_mu * c->mu.d);
  e->j[first][i] = 1.0;
  e->j[first + 1][i] = dT;
  e->j[first + 2][i] = -1.0;
  e->j[first + 3][i] = dT;
  e->j[first + 4][i] = -TW_RE(d->d_m);
}

/* ---- restrictions by flow coefficient ----------------------------------------------------------------------------- */

/* Exactly one of the two, in the units of the trade: Kv of IEC 60534-1, Cv of ANSI/ISA-75.01.01. */
#define TW_PARAM_KV \
  {"Kv", "1", NULL, TW_NUMBER, 1e-6, 1e6, TW_P_OPTIONAL, "flow coefficient: m3/h of water at 1 bar", NULL, NULL, NULL}
#define TW_PARAM_CV \
  {"Cv", "1", NULL, TW_NUMBER, 1e-6, 1e6, TW_P_OPTIONAL, \
   "flow coefficient: US gallons per minute of water at 1 psi, instead of Kv", NULL, NULL, NULL}

/* A_v [m2] of Kv or Cv, one of them NaN, with water at 15 degC (999.1 kg/m3), their reference. */
static TW_INLINE tw_real tw_flow_coefficient(tw_real Kv, tw_real Cv) {
  const double per_Kv = 0.09995498987044119 / 3600.0;                            /* sqrt(999.1 / 1e5) */
  const double per_Cv = 3.785411784e-3 / 60.0 * 0.38066678836779555;                    /* sqrt(999.1 / 6894.757293) */
  return isnan(TW_RE(Kv)) ? per_Cv * Cv : per_Kv * Kv;
}

/* start: mass flow of a restriction at 0.1 bar. */
static TW_INLINE double tw_throttle_guess(double Kv, double Cv, double rho) {
  return TW_RE(tw_flow_coefficient(Kv, Cv)) * sqrt(rho * 1e4);
}

/* derive: 0 when exactly one of the parameters at indices a and b is given. */
static TW_INLINE int tw_exactly_one(const tw_derive *d, int i, int a, int b, const char *message) {
  if (isnan(TW_RE(d->p[a][i])) != isnan(TW_RE(d->p[b][i]))) return 0;
  d->fail(d->ctx, i, a, message);
  return 1;
}

/* Flow that scales the row of a restriction: that of the open one at 0.1 bar. */
static TW_INLINE tw_real tw_throttle_scale(tw_real Av_open, const tw_medium *medium) {
  return Av_open * sqrt(medium->rho_ref * 1e4);
}

/* Row of a restriction that is Av of Av_open: friction.h. Writes f[m] and the five momentum stamps from `first` on. */
static TW_INLINE tw_throttle tw_throttle_row(tw_way way, const tw_eval *e, int i, int m, int first, const tw_inside *c,
                                             tw_real Av, tw_real Av_open, tw_real rise) {
  tw_real lift = TW_GRAVITY * rise, x = e->x[0][i] - e->x[2][i] - c->rho.v * lift;
  tw_throttle t = tw_throttle_at(e->x[m][i], x, c->rho.v, c->mu.v, Av, tw_throttle_scale(Av_open, tw_way_medium(way, e, 0, i)));
  e->f[m][i] = t.row;
  if (!way.slopes) return t;
  double dT = TW_RE((t.d_rho - t.d_x * lift) * c->rho.d + t.d_mu * c->mu.d);
  e->j[first][i] = TW_RE(t.d_x);
  e->j[first + 1][i] = dT;
  e->j[first + 2][i] = -TW_RE(t.d_x);
  e->j[first + 3][i] = dT;
  e->j[first + 4][i] = TW_RE(t.d_m);
  return t;
}

/* A restriction without unknowns of its own but m: its parameters by number, `open` the open flow coefficient, and what is left
 * of that (a function whose body is inlined). */
typedef struct { int m, gax, rise, open; tw_real (*Av)(const tw_eval *e, int i); } tw_restriction;

static TW_INLINE void tw_throttle_rows(const tw_eval *e, int first, int n, tw_way way, tw_restriction r,
                                       const tw_inside_each *inside) {
  TW_INDEPENDENT
  for (int k = 0; k < n; k++) {
    int i = first + k;
    tw_inside c = tw_inside_of(inside, k);
    tw_flow_rows_by(way, e, i, r.m, e->p[r.gax][i], e->p[r.rise][i], 0.0);
    tw_throttle_row(way, e, i, r.m, TW_STREAM_N_STAMPS, &c, r.Av(e, i), e->p[r.open][i], e->p[r.rise][i]);
  }
}

static TW_INLINE void tw_throttle_eval(const tw_eval *e, tw_restriction r) {
  tw_inside_each c;
  for (int first = 0; first < e->n; first += TW_BLOCK) {
    int n = e->n - first < TW_BLOCK ? e->n - first : TW_BLOCK;
    tw_common_form form = tw_flow_inside_each(e, first, n, 0, 1, 3, &c);
    TW_BY_WAY(tw_throttle_rows, form, e, first, n, r, &c);
  }
}

/* ---- reported ----------------------------------------------------------------------------------------------------- */

#define TW_OUT_FLOW \
  {"dp", "Pa", TW_Q_PLAIN, TW_L_NONE, "pressure drop without the static head"}, \
      {"m_dot", "kg/s", TW_Q_PLAIN, TW_L_NONE, "mass flow from a to b"}, \
      {"flow", "m3/s", TW_Q_PLAIN, TW_L_NONE, "volume flow at the inside temperature"}, \
      {"T_out", "K", TW_Q_TEMPERATURE, TW_L_NONE, "temperature at the end where the coolant leaves"}
enum { TW_O_DP, TW_O_M, TW_O_FLOW, TW_O_TOUT, TW_O_FLOW_N };

static TW_INLINE void tw_flow_observe(const tw_eval *e, int i, int m, tw_real rise, tw_real *const *out) {
  tw_inside c = tw_flow_inside(e->m[0][i], e->x[1][i], e->x[3][i]);
  out[TW_O_DP][i] = e->x[0][i] - e->x[2][i] - c.rho.v * (TW_GRAVITY * rise);
  out[TW_O_M][i] = e->x[m][i];
  out[TW_O_FLOW][i] = e->x[m][i] / c.rho.v;
  out[TW_O_TOUT][i] = TW_RE(e->x[m][i]) < 0.0 ? e->x[1][i] : e->x[3][i];
}

/* The larger of two reported numbers. */
static TW_INLINE tw_real tw_larger(tw_real a, tw_real b) { return TW_RE(a) > TW_RE(b) ? a : b; }
/* Magnitude of a reported number. */
static TW_INLINE tw_real tw_magnitude(tw_real a) { return TW_RE(a) < 0.0 ? -a : a; }
#endif
