#include "line.h"

#define T20 (TW_ZERO_CELSIUS + 20.0)

typedef struct { tw_real R, dR, yr, yi, dyr, dyi; } series; /* resistance, admittance and their derivatives to T */

/* An open switch leaves its insulation, far below the leakage of a node to ground, or an unloaded side would show voltage. */
#define INSULATION 1e-15 /* S */

static series series_at(const tw_eval *e, int first, int i, tw_real T) {
  tw_real R20 = e->p[first + TW_LINE_R20][i], X = e->p[first + TW_LINE_X][i], alpha = e->p[first + TW_LINE_ALPHA][i];
  if (TW_RE(e->p[first + TW_LINE_OPEN][i]) > 0.5) return (series){1.0 / INSULATION, 0.0, INSULATION, 0.0, 0.0, 0.0};
  series s = {.R = R20 * (1.0 + alpha * (T - T20)) + e->p[first + TW_LINE_RJ][i], .dR = R20 * alpha};
  tw_real z2 = s.R * s.R + X * X;
  s.yr = s.R / z2;
  s.yi = -X / z2;
  s.dyr = -s.dR * (s.yr * s.yr - s.yi * s.yi);
  s.dyi = -s.dR * 2.0 * s.yr * s.yi;
  return s;
}

void tw_line_ac_eval(const tw_eval *e, int first) {
  for (int i = 0; i < e->n; i++) {
    tw_real T = e->x[TW_LINE_T][i], n = e->p[first + TW_LINE_PHASES][i];
    tw_real gth = e->p[first + TW_LINE_GTH][i], C = e->p[first + TW_LINE_C][i];
    series s = series_at(e, first, i, T);
    tw_real dr = e->x[TW_LINE_AR][i] - e->x[TW_LINE_BR][i], di = e->x[TW_LINE_AI][i] - e->x[TW_LINE_BI][i];
    tw_real ir = s.yr * dr - s.yi * di, ii = s.yi * dr + s.yr * di, u = dr * dr + di * di;
    tw_real q = gth * (T - e->x[TW_LINE_HEAT][i]);
    e->f[TW_LINE_AR][i] = ir;
    e->f[TW_LINE_AI][i] = ii;
    e->f[TW_LINE_BR][i] = -ir;
    e->f[TW_LINE_BI][i] = -ii;
    e->f[TW_LINE_HEAT][i] = -q;
    e->f[TW_LINE_T][i] = C * e->xd[TW_LINE_T][i] + q - n * s.yr * u;
    if (!e->j) continue;
    double G = TW_RE(s.yr), B = TW_RE(s.yi), hr = TW_RE(2.0 * n * s.yr * dr), hi = TW_RE(2.0 * n * s.yr * di);
    double y[4][4] = {{G, -B, -G, B}, {B, G, -B, -G}, {-G, B, G, -B}, {-B, -G, B, G}};
    for (int k = 0; k < 16; k++) e->j[k][i] = y[k / 4][k % 4];
    e->j[16][i] = TW_RE(s.dyr * dr - s.dyi * di);
    e->j[17][i] = TW_RE(s.dyi * dr + s.dyr * di);
    e->j[18][i] = -e->j[16][i];
    e->j[19][i] = -e->j[17][i];
    e->j[20][i] = TW_RE(gth);
    e->j[21][i] = -TW_RE(gth);
    e->j[22][i] = -hr;
    e->j[23][i] = -hi;
    e->j[24][i] = hr;
    e->j[25][i] = hi;
    e->j[26][i] = -TW_RE(gth);
    e->j[27][i] = e->cj * TW_RE(C) + TW_RE(gth - n * s.dyr * u);
  }
}

tw_line_state tw_line_ac_state(const tw_eval *e, int first, int i) {
  series s = series_at(e, first, i, e->x[TW_LINE_T][i]);
  tw_real dr = e->x[TW_LINE_AR][i] - e->x[TW_LINE_BR][i], di = e->x[TW_LINE_AI][i] - e->x[TW_LINE_BI][i];
  tw_real ir = s.yr * dr - s.yi * di, ii = s.yi * dr + s.yr * di;
  tw_real loss = e->p[first + TW_LINE_PHASES][i] * s.R * (ir * ir + ii * ii);
  return (tw_line_state){loss, tw_ac_magnitude(ir, ii), s.R, e->x[TW_LINE_T][i]};
}

tw_real tw_line_ac_drop(const tw_eval *e, int first, int i) {
  tw_real va = tw_ac_magnitude(e->x[TW_LINE_AR][i], e->x[TW_LINE_AI][i]);
  return (va - tw_ac_magnitude(e->x[TW_LINE_BR][i], e->x[TW_LINE_BI][i])) / tw_ac_neutral(e->p[first + TW_LINE_PHASES][i]);
}

void tw_line_dc_eval(const tw_eval *e, int first) {
  for (int i = 0; i < e->n; i++) {
    tw_real T = e->x[TW_LINE_DT][i], gth = e->p[first + TW_LINE_GTH][i], C = e->p[first + TW_LINE_C][i];
    series s = series_at(e, first, i, T);
    tw_real v = e->x[TW_LINE_DA][i] - e->x[TW_LINE_DB][i], q = gth * (T - e->x[TW_LINE_DHEAT][i]);
    e->f[TW_LINE_DA][i] = s.yr * v;
    e->f[TW_LINE_DB][i] = -s.yr * v;
    e->f[TW_LINE_DHEAT][i] = -q;
    e->f[TW_LINE_DT][i] = C * e->xd[TW_LINE_DT][i] + q - s.yr * v * v;
    if (!e->j) continue;
    double G = TW_RE(s.yr), H = TW_RE(gth), dv = TW_RE(v), dG = TW_RE(s.dyr);
    e->j[0][i] = e->j[4][i] = G;
    e->j[1][i] = e->j[3][i] = -G;
    e->j[2][i] = dG * dv;
    e->j[5][i] = -dG * dv;
    e->j[6][i] = H;
    e->j[7][i] = -H;
    e->j[8][i] = -2.0 * G * dv;
    e->j[9][i] = 2.0 * G * dv;
    e->j[10][i] = -H;
    e->j[11][i] = e->cj * TW_RE(C) + H - dG * dv * dv;
  }
}

tw_line_state tw_line_dc_state(const tw_eval *e, int first, int i) {
  series s = series_at(e, first, i, e->x[TW_LINE_DT][i]);
  tw_real I = s.yr * (e->x[TW_LINE_DA][i] - e->x[TW_LINE_DB][i]);
  return (tw_line_state){s.R * I * I, I, s.R, e->x[TW_LINE_DT][i]};
}

void tw_line_balance(const tw_eval *e, int first, int T, tw_real *const *b) {
  for (int i = 0; i < e->n; i++) tw_store(e, b, i, T, e->p[first + TW_LINE_C][i]);
}
