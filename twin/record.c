#include "record.h"
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include "../solvers/solver.h"
#include "output_internal.h"

cJSON *tw_record_new(const tw_options *o) {
  char versions[96];
  cJSON *doc = cJSON_CreateObject();
  tw_solver_versions(versions, sizeof versions);
  cJSON_AddStringToObject(doc, "program", "racktwin " TW_VERSION);
  cJSON_AddStringToObject(doc, "libraries", versions);
  cJSON_AddStringToObject(doc, "verb", o->verb->name);
  return doc;
}

void tw_record_words(cJSON *to, const char *key, const char *const *words, int n) {
  cJSON *list = cJSON_AddArrayToObject(to, key);
  for (int i = 0; i < n; i++) cJSON_AddItemToArray(list, cJSON_CreateString(words[i]));
}

void tw_record_inputs(cJSON *to, const char *const *files, int n) {
  cJSON *inputs = cJSON_AddArrayToObject(to, "inputs");
  for (int i = 0; i < n; i++) {
    char hex[65];
    cJSON *in = cJSON_CreateObject();
    tw_file_digest(files[i], hex);
    cJSON_AddStringToObject(in, "file", files[i]);
    cJSON_AddStringToObject(in, "sha256", hex);
    cJSON_AddItemToArray(inputs, in);
  }
}

void tw_record_number(cJSON *to, const char *key, double v) {
  if (isfinite(v)) cJSON_AddNumberToObject(to, key, v);
  else cJSON_AddNullToObject(to, key);
}

void tw_record_text(cJSON *to, const char *key, const char *v) {
  if (v) cJSON_AddStringToObject(to, key, v);
  else cJSON_AddNullToObject(to, key);
}

int tw_record_write(const cJSON *doc, const char *path) {
  char part[4300];
  char *text = cJSON_Print(doc);
  snprintf(part, sizeof part, "%.4290s.part", path);
  FILE *out = fopen(part, "w");
  int error = out ? 0 : errno;
  if (out && (fputs(text, out) < 0 || fputc('\n', out) < 0)) error = errno;
  if (out && fclose(out) && !error) error = errno;
  if (!error && rename(part, path)) error = errno;
  free(text);
  return error ? tw_output_failed(path, error) : 0;
}
