#include "xml_tree.h"
#include "../components/component.h"
#include "diagnostic_codes.h"
#include <ctype.h>
#include <errno.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_BYTES = 64 << 20 };

static const char xsi[] = "http://www.w3.org/2001/XMLSchema-instance"; /* schema hints for editors carry no data */

/* ---- places ---------------------------------------------------------------------------------------------------------
 * libxml2 keeps no columns. The raw text is known to be well formed when it is scanned, so the k-th start tag in the text is
 * the k-th element in document order. Columns count characters, not bytes. */

typedef struct { const char *p, *end, *file; int line, col; } cursor;

static void step(cursor *c) {
  if (*c->p == '\n') {
    c->line++;
    c->col = 1;
  } else if (((unsigned char)*c->p & 0xC0) != 0x80) {
    c->col++;
  }
  c->p++;
}

static bool at(const cursor *c, const char *s) { /* the text ends with a 0 */
  if (*c->p != *s) return false;
  size_t n = strlen(s);
  return (size_t)(c->end - c->p) >= n && !memcmp(c->p, s, n);
}

static void pass_over(cursor *c, const char *s) {
  while (c->p < c->end && !at(c, s)) step(c);
  for (size_t n = strlen(s); n && c->p < c->end; n--) step(c);
}

static bool space(const cursor *c) { return c->p < c->end && isspace((unsigned char)*c->p); }
static void skip_space(cursor *c) { while (space(c)) step(c); }
static tw_where here(const cursor *c) { return (tw_where){c->file, c->line, c->col}; }

/* Puts the cursor on the next start tag's name, or on a DOCTYPE's '<' (false), or at the end. */
static bool next_tag(cursor *c) {
  while (c->p < c->end) {
    if (*c->p != '<') step(c);
    else if (at(c, "<!--")) pass_over(c, "-->");
    else if (at(c, "<![CDATA[")) pass_over(c, "]]>");
    else if (at(c, "<?")) pass_over(c, "?>");
    else if (at(c, "</")) pass_over(c, ">");
    else if (at(c, "<!")) return false;
    else {
      step(c);
      return true;
    }
  }
  return false;
}

static void skip_name(cursor *c) {
  while (c->p < c->end && !space(c) && !strchr("=/>", *c->p)) step(c);
}

/* The next attribute of the start tag: places of its name and value; the name itself. False at the end of the tag. */
static bool next_attribute(cursor *c, tw_where *name_at, tw_where *value_at, const char **name, size_t *length) {
  skip_space(c);
  if (c->p >= c->end || *c->p == '/' || *c->p == '>') return false;
  *name_at = here(c);
  *name = c->p;
  skip_name(c);
  *length = (size_t)(c->p - *name);
  pass_over(c, "=");
  skip_space(c);
  if (c->p >= c->end) return false;
  char quote[2] = {*c->p, 0};
  step(c);
  *value_at = here(c);
  pass_over(c, quote);
  return true;
}

/* ---- tree ----------------------------------------------------------------------------------------------------------- */

typedef struct { tw_arena *a; cursor c; } maker;

static bool is_declaration(const char *name, size_t n) {
  return n >= 5 && !memcmp(name, "xmlns", 5) && (n == 5 || name[5] == ':');
}

/* xsi:type and xsi:nil are more than hints: the reader would not do what they say. */
static bool is_hint(const xmlAttr *q) {
  const char *name = (const char *)q->name;
  return q->ns && !strcmp((const char *)q->ns->href, xsi) &&
         (!strcmp(name, "schemaLocation") || !strcmp(name, "noNamespaceSchemaLocation"));
}

static void make_attributes(maker *m, xmlNode *x, tw_xml_node *n) {
  int count = 0;
  for (xmlAttr *q = x->properties; q; q = q->next) count++;
  n->attributes = tw_alloc(m->a, (size_t)count, sizeof *n->attributes);
  tw_where name_at, value_at;
  const char *name;
  size_t length;
  xmlAttr *q = x->properties;
  while (next_attribute(&m->c, &name_at, &value_at, &name, &length)) {
    if (is_declaration(name, length) || !q) continue;
    if (!is_hint(q)) {
      tw_attribute *t = &n->attributes[n->n_attributes++];
      xmlChar *value = xmlNodeListGetString(x->doc, q->children, 1);
      t->name = q->ns && q->ns->prefix ? tw_printf(m->a, "%s:%s", (const char *)q->ns->prefix, (const char *)q->name)
                                       : tw_strdup(m->a, (const char *)q->name);
      t->value = tw_strdup(m->a, value ? (const char *)value : "");
      t->name_at = name_at;
      t->at = value_at;
      xmlFree(value);
    }
    q = q->next;
  }
}

static const char *make_text(maker *m, xmlNode *x) {
  size_t bytes = 0;
  for (xmlNode *k = x->children; k; k = k->next)
    if (k->type == XML_TEXT_NODE || k->type == XML_CDATA_SECTION_NODE) bytes += strlen((const char *)k->content);
  if (!bytes) return NULL;
  char *text = tw_alloc(m->a, bytes + 1, 1), *to = text;
  for (xmlNode *k = x->children; k; k = k->next)
    if (k->type == XML_TEXT_NODE || k->type == XML_CDATA_SECTION_NODE) {
      size_t n = strlen((const char *)k->content);
      memcpy(to, k->content, n);
      to += n;
    }
  while (isspace((unsigned char)*text)) text++;
  while (to > text && isspace((unsigned char)to[-1])) *--to = 0;
  return *text ? text : NULL;
}

static tw_xml_node *make_node(maker *m, xmlNode *x, tw_xml_node *parent) { /* the parser limits the depth to 256 */
  tw_xml_node *n = tw_alloc(m->a, 1, sizeof *n), **link = &n->first;
  next_tag(&m->c);
  n->where = here(&m->c);
  n->name = tw_strdup(m->a, (const char *)x->name);
  n->ns = x->ns && x->ns->href ? tw_strdup(m->a, (const char *)x->ns->href) : "";
  n->parent = parent;
  skip_name(&m->c);
  make_attributes(m, x, n);
  n->text = make_text(m, x);
  for (xmlNode *k = x->children; k; k = k->next)
    if (k->type == XML_ELEMENT_NODE) {
      *link = make_node(m, k, n);
      link = &(*link)->next;
    }
  return n;
}

/* ---- file ----------------------------------------------------------------------------------------------------------- */

typedef struct { tw_diagnostics *d; const char *file; bool failed; } errors;

/* Only the first complaint: what follows it is mostly its consequence. */
static void complain(void *context, const xmlError *e) {
  xmlParserCtxt *x = context;
  errors *state = x->_private;
  if (state->failed || e->level < XML_ERR_ERROR) return;
  state->failed = true;
  const char *text = e->message ? e->message : "it cannot be parsed";
  int n = (int)strcspn(text, "\n");
  tw_where where = {state->file, e->line > 0 ? e->line : 1, e->int2 > 0 ? e->int2 : 1};
  tw_diagnose(state->d, TW_ERROR, TW_E_XML, where, NULL, "the XML is malformed: %.*s", n, text);
}

static void complain_hook(void *context, xmlErrorPtr e) { complain(context, e); }

static char *read_all(const char *name, const char *path, tw_where from, size_t *size, tw_diagnostics *d) {
  FILE *f = fopen(path, "rb");
  size_t room = 1 << 16, n = 0, got;
  char *text = f ? malloc(room + 1) : NULL;
  while (text && (got = fread(text + n, 1, room - n, f)) > 0 && (n += got) == room && room <= MAX_BYTES) {
    char *more = realloc(text, (room *= 2) + 1);
    if (!more) free(text);
    text = more;
  }
  int error = !f || !text || ferror(f) ? errno : 0;
  if (f) fclose(f);
  if (text && !error && n && n <= MAX_BYTES) {
    text[n] = 0;
    *size = n;
    return text;
  }
  const char *why = error ? strerror(error) : n ? "it is larger than 64 MiB" : "it is empty";
  tw_diagnose(d, TW_ERROR, TW_E_FILE, from, NULL, "the file \"%s\" cannot be read: %s", name, why);
  free(text);
  return NULL;
}

static tw_xml_node *parse(tw_arena *a, const char *file, const char *text, size_t size, tw_diagnostics *d) {
  maker m = {a, {text, text + size, tw_strdup(a, file), 1, 1}};
  if (at(&m.c, "\xEF\xBB\xBF")) m.c.p += 3; /* byte order mark */
  cursor prolog = m.c;
  if (!next_tag(&prolog) && at(&prolog, "<!DOCTYPE")) {
    tw_diagnose(d, TW_ERROR, TW_E_DOCTYPE, here(&prolog), NULL,
                "a DOCTYPE is refused, because it can define entities; files are put together with <xi:include href=\"...\"/>");
    return NULL;
  }
  errors state = {d, m.c.file, false};
  xmlParserCtxt *x = xmlNewParserCtxt();
  if (!x) return NULL;
  x->_private = &state;
  x->sax->serror = complain_hook;
  int how = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING;
  xmlDoc *doc = xmlCtxtReadMemory(x, text, (int)size, NULL, "UTF-8", how);
  xmlNode *root = doc ? xmlDocGetRootElement(doc) : NULL;
  tw_xml_node *tree = NULL;
  if (doc && doc->intSubset) {
    tw_where top = {m.c.file, 1, 1};
    tw_diagnose(d, TW_ERROR, TW_E_DOCTYPE, top, NULL, "a DOCTYPE is refused, because it can define entities");
  } else if (root && !state.failed) {
    tree = make_node(&m, root, NULL);
  } else if (!state.failed) {
    tw_diagnose(d, TW_ERROR, TW_E_XML, (tw_where){m.c.file, 1, 1}, NULL, "the XML is malformed: there is no element");
  }
  xmlFreeDoc(doc);
  xmlFreeParserCtxt(x);
  return tree;
}

tw_xml_node *tw_xml_read(tw_arena *a, const char *name, const char *path, tw_where from, tw_diagnostics *d) {
  size_t size = 0;
  char *text = read_all(name, path, from, &size, d);
  tw_xml_node *tree = text ? parse(a, name, text, size, d) : NULL;
  free(text);
  return tree;
}

const tw_attribute *tw_attribute_find(const tw_xml_node *n, const char *name) {
  for (int k = 0; k < n->n_attributes; k++)
    if (tw_same(n->attributes[k].name, name)) return &n->attributes[k];
  return NULL;
}
