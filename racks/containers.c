/* Lists, maps and lookups of the reader. */
#include "reader.h"
#include <string.h>

void *tw_grow(tw_arena *a, void *array, int n, int *room, size_t size) {
  if (n < *room) return array;
  int more = *room ? 2 * *room : 16;
  void *moved = tw_alloc(a, (size_t)more, size);
  if (n) memcpy(moved, array, (size_t)n * size);
  *room = more;
  return moved;
}

void tw_list_add(tw_arena *a, tw_list *l, void *item) {
  l->at = tw_grow(a, l->at, l->n, &l->room, sizeof *l->at);
  l->at[l->n++] = item;
}

static size_t hash(const char *s) { /* FNV-1a */
  uint64_t h = 14695981039346656037u;
  for (; *s; s++) h = (h ^ (unsigned char)*s) * 1099511628211u;
  return (size_t)h;
}

static size_t place(const tw_map *m, const char *key) {
  size_t i = hash(key) & (m->room - 1);
  while (m->keys[i] && strcmp(m->keys[i], key)) i = (i + 1) & (m->room - 1);
  return i;
}

void *tw_map_get(const tw_map *m, const char *key) {
  if (!m->n) return NULL;
  size_t i = place(m, key);
  return m->keys[i] ? m->values[i] : NULL;
}

static void enlarge(tw_arena *a, tw_map *m) {
  tw_map old = *m;
  m->room = old.room ? 2 * old.room : 32;
  m->keys = tw_alloc(a, m->room, sizeof *m->keys);
  m->values = tw_alloc(a, m->room, sizeof *m->values);
  for (size_t i = 0; i < old.room; i++)
    if (old.keys[i]) {
      size_t k = place(m, old.keys[i]);
      m->keys[k] = old.keys[i];
      m->values[k] = old.values[i];
    }
}

bool tw_map_put(tw_arena *a, tw_map *m, const char *key, void *value) {
  if (2 * (m->n + 1) > m->room) enlarge(a, m);
  size_t i = place(m, key);
  if (m->keys[i]) return false;
  m->keys[i] = key;
  m->values[i] = value;
  m->n++;
  return true;
}

const tw_type *tw_type_named(const tw_reader *r, const char *element) {
  for (const tw_type *const *t = r->types; *t; t++)
    if (tw_same((*t)->element, element)) return *t;
  return NULL;
}

int tw_params_of(const tw_type *t) {
  int n = 0;
  while (t->params && t->params[n].id) n++;
  return n;
}

int tw_ports_of(const tw_type *t) {
  int n = 0;
  while (t->ports && t->ports[n].id) n++;
  return n;
}

int tw_param_named(const tw_type *t, const char *id) {
  for (int k = 0; t->params && t->params[k].id; k++)
    if (tw_same(t->params[k].id, id)) return k;
  return -1;
}

int tw_port_named(const tw_type *t, const char *id) {
  for (int k = 0; t->ports && t->ports[k].id; k++)
    if (tw_same(t->ports[k].id, id)) return k;
  return -1;
}

int tw_output_named(const tw_type *t, const char *id) {
  for (int k = 0; t->outputs && t->outputs[k].id; k++)
    if (tw_same(t->outputs[k].id, id)) return k;
  return -1;
}

bool tw_word_in(const char *words, const char *word, size_t length, char separator) {
  for (const char *w = words; w && *w;) {
    const char *end = strchr(w, separator);
    size_t n = end ? (size_t)(end - w) : strlen(w);
    if (n == length && !memcmp(w, word, n)) return true;
    w = end ? end + 1 : NULL;
  }
  return false;
}
