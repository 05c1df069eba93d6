/* Changing parameters during a run: timed events, sweeps, workloads. */
#include <stdlib.h>
#include <string.h>
#include "network_internal.h"

/* One primitive: 1, or -1 when the new value does not fit its other figures; it then stays as it was. */
static int set_own(tw_network *net, int item, int param, int lane, double value) {
  tw_batch *b = &net->batches[net->item_batch[item]];
  double *p = b->p[param] + net->item_instance[item] * net->lanes;
  int first = lane < 0 ? 0 : lane, last = lane < 0 ? net->lanes - 1 : lane;
  double *was = malloc((size_t)net->lanes * sizeof *was);
  if (!was) abort();
  memcpy(was, p, (size_t)net->lanes * sizeof *was);
  for (int l = first; l <= last; l++) p[l] = value;
  int fits = !tw_batch_derive(net, b, NULL);
  if (!fits) {
    memcpy(p, was, (size_t)net->lanes * sizeof *was);
    tw_batch_derive(net, b, NULL);
  }
  free(was);
  return fits ? 1 : -1;
}

/* What is set by hand is no longer driven by the workload. */
static void stop_driving(tw_network *net, int item, int param) {
  int kept = 0;
  for (int i = 0; i < net->n_driven; i++) {
    const tw_driven *d = &net->driven[i];
    if (d->batch != net->item_batch[item] || d->instance != net->item_instance[item] || d->param != param) net->driven[kept++] = *d;
  }
  net->n_driven = kept;
}

typedef struct { int lane; double t, over, to; } target;
typedef int own_fn(tw_network *net, int item, int param, const target *g); /* of one primitive: 1, or -1 when it does not fit */

/* The parameter of a primitive, or of all that a composite passed it to: their number, or -1. */
static int each_own(tw_network *net, int item, int param, own_fn *each, const target *g) {
  int reached = 0;
  if (net->item_batch[item] >= 0) return each(net, item, param, g);
  for (int k = item + 1; k < net->model->n_items; k++) { /* what a composite emitted comes after it */
    const tw_item *child = &net->model->items[k];
    for (int q = 0; child->type->params && child->type->params[q].id; q++) {
      if (child->values[q].owner != item || child->values[q].owner_param != param) continue;
      int n = each_own(net, k, q, each, g);
      if (n < 0) return -1;
      reached += n;
    }
  }
  return reached;
}

static int set_one(tw_network *net, int item, int param, const target *g) {
  stop_driving(net, item, param);
  return set_own(net, item, param, g->lane, g->to);
}

int tw_network_set(tw_network *net, int item, int param, int lane, double value) {
  return each_own(net, item, param, set_one, &(target){.lane = lane, .to = value});
}

double tw_network_value(const tw_network *net, int item, int param) {
  if (net->item_batch[item] >= 0) return net->batches[net->item_batch[item]].p[param][net->item_instance[item] * net->lanes];
  for (int k = item + 1; k < net->model->n_items; k++)
    for (int q = 0; net->model->items[k].type->params && net->model->items[k].type->params[q].id; q++) {
      const tw_value *v = &net->model->items[k].values[q];
      if (v->owner == item && v->owner_param == param) return tw_network_value(net, k, q);
    }
  return net->model->items[item].values[param].number;
}

/* ---- ramps ---------------------------------------------------------------------------------------------------------------- */

void tw_drive_by(tw_network *net, tw_driven d) {
  if (net->n_driven == net->driven_room) {
    net->driven_room = 2 * net->driven_room + 16;
    tw_driven *grown = tw_alloc(net->arena, (size_t)net->driven_room, sizeof *grown);
    if (net->n_driven) memcpy(grown, net->driven, (size_t)net->n_driven * sizeof *grown);
    net->driven = grown;
  }
  net->driven[net->n_driven++] = d;
  net->driven_at = -1.0;
}

const tw_curve *tw_ramp_curve(tw_arena *arena, const double x[2], const double y[2]) {
  tw_curve *c = tw_alloc(arena, 1, sizeof *c);
  double *numbers = tw_alloc(arena, 6, sizeof *numbers);
  *c = (tw_curve){.rule = TW_CURVE_LINEAR, .beyond = TW_BEYOND_HOLD, .n = 2, .x = numbers, .y = numbers + 2, .slope = numbers + 4};
  memcpy(c->x, x, 2 * sizeof *x);
  memcpy(c->y, y, 2 * sizeof *y);
  tw_curve_prepare(c);
  return c;
}

static int ramp_one(tw_network *net, int item, int param, const target *g) {
  int batch = net->item_batch[item], instance = net->item_instance[item];
  double from = net->batches[batch].p[param][instance * net->lanes];
  stop_driving(net, item, param);
  if (set_own(net, item, param, -1, g->to) < 0 || set_own(net, item, param, -1, from) < 0) return -1;
  const double x[2] = {g->t, g->t + g->over}, y[2] = {from, g->to};
  tw_drive_by(net, (tw_driven){.batch = batch, .instance = instance, .param = param, .ramp_end = x[1], .derives = true,
                               .over_time = tw_ramp_curve(net->arena, x, y)});
  return 1;
}

int tw_network_ramp(tw_network *net, int item, int param, double t, double over, double to) {
  return each_own(net, item, param, ramp_one, &(target){-1, t, over, to});
}

static int end_one(tw_network *net, int item, int param, const target *g) {
  for (int i = 0; i < net->n_driven; i++) {
    const tw_driven *d = &net->driven[i];
    if (d->batch == net->item_batch[item] && d->instance == net->item_instance[item] && d->param == param && d->ramp_end == g->t)
      return set_one(net, item, param, g);
  }
  return 1;
}

void tw_network_ramp_end(tw_network *net, int item, int param, double t, double to) {
  each_own(net, item, param, end_one, &(target){-1, t, 0.0, to});
}

/* ---- workloads ------------------------------------------------------------------------------------------------------------ */

/* The word of an item's enumerated parameter, "" when it has none. */
static const char *enum_word(const tw_description *m, int item, const char *param, char *word, size_t size) {
  const tw_item *it = &m->items[item];
  int q = tw_param_index(it->type, param);
  word[0] = 0;
  if (q < 0 || it->type->params[q].kind != TW_ENUM) return word;
  return tw_choice_word(it->type->params[q].choices, it->values[q].number, word, size);
}

const char *tw_item_kind(const tw_description *m, int item, char *word, size_t size) {
  return enum_word(m, item, "kind", word, size);
}

static const tw_curve *profile_of(const tw_workload *w, const char *kind) {
  const tw_curve *all = NULL;
  for (int i = 0; i < w->n_drives; i++) {
    if (!strcmp(w->drives[i].chip_kind, kind)) return w->drives[i].over_time;
    if (!strcmp(w->drives[i].chip_kind, "all")) all = w->drives[i].over_time;
  }
  return all;
}

/* The word of what an instance follows: a chip by its kind, a load by the kind that it follows; others keep their utilisation. */
static const char *followed(const tw_network *net, int item, char *word, size_t size) {
  if (!*tw_item_kind(net->model, item, word, size)) enum_word(net->model, item, "follows", word, size);
  return strcmp(word, "none") ? word : "";
}

/* Room for each instance with a utilisation, once. */
static void clear_driven(tw_network *net) {
  int n = 0;
  for (int i = 0; i < net->n_batches; i++) n += tw_param_index(net->batches[i].type, "utilisation") < 0 ? 0 : net->batches[i].n;
  net->driven = tw_alloc(net->arena, (size_t)n, sizeof *net->driven);
  net->driven_room = n;
  net->n_driven = 0;
  net->driven_at = -1.0;
}

void tw_network_drive(tw_network *net, const tw_workload *w, double ahead) {
  net->n_driven = 0;
  if (!w) return;
  clear_driven(net);
  for (int i = 0; i < net->n_batches; i++) {
    const tw_batch *b = &net->batches[i];
    int param = tw_param_index(b->type, "utilisation");
    for (int k = 0; param >= 0 && k < b->n; k++) {
      char word[32];
      const char *kind = followed(net, b->item[k], word, sizeof word);
      const tw_curve *c = *kind ? profile_of(w, kind) : NULL;
      if (c) tw_drive_by(net, (tw_driven){i, k, param, .over_time = c, .period = w->period, .repeat = w->repeat,
                                   .ahead = ahead});
    }
  }
}

static bool same_target(const tw_driven *a, const tw_driven *b) {
  return a->batch == b->batch && a->instance == b->instance && a->param == b->param;
}

/* A trace as it drives: the window that holds its rows, and where in its period it is at t = 0. */
typedef struct { const tw_trace *trace; const tw_window *window; double ahead; } played;

static void follow(tw_network *net, const played *p, int item, int param, int value) {
  tw_driven d = {net->item_batch[item], net->item_instance[item], param, .window = p->window, .value = value,
                 .period = p->trace->repeat ? p->trace->end : 0.0, .repeat = p->trace->repeat, .ahead = p->ahead,
                 .derives = strcmp(net->model->items[item].type->params[param].id, "utilisation") != 0};
  int k = 0;
  while (k < net->n_driven && !same_target(&net->driven[k], &d)) k++;
  if (k == net->n_driven) tw_drive_by(net, d);
  else net->driven[k] = d;
}

/* A primitive, or what the figure is passed to by a composite. */
static void follow_down(tw_network *net, const played *p, int item, int param, int value) {
  if (net->item_batch[item] >= 0) {
    follow(net, p, item, param, value);
    return;
  }
  for (int k = item + 1; k < net->model->n_items; k++) {
    const tw_item *child = &net->model->items[k];
    for (int q = 0; child->type->params && child->type->params[q].id; q++)
      if (child->values[q].owner == item && child->values[q].owner_param == param) follow_down(net, p, k, q, value);
  }
}

/* All chips of a kind, and the loads that follow it. */
static void follow_kind(tw_network *net, const played *p, const tw_trace_use *use) {
  for (int i = 0; i < net->model->n_items; i++) {
    char word[32];
    int param = tw_param_index(net->model->items[i].type, "utilisation");
    if (param < 0 || net->item_batch[i] < 0) continue;
    const char *kind = followed(net, i, word, sizeof word);
    if (*kind && (!strcmp(use->kind, "all") || !strcmp(use->kind, kind))) follow(net, p, i, param, use->value);
  }
}

void tw_network_follow(tw_network *net, const tw_trace *t, const tw_window *window, double ahead) {
  const played p = {t, window, ahead};
  for (int u = 0; u < t->n_uses; u++) {
    const tw_trace_use *use = &t->uses[u];
    if (use->kind) follow_kind(net, &p, use);
    else follow_down(net, &p, use->item, use->param, use->value);
  }
}

bool tw_network_row_fits(tw_network *net, const tw_window *window, const double *values, tw_diagnostics *d) {
  bool good = true, touched = false;
  for (int i = 0; i < net->n_driven; i++) {
    const tw_driven *driven = &net->driven[i];
    tw_batch *b = &net->batches[driven->batch];
    bool own = driven->window == window && driven->derives;
    touched |= own;
    for (int l = 0; own && l < net->lanes; l++) b->p[driven->param][driven->instance * net->lanes + l] = values[driven->value];
    if (i + 1 < net->n_driven && net->driven[i + 1].batch == driven->batch) continue;
    if (touched) good = !tw_batch_derive(net, b, d) && good;
    touched = false;
  }
  net->driven_at = -1.0;
  return good;
}
