/* What published cases and closed forms say. Expected values are literals of the source, never results of this program.
 * quantity: "path.output", or two joined by " / ", " - ", " + ", " * " or " angle " (atan2 of both, rad); a path without index
 * is a sum. It is in SI; shown and compared is  quantity * scale + offset. tolerance: relative (REL) or in the unit
 * shown (ABS). */
#ifndef TW_VALIDATION_TABLE_H
#define TW_VALIDATION_TABLE_H

typedef enum { REL, ABS } tolerance_kind;

typedef struct {
  const char *id;                          /* case */
  const char *file, *variant, *sets;       /* tests/validation/FILE.xml */
  const char *scenario;                    /* NULL: steady state */
  double t;                                /* s, of the sample */
  const char *quantity;
  double scale, offset;
  const char *unit;
  double expected, tolerance;
  tolerance_kind kind;
} expectation;

#define CELSIUS 1.0, -273.15, "degC"
#define KELVIN 1.0, 0.0, "K"
#define WATT 1.0, 0.0, "W"
#define KILOWATT 1e-3, 0.0, "kW"
#define VOLT 1.0, 0.0, "V"
#define AMPERE 1.0, 0.0, "A"
#define RATIO 1.0, 0.0, "1"
#define LITRES_PER_MINUTE 6e4, 0.0, "L/min"
#define LITRES_PER_SECOND 1e3, 0.0, "L/s"
#define KILOPASCAL 1e-3, 0.0, "kPa"
#define DEGREE 57.29577951308232, 0.0, "deg"
#define STEADY NULL, 0.0

static const expectation expectations[] = {
#include "electrical.inc"
#include "hydraulics.inc"
#include "thermal.inc"
#include "system.inc"
};
#endif
