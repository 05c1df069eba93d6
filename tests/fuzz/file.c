#include "fuzz.h"
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char folder[] = "/tmp/racktwin-fuzz-XXXXXX", path[128];

static void clean_up(void) {
  unlink(path);
  rmdir(folder);
}

const char *tw_fuzz_file(const char *name, const uint8_t *data, size_t size) {
  if (path[0])
    unlink(path); /* some file systems wait for the disk where a file is cut to nothing */
  else if (!mkdtemp(folder) || atexit(clean_up))
    abort();
  snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *f = fopen(path, "wb");
  if (!f || fwrite(data, 1, size, f) != size || fclose(f)) abort();
  return path;
}
