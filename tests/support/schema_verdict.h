/* What the generated schema says about a document, by libxml2. */
#ifndef TW_SCHEMA_VERDICT_H
#define TW_SCHEMA_VERDICT_H
#include <stdbool.h>
#include <stddef.h>

typedef struct schema_verdict schema_verdict;
schema_verdict *schema_verdict_new(void);   /* NULL: the schema itself is not valid; the reason is on stderr */
void schema_verdict_free(schema_verdict *s);

/* Is it well formed and valid? why: the first complaint, may be NULL. */
bool schema_accepts(schema_verdict *s, const char *text, size_t size, char *why, size_t why_size);
#endif
