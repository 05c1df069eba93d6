#include "schema_verdict.h"
#include <libxml/parser.h>
#include <libxml/xmlschemas.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../../racks/schema.h"

struct schema_verdict {
  xmlSchema *schema;
};

typedef struct {
  char *why;
  size_t size;
} complaint;

static void hear(void *context, xmlError *e) {
  complaint *c = context;
  if (c->size && !c->why[0]) snprintf(c->why, c->size, "line %d: %s", e->line, e->message ? e->message : "");
}

schema_verdict *schema_verdict_new(void) {
  char *text = NULL, why[500] = "";
  size_t size = 0;
  complaint c = {why, sizeof why};
  FILE *out = open_memstream(&text, &size);
  if (!out) return NULL;
  tw_schema_write(out, "test");
  if (fclose(out)) return NULL;
  xmlSchemaParserCtxt *parser = xmlSchemaNewMemParserCtxt(text, (int)size);
  if (!parser) return NULL;
  xmlSchemaSetParserStructuredErrors(parser, hear, &c);
  xmlSchema *schema = xmlSchemaParse(parser);
  xmlSchemaFreeParserCtxt(parser);
  free(text);
  if (!schema || why[0]) {
    fprintf(stderr, "the schema is not valid: %s\n", why);
    xmlSchemaFree(schema);
    return NULL;
  }
  schema_verdict *s = calloc(1, sizeof *s);
  if (s) s->schema = schema;
  return s;
}

void schema_verdict_free(schema_verdict *s) {
  if (s) xmlSchemaFree(s->schema);
  free(s);
}

bool schema_accepts(schema_verdict *s, const char *text, size_t size, char *why, size_t why_size) {
  char own[2];
  complaint c = {why ? why : own, why ? why_size : sizeof own};
  c.why[0] = 0;
  /* A CDATA section is text, also to a schema; libxml2's validator minds a blank one where it does not mind blanks. */
  int how = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOCDATA;
  xmlDoc *doc = xmlReadMemory(text, (int)size, NULL, "UTF-8", how);
  if (!doc) {
    snprintf(c.why, c.size, "it is not well formed");
    return false;
  }
  xmlSchemaValidCtxt *context = xmlSchemaNewValidCtxt(s->schema);
  xmlSchemaSetValidStructuredErrors(context, hear, &c);
  bool valid = xmlSchemaValidateDoc(context, doc) == 0;
  xmlSchemaFreeValidCtxt(context);
  xmlFreeDoc(doc);
  return valid;
}
