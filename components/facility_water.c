#include "boundary.h"

/* Facility water at the building's connection: supply at a given temperature, return at a given pressure, driven either by the
 * available pressure difference dp or by a fixed volume flow (at the supply temperature). Pumps, chillers and towers of the
 * building are outside. Water that comes backwards out of the return has the supply temperature. Lost, it gives none: no flow at
 * the supply. */
enum { P_T, P_DP, P_FLOW, P_P, P_STATE, P_GAX, P_TMAX, P_FLOWMAX, P_DPMAX, P_MEDIUM };
static const tw_param params[] = {
    {"T_supply", "K", NULL, TW_NUMBER, 250, 400, TW_P_TIMED, "supply temperature", NULL, NULL, NULL},
    {"dp", "Pa", NULL, TW_NUMBER, 0, 1e7, TW_P_OPTIONAL | TW_P_TIMED, "pressure difference between supply and return", NULL, NULL,
     NULL},
    {"flow", "m3/s", NULL, TW_NUMBER, 0, 100, TW_P_OPTIONAL | TW_P_TIMED, "fixed volume flow, instead of dp", NULL, NULL, NULL},
    {"p_return", "Pa", "300 kPa", TW_NUMBER, 1e3, 1e8, TW_P_TIMED, "pressure at the return, absolute", NULL, NULL, NULL},
    {"state", "1", "on", TW_ENUM, 0, 1, TW_P_TIMED, "lost: no flow at the supply", NULL, "on|lost", NULL},
    TW_PARAM_G_BOUNDARY,
    TW_PARAM_LIMIT("T_return_max", "K", 250, 500, "highest return temperature"),
    TW_PARAM_LIMIT("flow_max", "m3/s", 0, 100, "largest flow"),
    TW_PARAM_LIMIT("dp_max", "Pa", 0, 1e8, "largest pressure difference"),
    TW_PARAM_MEDIUM,
    {0}};
enum { PS, TS, PR, TR, MS, MR };
static const tw_port ports[] = {
    {"supply", TW_FLUID, TW_R_SUPPLY | TW_R_REFERENCE | TW_R_FLOW | TW_R_OUTSIDE, 1, NULL, "dp", "water to the equipment"},
    {"return", TW_FLUID, TW_R_RETURN | TW_R_REFERENCE | TW_R_OUTSIDE, 1, NULL, NULL, "water from the equipment"},
    {0}};
static const tw_unknown unknowns[] = {
    {"m_supply", "kg/s", false, 1, -1e4, 1e4, "mass flow given at the supply"},
    {"m_return", "kg/s", false, 1, -1e4, 1e4, "mass flow taken back at the return"},
    {0}};
static const tw_row rows[] = {{"supply", "Pa", 1e5, 1e-3}, {"return", "Pa", 1e5, 1e-3}, {0}};
enum { O_HEAT, O_M, O_FLOW, O_T, O_DP };
static const tw_quantity outputs[] = {
    {"heat", "W", TW_Q_FLOW_HEAT, TW_L_NONE, "heat that the water takes away"},
    {"m_dot", "kg/s", TW_Q_PLAIN, TW_L_NONE, "mass flow at the supply"},
    {"flow", "m3/s", TW_Q_PLAIN, TW_L_NONE, "volume flow at the supply temperature"},
    {"T_return", "K", TW_Q_TEMPERATURE, TW_L_NONE, "return temperature"},
    {"dp", "Pa", TW_Q_PLAIN, TW_L_NONE, "pressure difference between supply and return"},
    {0}};
static const tw_limit limits[] = {
    {"T_return", "T_return_max", TW_AT_MOST, "return temperature of facility water"},
    {"flow", "flow_max", TW_AT_MOST, "flow of facility water"},
    {"dp", "dp_max", TW_AT_MOST, "pressure drop on facility water"},
    {0}};
static const tw_stamp stamps[] = {{PS, MS}, {TS, PS}, {TS, TS}, {TS, MS}, {PR, MR}, {TR, PR}, {TR, TR}, {TR, MR},
                                  {MS, PS}, {MS, MS}, {MR, PR}};
#define PER_PASCAL 1e5 /* writes the row of a fixed flow in pascals: 1 kg/s counts as 1 bar */

static int derive(const tw_derive *d) {
  for (int i = 0; i < d->n; i++)
    if (tw_exactly_one(d, i, P_DP, P_FLOW, "give exactly one of dp and flow")) return 1;
  return 0;
}

static void start(const tw_start *s) {
  for (int i = 0; i < s->n; i++) {
    double p = s->p[P_P][i], dp = s->p[P_DP][i], m = isnan(dp) ? s->p[P_FLOW][i] * s->m[0][i]->rho_ref : 1.0;
    s->x[PS][i] = p + (isnan(dp) ? 5e4 : dp);
    s->x[PR][i] = p;
    s->x[TS][i] = s->x[TR][i] = s->p[P_T][i];
    s->x[MS][i] = s->x[MR][i] = m;
  }
}

static tw_boundary supply(const tw_eval *e, int i) {
  return tw_boundary_flow(e->m[0][i], e->x[PS][i], e->x[TS][i], -e->x[MS][i], e->p[P_T][i], e->p[P_GAX][i]);
}

static tw_boundary back(const tw_eval *e, int i) {
  return tw_boundary_flow(e->m[1][i], e->x[PR][i], e->x[TR][i], e->x[MR][i], e->p[P_T][i], e->p[P_GAX][i]);
}

static void eval(const tw_eval *e) {
  for (int i = 0; i < e->n; i++) {
    tw_boundary s = supply(e, i), r = back(e, i);
    bool lost = TW_RE(e->p[P_STATE][i]) > 0.5, fixed = lost || isnan(TW_RE(e->p[P_DP][i]));
    e->f[PS][i] = -e->x[MS][i];
    e->f[TS][i] = s.H;
    e->f[PR][i] = e->x[MR][i];
    e->f[TR][i] = r.H;
    if (fixed) {
      tw_real rho = tw_property_at(&e->m[0][i]->density, e->p[P_T][i]).v;
      e->f[MS][i] = PER_PASCAL * (e->x[MS][i] - (lost ? 0.0 : rho * e->p[P_FLOW][i]));
    } else {
      e->f[MS][i] = e->x[PS][i] - e->p[P_P][i] - e->p[P_DP][i];
    }
    e->f[MR][i] = e->x[PR][i] - e->p[P_P][i];
    if (!e->j) continue;
    const double j[] = {-1.0, TW_RE(s.d_p), TW_RE(s.d_T), -TW_RE(s.d_m), 1.0, TW_RE(r.d_p), TW_RE(r.d_T), TW_RE(r.d_m),
                        fixed ? 0.0 : 1.0, fixed ? PER_PASCAL : 0.0, 1.0};
    for (int k = 0; k < TW_COUNT(j); k++) e->j[k][i] = j[k];
  }
}

static void observe(const tw_eval *e, tw_real *const *out) {
  for (int i = 0; i < e->n; i++) {
    out[O_HEAT][i] = supply(e, i).H + back(e, i).H;
    out[O_M][i] = e->x[MS][i];
    out[O_FLOW][i] = e->x[MS][i] / tw_property_at(&e->m[0][i]->density, e->p[P_T][i]).v;
    out[O_T][i] = e->x[TR][i];
    out[O_DP][i] = e->x[PS][i] - e->x[PR][i];
  }
}

static void balance(const tw_eval *e, tw_real *const *b) {
  for (int i = 0; i < e->n; i++) {
    b[TW_B_EXTERNAL][i] = -supply(e, i).H - back(e, i).H;
    b[TW_B_MASS_EXTERNAL][i] = e->x[MS][i] - e->x[MR][i];
  }
}

const tw_type TW_TYPE(facility_water) = {.element = "facility-water",
    .title = "Facility water connection",
    .doc = "Supply at T_supply, return at p_return, driven by an available pressure difference dp or a fixed volume flow; none "
           "while its state is lost. Everything beyond the connection is outside the model.",
    .use = "The flanges where the building ends: supply temperature and available pressure, and what the rack asks of them.",
    .validity = "The building holds temperature and pressure whatever the flow; single-phase coolant.",
    .source = "Definition of the boundary; enthalpy by the upwind scheme of Patankar, Numerical Heat Transfer and Fluid Flow "
              "(1980), ch. 5.",
    .params = params,
    .ports = ports,
    .unknowns = unknowns,
    .rows = rows,
    .outputs = outputs,
    .limits = limits,
    .stamps = stamps,
    .n_stamps = TW_COUNT(stamps),
    .derive = derive,
    .start = start,
    .eval = eval,
    .observe = observe,
    .balance = balance};
