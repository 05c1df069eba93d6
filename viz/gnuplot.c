#include "gnuplot.h"

/* In single quotes only the quote itself is special. */
static void quoted(FILE *out, const char *text) {
  fputc('\'', out);
  for (; *text; text++) {
    if (*text == '\'') fputc('\'', out);
    fputc(*text == '\n' ? ' ' : *text, out);
  }
  fputc('\'', out);
}

void tw_gnuplot_script(
    FILE *out, const char *csv, const char *picture, const char *x_title, const tw_gnuplot_chart *charts, int n) {
  fputs("# gnuplot draws these pictures: run it in this folder with the name of this file.\n"
        "set datafile separator ','\nset terminal svg size 900,450 noenhanced background rgb 'white'\n"
        "set key outside below\nset grid\nset xlabel ",
      out);
  quoted(out, x_title);
  fputc('\n', out);
  for (int i = 0; i < n; i++) {
    fprintf(out, "\nset output '%s-%d.svg'\nset ylabel ", picture, i + 1);
    quoted(out, charts[i].y_title);
    fputs("\nplot ", out);
    for (int k = 0; k < charts[i].n_lines; k++) {
      if (k) fputs(", \\\n  ", out);
      quoted(out, csv);
      fprintf(out, " skip 1 using 1:%d with lines title ", charts[i].lines[k].column + 1);
      quoted(out, charts[i].lines[k].name);
    }
    fputc('\n', out);
  }
  fputs("\nset output\n", out);
}
