#include "running.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "../racks/diagnostic_codes.h"
#include "sequence.h"

/* What changed in one reaction, by time. */
typedef struct { tw_running *w; tw_happening *list; int n, room; } teller;

/* When the first of the item's root functions passed that leads to this reaction. */
static double passed_by(const tw_running *w, int item) {
  const tw_batch *b = &w->net->batches[w->net->item_batch[item]];
  double t = w->t;
  for (int q = 0; w->passed && q < b->type->n_events; q++)
    t = fmin(t, w->passed[b->first_event + q * b->columns + w->net->item_instance[item] * w->net->lanes]);
  return t;
}

static void note(teller *t, const tw_happening *h) {
  if (t->n == t->room) {
    t->room = 2 * t->room + 16;
    tw_happening *grown = realloc(t->list, (size_t)t->room * sizeof *grown);
    if (!grown) abort();
    t->list = grown;
  }
  int at = t->n++;
  for (; at > 0 && t->list[at - 1].t > h->t; at--) t->list[at] = t->list[at - 1];
  t->list[at] = *h;
}

static int note_change(void *ctx, int item, const tw_discrete *what, double before, double after) {
  teller *t = ctx;
  tw_happening h = {.t = passed_by(t->w, item), .path = t->w->net->model->items[item].path};
  char from[32], to[32];
  if (what->memory) return 0;
  if (!strcmp(what->id, "state")) tw_discrete_word(what, after, h.state, sizeof h.state);
  snprintf(h.what, sizeof h.what, "%s: %s -> %s", what->id, tw_discrete_word(what, before, from, sizeof from),
           tw_discrete_word(what, after, to, sizeof to));
  tw_discrete_cause(what, after, h.cause, sizeof h.cause);
  note(t, &h);
  return 0;
}

static int tell(const teller *t) {
  int failed = 0;
  for (int k = 0; k < t->n && !failed; k++) failed = tw_run_tell(t->w, &t->list[k]);
  return failed;
}

/* Reacts and tells what changed: TW_REACTED when anything did, 0 when nothing, else the status to end with. */
int tw_run_react(tw_running *w) {
  teller t = {.w = w};
  tw_network_discrete_copy(w->net, w->z);
  int reacts = tw_network_react(w->net, w->t, w->y, w->yd);
  if (reacts) tw_network_discrete_changes(w->net, w->z, note_change, &t);
  w->passed = NULL;
  int failed = tell(&t);
  free(t.list);
  if (failed) return 5;
  if (!reacts) return 0;
  return tw_chatter_look(w->chatter, w->net, w->z, w->t, w->d) ? 4 : TW_REACTED;
}

/* Tells of supplies that have collapsed for good; the first one with a warning. */
int tw_run_tell_collapses(tw_running *w) {
  double since = 0.0;
  for (int item; (item = tw_collapse_look(w->collapse, w->t, &since)) >= 0;) {
    const tw_item *it = &w->net->model->items[item];
    tw_happening h = {.t = w->t, .path = it->path, .state = "collapsed"};
    snprintf(h.what, sizeof h.what, "supply: collapsed since %.6g s", since);
    snprintf(h.cause, sizeof h.cause, "voltage below v_min");
    if (!w->r->collapsed++)
      tw_diagnose(w->d, TW_WARNING, TW_W_COLLAPSED, it->where, it->path, "from t = %.6g s on its supply has collapsed: the voltage is below "
                  "v_min, and it takes less than it asks for; a real load trips (V_trip of a hot-swap controller)", since);
    if (tw_run_tell(w, &h)) return 5;
  }
  return 0;
}

/* Consistent values from where y is, else from the voltages that its feeds now have, else from there by one domain after the other. */
static tw_outcome find_consistent(tw_running *w, tw_report *report) {
  size_t bytes = (size_t)w->net->n * sizeof *w->y;
  double *was = malloc(bytes);
  if (!was) abort();
  memcpy(was, w->y, bytes);
  tw_outcome outcome = tw_transient_restart(w->x, w->t, w->y, w->yd, report);
  for (int in_turn = 0; in_turn < 2 && outcome != TW_SOLVED; in_turn++) {
    memcpy(w->y, was, bytes);
    tw_network_relevel(w->net, w->y);
    if (in_turn) tw_sequenced_restart(w->net, w->solver, w->t, w->y, report);
    outcome = tw_transient_restart(w->x, w->t, w->y, w->yd, report);
  }
  free(was);
  return outcome;
}

/* With consistent values: reactions, and consistent values again, until none is left. */
static int settle_down(tw_running *w) {
  for (;;) {
    int changed = tw_run_react(w); /* ends, or chatters */
    if (changed && changed != TW_REACTED) return changed;
    if (!changed) break;
    tw_report report = {0};
    w->r->restarts++;
    if (find_consistent(w, &report) != TW_SOLVED)
      return tw_run_explain(w, "no consistent state after a change", report.worst_row);
  }
  tw_run_integrate(w, true);
  return tw_run_tell_collapses(w);
}

int tw_run_restart(tw_running *w) {
  tw_report report = {0};
  w->r->restarts++;
  if (find_consistent(w, &report) != TW_SOLVED)
    return tw_run_explain(w, "no consistent state after a change", report.worst_row);
  return settle_down(w);
}

/* A branch of solutions ends where t is (the nose of a bus; the flow of a pump that runs down beside another): there and just before
 * it Newton finds neither it nor another one. What is stored goes on at its rate, so that it passes the end, and the rest is found
 * anew a moment later; between the two flows count as before it. */
int tw_run_leap(tw_running *w, double *leap, double t_stop) {
  static const double most = 1e-2, growth = 4.0; /* s */
  size_t bytes = (size_t)w->net->n * sizeof(double);
  double from = w->t, *was = malloc(2 * bytes);
  tw_outcome outcome = TW_NO_CONVERGENCE;
  if (!was) abort();
  memcpy(was, w->y, bytes);
  memcpy(was + w->net->n, w->yd, bytes);
  for (; outcome != TW_SOLVED && *leap <= most && w->t < t_stop; *leap *= growth) {
    tw_report report = {0};
    memcpy(w->y, was, bytes);
    memcpy(w->yd, was + w->net->n, bytes);
    w->t = fmin(from + *leap, t_stop);
    for (int i = 0; i < w->net->n; i++)
      if (w->net->differential[i]) w->y[i] += (w->t - from) * w->yd[i];
    w->r->restarts++;
    outcome = find_consistent(w, &report);
  }
  free(was);
  if (outcome == TW_SOLVED) return settle_down(w);
  tw_transient_stats stats = {0};
  tw_transient_statistics(w->x, &stats);
  return tw_run_explain(w, "the step size became too small", stats.worst_unknown);
}
