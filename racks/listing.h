/* What a folder of descriptions holds: for `list racks` and `list parts`. */
#ifndef TW_LISTING_H
#define TW_LISTING_H
#include "diagnostics.h"

/* One rack (element "racktwin", id its file name) or one part; rating: what it is sized by, as written, its own or that of the
 * part of its file that it inherits from. All but element and id may be NULL. */
typedef struct { const char *element, *id, *title, *rating, *source, *quality; } tw_catalogue_entry;
typedef void tw_listed_fn(void *ctx, const tw_catalogue_entry *entry);

/* Files *.xml of the folder: models in alphabetical order of their files, the parts of all catalogues by element, in the order of
 * files and lines within one. Files that cannot be read are diagnosed. Returns the number of entries, -1 when the folder cannot
 * be opened. */
int tw_listing(const char *folder, tw_listed_fn *each, void *ctx, tw_diagnostics *d);
#endif
