#include "flow.h"

/* One step of a rack manifold: a piece of header from a to b and the branch that leaves at b.
 *   header  p_a - p_b = (f L/D + K_run) rho v|v| / 2 + rho g rise
 *   branch  p_b - p_branch = K_branch rho v|v| / 2, on the velocity in the branch's bore
 * Pressures are total pressures: the recovery of static pressure where the header slows down is part of the constant loss
 * coefficients of the tee (Idelchik, Handbook of Hydraulic Resistance, 3rd ed., ch. 7; straight passage 0 .. 0.4, branch
 * 0.5 .. 1.5 at equal velocities). In a return header the flow runs from branch and b to a; `side` turns the reported signs. */
enum {
  P_LENGTH,
  P_BORE,
  P_ROUGHNESS,
  P_KRUN,
  P_RISE,
  P_KBRANCH,
  P_BRANCHBORE,
  P_SIDE,
  P_WALL,
  P_LOSS,
  P_GAX,
  P_VMAX,
  P_PMAX,
  P_MEDIUM,
  N_P,
  D_AREA = N_P,
  D_BRANCHAREA,
  D_CAPACITY,
  D_PER_D,
  D_RELATIVE,
  D_FRICTION,
  D_G,
  N_D
};
static const tw_param params[] = {{"length", "m", NULL, TW_NUMBER, 1e-4, 100, 0, "length of the header piece", NULL, NULL, NULL},
    {"bore", "m", NULL, TW_NUMBER, 1e-3, 1, 0, "inside diameter of the header", NULL, NULL, NULL},
    {"roughness", "m", "0.002 mm", TW_NUMBER, 0, 0.01, 0, "equivalent sand roughness of the wall",
        "White, Fluid Mechanics, 7th ed., table 6.1: stainless, new", NULL, NULL},
    {"K_run", "1", "0.1", TW_NUMBER, 0, 100, 0, "loss coefficient of the straight passage", "estimate within Idelchik ch. 7",
        NULL, NULL},
    TW_PARAM_RISE,
    {"K_branch", "1", "1", TW_NUMBER, 0, 1e5, 0, "loss coefficient of the branch, orifice included",
        "estimate within Idelchik ch. 7", NULL, NULL},
    {"branch_bore", "m", NULL, TW_NUMBER, 1e-3, 1, 0, "inside diameter of the branch", NULL, NULL, NULL},
    {"side", "1", "supply", TW_ENUM, 0, 1, 0, "header that divides the flow, or that collects it", NULL, "supply|return", NULL},
    {"wall_heat_capacity", "J/(m K)", "0 J/(m K)", TW_NUMBER, 0, 1e6, 0, "heat capacity of the header's wall per metre", NULL,
        NULL, NULL},
    {"heat_loss", "W/(m K)", "1 W/(m K)", TW_NUMBER, 0, 1e3, 0, "conductance from coolant to surroundings per metre",
        "estimate: bare 38 mm tube in still air, 8 W/(m2 K)", NULL, NULL},
    TW_PARAM_G_AXIAL, TW_PARAM_LIMIT("velocity_max", "m/s", 1e-3, 100, "largest velocity in the header"),
    TW_PARAM_LIMIT("p_max", "Pa", 1e3, 1e8, "largest pressure, absolute"), TW_PARAM_MEDIUM, {0}};
enum { PA, TA, PB, TB, PC, TC, HEAT, M, MC };
static const tw_port ports[] = {
    {"a", TW_FLUID, TW_R_NONE, 1, NULL, NULL, "header, towards the connection of the rack"},
    {"b", TW_FLUID, TW_R_OPTIONAL, 1, NULL, NULL, "header, where the branch leaves and the next piece begins; open at its end"},
    {"branch", TW_FLUID, TW_R_NONE, 1, NULL, NULL, "end of the branch"},
    {"heat", TW_HEAT, TW_R_OPTIONAL, 0, NULL, NULL, "surroundings"},
    {0}};
static const tw_unknown unknowns[] = {
    {"m_run", "kg/s", false, 1, -1e3, 1e3, "mass flow in the header from a to b"},
    {"m_branch", "kg/s", false, 0.1, -1e3, 1e3, "mass flow from b into the branch"},
    {0}};
static const tw_row rows[] = {{"dp_run", "Pa", 1e4, 1e-3}, {"dp_branch", "Pa", 1e4, 1e-3}, {0}};
enum { O_MRUN, O_M, O_FLOW, O_VELOCITY, O_DPRUN, O_DPBRANCH, O_P, O_T, O_LOSS };
static const tw_quantity outputs[] = {
    {"m_run", "kg/s", TW_Q_PLAIN, TW_L_NONE, "mass flow in the header, in its normal direction"},
    {"m_branch", "kg/s", TW_Q_PLAIN, TW_L_NONE, "mass flow of the branch, in its normal direction"},
    {"flow", "m3/s", TW_Q_PLAIN, TW_L_NONE, "volume flow of the branch, in its normal direction"},
    {"velocity", "m/s", TW_Q_PLAIN, TW_L_NONE, "velocity in the header, magnitude"},
    {"dp_run", "Pa", TW_Q_PLAIN, TW_L_NONE, "pressure drop along the header without static head, in the normal direction"},
    {"dp_branch", "Pa", TW_Q_PLAIN, TW_L_NONE, "pressure drop of the branch, in the normal direction"},
    {"p", "Pa", TW_Q_PLAIN, TW_L_NONE, "larger pressure of both header ends, absolute"},
    {"T", "K", TW_Q_TEMPERATURE, TW_L_NONE, "temperature at the tee"},
    {"heat_loss", "W", TW_Q_PLAIN, TW_L_NONE, "heat given to the surroundings"},
    {0}};
static const tw_limit limits[] = {{"velocity", "velocity_max", TW_AT_MOST, "velocity in the header"},
    {"p", "p_max", TW_AT_MOST, "pressure of the coolant"}, {0}};
static const tw_stamp stamps[] = {
    TW_STREAM_STAMPS(M), TW_MOMENTUM_STAMPS(M), TW_WALL_STAMPS(HEAT, M),
    {PB, MC}, {TB, PC}, {TB, TC}, {TB, MC}, {PC, MC}, {TC, PB}, {TC, TB}, {TC, PC}, {TC, TC}, {TC, MC},
    {MC, PB}, {MC, TB}, {MC, PC}, {MC, TC}, {MC, MC}};
enum {
  J_ROW = TW_STREAM_N_STAMPS,
  J_HEAT = J_ROW + 5,
  J_PBMC = J_HEAT + TW_WALL_N_STAMPS,
  J_TBPC,
  J_TBTC,
  J_TBMC,
  J_PCMC,
  J_TC,
  J_MC = J_TC + 5
};

static int derive(const tw_derive *d) {
  for (int i = 0; i < d->n; i++) {
    const tw_medium *c = d->m[0][i];
    tw_real D = d->p[P_BORE][i], Db = d->p[P_BRANCHBORE][i], A = 0.25 * TW_PI * D * D;
    d->p[D_AREA][i] = A;
    d->p[D_BRANCHAREA][i] = 0.25 * TW_PI * Db * Db;
    d->p[D_CAPACITY][i] = d->p[P_LENGTH][i] * (A * c->rho_ref * c->cp_ref + d->p[P_WALL][i]);
    tw_duct g = tw_duct_of(D, d->p[P_LENGTH][i], d->p[P_ROUGHNESS][i]);
    d->p[D_PER_D][i] = g.per_D;
    d->p[D_RELATIVE][i] = g.relative;
    d->p[D_FRICTION][i] = g.wall;
    d->p[D_G][i] = d->p[P_LENGTH][i] * d->p[P_LOSS][i];
  }
  return 0;
}

static void start(const tw_start *s) {
  for (int i = 0; i < s->n; i++) {
    double sign = s->p[P_SIDE][i] > 0.5 ? -1.0 : 1.0, D = s->p[P_BORE][i], Db = s->p[P_BRANCHBORE][i],
           G = 0.5 * s->m[0][i]->rho_ref;
    s->x[M][i] = sign * G * 0.25 * TW_PI * D * D; /* 0.5 m/s in both */
    s->x[MC][i] = sign * G * 0.25 * TW_PI * Db * Db;
  }
}

/* Rows and stamps of the branch, on top of those of the header. */
static TW_INLINE void branch(tw_way way, const tw_eval *e, int i, const tw_inside *c) {
  tw_stream_in in = {
      tw_way_medium(way, e, 1, i), e->x[PB][i], e->x[TB][i], e->x[PC][i], e->x[TC][i], 0.0, 0.0, e->x[MC][i],
      e->p[P_GAX][i], 0.0, 0.0, e->cj, way.form};
  tw_stream s;
  tw_stream_eval(&in, &s);
  tw_drop d = tw_local_loss(in.m_dot, c->rho.v, c->mu.v, e->p[D_BRANCHAREA][i], e->p[P_KBRANCH][i]);
  e->f[PB][i] += in.m_dot;
  e->f[TB][i] += s.H_a;
  e->f[PC][i] = -in.m_dot;
  e->f[TC][i] = s.H_b;
  e->f[MC][i] = in.p_a - in.p_b - d.dp;
  if (!way.slopes) return;
  double dT = -TW_RE(d.d_rho * c->rho.d + d.d_mu * c->mu.d);
  const double drop[] = {1.0, dT, -1.0, dT, -TW_RE(d.d_m)};
  e->j[9][i] += TW_RE(s.dH_a[TW_S_PA]);
  e->j[10][i] += TW_RE(s.dH_a[TW_S_TA]);
  e->j[J_PBMC][i] = 1.0;
  e->j[J_TBPC][i] = TW_RE(s.dH_a[TW_S_PB]);
  e->j[J_TBTC][i] = TW_RE(s.dH_a[TW_S_TB]);
  e->j[J_TBMC][i] = TW_RE(s.dH_a[TW_S_M]);
  e->j[J_PCMC][i] = -1.0;
  for (int v = 0; v < TW_S_VARS; v++) {
    e->j[J_TC + v][i] = TW_RE(s.dH_b[v]);
    e->j[J_MC + v][i] = drop[v];
  }
}

/* Coolant inside and friction of a block: the header piece, and the branch. */
typedef struct { tw_inside_each run, off; tw_drop_each wall; } block;

static TW_INLINE void block_rows(const tw_eval *e, int first, int n, tw_way way, const block *b) {
  TW_INDEPENDENT
  for (int k = 0; k < n; k++) {
    int i = first + k;
    tw_real rise = e->p[P_RISE][i];
    tw_inside run = tw_inside_of(&b->run, k), off = tw_inside_of(&b->off, k);
    tw_drop local = tw_local_loss(e->x[M][i], run.rho.v, run.mu.v, e->p[D_AREA][i], e->p[P_KRUN][i]);
    tw_drop sum = tw_drop_sum(tw_drop_of(&b->wall, k), local);
    tw_stream s = tw_flow_rows_by(way, e, i, M, e->p[P_GAX][i], rise, e->p[D_CAPACITY][i]);
    tw_momentum_row(way, e, i, M, J_ROW, &run, &sum, rise);
    tw_wall_heat(way, e, i, HEAT, e->p[D_G][i], &s, J_HEAT);
    branch(way, e, i, &off);
  }
}

TW_WIDE static void eval(const tw_eval *e) {
  block b;
  for (int first = 0; first < e->n; first += TW_BLOCK) {
    int n = e->n - first < TW_BLOCK ? e->n - first : TW_BLOCK;
    tw_common_form form = tw_flow_inside_each(e, first, n, 0, TA, TB, &b.run);
    if (tw_flow_inside_each(e, first, n, 1, TB, TC, &b.off) != form) form = TW_ANY_FORM;
    tw_duct_friction_each(n, e->p[D_PER_D] + first, e->p[D_RELATIVE] + first, e->p[D_FRICTION] + first, e->x[M] + first, &b.run,
                          &b.wall);
    TW_BY_WAY(block_rows, form, e, first, n, &b);
  }
}

static void observe(const tw_eval *e, tw_real *const *out) {
  for (int i = 0; i < e->n; i++) {
    double sign = TW_RE(e->p[P_SIDE][i]) > 0.5 ? -1.0 : 1.0;
    tw_inside c = tw_flow_inside(e->m[0][i], e->x[TA][i], e->x[TB][i]);
    tw_real m = sign * e->x[M][i], mc = sign * e->x[MC][i];
    out[O_MRUN][i] = m;
    out[O_M][i] = mc;
    out[O_FLOW][i] = mc / tw_property_at(&e->m[1][i]->density, 0.5 * (e->x[TB][i] + e->x[TC][i])).v;
    out[O_VELOCITY][i] = tw_magnitude(m) / (c.rho.v * e->p[D_AREA][i]);
    out[O_DPRUN][i] = sign * (e->x[PA][i] - e->x[PB][i] - c.rho.v * (TW_GRAVITY * e->p[P_RISE][i]));
    out[O_DPBRANCH][i] = sign * (e->x[PB][i] - e->x[PC][i]);
    out[O_P][i] = tw_larger(e->x[PA][i], e->x[PB][i]);
    out[O_T][i] = e->x[TB][i];
    out[O_LOSS][i] = tw_wall_heat_observe(e, i, HEAT, M, e->p[D_G][i], e->p[P_GAX][i]);
  }
}

static void balance(const tw_eval *e, tw_real *const *b) {
  for (int i = 0; i < e->n; i++) tw_flow_balance(e, i, M, e->p[P_RISE][i], e->p[D_CAPACITY][i], b);
}

const tw_type TW_TYPE(manifold_branch) = {.element = "manifold-branch",
    .title = "Manifold branch",
    .doc =
        "A piece of header from a to b with wall friction, K_run and static head, and the branch that leaves at b with K_branch. "
        "Total pressures, constant loss coefficients of the tee.",
    .use = "One step of a header and the branch that leaves there; building block of manifold.",
    .validity = "Constant coefficients of the tee: straight passage 0 to 0.4, branch 0.5 to 1.5 at equal velocities. Single "
                "phase.",
    .source = "Idelchik, Handbook of Hydraulic Resistance, 3rd ed., ch. 7; wall friction as pipe.",
    .params = params,
    .ports = ports,
    .unknowns = unknowns,
    .rows = rows,
    .outputs = outputs,
    .limits = limits,
    .stamps = stamps,
    .n_stamps = TW_COUNT(stamps),
    .n_derived = N_D - N_P,
    .derive = derive,
    .start = start,
    .eval = eval,
    .observe = observe,
    .balance = balance};
