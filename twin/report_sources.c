/* Where the figures come from: each parameter that the file or a part gives, once for all instances that share it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "report.h"

static const tw_column columns[] = {{"part of the model", 0}, {"instances", 1}, {"element", 0}, {"catalogue part", 0},
    {"figure", 0}, {"value", 0}, {"quality", 0}, {"source", 0}, {"file and line", 0}};

typedef struct {
  const char *group; /* path without indices */
  const tw_item *item;
  const tw_param *param;
  const tw_value *v;
  const char *source, *text;
  tw_quality quality;
  int order, count;
} figure;

static int compare_text(const char *a, const char *b) { return strcmp(a ? a : "", b ? b : ""); }

static int same(const figure *a, const figure *b) {
  int c = strcmp(a->group, b->group);
  if (!c) c = strcmp(a->param->id, b->param->id);
  if (!c) c = strcmp(a->text, b->text);
  if (!c) c = compare_text(a->source, b->source);
  if (!c) c = (int)a->quality - (int)b->quality;
  if (!c) c = compare_text(a->item->part, b->item->part);
  return c;
}

static int by_text(const void *a, const void *b) {
  int c = same(a, b);
  return c ? c : ((const figure *)a)->order - ((const figure *)b)->order;
}

static int by_order(const void *a, const void *b) { return ((const figure *)a)->order - ((const figure *)b)->order; }

/* Given figures with source and quality; what a composite passes on is told at the composite. */
static figure *gather(const tw_dossier *d, int *n) {
  const tw_description *m = d->s.model;
  int most = 0;
  for (int i = 0; i < m->n_items; i++)
    for (const tw_param *p = m->items[i].type->params; p && p->id; p++) most++;
  figure *list = tw_alloc(d->arena, (size_t)most + 1, sizeof *list);
  *n = 0;
  for (int i = 0; i < m->n_items; i++) {
    const tw_item *item = &m->items[i];
    const char *group = tw_path_group(d->arena, item->path);
    for (int q = 0; item->type->params && item->type->params[q].id; q++) {
      const tw_value *v = &item->values[q];
      if (!v->given || v->owner >= 0) continue;
      char text[96];
      tw_value_text(&item->type->params[q], v, text, sizeof text);
      list[*n] = (figure){group, item, &item->type->params[q], v, v->source ? v->source : item->source, tw_strdup(d->arena, text),
          v->quality ? v->quality : item->quality, *n, 1};
      (*n)++;
    }
  }
  return list;
}

/* Alike ones as one, in the order of the model. */
static int merge(figure *list, int n) {
  int kept = 0;
  qsort(list, (size_t)n, sizeof *list, by_text);
  for (int i = 0; i < n; i++)
    if (kept && !same(&list[kept - 1], &list[i]))
      list[kept - 1].count++;
    else
      list[kept++] = list[i];
  qsort(list, (size_t)kept, sizeof *list, by_order);
  return kept;
}

tw_rows *tw_sources(const tw_dossier *d, int *estimates, int *unstated) {
  int n;
  figure *list = gather(d, &n);
  n = merge(list, n);
  tw_rows *t = tw_rows_new(d->arena, columns, TW_COUNT(columns));
  *estimates = *unstated = 0;
  for (int i = 0; i < n; i++) {
    const figure *f = &list[i];
    *estimates += f->quality == TW_ESTIMATE;
    *unstated += f->quality == TW_QUALITY_NONE;
    tw_cell *row = tw_rows_add(t, false);
    row[0].text = f->group;
    row[1] = tw_cell_of(d->arena, "%g", f->count);
    row[2].text = f->item->type->element;
    row[3].text = f->item->part;
    row[4].text = f->param->id;
    row[5] = (tw_cell){f->text, f->v->number};
    row[6].text = tw_quality_name(f->quality);
    row[7].text = f->source;
    row[8].text = f->v->where.file ? tw_printf(d->arena, "%s:%d", f->v->where.file, f->v->where.line) : "";
  }
  return t;
}

void tw_report_sources(FILE *out, tw_dossier *d) {
  int estimates, unstated;
  tw_rows *t = tw_sources(d, &estimates, &unstated);
  tw_document_section(out, "sources", "Where the figures come from");
  tw_document_note(
      out, tw_printf(d->arena,
               "%d figures that the file and its parts give: %d are estimates, %d state no quality. %.2f %% of the electric "
               "losses arise in "
               "parts whose figures are estimates or unstated. Parameters that nobody gives have the default of their element "
               "(racktwin doc ELEMENT) and are not listed.",
               t->n, estimates, unstated, 100.0 * d->r->estimate_share));
  if (t->n)
    tw_rows_page(
        out, t, "provenance", tw_printf(d->arena, "Sources: %d figures, %d of them estimates", t->n, estimates), "sources.csv");
}
