#include "tornado.h"
#include <math.h>
#include "html.h"
#include "json_text.h"
#include "svg.h"

enum { WIDTH = 900, LEFT = 300, RIGHT = 90, TOP = 48, ROW = 26, BAR = 16 };
static const char *const ends[] = {"at the low value", "at the high value"};

static double widest(const tw_tornado *t) {
  double most = 0.0;
  for (int i = 0; i < t->n; i++)
    for (int k = 0; k < 2; k++) most = fmax(most, fabs(t->rows[i].change[k])); /* fmax leaves NaN out */
  return most;
}

static void bar(FILE *out, const tw_tornado_row *row, int k, double middle, double y, double scale) {
  if (isnan(row->change[k])) return;
  double width = fmax(fabs(row->change[k]) * scale, 0.75), left = row->change[k] < 0.0 ? middle - width : middle;
  fprintf(out,
      "<rect class=\"swing\" x=\"%.2f\" y=\"%.1f\" width=\"%.2f\" height=\"%d\" fill=\"%s\" fill-opacity=\".85\"><title>",
      left, y, width, BAR / 2, tw_svg_colour(k));
  tw_html_text(out, row->name);
  fputs(" = ", out);
  tw_html_text(out, row->at[k]);
  fputs(": ", out);
  tw_html_text(out, row->shown[k]);
  fputs("</title></rect>\n", out);
  double x = row->change[k] < 0.0 ? left - 5.0 : left + width + 5.0;
  tw_svg_text(out, x, y + BAR / 2.0 - 0.5, row->change[k] < 0.0 ? TW_ANCHOR_END : TW_ANCHOR_START, " font-size=\"10\"",
      row->shown[k]);
}

int tw_tornado_svg(FILE *out, const tw_tornado *t) {
  double most = widest(t), half = 0.5 * (WIDTH - LEFT - RIGHT) - 40.0;
  double middle = LEFT + 40.0 + half, bottom = TOP + (double)t->n * ROW;
  if (!(most > 0.0 && isfinite(most))) return -1;
  tw_svg_begin(out, WIDTH, bottom + 8.0, t->title);
  for (int k = 0; k < 2; k++) {
    fprintf(out, "<rect x=\"%d\" y=\"8\" width=\"12\" height=\"11\" fill=\"%s\"/>\n", 8 + 150 * k, tw_svg_colour(k));
    tw_svg_text(out, 26.0 + 150.0 * k, 18.0, TW_ANCHOR_START, "", ends[k]);
  }
  tw_svg_text(out, middle, TOP - 12.0, TW_ANCHOR_MIDDLE, " font-weight=\"600\"", t->base);
  for (int i = 0; i < t->n; i++) {
    double y = TOP + (double)i * ROW;
    tw_svg_text(out, LEFT - 70.0, y + 12.0, TW_ANCHOR_END, "", t->rows[i].name);
    for (int k = 0; k < 2; k++) bar(out, &t->rows[i], k, middle, y + k * BAR / 2.0, half / most);
  }
  fprintf(out, "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%.1f\" stroke=\"currentColor\"/>\n", middle,
      middle, TOP - 5, bottom);
  tw_svg_end(out);
  return 0;
}

void tw_tornado_json(FILE *out, const tw_tornado *t) {
  fputs("{\"kind\":\"tornado\",\"base\":", out);
  tw_json_string(out, t->base);
  fputs(",\"rows\":[", out);
  for (int i = 0; i < t->n; i++) {
    const tw_tornado_row *row = &t->rows[i];
    fputs(i ? ",{\"name\":" : "{\"name\":", out);
    tw_json_string(out, row->name);
    fputs(",\"at\":[", out);
    for (int k = 0; k < 2; k++) {
      if (k) fputc(',', out);
      tw_json_string(out, row->at[k]);
    }
    fputs("],\"change\":[", out);
    for (int k = 0; k < 2; k++) {
      if (k) fputc(',', out);
      tw_json_number(out, row->change[k]);
    }
    fputs("]}", out);
  }
  fputs("]}", out);
}
