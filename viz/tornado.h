/* Tornado: how far one quantity goes when each of several figures goes to the ends of its range, widest first. */
#ifndef TW_TORNADO_H
#define TW_TORNADO_H
#include <stdio.h>

typedef struct {
  const char *name;                     /* the figure */
  const char *at[2];                    /* its low and its high value, with the unit */
  double change[2];                     /* of the quantity at these; NaN: not known */
  const char *shown[2];                 /* the same with the unit */
} tw_tornado_row;

typedef struct {
  const char *title, *base;             /* base: the quantity where nothing changes, with the unit */
  const tw_tornado_row *rows; int n;    /* in their order */
} tw_tornado;

/* Writes one <svg> element. Returns 0, or -1 when nothing changes. */
int tw_tornado_svg(FILE *out, const tw_tornado *t);

/* The same as JSON: {kind: "tornado", base, rows: [{name, at: [low, high], change: [number or null, the same]}]}. */
void tw_tornado_json(FILE *out, const tw_tornado *t);
#endif
