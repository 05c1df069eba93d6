/* libFuzzer's way into one target, TW_FUZZ_TARGET. For XML half of the changes are to elements and attributes, not to bytes. */
#include "fuzz.h"
#include "../support/mutants.h"
#include <stdlib.h>
#include <string.h>

#ifndef TW_FUZZ_TARGET
#define TW_FUZZ_TARGET tw_fuzz_xml
#endif

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) { return TW_FUZZ_TARGET(data, size); }

#ifdef TW_FUZZ_BY_ELEMENTS
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed) {
  mutant_random r = {seed + 1u};
  size_t n = 0;
  char *text = seed % 2 ? mutant_of_text((const char *)data, size, &r, &n) : NULL;
  if (text && n <= max_size)
    memcpy(data, text, n);
  else
    n = LLVMFuzzerMutate(data, size, max_size);
  free(text);
  return n;
}
#endif
