/* The cases of `fail` as a document, worst first, and as CSV. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "../racks/units.h"
#include "../viz/csv.h"
#include "fail.h"
#include "record.h"

static const cJSON *item(const cJSON *c, const char *part, const char *key) {
  return cJSON_GetObjectItemCaseSensitive(part ? cJSON_GetObjectItemCaseSensitive(c, part) : c, key);
}

double tw_fail_number(const cJSON *c, const char *part, const char *key) {
  const cJSON *v = item(c, part, key);
  return cJSON_IsNumber(v) ? v->valuedouble : NAN;
}

const char *tw_fail_text(const cJSON *c, const char *part, const char *key) {
  const char *s = cJSON_GetStringValue(item(c, part, key));
  return s ? s : "";
}

double tw_fail_first_broken(const cJSON *c) {
  const cJSON *t = cJSON_GetObjectItemCaseSensitive(item(c, "in_time", "limit"), "first_broken_s");
  return cJSON_IsNumber(t) ? t->valuedouble : NAN;
}

/* In tenths of a per cent: less is not worth an order. */
static double least_kept(const cJSON *c) {
  return round(1e3 * fmin(tw_fail_number(c, "settled", "kept"), tw_fail_number(c, "in_time", "kept")));
}

/* To three digits: two sides of a rack that are alike break a limit at times that differ by the rounding of the run. */
static double soon(const cJSON *c) {
  double t = tw_fail_first_broken(c);
  double unit = t > 0.0 ? pow(10.0, floor(log10(t)) - 2.0) : 1.0;
  return round(t / unit) * unit;
}

/* ---- the document ---------------------------------------------------------------------------------------------------------- */

typedef struct { cJSON *c; int number; } numbered;

static int compare(double a, double b) { return isnan(a) || isnan(b) ? isnan(a) - isnan(b) : (a > b) - (a < b); }

/* Worst first: by what it came to, then by what is kept, then by the time left. */
static int worse(const void *a, const void *b) {
  const numbered *x = a, *y = b;
  int d = compare(tw_fail_number(x->c, NULL, "rank"), tw_fail_number(y->c, NULL, "rank"));
  if (!d) d = compare(least_kept(x->c), least_kept(y->c));
  if (!d) d = compare(soon(x->c), soon(y->c));
  return d ? d : x->number - y->number;
}

static cJSON *case_of(const tw_fail *w, int number, const char *row) {
  const char *json = strchr(row, '{');
  cJSON *c = json ? cJSON_Parse(json) : NULL, *named = cJSON_CreateObject();
  if (!c) {
    cJSON_Delete(named);
    return NULL;
  }
  tw_record_text(named, "case", w->names[number].path);
  tw_record_text(named, "element", w->names[number].element);
  tw_record_text(named, "state", w->names[number].state);
  while (c->child) {
    cJSON *k = cJSON_DetachItemViaPointer(c, c->child);
    char *key = k->string;
    k->string = NULL;
    cJSON_AddItemToObject(named, key, k);
    cJSON_free(key);
  }
  cJSON_Delete(c);
  return named;
}

cJSON *tw_fail_document(const tw_fail *w, const tw_journal *j) {
  const tw_options *o = w->o;
  cJSON *doc = tw_record_new(o), *cases;
  numbered *list = calloc((size_t)w->n + 1, sizeof *list);
  int n = 0;
  bool whole = true;
  if (!list) abort();
  tw_record_text(doc, "model", w->title);
  tw_record_text(doc, "file", o->words[0]);
  tw_record_text(doc, "variant", o->n_variants ? o->variants[0] : NULL);
  tw_record_text(doc, "scenario", o->scenario);
  tw_record_words(doc, "set", o->sets, o->n_sets);
  tw_record_inputs(doc, w->inputs, w->n_inputs);
  tw_record_number(doc, "duration_s", o->steady_only ? NAN : w->duration);
  tw_record_number(doc, "loads", w->n_loads);
  tw_record_number(doc, "planned", w->n);
  cJSON_AddItemToObject(doc, "intact", cJSON_Duplicate(w->intact, true));
  for (int i = 0; i < w->n; i++) {
    cJSON *c = j->rows[i] ? case_of(w, i, j->rows[i]) : NULL;
    if (c) list[n++] = (numbered){c, i};
    else whole &= !j->rows[i];
  }
  qsort(list, (size_t)n, sizeof *list, worse);
  cases = cJSON_AddArrayToObject(doc, "cases");
  for (int i = 0; i < n; i++) cJSON_AddItemToArray(cases, list[i].c);
  free(list);
  if (whole) return doc;
  cJSON_Delete(doc);
  return NULL;
}

/* ---- CSV ------------------------------------------------------------------------------------------------------------------- */

typedef struct { const char *name, *unit, *part, *key; enum { TEXT, NUMBER, CELSIUS } kind; } column;
static const column columns[] = {
    {"case", NULL, NULL, "case", TEXT}, {"element", NULL, NULL, "element", TEXT}, {"state", NULL, NULL, "state", TEXT},
    {"verdict", NULL, NULL, "verdict", TEXT}, {"time_to_limit", "s", NULL, NULL, NUMBER},
    {"settled_from", NULL, "settled", "from", TEXT},
    {"settled_hottest", "degC", "settled", "hottest_K", CELSIUS}, {"settled_hottest_path", NULL, "settled", "hottest_path", TEXT},
    {"settled_supply", "degC", "settled", "supply_K", CELSIUS}, {"settled_flow", "kg/s", "settled", "flow_kg_s", NUMBER},
    {"settled_grid_power", "W", "settled", "grid_W", NUMBER}, {"settled_load_power", "W", "settled", "load_W", NUMBER},
    {"settled_kept", "1", "settled", "kept", NUMBER}, {"settled_lost", NULL, "settled", "lost", NUMBER},
    {"settled_tripped", NULL, "settled", "tripped", NUMBER}, {"settled_throttled", NULL, "settled", "throttled", NUMBER},
    {"settled_limits_broken", NULL, "settled", "limits_broken", NUMBER},
    {"hottest", "degC", "in_time", "hottest_K", CELSIUS}, {"hottest_path", NULL, "in_time", "hottest_path", TEXT},
    {"supply", "degC", "in_time", "supply_K", CELSIUS}, {"flow", "kg/s", "in_time", "flow_kg_s", NUMBER},
    {"load_power", "W", "in_time", "load_W", NUMBER}, {"kept", "1", "in_time", "kept", NUMBER},
    {"energy_served", "1", "in_time", "energy_served", NUMBER},
    {"lost", NULL, "in_time", "lost", NUMBER}, {"tripped", NULL, "in_time", "tripped", NUMBER},
    {"throttled", NULL, "in_time", "throttled", NUMBER}, {"limits_broken", NULL, "in_time", "limits_broken", NUMBER},
    {"time_to_throttle", "s", "in_time", "first_throttled_s", NUMBER},
    {"time_to_loss", "s", "in_time", "first_lost_s", NUMBER},
    {"time_to_trip", "s", "in_time", "first_tripped_s", NUMBER},
    {"end", "s", "in_time", "end_s", NUMBER}, {"because", NULL, NULL, "because", TEXT}};

static double value_of(const cJSON *c, const column *k) {
  double v = k->key ? tw_fail_number(c, k->part, k->key) : tw_fail_first_broken(c);
  return k->kind == CELSIUS ? v - TW_ZERO_CELSIUS : v;
}

int tw_fail_csv(FILE *out, const cJSON *doc) {
  tw_csv *csv = tw_csv_on(out, 12);
  const cJSON *c;
  if (!csv) abort();
  for (int i = 0; i < TW_COUNT(columns); i++) tw_csv_series(csv, columns[i].name, columns[i].unit);
  tw_csv_end(csv);
  cJSON_ArrayForEach(c, cJSON_GetObjectItemCaseSensitive(doc, "cases")) {
    for (int i = 0; i < TW_COUNT(columns); i++) {
      if (columns[i].kind == TEXT) tw_csv_text(csv, tw_fail_text(c, columns[i].part, columns[i].key));
      else tw_csv_number(csv, value_of(c, &columns[i]));
    }
    tw_csv_end(csv);
  }
  return tw_csv_close(csv);
}
