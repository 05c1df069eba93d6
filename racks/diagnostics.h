/* What is wrong with the input, in the user's words, at file:line:col.
 * A diagnostic has a code from the X-list, so that `list errors`, `explain` and the tests know them all. */
#ifndef TW_DIAGNOSTICS_H
#define TW_DIAGNOSTICS_H
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

typedef struct { const char *file; int line, col; } tw_where; /* file NULL: no place (command line); line, col from 1 */

typedef enum { TW_ERROR, TW_WARNING, TW_NOTE } tw_severity;

typedef struct {
  tw_severity severity;
  int code;            /* nnnn of RTnnnn, see diagnostic_codes.h */
  tw_where where;
  char *path;          /* component path or NULL */
  char *text;          /* one sentence: what is wrong and what would be accepted */
  char *excerpt;       /* the offending source line, or NULL */
} tw_diagnostic;

typedef struct tw_diagnostics {
  tw_diagnostic *items;
  int n, capacity, errors, warnings;
} tw_diagnostics;

#ifdef __GNUC__
#define TW_PRINTF(f, a) __attribute__((format(printf, f, a)))
#else
#define TW_PRINTF(f, a)
#endif

/* Adds one; path may be NULL. Text is printf-formatted. Never fails: out of memory aborts with a message (exit 5). */
void tw_diagnose(tw_diagnostics *d, tw_severity severity, int code, tw_where where, const char *path, const char *format, ...) TW_PRINTF(6, 7);

/* Prints as  file:line:col: error: path: text [RTnnnn]  with the source line and a caret; at most 20, then a count. */
void tw_diagnostics_print(const tw_diagnostics *d, FILE *out, bool colour);
void tw_diagnostics_free(tw_diagnostics *d);
const tw_diagnostic *tw_diagnostics_first_error(const tw_diagnostics *d); /* NULL: there is none */

/* The candidate nearest to `word` by edit distance, or NULL when none is near enough to be meant. */
const char *tw_nearest(const char *word, const char *const *candidates, int n);
#endif
