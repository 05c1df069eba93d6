#include "plate_channel.h"
#include "exchange.h"

static bool absent(tw_real x) { return isnan(TW_RE(x)); }

/* Sums of the polynomials of Shah and London for rectangular ducts, alpha = short / long side. */
static tw_real polynomial(const double *c, tw_real a) {
  return c[0] * (1.0 + a * (c[1] + a * (c[2] + a * (c[3] + a * (c[4] + a * c[5])))));
}

static void derive_geometry(tw_real *const *p, int i) {
  static const double f_Re[] = {96.0, -1.3553, 1.9467, -1.7012, 0.9564, -0.2537}; /* Darcy */
  static const double Nu_H1[] = {8.235, -2.0421, 3.0853, -2.4765, 1.0578, -0.1861};
  static const double Nu_T[] = {7.541, -2.610, 4.970, -5.119, 2.702, -0.548};
  tw_real w = p[P_W][i], d = p[P_D][i], alpha = TW_RE(w) < TW_RE(d) ? w / d : d / w;
  p[D_NU][i] = polynomial(TW_RE(p[P_NUWALL][i]) > 0.5 ? Nu_T : Nu_H1, alpha);
  p[D_FRE][i] = polynomial(f_Re, alpha);
  p[D_DH][i] = 2.0 * w * d / (w + d);
  p[D_AREA][i] = p[P_CHANNELS][i] * w * d;
  p[D_BASE][i] = p[P_CHANNELS][i] * p[P_L][i] * w;
  p[D_FINS][i] = p[P_CHANNELS][i] * p[P_L][i] * 2.0 * d;
}

/* A catalogue curve to the inlet temperature must leave the outlet no hotter than the wall: R rho cp Q >= 1; 10 % is left for
 * the reading of figures. */
static bool outlet_hotter(const tw_curve *c, double rho_cp) {
  for (int k = 0; k < c->n; k++)
    if (c->x[k] > 0.0 && c->y[k] * rho_cp * c->x[k] < 0.9) return true;
  return false;
}

static double least(const tw_curve *c) {
  double y = c->y[0];
  for (int k = 1; k < c->n; k++) y = c->y[k] < y ? c->y[k] : y;
  return y;
}

static int derive_one(const tw_derive *d, int i) {
  tw_real *const *p = d->p;
  const tw_medium *m = d->m[0][i];
  const tw_curve *curve = d->c[P_R][i];
  bool fit = !absent(p[P_R0][i]) && !absent(p[P_A][i]);
  bool geometry = !absent(p[P_CHANNELS][i]);
  for (int k = P_W; k <= P_T; k++) geometry = geometry && !absent(p[k][i]);
  bool power = !absent(p[P_DP][i]), quadratic = !absent(p[P_DPA][i]) && !absent(p[P_DPB][i]);
  tw_basis basis = (tw_basis)TW_RE(p[P_BASIS][i]);
  tw_real T = p[P_TREF][i], rho = tw_property_at(&m->density, T).v, cp = tw_property_at(&m->cp, T).v;
  const char *wrong = NULL;
  int param = P_R;
  if ((curve != NULL) + fit + geometry != 1)
    wrong = "give the resistance in one way: R_th over flow; or R0 and A; or channels, channel_width, channel_depth, "
            "channel_length and fin_thickness";
  else if (power + quadratic > 1 || (!power && !quadratic && !geometry))
    param = P_DP, wrong = "give the pressure drop in one way: dp_ref at flow_ref, or dp_a and dp_b, or the channels' geometry";
  else if (geometry && basis == TW_BASIS_INLET)
    param = P_BASIS, wrong = "the resistance of a geometry is to the mean coolant temperature: basis is mean or log-mean";
  else if (fit && TW_RE(p[P_R0][i] + p[P_A][i]) <= 0.0)
    param = P_R0, wrong = "R0 and A are both zero: a wall needs a resistance";
  else if (curve && curve->x[curve->n - 1] <= 0.0)
    wrong = "R_th needs a point at a flow above zero";
  else if (curve && basis == TW_BASIS_INLET && outlet_hotter(curve, TW_RE(rho * cp)))
    wrong = "with this resistance to the inlet temperature the coolant would leave hotter than the wall; check unit and basis";
  if (wrong) {
    d->fail(d->ctx, i, param, wrong);
    return 1;
  }
  p[D_FORM][i] = curve ? FORM_CURVE : fit ? FORM_FIT : FORM_GEOMETRY;
  p[D_DPFORM][i] = power ? DP_POWER : quadratic ? DP_QUADRATIC : DP_GEOMETRY;
  tw_real kr = absent(p[P_KREF][i]) ? tw_property_at(&m->conductivity, T).v : p[P_KREF][i];
  tw_real mu = absent(p[P_MUREF][i]) ? tw_property_at(&m->viscosity, T).v : p[P_MUREF][i];
  p[D_FIT][i] = p[P_A][i] * tw_pow(kr, 0.6) * tw_pow(mu, -0.1) * tw_pow(p[P_QFIT][i], p[P_N][i]);
  p[D_DROP][i] = (power ? p[P_DP][i] : 1.0) * tw_pow(mu, -p[P_MUE][i]);
  p[D_CPREF][i] = m->cp_ref;
  p[D_WIDTH][i] = p[P_GAX][i] / m->cp_ref;
  p[D_CAPACITY][i] = p[P_VOLUME][i] * rho * cp;
  p[D_RMIN][i] = curve ? least(curve) : 0.0;
  for (int k = D_NU; k < N_D; k++) p[k][i] = 0.0;
  if (geometry) derive_geometry(p, i);
  return 0;
}

int tw_plate_derive(const tw_derive *d) {
  int bad = 0;
  for (int i = 0; i < d->n; i++) bad |= derive_one(d, i);
  return bad;
}
