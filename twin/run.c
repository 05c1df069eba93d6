#include "run.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "../racks/diagnostic_codes.h"

typedef struct {
  tw_network *net;
  const tw_scenario *scenario;
  const tw_workload *workload;
  const tw_run_options *o;
  tw_run_report *r;
  tw_diagnostics *d;
  tw_transient *x;
  double *y, *yd, t, every;
  long sample;                /* number of the next sample */
  int next_event;
  double sampled_at;          /* time of the last sample */
  double *z;                  /* discrete states before a reaction */
  double last_t;              /* of the quadrature */
  tw_energies last;           /* powers there [W] */
} run;

/* ---- quadrature of the energies ----------------------------------------------------------------------------------------- */

static tw_energies powers(run *w) {
  tw_energies p = {0};
  tw_audit a = tw_audit_solution(w->net, w->t, w->y, w->yd, false);
  p.electric_in = a.electric_in;
  p.thermal_out = a.thermal_out;
  p.stored = a.stored;
  p.lift = a.lift;
  p.leakage = a.leakage;
  for (int i = 0; i < w->net->n_batches; i++) {
    const tw_batch *b = &w->net->batches[i];
    for (int q = 0; q < b->n_outputs; q++)
      for (int k = 0; k < b->n; k++) {
        if (b->type->outputs[q].role == TW_Q_LOSS) p.loss[b->type->stage] += b->out[q][k];
        if (b->type->outputs[q].role == TW_Q_LOAD) p.load[b->type->stage] += b->out[q][k];
      }
  }
  return p;
}

/* Trapezoid over one internal step; `fresh` after a jump: only the powers at its right side are taken. */
static void integrate(run *w, bool fresh) {
  tw_energies now = powers(w), *e = &w->r->energy, *was = &w->last;
  double h = 0.5 * (w->t - w->last_t);
  if (!fresh && h > 0.0) {
    e->electric_in += h * (now.electric_in + was->electric_in);
    e->thermal_out += h * (now.thermal_out + was->thermal_out);
    e->stored += h * (now.stored + was->stored);
    e->lift += h * (now.lift + was->lift);
    e->leakage += h * (now.leakage + was->leakage);
    for (int s = 0; s < TW_STAGES; s++) {
      e->loss[s] += h * (now.loss[s] + was->loss[s]);
      e->load[s] += h * (now.load[s] + was->load[s]);
    }
  }
  *was = now;
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

/* From here on the workload is that of the phase that holds or begins at t. */
static void enter_phase(run *w) {
  double next = next_jump(w->workload, w->t);
  w->net->drive_from = w->t + beside(w->t);
  w->net->drive_until = isinf(next) ? next : next - beside(next);
  w->net->driven_at = -1.0;
}

static int emit(run *w, const char *path, const char *cause, const char *what) {
  tw_happening h = {.t = w->t, .path = path, .cause = cause};
  snprintf(h.what, sizeof h.what, "%s", what);
  return w->o->happening ? w->o->happening(w->o->ctx, &h) : 0;
}

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

typedef struct { run *w; const char *cause; int failed; } teller;

static int tell_change(void *ctx, int item, double before, double after) {
  teller *t = ctx;
  char what[96];
  snprintf(what, sizeof what, "discrete state %g -> %g", before, after);
  return t->failed = emit(t->w, t->w->net->model->items[item].path, t->cause, what);
}

/* Reacts and tells what changed: 1 when anything did, 0 when nothing, -1 when the sink failed. */
static int react(run *w, const char *cause) {
  teller t = {w, cause, 0};
  tw_network_discrete_copy(w->net, w->z);
  if (!tw_network_react(w->net, w->t, w->y, w->yd)) return 0;
  tw_network_discrete_changes(w->net, w->z, tell_change, &t);
  return t.failed ? -1 : 1;
}

/* After any jump of an input or a discrete state: consistent values, then reactions until none is left. */
static int restart(run *w, const char *cause) {
  for (int round = 0; round < 100; round++) {
    tw_report report = {0};
    w->r->restarts++;
    if (tw_transient_restart(w->x, w->t, w->y, w->yd, &report) != TW_SOLVED)
      return explain(w, "no consistent state after a change", report.worst_row);
    int changed = react(w, cause);
    if (changed < 0) return 5;
    if (changed) continue;
    integrate(w, true);
    return 0;
  }
  return explain(w, "discrete states chatter at one instant", -1);
}

/* Applies what is due: 1 when there was anything, 0 when not, else the status to end with. */
static int apply_events(run *w) {
  const tw_scenario *s = w->scenario;
  int any = 0;
  while (w->next_event < s->n_events && s->events[w->next_event].t <= w->t + 1e-12 * (1.0 + w->t)) {
    const tw_set_event *e = &s->events[w->next_event++];
    const tw_item *item = &w->net->model->items[e->item];
    char what[96];
    if (tw_network_set(w->net, e->item, e->param, -1, e->value) < 0) {
      tw_diagnose(w->d, TW_ERROR, TW_E_DERIVE, e->where, item->path, "at t = %.6g s: %s = %g does not fit the other figures of the part", w->t,
                  item->type->params[e->param].id, e->value);
      return 4;
    }
    snprintf(what, sizeof what, "%s = %g", item->type->params[e->param].id, e->value);
    if (emit(w, item->path, "event", what)) return 5;
    any = 1;
  }
  return any;
}

/* Integrates to t_stop, reacting to roots on the way. */
static int advance(run *w, double t_stop) {
  int *fired = calloc((size_t)w->net->n_events + 1, sizeof *fired), status = 0;
  if (!fired) abort();
  while (!status && w->t < t_stop) {
    tw_arrival at = tw_transient_step(w->x, t_stop, true, &w->t, w->y, w->yd, fired);
    if (at == TW_TIME_FAILED) {
      tw_transient_stats stats = {0};
      tw_transient_statistics(w->x, &stats);
      status = explain(w, "the step size became too small", stats.worst_unknown);
      break;
    }
    integrate(w, false);
    int changed = at == TW_AT_EVENT ? react(w, "state") : 0;
    if (changed) status = changed < 0 ? 5 : restart(w, "state");
    if (w->o->progress) w->o->progress(w->o->ctx, w->t, w->scenario->duration);
    if (w->o->interrupted && *w->o->interrupted) status = 130;
    if (at == TW_AT_STOP) break;
  }
  free(fired);
  return status;
}

static int loop(run *w) {
  const tw_scenario *s = w->scenario;
  double end = s->duration;
  int status = restart(w, "start");
  int done = status ? 0 : apply_events(w);
  if (!status) status = done > 1 ? done : done ? restart(w, "event") : 0;
  if (!status) status = sample_now(w);
  while (!status && w->t < end * (1.0 - 1e-14)) {
    double jump = next_jump(w->workload, w->t), due = (double)w->sample * w->every;
    double event = w->next_event < s->n_events ? s->events[w->next_event].t : INFINITY;
    double stop = fmin(fmin(due, end), fmin(jump, event));
    status = advance(w, stop);
    if (status) break;
    w->t = stop;
    if (stop >= due) status = sample_now(w);
    bool again = false;
    if (!status && stop >= jump) {
      enter_phase(w);
      again = true;
    }
    if (!status) {
      done = apply_events(w);
      if (done > 1) status = done;
      again |= done == 1;
    }
    if (!status && again && stop < end) status = restart(w, "event");
  }
  return status || w->sampled_at == w->t ? status : sample_now(w);
}

static const tw_workload *workload_of(const tw_description *m, const tw_scenario *s) {
  for (int i = 0; s->workload && i < m->n_workloads; i++)
    if (!strcmp(m->workloads[i].id, s->workload)) return &m->workloads[i];
  return NULL;
}

/* Absolute tolerances: a tenth of the nominal size, or of that at the start if larger, times rtol, so that small quantities are resolved as well as large ones. */
static double *absolute_tolerances(const tw_network *net, const double *y, double rtol) {
  double *atol = malloc((size_t)net->n * sizeof *atol);
  if (!atol) abort();
  for (int i = 0; i < net->n; i++) atol[i] = rtol * 1e-1 * fmax(net->nominal[i], fabs(y[i]));
  return atol;
}

int tw_run(tw_network *net, tw_solver *solver, const tw_scenario *s, double *y, const tw_run_options *o, tw_run_report *r, tw_diagnostics *d) {
  *r = (tw_run_report){0};
  run w = {.net = net, .scenario = s, .workload = workload_of(net->model, s), .o = o, .r = r, .d = d, .y = y};
  w.every = o->every > 0.0 ? o->every : s->every > 0.0 ? s->every : s->duration / 600.0;
  tw_network_drive(net, w.workload);
  enter_phase(&w);
  tw_network_start(net, y);
  int status = tw_steady(net, solver, y, &(tw_steady_options){0}, &r->steady, d);
  if (status) return status;
  w.yd = calloc((size_t)net->n, sizeof *w.yd);
  w.z = calloc((size_t)tw_network_discrete_count(net) + 1, sizeof *w.z);
  r->rtol = o->rtol > 0.0 ? o->rtol : 1e-5;
  double *atol = absolute_tolerances(net, y, r->rtol);
  tw_transient_options options = {.rtol = r->rtol, .h_max = 0.0, .atol = atol};
  w.x = w.yd && w.z ? tw_transient_new(solver, 0.0, y, w.yd, &options) : NULL;
  if (w.x) {
    status = loop(&w);
    tw_transient_statistics(w.x, &r->stats);
  } else {
    status = 5;
  }
  r->t_end = w.t;
  tw_energies *e = &r->energy;
  e->throughput = fmax(fmax(fabs(e->electric_in), fabs(e->thermal_out)), fmax(fabs(e->stored), 1.0));
  e->imbalance = fabs(e->electric_in - e->thermal_out - e->stored - e->lift - e->leakage) / e->throughput;
  tw_transient_free(w.x);
  free(atol);
  free(w.yd);
  free(w.z);
  return status;
}
