#include "sankey.h"
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include "html.h"
#include "json_text.h"
#include "svg.h"

enum { WIDTH = 1240, FLOW_HEIGHT = 380, LEFT = 30, RIGHT = 150, TOP = 78, BOTTOM = 16, GAP = 19, NODE = 10 };

typedef struct { double x, y, height, in, out; } place; /* in, out: what is used of its left and right side, from the top */

typedef struct { double height, scale; } size; /* of the figure; px per unit of the amounts */

/* A node is as high as the larger of what enters and what leaves it. */
static place *layout(const tw_sankey *s, size *figure) {
  place *at = calloc((size_t)s->n_nodes + 1, sizeof *at);
  if (!at) abort();
  double largest = 0.0, deepest = 0.0;
  int columns = 1;
  for (int k = 0; k < s->n_flows; k++) at[s->flows[k].from].out += s->flows[k].amount, at[s->flows[k].to].in += s->flows[k].amount;
  for (int i = 0; i < s->n_nodes; i++) {
    at[i].height = fmax(at[i].in, at[i].out);
    columns = s->nodes[i].column >= columns ? s->nodes[i].column + 1 : columns;
  }
  for (int c = 0; c < columns; c++) {
    double sum = 0.0;
    for (int i = 0; i < s->n_nodes; i++) sum += s->nodes[i].column == c ? at[i].height : 0.0;
    largest = fmax(largest, sum);
  }
  for (int c = 0; c < columns && largest > 0.0; c++) {
    double y = TOP;
    for (int i = 0; i < s->n_nodes; i++) {
      if (s->nodes[i].column != c) continue;
      at[i].x = LEFT + (double)c * (WIDTH - LEFT - RIGHT - NODE) / (columns > 1 ? columns - 1 : 1);
      at[i].y = y;
      at[i].height *= FLOW_HEIGHT / largest;
      at[i].in = at[i].out = 0.0;
      y += at[i].height + GAP;
      deepest = fmax(deepest, y - GAP);
    }
  }
  *figure = (size){deepest + BOTTOM, FLOW_HEIGHT / largest};
  return at;
}

static void band(FILE *out, const tw_sankey *s, place *at, const tw_sankey_flow *f, double scale) {
  place *a = &at[f->from], *b = &at[f->to];
  double w = f->amount * scale, x0 = a->x + NODE, x1 = b->x, y0 = a->y + a->out, y1 = b->y + b->in, xm = 0.5 * (x0 + x1);
  a->out += w;
  b->in += w;
  fprintf(out, "<path class=\"flow\" fill=\"%s\" fill-opacity=\".45\" d=\"M%.1f,%.2f C%.1f,%.2f %.1f,%.2f %.1f,%.2f V%.2f C%.1f,%.2f %.1f,%.2f %.1f,%.2f Z\">",
          tw_svg_colour(s->nodes[f->to].colour), x0, y0, xm, y0, xm, y1, x1, y1, y1 + w, xm, y1 + w, xm, y0 + w, x0, y0 + w);
  fputs("<title>", out);
  tw_html_text(out, s->nodes[f->from].name);
  fputs(" to ", out);
  tw_html_text(out, s->nodes[f->to].name);
  fputs(": ", out);
  tw_html_text(out, f->shown);
  fputs("</title></path>\n", out);
}

static void node(FILE *out, const tw_sankey_node *n, const place *p) {
  fprintf(out, "<rect class=\"node\" x=\"%.1f\" y=\"%.2f\" width=\"%d\" height=\"%.2f\" fill=\"%s\"/>\n", p->x, p->y, NODE,
          fmax(p->height, 1.0), tw_svg_colour(n->colour));
  if (n->beside) {
    char both[160];
    snprintf(both, sizeof both, "%.90s %.60s", n->name, n->value);
    tw_svg_text(out, p->x + NODE + 5.0, p->y + 0.5 * p->height + 4.0, TW_ANCHOR_START, "", both);
  } else {
    double y = p->y - (n->column % 2 ? 36.0 : 6.0); /* names of neighbours would touch */
    tw_svg_text(out, p->x + 0.5 * NODE, y - 14.0, TW_ANCHOR_MIDDLE, "", n->name);
    tw_svg_text(out, p->x + 0.5 * NODE, y, TW_ANCHOR_MIDDLE, " font-size=\"11\"", n->value);
  }
}

int tw_sankey_svg(FILE *out, const tw_sankey *s) {
  size figure;
  place *at = layout(s, &figure);
  bool flows = isfinite(figure.scale) && isfinite(figure.height);
  if (flows) {
    tw_svg_begin(out, WIDTH, figure.height, s->title);
    for (int k = 0; k < s->n_flows; k++) band(out, s, at, &s->flows[k], figure.scale);
    for (int i = 0; i < s->n_nodes; i++) node(out, &s->nodes[i], &at[i]);
    tw_svg_end(out);
  }
  free(at);
  return flows ? 0 : -1;
}

void tw_sankey_json(FILE *out, const tw_sankey *s) {
  fputs("{\"kind\":\"sankey\",\"nodes\":[", out);
  for (int i = 0; i < s->n_nodes; i++) {
    fputs(i ? ",{\"name\":" : "{\"name\":", out);
    tw_json_string(out, s->nodes[i].name);
    fprintf(out, ",\"column\":%d}", s->nodes[i].column);
  }
  fputs("],\"flows\":[", out);
  for (int k = 0; k < s->n_flows; k++) {
    fprintf(out, "%s{\"from\":%d,\"to\":%d,\"amount\":", k ? "," : "", s->flows[k].from, s->flows[k].to);
    tw_json_number(out, s->flows[k].amount);
    fputc('}', out);
  }
  fputs("]}", out);
}
