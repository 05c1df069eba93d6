/* The files of a model: the main one, what it includes, and where all of them must lie. */
#include "reader.h"
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char own[] = "urn:racktwin:1", xinclude[] = "http://www.w3.org/2001/XInclude";

typedef struct stack { const char *real; const struct stack *below; int depth; } stack;

static const char *real_path(tw_reader *r, const char *name) {
  char *real = realpath(name, NULL);
  const char *kept = real ? tw_strdup(r->arena, real) : NULL;
  free(real);
  return kept;
}

static const char *beside(tw_reader *r, const char *file, const char *name) {
  const char *slash = strrchr(file, '/');
  return slash ? tw_printf(r->arena, "%.*s/%s", (int)(slash - file), file, name) : name;
}

/* "a/b/../c" as "a/c", unless b is a link that makes it another file. */
static const char *tidy(tw_reader *r, const char *name, const char *real) {
  char *out = tw_strdup(r->arena, name), *end = out + (*name == '/'), *floor = end;
  for (const char *at = name + (*name == '/'); *at;) {
    size_t n = strcspn(at, "/");
    char *last = end;
    while (last > floor && last[-1] != '/') last--;
    bool up = n == 2 && !memcmp(at, "..", 2), stay = n == 0 || (n == 1 && *at == '.');
    if (up && end > floor && strncmp(last, "../", 3) && strcmp(last, "..")) {
      end = last > floor ? last - 1 : floor;
    } else if (!stay) {
      if (end > floor) *end++ = '/';
      memmove(end, at, n);
      end += n;
    }
    *end = 0;
    at += n + (at[n] == '/');
  }
  const char *same = real_path(r, out);
  return same && !strcmp(same, real) ? out : name;
}

static bool below(const char *folder, const char *real) {
  size_t n = folder ? strlen(folder) : 0;
  return n && !strncmp(folder, real, n) && (real[n] == '/' || folder[n - 1] == '/');
}

void tw_description_input(tw_description *m, const char *file) {
  for (int k = 0; k < m->n_inputs; k++)
    if (!strcmp(m->inputs[k], file)) return;
  const char **more = tw_alloc(m->arena, (size_t)m->n_inputs + 1, sizeof *more);
  if (m->n_inputs) memcpy(more, m->inputs, (size_t)m->n_inputs * sizeof *more);
  more[m->n_inputs++] = file;
  m->inputs = more;
}

void tw_input_add(tw_reader *r, const char *file) { tw_description_input(&r->m->pub, file); }

const char *tw_confined(tw_reader *r, const tw_attribute *href, int code, const char **name) {
  const char *wanted = href->value;
  if (!*wanted || *wanted == '/' || strstr(wanted, "://")) {
    tw_report(r, code, href->at, NULL, "\"%s\" is not a file name relative to this file, such as \"parts/psu.xml\"", wanted);
    return NULL;
  }
  *name = beside(r, href->at.file, wanted);
  const char *real = real_path(r, *name);
  const char *const folders[] = {r->folder, r->catalogue}; /* what is not beside the file may be the model's, or shipped */
  for (int k = 0; k < 2 && !real; k++) {
    const char *other = folders[k] ? tw_printf(r->arena, "%s/%s", folders[k], wanted) : NULL;
    real = other ? real_path(r, other) : NULL;
    if (real) *name = other;
  }
  if (!real) {
    tw_report(r, TW_E_FILE, href->at, NULL, "there is no file \"%s\"", *name);
    return NULL;
  }
  struct stat status;
  if (stat(real, &status) || !S_ISREG(status.st_mode)) {
    tw_report(r, TW_E_FILE, href->at, NULL, "\"%s\" is not a file", *name);
    return NULL;
  }
  *name = tidy(r, *name, real);
  if (below(r->folder, real) || below(r->catalogue, real)) return real;
  tw_report(r, code, href->at, NULL, "\"%s\" lies outside the model's folder and the catalogue, and is not read", wanted);
  return NULL;
}

/* Text is data nowhere but in titles. */
static void check_text(tw_reader *r, const tw_xml_node *n) {
  if (n->text && strcmp(n->name, "title"))
    tw_report(r, TW_E_TEXT, n->where, NULL, "<%s> holds the text \"%.40s\"; data is written as attributes", n->name, n->text);
  for (const tw_xml_node *k = n->first; k; k = k->next) check_text(r, k);
}

static bool check_root(tw_reader *r, tw_xml_node *root, const char *allowed) {
  const char *expected = tw_word_in(allowed, "scenario", 8, ' ') ? "<scenario xmlns=\"urn:racktwin:1\" duration=\"...\" every=\"...\">"
                         : tw_word_in(allowed, "racktwin", 8, ' ') ? "<racktwin xmlns=\"urn:racktwin:1\" version=\"1\">"
                                                                     : "<catalogue xmlns=\"urn:racktwin:1\">";
  if (!tw_word_in(allowed, root->name, strlen(root->name), ' ')) {
    tw_report(r, TW_E_ROOT, root->where, NULL, "the root element is <%s>; expected is %s", root->name, expected);
    return false;
  }
  if (strcmp(root->ns, own)) {
    tw_report(r, TW_E_ROOT, root->where, NULL, "<%s> is in %s%s%s; expected is xmlns=\"%s\"", root->name,
              *root->ns ? "the namespace \"" : "no namespace", root->ns, *root->ns ? "\"" : "", own);
    return false;
  }
  const tw_attribute *version = tw_attribute_find(root, "version");
  if (!version && !strcmp(root->name, "racktwin"))
    tw_report(r, TW_E_ROOT, root->where, NULL, "<racktwin> needs version=\"1\"");
  if (version && strcmp(version->value, "1"))
    tw_report(r, TW_E_ROOT, version->at, NULL, "version \"%s\" is not known to this program, which reads version=\"1\"",
              version->value);
  check_text(r, root);
  tw_list_add(r->arena, &r->roots, root);
  return true;
}

static void take_children(tw_reader *r, tw_xml_node *n, bool catalogue, const stack *s);

static void follow(tw_reader *r, const tw_xml_node *n, bool catalogue, const stack *s) {
  const tw_attribute *href = tw_required(r, n, "href");
  tw_check_attributes(r, n, "include");
  const char *name = NULL, *real = href ? tw_confined(r, href, TW_E_INCLUDE, &name) : NULL;
  if (!real) return;
  for (const stack *k = s; k; k = k->below)
    if (!strcmp(k->real, real)) {
      tw_report(r, TW_E_INCLUDE, href->at, NULL, "\"%s\" includes itself%s", name, k == s ? "" : " by way of other files");
      return;
    }
  if (s->depth >= TW_MAX_INCLUDE_DEPTH) {
    tw_report(r, TW_E_INCLUDE, href->at, NULL, "includes are nested deeper than %d files", TW_MAX_INCLUDE_DEPTH);
    return;
  }
  if (!tw_map_put(r->arena, &r->files, real, r)) return; /* a catalogue that two others need is taken once */
  tw_xml_node *root = tw_xml_read(r->arena, name, real, href->at, r->d);
  if (!root) {
    r->structure_errors++;
    return;
  }
  tw_input_add(r, name);
  stack here = {real, s, s->depth + 1};
  if (check_root(r, root, "racktwin catalogue")) take_children(r, root, catalogue || !strcmp(root->name, "catalogue"), &here);
}

static void take_children(tw_reader *r, tw_xml_node *n, bool catalogue, const stack *s) {
  tw_check_attributes(r, n, "catalogue");
  for (tw_xml_node *k = n->first; k; k = k->next) {
    if (!strcmp(k->ns, xinclude) && !strcmp(k->name, "include")) {
      follow(r, k, catalogue, s);
    } else if (strcmp(k->ns, own)) {
      tw_report(r, TW_E_ELEMENT, k->where, NULL, "<%s> is not in the namespace %s", k->name, own);
    } else if (!strcmp(k->name, "catalogue") || !strcmp(k->name, "parts")) {
      take_children(r, k, true, s);
    } else {
      tw_collect(r, k, catalogue);
    }
  }
}

bool tw_load(tw_reader *r, const char *file) {
  file = tw_strdup(r->arena, file);
  r->folder = real_path(r, beside(r, file, "."));
  if (!strchr(file, '/')) r->folder = real_path(r, ".");
  r->catalogue = r->options && r->options->catalogue ? real_path(r, r->options->catalogue) : NULL;
  const char *real = real_path(r, file);
  tw_xml_node *root = tw_xml_read(r->arena, file, file, (tw_where){0}, r->d);
  if (!root) return false;
  tw_input_add(r, file);
  if (real) tw_map_put(r->arena, &r->files, real, r);
  r->m->pub.where = root->where;
  stack bottom = {real ? real : file, NULL, 0};
  if (!check_root(r, root, "racktwin")) return false;
  take_children(r, root, false, &bottom);
  return true;
}

tw_xml_node *tw_load_beside(tw_reader *r, const char *folder, const char *name) {
  const char *file = tw_printf(r->arena, "%s/scenarios/%s.xml", folder, name);
  struct stat status;
  if (stat(file, &status) || !S_ISREG(status.st_mode)) return NULL;
  tw_xml_node *root = tw_xml_read(r->arena, file, file, (tw_where){0}, r->d);
  if (!root) return NULL;
  tw_input_add(r, file);
  return check_root(r, root, "racktwin scenario") ? root : NULL;
}
