/* Stages whose losses rest on estimates only, and from what those estimates were made. */
#include <math.h>
#include <string.h>
#include "compare.h"

static void add_source(tw_comparison *c, tw_estimate_row *e, const char *text) {
  for (int i = 0; i < e->n_sources; i++)
    if (!strcmp(e->source[i], text)) return;
  const char **more = tw_alloc(c->arena, (size_t)e->n_sources + 1, sizeof *more);
  if (e->n_sources) memcpy(more, e->source, (size_t)e->n_sources * sizeof *more);
  more[e->n_sources++] = text;
  e->source = more;
}

/* Of the figures given for what loses something in this stage: those of one instance can come from several parts, as the phases of
 * a regulator do. */
static void gather_sources(tw_comparison *c, tw_estimate_row *e) {
  for (int k = 0; k < c->n; k++) {
    const tw_description *m = c->cases[k].s.model;
    for (int i = 0; c->cases[k].results && i < m->n_items; i++) {
      const tw_item *it = &m->items[i];
      if (!(c->cases[k].item_loss[i] > 0.0) || strcmp(tw_stage_name(it->type->stage), e->stage)) continue;
      for (int q = 0; it->type->params[q].id; q++) {
        const tw_value *v = &it->values[q];
        if (v->given && v->quality == TW_ESTIMATE && v->source && *v->source) add_source(c, e, v->source);
      }
    }
  }
}

void tw_compare_estimates(tw_comparison *c) {
  static const char prefix[] = "estimate_share.";
  c->estimates = tw_alloc(c->arena, TW_STAGES, sizeof *c->estimates);
  for (int i = 0; i < c->n_figures; i++) {
    const tw_figure *f = &c->figures[i];
    bool only = true;
    if (f->section != TW_S_ESTIMATE || strncmp(f->quantity, prefix, strlen(prefix))) continue;
    for (int k = 0; k < c->n; k++) only &= isnan(f->value[k]) || f->value[k] > 1.0 - 1e-12;
    if (!only) continue;
    tw_estimate_row *e = &c->estimates[c->n_estimates++];
    e->stage = f->quantity + strlen(prefix);
    const tw_figure *loss = tw_figure_find(c, TW_S_STAGE, tw_printf(c->arena, "ladder.%s.loss", e->stage));
    e->differs = loss && tw_loss_differs(c, loss);
    gather_sources(c, e);
  }
}
