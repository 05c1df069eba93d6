/* The files of a run directory: series.csv, events.csv, summary.csv, margins.csv, connection.csv, run.json. Each is written
 * beside its final name and renamed. Functions return 0 or exit code 5 after a message on stderr. */
#ifndef TW_OUTPUT_H
#define TW_OUTPUT_H
#include <stdio.h>
#include "account.h"
#include "options.h"
#include "results.h"
#include "run.h"

int tw_output_steady(const tw_results *r, tw_solver *solver, const tw_options *o, double *seconds_lost);
/* margins.csv; in_time: with the time of each margin and of the first violation. */
int tw_output_margins(const tw_margin *list, int n, bool in_time, const char *folder);
int tw_output_summary_to(FILE *out, const tw_results *r);      /* the tidy summary on a stream */

typedef struct tw_recorder tw_recorder;
/* Columns as columns.h chooses them. NULL after a message, with the exit code in *status, when a file cannot be made or the globs
 * select nothing. */
tw_recorder *tw_recorder_new(tw_network *net, const tw_options *o, int *status);
/* Goes on with the files of a checkpoint: what they have beyond it is cut off. NULL after a message. */
tw_recorder *tw_recorder_resume(tw_network *net, const tw_options *o, tw_state *records, int *status);
/* Brings the files to the disk and appends to `records` how far they go. 0 or 5. */
int tw_recorder_save(tw_recorder *rec, tw_state *records);
/* After each step and each jump: for --aggregate. The mean is the integral by parabolas over the steps, over the time since the row
 * before; at a jump the values on both sides count. The row at the start has the values of the start. */
void tw_recorder_step(tw_recorder *rec, double t, const tw_network *net);
bool tw_recorder_aggregates(const char *text);                 /* "min,mean,max" or some of them */
int tw_recorder_sample(tw_recorder *rec, double t, const tw_network *net);
int tw_recorder_happening(tw_recorder *rec, const tw_happening *h);
int tw_recorder_close(tw_recorder *rec, bool keep);            /* renames; keep: also what was interrupted */
/* told: figures of a run, or NULL. */
int tw_output_run_json(const tw_network *net, const tw_options *o, const tw_steady_report *steady, const tw_run_report *run,
                       const tw_told_list *told);
/* All but the series and events of a run: margins.csv, summary.csv (a row per figure, with its time), spectrum.csv where it was asked for, run.json, series.gp. */
int tw_output_run(const tw_network *net, const tw_options *o, const tw_run_report *run, tw_account *account);

#define TW_AUDIT_REFUSED 1e-6  /* of throughput: above it a steady result is not shown */
#endif
