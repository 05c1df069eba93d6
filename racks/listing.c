#include "listing.h"
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include "reader.h"

static int is_xml(const struct dirent *e) {
  const char *dot = strrchr(e->d_name, '.');
  return dot && !strcmp(dot, ".xml");
}

static const char *value(const tw_xml_node *n, const char *name) {
  const tw_attribute *a = tw_attribute_find(n, name);
  return a ? a->value : NULL;
}

static const tw_xml_node *inherited(const tw_xml_node *root, const tw_xml_node *n) {
  const char *part = value(n, "part");
  for (const tw_xml_node *c = part ? root->first : NULL; c; c = c->next)
    if (c != n && value(c, "id") && !strcmp(value(c, "id"), part)) return c;
  return NULL;
}

enum { MAX_CHAIN = 32 };

/* The first figure of this order that the part, or what it inherits from, states. */
static const char *rating_of(const tw_xml_node *root, const tw_xml_node *n) {
  static const char *const figures[] = {"P_rated", "rated_power", "S_rated", "Q_rated", "I_rated", "rated_current", "TDP",
                                        "rated_flow", "I_max", "flow_max", "R_pdn", "bore", "L", NULL};
  for (int k = 0; figures[k]; k++) {
    const tw_xml_node *from = n;
    for (int depth = 0; from && depth < MAX_CHAIN; depth++, from = inherited(root, from))
      if (value(from, figures[k])) return value(from, figures[k]);
  }
  return NULL;
}

typedef struct { tw_catalogue_entry entry; int place; } place;
typedef struct { place *at; int n, room; } places;

static void add(tw_arena *a, places *l, tw_catalogue_entry entry) {
  l->at = tw_grow(a, l->at, l->n, &l->room, sizeof *l->at);
  l->at[l->n] = (place){entry, l->n};
  l->n++;
}

static void list_file(tw_arena *a, const char *folder, const char *name, places *l, tw_diagnostics *d) {
  const char *path = tw_printf(a, "%s/%s", folder, name);
  const tw_xml_node *root = tw_xml_read(a, path, path, (tw_where){path, 1, 1}, d);
  if (!root) return;
  bool model = !strcmp(root->name, "racktwin");
  const char *title = NULL;
  for (const tw_xml_node *c = root->first; c; c = c->next) {
    if (model && !strcmp(c->name, "title")) title = c->text;
    if (model || !value(c, "id")) continue;
    add(a, l, (tw_catalogue_entry){c->name, value(c, "id"), value(c, "title"), rating_of(root, c), value(c, "source"),
                                   value(c, "quality")});
  }
  if (model) add(a, l, (tw_catalogue_entry){.element = root->name, .id = tw_strdup(a, name), .title = title});
}

static int by_element(const void *a, const void *b) {
  const place *x = a, *y = b;
  int order = strcmp(x->entry.element, y->entry.element);
  return order ? order : x->place - y->place;
}

int tw_listing(const char *folder, tw_listed_fn *each, void *ctx, tw_diagnostics *d) {
  struct dirent **files;
  int n = scandir(folder, &files, is_xml, alphasort);
  if (n < 0) return -1;
  tw_arena *a = tw_arena_new();
  places l = {0};
  for (int i = 0; i < n; i++) {
    list_file(a, folder, files[i]->d_name, &l, d);
    free(files[i]);
  }
  free(files);
  if (l.n) qsort(l.at, (size_t)l.n, sizeof *l.at, by_element);
  for (int i = 0; i < l.n; i++) each(ctx, &l.at[i].entry);
  int listed = l.n;
  tw_arena_free(a);
  return listed;
}
