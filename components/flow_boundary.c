#include "boundary.h"

/* A given flow from outside into a node (negative: out of it). Exactly one of m_dot and flow; the volume flow is taken at the
 * temperature T of the inflow. */
enum { P_M, P_FLOW, P_T, P_GAX, P_MEDIUM };
static const tw_param params[] = {
    {"m_dot", "kg/s", NULL, TW_NUMBER, -1e4, 1e4, TW_P_OPTIONAL | TW_P_TIMED, "mass flow into the net", NULL, NULL, NULL},
    {"flow", "m3/s", NULL, TW_NUMBER, -100, 100, TW_P_OPTIONAL | TW_P_TIMED, "volume flow into the net at T, instead of m_dot",
        NULL, NULL, NULL},
    TW_PARAM_T("temperature of what flows in"), TW_PARAM_G_BOUNDARY, TW_PARAM_MEDIUM, {0}};
enum { P, T };
static const tw_port ports[] = {{"a", TW_FLUID, TW_R_FLOW | TW_R_OUTSIDE, 1, NULL, NULL, "the node"}, {0}};
static const tw_unknown unknowns[] = {{0}};
static const tw_row rows[] = {{0}};
enum { O_M, O_HEAT };
static const tw_quantity outputs[] = {
    {"m_dot", "kg/s", TW_Q_PLAIN, TW_L_NONE, "mass flow from the net to the outside"},
    {"heat", "W", TW_Q_PLAIN, TW_L_NONE, "enthalpy flow from the net to the outside"},
    {0}};
static const tw_stamp stamps[] = {{T, P}, {T, T}};

static int derive(const tw_derive *d) {
  for (int i = 0; i < d->n; i++)
    if (tw_exactly_one(d, i, P_M, P_FLOW, "give exactly one of m_dot and flow")) return 1;
  return 0;
}

static void start(const tw_start *s) {
  for (int i = 0; i < s->n; i++) s->x[T][i] = s->p[P_T][i];
}

/* Mass flow from the net to the outside. */
static tw_real outflow(const tw_eval *e, int i) {
  if (!isnan(TW_RE(e->p[P_M][i]))) return -e->p[P_M][i];
  return -e->p[P_FLOW][i] * tw_property_at(&e->m[0][i]->density, e->p[P_T][i]).v;
}

static tw_boundary at(const tw_eval *e, int i) {
  return tw_boundary_flow(e->m[0][i], e->x[P][i], e->x[T][i], outflow(e, i), e->p[P_T][i], e->p[P_GAX][i]);
}

static void eval(const tw_eval *e) {
  for (int i = 0; i < e->n; i++) {
    tw_boundary b = at(e, i);
    e->f[P][i] = outflow(e, i);
    e->f[T][i] = b.H;
    if (!e->j) continue;
    e->j[0][i] = TW_RE(b.d_p);
    e->j[1][i] = TW_RE(b.d_T);
  }
}

static void observe(const tw_eval *e, tw_real *const *out) {
  for (int i = 0; i < e->n; i++) {
    out[O_M][i] = outflow(e, i);
    out[O_HEAT][i] = at(e, i).H;
  }
}

static void balance(const tw_eval *e, tw_real *const *b) {
  for (int i = 0; i < e->n; i++) {
    b[TW_B_EXTERNAL][i] = -at(e, i).H;
    b[TW_B_MASS_EXTERNAL][i] = -outflow(e, i);
  }
}

const tw_type TW_TYPE(flow_boundary) = {
    .element = "flow-boundary", .title = "Flow boundary",
    .doc = "A given mass or volume flow from outside into a node, at the temperature T; negative: out of the node, at the node's "
           "temperature.",
    .use = "A flow that is known: a metered supply, air from a blower outside the model.",
    .validity = "Any pressure; a volume flow is taken at the temperature T of the inflow.",
    .source = "Definition of the boundary; enthalpy by the upwind scheme of Patankar (1980), ch. 5.",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs,
    .stamps = stamps, .n_stamps = TW_COUNT(stamps), .derive = derive, .start = start, .eval = eval, .observe = observe,
    .balance = balance};
