#include "svg.h"
#include <math.h>
#include "html.h"

void tw_svg_begin(FILE *out, double width, double height, const char *title) {
  fprintf(out,
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" width=\"%.0f\" height=\"%.0f\" role=\"img\" font-size=\"12\" "
      "font-family=\"system-ui, sans-serif\">\n",
      width, height, width, height);
  tw_html_element(out, "title", title);
}

void tw_svg_end(FILE *out) { fputs("</svg>\n", out); }

void tw_svg_text(FILE *out, double x, double y, tw_anchor anchor, const char *more, const char *text) {
  static const char *const anchors[] = {"", " text-anchor=\"middle\"", " text-anchor=\"end\""};
  fprintf(out, "<text x=\"%.1f\" y=\"%.1f\" fill=\"currentColor\" stroke=\"none\"%s%s>", x, y, anchors[anchor], more);
  tw_html_text(out, text);
  fputs("</text>\n", out);
}

const char *tw_svg_colour(int i) {
  static const char *const colours[TW_SVG_COLOURS] = {"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"};
  return colours[i % TW_SVG_COLOURS];
}

int tw_svg_shade(double share, char *buf) {
  static const int points[6][3] = {{0, 32, 77}, {49, 68, 107}, {102, 105, 112}, {149, 143, 120}, {203, 186, 105}, {255, 234, 70}};
  double at = fmin(fmax(share, 0.0), 1.0) * 5.0;
  int i = at >= 5.0 ? 4 : (int)at, rgb[3];
  for (int k = 0; k < 3; k++) rgb[k] = (int)lrint(points[i][k] + (at - i) * (points[i + 1][k] - points[i][k]));
  snprintf(buf, 8, "#%02x%02x%02x", rgb[0] & 255, rgb[1] & 255, rgb[2] & 255);
  return 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2] > 125.0;
}
