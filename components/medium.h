/* Properties of a single-phase coolant or air over temperature, at fixed composition.
 * A medium is data; every fluid net has one. SI units, T in K. */
#ifndef TW_MEDIUM_H
#define TW_MEDIUM_H
#include "curve.h"
#include <stdbool.h>

typedef enum {
  TW_PROP_POLYNOMIAL,   /* sum c[i] (T - T0)^i, i < 6 */
  TW_PROP_EXP_POLYNOMIAL, /* exp of it */
  TW_PROP_VOGEL,        /* exp(c[0] / (T - c[1]) - c[2]) */
  TW_PROP_RECIPROCAL,   /* c[0] / T: density of an ideal gas at fixed pressure */
  TW_PROP_TABLE         /* curve over T */
} tw_property_form;

#define TW_TERMS 6

typedef struct {
  tw_property_form form;
  double T0, c[TW_TERMS];
  tw_curve table;
  double lo, hi;        /* K: beyond, a polynomial goes on with its end slope, C1, so that Newton can pass; 0, 0: nowhere */
} tw_property;

/* Forms that most media have: a liquid of polynomials, its viscosity the exponential of one; a gas with the density of an ideal
 * gas and else polynomials. A loop over instances of one such medium has no branches. */
typedef enum { TW_ANY_FORM, TW_LIQUID_FORM, TW_GAS_FORM } tw_common_form;

typedef struct tw_medium {
  const char *id;
  tw_property density, cp, conductivity, viscosity; /* kg/m3, J/kgK (not exp or Vogel: it is integrated), W/mK, Pa s */
  double rho_ref;        /* kg/m3, at T_ref: the one density of the p/rho term of the enthalpy */
  double cp_ref, h_ref;  /* J/kgK and J/kg, at T_ref: specific heat, and the integral of cp from the origin of its form */
  double h_c[TW_TERMS];  /* J/kg/K^(i+1), c[i] / (i + 1) of cp: its integral over t = T - T0 is t sum h_c[i] t^i */
  double T_ref;          /* K, zero of the enthalpy */
  double T_lo, T_hi;     /* K, range of the correlations */
  tw_common_form form;
  double form_lo, form_hi; /* K, where no property of a common form leaves its range */
  const char *source;
} tw_medium;

/* Polynomial of TW_TERMS terms and its derivative; in t^2, so that the sums do not wait for one another. */
static TW_INLINE tw_vd tw_polynomial(const double *c, tw_real t) {
  tw_real q = t * t, s = t + t, low = c[0] + c[1] * t, high = c[4] + c[5] * t, mid = c[2] + c[3] * t + q * high;
  return (tw_vd){low + q * mid, c[1] + s * mid + q * (c[3] + s * high + q * c[5])};
}

/* Inside its range a polynomial needs no more than its terms. */
static TW_INLINE bool tw_property_is(const tw_property *p, tw_property_form form, tw_real T) {
  return p->form == form && TW_RE(T) >= p->lo && TW_RE(T) <= p->hi;
}

/* A property and its temperature derivative. Outside T_lo..T_hi it has a value, so that Newton can pass; the twin refuses a
 * solution there. The functions named _any do the same for every form; the short ones spare a kernel the call. */
#define tw_property_any TW_SYM(tw_property_any)
tw_vd tw_property_any(const tw_property *p, tw_real T);

static TW_INLINE tw_vd tw_property_at(const tw_property *p, tw_real T) {
  if (tw_property_is(p, TW_PROP_POLYNOMIAL, T)) return tw_polynomial(p->c, T - p->T0);
  return tw_property_any(p, T);
}

/* Its natural logarithm and the derivative of that: all that a power of the viscosity needs. */
#define tw_log_property_any TW_SYM(tw_log_property_any)
tw_vd tw_log_property_any(const tw_property *p, tw_real T);

static TW_INLINE tw_vd tw_log_property_at(const tw_property *p, tw_real T) {
  if (tw_property_is(p, TW_PROP_EXP_POLYNOMIAL, T)) return tw_polynomial(p->c, T - p->T0);
  return tw_log_property_any(p, T);
}

/* The same properties where the caller knows the form (a constant), bit for bit: `form` is TW_ANY_FORM, or what
 * tw_common_form_of told. p is the specific heat or the conductivity. */
static TW_INLINE tw_vd tw_property_as(tw_common_form form, const tw_property *p, tw_real T) {
  return form == TW_ANY_FORM ? tw_property_at(p, T) : tw_polynomial(p->c, T - p->T0);
}

static TW_INLINE tw_vd tw_density_as(tw_common_form form, const tw_medium *m, tw_real T) {
  if (form != TW_GAS_FORM) return tw_property_as(form, &m->density, T);
  tw_real per_T = 1.0 / T, rho = m->density.c[0] * per_T;
  return (tw_vd){rho, -rho * per_T};
}

static TW_INLINE tw_vd tw_log_viscosity_as(tw_common_form form, const tw_medium *m, tw_real T) {
  return form == TW_LIQUID_FORM ? tw_polynomial(m->viscosity.c, T - m->viscosity.T0) : tw_log_property_at(&m->viscosity, T);
}

/* The common form of n instances, if all have one medium and it keeps its form at all temperatures between a and b. */
static TW_INLINE tw_common_form tw_common_form_of(int n, const tw_medium *const *m, const tw_real *a, const tw_real *b) {
  double lo = m[0]->form_lo, hi = m[0]->form_hi;
  int other = 0;
  for (int k = 0; k < n; k++) other |= m[k] != m[0];
  for (int k = 0; k < n; k++) other |= !(TW_RE(a[k]) >= lo && TW_RE(a[k]) <= hi && TW_RE(b[k]) >= lo && TW_RE(b[k]) <= hi);
  return other ? TW_ANY_FORM : m[0]->form;
}

/* Thermal part of the specific enthalpy, integral of cp from T_ref to T, J/kg; d is cp. `form` as above. */
#define tw_enthalpy_any TW_SYM(tw_enthalpy_any)
tw_vd tw_enthalpy_any(const tw_medium *m, tw_real T);

static TW_INLINE tw_vd tw_enthalpy_as(tw_common_form form, const tw_medium *m, tw_real T) {
  if (form == TW_ANY_FORM && !tw_property_is(&m->cp, TW_PROP_POLYNOMIAL, T)) return tw_enthalpy_any(m, T);
  const double *c = m->cp.c, *h = m->h_c;
  tw_real t = T - m->cp.T0, q = t * t;
  tw_real v = h[0] + h[1] * t + q * (h[2] + h[3] * t + q * (h[4] + h[5] * t));
  return (tw_vd){t * v - m->h_ref, c[0] + c[1] * t + q * (c[2] + c[3] * t + q * (c[4] + c[5] * t))};
}

static TW_INLINE tw_vd tw_enthalpy(const tw_medium *m, tw_real T) { return tw_enthalpy_as(TW_ANY_FORM, m, T); }

/* Built-in media by name: "water", "air" (dry, 101325 Pa), "pg" and "mpg" by concentration (volume, mass fraction); with
 * digits the name holds the percentage: "pg25" is "pg" at 0.25.
 * Fills *out; id is not copied. Returns 0, 1 when the name is unknown, 2 when the concentration is outside the source's range. */
/* Fills the values at T_ref from the correlations; called once when a medium is made. */
void tw_medium_prepare(tw_medium *m);
int tw_medium_builtin(const char *name, double concentration, tw_medium *out);
#endif
