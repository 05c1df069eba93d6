#include "slot_map.h"
#include <math.h>
#include "html.h"
#include "json_text.h"
#include "svg.h"

enum { WIDTH = 300, SLOT = 17, LEFT = 30, RIGHT = 10, TOP = 64, BOTTOM = 10, SCALE_STEPS = 24 };

static void scale(FILE *out, const tw_slot_map *m) {
  char colour[8];
  double step = 90.0 / SCALE_STEPS, x = LEFT + 80.0;
  tw_svg_text(out, LEFT, 14.0, TW_ANCHOR_START, " font-weight=\"600\"", m->quantity);
  for (int k = 0; k < SCALE_STEPS; k++) {
    tw_svg_shade((k + 0.5) / SCALE_STEPS, colour);
    fprintf(out, "<rect x=\"%.2f\" y=\"22\" width=\"%.2f\" height=\"10\" fill=\"%s\"/>\n", x + k * step, step + 0.3, colour);
  }
  tw_svg_text(out, x - 6.0, 31.0, TW_ANCHOR_END, "", m->low);
  tw_svg_text(out, x + 96.0, 31.0, TW_ANCHOR_START, "", m->high);
}

static double top_of(int n_slots, int slot) { return TOP + (double)(n_slots - slot) * SLOT; }

static void column(FILE *out, const tw_slot_column *c, double left) {
  tw_svg_text(out, left, TOP - 8.0, TW_ANCHOR_START, " font-weight=\"600\"", c->name);
  for (int u = 1; u <= c->n_slots; u++) {
    char text[16];
    double y = top_of(c->n_slots, u);
    snprintf(text, sizeof text, "%d", u);
    fprintf(out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%d\" height=\"%d\" fill=\"currentColor\" fill-opacity=\".06\"/>\n", left, y,
            WIDTH - LEFT - RIGHT, SLOT - 1);
    tw_svg_text(out, left - 6.0, y + 12.0, TW_ANCHOR_END, " font-size=\"9\" fill-opacity=\".7\"", text);
  }
}

static void box(FILE *out, const tw_slot_map *m, const tw_slot_box *b) {
  double left = LEFT + (double)b->column * WIDTH, y = top_of(m->columns[b->column].n_slots, b->slot + b->height - 1);
  double h = (double)b->height * SLOT - 1.0, span = m->hi - m->lo, share = span > 0.0 ? (b->value - m->lo) / span : b->value - m->lo + 0.5;
  char colour[8] = "none", more[64] = "";
  if (!isnan(share)) snprintf(more, sizeof more, " style=\"fill:%s\"", tw_svg_shade(share, colour) ? "#000" : "#fff");
  fprintf(out, "<g class=\"box\"><rect x=\"%.1f\" y=\"%.1f\" width=\"%d\" height=\"%.1f\" fill=\"%s\" stroke=\"currentColor\" stroke-opacity=\".4\"><title>",
          left, y, WIDTH - LEFT - RIGHT, h, colour);
  tw_html_text(out, b->name);
  fputs(": ", out);
  tw_html_text(out, b->shown);
  fputs("</title></rect>\n", out);
  tw_svg_text(out, left + 6.0, y + 0.5 * h + 4.0, TW_ANCHOR_START, more, b->name);
  tw_svg_text(out, left + WIDTH - LEFT - RIGHT - 6.0, y + 0.5 * h + 4.0, TW_ANCHOR_END, more, b->shown);
  fputs("</g>\n", out);
}

int tw_slot_map_svg(FILE *out, const tw_slot_map *m) {
  int slots = 0;
  for (int c = 0; c < m->n_columns; c++) slots = m->columns[c].n_slots > slots ? m->columns[c].n_slots : slots;
  if (m->n_boxes < 1 || slots < 1) return -1;
  tw_svg_begin(out, (double)m->n_columns * WIDTH, TOP + (double)slots * SLOT + BOTTOM, m->title);
  scale(out, m);
  for (int c = 0; c < m->n_columns; c++) column(out, &m->columns[c], LEFT + (double)c * WIDTH);
  for (int i = 0; i < m->n_boxes; i++) box(out, m, &m->boxes[i]);
  tw_svg_end(out);
  return 0;
}

void tw_slot_map_json(FILE *out, const tw_slot_map *m) {
  fputs("{\"kind\":\"elevation\",\"quantity\":", out);
  tw_json_string(out, m->quantity);
  fputs(",\"columns\":[", out);
  for (int c = 0; c < m->n_columns; c++) {
    fputs(c ? ",{\"name\":" : "{\"name\":", out);
    tw_json_string(out, m->columns[c].name);
    fprintf(out, ",\"slots\":%d}", m->columns[c].n_slots);
  }
  fputs("],\"boxes\":[", out);
  for (int i = 0; i < m->n_boxes; i++) {
    const tw_slot_box *b = &m->boxes[i];
    fputs(i ? ",{\"name\":" : "{\"name\":", out);
    tw_json_string(out, b->name);
    fputs(",\"shown\":", out);
    tw_json_string(out, b->shown);
    fprintf(out, ",\"column\":%d,\"slot\":%d,\"height\":%d,\"value\":", b->column, b->slot, b->height);
    tw_json_number(out, b->value);
    fputc('}', out);
  }
  fputs("]}", out);
}
