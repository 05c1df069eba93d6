#include "diagram.h"
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include "html.h"
#include "json_text.h"
#include "svg.h"

/* Wide diagrams break: the layers go on in a further row, so that a page of paper holds them. */
enum { BOX = 180, COLUMN = 214, LINE = 14, PAD = 6, GAP = 16, MARGIN = 24, PER_ROW = 6, ROW_GAP = 36 };

typedef struct { double x, y, height, top; } place; /* top: of its row of layers */

static double box_height(const tw_diagram_box *b) {
  int lines = 1;
  while (lines <= TW_DIAGRAM_LINES && b->lines[lines - 1]) lines++;
  return lines * LINE + 2.0 * PAD;
}

/* Each layer is centred in its row of layers. */
static place *layout(const tw_diagram *d, double *width, double *height) {
  place *at = calloc((size_t)d->n_boxes + 1, sizeof *at);
  if (!at) abort();
  int layers = 1;
  for (int i = 0; i < d->n_boxes; i++) layers = d->boxes[i].layer >= layers ? d->boxes[i].layer + 1 : layers;
  double top = MARGIN;
  for (int first = 0; first < layers; first += PER_ROW) {
    double tallest = 0.0;
    for (int c = first; c < layers && c < first + PER_ROW; c++) {
      double y = 0.0;
      for (int i = 0; i < d->n_boxes; i++) {
        if (d->boxes[i].layer != c) continue;
        at[i] = (place){MARGIN + (double)(c - first) * COLUMN, y, box_height(&d->boxes[i]), top};
        y += at[i].height + GAP;
      }
      tallest = fmax(tallest, y - GAP);
      for (int i = 0; i < d->n_boxes; i++)
        if (d->boxes[i].layer == c) at[i].y -= 0.5 * (y - GAP);
    }
    for (int i = 0; i < d->n_boxes; i++)
      if (d->boxes[i].layer >= first && d->boxes[i].layer < first + PER_ROW) at[i].y += top + 0.5 * tallest;
    top += tallest + ROW_GAP;
  }
  *width = 2.0 * MARGIN + (layers < PER_ROW ? layers - 1 : PER_ROW - 1) * COLUMN + BOX;
  *height = top - ROW_GAP + MARGIN;
  return at;
}

/* Straight on to a box further right in the same row of layers; else round by the gap above the row of the box it leads to, or
 * below its own box where it returns in the same row. */
static void line(FILE *out, const place *a, const place *b) {
  double x0 = a->x + BOX, y0 = a->y + 0.5 * a->height, x1 = b->x, y1 = b->y + 0.5 * b->height, xm = x1 - 0.5 * (COLUMN - BOX);
  bool same_row = a->top == b->top;
  fputs("<path class=\"line\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.3\"", out);
  if (same_row && x1 > x0) {
    fprintf(out, " d=\"M%.1f,%.1f H%.1f V%.1f H%.1f\"/>\n", x0, y0, xm, y1, x1);
    return;
  }
  double turn = x0 + 0.35 * (COLUMN - BOX), gap = same_row ? fmax(a->y + a->height, b->y + b->height) + 0.5 * GAP : b->top - 0.5 * ROW_GAP;
  fprintf(out, " stroke-dasharray=\"5 3\" d=\"M%.1f,%.1f H%.1f V%.1f H%.1f V%.1f H%.1f\"/>\n", x0, y0, turn, gap, fmax(xm, 3.0), y1, x1);
}

static void box(FILE *out, const tw_diagram_box *b, const place *p) {
  fprintf(out, "<g class=\"box\"><rect x=\"%.1f\" y=\"%.1f\" width=\"%d\" height=\"%.1f\" rx=\"4\" fill=\"%s\" fill-opacity=\".16\" stroke=\"%s\"/>\n",
          p->x, p->y, BOX, p->height, tw_svg_colour(b->colour), tw_svg_colour(b->colour));
  double y = p->y + PAD + LINE - 3.0;
  char more[64];
  double fits = (BOX - 14.0) / (0.62 * fmax((double)strlen(b->name), 1.0)); /* a bold letter is about 0.62 of its size wide */
  snprintf(more, sizeof more, " font-weight=\"600\" font-size=\"%.1f\"", fmin(12.0, fits));
  tw_svg_text(out, p->x + 7.0, y, TW_ANCHOR_START, more, b->name);
  for (int i = 0; i < TW_DIAGRAM_LINES && b->lines[i]; i++)
    tw_svg_text(out, p->x + 7.0, y + (i + 1.0) * LINE, TW_ANCHOR_START, " font-size=\"11\"", b->lines[i]);
  fputs("</g>\n", out);
}

int tw_diagram_svg(FILE *out, const tw_diagram *d) {
  if (d->n_boxes < 1) return -1;
  double width, height;
  place *at = layout(d, &width, &height);
  tw_svg_begin(out, width, height, d->title);
  for (int k = 0; k < d->n_lines; k++) line(out, &at[d->lines[k].from], &at[d->lines[k].to]);
  for (int i = 0; i < d->n_boxes; i++) box(out, &d->boxes[i], &at[i]);
  tw_svg_end(out);
  free(at);
  return 0;
}

void tw_diagram_json(FILE *out, const tw_diagram *d) {
  fputs("{\"kind\":\"diagram\",\"boxes\":[", out);
  for (int i = 0; i < d->n_boxes; i++) {
    const tw_diagram_box *b = &d->boxes[i];
    fputs(i ? ",{\"name\":" : "{\"name\":", out);
    tw_json_string(out, b->name);
    fprintf(out, ",\"layer\":%d,\"lines\":[", b->layer);
    for (int k = 0; k < TW_DIAGRAM_LINES && b->lines[k]; k++) {
      if (k) fputc(',', out);
      tw_json_string(out, b->lines[k]);
    }
    fputs("]}", out);
  }
  fputs("],\"lines\":[", out);
  for (int k = 0; k < d->n_lines; k++) fprintf(out, "%s[%d,%d]", k ? "," : "", d->lines[k].from, d->lines[k].to);
  fputs("]}", out);
}
