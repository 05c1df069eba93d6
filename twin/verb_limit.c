/* limit: the largest or smallest value of a figure that breaks no limit, and what binds. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "limit.h"
#include "verbs.h"

typedef struct { double began, last; int n; } watcher;

static void progress(void *ctx, const tw_trial *t) {
  watcher *w = ctx;
  double now = tw_clock();
  w->n++;
  if (now - w->began < 1.0 || now - w->last < 0.2) return;
  w->last = now;
  fprintf(stderr, "\r\033[K%d solves, now at %s", w->n, t->text);
}

static int none_found(const tw_limit_search *s) {
  fprintf(stderr, "racktwin: error: no value of %s was found that breaks no limit; at %s %s\n", s->o->paths[0], s->start->text,
          tw_trial_why(s, s->start));
  return TW_EXIT_NO_SOLUTION;
}

int tw_verb_limit(const tw_options *o) {
  tw_limit_search s;
  watcher w = {.began = tw_clock()};
  int status = tw_limit_prepare(&s, o);
  if (!status) {
    if (isatty(STDERR_FILENO) && !o->quiet) s.progress = progress, s.ctx = &w;
    status = tw_limit_find(&s);
    if (w.last > 0.0) fputs("\r\033[K", stderr);
    if (status) status = none_found(&s);
    else if (o->json) {
      char *text = tw_limit_json(&s);
      puts(text);
      free(text);
    } else if (!o->quiet) {
      tw_limit_print(stdout, &s);
    }
  }
  tw_arena_free(s.arena);
  return status;
}
