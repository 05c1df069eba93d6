/* Files changed at random, as people and programs get them wrong: by elements, attributes, values, units, and bytes. */
#ifndef TW_MUTANTS_H
#define TW_MUTANTS_H
#include <stddef.h>
#include <stdint.h>

typedef struct { uint64_t state; } mutant_random;
unsigned mutant_below(mutant_random *r, unsigned n); /* 0 .. n - 1 */

/* A changed copy of an XML text: malloc'ed, *length without its final zero. NULL when the text cannot be parsed. */
char *mutant_of_text(const char *text, size_t size, mutant_random *r, size_t *length);
#endif
