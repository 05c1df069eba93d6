/* run: a scenario in time. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "../racks/diagnostic_codes.h"
#include "output.h"
#include "page.h"
#include "session.h"
#include "verbs.h"

static volatile int interrupted;

static void on_signal(int number) {
  (void)number;
  interrupted = 1;
}

typedef struct { tw_recorder *recorder; double began, told; bool terminal; } sink;

static int on_sample(void *ctx, double t, tw_network *net, const double *y) {
  sink *s = ctx;
  (void)y;
  return s->recorder ? tw_recorder_sample(s->recorder, t, net) : 0;
}

static int on_happening(void *ctx, const tw_happening *h) {
  sink *s = ctx;
  return s->recorder ? tw_recorder_happening(s->recorder, h) : 0;
}

static void on_progress(void *ctx, double t, double duration) {
  sink *s = ctx;
  double now = tw_clock();
  if (!s->terminal || now - s->began < 1.0 || now - s->told < 0.2) return;
  s->told = now;
  fprintf(stderr, "\r%.4g of %.4g s simulated, %.0f s elapsed ", t, duration, now - s->began);
}

static const tw_scenario *find_scenario(const tw_session *s, const tw_options *o) {
  for (int i = 0; i < s->model->n_scenarios; i++)
    if (o->scenario && !strcmp(s->model->scenarios[i].id, o->scenario)) return &s->model->scenarios[i];
  fprintf(stderr, "racktwin: run needs a scenario: -s NAME");
  for (int i = 0; i < s->model->n_scenarios; i++) fprintf(stderr, "%s%s", i ? ", " : "; this file has ", s->model->scenarios[i].id);
  fputs("\n", stderr);
  return NULL;
}

static int finish(tw_session *s, const tw_options *o, int status, const tw_run_report *report) {
  tw_results *r = tw_results_new(s->net, s->y, report->t_end, &report->steady);
  if (!o->quiet) {
    if (status == 130) fprintf(stderr, "interrupted at t = %.6g s: what there is has been written\n", report->t_end);
    printf("%s: scenario %s\n", s->model->title ? s->model->title : s->model->file, o->scenario);
    tw_energies_print(stdout, report);
  }
  int broken = r->n_broken;
  tw_results_free(r);
  return status ? TW_EXIT_SYSTEM : broken ? TW_EXIT_LIMIT : TW_EXIT_OK;
}

static int run_scenario(tw_session *s, const tw_options *o, const tw_scenario *scenario) {
  sink to = {.began = tw_clock(), .terminal = isatty(STDERR_FILENO) && !o->quiet};
  int status = 0;
  if (o->out && !(to.recorder = tw_recorder_new(s->net, o, &status))) return status;
  signal(SIGINT, on_signal);
  tw_run_options how = {.rtol = o->rtol, .every = o->every, .ctx = &to, .sample = on_sample, .happening = on_happening,
                        .progress = on_progress, .interrupted = &interrupted};
  tw_run_report report;
  status = tw_run(s->net, s->solver, scenario, s->y, &how, &report, &s->diagnostics);
  signal(SIGINT, SIG_DFL);
  if (to.terminal && to.told > 0.0) fputs("\r\033[K", stderr);
  if (to.recorder) {
    int closed = tw_recorder_close(to.recorder, true);
    if (!status || status == 130) status = closed ? closed : status;
    if (!closed && (!status || status == 130)) closed = tw_output_run_json(s->net, o, &report.steady, &report);
    if (closed) return TW_EXIT_SYSTEM;
  }
  if (status == 4) return tw_session_report(s, o, TW_EXIT_NO_SOLUTION);
  if (status == 5) return TW_EXIT_SYSTEM;
  tw_session_report(s, o, TW_EXIT_OK);
  return finish(s, o, status, &report);
}

int tw_verb_run(const tw_options *o) {
  tw_session s;
  int status = tw_session_open(&s, o, o->words[0], o->n_variants ? o->variants[0] : NULL, true);
  if (!status) {
    const tw_scenario *scenario = find_scenario(&s, o);
    status = scenario ? run_scenario(&s, o, scenario) : TW_EXIT_USAGE;
  }
  tw_session_close(&s);
  return status;
}
