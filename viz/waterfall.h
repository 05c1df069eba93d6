/* What is left of an amount after one step after the other. */
#ifndef TW_WATERFALL_H
#define TW_WATERFALL_H
#include <stdio.h>

typedef struct {
  const char *name;
  double before, after;   /* one unit for all; before of the first row is the whole */
  const char *shown;      /* what is lost in this step, as text */
} tw_waterfall_step;

typedef struct { const char *title; const tw_waterfall_step *steps; int n; } tw_waterfall;

/* Writes one <svg> element, a row per step. Returns 0, or -1 when the whole is not a positive number. */
int tw_waterfall_svg(FILE *out, const tw_waterfall *w);

/* The same as JSON: {kind: "waterfall", steps: [{name, before, after}]}. */
void tw_waterfall_json(FILE *out, const tw_waterfall *w);
#endif
