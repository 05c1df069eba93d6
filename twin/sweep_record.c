/* The record beside a table, and shards put together by it. */
#include <cjson/cJSON.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "output_internal.h"
#include "record.h"
#include "sweep.h"

static const char *record_of(tw_arena *a, const char *csv) {
  size_t n = strlen(csv);
  if (n > 4 && !strcmp(csv + n - 4, ".csv")) n -= 4;
  return tw_printf(a, "%.*s.json", (int)n, csv);
}

static int write_record(tw_arena *a, const cJSON *doc, const char *csv) { return tw_record_write(doc, record_of(a, csv)); }

/* What differs between a shard and the whole. */
static void add_outcome(cJSON *doc, const char *csv, int shard, int shards, const tw_study_counts *c) {
  char hex[65];
  tw_file_digest(csv, hex);
  cJSON_AddNumberToObject(doc, "shard", shard + 1);
  cJSON_AddNumberToObject(doc, "shards", shards);
  cJSON_AddNumberToObject(doc, "kept", c->kept);
  cJSON_AddNumberToObject(doc, "broken", c->broken);
  cJSON_AddNumberToObject(doc, "failed", c->failed);
  cJSON_AddNumberToObject(doc, "crashed", c->crashed);
  cJSON_AddStringToObject(doc, "sha256", hex);
}

int tw_sweep_record(const tw_sweep *w, const char *path, const tw_study_counts *c) {
  const tw_options *o = w->o;
  cJSON *doc = tw_record_new(o);
  cJSON_AddStringToObject(doc, "file", o->words[0]);
  if (o->n_variants) cJSON_AddStringToObject(doc, "variant", o->variants[0]);
  tw_record_words(doc, "axes", o->axes, o->n_axes);
  tw_record_words(doc, "set", o->sets, o->n_sets);
  tw_record_words(doc, "select", o->selects, o->n_selects);
  tw_record_inputs(doc, (const char *const *)w->inputs, w->n_inputs);
  cJSON_AddStringToObject(doc, "key", w->key);
  cJSON_AddNumberToObject(doc, "cases", w->cases);
  add_outcome(doc, path, w->shard, w->shards, c);
  int status = write_record(w->arena, doc, path);
  cJSON_Delete(doc);
  return status;
}

/* ---- shards --------------------------------------------------------------------------------------------------------------- */

typedef struct {
  tw_arena *arena;
  cJSON *first;            /* the record of the first file */
  const char *header;
  const char **row;        /* [cases] */
  int cases, n;
  tw_study_counts counts;
} merger;

static int refuse(const char *file, const char *what) {
  fprintf(stderr, "racktwin: sweep --merge: %s %s\n", file, what);
  return TW_EXIT_INPUT;
}

/* A whole file, NULL when it cannot be read. */
static char *contents(tw_arena *a, const char *path) {
  FILE *in = fopen(path, "rb");
  char *text = NULL;
  long n = in && !fseek(in, 0, SEEK_END) ? ftell(in) : -1;
  if (n >= 0 && !fseek(in, 0, SEEK_SET)) {
    text = tw_alloc(a, (size_t)n + 1, 1);
    if (fread(text, 1, (size_t)n, in) != (size_t)n) text = NULL;
  }
  if (in) fclose(in);
  return text;
}

static int count_in(const cJSON *doc, const char *key) {
  const cJSON *v = cJSON_GetObjectItemCaseSensitive(doc, key);
  return cJSON_IsNumber(v) && v->valuedouble >= 0.0 && v->valuedouble <= 1e6 ? (int)v->valuedouble : -1;
}

static const char *text_in(const cJSON *doc, const char *key) {
  const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(doc, key));
  return text ? text : "";
}

static int take_rows(merger *m, const char *file, char *text) {
  char *line = strchr(text, '\n');
  if (!line) return refuse(file, "is no table of a sweep");
  *line++ = 0;
  if (!m->header) m->header = text;
  if (strcmp(m->header, text)) return refuse(file, "has other columns than the first file");
  for (char *end; *line; line = end + 1) {
    end = strchr(line, '\n');
    long number = strtol(line, NULL, 10);
    if (!end || number < 1 || number > m->cases) return refuse(file, "is no table of a sweep");
    *end = 0;
    if (m->row[number - 1]) return refuse(file, "has cases that another file has, too");
    m->row[number - 1] = line;
    m->n++;
  }
  return 0;
}

static int take_file(merger *m, const char *file) {
  char *text = contents(m->arena, file), *record = contents(m->arena, record_of(m->arena, file)), hex[65];
  if (!text) return refuse(file, "cannot be read");
  cJSON *doc = record ? cJSON_Parse(record) : NULL;
  if (!doc) return refuse(file, "has no record of its sweep beside it (the same name with .json)");
  int status = 0, n = count_in(doc, "cases");
  tw_file_digest(file, hex);
  if (n < 1 || strcmp(text_in(doc, "sha256"), hex)) {
    status = refuse(file, "has been changed since it was written: its record beside it is of another content");
  } else if (m->first && (strcmp(text_in(m->first, "key"), text_in(doc, "key")) || n != m->cases)) {
    status = refuse(file, "is of another sweep than the first file: the program, its options or a file that it read differs");
  } else if (!m->first) {
    m->cases = n;
    m->row = tw_alloc(m->arena, (size_t)n, sizeof *m->row);
  }
  if (!status) status = take_rows(m, file, text);
  m->counts.kept += count_in(doc, "kept");
  m->counts.broken += count_in(doc, "broken");
  m->counts.failed += count_in(doc, "failed");
  m->counts.crashed += count_in(doc, "crashed");
  if (m->first) cJSON_Delete(doc);
  else m->first = doc;
  return status;
}

static int write_rows(const merger *m, const char *path) {
  const char *part = tw_printf(m->arena, "%s.part", path);
  FILE *out = fopen(part, "w");
  int error = out ? 0 : errno;
  if (out && fprintf(out, "%s\n", m->header) < 0) error = errno;
  for (int i = 0; out && i < m->cases && !error; i++)
    if (fprintf(out, "%s\n", m->row[i]) < 0) error = errno;
  if (out && fclose(out) && !error) error = errno;
  if (!error && rename(part, path)) error = errno;
  return error ? tw_output_failed(path, error) : 0;
}

int tw_sweep_merge(const tw_options *o) {
  merger m = {.arena = tw_arena_new()};
  int status = 0;
  if (!o->out) {
    fputs("racktwin: sweep --merge needs -o FILE.csv for the whole table\n", stderr);
    status = TW_EXIT_USAGE;
  }
  for (int i = 0; i < o->n_words && !status; i++) status = take_file(&m, o->words[i]);
  for (int i = 0; i < m.cases && !status; i++)
    if (!m.row[i]) status = refuse("case", tw_printf(m.arena, "%d of %d is in none of the files", i + 1, m.cases));
  if (!status) status = write_rows(&m, o->out);
  if (!status) {
    static const char *const outcome[] = {"shard", "shards", "kept", "broken", "failed", "crashed", "sha256"};
    for (int i = 0; i < TW_COUNT(outcome); i++) cJSON_DeleteItemFromObjectCaseSensitive(m.first, outcome[i]);
    add_outcome(m.first, o->out, 0, 1, &m.counts);
    status = write_record(m.arena, m.first, o->out);
  }
  cJSON_Delete(m.first);
  tw_arena_free(m.arena);
  return status ? status : tw_study_exit(&m.counts);
}
