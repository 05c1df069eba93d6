/* One page about a model: what racktwin report gathers, and the parts that write it. Everything that is counted comes from the
 * results, the run and the comparison as solve, run and compare have them; the page computes nothing of its own but sums. */
#ifndef TW_REPORT_PAGE_H
#define TW_REPORT_PAGE_H
#include "../viz/document.h"
#include "account.h"
#include "compare.h"
#include "run.h"
#include "sensitivity.h"
#include "session.h"

typedef struct {
  const char *folder;                    /* with the CSV files of the run, below the page's */
  tw_session s;                          /* of its own: a run changes states and settings */
  const tw_scenario *scenario;
  tw_run_report report;
  tw_happening *happenings; int n_happenings;
  tw_asked asked;
  tw_account *account;                   /* margins belong to it */
  int ranges_broken;                     /* limits of the utility */
  const tw_margin *margins; int n_margins, n_broken;
  const char *failed;                    /* why it ended before its time; NULL: it did not */
} tw_report_run;

typedef struct {
  tw_arena *arena;
  const tw_options *o;
  tw_session s;                          /* as described, with the variant named first */
  tw_results *r;
  tw_report_run *run;                    /* NULL: no scenario */
  tw_comparison *comparison;             /* NULL: fewer than two cases */
  tw_sensitivity *sensitivity;           /* NULL: not asked for */
  bool has_coolant;
  const char *left_out[16]; int n_left_out; /* parts of the page for which the model has nothing, and why */
} tw_dossier;

void tw_left_out(tw_dossier *d, const char *why);

/* Sections of the page, in their order. */
void tw_report_key(FILE *out, tw_dossier *d);            /* report_key.c: verdict, key figures, broken limits */
void tw_report_power(FILE *out, tw_dossier *d);          /* report_figures.c: one-line, Sankey, ladder */
void tw_report_rack(FILE *out, tw_dossier *d);           /* the elevation */
void tw_report_coolant(FILE *out, tw_dossier *d);        /* report_coolant.c: path and schedule */
void tw_report_margins(FILE *out, tw_dossier *d);        /* report_margins.c: temperatures and limits */
void tw_report_series(FILE *out, tw_dossier *d);         /* report_series.c: the run in time */
void tw_report_comparison(FILE *out, tw_dossier *d);     /* report_compare.c */
void tw_report_sensitivity(FILE *out, tw_dossier *d);    /* report_sensitivity.c */
void tw_report_sources(FILE *out, tw_dossier *d);        /* report_sources.c: where each figure comes from */
void tw_report_solver(FILE *out, tw_dossier *d);         /* report_solver.c: audit, iterations, files, what is left out */

void tw_report_coolant_figure(FILE *out, tw_dossier *d); /* parts of the sections above that lie in other files */
void tw_report_run_margins(FILE *out, tw_dossier *d);
void tw_report_told(FILE *out, tw_dossier *d);           /* report_told.c: figures of the run, spectrum */

/* Runs the scenario of the options into DIR/run. 0 or an exit code after messages; *run stays NULL where none is named. */
int tw_report_run_new(tw_dossier *d);
void tw_report_run_free(tw_report_run *run);

/* ---- tables that are also files (report_rows.c) ---------------------------------------------------------- */

typedef struct {
  tw_arena *arena;
  const tw_column *columns; int n_columns; /* titles with their units; the same in both */
  tw_cell *cells; bool *broken; int n, room;
} tw_rows;

tw_rows *tw_rows_new(tw_arena *arena, const tw_column *columns, int n_columns);
tw_cell *tw_rows_add(tw_rows *t, bool broken);           /* a row of empty cells, to be filled at once */
tw_cell tw_cell_of(tw_arena *arena, const char *format, double v); /* NaN: "-" */
/* file NULL: short, else its address beside the page. */
void tw_rows_page(FILE *out, const tw_rows *t, const char *id, const char *caption, const char *file);
int tw_rows_csv(const tw_rows *t, const char *folder, const char *file); /* 0 or exit code 5 after a message */
tw_rows *tw_coolant_schedule(const tw_dossier *d);       /* report_coolant.c */
tw_rows *tw_sensitivities(const tw_dossier *d);          /* report_sensitivity.c; d->sensitivity is there */
tw_rows *tw_sources(const tw_dossier *d, int *estimates, int *unstated); /* report_sources.c; how many figures are of that quality */

/* Value with a unit for people, as the page on the terminal has it; NaN: "-". In the arena. */
const char *tw_shown(tw_arena *arena, double si, const char *unit);
tw_cell tw_cell_shown(tw_arena *arena, double si, const char *unit);
#endif
