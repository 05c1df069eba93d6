/* doc: what an element is, from its tables, and the manual that is made of all of them. */
#include <stdio.h>
#include <string.h>
#include "doc.h"
#include "manual.h"
#include "session.h"
#include "verbs.h"

/* Lines of at most 100 columns, broken at spaces, each after `indent` spaces. */
static void print_wrapped(const char *text, int indent) {
  while (text && *text) {
    size_t most = (size_t)(100 - indent), n = strlen(text);
    if (n > most)
      for (n = most; n > 1 && text[n] != ' ';) n--;
    printf("%*s%.*s\n", indent, "", (int)n, text);
    text += n;
    while (*text == ' ') text++;
  }
}

static void print_about(const char *title, const char *text) {
  if (!text) return;
  printf("\n%s\n", title);
  print_wrapped(text, 2);
}

static void print_params(const tw_type *t) {
  char range[256], source[400];
  if (t->params && t->params->id) puts("\nParameters (unit, range, default)");
  for (const tw_param *p = t->params; p && p->id; p++) {
    const char *unit = tw_doc_unit(p);
    printf("  %-20s %-10s %-34s %s%s\n", p->id, *unit ? unit : "-", tw_doc_range(p, range, sizeof range),
        p->dflt ? "default " : "", tw_doc_default(p));
    snprintf(source, sizeof source, "%s%s%s%s%s", p->doc, p->source ? " [" : "", p->source ? p->source : "", p->source ? "]" : "",
        p->flags & TW_P_STRUCTURAL ? "; fixed during a run" : "");
    print_wrapped(source, 6);
  }
}

static void print_ports(const tw_type *t) {
  char role[256], name[64];
  if (t->ports && t->ports->id) puts("\nPorts");
  for (const tw_port *p = t->ports; p && p->id; p++) {
    snprintf(name, sizeof name, "%s%s", p->id, p->count ? "[]" : "");
    tw_doc_port(p, role, sizeof role);
    printf("  %-14s %-11s %s%s%s%s\n", name, tw_doc_kind(p->kind), p->doc, *role ? " (" : "", role, *role ? ")" : "");
  }
}

static void print_outputs(const tw_type *t) {
  char text[256];
  puts("\nReported quantities");
  for (const tw_quantity *q = t->outputs; q && q->id; q++)
    printf("  %-20s %-8s %s\n", q->id, q->unit, tw_doc_quantity(q, text, sizeof text));
  if (!t->outputs || !t->outputs->id)
    puts(tw_doc_named(t) ? "  none: the element that names it reports" : "  those of the parts that it is made of");
  if (t->limits && t->limits->quantity) puts("\nLimits");
  for (const tw_limit *l = t->limits; l && l->quantity; l++) printf("  %-34s %s\n", tw_doc_limit(l, text, sizeof text), l->doc);
}

static void print_element(const tw_type *t) {
  char file[4096];
  const char *sort = tw_doc_named(t) ? " (a part that other elements name)" : t->expand ? " (composite: made of other elements)" : "";
  printf("%s - %s%s\n", t->element, t->title, sort);
  print_about("What it is for", t->use);
  print_about(t->expand ? "What it does" : "Equations", t->doc);
  print_about("Where it holds", t->validity);
  print_about("Source", t->source);
  print_params(t);
  print_ports(t);
  print_outputs(t);
  printf("\nExample\n  %s\n", tw_doc_example(t, file, sizeof file));
}

int tw_verb_doc(const tw_options *o) {
  if (o->html || o->man) {
    if (!o->out || o->n_words || (o->html && o->man)) {
      fprintf(stderr, "racktwin: doc --%s writes all pages and needs -o DIR and no element\n", o->html ? "html" : "man");
      return TW_EXIT_USAGE;
    }
    return o->html ? tw_manual_html(o->out) : tw_manual_man(o->out);
  }
  if (!o->n_words) {
    fputs("racktwin: doc needs ELEMENT, for example: racktwin doc vrm; see racktwin list elements\n", stderr);
    return TW_EXIT_USAGE;
  }
  const tw_type *t = tw_doc_element(o->words[0]);
  if (t) print_element(t);
  return t ? TW_EXIT_OK : TW_EXIT_USAGE;
}
