#include "study.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "clock.h"

static volatile int interrupted;

static void on_signal(int number) {
  (void)number;
  interrupted = 1;
}

typedef struct {
  const tw_study *s;
  tw_journal *journal;
  int at, mine;       /* where to look for the next case; how many there are */
  bool terminal, told;
  double began, last;
} state;

static int next_case(void *ctx) {
  state *w = ctx;
  while (w->at < w->s->cases && (w->at % w->s->shards != w->s->shard || w->journal->rows[w->at])) w->at++;
  return w->at < w->s->cases ? w->at++ : -1;
}

static int work(void *ctx, int number, char **text) {
  const tw_study *s = ((state *)ctx)->s;
  return s->work(s->ctx, number, text);
}

static int done(void *ctx, int number, int exit, const char *text) {
  state *w = ctx;
  if (text) return tw_journal_add(w->journal, number, exit, text);
  const char *reason = exit ? strsignal(exit) : "it ended";
  char *row = w->s->lost(w->s->ctx, number, tw_printf(w->s->arena, "the calculation broke down: %s", reason));
  int status = tw_journal_add(w->journal, number, TW_EXIT_SYSTEM, row);
  free(row);
  return status;
}

static void progress(void *ctx) {
  state *w = ctx;
  double now = tw_clock();
  if (!w->terminal || now - w->began < 1.0 || now - w->last < 0.2) return;
  w->last = now;
  w->told = true;
  fprintf(stderr, "\r%d of %d cases, %.0f s elapsed ", w->journal->n, w->mine, now - w->began);
}

int tw_study_cases(const tw_study *s) {
  int mine = 0;
  for (int i = s->shard; i < s->cases; i += s->shards) mine++;
  return mine;
}

tw_study_counts tw_study_count(const tw_study *s, const tw_journal *j) {
  tw_study_counts c = {0};
  for (int i = 0; i < s->cases; i++) {
    if (!j->rows[i]) continue;
    switch (j->exits[i]) {
      case TW_EXIT_OK: c.kept++; break;
      case TW_EXIT_LIMIT: c.broken++; break;
      case TW_EXIT_SYSTEM: c.crashed++; break;
      default: c.failed++;
    }
  }
  return c;
}

int tw_study_exit(const tw_study_counts *c) {
  return c->crashed ? TW_EXIT_SYSTEM : c->failed ? TW_EXIT_NO_SOLUTION : c->broken ? TW_EXIT_LIMIT : TW_EXIT_OK;
}

int tw_study_run(const tw_study *s, tw_journal *j) {
  state w = {.s = s, .journal = j, .mine = tw_study_cases(s), .terminal = isatty(STDERR_FILENO) && !s->quiet,
             .began = tw_clock()};
  interrupted = 0;
  signal(SIGINT, on_signal);
  signal(SIGTERM, on_signal);
  int left = w.mine - j->n;
  tw_pool pool = {.workers = s->workers < left ? s->workers : left, .next = next_case, .work = work, .done = done,
                  .wait = progress, .interrupted = &interrupted, .ctx = &w};
  int status = left ? tw_pool_run(&pool) : 0;
  signal(SIGINT, SIG_DFL);
  signal(SIGTERM, SIG_DFL);
  if (w.told) fputs("\r\033[K", stderr);
  if (status != TW_STUDY_INTERRUPTED) return status;
  if (j->fd >= 0) fprintf(stderr, "interrupted: %d of %d cases are in %s; --resume does the rest\n", j->n, w.mine, j->journal);
  else fprintf(stderr, "interrupted: %d of %d cases were done; without -o nothing is kept\n", j->n, w.mine);
  return status;
}
