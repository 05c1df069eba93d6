/* A report as one page: sections, figures and tables that can be sorted, in the style and with the scripts of viz/assets. It is
 * whole without scripts, prints, follows light and dark, fetches nothing (its policy forbids it) and an XML parser reads it. */
#ifndef TW_DOCUMENT_H
#define TW_DOCUMENT_H
#include <math.h>
#include <stdbool.h>
#include <stdio.h>

void tw_document_begin(FILE *out, const char *title);
/* With the scripts; charts: there are figures over time, for which those of ECharts are needed. */
void tw_document_end(FILE *out, bool charts);
bool tw_document_has_charts(void);                                      /* false: built without ECharts, charts are SVG only */
void tw_document_section(FILE *out, const char *id, const char *title); /* ends the one before it */
void tw_document_note(FILE *out, const char *text);                    /* a paragraph in small letters; NULL: none */

/* <figure id="fig-<id>"> with its caption; what is drawn follows. data: JSON of what it shows, for scripts, or NULL. */
void tw_document_figure(FILE *out, const char *id, const char *caption, const char *data);
void tw_document_figure_end(FILE *out);

/* A figure whose picture and data are written at the same time: begin opens two streams in memory, end closes them and writes the
 * figure, or nothing where there is none. */
typedef struct { FILE *svg, *json; char *text[2]; size_t size[2]; } tw_drawing;
void tw_drawing_begin(tw_drawing *d);
void tw_drawing_end(FILE *out, tw_drawing *d, int none, const char *id, const char *caption);

typedef struct { const char *title; int number; } tw_column;           /* number: right-aligned */
/* text NULL: empty. by: the number that rows are sorted by in this column; NaN: by the text. */
typedef struct { const char *text; double by; } tw_cell;

/* <table id="tab-<id>"> with its caption; rows; its end. A long one scrolls on the screen and is cut in print, where the file
 * `whole` (an address) is named. whole NULL: shown in full length. */
void tw_document_table(FILE *out, const char *id, const char *caption, const tw_column *columns, int n, const char *whole);
void tw_document_row(FILE *out, const tw_column *columns, const tw_cell *cells, int n, int broken);
void tw_document_table_end(FILE *out, const char *whole);

/* A link to a file beside the page. */
void tw_document_link(FILE *out, const char *address, const char *text);
#endif
