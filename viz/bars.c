#include "bars.h"
#include <math.h>
#include "html.h"
#include "json_text.h"
#include "svg.h"

enum { WIDTH = 900, LEFT = 130, RIGHT = 160, TOP = 34, BAR = 13, GAP = 9 };

static double longest(const tw_bars *b) {
  double most = 0.0;
  for (int g = 0; g < b->n_groups; g++)
    for (int k = 0; k < b->n_cases; k++) most = fmax(most, b->groups[g].value[k]); /* fmax leaves NaN out */
  return most;
}

static void group(FILE *out, const tw_bars *b, const tw_bar_group *g, double y, double scale) {
  tw_svg_text(out, LEFT - 8.0, y + 0.5 * b->n_cases * BAR + 4.0, TW_ANCHOR_END, "", g->name);
  for (int k = 0; k < b->n_cases; k++, y += BAR) {
    if (isnan(g->value[k])) continue;
    double width = fmax(g->value[k] * scale, 0.75);
    fprintf(out, "<rect class=\"bar\" x=\"%d\" y=\"%.1f\" width=\"%.2f\" height=\"%d\" fill=\"%s\"><title>", LEFT, y, width,
        BAR - 2, tw_svg_colour(k));
    tw_html_text(out, b->cases[k]);
    fputs(": ", out);
    tw_html_text(out, g->shown[k]);
    fputs("</title></rect>\n", out);
    tw_svg_text(out, LEFT + width + 5.0, y + BAR - 3.5, TW_ANCHOR_START, " font-size=\"10\"", g->shown[k]);
  }
}

int tw_bars_svg(FILE *out, const tw_bars *b) {
  double most = longest(b), y = TOP, at = LEFT, step = b->n_cases * BAR + (double)GAP;
  if (!(most > 0.0 && isfinite(most))) return -1;
  tw_svg_begin(out, WIDTH, TOP + b->n_groups * step, b->title);
  for (int k = 0; k < b->n_cases; k++) {
    int length = 0;
    while (b->cases[k][length]) length++;
    fprintf(out, "<rect x=\"%.1f\" y=\"8\" width=\"12\" height=\"11\" fill=\"%s\"/>\n", at, tw_svg_colour(k));
    tw_svg_text(out, at + 17.0, 18.0, TW_ANCHOR_START, "", b->cases[k]);
    at += 36.0 + 7.2 * length;
  }
  for (int g = 0; g < b->n_groups; g++, y += step) group(out, b, &b->groups[g], y, (WIDTH - LEFT - RIGHT) / most);
  tw_svg_end(out);
  return 0;
}

void tw_bars_json(FILE *out, const tw_bars *b) {
  fputs("{\"kind\":\"bars\",\"cases\":[", out);
  for (int k = 0; k < b->n_cases; k++) {
    if (k) fputc(',', out);
    tw_json_string(out, b->cases[k]);
  }
  fputs("],\"groups\":[", out);
  for (int g = 0; g < b->n_groups; g++) {
    fputs(g ? ",{\"name\":" : "{\"name\":", out);
    tw_json_string(out, b->groups[g].name);
    fputs(",\"values\":[", out);
    for (int k = 0; k < b->n_cases; k++) {
      if (k) fputc(',', out);
      tw_json_number(out, b->groups[g].value[k]);
    }
    fputs("]}", out);
  }
  fputs("]}", out);
}
