#include "flow.h"

/* Inertia of the coolant in a duct: p_a - p_b = (L/A) d(m_dot)/dt, without friction (pipe) or elevation. One per branch of a
 * loop, for all of the branch's ducts together: L/A adds up in series. The kinetic energy (L/A) m_dot^2 / 2 rho_ref is stored.
 * Unsteady one-dimensional momentum of an incompressible fluid: White, Fluid Mechanics, 7th ed., ch. 3. */
enum { P_LENGTH, P_BORE, P_INERTANCE, P_GAX, P_MEDIUM, N_P, D_I = N_P };
static const tw_param params[] = {
    {"length", "m", NULL, TW_NUMBER, 1e-4, 1e6, TW_P_OPTIONAL, "length of the duct", NULL, NULL, NULL},
    {"bore", "m", NULL, TW_NUMBER, 1e-4, 10, TW_P_OPTIONAL, "inside diameter of the duct", NULL, NULL, NULL},
    {"inertance", "kg/m4", NULL, TW_NUMBER, 1, 1e15, TW_P_OPTIONAL, "rho L/A, instead of length and bore", NULL, NULL, NULL},
    TW_PARAM_G_AXIAL, TW_PARAM_MEDIUM,
    {0}};
enum { M = 4 };
static const tw_port ports[] = {TW_PORT_IN(1), TW_PORT_OUT(1), {0}};
static const tw_unknown unknowns[] = {TW_UNKNOWN_M_DOT(true), {0}};
static const tw_row rows[] = {TW_ROW_DP, {0}};
static const tw_quantity outputs[] = {TW_OUT_FLOW, {0}};
static const tw_stamp stamps[] = {TW_STREAM_STAMPS(M), {M, 0}, {M, 2}, {M, M}};
enum { J_ROW = TW_STREAM_N_STAMPS };

static int derive(const tw_derive *d) {
  for (int i = 0; i < d->n; i++) {
    tw_real D = d->p[P_BORE][i], L = d->p[P_LENGTH][i], inertance = d->p[P_INERTANCE][i];
    bool geometry = !isnan(TW_RE(D)) && !isnan(TW_RE(L)), given = !isnan(TW_RE(inertance));
    if (geometry == given || isnan(TW_RE(D)) != isnan(TW_RE(L))) {
      d->fail(d->ctx, i, P_INERTANCE, "give length and bore, or inertance alone");
      return 1;
    }
    d->p[D_I][i] = given ? inertance / d->m[0][i]->rho_ref : L / (0.25 * TW_PI * D * D);
  }
  return 0;
}

static void start(const tw_start *s) {
  for (int i = 0; i < s->n; i++) {
    double D = isnan(s->p[P_BORE][i]) ? 0.025 : s->p[P_BORE][i];
    s->x[M][i] = 0.5 * s->m[0][i]->rho_ref * 0.25 * TW_PI * D * D; /* 0.5 m/s */
  }
}

static void eval(const tw_eval *e) {
  for (int i = 0; i < e->n; i++) {
    tw_flow_rows(e, i, M, e->p[P_GAX][i], 0.0, 0.0);
    tw_real head = e->p[D_I][i] * e->xd[M][i], r = 1.0 / e->m[0][i]->rho_ref;
    e->f[3][i] += e->x[M][i] * head * r;
    e->f[M][i] = e->x[0][i] - e->x[2][i] - head;
    if (!e->j) continue;
    e->j[11][i] += TW_RE((head + e->x[M][i] * e->p[D_I][i] * e->cj) * r);
    e->j[J_ROW][i] = 1.0;
    e->j[J_ROW + 1][i] = -1.0;
    e->j[J_ROW + 2][i] = -TW_RE(e->p[D_I][i]) * e->cj;
  }
}

static void observe(const tw_eval *e, tw_real *const *out) {
  for (int i = 0; i < e->n; i++) tw_flow_observe(e, i, M, 0.0, out);
}

static void balance(const tw_eval *e, tw_real *const *b) {
  for (int i = 0; i < e->n; i++) {
    tw_flow_balance(e, i, M, 0.0, 0.0, b);
    tw_store_square(e, b, i, M, e->p[D_I][i] / e->m[0][i]->rho_ref);
  }
}

const tw_type TW_TYPE(fluid_inertance) = {
    .element = "fluid-inertance", .title = "Inertia of a duct's coolant",
    .doc = "p_a - p_b = (L/A) d(m_dot)/dt. One per branch of a loop, summed over its ducts; in steady state without effect.",
    .use = "How fast a loop runs down when its pumps stop.",
    .validity = "Incompressible, one-dimensional; no water hammer. One per branch of a loop. Without effect in steady state.",
    .source = "White, Fluid Mechanics, 7th ed., ch. 3 (unsteady one-dimensional momentum).",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs,
    .stamps = stamps, .n_stamps = TW_COUNT(stamps), .n_derived = 1, .derive = derive, .start = start, .eval = eval,
    .observe = observe, .balance = balance};
