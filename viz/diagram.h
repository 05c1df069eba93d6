/* Boxes in layers from left to right, joined by lines: a one-line diagram or a flow scheme. */
#ifndef TW_DIAGRAM_H
#define TW_DIAGRAM_H
#include <stdio.h>

enum { TW_DIAGRAM_LINES = 4 };

typedef struct {
  const char *name;                    /* first line, bold */
  const char *lines[TW_DIAGRAM_LINES]; /* further lines, NULL past the last */
  int layer;                           /* 0 at the left; a layer is stacked in the order of the boxes */
  int colour;                          /* number for tw_svg_colour */
} tw_diagram_box;

typedef struct { int from, to; } tw_diagram_line; /* dashed where it goes round to the next row, or back */

typedef struct {
  const char *title;
  const tw_diagram_box *boxes; int n_boxes;
  const tw_diagram_line *lines; int n_lines;
} tw_diagram;

/* Writes one <svg> element. Returns 0, or -1 when there is no box. */
int tw_diagram_svg(FILE *out, const tw_diagram *d);

/* The same as JSON: {kind: "diagram", boxes: [{name, layer, lines: []}], lines: [[from, to]]}. */
void tw_diagram_json(FILE *out, const tw_diagram *d);
#endif
