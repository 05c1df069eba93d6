#include "html.h"

void tw_html_text(FILE *out, const char *text) {
  for (; text && *text; text++) switch (*text) {
    case '&': fputs("&amp;", out); break;
    case '<': fputs("&lt;", out); break;
    case '>': fputs("&gt;", out); break;
    case '"': fputs("&quot;", out); break;
    default: fputc(*text, out);
    }
}

void tw_html_element(FILE *out, const char *tag, const char *text) {
  fprintf(out, "<%s>", tag);
  tw_html_text(out, text);
  fprintf(out, "</%s>\n", tag);
}

static const char style[] =
    ":root { color-scheme: light dark; --line: #8884; --soft: #8882; }\n"
    "body { font: 16px/1.5 system-ui, sans-serif; max-width: 68rem; margin: 1rem auto; padding: 0 1rem; }\n"
    "h1 { font-size: 1.6rem; margin-bottom: 0; } h2 { font-size: 1.15rem; margin-top: 2rem; }\n"
    "nav a { margin-right: 1rem; }\n"
    "table { border-collapse: collapse; width: 100%; font-size: .9rem; }\n"
    "th, td { text-align: left; vertical-align: top; padding: .25rem .6rem .25rem 0; border-bottom: 1px solid var(--line); }\n"
    "code, pre, td:first-child { font-family: ui-monospace, monospace; font-size: .85rem; }\n"
    "pre { background: var(--soft); padding: .7rem; overflow-x: auto; line-height: 1.35; }\n"
    "figure { margin: 1rem 0; } figcaption { font-size: .9rem; }\n"
    "dt { font-weight: 600; } dd { margin: 0 0 .6rem 0; }\n";

void tw_html_begin(FILE *out, const char *title, const char *const *links) {
  fputs("<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
        "<meta name=\"viewport\" content=\"width=device-width\"/>\n",
      out);
  tw_html_element(out, "title", title);
  fprintf(out, "<style>\n%s</style>\n</head>\n<body>\n<nav>", style);
  for (int i = 0; links && links[i]; i += 2) {
    fputs("<a href=\"", out);
    tw_html_text(out, links[i + 1]);
    fputs("\">", out);
    tw_html_text(out, links[i]);
    fputs("</a> ", out);
  }
  fputs("</nav>\n", out);
}

void tw_html_end(FILE *out) { fputs("</body>\n</html>\n", out); }

void tw_html_table(FILE *out, const char *const *titles, int n) {
  fputs("<table>\n<thead><tr>", out);
  for (int i = 0; i < n; i++) {
    fputs("<th>", out);
    tw_html_text(out, titles[i]);
    fputs("</th>", out);
  }
  fputs("</tr></thead>\n<tbody>\n", out);
}

void tw_html_row(FILE *out, const char *const *cells, int n) {
  fputs("<tr>", out);
  for (int i = 0; i < n; i++) {
    fputs("<td>", out);
    tw_html_text(out, cells[i]);
    fputs("</td>", out);
  }
  fputs("</tr>\n", out);
}

void tw_html_table_end(FILE *out) { fputs("</tbody>\n</table>\n", out); }
