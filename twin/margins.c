/* Every limit of every instance: those of the types' tables and those of the file. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "results.h"

/* ---- which limits there are ------------------------------------------------------------------------------------------ */

typedef struct { const tw_network *net; const tw_limit_rule *rule; tw_watched *list; int n; } collector;

static void add_rule(void *ctx, int item, const char *quantity) {
  collector *c = ctx;
  const tw_network *net = c->net;
  if (net->item_batch[item] < 0) return;
  const tw_batch *b = &net->batches[net->item_batch[item]];
  int q = tw_output_index(b->type, quantity);
  if (q < 0) return;
  tw_margin m = {.item = item, .path = net->model->items[item].path, .quantity = quantity, .unit = b->type->outputs[q].unit,
                 .source = c->rule->source, .quality = c->rule->quality, .sense = c->rule->sense, .doc = "limit of the file",
                 .where = c->rule->where, .t = NAN, .t_broken = NAN};
  c->list[c->n++] = (tw_watched){m, &b->out[q][net->item_instance[item] * net->lanes], &c->rule->value};
}

static void count_rule(void *ctx, int item, const char *quantity) {
  (void)item, (void)quantity;
  (*(int *)ctx)++;
}

static void add_table(collector *c, const tw_batch *b, const tw_limit *l) {
  int out = tw_output_index(b->type, l->quantity), param = tw_param_index(b->type, l->param);
  for (int k = 0; k < b->n; k++) {
    const double *limit = &b->p[param][k * c->net->lanes];
    if (isnan(*limit)) continue;
    const tw_item *item = &c->net->model->items[b->item[k]];
    const tw_value *v = &item->values[param];
    tw_margin m = {.item = b->item[k], .path = item->path, .quantity = l->quantity, .unit = b->type->outputs[out].unit,
                   .source = v->source ? v->source : item->source, .quality = v->quality ? v->quality : item->quality,
                   .sense = l->sense, .doc = l->doc, .where = v->where.file ? v->where : item->where, .t = NAN, .t_broken = NAN};
    c->list[c->n++] = (tw_watched){m, &b->out[out][k * c->net->lanes], limit};
  }
}

int tw_limits(const tw_network *net, tw_arena *arena, tw_watched **list) {
  const tw_description *m = net->model;
  int most = 0;
  for (int i = 0; i < net->n_batches; i++) most += net->batches[i].n * net->batches[i].n_limits;
  for (int i = 0; i < m->n_limits; i++) tw_match(m, m->limits[i].of, count_rule, &most);
  collector c = {.net = net, .list = tw_alloc(arena, (size_t)most, sizeof *c.list)};
  for (int i = 0; i < net->n_batches; i++)
    for (int q = 0; q < net->batches[i].n_limits; q++) add_table(&c, &net->batches[i], &net->batches[i].type->limits[q]);
  for (int i = 0; i < m->n_limits; i++) {
    c.rule = &m->limits[i];
    tw_match(m, m->limits[i].of, add_rule, &c);
  }
  *list = c.list;
  return c.n;
}

/* ---- how far they are ------------------------------------------------------------------------------------------------ */

double tw_margin_now(const tw_watched *w) {
  double room = w->margin.sense == TW_AT_MOST ? *w->limit - *w->value : *w->value - *w->limit;
  return !strcmp(w->margin.unit, "K") ? room : room / fmax(fabs(*w->limit), 1e-300);
}

/* Tightest first: broken ones by how far, then by room relative to the limit (temperatures per 100 K). */
static int by_margin(const void *a, const void *b) {
  const tw_margin *x = a, *y = b;
  double mx = !strcmp(x->unit, "K") ? x->margin / 100.0 : x->margin, my = !strcmp(y->unit, "K") ? y->margin / 100.0 : y->margin;
  if (mx != my) return mx < my ? -1 : 1;
  return x->item != y->item ? (x->item < y->item ? -1 : 1) : strcmp(x->quantity, y->quantity);
}

int tw_margins_sort(tw_margin *list, int n) {
  int broken = 0;
  for (int i = 0; i < n; i++) broken += list[i].margin < 0.0;
  qsort(list, (size_t)n, sizeof *list, by_margin);
  return broken;
}

/* A part that has tripped takes nothing, is cool and far from every limit: the trip itself is the finding. */
static void add_trips(tw_results *r) {
  const tw_network *net = r->net;
  for (int i = 0; i < net->model->n_items; i++) {
    char word[64];
    const tw_item *item = &net->model->items[i];
    if (net->item_batch[i] < 0 || strcmp(tw_item_state(net, i, word, sizeof word), "tripped")) continue;
    r->margins[r->n_margins++] = (tw_margin){.item = i, .path = item->path, .quantity = "tripped", .unit = "1", .source = item->source,
        .quality = item->quality, .value = 1.0, .limit = 0.0, .sense = TW_AT_MOST, .margin = -1.0,
        .doc = "tripped in the steady state: it takes nothing until it is repaired", .where = item->where, .t = NAN, .t_broken = NAN};
  }
}

void tw_gather_margins(tw_results *r) {
  tw_watched *list;
  int n = tw_limits(r->net, r->arena, &list);
  r->margins = tw_alloc(r->arena, (size_t)n + (size_t)r->net->model->n_items, sizeof *r->margins);
  for (int i = 0; i < n; i++) {
    tw_margin *m = &r->margins[r->n_margins];
    *m = list[i].margin;
    m->value = *list[i].value, m->limit = *list[i].limit, m->margin = tw_margin_now(&list[i]);
    if (!isnan(m->margin)) r->n_margins++; /* a quantity that does not exist in this state has no margin */
  }
  add_trips(r);
  r->n_broken = tw_margins_sort(r->margins, r->n_margins);
}
