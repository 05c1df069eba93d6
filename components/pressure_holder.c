#include "flow.h"

/* Expansion vessel: holds one node of a closed loop at a given pressure. In a loop of constant mass nothing flows into it; the
 * row p = given then replaces the mass equation that the others already imply, and m_dot = 0 is a result, which checks them.
 * One per loop. `volume` is coolant at the node, with its heat capacity. */
enum { P_P, P_VOLUME, P_MEDIUM, N_P, D_CAPACITY = N_P };
static const tw_param params[] = {
    {"p", "Pa", "250 kPa", TW_NUMBER, 1e3, 1e8, TW_P_TIMED, "pressure, absolute", NULL, NULL, NULL},
    {"volume", "m3", "0 m3", TW_NUMBER, 0, 1e4, 0, "coolant at the node, mixed", NULL, NULL, NULL},
    TW_PARAM_MEDIUM,
    {0}};
enum { P, T, M };
static const tw_port ports[] = {{"a", TW_FLUID, TW_R_REFERENCE | TW_R_SOLE, 1, NULL, NULL, "the node whose pressure it holds"}, {0}};
static const tw_unknown unknowns[] = {{"m_dot", "kg/s", false, 0.1, -1e3, 1e3, "mass flow into the vessel"}, {0}};
static const tw_row rows[] = {{"p", "Pa", 1e5, 1e-3}, {0}};
enum { O_M };
static const tw_quantity outputs[] = {
    {"m_dot", "kg/s", TW_Q_PLAIN, TW_L_NONE, "mass flow into the vessel, zero in a closed loop"}, {0}};
static const tw_stamp stamps[] = {{P, M}, {T, P}, {T, T}, {T, M}, {M, P}};

static int derive(const tw_derive *d) {
  for (int i = 0; i < d->n; i++) {
    const tw_medium *c = d->m[0][i];
    d->p[D_CAPACITY][i] = d->p[P_VOLUME][i] * c->rho_ref * c->cp_ref;
  }
  return 0;
}

static void start(const tw_start *s) {
  for (int i = 0; i < s->n; i++) {
    s->x[P][i] = s->p[P_P][i];
    s->x[M][i] = 0.0;
  }
}

/* Enthalpy of the node; what little flows either way carries it. */
static tw_vd enthalpy(const tw_eval *e, int i) {
  tw_vd h = tw_enthalpy(e->m[0][i], e->x[T][i]);
  h.v += e->x[P][i] / e->m[0][i]->rho_ref;
  return h;
}

static void eval(const tw_eval *e) {
  for (int i = 0; i < e->n; i++) {
    tw_vd h = enthalpy(e, i);
    tw_real m = e->x[M][i];
    e->f[P][i] = m;
    e->f[T][i] = m * h.v + e->p[D_CAPACITY][i] * e->xd[T][i];
    e->f[M][i] = e->x[P][i] - e->p[P_P][i];
    if (!e->j) continue;
    e->j[0][i] = 1.0;
    e->j[1][i] = TW_RE(m) / e->m[0][i]->rho_ref;
    e->j[2][i] = TW_RE(m * h.d + e->p[D_CAPACITY][i] * e->cj);
    e->j[3][i] = TW_RE(h.v);
    e->j[4][i] = 1.0;
  }
}

static void observe(const tw_eval *e, tw_real *const *out) {
  for (int i = 0; i < e->n; i++) out[O_M][i] = e->x[M][i];
}

static void balance(const tw_eval *e, tw_real *const *b) {
  for (int i = 0; i < e->n; i++) {
    b[TW_B_EXTERNAL][i] = -e->x[M][i] * enthalpy(e, i).v;
    tw_store(e, b, i, T, e->p[D_CAPACITY][i]);
    b[TW_B_MASS_EXTERNAL][i] = -e->x[M][i];
  }
}

const tw_type TW_TYPE(pressure_holder) = {
    .element = "pressure-holder", .title = "Pressure holder (expansion vessel)",
    .doc = "p = given at one node of a closed loop, one per loop. Its flow is zero in a loop of constant mass.",
    .use = "The expansion vessel: gives a closed loop its pressure. One per loop.",
    .validity = "Constant pressure; loop of constant mass, whose flow into it is zero.",
    .source = "Definition of the boundary; enthalpy by the upwind scheme of Patankar (1980), ch. 5.",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs,
    .stamps = stamps, .n_stamps = TW_COUNT(stamps), .n_derived = 1, .derive = derive, .start = start, .eval = eval,
    .observe = observe, .balance = balance};
