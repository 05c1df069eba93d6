/* sweep: a parameter study. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "sweep.h"
#include "verbs.h"

static int work(void *ctx, int number, char **row) { return tw_sweep_solve(ctx, number, row); }

static char *lost(void *ctx, int number, const char *reason) { return tw_sweep_row(ctx, number, NULL, TW_EXIT_SYSTEM, reason); }

static const char *place(const tw_sweep *w) {
  const char *out = w->o->out;
  size_t n = out ? strlen(out) : 0;
  if (!out || (n > 4 && !strcmp(out + n - 4, ".csv"))) return out;
  if (w->shards == 1) return tw_printf(w->arena, "%s/sweep.csv", out);
  return tw_printf(w->arena, "%s/sweep-%d-of-%d.csv", out, w->shard + 1, w->shards);
}

/* All rows are there. They belong together only if every case has read the same files. */
static int finish(const tw_sweep *w, const tw_study *s, const tw_journal *j) {
  char now[65];
  tw_sweep_key(w, now);
  if (strcmp(now, w->key)) {
    fputs("racktwin: error: a file that the sweep reads has changed while it went on: nothing is written, its rows do not belong "
          "together\n", stderr);
    tw_journal_remove(j);
    return TW_EXIT_SYSTEM;
  }
  int mine = tw_study_cases(s);
  if (j->n != mine) {
    fprintf(stderr, "racktwin: error: %d of %d rows are there: nothing is written\n", j->n, mine);
    return TW_EXIT_SYSTEM;
  }
  tw_study_counts c = tw_study_count(s, j);
  char *header = tw_sweep_header(w);
  int status = tw_journal_table(j, s, header);
  free(header);
  if (!status && s->path) status = tw_sweep_record(w, s->path, &c);
  if (status) return status;
  tw_journal_remove(j);
  if (!w->o->quiet)
    fprintf(stderr, "%s%s%d cases: %d keep all limits, %d break one, %d have no result\n", s->path ? s->path : "", s->path ? ": " : "",
            mine, c.kept, c.broken, c.failed + c.crashed);
  return tw_study_exit(&c);
}

static int run(tw_sweep *w) {
  const tw_options *o = w->o;
  tw_study s = {.verb = o->verb->name, .arena = w->arena, .cases = w->cases, .shard = w->shard, .shards = w->shards, .key = w->key,
                .path = place(w), .resume = o->resume, .quiet = o->quiet, .workers = o->jobs > 0 ? o->jobs : 1,
                .work = work, .lost = lost, .ctx = w};
  tw_journal j;
  int status = tw_journal_open(&j, &s);
  if (!status) status = tw_study_run(&s, &j);
  if (status == TW_STUDY_INTERRUPTED) status = TW_EXIT_SYSTEM;
  else if (!status) status = finish(w, &s, &j);
  tw_journal_free(&j, w->cases);
  return status;
}

static int refuse(const char *what) {
  fprintf(stderr, "racktwin: sweep %s; see racktwin sweep --help\n", what);
  return TW_EXIT_USAGE;
}

int tw_verb_sweep(const tw_options *o) {
  if (o->merge) return o->n_axes || o->shard || o->resume ? refuse("--merge takes tables and -o only") : tw_sweep_merge(o);
  if (o->n_words > 1) return refuse("takes FILE only");
  if (!o->n_axes) return refuse("needs -P PATH=FROM:TO:STEP or -L PATH=A,B,C");
  if (o->n_variants > 1) return refuse("takes one -V; to vary it write -L variant=a,b");
  if (!o->out && (o->shard || o->resume)) return refuse("needs -o FILE.csv or -o DIR for --shard and --resume");
  if (o->jobs > 1024) return refuse("takes -j up to 1024");
  tw_sweep w;
  int status = tw_sweep_plan(&w, o);
  if (!status) status = run(&w);
  tw_arena_free(w.arena);
  return status;
}
