/* Pictures of a steady solution: where the power goes, what is left of it after each stage, the rack by its units, the electrical
 * and the coolant path. Data from the results, drawn by viz/. */
#ifndef TW_FIGURES_H
#define TW_FIGURES_H
#include <stdio.h>
#include "results.h"

typedef enum { TW_AS_SVG, TW_AS_JSON } tw_form; /* one <svg> element; what it shows, as one JSON object */

/* One figure. id: for files and anchors ("sankey"). draw returns 0, or -1 when the model has nothing of the kind, and then
 * nothing is written. */
typedef struct { const char *id, *title; int (*draw)(FILE *out, const tw_results *r, tw_form form); } tw_picture;

extern const tw_picture tw_pictures[]; /* ends with id NULL */

int tw_draw_sankey(FILE *out, const tw_results *r, tw_form form);     /* figure_ladder.c */
int tw_draw_waterfall(FILE *out, const tw_results *r, tw_form form);
int tw_draw_temperatures(FILE *out, const tw_results *r, tw_form form); /* figure_elevation.c: what stands in the racks, by units */
int tw_draw_powers(FILE *out, const tw_results *r, tw_form form);
int tw_draw_loads(FILE *out, const tw_results *r, tw_form form);
int tw_draw_oneline(FILE *out, const tw_results *r, tw_form form);    /* figure_paths.c */
int tw_draw_coolant(FILE *out, const tw_results *r, tw_form form);

const tw_picture *tw_picture_named(const char *id);

/* Each figure as DIR/<id>.svg. Returns 0 or exit code 5 after a message. */
int tw_figures_write(const tw_results *r, const char *folder);
#endif
