#include "chatter.h"
#include "collapse.h"
#include "run.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "../racks/diagnostic_codes.h"
#include "../racks/units.h"
#include "run_energy.h"

typedef struct {
  tw_network *net;
  tw_solver *solver;
  const tw_scenario *scenario;
  const tw_workload *workload;
  const tw_run_options *o;
  tw_run_report *r;
  tw_diagnostics *d;
  tw_transient *x;
  double *atol;               /* [n] */
  /* What changes as the run goes on is in a checkpoint: keep() lists all of it. */
  double *y, *yd, t, every;
  long sample, checkpoint;    /* numbers of the next ones */
  int next_event;
  double renewed_at;          /* time of the last restart after a step that failed */
  double ramps_ended;         /* those that end by then have been ended */
  double sampled_at;          /* time of the last sample */
  double *z;                  /* discrete states before a reaction */
  tw_chatter *chatter;
  tw_collapse *collapse;
  tw_transient_stats past;    /* of the integrators before x */
  tw_player *player;          /* of the workload's trace, or NULL */
  double next_jump;           /* s, when the workload steps next, or the next row of the trace comes */
  double last_t;              /* of the quadrature */
  tw_energies last;           /* powers there [W] */
} run;

/* ---- quadrature of the energies ------------------------------------------------------------------------------------------- */

/* Trapezoid over one internal step; `fresh` after a jump: only the powers at its right side are taken. */
static void integrate(run *w, bool fresh) {
  tw_energies now = tw_powers(w->net, w->t, w->y, w->yd);
  if (!fresh && w->t > w->last_t) tw_energies_add(&w->r->energy, &w->last, &now, w->t - w->last_t);
  w->last = now;
  w->last_t = w->t;
  if (w->o->step) w->o->step(w->o->ctx, w->t);
}

/* ---- stops ---------------------------------------------------------------------------------------------------------------- */

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
static int seek(run *w, double after, double *next) {
  const tw_workload *wl = w->workload;
  double period = wl->repeat ? wl->period : 0.0, begin = period > 0.0 ? period * floor(after / period) : 0.0;
  if (!tw_player_seek(w->player, after - begin)) return 5;
  *next = begin + tw_player_window(w->player)->t1;
  return 0;
}

/* From here on the workload is that of the phase, or between the rows of a trace, that holds or begins at t. steps (or NULL): whether
 * it is another one than before. */
static int enter_phase(run *w, bool *steps) {
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
static int find_phase(run *w) {
  w->next_jump = next_jump(w->workload, w->t);
  return w->player ? seek(w, w->net->drive_from, &w->next_jump) : 0;
}

static int emit(run *w, const tw_happening *h) { return w->o->happening ? w->o->happening(w->o->ctx, h) : 0; }

static int explain(run *w, const char *what, int unknown) {
  char name[256];
  tw_diagnose(w->d, TW_ERROR, TW_E_TIME, w->scenario->where, NULL, "the run could not go on at t = %.6g s: %s%s%s", w->t, what,
              unknown >= 0 ? ", worst " : "", unknown >= 0 ? tw_network_unknown_name(w->net, unknown, name, sizeof name) : "");
  return 4;
}

/* Hands a sample to the sink and refuses to go on from a state that may not be shown. */
static int sample_now(run *w) {
  w->sample++;
  w->sampled_at = w->t;
  if (tw_fit_for_use(w->net, w->t, w->y, w->yd, w->d)) return explain(w, "the state there is outside what the model knows", -1);
  return w->o->sample && w->o->sample(w->o->ctx, w->t, w->net, w->y) ? 5 : 0;
}

/* ---- reactions ------------------------------------------------------------------------------------------------------------ */

typedef struct { run *w; int failed; } teller;

static int tell_change(void *ctx, int item, const tw_discrete *what, double before, double after) {
  teller *t = ctx;
  tw_happening h = {.t = t->w->t, .path = t->w->net->model->items[item].path};
  char from[32], to[32];
  if (what->memory) return 0;
  snprintf(h.what, sizeof h.what, "%s: %s -> %s", what->id, tw_discrete_word(what, before, from, sizeof from),
           tw_discrete_word(what, after, to, sizeof to));
  tw_discrete_cause(what, after, h.cause, sizeof h.cause);
  return t->failed = emit(t->w, &h);
}

/* Reacts and tells what changed: REACTED when anything did, 0 when nothing, else the status to end with. */
enum { REACTED = -1 };
static int react(run *w) {
  teller t = {w, 0};
  tw_network_discrete_copy(w->net, w->z);
  if (!tw_network_react(w->net, w->t, w->y, w->yd)) return 0;
  tw_network_discrete_changes(w->net, w->z, tell_change, &t);
  if (t.failed) return 5;
  return tw_chatter_look(w->chatter, w->net, w->z, w->t, w->d) ? 4 : REACTED;
}

/* Tells of supplies that have collapsed for good; the first one with a warning. */
static int tell_collapses(run *w) {
  double since = 0.0;
  for (int item; (item = tw_collapse_look(w->collapse, w->t, &since)) >= 0;) {
    const tw_item *it = &w->net->model->items[item];
    tw_happening h = {.t = w->t, .path = it->path};
    snprintf(h.what, sizeof h.what, "supply: collapsed since %.6g s", since);
    snprintf(h.cause, sizeof h.cause, "voltage below v_min");
    if (!w->r->collapsed++)
      tw_diagnose(w->d, TW_WARNING, TW_W_COLLAPSED, it->where, it->path, "from t = %.6g s on its supply has collapsed: the voltage is below "
                  "v_min, and it takes less than it asks for; a real load trips (V_trip of a hot-swap controller)", since);
    if (emit(w, &h)) return 5;
  }
  return 0;
}

/* Consistent values from where y is, or from the voltages that its feeds now have. */
static tw_outcome find_consistent(run *w, tw_report *report) {
  size_t bytes = (size_t)w->net->n * sizeof *w->y;
  double *was = malloc(bytes);
  if (!was) abort();
  memcpy(was, w->y, bytes);
  tw_outcome outcome = tw_transient_restart(w->x, w->t, w->y, w->yd, report);
  if (outcome != TW_SOLVED) {
    memcpy(w->y, was, bytes);
    tw_network_relevel(w->net, w->y);
    outcome = tw_transient_restart(w->x, w->t, w->y, w->yd, report);
  }
  free(was);
  return outcome;
}

/* After any jump of an input or a discrete state: consistent values, then reactions until none is left. */
static int restart(run *w) {
  for (;;) {
    tw_report report = {0};
    w->r->restarts++;
    if (find_consistent(w, &report) != TW_SOLVED)
      return explain(w, "no consistent state after a change", report.worst_row);
    int changed = react(w); /* ends, or chatters */
    if (changed == REACTED) continue;
    if (changed) return changed;
    integrate(w, true);
    return tell_collapses(w);
  }
}

/* ---- events ---------------------------------------------------------------------------------------------------------------- */

static bool due(const run *w, double t) { return t <= w->t + 1e-12 * (1.0 + w->t); }

/* What an event does, for people: "state: on -> failed", "P = 3 W", "T: 298 K -> 303 K over 10 s". */
static void tell_event(const run *w, const tw_set_event *e, double before, tw_happening *h) {
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

static int apply(run *w, const tw_set_event *e) {
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
  return emit(w, &h) ? 5 : 0;
}

/* Ends the ramps that are due: their end is a corner. */
static bool end_ramps(run *w) {
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
static double next_event(const run *w) {
  const tw_scenario *s = w->scenario;
  double next = w->next_event < s->n_events ? s->events[w->next_event].t : INFINITY;
  for (int i = 0; i < w->next_event; i++) {
    double end = s->events[i].t + s->events[i].over;
    if (s->events[i].over > 0.0 && end > w->ramps_ended && !due(w, end)) next = fmin(next, end);
  }
  return next;
}


/* Applies what is due: REACTED when there was anything, 0 when not, else the status to end with. */
static int apply_events(run *w) {
  const tw_scenario *s = w->scenario;
  int any = end_ramps(w) ? REACTED : 0;
  for (; w->next_event < s->n_events && due(w, s->events[w->next_event].t); w->next_event++) {
    int status = apply(w, &s->events[w->next_event]);
    if (status) return status;
    any = REACTED;
  }
  return any;
}

/* Integrates to t_stop, reacting to roots on the way. */
static int advance(run *w, double t_stop) {
  int *fired = calloc((size_t)w->net->n_events + 1, sizeof *fired), status = 0;
  if (!fired) abort();
  while (!status && w->t < t_stop) {
    tw_arrival at = tw_transient_step(w->x, t_stop, true, &w->t, w->y, w->yd, fired);
    if (at == TW_TIME_FAILED && w->t > w->renewed_at) { /* a corner may be too much for a step that was long before it */
      w->renewed_at = w->t;
      status = restart(w);
      continue;
    }
    if (at == TW_TIME_FAILED) {
      tw_transient_stats stats = {0};
      tw_transient_statistics(w->x, &stats);
      status = explain(w, "the step size became too small", stats.worst_unknown);
      break;
    }
    integrate(w, false);
    int changed = at == TW_AT_EVENT ? react(w) : 0;
    status = changed == REACTED ? restart(w) : changed;
    if (!status) status = tell_collapses(w);
    if (w->o->progress) w->o->progress(w->o->ctx, w->t, w->scenario->duration);
    if (w->o->interrupted && *w->o->interrupted) status = 130;
    if (at == TW_AT_STOP) break;
  }
  free(fired);
  return status;
}

/* ---- checkpoints ---------------------------------------------------------------------------------------------------------- */

/* All that a run at rest between two steps consists of, beside the model and the options. */
static void keep(run *w, tw_state *s) {
  size_t bytes = (size_t)w->net->n * sizeof(double);
  TW_KEEP(s, w->t);
  TW_KEEP(s, w->sample);
  TW_KEEP(s, w->checkpoint);
  TW_KEEP(s, w->next_event);
  TW_KEEP(s, w->ramps_ended);
  TW_KEEP(s, w->renewed_at);
  TW_KEEP(s, w->sampled_at);
  TW_KEEP(s, w->last_t);
  TW_KEEP(s, w->last);
  TW_KEEP(s, w->past);
  TW_KEEP(s, w->r->energy);
  TW_KEEP(s, w->r->restarts);
  TW_KEEP(s, w->r->collapsed);
  tw_chatter_keep(w->chatter, s);
  tw_collapse_keep(w->collapse, s);
  TW_KEEP(s, w->r->steady);
  tw_keep(s, w->y, bytes);
  tw_keep(s, w->yd, bytes);
  tw_keep(s, w->atol, bytes);
  tw_network_keep(w->net, s);
}

static void count_steps(run *w) {
  tw_transient_stats s = {0};
  if (w->x) tw_transient_statistics(w->x, &s);
  w->past.steps += s.steps;
  w->past.residuals += s.residuals;
  w->past.jacobians += s.jacobians;
  w->past.factorisations += s.factorisations;
  w->past.error_failures += s.error_failures;
  w->past.newton_failures += s.newton_failures;
  tw_transient_free(w->x);
  w->x = NULL;
}

/* A new integrator, which knows nothing of what was before: a run that goes on here and one that is resumed here do the same. */
static bool begin_integration(run *w) {
  count_steps(w);
  w->net->driven_at = -1.0;
  tw_transient_options options = {.rtol = w->r->rtol, .h_max = 0.0, .atol = w->atol, .method = w->r->method};
  w->x = tw_transient_new(w->solver, w->t, w->y, w->yd, &options);
  return w->x != NULL;
}

/* Hands the state to the sink, then starts afresh from it, as a resumed run will. */
static int checkpoint(run *w) {
  w->checkpoint++;
  count_steps(w);
  tw_state s = {0};
  keep(w, &s);
  int failed = w->o->checkpoint(w->o->ctx, w->t, &s);
  tw_state_free(&s);
  if (failed || w->t >= w->scenario->duration) return failed ? 5 : 0;
  return begin_integration(w) ? restart(w) : 5;
}

/* ---- loop ----------------------------------------------------------------------------------------------------------------- */

static int begin(run *w) {
  if (w->o->resume) return w->t < w->scenario->duration ? restart(w) : 0;
  int status = restart(w);
  int done = status ? 0 : apply_events(w);
  if (!status) status = done == REACTED ? restart(w) : done;
  return status ? status : sample_now(w);
}

/* Up to the next stop and through what happens there. */
static int go_on(run *w) {
  double end = w->scenario->duration, save = w->o->checkpoint ? (double)w->checkpoint * w->o->checkpoint_every : INFINITY;
  double jump = w->next_jump, sample = (double)w->sample * w->every;
  double stop = fmin(fmin(fmin(sample, end), fmin(jump, next_event(w))), save);
  int status = advance(w, stop);
  if (status) return status;
  w->t = stop;
  if (stop >= sample) status = sample_now(w);
  bool again = false;
  if (!status && stop >= jump) {
    status = enter_phase(w, &again);
  }
  if (!status) {
    int done = apply_events(w);
    if (done != REACTED) status = done;
    again |= done == REACTED;
  }
  if (!status && again && stop < end) status = restart(w);
  return status || stop < save || stop >= end ? status : checkpoint(w);
}

static int loop(run *w) {
  int status = begin(w);
  while (!status && w->t < w->scenario->duration * (1.0 - 1e-14)) status = go_on(w);
  if (!status && w->sampled_at != w->t) status = sample_now(w);
  return status || !w->o->checkpoint ? status : checkpoint(w); /* of the end: to resume it is to do nothing */
}

static const tw_workload *workload_of(const tw_description *m, const tw_scenario *s) {
  for (int i = 0; s->workload && i < m->n_workloads; i++)
    if (!strcmp(m->workloads[i].id, s->workload)) return &m->workloads[i];
  return NULL;
}

/* Absolute tolerances: a tenth of the nominal size, or of that at the start if larger, times rtol, so that small quantities are resolved as well as large ones. */
static void absolute_tolerances(run *w) {
  for (int i = 0; i < w->net->n; i++) w->atol[i] = w->r->rtol * 1e-1 * fmax(w->net->nominal[i], fabs(w->y[i]));
}

/* The state from which the run goes on: that of the checkpoint, or the steady one. */
static int place(run *w) {
  const tw_run_options *o = w->o;
  tw_network_drive(w->net, w->workload);
  if (w->player) tw_network_follow(w->net, w->workload, tw_player_window(w->player));
  if (enter_phase(w, NULL)) return 5;
  tw_network_start(w->net, w->y);
  if (o->resume) {
    keep(w, o->resume);
    w->r->resumed = true;
    w->r->resumed_at = w->t;
    if (tw_state_whole(o->resume)) return find_phase(w);
    tw_diagnose(w->d, TW_ERROR, TW_E_TIME, w->scenario->where, NULL, "the checkpoint does not fit the model");
    return 4;
  }
  int status = tw_steady(w->net, w->solver, w->y, &(tw_steady_options){0}, &w->r->steady, w->d);
  if (!status) absolute_tolerances(w);
  return status;
}

const char *tw_time_method_name(tw_time_method m) { return m == TW_SDIRK ? "sdirk" : "ida"; }

int tw_run(tw_network *net, tw_solver *solver, const tw_scenario *s, double *y, const tw_run_options *o, tw_run_report *r, tw_diagnostics *d) {
  *r = (tw_run_report){.rtol = o->rtol > 0.0 ? o->rtol : 1e-5};
  run w = {.net = net, .solver = solver, .scenario = s, .workload = workload_of(net->model, s), .o = o, .r = r, .d = d, .y = y, .renewed_at = -1.0};
  r->method = o->method == TW_BY_SDIRK || (o->method == TW_BY_ITSELF && w.workload) ? TW_SDIRK : TW_IDA;
  w.every = o->every > 0.0 ? o->every : s->every > 0.0 ? s->every : s->duration / 600.0;
  w.checkpoint = 1;
  w.yd = calloc((size_t)net->n, sizeof *w.yd);
  w.atol = calloc((size_t)net->n, sizeof *w.atol);
  w.z = calloc((size_t)tw_network_discrete_count(net) + 1, sizeof *w.z);
  if (!w.yd || !w.atol || !w.z) abort();
  w.chatter = tw_chatter_new(net);
  w.collapse = tw_collapse_new(net);
  bool traced = w.workload && w.workload->trace;
  if (traced) w.player = tw_player_new(w.workload->trace, d);
  int status = traced && !w.player ? 5 : place(&w);
  if (!status) status = begin_integration(&w) ? loop(&w) : 5;
  count_steps(&w);
  r->stats = w.past;
  r->t_end = w.t;
  tw_energies_balance(&r->energy);
  if (w.player) tw_network_drive(net, NULL); /* the window goes with it */
  tw_player_free(w.player);
  tw_chatter_free(w.chatter);
  tw_collapse_free(w.collapse);
  free(w.atol);
  free(w.yd);
  free(w.z);
  return status;
}
