/* One medium per fluid net: the streams of components are followed from what declares a medium to everything it reaches. */
#include <string.h>
#include "../racks/diagnostic_codes.h"
#include "network_internal.h"

static const tw_port *port_of(const tw_network *net, const ends *e, int end) {
  return &net->model->items[e->item[end]].type->ports[end - e->first[e->item[end]]];
}

/* Ends that share a medium: joined at a node, or ports of one item with the same stream number. */
static int *stream_groups(tw_network *net, const ends *e) {
  int *parent = tw_alloc(net->arena, (size_t)e->n, sizeof(int));
  memcpy(parent, e->parent, (size_t)e->n * sizeof(int));
  for (int i = 0; i < e->n; i++) {
    if (port_of(net, e, i)->kind != TW_FLUID) continue;
    for (int j = i + 1; j < e->n && e->item[j] == e->item[i]; j++)
      if (port_of(net, e, j)->kind == TW_FLUID && port_of(net, e, j)->stream == port_of(net, e, i)->stream)
        tw_unite(parent, i, j);
  }
  return parent;
}

static const tw_medium *medium_named(tw_network *net, const char *name) {
  for (int i = 0; i < net->model->n_media; i++)
    if (!strcmp(net->model->media[i]->id, name)) return net->model->media[i];
  tw_medium *m = tw_alloc(net->arena, 1, sizeof *m);
  return tw_medium_builtin(name, -1.0, m) ? NULL : m;
}

typedef struct { const tw_medium *medium; const char *name; const tw_item *by; } declared;

static void declare(tw_network *net, int *parent, const ends *e, declared *of, int item, int param, tw_diagnostics *d) {
  const tw_item *it = &net->model->items[item];
  const char *name = it->values[param].text;
  tw_where where = it->values[param].where.file ? it->values[param].where : it->where;
  const tw_batch *b = &net->batches[net->item_batch[item]];
  for (int q = 0; q < b->n_ports; q++) {
    if (b->type->ports[q].kind != TW_FLUID) continue;
    declared *g = &of[tw_root(parent, e->first[item] + q)];
    if (g->name && strcmp(g->name, name)) {
      tw_diagnose(d, TW_ERROR, TW_E_MEDIUM_MIXED, where, it->path, "medium \"%s\" meets \"%s\" of %s in one fluid net", name, g->name,
                  g->by->path);
      return;
    }
    if (g->name) continue;
    *g = (declared){medium_named(net, name), name, it};
    if (!g->medium) tw_diagnose(d, TW_ERROR, TW_E_MEDIUM, where, it->path,
                                "there is no medium \"%s\"; known are water, air, pgNN (propylene glycol, NN percent by volume), "
                                "mpgNN (by mass) and the media of this file", name);
  }
}

void tw_resolve_media(tw_network *net, const ends *e, tw_diagnostics *d) {
  int *parent = stream_groups(net, e), before = d->errors;
  declared *of = tw_alloc(net->arena, (size_t)e->n, sizeof *of);
  for (int i = 0; i < net->model->n_items; i++) {
    if (net->item_batch[i] < 0) continue;
    const tw_batch *b = &net->batches[net->item_batch[i]];
    for (int q = 0; q < b->n_params; q++)
      if (b->type->params[q].kind == TW_MEDIUM && net->model->items[i].values[q].text) declare(net, parent, e, of, i, q, d);
  }
  for (int i = 0; i < e->n; i++) {
    if (port_of(net, e, i)->kind != TW_FLUID) continue;
    declared *g = &of[tw_root(parent, i)];
    const tw_item *item = &net->model->items[e->item[i]];
    if (!g->name && d->errors == before) {
      tw_diagnose(d, TW_ERROR, TW_E_MEDIUM_MISSING, item->where, item->path,
                  "nothing in its fluid net names a medium; give medium=\"water\", \"pg25\" or another on one of its parts");
      g->name = "";
    }
    net->nodes[e->node[i]].medium = g->medium;
    tw_batch *b = &net->batches[net->item_batch[e->item[i]]];
    for (int l = 0; l < net->lanes; l++)
      b->m[i - e->first[e->item[i]]][net->item_instance[e->item[i]] * net->lanes + l] = g->medium;
  }
}
