/* Numbers with units: text to SI, SI to other units, and a readable form for people.
 *
 * Grammar: number, optional space, unit. Number: decimal digits with '.', optional sign and exponent. Unit: symbols with an
 * optional exponent ("m2", "s-1", "m^2"), joined by a space, '*', '.' or '/', with parentheses. A product after a division
 * ("W/m2 K") is refused, because it is read in two ways; "W/(m2 K)" is not.
 * Symbols come from the table below; a symbol that it lacks is looked up in the udunits database (which costs some ms once).
 *
 * Angles are no plain numbers here: "rpm" is revolutions per minute, 1 rpm = 1/60 Hz = 2 pi/60 rad/s, and Hz never turns
 * into rad/s. VA and var are not W. Currencies are units of their own. In a product degC and degF are differences.
 *
 * A message of these functions is what follows the name of the parameter or column: `needs a unit, for example 4.5 mohm`,
 * `is a resistance: "4.5 m" is a length; write for example 4.5 mohm`. */
#ifndef TW_UNITS_H
#define TW_UNITS_H
#include <stdbool.h>
#include <stddef.h>

/* to = ((from + before) * factor / divisor) - after */
typedef struct { double before, factor, divisor, after; } tw_conversion;

/* How to turn numbers in unit `from` (as a user writes it) into unit `to` (a table's unit: "ohm", "K", "delta K", "1" ...;
 * "" or "1" for plain numbers). Returns false, with a message, where that makes no sense. message may be NULL if size is 0. */
bool tw_conversion_find(const char *from, const char *to, tw_conversion *c, char *message, size_t size);
double tw_conversion_apply(const tw_conversion *c, double value);

/* A number in si_unit given in to_unit, for output ("K" in "degC"). False, *out unchanged, if the units do not fit. */
bool tw_convert(double si, const char *si_unit, const char *to_unit, double *out);

/* A decimal number at the start of text, whatever the locale. Returns where it ends, or NULL: no number, or too large. */
const char *tw_number_scan(const char *text, double *out);

/* Number with a unit that suits people: "132.4 kW", "1.2 mohm", "35.2 degC" for K, "2 h" for s. Returns buf. */
char *tw_display(double si, const char *unit, char *buf, size_t n);

/* True if `unit` may stand in a table of parameters or quantities. */
bool tw_unit_known(const char *unit);

/* ---- the table, for `list units` ------------------------------------------------------------------------------------ */

enum { TW_KG, TW_METRE, TW_SECOND, TW_AMPERE, TW_KELVIN, TW_MOLE, TW_CANDELA, TW_RADIAN, TW_REVOLUTION, TW_USD, TW_EUR, TW_VA,
       TW_VAR, TW_DIMENSIONS };

/* SI value = (number + offset) * factor / divisor. Both are kept, so that 4.5 mohm is 4.5 / 1000, the double 0.0045 itself. */
typedef struct {
  double factor, divisor, offset;
  signed char power[TW_DIMENSIONS];
} tw_unit;

typedef enum { TW_PREFIX_NONE, TW_PREFIX_SI, TW_PREFIX_ALL } tw_prefixes; /* SI: p n u m k M G T; ALL: also c d h */

typedef struct {
  const char *symbol;
  tw_prefixes prefixes;
  tw_unit unit;
  const char *doc;
} tw_unit_row;

/* Row i of the table, sorted by symbol; NULL past its end. */
const tw_unit_row *tw_unit_at(int i);
#endif
