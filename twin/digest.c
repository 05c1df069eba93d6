#include <sha256.h>
#include <stdio.h>
#include "output_internal.h"

void tw_file_digest(const char *path, char hex[65]) {
  unsigned char block[1 << 14];
  SHA256_CTX state;
  FILE *in = fopen(path, "rb");
  hex[0] = 0;
  if (!in) return;
  SHA256Init(&state);
  for (size_t n; (n = fread(block, 1, sizeof block, in)) > 0;) SHA256Update(&state, block, n);
  fclose(in);
  SHA256End(&state, hex);
}
