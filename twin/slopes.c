#include "slopes.h"
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

const double tw_slope_windows[TW_SLOPE_WINDOWS] = {0.01, 0.1, 1.0, 10.0, 60.0};
const char *const tw_slope_names[TW_SLOPE_WINDOWS] = {"10ms", "100ms", "1s", "10s", "60s"};

typedef struct { double t, before, after; } instant; /* values on both sides of a jump, equal where there is none */

struct tw_slopes {
  instant *past;                  /* of the longest window and the instant before it */
  int n, room;
  int begin[TW_SLOPE_WINDOWS];    /* first instant that is not before the begin of the window that ends at the last one */
  tw_steepest rise[TW_SLOPE_WINDOWS], fall[TW_SLOPE_WINDOWS];
};

tw_slopes *tw_slopes_new(void) {
  tw_slopes *r = calloc(1, sizeof *r);
  if (!r) abort();
  for (int i = 0; i < TW_SLOPE_WINDOWS; i++) r->rise[i] = r->fall[i] = (tw_steepest){NAN, NAN};
  return r;
}

/* Times that are one: windows end and begin at jumps, whose times are rounded. */
static double blur(double t) { return 1e-12 * (1.0 + fabs(t)); }

static double between(const instant *a, const instant *b, double t) {
  return a->after + (b->before - a->after) * (t - a->t) / (b->t - a->t);
}

static void compare(tw_slopes *r, int window, double from, double to, double t) {
  double rate = (to - from) / tw_slope_windows[window];
  if (!(rate <= r->rise[window].rate)) r->rise[window] = (tw_steepest){rate, t};
  if (!(rate >= r->fall[window].rate)) r->fall[window] = (tw_steepest){rate, t};
}

/* The window that ends at the last instant, before or after its jump: one that begins with a jump begins on the same side of it.
 * */
static void ends_here(tw_slopes *r, int window, bool after) {
  const instant *b = &r->past[r->n - 1], *j = &r->past[r->begin[window]];
  double from = b->t - tw_slope_windows[window], to = after ? b->after : b->before;
  if (r->past[0].t > from + blur(b->t)) return;
  bool there = j->t <= from + blur(b->t);
  compare(r, window, !there ? between(j - 1, j, from) : after ? j->after : j->before, to, from);
}

/* A change over a window is linear between the times at which begin or end pass an instant: its extremes are there. */
static void arrive(tw_slopes *r, int window) {
  const instant *a = &r->past[r->n - 2], *b = a + 1;
  double length = tw_slope_windows[window], near = blur(b->t);
  int j = r->begin[window];
  for (; r->past[j].t < b->t - length - near; j++) {
    double end = r->past[j].t + length;
    if (end <= a->t + near) continue; /* looked at when a was the end */
    compare(r, window, r->past[j].before, between(a, b, end), r->past[j].t);
    compare(r, window, r->past[j].after, between(a, b, end), r->past[j].t);
  }
  r->begin[window] = j;
  ends_here(r, window, false);
}

/* Drops what no window reaches any more, when that is half of what there is. */
static void forget(tw_slopes *r) {
  int first = r->begin[TW_SLOPE_WINDOWS - 1] - 1;
  if (first < r->n / 2 || first < 1) return;
  memmove(r->past, r->past + first, (size_t)(r->n - first) * sizeof *r->past);
  r->n -= first;
  for (int i = 0; i < TW_SLOPE_WINDOWS; i++) r->begin[i] -= first;
}

static void make_room(tw_slopes *r, int n) {
  if (n <= r->room) return;
  r->room = 2 * n;
  instant *grown = realloc(r->past, (size_t)r->room * sizeof *grown);
  if (!grown) abort();
  r->past = grown;
}

void tw_slopes_point(tw_slopes *r, double t, double value) {
  if (r->n && t <= r->past[r->n - 1].t + blur(t)) {
    r->past[r->n - 1].after = value;
    return;
  }
  for (int i = 0; i < TW_SLOPE_WINDOWS && r->n; i++) ends_here(r, i, true);
  forget(r);
  make_room(r, r->n + 1);
  r->past[r->n++] = (instant){t, value, value};
  for (int i = 0; i < TW_SLOPE_WINDOWS && r->n > 1; i++) arrive(r, i);
}

tw_steepest tw_slopes_rise(const tw_slopes *r, int window) { return r->rise[window]; }
tw_steepest tw_slopes_fall(const tw_slopes *r, int window) { return r->fall[window]; }

void tw_slopes_keep(tw_slopes *r, tw_state *s) {
  int n = r->n;
  TW_KEEP(s, n);
  TW_KEEP(s, r->begin);
  TW_KEEP(s, r->rise);
  TW_KEEP(s, r->fall);
  if (s->bad) return;
  make_room(r, n);
  r->n = n;
  tw_keep(s, r->past, (size_t)n * sizeof *r->past);
}

void tw_slopes_free(tw_slopes *r) {
  if (r) free(r->past);
  free(r);
}
