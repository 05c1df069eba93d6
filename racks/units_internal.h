/* Between units.c and its neighbours: symbols to units, and the words for what a unit measures. */
#ifndef TW_UNITS_INTERNAL_H
#define TW_UNITS_INTERNAL_H
#include "units.h"

enum { TW_SYMBOL_SIZE = 32 };

typedef enum { TW_SYMBOL_FOUND, TW_SYMBOL_UNKNOWN, TW_SYMBOL_NO_DATABASE } tw_symbol_result;

/* Prefix number i of the table's symbols, "" past the last; *all: only where a row takes all prefixes. */
const char *tw_unit_prefix_at(int i, bool *all);
/* What may stand before a name of udunits; ends with word NULL. */
typedef struct { const char *word; double scale; } tw_name_prefix;
extern const tw_name_prefix tw_unit_name_prefixes[];

/* The unit of a symbol with its prefix; only of the table. */
bool tw_symbol_in_table(const char *symbol, tw_unit *u);
/* The same from udunits. Safe to call from several threads. */
tw_symbol_result tw_symbol_in_udunits(const char *symbol, tw_unit *u);
/* A symbol that differs from `symbol` in case only and measures the same as `like` (or anything if NULL); written to out. */
bool tw_symbol_other_case(const char *symbol, const tw_unit *like, char *out, size_t size);

/* What a unit measures. name: "a resistance"; example: "4.5 mohm". */
typedef struct { const char *unit, *name, *example; } tw_measure;
extern const tw_measure tw_measures[]; /* ends with unit NULL */

/* Reads a unit. On a mistake returns false and fills error: `unknown` holds the symbol where one is not known. */
typedef struct {
  char unknown[TW_SYMBOL_SIZE];
  bool no_database;       /* and udunits could not be asked */
  char message[160];      /* any other mistake */
} tw_unit_error;
bool tw_unit_read(const char *text, tw_unit *u, tw_unit_error *error);
/* kW/kV is W/V: with the smallest factor and divisor the double is the one that a person would write. */
void tw_unit_reduce(tw_unit *u);
bool tw_same_dimensions(const tw_unit *a, const tw_unit *b);
#endif
