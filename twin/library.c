/* The public interface (racktwin.h) over the session that the verbs use, too. */
#include "racktwin.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "explain.h"
#include "json.h"
#include "library_set.h"
#include "run.h"
#include "session.h"

struct racktwin {
  tw_session s;
  racktwin_result status;
  tw_results *results; /* of the last solution, NULL before */
  bool observed;       /* outputs hold values */
  int n_quantities, *item, *output;
  const char **path; /* [n_quantities], in the network's arena */
  char *messages, *json;
};

const char *racktwin_version(void) { return TW_VERSION; }

/* ---- opening and closing --------------------------------------------------------------------------------------------------- */

static const tw_quantity *outputs_of(const tw_network *net, int item) {
  return net->item_batch[item] < 0 ? NULL : net->model->items[item].type->outputs;
}

static void number_quantities(racktwin *r) {
  const tw_network *net = r->s.net;
  for (int pass = 0; pass < 2; pass++) {
    int n = 0;
    for (int i = 0; i < net->model->n_items; i++)
      for (const tw_quantity *q = outputs_of(net, i); q && q->id; q++, n++)
        if (pass) {
          r->item[n] = i;
          r->output[n] = (int)(q - outputs_of(net, i));
          r->path[n] = tw_printf(net->arena, "%s.%s", net->model->items[i].path, q->id);
        }
    if (pass) break;
    r->n_quantities = n;
    r->item = tw_alloc(net->arena, (size_t)n + 1, sizeof *r->item);
    r->output = tw_alloc(net->arena, (size_t)n + 1, sizeof *r->output);
    r->path = tw_alloc(net->arena, (size_t)n + 1, sizeof *r->path);
  }
}

racktwin *racktwin_open(const char *file, const racktwin_options *options) {
  static const racktwin_options none = {0};
  const racktwin_options *o = options ? options : &none;
  char catalogue[TW_FOLDER_SIZE];
  racktwin *r = calloc(1, sizeof *r);
  if (!r) abort();
  tw_read_options how = {.variant = o->variant,
      .scenario = o->scenario,
      .sets = o->sets,
      .n_sets = o->n_sets,
      .catalogue = o->catalogue ? o->catalogue : tw_catalogue_folder(catalogue)};
  r->status = (racktwin_result)tw_session_read(&r->s, file, &how, true);
  if (!r->status) number_quantities(r);
  return r;
}

void racktwin_close(racktwin *r) {
  if (!r) return;
  if (r->results) tw_results_free(r->results);
  tw_session_close(&r->s);
  free(r->messages);
  free(r->json);
  free(r);
}

racktwin_result racktwin_status(const racktwin *r) { return r->status; }

const char *racktwin_title(const racktwin *r) {
  if (!r->s.model) return "";
  return r->s.model->title ? r->s.model->title : r->s.model->file;
}

/* ---- what is wrong --------------------------------------------------------------------------------------------------------- */

int racktwin_diagnostic_count(const racktwin *r) { return r->s.diagnostics.n; }

int racktwin_diagnostic_at(const racktwin *r, int i, racktwin_diagnostic *out) {
  if (i < 0 || i >= r->s.diagnostics.n) return -1;
  const tw_diagnostic *d = &r->s.diagnostics.items[i];
  *out = (racktwin_diagnostic){d->severity == TW_ERROR, d->code, d->where.file, d->where.line, d->where.col, d->path, d->text};
  return 0;
}

const char *racktwin_messages(racktwin *r) {
  size_t size = 0;
  free(r->messages);
  r->messages = NULL;
  FILE *out = open_memstream(&r->messages, &size);
  if (!out) abort();
  if (r->s.diagnostics.n) tw_diagnostics_print(&r->s.diagnostics, out, false);
  fclose(out);
  return r->messages;
}

/* Every call that can fail begins here: RACKTWIN_USAGE on a model that is not open; earlier diagnostics are forgotten. */
static bool begin(racktwin *r) {
  if (!r->s.solver || !r->s.y) {
    r->status = RACKTWIN_USAGE;
    return false;
  }
  tw_diagnostics_free(&r->s.diagnostics);
  return true;
}

/* ---- figures and solutions ------------------------------------------------------------------------------------------------ */

racktwin_result racktwin_set(racktwin *r, const char *path, const char *value) {
  if (!begin(r)) return RACKTWIN_USAGE;
  return r->status = tw_library_set(&r->s, path, value, NAN) ? RACKTWIN_INPUT : RACKTWIN_OK;
}

racktwin_result racktwin_set_number(racktwin *r, const char *path, double value) {
  if (!begin(r)) return RACKTWIN_USAGE;
  return r->status = tw_library_set(&r->s, path, NULL, value) ? RACKTWIN_INPUT : RACKTWIN_OK;
}

static racktwin_result gather(racktwin *r, double t, const tw_steady_report *report) {
  if (r->results) tw_results_free(r->results);
  r->results = tw_results_new(r->s.net, r->s.y, t, report);
  r->observed = true;
  return r->results->n_broken ? RACKTWIN_LIMIT : RACKTWIN_OK;
}

static racktwin_result no_solution(racktwin *r) {
  if (r->results) tw_results_free(r->results);
  r->results = NULL;
  r->observed = false;
  return RACKTWIN_NO_SOLUTION;
}

static bool attempt(racktwin *r, bool warm, bool margin, tw_steady_report *report) {
  tw_steady_options how = {.margin = margin, .warm = warm};
  if (!warm) tw_network_start(r->s.net, r->s.y);
  return tw_steady(r->s.net, r->s.solver, r->s.y, &how, report, &r->s.diagnostics) == 0;
}

racktwin_result racktwin_solve(racktwin *r, unsigned flags) {
  if (!begin(r)) return RACKTWIN_USAGE;
  tw_steady_report report;
  bool warm = (flags & RACKTWIN_WARM) && r->observed, margin = flags & RACKTWIN_MARGIN;
  if (!warm || !attempt(r, true, margin, &report)) {
    (void)begin(r); /* forgets why the warm start failed */
    if (!attempt(r, false, margin, &report)) return r->status = no_solution(r);
  }
  r->status = gather(r, 0.0, &report);
  tw_tell_stocks(r->s.net, r->s.y, &r->s.diagnostics);
  if (!tw_session_balanced(&r->s, r->results)) r->status = no_solution(r);
  return r->status;
}

typedef struct {
  racktwin *r;
  const racktwin_run_options *o;
  bool stopped;
} listener;

static int on_sample(void *ctx, double t, tw_network *net, const double *y) {
  listener *l = ctx;
  (void)net, (void)y;
  l->r->observed = true;
  if (l->o->sample && l->o->sample(l->o->ctx, t, l->r)) l->stopped = true;
  return l->stopped;
}

static int on_happening(void *ctx, const tw_happening *h) {
  listener *l = ctx;
  if (l->o->event && l->o->event(l->o->ctx, h->t, h->path, h->what)) l->stopped = true;
  return l->stopped;
}

racktwin_result racktwin_run(racktwin *r, const char *scenario, const racktwin_run_options *options) {
  static const racktwin_run_options none = {0};
  if (!begin(r)) return RACKTWIN_USAGE;
  const tw_scenario *found = NULL;
  for (int i = 0; i < r->s.model->n_scenarios; i++)
    if (!strcmp(r->s.model->scenarios[i].id, scenario)) found = &r->s.model->scenarios[i];
  if (!found) return r->status = RACKTWIN_USAGE;
  listener l = {r, options ? options : &none, false};
  tw_run_options how = {.rtol = l.o->rtol, .every = l.o->every, .ctx = &l, .sample = on_sample, .happening = on_happening};
  tw_run_report report;
  (void)no_solution(r);
  int status = tw_run(r->s.net, r->s.solver, found, r->s.y, &how, &report, &r->s.diagnostics);
  tw_network_drive(r->s.net, NULL, 0.0);
  if (status && !l.stopped) {
    (void)no_solution(r);
    return r->status = (racktwin_result)status;
  }
  r->status = gather(r, report.t_end, &report.steady);
  if (l.stopped) r->status = RACKTWIN_STOPPED;
  return r->status;
}

int racktwin_scenario_count(const racktwin *r) { return r->s.model ? r->s.model->n_scenarios : 0; }

const char *racktwin_scenario_name(const racktwin *r, int i) {
  return i >= 0 && i < racktwin_scenario_count(r) ? r->s.model->scenarios[i].id : NULL;
}

/* ---- results -------------------------------------------------------------------------------------------------------------- */

int racktwin_quantity_count(const racktwin *r) { return r->n_quantities; }

int racktwin_quantity_at(const racktwin *r, int i, racktwin_quantity *out) {
  if (i < 0 || i >= r->n_quantities) return -1;
  const tw_quantity *q = &outputs_of(r->s.net, r->item[i])[r->output[i]];
  *out = (racktwin_quantity){r->path[i], q->unit, q->doc};
  return 0;
}

typedef struct {
  const racktwin *r;
  int found, n;
} search;

static void find(void *ctx, int item, const char *last) {
  search *s = ctx;
  const racktwin *r = s->r;
  int lo = 0, hi = r->n_quantities; /* the items come in order */
  while (lo < hi) {
    int middle = lo + (hi - lo) / 2;
    if (r->item[middle] < item)
      lo = middle + 1;
    else
      hi = middle;
  }
  for (int i = lo; i < r->n_quantities && r->item[i] == item; i++)
    if (!strcmp(outputs_of(r->s.net, item)[r->output[i]].id, last)) s->found = i, s->n++;
}

int racktwin_find(const racktwin *r, const char *path) {
  search s = {r, -1, 0};
  if (r->n_quantities) tw_match(r->s.model, path, find, &s);
  return s.n == 1 ? s.found : -1;
}

double racktwin_value(const racktwin *r, int i) {
  if (!r->observed || i < 0 || i >= r->n_quantities) return NAN;
  const tw_network *net = r->s.net;
  return net->batches[net->item_batch[r->item[i]]].out[r->output[i]][net->item_instance[r->item[i]] * net->lanes];
}

double racktwin_get(const racktwin *r, const char *path) { return racktwin_value(r, racktwin_find(r, path)); }

int racktwin_values(const racktwin *r, double *out, int n) {
  int most = n < r->n_quantities ? n : r->n_quantities;
  for (int i = 0; i < most; i++) out[i] = racktwin_value(r, i);
  return most > 0 ? most : 0;
}

int racktwin_totals(const racktwin *r, racktwin_summary *out) {
  const tw_results *s = r->results;
  if (!s) return -1;
  *out = (racktwin_summary){.grid_power = s->grid_power,
      .grid_reactive = s->grid_reactive,
      .chip_power = s->chip_power,
      .grid_to_chip = s->grid_to_chip,
      .loss = s->loss_total,
      .heat_to_liquid = s->heat_liquid,
      .heat_to_air = s->heat_air,
      .estimate_share = s->estimate_share,
      .energy_imbalance = s->audit.energy,
      .loadability = s->steady.loadability,
      .iterations = s->steady.report.iterations};
  return 0;
}

int racktwin_margin_count(const racktwin *r) { return r->results ? r->results->n_margins : 0; }

int racktwin_margin_at(const racktwin *r, int i, racktwin_margin *out) {
  if (i < 0 || i >= racktwin_margin_count(r)) return -1;
  const tw_margin *m = &r->results->margins[i];
  *out = (racktwin_margin){m->path, m->quantity, m->unit, m->value, m->limit, m->margin, m->sense == TW_AT_MOST, m->source};
  return 0;
}

const char *racktwin_json(racktwin *r) {
  free(r->json);
  r->json = r->results ? tw_results_json(r->results) : NULL;
  return r->json;
}
