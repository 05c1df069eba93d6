#include "reader_types.h"
#include <math.h>

#define END {0}

/* ---- primitives --------------------------------------------------------------------------------------------------------- */

static const tw_param source_params[] = {
    {"V", "V", NULL, TW_NUMBER, 1, 1000, 0, "voltage", NULL, NULL, NULL},
    {"R", "ohm", "1 mohm", TW_NUMBER, 1e-6, 1, 0, "inner resistance", "textbook", NULL, NULL},
    {"state", NULL, "on", TW_ENUM, 0, 0, TW_P_TIMED, "state", NULL, "on|failed", NULL},
    END};
static const tw_port source_ports[] = {{"out", TW_DC, TW_R_FEED_OUT | TW_R_OPTIONAL, 0, NULL, NULL, "output"}, END};
static const tw_quantity source_outputs[] = {{"P", "W", TW_Q_PLAIN, TW_L_NONE, "power"}, END};
static const tw_type source = {.element = "source", .title = "Source", .params = source_params, .ports = source_ports,
                               .outputs = source_outputs};

static const tw_param load_params[] = {
    {"P", "W", "100 W", TW_NUMBER, 0, 1e5, TW_P_TIMED, "power", NULL, NULL, NULL},
    {"kind", NULL, "gpu", TW_ENUM, 0, 0, 0, "kind", NULL, "gpu|cpu", NULL},
    {"utilisation", "1", "100 %", TW_NUMBER, 0, 1, TW_P_TIMED, "utilisation", NULL, NULL, NULL},
    {"fans", "1", "1", TW_INTEGER, 1, 100, TW_P_STRUCTURAL, "fans", NULL, NULL, NULL},
    {"efficiency", "1", NULL, TW_CURVE, 0, 1, TW_P_OPTIONAL, "efficiency over load", NULL, NULL, "W"},
    END};
static const tw_port load_ports[] = {{"in", TW_DC, TW_R_FEED_IN, 0, NULL, NULL, "supply"},
                                     {"heat", TW_HEAT, TW_R_OPTIONAL, 0, NULL, NULL, "loss"}, END};
static const tw_quantity load_outputs[] = {{"P", "W", TW_Q_LOAD, TW_L_NONE, "power"},
                                           {"T", "K", TW_Q_TEMPERATURE, TW_L_NONE, "temperature"}, END};
static const tw_type load = {.element = "load", .title = "Load", .params = load_params, .ports = load_ports,
                             .outputs = load_outputs};

static const tw_param resistor_params[] = {
    {"R", "ohm", NULL, TW_NUMBER, 1e-6, 0.1, 0, "resistance", NULL, NULL, NULL},
    {"length", "m", NULL, TW_NUMBER, 0, 100, TW_P_OPTIONAL, "length", NULL, NULL, NULL},
    END};
static const tw_port resistor_ports[] = {{"a", TW_DC, TW_R_FEED_IN, 0, NULL, NULL, "first end"},
                                         {"b", TW_DC, TW_R_FEED_OUT, 0, NULL, NULL, "second end"}, END};
static const tw_type resistor = {.element = "resistor", .title = "Resistor", .params = resistor_params, .ports = resistor_ports};

static const tw_port ac_ports[] = {{"out", TW_AC, TW_R_FEED_OUT, 0, NULL, NULL, "output"}, END};
static const tw_type ac = {.element = "ac-source", .title = "AC source", .ports = ac_ports};

static const tw_param dual_params[] = {END};
static const tw_port dual_ports[] = {{"a", TW_DC, TW_R_FEED_IN, 0, NULL, NULL, "first input"},
                                     {"b", TW_DC, TW_R_FEED_IN, 0, NULL, NULL, "second input"}, END};
static const tw_type dual = {.element = "dual", .title = "Two inputs", .params = dual_params, .ports = dual_ports};

static const tw_param plate_params[] = {
    {"coolant", NULL, NULL, TW_MEDIUM, 0, 0, TW_P_OPTIONAL, "coolant", NULL, NULL, NULL},
    {"dT", "delta K", "5 K", TW_NUMBER, 0, 100, 0, "rise", NULL, NULL, NULL},
    END};
static const tw_port plate_ports[] = {{"in", TW_FLUID, TW_R_COOLANT_IN, 0, NULL, NULL, "inlet"},
                                      {"out", TW_FLUID, TW_R_COOLANT_OUT, 0, NULL, NULL, "outlet"}, END};
static const tw_type plate = {.element = "plate", .title = "Plate", .params = plate_params, .ports = plate_ports};

static const tw_port writer_ports[] = {{"u", TW_SIGNAL_OUT, 0, 0, NULL, NULL, "signal"}, END};
static const tw_type writer = {.element = "writer", .title = "Writer", .ports = writer_ports};
static const tw_port follower_ports[] = {{"u", TW_SIGNAL_IN, 0, 0, NULL, NULL, "signal"}, END};
static const tw_type follower = {.element = "follower", .title = "Follower", .ports = follower_ports};

/* ---- composites ---------------------------------------------------------------------------------------------------------- */

/* A bar: a resistor per tap of the length to the tap below it; taps feed and are fed. */
static const tw_param bar_params[] = {
    {"R", "ohm", "1 mohm", TW_NUMBER, 1e-6, 1, 0, "resistance of a segment", NULL, NULL, NULL},
    END};
static const tw_port bar_ports[] = {{"tap", TW_DC, TW_R_FEED_IN | TW_R_FEED_OUT, 0, "*", NULL, "taps"}, END};
static int bar_expand(tw_builder *b) {
  int n = b->count(b, "tap"), last = -1;
  for (int k = 1; k <= n; k++) {
    int segment = b->child(b, "resistor", "segment", k, NULL);
    double at = b->position(b, "tap", k);
    b->pass(b, segment, "R", "R");
    if (!isnan(at)) b->number(b, segment, "length", at);
    if (last >= 0) b->join(b, last, "b", segment, "a");
    else b->join(b, segment, "a", b->child(b, "load", "leak", 0, NULL), "in");
    b->expose(b, "tap", k, segment, "b");
    last = segment;
  }
  return 0;
}
static const tw_type bar = {.element = "bar", .title = "Bar", .params = bar_params, .ports = bar_ports, .expand = bar_expand};

/* A shelf: n sources of a part in parallel on one output. */
static const tw_param shelf_params[] = {
    {"n", "1", "2", TW_INTEGER, 1, 10, TW_P_STRUCTURAL, "sources", NULL, NULL, NULL},
    {"unit", NULL, NULL, TW_REFERENCE, 0, 0, 0, "part of the sources", NULL, "source", NULL},
    {"V", "V", "54 V", TW_NUMBER, 1, 1000, 0, "voltage", NULL, NULL, NULL},
    END};
static const tw_port shelf_ports[] = {{"out", TW_DC, TW_R_FEED_OUT | TW_R_OPTIONAL, 0, NULL, NULL, "output"}, END};
static int shelf_expand(tw_builder *b) {
  int n = (int)b->value(b, "n");
  for (int k = 1; k <= n; k++) {
    int s = b->child(b, "source", "unit", k, "unit");
    b->pass(b, s, "V", "V");
    b->expose(b, "out", 0, s, "out");
  }
  return 0;
}
static const tw_type shelf = {.element = "shelf", .title = "Shelf", .params = shelf_params, .ports = shelf_ports,
                              .expand = shelf_expand};

/* Two pipes with as many branches as it says. */
static const tw_param manifold_params[] = {
    {"branches", "1", NULL, TW_INTEGER, 1, 100, TW_P_STRUCTURAL, "branches", NULL, NULL, NULL},
    {"coolant", NULL, "water", TW_MEDIUM, 0, 0, 0, "coolant", NULL, NULL, NULL},
    END};
static const tw_port manifold_ports[] = {
    {"supply", TW_FLUID, TW_R_SUPPLY | TW_R_OPTIONAL, 0, "branches", NULL, "to the consumers"},
    {"return", TW_FLUID, TW_R_RETURN | TW_R_OPTIONAL, 0, "branches", NULL, "from the consumers"}, END};
static int manifold_expand(tw_builder *b) {
  int n = b->count(b, "supply");
  if (n == 13) b->fail(b, "branches", "thirteen bring bad luck");
  for (int k = 1; k <= n; k++) {
    int p = b->child(b, "plate", "branch", k, NULL);
    b->pass(b, p, "coolant", "coolant");
    b->expose(b, "supply", k, p, "in");
    b->expose(b, "return", k, p, "out");
  }
  return n == 13;
}
static const tw_type manifold = {.element = "manifold", .title = "Manifold", .params = manifold_params, .ports = manifold_ports,
                                 .expand = manifold_expand};

/* A composite of composites: a bar inside, whose taps are its own. */
static const tw_param cabinet_params[] = {{"R", "ohm", "2 mohm", TW_NUMBER, 1e-6, 1, 0, "resistance", NULL, NULL, NULL}, END};
static const tw_port cabinet_ports[] = {{"way", TW_DC, TW_R_FEED_OUT | TW_R_OPTIONAL, 0, "*", NULL, "ways"}, END};
static int cabinet_expand(tw_builder *b) {
  int inner = b->child(b, "bar", "bar", 0, NULL);
  b->pass(b, inner, "R", "R");
  for (int k = 1; k <= b->count(b, "way"); k++) b->expose(b, "way", k, inner, "tap");
  return 0;
}
static const tw_type cabinet = {.element = "cabinet", .title = "Cabinet", .params = cabinet_params, .ports = cabinet_ports,
                                .expand = cabinet_expand};

/* A composite with nothing behind its port. */
static const tw_param hollow_params[] = {END};
static const tw_port hollow_ports[] = {{"in", TW_DC, TW_R_FEED_IN, 0, NULL, NULL, "input"}, END};
static int hollow_expand(tw_builder *b) { return b->connected(b, "in", 0) ? 0 : 1; }
static const tw_type hollow = {.element = "hollow", .title = "Hollow", .params = hollow_params, .ports = hollow_ports,
                               .expand = hollow_expand};

const tw_type *const toy_registry[] = {&ac, &bar, &cabinet, &dual, &follower, &hollow, &load, &manifold, &plate,
                                       &resistor, &shelf, &source, &writer, NULL};
