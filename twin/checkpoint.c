#include "checkpoint.h"
#include <errno.h>
#include <fcntl.h>
#include <sha256.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "output_internal.h"

static const char magic[] = "racktwin checkpoint 1\n";
enum { HEX = 64, SIZES = 3, HEAD = (int)sizeof magic - 1 + HEX + 1, MOST_NAME = 4200 };

/* ---- what it was made from ------------------------------------------------------------------------------------------------ */

static void add(tw_state *s, const char *text) { tw_keep(s, (void *)(uintptr_t)text, strlen(text)); }

static void add_line(tw_state *s, const char *label, const char *value) {
  add(s, label);
  add(s, "\t");
  for (; *value; value++) tw_keep(s, (char[]){*value == '\n' ? ' ' : *value}, 1);
  add(s, "\n");
}

static void add_words(tw_state *s, const char *label, const char *const *words, int n) {
  for (int i = 0; i < n; i++) add_line(s, label, words[i]);
}

static void add_number(tw_state *s, const char *label, double value) {
  char text[32];
  snprintf(text, sizeof text, "%.15g", value);
  add_line(s, label, value > 0.0 ? text : "as it is by default");
}

char *tw_checkpoint_key(const tw_description *m, const tw_options *o) {
  tw_state s = {0};
  char hex[65];
  tw_file_digest("/proc/self/exe", hex);
  add_line(&s, "the program", hex);
  for (int i = 0; i < m->n_inputs; i++) {
    tw_file_digest(m->inputs[i], hex);
    add_line(&s, m->inputs[i], hex);
  }
  add_words(&s, "--variant", o->variants, o->n_variants);
  add_line(&s, "--scenario", o->scenario ? o->scenario : "");
  add_words(&s, "--set", o->sets, o->n_sets);
  add_words(&s, "--select", o->selects, o->n_selects);
  add_line(&s, "--dynamics", o->dynamics ? o->dynamics : "auto");
  add_line(&s, "--aggregate", o->aggregate ? o->aggregate : "");
  add_line(&s, "--spectrum", o->spectrum ? "given" : "not given");
  add_line(&s, "--utility-limit", o->utility_limit ? o->utility_limit : "");
  add_line(&s, "--ramp-limit", o->ramp_limit ? o->ramp_limit : "");
  add_line(&s, "--power-limit", o->power_limit ? o->power_limit : "");
  add_number(&s, "--every", o->every);
  add_number(&s, "--rtol", o->rtol);
  add_line(&s, "--method", o->method ? o->method : "as it is by default");
  add_number(&s, "--checkpoint-every", o->checkpoint_every);
  add_line(&s, "--out", o->out ? "given" : "not given");
  char *key = tw_printf(m->arena, "%.*s", (int)s.n, (const char *)s.bytes);
  tw_state_free(&s);
  return key;
}

static int refuse(const char *path, const char *format, const char *a, const char *b) {
  char text[512];
  snprintf(text, sizeof text, format, a, b); /* formats are the literals below */
  fprintf(stderr, "racktwin: error: %s %s\n", path, text);
  return TW_EXIT_SYSTEM;
}

/* Has the key `text` the line that `line` begins with? */
static bool has_line(const char *text, const char *line) {
  size_t n = strcspn(line, "\n") + 1;
  for (; *text; text += strcspn(text, "\n") + 1)
    if (strcspn(text, "\n") + 1 == n && !memcmp(text, line, n)) return true;
  return false;
}

static bool same_label(const char *a, const char *b) {
  size_t n = strcspn(a, "\t\n");
  return n == strcspn(b, "\t\n") && !memcmp(a, b, n);
}

/* One line of a key, in pieces of a sentence: a file or the program "has changed", an option is what it is. */
static void say(const char *line, char *buf, size_t size) {
  int label = (int)strcspn(line, "\t\n");
  const char *value = line + label + (line[label] == '\t');
  if (line[0] == '-') snprintf(buf, size, "%.*s %.*s", label, line, (int)strcspn(value, "\n"), value);
  else snprintf(buf, size, "%.*s", label, line);
}

static int other_run(const char *path, const char *was, const char *is) {
  char before[200], now[200];
  const char *rest = was;
  while (*was && *is && strcspn(was, "\n") == strcspn(is, "\n") && !memcmp(was, is, strcspn(was, "\n") + 1)) {
    was += strcspn(was, "\n") + 1;
    is += strcspn(is, "\n") + 1;
  }
  say(was, before, sizeof before);
  say(is, now, sizeof now);
  if (!same_label(was, is) && *is && !has_line(rest, is))
    return refuse(path, "is of another run: there is now %s, without which it was made%s", now, "");
  if (!same_label(was, is)) return refuse(path, "is of another run: it was made with %s, which there is not now%s", before, "");
  if (!strcmp(before, now)) return refuse(path, "is of another run: %s has changed since%s", before, "");
  return refuse(path, "is of another run: it was made with %s, where there is now %s", before, now);
}

/* ---- reading -------------------------------------------------------------------------------------------------------------- */

static unsigned char *contents(FILE *in, size_t *n) {
  size_t room = 1 << 16;
  unsigned char *bytes = malloc(room);
  *n = 0;
  for (size_t k = 1; bytes && k;) {
    k = fread(bytes + *n, 1, room - *n, in);
    *n += k;
    if (*n == room) bytes = realloc(bytes, room *= 2);
  }
  if (!bytes) abort();
  return bytes;
}

static tw_state part_of(const unsigned char *bytes, size_t n) {
  tw_state s = {0};
  tw_keep(&s, (void *)(uintptr_t)bytes, n);
  s.loading = true;
  return s;
}

static int take(const char *path, const char *key, const unsigned char *bytes, size_t n, tw_checkpoint *c) {
  char hex[65];
  uint64_t size[SIZES];
  size_t first = HEAD + sizeof size;
  if (n < first || memcmp(bytes, magic, sizeof magic - 1))
    return refuse(path, "is no checkpoint that this version of racktwin can read%s%s", "", "");
  SHA256Data(bytes + HEAD, n - HEAD, hex);
  memcpy(size, bytes + HEAD, sizeof size);
  size_t left = n - first;
  if (memcmp(bytes + sizeof magic - 1, hex, HEX) || bytes[HEAD - 1] != '\n' || size[0] > left || size[1] > left - size[0] ||
      size[2] != left - size[0] - size[1])
    return refuse(path, "is cut off or has been changed: it cannot be resumed%s%s", "", "");
  const unsigned char *records = bytes + first + size[0];
  if (size[0] != strlen(key) || memcmp(bytes + first, key, size[0])) {
    char *was = strndup((const char *)bytes + first, size[0]);
    if (!was) abort();
    int status = other_run(path, was, key);
    free(was);
    return status;
  }
  c->records = part_of(records, size[1]);
  c->run = part_of(records + size[1], size[2]);
  return 0;
}

int tw_checkpoint_read(const char *path, const char *key, tw_checkpoint *c) {
  size_t n;
  *c = (tw_checkpoint){0};
  FILE *in = fopen(path, "rb");
  if (!in) return errno == ENOENT ? -1 : refuse(path, "cannot be read: %s%s", strerror(errno), "");
  unsigned char *bytes = contents(in, &n);
  int status = ferror(in) ? refuse(path, "cannot be read%s%s", "", "") : take(path, key, bytes, n, c);
  fclose(in);
  free(bytes);
  return status;
}

/* ---- writing -------------------------------------------------------------------------------------------------------------- */

static void part_name(const char *path, char part[MOST_NAME]) { snprintf(part, MOST_NAME, "%.4096s.part", path); }

int tw_checkpoint_ready(const char *path, bool fresh) {
  struct stat s;
  char part[MOST_NAME];
  if (!stat(path, &s)) {
    if (!S_ISREG(s.st_mode)) return refuse(path, "is not a regular file: a checkpoint cannot be written there%s%s", "", "");
    if (fresh) return refuse(path, "exists: --resume goes on from it; remove it to begin anew%s%s", "", "");
  }
  part_name(path, part);
  FILE *f = fopen(part, "ab");
  if (!f) return tw_output_failed(path, errno);
  fclose(f);
  return unlink(part) ? tw_output_failed(path, errno) : 0;
}

/* The rename itself is on the disk when the folder is. */
static int sync_folder(const char *path) {
  char folder[MOST_NAME];
  snprintf(folder, sizeof folder, "%.4096s", path);
  char *slash = strrchr(folder, '/');
  if (slash) slash[slash == folder] = 0;
  int fd = open(slash ? folder : ".", O_RDONLY | O_DIRECTORY), error = 0;
  if (fd < 0) return errno;
  if (fsync(fd) && errno != EINVAL) error = errno; /* EINVAL: such a folder has no fsync */
  close(fd);
  return error;
}

int tw_checkpoint_write(const char *path, const char *key, const tw_checkpoint *c) {
  uint64_t size[SIZES] = {strlen(key), c->records.n, c->run.n};
  char hex[65], part[MOST_NAME];
  tw_state s = {0};
  TW_KEEP(&s, size);
  add(&s, key);
  tw_keep(&s, c->records.bytes, c->records.n);
  tw_keep(&s, c->run.bytes, c->run.n);
  SHA256Data(s.bytes, s.n, hex);
  part_name(path, part);
  errno = 0;
  FILE *out = fopen(part, "wb");
  bool good = out && fprintf(out, "%s%s\n", magic, hex) > 0 && fwrite(s.bytes, 1, s.n, out) == s.n && !fflush(out) &&
              !fsync(fileno(out));
  int error = good ? 0 : errno ? errno : EIO;
  if (out && fclose(out) && !error) error = errno;
  if (!error && rename(part, path)) error = errno;
  if (error && out) unlink(part);
  if (!error) error = sync_folder(path);
  tw_state_free(&s);
  return error ? tw_output_failed(path, error) : 0;
}

void tw_checkpoint_free(tw_checkpoint *c) {
  tw_state_free(&c->records);
  tw_state_free(&c->run);
}
