/* run: a scenario in time. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../racks/diagnostic_codes.h"
#include "account.h"
#include "checkpoint.h"
#include "json.h"
#include "memory.h"
#include "output.h"
#include "page.h"
#include "progress.h"
#include "series.h"
#include "session.h"
#include "verbs.h"

static volatile int interrupted;

static void on_signal(int number) {
  (void)number;
  interrupted = 1;
}

enum { STEPS_PER_TIDYING = 5000 };

typedef struct {
  tw_recorder *recorder;
  const tw_asked *asked;
  tw_account *account;
  const tw_network *net;
  const char *checkpoint, *key; /* its file, NULL: none; what it depends on */
  long steps;
  tw_progress progress;
} sink;

static int on_sample(void *ctx, double t, tw_network *net, const double *y) {
  sink *s = ctx;
  (void)y;
  return s->recorder ? tw_recorder_sample(s->recorder, t, net) : 0;
}

static int on_happening(void *ctx, const tw_happening *h) {
  sink *s = ctx;
  tw_account_happening(s->account, h);
  return s->recorder ? tw_recorder_happening(s->recorder, h) : 0;
}

static void on_step(void *ctx, double t, const double *y, const tw_energies *powers) {
  sink *s = ctx;
  if (++s->steps % STEPS_PER_TIDYING == 0) tw_tidy_memory();
  tw_account_step(s->account, t, y, powers);
  if (s->recorder) tw_recorder_step(s->recorder, t, s->net);
}

static void on_progress(void *ctx, double t, double duration) { tw_progress_time(&((sink *)ctx)->progress, t, duration); }

static int on_checkpoint(void *ctx, double t, const tw_state *run) {
  sink *s = ctx;
  tw_checkpoint c = {.run = *run};
  (void)t;
  tw_account_keep(s->account, &c.records);
  int status = s->recorder ? tw_recorder_save(s->recorder, &c.records) : 0;
  if (!status) status = tw_checkpoint_write(s->checkpoint, s->key, &c);
  tw_state_free(&c.records);
  return status;
}

static const tw_scenario *find_scenario(const tw_session *s, const tw_options *o) {
  for (int i = 0; i < s->model->n_scenarios; i++)
    if (o->scenario && !strcmp(s->model->scenarios[i].id, o->scenario)) return &s->model->scenarios[i];
  fprintf(stderr, "racktwin: run needs a scenario: -s NAME");
  for (int i = 0; i < s->model->n_scenarios; i++) fprintf(stderr, "%s%s", i ? ", " : "; this file has ", s->model->scenarios[i].id);
  fputs("\n", stderr);
  return NULL;
}

/* The page of a run that has an end; the exit code. */
static int finish(tw_session *s, const tw_options *o, int status, tw_account *account, const tw_run_report *report) {
  int n, broken;
  const tw_margin *margins = tw_account_margins(account, &n, &broken);
  const tw_run_figures *figures = tw_account_figures(account);
  if (status == 130) fprintf(stderr, "interrupted at t = %.6g s: what there is has been written\n", report->t_end);
  if (o->json) {
    char *text = tw_run_json(s->net, o->scenario, report, figures, margins, n);
    puts(text);
    free(text);
  } else if (!o->quiet) {
    char begin[32];
    printf("%s: scenario %s%s\n", s->model->title ? s->model->title : s->model->file, o->scenario,
           tw_page_begin(report->time_of_day, begin));
    tw_energies_print(stdout, s->net, report);
    tw_run_figures_print(stdout, figures);
    tw_run_margins_print(stdout, s->net, margins, n, broken, o->us_units, o->verbose);
  }
  if (o->plot) tw_series_plot(o->out);
  bool limit = broken || report->collapsed || tw_ranges_broken(figures);
  return status ? TW_EXIT_SYSTEM : limit ? TW_EXIT_LIMIT : TW_EXIT_OK;
}

/* Closes the files; what an interrupted or failed run had is kept. */
static int close_files(tw_session *s, const tw_options *o, sink *to, int status, const tw_run_report *report) {
  if (!to->recorder) return 0;
  int closed = tw_recorder_close(to->recorder, true);
  if (closed || (status && status != 130)) return closed;
  return tw_output_run(s->net, o, report, to->account);
}

/* Files and account of a new run, or as the checkpoint left them. */
static int open_sink(tw_session *s, const tw_options *o, sink *to, tw_checkpoint *from) {
  int status = 0;
  to->account = tw_account_new(s->net);
  tw_account_ask(to->account, to->asked);
  if (from) tw_account_keep(to->account, &from->records);
  if (!o->out) return 0;
  to->recorder = from ? tw_recorder_resume(s->net, o, &from->records, &status) : tw_recorder_new(s->net, o, &status);
  return to->recorder ? 0 : status;
}

static int run_scenario(tw_session *s, const tw_options *o, const tw_scenario *scenario, const tw_asked *asked, const char *key,
                        tw_checkpoint *from) {
  sink to = {.asked = asked, .net = s->net, .checkpoint = o->checkpoint, .key = key, .progress = tw_progress_begin(o)};
  tw_run_report report;
  int status = open_sink(s, o, &to, from);
  if (status) {
    tw_account_free(to.account);
    return status;
  }
  signal(SIGINT, on_signal);
  signal(SIGTERM, on_signal);
  tw_run_options how = {.rtol = o->rtol, .method = tw_time_choice_of(o->method), .dynamics = tw_dynamics_choice_of(o->dynamics), .every = o->every, .ctx = &to, .sample = on_sample, .happening = on_happening,
                        .step = on_step, .progress = on_progress, .interrupted = &interrupted,
                        .checkpoint = o->checkpoint ? on_checkpoint : NULL, .checkpoint_every = o->checkpoint_every,
                        .resume = from ? &from->run : NULL};
  status = tw_run(s->net, s->solver, scenario, s->y, &how, &report, &s->diagnostics);
  signal(SIGINT, SIG_DFL);
  signal(SIGTERM, SIG_DFL);
  tw_progress_end(&to.progress);
  if (close_files(s, o, &to, status, &report)) status = 5;
  if (status == 5) {
    tw_session_report(s, o, TW_EXIT_SYSTEM);
    status = TW_EXIT_SYSTEM;
  } else if (status == 4) {
    status = tw_session_report(s, o, TW_EXIT_NO_SOLUTION);
  } else {
    tw_session_report(s, o, TW_EXIT_OK);
    status = finish(s, o, status, to.account, &report);
  }
  tw_account_free(to.account);
  return status;
}

/* --checkpoint, --checkpoint-every and --resume belong together, and --aggregate has words. */
static int check_options(const tw_options *o) {
  const char *wrong = o->aggregate && !tw_recorder_aggregates(o->aggregate) ? "--aggregate takes min, mean, max, each once: min,max"
                      : !o->checkpoint && o->resume             ? "--resume needs --checkpoint FILE, the one that was written"
                      : !o->checkpoint && o->checkpoint_every > 0.0 ? "--checkpoint-every needs --checkpoint FILE"
                      : o->checkpoint && !(o->checkpoint_every > 0.0)
                          ? "--checkpoint needs --checkpoint-every TIME, simulated time such as 10min"
                          : NULL;
  if (wrong) fprintf(stderr, "racktwin: %s\n", wrong);
  return wrong ? TW_EXIT_USAGE : 0;
}

/* Looks for the checkpoint to go on from, and runs. */
static int run_from(tw_session *s, const tw_options *o, const tw_scenario *scenario, const tw_asked *asked) {
  tw_checkpoint from;
  if (!o->checkpoint) return run_scenario(s, o, scenario, asked, NULL, NULL);
  const char *key = tw_checkpoint_key(s->model, o);
  int status = tw_checkpoint_ready(o->checkpoint, !o->resume), found = -1;
  if (!status && o->resume) found = tw_checkpoint_read(o->checkpoint, key, &from);
  if (status || found > 0) return status ? status : found;
  if (o->resume && found < 0 && !o->quiet) fprintf(stderr, "there is no checkpoint %s yet: the run begins anew\n", o->checkpoint);
  status = run_scenario(s, o, scenario, asked, key, found ? NULL : &from);
  if (!found) tw_checkpoint_free(&from);
  return status;
}

int tw_verb_run(const tw_options *o) {
  tw_session s;
  int status = check_options(o);
  if (!status && o->plot && (!o->out || o->json)) {
    fputs("racktwin: --plot draws what -o DIR writes, and not beside --json\n", stderr);
    status = TW_EXIT_USAGE;
  }
  if (status) return status;
  status = tw_session_open(&s, o, o->words[0], o->n_variants ? o->variants[0] : NULL, true);
  if (!status) {
    const tw_scenario *scenario = find_scenario(&s, o);
    tw_asked asked;
    status = scenario ? tw_asked_read(o, scenario, s.model, &asked, &s.diagnostics) : TW_EXIT_USAGE;
    if (status == TW_EXIT_INPUT) tw_session_report(&s, o, status);
    if (!status) status = run_from(&s, o, scenario, &asked);
  }
  tw_session_close(&s);
  return status;
}
