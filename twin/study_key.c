#include <sha256.h>
#include <string.h>
#include "output_internal.h"
#include "study.h"

static void add(SHA256_CTX *state, const char *kind, const char *text) {
  SHA256Update(state, (const unsigned char *)kind, strlen(kind) + 1);
  SHA256Update(state, (const unsigned char *)text, strlen(text) + 1);
}

void tw_study_key(const char *const *words, int n, const char *const *inputs, int n_inputs, char key[65]) {
  SHA256_CTX state;
  char hex[65];
  SHA256Init(&state);
  tw_file_digest("/proc/self/exe", hex);
  add(&state, "program", hex);
  for (int i = 0; i < n; i++) add(&state, "word", words[i]);
  for (int i = 0; i < n_inputs; i++) {
    tw_file_digest(inputs[i], hex);
    add(&state, "input", hex);
  }
  SHA256End(&state, key);
}
