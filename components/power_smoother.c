#include "ac.h"
#include "component.h"
#include "electric.h"

/* Power smoothing on a DC bus: a store beside the line that holds the slope of the power taken from the source side within a
 * ramp limit, brings its state of charge back, and burns what it cannot store. The voltage passes unchanged.
 *
 * With p_out = v i_out, the power P that is to be taken, and q = P - p_out asked of the store:
 *   store      p_s = sat(c(soc) max(q, 0) - a(soc) max(-q, 0), +-P_rated): a falls to 0 in the last 2 % before empty, c in the
 *              last 2 % before full
 *   burn       p_b = min(max(q - p_s, 0), P_burn)
 *   taken      p_in = p_out + p_s + p_b; it is P unless the store is at an end or its power limit: then the ramp is missed
 *   command    tau dP/dt = max(p_out + L + r(E), 0) - P between -tau ramp_down and tau ramp_up, and p_in - P on top: it starts
 *              again from what is taken when the ramp was missed
 *   restoring  r(E) = (soc_set C - E) / tau_restore, not above P_restore either way
 *   energy     dE/dt = p_s - L,  L = P_rated (loss_a + loss_b x + loss_c x^2), x = |p_s| / P_rated
 * A deviation D of the stored energy thus decays as exp(-t / tau_restore) once D < P_restore tau_restore; that it does so
 * without overshoot needs P_restore <= ramp tau_restore, the slope of P on the way (checked). tau is short beside both.
 * Below v_min all powers of the branch fade as in electric.h, so that nothing is invented on a dead bus. */

enum { P_CAPACITY, P_RATED, P_UP, P_DOWN, P_BURN, P_SOC, P_SOC_SET, P_T_RESTORE, P_RESTORE, P_TAU, P_A, P_B, P_C, P_V_NOMINAL,
       P_V_MIN, P_MISSED, N_PARAMS, D_V_MIN = N_PARAMS, D_E_SET, D_RESTORE, N_END };
static const tw_param params[] = {
    {"capacity", "J", NULL, TW_NUMBER, 1e-3, 1e12, 0, "usable energy of the store between empty and full", NULL, NULL, NULL},
    {"P_rated", "W", NULL, TW_NUMBER, 1, 1e9, 0, "largest power into or out of the store", NULL, NULL, NULL},
    {"ramp_up", "W/s", NULL, TW_NUMBER, 1e-3, 1e12, TW_P_TIMED, "largest rise of the power taken, per second", NULL, NULL, NULL},
    {"ramp_down", "W/s", NULL, TW_NUMBER, 1e-3, 1e12, TW_P_TIMED, "largest fall of the power taken, per second", NULL, NULL,
     NULL},
    {"P_burn", "W", "0 W", TW_NUMBER, 0, 1e9, TW_P_TIMED, "largest power burnt when the store is full and the load falls", NULL,
     NULL, NULL},
    {"soc", "1", "50 %", TW_NUMBER, 0, 1, 0, "state of charge at the start", NULL, NULL, NULL},
    {"soc_set", "1", NULL, TW_NUMBER, 0.02, 0.98, TW_P_OPTIONAL, "state of charge that it returns to; soc if absent", NULL, NULL,
     NULL},
    {"tau_restore", "s", NULL, TW_NUMBER, 1e-3, 1e7, 0, "time constant of the return to soc_set", NULL, NULL, NULL},
    {"P_restore", "W", NULL, TW_NUMBER, 1e-3, 1e9, TW_P_OPTIONAL,
     "largest power for it; the smaller ramp times tau_restore if absent", NULL, NULL, NULL},
    {"tau", "s", "10 ms", TW_NUMBER, 1e-6, 1e3, 0, "time constant of its control inside the ramp limits", "estimate", NULL, NULL},
    {"loss_a", "1", "0", TW_NUMBER, 0, 1, 0, "standby loss / P_rated", NULL, NULL, NULL},
    {"loss_b", "1", "0", TW_NUMBER, 0, 1, 0, "loss in proportion to the store's power / P_rated, at P_rated", NULL, NULL, NULL},
    {"loss_c", "1", "0", TW_NUMBER, 0, 1, 0, "loss in proportion to its square / P_rated, at P_rated", NULL, NULL, NULL},
    {"V_nominal", "V", NULL, TW_NUMBER, 0.05, 1e6, TW_P_OPTIONAL, "nominal bus voltage", NULL, NULL, NULL},
    {"v_min", "V", NULL, TW_NUMBER, 1e-2, 1e6, TW_P_OPTIONAL,
     "voltage below which its powers fade; half V_nominal if absent", NULL, NULL, NULL},
    {"missed_max", "1", "2 %", TW_NUMBER, 0, 100, 0, "permitted miss of the power to be taken, over P_rated", NULL, NULL, NULL},
    {0}};
enum { IN, OUT, HEAT, I_OUT, P, E };
static const tw_port ports[] = {
    {"in", TW_DC, TW_R_FEED_IN, 0, NULL, NULL, "source side, smoothed, against ground"},
    {"out", TW_DC, TW_R_FEED_OUT, 0, NULL, NULL, "load side, against ground"},
    {"heat", TW_HEAT, TW_R_OPTIONAL, 0, NULL, NULL, "where its loss and what it burns go"},
    {0}};
static const tw_unknown unknowns[] = {
    {"i_out", "A", false, 100, -1e7, 1e7, "current to the load"},
    {"P", "W", true, 1e4, -1e10, 1e10, "power that is to be taken"},
    {"E", "J", TW_STOCK, 1e3, -1e12, 1e13, "stored energy"},
    {0}};
static const tw_row rows[] = {{"voltage", "V", 50, 1e-9}, {"command", "W", 1e4, 1e-5}, {"energy", "W", 1e4, 1e-5}, {0}};
enum { O_LOSS, O_BURN, O_P_IN, O_P_OUT, O_P_STORE, O_COMMAND, O_RAMP, O_MISSED, O_SOC, O_ENERGY, O_RATE, O_TIME, O_V };
static const tw_quantity outputs[] = {
    {"loss_store", "W", TW_Q_LOSS, TW_L_CONVERSION, "loss of the store and its converter"},
    {"loss_burn", "W", TW_Q_LOSS, TW_L_CONDUCTION, "burnt to hold the ramp"},
    {"P_in", "W", TW_Q_PLAIN, TW_L_NONE, "power taken from the source side"},
    {"P_out", "W", TW_Q_PLAIN, TW_L_NONE, "power of the load side"},
    {"P_store", "W", TW_Q_PLAIN, TW_L_NONE, "power into the store with its loss, negative when it gives"},
    {"P_command", "W", TW_Q_PLAIN, TW_L_NONE, "power that is to be taken"},
    {"ramp", "W/s", TW_Q_PLAIN, TW_L_NONE, "its slope"},
    {"missed", "1", TW_Q_PLAIN, TW_L_NONE, "|P_in - P_command| / P_rated: the store is at an end or too weak"},
    {"soc", "1", TW_Q_PLAIN, TW_L_NONE, "state of charge"},
    {"energy", "J", TW_Q_PLAIN, TW_L_NONE, "stored energy"},
    {"rate", "W", TW_Q_PLAIN, TW_L_NONE, "net rate of the stored energy, negative when it is used up"},
    {"time_left", "s", TW_Q_PLAIN, TW_L_NONE, "until soc_set, or an end beyond it, at this rate; 1e9 s when it stands still"},
    {"v", "V", TW_Q_PLAIN, TW_L_NONE, "bus voltage"},
    {0}};
static const tw_limit limits[] = {{"missed", "missed_max", TW_AT_MOST, "smoothing lost"}, {0}};
static const tw_stamp stamps[] = {
    {IN, IN},    {IN, OUT},   {IN, I_OUT}, {IN, P},   {IN, E},  {OUT, I_OUT}, {HEAT, IN}, {HEAT, OUT}, {HEAT, I_OUT},
    {HEAT, P},   {HEAT, E},   {I_OUT, IN}, {I_OUT, OUT}, {P, OUT}, {P, I_OUT},   {P, P},     {P, E},      {E, IN},
    {E, OUT},    {E, I_OUT},  {E, P},      {E, E}};

#define WINDOW 0.02 /* share of the capacity at either end over which the store closes */

static int derive(const tw_derive *d) {
  int bad = 0;
  for (int i = 0; i < d->n; i++) {
    double up = TW_RE(d->p[P_UP][i]), down = TW_RE(d->p[P_DOWN][i]);
    tw_real slower = up < down ? d->p[P_UP][i] : d->p[P_DOWN][i], most = slower * d->p[P_T_RESTORE][i];
    tw_real set = isnan(TW_RE(d->p[P_SOC_SET][i])) ? d->p[P_SOC][i] : d->p[P_SOC_SET][i], given = d->p[P_RESTORE][i];
    const char *wrong = NULL;
    int param = -1;
    d->p[D_V_MIN][i] = tw_draw_limit(d->p[P_V_MIN][i], d->p[P_V_NOMINAL][i]);
    d->p[D_E_SET][i] = set * d->p[P_CAPACITY][i];
    d->p[D_RESTORE][i] = isnan(TW_RE(given)) ? most : given;
    if (isnan(TW_RE(d->p[D_V_MIN][i]))) wrong = "give V_nominal or v_min", param = P_V_NOMINAL;
    else if (TW_RE(set) < WINDOW || TW_RE(set) > 1.0 - WINDOW)
      wrong = "must be within 2 % and 98 %: a store at its end cannot smooth", param = P_SOC_SET;
    else if (TW_RE(given) > TW_RE(most) * (1.0 + 1e-9))
      wrong = "must not be above the smaller ramp times tau_restore: the store would overshoot", param = P_RESTORE;
    else if (TW_RE(d->p[P_TAU][i]) > 0.25 * TW_RE(d->p[P_T_RESTORE][i]))
      wrong = "must not be above a quarter of tau_restore: the two would swing", param = P_TAU;
    if (wrong) d->fail(d->ctx, i, param, wrong), bad = 1;
  }
  return bad;
}

/* Powers at a full bus, with derivatives to q and E. */
typedef struct { tw_real v, q, E; } power;
typedef struct { power store, burn, loss; tw_real asked; tw_vd restore; } flows;

static power store_power(const tw_eval *e, int i, tw_real q) {
  tw_real C = e->p[P_CAPACITY][i], soc = e->x[E][i] / C;
  double Pr = TW_RE(e->p[P_RATED][i]);
  tw_vd open = tw_step(soc - 0.5 * WINDOW, 0.5 * WINDOW), shut = tw_step(soc - (1.0 - 0.5 * WINDOW), 0.5 * WINDOW);
  tw_vd in = tw_ramp(q, 1e-4 * Pr), out = tw_ramp(-q, 1e-4 * Pr);
  tw_vd s = tw_saturate((1.0 - shut.v) * in.v - open.v * out.v, -Pr, Pr, 5e-3 * Pr);
  return (power){s.v, s.d * ((1.0 - shut.v) * in.d + open.v * out.d), s.d * (-shut.d * in.v - open.d * out.v) / C};
}

static power burnt_power(const tw_eval *e, int i, tw_real q, const power *store) {
  double most = TW_RE(e->p[P_BURN][i]);
  if (!(most > 0.0)) return (power){0.0, 0.0, 0.0};
  tw_vd left = tw_one_way(q - store->v, 1e-4 * TW_RE(e->p[P_RATED][i])), b = tw_min_smooth(left.v, e->p[P_BURN][i], 0.01 * most);
  tw_real slope = left.d * b.d;
  return (power){b.v, slope * (1.0 - store->q), -slope * store->E};
}

static power loss_power(const tw_eval *e, int i, const power *store) {
  tw_real Pr = e->p[P_RATED][i], x = store->v / Pr, a = e->p[P_A][i];
  tw_loss_law law = {NULL, 0.0, e->p[P_B][i], e->p[P_C][i], 0.0, 0.0, 0.0, 0.0};
  tw_loss_value in = tw_loss_at(&law, x), out = tw_loss_at(&law, -x);
  tw_real slope = in.x - out.x;
  return (power){Pr * (tw_draw_scale(e->load_scale) * a + in.v + out.v), slope * store->q, slope * store->E};
}

static flows at(const tw_eval *e, int i) {
  flows w;
  double most = TW_RE(e->p[D_RESTORE][i]);
  tw_real T = e->p[P_T_RESTORE][i];
  w.asked = e->x[P][i] - e->x[OUT][i] * e->x[I_OUT][i];
  w.store = store_power(e, i, w.asked);
  w.burn = burnt_power(e, i, w.asked, &w.store);
  w.loss = loss_power(e, i, &w.store);
  w.restore = tw_saturate((e->p[D_E_SET][i] - e->x[E][i]) / T, -most, most, 0.01 * most);
  w.restore.d *= -1.0 / T;
  return w;
}

/* What the source side is to be asked for without ramp limits, less P. */
static tw_vd wanted(const tw_eval *e, int i, const flows *w) {
  tw_real all = e->x[P][i] - w->asked + w->loss.v + w->restore.v;
  tw_vd t = tw_one_way(all, 1e-4 * TW_RE(e->p[P_RATED][i]));
  return (tw_vd){t.v - e->x[P][i], t.d};
}

static tw_slope command(const tw_eval *e, int i, const flows *w, tw_real u) {
  double tau = TW_RE(e->p[P_TAU][i]);
  return tw_slope_limit(tau * e->xd[P][i], u, w->store.v + w->burn.v - w->asked, tau * TW_RE(e->p[P_UP][i]),
                        tau * TW_RE(e->p[P_DOWN][i]));
}

static void jacobian(const tw_eval *e, int i, const flows *w, const tw_draw *d, tw_vd u, const tw_slope *c) {
  tw_real to[3] = {-e->x[I_OUT][i], -e->x[OUT][i], 1.0}; /* of q to the output voltage, i_out and P */
  power sum = {w->store.v + w->burn.v, w->store.q + w->burn.q, w->store.E + w->burn.E};
  power heat = {w->loss.v + w->burn.v, w->loss.q + w->burn.q, w->loss.E + w->burn.E};
  power net = {w->store.v - w->loss.v, w->store.q - w->loss.q, w->store.E - w->loss.E};
  tw_real to_q = c->u * u.d * (w->loss.q - 1.0) + c->also * (sum.q - 1.0), to_P = to_q + c->u * (u.d - 1.0);
  tw_real to_E = c->u * u.d * (w->loss.E + w->restore.d) + c->also * sum.E;
  const tw_real j[] = {
      sum.v * d->dh, sum.q * to[0] * d->h, 1.0 + sum.q * to[1] * d->h, sum.q * d->h, sum.E * d->h, -1.0,
      -heat.v * d->dq, -heat.q * to[0] * d->q, -heat.q * to[1] * d->q, -heat.q * d->q, -heat.E * d->q, 1.0, -1.0,
      to_q * to[0], to_q * to[1], c->s * e->p[P_TAU][i] * e->cj + to_P, to_E,
      -net.v * d->dq, -net.q * to[0] * d->q, -net.q * to[1] * d->q, -net.q * d->q, e->cj - net.E * d->q};
  for (int k = 0; k < TW_COUNT(j); k++) e->j[k][i] = TW_RE(j[k]);
}

static void eval(const tw_eval *e) {
  for (int i = 0; i < e->n; i++) {
    flows w = at(e, i);
    tw_draw d = tw_draw_at(e->x[IN][i], e->p[D_V_MIN][i]);
    tw_vd u = wanted(e, i, &w);
    tw_slope c = command(e, i, &w, u.v);
    e->f[IN][i] = e->x[I_OUT][i] + (w.store.v + w.burn.v) * d.h;
    e->f[OUT][i] = -e->x[I_OUT][i];
    e->f[HEAT][i] = -(w.loss.v + w.burn.v) * d.q;
    e->f[I_OUT][i] = e->x[IN][i] - e->x[OUT][i];
    e->f[P][i] = c.f;
    e->f[E][i] = e->xd[E][i] - (w.store.v - w.loss.v) * d.q;
    if (e->j) jacobian(e, i, &w, &d, u, &c);
  }
}

/* Energy to go to soc_set, or to the end beyond it, at the rate given; 1e9 s when it stands still. */
static tw_real time_left(const tw_eval *e, int i, tw_real rate) {
  tw_real E0 = e->p[D_E_SET][i], C = e->p[P_CAPACITY][i], now = e->x[E][i], end;
  if (TW_RE(rate) < 0.0) end = TW_RE(now) > TW_RE(E0) ? E0 : 0.0;
  else end = TW_RE(now) < TW_RE(E0) ? E0 : C;
  bool still = fabs(TW_RE(rate)) < 1e-9 * TW_RE(e->p[P_RATED][i]) || fabs(TW_RE(rate)) * 1e9 <= fabs(TW_RE(end - now));
  return still ? 1e9 : (end - now) / rate;
}

static void observe(const tw_eval *e, tw_real *const *out) {
  for (int i = 0; i < e->n; i++) {
    flows w = at(e, i);
    tw_real q = tw_draw_at(e->x[IN][i], e->p[D_V_MIN][i]).q, P_out = e->x[OUT][i] * e->x[I_OUT][i];
    double tau = TW_RE(e->p[P_TAU][i]), up = tau * TW_RE(e->p[P_UP][i]), down = tau * TW_RE(e->p[P_DOWN][i]);
    tw_real off = w.asked - w.store.v - w.burn.v;
    out[O_LOSS][i] = w.loss.v * q;
    out[O_BURN][i] = w.burn.v * q;
    out[O_P_IN][i] = P_out + (w.store.v + w.burn.v) * q;
    out[O_P_OUT][i] = P_out;
    out[O_P_STORE][i] = w.store.v * q;
    out[O_COMMAND][i] = e->x[P][i];
    out[O_RAMP][i] = (tw_saturate(wanted(e, i, &w).v, -down, up, 1e-3 * (up < down ? up : down)).v - off) / tau;
    out[O_MISSED][i] = (TW_RE(off) < 0.0 ? -off : off) / e->p[P_RATED][i];
    out[O_SOC][i] = e->x[E][i] / e->p[P_CAPACITY][i];
    out[O_ENERGY][i] = e->x[E][i];
    out[O_RATE][i] = (w.store.v - w.loss.v) * q;
    out[O_TIME][i] = time_left(e, i, out[O_RATE][i]);
    out[O_V][i] = e->x[OUT][i];
  }
}

static void balance(const tw_eval *e, tw_real *const *b) {
  for (int i = 0; i < e->n; i++) tw_store(e, b, i, E, 1.0);
}

static void start(const tw_start *s) {
  for (int i = 0; i < s->n; i++) {
    double V = s->p[P_V_NOMINAL][i];
    s->x[I_OUT][i] = s->x[P][i] = 0.0;
    s->x[IN][i] = s->x[OUT][i] = V;
    s->x[E][i] = s->p[P_SOC][i] * s->p[P_CAPACITY][i];
  }
}

const tw_type TW_TYPE(power_smoother) = {
    .element = "power-smoother", .title = "Power smoothing with a store", .stage = TW_STAGE_STORAGE,
    .doc = "The power taken from the source side follows that of the load side, but not faster than ramp_up and ramp_down; a "
           "store takes the difference, and is brought back to soc_set with tau_restore and at most P_restore. When it is full "
           "and the load falls, up to P_burn is burnt. When it is empty, full or at P_rated, the ramp is missed, and `missed` "
           "says by how much. Loss P_rated (loss_a + loss_b x + loss_c x^2). The stored energy is a stock.",
    .use = "What a synchronised training load looks like to the grid: how much storage holds which ramp, and what is burnt.",
    .validity = "Slopes above the switching period; the voltage of the store is not followed, its power limit is the same at "
                "every state of charge. It does not carry the load through a lost feed: give a bbu or a capacitor for that.",
    .source = "NVIDIA, How New GB300 NVL72 Features Provide Steady Power for AI (2025): storage, ramp caps, burn at the end; "
              "NVML API reference, power smoothing profile: ramp-up and ramp-down rates in W/s. Energy balance; the law of the "
              "return to soc_set is an assumption.",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs, .limits = limits,
    .stamps = stamps, .n_stamps = TW_COUNT(stamps), .n_derived = N_END - N_PARAMS,
    .derive = derive, .start = start, .eval = eval, .observe = observe, .balance = balance};
