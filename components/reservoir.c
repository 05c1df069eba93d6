#include "boundary.h"

/* Open tank with two connections at its bottom: p = p_air + rho_ref g level, contents mixed at one temperature.
 *   rho_ref A dlevel/dt = m_a + m_b
 *   d(M h)/dt + rho_ref g level A dlevel/dt + p_air A dlevel/dt = H_a + H_b + Q,   M = rho_ref A level,  Q = UA (T_heat - T)
 * The second and third term of the left are the work that lifts the contents and pushes back the air.
 * The level is a stock: steady states hold it at its start value. An unused connection carries no flow. */
enum { P_AREA, P_LEVEL, P_T, P_PAIR, P_UA, P_GAX, P_LMIN, P_LMAX, P_MEDIUM };
static const tw_param params[] = {
    {"area", "m2", NULL, TW_NUMBER, 1e-6, 1e6, 0, "free surface", NULL, NULL, NULL},
    {"level", "m", NULL, TW_NUMBER, 1e-3, 1e3, 0, "level above the connections at the start", NULL, NULL, NULL},
    {"T", "K", "25 degC", TW_NUMBER, 200, 500, 0, "temperature of the contents at the start", NULL, NULL, NULL},
    {"p_air", "Pa", "101325 Pa", TW_NUMBER, 1e3, 1e7, TW_P_TIMED, "pressure above the surface, absolute", NULL, NULL, NULL},
    {"UA", "W/K", "0 W/K", TW_NUMBER, 0, 1e6, 0, "conductance from the contents to the surroundings", NULL, NULL, NULL},
    {"G_axial", "W/K", "0.05 W/K", TW_NUMBER, 1e-6, 1e3, 0, "conduction at each connection", NULL, NULL, NULL},
    TW_PARAM_LIMIT("level_min", "m", 0, 1e3, "lowest level"),
    TW_PARAM_LIMIT("level_max", "m", 0, 1e3, "highest level"),
    TW_PARAM_MEDIUM,
    {0}};
enum { PA, TA, PB, TB, HEAT, MA, MB, L, T };
static const tw_port ports[] = {
    {"a", TW_FLUID, TW_R_COOLANT_IN | TW_R_OPTIONAL | TW_R_REFERENCE, 1, NULL, NULL, "first connection"},
    {"b", TW_FLUID, TW_R_COOLANT_OUT | TW_R_OPTIONAL | TW_R_REFERENCE, 1, NULL, NULL, "second connection"},
    {"heat", TW_HEAT, TW_R_OPTIONAL, 0, NULL, NULL, "surroundings"},
    {0}};
static const tw_unknown unknowns[] = {
    {"m_a", "kg/s", false, 1, -1e3, 1e3, "mass flow into the tank at a"},
    {"m_b", "kg/s", false, 1, -1e3, 1e3, "mass flow into the tank at b"},
    {"level", "m", TW_STOCK, 1, 1e-3, 1e3, "level above the connections"},
    {"T", "K", true, 300, 200, 500, "temperature of the contents"},
    {0}};
static const tw_row rows[] = {
    {"p_a", "Pa", 1e5, 1e-3}, {"p_b", "Pa", 1e5, 1e-3}, {"mass", "kg/s", 1, 1e-9}, {"energy", "W", 1e3, 1e-5}, {0}};
enum { O_LEVEL, O_T, O_RATE, O_LOSS };
static const tw_quantity outputs[] = {
    {"level", "m", TW_Q_PLAIN, TW_L_NONE, "level above the connections"},
    {"T", "K", TW_Q_TEMPERATURE, TW_L_NONE, "temperature of the contents"},
    {"m_dot", "kg/s", TW_Q_PLAIN, TW_L_NONE, "net mass flow into the tank"},
    {"heat_loss", "W", TW_Q_PLAIN, TW_L_NONE, "heat given to the surroundings"},
    {0}};
static const tw_limit limits[] = {
    {"level", "level_min", TW_AT_LEAST, "level of the tank"}, {"level", "level_max", TW_AT_MOST, "level of the tank"}, {0}};
static const tw_stamp stamps[] = {
    {PA, MA}, {TA, PA}, {TA, TA}, {TA, MA}, {TA, T}, {PB, MB}, {TB, PB}, {TB, TB}, {TB, MB}, {TB, T}, {HEAT, HEAT}, {HEAT, T},
    {MA, PA}, {MA, L}, {MB, PB}, {MB, L}, {L, MA}, {L, MB}, {L, L},
    {T, PA}, {T, TA}, {T, MA}, {T, PB}, {T, TB}, {T, MB}, {T, HEAT}, {T, L}, {T, T}};

static void start(const tw_start *s) {
  for (int i = 0; i < s->n; i++) {
    double p = s->p[P_PAIR][i] + s->m[0][i]->rho_ref * TW_GRAVITY * s->p[P_LEVEL][i];
    s->x[PA][i] = s->x[PB][i] = p;
    s->x[TA][i] = s->x[TB][i] = s->x[T][i] = s->p[P_T][i];
    s->x[MA][i] = s->x[MB][i] = 0.0;
    s->x[L][i] = s->p[P_LEVEL][i];
  }
}

/* Enthalpy flow from a node into the tank, and its derivative to the temperature of the contents. */
static tw_boundary connection(const tw_eval *e, int i, int p, int m, tw_real *d_T) {
  const tw_medium *c = e->m[0][i];
  tw_stream_in in = {c, e->x[p][i], e->x[p + 1][i], e->x[p][i], e->x[T][i], 0.0, 0.0, e->x[m][i], e->p[P_GAX][i], 0.0, 0.0, 0.0,
                     TW_ANY_FORM};
  tw_stream s;
  tw_stream_eval(&in, &s);
  *d_T = s.dH_a[TW_S_TB];
  return (tw_boundary){s.H_a, s.dH_a[TW_S_PA] + s.dH_a[TW_S_PB], s.dH_a[TW_S_TA], s.dH_a[TW_S_M]};
}

static void eval(const tw_eval *e) {
  for (int i = 0; i < e->n; i++) {
    const tw_medium *c = e->m[0][i];
    tw_real A = e->p[P_AREA][i], rho_A = A * c->rho_ref, level = e->x[L][i], Ld = e->xd[L][i], Td = e->xd[T][i],
            ua = e->p[P_UA][i];
    tw_real lift = c->rho_ref * TW_GRAVITY, dTa, dTb;
    tw_boundary a = connection(e, i, PA, MA, &dTa), b = connection(e, i, PB, MB, &dTb);
    tw_vd h = tw_enthalpy(c, e->x[T][i]), cp = tw_property_at(&c->cp, e->x[T][i]);
    tw_real Q = ua * (e->x[T][i] - e->x[HEAT][i]), p = e->p[P_PAIR][i] + lift * level;
    e->f[PA][i] = e->x[MA][i];
    e->f[TA][i] = a.H;
    e->f[PB][i] = e->x[MB][i];
    e->f[TB][i] = b.H;
    e->f[HEAT][i] = -Q;
    e->f[MA][i] = e->x[PA][i] - p;
    e->f[MB][i] = e->x[PB][i] - p;
    e->f[L][i] = rho_A * Ld - e->x[MA][i] - e->x[MB][i];
    /* rho A dL/dt is written as the net inflow, so that the row holds at a held level, too. */
    tw_real m = e->x[MA][i] + e->x[MB][i], H = h.v + p / c->rho_ref;
    e->f[T][i] = rho_A * level * cp.v * Td + H * m - a.H - b.H + Q;
    if (!e->j) continue;
    double rA = TW_RE(rho_A), u = TW_RE(ua), g = TW_RE(lift), cj = e->cj;
    const double j[] = {1.0, TW_RE(a.d_p), TW_RE(a.d_T), TW_RE(a.d_m), TW_RE(dTa),
                        1.0, TW_RE(b.d_p), TW_RE(b.d_T), TW_RE(b.d_m), TW_RE(dTb), u, -u,
                        1.0, -g, 1.0, -g, -1.0, -1.0, rA * cj,
                        -TW_RE(a.d_p), -TW_RE(a.d_T), TW_RE(H - a.d_m), -TW_RE(b.d_p), -TW_RE(b.d_T), TW_RE(H - b.d_m), -u,
                        rA * TW_RE(cp.v * Td) + TW_GRAVITY * TW_RE(m),
                        rA * TW_RE(level * (cp.d * Td + cp.v * cj)) + TW_RE(h.d * m - dTa - dTb) + u};
    for (int k = 0; k < TW_COUNT(j); k++) e->j[k][i] = j[k];
  }
}

static void observe(const tw_eval *e, tw_real *const *out) {
  for (int i = 0; i < e->n; i++) {
    out[O_LEVEL][i] = e->x[L][i];
    out[O_T][i] = e->x[T][i];
    out[O_RATE][i] = e->x[MA][i] + e->x[MB][i];
    out[O_LOSS][i] = e->p[P_UA][i] * (e->x[T][i] - e->x[HEAT][i]);
  }
}

static void balance(const tw_eval *e, tw_real *const *b) {
  for (int i = 0; i < e->n; i++) {
    const tw_medium *c = e->m[0][i];
    tw_real A = e->p[P_AREA][i], rho_A = A * c->rho_ref, level = e->x[L][i], Ld = e->xd[L][i];
    tw_vd h = tw_enthalpy(c, e->x[T][i]);
    b[TW_B_EXTERNAL][i] = -e->p[P_PAIR][i] * (e->x[MA][i] + e->x[MB][i]) / c->rho_ref; /* the air that is driven out */
    b[TW_B_ENERGY][i] = rho_A * level * (h.v + 0.5 * TW_GRAVITY * level);
    b[TW_B_STORED][i] = rho_A * (level * h.d * e->xd[T][i] + (h.v + TW_GRAVITY * level) * Ld);
    b[TW_B_MASS_STORED][i] = rho_A * Ld;
  }
}

const tw_type TW_TYPE(reservoir) = {.element = "reservoir",
    .title = "Open tank",
    .doc = "p = p_air + rho_ref g level at both connections; mixed contents with their heat capacity. The level is a stock, held "
           "at its "
           "start value in steady state.",
    .use = "An open tank: gravity feed, make-up water, a level that falls.",
    .validity = "Mixed contents of one temperature; constant area; incompressible.",
    .source = "Hydrostatics and energy balance of a control volume: White, Fluid Mechanics, 7th ed., ch. 2 and 3.",
    .params = params,
    .ports = ports,
    .unknowns = unknowns,
    .rows = rows,
    .outputs = outputs,
    .limits = limits,
    .stamps = stamps,
    .n_stamps = TW_COUNT(stamps),
    .start = start,
    .eval = eval,
    .observe = observe,
    .balance = balance};
