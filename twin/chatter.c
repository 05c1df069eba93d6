#include "chatter.h"
#include <stdlib.h>
#include "../racks/diagnostic_codes.h"

enum { MOST = 100 };
static const double window = 0.1; /* s */

struct tw_chatter { int n, *changes; double *since; };

tw_chatter *tw_chatter_new(const tw_network *net) {
  tw_chatter *c = calloc(1, sizeof *c);
  if (!c) abort();
  c->n = tw_network_discrete_count(net);
  c->changes = calloc((size_t)c->n + 1, sizeof *c->changes);
  c->since = calloc((size_t)c->n + 1, sizeof *c->since);
  if (!c->changes || !c->since) abort();
  return c;
}

static void tell(const tw_network *net, const tw_batch *b, int q, int column, double before, double t, double since,
                 tw_diagnostics *d) {
  const tw_item *item = &net->model->items[b->item[column / net->lanes]];
  const tw_discrete *what = &b->type->discrete[q];
  char from[64], to[64];
  const char *x = tw_discrete_word(what, before, from, sizeof from), *y = tw_discrete_word(what, b->z[q][column], to, sizeof to);
  if (t - since > 0.0)
    tw_diagnose(d, TW_ERROR, TW_E_CHATTER, item->where, item->path,
                "at t = %.6g s: its %s went %d times between %s and %s within %.3g s, faster than what it stands for", t, what->id, MOST, x, y, t - since);
  else
    tw_diagnose(d, TW_ERROR, TW_E_CHATTER, item->where, item->path,
                "at t = %.6g s: its %s goes to and fro between %s and %s at one instant: each brings back the other", t, what->id, x, y);
}

int tw_chatter_look(tw_chatter *c, const tw_network *net, const double *before, double t, tw_diagnostics *d) {
  int at = 0;
  for (int i = 0; i < net->n_batches; i++) {
    const tw_batch *b = &net->batches[i];
    for (int q = 0; q < b->type->n_discrete; q++)
      for (int k = 0; k < b->columns; k++, at++) {
        if (b->z[q][k] == before[at]) continue;
        if (!c->changes[at] || t - c->since[at] > window) {
          c->changes[at] = 0;
          c->since[at] = t;
        }
        if (++c->changes[at] < MOST) continue;
        tell(net, b, q, k, before[at], t, c->since[at], d);
        return 1;
      }
  }
  return 0;
}

void tw_chatter_keep(tw_chatter *c, tw_state *s) {
  tw_keep(s, c->changes, (size_t)c->n * sizeof *c->changes);
  tw_keep(s, c->since, (size_t)c->n * sizeof *c->since);
}

void tw_chatter_free(tw_chatter *c) {
  if (!c) return;
  free(c->changes);
  free(c->since);
  free(c);
}
