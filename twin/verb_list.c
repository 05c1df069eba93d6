/* list and explain: the program describes itself from its tables. */
#include <cjson/cJSON.h>
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

/* Rows on the terminal, or as an array of objects with --json. */
typedef struct { cJSON *rows; } lister;
typedef struct { const char *key, *value; int width; } cell;

static void row(lister *l, const cell *cells, int n) {
  cJSON *o = l->rows ? cJSON_CreateObject() : NULL;
  for (int i = 0; i < n; i++) {
    const char *value = cells[i].value ? cells[i].value : "";
    if (!o) printf(i + 1 < n ? "%-*s " : "%.*s", i + 1 < n ? cells[i].width : (int)strlen(value), value);
    else if (cells[i].value) cJSON_AddStringToObject(o, cells[i].key, cells[i].value);
    else cJSON_AddNullToObject(o, cells[i].key);
  }
  if (o) cJSON_AddItemToArray(l->rows, o);
  else putchar('\n');
}

static void list_elements(lister *l) {
  for (const tw_type *const *t = tw_registry; *t; t++) row(l, (cell[]){{"element", (*t)->element, 26}, {"title", (*t)->title, 0}}, 2);
}

static void list_units(lister *l) {
  for (int i = 0; tw_unit_at(i); i++) row(l, (cell[]){{"symbol", tw_unit_at(i)->symbol, 10}, {"doc", tw_unit_at(i)->doc, 0}}, 2);
}

static void list_errors(lister *l) {
  for (int i = 0; i < TW_COUNT(codes); i++) {
    char code[16];
    snprintf(code, sizeof code, "RT%04d", codes[i].number);
    row(l, (cell[]){{"code", code, 7}, {"title", codes[i].title, 0}}, 2);
  }
}

static void list_one(void *ctx, const tw_catalogue_entry *e) {
  lister *l = ctx;
  if (!strcmp(e->element, "racktwin")) {
    row(l, (cell[]){{"file", e->id, 28}, {"title", e->title, 0}}, 2);
    return;
  }
  row(l, (cell[]){{"element", e->element, 16}, {"id", e->id, 28}, {"rating", e->rating, 10}, {"quality", e->quality, 10},
                  {"title", e->title, 44}, {"source", e->source, 0}}, 6);
}

static int list_catalogue(lister *l, bool parts, const tw_options *o) {
  char catalogue[TW_FOLDER_SIZE], folder[TW_FOLDER_SIZE + 8];
  tw_diagnostics d = {0};
  snprintf(folder, sizeof folder, "%s%s", tw_catalogue_folder(catalogue), parts ? "/parts" : "");
  int n = tw_listing(folder, list_one, l, &d), status = d.errors ? TW_EXIT_INPUT : TW_EXIT_OK;
  if (n < 0) {
    fprintf(stderr, "racktwin: error: the catalogue folder %s cannot be read\n", folder);
    status = TW_EXIT_SYSTEM;
  }
  tw_diagnostics_print(&d, stderr, o->colour);
  tw_diagnostics_free(&d);
  return status;
}

static int list(lister *l, const char *what, const tw_options *o) {
  static const char *const known[] = {"elements", "units", "errors", "racks", "parts"};
  if (!strcmp(what, "elements")) list_elements(l);
  else if (!strcmp(what, "units")) list_units(l);
  else if (!strcmp(what, "errors")) list_errors(l);
  else if (!strcmp(what, "racks") || !strcmp(what, "parts")) return list_catalogue(l, !strcmp(what, "parts"), o);
  else {
    const char *near = tw_nearest(what, known, TW_COUNT(known));
    fprintf(stderr, "racktwin: list knows elements, units, errors, racks and parts, not \"%s\"%s%s\n", what, near ? "; did you mean " : "",
            near ? near : "");
    return TW_EXIT_USAGE;
  }
  return TW_EXIT_OK;
}

int tw_verb_list(const tw_options *o) {
  lister l = {o->json ? cJSON_CreateArray() : NULL};
  int status = list(&l, o->words[0], o);
  if (l.rows && status != TW_EXIT_USAGE) {
    char *text = cJSON_Print(l.rows);
    puts(text);
    free(text);
  }
  cJSON_Delete(l.rows);
  return status;
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
