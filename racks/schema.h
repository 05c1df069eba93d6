/* The schema of the XML for editors: XSD 1.0, written from the grammar and the tables of the registry.
 *
 * It accepts every file that the reader accepts. What XSD 1.0 cannot say is left to the reader: what a path or a part's name
 * refers to, ranges and dimensions of products of units, which ports fit, and what one attribute demands of another. */
#ifndef TW_SCHEMA_H
#define TW_SCHEMA_H
#include <stdio.h>

void tw_schema_write(FILE *out, const char *version);
#endif
