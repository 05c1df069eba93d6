/* The contract of a component: one file, one table, one XML element.
 *
 * A component type is a constant table (tw_type).  The reader, unit and range checks, schema, manual, error messages, sweep
 * targets and the contract tests all come from it.  Two sorts:
 *   primitive  has unknowns and eval: it writes equations;
 *   composite  has expand: it emits primitives (or further composites) under its own path, and has no equations.
 * SI units everywhere. This folder knows nothing of XML, solvers or files.
 *
 * Local numbering of a primitive.  Its local unknowns are the quantities of its ports in table order, then its internal
 * unknowns; its local rows are numbered alike: row q of a port quantity is the flow INTO the component that belongs to that
 * quantity, row q of an internal unknown is an internal equation (= 0).
 *
 *   port kind        quantities (x)         rows (f): what the component adds to the node's equation
 *   TW_DC            v [V]                  i into the component [A]
 *   TW_AC            Re v, Im v [V]         Re i, Im i into the component [A]: line-to-neutral rms phasors of one phase;
 *                                           power = phases * Re(v conj i), `phases` a parameter of every AC type
 *   TW_FLUID         p [Pa], T [K]          m_dot [kg/s], H_dot [W] into the component (stream.h)
 *   TW_REFRIGERANT   p [Pa], h [J/kg]       m_dot [kg/s], H_dot [W]
 *   TW_HEAT          T [K]                  Q_dot into the component [W]
 *   TW_SIGNAL_IN     u                      none (its row is never written)
 *   TW_SIGNAL_OUT    u                      x[u] - value: the one writer of the signal writes the whole equation
 * The network adds all rows of a node and demands zero.  Rates: xd[q] = dx[q]/dt; a component adds C * xd to the row of the
 * node whose energy it stores, so a node needs no capacity of its own.
 *
 * Batches. One call evaluates n instances; every array is [quantity][instance] with stride 1 in instance, and with L lanes
 * (racks or scenarios) instance k, lane l is column k * L + l.  A kernel never looks at its neighbour, so that results do not
 * depend on n.  Kernels have no side effects and keep no state. */
#ifndef TW_COMPONENT_H
#define TW_COMPONENT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include "medium.h"

/* ---- tables ------------------------------------------------------------------------------------------------------- */

typedef enum { TW_DC, TW_AC, TW_FLUID, TW_REFRIGERANT, TW_HEAT, TW_SIGNAL_IN, TW_SIGNAL_OUT } tw_kind;

typedef enum { TW_NUMBER, TW_INTEGER, TW_ENUM, TW_CURVE, TW_MEDIUM, TW_REFERENCE, TW_TEXT } tw_param_kind;

enum {                       /* tw_param.flags */
  TW_P_OPTIONAL = 1,         /* may be absent; a number is then NaN, a curve NULL */
  TW_P_TIMED = 2,            /* a workload or timed event may drive it during a run (all TW_NUMBER may be `set`) */
  TW_P_STRUCTURAL = 4,       /* decides the structure (counts, choices of expand): cannot change during a run */
  TW_P_UNPLUGS = 8           /* of a state: its last word is that of a part pulled with what it stands in (event remove=) */
};

/* unit: SI, in the spelling of udunits ("V", "ohm", "kg/s", "W/K", "1"). "K" is a temperature (degC accepted), "delta K" a
 * difference (only K accepted). dflt: as a user would write it ("4.5 mohm"), NULL when it must be given (or is optional).
 * lo, hi: inclusive range in SI. choices: "a|b|c" for TW_ENUM, stored as index. For TW_CURVE unit is that of y and x_unit that
 * of x; lo, hi bound y. For TW_REFERENCE choices names the element that the referenced part must be. */
typedef struct {
  const char *id, *unit, *dflt;
  tw_param_kind kind;
  double lo, hi;
  unsigned flags;
  const char *doc, *source;
  const char *choices, *x_unit;
} tw_param;

enum {                       /* tw_port.role: what fed-by= and cooled-by= connect, and what may stay open */
  TW_R_NONE = 0,
  TW_R_FEED_IN = 1,          /* takes electric power: the consumer's side of fed-by */
  TW_R_FEED_OUT = 2,         /* gives electric power: the provider's side of fed-by */
  TW_R_COOLANT_IN = 4,       /* consumer: coolant enters here;  provider's match is TW_R_SUPPLY */
  TW_R_COOLANT_OUT = 8,      /* consumer: coolant leaves here;  provider's match is TW_R_RETURN */
  TW_R_SUPPLY = 16,
  TW_R_RETURN = 32,
  TW_R_REFERENCE = 128,      /* holds the level of its island: a voltage against ground, a phase angle, a pressure */
  TW_R_OPTIONAL = 64,        /* may stay unconnected: HEAT is then tied to the model's ambient, SIGNAL_IN takes the parameter
                                named by `fallback`, GROUNDED is at ground, others carry no flow */
  TW_R_SOLE = 256,           /* with REFERENCE: the only one of its island, because it replaces the island's own balance */
  TW_R_FLOW = 512,           /* the flow through it is given, whatever the level: it neither holds the level nor passes it on.
                                With REFERENCE: where the parameter named by `fallback` is absent, else it holds the level */
  TW_R_OUTSIDE = 1024,       /* coolant or heat crosses the border of the model here */
  TW_R_GROUNDED = 2048       /* with OPTIONAL, DC: left open it is at ground */
};

/* stream: fluid ports of one component with the same number share one medium. count: id of the integer parameter that gives
 * the number of ports port[1..n] (composites only), "*" = as many as are connected; NULL for a single port. */
typedef struct {
  const char *id;
  tw_kind kind;
  unsigned role;
  int stream;
  const char *count, *fallback, *doc;
} tw_port;

/* Internal unknown. nominal scales it; lo, hi bound what is physically possible (used by the contract test's sampling box
 * and to limit Newton steps). differential: true, TW_STOCK or TW_FAST, when its rate appears in some row. */
enum {                       /* of an unknown, instead of true */
  TW_STOCK = 2,              /* counts what is stored (level, charge, life used up): steady states hold it at its start value and
                                report its net rate; it stands alone in its own row's rate */
  TW_FAST = 3                /* settles within milliseconds: its rate, and that of a port quantity which the part stores beside
                                it, comes with the factor tw_eval.fast, so that a run may let it follow at once */
};
typedef struct {
  const char *id, *unit;
  unsigned char differential;
  double nominal, lo, hi;
  const char *doc;
} tw_unknown;

/* Internal equation q (same order and number as the unknowns): its unit and the residual at which it is met. */
typedef struct { const char *id, *unit; double nominal, tolerance; } tw_row;

typedef struct { uint16_t row, col; } tw_stamp; /* local row, local unknown; unique */

typedef enum {               /* what a reported quantity is */
  TW_Q_PLAIN,
  TW_Q_LOSS,                 /* W, electric power lost here, from the part's own formula; `loss` tells the kind */
  TW_Q_LOAD,                 /* W, electric power used here (a chip, an auxiliary) */
  TW_Q_TEMPERATURE,          /* K, the temperature that represents this part (at most one) */
  TW_Q_FLOW_HEAT             /* W, heat taken up by a coolant stream here */
} tw_role;

typedef enum { TW_L_NONE, TW_L_CONDUCTION, TW_L_CONVERSION, TW_L_MAGNETIC, TW_L_PUMPING, TW_L_FAN, TW_L_CONTROL, TW_L_KINDS } tw_loss_kind;

typedef struct { const char *id, *unit; tw_role role; tw_loss_kind loss; const char *doc; } tw_quantity;

typedef enum { TW_AT_MOST, TW_AT_LEAST } tw_sense;
/* Limit: output `quantity` against parameter `param` (no limit where the parameter is absent). */
typedef struct { const char *quantity, *param; tw_sense sense; const char *doc; } tw_limit;

/* Discrete quantity z[k], constant between events. words: its values 0, 1, 2 .. ("on|throttled"); NULL: a number (phases that run).
 * causes: what leads into each of them, in as many words, or NULL where only an event does. id "state": beside the parameter of
 * that name (on, failed ..) it is the part's state, which counts while the parameter has its default. memory: it only serves the
 * others (since when), and is told to nobody. */
typedef struct { const char *id, *words, *causes, *doc; bool memory; } tw_discrete;

typedef enum {               /* place in the ladder from grid to chip, in this order */
  TW_STAGE_NONE, TW_STAGE_GRID, TW_STAGE_TRANSFORMER, TW_STAGE_UPS, TW_STAGE_DISTRIBUTION, TW_STAGE_PSU,
  TW_STAGE_STORAGE, TW_STAGE_BUS,
  TW_STAGE_CONVERTER, TW_STAGE_VRM, TW_STAGE_PDN, TW_STAGE_CHIP, TW_STAGE_FAN, TW_STAGE_PUMP, TW_STAGE_CONTROL,
  TW_STAGE_AUXILIARY, TW_STAGES
} tw_stage;

/* ---- kernels ------------------------------------------------------------------------------------------------------ */

typedef struct {
  int n;                               /* columns: instances x lanes */
  double t, cj;                        /* time [s]; weight of the rates in the Jacobian */
  bool at_rest;                        /* react: a steady state is sought, so every delay has passed; else false */
  double load_scale;                   /* 0..1: loads multiply their demand by it (continuation; 1 otherwise) */
  double fast;                         /* 1, or 0: fast states follow at once (TW_FAST) */
  const tw_real *const *p;             /* parameters by table index (NUMBER, INTEGER, ENUM; others unused), then derived */
  const tw_curve *const *const *c;     /* curves by parameter index: c[param][instance], NULL where absent */
  const tw_medium *const *const *m;    /* media by port index: m[port][instance], fluid ports only */
  const tw_real *const *x;             /* local unknowns */
  const tw_real *const *xd;            /* their rates */
  const double *const *z;              /* discrete state, constant between events */
  tw_real *const *f;                   /* rows, overwritten; NULL entries for SIGNAL_IN */
  double *const *j;                    /* j[stamp][instance] = df/dx + cj df/dxd; NULL when not wanted */
} tw_eval;

typedef struct {                       /* derive: fill p[n_params + k][i] from p[0..n_params)[i], c and m */
  int n;
  tw_real *const *p;
  const tw_curve *const *const *c;
  const tw_medium *const *const *m;
  const bool *const *open;             /* open[port][instance]: nothing is connected there */
  void *ctx;                           /* for fail: instance, parameter index (or -1) and what is wrong */
  void (*fail)(void *ctx, int instance, int param, const char *message);
} tw_derive;

typedef struct {                       /* start: write a guess where one is known; arrays are preset to NaN.               */
  int n;                               /* x of a port quantity is a hint for the node (sources say theirs; passive parts    */
  const double *const *p;              /* leave NaN, the network spreads known levels over them)                            */
  const tw_curve *const *const *c;
  const tw_medium *const *const *m;
  double *const *x;
  double *const *z;                    /* initial discrete state, must be set */
} tw_start;

enum {                                 /* balance, [W], [J] or [kg/s] per instance, all preset to 0 */
  TW_B_EXTERNAL,                       /* energy received from outside the model (grid, storage chemistry; ambient: negative) */
  TW_B_ENERGY,                         /* stored energy [J], from any zero, by x, parameters and z alone */
  TW_B_STORED,                         /* its rate along xd [W]; tw_store and tw_store_square give both */
  TW_B_LIFT,                           /* m_dot g dz gained by the stream between its ends */
  TW_B_MASS_EXTERNAL, TW_B_MASS_STORED,
  TW_B_TERMS
};
/* Every primitive must satisfy, to rounding:  sum over ports of energy inflow + EXTERNAL = STORED + LIFT
 * with energy inflow = v i (DC), phases Re(v conj i) (AC), H_dot (fluid), Q_dot (heat); and likewise for mass;
 * and, for the electric part of every instance:  electric inflow + external electric = sum(TW_Q_LOSS) + sum(TW_Q_LOAD) +
 * electric storage, where the losses come from their own formulas in observe, not from the port flows.
 * EXTERNAL, LIFT, losses and loads follow from x, not from the rates: they are integrated at points where the rates that an
 * integrator tells are not quite those of the rows. */

typedef struct tw_builder tw_builder;

typedef struct tw_type {
  const char *element, *title, *doc;   /* doc: the equations */
  const char *use, *validity, *source; /* a user's reason for it; where the equations hold; citation with page or clause */
  tw_stage stage;
  const tw_param *params;              /* each table ends with an entry whose id is NULL */
  const tw_port *ports;
  const tw_unknown *unknowns;
  const tw_row *rows;
  const tw_quantity *outputs;
  const tw_limit *limits;              /* may be NULL, as may any table below */
  const tw_discrete *discrete;         /* n_discrete of them, then an entry whose id is NULL */
  const tw_stamp *stamps;              /* n_stamps of them: (0,0) is a legal stamp, so they are counted */
  int n_stamps, n_derived, n_discrete, n_events;
  int (*expand)(tw_builder *);                                     /* composite; 0 on success */
  int (*derive)(const tw_derive *);                                /* 0 on success */
  void (*start)(const tw_start *);
  void (*eval)(const tw_eval *);
  void (*events)(const tw_eval *, tw_real *const *g);              /* g[event][instance]: zero crossings */
  bool events_may_wait;                /* react moves by small notches, at thresholds that nobody holds to a percent (phases that
                                          run): it may come late by what makes no difference at the run's tolerance */
  int (*react)(const tw_eval *, double *const *z);                 /* z may be changed; number of instances that changed */
  void (*alarms)(const tw_eval *, double *at);                     /* at[instance], preset to INFINITY: when react wants to be called
                                                                      next, later than e->t once it has been */
  void (*observe)(const tw_eval *, tw_real *const *out);           /* out[output][instance] */
  void (*balance)(const tw_eval *, tw_real *const *b);             /* b[TW_B_TERMS][instance] */
} tw_type;

/* ---- composites --------------------------------------------------------------------------------------------------- */

/* What expand may ask and do. Handles are small integers; SELF is the composite itself. Mistakes in names are programming
 * errors and abort with a message. */
struct tw_builder {
  void *ctx;
  double (*value)(tw_builder *, const char *param);                /* SI; NaN when absent; enum: index */
  bool (*given)(tw_builder *, const char *param);                  /* a curve, reference or number is present */
  int (*count)(tw_builder *, const char *port);                    /* number of ports of an array */
  double (*position)(tw_builder *, const char *port, int index);   /* height of what is connected there [m], NaN if unknown */
  bool (*connected)(tw_builder *, const char *port, int index);
  /* New child <path>.<id> or <path>.<id>[index] when index > 0. part: own TW_REFERENCE parameter whose part gives the
   * child's figures, or NULL. */
  int (*child)(tw_builder *, const char *element, const char *id, int index, const char *part);
  void (*number)(tw_builder *, int child, const char *param, double value);
  void (*text)(tw_builder *, int child, const char *param, const char *value);        /* enum, reference or text by word */
  void (*pass)(tw_builder *, int child, const char *param, const char *own_param);    /* same figure, source and time events */
  void (*join)(tw_builder *, int a, const char *port_a, int b, const char *port_b);
  void (*expose)(tw_builder *, const char *own_port, int index, int child, const char *port); /* index 0: single port */
  void (*fail)(tw_builder *, const char *param, const char *message);
};

/* ---- the registry, generated from the file names ------------------------------------------------------------------ */

/* A file components/<name>.c with an element defines  const tw_type TW_TYPE(<name>) , '-' in the element being '_'. */
#define TW_TYPE(name) TW_SYM(tw_type_##name)
#define tw_registry TW_SYM(tw_registry)
extern const tw_type *const tw_registry[]; /* sorted by element, ends with NULL */

/* ---- small helpers ------------------------------------------------------------------------------------------------ */

/* balance: adds what is stored in the local unknown q of instance i, C x or C x^2 / 2 (C = 0: nothing), and its rate. */
static inline void tw_store(const tw_eval *e, tw_real *const *b, int i, int q, tw_real C) {
  b[TW_B_ENERGY][i] += C * e->x[q][i];
  b[TW_B_STORED][i] += C * e->xd[q][i];
}
static inline void tw_store_square(const tw_eval *e, tw_real *const *b, int i, int q, tw_real C) {
  b[TW_B_ENERGY][i] += 0.5 * C * e->x[q][i] * e->x[q][i];
  b[TW_B_STORED][i] += C * e->x[q][i] * e->xd[q][i];
}

static inline int tw_port_width(tw_kind k) { return k == TW_AC || k == TW_FLUID || k == TW_REFRIGERANT ? 2 : 1; }
/* Most names that are compared differ in their first letter. */
static inline bool tw_same(const char *a, const char *b) { return *a == *b && !strcmp(a, b); }
#define TW_COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))
#endif
