/* Properties of a single-phase coolant or air over temperature, at fixed composition.
 * A medium is data; every fluid net has one. SI units, T in K. */
#ifndef TW_MEDIUM_H
#define TW_MEDIUM_H
#include "curve.h"

typedef enum {
  TW_PROP_POLYNOMIAL,   /* sum c[i] (T - T0)^i, i < 6 */
  TW_PROP_EXP_POLYNOMIAL, /* exp of it */
  TW_PROP_VOGEL,        /* exp(c[0] / (T - c[1]) - c[2]) */
  TW_PROP_RECIPROCAL,   /* c[0] / T: density of an ideal gas at fixed pressure */
  TW_PROP_TABLE         /* curve over T */
} tw_property_form;

typedef struct {
  tw_property_form form;
  double T0, c[6];
  tw_curve table;
  double lo, hi;        /* K: beyond, a polynomial goes on with its end slope, C1, so that Newton can pass; 0, 0: nowhere */
} tw_property;

typedef struct tw_medium {
  const char *id;
  tw_property density, cp, conductivity, viscosity; /* kg/m3, J/kgK (not exp or Vogel: it is integrated), W/mK, Pa s */
  double rho_ref;        /* kg/m3, at T_ref: the one density of the p/rho term of the enthalpy */
  double cp_ref, h_ref;  /* J/kgK and J/kg, at T_ref: specific heat, and the integral of cp from the origin of its form */
  double T_ref;          /* K, zero of the enthalpy */
  double T_lo, T_hi;     /* K, range of the correlations */
  const char *source;
} tw_medium;

/* A property and its temperature derivative. Outside T_lo..T_hi it has a value, so that Newton can pass; the twin refuses a
 * solution there. */
#define tw_property_at TW_SYM(tw_property_at)
tw_vd tw_property_at(const tw_property *p, tw_real T);

/* Thermal part of the specific enthalpy, integral of cp from T_ref to T, J/kg; d is cp. */
#define tw_enthalpy TW_SYM(tw_enthalpy)
tw_vd tw_enthalpy(const tw_medium *m, tw_real T);

/* Built-in media by name: "water", "air" (dry, 101325 Pa), "pg" and "mpg" by concentration (volume, mass fraction); with
 * digits the name holds the percentage: "pg25" is "pg" at 0.25.
 * Fills *out; id is not copied. Returns 0, 1 when the name is unknown, 2 when the concentration is outside the source's range. */
/* Fills the values at T_ref from the correlations; called once when a medium is made. */
void tw_medium_prepare(tw_medium *m);
int tw_medium_builtin(const char *name, double concentration, tw_medium *out);
#endif
