/* A run in time: workload, timed events and discrete events over one scenario, by SDIRK or IDA on the network's residual. */
#ifndef TW_RUN_H
#define TW_RUN_H
#include "audit.h"
#include "dynamics.h"
#include "state.h"
#include "steady.h"

/* Energies over the run [J]: flows by the integrator's own quadrature, what is stored as a function of the state. In a step's call:
 * powers [W] for the flows, and `stored` [J] from any zero. */
typedef struct {
  double electric_in, thermal_out, lift, leakage;
  double electric_through, thermal_through; /* without signs: what comes in and goes out again counts twice */
  double set;                   /* change of what is stored without a flow: figures or states from which it follows were set */
  double loss[TW_STAGES], load[TW_STAGES];
  double stored;                /* at the end less at the start, without what was set */
  double leapt;                 /* s over which no step led (tw_run_leap): counted by the flows at their start */
  double imbalance;             /* |in - out - lift - leakage - stored| / throughput */
  double throughput;            /* J, the largest of what went through and |stored| */
} tw_energies;
#define TW_ENERGY_REFUSED 1e-3   /* imbalance, or 10 rtol where that is more, beyond which a run is not to be trusted */
#define TW_WORTH_TELLING 1e-9    /* of the throughput, of what was set */

/* path: of the part that was set or changed its state; what: "state: on -> throttled"; cause: the event and its line, or what the
 * part's own table says of it; state: that which the part itself went into ("throttled", or "collapsed" of a supply), else "". */
typedef struct { double t; const char *path; char what[96], cause[96], state[32]; } tw_happening;

typedef struct {
  tw_steady_report steady;      /* of the initial state */
  tw_transient_stats stats;
  tw_energies energy;
  double rtol;                  /* used, as method */
  tw_time_method method;
  tw_dynamics dynamics;
  double t_end;                 /* s, reached */
  double time_of_day;           /* s, at which the scenario begins; 0: midnight, or not stated */
  int restarts;
  int collapsed;                /* parts whose supply collapsed for a second or more */
  bool interrupted;
  bool resumed;
  double resumed_at;            /* s, where resumed */
} tw_run_report;

/* By itself: SDIRK where a workload or a trace drives the run, because its steps end where its inputs have their kinks; else IDA. */
typedef enum { TW_BY_ITSELF, TW_BY_IDA, TW_BY_SDIRK } tw_time_choice;
const char *tw_time_method_name(tw_time_method m); /* "ida", "sdirk" */
tw_time_choice tw_time_choice_of(const char *word); /* of --method; NULL: not given */

typedef struct {
  double rtol;                  /* 1e-5 unless given */
  tw_time_choice method;
  tw_dynamics_choice dynamics;
  double every;                 /* s between samples; 0: the scenario's, or duration / 600 */
  void *ctx;
  int (*sample)(void *ctx, double t, tw_network *net, const double *y);              /* after tw_network_observe; 0 to go on */
  int (*happening)(void *ctx, const tw_happening *h);
  /* After each step of the integration and each jump, when t is that of the last call; reported quantities are those of t. */
  void (*step)(void *ctx, double t, const double *y, const tw_energies *powers);
  void (*progress)(void *ctx, double t, double duration);
  double checkpoint_every;      /* s of simulated time; used where checkpoint is given */
  int (*checkpoint)(void *ctx, double t, const tw_state *run); /* at its multiples and the end: to be stored; 0 to go on */
  tw_state *resume;             /* what a checkpoint of the same model, scenario and options got: the run goes on from there */
  const volatile int *interrupted; /* set by a signal: the run ends at the next step with what it has */
} tw_run_options;

/* Steady state with the workload at t = 0, then the scenario. y [n] receives the final state. 0, 4 (with a diagnostic; also where
 * coolant or a refusing curve leaves its range), 5 when the sink failed or a trace was changed meanwhile, or 130 when interrupted. Samples: every `every` seconds
 * and at the end; one at a jump shows the values before it. A checkpoint starts the integration afresh: a run resumed there and one that just goes on give the same bits (one without checkpoints differs, within the tolerance). */
int tw_run(tw_network *net, tw_solver *solver, const tw_scenario *s, double *y, const tw_run_options *o, tw_run_report *r, tw_diagnostics *d);
#endif
