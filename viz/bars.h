/* Bars in groups: the same quantity of several cases, side by side. */
#ifndef TW_BARS_H
#define TW_BARS_H
#include <stdio.h>

enum { TW_BARS_CASES = 6 };

typedef struct {
  const char *name;
  double value[TW_BARS_CASES];         /* >= 0; NaN: the case has none */
  const char *shown[TW_BARS_CASES];    /* with the unit */
} tw_bar_group;

typedef struct {
  const char *title;
  const char *cases[TW_BARS_CASES]; int n_cases;
  const tw_bar_group *groups; int n_groups;
} tw_bars;

/* Writes one <svg> element. Returns 0, or -1 when there is no bar longer than zero. */
int tw_bars_svg(FILE *out, const tw_bars *b);

/* The same as JSON: {kind: "bars", cases: [name], groups: [{name, values: [number or null]}]}. */
void tw_bars_json(FILE *out, const tw_bars *b);
#endif
