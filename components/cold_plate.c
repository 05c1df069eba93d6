#include "component.h"

/* Cold plate with several chips one after another on the coolant's path: a plate-channel per chip, with a piece of hose between
 * neighbours where one is given. Each later chip sees the coolant warmed by those before it. */

static const tw_param params[] = {
    {"chips", "1", "1", TW_INTEGER, 1, 64, TW_P_STRUCTURAL, "chips in series on the path", NULL, NULL, NULL},
    {"site", NULL, NULL, TW_REFERENCE, 0, 0, TW_P_STRUCTURAL, "part that gives the figures of each chip's place",
     NULL, "plate-channel", NULL},
    {"site_1", NULL, NULL, TW_REFERENCE, 0, 0, TW_P_STRUCTURAL | TW_P_OPTIONAL, "part of the first place, where it differs",
     NULL, "plate-channel", NULL},
    {"site_2", NULL, NULL, TW_REFERENCE, 0, 0, TW_P_STRUCTURAL | TW_P_OPTIONAL, "part of the second place, where it differs",
     NULL, "plate-channel", NULL},
    {"site_3", NULL, NULL, TW_REFERENCE, 0, 0, TW_P_STRUCTURAL | TW_P_OPTIONAL, "part of the third place, where it differs",
     NULL, "plate-channel", NULL},
    {"site_4", NULL, NULL, TW_REFERENCE, 0, 0, TW_P_STRUCTURAL | TW_P_OPTIONAL, "part of the fourth place, where it differs",
     NULL, "plate-channel", NULL},
    {"hose", NULL, NULL, TW_REFERENCE, 0, 0, TW_P_STRUCTURAL | TW_P_OPTIONAL, "part of the hoses between places",
     NULL, "hose", NULL},
    {"fouling", "K/W", NULL, TW_NUMBER, 0, 10, TW_P_TIMED | TW_P_OPTIONAL, "resistance added by deposits at each place",
     NULL, NULL, NULL},
    {"T_max", "K", NULL, TW_NUMBER, 250, 1000, TW_P_OPTIONAL, "largest temperature of the plate at each place", NULL, NULL, NULL},
    {0}};
static const tw_port ports[] = {
    {"a", TW_FLUID, TW_R_COOLANT_IN, 1, NULL, NULL, "coolant inlet"},
    {"b", TW_FLUID, TW_R_COOLANT_OUT, 1, NULL, NULL, "coolant outlet"},
    {"chip", TW_HEAT, TW_R_NONE, 0, "chips", NULL, "plate under each chip, in the order of the flow"},
    {0}};

static const tw_unknown unknowns[] = {{0}};
static const tw_row rows[] = {{0}};
static const tw_quantity outputs[] = {{0}};

static int expand(tw_builder *b) {
  static const char *const own[] = {"site_1", "site_2", "site_3", "site_4"};
  int n = (int)b->value(b, "chips"), before = -1;
  for (int k = 1; k <= n; k++) {
    const char *part = k <= TW_COUNT(own) && b->given(b, own[k - 1]) ? own[k - 1] : "site";
    int site = b->child(b, "plate-channel", "site", k, part);
    if (b->given(b, "fouling")) b->pass(b, site, "fouling", "fouling");
    if (b->given(b, "T_max")) b->pass(b, site, "T_max", "T_max");
    b->expose(b, "chip", k, site, "plate");
    if (before < 0) b->expose(b, "a", 0, site, "a");
    else if (b->given(b, "hose")) {
      int hose = b->child(b, "hose", "hose", k - 1, "hose");
      b->join(b, before, "b", hose, "a");
      b->join(b, hose, "b", site, "a");
    } else b->join(b, before, "b", site, "a");
    before = site;
  }
  b->expose(b, "b", 0, before, "b");
  return 0;
}

const tw_type TW_TYPE(cold_plate) = {
    .element = "cold-plate", .title = "Cold plate",
    .doc = "Chips in series on one coolant path: a plate-channel per chip, its figures from the part site (site_1 to site_4 "
           "where places differ).",
    .use = "A board whose chips share one coolant path: how much warmer the last chip is than the first.",
    .validity = "Chips strictly in series; no conduction between their places. Range of each place as plate-channel.",
    .source = "Composite of plate-channel and hose; formulas and citations are theirs.",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs, .expand = expand};
