/* Every limit of every instance: those of the types' tables and those of the file. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "results.h"

typedef struct { tw_results *r; const tw_limit_rule *rule; } rule_context;

static double margin_of(double value, double limit, tw_sense sense, const char *unit) {
  double room = sense == TW_AT_MOST ? limit - value : value - limit;
  return !strcmp(unit, "K") ? room : room / fmax(fabs(limit), 1e-300);
}

static void add_margin(tw_results *r, tw_margin m) {
  m.margin = margin_of(m.value, m.limit, m.sense, m.unit);
  if (m.margin < 0.0) r->n_broken++;
  r->margins[r->n_margins++] = m;
}

static void add_rule(void *ctx, int item, const char *quantity) {
  rule_context *c = ctx;
  const tw_network *net = c->r->net;
  if (net->item_batch[item] < 0) return;
  const tw_batch *b = &net->batches[net->item_batch[item]];
  int q = tw_output_index(b->type, quantity);
  if (q < 0) return;
  add_margin(c->r, (tw_margin){.item = item, .path = net->model->items[item].path, .quantity = quantity, .unit = b->type->outputs[q].unit,
                               .source = c->rule->source, .quality = c->rule->quality,
                               .value = b->out[q][net->item_instance[item] * net->lanes], .limit = c->rule->value,
                               .sense = c->rule->sense, .doc = "limit of the file", .where = c->rule->where});
}

static void count_rule(void *ctx, int item, const char *quantity) {
  (void)item, (void)quantity;
  (*(int *)ctx)++;
}

/* Tightest first: broken ones by how far, then by room relative to the limit (temperatures per 100 K). */
static int by_margin(const void *a, const void *b) {
  const tw_margin *x = a, *y = b;
  double mx = !strcmp(x->unit, "K") ? x->margin / 100.0 : x->margin, my = !strcmp(y->unit, "K") ? y->margin / 100.0 : y->margin;
  if (mx != my) return mx < my ? -1 : 1;
  return x->item != y->item ? (x->item < y->item ? -1 : 1) : strcmp(x->quantity, y->quantity);
}

void tw_gather_margins(tw_results *r) {
  const tw_network *net = r->net;
  const tw_description *m = net->model;
  int n = 0;
  for (int i = 0; i < net->n_batches; i++) n += net->batches[i].n * net->batches[i].n_limits;
  for (int i = 0; i < m->n_limits; i++) tw_match(m, m->limits[i].of, count_rule, &n);
  r->margins = tw_alloc(r->arena, (size_t)n, sizeof *r->margins);
  for (int i = 0; i < net->n_batches; i++) {
    const tw_batch *b = &net->batches[i];
    for (int q = 0; q < b->n_limits; q++) {
      const tw_limit *l = &b->type->limits[q];
      int out = tw_output_index(b->type, l->quantity), param = tw_param_index(b->type, l->param);
      for (int k = 0; k < b->n; k++) {
        double limit = b->p[param][k * net->lanes];
        if (isnan(limit)) continue;
        const tw_item *item = &m->items[b->item[k]];
        const tw_value *v = &item->values[param];
        add_margin(r, (tw_margin){.item = b->item[k], .path = item->path, .quantity = l->quantity, .unit = b->type->outputs[out].unit,
                                  .source = v->source ? v->source : item->source, .quality = v->quality ? v->quality : item->quality,
                                  .value = b->out[out][k * net->lanes], .limit = limit, .sense = l->sense, .doc = l->doc,
                                  .where = v->where.file ? v->where : item->where});
      }
    }
  }
  for (int i = 0; i < m->n_limits; i++) tw_match(m, m->limits[i].of, add_rule, &(rule_context){r, &m->limits[i]});
  qsort(r->margins, (size_t)r->n_margins, sizeof *r->margins, by_margin);
}
