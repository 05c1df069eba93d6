#include "component.h"

/* PI controller with back-calculation anti-windup and a first-order sensor lag.
 *     tau dy/dt = measure - y,   e = +-(y - setpoint)  (direct: +),   u = Kp e + I,   output = sat(u)
 *     dI/dt = Ki e + Kaw (sat(u) - u)
 * With rate_max the output w follows sat(u) by no more than that per second (first order within 0.5 % of the span; smooth.h),
 * and the anti-windup tracks w. Without it w = sat(u).
 * Dew-point guard: where room temperature t [degC] and relative humidity are given, the set point of a temperature is not below
 *     t_d = 243.04 g / (17.625 - g) + margin,  g = ln(humidity) + 17.625 t / (243.04 + t)
 * Alduchov and Eskridge, J. Appl. Meteor. 35 (1996) 601 (AERK): within 0.4 % of the vapour pressure, -40..50 degC.
 * With T_sample it is a digital one: every T_sample it takes y and holds its output until the next time,
 *     u = Kp e + I,   w = sat(u), no farther from the last w than rate_max T_sample,   I <- I + T_sample [Ki e + Kaw (w - u)]
 * the forward difference of the law above; the sensor's lag stays continuous. Astrom and Wittenmark, Computer-Controlled Systems,
 * 3rd ed. (1997), chapter 8. Its steady state is that of the law above.
 * sat: lo..hi with C1 corners. In steady state either e = 0, or the output is at a stop and I is such that
 * Ki e = Kaw (u - sat(u)): a unique solution with the set point missed.  Astrom and Haegglund, PID Controllers: Theory, Design
 * and Tuning, 2nd ed. (1995), section 3.5 (tracking time constant 1/Kaw, by default the integral time Kp/Ki). */

#define CORNER 0.005 /* half-width of the corners over hi - lo */

enum { P_ACTION, P_SET, P_T_SET, P_DP_SET, P_M_SET, P_V_SET, P_P_SET, P_KP, P_KI, P_KAW, P_LO, P_HI, P_TAU, P_U0, P_ERROR_MAX,
       P_MISSED_MAX, P_RATE, P_T_SAMPLE, P_T_ROOM, P_HUMIDITY, P_MARGIN, N_PARAMS, D_KAW = N_PARAMS, D_GUARD, N_END };
#define OPT_SET TW_P_OPTIONAL | TW_P_TIMED
static const tw_param params[] = {
    {"action", "1", NULL, TW_ENUM, 0, 1, 0, "direct: output rises with the measured value (cooling); reverse: it falls", NULL,
     "direct|reverse", NULL},
    {"setpoint", "1", NULL, TW_NUMBER, -1e12, 1e12, OPT_SET, "set point as a plain number (SI)", NULL, NULL, NULL},
    {"T_set", "K", NULL, TW_NUMBER, 0, 5000, OPT_SET, "set point of a temperature", NULL, NULL, NULL},
    {"dp_set", "Pa", NULL, TW_NUMBER, -1e8, 1e8, OPT_SET, "set point of a pressure or pressure difference", NULL, NULL, NULL},
    {"m_dot_set", "kg/s", NULL, TW_NUMBER, -1e6, 1e6, OPT_SET, "set point of a mass flow", NULL, NULL, NULL},
    {"V_set", "V", NULL, TW_NUMBER, -1e6, 1e6, OPT_SET, "set point of a voltage", NULL, NULL, NULL},
    {"P_set", "W", NULL, TW_NUMBER, -1e12, 1e12, OPT_SET, "set point of a power", NULL, NULL, NULL},
    {"Kp", "1", NULL, TW_NUMBER, 0, 1e9, 0, "proportional gain: output per SI unit of the measured value", NULL, NULL, NULL},
    {"Ki", "1/s", NULL, TW_NUMBER, 1e-15, 1e9, 0, "integral gain: output per second and SI unit of the measured value", NULL,
     NULL, NULL},
    {"Kaw", "1/s", NULL, TW_NUMBER, 1e-9, 1e9, TW_P_OPTIONAL, "anti-windup gain; Ki/Kp if absent (1/s where Kp is 0)", NULL,
     NULL, NULL},
    {"lo", "1", "0", TW_NUMBER, -1e9, 1e9, 0, "lowest output", NULL, NULL, NULL},
    {"hi", "1", "1", TW_NUMBER, -1e9, 1e9, 0, "highest output", NULL, NULL, NULL},
    {"tau", "s", "1 s", TW_NUMBER, 1e-6, 1e6, 0, "time constant of the sensor", "estimate", NULL, NULL},
    {"output0", "1", NULL, TW_NUMBER, -1e9, 1e9, TW_P_OPTIONAL, "first guess of the output; if absent 35 % of the way "
     "from lo to hi for a direct action, else their middle", NULL, NULL, NULL},
    {"error_max", "1", NULL, TW_NUMBER, 0, 1e12, TW_P_OPTIONAL, "largest permitted deviation from the set point (SI)", NULL,
     NULL, NULL},
    {"missed_max", "1", NULL, TW_NUMBER, 0, 1e12, TW_P_OPTIONAL, "largest permitted deviation while the output is at a stop (SI)",
     NULL, NULL, NULL},
    {"rate_max", "1/s", NULL, TW_NUMBER, 1e-9, 1e9, TW_P_OPTIONAL, "largest change of the output per second; no limit if absent",
     NULL, NULL, NULL},
    {"T_sample", "s", NULL, TW_NUMBER, 0.01, 1e6, TW_P_OPTIONAL | TW_P_STRUCTURAL,
     "time between the samples of a digital controller; continuous if absent", NULL, NULL, NULL},
    {"T_room", "K", NULL, TW_NUMBER, 233.15, 323.15, OPT_SET, "air temperature of the room, for the dew-point guard", NULL, NULL,
     NULL},
    {"humidity", "1", NULL, TW_NUMBER, 0.01, 1, OPT_SET, "relative humidity there", NULL, NULL, NULL},
    {"dew_margin", "delta K", "2 K", TW_NUMBER, 0, 50, TW_P_TIMED, "lowest set point above the dew point",
     "estimate", NULL, NULL},
    {0}};
enum { MEASURE, OUTPUT, INTEGRAL, Y, W };
static const tw_port ports[] = {
    {"measure", TW_SIGNAL_IN, TW_R_NONE, 0, NULL, NULL, "measured value"},
    {"output", TW_SIGNAL_OUT, TW_R_NONE, 0, NULL, NULL, "to the actuator"},
    {0}};
static const tw_unknown unknowns[] = {
    {"integral", "1", true, 1, -1e9, 1e9, "integral part of the output"},
    {"y", "1", true, 1, -1e12, 1e12, "measured value after the sensor's lag"},
    {"w", "1", true, 1, -1e9, 1e9, "output"},
    {0}};
static const tw_row rows[] = {{"integrator", "1/s", 1, 1e-9}, {"sensor", "1/s", 1, 1e-9}, {"rate", "1", 1, 1e-10}, {0}};
enum { O_OUTPUT, O_MEASURE, O_SETPOINT, O_ERROR, O_ERROR_ABS, O_MISSED, O_SATURATED, O_GUARDED };
static const tw_quantity outputs[] = {
    {"output", "1", TW_Q_PLAIN, TW_L_NONE, "output"},
    {"measure", "1", TW_Q_PLAIN, TW_L_NONE, "measured value after the lag"},
    {"setpoint", "1", TW_Q_PLAIN, TW_L_NONE, "set point"},
    {"error", "1", TW_Q_PLAIN, TW_L_NONE, "measured value - set point"},
    {"error_abs", "1", TW_Q_PLAIN, TW_L_NONE, "its magnitude"},
    {"missed", "1", TW_Q_PLAIN, TW_L_NONE, "its magnitude while the output is at a stop, else 0: what control cannot mend"},
    {"saturated", "1", TW_Q_PLAIN, TW_L_NONE, "-1 at the lower stop, 1 at the upper, else 0"},
    {"guarded", "1", TW_Q_PLAIN, TW_L_NONE, "1 while the dew-point guard raises the set point"},
    {0}};
static const tw_limit limits[] = {
    {"error_abs", "error_max", TW_AT_MOST, "deviation from the set point"},
    {"missed", "missed_max", TW_AT_MOST, "set point missed: the actuator is at its stop"},
    {0}};
static const tw_stamp stamps[] = {{OUTPUT, OUTPUT}, {OUTPUT, W}, {INTEGRAL, INTEGRAL}, {INTEGRAL, Y}, {INTEGRAL, W},
                                  {Y, MEASURE},     {Y, Y},      {W, INTEGRAL},        {W, Y},        {W, W}};

static const tw_discrete discrete[] = {
    {"samples", NULL, NULL, "whether it holds its output between samples", true},
    {"held", NULL, NULL, "output that it holds", true},
    {"sum", NULL, NULL, "its integral part", true},
    {"begun", NULL, NULL, "when it began to sample [s]", true},
    {"taken", NULL, NULL, "samples since then", true},
    {0}};
enum { Z_SAMPLES, Z_HELD, Z_SUM, Z_BEGUN, Z_TAKEN, Z_COUNT };

static tw_real dew_point(tw_real T, tw_real humidity) {
  tw_real t = T - TW_ZERO_CELSIUS, g = tw_log(humidity) + 17.625 * t / (243.04 + t);
  return TW_ZERO_CELSIUS + 243.04 * g / (17.625 - g);
}

static int derive(const tw_derive *d) {
  int bad = 0;
  for (int i = 0; i < d->n; i++) {
    int given = 0;
    for (int q = P_SET; q <= P_P_SET; q++) given += !isnan(TW_RE(d->p[q][i]));
    if (given != 1)
      d->fail(d->ctx, i, P_SET, "give exactly one of setpoint, T_set, dp_set, m_dot_set, V_set, P_set"), bad = 1;
    if (TW_RE(d->p[P_LO][i]) >= TW_RE(d->p[P_HI][i])) d->fail(d->ctx, i, P_HI, "hi must be above lo"), bad = 1;
    bool room = !isnan(TW_RE(d->p[P_T_ROOM][i])), humid = !isnan(TW_RE(d->p[P_HUMIDITY][i]));
    if (room != humid) d->fail(d->ctx, i, P_HUMIDITY, "the dew-point guard needs both T_room and humidity"), bad = 1;
    else if (room && isnan(TW_RE(d->p[P_T_SET][i]))) d->fail(d->ctx, i, P_T_ROOM, "the dew-point guard needs T_set"), bad = 1;
    d->p[D_GUARD][i] = room && humid ? dew_point(d->p[P_T_ROOM][i], d->p[P_HUMIDITY][i]) + d->p[P_MARGIN][i] : 0.0;
    tw_real Kp = d->p[P_KP][i], Kaw = d->p[P_KAW][i];
    d->p[D_KAW][i] = !isnan(TW_RE(Kaw)) ? Kaw : TW_RE(Kp) > 0.0 ? d->p[P_KI][i] / Kp : 1.0;
    if (TW_RE(d->p[P_T_SAMPLE][i] * d->p[D_KAW][i]) > 1.0)
      d->fail(d->ctx, i, P_T_SAMPLE, "must be at most 1/Kaw (Kp/Ki where Kaw is absent): at a stop the integral would swing"),
          bad = 1;
  }
  return bad;
}

static tw_real setpoint(const tw_eval *e, int i) {
  int q = P_SET;
  while (q < P_P_SET && isnan(TW_RE(e->p[q][i]))) q++;
  bool raised = q == P_T_SET && TW_RE(e->p[D_GUARD][i]) > TW_RE(e->p[q][i]);
  return raised ? e->p[D_GUARD][i] : e->p[q][i];
}

/* Unlimited output, its derivative to y, and what the stops make of it. */
typedef struct { tw_real u, u_y, e, e_y; tw_vd sat; } law;

static law control(const tw_eval *e, int i) {
  double lo = TW_RE(e->p[P_LO][i]), hi = TW_RE(e->p[P_HI][i]);
  law w;
  w.e_y = TW_RE(e->p[P_ACTION][i]) < 0.5 ? 1.0 : -1.0;
  w.e = w.e_y * (e->x[Y][i] - setpoint(e, i));
  w.u = e->p[P_KP][i] * w.e + e->x[INTEGRAL][i];
  w.u_y = e->p[P_KP][i] * w.e_y;
  w.sat = tw_saturate(w.u, lo, hi, CORNER * (hi - lo));
  return w;
}

/* Time of the next sample: a multiple, since a sum of periods would drift. */
static double next_sample(const tw_eval *e, int i) {
  return e->z[Z_BEGUN][i] + (e->z[Z_TAKEN][i] + 1.0) * TW_RE(e->p[P_T_SAMPLE][i]);
}

static bool sampled(const tw_eval *e, int i) { return !isnan(TW_RE(e->p[P_T_SAMPLE][i])); }

/* Between samples: the output is held, the continuous integral rests. */
static void hold(const tw_eval *e, int i) {
  tw_real g = 1.0 / e->p[P_TAU][i];
  e->f[OUTPUT][i] = e->x[OUTPUT][i] - e->x[W][i];
  e->f[INTEGRAL][i] = e->xd[INTEGRAL][i];
  e->f[Y][i] = e->xd[Y][i] - (e->x[MEASURE][i] - e->x[Y][i]) * g;
  e->f[W][i] = e->x[W][i] - e->z[Z_HELD][i];
  if (!e->j) return;
  const double j[] = {1.0, -1.0, e->cj, 0.0, 0.0, -TW_RE(g), e->cj + TW_RE(g), 0.0, 0.0, 1.0};
  for (int k = 0; k < TW_COUNT(j); k++) e->j[k][i] = j[k];
}

/* The output's row. */
static tw_slope rate(const tw_eval *e, int i, const law *w) {
  double span = TW_RE(e->p[P_HI][i] - e->p[P_LO][i]), most = TW_RE(e->p[P_RATE][i]), step = CORNER * span;
  if (isnan(most) || sampled(e, i)) return (tw_slope){e->x[W][i] - w->sat.v, 0.0, -1.0, 0.0};
  return tw_slope_limit(e->xd[W][i] * (step / most), w->sat.v - e->x[W][i], 0.0, step, step);
}

static void eval(const tw_eval *e) {
  for (int i = 0; i < e->n; i++) {
    if (e->z[Z_SAMPLES][i] > 0.5) {
      hold(e, i);
      continue;
    }
    law w = control(e, i);
    tw_slope r = rate(e, i, &w);
    /* w = sat(u): written without w, an integral is seen as one (tw_network) */
    bool free = isnan(TW_RE(e->p[P_RATE][i])) || sampled(e, i);
    tw_real Ki = e->p[P_KI][i], Kaw = e->p[D_KAW][i], g = 1.0 / e->p[P_TAU][i], back = free ? Kaw * (w.sat.d - 1.0) : -Kaw;
    e->f[OUTPUT][i] = e->x[OUTPUT][i] - e->x[W][i];
    e->f[INTEGRAL][i] = e->xd[INTEGRAL][i] - Ki * w.e - Kaw * ((free ? w.sat.v : e->x[W][i]) - w.u);
    e->f[Y][i] = e->xd[Y][i] - (e->x[MEASURE][i] - e->x[Y][i]) * g;
    e->f[W][i] = r.f;
    if (!e->j) continue;
    double speed = free ? 0.0 : CORNER * TW_RE((e->p[P_HI][i] - e->p[P_LO][i]) / e->p[P_RATE][i]);
    const tw_real j[] = {1.0, -1.0, e->cj - back, -(Ki * w.e_y + back * w.u_y), free ? 0.0 : -Kaw, -g, e->cj + g,
                         r.u * w.sat.d, r.u * w.sat.d * w.u_y, r.s * speed * e->cj - r.u};
    for (int k = 0; k < TW_COUNT(j); k++) e->j[k][i] = TW_RE(j[k]);
  }
}

/* -1 at the lower stop, 1 at the upper, else 0: of the output that is asked for, or of the one that is held. */
static int at_stop(const tw_eval *e, int i, const law *w) {
  double lo = TW_RE(e->p[P_LO][i]), hi = TW_RE(e->p[P_HI][i]), u = TW_RE(w->u);
  if (e->z[Z_SAMPLES][i] > 0.5) u = e->z[Z_HELD][i];
  return u <= lo ? -1 : u >= hi ? 1 : 0;
}

static void observe(const tw_eval *e, tw_real *const *out) {
  for (int i = 0; i < e->n; i++) {
    law w = control(e, i);
    tw_real set = setpoint(e, i), error = e->x[Y][i] - set;
    out[O_OUTPUT][i] = e->x[W][i];
    out[O_MEASURE][i] = e->x[Y][i];
    out[O_SETPOINT][i] = set;
    out[O_ERROR][i] = error;
    out[O_ERROR_ABS][i] = TW_RE(error) < 0.0 ? -error : error;
    int stop = at_stop(e, i, &w);
    out[O_MISSED][i] = stop ? out[O_ERROR_ABS][i] : 0.0;
    out[O_GUARDED][i] = !isnan(TW_RE(e->p[P_T_SET][i])) && TW_RE(e->p[D_GUARD][i]) > TW_RE(e->p[P_T_SET][i]) ? 1.0 : 0.0;
    out[O_SATURATED][i] = stop;
  }
}

/* Takes a sample: the output until the next one, and the sum for it. */
static void sample(const tw_eval *e, int i, double *const *z) {
  law w = control(e, i);
  double T = TW_RE(e->p[P_T_SAMPLE][i]), rate = TW_RE(e->p[P_RATE][i]), step = isnan(rate) ? INFINITY : rate * T;
  double error = TW_RE(w.e), u = TW_RE(e->p[P_KP][i]) * error + z[Z_SUM][i];
  double lo = TW_RE(e->p[P_LO][i]), hi = TW_RE(e->p[P_HI][i]);
  double to = TW_RE(tw_saturate(u, lo, hi, CORNER * (hi - lo)).v);
  z[Z_HELD][i] = fmin(fmax(to, z[Z_HELD][i] - step), z[Z_HELD][i] + step);
  z[Z_SUM][i] += T * (TW_RE(e->p[P_KI][i]) * error + TW_RE(e->p[D_KAW][i]) * (z[Z_HELD][i] - u));
  z[Z_TAKEN][i] += 1.0;
}

/* A run begins with what the steady state found, and with a sample one period later. */
static void begin(const tw_eval *e, int i, double *const *z) {
  z[Z_SAMPLES][i] = 1.0;
  z[Z_HELD][i] = TW_RE(e->x[W][i]);
  z[Z_SUM][i] = TW_RE(e->x[INTEGRAL][i]);
  z[Z_BEGUN][i] = e->t;
  z[Z_TAKEN][i] = 0.0;
}

static int react(const tw_eval *e, double *const *z) {
  int changed = 0;
  for (int i = 0; i < e->n; i++) {
    bool samples = sampled(e, i) && !e->at_rest, did = z[Z_SAMPLES][i] > 0.5;
    if (!samples && !did) continue;
    if (samples && did && e->t < next_sample(e, i)) continue;
    if (!samples) z[Z_SAMPLES][i] = 0.0;
    else if (did) sample(e, i, z);
    else begin(e, i, z);
    changed++;
  }
  return changed;
}

static void alarms(const tw_eval *e, double *at) {
  for (int i = 0; i < e->n; i++)
    if (e->z[Z_SAMPLES][i] > 0.5) at[i] = next_sample(e, i);
}

static void start(const tw_start *s) {
  for (int i = 0; i < s->n; i++) {
    for (int q = 0; q < Z_COUNT; q++) s->z[q][i] = 0.0;
    int q = P_SET;
    while (q < P_P_SET && isnan(s->p[q][i])) q++;
    /* What a direct action opens, a cooling valve, does the less the further it is open: Newton's method comes from below. */
    double lo = s->p[P_LO][i], part = s->p[P_ACTION][i] < 0.5 ? 0.35 : 0.5;
    double u = isnan(s->p[P_U0][i]) ? lo + part * (s->p[P_HI][i] - lo) : s->p[P_U0][i];
    s->x[MEASURE][i] = s->x[Y][i] = q == P_T_SET ? fmax(s->p[q][i], s->p[D_GUARD][i]) : s->p[q][i];
    s->x[OUTPUT][i] = s->x[INTEGRAL][i] = s->x[W][i] = u;
  }
}

const tw_type TW_TYPE(controller) = {
    .element = "controller", .title = "PI controller", .stage = TW_STAGE_NONE,
    .doc = "PI law with limits lo..hi, back-calculation anti-windup and sensor lag (Astrom and Haegglund, PID Controllers, "
           "section 3.5). In steady state the error is zero, or the output is at a stop and the set point is missed. "
           "rate_max bounds the slope of the output. With T_sample it samples and holds its output, as a digital one. With T_room "
           "and humidity a temperature's set point is kept dew_margin above the dew point. Gains are per SI unit of the measured "
           "value; the set point is given in the unit of what is measured.",
    .use = "Holds a temperature, pressure difference or flow by moving a valve, pump or fan, in time and in steady state.",
    .validity = "Continuous time, or with T_sample the forward difference of the same law, computed without delay. Dew point by "
                "the Magnus form, room air at -40..50 degC. The stops have C1 corners of half-width 0.5 "
                "% of the span.",
    .source = "Astrom and Haegglund, PID Controllers: Theory, Design and Tuning, 2nd ed. (1995), sec. 3.5; sampling: Astrom "
              "and Wittenmark, Computer-Controlled Systems, 3rd ed. (1997), ch. 8; dew point: Alduchov and "
              "Eskridge, J. Appl. Meteor. 35 (1996) 601.",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs, .limits = limits,
    .discrete = discrete, .stamps = stamps, .n_stamps = TW_COUNT(stamps), .n_derived = N_END - N_PARAMS, .n_discrete = Z_COUNT,
    .derive = derive, .start = start, .eval = eval, .observe = observe, .react = react, .alarms = alarms};
