#include "columns.h"
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "output_internal.h"

/* ---- lists ---------------------------------------------------------------------------------------------------------------- */

static void *grown(void *list, int n, size_t size) {
  if (n & (n - 1)) return list; /* room is the next power of two */
  void *p = realloc(list, (n ? 2 * (size_t)n : 1) * size);
  if (!p) abort();
  return p;
}

static tw_column *add_column(tw_columns *c, const char *name, const char *si, bool hottest) {
  c->list = grown(c->list, c->n, sizeof *c->list);
  tw_column *k = &c->list[c->n++];
  *k = (tw_column){tw_strdup(c->arena, name), tw_output_unit(si), {0.0, 1.0, 1.0, 0.0}, hottest, c->n_members, 0};
  if (strcmp(k->unit, si)) tw_conversion_find(si, k->unit, &k->conversion, NULL, 0);
  return k;
}

/* To the last column. */
static void add_member(tw_columns *c, int batch, int output, int column) {
  c->members = grown(c->members, c->n_members, sizeof *c->members);
  c->members[c->n_members++] = (tw_member){batch, output, column};
  c->list[c->n - 1].n++;
}

/* ---- quantities of parts -------------------------------------------------------------------------------------------------- */

static bool of_grid(const tw_type *type, const tw_quantity *q) {
  (void)q;
  return type->stage == TW_STAGE_GRID;
}

static bool in_detail(const tw_type *type, const tw_quantity *q) {
  return of_grid(type, q) || q->role == TW_Q_TEMPERATURE || q->role == TW_Q_LOAD;
}

static bool selected(const tw_options *o, const char *name) {
  for (int i = 0; i < o->n_selects; i++)
    if (tw_glob(o->selects[i], name)) return true;
  return false;
}

/* Those that `wanted` takes, or without it those that --select names. */
static void add_quantities(tw_columns *c, const tw_network *net, const tw_options *o, bool (*wanted)(const tw_type *, const tw_quantity *)) {
  for (int i = 0; i < net->model->n_items; i++) {
    if (net->item_batch[i] < 0) continue;
    const tw_batch *b = &net->batches[net->item_batch[i]];
    for (int q = 0; q < b->n_outputs; q++) {
      char name[1024];
      snprintf(name, sizeof name, "%s.%s", net->model->items[i].path, b->type->outputs[q].id);
      if (wanted ? !wanted(b->type, &b->type->outputs[q]) : !selected(o, name)) continue;
      add_column(c, name, b->type->outputs[q].unit, false);
      add_member(c, net->item_batch[i], q, net->item_instance[i] * net->lanes);
    }
  }
}

/* ---- figures of many parts ------------------------------------------------------------------------------------------------ */

/* role: of the outputs. Of these the chips of a kind, or else what stands in a stage, or else one element. */
typedef struct { tw_role role; const char *kind, *element; tw_stage stage; } group;

static bool belongs(const tw_network *net, const tw_batch *b, int instance, const group *g) {
  char word[32];
  if (g->kind) return !strcmp(tw_item_kind(net->model, b->item[instance], word, sizeof word), g->kind);
  return g->element ? !strcmp(b->type->element, g->element) : b->type->stage == g->stage;
}

/* Adds the figure if there is anything in it, and its name is wanted. */
static void add_figure(tw_columns *c, const tw_network *net, const tw_options *o, const char *name, const group *g) {
  bool begun = false;
  if (o->n_selects && !selected(o, name)) return;
  for (int i = 0; i < net->n_batches; i++) {
    const tw_batch *b = &net->batches[i];
    for (int q = 0; q < b->n_outputs; q++)
      for (int k = 0; k < b->n && b->type->outputs[q].role == g->role; k++) {
        if (!belongs(net, b, k, g)) continue;
        if (!begun) add_column(c, name, b->type->outputs[q].unit, g->role == TW_Q_TEMPERATURE);
        begun = true;
        add_member(c, i, q, k * net->lanes);
      }
  }
}

static void figure_name(char *buf, size_t size, const char *what, const char *of) {
  snprintf(buf, size, "%s_%s", what, of);
  for (char *s = buf; *s; s++)
    if (*s == ' ') *s = '_';
}

/* Kinds that have a chip, each once. */
static void add_kinds(tw_columns *c, const tw_network *net, const tw_options *o, tw_role role, const char *what) {
  char word[32], name[80], done[1024] = "|";
  for (int i = 0; i < net->model->n_items; i++) {
    char mark[40];
    if (net->item_batch[i] < 0 || !*tw_item_kind(net->model, i, word, sizeof word)) continue;
    snprintf(mark, sizeof mark, "|%s|", word);
    if (strstr(done, mark) || strlen(done) + strlen(word) + 2 > sizeof done) continue;
    strcat(strcat(done, word), "|");
    figure_name(name, sizeof name, what, word);
    add_figure(c, net, o, name, &(group){.role = role, .kind = word});
  }
}

static void add_stages(tw_columns *c, const tw_network *net, const tw_options *o, tw_role role, const char *what) {
  for (tw_stage s = TW_STAGE_NONE; s < TW_STAGES; s++) {
    char name[80];
    figure_name(name, sizeof name, what, s == TW_STAGE_NONE ? "other" : tw_stage_name(s));
    add_figure(c, net, o, name, &(group){.role = role, .stage = s});
  }
}

/* most: of columns, 0 for all. */
static void add_elements(tw_columns *c, const tw_network *net, const tw_options *o, int most) {
  for (int i = 0; i < net->n_batches && (!most || c->n < most); i++) {
    char name[80];
    bool first = true;
    for (int k = 0; k < i; k++) first &= net->batches[k].type != net->batches[i].type;
    figure_name(name, sizeof name, "hottest", net->batches[i].type->element);
    if (first) add_figure(c, net, o, name, &(group){.role = TW_Q_TEMPERATURE, .element = net->batches[i].type->element});
  }
}

static void add_figures(tw_columns *c, const tw_network *net, const tw_options *o, int most) {
  add_kinds(c, net, o, TW_Q_LOAD, "power");
  add_stages(c, net, o, TW_Q_LOSS, "loss");
  add_stages(c, net, o, TW_Q_LOAD, "load");
  add_kinds(c, net, o, TW_Q_TEMPERATURE, "hottest");
  add_elements(c, net, o, most);
}

/* ---- all ------------------------------------------------------------------------------------------------------------------ */

static void clear(tw_columns *c) { c->n = c->n_members = 0; }

tw_columns *tw_columns_new(const tw_network *net, const tw_options *o) {
  tw_columns *c = calloc(1, sizeof *c);
  if (!c) abort();
  c->arena = tw_arena_new();
  add_quantities(c, net, o, o->n_selects ? NULL : in_detail);
  if (o->n_selects) {
    add_figures(c, net, o, 0);
  } else if (c->n > TW_FEW_COLUMNS) {
    clear(c);
    add_quantities(c, net, o, of_grid);
    add_figures(c, net, o, TW_FEW_COLUMNS);
  }
  if (c->n) return c;
  tw_columns_free(c);
  return NULL;
}

double tw_column_value(const tw_columns *c, int k, const tw_network *net) {
  const tw_column *col = &c->list[k];
  double value = col->hottest ? NAN : 0.0; /* NaN gives way to any number in fmax */
  for (int i = 0; i < col->n; i++) {
    const tw_member *m = &c->members[col->first + i];
    double v = net->batches[m->batch].out[m->output][m->column];
    value = col->hottest ? fmax(value, v) : value + v;
  }
  return tw_conversion_apply(&col->conversion, value);
}

void tw_columns_free(tw_columns *c) {
  if (!c) return;
  tw_arena_free(c->arena);
  free(c->list);
  free(c->members);
  free(c);
}
