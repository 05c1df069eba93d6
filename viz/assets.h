/* Files of viz/assets, built in: style and scripts of pages. */
#ifndef TW_ASSETS_H
#define TW_ASSETS_H

typedef struct { const char *name, *text; } tw_asset;
extern const tw_asset tw_assets[]; /* in the order of their names; ends with name NULL */
#endif
