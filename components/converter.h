/* The averaged DC-DC converter between a loss law and its ports: what dcdc and vrm share.
 *
 * Inside sits a source of E = n v_in + q V_set behind the output resistance R (n the transformer's ratio, V_set the regulated
 * voltage; one of them is 0), q the share of its demand that the input can give (electric.h; 1 above v_min):
 *     v_out = E - drop(y),   I = I(y) to the output,   i_in = n I + h (V_set I + X),   X = L - drop I
 * with the loss L of the type's own law at full input.  Then  v_in i_in = v_out I + loss,  loss = q X + drop I,  holds for
 * every v_in, 0 V included: below v_min the output falls with q and no power is invented. Its capacitors' bleeder takes a little
 * of I and is part of the loss: an output that is off, with a load that is off, hangs on it alone.
 * y is the output current that the voltages ask for: drop = R y, and I = y when the converter may feed back.  When it may not,
 * I is TW_CV_BACK of y for y < 0, so that an output without load has a voltage, and drop has the larger slope R_block there
 * (only E - v_out < 0 matters); the two meet in C1, I has the sign of y everywhere and is y itself above `width`.
 * The part's own temperature: heat_capacity dT/dt = loss - (T - T_heat)/R_th.
 * Erickson and Maksimovic, Fundamentals of Power Electronics, 2nd ed. (2001), ch. 3 (averaged dc transformer with losses). */
#ifndef TW_CONVERTER_H
#define TW_CONVERTER_H
#include "component.h"
#include "electric.h"

enum { TW_CV_IN, TW_CV_OUT, TW_CV_HEAT, TW_CV_Y, TW_CV_T, TW_CV_VARS };

#define TW_CV_BACK 1e-3 /* rounding of the currents at an output without load, over this, is what y is known to */

/* A quantity with its derivatives to v_in, y and T. */
typedef struct { tw_real v, in, y, T; } tw_cv;

typedef struct {
  tw_vd I;                  /* output current, d to y */
  tw_vd forward;            /* without what goes back where none should: the current of the loss laws */
  tw_real drop, drop_y;     /* V, and to y */
  tw_real drop_T;           /* drop per unit of R, to be multiplied by dR/dT */
} tw_cv_current;

/* in_service: 1, or 0 when off. width [A] and R_block are numbers, not variables. */
static TW_INLINE tw_cv_current tw_cv_current_at(tw_real y, tw_real R, double in_service, bool both_ways, double width,
                                             double R_block) {
  tw_vd all = {in_service * y, in_service};
  if (both_ways) return (tw_cv_current){all, all, R * y, R, y};
  tw_vd f = tw_one_way(y, width), b = tw_one_way(-y, width), I = {f.v + TW_CV_BACK * (y - f.v), f.d + TW_CV_BACK * (1.0 - f.d)};
  tw_real extra = R_block > TW_RE(R) ? R_block - R : 0.0, live = R_block > TW_RE(R) ? 1.0 : 0.0;
  return (tw_cv_current){{in_service * I.v, in_service * I.d}, {in_service * f.v, in_service * f.d}, R * y - extra * b.v,
                         R + extra * b.d, y + live * b.v};
}

/* Integral over y, from 0, of the current of a converter in service that lets none back: per inductance, what that stores. */
static TW_INLINE tw_real tw_cv_linkage(tw_real y, double width) {
  return (1.0 - TW_CV_BACK) * tw_one_way_integral(y, width) + TW_CV_BACK * 0.5 * y * y;
}

typedef struct {            /* inputs */
  tw_real T_rate, v_min, n, V_set, R_T; /* R_T = dR/dT */
  tw_real R_th, heat_capacity;
  double cj;
} tw_cv_in;

typedef struct {
  tw_real f[TW_CV_VARS];
  tw_real loss, bleed, q;
  tw_real in_in, in_y, in_T;                    /* Jacobian by row and column */
  tw_real out_out, out_y;
  tw_real heat_heat, heat_T;
  tw_real y_in, y_out, y_y, y_T;
  tw_real T_in, T_out, T_heat, T_y, T_T;
} tw_cv_out;

/* x: the five unknowns. */
static TW_INLINE void tw_cv_eval(const tw_real *x, const tw_cv_in *a, const tw_cv_current *c, const tw_cv *L, tw_cv_out *o) {
  tw_draw d = tw_draw_at(x[TW_CV_IN], a->v_min);
  tw_real dT = a->R_T * c->drop_T, G = 1.0 / a->R_th;
  tw_real lost = c->drop * c->I.v, lost_y = c->drop_y * c->I.v + c->drop * c->I.d, lost_T = dT * c->I.v;
  tw_real X = L->v - lost, X_y = L->y - lost_y, X_T = L->T - lost_T;
  tw_real drawn = a->V_set * c->I.v + X;

  o->q = d.q;
  tw_real v = x[TW_CV_OUT];
  o->bleed = TW_SUPPLY_BLEED * v * v;
  o->loss = d.q * X + lost + o->bleed;
  o->f[TW_CV_IN] = a->n * c->I.v + d.h * drawn;
  o->in_in = d.dh * drawn + d.h * L->in;
  o->in_y = a->n * c->I.d + d.h * (a->V_set * c->I.d + X_y);
  o->in_T = d.h * X_T;
  o->f[TW_CV_OUT] = TW_SUPPLY_BLEED * v - c->I.v;
  o->out_out = TW_SUPPLY_BLEED;
  o->out_y = -c->I.d;
  tw_real out = (x[TW_CV_T] - x[TW_CV_HEAT]) * G;
  o->f[TW_CV_HEAT] = -out;
  o->heat_heat = G;
  o->heat_T = -G;
  o->f[TW_CV_Y] = a->n * x[TW_CV_IN] + d.q * a->V_set - c->drop - v;
  o->y_in = a->n + d.dq * a->V_set;
  o->y_out = -1.0;
  o->y_y = -c->drop_y;
  o->y_T = -dT;
  o->f[TW_CV_T] = a->heat_capacity * a->T_rate + out - o->loss;
  o->T_in = -(d.dq * X + d.q * L->in);
  o->T_out = -2.0 * TW_SUPPLY_BLEED * v;
  o->T_heat = -G;
  o->T_y = -(d.q * X_y + lost_y);
  o->T_T = a->heat_capacity * a->cj + G - (d.q * X_T + lost_T);
}

/* The stamps that every converter has, in the order in which tw_cv_stamp writes them. */
#define TW_CV_STAMPS {0, 0}, {0, 3}, {0, 4}, {1, 3}, {2, 2}, {2, 4}, {3, 0}, {3, 1}, {3, 3}, {4, 0}, {4, 2}, {4, 3}, {4, 4}, \
                     {1, 1}, {4, 1}
#define TW_CV_N_STAMPS 15

static TW_INLINE void tw_cv_stamp(const tw_cv_out *o, double *const *j, int i) {
  j[0][i] = TW_RE(o->in_in), j[1][i] = TW_RE(o->in_y), j[2][i] = TW_RE(o->in_T);
  j[3][i] = TW_RE(o->out_y);
  j[4][i] = TW_RE(o->heat_heat), j[5][i] = TW_RE(o->heat_T);
  j[6][i] = TW_RE(o->y_in), j[7][i] = TW_RE(o->y_out), j[8][i] = TW_RE(o->y_y);
  j[9][i] = TW_RE(o->T_in), j[10][i] = TW_RE(o->T_heat), j[11][i] = TW_RE(o->T_y), j[12][i] = TW_RE(o->T_T);
  j[13][i] = TW_RE(o->out_out), j[14][i] = TW_RE(o->T_out);
}
#endif
