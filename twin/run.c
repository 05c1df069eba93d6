#include "running.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "../racks/diagnostic_codes.h"
#include "run_energy.h"

static void see(void *running, double t, const double *y, const double *yd, double *flows) {
  tw_running *w = running;
  w->seen = tw_powers(w->net, t, y, yd);
  w->seen_t = t;
  if (flows) tw_flows(&w->seen, flows);
}

/* Flows of a leap of h (tw_run_leap): over it stores go on at the rates of its start, and so do they. */
static void flows_of_leap(const tw_running *w, double h, double *flows) {
  tw_flows(&w->seen, flows);
  for (int k = 0; k < TW_FLOWS; k++) flows[k] *= h;
}

/* Counts one internal step; `fresh`: a leap or a jump, after which the powers are those of its right side. */
void tw_run_integrate(tw_running *w, bool fresh) {
  tw_energies *e = &w->r->energy;
  double h = w->t - w->last_t, leapt[TW_FLOWS], set = e->set;
  bool leap = fresh && h > 0.0, seen = w->seen_t >= w->t && w->seen_t <= w->t; /* by the integrator, at the end of its step */
  if (leap) flows_of_leap(w, h, leapt);
  if (fresh || !seen) see(w, w->t, w->y, w->yd, NULL);
  double change = isnan(w->level) ? 0.0 : w->seen.stored - w->level;
  if (fresh && !leap) {
    e->set += change;
  } else {
    tw_flows_add(e, leap ? leapt : tw_transient_integrals(w->x));
    e->stored += change - (e->set - set);
  }
  if (leap) e->leapt += h;
  w->level = w->seen.stored;
  w->last_t = w->t;
  if (w->o->step) w->o->step(w->o->ctx, w->t, w->y, &w->seen);
}

int tw_run_tell(tw_running *w, const tw_happening *h) { return w->o->happening ? w->o->happening(w->o->ctx, h) : 0; }

int tw_run_explain(tw_running *w, const char *what, int unknown) {
  char name[256];
  tw_diagnose(w->d, TW_ERROR, TW_E_TIME, w->scenario->where, NULL, "the run could not go on at t = %.6g s: %s%s%s", w->t, what,
              unknown >= 0 ? ", worst " : "", unknown >= 0 ? tw_network_unknown_name(w->net, unknown, name, sizeof name) : "");
  return 4;
}

/* Hands a sample to the sink and refuses to go on from a state that may not be shown. */
static int sample_now(tw_running *w) {
  w->sample++;
  w->sampled_at = w->t;
  if (tw_fit_for_use(w->net, NULL, w->t, w->y, w->yd, w->d)) return tw_run_explain(w, "the state there is outside what the model knows", -1);
  return w->o->sample && w->o->sample(w->o->ctx, w->t, w->net, w->y) ? 5 : 0;
}

/* Where no step is short enough: once a restart from there, as a corner may be too much for a step that was long before it; where
 * that does not help, a leap, a longer one where the last was too short. */
typedef struct { double at, leap; } impasse;

static int overcome(tw_running *w, double t_stop, impasse *m) {
  static const double least = 1e-8; /* s */
  if (w->t > w->renewed_at) {
    w->renewed_at = w->t;
    return tw_run_restart(w);
  }
  if (w->t > m->at + 100.0 * m->leap) m->leap = least;
  m->at = w->t;
  return tw_run_leap(w, &m->leap, t_stop);
}

/* Integrates to t_stop, reacting to roots on the way. */
static int advance(tw_running *w, double t_stop) {
  int *fired = calloc((size_t)w->net->n_events + 1, sizeof *fired), status = 0;
  impasse m = {-INFINITY, 0.0};
  if (!fired) abort();
  while (!status && w->t < t_stop) {
    tw_arrival at = tw_transient_step(w->x, t_stop, true, &w->t, w->y, w->yd, fired);
    if (at == TW_TIME_FAILED) {
      status = overcome(w, t_stop, &m);
      continue;
    }
    tw_run_integrate(w, false);
    if (at == TW_AT_EVENT) w->passed = tw_transient_passed(w->x);
    int changed = at == TW_AT_EVENT ? tw_run_react(w) : 0;
    status = changed == TW_REACTED ? tw_run_restart(w) : changed;
    if (!status) status = tw_run_tell_collapses(w);
    if (w->o->progress) w->o->progress(w->o->ctx, w->t, w->scenario->duration);
    if (w->o->interrupted && *w->o->interrupted) status = 130;
    if (at == TW_AT_STOP) break;
  }
  free(fired);
  return status;
}

/* ---- checkpoints ---------------------------------------------------------------------------------------------------------- */

/* All that a run at rest between two steps consists of, beside the model and the options. */
static void keep(tw_running *w, tw_state *s) {
  size_t bytes = (size_t)w->net->n * sizeof(double);
  TW_KEEP(s, w->t);
  TW_KEEP(s, w->sample);
  TW_KEEP(s, w->checkpoint);
  TW_KEEP(s, w->next_event);
  TW_KEEP(s, w->ramps_ended);
  TW_KEEP(s, w->renewed_at);
  TW_KEEP(s, w->sampled_at);
  TW_KEEP(s, w->last_t);
  TW_KEEP(s, w->level);
  TW_KEEP(s, w->past);
  TW_KEEP(s, w->r->energy);
  TW_KEEP(s, w->r->restarts);
  TW_KEEP(s, w->r->collapsed);
  tw_chatter_keep(w->chatter, s);
  tw_collapse_keep(w->collapse, s);
  TW_KEEP(s, w->r->steady);
  TW_KEEP(s, w->r->dynamics);
  tw_keep(s, w->y, bytes);
  tw_keep(s, w->yd, bytes);
  tw_keep(s, w->atol, bytes);
  tw_network_keep(w->net, s);
}

static void count_steps(tw_running *w) {
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
static bool begin_integration(tw_running *w) {
  count_steps(w);
  w->net->driven_at = -1.0;
  tw_transient_options options = {.rtol = w->r->rtol, .h_max = 0.0, .atol = w->atol, .method = w->r->method,
                                  .n_integrals = TW_FLOWS, .integrand = see, .ctx = w};
  w->x = tw_transient_new(w->solver, w->t, w->y, w->yd, &options);
  return w->x != NULL;
}

/* Hands the state to the sink, then starts afresh from it, as a resumed run will. */
static int checkpoint(tw_running *w) {
  w->checkpoint++;
  count_steps(w);
  tw_state s = {0};
  keep(w, &s);
  int failed = w->o->checkpoint(w->o->ctx, w->t, &s);
  tw_state_free(&s);
  if (failed || w->t >= w->scenario->duration) return failed ? 5 : 0;
  return begin_integration(w) ? tw_run_restart(w) : 5;
}

/* ---- loop ----------------------------------------------------------------------------------------------------------------- */

static int begin(tw_running *w) {
  if (w->o->resume) return w->t < w->scenario->duration ? tw_run_restart(w) : 0;
  int status = tw_run_restart(w);
  int done = status ? 0 : tw_run_apply_events(w);
  if (!status) status = done == TW_REACTED ? tw_run_restart(w) : done;
  return status ? status : sample_now(w);
}

/* What happens at a stop: a step of the workload, events, a part's alarm; then consistent values. */
static int pass_stop(tw_running *w, double alarm) {
  bool jumps = false;
  int status = w->t >= w->next_jump ? tw_run_enter_phase(w, &jumps) : 0;
  if (status) return status;
  int done = tw_run_apply_events(w);
  if (!jumps && !done && w->t >= alarm) done = tw_run_react(w); /* after a jump the restart lets the parts react */
  if (done && done != TW_REACTED) return done;
  return (jumps || done) && w->t < w->scenario->duration ? tw_run_restart(w) : 0;
}

/* Up to the next stop and through what happens there. */
static int go_on(tw_running *w) {
  double end = w->scenario->duration, save = w->o->checkpoint ? (double)w->checkpoint * w->o->checkpoint_every : INFINITY;
  double sample = (double)w->sample * w->every, alarm = tw_network_alarm(w->net, w->t);
  double stop = fmin(fmin(fmin(sample, end), fmin(w->next_jump, tw_run_next_event(w))), fmin(save, alarm));
  int status = advance(w, stop);
  if (status) return status;
  w->t = stop;
  if (stop >= sample) status = sample_now(w);
  if (!status) status = pass_stop(w, alarm);
  return status || stop < save || stop >= end ? status : checkpoint(w);
}

static int loop(tw_running *w) {
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
static void absolute_tolerances(tw_running *w) {
  for (int i = 0; i < w->net->n; i++) w->atol[i] = w->r->rtol * 1e-1 * fmax(w->net->nominal[i], fabs(w->y[i]));
}

/* The state from which the run goes on: that of the checkpoint, or the steady one. */
static int place(tw_running *w) {
  const tw_run_options *o = w->o;
  tw_network_drive(w->net, w->workload, tw_run_ahead(w));
  int status = tw_run_play(w);
  if (!status) status = tw_run_enter_phase(w, NULL);
  if (status) return status;
  tw_network_let_fast(w->net, true);
  tw_network_start(w->net, w->y);
  if (o->resume) {
    keep(w, o->resume);
    w->r->resumed = true;
    w->r->resumed_at = w->t;
    tw_network_let_fast(w->net, w->r->dynamics.integrated);
    if (tw_state_whole(o->resume)) return tw_run_find_phase(w);
    tw_diagnose(w->d, TW_ERROR, TW_E_TIME, w->scenario->where, NULL, "the checkpoint does not fit the model");
    return 4;
  }
  status = tw_steady(w->net, w->solver, w->y, &(tw_steady_options){0}, &w->r->steady, w->d);
  if (status) return status;
  absolute_tolerances(w);
  w->r->dynamics = tw_dynamics_choose(w->net, w->solver, w->y, w->scenario, w->workload, w->every, o->dynamics);
  tw_network_let_fast(w->net, w->r->dynamics.integrated);
  return 0;
}

const char *tw_time_method_name(tw_time_method m) { return m == TW_SDIRK ? "sdirk" : "ida"; }

tw_time_choice tw_time_choice_of(const char *word) { return !word ? TW_BY_ITSELF : strcmp(word, "ida") ? TW_BY_SDIRK : TW_BY_IDA; }

int tw_run(tw_network *net, tw_solver *solver, const tw_scenario *s, double *y, const tw_run_options *o, tw_run_report *r, tw_diagnostics *d) {
  *r = (tw_run_report){.rtol = o->rtol > 0.0 ? o->rtol : 1e-5};
  tw_running w = {.net = net, .solver = solver, .scenario = s, .workload = workload_of(net->model, s), .o = o, .r = r, .d = d, .y = y, .renewed_at = -1.0, .level = NAN, .seen_t = NAN};
  r->time_of_day = s->time_of_day;
  r->method = o->method == TW_BY_SDIRK || (o->method == TW_BY_ITSELF && (w.workload || s->n_traces)) ? TW_SDIRK : TW_IDA;
  w.every = o->every > 0.0 ? o->every : s->every > 0.0 ? s->every : s->duration / 600.0;
  w.checkpoint = 1;
  w.yd = calloc((size_t)net->n, sizeof *w.yd);
  w.atol = calloc((size_t)net->n, sizeof *w.atol);
  w.z = calloc((size_t)tw_network_discrete_count(net) + 1, sizeof *w.z);
  if (!w.yd || !w.atol || !w.z) abort();
  w.chatter = tw_chatter_new(net);
  w.collapse = tw_collapse_new(net);
  int status = place(&w);
  if (!status) status = begin_integration(&w) ? loop(&w) : 5;
  count_steps(&w);
  r->stats = w.past;
  r->t_end = w.t;
  r->interrupted = status == 130;
  tw_energies_balance(&r->energy);
  if ((!status || r->interrupted) && tw_energies_refused(&r->energy, r->rtol)) {
    tw_diagnose(d, TW_ERROR, TW_E_AUDIT, s->where, NULL, "the energy of this run does not balance: %.1e of what went through is missing "
                "or too much; its figures are not to be trusted", r->energy.imbalance);
    status = 4;
  }
  tw_run_stop_playing(&w);
  tw_chatter_free(w.chatter);
  tw_collapse_free(w.collapse);
  free(w.atol);
  free(w.yd);
  free(w.z);
  return status;
}
