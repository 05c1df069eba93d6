#include "component.h"

/* Long pipe in cells, for transport delay: `cells` equal pipes in series, and the inertia of the coolant where asked for. With n
 * cells a front arrives after L/v spread by L/(v sqrt n) (n stirred tanks in series: Levenspiel, Chemical Reaction Engineering,
 * 3rd ed., ch. 14). */
static const tw_param params[] = {
    {"length", "m", NULL, TW_NUMBER, 1e-2, 1e6, TW_P_STRUCTURAL, "length along the axis", NULL, NULL, NULL},
    {"bore", "m", NULL, TW_NUMBER, 1e-4, 10, 0, "inside diameter", NULL, NULL, NULL},
    {"roughness", "m", NULL, TW_NUMBER, 0, 0.01, 0, "equivalent sand roughness of the wall", NULL, NULL, NULL},
    {"K", "1", "0", TW_NUMBER, 0, 1e5, TW_P_STRUCTURAL, "sum of the local loss coefficients", NULL, NULL, NULL},
    {"rise", "m", "0 m", TW_NUMBER, -1000, 1000, TW_P_STRUCTURAL, "level of outlet b above inlet a", NULL, NULL, NULL},
    {"cells", "1", "10", TW_INTEGER, 1, 1000, TW_P_STRUCTURAL, "number of cells", NULL, NULL, NULL},
    {"inertance", "1", "no", TW_ENUM, 0, 1, TW_P_STRUCTURAL, "inertia of the coolant", NULL, "no|yes", NULL},
    {"wall_heat_capacity", "J/(m K)", "0 J/(m K)", TW_NUMBER, 0, 1e7, 0, "heat capacity of the wall per metre", NULL, NULL, NULL},
    {"heat_loss", "W/(m K)", "0.3 W/(m K)", TW_NUMBER, 0, 1e4, 0, "conductance from coolant to surroundings per metre",
     "estimate: 34 mm pipe under 19 mm of foam, 0.036 W/(m K): 2 pi k / ln(r2/r1)", NULL, NULL},
    {"G_axial", "W/K", "0.05 W/K", TW_NUMBER, 1e-6, 1e3, 0, "conduction along each cell without flow", NULL, NULL, NULL},
    {"velocity_max", "m/s", NULL, TW_NUMBER, 1e-3, 100, TW_P_OPTIONAL, "largest velocity", NULL, NULL, NULL},
    {"p_max", "Pa", NULL, TW_NUMBER, 1e3, 1e8, TW_P_OPTIONAL, "largest pressure, absolute", NULL, NULL, NULL},
    {"medium", NULL, NULL, TW_MEDIUM, 0, 0, TW_P_OPTIONAL, "coolant of the net, where not said elsewhere", NULL, NULL, NULL},
    {0}};
static const tw_port ports[] = {
    {"a", TW_FLUID, TW_R_COOLANT_IN, 1, NULL, NULL, "inlet"},
    {"b", TW_FLUID, TW_R_COOLANT_OUT, 1, NULL, NULL, "outlet"},
    {"heat", TW_HEAT, TW_R_OPTIONAL, 0, NULL, NULL, "surroundings"},
    {0}};
static const tw_unknown unknowns[] = {{0}};
static const tw_row rows[] = {{0}};
static const tw_quantity outputs[] = {{0}};

static int expand(tw_builder *b) {
  static const char *const same[] = {
      "bore", "roughness", "wall_heat_capacity", "heat_loss", "G_axial", "velocity_max", "p_max", "medium"};
  int n = (int)(b->value(b, "cells") + 0.5), before = -1;
  double length = b->value(b, "length");
  if (b->value(b, "inertance") > 0.5) {
    before = b->child(b, "fluid-inertance", "inertia", 0, NULL);
    b->number(b, before, "length", length);
    b->pass(b, before, "bore", "bore");
    b->pass(b, before, "medium", "medium");
    b->expose(b, "a", 0, before, "a");
  }
  for (int k = 1; k <= n; k++) {
    int c = b->child(b, "pipe", "cell", k, NULL);
    for (int q = 0; q < TW_COUNT(same); q++) b->pass(b, c, same[q], same[q]);
    b->number(b, c, "length", length / n);
    b->number(b, c, "rise", b->value(b, "rise") / n);
    b->number(b, c, "K", b->value(b, "K") / n);
    if (b->connected(b, "heat", 0)) b->expose(b, "heat", 0, c, "heat");
    if (before < 0) b->expose(b, "a", 0, c, "a");
    else b->join(b, before, "b", c, "a");
    before = c;
  }
  b->expose(b, "b", 0, before, "b");
  return 0;
}

const tw_type TW_TYPE(pipe_run) = {
    .element = "pipe-run", .title = "Pipe in cells",
    .doc = "`cells` pipes in series, for the transport delay of long runs; with inertance = \"yes\" also (L/A) d(m_dot)/dt.",
    .use = "Long runs where the time matters that a warm front takes.",
    .validity = "With n cells a front arrives after L/v, spread by L/(v sqrt n). Each cell as pipe.",
    .source = "Levenspiel, Chemical Reaction Engineering, 3rd ed., ch. 14 (tanks in series).",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs, .expand = expand};
