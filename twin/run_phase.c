#include "running.h"
#include <math.h>
#include <stdlib.h>
#include "../racks/diagnostic_codes.h"

/* Distance from a step of the workload at which its value is read, before and after. */
static double beside(double t) { return 1e-9 * (1.0 + fabs(t)); }

/* Next time after t at which the workload steps, INFINITY when it does not. */
static double next_phase(const tw_running *w) {
  const tw_workload *wl = w->workload;
  double best = INFINITY, ahead = tw_run_ahead(w), after = w->t + beside(w->t) + ahead;
  for (int i = 0; wl && i < wl->n_jumps; i++) {
    double j = wl->jumps[i];
    if (wl->repeat && wl->period > 0.0 && j <= after) j += wl->period * (1.0 + floor((after - j) / wl->period));
    if (j > after && j < best) best = j;
  }
  return best - ahead;
}

static double repeats_after(const tw_trace *t) { return t->repeat ? t->end : 0.0; }

double tw_run_ahead(const tw_running *w) {
  const tw_workload *wl = w->workload;
  return wl && wl->repeat ? tw_scenario_ahead(w->scenario, wl->period) : 0.0;
}

/* Moves a trace to the rows around `after`. */
static int seek(tw_played *p, double after) {
  double period = repeats_after(p->trace), at = after + p->ahead, begin = period > 0.0 ? period * floor(at / period) : 0.0;
  if (!tw_player_seek(p->player, at - begin)) return 5;
  p->next = begin + tw_player_window(p->player)->t1 - p->ahead;
  return 0;
}

/* Whether the rows of the window fit: told here by the part, where a step in between could only fail. */
static int fits(tw_running *w, const tw_played *p) {
  const tw_window *rows = tw_player_window(p->player);
  bool good = (rows->t0 > 0.0 && w->t > 0.0) || tw_network_row_fits(w->net, rows, rows->v0, w->d);
  if (good && !isinf(rows->t1)) good = tw_network_row_fits(w->net, rows, rows->v1, w->d);
  if (!good)
    tw_diagnose(w->d, TW_ERROR, TW_E_DERIVE, p->trace->where, NULL,
                "the trace at t = %.6g s does not fit the other figures of the part", w->t);
  return good ? 0 : 4;
}

static double next_jump(const tw_running *w) {
  double next = w->next_phase;
  for (int k = 0; k < w->n_played; k++) next = fmin(next, w->played[k].next);
  return next;
}

int tw_run_enter_phase(tw_running *w, bool *steps) {
  double after = w->t + beside(w->t);
  bool jumps = w->next_phase <= w->t;
  int status = 0;
  w->next_phase = next_phase(w);
  for (int k = 0; k < w->n_played && !status; k++) {
    tw_played *p = &w->played[k];
    if (p->next > w->t) continue;
    status = seek(p, after);
    if (!status) status = fits(w, p);
    jumps |= p->trace->hold || tw_player_window(p->player)->t0 == 0.0;
  }
  if (steps) *steps = jumps;
  w->next_jump = next_jump(w);
  w->net->drive_from = after;
  w->net->drive_until = isinf(w->next_jump) ? w->next_jump : w->next_jump - beside(w->next_jump);
  w->net->driven_at = -1.0;
  return status;
}

int tw_run_find_phase(tw_running *w) {
  int status = 0;
  w->next_phase = next_phase(w);
  for (int k = 0; k < w->n_played && !status; k++) status = seek(&w->played[k], w->net->drive_from);
  w->next_jump = next_jump(w);
  return status;
}

int tw_run_play(tw_running *w) {
  const tw_scenario *s = w->scenario;
  w->played = calloc((size_t)s->n_traces + 1, sizeof *w->played);
  if (!w->played) abort();
  for (int k = -1; k < s->n_traces; k++) {
    const tw_trace *t = k >= 0 ? s->traces[k] : w->workload ? w->workload->trace : NULL;
    if (!t) continue;
    tw_player *player = tw_player_new(t, w->d);
    if (!player) return 5;
    double ahead = tw_scenario_ahead(s, repeats_after(t));
    w->played[w->n_played++] = (tw_played){t, player, 0.0, ahead};
    tw_network_follow(w->net, t, tw_player_window(player), ahead);
  }
  return 0;
}

void tw_run_stop_playing(tw_running *w) {
  if (w->n_played) tw_network_drive(w->net, NULL, 0.0); /* the windows go with it */
  for (int k = 0; k < w->n_played; k++) tw_player_free(w->played[k].player);
  free(w->played);
}
