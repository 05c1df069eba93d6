/* Cases handed to processes, one at a time to each. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "study.h"

typedef struct { pid_t pid; int fd, number; } worker;  /* pid 0: none; number -1: idle */
typedef struct { int number, exit, length; } answer;   /* followed by the text */

/* All of n bytes; false when the other side is gone. */
static bool get(int fd, void *to, size_t n) {
  for (char *at = to; n;) {
    ssize_t k = read(fd, at, n);
    if (k < 0 && errno == EINTR) continue;
    if (k <= 0) return false;
    at += k;
    n -= (size_t)k;
  }
  return true;
}

static bool put(int fd, const void *from, size_t n) {
  for (const char *at = from; n;) {
    ssize_t k = send(fd, at, n, MSG_NOSIGNAL);
    if (k < 0 && errno == EINTR) continue;
    if (k <= 0) return false;
    at += k;
    n -= (size_t)k;
  }
  return true;
}

/* In the process of a worker: until the other side closes. A key for interruption is the parent's to answer. */
static _Noreturn void labour(const tw_pool *p, int fd) {
  int number;
  signal(SIGINT, SIG_IGN);
  signal(SIGTERM, SIG_DFL);
  while (get(fd, &number, sizeof number)) {
    char *text = NULL;
    answer a = {.number = number};
    a.exit = p->work(p->ctx, number, &text);
    a.length = (int)strlen(text);
    if (!put(fd, &a, sizeof a) || !put(fd, text, (size_t)a.length)) break;
    free(text);
  }
  _exit(0);
}

static int start(const tw_pool *p, worker *all, worker *w) {
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair)) return errno;
  fflush(NULL);
  pid_t pid = fork();
  if (pid < 0) {
    int error = errno;
    close(pair[0]), close(pair[1]);
    return error;
  }
  if (!pid) {
    for (int i = 0; i < p->workers; i++)
      if (all[i].pid) close(all[i].fd); /* else the others would not see the parent's end close */
    close(pair[0]);
    labour(p, pair[1]);
  }
  close(pair[1]);
  *w = (worker){pid, pair[0], -1};
  return 0;
}

/* Ends a worker; returns the signal that had ended it, 0 when none had. */
static int stop(worker *w, bool kill_it) {
  int status = 0;
  close(w->fd);
  if (kill_it) kill(w->pid, SIGKILL);
  while (waitpid(w->pid, &status, 0) < 0 && errno == EINTR);
  w->pid = 0;
  return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

/* What a worker has to say; nonzero ends the pool. */
static int hear(const tw_pool *p, worker *w) {
  answer a;
  char *text = NULL;
  bool whole = get(w->fd, &a, sizeof a);
  if (whole) {
    text = malloc((size_t)a.length + 1);
    if (!text) abort();
    whole = get(w->fd, text, (size_t)a.length);
    text[a.length] = 0;
  }
  int number = w->number, status;
  w->number = -1;
  if (whole) {
    status = p->done(p->ctx, number, a.exit, text);
  } else {
    int signal_number = stop(w, false);
    status = p->done(p->ctx, number, signal_number, NULL);
  }
  free(text);
  return status;
}

static int failed(int error) {
  fprintf(stderr, "racktwin: error: no process for the cases could be started: %s\n", strerror(error));
  return TW_EXIT_SYSTEM;
}

/* Gives a case to everyone who is idle, starting whoever is missing. */
static int hand_out(const tw_pool *p, worker *all, int *waiting) {
  for (int i = 0; i < p->workers; i++) {
    worker *w = &all[i];
    if (w->pid && w->number >= 0) continue;
    if (*waiting < 0) *waiting = p->next(p->ctx);
    if (*waiting < 0) return 0;
    int error = w->pid ? 0 : start(p, all, w);
    if (error) return failed(error);
    w->number = *waiting;
    *waiting = -1;
    (void)put(w->fd, &w->number, sizeof w->number); /* to one who is gone: hear() will know */
  }
  return 0;
}

static int listen_to(const tw_pool *p, worker *all, struct pollfd *polled) {
  int status = 0, n = 0;
  for (int i = 0; i < p->workers; i++) {
    polled[i] = (struct pollfd){all[i].pid && all[i].number >= 0 ? all[i].fd : -1, POLLIN, 0};
    n += polled[i].fd >= 0;
  }
  if (n && poll(polled, (nfds_t)p->workers, 200) > 0)
    for (int i = 0; i < p->workers && !status; i++)
      if (polled[i].revents) status = hear(p, &all[i]);
  return status;
}

int tw_pool_run(const tw_pool *p) {
  worker *all = calloc((size_t)p->workers, sizeof *all);
  struct pollfd *polled = calloc((size_t)p->workers, sizeof *polled);
  int status = 0, waiting = -1;
  if (!all || !polled) abort();
  for (bool busy = true; busy && !status;) {
    status = hand_out(p, all, &waiting);
    if (!status) status = listen_to(p, all, polled);
    if (!status && *p->interrupted) status = -1;
    p->wait(p->ctx);
    busy = false;
    for (int i = 0; i < p->workers; i++) busy |= all[i].pid && all[i].number >= 0;
    if (!busy && waiting < 0) waiting = p->next(p->ctx);
    busy |= waiting >= 0;
  }
  for (int i = 0; i < p->workers; i++)
    if (all[i].pid) (void)stop(&all[i], all[i].number >= 0);
  free(all);
  free(polled);
  return status;
}
