/* What can fail in a rack. */
#include <stdlib.h>
#include <string.h>
#include "fail.h"
#include "output_internal.h"
#include "results.h"

/* s of simulated time after the failure; a coolant loop takes a minute to go round, a cold plate seconds to warm. */
static const double default_duration = 120.0;

/* ---- which ----------------------------------------------------------------------------------------------------------------- */

/* A load that fails takes no other with it: only where --only names its element. */
static bool is_load(const tw_type *t) { return t->stage == TW_STAGE_CHIP || t->stage == TW_STAGE_AUXILIARY; }

static bool named(const char *const *globs, int n, const char *text) {
  for (int i = 0; i < n; i++)
    if (tw_glob(globs[i], text)) return true;
  return !n;
}

static bool wanted(const tw_options *o, const tw_item *item) {
  if (!o->n_only && is_load(item->type)) return false;
  return named(o->only, o->n_only, item->type->element) && named(o->cases, o->n_cases, item->path);
}

/* Whether it can fail: its state in the file is another than the failed one. */
static bool can_fail(const tw_network *net, int item, tw_failure *f) {
  const tw_type *t = net->model->items[item].type;
  int failed = tw_failed_state(t);
  if (failed < 0) return false;
  *f = (tw_failure){item, tw_state_param(t), failed};
  double is = tw_network_value(net, item, f->param);
  return is < f->failed || is > f->failed;
}

static void list_failures(tw_fail *w, const tw_network *net) {
  const tw_description *m = net->model;
  w->list = tw_alloc(w->arena, (size_t)m->n_items, sizeof *w->list);
  w->names = tw_alloc(w->arena, (size_t)m->n_items, sizeof *w->names);
  for (int i = 0; i < m->n_items; i++) {
    tw_failure f;
    const tw_item *item = &m->items[i];
    char word[64];
    if (!wanted(w->o, item) || !can_fail(net, i, &f)) continue;
    tw_choice_word(item->type->params[f.param].choices, f.failed, word, sizeof word);
    w->names[w->n] = (tw_fail_name){tw_strdup(w->arena, item->path), item->type->element, tw_strdup(w->arena, word)};
    w->list[w->n++] = f;
  }
}

/* Chips; in a rack without any, whatever uses power. */
static void choose_loads(tw_fail *w, const tw_network *net) {
  const tw_description *m = net->model;
  bool chips = false;
  for (int i = 0; i < m->n_items; i++) chips |= m->items[i].type->stage == TW_STAGE_CHIP;
  w->loads = tw_alloc(w->arena, (size_t)m->n_items, sizeof *w->loads);
  for (int i = 0; i < m->n_items; i++) {
    const tw_type *t = m->items[i].type;
    w->loads[i] = net->item_batch[i] >= 0 && (chips ? t->stage == TW_STAGE_CHIP : is_load(t));
    w->n_loads += w->loads[i];
  }
}

/* ---- reading --------------------------------------------------------------------------------------------------------------- */

const tw_scenario *tw_fail_scenario(const tw_fail *w, const tw_description *m) {
  for (int i = 0; w->o->scenario && i < m->n_scenarios; i++)
    if (!strcmp(m->scenarios[i].id, w->o->scenario)) return &m->scenarios[i];
  return NULL;
}

static int take(tw_fail *w, const tw_network *net) {
  const tw_description *m = net->model;
  const tw_scenario *s = tw_fail_scenario(w, m);
  w->duration = w->o->duration > 0.0 ? w->o->duration : s ? s->duration : default_duration;
  w->n_items = m->n_items;
  w->title = tw_strdup(w->arena, m->title ? m->title : m->file);
  w->inputs = tw_alloc(w->arena, (size_t)m->n_inputs, sizeof *w->inputs);
  for (int i = 0; i < m->n_inputs; i++) w->inputs[w->n_inputs++] = tw_strdup(w->arena, m->inputs[i]);
  w->before = tw_alloc(w->arena, (size_t)m->n_items, sizeof *w->before);
  w->after = tw_alloc(w->arena, (size_t)m->n_items, sizeof *w->after);
  choose_loads(w, net);
  list_failures(w, net);
  if (w->n) return 0;
  fputs("racktwin: fail: nothing that --case and --only name can fail; `racktwin show FILE` lists the parts, those with a state "
        "that means failure can\n", stderr);
  return TW_EXIT_USAGE;
}

static int read(tw_fail *w) {
  tw_session s;
  int status = tw_fail_read(w, &s);
  if (status == TW_EXIT_SYSTEM) fputs("racktwin: error: the solver could not be set up: out of memory\n", stderr);
  else tw_session_report(&s, w->o, status);
  if (!status) status = take(w, s.net);
  tw_session_close(&s);
  return status;
}

void tw_fail_key(const tw_fail *w, char key[65]) {
  const tw_options *o = w->o;
  tw_arena *a = tw_arena_new();
  const char **words = tw_alloc(a, (size_t)(w->n + o->n_sets + 6), sizeof *words);
  int n = 0;
  for (int i = 0; i < o->n_sets; i++) words[n++] = tw_printf(a, "set %s", o->sets[i]);
  if (o->n_variants) words[n++] = tw_printf(a, "variant %s", o->variants[0]);
  if (o->scenario) words[n++] = tw_printf(a, "scenario %s", o->scenario);
  if (o->method) words[n++] = tw_printf(a, "method %s", o->method);
  words[n++] = tw_printf(a, "rtol %a", o->rtol);
  words[n++] = o->steady_only ? "steady" : tw_printf(a, "duration %a", w->duration);
  for (int i = 0; i < w->n; i++) words[n++] = w->names[i].path;
  tw_study_key(words, n, w->inputs, w->n_inputs, key);
  tw_arena_free(a);
}

/* The rack without a failure must have a steady state, else nothing can be said about it with one. */
static int calculate_intact(tw_fail *w) {
  tw_fail_intact(w);
  tw_fail_judge(w->intact);
  const char *why = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(w->intact, "because"));
  if (!why) return 0;
  fprintf(stderr, "racktwin: error: the rack does not get through without a failure: %s\n", why);
  return TW_EXIT_NO_SOLUTION;
}

int tw_fail_plan(tw_fail *w, const tw_options *o) {
  *w = (tw_fail){.arena = tw_arena_new(), .o = o};
  tw_catalogue_folder(w->catalogue);
  int status = read(w);
  if (!status) {
    tw_fail_key(w, w->key);
    status = calculate_intact(w);
  }
  return status;
}

void tw_fail_free(tw_fail *w) {
  cJSON_Delete(w->intact);
  tw_arena_free(w->arena);
}
