/* XML files as trees of nodes that know where each name and value stands in the file. */
#ifndef TW_XML_TREE_H
#define TW_XML_TREE_H
#include "arena.h"
#include "diagnostics.h"

typedef struct { const char *name, *value; tw_where name_at, at; } tw_attribute; /* at: first character of the value */

typedef struct tw_xml_node {
  const char *name, *ns;                  /* local name; namespace, "" if none */
  tw_where where;                         /* of the name in the start tag */
  tw_attribute *attributes;               /* without namespace declarations */
  int n_attributes;
  struct tw_xml_node *parent, *first, *next;  /* child elements in document order */
  const char *text;                       /* direct text, trimmed; NULL if none */
  void *made;                             /* for the reader: what it has made of this element */
} tw_xml_node;

/* Reads and parses a file; UTF-8, no DOCTYPE, nothing fetched. name: as shown to the user, path: what is opened.
 * Returns NULL with a diagnostic at `from` (the file cannot be read) or in the file. */
tw_xml_node *tw_xml_read(tw_arena *a, const char *name, const char *path, tw_where from, tw_diagnostics *d);

const tw_attribute *tw_attribute_find(const tw_xml_node *n, const char *name);
#endif
