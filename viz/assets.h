/* Files of viz/assets, built in: style and scripts of pages. Where the build has ECharts, echarts.js and charts.js, which draws with
 * it, come before report.js. */
#ifndef TW_ASSETS_H
#define TW_ASSETS_H

typedef struct { const char *name, *text; } tw_asset;
extern const tw_asset tw_assets[]; /* in the order in which a page has them; ends with name NULL */
#endif
