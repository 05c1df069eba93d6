#include "boundary.h"

/* A node at a given pressure; the outside takes or gives whatever flows. Room air at an inlet or outlet, a drain, a large
 * main. Inflow from outside has the temperature T. */
enum { P_P, P_T, P_GAX, P_MEDIUM };
static const tw_param params[] = {
    TW_PARAM_P(NULL, "pressure, absolute"), TW_PARAM_T("temperature of what flows in from outside"), TW_PARAM_G_BOUNDARY,
    TW_PARAM_MEDIUM,
    {0}};
enum { P, T, M };
static const tw_port ports[] = {{"a", TW_FLUID, TW_R_REFERENCE | TW_R_OUTSIDE, 1, NULL, NULL, "the node"}, {0}};
static const tw_unknown unknowns[] = {{"m_dot", "kg/s", false, 1, -1e4, 1e4, "mass flow from the net to the outside"}, {0}};
static const tw_row rows[] = {{"p", "Pa", 1e5, 1e-3}, {0}};
enum { O_M, O_HEAT };
static const tw_quantity outputs[] = {
    {"m_dot", "kg/s", TW_Q_PLAIN, TW_L_NONE, "mass flow from the net to the outside"},
    {"heat", "W", TW_Q_PLAIN, TW_L_NONE, "enthalpy flow from the net to the outside"},
    {0}};
static const tw_stamp stamps[] = {{P, M}, {T, P}, {T, T}, {T, M}, {M, P}};

static void start(const tw_start *s) {
  for (int i = 0; i < s->n; i++) {
    s->x[P][i] = s->p[P_P][i];
    s->x[T][i] = s->p[P_T][i];
    s->x[M][i] = 0.0;
  }
}

static tw_boundary at(const tw_eval *e, int i) {
  return tw_boundary_flow(e->m[0][i], e->x[P][i], e->x[T][i], e->x[M][i], e->p[P_T][i], e->p[P_GAX][i]);
}

static void eval(const tw_eval *e) {
  for (int i = 0; i < e->n; i++) {
    tw_boundary b = at(e, i);
    e->f[P][i] = e->x[M][i];
    e->f[T][i] = b.H;
    e->f[M][i] = e->x[P][i] - e->p[P_P][i];
    if (!e->j) continue;
    e->j[0][i] = 1.0;
    e->j[1][i] = TW_RE(b.d_p);
    e->j[2][i] = TW_RE(b.d_T);
    e->j[3][i] = TW_RE(b.d_m);
    e->j[4][i] = 1.0;
  }
}

static void observe(const tw_eval *e, tw_real *const *out) {
  for (int i = 0; i < e->n; i++) {
    out[O_M][i] = e->x[M][i];
    out[O_HEAT][i] = at(e, i).H;
  }
}

static void balance(const tw_eval *e, tw_real *const *b) {
  for (int i = 0; i < e->n; i++) {
    b[TW_B_EXTERNAL][i] = -at(e, i).H;
    b[TW_B_MASS_EXTERNAL][i] = -e->x[M][i];
  }
}

const tw_type TW_TYPE(pressure_boundary) = {
    .element = "pressure-boundary", .title = "Pressure boundary",
    .doc = "p = given at the node; what flows in from outside has the temperature T, what flows out that of the node.",
    .use = "A node whose pressure is known: room air, a drain, a large main.",
    .validity = "Any flow; inflow has the temperature T, outflow that of the node.",
    .source = "Definition of the boundary; enthalpy by the upwind scheme of Patankar (1980), ch. 5.",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs,
    .stamps = stamps, .n_stamps = TW_COUNT(stamps), .start = start, .eval = eval, .observe = observe, .balance = balance};
