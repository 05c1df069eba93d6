/* What the verbs and the library begin with: read the file, build the network, and say what is wrong. */
#ifndef TW_SESSION_H
#define TW_SESSION_H
#include "clock.h"
#include "network.h"
#include "options.h"
#include "results.h"

typedef struct {
  tw_diagnostics diagnostics;
  tw_description *model;
  tw_network *net;
  tw_problem problem;
  tw_solver *solver;
  double *y;
  double seconds_read, seconds_build, seconds_solver, seconds_solve, seconds_gather; /* build: with the checks of the structure */
} tw_session;

/* Prints nothing. 0; TW_EXIT_INPUT, and the diagnostics say why; or TW_EXIT_SYSTEM: out of memory. with_solver: also the solver
 * and the start. */
int tw_session_read(tw_session *s, const char *file, const tw_read_options *how, bool with_solver);
/* The file of the command line as its -V (the first), -s and --set have it, with further --set options after them. Returns as
 * tw_session_read. */
int tw_session_read_with(tw_session *s, const tw_options *o, const char *const *sets, int n_sets, bool with_solver);
/* The steady state from the start that tw_session_read left in y, its results and the check of their balance: what `solve` does.
 * Prints nothing. 0 and *r, to be freed with tw_results_free before the session closes; or TW_EXIT_NO_SOLUTION, *r NULL, and
 * the diagnostics say why. */
int tw_session_solve(tw_session *s, const tw_steady_options *how, tw_results **r);
/* Does the energy of a solution close? If not, adds a diagnostic that names the place where the books differ. */
bool tw_session_balanced(tw_session *s, const tw_results *r);
/* The errors found so far in one line, into buf: "path: text [RTnnnn]; ..."; "" when there is none. */
const char *tw_session_why(const tw_session *s, char *buf, size_t size);
void tw_session_close(tw_session *s);

/* For the command line. 0 or an exit code; diagnostics are printed on stderr. variant may be NULL. */
int tw_session_open(tw_session *s, const tw_options *o, const char *file, const char *variant, bool with_solver);
/* Prints what has been found since and counts: exit is the code to end with if there are errors. */
int tw_session_report(tw_session *s, const tw_options *o, int code);

/* The shipped racks/, into buf of TW_FOLDER_SIZE: RACKTWIN_CATALOGUE; share/racktwin/racks below a folder above the one that this
 * program or library lies in; the source tree's; the place for which it was configured. Returns buf. */
enum { TW_FOLDER_SIZE = 4096 };
const char *tw_catalogue_folder(char *buf);
#endif
