/* The parts by which cases differ, and their prices.
 *
 * A part or assembly is the same in all cases where its path, element, part (or assembly) and price are. A changed setting is the
 * same part; only between different files, what has no part also counts by its figures. Of each case the pieces (pieces.h) are
 * taken that differ or hold something that does. The price of a piece that is itself the same everywhere says nothing about
 * what differs inside, so it is not used: the price is then missing, as where none is stated, and is named, never guessed. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "compare.h"
#include "pieces.h"

typedef struct {
  const char *path, *key;
  int item, assembly;
} node; /* item or assembly, -1 the other */

typedef struct {
  node *sorted;
  int n;
  bool *item, *assembly; /* do they differ? */
} marked;

static const char *price_text(tw_arena *a, const tw_part_data *d) {
  double price = tw_part_figure(d, TW_PRICE);
  return isnan(price) ? "" : tw_printf(a, "%.17g %s", price, d->currency);
}

/* The figures that no operator changes. */
static const char *figures_of(tw_arena *a, const tw_item *it) {
  const char *text = "";
  for (int q = 0; it->type->params && it->type->params[q].id; q++)
    if (!(it->type->params[q].flags & TW_P_TIMED)) text = tw_printf(a, "%s %.9g", text, it->values[q].number);
  return text;
}

static const char *key_of(tw_comparison *c, const tw_item *it) {
  const char *what = it->part ? it->part : c->several_files ? figures_of(c->arena, it) : "";
  return tw_printf(c->arena, "%s|%s|%s", it->type->element, what, price_text(c->arena, it->data));
}

static int by_path(const void *a, const void *b) { return strcmp(((const node *)a)->path, ((const node *)b)->path); }

static marked nodes_of(tw_comparison *c, const tw_description *m) {
  marked all = {.n = m->n_items + m->n_assemblies};
  all.sorted = tw_alloc(c->arena, (size_t)all.n, sizeof *all.sorted);
  all.item = tw_alloc(c->arena, (size_t)m->n_items, sizeof *all.item);
  all.assembly = tw_alloc(c->arena, (size_t)m->n_assemblies, sizeof *all.assembly);
  for (int i = 0; i < m->n_items; i++) all.sorted[i] = (node){m->items[i].path, key_of(c, &m->items[i]), i, -1};
  for (int i = 0; i < m->n_assemblies; i++) {
    const tw_assembly *a = &m->assemblies[i];
    all.sorted[m->n_items + i] =
        (node){a->path, tw_printf(c->arena, "assembly|%s|%s", a->id, price_text(c->arena, a->data)), -1, i};
  }
  qsort(all.sorted, (size_t)all.n, sizeof *all.sorted, by_path);
  return all;
}

static bool in_all(const tw_comparison *c, const marked *all, const node *x) {
  for (int k = 0; k < c->n; k++) {
    if (!c->cases[k].results) continue;
    const node *other = bsearch(x, all[k].sorted, (size_t)all[k].n, sizeof *x, by_path);
    if (!other || strcmp(other->key, x->key)) return false;
  }
  return true;
}

static void mark(const tw_comparison *c, marked *all, int k) {
  for (int i = 0; i < all[k].n; i++) {
    const node *x = &all[k].sorted[i];
    bool differs = !in_all(c, all, x);
    if (x->item >= 0)
      all[k].item[x->item] = differs;
    else
      all[k].assembly[x->assembly] = differs;
  }
}

/* ---- rows ------------------------------------------------------------------------------------------------ */

static bool same(const char *a, const char *b) { return !strcmp(a ? a : "", b ? b : ""); }

static tw_part_row *row_at(tw_comparison *c, const tw_part_row *like) {
  for (int i = 0; i < c->n_parts; i++) {
    tw_part_row *p = &c->parts[i];
    if (same(p->id, like->id) && same(p->element, like->element) && same(p->path, like->path) && same(p->lacks, like->lacks) &&
        same(price_text(c->arena, p->data), price_text(c->arena, like->data)))
      return p;
  }
  if (c->n_parts == c->parts_room) {
    int room = c->parts_room ? 2 * c->parts_room : 16;
    tw_part_row *moved = tw_alloc(c->arena, (size_t)room, sizeof *moved);
    if (c->n_parts) memcpy(moved, c->parts, (size_t)c->n_parts * sizeof *moved);
    c->parts = moved;
    c->parts_room = room;
  }
  tw_part_row *p = &c->parts[c->n_parts++];
  *p = *like;
  p->count = tw_alloc(c->arena, (size_t)c->n, sizeof *p->count);
  p->loss = tw_alloc(c->arena, (size_t)c->n, sizeof *p->loss);
  return p;
}

static const char *price_lacks(const tw_comparison *c, const tw_part_data *d) {
  if (isnan(tw_part_figure(d, TW_PRICE))) return "no price";
  if (strcmp(d->currency, c->terms.currency))
    return tw_printf(c->arena, "its price is in %s, not %s", d->currency, c->terms.currency);
  return NULL;
}

static void add_piece(tw_comparison *c, int k, const tw_piece *p, bool itself) {
  tw_part_row like = {.id = p->id, .element = p->element, .path = p->id ? "" : tw_path_group(c->arena, p->path), .data = p->data};
  like.lacks = price_lacks(c, p->data);
  if (!like.lacks && !itself) like.lacks = "its price is that of the whole, which is the same; what is inside differs";
  tw_part_row *row = row_at(c, &like);
  row->count[k] += 1.0;
  for (int i = p->first; i < p->end; i++)
    if (!isnan(c->cases[k].item_loss[i])) row->loss[k] += c->cases[k].item_loss[i];
}

static bool any(const bool *list, int from, int to) {
  for (int i = from; i < to; i++)
    if (list[i]) return true;
  return false;
}

/* Does something differ within the piece, beside the piece itself? */
static bool inside(const tw_description *m, const marked *x, const tw_piece *p, bool assembly) {
  if (any(x->item, p->first + !assembly, p->end)) return true;
  if (!assembly) return false;
  for (int a = 0; a < m->n_assemblies; a++)
    if (x->assembly[a] && m->assemblies[a].first >= p->first && m->assemblies[a].end <= p->end &&
        strcmp(m->assemblies[a].path, p->path))
      return true;
  return false;
}

static bool itself(const tw_description *m, const marked *x, const tw_piece *p, bool assembly) {
  if (!assembly) return x->item[p->first];
  for (int a = 0; a < m->n_assemblies; a++)
    if (!strcmp(m->assemblies[a].path, p->path)) return x->assembly[a];
  return false;
}

/* A composite without a price: where its part differs, or without a part its figures, it is one piece; what it emits does not tell
 * the price. */
static int add_bare_composites(tw_comparison *c, int k, const marked *x, int from, int to) {
  const tw_description *m = c->cases[k].s.model;
  for (int i = from; i < to; i++) {
    int end = i + 1;
    while (end < m->n_items && m->items[end].parent >= i) end++;
    if (end == i + 1 || !x->item[i]) continue;
    add_piece(c, k, &(tw_piece){m->items[i].path, m->items[i].part, m->items[i].type->element, NULL, i, end}, true);
    return end;
  }
  return from;
}

static void compare_case(tw_comparison *c, int k, const marked *x) {
  const tw_description *m = c->cases[k].s.model;
  tw_piece *list;
  int n = tw_pieces(m, TW_PRICE, c->arena, &list), told = 0; /* items before `told` are in a row or the same everywhere */
  c->cases[k].pieces = n;
  for (int i = 0; i < n; i++) {
    const tw_piece *p = &list[i];
    if (!price_lacks(c, p->data)) c->cases[k].priced++, c->cases[k].price += p->data->figure[TW_PRICE].value;
    if (p->first < told) continue;
    int covered = add_bare_composites(c, k, x, told, p->first);
    told = covered > p->first ? covered : p->end;
    if (covered > p->first) continue;
    bool assembly = !strcmp(p->element, "assembly"), own = itself(m, x, p, assembly);
    if (own || inside(m, x, p, assembly)) add_piece(c, k, p, own);
  }
}

static void find_currency(tw_comparison *c) {
  for (int k = 0; k < c->n && !*c->terms.currency; k++) {
    const tw_description *m = c->cases[k].s.model;
    for (int i = 0; i < m->n_items && !*c->terms.currency; i++)
      if (m->items[i].data && !isnan(tw_part_figure(m->items[i].data, TW_PRICE)))
        memcpy(c->terms.currency, m->items[i].data->currency, 4);
    for (int i = 0; i < m->n_assemblies && !*c->terms.currency; i++)
      if (m->assemblies[i].data && !isnan(tw_part_figure(m->assemblies[i].data, TW_PRICE)))
        memcpy(c->terms.currency, m->assemblies[i].data->currency, 4);
  }
}

void tw_compare_parts(tw_comparison *c) {
  marked *all = tw_alloc(c->arena, (size_t)c->n, sizeof *all);
  find_currency(c);
  for (int k = 0; k < c->n; k++)
    if (c->cases[k].results) all[k] = nodes_of(c, c->cases[k].s.model);
  for (int k = 0; k < c->n; k++)
    if (c->cases[k].results) mark(c, all, k);
  for (int k = 0; k < c->n; k++)
    if (c->cases[k].results) compare_case(c, k, &all[k]);
}

const char *tw_part_row_name(const tw_comparison *c, const tw_part_row *p) {
  return p->id ? p->id : tw_printf(c->arena, "<%s> %s", p->element, p->path);
}

const char *tw_missing_prices(const tw_comparison *c, int k) {
  const char *text = NULL;
  for (int i = 0; i < c->n_parts; i++) {
    const tw_part_row *p = &c->parts[i];
    if (!p->lacks || !(p->count[k] > 0.0)) continue;
    text = tw_printf(
        c->arena, "%s%s%g x %s (%s)", text ? text : "", text ? "; " : "", p->count[k], tw_part_row_name(c, p), p->lacks);
  }
  return text;
}
