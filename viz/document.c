#include "document.h"
#include <stdlib.h>
#include <string.h>
#include "assets.h"
#include "html.h"
#include "json_text.h"

static bool ends_with(const char *name, const char *end) {
  size_t n = strlen(name), m = strlen(end);
  return n >= m && !strcmp(name + n - m, end);
}

static bool of_charts(const tw_asset *a) { return ends_with(a->name, "charts.js"); }

/* Between CDATA marks that are comments of the language: an XML parser then leaves the text alone, as HTML does. */
static void write_assets(FILE *out, const char *end, const char *tag, bool charts) {
  for (const tw_asset *a = tw_assets; a->name; a++)
    if (ends_with(a->name, end) && (charts || !of_charts(a)))
      fprintf(out, "<%s>/*<![CDATA[*/\n%s\n/*]]>*/</%s>\n", tag, a->text, tag);
}

bool tw_document_has_charts(void) {
  bool any = false;
  for (const tw_asset *a = tw_assets; a->name; a++) any |= of_charts(a);
  return any;
}

void tw_document_begin(FILE *out, const char *title) {
  fputs("<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
        "<meta name=\"viewport\" content=\"width=device-width\"/>\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
        "script-src 'unsafe-inline'; img-src data:\"/>\n",
      out);
  tw_html_element(out, "title", title);
  write_assets(out, ".css", "style", false);
  fputs("</head>\n<body>\n<main>\n<section>\n", out);
}

void tw_document_end(FILE *out, bool charts) {
  fputs("</section>\n</main>\n", out);
  write_assets(out, ".js", "script", charts);
  fputs("</body>\n</html>\n", out);
}

void tw_document_section(FILE *out, const char *id, const char *title) {
  fputs("</section>\n<section id=\"", out);
  tw_html_text(out, id);
  fputs("\">\n", out);
  tw_html_element(out, "h2", title);
}

void tw_document_note(FILE *out, const char *text) {
  if (!text) return;
  fputs("<p class=\"quiet\">", out);
  tw_html_text(out, text);
  fputs("</p>\n", out);
}

void tw_document_figure(FILE *out, const char *id, const char *caption, const char *data) {
  fputs("<figure id=\"fig-", out);
  tw_html_text(out, id);
  if (data) {
    fputs("\" data-chart=\"", out);
    tw_html_text(out, data);
  }
  fputs("\">\n<figcaption>", out);
  tw_html_text(out, caption);
  fputs("</figcaption>\n", out);
}

void tw_document_figure_end(FILE *out) { fputs("</figure>\n", out); }

void tw_drawing_begin(tw_drawing *d) {
  *d = (tw_drawing){0};
  d->svg = open_memstream(&d->text[0], &d->size[0]);
  d->json = open_memstream(&d->text[1], &d->size[1]);
  if (!d->svg || !d->json) abort();
}

void tw_drawing_end(FILE *out, tw_drawing *d, int none, const char *id, const char *caption) {
  if (fclose(d->svg) || fclose(d->json)) abort();
  if (!none) {
    tw_document_figure(out, id, caption, d->size[1] ? d->text[1] : NULL);
    fputs(d->text[0], out);
    tw_document_figure_end(out);
  }
  free(d->text[0]);
  free(d->text[1]);
}

void tw_document_table(FILE *out, const char *id, const char *caption, const tw_column *columns, int n, const char *whole) {
  if (whole)
    fputs("<div class=\"long\" tabindex=\"0\" role=\"region\" aria-label=\"", out), tw_html_text(out, caption),
        fputs("\">\n", out);
  fputs("<table id=\"tab-", out);
  tw_html_text(out, id);
  fputs("\">\n<caption>", out);
  tw_html_text(out, caption);
  fputs("</caption>\n<thead><tr>", out);
  for (int i = 0; i < n; i++) {
    fputs(columns[i].number ? "<th scope=\"col\" class=\"number\">" : "<th scope=\"col\">", out);
    tw_html_text(out, columns[i].title);
    fputs("</th>", out);
  }
  fputs("</tr></thead>\n<tbody>\n", out);
}

void tw_document_row(FILE *out, const tw_column *columns, const tw_cell *cells, int n, int broken) {
  fputs(broken ? "<tr class=\"broken\">" : "<tr>", out);
  for (int i = 0; i < n; i++) {
    fputs(columns[i].number ? "<td class=\"number\"" : "<td", out);
    if (isfinite(cells[i].by)) fputs(" data-by=\"", out), tw_json_number(out, cells[i].by), fputc('"', out);
    fputc('>', out);
    tw_html_text(out, cells[i].text);
    fputs("</td>", out);
  }
  fputs("</tr>\n", out);
}

void tw_document_table_end(FILE *out, const char *whole) {
  fputs("</tbody>\n</table>\n", out);
  if (!whole) return;
  fputs("</div>\n<p class=\"cut\">The first rows only: all of them are in ", out);
  tw_html_text(out, whole);
  fputs(".</p>\n", out);
}

void tw_document_link(FILE *out, const char *address, const char *text) {
  fputs("<a href=\"", out);
  tw_html_text(out, address);
  fputs("\">", out);
  tw_html_text(out, text);
  fputs("</a>", out);
}
