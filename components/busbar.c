#include "component.h"
#include <stdlib.h>

/* Distributed busbar: a contact per tap and a busbar-segment between neighbouring taps. Taps are taken in the order of their
 * heights; where a height is unknown they divide `length` equally in the order in which they were connected. Two taps within
 * 1 mm sit at one place of the bar. With an inductance per metre each segment has an inductor in series. feed takes the shelves'
 * bolted or clipped outputs, tap the trays' clips. */

static const tw_param params[] = {
    {"length", "m", NULL, TW_NUMBER, 1e-3, 100, TW_P_STRUCTURAL | TW_P_OPTIONAL, "length, needed where heights are unknown", NULL,
     NULL, NULL},
    {"width", "m", NULL, TW_NUMBER, 1e-3, 1, 0, "longer side of the cross-section, upright", NULL, NULL, NULL},
    {"thickness", "m", NULL, TW_NUMBER, 1e-4, 1, 0, "shorter side of the cross-section", NULL, NULL, NULL},
    {"cross_section", "m2", NULL, TW_NUMBER, 1e-7, 1, TW_P_OPTIONAL, "area of one conductor; width times thickness when absent",
     NULL,
     NULL, NULL},
    {"conductors", "1", "2", TW_INTEGER, 1, 2, 0, "conductors in series: 2 is feed and return", NULL, NULL, NULL},
    {"rho20", "ohm m", "1.7241e-8 ohm m", TW_NUMBER, 1e-9, 1e-6, 0, "resistivity at 20 degC", "IEC 60028 (copper)", NULL, NULL},
    {"alpha", "1/K", "0.00393 1/K", TW_NUMBER, 0, 0.01, 0, "temperature coefficient at 20 degC", "IEC 60028 (copper)", NULL,
     NULL},
    {"joint_resistance", "ohm", "0 ohm", TW_NUMBER, 0, 1e-2, 0, "joint in every segment, feed and return together", NULL, NULL,
     NULL},
    {"clip_resistance", "ohm", NULL, TW_NUMBER, 1e-9, 1, 0, "contact of each tap, feed and return together", NULL, NULL, NULL},
    {"clip_rating", "A", NULL, TW_NUMBER, 0.1, 1e5, TW_P_OPTIONAL, "rated current of the contact of each tap", NULL, NULL, NULL},
    {"feed_resistance", "ohm", "10 uohm", TW_NUMBER, 1e-9, 1, 0, "joint of each feed, feed and return together",
     "handbook class: bolted joint 3 to 10 uohm", NULL, NULL},
    {"feed_rating", "A", NULL, TW_NUMBER, 0.1, 1e5, TW_P_OPTIONAL, "rated current of the joint of each feed", NULL, NULL, NULL},
    {"inductance", "H/m", NULL, TW_NUMBER, 1e-12, 1e-3, TW_P_OPTIONAL,
     "of the loop of feed and return, per metre, for runs in time; none if absent", NULL, NULL, NULL},
    {"emissivity", "1", "0.4", TW_NUMBER, 0, 1, 0, "emissivity of the surface", "CDA busbar tables (oxidised copper)", NULL,
     NULL},
    {"film", "W/(m2 K)", NULL, TW_NUMBER, 1e-3, 1e5, TW_P_OPTIONAL,
     "fixed surface coefficient instead of convection and radiation",
     NULL, NULL, NULL},
    {"rated_current", "A", NULL, TW_NUMBER, 0.1, 1e6, TW_P_OPTIONAL, "rated current of the bar", NULL, NULL, NULL},
    {"T_max", "K", NULL, TW_NUMBER, 300, 600, TW_P_OPTIONAL, "permitted bar and contact temperature", NULL, NULL, NULL},
    {0}};
static const tw_port ports[] = {
    {"feed", TW_DC, TW_R_FEED_IN | TW_R_OPTIONAL, 0, "*", NULL, "where supplies are joined"},
    {"tap", TW_DC, TW_R_FEED_OUT | TW_R_OPTIONAL, 0, "*", NULL, "where consumers (or more supplies) clip on"},
    {"heat", TW_HEAT, TW_R_OPTIONAL, 0, NULL, NULL, "air around the bar"},
    {0}};
static const tw_unknown unknowns[] = {{0}};
static const tw_row rows[] = {{0}};
static const tw_quantity outputs[] = {{0}};

typedef struct { double at; int order, contact; } place;

static int by_height(const void *p, const void *q) {
  const place *a = p, *b = q;
  if (a->at != b->at) return a->at < b->at ? -1 : 1;
  return a->order < b->order ? -1 : a->order > b->order;
}

/* The contacts of one array port; fills places from `n` on and returns the new number. */
static int contacts(tw_builder *b, const char *port, const char *R, const char *rating, place *places, int n) {
  int count = b->count(b, port);
  for (int k = 1; k <= count; k++, n++) {
    int c = b->child(b, "contact", port, k, NULL);
    b->pass(b, c, "R", R);
    if (b->given(b, rating)) b->pass(b, c, "rated_current", rating);
    if (b->given(b, "T_max")) b->pass(b, c, "T_max", "T_max");
    b->expose(b, port, k, c, "a");
    places[n] = (place){b->position(b, port, k), n, c};
  }
  return n;
}

static int segment(tw_builder *b, int index, double length) {
  static const char *const same[] = {"width", "thickness", "conductors", "rho20", "alpha", "joint_resistance", "emissivity"};
  static const char *const optional[] = {"cross_section", "film", "rated_current", "T_max"};
  int s = b->child(b, "busbar-segment", "segment", index, NULL);
  b->number(b, s, "length", length);
  for (int k = 0; k < TW_COUNT(same); k++) b->pass(b, s, same[k], same[k]);
  for (int k = 0; k < TW_COUNT(optional); k++)
    if (b->given(b, optional[k])) b->pass(b, s, optional[k], optional[k]);
  return s;
}

/* Inductor of a piece between the segment and the contact where it ends; what a lossless one may have in resistance. */
static void inductor(tw_builder *b, int index, double length, int segment, int contact) {
  int k = b->child(b, "inductor", "inductor", index, NULL);
  b->number(b, k, "L", length * b->value(b, "inductance"));
  b->number(b, k, "R", 1e-9);
  b->join(b, segment, "b", k, "a");
  b->join(b, k, "b", contact, "b");
}

/* Children that share the heat port when it is connected; else each sees the model's ambient. */
static void warm(tw_builder *b, int *first, int child) {
  if (!b->connected(b, "heat", 0)) return;
  if (*first < 0) {
    *first = child;
    b->expose(b, "heat", 0, child, "heat");
  } else b->join(b, *first, "heat", child, "heat");
}

static int expand(tw_builder *b) {
  int n = b->count(b, "feed") + b->count(b, "tap"), unknown = 0, segments = 0, first = -1;
  if (n < 1) {
    b->fail(b, NULL, "nothing is connected to the bar");
    return 1;
  }
  place *at = malloc((size_t)n * sizeof *at);
  if (!at) {
    b->fail(b, NULL, "out of memory");
    return 1;
  }
  int feeds = contacts(b, "feed", "feed_resistance", "feed_rating", at, 0);
  contacts(b, "tap", "clip_resistance", "clip_rating", at, feeds);
  for (int k = 0; k < n; k++) unknown += isnan(at[k].at) ? 1 : 0;
  if (unknown > 0 && isnan(b->value(b, "length"))) {
    b->fail(b, "length", "needed: the height of what is connected is not known everywhere");
    free(at);
    return 1;
  }
  for (int k = 0; unknown > 0 && k < n; k++) at[k].at = n > 1 ? k * b->value(b, "length") / (n - 1) : 0.0;
  qsort(at, (size_t)n, sizeof *at, by_height);
  warm(b, &first, at[0].contact);
  for (int k = 1; k < n; k++) {
    double length = at[k].at - at[k - 1].at;
    warm(b, &first, at[k].contact);
    if (length < 1e-3) {
      b->join(b, at[k - 1].contact, "b", at[k].contact, "b");
      at[k].at = at[k - 1].at;
      continue;
    }
    int last = segment(b, ++segments, length);
    b->join(b, at[k - 1].contact, "b", last, "a");
    if (b->given(b, "inductance")) inductor(b, segments, length, last, at[k].contact);
    else b->join(b, last, "b", at[k].contact, "b");
    warm(b, &first, last);
  }
  free(at);
  return 0;
}

const tw_type TW_TYPE(busbar) = {
    .element = "busbar", .title = "Busbar", .stage = TW_STAGE_BUS,
    .doc = "A contact per tap and feed and a busbar-segment between neighbours, in the order of their heights; equal parts "
           "of the length where heights are unknown.",
    .use = "The vertical bar of a rack: which clip carries how much, where the bar is hottest and how much voltage the farthest "
           "tray loses.",
    .validity = "Direct current; in time studies with its inductance where given, without the capacitance of the bar itself, "
                "some nF. Each piece has one temperature; its range is that of busbar-segment and contact.",
    .source = "Composite of contact and busbar-segment; formulas and citations are theirs.",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs, .expand = expand};
