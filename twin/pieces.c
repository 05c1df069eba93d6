#include "pieces.h"
#include <math.h>
#include "results.h"

/* What a composite emits comes right after it. */
static int end_of(const tw_description *m, int item) {
  int k = item + 1;
  while (k < m->n_items && m->items[k].parent >= item) k++;
  return k;
}

static bool stated(const tw_part_data *d, tw_part_figure_id which) { return !isnan(tw_part_figure(d, which)); }

int tw_pieces(const tw_description *m, tw_part_figure_id which, tw_arena *arena, tw_piece **list) {
  tw_piece *p = *list = tw_alloc(arena, (size_t)m->n_items, sizeof *p);
  int n = 0, a = 0;
  for (int i = 0; i < m->n_items;) {
    const tw_assembly *whole = NULL;
    while (a < m->n_assemblies && m->assemblies[a].first <= i) {
      const tw_assembly *u = &m->assemblies[a++];
      if (!whole && u->first == i && u->end > i && stated(u->data, which)) whole = u;
    }
    const tw_item *it = &m->items[i];
    int end = end_of(m, i);
    if (whole) {
      p[n++] = (tw_piece){whole->path, whole->id, "assembly", whole->data, i, whole->end};
      i = whole->end;
    } else if (stated(it->data, which)) {
      p[n++] = (tw_piece){it->path, it->part, it->type->element, it->data, i, end};
      i = end;
    } else {
      if (end == i + 1) p[n++] = (tw_piece){it->path, it->part, it->type->element, NULL, i, end};
      i++;
    }
  }
  return n;
}

double tw_cabinet_mass(const tw_description *m, tw_arena *arena) {
  tw_piece *list;
  int n = tw_pieces(m, TW_MASS, arena, &list), inside = 0;
  double sum = 0.0;
  for (int i = 0; i < n; i++) {
    if (!tw_in_cabinet(m, list[i].first)) continue;
    inside++;
    sum += tw_part_figure(list[i].data, TW_MASS); /* NaN where it is not stated */
  }
  return inside && !isnan(sum) ? sum : m->rack_mass;
}
