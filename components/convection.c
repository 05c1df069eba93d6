#include "component.h"

/* Film between a surface and a fluid or room: Q_dot = h A dT (|dT| / dT_ref)^m, dT = T_a - T_b.
 * m = 0: constant film coefficient (Newton's law of cooling).  m = 1/4: laminar natural convection, Nu ~ Ra^(1/4); m = 1/3:
 * turbulent, Nu ~ Ra^(1/3) (Incropera et al., Fundamentals of Heat and Mass Transfer, 6th ed. (2007), eq. 9.24).
 * Within SOFT of dT = 0 the power law gets a finite slope. */

#define SOFT 1e-2 /* K */

enum { P_H, P_A, P_M, P_DT_REF };
static const tw_param params[] = {
    {"h", "W/(m2.K)", NULL, TW_NUMBER, 1e-6, 1e6, 0, "film coefficient (at dT_ref)", NULL, NULL, NULL},
    {"A", "m2", NULL, TW_NUMBER, 1e-9, 1e6, 0, "surface", NULL, NULL, NULL},
    {"exponent", "1", "0", TW_NUMBER, 0, 1, 0, "m: 0 constant film, 0.25 laminar, 0.333 turbulent natural convection", NULL,
     NULL, NULL},
    {"dT_ref", "delta K", "10 K", TW_NUMBER, 1e-2, 1000, 0, "temperature difference to which h belongs", NULL, NULL, NULL},
    {0}};
enum { A, B };
static const tw_port ports[] = {
    {"a", TW_HEAT, TW_R_NONE, 0, NULL, NULL, "surface"},
    {"b", TW_HEAT, TW_R_NONE, 0, NULL, NULL, "fluid or room"},
    {0}};
static const tw_unknown unknowns[] = {{0}};
static const tw_row rows[] = {{0}};
enum { O_Q, O_DT };
static const tw_quantity outputs[] = {
    {"Q_dot", "W", TW_Q_PLAIN, TW_L_NONE, "heat flow from a to b"},
    {"dT", "delta K", TW_Q_PLAIN, TW_L_NONE, "T_a - T_b"},
    {0}};
static const tw_stamp stamps[] = {{A, A}, {A, B}, {B, A}, {B, B}};

static tw_vd flow(const tw_eval *e, int i) {
  tw_real m = e->p[P_M][i], hA = e->p[P_H][i] * e->p[P_A][i], dT = e->x[A][i] - e->x[B][i];
  if (TW_RE(m) == 0.0) return (tw_vd){hA * dT, hA};
  tw_real g = hA / tw_pow(e->p[P_DT_REF][i], m), q = dT * dT + SOFT * SOFT, s = g * tw_pow(q, 0.5 * m);
  return (tw_vd){dT * s, s * (1.0 + m * dT * dT / q)};
}

static void eval(const tw_eval *e) {
  for (int i = 0; i < e->n; i++) {
    tw_vd Q = flow(e, i);
    e->f[A][i] = Q.v;
    e->f[B][i] = -Q.v;
    if (!e->j) continue;
    e->j[0][i] = e->j[3][i] = TW_RE(Q.d);
    e->j[1][i] = e->j[2][i] = -TW_RE(Q.d);
  }
}

static void observe(const tw_eval *e, tw_real *const *out) {
  for (int i = 0; i < e->n; i++) {
    out[O_Q][i] = flow(e, i).v;
    out[O_DT][i] = e->x[A][i] - e->x[B][i];
  }
}

const tw_type TW_TYPE(convection) = {
    .element = "convection", .title = "Convective film", .stage = TW_STAGE_NONE,
    .doc = "Q_dot = h A (T_a - T_b) (|T_a - T_b| / dT_ref)^exponent: constant film with exponent 0, natural convection with 0.25 "
           "or 0.333 (Incropera, eq. 9.24).",
    .use = "A surface that gives heat to a room or fluid by a film coefficient from a handbook.",
    .validity = "exponent 0: constant film; 1/4: laminar, 1/3: turbulent natural convection, near dT_ref; radiation only as far "
                "as it is in h.",
    .source = "Incropera et al., Fundamentals of Heat and Mass Transfer, 6th ed. (2007), sec. 1.2.2 (Newton's law of cooling) "
              "and eq. 9.24.",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs,
    .stamps = stamps, .n_stamps = TW_COUNT(stamps), .eval = eval, .observe = observe};
