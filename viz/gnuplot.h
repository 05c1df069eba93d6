/* A script for gnuplot that draws the columns of a CSV file over its first one, a picture for each chart. */
#ifndef TW_GNUPLOT_H
#define TW_GNUPLOT_H
#include <stdio.h>

typedef struct { int column; const char *name; } tw_gnuplot_line;      /* column: counted from 0 */
typedef struct { const char *y_title; tw_gnuplot_line lines[6]; int n_lines; } tw_gnuplot_chart;

/* csv: the file beside the script; picture: how the names of the pictures begin ("series" gives series-1.svg ...). */
void tw_gnuplot_script(FILE *out, const char *csv, const char *picture, const char *x_title, const tw_gnuplot_chart *charts, int n);
#endif
