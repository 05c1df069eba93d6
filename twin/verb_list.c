/* list, doc, explain: the program describes itself from its tables. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../components/component.h"
#include "../racks/description.h"
#include "../racks/diagnostic_codes.h"
#include "../racks/listing.h"
#include "../racks/units.h"
#include "results.h"
#include "session.h"
#include "verbs.h"

typedef struct { const char *name, *title, *text; int number; } code_row;
static const code_row codes[] = {
#define TW_CODE(name, number, title, text) {#name, title, text, number},
    TW_DIAGNOSTIC_CODES(TW_CODE)
#undef TW_CODE
};

static int list_elements(void) {
  for (const tw_type *const *t = tw_registry; *t; t++) printf("%-26s %s\n", (*t)->element, (*t)->title);
  return TW_EXIT_OK;
}

static int list_units(void) {
  for (int i = 0; tw_unit_at(i); i++) printf("%-10s %s\n", tw_unit_at(i)->symbol, tw_unit_at(i)->doc);
  return TW_EXIT_OK;
}

static int list_errors(void) {
  for (int i = 0; i < TW_COUNT(codes); i++) printf("RT%04d  %s\n", codes[i].number, codes[i].title);
  return TW_EXIT_OK;
}

static void print_listed(void *ctx, const char *element, const char *id, const char *title, const char *source, const char *quality) {
  (void)ctx;
  if (!strcmp(element, "racktwin")) printf("%-28s %s\n", id, title ? title : "");
  else printf("%-16s %-28s %-10s %s%s%s\n", element, id, quality ? quality : "", title ? title : "", title && source ? "; " : "", source ? source : "");
}

static int list_catalogue(const char *what, const tw_options *o) {
  char folder[4096];
  tw_diagnostics d = {0};
  snprintf(folder, sizeof folder, "%s%s", tw_catalogue_folder(), strcmp(what, "parts") ? "" : "/parts");
  int n = tw_listing(folder, print_listed, NULL, &d), status = d.errors ? TW_EXIT_INPUT : TW_EXIT_OK;
  if (n < 0) {
    fprintf(stderr, "racktwin: error: the catalogue folder %s cannot be read\n", folder);
    status = TW_EXIT_SYSTEM;
  }
  tw_diagnostics_print(&d, stderr, o->colour);
  tw_diagnostics_free(&d);
  return status;
}

int tw_verb_list(const tw_options *o) {
  const char *what = o->words[0];
  static const char *const known[] = {"elements", "units", "errors", "racks", "parts"};
  if (!strcmp(what, "elements")) return list_elements();
  if (!strcmp(what, "units")) return list_units();
  if (!strcmp(what, "errors")) return list_errors();
  if (!strcmp(what, "racks") || !strcmp(what, "parts")) return list_catalogue(what, o);
  const char *near = tw_nearest(what, known, TW_COUNT(known));
  fprintf(stderr, "racktwin: list knows elements, units, errors, racks and parts, not \"%s\"%s%s\n", what, near ? "; did you mean " : "",
          near ? near : "");
  return TW_EXIT_USAGE;
}

static const char *kind_name(tw_kind k) {
  static const char *const names[] = {"DC", "AC", "fluid", "refrigerant", "heat", "signal in", "signal out"};
  return names[k];
}

static void print_params(const tw_type *t) {
  puts("\nParameters");
  for (const tw_param *p = t->params; p && p->id; p++) {
    char lo[48], hi[48], range[128] = "";
    if (p->kind == TW_NUMBER && p->unit)
      snprintf(range, sizeof range, "%s .. %s", tw_display(p->lo, p->unit, lo, sizeof lo), tw_display(p->hi, p->unit, hi, sizeof hi));
    else if (p->kind == TW_INTEGER) snprintf(range, sizeof range, "%g .. %g", p->lo, p->hi);
    else if (p->kind == TW_ENUM || p->kind == TW_REFERENCE) snprintf(range, sizeof range, "%s", p->choices ? p->choices : "");
    else if (p->kind == TW_CURVE) snprintf(range, sizeof range, "curve %s over %s", p->unit ? p->unit : "1", p->x_unit ? p->x_unit : "1");
    printf("  %-22s %-10s %-34s %s%s%s\n", p->id, p->unit && p->kind == TW_NUMBER ? p->unit : "", range, p->dflt ? "default " : "",
           p->dflt ? p->dflt : (p->flags & TW_P_OPTIONAL) ? "optional" : "required", "");
    printf("      %s%s%s%s\n", p->doc, p->source ? " [" : "", p->source ? p->source : "", p->source ? "]" : "");
  }
}

int tw_verb_doc(const tw_options *o) {
  const char *names[512];
  int n = 0;
  const tw_type *t = NULL;
  for (const tw_type *const *k = tw_registry; *k && n < TW_COUNT(names); k++) {
    names[n++] = (*k)->element;
    if (!strcmp((*k)->element, o->words[0])) t = *k;
  }
  if (!t) {
    const char *near = tw_nearest(o->words[0], names, n);
    fprintf(stderr, "racktwin: there is no element \"%s\"%s%s; see racktwin list elements\n", o->words[0], near ? "; did you mean " : "",
            near ? near : "");
    return TW_EXIT_USAGE;
  }
  printf("%s - %s\n\n%s\n", t->element, t->title, t->doc);
  print_params(t);
  puts("\nPorts");
  for (const tw_port *p = t->ports; p && p->id; p++)
    printf("  %-14s %-10s %s%s%s%s\n", p->id, kind_name(p->kind), p->doc, p->count ? " (array: " : "", p->count ? p->count : "", p->count ? ")" : "");
  puts("\nReported quantities");
  for (const tw_quantity *q = t->outputs; q && q->id; q++)
    printf("  %-22s %-8s %s%s%s\n", q->id, q->unit, q->doc, q->role == TW_Q_LOSS ? "; loss by " : "", q->role == TW_Q_LOSS ? tw_loss_name(q->loss) : "");
  for (const tw_limit *l = t->limits; l && l->quantity; l++)
    printf("%s  %s %s %s: %s\n", l == t->limits ? "\nLimits\n" : "", l->quantity, l->sense == TW_AT_MOST ? "<=" : ">=", l->param, l->doc);
  return TW_EXIT_OK;
}

int tw_verb_explain(const tw_options *o) {
  const char *word = o->words[0];
  char *end;
  const char *digits = word + (strncmp(word, "RT", 2) && strncmp(word, "rt", 2) ? 0 : 2);
  long number = strtol(digits, &end, 10);
  for (int i = 0; i < TW_COUNT(codes); i++)
    if (!*end && codes[i].number == number) {
      printf("RT%04ld: %s\n\n%s\n", number, codes[i].title, codes[i].text);
      return TW_EXIT_OK;
    }
  fprintf(stderr, "racktwin: there is no diagnostic \"%s\"; codes look like RT0202, see racktwin list errors\n", word);
  return TW_EXIT_USAGE;
}
