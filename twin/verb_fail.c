/* fail: the failure table of a design review. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "fail.h"
#include "output_internal.h"
#include "record.h"
#include "verbs.h"

static char *row_of(cJSON *c, int number) {
  char *json = cJSON_PrintUnformatted(c);
  if (!json) abort();
  size_t room = strlen(json) + 32;
  char *row = malloc(room);
  if (!row) abort();
  snprintf(row, room, "%d %s\n", number + 1, json); /* JSON escapes line feeds */
  cJSON_free(json);
  cJSON_Delete(c);
  return row;
}

static int work(void *ctx, int number, char **row) {
  const tw_fail *w = ctx;
  cJSON *c = tw_fail_case(w, &w->list[number]);
  int exit = tw_fail_exit(tw_fail_judge(c));
  *row = row_of(c, number);
  return exit;
}

static char *lost(void *ctx, int number, const char *reason) {
  (void)ctx;
  cJSON *c = cJSON_CreateObject();
  cJSON_AddStringToObject(c, "verdict", "no result");
  cJSON_AddStringToObject(c, "because", reason);
  cJSON_AddNumberToObject(c, "rank", TW_F_CRASHED);
  return row_of(c, number);
}

/* failures.csv and failures.json. */
static int write_files(const tw_options *o, const char *csv_path, const cJSON *doc, tw_arena *a) {
  char *text = NULL;
  size_t size = 0;
  FILE *memory = open_memstream(&text, &size);
  if (!memory || tw_fail_csv(memory, doc) || fclose(memory)) abort(); /* only memory can be short */
  int status = tw_output_file(csv_path, text, size);
  free(text);
  return status ? status : tw_record_write(doc, tw_printf(a, "%s/failures.json", o->out));
}

static int print(const tw_options *o, const cJSON *doc) {
  if (o->json) {
    char *text = cJSON_Print(doc);
    puts(text);
    cJSON_free(text);
  } else if (o->csv) {
    int error = tw_fail_csv(stdout, doc);
    return error ? tw_output_failed("standard output", error) : 0;
  } else if (!o->quiet) {
    tw_fail_page(stdout, doc, o->verbose);
  }
  return 0;
}

/* 5 where a calculation broke down, 4 where no case has a result, 1 where one breaks a limit or loses or trips something. */
static int exit_of(const tw_study_counts *c) {
  if (c->crashed) return TW_EXIT_SYSTEM;
  if (c->failed && !c->kept && !c->broken) return TW_EXIT_NO_SOLUTION;
  return c->broken || c->failed ? TW_EXIT_LIMIT : TW_EXIT_OK;
}

/* What there is, also after an interruption: the journal then stays for --resume. */
static int finish(const tw_fail *w, const tw_study *s, const tw_journal *j, bool interrupted) {
  char now[65];
  tw_fail_key(w, now);
  if (strcmp(now, w->key)) {
    fputs("racktwin: error: a file that the rack is read from has changed meanwhile: nothing is written, the cases do not belong "
          "together\n", stderr);
    tw_journal_remove(j);
    return TW_EXIT_SYSTEM;
  }
  cJSON *doc = tw_fail_document(w, j);
  if (!doc) {
    fprintf(stderr, "racktwin: error: %s is damaged; remove it to begin anew\n", j->journal);
    return TW_EXIT_SYSTEM;
  }
  int status = s->path ? write_files(w->o, s->path, doc, w->arena) : 0;
  if (!status) status = print(w->o, doc);
  cJSON_Delete(doc);
  if (status) return status;
  if (interrupted) return TW_EXIT_SYSTEM;
  tw_journal_remove(j);
  tw_study_counts c = tw_study_count(s, j);
  return exit_of(&c);
}

static int run(tw_fail *w) {
  const tw_options *o = w->o;
  tw_study s = {.verb = o->verb->name, .arena = w->arena, .cases = w->n, .shards = 1, .key = w->key,
                .path = o->out ? tw_printf(w->arena, "%s/failures.csv", o->out) : NULL, .resume = o->resume, .quiet = o->quiet,
                .workers = o->jobs > 0 ? o->jobs : 1, .work = work, .lost = lost, .ctx = w};
  tw_journal j;
  int status = tw_journal_open(&j, &s);
  if (!status) status = tw_study_run(&s, &j);
  if (!status || status == TW_STUDY_INTERRUPTED) status = finish(w, &s, &j, status == TW_STUDY_INTERRUPTED);
  tw_journal_free(&j, w->n);
  return status;
}

static int refuse(const char *what) {
  fprintf(stderr, "racktwin: fail %s; see racktwin fail --help\n", what);
  return TW_EXIT_USAGE;
}

int tw_verb_fail(const tw_options *o) {
  if (!o->single) return refuse("needs --n-1: every single failure");
  if (o->n_variants > 1) return refuse("takes one -V");
  if (o->resume && !o->out) return refuse("needs -o DIR for --resume");
  if (o->steady_only && o->duration > 0.0) return refuse("takes either --steady-only or --duration");
  if (o->json && o->csv) return refuse("takes either --json or --csv");
  if (o->jobs > 1024) return refuse("takes -j up to 1024");
  tw_fail w;
  int status = tw_fail_plan(&w, o);
  if (!status) status = run(&w);
  tw_fail_free(&w);
  return status;
}
