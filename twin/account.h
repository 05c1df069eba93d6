/* What a run tells beside its series: when something first went wrong, the energy that the chips got and did not get, how hard
 * the grid is pulled at, how low the bars fell. Gathered step by step; memory does not grow with simulated time. */
#ifndef TW_ACCOUNT_H
#define TW_ACCOUNT_H
#include "slopes.h"
#include "grid_side.h"
#include "run.h"
#include "watch.h"

typedef struct { double t; const char *path; } tw_first;           /* s, 0: from the start on; NaN and NULL: never */
typedef struct { const char *rack; double asked, served; } tw_served; /* J of the chips in a rack; rack NULL: in none */
typedef struct { const char *path; double least, t; } tw_lowest;   /* V against ground, magnitude, anywhere on the bar; s */
typedef struct { double value, t; } tw_extreme;

typedef struct {
  tw_first throttled, tripped, collapsed; /* of any part; collapsed: a supply, after a second below v_min */
  tw_first limit;                         /* any limit broken; path of the part */
  const char *limit_quantity;
  tw_served chips;                        /* all; racks: each that has chips, the chips in none last */
  tw_served *racks; int n_racks;
  bool grid;                              /* power is that of the grid and other described sources; else of all electric input */
  double duration;                        /* s, that the figures cover */
  tw_extreme power_least, power_most;     /* W */
  double power_mean;                      /* W */
  tw_steepest rise[TW_SLOPE_WINDOWS], fall[TW_SLOPE_WINDOWS]; /* W/s over tw_slope_windows */
  tw_lowest *buses; int n_buses;          /* each busbar, and each busbar-segment that belongs to none */
  const tw_grid_figures *grid_side;       /* what was asked for; NULL: nothing */
} tw_run_figures;

/* (most - least) / most of the power; NaN where nothing is drawn. */
double tw_dynamic_range(const tw_run_figures *f);

/* How many limits of the utility are broken, of those that were asked for. */
static inline int tw_ranges_broken(const tw_run_figures *f) { return f->grid_side ? f->grid_side->n_broken : 0; }

typedef struct tw_account tw_account;
tw_account *tw_account_new(const tw_network *net);
/* Before the first step: also what was asked of the power, which must outlive the account. */
void tw_account_ask(tw_account *a, const tw_asked *asked);
/* As tw_run_options.step and .happening have them. */
void tw_account_step(tw_account *a, double t, const double *y, const tw_energies *powers);
void tw_account_happening(tw_account *a, const tw_happening *h);
/* Figures up to the last step, and the tightest margins as tw_watch_margins has them. Both belong to the account. */
const tw_run_figures *tw_account_figures(tw_account *a);
const tw_margin *tw_account_margins(tw_account *a, int *n, int *broken);
void tw_account_keep(tw_account *a, tw_state *s);
void tw_account_free(tw_account *a);

/* ---- the same as a list, for those who write it ------------------------------------------------------------------------- */

/* path: of a part or rack, or a range of frequencies; NULL: of the whole; t NaN: at no one time. A figure that does not
 * exist (never throttled) has value and t NaN. */
typedef struct { const char *name, *path; double value; const char *unit; double t; } tw_told;
typedef struct { tw_told *list; int n; } tw_told_list;
/* In the arena. */
tw_told_list tw_told_of(const tw_run_figures *f, const tw_margin *margins, int n_margins, tw_arena *arena);
#endif
