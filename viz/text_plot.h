/* Line charts for a terminal: plain characters, a sign for each line. */
#ifndef TW_TEXT_PLOT_H
#define TW_TEXT_PLOT_H
#include "chart.h"

/* Of the first TW_CHART_LINES lines, `width` columns (>= 40) in all, with axes and a legend. Each column of the plot shows the
 * range of a line within it, so that no peak is lost. Returns 0, or -1 when there is no finite point. */
int tw_text_plot(FILE *out, const tw_chart *c, int width);
#endif
