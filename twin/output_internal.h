/* Shared by the files that write a run directory; nothing else includes it. */
#ifndef TW_OUTPUT_INTERNAL_H
#define TW_OUTPUT_INTERNAL_H
#include "results.h"

int tw_output_failed(const char *path, int error);   /* message on stderr; exit code 5 */
int tw_output_file(const char *path, const char *text, size_t size); /* beside its name, then renamed; 0 or exit code 5 */
int tw_output_folder(const char *folder);            /* makes it, with its parents */
const char *tw_output_unit(const char *si);          /* unit of a column: degC for K, else SI */
/* connection.csv (connection.c). *seconds_lost: what the solves with one feed lost took. */
int tw_write_connection(const tw_results *r, tw_solver *solver, const char *folder, double *seconds_lost);
/* Does the text fit the pattern? '*' stands for anything, also nothing; all else for itself. */
/* SHA-256 of a file as hex; "" when it cannot be read (digest.c). */
void tw_file_digest(const char *path, char hex[65]);
#endif
