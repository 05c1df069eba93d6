/* The journal of a study: a first line that says of what, then "<exit> <length of row> <row>" for each case in the order in which
 * they ended. A line that has no end was being written when the program was stopped, and is done again. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "output_internal.h"
#include "study.h"

static bool ours(const tw_study *w, int number) { return number >= 0 && number < w->cases && number % w->shards == w->shard; }

static int complain(const tw_journal *j, const tw_study *w, const char *before, const char *after) {
  fprintf(stderr, "racktwin: error: %s %s %s%s\n", j->journal, before, w->verb, after);
  return TW_EXIT_SYSTEM;
}

static const char *title(const tw_study *w) {
  return tw_printf(w->arena, "racktwin %s 1 %s %d of %d, %d cases\n", w->verb, w->key, w->shard + 1, w->shards, w->cases);
}

static int append(const tw_journal *j, const char *text) {
  for (size_t n = strlen(text); n;) {
    ssize_t k = write(j->fd, text, n);
    if (k < 0 && errno == EINTR) continue;
    if (k < 0) return tw_output_failed(j->journal, errno);
    text += k;
    n -= (size_t)k;
  }
  return 0;
}

static char *contents(int fd, size_t *n) {
  size_t room = 1 << 16;
  char *text = malloc(room + 1);
  *n = 0;
  for (ssize_t k = 1; text && k > 0;) {
    k = pread(fd, text + *n, room - *n, (off_t)*n);
    if (k > 0) *n += (size_t)k;
    if (*n == room) text = realloc(text, (room *= 2) + 1);
  }
  if (!text) abort();
  return text;
}

/* One line without its line feed; false when it is no row of this study. */
static bool take(tw_journal *j, const tw_study *w, const char *line, size_t length) {
  if (length < 4 || line[0] < '0' || line[0] > '5' || line[1] != ' ') return false;
  char *row;
  size_t n = strtoul(line + 2, &row, 10);
  if (*row++ != ' ' || n != length - (size_t)(row - line)) return false;
  int number = (int)strtol(row, NULL, 10) - 1;
  if (!ours(w, number) || j->rows[number]) return false;
  j->rows[number] = malloc(n + 2);
  if (!j->rows[number]) abort();
  memcpy(j->rows[number], row, n);
  strcpy(j->rows[number] + n, "\n");
  j->exits[number] = line[0] - '0';
  j->n++;
  return true;
}

static int take_up(tw_journal *j, const tw_study *w) {
  size_t n, whole;
  char *text = contents(j->fd, &n);
  const char *first = title(w);
  int status = 0;
  for (whole = n; whole && text[whole - 1] != '\n';) whole--;
  if (whole && (whole < strlen(first) || memcmp(text, first, strlen(first))))
    status = complain(j, w, "is of another", ": the program, an option or a file that it reads has changed since; remove it to "
                      "begin anew");
  for (size_t at = strlen(first); !status && at < whole;) {
    size_t length = strcspn(text + at, "\n"); /* there is a line feed before `whole` */
    if (!take(j, w, text + at, length)) status = complain(j, w, "of a", " is damaged; remove it to begin anew");
    at += length + 1;
  }
  free(text);
  if (status) return status;
  if (ftruncate(j->fd, (off_t)whole) || lseek(j->fd, 0, SEEK_END) < 0) return tw_output_failed(j->journal, errno);
  return whole ? 0 : append(j, first);
}

static int make_folder_of(const tw_study *w, const char *path) {
  const char *slash = strrchr(path, '/');
  return slash && slash > path ? tw_output_folder(tw_printf(w->arena, "%.*s", (int)(slash - path), path)) : 0;
}

int tw_journal_open(tw_journal *j, const tw_study *w) {
  *j = (tw_journal){.fd = -1, .rows = calloc((size_t)w->cases, sizeof *j->rows)};
  j->exits = calloc((size_t)w->cases, sizeof *j->exits);
  if (!j->rows || !j->exits) abort();
  if (!w->path) return 0;
  j->journal = tw_printf(w->arena, "%s.journal", w->path);
  if (make_folder_of(w, w->path)) return TW_EXIT_SYSTEM;
  j->fd = open(j->journal, O_RDWR | O_CREAT | O_CLOEXEC | (w->resume ? 0 : O_EXCL), 0666);
  if (j->fd < 0 && errno == EEXIST)
    return complain(j, w, "is there: a", " was interrupted or is going on; --resume goes on with it, or remove it to begin anew");
  if (j->fd < 0) return tw_output_failed(j->journal, errno);
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  if (fcntl(j->fd, F_SETLK, &lock)) return complain(j, w, "is being written by another", "");
  return take_up(j, w);
}

int tw_journal_add(tw_journal *j, int number, int exit, const char *row) {
  j->rows[number] = strdup(row);
  if (!j->rows[number]) abort();
  j->exits[number] = exit;
  j->n++;
  if (j->fd < 0) return 0;
  size_t n = strlen(row), room = n + 32;
  char *line = malloc(room);
  if (!line) abort();
  snprintf(line, room, "%d %zu %s", exit, n - 1, row); /* the row's own line feed ends the line */
  int status = append(j, line);
  free(line);
  return status;
}

static int write_all(const tw_journal *j, const tw_study *w, const char *header, FILE *out) {
  errno = 0;
  fputs(header, out);
  for (int i = 0; i < w->cases; i++)
    if (j->rows[i]) fputs(j->rows[i], out);
  return fflush(out) || ferror(out) ? (errno ? errno : EIO) : 0;
}

int tw_journal_table(const tw_journal *j, const tw_study *w, const char *header) {
  if (!w->path) {
    int error = write_all(j, w, header, stdout);
    return error ? tw_output_failed("standard output", error) : 0;
  }
  const char *part = tw_printf(w->arena, "%s.part", w->path);
  FILE *out = fopen(part, "w");
  int error = out ? write_all(j, w, header, out) : errno;
  if (out && fclose(out) && !error) error = errno;
  if (!error && rename(part, w->path)) error = errno;
  return error ? tw_output_failed(w->path, error) : 0;
}

void tw_journal_remove(const tw_journal *j) {
  if (j->fd >= 0) unlink(j->journal);
}

void tw_journal_free(tw_journal *j, int cases) {
  for (int i = 0; i < cases && j->rows; i++) free(j->rows[i]);
  free(j->rows);
  free(j->exits);
  if (j->fd >= 0) close(j->fd);
}
