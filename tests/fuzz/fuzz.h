/* What reads bytes from outside, each behind one function: libFuzzer calls it (entry.c), and every test run replays the corpora
 * (test_fuzz_replay.c). Each returns 0; a broken promise aborts. */
#ifndef TW_FUZZ_H
#define TW_FUZZ_H
#include <stddef.h>
#include <stdint.h>

int tw_fuzz_xml(const uint8_t *data, size_t size);      /* a model: tw_read; the schema accepts what it accepts */
int tw_fuzz_quantity(const uint8_t *data, size_t size); /* first byte: which parameter; then its text */
int tw_fuzz_csv(const uint8_t *data, size_t size);      /* a table */
int tw_fuzz_options(const uint8_t *data, size_t size);  /* a command line, a word a line */

/* The bytes as a file of this process: its path, until the next call. */
const char *tw_fuzz_file(const char *name, const uint8_t *data, size_t size);
#endif
