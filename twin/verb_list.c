/* list and explain: the program describes itself from its tables. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../components/component.h"
#include "../racks/description.h"
#include "../racks/diagnostic_codes.h"
#include "../racks/listing.h"
#include "../racks/units.h"
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
