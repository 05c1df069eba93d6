/* The scenario of the report, with its files in DIR/run. One that ends early, without a solution, is shown as far as it went. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "account.h"
#include "output.h"
#include "output_internal.h"
#include "progress.h"
#include "report.h"
#include "series.h"

typedef struct {
  tw_dossier *d;
  tw_recorder *recorder;
  tw_account *account;
  tw_progress progress;
  int room;
} sink;

static int on_sample(void *ctx, double t, tw_network *net, const double *y) {
  (void)y;
  return tw_recorder_sample(((sink *)ctx)->recorder, t, net);
}

static int on_happening(void *ctx, const tw_happening *h) {
  sink *s = ctx;
  tw_report_run *run = s->d->run;
  if (run->n_happenings == s->room) {
    s->room = s->room ? 2 * s->room : 64;
    tw_happening *grown = realloc(run->happenings, (size_t)s->room * sizeof *grown);
    if (!grown) abort();
    run->happenings = grown;
  }
  run->happenings[run->n_happenings++] = *h;
  tw_account_happening(s->account, h);
  return tw_recorder_happening(s->recorder, h);
}

static void on_step(void *ctx, double t, const double *y, const tw_energies *powers) {
  tw_account_step(((sink *)ctx)->account, t, y, powers);
}

static void on_progress(void *ctx, double t, double duration) { tw_progress_time(&((sink *)ctx)->progress, t, duration); }

static const tw_scenario *scenario_named(const tw_description *m, const char *id) {
  for (int i = 0; i < m->n_scenarios; i++)
    if (!strcmp(m->scenarios[i].id, id)) return &m->scenarios[i];
  return NULL;
}

static const char *first_error(tw_arena *a, const tw_diagnostics *list) {
  const tw_diagnostic *error = tw_diagnostics_first_error(list);
  return error ? tw_strdup(a, error->text) : "no solution";
}

static int record(tw_dossier *d, const tw_options *o) {
  tw_report_run *run = d->run;
  int wrong = tw_asked_read(o, run->scenario, run->s.model, &run->asked, &run->s.diagnostics);
  if (wrong == TW_EXIT_INPUT) tw_session_report(&run->s, o, wrong);
  if (wrong) return wrong;
  sink to = {.d = d, .progress = tw_progress_begin(o)};
  int status = 0;
  if (!(to.recorder = tw_recorder_new(run->s.net, o, &status))) return status;
  to.account = tw_account_new(run->s.net);
  tw_account_ask(to.account, &run->asked);
  tw_run_options how = {.rtol = o->rtol,
      .method = tw_time_choice_of(o->method),
      .dynamics = tw_dynamics_choice_of(o->dynamics),
      .every = o->every,
      .ctx = &to,
      .sample = on_sample,
      .happening = on_happening,
      .step = on_step,
      .progress = on_progress};
  status = tw_run(run->s.net, run->s.solver, run->scenario, run->s.y, &how, &run->report, &run->s.diagnostics);
  tw_progress_end(&to.progress);
  int closed = tw_recorder_close(to.recorder, !status || status == 4);
  if (status == 4) run->failed = first_error(d->arena, &run->s.diagnostics), status = 0;
  tw_session_report(&run->s, o, TW_EXIT_OK);
  if (!status) status = closed;
  run->account = to.account;
  run->margins = tw_account_margins(to.account, &run->n_margins, &run->n_broken);
  run->ranges_broken = tw_ranges_broken(tw_account_figures(to.account));
  if (status) return status;
  if (!run->failed) return tw_output_run(run->s.net, o, &run->report, to.account);
  status = tw_output_margins(run->margins, run->n_margins, true, o->out);
  return status ? status : tw_series_script(o->out);
}

int tw_report_run_new(tw_dossier *d) {
  const tw_options *o = d->o;
  if (!o->scenario) return 0;
  d->run = tw_alloc(d->arena, 1, sizeof *d->run);
  tw_options inner = *o;
  inner.out = d->run->folder = tw_printf(d->arena, "%s/run", o->out);
  int status = tw_session_open(&d->run->s, o, o->words[0], o->n_variants ? o->variants[0] : NULL, true);
  if (status) return status;
  d->run->scenario = scenario_named(d->run->s.model, o->scenario);
  if (d->run->scenario) return record(d, &inner);
  fprintf(stderr, "racktwin: report: there is no scenario \"%s\"\n", o->scenario);
  return TW_EXIT_USAGE;
}

void tw_report_run_free(tw_report_run *run) {
  if (!run) return;
  tw_account_free(run->account);
  tw_session_close(&run->s);
  free(run->happenings);
}
