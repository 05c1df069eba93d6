/* What most verbs begin with: read the file with its options, build the network, and say what is wrong. */
#ifndef TW_SESSION_H
#define TW_SESSION_H
#include "network.h"
#include "options.h"

typedef struct {
  tw_diagnostics diagnostics;
  tw_description *model;
  tw_network *net;
  tw_problem problem;
  tw_solver *solver;
  double *y;
  double seconds_read, seconds_build;
} tw_session;

/* 0 or an exit code; diagnostics are printed on stderr. variant may be NULL. with_solver: also the solver and the start. */
int tw_session_open(tw_session *s, const tw_options *o, const char *file, const char *variant, bool with_solver);
/* Prints what has been found since and counts: exit is the code to end with if there are errors. */
int tw_session_report(tw_session *s, const tw_options *o, int code);
void tw_session_close(tw_session *s);

const char *tw_catalogue_folder(void); /* the shipped racks/: RACKTWIN_CATALOGUE, the source tree's, or the installed one */
double tw_clock(void);               /* monotonic clock */
#endif
