/* Pictures of a steady solution: where the power goes, what is left of it after each stage, the rack by its units, the electrical
 * and the coolant path. Data from the results, drawn by viz/. */
#ifndef TW_FIGURES_H
#define TW_FIGURES_H
#include <stdio.h>
#include "results.h"

/* One figure. id: for files and anchors ("sankey"). draw writes one <svg> element; 0, or -1 when the model has nothing
 * of the kind, and then nothing is written. */
typedef struct { const char *id, *title; int (*draw)(FILE *out, const tw_results *r); } tw_figure;

extern const tw_figure tw_figures[]; /* ends with id NULL */

int tw_draw_sankey(FILE *out, const tw_results *r);     /* figure_ladder.c */
int tw_draw_waterfall(FILE *out, const tw_results *r);
int tw_draw_temperatures(FILE *out, const tw_results *r); /* figure_elevation.c: what stands in the racks, by units */
int tw_draw_powers(FILE *out, const tw_results *r);
int tw_draw_loads(FILE *out, const tw_results *r);
int tw_draw_oneline(FILE *out, const tw_results *r);    /* figure_paths.c */
int tw_draw_coolant(FILE *out, const tw_results *r);

/* Each figure as DIR/<id>.svg. Returns 0 or exit code 5 after a message. */
int tw_figures_write(const tw_results *r, const char *folder);
#endif
