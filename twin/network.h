/* The network: instances of the description grouped by type into batches, joined ports into nodes, nodes and internal
 * quantities into one vector of unknowns, stamps into one sparse pattern.
 *
 * Unknowns: first the node quantities (v | Re v, Im v | p, T | T | u), then per batch the internal ones, [quantity][instance].
 * Row u of a node quantity is that node's balance, row u of an internal quantity the internal equation of the same number.
 * With L lanes every vector is [unknown][lane].  Parameters are [parameter][instance x lane] per batch.
 * Energy conventions: component.h. */
#ifndef TW_NETWORK_H
#define TW_NETWORK_H
#include "../racks/description.h"
#include "../solvers/solver.h"
#include "player.h"
#include "state.h"

typedef struct tw_batch {
  const tw_type *type;
  int n, columns;                    /* instances; instances x lanes */
  int n_params, n_ports, n_port_q, n_internal, n_outputs, n_limits;
  const int *port_first;             /* [n_ports] first local quantity of each port */
  int *item;                         /* [n] number in the description */
  double **p;                        /* [n_params + n_derived][columns] */
  const tw_curve ***c;               /* [n_params][columns], rows NULL for other kinds */
  const tw_medium ***m;              /* [n_ports][columns], rows NULL for other kinds */
  bool **open;                       /* [n_ports][columns] nothing is connected */
  double **z;                        /* [n_discrete][columns] */
  int **unknown;                     /* [n_port_q][n] node unknown of each port quantity */
  int first_internal;                /* unknown of internal q, instance k: first_internal + q n + k */
  int32_t **slot;                    /* [n_stamps][n] place in the matrix values; -1: a fixed node's row */
  int first_event;
  /* scratch of one evaluation */
  double **x, **xd, **f, **j, **out, **b;
  bool rests;                        /* xd of the ports holds zeros */
} tw_batch;

typedef struct {
  tw_kind kind;
  int unknown;                       /* first of its quantities */
  int first_item, first_port;        /* names the node */
  const tw_medium *medium;           /* fluid nodes */
  double phases;                     /* AC nodes */
  bool fixed;                        /* the ambient or ground: row is T - T_ambient, v */
} tw_node;

/* A parameter that changes over time: by the workload, or in a ramp. */
typedef struct {
  int batch, instance, param;
  const tw_curve *over_time;         /* NULL: by value number `value` of the window of a trace */
  const tw_window *window;
  int value;
  double period;
  bool repeat;
  double ahead;                      /* s, where in its period it is at t = 0 */
  double ramp_end;                   /* s; 0: no ramp */
  bool derives;                      /* its batch is derived again when it changes */
} tw_driven;
typedef struct { int unknown, batch, instance, param; } tw_fallback; /* unconnected signal input = parameter */

struct tw_stamping;                  /* stamping.h */

typedef struct tw_network {
  tw_arena *arena;
  const tw_description *model;
  int lanes, n;                      /* unknowns of one lane */
  tw_batch *batches;
  int n_batches;
  tw_node *nodes;
  int n_nodes, ambient, ground;      /* the nodes of what is left open: heat, and DC ports at 0 V; -1 when there is none */
  int *item_batch, *item_instance;   /* [model->n_items], -1 for composites */
  int32_t *column, *row_index;       /* CSC pattern, every diagonal present */
  int32_t nonzeros;
  int32_t *diagonal;                 /* [n] slot of each diagonal */
  double *nominal, *tolerance, *lo, *hi; /* [n] */
  double *first_guess;               /* [n][lanes] tw_network_start for the parameters of the file */
  bool *differential;                /* [n] a rate of this unknown appears with a nonzero weight */
  bool *fast_store;                  /* [n] differential by fast parts alone (component.h, TW_FAST) */
  double *fast_weight;               /* [n] of its rate in its own row */
  int n_fast;
  bool *integrator;                  /* [n] differential, and its own row does not depend on its value */
  bool *stock;                       /* [n] a level, charge or energy: held at its start in steady state */
  int n_stocks;
  tw_driven *driven;
  int n_driven, driven_room, n_events;
  bool *may_wait;                    /* [n_events] component.h, events_may_wait */
  tw_fallback *fallbacks;
  int n_fallbacks;
  double *leak, *leak_to;            /* [n] leakage of a node's row and the level that it goes to, 0 elsewhere */
  double *own_diagonal;              /* [n] diagonal entries of leakages, the ambient and unconnected signals */
  struct tw_stamping *whole;         /* where the stamps go */
  double load_scale, driven_at;      /* driven_at: time of the values that are set now */
  bool driven_fits;                  /* they fit the other figures of their parts */
  double fast;                       /* 1: fast states are integrated, 0: they follow at once (tw_network_let_fast) */
  double drive_from, drive_until;    /* s: the workload is read between its last step and its next one, whichever side t is on */
  double seconds_structure;          /* that the checks of the structure took */
  double *zeros, *scratch;           /* [n][lanes]: absent rates; rows of a Jacobian pass */
} tw_network;

/* Leakages that keep opened islands determined; they are booked in the audit. */
#define TW_LEAK_ELECTRIC 1e-12       /* S from every DC and AC node to ground */
#define TW_LEAK_HEAT 1e-9            /* W/K from every fluid and heat node to the ambient */

/* Builds the network. NULL and diagnostics when media, streams or phases do not fit. The description must outlive it. */
tw_network *tw_network_new(const tw_description *model, int lanes, tw_diagnostics *d);
void tw_network_free(tw_network *net);

/* Sets a parameter of an item in one lane (-1: all), of what a composite passed it to, and derives again.
 * Returns the number of primitives reached, or -1 when the value does not fit the other figures of one of them. */
int tw_network_set(tw_network *net, int item, int param, int lane, double value);
/* Value now of a parameter; of a composite that of the first primitive it was passed to, else as in the file. */
double tw_network_value(const tw_network *net, int item, int param);
/* Lets a parameter go from what it is at t to `to` in a straight line over the time `over`. As tw_network_set; a later set or ramp of
 * the same parameter takes its place. */
int tw_network_ramp(tw_network *net, int item, int param, double t, double over, double to);
/* The ramp of that parameter that ends at t, if it is still on, is over: its end value stays. */
void tw_network_ramp_end(tw_network *net, int item, int param, double t, double to);
/* Discrete states of a part, or of all that a composite emitted, as at the start: what has tripped begins anew. */
void tw_network_renew(tw_network *net, int item);
/* Whether fast states are integrated, as they are at first, or follow the others at once. */
void tw_network_let_fast(tw_network *net, bool integrated);
/* Lets a workload drive the chips (NULL: none). ahead: where in its period it is at t = 0 [s]. */
void tw_network_drive(tw_network *net, const tw_workload *w, double ahead);
/* Lets a trace drive what it names, by its two rows in the window, which its player moves along; it goes before what did so far.
 * ahead as above. */
void tw_network_follow(tw_network *net, const tw_trace *t, const tw_window *window, double ahead);
/* Whether a row of the trace with that window fits the other figures of all parts; diagnostics tell where it does not. */
bool tw_network_row_fits(tw_network *net, const tw_window *window, const double *values, tw_diagnostics *d);

void tw_network_start(tw_network *net, double *y);   /* first guess [n][lanes] and initial discrete state */
void tw_network_guess(tw_network *net, double *y);   /* first guess for the discrete state as it is */
/* Voltages and currents that no store holds at their first guess for the present parameters; the rest of y and the discrete states
 * stay. Where a feed was lost, constant power at the old voltage leads away from the solution, at none of it does not; a converter
 * that is back from a failure was asked for the current of a short. */
void tw_network_relevel(tw_network *net, double *y);
int tw_network_residual(tw_network *net, double t, const double *y, const double *yd, double *f);
/* values [nonzeros][lanes], which whoever factors them finds to be finite or not; 0. */
int tw_network_jacobian(tw_network *net, double t, double cj, const double *y, const double *yd, double *values);
/* Both in one pass, which costs little more than either. 0 when the residual is finite. */
int tw_network_linearise(tw_network *net, double t, double cj, const double *y, const double *yd, double *f, double *values);
/* The same for what writes the rows of a part alone: the residual of its rows, the others are not to be read, and its entries. */
int tw_network_residual_of(tw_network *net, const bool *active, double t, const double *y, const double *yd, double *f);
int tw_network_jacobian_in(tw_network *net, const struct tw_stamping *to, double t, double cj, const double *y, const double *yd,
                           double *values);
int tw_network_linearise_in(tw_network *net, const struct tw_stamping *to, double t, double cj, const double *y, const double *yd,
                            double *f, double *values);
/* Puts one batch's stamps into values, what tw_network_jacobian does for each of them: a benchmark splits its time by type. */
void tw_network_jacobian_of(tw_network *net, int batch, double t, double cj, const double *y, const double *yd, double *values);
/* Rates at rest: zero, but for stocks, whose net rate follows from their row (steady state: "filling 0.2 kg/s"). */
void tw_network_rates_at_rest(tw_network *net, const double *y, double *yd);
int tw_network_events(tw_network *net, double t, const double *y, const double *yd, double *g);
int tw_network_react(tw_network *net, double t, const double *y, const double *yd); /* number of instances that changed */
double tw_network_alarm(tw_network *net, double t); /* when a part wants that to be called next [s]; INFINITY: none does */

/* Discrete states of all instances as one array of tw_network_discrete_count numbers. */
int tw_network_discrete_count(const tw_network *net);
void tw_network_discrete_copy(const tw_network *net, double *z);
/* Calls `each` (or NULL) for every state that differs from `before`, until it returns nonzero. Returns the number of calls. */
typedef int tw_change_fn(void *ctx, int item, const tw_discrete *what, double before, double after);
int tw_network_discrete_changes(const tw_network *net, const double *before, tw_change_fn *each, void *ctx);

/* Parameters, discrete states and what the workload still drives, as they change during a run. */
void tw_network_keep(tw_network *net, tw_state *s);

/* Fills batch.out and batch.b (reported quantities and balance terms) and leaves the port flows in batch.f. */
void tw_network_observe(tw_network *net, double t, const double *y, const double *yd);
/* After it, for one lane: rate at which what is stored changes because figures that are driven do [W]. */
double tw_network_driven_energy(tw_network *net, double t);
void tw_network_observe_of(tw_network *net, int batch, double t, const double *y, const double *yd); /* those of one batch */

tw_problem tw_network_problem(tw_network *net);      /* lanes = 1; arrays stay the network's */

/* "tray[3].gpu[1]: T_die" into buf. */
const char *tw_network_unknown_name(const tw_network *net, int unknown, char *buf, size_t size);
const char *tw_network_unknown_path(const tw_network *net, int unknown); /* the item's path only */
int tw_network_unknown_item(const tw_network *net, int unknown);         /* of a node: the first that is joined there */

/* Words (words.c), each into buf: number `index` of "a|b|c"; the value of a discrete quantity; what led to it; the state of a part
 * as it is now: that of its parameter unless the usual one, else of its discrete state; "" where it has none. */
const char *tw_choice_word(const char *choices, double index, char *buf, size_t size);
const char *tw_discrete_word(const tw_discrete *d, double value, char *buf, size_t size);
const char *tw_discrete_cause(const tw_discrete *d, double value, char *buf, size_t size);
const char *tw_item_state(const tw_network *net, int item, char *buf, size_t size);

/* The word of an item's `kind` (gpu, nic ...) into word, "" when it has none. */
const char *tw_item_kind(const tw_description *m, int item, char *word, size_t size);
int tw_output_index(const tw_type *type, const char *id);   /* -1 when there is none; likewise: */
int tw_param_index(const tw_type *type, const char *id);
#endif
