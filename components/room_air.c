#include "component.h"

/* The air of the room as racks see it: gives air of fixed temperature and pressure to every inlet joined to "supply", and takes
 * back what every outlet joined to "return" gives. What happens to the warm air (room unit, hall) is outside the model.
 * Upwind by the C2 blend of stream.h: air that enters carries the node's enthalpy, air that leaves the room's; G_axial joins the
 * nodes to the room without flow. */

enum { P_T, P_P, P_DP, P_GAX, P_TMAX, P_MEDIUM, N_P };
static const tw_param params[] = {
    {"T", "K", NULL, TW_NUMBER, 200, 400, TW_P_TIMED, "temperature of the supply air", NULL, NULL, NULL},
    {"p", "Pa", "101325 Pa", TW_NUMBER, 1e4, 2e5, TW_P_TIMED, "pressure at the supply",
     "standard atmosphere, ISO 2533", NULL, NULL},
    {"dp_aisle", "Pa", "0 Pa", TW_NUMBER, -1000, 1000, TW_P_TIMED, "pressure of the supply (cold aisle) above the return",
     NULL, NULL, NULL},
    {"G_axial", "W/K", "0.05 W/K", TW_NUMBER, 1e-6, 1e3, 0, "conduction from the room to either node", NULL, NULL, NULL},
    {"T_return_max", "K", NULL, TW_NUMBER, 200, 500, TW_P_OPTIONAL, "highest temperature of the return air", NULL, NULL, NULL},
    {"medium", NULL, "air", TW_MEDIUM, 0, 0, 0, "gas of the net", NULL, NULL, NULL},
    {0}};
enum { PS, TS, PR, TR, MS, MR };
static const tw_port ports[] = {
    {"supply", TW_FLUID, TW_R_REFERENCE | TW_R_OUTSIDE, 1, NULL, NULL, "room air to the inlets"},
    {"return", TW_FLUID, TW_R_REFERENCE | TW_R_OUTSIDE, 1, NULL, NULL, "air from the outlets"},
    {0}};
static const tw_unknown unknowns[] = {
    {"m_dot_supply", "kg/s", false, 1, -1e4, 1e4, "mass flow from the supply node into the room"},
    {"m_dot_return", "kg/s", false, 1, -1e4, 1e4, "mass flow from the return node into the room"},
    {0}};
static const tw_row rows[] = {{"p_supply", "Pa", 1e5, 1e-4}, {"p_return", "Pa", 1e5, 1e-4}, {0}};
enum { O_HEAT, O_FLOW, O_TRETURN, O_T };
static const tw_quantity outputs[] = {
    {"heat_to_air", "W", TW_Q_PLAIN, TW_L_NONE, "heat that the room's air takes away"},
    {"flow", "m3/s", TW_Q_PLAIN, TW_L_NONE, "air that the racks draw, at supply temperature"},
    {"T_return", "K", TW_Q_PLAIN, TW_L_NONE, "temperature of the return air"},
    {"T_supply", "K", TW_Q_PLAIN, TW_L_NONE, "temperature of the supply air"},
    {0}};
static const tw_limit limits[] = {{"T_return", "T_return_max", TW_AT_MOST, "return air temperature"}, {0}};
static const tw_stamp stamps[] = {{PS, MS}, {TS, PS}, {TS, TS}, {TS, MS}, {PR, MR}, {TR, PR}, {TR, TR}, {TR, MR},
                                  {MS, PS}, {MR, PR}};

typedef struct { tw_real H, E_room; double dp, dT, dm; } end; /* enthalpy flow into the room and its derivatives */

static end end_at(const tw_eval *e, int i, int port, tw_real p_room) {
  const tw_medium *med = e->m[port][i];
  tw_real p = e->x[2 * port][i], T = e->x[2 * port + 1][i], m = e->x[MS + port][i], T0 = e->p[P_T][i], G = e->p[P_GAX][i];
  double r = 1.0 / med->rho_ref;
  tw_vd h = tw_enthalpy(med, T), w = tw_step(m, TW_RE(G) / TW_RE(med->cp_ref));
  tw_real E_room = tw_enthalpy(med, T0).v + p_room * r, E_node = h.v + p * r, E = w.v * E_node + (1.0 - w.v) * E_room;
  return (end){m * E + G * (T - T0), E_room, TW_RE(m * w.v * r), TW_RE(m * w.v * h.d + G),
               TW_RE(E + m * w.d * (E_node - E_room))};
}

static void eval(const tw_eval *e) {
  for (int i = 0; i < e->n; i++) {
    tw_real p_supply = e->p[P_P][i], p_return = p_supply - e->p[P_DP][i];
    end s = end_at(e, i, 0, p_supply), r = end_at(e, i, 1, p_return);
    e->f[PS][i] = e->x[MS][i];
    e->f[TS][i] = s.H;
    e->f[PR][i] = e->x[MR][i];
    e->f[TR][i] = r.H;
    e->f[MS][i] = e->x[PS][i] - p_supply;
    e->f[MR][i] = e->x[PR][i] - p_return;
    if (!e->j) continue;
    double j[] = {1.0, s.dp, s.dT, s.dm, 1.0, r.dp, r.dT, r.dm, 1.0, 1.0};
    for (int k = 0; k < TW_COUNT(j); k++) e->j[k][i] = j[k];
  }
}

/* Heat: what both ends bring beyond the enthalpy of as much air at supply temperature. */
static void observe(const tw_eval *e, tw_real *const *out) {
  for (int i = 0; i < e->n; i++) {
    const tw_medium *med = e->m[0][i];
    tw_real p_supply = e->p[P_P][i], p_return = p_supply - e->p[P_DP][i], T0 = e->p[P_T][i];
    end s = end_at(e, i, 0, p_supply), r = end_at(e, i, 1, p_return);
    double w = TW_RE(e->p[P_GAX][i]) / TW_RE(med->cp_ref);
    tw_vd in = tw_step(e->x[MR][i], w);
    out[O_HEAT][i] = s.H - e->x[MS][i] * s.E_room + r.H - e->x[MR][i] * r.E_room;
    out[O_FLOW][i] = -e->x[MS][i] / tw_property_at(&med->density, T0).v;
    out[O_TRETURN][i] = in.v * e->x[TR][i] + (1.0 - in.v) * T0;
    out[O_T][i] = T0;
  }
}

static void balance(const tw_eval *e, tw_real *const *b) {
  for (int i = 0; i < e->n; i++) {
    tw_real p = e->p[P_P][i];
    b[TW_B_EXTERNAL][i] = -(end_at(e, i, 0, p).H + end_at(e, i, 1, p - e->p[P_DP][i]).H);
    b[TW_B_MASS_EXTERNAL][i] = -(e->x[MS][i] + e->x[MR][i]);
  }
}

static void start(const tw_start *s) {
  for (int i = 0; i < s->n; i++) {
    s->x[PS][i] = s->p[P_P][i];
    s->x[TS][i] = s->x[TR][i] = s->p[P_T][i];
    s->x[PR][i] = s->p[P_P][i] - s->p[P_DP][i];
    s->x[MS][i] = s->x[MR][i] = 0.0;
  }
}

const tw_type TW_TYPE(room_air) = {
    .element = "room-air", .title = "Room air",
    .doc = "Supply air of fixed temperature and pressure for all inlets, and the taker of all return air. Its outputs are what a "
           "rack hands to the room: heat and volume flow.",
    .use = "The cold and the hot aisle: what a rack hands to the room as heat and air flow.",
    .validity = "The room keeps supply temperature and pressures whatever the rack does; no recirculation from outlet to inlet.",
    .source = "Definition of the boundary; enthalpy by the upwind scheme of Patankar (1980), ch. 5.",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs, .limits = limits,
    .stamps = stamps, .n_stamps = TW_COUNT(stamps), .start = start, .eval = eval, .observe = observe, .balance = balance};
