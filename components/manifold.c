#include "component.h"

/* Rack manifold: a supply and a return header with one branch per consumer, each step a manifold-branch, so that the
 * distribution of the flow along the headers is computed. Branch k belongs to the k-th connected consumer; along the header they
 * lie in the order of their heights.
 *   direct return   inlet and outlet at the same end: the consumer nearest to it has the shortest way
 *   reverse return  the return header is drained at its far end and led back (Tichelmann): equal ways for all
 * Inlet and outlet lie at the same level, inlet_length beyond the first branch. */
static const tw_param params[] = {
    {"coolant", NULL, NULL, TW_MEDIUM, 0, 0, TW_P_OPTIONAL, "coolant of the net, where not said elsewhere", NULL, NULL, NULL},
    {"bore", "m", NULL, TW_NUMBER, 1e-3, 1, 0, "inside diameter of both headers", NULL, NULL, NULL},
    {"branch_bore", "m", NULL, TW_NUMBER, 1e-3, 1, 0, "inside diameter of the branches", NULL, NULL, NULL},
    {"roughness", "m", "0.002 mm", TW_NUMBER, 0, 0.01, 0, "equivalent sand roughness of the wall",
        "White, Fluid Mechanics, 7th ed., table 6.1: stainless, new", NULL, NULL},
    {"K_run", "1", "0.1", TW_NUMBER, 0, 100, 0, "loss coefficient of a tee's straight passage", "estimate within Idelchik ch. 7",
        NULL, NULL},
    {"K_branch", "1", "1", TW_NUMBER, 0, 1e5, 0, "loss coefficient of a branch, orifice included",
        "estimate within Idelchik ch. 7", NULL, NULL},
    {"feed", "1", "bottom", TW_ENUM, 0, 1, TW_P_STRUCTURAL, "end at which the coolant enters", NULL, "bottom|top", NULL},
    {"return", "1", "direct", TW_ENUM, 0, 1, TW_P_STRUCTURAL, "outlet at the same end, or led back from the far end", NULL,
        "direct|reverse", NULL},
    {"inlet_length", "m", "0.3 m", TW_NUMBER, 1e-3, 100, TW_P_STRUCTURAL, "header between inlet and first branch", NULL, NULL,
        NULL},
    {"pitch", "m", "44.45 mm", TW_NUMBER, 1e-3, 10, TW_P_STRUCTURAL, "spacing of the branches where heights are not known",
        "1 U, EIA-310", NULL, NULL},
    {"wall_heat_capacity", "J/(m K)", "0 J/(m K)", TW_NUMBER, 0, 1e6, 0, "heat capacity of a header's wall per metre", NULL, NULL,
        NULL},
    {"heat_loss", "W/(m K)", "1 W/(m K)", TW_NUMBER, 0, 1e3, 0, "conductance from coolant to surroundings per metre",
        "estimate: bare 38 mm tube in still air, 8 W/(m2 K)", NULL, NULL},
    {"G_axial", "W/K", "0.05 W/K", TW_NUMBER, 1e-6, 1e3, 0, "conduction along each piece without flow", NULL, NULL, NULL},
    {"velocity_max", "m/s", NULL, TW_NUMBER, 1e-3, 100, TW_P_OPTIONAL, "largest velocity in the headers", NULL, NULL, NULL},
    {"p_max", "Pa", NULL, TW_NUMBER, 1e3, 1e8, TW_P_OPTIONAL, "largest pressure, absolute", NULL, NULL, NULL}, {0}};
static const tw_port ports[] = {
    {"in", TW_FLUID, TW_R_COOLANT_IN, 1, NULL, NULL, "supply from the coolant distribution unit"},
    {"out", TW_FLUID, TW_R_COOLANT_OUT, 1, NULL, NULL, "return to the coolant distribution unit"},
    {"supply", TW_FLUID, TW_R_SUPPLY, 1, "*", NULL, "branch to a consumer"},
    {"return", TW_FLUID, TW_R_RETURN, 1, "*", NULL, "branch from a consumer"},
    {"heat", TW_HEAT, TW_R_OPTIONAL, 0, NULL, NULL, "surroundings"},
    {0}};
static const tw_unknown unknowns[] = {{0}};
static const tw_row rows[] = {{0}};
static const tw_quantity outputs[] = {{0}};

enum { MOST = 512 };
typedef struct { double height; int index; } tap;

/* The taps in the order of the flow: from the bottom up, or from the top down. Stable, so that equal heights keep their order. */
static void order_taps(tap *taps, int n, bool top) {
  for (int k = 1; k < n; k++) {
    tap t = taps[k];
    int j = k;
    for (; j > 0 && (top ? taps[j - 1].height < t.height : taps[j - 1].height > t.height); j--) taps[j] = taps[j - 1];
    taps[j] = t;
  }
}

static void find_taps(tw_builder *b, tap *taps, int n) {
  bool known = true;
  for (int k = 0; k < n; k++) {
    taps[k] = (tap){b->position(b, "supply", k + 1), k + 1};
    known = known && !isnan(taps[k].height);
  }
  bool top = b->value(b, "feed") > 0.5;
  double pitch = b->value(b, "pitch") * (top ? -1.0 : 1.0);
  for (int k = 0; k < n && !known; k++) taps[k].height = pitch * k;
  order_taps(taps, n, top);
}

static int emit_branch(tw_builder *b, const char *side, int index, double length, double rise) {
  static const char *const same[] = {"bore", "branch_bore", "roughness", "K_run", "K_branch", "wall_heat_capacity", "heat_loss",
      "G_axial", "velocity_max", "p_max"};
  int c = b->child(b, "manifold-branch", side, index, NULL);
  for (int k = 0; k < TW_COUNT(same); k++) b->pass(b, c, same[k], same[k]);
  b->pass(b, c, "medium", "coolant");
  b->text(b, c, "side", side);
  b->number(b, c, "length", length > 1e-3 ? length : 1e-3); /* trays at one height still have a tee each */
  b->number(b, c, "rise", rise);
  if (b->connected(b, "heat", 0)) b->expose(b, "heat", 0, c, "heat");
  b->expose(b, side, index, c, "branch");
  return c;
}

/* One header along the taps first, first + step, ...: its outer end, at level z, is exposed as `end`. */
static void emit_header(tw_builder *b, const char *side, const char *end, const tap *taps, int n, int first, int step, double z) {
  int before = 0;
  for (int k = 0; k < n; k++) {
    const tap *t = &taps[first + k * step];
    int c = emit_branch(b, side, t->index, fabs(t->height - z), t->height - z);
    if (k == 0) b->expose(b, end, 0, c, "a");
    else b->join(b, before, "b", c, "a");
    before = c;
    z = t->height;
  }
}

static int expand(tw_builder *b) {
  int n = b->count(b, "supply");
  tap taps[MOST];
  if (n != b->count(b, "return")) {
    b->fail(b, "return", "needs as many return as supply connections");
    return 1;
  }
  if (n < 1 || n > MOST) {
    b->fail(b, "bore", n < 1 ? "nothing is connected to the manifold" : "more than 512 branches");
    return 1;
  }
  find_taps(b, taps, n);
  double z = taps[0].height + b->value(b, "inlet_length") * (b->value(b, "feed") > 0.5 ? 1.0 : -1.0);
  emit_header(b, "supply", "in", taps, n, 0, 1, z);
  if (b->value(b, "return") > 0.5) emit_header(b, "return", "out", taps, n, n - 1, -1, z);
  else emit_header(b, "return", "out", taps, n, 0, 1, z);
  return 0;
}

const tw_type TW_TYPE(manifold) = {.element = "manifold",
    .title = "Rack manifold",
    .doc =
        "Supply and return header with a branch per connected consumer (manifold-branch), pieces between them by the consumers' "
        "heights; direct or reverse return.",
    .use = "The rack's supply and return headers: does the farthest tray get its flow.",
    .validity = "Single-phase coolant, constant loss coefficients of the tees; pressures are total pressures.",
    .source = "Composite of manifold-branch; Idelchik, Handbook of Hydraulic Resistance, 3rd ed., ch. 7.",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs, .expand = expand};
