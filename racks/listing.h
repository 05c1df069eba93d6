/* What a folder of descriptions holds: for `list racks` and `list parts`. */
#ifndef TW_LISTING_H
#define TW_LISTING_H
#include "diagnostics.h"

/* One rack (element "racktwin", id its file name) or one part. Any of title, source, quality may be NULL. */
typedef void tw_listed_fn(void *ctx, const char *element, const char *id, const char *title, const char *source, const char *quality);

/* Files *.xml of the folder in alphabetical order: models with their title, catalogues with every part. Files that cannot be
 * read are diagnosed. Returns the number of entries, -1 when the folder cannot be opened. */
int tw_listing(const char *folder, tw_listed_fn *each, void *ctx, tw_diagnostics *d);
#endif
