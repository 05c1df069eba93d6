#include "component.h"

/* Interlock, or the start of a spare: watches a signal and switches its output, with delay and hysteresis.
 *   off      output = otherwise (or value_off); watch beyond `on` for t_on: on
 *   on       output = input (or value_on);   watch back beyond `off` for t_off: off; without `off` it stays on (latched)
 * sense above: beyond means at or above `on`, back at or below `off`; sense below the other way round. `mode` off holds it off
 * and takes a latch back, `mode` on holds it on. In a steady state every delay has passed, and it starts as off: it is on where
 * without it the watched signal is beyond `on`. */

enum { P_SENSE, P_ON, P_OFF, P_T_ON, P_T_OFF, P_VALUE_ON, P_VALUE_OFF, P_MODE };
static const tw_param params[] = {
    {"sense", "1", "above", TW_ENUM, 0, 1, 0, "which side of `on` switches it on", NULL, "above|below", NULL},
    {"on", "1", NULL, TW_NUMBER, -1e12, 1e12, 0, "watched value (SI) at which it switches on", NULL, NULL, NULL},
    {"off", "1", NULL, TW_NUMBER, -1e12, 1e12, TW_P_OPTIONAL, "watched value (SI) at which it switches off; latched if absent",
     NULL, NULL, NULL},
    {"t_on", "s", "0 s", TW_NUMBER, 0, 1e7, 0, "how long the signal must be beyond `on`", NULL, NULL, NULL},
    {"t_off", "s", "0 s", TW_NUMBER, 0, 1e7, 0, "how long it must be back beyond `off`", NULL, NULL, NULL},
    {"value_on", "1", "1", TW_NUMBER, -1e12, 1e12, TW_P_TIMED, "output while on, where no signal gives it", NULL, NULL, NULL},
    {"value_off", "1", "0", TW_NUMBER, -1e12, 1e12, TW_P_TIMED, "output while off, where no signal gives it", NULL, NULL, NULL},
    {"mode", "1", "auto", TW_ENUM, 0, 2, TW_P_TIMED, "auto: by the watched signal; off, on: held there", NULL,
     "auto|off|on", NULL},
    {0}};
enum { WATCH, INPUT, OTHERWISE, OUTPUT };
static const tw_port ports[] = {
    {"watch", TW_SIGNAL_IN, TW_R_NONE, 0, NULL, NULL, "watched signal"},
    {"input", TW_SIGNAL_IN, TW_R_OPTIONAL, 0, NULL, "value_on", "what is passed on while it is on"},
    {"otherwise", TW_SIGNAL_IN, TW_R_OPTIONAL, 0, NULL, "value_off", "what is passed on while it is off"},
    {"output", TW_SIGNAL_OUT, TW_R_NONE, 0, NULL, NULL, "to the actuator"},
    {0}};
static const tw_unknown unknowns[] = {{0}};
static const tw_row rows[] = {{0}};
enum { O_ON, O_WATCH, O_OUTPUT };
static const tw_quantity outputs[] = {
    {"on", "1", TW_Q_PLAIN, TW_L_NONE, "1 while it is on"},
    {"watch", "1", TW_Q_PLAIN, TW_L_NONE, "watched signal"},
    {"output", "1", TW_Q_PLAIN, TW_L_NONE, "output"},
    {0}};
static const tw_stamp stamps[] = {{OUTPUT, INPUT}, {OUTPUT, OTHERWISE}, {OUTPUT, OUTPUT}};
static const tw_discrete discrete[] = {
    {"state", "off|pending on|on|pending off",
     "signal back beyond off|signal reached on|signal beyond on for t_on|signal fell back to off",
     "whether its output is switched", false},
    {"since", NULL, NULL, "when it last changed [s]", true},
    {0}};
enum { Z_MODE, Z_SINCE };
enum { OFF, PENDING_ON, ON, PENDING_OFF };
#define LONG_AGO -1e9

static int derive(const tw_derive *d) {
  int bad = 0;
  for (int i = 0; i < d->n; i++) {
    double on = TW_RE(d->p[P_ON][i]), off = TW_RE(d->p[P_OFF][i]);
    bool above = TW_RE(d->p[P_SENSE][i]) < 0.5;
    if (isnan(off) || (above ? off < on : off > on)) continue;
    d->fail(d->ctx, i, P_OFF, "must be on the other side of `on`: the distance is the hysteresis");
    bad = 1;
  }
  return bad;
}

static bool is_on(const tw_eval *e, int i) {
  int held = (int)lround(TW_RE(e->p[P_MODE][i])), mode = (int)lround(e->z[Z_MODE][i]);
  return held == 2 || (held == 0 && (mode == ON || mode == PENDING_OFF));
}

static void eval(const tw_eval *e) {
  for (int i = 0; i < e->n; i++) {
    bool on = is_on(e, i);
    e->f[OUTPUT][i] = e->x[OUTPUT][i] - e->x[on ? INPUT : OTHERWISE][i];
    if (!e->j) continue;
    e->j[0][i] = on ? -1.0 : 0.0;
    e->j[1][i] = on ? 0.0 : -1.0;
    e->j[2][i] = 1.0;
  }
}

static void observe(const tw_eval *e, tw_real *const *out) {
  for (int i = 0; i < e->n; i++) {
    out[O_ON][i] = is_on(e, i) ? 1.0 : 0.0;
    out[O_WATCH][i] = e->x[WATCH][i];
    out[O_OUTPUT][i] = e->x[OUTPUT][i];
  }
}

/* How far the watched signal is beyond `on`, and back beyond `off` (never, when latched). */
typedef struct { tw_real on, off; } beyond;

static beyond beyond_at(const tw_eval *e, int i) {
  double sign = TW_RE(e->p[P_SENSE][i]) < 0.5 ? 1.0 : -1.0;
  bool latched = isnan(TW_RE(e->p[P_OFF][i]));
  tw_real x = e->x[WATCH][i];
  return (beyond){sign * (x - e->p[P_ON][i]), latched ? -1.0 : sign * (e->p[P_OFF][i] - x)};
}

static void events(const tw_eval *e, tw_real *const *g) {
  for (int i = 0; i < e->n; i++) {
    beyond b = beyond_at(e, i);
    int mode = (int)lround(e->z[Z_MODE][i]);
    double waited = e->t - e->z[Z_SINCE][i];
    g[0][i] = mode == OFF || mode == PENDING_OFF ? b.on : mode == ON || mode == PENDING_ON ? b.off : -1.0;
    g[1][i] = mode == OFF || mode == ON ? -1.0 : waited - (mode == PENDING_ON ? TW_RE(e->p[P_T_ON][i]) : TW_RE(e->p[P_T_OFF][i]));
    g[2][i] = mode == PENDING_ON ? -b.on : mode == PENDING_OFF ? -b.off : -1.0;
  }
}

static int next_mode(const tw_eval *e, int i, int mode) {
  beyond b = beyond_at(e, i);
  double reach = 1e-9 * fmax(1.0, fabs(TW_RE(e->x[WATCH][i]))), waited = e->t - e->z[Z_SINCE][i];
  bool on = TW_RE(b.on) >= -reach, off = TW_RE(b.off) >= -reach;
  double t_on = e->at_rest ? 0.0 : TW_RE(e->p[P_T_ON][i]), t_off = e->at_rest ? 0.0 : TW_RE(e->p[P_T_OFF][i]);
  int held = (int)lround(TW_RE(e->p[P_MODE][i]));
  if (held) return held == 2 ? ON : OFF;
  switch (mode) {
    case OFF: return !on ? OFF : t_on > 0.0 ? PENDING_ON : ON;
    case PENDING_ON: return !on ? OFF : waited >= t_on * (1.0 - 1e-6) ? ON : PENDING_ON;
    case ON: return !off ? ON : t_off > 0.0 ? PENDING_OFF : OFF;
    default: return !off ? ON : waited >= t_off * (1.0 - 1e-6) ? OFF : PENDING_OFF;
  }
}

static int react(const tw_eval *e, double *const *z) {
  int changed = 0;
  for (int i = 0; i < e->n; i++) {
    int mode = (int)lround(z[Z_MODE][i]), next = next_mode(e, i, mode);
    if (next == mode) continue;
    z[Z_MODE][i] = next;
    z[Z_SINCE][i] = e->at_rest ? LONG_AGO : e->t;
    changed++;
  }
  return changed;
}

static void start(const tw_start *s) {
  for (int i = 0; i < s->n; i++) {
    s->z[Z_MODE][i] = s->p[P_MODE][i] > 1.5 ? ON : OFF;
    s->z[Z_SINCE][i] = LONG_AGO;
    s->x[OUTPUT][i] = s->z[Z_MODE][i] == ON ? s->p[P_VALUE_ON][i] : s->p[P_VALUE_OFF][i];
  }
}

const tw_type TW_TYPE(interlock) = {
    .element = "interlock", .title = "Interlock, start of a spare", .stage = TW_STAGE_NONE,
    .doc = "Watches a signal; beyond `on` for t_on it passes its input (or value_on) to its output, else the signal `otherwise` "
           "(or value_off). Back beyond `off` for t_off it switches off again; without `off` it is latched. `mode` holds it off or "
           "on.",
    .use = "A trip, the start of a standby pump, a two-point control: what happens on a signal, with delay and hysteresis.",
    .validity = "Delays are exact; in a steady state they have passed, and a latch is on only where it would switch on from off.",
    .source = "Definition; there is no physical law in it.",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs,
    .discrete = discrete, .stamps = stamps, .n_stamps = TW_COUNT(stamps), .n_discrete = 2, .n_events = 3,
    .derive = derive, .start = start, .eval = eval, .observe = observe, .events = events, .react = react};
