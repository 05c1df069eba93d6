#include "component.h"

/* Package between junction and cold plate, a Cauer ladder of two heat capacities:
 *     die (C_die) - R_die_lid + R_TIM1 - lid (C_lid) - R_lid_plate - plate
 * die to lid: silicon, TIM1 (and spreading); lid to plate: lid, TIM2. The heat capacity of the die sits at the die port's node.
 * Without a lid (R_die_lid absent) R_lid_plate is the whole way from die to plate; T_case then is the temperature at half of
 * it. JEDEC JESD51-14 (structure of the ladder); resistances are those of one-dimensional flow at full die power. */

enum { P_R_DIE_LID, P_R_TIM1, P_R_LID_PLATE, P_C_DIE, P_C_LID, P_T_CASE_MAX, P_T_MAX,
       N_PARAMS, D_R1 = N_PARAMS, D_R2, D_C_LID, N_END };
static const tw_param params[] = {
    {"R_die_lid", "K/W", NULL, TW_NUMBER, 1e-6, 1e3, TW_P_OPTIONAL, "die to lid; absent: no lid", NULL, NULL, NULL},
    {"R_TIM1", "K/W", "0 K/W", TW_NUMBER, 0, 1e3, 0, "TIM1, where it is not contained in R_die_lid", NULL, NULL, NULL},
    {"R_lid_plate", "K/W", NULL, TW_NUMBER, 1e-6, 1e3, 0, "lid (or bare die) to plate with its TIM", NULL, NULL, NULL},
    {"C_die", "J/K", NULL, TW_NUMBER, 1e-6, 1e6, 0, "heat capacity of die (and memory stacks)", NULL, NULL, NULL},
    {"C_lid", "J/K", NULL, TW_NUMBER, 1e-6, 1e6, TW_P_OPTIONAL, "heat capacity of the lid; without a lid 1 % of C_die", NULL,
     NULL, NULL},
    {"T_case_max", "K", NULL, TW_NUMBER, 200, 1000, TW_P_OPTIONAL, "highest permitted case temperature", NULL, NULL, NULL},
    {"T_max", "K", NULL, TW_NUMBER, 200, 1000, TW_P_OPTIONAL, "highest permitted junction temperature", NULL, NULL, NULL},
    {0}};
enum { DIE, PLATE, CASE };
static const tw_port ports[] = {
    {"die", TW_HEAT, TW_R_NONE, 0, NULL, NULL, "junction: the chip's heat port"},
    {"plate", TW_HEAT, TW_R_NONE, 0, NULL, NULL, "contact face of the cold plate or heat sink"},
    {0}};
static const tw_unknown unknowns[] = {{"T_case", "K", true, 300, 100, 2000, "case temperature"}, {0}};
static const tw_row rows[] = {{"heat balance of the lid", "W", 1000, 1e-6}, {0}};
enum { O_T_JUNCTION, O_T_CASE, O_T_PLATE, O_Q };
static const tw_quantity outputs[] = {
    {"T_junction", "K", TW_Q_TEMPERATURE, TW_L_NONE, "junction temperature"},
    {"T_case", "K", TW_Q_PLAIN, TW_L_NONE, "case temperature"},
    {"T_plate", "K", TW_Q_PLAIN, TW_L_NONE, "temperature of the plate's contact face"},
    {"Q_dot", "W", TW_Q_PLAIN, TW_L_NONE, "heat flow to the plate"},
    {0}};
static const tw_limit limits[] = {
    {"T_case", "T_case_max", TW_AT_MOST, "case temperature"}, {"T_junction", "T_max", TW_AT_MOST, "junction temperature"}, {0}};
static const tw_stamp stamps[] = {{DIE, DIE},  {DIE, CASE},   {PLATE, PLATE}, {PLATE, CASE},
                                  {CASE, DIE}, {CASE, PLATE}, {CASE, CASE}};

static int derive(const tw_derive *d) {
  int bad = 0;
  for (int i = 0; i < d->n; i++) {
    tw_real *const *p = d->p;
    bool lid = !isnan(TW_RE(p[P_R_DIE_LID][i])), given = !isnan(TW_RE(p[P_C_LID][i]));
    if (lid && !given) d->fail(d->ctx, i, P_C_LID, "a package with a lid (R_die_lid is given) needs C_lid"), bad = 1;
    if (!lid && TW_RE(p[P_R_TIM1][i]) > 0.0)
      d->fail(d->ctx, i, P_R_TIM1, "a package without a lid (R_die_lid is absent) has no TIM1"), bad = 1;
    p[D_R1][i] = lid ? p[P_R_DIE_LID][i] + p[P_R_TIM1][i] : 0.5 * p[P_R_LID_PLATE][i];
    p[D_R2][i] = lid ? p[P_R_LID_PLATE][i] : 0.5 * p[P_R_LID_PLATE][i];
    p[D_C_LID][i] = given ? p[P_C_LID][i] : 0.01 * p[P_C_DIE][i];
  }
  return bad;
}

static void eval(const tw_eval *e) {
  for (int i = 0; i < e->n; i++) {
    tw_real g1 = 1.0 / e->p[D_R1][i], g2 = 1.0 / e->p[D_R2][i], C1 = e->p[P_C_DIE][i], C2 = e->p[D_C_LID][i];
    tw_real q1 = (e->x[DIE][i] - e->x[CASE][i]) * g1, q2 = (e->x[CASE][i] - e->x[PLATE][i]) * g2;
    e->f[DIE][i] = q1 + C1 * e->xd[DIE][i];
    e->f[PLATE][i] = -q2;
    e->f[CASE][i] = C2 * e->xd[CASE][i] + q2 - q1;
    if (!e->j) continue;
    double a = TW_RE(g1), b = TW_RE(g2);
    e->j[0][i] = a + TW_RE(C1) * e->cj;
    e->j[1][i] = e->j[4][i] = -a;
    e->j[2][i] = b;
    e->j[3][i] = e->j[5][i] = -b;
    e->j[6][i] = a + b + TW_RE(C2) * e->cj;
  }
}

static void observe(const tw_eval *e, tw_real *const *out) {
  for (int i = 0; i < e->n; i++) {
    out[O_T_JUNCTION][i] = e->x[DIE][i];
    out[O_T_CASE][i] = e->x[CASE][i];
    out[O_T_PLATE][i] = e->x[PLATE][i];
    out[O_Q][i] = (e->x[CASE][i] - e->x[PLATE][i]) / e->p[D_R2][i];
  }
}

static void balance(const tw_eval *e, tw_real *const *b) {
  for (int i = 0; i < e->n; i++) {
    tw_store(e, b, i, DIE, e->p[P_C_DIE][i]);
    tw_store(e, b, i, CASE, e->p[D_C_LID][i]);
  }
}

static void start(const tw_start *s) {
  for (int i = 0; i < s->n; i++) s->x[CASE][i] = TW_ZERO_CELSIUS + 55.0;
}

const tw_type TW_TYPE(package) = {
    .element = "package", .title = "Chip package", .stage = TW_STAGE_NONE,
    .doc = "Cauer ladder die - TIM1 - lid - TIM2 - plate (JEDEC JESD51-14) with the heat capacities of die and lid; lidless when "
           "R_die_lid is absent.",
    .use = "What lies between junction and cold plate: die, thermal interfaces, lid. Shows what a better interface gains and how "
           "fast a die warms.",
    .validity = "One-dimensional heat flow at full die power; constant resistances; spreading only as it is in R_die_lid.",
    .source = "JEDEC JESD51-14 (structure of the ladder).",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs, .limits = limits,
    .stamps = stamps, .n_stamps = TW_COUNT(stamps), .n_derived = N_END - N_PARAMS,
    .derive = derive, .start = start, .eval = eval, .observe = observe, .balance = balance};
