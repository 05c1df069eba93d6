#include "waterfall.h"
#include <math.h>
#include "json_text.h"
#include "svg.h"

enum { WIDTH = 900, LEFT = 110, RIGHT = 190, ROW = 26, TOP = 10, BAR = 18 };

int tw_waterfall_svg(FILE *out, const tw_waterfall *w) {
  double whole = w->n > 0 ? w->steps[0].before : 0.0;
  if (!(whole > 0.0 && isfinite(whole))) return -1;
  double scale = (WIDTH - LEFT - RIGHT) / whole;
  tw_svg_begin(out, WIDTH, TOP + (double)w->n * ROW + TOP, w->title);
  for (int i = 0; i < w->n; i++) {
    const tw_waterfall_step *s = &w->steps[i];
    double y = TOP + (double)i * ROW, left = fmin(s->before, s->after) * scale, lost = fabs(s->before - s->after) * scale;
    char share[32];
    fprintf(out, "<rect x=\"%d\" y=\"%.1f\" width=\"%.2f\" height=\"%d\" fill=\"%s\" fill-opacity=\".35\"/>\n", LEFT, y, left, BAR,
            tw_svg_colour(0));
    fprintf(out, "<rect class=\"step\" x=\"%.2f\" y=\"%.1f\" width=\"%.2f\" height=\"%d\" fill=\"%s\"/>\n", LEFT + left, y,
            fmax(lost, 0.75), BAR, tw_svg_colour(1));
    snprintf(share, sizeof share, "%.2f %%", 100.0 * s->after / whole);
    tw_svg_text(out, LEFT - 8.0, y + 13.0, TW_ANCHOR_END, "", s->name);
    tw_svg_text(out, WIDTH - RIGHT + 90.0, y + 13.0, TW_ANCHOR_END, "", s->shown);
    tw_svg_text(out, WIDTH - 10.0, y + 13.0, TW_ANCHOR_END, "", share);
  }
  tw_svg_end(out);
  return 0;
}

void tw_waterfall_json(FILE *out, const tw_waterfall *w) {
  fputs("{\"kind\":\"waterfall\",\"steps\":[", out);
  for (int i = 0; i < w->n; i++) {
    fputs(i ? ",{\"name\":" : "{\"name\":", out);
    tw_json_string(out, w->steps[i].name);
    fputs(",\"before\":", out);
    tw_json_number(out, w->steps[i].before);
    fputs(",\"after\":", out);
    tw_json_number(out, w->steps[i].after);
    fputc('}', out);
  }
  fputs("]}", out);
}
