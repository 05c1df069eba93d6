/* The answer of limit, for people and as JSON. */
#include <cjson/cJSON.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "../racks/units.h"
#include "../viz/csv.h"
#include "limit.h"
#include "output_internal.h"
#include "record.h"

const char *tw_bound_name(tw_bound b) {
  static const char *const names[] = {[TW_BOUND_LIMIT] = "limit", [TW_BOUND_NO_SOLUTION] = "no solution",
                                      [TW_BOUND_INPUT] = "value refused", [TW_BOUND_RANGE] = "range"};
  return names[b];
}

/* With as many digits as tell a value from its limit. */
static const char *shown(const tw_limit_search *s, double si, const char *unit) {
  char number[32];
  double x = si;
  const char *to = tw_output_unit(unit);
  tw_convert(si, unit, to, &x);
  tw_number_format(x, 7, number);
  if (!strcmp(to, "1")) return tw_strdup(s->arena, number);
  return tw_printf(s->arena, "%s %s", number, !strcmp(to, "delta K") ? "K" : to);
}

static const char *limit_text(const tw_limit_search *s, const tw_margin *m) {
  const char *value = shown(s, m->value, m->unit), *limit = shown(s, m->limit, m->unit);
  const char *sense = m->sense == TW_AT_MOST ? "at most" : "at least";
  return tw_printf(s->arena, "%s.%s is %s, %s %s allowed", m->path, m->quantity, value, sense, limit);
}

const char *tw_trial_why(const tw_limit_search *s, const tw_trial *t) {
  if (!t->limited || *t->reason) return *t->reason ? t->reason : "no limit is watched";
  return limit_text(s, &t->tightest);
}

static void print_end(FILE *out, const tw_limit_search *s, const char *name, const tw_range_end *e) {
  if (!e->sought) return;
  fprintf(out, "  %-9s %-18s ", name, e->kept->text);
  switch (e->by) {
    case TW_BOUND_LIMIT: {
      const tw_margin *m = &e->beyond->tightest;
      fprintf(out, "at %s %s", e->beyond->text, tw_trial_why(s, e->beyond));
      if (e->beyond->n_broken > 1) fprintf(out, " (%d limits break)", e->beyond->n_broken);
      if (m->source) fprintf(out, "\n%32s%s%s", "", m->source, m->quality == TW_ESTIMATE ? " (estimate)" : "");
      break;
    }
    case TW_BOUND_RANGE: fputs("no limit breaks up to this end of what the figure can be, or of --min and --max", out); break;
    default: fprintf(out, "at %s %s: %s", e->beyond->text, tw_bound_name(e->by), e->beyond->reason);
  }
  fputs("\n", out);
}

void tw_limit_print(FILE *out, const tw_limit_search *s) {
  fprintf(out, "%s\n", s->title);
  for (int i = 0; i < s->o->n_paths; i++) fprintf(out, "%s%s", i ? ", " : "", s->o->paths[i]);
  fputs(": values that break no limit\n", out);
  print_end(out, s, "largest", &s->largest);
  print_end(out, s, "smallest", &s->smallest);
  fprintf(out, "  %-9s %-18s ", s->given ? "in file" : "begun at", s->start->text);
  fprintf(out, "%s%s\n", s->start->exit ? "not kept: " : "kept; tightest: ", tw_trial_why(s, s->start));
  for (int i = 0; i < s->n_notes; i++) fprintf(out, "  note: %s\n", s->notes[i]);
  fprintf(out, "%d solves\n", s->n_trials);
}

/* ---- JSON ------------------------------------------------------------------------------------------------------------------ */

static double in_si(const tw_limit_search *s, double x) {
  return !strcmp(s->si, "K") ? x + 273.15 : x;
}

static cJSON *margin_object(const tw_margin *m) {
  cJSON *o = cJSON_CreateObject();
  cJSON_AddStringToObject(o, "path", m->path);
  cJSON_AddStringToObject(o, "quantity", m->quantity);
  cJSON_AddStringToObject(o, "unit", m->unit);
  tw_record_number(o, "value", m->value);
  cJSON_AddStringToObject(o, "sense", m->sense == TW_AT_MOST ? "at most" : "at least");
  tw_record_number(o, "limit", m->limit);
  tw_record_number(o, "margin", m->margin);
  if (m->source) cJSON_AddStringToObject(o, "source", m->source);
  else cJSON_AddNullToObject(o, "source");
  cJSON_AddStringToObject(o, "quality", tw_quality_name(m->quality));
  return o;
}

static cJSON *trial_object(const tw_limit_search *s, const tw_trial *t) {
  if (!t) return cJSON_CreateNull();
  cJSON *o = cJSON_CreateObject();
  tw_record_number(o, "value", in_si(s, t->x));
  cJSON_AddStringToObject(o, "set", t->text);
  cJSON_AddNumberToObject(o, "exit", t->exit);
  cJSON_AddNumberToObject(o, "limits_broken", t->n_broken);
  cJSON_AddItemToObject(o, "tightest", t->limited ? margin_object(&t->tightest) : cJSON_CreateNull());
  if (*t->reason) cJSON_AddStringToObject(o, "reason", t->reason);
  else cJSON_AddNullToObject(o, "reason");
  return o;
}

static void add_end(cJSON *doc, const tw_limit_search *s, const char *name, const tw_range_end *e) {
  if (!e->sought) {
    cJSON_AddNullToObject(doc, name);
    return;
  }
  cJSON *o = cJSON_AddObjectToObject(doc, name);
  tw_record_number(o, "value", in_si(s, e->kept->x));
  cJSON_AddStringToObject(o, "bound_by", tw_bound_name(e->by));
  bool limit = e->by == TW_BOUND_LIMIT;
  cJSON_AddItemToObject(o, "limit", limit ? margin_object(&e->beyond->tightest) : cJSON_CreateNull());
  cJSON_AddItemToObject(o, "kept", trial_object(s, e->kept));
  cJSON_AddItemToObject(o, "beyond", trial_object(s, e->beyond));
}

char *tw_limit_json(const tw_limit_search *s) {
  const tw_options *o = s->o;
  cJSON *doc = cJSON_CreateObject();
  cJSON_AddStringToObject(doc, "model", s->title);
  cJSON_AddStringToObject(doc, "file", o->words[0]);
  if (o->n_variants) cJSON_AddStringToObject(doc, "variant", o->variants[0]);
  else cJSON_AddNullToObject(doc, "variant");
  cJSON *paths = cJSON_AddArrayToObject(doc, "paths");
  for (int i = 0; i < o->n_paths; i++) cJSON_AddItemToArray(paths, cJSON_CreateString(o->paths[i]));
  cJSON_AddStringToObject(doc, "unit", s->si);
  cJSON_AddItemToObject(doc, "start", trial_object(s, s->start));
  cJSON_AddBoolToObject(doc, "start_is_of_file", s->given);
  add_end(doc, s, "largest", &s->largest);
  add_end(doc, s, "smallest", &s->smallest);
  cJSON *notes = cJSON_AddArrayToObject(doc, "notes");
  for (int i = 0; i < s->n_notes; i++) cJSON_AddItemToArray(notes, cJSON_CreateString(s->notes[i]));
  cJSON_AddNumberToObject(doc, "solves", s->n_trials);
  char *text = cJSON_Print(doc);
  cJSON_Delete(doc);
  return text;
}
