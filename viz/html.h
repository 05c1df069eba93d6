/* Pages for a browser: UTF-8 HTML5, written so that an XML parser reads them too. Nothing is fetched from elsewhere. */
#ifndef TW_HTML_H
#define TW_HTML_H
#include <stdio.h>

/* Text with & < > " written as entities: safe between tags and inside attributes. NULL writes nothing. */
void tw_html_text(FILE *out, const char *text);
void tw_html_element(FILE *out, const char *tag, const char *text); /* <tag>text</tag> */

/* Head and opening of a page, with style; links: name and address in turn, ends with NULL, shown above the title. */
void tw_html_begin(FILE *out, const char *title, const char *const *links);
void tw_html_end(FILE *out);

/* A table with a header row of n titles; then rows of n cells each; then its end. */
void tw_html_table(FILE *out, const char *const *titles, int n);
void tw_html_row(FILE *out, const char *const *cells, int n);
void tw_html_table_end(FILE *out);
#endif
