#include "mutants.h"
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../../components/component.h"
#include "../../racks/grammar.h"
#include "../../racks/units.h"

enum { MOST = 20000 };

typedef struct {
  xmlNode *elements[MOST];
  int n_elements;
  xmlAttr *attributes[MOST];
  int n_attributes;
  mutant_random *r;
} pool;

unsigned mutant_below(mutant_random *r, unsigned n) { /* xorshift64* (Marsaglia; Vigna, ACM TOMS 42 (2016) 30) */
  r->state ^= r->state >> 12;
  r->state ^= r->state << 25;
  r->state ^= r->state >> 27;
  return (unsigned)((r->state * 2685821657736338717u) >> 33) % n;
}

static void gather(pool *p, xmlNode *n) {
  for (; n; n = n->next) {
    if (n->type != XML_ELEMENT_NODE) continue;
    if (p->n_elements < MOST) p->elements[p->n_elements++] = n;
    for (xmlAttr *a = n->properties; a; a = a->next)
      if (p->n_attributes < MOST) p->attributes[p->n_attributes++] = a;
    gather(p, n->children);
  }
}

static unsigned pick(pool *p, unsigned n) { return mutant_below(p->r, n); }
static xmlNode *some_element(pool *p) { return p->elements[pick(p, (unsigned)p->n_elements)]; }
static xmlAttr *some_attribute(pool *p) { return p->n_attributes ? p->attributes[pick(p, (unsigned)p->n_attributes)] : NULL; }
#define SOME(p, table) ((table)[pick((p), TW_COUNT(table))])

static char *value_of(const xmlAttr *a) { return (char *)xmlNodeListGetString(a->doc, a->children, 1); }

static void set_value(xmlAttr *a, const char *text) {
  xmlNode *old = a->children;
  a->children = a->last = xmlNewDocText(a->doc, (const xmlChar *)text);
  if (a->children) a->children->parent = (xmlNode *)a;
  xmlFreeNodeList(old);
}

/* ---- words ------------------------------------------------------------------------------------------------------- */

static const char *some_name(pool *p) {
  static const char *const names[] = {"id", "part", "assembly", "count", "u", "fed-by", "feeds", "cooled-by", "source", "quality",
      "title", "version", "at", "set", "value", "fail", "of", "max", "min", "from", "to", "csv", "points", "x-unit", "beyond",
      "rule", "base", "use", "workload", "every", "duration", "role", "temperature", "T-min", "cp", "gpu", "all", "mass", "Id",
      "sorce", "xml:lang", "xsi:schemaLocation", "xsi:type", "xsi:nil", "units", "pitch", "href", "repeat"};
  int types = 0;
  while (tw_registry[types]) types++;
  const tw_type *t = tw_registry[pick(p, (unsigned)types)];
  int params = 0;
  while (t->params && t->params[params].id) params++;
  return params && pick(p, 2) ? t->params[pick(p, (unsigned)params)].id : SOME(p, names);
}

static const char *some_tag(pool *p) {
  int types = 0, rules = 0;
  while (tw_registry[types]) types++;
  while (tw_grammar[rules].element) rules++;
  if (!pick(p, 8)) return pick(p, 2) ? "resistr" : "chips";
  return pick(p, 2) ? tw_registry[pick(p, (unsigned)types)]->element : tw_grammar[pick(p, (unsigned)rules)].element;
}

static const char *some_unit(pool *p, char *buf, size_t size) {
  static const char *const others[] = {"", "mohms", "K/W", "W/K", "kJ/K", "L/min", "m3/s", "1/K", "m2", "m^2", "W/(m2 K)",
      "W/m2 K", "kilowatt", "Volts", "MILLIVOLT", "atm", "delta K", "C", "F", "kelvin", "hour", "year", "ton", "foot", "kWat",
      "kW h", "V A", "kg/s/s", "ohm-1", "s\302\262", "mm\302\262", "5", "%%", "(V)", "((V)", "/s", "1/s", "V V", "m**2",
      "\302\265V"};
  static const char *const prefixes[] = {"", "", "m", "k", "u", "M", "n", "c", "T", "kk"};
  int rows = 0;
  while (tw_unit_at(rows)) rows++;
  if (pick(p, 3))
    snprintf(buf, size, "%s%s", SOME(p, prefixes), tw_unit_at((int)pick(p, (unsigned)rows))->symbol);
  else
    snprintf(buf, size, "%s", SOME(p, others));
  return buf;
}

static const char *const values[] = {"", " ", "0", "1", "-1", "2.5", "007", " 5 ", "+3", "10000", "10001", "nan", "inf",
    "1e999 V", "1,2 V", "0x10", "1 V", "-1 V", "-300 degC", "25 degC", "20 C", "5 K", "10 kW", "4.5 mohm", "1e-3", "95 %",
    "tray[2]", "tray[0].gpu", "a.b", "a.b[1]", "a..b", "a b", ".5 V", "5. V", "estimate", "datasheet", "Estimate", "yes", "no",
    "hold", "linear", "cubic", "gpu", "open", "closed", "on", "off", "water", "pg25", "pg99", "oil", "vrm-a", "sink", "resistor",
    "base", "8..17 27..34", "3", "3,,4", "0", "4..2", "0 1; 1 2", "0 1; 1 2; 2", "1 1, 2 2", "0 1;", "0-1", "a@b", "\302\265",
    "&<>\"'", "1\n2", "\tV", "x y", "10 s", "1 min", "ambient.temperature", "1 kg", "0.5 W/K", "1 2 V"};

/* ---- changes ----------------------------------------------------------------------------------------------------- */

static bool inside(const xmlNode *n, const xmlNode *of) {
  for (; n; n = n->parent)
    if (n == of) return true;
  return false;
}

static void change_unit(pool *p, xmlAttr *a) {
  static const char *const gaps[] = {"", " ", "  ", "\t"};
  char *old = value_of(a), unit[64], text[512];
  int digits = (int)strspn(old ? old : "", "0123456789.+-eE");
  snprintf(
      text, sizeof text, "%.*s%s%s", digits < 200 ? digits : 200, old ? old : "", SOME(p, gaps), some_unit(p, unit, sizeof unit));
  set_value(a, text);
  xmlFree(old);
}

static void change_character(pool *p, xmlAttr *a) {
  static const char alphabet[] = "aKVWmk019.-+;, []/%_'()^*e";
  char *old = value_of(a), text[2048];
  size_t n = old ? strlen(old) : 0, at = n ? pick(p, (unsigned)n + 1) : 0;
  char c[2] = {alphabet[pick(p, sizeof alphabet - 1)], 0};
  unsigned how = pick(p, 3); /* insert, delete, replace */
  snprintf(text, sizeof text, "%.*s%s%s", (int)at, old ? old : "", how == 1 ? "" : c, old && at < n ? old + at + (how > 0) : "");
  for (const char *s = text; *s; s++)
    if ((unsigned char)*s >= 0x80) return xmlFree(old); /* may have been cut in two */
  set_value(a, text);
  xmlFree(old);
}

static void change_attribute(pool *p) {
  xmlAttr *a = some_attribute(p), *b = some_attribute(p);
  if (!a) return;
  char *other = value_of(b), *own = value_of(a);
  xmlNode *e = a->parent;
  switch (pick(p, 10)) {
  case 0: xmlRemoveProp(a); break;
  case 1: xmlUnsetProp(e, (const xmlChar *)some_name(p)); break;
  case 2: xmlNodeSetName((xmlNode *)a, (const xmlChar *)some_name(p)); break;
  case 3:
  case 4: change_unit(p, a); break;
  case 5: change_character(p, a); break;
  case 6: set_value(a, SOME(p, values)); break;
  case 7: xmlSetProp(some_element(p), (const xmlChar *)some_name(p), (const xmlChar *)SOME(p, values)); break;
  case 8: xmlSetProp(some_element(p), a->name, (const xmlChar *)own); break;
  default:
    set_value(a, other ? other : "");
    if (a != b) set_value(b, own ? own : "");
  }
  xmlFree(other);
  xmlFree(own);
}

static void add_text(pool *p, xmlNode *e) {
  static const char *const texts[] = {" ", "\n", "text", "5 V"};
  switch (pick(p, 4)) {
  case 0: xmlAddChild(e, xmlNewDocComment(e->doc, (const xmlChar *)"note")); break;
  case 1: xmlAddChild(e, xmlNewCDataBlock(e->doc, (const xmlChar *)" x ", (int)pick(p, 4))); break;
  case 2: xmlAddChild(e, xmlNewDocPI(e->doc, (const xmlChar *)"hint", (const xmlChar *)"v")); break;
  default: xmlAddChild(e, xmlNewDocText(e->doc, (const xmlChar *)SOME(p, texts)));
  }
}

static void change_namespace(pool *p, xmlNode *e) {
  static const char *const spaces[] = {"urn:racktwin:1", "urn:racktwin:2", "http://www.w3.org/2001/XInclude", "urn:other"};
  xmlNs *ns = xmlNewNs(e, (const xmlChar *)SOME(p, spaces), (const xmlChar *)(pick(p, 2) ? "q" : "r"));
  if (ns) xmlSetNs(e, ns);
}

static void change_element(pool *p) {
  xmlNode *e = some_element(p), *to = some_element(p), *root = xmlDocGetRootElement(e->doc);
  switch (pick(p, 8)) {
  case 0:
    if (e != root) xmlUnlinkNode(e), xmlFreeNode(e);
    break;
  case 1:
    if (e != root) xmlAddNextSibling(e, xmlDocCopyNode(e, e->doc, 1));
    break;
  case 2: xmlNodeSetName(e, (const xmlChar *)some_tag(p)); break;
  case 3:
    if (!inside(to, e)) xmlUnlinkNode(e), xmlAddChild(to, e);
    break; /* nest */
  case 4:
    if (!inside(to, e)) xmlAddChild(to, xmlDocCopyNode(e, e->doc, 1));
    break;
  case 5: xmlNewChild(e, root->ns, (const xmlChar *)some_tag(p), NULL); break;
  case 6: add_text(p, e); break;
  default:
    if (pick(p, 4))
      xmlNodeSetName(e, to->name);
    else
      change_namespace(p, e);
  }
}

/* ---- bytes ------------------------------------------------------------------------------------------------------- */

static char *copy(const char *text, size_t n, const char *between, size_t from, size_t size, size_t *length) {
  size_t more = strlen(between);
  char *out = malloc(n + more + size - from + 1);
  if (!out) abort();
  memcpy(out, text, n);
  memcpy(out + n, between, more);
  memcpy(out + n + more, text + from, size - from);
  *length = n + more + size - from;
  out[*length] = 0;
  return out;
}

static char *change_bytes(const char *text, mutant_random *r, size_t *size) {
  static const char *const inserted[] = {"<", ">", "\"", "&", "&#0;", "&amp;", "<!DOCTYPE a>",
      "<!DOCTYPE racktwin [<!ENTITY e \"x\">]>", "<!--", "-->", "]]>", " id=\"twice\"", "\xff", "\xc3", "\xef\xbb\xbf",
      "xmlns=\"urn:other\" ", "</racktwin>", "<?xml version=\"1.0\"?>"};
  size_t at = mutant_below(r, (unsigned)*size + 1), to = at + mutant_below(r, (unsigned)(*size - at) + 1);
  const char *more = inserted[mutant_below(r, TW_COUNT(inserted))];
  if (!mutant_below(r, 4)) return copy(text, 0, more, 0, *size, size);
  if (mutant_below(r, 3)) return copy(text, at, more, at, *size, size);
  return copy(text, at, "", to - at > 40 ? at + 40 : to, *size, size);
}

char *mutant_of_text(const char *original, size_t size, mutant_random *r, size_t *length) {
  int how = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING;
  xmlDoc *doc = xmlReadMemory(original, (int)size, NULL, "UTF-8", how);
  pool *p = doc ? calloc(1, sizeof *p) : NULL;
  if (!p) return NULL;
  p->r = r;
  for (unsigned times = mutant_below(r, 3) ? 1 : 2; times > 0; times--) {
    p->n_elements = p->n_attributes = 0;
    gather(p, xmlDocGetRootElement(doc));
    if (mutant_below(r, 5) < 3)
      change_attribute(p);
    else if (p->n_elements)
      change_element(p);
  }
  free(p);
  xmlChar *text;
  int n;
  xmlDocDumpMemory(doc, &text, &n);
  xmlFreeDoc(doc);
  *length = (size_t)n;
  char *out =
      mutant_below(r, 16) ? copy((char *)text, *length, "", *length, *length, length) : change_bytes((char *)text, r, length);
  xmlFree(text);
  return out;
}
