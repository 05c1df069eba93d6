#include "output_internal.h"

bool tw_glob(const char *pattern, const char *text) {
  for (; *pattern; pattern++, text++) {
    if (*pattern == '*') {
      while (pattern[1] == '*') pattern++;
      do {
        if (tw_glob(pattern + 1, text)) return true;
      } while (*text++);
      return false;
    }
    if (*pattern != *text) return false;
  }
  return !*text;
}
