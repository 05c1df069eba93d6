#define _DEFAULT_SOURCE /* madvise */
#include "memory.h"
#include <stdint.h>
#include <stdlib.h>
#ifdef __GLIBC__
#include <malloc.h>
#include <sys/mman.h>
#endif

/* A tenth of the time of a solve goes into first touches of small pages: the first of the heap may be large ones. */
static void ask_for_large_pages(void) {
#if defined(__GLIBC__) && defined(MADV_HUGEPAGE)
  enum { HEAP = 16 << 20, LARGE = 2 << 20 };
  char *heap = malloc(HEAP);
  if (!heap) return;
  size_t skip = (LARGE - (uintptr_t)heap % LARGE) % LARGE;
  madvise(heap + skip, HEAP - LARGE, MADV_HUGEPAGE); /* a hint: without it all is as before */
  free(heap);
#endif
}

void tw_keep_memory(void) {
#ifdef __GLIBC__
  enum { LARGEST = 1 << 25, ROOM = 1 << 28, STEP = 1 << 22 }; /* LARGEST: more is refused (mallopt(3)) */
  mallopt(M_MMAP_THRESHOLD, LARGEST);
  mallopt(M_TRIM_THRESHOLD, ROOM);
  mallopt(M_TOP_PAD, STEP);
  ask_for_large_pages();
#endif
}

void tw_tidy_memory(void) {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}
