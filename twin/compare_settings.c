/* The settings by which cases differ: parameters of what is the same part, or of no part, in both. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "compare.h"

typedef struct {
  const char *path;
  int item;
} place;

static int by_path(const void *a, const void *b) { return strcmp(((const place *)a)->path, ((const place *)b)->path); }

static place *sorted(const tw_comparison *c, const tw_description *m) {
  place *list = tw_alloc(c->arena, (size_t)m->n_items, sizeof *list);
  for (int i = 0; i < m->n_items; i++) list[i] = (place){m->items[i].path, i};
  qsort(list, (size_t)m->n_items, sizeof *list, by_path);
  return list;
}

static bool same_text(const char *a, const char *b) { return !strcmp(a ? a : "", b ? b : ""); }

static bool same_curve(const tw_curve *a, const tw_curve *b) {
  if (!a || !b) return a == b;
  if (a->n != b->n || a->rule != b->rule || a->beyond != b->beyond) return false;
  for (int i = 0; i < a->n; i++)
    if (a->x[i] != b->x[i] || a->y[i] != b->y[i]) return false;
  return true;
}

static bool same_value(const tw_value *a, const tw_value *b) {
  bool number = a->number == b->number || (isnan(a->number) && isnan(b->number));
  return number && same_text(a->text, b->text) && same_curve(a->curve, b->curve);
}

/* Of a single instance the row has its own path, of several the path without indices and their number. */
const char *tw_setting_name(const tw_comparison *c, const tw_setting_row *s) {
  int most = 0;
  for (int k = 0; k < c->n; k++)
    if (s->count[k] > most && k != s->base) most = s->count[k];
  if (most == 1) return tw_printf(c->arena, "%s.%s", s->first, s->parameter);
  return tw_printf(c->arena, "%s.%s (%d)", s->path, s->parameter, most);
}

/* The row of a place and parameter; what its instances are set to, "various" where that is not one value. */
static void note(tw_comparison *c, int k, const char *path, const tw_param *p, const tw_value *v) {
  const char *group = tw_path_group(c->arena, path), *id = p ? p->id : "temperature";
  char buf[96];
  int i = 0;
  while (i < c->n_settings && (strcmp(c->settings[i].path, group) || strcmp(c->settings[i].parameter, id))) i++;
  if (i == c->n_settings) {
    if (i == c->settings_room) {
      int room = i ? 2 * i : 32;
      tw_setting_row *moved = tw_alloc(c->arena, (size_t)room, sizeof *moved);
      if (i) memcpy(moved, c->settings, (size_t)i * sizeof *moved);
      c->settings = moved;
      c->settings_room = room;
    }
    c->settings[c->n_settings++] = (tw_setting_row){.path = group, .first = path, .parameter = id};
    c->settings[i].value = tw_alloc(c->arena, (size_t)c->n, sizeof(char *));
    c->settings[i].count = tw_alloc(c->arena, (size_t)c->n, sizeof(int));
  }
  c->settings[i].count[k]++;
  const char **text = &c->settings[i].value[k];
  const char *now = p ? tw_value_text(p, v, buf, sizeof buf) : v->written;
  if (!*text)
    *text = tw_strdup(c->arena, now);
  else if (strcmp(*text, now))
    *text = "various";
}

/* Part of a composite whose part is another one: all its figures are. */
static bool within_other_part(const tw_description *a, int i, const tw_description *b, int j) {
  for (; i >= 0 && j >= 0; i = a->items[i].parent, j = b->items[j].parent)
    if (!same_text(a->items[i].part, b->items[j].part)) return true;
  return i >= 0 || j >= 0;
}

static void compare_item(tw_comparison *c, int base, int k, const tw_item *a, const tw_item *b) {
  for (int q = 0; a->type->params && a->type->params[q].id; q++) {
    const tw_value *was = &a->values[q], *is = &b->values[q];
    if ((was->owner >= 0 && is->owner >= 0) || same_value(was, is)) continue; /* told of the composite that passes it on */
    note(c, base, a->path, &a->type->params[q], was);
    note(c, k, b->path, &a->type->params[q], is);
  }
}

static void compare_ambient(tw_comparison *c, int base, int k, double was, double is) {
  if (was == is) return;
  const int at[] = {base, k};
  const double T[] = {was, is};
  for (int i = 0; i < 2; i++)
    note(c, at[i], "ambient", NULL, &(tw_value){.written = tw_printf(c->arena, "%g degC", T[i] - TW_ZERO_CELSIUS)});
}

/* A case that is set as the first one has its value. */
static void fill(tw_comparison *c, int base) {
  for (int i = 0; i < c->n_settings; i++) c->settings[i].base = base;
  for (int i = 0; i < c->n_settings; i++)
    for (int k = 0; k < c->n; k++)
      if (!c->settings[i].value[k]) c->settings[i].value[k] = c->cases[k].results ? c->settings[i].value[base] : "-";
}

void tw_compare_settings(tw_comparison *c) {
  int base = 0;
  while (!c->cases[base].results) base++;
  const tw_description *m = c->cases[base].s.model;
  place *list = sorted(c, m);
  for (int k = base + 1; k < c->n; k++) {
    if (!c->cases[k].results) continue;
    const tw_description *other = c->cases[k].s.model;
    compare_ambient(c, base, k, m->ambient, other->ambient);
    for (int j = 0; j < other->n_items; j++) {
      const place *found = bsearch(&(place){other->items[j].path, 0}, list, (size_t)m->n_items, sizeof *list, by_path);
      if (!found || m->items[found->item].type != other->items[j].type || within_other_part(m, found->item, other, j)) continue;
      compare_item(c, base, k, &m->items[found->item], &other->items[j]);
    }
  }
  fill(c, base);
}
