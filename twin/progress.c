#include "progress.h"
#include <stdio.h>
#include <unistd.h>
#include "clock.h"

tw_progress tw_progress_begin(const tw_options *o) {
  return (tw_progress){.began = tw_clock(), .terminal = isatty(STDERR_FILENO) && !o->quiet};
}

static bool due(tw_progress *p, double now) {
  if (!p->terminal || now - p->began < 1.0 || now - p->told < 0.2) return false;
  p->told = now;
  return true;
}

void tw_progress_time(tw_progress *p, double t, double duration) {
  double now = tw_clock();
  if (due(p, now)) fprintf(stderr, "\r%.4g of %.4g s simulated, %.0f s elapsed\033[K", t, duration, now - p->began);
}

void tw_progress_cases(tw_progress *p, int done, int all, const char *what) {
  double now = tw_clock();
  if (due(p, now)) fprintf(stderr, "\r%d of %d cases done, now %s, %.0f s elapsed\033[K", done, all, what, now - p->began);
}

void tw_progress_end(tw_progress *p) {
  if (p->terminal && p->told > 0.0) fputs("\r\033[K", stderr);
}
