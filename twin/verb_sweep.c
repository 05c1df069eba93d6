/* sweep: a parameter study. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "sweep.h"
#include "verbs.h"

static volatile int interrupted;

static void on_signal(int number) {
  (void)number;
  interrupted = 1;
}

typedef struct {
  const tw_sweep *w;
  tw_journal journal;
  int at, mine;       /* where to look for the next case; how many there are */
  bool terminal, told;
  double began, last;
} study;

static int next_case(void *ctx) {
  study *s = ctx;
  while (s->at < s->w->cases && (s->at % s->w->shards != s->w->shard || s->journal.rows[s->at])) s->at++;
  return s->at < s->w->cases ? s->at++ : -1;
}

static int work(void *ctx, int number, char **text) { return tw_sweep_solve(((study *)ctx)->w, number, text); }

static int done(void *ctx, int number, int exit, const char *text) {
  study *s = ctx;
  if (text) return tw_journal_add(&s->journal, number, exit, text);
  const char *reason = exit ? strsignal(exit) : "it ended";
  char *row = tw_sweep_row(s->w, number, NULL, TW_EXIT_SYSTEM, tw_printf(s->w->arena, "the calculation broke down: %s", reason));
  int status = tw_journal_add(&s->journal, number, TW_EXIT_SYSTEM, row);
  free(row);
  return status;
}

static void progress(void *ctx) {
  study *s = ctx;
  double now = tw_clock();
  if (!s->terminal || now - s->began < 1.0 || now - s->last < 0.2) return;
  s->last = now;
  s->told = true;
  fprintf(stderr, "\r%d of %d cases, %.0f s elapsed ", s->journal.n, s->mine, now - s->began);
}

static tw_sweep_counts count(const study *s) {
  tw_sweep_counts c = {0};
  for (int i = 0; i < s->w->cases; i++) {
    if (!s->journal.rows[i]) continue;
    switch (s->journal.exits[i]) {
      case TW_EXIT_OK: c.kept++; break;
      case TW_EXIT_LIMIT: c.broken++; break;
      case TW_EXIT_SYSTEM: c.crashed++; break;
      default: c.failed++;
    }
  }
  return c;
}

/* All rows are there. They belong together only if every case has read the same files. */
static int finish(study *s) {
  const tw_sweep *w = s->w;
  char now[65];
  tw_sweep_key(w, now);
  if (strcmp(now, w->key)) {
    fputs("racktwin: error: a file that the sweep reads has changed while it went on: nothing is written, its rows do not belong "
          "together\n", stderr);
    if (s->journal.fd >= 0) unlink(s->journal.journal);
    return TW_EXIT_SYSTEM;
  }
  if (s->journal.n != s->mine) {
    fprintf(stderr, "racktwin: error: %d of %d rows are there: nothing is written\n", s->journal.n, s->mine);
    return TW_EXIT_SYSTEM;
  }
  tw_sweep_counts c = count(s);
  int status = tw_journal_finish(&s->journal, w);
  if (!status && s->journal.fd >= 0) status = tw_sweep_record(w, s->journal.path, &c);
  if (status) return status;
  if (s->journal.fd >= 0) unlink(s->journal.journal);
  if (!w->o->quiet)
    fprintf(stderr, "%s%s%d cases: %d keep all limits, %d break one, %d have no result\n", s->journal.path ? s->journal.path : "",
            s->journal.path ? ": " : "", s->mine, c.kept, c.broken, c.failed + c.crashed);
  return tw_sweep_exit(&c);
}

static int run_study(study *s, int jobs) {
  interrupted = 0;
  signal(SIGINT, on_signal);
  signal(SIGTERM, on_signal);
  int left = s->mine - s->journal.n;
  tw_pool pool = {.workers = jobs < left ? jobs : left, .next = next_case, .work = work, .done = done, .wait = progress,
                  .interrupted = &interrupted, .ctx = s};
  int status = left ? tw_pool_run(&pool) : 0;
  signal(SIGINT, SIG_DFL);
  signal(SIGTERM, SIG_DFL);
  if (s->told) fputs("\r\033[K", stderr);
  if (!status) return finish(s);
  if (status > 0) return status;
  if (s->journal.fd >= 0)
    fprintf(stderr, "interrupted: %d of %d cases are in %s; --resume does the rest\n", s->journal.n, s->mine, s->journal.journal);
  else fputs("interrupted: without -o nothing is kept\n", stderr);
  return TW_EXIT_SYSTEM;
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
  study s = {.w = &w, .terminal = isatty(STDERR_FILENO) && !o->quiet, .began = tw_clock(), .journal.fd = -1};
  int status = tw_sweep_plan(&w, o);
  if (!status) {
    for (int i = w.shard; i < w.cases; i += w.shards) s.mine++;
    status = tw_journal_open(&s.journal, &w);
    if (!status) status = run_study(&s, o->jobs > 0 ? o->jobs : 1);
    tw_journal_free(&s.journal, w.cases);
  }
  tw_arena_free(w.arena);
  return status;
}
