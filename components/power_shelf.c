#include "component.h"

/* Power shelf: PSUs on two inputs, a common DC collector with the shelf's own auxiliaries, and the output connector.
 * The first half of the PSUs (the larger one) is on input a, the rest on b; without b all are on a. The collector has no
 * resistance of its own: give it with the connector. The hot spares are the last PSUs of either input in turn, that of b first;
 * the k-th waits k times t_spare, so that they go one by one. */

static const tw_param params[] = {
    {"psus", "1", NULL, TW_INTEGER, 1, 64, TW_P_STRUCTURAL, "number of PSUs", NULL, NULL, NULL},
    {"psu", NULL, NULL, TW_REFERENCE, 0, 0, TW_P_STRUCTURAL, "part that each PSU is", NULL, "psu", NULL},
    {"connector_resistance", "ohm", NULL, TW_NUMBER, 1e-9, 1, 0, "collector and output connector, feed and return together",
     NULL, NULL,
     NULL},
    {"connector_rating", "A", NULL, TW_NUMBER, 0.1, 1e5, TW_P_OPTIONAL, "rated current of the output connector", NULL, NULL,
     NULL},
    {"rated_power", "W", NULL, TW_NUMBER, 1, 1e9, TW_P_OPTIONAL, "permitted output power, with the spare PSUs not counted", NULL,
     NULL,
     NULL},
    {"fan_power", "W", "0 W", TW_NUMBER, 0, 1e5, TW_P_TIMED, "fans and controller of the shelf, taken from the collector", NULL,
     NULL,
     NULL},
    {"V_nominal", "V", "50 V", TW_NUMBER, 1, 1e4, 0, "nominal output voltage, for the fans", NULL, NULL, NULL},
    {"state", "1", "on", TW_ENUM, 0, 2, TW_P_TIMED, "of all PSUs: off and failed carry no current", NULL, "on|off|failed", NULL},
    {"phases", "1", "3", TW_INTEGER, 1, 3, TW_P_STRUCTURAL, "3: balanced three-phase inputs; 1: single-phase", NULL, NULL, NULL},
    {"spares", "1", "0", TW_INTEGER, 0, 63, TW_P_STRUCTURAL, "PSUs that become hot spares at low load (psu)", NULL, NULL, NULL},
    {"spare_below", "1", NULL, TW_NUMBER, 0, 0.95, TW_P_OPTIONAL,
     "share of rated current of a PSU below which one becomes a spare", NULL, NULL, NULL},
    {"spare_above", "1", NULL, TW_NUMBER, 0.01, 1, TW_P_OPTIONAL, "share of the others at which a spare wakes", NULL, NULL, NULL},
    {"t_spare", "s", "10 s", TW_NUMBER, 1e-3, 1e5, 0, "how long the share must be low until the first becomes a spare",
     "estimate", NULL, NULL},
    {0}};
static const tw_port ports[] = {
    {"a", TW_AC, TW_R_FEED_IN, 0, NULL, NULL, "input of the first half of the PSUs"},
    {"b", TW_AC, TW_R_FEED_IN | TW_R_OPTIONAL, 0, NULL, NULL, "input of the second half; all are on a when it is open"},
    {"out", TW_DC, TW_R_FEED_OUT, 0, NULL, NULL, "output, against ground"},
    {"heat", TW_HEAT, TW_R_OPTIONAL, 0, NULL, NULL, "air of the shelf"},
    {0}};
static const tw_unknown unknowns[] = {{0}};
static const tw_row rows[] = {{0}};
static const tw_quantity outputs[] = {{0}};

/* Joins child's port to the first child that was exposed at the shelf's own port. */
static void meet(tw_builder *b, const char *own, int *first, int child, const char *port) {
  if (*first < 0) {
    *first = child;
    b->expose(b, own, 0, child, port);
  } else b->join(b, *first, port, child, port);
}

/* Which spare PSU k is, from 1, of n of which on_a are on input a; 0: none. */
static int spare_of(int k, int n, int on_a, int spares) {
  int from_end = k <= on_a && on_a < n ? on_a - k : n - k;
  int rank = on_a == n ? from_end + 1 : 2 * from_end + (k <= on_a ? 2 : 1);
  return rank <= spares ? rank : 0;
}

/* The distance between the thresholds, without which the PSUs that are left would wake at once the one that goes. */
static int check_spares(tw_builder *b, int n, int spares) {
  if (!spares) return 0;
  const char *wrong = NULL, *param = "spare_above";
  double below = b->value(b, "spare_below"), above = b->value(b, "spare_above");
  if (spares >= n) wrong = "at least one PSU is no spare", param = "spares";
  else if (isnan(below) || isnan(above)) wrong = "spares need both spare_below and spare_above", param = "spares";
  else if (above * (n - spares) <= below * (n - spares + 1))
    wrong = "must be above the share that the others have when a spare goes at spare_below, or they wake it at once";
  if (wrong) b->fail(b, param, wrong);
  return wrong != NULL;
}

static void give_spare(tw_builder *b, int psu, int rank) {
  b->pass(b, psu, "spare_below", "spare_below");
  b->pass(b, psu, "spare_above", "spare_above");
  b->number(b, psu, "t_spare", rank * b->value(b, "t_spare"));
}

static int expand(tw_builder *b) {
  int n = (int)b->value(b, "psus"), spares = (int)b->value(b, "spares"), on_a = b->connected(b, "b", 0) ? (n + 1) / 2 : n;
  int a = -1, second = -1, heat = -1;
  if (on_a == n && b->connected(b, "b", 0)) {
    b->fail(b, "psus", "a shelf with two inputs needs at least two PSUs");
    return 1;
  }
  if (check_spares(b, n, spares)) return 1;
  bool shared = b->connected(b, "heat", 0);
  int connector = b->child(b, "contact", "connector", 0, NULL);
  b->pass(b, connector, "R", "connector_resistance");
  if (b->given(b, "connector_rating")) b->pass(b, connector, "rated_current", "connector_rating");
  if (b->given(b, "rated_power")) b->pass(b, connector, "P_rated", "rated_power");
  b->expose(b, "out", 0, connector, "b");
  if (shared) meet(b, "heat", &heat, connector, "heat");
  for (int k = 1; k <= n; k++) {
    int psu = b->child(b, "psu", "psu", k, "psu");
    b->pass(b, psu, "phases", "phases");
    b->pass(b, psu, "state", "state");
    int rank = spare_of(k, n, on_a, spares);
    if (rank) give_spare(b, psu, rank);
    b->join(b, psu, "out", connector, "a");
    if (k <= on_a) meet(b, "a", &a, psu, "in");
    else meet(b, "b", &second, psu, "in");
    if (shared) meet(b, "heat", &heat, psu, "heat");
  }
  int fans = b->child(b, "power-load", "fans", 0, NULL);
  b->pass(b, fans, "P", "fan_power");
  b->pass(b, fans, "V_nominal", "V_nominal");
  b->join(b, fans, "in", connector, "a");
  if (shared) meet(b, "heat", &heat, fans, "heat");
  return 0;
}

const tw_type TW_TYPE(power_shelf) = {
    .element = "power-shelf", .title = "Power shelf", .stage = TW_STAGE_PSU,
    .doc = "PSUs in parallel on two inputs, sharing by their droop, with the shelf's fans on the collector and an output "
           "connector that carries the limits of current and of power; some may be hot spares at low load.",
    .use = "A shelf of supplies on two feeds: how they share, what one failed unit or feed does to the others.",
    .validity = "As psu. The collector has no resistance of its own: give it with the connector.",
    .source = "Composite of psu, contact and loads; formulas and citations are theirs.",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs, .expand = expand};
