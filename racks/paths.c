/* The tree of entities and the paths into it. */
#include "reader.h"
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- the index: (parent, id) -> first of that id, (parent, id, index) -> entity ---------------------------------------- */

static size_t hash(int parent, const char *id, int index) {
  uint64_t h = 14695981039346656037u ^ (uint64_t)(uint32_t)parent;
  for (; *id; id++) h = (h ^ (unsigned char)*id) * 1099511628211u;
  h = (h ^ (uint64_t)(uint32_t)index) * 1099511628211u;
  return (size_t)(h ^ (h >> 29));
}

/* index -1: the first of that id. */
static size_t place(const tw_model *m, int parent, const char *id, int index) {
  size_t i = hash(parent, id, index) & (m->table_room - 1);
  for (; m->table[i]; i = (i + 1) & (m->table_room - 1)) {
    const tw_entity *e = &m->entities[(m->table[i] - 1) / 2];
    bool first = (m->table[i] - 1) % 2;
    if (e->parent == parent && first == (index < 0) && (first || e->index == index) && !strcmp(e->id, id)) break;
  }
  return i;
}

static void insert(tw_model *m, int entity, bool first) {
  const tw_entity *e = &m->entities[entity];
  size_t i = place(m, e->parent, e->id, first ? -1 : e->index);
  if (m->table[i]) return;
  m->table[i] = 2 * entity + first + 1;
  m->table_n++;
}

static void index_entity(tw_arena *a, tw_model *m, int entity, bool first) {
  if (2 * (m->table_n + 2) > m->table_room) {
    size_t old_room = m->table_room;
    int *old = m->table;
    m->table_room = old_room ? 2 * old_room : 64;
    m->table = tw_alloc(a, m->table_room, sizeof *m->table);
    m->table_n = 0;
    for (size_t i = 0; i < old_room; i++)
      if (old[i]) insert(m, (old[i] - 1) / 2, (old[i] - 1) % 2);
  }
  insert(m, entity, first);
}

int tw_entity_find(const tw_model *m, int parent, const char *id, int index) {
  if (!m->table_n) return -1;
  int found = m->table[place(m, parent, id, index)];
  return found ? (found - 1) / 2 : -1;
}

int tw_entity_add(tw_reader *r, int parent, const char *id, int index) {
  tw_model *m = r->m;
  m->entities = tw_grow(r->arena, m->entities, m->n_entities, &m->room, sizeof *m->entities);
  int k = m->n_entities++, head = tw_entity_find(m, parent, id, -1);
  tw_entity *e = &m->entities[k];
  const char *prefix = parent >= 0 ? m->entities[parent].path : "", *dot = parent >= 0 ? "." : "";
  *e = (tw_entity){.id = id, .index = index, .parent = parent, .first = -1, .last = -1, .next = -1, .same = -1, .last_same = k,
                   .height = NAN, .item = -1};
  e->path = index ? tw_printf(r->arena, "%s%s%s[%d]", prefix, dot, id, index) : tw_printf(r->arena, "%s%s%s", prefix, dot, id);
  if (parent >= 0) {
    tw_entity *p = &m->entities[parent];
    if (p->first < 0) p->first = k;
    else m->entities[p->last].next = k;
    p->last = k;
  }
  if (head >= 0) {
    m->entities[m->entities[head].last_same].same = k;
    m->entities[head].last_same = k;
  } else {
    index_entity(r->arena, m, k, true);
  }
  index_entity(r->arena, m, k, false);
  return k;
}

/* ---- text to words ---------------------------------------------------------------------------------------------------- */

static const char *parse_word(tw_arena *a, const char *t, bool glob, tw_word *w) {
  const char *start = t;
  while (isalnum((unsigned char)*t) || *t == '-' || *t == '_' || (glob && *t == '*')) t++;
  if (t == start || t - start > 256) return NULL;
  w->id = tw_strndup(a, start, (size_t)(t - start));
  w->index = 0;
  if (*t != '[') return t;
  for (t++; isdigit((unsigned char)*t) && w->index < 1000000; t++) w->index = 10 * w->index + (*t - '0');
  return *t == ']' && w->index > 0 ? t + 1 : NULL;
}

static bool parse(tw_arena *a, const char *text, bool glob, tw_path *p) {
  int room = 1;
  for (const char *t = text; *t; t++) room += *t == '.';
  p->words = tw_alloc(a, (size_t)room, sizeof *p->words);
  p->n = 0;
  p->pattern = glob && strchr(text, '*') ? text : NULL;
  for (const char *t = text; room--; t++) {
    t = parse_word(a, t, glob, &p->words[p->n++]);
    if (!t || (*t && *t != '.')) return false;
    if (!*t) return true;
  }
  return false;
}

/* Takes off the last word, which is no pattern and has no index. */
static bool split(tw_arena *a, tw_path *p, const char **last) {
  if (p->n < 2 || p->words[p->n - 1].index || strchr(p->words[p->n - 1].id, '*')) return false;
  *last = p->words[--p->n].id;
  if (p->pattern) p->pattern = tw_printf(a, "%.*s", (int)(strlen(p->pattern) - strlen(*last)) - 1, p->pattern);
  if (p->pattern && !strchr(p->pattern, '*')) p->pattern = NULL;
  return true;
}

bool tw_path_parse(tw_arena *a, const char *text, tw_path *p) { return parse(a, text, false, p); }

bool tw_path_split(tw_arena *a, const char *text, tw_path *p, const char **last) {
  return parse(a, text, false, p) && split(a, p, last);
}

bool tw_glob_parse(tw_arena *a, const char *text, tw_path *p) { return parse(a, text, true, p); }

bool tw_glob_split(tw_arena *a, const char *text, tw_path *p, const char **last) {
  return parse(a, text, true, p) && split(a, p, last);
}

bool tw_glob(const char *pattern, const char *text) {
  const char *star = NULL, *from = NULL; /* what follows the last '*', and where it was tried last */
  for (;;) {
    if (*pattern == '*') {
      star = ++pattern;
      from = text;
    } else if (*text == '[' && (*pattern == '.' || !*pattern) && strchr(text, ']')) {
      text = strchr(text, ']') + 1; /* an omitted index means all */
    } else if (*pattern == *text) {
      if (!*pattern) return true;
      pattern++;
      text++;
    } else {
      if (!star || !*from) return false;
      pattern = star;
      text = ++from;
    }
  }
}

/* ---- search ------------------------------------------------------------------------------------------------------------ */

typedef struct { const tw_model *m; const tw_path *p; tw_found_fn *each; void *ctx; int n; } search;

static void descend(search *s, int scope, int level) {
  const tw_word *w = &s->p->words[level];
  for (int e = tw_entity_find(s->m, scope, w->id, w->index ? w->index : -1); e >= 0; e = s->m->entities[e].same) {
    if (level + 1 < s->p->n) {
      descend(s, e, level + 1);
    } else {
      s->n++;
      if (s->each) s->each(s->ctx, e);
    }
    if (w->index) break;
  }
}

int tw_path_find(const tw_model *m, int scope, const tw_path *p, tw_found_fn *each, void *ctx) {
  search s = {m, p, each, ctx, 0};
  for (int e = 0; p->pattern && e < m->n_entities; e++) {
    if (!tw_glob(p->pattern, m->entities[e].path)) continue;
    s.n++;
    if (each) each(ctx, e);
  }
  if (p->n && !p->pattern) descend(&s, scope, 0);
  return s.n;
}

bool tw_path_is(const tw_model *m, int entity, const tw_path *p) {
  if (p->pattern) return tw_glob(p->pattern, m->entities[entity].path);
  for (int k = p->n - 1; k >= 0; k--, entity = m->entities[entity].parent) {
    if (entity < 0) return false;
    const tw_entity *e = &m->entities[entity];
    if (strcmp(e->id, p->words[k].id) || (p->words[k].index && p->words[k].index != e->index)) return false;
  }
  return entity < 0;
}

/* ---- what went wrong ---------------------------------------------------------------------------------------------------- */

static int first_child(const tw_model *m, int scope) {
  return scope >= 0 ? m->entities[scope].first : m->n_entities ? 0 : -1;
}

static void names_in(tw_reader *r, int scope, tw_list *names) {
  const tw_model *m = r->m;
  for (int e = first_child(m, scope); e >= 0;) {
    if (m->entities[e].parent == scope && tw_entity_find(m, scope, m->entities[e].id, -1) == e)
      tw_list_add(r->arena, names, (void *)(uintptr_t)m->entities[e].id);
    e = scope >= 0 ? m->entities[e].next : e + 1 < m->n_entities ? e + 1 : -1;
  }
}

static const char *why_word(tw_reader *r, int scope, const tw_word *w, const char *text) {
  const tw_model *m = r->m;
  const char *place = scope >= 0 ? m->entities[scope].path : NULL;
  const char *in = place ? tw_printf(r->arena, " in %s", place) : "";
  int same = tw_entity_find(m, scope, w->id, -1);
  if (same >= 0 && !m->entities[same].index)
    return tw_printf(r->arena, "\"%s\": there is one %s%s only, which is written without [%d]", text, w->id, in, w->index);
  if (same >= 0)
    return tw_printf(r->arena, "\"%s\": there is no %s[%d]%s; the last is %s[%d]", text, w->id, w->index, in, w->id,
                     m->entities[m->entities[same].last_same].index);
  if (scope < 0 && tw_map_get(&r->racks, w->id))
    return tw_printf(r->arena, "\"%s\": paths leave out the rack; write what follows \"%s.\"", text, w->id);
  tw_list names = {0};
  names_in(r, scope, &names);
  return tw_printf(r->arena, "\"%s\": there is no \"%s\"%s%s", text, w->id, in, tw_suggest(r, w->id, &names));
}

static const char *why(tw_reader *r, int scope, const tw_path *p, int level, const char *text) {
  const tw_word *w = &p->words[level];
  const tw_model *m = r->m;
  const char *reason = NULL;
  int e = tw_entity_find(m, scope, w->id, w->index ? w->index : -1);
  if (e < 0) return why_word(r, scope, w, text);
  for (; e >= 0; e = w->index ? -1 : m->entities[e].same) {
    if (m->entities[e].broken || level + 1 >= p->n) return NULL;
    reason = why(r, e, p, level + 1, text);
    if (!reason) return NULL;
  }
  return reason;
}

const char *tw_path_why(tw_reader *r, int scope, const tw_path *p, const char *text) {
  if (p->pattern && tw_path_find(r->m, scope, p, NULL, NULL)) return NULL;
  if (p->pattern) return tw_printf(r->arena, "\"%s\": no path is like that", text);
  return why(r, scope, p, 0, text);
}

/* ---- the finished description -------------------------------------------------------------------------------------------- */

typedef struct { const tw_model *m; tw_match_fn *each; void *ctx; const char *last; int n; } matching;

static void match_one(void *ctx, int entity) {
  matching *s = ctx;
  int item = s->m->entities[entity].item;
  if (item < 0) return;
  s->n++;
  if (s->each) s->each(s->ctx, item, s->last);
}

int tw_match(const tw_description *d, const char *path, tw_match_fn *each, void *ctx) {
  tw_arena *a = tw_arena_new();
  matching s = {(const tw_model *)d, each, ctx, NULL, 0};
  tw_path p;
  if (tw_path_split(a, path, &p, &s.last)) {
    s.last = path + strlen(path) - strlen(s.last); /* lives as long as the caller's text */
    tw_path_find(s.m, -1, &p, match_one, &s);
  }
  tw_arena_free(a);
  return s.n;
}
