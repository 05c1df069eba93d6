/* Memory of one owner, released at once. Out of memory ends the program with a message and exit 5. */
#ifndef TW_ARENA_H
#define TW_ARENA_H
#include <stddef.h>

typedef struct tw_arena tw_arena;
tw_arena *tw_arena_new(void);
void tw_arena_free(tw_arena *a);
void *tw_alloc(tw_arena *a, size_t count, size_t size);       /* zeroed, aligned to 64 bytes */
char *tw_strdup(tw_arena *a, const char *s);
char *tw_strndup(tw_arena *a, const char *s, size_t n);       /* of the first n bytes, none of which ends it */
char *tw_printf(tw_arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
#endif
