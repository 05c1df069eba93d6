/* Names and symbols of the udunits database that may stand for a unit beside those of the table. */
#ifndef TW_UNITS_WORDS_H
#define TW_UNITS_WORDS_H
#include "reader.h"

/* names: may be written in any case, and after one of tw_unit_name_prefixes (units_internal.h); prefixed: only after one of them;
 * symbols: stand as they are. Sorted, each once. */
typedef struct { tw_list names, prefixed, symbols; } tw_unit_words;
tw_unit_words tw_unit_words_new(tw_arena *a);
#endif
