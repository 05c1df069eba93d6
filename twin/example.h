/* The example of an element: read, solved, and swept for its characteristic curve.
 *
 * An example says in a comment which curve shows what the element does:
 *   <!-- characteristic: psu.efficiency, other.efficiency over load.P 0 W .. 5.5 kW -->   quantities of one unit, over a parameter
 *   <!-- characteristic: pump.dp over pump.flow by plant.dp_rated 5 kPa .. 1 MPa -->      over a quantity, by changing a parameter
 *   <!-- characteristic: none: why there is none -->
 * Several comments give several charts. */
#ifndef TW_EXAMPLE_H
#define TW_EXAMPLE_H
#include <stdio.h>
#include "session.h"

enum { TW_CURVE_POINTS = 61, TW_CURVE_LINES = 6, TW_CURVES = 4 };

typedef struct {
  char quantity[TW_CURVE_LINES][96], over[96]; /* paths */
  char by[96];                                 /* path of the parameter that is changed; over, unless that is a quantity */
  int n;                                       /* quantities; 0: there is none, and why */
  char why[200];
  char from[48], to[48]; /* as written */
} tw_characteristic;

typedef struct {
  char x_unit[32], y_unit[32];
  double x[TW_CURVE_POINTS], y[TW_CURVE_LINES][TW_CURVE_POINTS];
} tw_swept; /* in these units; y NaN: no solution */

/* The text of a file, to be freed; NULL when it cannot be read. */
char *tw_example_text(const char *file);
/* Comments of the text; their number, or -1 after a message on stderr that names the file. */
int tw_characteristics(const char *file, const char *text, tw_characteristic *list);
/* Steady states along a characteristic: each is that of `solve --set BY=value`. Returns 0, or an exit code after a message. */
int tw_characteristic_sweep(tw_session *s, const tw_characteristic *c, tw_swept *out);
/* The page of a solve without the solver's times, to be freed; NULL after a message. The session must be open with a solver. */
char *tw_example_page(tw_session *s);
#endif
