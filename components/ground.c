#include "component.h"

/* Earth connection of a DC net: i = v / R to 0 V, i^2 R as heat. Exact, any range. */

enum { P_R };
static const tw_param params[] = {
    {"R", "ohm", "1 nohm", TW_NUMBER, 1e-9, 1e3, 0, "resistance to earth", NULL, NULL, NULL},
    {0}};
enum { IN, HEAT };
static const tw_port ports[] = {
    {"in", TW_DC, TW_R_REFERENCE, 0, NULL, NULL, "the net that is tied to 0 V"},
    {"heat", TW_HEAT, TW_R_OPTIONAL, 0, NULL, NULL, "where its loss goes"},
    {0}};
static const tw_unknown unknowns[] = {{0}};
static const tw_row rows[] = {{0}};
enum { O_LOSS, O_I };
static const tw_quantity outputs[] = {
    {"loss", "W", TW_Q_LOSS, TW_L_CONDUCTION, "i^2 R"},
    {"i", "A", TW_Q_PLAIN, TW_L_NONE, "current to earth"},
    {0}};
static const tw_stamp stamps[] = {{IN, IN}, {HEAT, IN}};

static void start(const tw_start *s) {
  for (int i = 0; i < s->n; i++) s->x[IN][i] = 0.0;
}

static void eval(const tw_eval *e) {
  for (int i = 0; i < e->n; i++) {
    tw_real v = e->x[IN][i], g = 1.0 / e->p[P_R][i];
    e->f[IN][i] = g * v;
    e->f[HEAT][i] = -g * v * v;
    if (!e->j) continue;
    e->j[0][i] = TW_RE(g);
    e->j[1][i] = TW_RE(-2.0 * g * v);
  }
}

static void observe(const tw_eval *e, tw_real *const *out) {
  for (int i = 0; i < e->n; i++) {
    tw_real I = e->x[IN][i] / e->p[P_R][i];
    out[O_LOSS][i] = I * I * e->p[P_R][i];
    out[O_I][i] = I;
  }
}

const tw_type TW_TYPE(ground) = {
    .element = "ground", .title = "Ground", .stage = TW_STAGE_NONE,
    .doc = "Ties a DC net to 0 V through a small resistance.",
    .use = "Gives a direct-current net its 0 V.",
    .validity = "Exact; the resistance is small and carries current only where two points are earthed.",
    .source = "Ohm's law.",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs,
    .stamps = stamps, .n_stamps = TW_COUNT(stamps), .start = start, .eval = eval, .observe = observe};
