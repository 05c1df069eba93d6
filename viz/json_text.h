/* JSON from plain values, such that it may also stand inside an HTML page: < > & and ' are written as \u escapes. */
#ifndef TW_JSON_TEXT_H
#define TW_JSON_TEXT_H
#include <stdio.h>

void tw_json_string(FILE *out, const char *text);   /* with its quotes; NULL: null */
void tw_json_number(FILE *out, double v);           /* as few digits as give the same number; not finite: null */
void tw_json_key(FILE *out, const char *key);       /* "key": */
#endif
