/* What the figures share: an <svg> element, text in it, colours. Everything is readable on light and on dark ground: lines and
 * text take the colour of the page, areas the colours below. Lengths are in px of the view box. */
#ifndef TW_SVG_H
#define TW_SVG_H
#include <stdio.h>

typedef enum { TW_ANCHOR_START, TW_ANCHOR_MIDDLE, TW_ANCHOR_END } tw_anchor;

/* Opening tag with title; a reader of the page hears it. */
void tw_svg_begin(FILE *out, double width, double height, const char *title);
void tw_svg_end(FILE *out);

/* Text in the colour of the page. more: further attributes (" font-weight=\"600\"") or "". */
void tw_svg_text(FILE *out, double x, double y, tw_anchor anchor, const char *more, const char *text);

enum { TW_SVG_COLOURS = 6 };
/* Colours of Okabe and Ito (Color Universal Design, 2008), apart for the colour-blind; i is taken modulo their number. */
const char *tw_svg_colour(int i);

/* Colour of a share 0..1 of a scale that grows in lightness all along, also for the colour-blind: cividis (Nunez et al., PLoS ONE
 * 13(7), 2018) by six of its points. buf of 8 bytes gets "#rrggbb"; returns true where black text reads better on it than white. */
int tw_svg_shade(double share, char *buf);
#endif
