#include "flow.h"

/* Catalogue pressure drop: dp = dp_rated (Q/Q_rated)^n (mu/mu_rated)^k, odd in Q. The power law turns linear below 1e-4 of the
 * rated flow. Typical: n = 1.75, k = 0.25 (Blasius, smooth turbulent), n = 2, k = 0 (fittings), n = 1, k = 1 (laminar). */
enum { P_DP, P_FLOW, P_N, P_MURATED, P_MUE, P_CLOGGING, P_RISE, P_GAX, P_VOLUME, P_FLOWMAX, P_MEDIUM, N_P, D_CAPACITY = N_P };
static const tw_param params[] = {
    {"dp_rated", "Pa", NULL, TW_NUMBER, 1e-3, 1e8, 0, "pressure drop at the rated flow", NULL, NULL, NULL},
    {"flow_rated", "m3/s", NULL, TW_NUMBER, 1e-9, 100, 0, "rated flow", NULL, NULL, NULL},
    {"exponent", "1", "2", TW_NUMBER, 1, 3, 0, "exponent of the flow", NULL, NULL, NULL},
    {"viscosity_rated", "Pa s", NULL, TW_NUMBER, 1e-6, 10, TW_P_OPTIONAL, "viscosity at which dp_rated holds", NULL, NULL, NULL},
    {"viscosity_exponent", "1", "0", TW_NUMBER, 0, 1, 0, "exponent of the viscosity; needs viscosity_rated", NULL, NULL, NULL},
    {"clogging", "1", "1", TW_NUMBER, 1, 1e6, TW_P_TIMED, "factor on the pressure drop, 1 = clean", NULL, NULL, NULL},
    TW_PARAM_RISE, TW_PARAM_G_AXIAL,
    {"volume", "m3", "0 m3", TW_NUMBER, 0, 1e3, 0, "coolant inside", NULL, NULL, NULL},
    TW_PARAM_LIMIT("flow_max", "m3/s", 1e-9, 100, "largest flow"),
    TW_PARAM_MEDIUM,
    {0}};
enum { M = 4 };
static const tw_port ports[] = {TW_PORT_IN(1), TW_PORT_OUT(1), {0}};
static const tw_unknown unknowns[] = {TW_UNKNOWN_M_DOT(false), {0}};
static const tw_row rows[] = {TW_ROW_DP, {0}};
static const tw_quantity outputs[] = {TW_OUT_FLOW, {0}};
static const tw_limit limits[] = {{"flow", "flow_max", TW_AT_MOST, "flow through the resistance"}, {0}};
static const tw_stamp stamps[] = {TW_STREAM_STAMPS(M), TW_MOMENTUM_STAMPS(M)};

static int derive(const tw_derive *d) {
  for (int i = 0; i < d->n; i++) {
    const tw_medium *c = d->m[0][i];
    if (TW_RE(d->p[P_MUE][i]) > 0.0 && isnan(TW_RE(d->p[P_MURATED][i]))) {
      d->fail(d->ctx, i, P_MURATED, "needed with viscosity_exponent");
      return 1;
    }
    d->p[D_CAPACITY][i] = d->p[P_VOLUME][i] * c->rho_ref * c->cp_ref;
  }
  return 0;
}

static void start(const tw_start *s) {
  for (int i = 0; i < s->n; i++) s->x[M][i] = 0.5 * s->m[0][i]->rho_ref * s->p[P_FLOW][i];
}

static void eval(const tw_eval *e) {
  for (int i = 0; i < e->n; i++) {
    tw_inside c = tw_flow_inside(e->m[0][i], e->x[1][i], e->x[3][i]);
    tw_real q = e->x[M][i] / (c.rho.v * e->p[P_FLOW][i]), k = e->p[P_MUE][i];
    tw_real scale = e->p[P_DP][i] * e->p[P_CLOGGING][i];
    if (TW_RE(k) > 0.0) scale *= tw_exp(k * tw_log(c.mu.v / e->p[P_MURATED][i]));
    tw_vd y = tw_signed_power(q, TW_RE(e->p[P_N][i]), 1e-4);
    tw_real dp = scale * y.v, slope = scale * y.d;
    tw_drop d = {dp, slope / (c.rho.v * e->p[P_FLOW][i]), -slope * q / c.rho.v, k * dp / c.mu.v};
    tw_flow_rows(e, i, M, e->p[P_GAX][i], e->p[P_RISE][i], e->p[D_CAPACITY][i]);
    tw_momentum_row(tw_way_of_one(e), e, i, M, TW_STREAM_N_STAMPS, &c, &d, e->p[P_RISE][i]);
  }
}

static void observe(const tw_eval *e, tw_real *const *out) {
  for (int i = 0; i < e->n; i++) tw_flow_observe(e, i, M, e->p[P_RISE][i], out);
}

static void balance(const tw_eval *e, tw_real *const *b) {
  for (int i = 0; i < e->n; i++) tw_flow_balance(e, i, M, e->p[P_RISE][i], e->p[D_CAPACITY][i], b);
}

const tw_type TW_TYPE(flow_resistance) = {.element = "flow-resistance",
    .title = "Flow resistance",
    .doc =
        "dp = dp_rated (Q/flow_rated)^exponent (mu/viscosity_rated)^viscosity_exponent, odd in Q, linear below 1e-4 of the rated "
        "flow. Q is the volume flow at the mean temperature of both ends.",
    .use = "Anything known by one catalogue point of pressure drop and flow: cold plate, rack, radiator.",
    .validity = "Near the rated point; exponent 1.75 smooth turbulent, 2 fittings, 1 laminar. Linear below 1e-4 of rated flow.",
    .source = "Power law through a catalogue point; exponents after Blasius (1.75 and viscosity 0.25) and Darcy-Weisbach, White, "
              "Fluid Mechanics, 7th ed., ch. 6.",
    .params = params,
    .ports = ports,
    .unknowns = unknowns,
    .rows = rows,
    .outputs = outputs,
    .limits = limits,
    .stamps = stamps,
    .n_stamps = TW_COUNT(stamps),
    .n_derived = 1,
    .derive = derive,
    .start = start,
    .eval = eval,
    .observe = observe,
    .balance = balance};
