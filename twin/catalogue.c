/* Where the shipped racks, parts, scenarios and examples lie. */
#define _GNU_SOURCE /* dladdr */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "session.h"

/* share/racktwin/racks below one of the three folders above the file: PREFIX/bin/racktwin, PREFIX/lib/TRIPLET/libracktwin.so. */
static bool above(const char *file, char *buf) {
  char *real = realpath(file, NULL);
  bool found = false;
  for (int up = 0; real && up < 4 && !found; up++) {
    char *slash = strrchr(real, '/');
    if (!slash) break;
    *slash = 0;
    found = up > 0 && snprintf(buf, TW_FOLDER_SIZE, "%s/share/racktwin/racks", real) < TW_FOLDER_SIZE && access(buf, R_OK) == 0;
  }
  free(real);
  return found;
}

const char *tw_catalogue_folder(char *buf) {
  static const char here = 0; /* lies in the program or library that is asked about */
  Dl_info self;
  const char *given = getenv("RACKTWIN_CATALOGUE");
  if (given && *given) {
    snprintf(buf, TW_FOLDER_SIZE, "%s", given);
    return buf;
  }
  if (dladdr(&here, &self) && self.dli_fname && strchr(self.dli_fname, '/') && above(self.dli_fname, buf)) return buf;
  if (above("/proc/self/exe", buf)) return buf;
  snprintf(buf, TW_FOLDER_SIZE, "%s", access(TW_BUILD_CATALOGUE, R_OK) == 0 ? TW_BUILD_CATALOGUE : TW_CATALOGUE);
  return buf;
}
