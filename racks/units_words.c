#include "units_words.h"
#include "units_internal.h"
#include <ctype.h>
#include <libxml/parser.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <udunits2.h>

typedef struct { tw_arena *arena; tw_unit_words words; int depth; } collector;

static bool is(const xmlNode *n, const char *name) { return n->type == XML_ELEMENT_NODE && !strcmp((const char *)n->name, name); }

static bool readable(const char *text) {
  tw_unit u;
  tw_unit_error error;
  return tw_unit_read(text, &u, &error);
}

/* A word that is a symbol of the table, or that the reader refuses alone, may be good with a prefix. */
static void add_name(collector *c, const char *name) {
  for (const char *s = name; *s; s++)
    if (!isalpha((unsigned char)*s) && *s != '_') return;
  tw_unit u;
  if (*name && !tw_symbol_in_table(name, &u) && readable(name))
    tw_list_add(c->arena, &c->words.names, tw_strdup(c->arena, name));
  else if (*name && readable(tw_printf(c->arena, "kilo%s", name)))
    tw_list_add(c->arena, &c->words.prefixed, tw_strdup(c->arena, name));
}

static void add_symbol(collector *c, const char *symbol) {
  tw_unit u;
  for (const char *s = symbol; *s; s++)
    if (!isalpha((unsigned char)*s) && *s != '_') return;
  if (*symbol && !tw_symbol_in_table(symbol, &u) && readable(symbol))
    tw_list_add(c->arena, &c->words.symbols, tw_strdup(c->arena, symbol));
}

/* udunits makes the plural where its file gives none; what it made is asked for, not repeated here. */
static void add_plurals(collector *c, const char *name) {
  size_t n = strlen(name);
  add_name(c, name);
  add_name(c, tw_printf(c->arena, "%ss", name));
  add_name(c, tw_printf(c->arena, "%ses", name));
  if (n && name[n - 1] == 'y') add_name(c, tw_printf(c->arena, "%.*sies", (int)n - 1, name));
}

static void collect_file(collector *c, const char *file);

static void collect(collector *c, const xmlNode *n, const char *file) {
  for (; n; n = n->next) {
    bool leaf = is(n, "singular") || is(n, "plural") || is(n, "symbol") || is(n, "import");
    if (!leaf) {
      collect(c, n->children, file);
      continue;
    }
    xmlChar *content = xmlNodeGetContent(n);
    const char *text = content ? (const char *)content : "", *slash = strrchr(file, '/');
    text += strspn(text, " \t\r\n");
    text = tw_printf(c->arena, "%.*s", (int)strcspn(text, " \t\r\n"), text);
    if (is(n, "symbol")) add_symbol(c, text);
    else if (!is(n, "import")) add_plurals(c, text);
    else if (slash) collect_file(c, tw_printf(c->arena, "%.*s/%s", (int)(slash - file), file, text));
    xmlFree(content);
  }
}

static void collect_file(collector *c, const char *file) {
  xmlDoc *doc = ++c->depth <= 16 ? xmlReadFile(file, NULL, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING) : NULL;
  if (doc) collect(c, xmlDocGetRootElement(doc), file);
  xmlFreeDoc(doc);
  c->depth--;
}

static int compare(const void *a, const void *b) { return strcasecmp(*(char *const *)a, *(char *const *)b); }
static int compare_exactly(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static void once(tw_list *l, int (*order)(const void *, const void *)) {
  int n = 0;
  if (l->n) qsort(l->at, (size_t)l->n, sizeof *l->at, order);
  for (int k = 0; k < l->n; k++)
    if (!n || order(&l->at[n - 1], &l->at[k])) l->at[n++] = l->at[k];
  l->n = n;
}

tw_unit_words tw_unit_words_new(tw_arena *a) {
  collector c = {.arena = a};
  ut_status status;
  const char *file = ut_get_path_xml(NULL, &status);
  if (file) collect_file(&c, file);
  once(&c.words.names, compare);
  once(&c.words.prefixed, compare);
  once(&c.words.symbols, compare_exactly);
  return c.words;
}
