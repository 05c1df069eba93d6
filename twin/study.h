/* A study: many cases, each calculated by itself in a process, one row of text for each. Rows go to a journal as soon as they are
 * known, so that an interrupted study can be resumed; neither the order nor the number of processes changes a row. */
#ifndef TW_STUDY_H
#define TW_STUDY_H
#include <stdbool.h>
#include "../racks/arena.h"
#include "options.h"

typedef struct {
  const char *verb;              /* of the command line */
  tw_arena *arena;               /* for names and reasons; the caller's */
  int cases;                     /* of all shards; numbered from 0 here, from 1 for the user */
  int shard, shards;             /* case k is ours when k % shards == shard */
  const char *key;               /* of all that the rows depend on, as hex */
  const char *path;              /* of the table; the journal is PATH.journal. NULL: rows stay in memory */
  bool resume, quiet;
  int workers;
  /* In a process of its own: an exit code, and a row to be freed. It begins with number + 1, ends with a line feed and holds no
   * other. */
  int (*work)(void *ctx, int number, char **row);
  char *(*lost)(void *ctx, int number, const char *reason); /* the row of a case whose process broke down */
  void *ctx;
} tw_study;

/* study_journal.c */
typedef struct {
  const char *journal;
  int fd;                      /* of the journal, -1: none */
  char **rows;                 /* [cases], NULL: still to do */
  int *exits;                  /* [cases] */
  int n;                       /* rows that are there */
} tw_journal;
int tw_journal_open(tw_journal *j, const tw_study *w);          /* 0 or an exit code after a message; to be freed in any case */
int tw_journal_add(tw_journal *j, int number, int exit, const char *row);
/* Header and all rows in the order of the cases, to the path or stdout. 0 or an exit code after a message. */
int tw_journal_table(const tw_journal *j, const tw_study *w, const char *header);
void tw_journal_remove(const tw_journal *j);                    /* the file, when its rows are no longer needed */
void tw_journal_free(tw_journal *j, int cases);

/* study_key.c. SHA-256 of the program, of words that say which study it is, and of the contents of files, as they are now. */
void tw_study_key(const char *const *words, int n, const char *const *inputs, int n_inputs, char key[65]);

/* study.c. Calculates what the journal does not have yet. 0; an exit code after a message; or TW_STUDY_INTERRUPTED after one that
 * says how much there is. */
enum { TW_STUDY_INTERRUPTED = -1 };
int tw_study_run(const tw_study *s, tw_journal *j);
int tw_study_cases(const tw_study *s);                          /* of this shard */

/* Numbers of cases by how they ended, and the exit code of the study: 5 where the calculation itself broke down, else 4 where one
 * has no result, else 1 where one breaks a limit. */
typedef struct { int kept, broken, failed, crashed; } tw_study_counts;
tw_study_counts tw_study_count(const tw_study *s, const tw_journal *j);
int tw_study_exit(const tw_study_counts *c);

/* study_pool.c. Processes rather than threads: what one case does to memory, or a crash of it, ends that case alone. `work` runs
 * in one of them and gives an exit code and a text to be freed; `done` hears of it here, with a text NULL and the signal's number
 * when the process ended. Nonzero from `done` ends the pool. Returns that, 0, TW_EXIT_SYSTEM after a message, or -1 when
 * *interrupted. */
typedef struct {
  int workers;
  int (*next)(void *ctx);                              /* number of a case still to do, -1: none */
  int (*work)(void *ctx, int number, char **text);
  int (*done)(void *ctx, int number, int exit, const char *text);
  void (*wait)(void *ctx);                             /* called a few times a second */
  volatile int *interrupted;
  void *ctx;
} tw_pool;
int tw_pool_run(const tw_pool *p);
#endif
