/* What the files of a run share: its state between two steps. Private to run*.c. */
#ifndef TW_RUNNING_H
#define TW_RUNNING_H
#include "chatter.h"
#include "collapse.h"
#include "run.h"

/* next: s, when its next row comes; ahead: s, where in its period it is at t = 0 */
typedef struct { const tw_trace *trace; tw_player *player; double next, ahead; } tw_played;

typedef struct {
  tw_network *net;
  tw_solver *solver;
  const tw_scenario *scenario;
  const tw_workload *workload;
  const tw_run_options *o;
  tw_run_report *r;
  tw_diagnostics *d;
  tw_transient *x;
  double *atol;               /* [n] */
  /* What changes as the run goes on is in a checkpoint: keep() lists all of it. */
  double *y, *yd, t, every;
  long sample, checkpoint;    /* numbers of the next ones */
  int next_event;
  double renewed_at;          /* time of the last restart after a step that failed */
  double ramps_ended;         /* those that end by then have been ended */
  double sampled_at;          /* time of the last sample */
  double *z;                  /* discrete states before a reaction */
  tw_chatter *chatter;
  tw_collapse *collapse;
  tw_transient_stats past;    /* of the integrators before x */
  tw_played *played;          /* [n_played] traces: the workload's, then the scenario's */
  int n_played;
  double next_phase;          /* s, when the workload steps next */
  double next_jump;           /* s, when that is or the next row of a trace comes */
  const double *passed;       /* NULL, or [n_events]: when the roots that lead to the next reaction were */
  double last_t;              /* of the last tw_run_integrate */
  double level;               /* J stored there, from any zero; NaN before the first */
  double seen_t;              /* time of the powers seen last */
  tw_energies seen;
} tw_running;

/* What a step of the run ends with, beside 0 and the status to end with: a discrete state or an input has jumped. */
enum { TW_REACTED = -1 };

/* run.c */
int tw_run_tell(tw_running *w, const tw_happening *h);
int tw_run_explain(tw_running *w, const char *what, int unknown); /* a diagnostic that names the unknown (or -1); 4 */
void tw_run_integrate(tw_running *w, bool fresh);

/* run_phase.c: when the workload steps and rows of traces come. */
int tw_run_play(tw_running *w);                          /* opens the traces and lets them drive the network */
/* From here on the workload is that of the phase, and each trace between the rows, that hold or begin at t. steps (or NULL):
 * whether an input jumps there. */
int tw_run_enter_phase(tw_running *w, bool *steps);
int tw_run_find_phase(tw_running *w);                    /* after a checkpoint has been loaded: where it was */
void tw_run_stop_playing(tw_running *w);
double tw_run_ahead(const tw_running *w);                /* where in its period the workload is at t = 0 [s] */

/* run_restart.c: reactions to events, until none is left. */
int tw_run_react(tw_running *w);
int tw_run_tell_collapses(tw_running *w);
/* After any jump of an input or a discrete state: consistent values, then reactions until none is left. */
int tw_run_restart(tw_running *w);
/* Where no step is short enough: the same at a moment after t, *leap [s] later or more; *leap: more than what it took. */
int tw_run_leap(tw_running *w, double *leap, double t_stop);

/* run_events.c: the scenario's timed events. */
double tw_run_next_event(const tw_running *w);
int tw_run_apply_events(tw_running *w);
#endif
