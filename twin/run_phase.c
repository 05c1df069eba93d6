#include "running.h"
#include <math.h>

/* Distance from a step of the workload at which its value is read, before and after. */
static double beside(double t) { return 1e-9 * (1.0 + fabs(t)); }

/* Next time after t at which the workload steps, INFINITY when it does not. */
static double next_jump(const tw_workload *wl, double t) {
  double best = INFINITY;
  if (!wl) return best;
  for (int i = 0; i < wl->n_jumps; i++) {
    double j = wl->jumps[i], after = t + beside(t);
    if (wl->repeat && wl->period > 0.0 && j <= after) j += wl->period * (1.0 + floor((after - j) / wl->period));
    if (j > after && j < best) best = j;
  }
  return best;
}

/* Moves the trace to the rows around `after`; next: when the later one comes. */
static int seek(tw_running *w, double after, double *next) {
  const tw_workload *wl = w->workload;
  double period = wl->repeat ? wl->period : 0.0, begin = period > 0.0 ? period * floor(after / period) : 0.0;
  if (!tw_player_seek(w->player, after - begin)) return 5;
  *next = begin + tw_player_window(w->player)->t1;
  return 0;
}

/* From here on the workload is that of the phase, or between the rows of a trace, that holds or begins at t. steps (or NULL): whether
 * it is another one than before. */
int tw_run_enter_phase(tw_running *w, bool *steps) {
  double after = w->t + beside(w->t), next = next_jump(w->workload, w->t);
  int status = w->player ? seek(w, after, &next) : 0;
  if (steps) *steps = !w->player || w->workload->trace->hold || tw_player_window(w->player)->t0 == 0.0;
  w->next_jump = next;
  w->net->drive_from = after;
  w->net->drive_until = isinf(next) ? next : next - beside(next);
  w->net->driven_at = -1.0;
  return status;
}

/* After a checkpoint has been loaded: where it was. */
int tw_run_find_phase(tw_running *w) {
  w->next_jump = next_jump(w->workload, w->t);
  return w->player ? seek(w, w->net->drive_from, &w->next_jump) : 0;
}
