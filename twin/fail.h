/* fail --n-1: every single failure of a rack, settled and in time.
 *
 * A case is a part whose state becomes its word for failure (failed, open, off ..). In time: from the steady state before, the
 * part failing at t = 0, with all controls and trips acting. Settled: the steady state with the part failed, from a cold start,
 * or where there is none that to which the time leads. A case is calculated by itself and depends on nothing but its own figures,
 * so that neither order nor processes change it. */
#ifndef TW_FAIL_H
#define TW_FAIL_H
#include <cjson/cJSON.h>
#include "session.h"
#include "study.h"

typedef struct { int item, param; double failed; } tw_failure; /* item -1: nothing fails, the rack as it is */
typedef struct { const char *path, *element, *state; } tw_fail_name;
typedef struct { const char *path, *what; } tw_known;

/* What a case comes to, the worst first; several can hold, and the worst counts. */
typedef enum {
  TW_F_CRASHED, TW_F_NO_RESULT, TW_F_ALL_LOST, TW_F_ENDED_EARLY, TW_F_NO_STEADY_STATE, TW_F_TRIPPED, TW_F_COLLAPSED, TW_F_LOST,
  TW_F_LIMIT, TW_F_NOT_LASTING, TW_F_THROTTLED, TW_F_RIDES_THROUGH
} tw_fail_rank;

typedef struct {
  tw_arena *arena;
  const tw_options *o;
  char catalogue[TW_FOLDER_SIZE];
  double duration;                       /* s in time */
  const char **inputs; int n_inputs;
  const char *title;
  tw_failure *list; tw_fail_name *names; int n;
  int n_items, n_loads;
  bool *loads;                           /* [n_items] what counts as IT power: chips; without chips all loads */
  double *before, *after;                /* [n_items] W of each load without a failure: settled, and at the end in time */
  tw_known *known; int n_known, known_room; /* limits that are broken, stores that run down without a failure */
  cJSON *intact;                         /* the case in which nothing fails */
  char key[65];
} tw_fail;

/* fail_plan.c. Reads the file, lists what can fail of what --case and --only name, and calculates the rack without a failure.
 * 0 or an exit code after a message: 3, 4 when there is no steady state before. To be freed in any case. */
int tw_fail_plan(tw_fail *w, const tw_options *o);
const tw_scenario *tw_fail_scenario(const tw_fail *w, const tw_description *m); /* NULL: at rest */
void tw_fail_key(const tw_fail *w, char key[65]);
void tw_fail_free(tw_fail *w);

/* fail_case.c. As tw_session_read, with the solver. */
int tw_fail_read(const tw_fail *w, tw_session *s);
/* What a case came to: objects "settled" and, unless --steady-only, "in_time". */
cJSON *tw_fail_case(const tw_fail *w, const tw_failure *f);
void tw_fail_intact(tw_fail *w);                      /* the rack without a failure, and what it notes in w */

/* fail_verdict.c. What the figures of a case mean, in words, into it: "verdict", "because" (null where nothing is to be said). */
tw_fail_rank tw_fail_judge(cJSON *c);
int tw_fail_exit(tw_fail_rank rank);                  /* of one case: 0, 1, 4 or 5 */

/* fail_table.c. The document, cases worst first, from the rows of the journal, NULL when one of them is damaged; its CSV. */
cJSON *tw_fail_document(const tw_fail *w, const tw_journal *j);
int tw_fail_csv(FILE *out, const cJSON *doc);         /* 0 or an errno value */

/* fail_page.c. One line for cases of parts that differ by their indices only and come to the same, that of the worst of them;
 * all: a line for each. */
void tw_fail_page(FILE *out, const cJSON *doc, bool all);

/* Values in the document (fail_table.c): of an object in a case, or with part NULL of the case itself; NaN or "" where there is
 * none. When the first limit breaks in time, s. */
double tw_fail_number(const cJSON *c, const char *part, const char *key);
const char *tw_fail_text(const cJSON *c, const char *part, const char *key);
double tw_fail_first_broken(const cJSON *c);
#endif
