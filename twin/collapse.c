#include "collapse.h"
#include <math.h>
#include <stdlib.h>

static const double lasting = 1.0; /* s: longer than capacitors take to empty themselves through a load */

typedef struct { int item; const double *margin; double since; bool told; } supply;
struct tw_collapse { int n; supply *list; };

tw_collapse *tw_collapse_new(const tw_network *net) {
  tw_collapse *c = calloc(1, sizeof *c);
  if (!c) abort();
  for (int pass = 0; pass < 2; pass++) {
    c->n = 0;
    for (int i = 0; i < net->n_batches; i++) {
      const tw_batch *b = &net->batches[i];
      int q = tw_output_index(b->type, "v_margin");
      for (int k = 0; q >= 0 && k < b->n; k++, c->n++)
        if (pass) c->list[c->n] = (supply){b->item[k], &b->out[q][k * net->lanes], NAN, false};
    }
    if (!pass && !(c->list = calloc((size_t)c->n + 1, sizeof *c->list))) abort();
  }
  return c;
}

int tw_collapse_look(tw_collapse *c, double t, double *since) {
  int found = -1;
  for (int i = 0; i < c->n; i++) {
    supply *s = &c->list[i];
    if (!(*s->margin < 0.0)) s->since = NAN;
    else if (isnan(s->since)) s->since = t;
    else if (found < 0 && !s->told && t - s->since >= lasting) {
      found = s->item;
      *since = s->since;
      s->told = true;
    }
  }
  return found;
}

void tw_collapse_keep(tw_collapse *c, tw_state *s) {
  for (int i = 0; i < c->n; i++) {
    TW_KEEP(s, c->list[i].since);
    TW_KEEP(s, c->list[i].told);
  }
}

void tw_collapse_free(tw_collapse *c) {
  if (!c) return;
  free(c->list);
  free(c);
}
