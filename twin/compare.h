/* Cases side by side: each solved as described and at the points of a load profile, and what follows for energy and money.
 * Plain figures in SI; the writers (page, CSV, JSON, workbook) print them and compute nothing but differences to the first. */
#ifndef TW_COMPARE_H
#define TW_COMPARE_H
#include "session.h"

enum { TW_MOST_CASES = 64, TW_MOST_POINTS = 24 };

/* ---- terms: what the user says about hours and money (compare_terms.c) ----------------------------------- */

/* Utilisation of the chips (NaN: as the case describes it) and its share of the hours. */
typedef struct { double utilisation, share; } tw_profile_point;

typedef struct {
  double hours;                      /* per year */
  double tariff, demand;             /* money per J; money per W of the highest power and year. NaN: not given */
  char currency[4];                  /* of all money; "" when nothing says it */
  double discount;                   /* per year; 0: what is paid later counts the same */
  double years[2];                   /* of the totals */
  tw_profile_point profile[TW_MOST_POINTS]; int n_points;
} tw_terms;

/* From the options. 0, or TW_EXIT_USAGE after a message that says what is accepted. */
int tw_terms_read(const tw_options *o, tw_terms *t);
/* What a payment every year, at its end, is worth at the beginning: years without discount. */
double tw_annuity(double discount, double years);

/* ---- figures --------------------------------------------------------------------------------------------- */

typedef enum {
  TW_S_POWER, TW_S_STAGE, TW_S_PART, TW_S_GROUP, TW_S_COOLANT, TW_S_CHIP, TW_S_MARGIN, TW_S_ESTIMATE, TW_S_CONNECTION,
  TW_S_ENERGY, TW_S_MONEY, TW_S_RANK, TW_SECTIONS
} tw_section;

typedef struct {
  tw_section section;
  const char *path, *element, *part, *quantity, *unit; /* "" where there is none; unit SI, "delta K", or as USD/a */
  double *value;                                       /* [n_cases], NaN where a case has none */
} tw_figure;

/* Parts by which the cases differ: pieces (pieces.h) of one part, element and price. */
typedef struct {
  const char *id, *element, *path;  /* path: of a piece that has no part, without indices; "" else */
  const tw_part_data *data;
  const char *lacks;                /* why its price cannot be used, NULL: it can */
  double *count, *loss;             /* [n_cases] pieces; W lost in them */
} tw_part_row;

/* A parameter by which the cases differ, of what is the same part in all of them. */
typedef struct {
  const char *path, *first, *parameter; /* path without indices, and of the first instance that differs */
  const char **value;               /* [n_cases] as texts; "various" where the instances differ, "-" without solution */
  int *count, base;                 /* [n_cases] instances that differ from the case `base` */
} tw_setting_row;

/* A stage of the ladder whose losses rest on estimates only, in all cases. */
typedef struct {
  const char *stage;
  bool differs;                     /* do the cases differ in it? */
  const char **source; int n_sources; /* what the figures of its parts say where they come from, each once */
} tw_estimate_row;

typedef struct {
  const char *name, *file, *variant;
  tw_session s;
  tw_results *results;              /* NULL: no solution as described */
  const char *reason;               /* why it is not ranked: no solution, at some point of the profile; NULL: it is */
  double power[TW_MOST_POINTS];     /* W from the grid at the points of the profile */
  int broken, broken_in_profile;    /* limits; the most at one point */
  double *item_loss;                /* W, as described, [items]; NaN where nothing is lost */
  int pieces, priced;               /* in the whole model, and those whose price is known in the currency */
  double price;                     /* of the priced ones */
} tw_case;

typedef struct {
  tw_arena *arena;
  tw_terms terms;
  tw_case cases[TW_MOST_CASES]; int n;
  bool several_files;
  tw_figure *figures; int n_figures, room;
  tw_part_row *parts; int n_parts, parts_room;
  tw_setting_row *settings; int n_settings, settings_room;
  tw_estimate_row *estimates; int n_estimates;
  const char *rank_key;             /* quantity that ranks, in words */
} tw_comparison;

/* The value of case k in the row with these texts, which is made where it is missing; texts are not copied. */
double *tw_figure_at(tw_comparison *c, int k, tw_figure row);
const tw_figure *tw_figure_find(const tw_comparison *c, tw_section section, const char *quantity); /* NULL: there is none */
void tw_figures_sort(tw_comparison *c);              /* by section, in the order in which they were made */
/* To the first case; NaN where either has no value, and for the first. */
double tw_figure_difference(const tw_figure *f, int k);
bool tw_figure_is(const tw_figure *f, const char *quantity);
/* Does this loss, W, differ from the first case's by more than 1e-4 of all losses there, or is it not in every case? */
bool tw_loss_differs(const tw_comparison *c, const tw_figure *f);

/* ---- the work -------------------------------------------------------------------------------------------- */

/* Solves all cases, which are read, and fills everything else. Prints diagnostics of what has no solution. 0, or
 * TW_EXIT_NO_SOLUTION when no case has one. */
int tw_compare(tw_comparison *c, const tw_options *o);
void tw_compare_gather(tw_comparison *c, int k);     /* compare_gather.c: figures of a solved case, as described */
void tw_compare_parts(tw_comparison *c);             /* compare_parts.c: by which the solved cases differ */
void tw_compare_estimates(tw_comparison *c);         /* compare_estimates.c: stages of estimates, from the figures */
void tw_compare_settings(tw_comparison *c);          /* compare_settings.c: likewise */
const char *tw_setting_name(const tw_comparison *c, const tw_setting_row *s); /* for people, in the arena */
void tw_compare_money(tw_comparison *c);             /* compare_money.c: energy, money, rank */
double tw_power_in(const tw_results *r);             /* W from the grid, or from what stands in its place */
const char *tw_path_group(tw_arena *arena, const char *path); /* the path without indices */
/* The name of a part row for people: its part, else its element and path. In the arena. */
const char *tw_part_row_name(const tw_comparison *c, const tw_part_row *p);
/* Names of the parts of case k whose price is not known, with their number; NULL: none. In the arena. */
const char *tw_missing_prices(const tw_comparison *c, int k);

const char *tw_compare_label(const tw_comparison *c, const tw_figure *f);                  /* for people, in the arena */
const char *tw_compare_cell(const tw_comparison *c, const tw_figure *f, int k, bool us);    /* with its difference, likewise */

/* Reads and solves the cases that the options name (as the verb compare) and fills everything. 0; or an exit code after messages,
 * and then *c is what there is. To be freed in any case. */
int tw_comparison_new(const tw_options *o, tw_comparison **c);
void tw_comparison_free(tw_comparison *c); /* may be NULL */

/* ---- writers; the last four return 0 or an exit code after a message ------------------------------------ */

void tw_compare_print(const tw_comparison *c, const tw_options *o);
char *tw_compare_json(const tw_comparison *c);       /* to be freed */
int tw_compare_csv(const tw_comparison *c, const char *folder);  /* compare.csv; folder NULL: on stdout */
int tw_compare_book(const tw_comparison *c, const char *folder); /* compare.xlsx */
int tw_compare_record(const tw_comparison *c, const tw_options *o); /* run.json in o->out */
#endif
