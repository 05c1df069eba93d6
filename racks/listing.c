#include "listing.h"
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include "xml_tree.h"

static int is_xml(const struct dirent *e) {
  const char *dot = strrchr(e->d_name, '.');
  return dot && !strcmp(dot, ".xml");
}

static const char *value(const tw_xml_node *n, const char *name) {
  const tw_attribute *a = tw_attribute_find(n, name);
  return a ? a->value : NULL;
}

static int list_file(tw_arena *a, const char *folder, const char *name, tw_listed_fn *each, void *ctx, tw_diagnostics *d) {
  const char *path = tw_printf(a, "%s/%s", folder, name);
  const tw_xml_node *root = tw_xml_read(a, path, path, (tw_where){path, 1, 1}, d);
  int n = 0;
  if (!root) return 0;
  bool model = !strcmp(root->name, "racktwin");
  const char *title = NULL;
  for (const tw_xml_node *c = root->first; c; c = c->next) {
    if (model && !strcmp(c->name, "title")) title = c->text;
    if (model || !value(c, "id")) continue;
    each(ctx, c->name, value(c, "id"), value(c, "title"), value(c, "source"), value(c, "quality"));
    n++;
  }
  if (model) each(ctx, "racktwin", name, title, NULL, NULL), n++;
  return n;
}

int tw_listing(const char *folder, tw_listed_fn *each, void *ctx, tw_diagnostics *d) {
  struct dirent **files;
  int n = scandir(folder, &files, is_xml, alphasort), listed = 0;
  if (n < 0) return -1;
  tw_arena *a = tw_arena_new();
  for (int i = 0; i < n; i++) {
    listed += list_file(a, folder, files[i]->d_name, each, ctx, d);
    free(files[i]);
  }
  free(files);
  tw_arena_free(a);
  return listed;
}
