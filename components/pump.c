#include "ac.h"
#include "pump_curve.h"

/* Centrifugal pump with motor and drive.
 * Head: dp_curve, or dp0 + dp1 Q + dp2 Q|Q|, at full speed; affinity laws with the speed n (pump_curve.h). A standing pump is the
 *   resistance of its curve's curvature; against backflow it is the same resistance, put a check-valve beside parallel pumps.
 * Power: P_curve (electric, at full speed) scaled by n^3, or Q dp / (eta_pump eta_motor eta_drive); both and the head scale with
 *   density / density_curve where that is given. Motor and drive keep their efficiency at part load.
 * Speed: on, a first-order lag behind the command (drive); off or failed, the rotor runs down against a torque ~ n^2 and a
 *   bearing friction of 5 %: tau_c dn/dt = -n (|n| + 0.05), n halves about tau_c after the trip. tau_c = J omega^2 / P_shaft.
 * Supply: constant power (ac.h) above v_min; below, the drive slows down and takes what the voltage allows.
 * Heat: wet motor (canned rotor): all electric power goes into the coolant; dry: shaft power into the coolant, the loss of motor
 *   and drive to the heat port. All electric power is booked as pumping loss. */
enum {
  P_HEAD, P_ETA = P_HEAD + TW_PUMP_PARAM_N, P_CURVE, P_ETAM, P_ETAD, P_RHO, P_SPEED, P_STATE, P_MOTOR, P_TAU, P_COAST, P_VOLTAGE,
  P_VMIN, P_PF, P_PHASES, P_VOLUME, P_UA, P_GAX, P_FLOWMAX, P_FLOWMIN, P_PIN, P_PMAX, P_MEDIUM, N_P,
  D_U0 = N_P, D_TANPHI, D_SCALE, D_CAPACITY, N_D
};
static const tw_param params[] = {TW_PUMP_PARAMS("pressure rise at zero flow and full speed, instead of dp_curve"),
    {"efficiency", "1", NULL, TW_CURVE, 0.01, 1, TW_P_OPTIONAL, "hydraulic over shaft power, over volume flow at full speed",
        NULL, NULL, "m3/s"},
    {"P_curve", "W", NULL, TW_CURVE, 1e-3, 1e7, TW_P_OPTIONAL,
        "electric power over volume flow at full speed, instead of efficiency", NULL, NULL, "m3/s"},
    {"motor_efficiency", "1", "0.9", TW_NUMBER, 0.05, 1, 0, "shaft over motor power", "estimate: IE3/IE4 motor of a few kW", NULL,
        NULL},
    {"drive_efficiency", "1", "0.97", TW_NUMBER, 0.05, 1, 0, "motor over electric power", "estimate: variable-speed drive", NULL,
        NULL},
    {"density_curve", "kg/m3", NULL, TW_NUMBER, 1, 5000, TW_P_OPTIONAL,
        "density at which the curves hold; default that of the coolant", NULL, NULL, NULL},
    {"speed", "1", "1", TW_NUMBER, 0, 1.2, TW_P_TIMED, "speed asked for relative to full, where no signal gives it", NULL, NULL,
        NULL},
    {"state", "1", "on", TW_ENUM, 0, 2, TW_P_TIMED, "running, switched off, or failed (no torque)", NULL, "off|on|failed", NULL},
    {"motor", "1", "dry", TW_ENUM, 0, 1, 0, "where the loss of motor and drive goes: heat port or coolant", NULL, "dry|wet",
        NULL},
    {"ramp_time", "s", "1 s", TW_NUMBER, 1e-3, 1e3, 0, "time constant of the speed behind its command", NULL, NULL, NULL},
    {"coast_time", "s", "2 s", TW_NUMBER, 1e-3, 1e3, 0, "J omega^2 / P_shaft: run-down after a trip", NULL, NULL, NULL},
    {"voltage", "V", "400 V", TW_NUMBER, 1, 1e5, 0, "nominal voltage, line-to-line", NULL, NULL, NULL},
    {"v_min", "V", NULL, TW_NUMBER, 1e-2, 1e5, TW_P_OPTIONAL,
        "line-to-line voltage below which constant power is given up; half the nominal voltage when absent", NULL, NULL, NULL},
    {"power_factor", "1", "0.95", TW_NUMBER, 0.05, 1, 0, "active over apparent power, lagging",
        "estimate: drive with line reactor", NULL, NULL},
    TW_PARAM_PHASES, {"volume", "m3", "0 m3", TW_NUMBER, 0, 10, 0, "coolant inside", NULL, NULL, NULL},
    {"UA", "W/K", "1 W/K", TW_NUMBER, 0, 1e4, 0, "conductance from the coolant through the casing to the heat port",
        "estimate: 0.1 m2 of casing in still air", NULL, NULL},
    TW_PARAM_G_AXIAL, TW_PARAM_LIMIT("flow_max", "m3/s", 0, 100, "largest flow"),
    TW_PARAM_LIMIT("flow_min", "m3/s", 0, 100, "smallest continuous flow at full speed, proportional to speed"),
    TW_PARAM_LIMIT("p_in_min", "Pa", 0, 1e8, "smallest inlet pressure, absolute (vapour pressure and required NPSH)"),
    TW_PARAM_LIMIT("P_rated", "W", 0, 1e8, "largest electric power"), TW_PARAM_MEDIUM, {0}};
enum { PA, TA, PB, TB, VR, VI, HEAT, U, M, N };
static const tw_port ports[] = {
    TW_PORT_IN(1), TW_PORT_OUT(1),
    {"power", TW_AC, TW_R_FEED_IN, 0, NULL, NULL, "electric supply"},
    {"heat", TW_HEAT, TW_R_OPTIONAL, 0, NULL, NULL, "surroundings of casing, motor and drive"},
    {"speed", TW_SIGNAL_IN, TW_R_OPTIONAL, 0, NULL, "speed", "speed asked for, relative to full"},
    {0}};
static const tw_unknown unknowns[] = {
    TW_UNKNOWN_M_DOT(false), {"speed", "1", true, 1, -0.01, 1.25, "speed relative to full"}, {0}};
static const tw_row rows[] = {TW_ROW_DP, {"speed", "1", 1, 1e-9}, {0}};
enum { O_POWER, O_RISE, O_M, O_FLOW, O_SPEED, O_WORK, O_ETA, O_V, O_I, O_MARGIN, O_RUNNING, O_PIN, O_TOUT };
static const tw_quantity outputs[] = {
    {"power", "W", TW_Q_LOSS, TW_L_PUMPING, "electric power taken"},
    {"dp", "Pa", TW_Q_PLAIN, TW_L_NONE, "pressure rise"},
    {"m_dot", "kg/s", TW_Q_PLAIN, TW_L_NONE, "mass flow from a to b"},
    {"flow", "m3/s", TW_Q_PLAIN, TW_L_NONE, "volume flow at the inside temperature"},
    {"speed", "1", TW_Q_PLAIN, TW_L_NONE, "speed relative to full"},
    {"work", "W", TW_Q_PLAIN, TW_L_NONE, "hydraulic power Q dp"},
    {"efficiency", "1", TW_Q_PLAIN, TW_L_NONE, "hydraulic over electric power; 0 where it does not pump"},
    {"v", "V", TW_Q_PLAIN, TW_L_NONE, "line-to-line voltage"},
    {"i", "A", TW_Q_PLAIN, TW_L_NONE, "line current, rms"},
    {"v_margin", "1", TW_Q_PLAIN, TW_L_NONE, "v / v_min - 1: negative when constant power is given up, 0 on a dead feed"},
    {"flow_full_speed", "m3/s", TW_Q_PLAIN, TW_L_NONE, "flow over speed; while it stands, the end of its curve"},
    {"p_in", "Pa", TW_Q_PLAIN, TW_L_NONE, "inlet pressure, absolute"},
    {"T_out", "K", TW_Q_TEMPERATURE, TW_L_NONE, "outlet temperature"},
    {0}};
static const tw_limit limits[] = {
    {"flow", "flow_max", TW_AT_MOST, "flow of the pump"},
    {"flow_full_speed", "flow_min", TW_AT_LEAST, "minimum flow of the pump"},
    {"p_in", "p_in_min", TW_AT_LEAST, "inlet pressure (NPSH)"},
    {"power", "P_rated", TW_AT_MOST, "electric power of the pump"},
    {0}};
#define POWER_STAMPS(r) {r, TA}, {r, TB}, {r, VR}, {r, VI}, {r, M}, {r, N}
static const tw_stamp stamps[] = {
    TW_STREAM_STAMPS(M), TW_MOMENTUM_STAMPS(M), {M, N}, {TA, HEAT}, {TB, VR}, {TB, VI}, {TB, N}, {TB, HEAT},
    POWER_STAMPS(VR), POWER_STAMPS(VI), POWER_STAMPS(HEAT), {HEAT, HEAT}, {N, VR}, {N, VI}, {N, U}, {N, N}};
enum { J_ROW = TW_STREAM_N_STAMPS, J_MN = J_ROW + 5, J_AH, J_BVR, J_BVI, J_BN, J_BH, J_VR, J_VI = J_VR + 6, J_HEAT = J_VI + 6,
       J_HH = J_HEAT + 6, J_NVR, J_NVI, J_NU, J_NN };

#define CORNER 1e-4    /* the speed asked for is held within -CORNER .. 1.2 + CORNER, exact between 0 and 1.2 */
#define BEARING 0.05   /* friction torque of the run-down, over the torque at full speed */

static int derive(const tw_derive *d) {
  for (int i = 0; i < d->n; i++) {
    const tw_medium *c = d->m[0][i];
    if (tw_pump_check(d, i, P_HEAD, true)) return 1;
    if ((d->c[P_ETA][i] != NULL) == (d->c[P_CURVE][i] != NULL)) {
      d->fail(d->ctx, i, P_ETA, "give exactly one of efficiency and P_curve");
      return 1;
    }
    tw_real pf = d->p[P_PF][i], v = isnan(TW_RE(d->p[P_VMIN][i])) ? 0.5 * d->p[P_VOLTAGE][i] : d->p[P_VMIN][i];
    v *= tw_ac_neutral(d->p[P_PHASES][i]);
    d->p[D_U0][i] = v * v;
    d->p[D_TANPHI][i] = TW_RE(pf) >= 1.0 ? 0.0 : tw_sqrt(1.0 - pf * pf) / pf;
    d->p[D_SCALE][i] = tw_pump_scale(d->c[P_HEAD][i], d->p[P_HEAD + TW_PUMP_DP0][i], d->p[P_HEAD + TW_PUMP_DP2][i]);
    d->p[D_CAPACITY][i] = d->p[P_VOLUME][i] * c->rho_ref * c->cp_ref;
  }
  return tw_ac_check_phases(d, P_PHASES);
}

static void start(const tw_start *s) {
  for (int i = 0; i < s->n; i++) {
    double n = s->p[P_STATE][i] == 1.0 ? s->p[P_SPEED][i] : 0.0;
    double q = TW_RE(tw_pump_scale(s->c[P_HEAD][i], s->p[P_HEAD + TW_PUMP_DP0][i], s->p[P_HEAD + TW_PUMP_DP2][i]));
    s->x[M][i] = 0.5 * n * q * s->m[0][i]->rho_ref;
    s->x[N][i] = n;
  }
}

/* What the hydraulics ask for: pressure rise, and electric power at full voltage; derivatives to T_a (= to T_b), m and n. */
typedef struct { tw_real v, d_T, d_m, d_n; } sensed;
typedef struct { tw_inside c; tw_real Q; sensed rise, power; } duty;

/* y(Q, n) of the curves, for the coolant's density. */
static sensed refer(tw_affine y, tw_real Q, tw_vd rho, tw_real rho_curve) {
  bool scaled = !isnan(TW_RE(rho_curve));
  tw_real k = scaled ? rho.v / rho_curve : 1.0, dk = scaled ? rho.d / rho_curve : 0.0;
  return (sensed){k * y.v, dk * y.v - k * y.d_Q * Q * rho.d / rho.v, k * y.d_Q / rho.v, k * y.d_n};
}

static duty demand(const tw_eval *e, int i) {
  tw_inside c = tw_flow_inside(e->m[0][i], e->x[TA][i], e->x[TB][i]);
  tw_real Q = e->x[M][i] / c.rho.v, n = e->x[N][i], eta = e->p[P_ETAM][i] * e->p[P_ETAD][i], scale = e->p[D_SCALE][i];
  tw_affine rise = tw_pump_rise(e, i, P_HEAD, Q, n), power;
  tw_vd speed = tw_pump_speed(n);
  if (e->c[P_CURVE][i]) {
    power = tw_pump_power_curve(e->c[P_CURVE][i], Q, speed.v);
  } else {
    tw_real top = tw_pump_rise(e, i, P_HEAD, 0.0, 1.0).v;
    tw_affine at = {rise.v, rise.d_Q, TW_RE(speed.d) > 0.0 ? rise.d_n / speed.d : 0.0};
    power = tw_pump_power_efficiency(e->c[P_ETA][i], at, Q, speed.v, 1e-3 * scale, 1e-3 * top);
    power = (tw_affine){power.v / eta, power.d_Q / eta, power.d_n / eta};
  }
  power.d_n *= speed.d;
  tw_real rc = e->p[P_RHO][i];
  return (duty){c, Q, refer(rise, Q, c.rho, rc), refer(power, Q, c.rho, rc)};
}

static tw_real into_coolant(const tw_eval *e, int i) {
  return TW_RE(e->p[P_MOTOR][i]) > 0.5 ? 1.0 : e->p[P_ETAM][i] * e->p[P_ETAD][i];
}

/* Speed row; share of the power that the voltage gives, and its derivative to |v|^2. */
static void speed_row(const tw_eval *e, int i, tw_vd share) {
  tw_real n = e->x[N][i], nd = e->xd[N][i], vr = e->x[VR][i], vi = e->x[VI][i];
  double sign = TW_RE(n) < 0.0 ? -1.0 : 1.0;
  bool on = TW_RE(e->p[P_STATE][i]) > 0.5 && TW_RE(e->p[P_STATE][i]) < 1.5;
  tw_real tau = on ? e->p[P_TAU][i] : e->p[P_COAST][i];
  tw_vd u = tw_saturate(e->x[U][i], -CORNER, 1.2 + CORNER, CORNER);
  if (!on) u = (tw_vd){0.0, 0.0};
  e->f[N][i] = tau * nd + (on ? n - share.v * u.v : n * (sign * n + BEARING));
  if (!e->j) return;
  e->j[J_NVR][i] = -TW_RE(2.0 * vr * share.d * u.v);
  e->j[J_NVI][i] = -TW_RE(2.0 * vi * share.d * u.v);
  e->j[J_NU][i] = -TW_RE(share.v * u.d);
  e->j[J_NN][i] = TW_RE(tau) * e->cj + (on ? 1.0 : TW_RE(2.0 * sign * n) + BEARING);
}

/* Stamps of the electric power and of the heat it becomes. P: power at full voltage over load_scale. */
static void power_stamps(const tw_eval *e, int i, const duty *d, const tw_ac_current *c, tw_vd share) {
  double L = e->load_scale, tan_phi = TW_RE(e->p[D_TANPHI][i]), k = TW_RE(into_coolant(e, i));
  double vr = TW_RE(e->x[VR][i]), vi = TW_RE(e->x[VI][i]), s = L * TW_RE(share.v), P = L * TW_RE(d->power.v);
  double to_x[] = {TW_RE(d->power.d_T), TW_RE(d->power.d_T), 0.0, 0.0, TW_RE(d->power.d_m), TW_RE(d->power.d_n)};
  double r_P = L * TW_RE(c->r_P + tan_phi * c->r_Q), i_P = L * TW_RE(c->i_P + tan_phi * c->i_Q);
  double drawn[6]; /* derivatives of the power drawn to T_a, T_b, Re v, Im v, m_dot, speed */
  for (int q = 0; q < 6; q++) {
    e->j[J_VR + q][i] = r_P * to_x[q];
    e->j[J_VI + q][i] = i_P * to_x[q];
    drawn[q] = s * to_x[q];
  }
  e->j[J_VR + 2][i] = TW_RE(c->r_vr);
  e->j[J_VR + 3][i] = TW_RE(c->r_vi);
  e->j[J_VI + 2][i] = TW_RE(c->i_vr);
  e->j[J_VI + 3][i] = TW_RE(c->i_vi);
  drawn[2] = 2.0 * vr * P * TW_RE(share.d);
  drawn[3] = 2.0 * vi * P * TW_RE(share.d);
  for (int q = 0; q < 6; q++) e->j[J_HEAT + q][i] = -(1.0 - k) * drawn[q];
  e->j[8][i] -= k * drawn[0];
  e->j[10][i] -= k * drawn[1];
  e->j[11][i] -= k * drawn[4];
  e->j[J_BVR][i] = -k * drawn[2];
  e->j[J_BVI][i] = -k * drawn[3];
  e->j[J_BN][i] = -k * drawn[5];
}

static void eval(const tw_eval *e) {
  for (int i = 0; i < e->n; i++) {
    duty d = demand(e, i);
    tw_real vr = e->x[VR][i], vi = e->x[VI][i], u0 = e->p[D_U0][i], P = e->load_scale * d.power.v, half = 0.5 * e->p[P_UA][i];
    tw_vd share = tw_ac_share(vr * vr + vi * vi, u0);
    tw_ac_current c = tw_ac_demand(vr, vi, P, P * e->p[D_TANPHI][i], e->p[P_PHASES][i], u0);
    tw_real drawn = P * share.v, k = into_coolant(e, i), T_h = e->x[HEAT][i];
    tw_flow_rows(e, i, M, e->p[P_GAX][i], 0.0, e->p[D_CAPACITY][i]);
    e->f[TA][i] += half * (e->x[TA][i] - T_h);
    e->f[TB][i] += half * (e->x[TB][i] - T_h) - k * drawn;
    e->f[VR][i] = c.r;
    e->f[VI][i] = c.i;
    e->f[HEAT][i] = half * (2.0 * T_h - e->x[TA][i] - e->x[TB][i]) - (1.0 - k) * drawn;
    e->f[M][i] = e->x[PA][i] - e->x[PB][i] + d.rise.v;
    speed_row(e, i, share);
    if (!e->j) continue;
    const double row[] = {1.0, TW_RE(d.rise.d_T), -1.0, TW_RE(d.rise.d_T), TW_RE(d.rise.d_m), TW_RE(d.rise.d_n)};
    for (int q = 0; q < TW_COUNT(row); q++) e->j[J_ROW + q][i] = row[q];
    power_stamps(e, i, &d, &c, share);
    double h = TW_RE(half);
    e->j[2][i] += h;
    e->j[10][i] += h;
    e->j[J_AH][i] = -h;
    e->j[J_BH][i] = -h;
    e->j[J_HEAT][i] -= h;
    e->j[J_HEAT + 1][i] -= h;
    e->j[J_HH][i] = 2.0 * h;
  }
}

static void observe(const tw_eval *e, tw_real *const *out) {
  for (int i = 0; i < e->n; i++) {
    duty d = demand(e, i);
    tw_real vr = e->x[VR][i], vi = e->x[VI][i], n = e->p[P_PHASES][i], u0 = e->p[D_U0][i], speed = e->x[N][i];
    tw_real P = e->load_scale * d.power.v * tw_ac_share(vr * vr + vi * vi, u0).v, v = tw_ac_magnitude(vr, vi);
    tw_real dp = e->x[PB][i] - e->x[PA][i], t = e->p[D_TANPHI][i];
    out[O_POWER][i] = P;
    out[O_RISE][i] = dp;
    out[O_M][i] = e->x[M][i];
    out[O_FLOW][i] = d.Q;
    out[O_SPEED][i] = speed;
    out[O_WORK][i] = d.Q * dp;
    out[O_ETA][i] = TW_RE(d.Q * dp) > 0.0 ? tw_ratio(d.Q * dp, P) : 0.0;
    out[O_V][i] = v / tw_ac_neutral(n);
    out[O_I][i] = TW_RE(v) > 0.0 ? P * tw_sqrt(1.0 + t * t) / (n * v) : 0.0;
    out[O_MARGIN][i] = tw_draw_margin(v, tw_sqrt(u0));
    out[O_RUNNING][i] = TW_RE(speed) > 0.01 ? d.Q / speed : e->p[D_SCALE][i];
    out[O_PIN][i] = e->x[PA][i];
    out[O_TOUT][i] = TW_RE(e->x[M][i]) < 0.0 ? e->x[TA][i] : e->x[TB][i];
  }
}

static void balance(const tw_eval *e, tw_real *const *b) {
  for (int i = 0; i < e->n; i++) tw_flow_balance(e, i, M, 0.0, e->p[D_CAPACITY][i], b);
}

const tw_type TW_TYPE(pump) = {.element = "pump",
    .title = "Pump",
    .stage = TW_STAGE_PUMP,
    .doc = "p_b - p_a = n^2 dp(Q/n), P = n^3 P(Q/n) (affinity laws); power from a curve, or Q dp over the efficiencies of pump, "
           "motor and "
           "drive. The electric power goes into the coolant (wet motor), or its shaft part does and the rest to the heat port "
           "(dry). "
           "Speed follows its command with ramp_time; without torque it runs down with coast_time.",
    .use = "A circulator with motor and drive: operating point, electric power, run-down after a trip, the heat it adds to the "
           "coolant.",
    .validity = "Affinity laws; no cavitation (p_in_min is a reported limit); motor and drive keep their efficiency at part "
                "load; within the curve's flow.",
    .source = "Gulich, Centrifugal Pumps, 3rd ed., ch. 3 (model laws).",
    .params = params,
    .ports = ports,
    .unknowns = unknowns,
    .rows = rows,
    .outputs = outputs,
    .limits = limits,
    .stamps = stamps,
    .n_stamps = TW_COUNT(stamps),
    .n_derived = N_D - N_P,
    .derive = derive,
    .start = start,
    .eval = eval,
    .observe = observe,
    .balance = balance};
