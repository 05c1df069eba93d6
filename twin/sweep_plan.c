/* What a sweep will do: its axes, columns and inputs, found by reading as many of its cases as it takes. */
#include <stdlib.h>
#include <string.h>
#include "output_internal.h"
#include "sweep.h"

int tw_sweep_value(const tw_sweep *w, int number, int axis) {
  for (int i = w->n_axes - 1; i > axis; i--) number /= w->axes[i].n;
  return number % w->axes[axis].n;
}

int tw_sweep_read(const tw_sweep *w, int number, tw_session *s, bool with_solver) {
  const tw_options *o = w->o;
  tw_arena *a = tw_arena_new();
  const char **sets = tw_alloc(a, (size_t)(o->n_sets + w->n_axes), sizeof *sets);
  tw_read_options how = {.scenario = o->scenario, .sets = sets, .n_sets = o->n_sets, .catalogue = w->catalogue};
  if (o->n_variants) how.variant = o->variants[0];
  for (int i = 0; i < o->n_sets; i++) sets[i] = o->sets[i];
  for (int i = 0; i < w->n_axes; i++) {
    const tw_axis *x = &w->axes[i];
    const char *text = x->text[tw_sweep_value(w, number, i)];
    if (x->variant) how.variant = text;
    else sets[how.n_sets++] = tw_printf(a, "%s=%s", x->path, text);
  }
  int status = tw_session_read(s, o->words[0], &how, with_solver);
  tw_arena_free(a);
  return status;
}

/* ---- looking ahead ------------------------------------------------------------------------------------------------------ */

static void add_inputs(tw_sweep *w, const tw_description *m) {
  for (int i = 0; i < m->n_inputs; i++) {
    bool known = false;
    for (int k = 0; k < w->n_inputs && !known; k++) known = !strcmp(w->inputs[k], m->inputs[i]);
    if (known) continue;
    if (w->n_inputs == w->inputs_room) {
      const char **wider = tw_alloc(w->arena, (size_t)(w->inputs_room = 2 * w->inputs_room + 16), sizeof *wider);
      for (int k = 0; k < w->n_inputs; k++) wider[k] = w->inputs[k];
      w->inputs = wider;
    }
    w->inputs[w->n_inputs++] = tw_strdup(w->arena, m->inputs[i]);
  }
}

/* alone: a mistake is that of a single value and ends the sweep; else of values that do not go together, which the row tells. */
static int look(tw_sweep *w, int number, bool alone) {
  tw_session s;
  int status = tw_sweep_read(w, number, &s, false);
  if (!status) {
    add_inputs(w, s.model);
    tw_sweep_columns_of(w, &s);
    if (!number) tw_session_report(&s, w->o, TW_EXIT_OK); /* warnings, once */
  } else if (alone) {
    tw_session_report(&s, w->o, status);
  } else {
    status = 0;
  }
  tw_session_close(&s);
  return status;
}

typedef struct { const tw_description *model; bool found, plain; } figure;

static void look_at(void *ctx, int item, const char *last) {
  figure *f = ctx;
  const tw_type *t = f->model->items[item].type;
  int k = tw_param_index(t, last);
  if (k < 0) return;
  f->found = true;
  f->plain &= (t->params[k].kind == TW_NUMBER || t->params[k].kind == TW_ENUM) && !(t->params[k].flags & TW_P_STRUCTURAL);
}

/* May the axis change which parts there are? Then every value of it is looked at, together with those of the others like it. */
static bool decides_structure(const tw_description *m, const tw_axis *x) {
  figure f = {m, false, true};
  if (!x->variant) tw_match(m, x->path, look_at, &f);
  return !f.found || !f.plain;
}

static int look_ahead(tw_sweep *w) {
  bool *structural = tw_alloc(w->arena, (size_t)w->n_axes, sizeof *structural);
  int status = look(w, 0, true);
  if (status) return status;
  tw_session first;
  status = tw_sweep_read(w, 0, &first, false);
  for (int i = 0; i < w->n_axes && !status; i++) structural[i] = decides_structure(first.model, &w->axes[i]);
  tw_session_close(&first);
  for (int number = 1; number < w->cases && !status; number++) {
    int moved = 0;
    bool wanted = true, end = false;
    for (int i = 0; i < w->n_axes; i++) {
      int value = tw_sweep_value(w, number, i);
      if (!value) continue;
      moved++;
      if (structural[i]) continue;
      if (w->axes[i].range && value + 1 < w->axes[i].n) wanted = false; /* between the ends */
      end = true;
    }
    if (wanted && (!end || moved == 1)) status = look(w, number, moved == 1);
  }
  return status;
}

/* ---- what it all depends on ------------------------------------------------------------------------------------------------ */

void tw_sweep_key(const tw_sweep *w, char key[65]) {
  const tw_options *o = w->o;
  tw_arena *a = tw_arena_new();
  const char **words = tw_alloc(a, (size_t)(w->n_axes + o->n_sets + o->n_selects + 2), sizeof *words);
  int n = 0;
  for (int i = 0; i < w->n_axes; i++) words[n++] = tw_printf(a, "axis %s", o->axes[i]);
  for (int i = 0; i < o->n_sets; i++) words[n++] = tw_printf(a, "set %s", o->sets[i]);
  for (int i = 0; i < o->n_selects; i++) words[n++] = tw_printf(a, "select %s", o->selects[i]);
  if (o->n_variants) words[n++] = tw_printf(a, "variant %s", o->variants[0]);
  if (o->scenario) words[n++] = tw_printf(a, "scenario %s", o->scenario);
  tw_study_key(words, n, w->inputs, w->n_inputs, key);
  tw_arena_free(a);
}

static int read_shard(tw_sweep *w, const char *text) {
  int i = 0, n = 0, used = 0;
  w->shards = 1;
  if (!text) return 0;
  if (sscanf(text, "%d/%d%n", &i, &n, &used) == 2 && !text[used] && i >= 1 && i <= n) {
    w->shard = i - 1;
    w->shards = n;
    return 0;
  }
  fprintf(stderr, "racktwin: sweep: --shard is i/n with i from 1 to n, such as 2/8, not \"%s\"\n", text);
  return TW_EXIT_USAGE;
}

int tw_sweep_plan(tw_sweep *w, const tw_options *o) {
  *w = (tw_sweep){.arena = tw_arena_new(), .o = o};
  tw_catalogue_folder(w->catalogue);
  int status = read_shard(w, o->shard);
  if (status) return status;
  w->n_axes = tw_axes_parse(w->arena, o, &w->axes, &w->cases);
  if (w->n_axes < 0) return TW_EXIT_USAGE;
  status = look_ahead(w);
  if (status) return status;
  if (o->n_selects && !w->n_columns) {
    fputs("racktwin: --select matches no quantity; a name is path.quantity, for example 'tray[*].gpu[*].T_junction'\n", stderr);
    return TW_EXIT_USAGE;
  }
  tw_sweep_key(w, w->key);
  return 0;
}
