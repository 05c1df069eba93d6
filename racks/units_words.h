/* Names and symbols of the udunits database that may stand for a unit beside those of the table. */
#ifndef TW_UNITS_WORDS_H
#define TW_UNITS_WORDS_H
#include "reader.h"

/* Names may be written in any case, and after one of tw_unit_name_prefixes (units_internal.h); symbols stand as they are.
 * Sorted, each once. */
void tw_unit_words(tw_arena *a, tw_list *names, tw_list *symbols);
#endif
