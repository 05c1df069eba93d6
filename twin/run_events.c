#include "running.h"
#include <math.h>
#include <string.h>
#include "../racks/diagnostic_codes.h"
#include "../racks/units.h"

static bool due(const tw_running *w, double t) { return t <= w->t + 1e-12 * (1.0 + w->t); }

/* What an event does, for people: "state: on -> failed", "P = 3 W", "T: 298 K -> 303 K over 10 s". */
static void tell_event(const tw_running *w, const tw_set_event *e, double before, tw_happening *h) {
  const tw_param *p = &w->net->model->items[e->item].type->params[e->param];
  char from[40], to[40], over[40];
  snprintf(h->cause, sizeof h->cause, "event (%s, line %d)", w->scenario->id, e->where.line);
  if (p->kind == TW_ENUM) {
    tw_choice_word(p->choices, before, from, sizeof from);
    tw_choice_word(p->choices, e->value, to, sizeof to);
    snprintf(h->what, sizeof h->what, "%s: %s -> %s", p->id, from, to);
    return;
  }
  if (isnan(before)) snprintf(from, sizeof from, "-");
  else tw_display(before, p->unit, from, sizeof from);
  tw_display(e->value, p->unit, to, sizeof to);
  if (e->over > 0.0) snprintf(h->what, sizeof h->what, "%s: %s -> %s over %s", p->id, from, to, tw_display(e->over, "s", over, sizeof over));
  else snprintf(h->what, sizeof h->what, "%s: %s -> %s", p->id, from, to);
}

static int apply(tw_running *w, const tw_set_event *e) {
  const tw_item *item = &w->net->model->items[e->item];
  tw_happening h = {.t = w->t, .path = item->path};
  double before = tw_network_value(w->net, e->item, e->param);
  int reached = e->over > 0.0 ? tw_network_ramp(w->net, e->item, e->param, w->t, e->over, e->value)
                              : tw_network_set(w->net, e->item, e->param, -1, e->value);
  if (reached < 0) {
    tw_diagnose(w->d, TW_ERROR, TW_E_DERIVE, e->where, item->path, "at t = %.6g s: %s = %g does not fit the other figures of the part",
                w->t, item->type->params[e->param].id, e->value);
    return 4;
  }
  if (e->repairs) tw_network_renew(w->net, e->item);
  tell_event(w, e, before, &h);
  return tw_run_tell(w, &h) ? 5 : 0;
}

/* Ends the ramps that are due: their end is a corner. */
static bool end_ramps(tw_running *w) {
  bool any = false;
  for (int i = 0; i < w->next_event; i++) {
    const tw_set_event *e = &w->scenario->events[i];
    if (!(e->over > 0.0) || !due(w, e->t + e->over) || e->t + e->over <= w->ramps_ended) continue;
    tw_network_ramp_end(w->net, e->item, e->param, e->t + e->over, e->value);
    any = true;
  }
  w->ramps_ended = fmax(w->ramps_ended, w->t);
  return any;
}

/* Next event or end of a ramp. */
double tw_run_next_event(const tw_running *w) {
  const tw_scenario *s = w->scenario;
  double next = w->next_event < s->n_events ? s->events[w->next_event].t : INFINITY;
  for (int i = 0; i < w->next_event; i++) {
    double end = s->events[i].t + s->events[i].over;
    if (s->events[i].over > 0.0 && end > w->ramps_ended && !due(w, end)) next = fmin(next, end);
  }
  return next;
}

/* Applies what is due: TW_REACTED when there was anything, 0 when not, else the status to end with. */
int tw_run_apply_events(tw_running *w) {
  const tw_scenario *s = w->scenario;
  int any = end_ramps(w) ? TW_REACTED : 0;
  for (; w->next_event < s->n_events && due(w, s->events[w->next_event].t); w->next_event++) {
    int status = apply(w, &s->events[w->next_event]);
    if (status) return status;
    any = TW_REACTED;
  }
  return any;
}
