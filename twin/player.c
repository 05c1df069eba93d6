#include "player.h"
#include <math.h>

struct tw_player {
  tw_arena *arena;
  tw_trace_rows *rows;
  tw_window window;
};

/* The next row becomes the end of the window, its end the start. */
static bool shift(tw_player *p) {
  tw_window *w = &p->window;
  double *old = w->v0;
  w->t0 = w->t1;
  w->v0 = w->v1;
  w->v1 = old;
  int more = tw_trace_next(p->rows, &w->t1, w->v1);
  if (!more) w->t1 = INFINITY;
  return more >= 0;
}

static bool begin(tw_player *p) {
  p->window.t1 = -INFINITY;
  return tw_trace_rewind(p->rows) && shift(p) && shift(p);
}

tw_player *tw_player_new(const tw_trace *t, tw_diagnostics *d) {
  tw_arena *a = tw_arena_new();
  tw_player *p = tw_alloc(a, 1, sizeof *p);
  p->arena = a;
  p->window = (tw_window){.hold = t->hold};
  p->window.v0 = tw_alloc(a, (size_t)t->n, sizeof(double));
  p->window.v1 = tw_alloc(a, (size_t)t->n, sizeof(double));
  p->rows = tw_trace_open(t, a, d);
  if (p->rows && begin(p)) return p;
  tw_player_free(p);
  return NULL;
}

bool tw_player_seek(tw_player *p, double t) {
  bool good = t >= p->window.t0 || begin(p);
  while (good && t >= p->window.t1) good = shift(p);
  return good;
}

const tw_window *tw_player_window(const tw_player *p) { return &p->window; }

double tw_window_at(const tw_window *w, int value, double t) {
  if (w->hold || isinf(w->t1)) return w->v0[value];
  double share = fmin(fmax((t - w->t0) / (w->t1 - w->t0), 0.0), 1.0);
  return w->v0[value] + share * (w->v1[value] - w->v0[value]);
}

void tw_player_free(tw_player *p) {
  if (!p) return;
  tw_trace_close(p->rows);
  tw_arena_free(p->arena);
}
