#include "ac.h"

/* Thevenin source at the point of coupling. |Z| = U^2 / S_sc with the line-to-line voltage U, split by X/R (IEC 60909-0:2016,
 * 6.2.1 without voltage factor). The source lies upstream of the boundary: what enters the model is the power at its
 * terminal, so the loss in Z is the utility's and is not booked. Its phasor is the angle reference. Exact, any range. */

enum { P_U, P_S_SC, P_XR, P_PHASES, P_FREQUENCY, P_CARBON, P_CONTRACTED, P_STATE, N_P, D_G = N_P, D_B, D_E };
enum { ON, OFF };
static const tw_param params[] = {
    {"voltage", "V", NULL, TW_NUMBER, 0, 1e6, TW_P_TIMED, "source voltage, line-to-line", NULL, NULL, NULL},
    {"short_circuit_power", "VA", NULL, TW_NUMBER, 1, 1e13, 0, "short-circuit power at the point of coupling", NULL, NULL, NULL},
    {"X_R", "1", "10", TW_NUMBER, 0, 1000, 0, "reactance over resistance of the source impedance", NULL, NULL, NULL},
    TW_PARAM_PHASES,
    {"frequency", "Hz", "50 Hz", TW_NUMBER, 1, 1000, 0, "frequency; all reactances of the model are meant at it", NULL, NULL,
     NULL},
    {"carbon_intensity", "kg/J", NULL, TW_NUMBER, 0, 1e-5, TW_P_OPTIONAL | TW_P_TIMED, "CO2 equivalent per energy drawn", NULL,
     NULL,
     NULL},
    {"contracted_power", "W", NULL, TW_NUMBER, 0, 1e12, TW_P_OPTIONAL, "power that may be drawn", NULL, NULL, NULL},
    {"state", "1", "on", TW_ENUM, 0, 1, TW_P_TIMED, "off: the feed is lost, nothing flows", NULL, "on|off", NULL},
    {0}};
enum { VR, VI };
static const tw_port ports[] = {
    {"out", TW_AC, TW_R_FEED_OUT | TW_R_REFERENCE, 0, NULL, NULL, "point of coupling"},
    {0}};
static const tw_unknown unknowns[] = {{0}};
static const tw_row rows[] = {{0}};
enum { O_P, O_Q, O_S, O_PF, O_I, O_U, O_F, O_CO2 };
static const tw_quantity outputs[] = {
    {"power", "W", TW_Q_PLAIN, TW_L_NONE, "active power drawn from the grid"},
    {"reactive_power", "var", TW_Q_PLAIN, TW_L_NONE, "reactive power drawn, positive when inductive"},
    {"apparent_power", "VA", TW_Q_PLAIN, TW_L_NONE, "apparent power"},
    {"power_factor", "1", TW_Q_PLAIN, TW_L_NONE, "active over apparent power, 0 when nothing flows"},
    {"i", "A", TW_Q_PLAIN, TW_L_NONE, "line current, rms"},
    {"v", "V", TW_Q_PLAIN, TW_L_NONE, "line-to-line voltage at the point of coupling"},
    {"frequency", "Hz", TW_Q_PLAIN, TW_L_NONE, "frequency"},
    {"carbon", "kg/s", TW_Q_PLAIN, TW_L_NONE, "CO2 equivalent emitted; no number without a carbon intensity"},
    {0}};
static const tw_limit limits[] = {
    {"power", "contracted_power", TW_AT_MOST, "contracted power"},
    {0}};
static const tw_stamp stamps[] = {{VR, VR}, {VR, VI}, {VI, VR}, {VI, VI}};

static int derive(const tw_derive *d) {
  for (int i = 0; i < d->n; i++) {
    bool on = TW_RE(d->p[P_STATE][i]) < 0.5;
    tw_real xr = d->p[P_XR][i], U = d->p[P_U][i], S = d->p[P_S_SC][i];
    if (on && TW_RE(U) < 1e-3) {
      d->fail(d->ctx, i, P_U, "a source of no voltage is a short circuit: use state = \"off\" for a lost feed");
      return 1;
    }
    tw_real y = on ? S / (U * U) / tw_sqrt(1.0 + xr * xr) : TW_LEAK; /* 1 / (Z sqrt(1 + xr^2)) */
    d->p[D_G][i] = y;
    d->p[D_B][i] = on ? -y * xr : 0.0;
    d->p[D_E][i] = on ? U * tw_ac_neutral(d->p[P_PHASES][i]) : 0.0;
  }
  return tw_ac_check_phases(d, P_PHASES);
}

static void start(const tw_start *s) {
  for (int i = 0; i < s->n; i++) {
    s->x[VR][i] = s->p[D_E][i];
    s->x[VI][i] = 0.0;
  }
}

static void eval(const tw_eval *e) {
  for (int i = 0; i < e->n; i++) {
    tw_real g = e->p[D_G][i], b = e->p[D_B][i], dr = e->x[VR][i] - e->p[D_E][i], di = e->x[VI][i];
    e->f[VR][i] = g * dr - b * di;
    e->f[VI][i] = b * dr + g * di;
    if (!e->j) continue;
    e->j[0][i] = e->j[3][i] = TW_RE(g);
    e->j[1][i] = -TW_RE(b);
    e->j[2][i] = TW_RE(b);
  }
}

static void terminal(const tw_eval *e, int i, tw_real *P, tw_real *Q, tw_real *I) {
  tw_real g = e->p[D_G][i], b = e->p[D_B][i], vr = e->x[VR][i], vi = e->x[VI][i], dr = vr - e->p[D_E][i];
  tw_real ir = -(g * dr - b * vi), ii = -(b * dr + g * vi), n = e->p[P_PHASES][i];
  *P = n * (vr * ir + vi * ii);
  *Q = n * (vi * ir - vr * ii);
  *I = tw_ac_magnitude(ir, ii);
}

static void observe(const tw_eval *e, tw_real *const *out) {
  for (int i = 0; i < e->n; i++) {
    tw_real P, Q, I;
    terminal(e, i, &P, &Q, &I);
    tw_real S = tw_ac_magnitude(P, Q);
    out[O_P][i] = P;
    out[O_Q][i] = Q;
    out[O_S][i] = S;
    out[O_PF][i] = tw_ratio(P, S);
    out[O_I][i] = I;
    out[O_U][i] = tw_ac_magnitude(e->x[VR][i], e->x[VI][i]) / tw_ac_neutral(e->p[P_PHASES][i]);
    out[O_F][i] = e->p[P_FREQUENCY][i];
    out[O_CO2][i] = P * e->p[P_CARBON][i];
  }
}

static void balance(const tw_eval *e, tw_real *const *b) {
  for (int i = 0; i < e->n; i++) {
    tw_real Q, I;
    terminal(e, i, &b[TW_B_EXTERNAL][i], &Q, &I);
  }
}

const tw_type TW_TYPE(grid) = {
    .element = "grid", .title = "Grid connection", .stage = TW_STAGE_GRID,
    .doc = "Thevenin source: i = (E - v) / Z, |Z| = U^2 / S_sc, split by X/R (IEC 60909-0). Power, reactive power and power "
           "factor are those at the point of coupling. It is the angle reference of its island. An ideal source is one with "
           "a high short-circuit power.",
    .use = "The utility's feed: power, power factor and current at the point of coupling, and the voltage that is left at short- "
           "circuit strength S_sc.",
    .validity = "Balanced, sinusoidal, rated frequency; the loss in its impedance is the utility's. Exact, any range.",
    .source = "IEC 60909-0:2016, 6.2.1, without voltage factor.",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs, .limits = limits,
    .stamps = stamps, .n_stamps = TW_COUNT(stamps), .n_derived = 3, .derive = derive, .start = start, .eval = eval,
    .observe = observe, .balance = balance};
