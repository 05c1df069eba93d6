#include "converter.h"

/* Multiphase synchronous buck regulator of a chip's core supply, averaged over the switching period, with load line (AVP).
 * Port equations: converter.h with V_out = V_set - R_LL I.  Loss of n active phases, each with I/n (Erickson and Maksimovic,
 * Fundamentals of Power Electronics, 2nd ed. (2001), sections 2.3, 3.4 and 4.3; Steinmetz, Proc. IEEE 72 (1984) 197 (reprint)):
 *   ripple      dI = V_out (1 - D) / (L f),  D = V_out/V_in
 *   conduction  (I^2/n + n dI^2/12) {[D R_hs + (1-D) R_ls] [1 + alpha (T - 25 degC)] + DCR [1 + alpha_DCR (T - 25 degC)]}
 *   switching   f [V_in I (t_r + t_f)/2 + V_f t_dead I + n (C_oss V_in^2/2 + Q_rr V_in)]
 *   magnetic    n P_core (f/f_core)^a (dI/ripple_core)^b: Steinmetz' law, the flux swing being in proportion to the ripple
 *   control     P_control + n f Q_g V_gs
 * Overlap at the mean current (ripple cancels for t_r = t_f); DCR at direct current; no load-dependent dead time.
 * Output filter, where C_out is given: the phases' inductors in parallel between the source behind the load line and C_out,
 *     (L/n) dI/dt = V_set - R_LL I - V_out,  C_out dV_out/dt = I - I_load
 * with omega_0^2 = n/(L C_out) and damping R_LL/2 sqrt(n C_out/L); without L of the first order. With f_control the current
 * follows (V_set - V_out)/R_LL through a loop of that bandwidth instead: R_LL/(2 pi f_control) in place of L/n. Both states are
 * fast (TW_FAST).
 * Or a published efficiency curve over load current, whose loss belongs to the current: L = V_curve I (1/eta(I) - 1). */

enum { P_V_NOMINAL, P_V_SET, P_R_LL, P_I_RATED, P_EFFICIENCY, P_V_CURVE, P_SHARE, P_PHASES, P_F_SW, P_R_HS, P_R_LS, P_ALPHA,
       P_L, P_DCR, P_ALPHA_DCR, P_T_R, P_T_F, P_C_OSS, P_Q_RR, P_V_F, P_T_DEAD, P_Q_G, P_V_GS, P_CORE, P_F_CORE, P_RIPPLE_CORE,
       P_CORE_F, P_CORE_B, P_CONTROL, P_MIN_PHASES, P_I_ADD, P_I_SHED, P_C_OUT, P_F_CONTROL, P_V_MIN, P_R_TH,
       P_HEAT_CAPACITY, P_STATE, P_V_IN_MIN, P_V_IN_MAX, P_T_MAX, P_STAGE, P_INDUCTOR, N_PARAMS,
       D_V_MIN = N_PARAMS, D_V_CURVE, D_RIPPLE, D_CORE, D_C_OUT, D_L_PHASE, D_L_LOOP, N_END };
#define OPT TW_P_OPTIONAL
static const tw_param params[] = {
    {"V_nominal", "V", NULL, TW_NUMBER, 0.5, 1e4, 0, "nominal input voltage", NULL, NULL, NULL},
    {"V_set", "V", NULL, TW_NUMBER, 0.05, 100, TW_P_TIMED, "output voltage at no load", NULL, NULL, NULL},
    {"R_LL", "ohm", "1 uohm", TW_NUMBER, 1e-9, 1, 0, "load line", NULL, NULL, NULL},
    {"I_rated", "A", NULL, TW_NUMBER, 1e-2, 1e5, 0, "rated output current", NULL, NULL, NULL},
    {"efficiency", "1", NULL, TW_CURVE, 0.01, 1, OPT, "efficiency over output current, in place of the parts", NULL, NULL, "A"},
    {"curve_V_out", "V", NULL, TW_NUMBER, 0.05, 100, OPT, "output voltage to which the curve belongs; V_set if absent", NULL,
     NULL, NULL},
    {"conduction_share", "1", "0 %", TW_NUMBER, 0, 1, 0, "share of the curve's loss to book as conduction", NULL, NULL, NULL},
    {"phases", "1", NULL, TW_INTEGER, 1, 128, OPT, "number of phases", NULL, NULL, NULL},
    {"f_sw", "Hz", NULL, TW_NUMBER, 1e3, 1e8, OPT, "switching frequency of one phase", NULL, NULL, NULL},
    {"R_hs", "ohm", NULL, TW_NUMBER, 0, 10, OPT, "high-side on resistance at 25 degC, per phase", NULL, NULL, NULL},
    {"R_ls", "ohm", NULL, TW_NUMBER, 0, 10, OPT, "low-side on resistance at 25 degC, per phase", NULL, NULL, NULL},
    {"alpha", "1/K", "0.004 1/K", TW_NUMBER, 0, 0.02, 0, "temperature coefficient of both on resistances", "estimate", NULL,
     NULL},
    {"L", "H", NULL, TW_NUMBER, 1e-10, 1, OPT, "inductance per phase; no ripple if absent", NULL, NULL, NULL},
    {"DCR", "ohm", "0 ohm", TW_NUMBER, 0, 10, 0, "inductor resistance at 25 degC, per phase", NULL, NULL, NULL},
    {"alpha_DCR", "1/K", "0.00385 1/K", TW_NUMBER, 0, 0.02, 0, "temperature coefficient of DCR: copper, referred to 25 degC",
     "IEC 60028: 0.00393 1/K at 20 degC", NULL, NULL},
    {"t_r", "s", "0 s", TW_NUMBER, 0, 1e-3, 0, "overlap of voltage and current at turn-on", NULL, NULL, NULL},
    {"t_f", "s", "0 s", TW_NUMBER, 0, 1e-3, 0, "overlap of voltage and current at turn-off", NULL, NULL, NULL},
    {"C_oss", "F", "0 F", TW_NUMBER, 0, 1e-3, 0, "energy-related output capacitance of both transistors, per phase", NULL, NULL,
     NULL},
    {"Q_rr", "C", "0 C", TW_NUMBER, 0, 1e-3, 0, "reverse recovery charge, per phase and cycle", NULL, NULL, NULL},
    {"V_f", "V", "0 V", TW_NUMBER, 0, 5, 0, "diode voltage in the dead time", NULL, NULL, NULL},
    {"t_dead", "s", "0 s", TW_NUMBER, 0, 1e-3, 0, "sum of both dead times of a cycle", NULL, NULL, NULL},
    {"Q_g", "C", "0 C", TW_NUMBER, 0, 1e-3, 0, "gate charge of both transistors, per phase", NULL, NULL, NULL},
    {"V_gs", "V", "5 V", TW_NUMBER, 0, 20, 0, "gate drive voltage", NULL, NULL, NULL},
    {"P_core", "W", "0 W", TW_NUMBER, 0, 1e4, 0, "core loss per phase, at f_core and ripple_core where given", NULL, NULL, NULL},
    {"f_core", "Hz", NULL, TW_NUMBER, 1e3, 1e8, OPT, "frequency to which P_core belongs; no dependence if absent", NULL, NULL,
     NULL},
    {"ripple_core", "A", NULL, TW_NUMBER, 1e-3, 1e5, OPT,
     "peak-to-peak ripple to which P_core belongs; no dependence if absent", NULL, NULL, NULL},
    {"core_exponent_f", "1", "1.5", TW_NUMBER, 0.5, 3, 0, "Steinmetz exponent of frequency", "estimate", NULL, NULL},
    {"core_exponent_B", "1", "2.5", TW_NUMBER, 1, 4, 0, "Steinmetz exponent of flux swing", "estimate", NULL, NULL},
    {"P_control", "W", "0 W", TW_NUMBER, 0, 1e4, 0, "controller and quiescent power of all", NULL, NULL, NULL},
    {"min_phases", "1", "1", TW_INTEGER, 1, 128, 0, "phases that always run", NULL, NULL, NULL},
    {"I_add", "A", NULL, TW_NUMBER, 1e-3, 1e4, OPT, "current per phase above which a phase is added; no shedding if absent",
     NULL, NULL, NULL},
    {"I_shed", "A", NULL, TW_NUMBER, 1e-3, 1e4, OPT, "a phase is shed when the others then carry less than this each", NULL,
     NULL, NULL},
    {"C_out", "F", NULL, TW_NUMBER, 0, 100, OPT, "output capacitance, with L the output filter; quasi-static if absent", NULL,
     NULL, NULL},
    {"f_control", "Hz", NULL, TW_NUMBER, 1, 1e8, OPT, "bandwidth of the current loop, with C_out; the inductors alone if absent",
     NULL, NULL, NULL},
    {"v_min", "V", NULL, TW_NUMBER, 1e-2, 1e4, OPT, "input below which the regulator gives up; half V_nominal if absent", NULL,
     NULL, NULL},
    {"R_th", "K/W", "0.1 K/W", TW_NUMBER, 1e-6, 1e4, 0, "thermal resistance from the parts to the heat port", "estimate", NULL,
     NULL},
    {"heat_capacity", "J/K", "50 J/K", TW_NUMBER, 1e-6, 1e9, 0, "heat capacity of the parts", "estimate", NULL, NULL},
    {"state", "1", "on", TW_ENUM, 0, 2, TW_P_TIMED, "off and failed: no current on either side", NULL, "on|off|failed", NULL},
    {"V_in_min", "V", NULL, TW_NUMBER, 0, 1e4, OPT, "lowest permitted input voltage", NULL, NULL, NULL},
    {"V_in_max", "V", NULL, TW_NUMBER, 0, 1e4, OPT, "highest permitted input voltage", NULL, NULL, NULL},
    {"T_max", "K", NULL, TW_NUMBER, 200, 1000, OPT, "highest permitted part temperature", NULL, NULL, NULL},
    {"stage", NULL, NULL, TW_REFERENCE, 0, 0, OPT | TW_P_STRUCTURAL,
     "part that gives the figures of each phase's transistors and driver, where not stated here", NULL, "power-stage", NULL},
    {"inductor", NULL, NULL, TW_REFERENCE, 0, 0, OPT | TW_P_STRUCTURAL,
     "part that gives the figures of each phase's inductor, where not stated here", NULL, "vrm-inductor", NULL},
    {0}};
static const tw_port ports[] = {
    {"in", TW_DC, TW_R_FEED_IN, 0, NULL, NULL, "input, against ground"},
    {"out", TW_DC, TW_R_FEED_OUT | TW_R_REFERENCE, 0, NULL, NULL, "output, against ground"},
    {"heat", TW_HEAT, TW_R_OPTIONAL, 0, NULL, NULL, "where its loss goes"},
    {0}};
static const tw_unknown unknowns[] = {
    {"I_asked", "A", TW_FAST, 100, -1e7, 1e7, "output current that the voltages ask for; negative: blocked"},
    {"T", "K", true, 300, 150, 1500, "temperature of transistors and inductors"},
    {0}};
static const tw_row rows[] = {{"output voltage", "V", 1, 1e-8}, {"heat balance", "W", 10, 1e-6}, {0}};
enum { O_CONDUCTION, O_SWITCHING, O_MAGNETIC, O_CONTROL, O_P_IN, O_P_OUT, O_I_OUT, O_V_IN, O_V_OUT, O_ETA, O_PHASES, O_I_PHASE,
       O_RIPPLE, O_T, O_MARGIN };
static const tw_quantity outputs[] = {
    {"loss_conduction", "W", TW_Q_LOSS, TW_L_CONDUCTION, "transistors and inductor copper"},
    {"loss_switching", "W", TW_Q_LOSS, TW_L_CONVERSION,
     "overlap, output charge, reverse recovery, dead time; or the curve's loss"},
    {"loss_magnetic", "W", TW_Q_LOSS, TW_L_MAGNETIC, "inductor cores"},
    {"loss_control", "W", TW_Q_LOSS, TW_L_CONTROL, "controller and gate drive"},
    {"P_in", "W", TW_Q_PLAIN, TW_L_NONE, "power taken from the input"},
    {"P_out", "W", TW_Q_PLAIN, TW_L_NONE, "power given to the output"},
    {"I_out", "A", TW_Q_PLAIN, TW_L_NONE, "output current"},
    {"v_in", "V", TW_Q_PLAIN, TW_L_NONE, "input voltage"},
    {"v_out", "V", TW_Q_PLAIN, TW_L_NONE, "output voltage"},
    {"efficiency", "1", TW_Q_PLAIN, TW_L_NONE, "P_out / (P_out + loss); 0 where it gives nothing"},
    {"active_phases", "1", TW_Q_PLAIN, TW_L_NONE, "phases that run"},
    {"I_phase", "A", TW_Q_PLAIN, TW_L_NONE, "mean current of a running phase"},
    {"ripple", "A", TW_Q_PLAIN, TW_L_NONE, "peak-to-peak ripple current of a phase"},
    {"T", "K", TW_Q_TEMPERATURE, TW_L_NONE, "temperature of transistors and inductors"},
    {"v_margin", "1", TW_Q_PLAIN, TW_L_NONE, "v_in / v_min - 1: negative when the supply has collapsed, 0 when there is none"},
    {0}};
static const tw_limit limits[] = {
    {"I_out", "I_rated", TW_AT_MOST, "rated current"},
    {"v_in", "V_in_min", TW_AT_LEAST, "input voltage window"},
    {"v_in", "V_in_max", TW_AT_MOST, "input voltage window"},
    {"T", "T_max", TW_AT_MOST, "part temperature"},
    {0}};
static const tw_discrete discrete[] = {
    {"active_phases", NULL, NULL, "phases that run; added above I_add, shed below I_shed", false}, {0}};
static const tw_stamp stamps[] = {TW_CV_STAMPS};

static int derive(const tw_derive *d) {
  static const struct { int param; const char *message; } needed[] = {
      {P_PHASES, "a regulator without efficiency curve needs phases"},
      {P_F_SW, "a regulator without efficiency curve needs f_sw"},
      {P_R_HS, "a regulator without efficiency curve needs R_hs"},
      {P_R_LS, "a regulator without efficiency curve needs R_ls"}};
  int bad = 0;
  for (int i = 0; i < d->n; i++) {
    for (int k = 0; k < TW_COUNT(needed) && !d->c[P_EFFICIENCY][i]; k++)
      if (isnan(TW_RE(d->p[needed[k].param][i]))) d->fail(d->ctx, i, needed[k].param, needed[k].message), bad = 1;
    if (d->c[P_EFFICIENCY][i] && !isnan(TW_RE(d->p[P_R_HS][i])))
      d->fail(d->ctx, i, P_EFFICIENCY, "stands in place of a power stage: give one of them"), bad = 1;
    tw_real edges = d->p[P_T_R][i] + d->p[P_T_F][i] + d->p[P_T_DEAD][i], rate = d->p[P_F_SW][i];
    if (TW_RE(edges) > 0.0 && TW_RE(edges * rate) >= 1.0)
      d->fail(d->ctx, i, P_F_SW, "t_r, t_f and t_dead of the power stage are longer than its period"), bad = 1;
    bool add = !isnan(TW_RE(d->p[P_I_ADD][i])), shed = !isnan(TW_RE(d->p[P_I_SHED][i]));
    if (add != shed) d->fail(d->ctx, i, P_I_SHED, "phase shedding needs both I_add and I_shed"), bad = 1;
    else if (add && TW_RE(d->p[P_I_SHED][i]) > 0.99 * TW_RE(d->p[P_I_ADD][i]))
      d->fail(d->ctx, i, P_I_SHED, "I_shed must be below I_add by at least 1 %: the distance is the hysteresis"), bad = 1;
    if (TW_RE(d->p[P_MIN_PHASES][i]) > TW_RE(d->p[P_PHASES][i]))
      d->fail(d->ctx, i, P_MIN_PHASES, "min_phases is more than phases"), bad = 1;
    if (!isnan(TW_RE(d->p[P_RIPPLE_CORE][i])) && isnan(TW_RE(d->p[P_L][i])))
      d->fail(d->ctx, i, P_L, "a core loss that follows the ripple needs L"), bad = 1;
    d->p[D_V_MIN][i] = tw_draw_limit(d->p[P_V_MIN][i], d->p[P_V_NOMINAL][i]);
    tw_real L = d->p[P_L][i], f = d->p[P_F_SW][i], f0 = d->p[P_F_CORE][i];
    d->p[D_RIPPLE][i] = isnan(TW_RE(L)) || isnan(TW_RE(f)) ? 0.0 : 1.0 / (L * f);
    d->p[D_CORE][i] = d->p[P_CORE][i] * (isnan(TW_RE(f0)) || isnan(TW_RE(f)) ? 1.0 : tw_pow(f / f0, d->p[P_CORE_F][i]));
    d->p[D_C_OUT][i] = isnan(TW_RE(d->p[P_C_OUT][i])) ? 0.0 : d->p[P_C_OUT][i];
    tw_real fc = d->p[P_F_CONTROL][i];
    bool filter = !isnan(TW_RE(d->p[P_C_OUT][i])), loop = !isnan(TW_RE(fc));
    d->p[D_L_PHASE][i] = !filter || loop || isnan(TW_RE(L)) ? 0.0 : L;
    d->p[D_L_LOOP][i] = filter && loop ? d->p[P_R_LL][i] / (2.0 * M_PI * fc) : 0.0;
    d->p[D_V_CURVE][i] = isnan(TW_RE(d->p[P_V_CURVE][i])) ? d->p[P_V_SET][i] : d->p[P_V_CURVE][i];
  }
  return bad;
}

/* Loss at full input by kind, and the ripple; what eval and observe share for one instance. */
typedef struct {
  tw_cv_in in;
  tw_cv_current c;
  tw_cv conduction, switching, magnetic, L, ripple;
  tw_real control;
  tw_cv_out o;
  tw_real x[TW_CV_VARS];
} state;

/* A published curve, and a core loss that follows the ripple, are for the few; `plain` promises that there is neither. */
static bool is_plain(const tw_eval *e, int i) { return !e->c[P_EFFICIENCY][i] && isnan(TW_RE(e->p[P_RIPPLE_CORE][i])); }

static TW_INLINE double in_service(const tw_eval *e, int i) { return TW_RE(e->p[P_STATE][i]) < 0.5 ? 1.0 : 0.0; }

static TW_INLINE void curve_law(const tw_eval *e, int i, state *w) {
  tw_vd I = w->c.forward, eta = tw_curve_at(e->c[P_EFFICIENCY][i], I.v);
  tw_real V = e->p[D_V_CURVE][i], share = e->p[P_SHARE][i];
  tw_real l = V * I.v * (1.0 / eta.v - 1.0), l_y = V * (1.0 / eta.v - 1.0 - I.v * eta.d / (eta.v * eta.v)) * I.d;
  w->conduction = (tw_cv){share * l, 0.0, share * l_y, 0.0};
  w->switching = (tw_cv){(1.0 - share) * l, 0.0, (1.0 - share) * l_y, 0.0};
  w->magnetic = w->ripple = (tw_cv){0.0, 0.0, 0.0, 0.0};
  w->control = 0.0;
}

/* Duty and ripple. V_out at full input; the duty stays in 0..1. */
static TW_INLINE tw_cv duty(const tw_eval *e, int i, state *w) {
  tw_draw d = tw_draw_at(w->x[TW_CV_IN], e->p[D_V_MIN][i]);
  tw_real V = e->p[P_V_SET][i] - w->c.drop, V_y = -w->c.drop_y, g = e->p[D_RIPPLE][i];
  tw_vd s = tw_saturate(V * d.h, 0.0, 1.0, 0.005);
  tw_cv D = {s.v, s.d * V * d.dh, s.d * d.h * V_y, 0.0};
  w->ripple = (tw_cv){g * V * (1.0 - D.v), -g * V * D.in, g * (V_y * (1.0 - D.v) - V * D.y), 0.0};
  return D;
}

/* Steinmetz' law in ratios; the small number keeps its slope finite at no ripple. */
static TW_INLINE void core_law(const tw_eval *e, int i, double n, bool rippled, state *w) {
  tw_real P = n * e->p[D_CORE][i], r0 = e->p[P_RIPPLE_CORE][i], b = e->p[P_CORE_B][i];
  w->magnetic = (tw_cv){P, 0.0, 0.0, 0.0};
  if (!rippled) return;
  tw_real r = w->ripple.v / r0, q = r * r + 1e-12;
  P *= tw_pow(q, 0.5 * b);
  tw_real d = P * b * r / (q * r0);
  w->magnetic = (tw_cv){P, d * w->ripple.in, d * w->ripple.y, 0.0};
}

static TW_INLINE void parts_law(const tw_eval *e, int i, double n, bool rippled, state *w) {
  tw_cv D = duty(e, i, w);
  const tw_cv *r = &w->ripple;
  tw_vd I = w->c.forward;
  tw_real dT = w->x[TW_CV_T] - (TW_ZERO_CELSIUS + 25.0), R_hs = e->p[P_R_HS][i], R_ls = e->p[P_R_LS][i];
  tw_vd ks = tw_resistance_factor(e->p[P_ALPHA][i], dT), kc = tw_resistance_factor(e->p[P_ALPHA_DCR][i], dT);
  tw_cv M = {I.v * I.v / n + n * r->v * r->v / 12.0, n * r->v * r->in / 6.0, 2.0 * I.v * I.d / n + n * r->v * r->y / 6.0, 0.0};
  tw_real step = R_hs - R_ls, Rs = R_ls + D.v * step, R = Rs * ks.v + e->p[P_DCR][i] * kc.v;
  w->conduction = (tw_cv){M.v * R, M.in * R + M.v * step * ks.v * D.in, M.y * R + M.v * step * ks.v * D.y,
                          M.v * (Rs * ks.d + e->p[P_DCR][i] * kc.d)};

  tw_real v = w->x[TW_CV_IN], sign = TW_RE(v) < 0.0 ? -1.0 : 1.0, f = e->p[P_F_SW][i]; /* |v| only where q = 0 at v = 0 */
  tw_real half = 0.5 * (e->p[P_T_R][i] + e->p[P_T_F][i]), dead = e->p[P_V_F][i] * e->p[P_T_DEAD][i];
  tw_real C = n * e->p[P_C_OSS][i], Q = n * e->p[P_Q_RR][i];
  w->switching = (tw_cv){f * (sign * v * (half * I.v + Q) + dead * I.v + 0.5 * C * v * v),
                         f * (sign * (half * I.v + Q) + C * v), f * (sign * v * half + dead) * I.d, 0.0};
  core_law(e, i, n, rippled, w);
  w->control = e->p[P_CONTROL][i] + n * f * e->p[P_Q_G][i] * e->p[P_V_GS][i];
}

/* Slope of the drop where the current is blocked, ohm. */
static TW_INLINE double block(const tw_eval *e, int i) { return TW_RE(e->p[P_V_SET][i] / e->p[P_I_RATED][i]); }

/* Currents between 0 and this are rounded, A. */
static TW_INLINE double width(const tw_eval *e, int i) { return 1e-3 * TW_RE(e->p[P_I_RATED][i]); }

static TW_INLINE tw_cv_current current_at(const tw_eval *e, int i) {
  return tw_cv_current_at(e->x[TW_CV_Y][i], e->p[P_R_LL][i], in_service(e, i), false, width(e, i), block(e, i));
}

static TW_INLINE void solve(const tw_eval *e, int i, bool plain, state *w) {
  for (int q = 0; q < TW_CV_VARS; q++) w->x[q] = e->x[q][i];
  tw_real V = e->p[P_V_SET][i];
  double s = in_service(e, i) * tw_draw_scale(e->load_scale);
  w->in = (tw_cv_in){e->xd[TW_CV_T][i], e->p[D_V_MIN][i], 0.0, V, 0.0, e->p[P_R_TH][i], e->p[P_HEAT_CAPACITY][i], e->cj};
  w->c = current_at(e, i);
  if (!plain && e->c[P_EFFICIENCY][i]) curve_law(e, i, w);
  else parts_law(e, i, e->z[0][i], !plain && !isnan(TW_RE(e->p[P_RIPPLE_CORE][i])), w);
  const tw_cv *c = &w->conduction, *k = &w->switching, *m = &w->magnetic;
  w->L = (tw_cv){s * (c->v + k->v + m->v + w->control), s * (c->in + k->in + m->in), s * (c->y + k->y + m->y), s * c->T};
  tw_cv_eval(w->x, &w->in, &w->c, &w->L, &w->o);
}

enum { Y_BY_IN = 6, Y_BY_OUT, Y_BY_Y, OUT_BY_OUT = 13 }; /* stamps of the output voltage's row; of the output's current */

/* Of the running phases in parallel, or what stands for the current loop. */
static TW_INLINE tw_real inductance(const tw_eval *e, int i) {
  return e->fast * (e->p[D_L_PHASE][i] / e->z[0][i] + e->p[D_L_LOOP][i]);
}

/* 1 where the regulator is off and has a filter: the current asked for then dies away, so that it begins at 0 when it is on. */
static TW_INLINE double dies(const tw_eval *e, int i) {
  return TW_RE(e->p[D_L_PHASE][i] + e->p[D_L_LOOP][i]) > 0.0 ? 1.0 - in_service(e, i) : 0.0;
}

static TW_INLINE void eval_one(const tw_eval *e, int i, bool plain, bool jacobian) {
  state w;
  solve(e, i, plain, &w);
  for (int q = 0; q < TW_CV_VARS; q++) e->f[q][i] = w.o.f[q];
  tw_real C = e->fast * e->p[D_C_OUT][i], L = inductance(e, i);
  e->f[TW_CV_OUT][i] = w.o.f[TW_CV_OUT] + C * e->xd[TW_CV_OUT][i];
  double off = dies(e, i), follows = 1.0 - off;
  e->f[TW_CV_Y][i] = follows * w.o.f[TW_CV_Y] - off * block(e, i) * e->x[TW_CV_Y][i] - L * e->xd[TW_CV_Y][i];
  if (!jacobian) return;
  tw_cv_stamp(&w.o, e->j, i);
  e->j[Y_BY_IN][i] *= follows;
  e->j[Y_BY_OUT][i] *= follows;
  e->j[Y_BY_Y][i] = follows * e->j[Y_BY_Y][i] - off * block(e, i) - TW_RE(L) * e->cj;
  e->j[OUT_BY_OUT][i] += TW_RE(C) * e->cj;
}

TW_WIDE static void eval(const tw_eval *e) {
  bool plain = true;
  for (int i = 0; i < e->n; i++) plain = plain && is_plain(e, i);
  if (!plain) {
    for (int i = 0; i < e->n; i++) eval_one(e, i, false, e->j != NULL);
  } else if (e->j) {
    TW_INDEPENDENT
    for (int i = 0; i < e->n; i++) eval_one(e, i, true, true);
  } else {
    TW_INDEPENDENT
    for (int i = 0; i < e->n; i++) eval_one(e, i, true, false);
  }
}

static void observe(const tw_eval *e, tw_real *const *out) {
  for (int i = 0; i < e->n; i++) {
    state w;
    solve(e, i, false, &w);
    tw_real I = w.c.I.v, v_in = w.x[TW_CV_IN], P_out = w.x[TW_CV_OUT] * I;
    tw_real s = w.o.q * in_service(e, i) * tw_draw_scale(e->load_scale);
    out[O_CONDUCTION][i] = s * w.conduction.v + (1.0 - w.o.q) * w.c.drop * I;
    out[O_SWITCHING][i] = s * w.switching.v;
    out[O_MAGNETIC][i] = s * w.magnetic.v;
    out[O_CONTROL][i] = s * w.control + w.o.bleed;
    out[O_P_IN][i] = v_in * w.o.f[TW_CV_IN];
    out[O_P_OUT][i] = P_out;
    out[O_I_OUT][i] = I;
    out[O_V_IN][i] = v_in;
    out[O_V_OUT][i] = w.x[TW_CV_OUT];
    out[O_ETA][i] = TW_RE(P_out) > 0.0 ? P_out / (P_out + w.o.loss) : 0.0;
    out[O_PHASES][i] = e->z[0][i];
    out[O_I_PHASE][i] = I / e->z[0][i];
    out[O_RIPPLE][i] = w.ripple.v;
    out[O_T][i] = w.x[TW_CV_T];
    out[O_MARGIN][i] = tw_draw_margin(v_in, e->p[D_V_MIN][i]);
  }
}

static void balance(const tw_eval *e, tw_real *const *b) {
  for (int i = 0; i < e->n; i++) {
    tw_real L = inductance(e, i);
    b[TW_B_ENERGY][i] = L * in_service(e, i) * tw_cv_linkage(e->x[TW_CV_Y][i], width(e, i));
    b[TW_B_STORED][i] = L * current_at(e, i).I.v * e->xd[TW_CV_Y][i];
    tw_store(e, b, i, TW_CV_T, e->p[P_HEAT_CAPACITY][i]);
    tw_store_square(e, b, i, TW_CV_OUT, e->fast * e->p[D_C_OUT][i]);
  }
}

/* Output current, and whether phases may be shed. */
static bool shedding(const tw_eval *e, int i, double *I) {
  state w;
  solve(e, i, false, &w);
  *I = TW_RE(w.c.I.v);
  return !isnan(TW_RE(e->p[P_I_ADD][i])) && !isnan(TW_RE(e->p[P_PHASES][i]));
}

static void events(const tw_eval *e, tw_real *const *g) {
  for (int i = 0; i < e->n; i++) {
    double I, n = e->z[0][i];
    bool may = shedding(e, i, &I);
    g[0][i] = may && n < TW_RE(e->p[P_PHASES][i]) ? I / n - TW_RE(e->p[P_I_ADD][i]) : -1.0;
    g[1][i] = may && n > TW_RE(e->p[P_MIN_PHASES][i]) ? TW_RE(e->p[P_I_SHED][i]) - I / (n - 1.0) : -1.0;
  }
}

static int react(const tw_eval *e, double *const *z) {
  const double reach = 1e-6; /* an event is located to within this share of the current */
  int changed = 0;
  for (int i = 0; i < e->n; i++) {
    double I, n = z[0][i], most = TW_RE(e->p[P_PHASES][i]), least = TW_RE(e->p[P_MIN_PHASES][i]);
    if (!shedding(e, i, &I)) continue;
    while (n < most && I / n >= (1.0 - reach) * TW_RE(e->p[P_I_ADD][i])) n += 1.0;
    while (n > least && I / (n - 1.0) <= (1.0 + reach) * TW_RE(e->p[P_I_SHED][i])) n -= 1.0;
    changed += n != z[0][i];
    z[0][i] = n;
  }
  return changed;
}

static void start(const tw_start *s) {
  for (int i = 0; i < s->n; i++) {
    s->x[TW_CV_OUT][i] = s->p[P_V_SET][i];
    s->x[TW_CV_Y][i] = 0.5 * s->p[P_I_RATED][i];
    s->x[TW_CV_T][i] = TW_ZERO_CELSIUS + 60.0;
    s->z[0][i] = isnan(s->p[P_PHASES][i]) ? 1.0 : s->p[P_PHASES][i];
  }
}

const tw_type TW_TYPE(vrm) = {
    .element = "vrm", .title = "Voltage regulator (multiphase buck)", .stage = TW_STAGE_VRM,
    .doc = "V_out = V_set - R_LL I. Loss from its parts (transistors, inductor with ripple, switching, core, gate drive, "
           "controller; Erickson and Maksimovic, Fundamentals of Power Electronics) or from an efficiency curve over output "
           "current. Phases are shed and added with hysteresis. Where C_out is given, load line, the phases' inductors and C_out "
           "set the droop after a load step.",
    .use = "The core regulator beside a chip: loss by kind over load, phases and switching frequency, and the droop after a load "
           "step.",
    .validity = "Averaged over the switching period, continuous conduction; overlap at the mean current; DCR at direct current; "
                "no load-dependent dead time. No current comes back from the output; without f_control the inductors and the "
                "load line alone damp the filter, which constant power may overcome.",
    .source = "Erickson and Maksimovic, Fundamentals of Power Electronics, 2nd ed. (2001), sec. 2.3, 3.4 and 4.3; Steinmetz, "
              "Proc. IEEE 72 (1984) 197 (reprint).",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs, .limits = limits,
    .discrete = discrete, .stamps = stamps, .n_stamps = TW_COUNT(stamps), .n_derived = N_END - N_PARAMS, .n_discrete = 1,
    .n_events = 2, .events_may_wait = true, .derive = derive, .start = start, .eval = eval, .events = events, .react = react, .observe = observe,
    .balance = balance};
