#include "ac.h"

/* Uninterruptible power supply, balanced, without its battery (a battery stands beside it).
 *
 * double-conversion: the output is a source of V_nominal at angle 0 behind a reactance (regulated: lossless), which is the angle
 * reference downstream. With x = P_out / P_rated the loss L is P_rated (loss_a + loss_b x + loss_c x^2) or
 * P_out (1/efficiency(x) - 1); input P0 = max(P_out + L, 0), no power goes back to the mains. The input supports the demand
 * fully above V_brownout; below, P_out, L and the input fall together with the share q (ac.h), so that power is conserved.
 * eco: the bypass path R + jX in series, loss phases |i|^2 R, and the standby loss eco_loss P_rated at nominal input voltage as a
 * conductance there. bypass: the path alone. off: nothing flows.
 * IEC 62040-3:2021 (VFI and VFD modes, efficiency over active output power). All loss goes to the heat port. */

enum { P_S, P_P, P_U, P_MODE, P_EFF, P_A, P_B, P_C, P_NO_LOAD, P_PF, P_XOUT, P_R, P_X, P_ECO, P_BROWN, P_LMAX, P_PHASES, N_P,
       D_P = N_P, D_B, D_E, D_U0, D_TAN, D_G1, D_YR, D_YI, D_DOUBLE, D_THROUGH, D_NL, D_END };
enum { DOUBLE_CONVERSION, ECO, BYPASS, OFF };
static const tw_param params[] = {
    {"S_rated", "VA", NULL, TW_NUMBER, 1, 1e9, 0, "rated apparent output power", NULL, NULL, NULL},
    {"P_rated", "W", NULL, TW_NUMBER, 1, 1e9, TW_P_OPTIONAL, "rated active output power; S_rated in watts when absent", NULL,
     NULL, NULL},
    {"V_nominal", "V", NULL, TW_NUMBER, 1, 1e6, 0, "nominal input and output voltage, line-to-line", NULL, NULL, NULL},
    {"mode", "1", "double-conversion", TW_ENUM, 0, 3, TW_P_TIMED, "operating mode", NULL, "double-conversion|eco|bypass|off",
     NULL},
    {"efficiency", "1", NULL, TW_CURVE, 0.01, 1, TW_P_OPTIONAL, "double-conversion efficiency over output power / P_rated", NULL,
     NULL,
     "1"},
    {"loss_a", "1", NULL, TW_NUMBER, 0, 1, TW_P_OPTIONAL, "no-load loss / P_rated, instead of a curve", NULL, NULL, NULL},
    {"loss_b", "1", "0", TW_NUMBER, 0, 1, 0, "loss in proportion to load / P_rated, at full load", NULL, NULL, NULL},
    {"loss_c", "1", "0", TW_NUMBER, 0, 1, 0, "loss in proportion to load squared / P_rated, at full load", NULL, NULL, NULL},
    {"P_no_load", "W", "0 W", TW_NUMBER, 0, 1e8, 0, "no-load loss beside a curve; it fades out at the curve's first point", NULL,
     NULL,
     NULL},
    {"power_factor", "1", "1", TW_NUMBER, 0.1, 1, 0, "input power factor in double conversion, lagging", NULL, NULL, NULL},
    {"output_reactance", "1", "0.01", TW_NUMBER, 1e-4, 1, 0, "output reactance over rated impedance", NULL, NULL, NULL},
    {"bypass_R", "1", "0.004", TW_NUMBER, 1e-5, 0.5, 0, "resistance of the bypass path over rated impedance", NULL, NULL, NULL},
    {"bypass_X", "1", "0.01", TW_NUMBER, 0, 0.5, 0, "reactance of the bypass path over rated impedance", NULL, NULL, NULL},
    {"eco_loss", "1", "0.004", TW_NUMBER, 0, 0.5, 0, "standby loss in eco mode / P_rated", NULL, NULL, NULL},
    {"V_brownout", "1", "0.8", TW_NUMBER, 0.05, 1, 0, "input voltage over V_nominal below which double conversion fades out",
     NULL,
     NULL, NULL},
    {"load_max", "1", "1", TW_NUMBER, 0.01, 10, 0, "permitted load", NULL, NULL, NULL},
    TW_PARAM_PHASES,
    {0}};
enum { AR, AI, BR, BI, HEAT };
static const tw_port ports[] = {
    {"in", TW_AC, TW_R_FEED_IN, 0, NULL, NULL, "mains input"},
    {"out", TW_AC, TW_R_FEED_OUT | TW_R_REFERENCE, 0, NULL, NULL, "output"},
    {"heat", TW_HEAT, TW_R_OPTIONAL, 0, NULL, NULL, "where its loss goes"},
    {0}};
static const tw_unknown unknowns[] = {{0}};
static const tw_row rows[] = {{0}};
enum { O_CONVERSION, O_CONDUCTION, O_ETA, O_LOAD, O_LOAD_ACTIVE, O_P_IN, O_Q_IN, O_P_OUT, O_Q_OUT, O_I_IN, O_I_OUT, O_V_IN,
    O_V_OUT,
       O_PF, O_INPUT };
static const tw_quantity outputs[] = {
    {"loss_conversion", "W", TW_Q_LOSS, TW_L_CONVERSION, "loss of double conversion, standby loss in eco mode"},
    {"loss_conduction", "W", TW_Q_LOSS, TW_L_CONDUCTION, "loss in the bypass path"},
    {"efficiency", "1", TW_Q_PLAIN, TW_L_NONE, "active power out over active power in, 0 without power"},
    {"load", "1", TW_Q_PLAIN, TW_L_NONE, "apparent output power over rated"},
    {"load_active", "1", TW_Q_PLAIN, TW_L_NONE, "active output power over rated"},
    {"p_in", "W", TW_Q_PLAIN, TW_L_NONE, "active input power"},
    {"q_in", "var", TW_Q_PLAIN, TW_L_NONE, "reactive input power"},
    {"p_out", "W", TW_Q_PLAIN, TW_L_NONE, "active output power"},
    {"q_out", "var", TW_Q_PLAIN, TW_L_NONE, "reactive output power"},
    {"i_in", "A", TW_Q_PLAIN, TW_L_NONE, "input line current, rms"},
    {"i_out", "A", TW_Q_PLAIN, TW_L_NONE, "output line current, rms"},
    {"v_in", "V", TW_Q_PLAIN, TW_L_NONE, "input voltage, line-to-line"},
    {"v_out", "V", TW_Q_PLAIN, TW_L_NONE, "output voltage, line-to-line"},
    {"power_factor", "1", TW_Q_PLAIN, TW_L_NONE, "input power factor, 0 without power"},
    {"input_share", "1", TW_Q_PLAIN, TW_L_NONE, "share of the demand that the input voltage supports"},
    {0}};
static const tw_limit limits[] = {
    {"load", "load_max", TW_AT_MOST, "rated apparent power"},
    {"load_active", "load_max", TW_AT_MOST, "rated active power"},
    {0}};
static const tw_stamp stamps[] = {{AR, AR}, {AR, AI}, {AR, BR}, {AR, BI}, {AI, AR}, {AI, AI}, {AI, BR}, {AI, BI},
                                  {BR, AR}, {BR, AI}, {BR, BR}, {BR, BI}, {BI, AR}, {BI, AI}, {BI, BR}, {BI, BI},
                                  {HEAT, AR}, {HEAT, AI}, {HEAT, BR}, {HEAT, BI}};

static int derive(const tw_derive *d) {
  for (int i = 0; i < d->n; i++) {
    const tw_curve *eta = d->c[P_EFF][i];
    int mode = (int)lround(TW_RE(d->p[P_MODE][i])), wrong = -1;
    const char *why = "give exactly one of the efficiency curve and loss_a";
    if ((eta != NULL) == !isnan(TW_RE(d->p[P_A][i]))) wrong = P_A;
    if (eta && TW_RE(d->p[P_NO_LOAD][i]) > 0.0 && eta->x[0] <= 0.0) {
      wrong = P_NO_LOAD;
      why = "needs a curve that begins above load 0";
    }
    if (wrong >= 0) {
      d->fail(d->ctx, i, wrong, why);
      return 1;
    }
    tw_real S = d->p[P_S][i], U = d->p[P_U][i], Z = U * U / S, pf = d->p[P_PF][i], E = U * tw_ac_neutral(d->p[P_PHASES][i]);
    tw_real R = d->p[P_R][i] * Z, X = d->p[P_X][i] * Z, z2 = R * R + X * X, P = d->p[P_P][i], low = d->p[P_BROWN][i] * E;
    if (isnan(TW_RE(P))) P = S;
    bool through = mode == ECO || mode == BYPASS;
    d->p[D_P][i] = P;
    d->p[D_B][i] = 1.0 / (d->p[P_XOUT][i] * Z);
    d->p[D_E][i] = E;
    d->p[D_U0][i] = low * low;
    d->p[D_TAN][i] = TW_RE(pf) >= 1.0 ? 0.0 : tw_sqrt(1.0 - pf * pf) / pf;
    d->p[D_G1][i] = mode == ECO ? d->p[P_ECO][i] * P / (U * U) : 0.0;
    d->p[D_YR][i] = through ? R / z2 : 0.0;
    d->p[D_YI][i] = through ? -X / z2 : 0.0;
    d->p[D_DOUBLE][i] = mode == DOUBLE_CONVERSION ? 1.0 : 0.0;
    d->p[D_THROUGH][i] = through ? R : 0.0;
    d->p[D_NL][i] = d->p[P_NO_LOAD][i] / P;
  }
  return tw_ac_check_phases(d, P_PHASES);
}

static void start(const tw_start *s) {
  for (int i = 0; i < s->n; i++) {
    if (s->p[D_DOUBLE][i] < 0.5) continue;
    s->x[BR][i] = s->p[D_E][i];
    s->x[BI][i] = 0.0;
  }
}

typedef struct {                  /* double conversion at full input; all zero in other modes */
  tw_real ir, ii;                 /* output current */
  tw_real Po, Po_r, Po_i;         /* active output power, derivatives to the output phasor */
  tw_loss_value L;                /* per rated power */
  tw_real P, P_Po;                /* input, and its derivative to Po */
} conversion;

/* i = (E - v) / jX = -j b (E - v);  Re(v conj i) = -b E Im v. */
static conversion conversion_at(const tw_eval *e, int i) {
  conversion c;
  tw_real on = e->p[D_DOUBLE][i], b = on * e->p[D_B][i], E = e->p[D_E][i], n = e->p[P_PHASES][i], Pr = e->p[D_P][i];
  tw_real vr = e->x[BR][i], vi = e->x[BI][i];
  c.ir = -b * vi;
  c.ii = -b * (E - vr);
  c.Po = n * (vr * c.ir + vi * c.ii);
  c.Po_r = 0.0;
  c.Po_i = -n * b * E;
  tw_loss_law law = {e->c[P_EFF][i], e->p[P_A][i], e->p[P_B][i], e->p[P_C][i], e->p[D_NL][i], 0.0, 0.0, 0.0};
  c.L = tw_loss_at(&law, c.Po / Pr);
  tw_vd P = tw_ramp(c.Po + Pr * c.L.v, 1e-3 * TW_RE(Pr));
  c.P = on * P.v;
  c.P_Po = on * P.d * (1.0 + c.L.x);
  return c;
}

static void jacobian(const tw_eval *e, int i, const conversion *c, const tw_ac_current *in, tw_vd q) {
  tw_real ar = e->x[AR][i], ai = e->x[AI][i], dr = ar - e->x[BR][i], di = ai - e->x[BI][i], n = e->p[P_PHASES][i];
  double g = TW_RE(e->p[D_YR][i]), h = TW_RE(e->p[D_YI][i]), g1 = g + TW_RE(e->p[D_G1][i]) + TW_LEAK, g2 = g + TW_LEAK;
  double b = TW_RE(e->p[D_DOUBLE][i] * e->p[D_B][i] * q.v);
  tw_real tan_phi = e->p[D_TAN][i], kept = c->P - c->Po, Pi = c->P_Po * c->Po_i;
  tw_real loss = q.d * kept + n * e->p[D_G1][i] + n * TW_LEAK, Gn = n * e->p[D_YR][i];
  double row[20] = {
      TW_RE(in->r_vr) + g1, TW_RE(in->r_vi) - h, -g, h + TW_RE((in->r_P + in->r_Q * tan_phi) * Pi),
      TW_RE(in->i_vr) + h, TW_RE(in->i_vi) + g1, -h, -g + TW_RE((in->i_P + in->i_Q * tan_phi) * Pi),
      -g - TW_RE(2.0 * q.d * ar * c->ir), h - TW_RE(2.0 * q.d * ai * c->ir), g2, -h + b,
      -h - TW_RE(2.0 * q.d * ar * c->ii), -g - TW_RE(2.0 * q.d * ai * c->ii), h - b, g2,
      TW_RE(-2.0 * (loss * ar + Gn * dr)), TW_RE(-2.0 * (loss * ai + Gn * di)),
      TW_RE(2.0 * Gn * dr - 2.0 * n * TW_LEAK * e->x[BR][i]),
      TW_RE(2.0 * Gn * di - 2.0 * n * TW_LEAK * e->x[BI][i] - q.v * (Pi - c->Po_i))};
  for (int s = 0; s < 20; s++) e->j[s][i] = row[s];
}

static void eval(const tw_eval *e) {
  for (int i = 0; i < e->n; i++) {
    tw_real ar = e->x[AR][i], ai = e->x[AI][i], br = e->x[BR][i], bi = e->x[BI][i], dr = ar - br, di = ai - bi;
    tw_real n = e->p[P_PHASES][i], g = e->p[D_YR][i], h = e->p[D_YI][i], g1 = e->p[D_G1][i] + TW_LEAK, u = ar * ar + ai * ai;
    conversion c = conversion_at(e, i);
    tw_vd q = tw_ac_share(u, e->p[D_U0][i]);
    tw_ac_current in = tw_ac_demand(ar, ai, c.P, e->p[D_TAN][i] * c.P, n, e->p[D_U0][i]);
    tw_real ir = g * dr - h * di, ii = h * dr + g * di;
    e->f[AR][i] = in.r + ir + g1 * ar;
    e->f[AI][i] = in.i + ii + g1 * ai;
    e->f[BR][i] = -q.v * c.ir - ir + TW_LEAK * br;
    e->f[BI][i] = -q.v * c.ii - ii + TW_LEAK * bi;
    e->f[HEAT][i] = -q.v * (c.P - c.Po) - n * (g * (dr * dr + di * di) + g1 * u + TW_LEAK * (br * br + bi * bi));
    if (e->j) jacobian(e, i, &c, &in, q);
  }
}

static void observe(const tw_eval *e, tw_real *const *out) {
  for (int i = 0; i < e->n; i++) {
    tw_real ar = e->x[AR][i], ai = e->x[AI][i], br = e->x[BR][i], bi = e->x[BI][i], dr = ar - br, di = ai - bi;
    tw_real n = e->p[P_PHASES][i], g = e->p[D_YR][i], h = e->p[D_YI][i], u = ar * ar + ai * ai, Pr = e->p[D_P][i];
    conversion c = conversion_at(e, i);
    tw_real q = tw_ac_share(u, e->p[D_U0][i]).v, on = e->p[D_DOUBLE][i], w = 1e-3 * TW_RE(Pr);
    tw_ac_current in = tw_ac_demand(ar, ai, c.P, e->p[D_TAN][i] * c.P, n, e->p[D_U0][i]);
    tw_real tr = g * dr - h * di, ti = h * dr + g * di; /* through the bypass path */
    tw_real Ir = in.r + tr + e->p[D_G1][i] * ar, Ii = in.i + ti + e->p[D_G1][i] * ai, Jr = q * c.ir + tr, Ji = q * c.ii + ti;
    tw_real back = tw_ramp(-(c.Po + Pr * c.L.v), TW_RE(w)).v;
    out[O_CONVERSION][i] = q * on * (Pr * c.L.v + back) + n * (e->p[D_G1][i] * u + TW_LEAK * (u + br * br + bi * bi));
    out[O_CONDUCTION][i] = n * e->p[D_THROUGH][i] * (tr * tr + ti * ti);
    out[O_P_IN][i] = n * (ar * Ir + ai * Ii);
    out[O_Q_IN][i] = n * (ai * Ir - ar * Ii);
    out[O_P_OUT][i] = n * (br * Jr + bi * Ji);
    out[O_Q_OUT][i] = n * (bi * Jr - br * Ji);
    out[O_ETA][i] = tw_ratio(out[O_P_OUT][i], out[O_P_IN][i]);
    out[O_LOAD][i] = tw_ac_magnitude(out[O_P_OUT][i], out[O_Q_OUT][i]) / e->p[P_S][i];
    out[O_LOAD_ACTIVE][i] = out[O_P_OUT][i] / Pr;
    out[O_I_IN][i] = tw_ac_magnitude(Ir, Ii);
    out[O_I_OUT][i] = tw_ac_magnitude(Jr, Ji);
    out[O_V_IN][i] = tw_ac_magnitude(ar, ai) / tw_ac_neutral(n);
    out[O_V_OUT][i] = tw_ac_magnitude(br, bi) / tw_ac_neutral(n);
    out[O_PF][i] = tw_ratio(out[O_P_IN][i], tw_ac_magnitude(out[O_P_IN][i], out[O_Q_IN][i]));
    out[O_INPUT][i] = TW_RE(on) > 0.5 ? q : TW_RE(e->p[D_YR][i]) > 0.0 ? 1.0 : 0.0;
  }
}

const tw_type TW_TYPE(ups) = {
    .element = "ups", .title = "UPS", .stage = TW_STAGE_UPS,
    .doc = "Double conversion: a stiff output at V_nominal behind a small reactance, loss P_rated (loss_a + loss_b x + "
           "loss_c x^2) or by an efficiency curve, constant-power input. Eco and bypass: a series impedance, with a standby "
           "loss in eco. The battery is a part of its own.",
    .use = "The UPS in the path, in double conversion, eco or bypass: what each mode costs.",
    .validity = "Balanced; steady efficiency over active output power; transfer times and the battery are not in it.",
    .source = "IEC 62040-3:2021 (VFI and VFD modes, efficiency over active output power).",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs, .limits = limits,
    .stamps = stamps, .n_stamps = TW_COUNT(stamps), .n_derived = D_END - N_P, .derive = derive, .start = start, .eval = eval,
    .observe = observe};
