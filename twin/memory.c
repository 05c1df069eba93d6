#include "memory.h"
#include <stdlib.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

void tw_keep_memory(void) {
#ifdef __GLIBC__
  enum { ROOM = 1 << 28, STEP = 1 << 22 };
  mallopt(M_MMAP_THRESHOLD, ROOM);
  mallopt(M_TRIM_THRESHOLD, ROOM);
  mallopt(M_TOP_PAD, STEP);
#endif
}
