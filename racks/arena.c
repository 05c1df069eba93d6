#include "arena.h"
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ALIGN = 64, BLOCK = 1 << 16 };

typedef struct block { struct block *next; char *at, *end; } block;
struct tw_arena { block *first; };

static void out_of_memory(size_t bytes) {
  fprintf(stderr, "racktwin: error: out of memory (asked for %zu bytes)\n", bytes);
  exit(5);
}

tw_arena *tw_arena_new(void) {
  tw_arena *a = calloc(1, sizeof *a);
  if (!a) out_of_memory(sizeof *a);
  return a;
}

void tw_arena_free(tw_arena *a) {
  if (!a) return;
  for (block *b = a->first, *next; b; b = next) {
    next = b->next;
    free(b);
  }
  free(a);
}

void *tw_alloc(tw_arena *a, size_t count, size_t size) {
  if (size && count > (SIZE_MAX - 4 * ALIGN) / size) out_of_memory(SIZE_MAX);
  size_t bytes = (count * size + ALIGN - 1) / ALIGN * ALIGN;
  if (!bytes) bytes = ALIGN;
  block *b = a->first;
  if (!b || (size_t)(b->end - b->at) < bytes) {
    size_t room = bytes > BLOCK ? bytes : BLOCK;
    b = malloc(sizeof *b + ALIGN + room);
    if (!b) out_of_memory(room);
    uintptr_t start = ((uintptr_t)(b + 1) + ALIGN - 1) / ALIGN * ALIGN;
    b->at = (char *)start;
    b->end = b->at + room;
    b->next = a->first;
    a->first = b;
  }
  void *p = b->at;
  b->at += bytes;
  return memset(p, 0, bytes);
}

char *tw_strndup(tw_arena *a, const char *s, size_t n) { return memcpy(tw_alloc(a, n + 1, 1), s, n); }

char *tw_strdup(tw_arena *a, const char *s) { return tw_strndup(a, s, strlen(s)); }

char *tw_printf(tw_arena *a, const char *format, ...) {
  char most[256]; /* nearly all fit into it */
  va_list list, again;
  va_start(list, format);
  va_copy(again, list);
  int n = vsnprintf(most, sizeof most, format, list);
  char *s = tw_alloc(a, (size_t)n + 1, 1);
  if ((size_t)n < sizeof most) memcpy(s, most, (size_t)n + 1);
  else vsnprintf(s, (size_t)n + 1, format, again);
  va_end(again);
  va_end(list);
  return s;
}
