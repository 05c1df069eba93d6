#include "watch.h"
#include <math.h>

struct tw_watch {
  tw_arena *arena;
  tw_watched *list;
  tw_margin *sorted;
  double *before, t;    /* [n] margins at the last look, and its time */
  int n;
};

tw_watch *tw_watch_new(const tw_network *net) {
  tw_arena *arena = tw_arena_new();
  tw_watch *w = tw_alloc(arena, 1, sizeof *w);
  w->arena = arena;
  w->n = tw_limits(net, arena, &w->list);
  w->sorted = tw_alloc(arena, (size_t)w->n, sizeof *w->sorted);
  w->before = tw_alloc(arena, (size_t)w->n, sizeof *w->before);
  w->t = NAN;
  for (int i = 0; i < w->n; i++) w->list[i].margin.margin = w->before[i] = NAN;
  return w;
}

/* When the margin passed zero on its way from `before`: straight between two looks, at once at a jump. */
static double passed(const tw_watch *w, double before, double now, double t) {
  return before >= 0.0 && t > w->t ? w->t + (t - w->t) * before / (before - now) : t;
}

void tw_watch_look(tw_watch *w, double t) {
  for (int i = 0; i < w->n; i++) {
    tw_margin *m = &w->list[i].margin;
    double now = tw_margin_now(&w->list[i]);
    if (now < 0.0 && isnan(m->t_broken)) m->t_broken = passed(w, w->before[i], now, t);
    w->before[i] = now;
    if (!(now < m->margin) && !(isnan(m->margin) && !isnan(now))) continue;
    m->margin = now, m->value = *w->list[i].value, m->limit = *w->list[i].limit, m->t = t;
  }
  w->t = t;
}

const tw_margin *tw_watch_margins(tw_watch *w, int *n, int *broken) {
  *n = 0;
  for (int i = 0; i < w->n; i++)
    if (!isnan(w->list[i].margin.margin)) w->sorted[(*n)++] = w->list[i].margin;
  *broken = tw_margins_sort(w->sorted, *n);
  return w->sorted;
}

void tw_watch_keep(tw_watch *w, tw_state *s) {
  TW_KEEP(s, w->t);
  tw_keep(s, w->before, (size_t)w->n * sizeof *w->before);
  for (int i = 0; i < w->n; i++) {
    tw_margin *m = &w->list[i].margin;
    TW_KEEP(s, m->margin);
    TW_KEEP(s, m->value);
    TW_KEEP(s, m->limit);
    TW_KEEP(s, m->t);
    TW_KEEP(s, m->t_broken);
  }
}

void tw_watch_free(tw_watch *w) {
  if (w) tw_arena_free(w->arena);
}
