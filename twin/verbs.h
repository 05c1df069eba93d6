/* The verbs of the command line; each returns the exit code. */
#ifndef TW_VERBS_H
#define TW_VERBS_H
#include "options.h"

extern const tw_verb tw_verbs[]; /* ends with name NULL */

int tw_verb_check(const tw_options *o);
int tw_verb_show(const tw_options *o);
int tw_verb_solve(const tw_options *o);
int tw_verb_compare(const tw_options *o);
int tw_verb_report(const tw_options *o);
int tw_verb_run(const tw_options *o);
int tw_verb_sweep(const tw_options *o);
int tw_verb_fail(const tw_options *o);
int tw_verb_limit(const tw_options *o);
int tw_verb_list(const tw_options *o);
int tw_verb_doc(const tw_options *o);
int tw_verb_explain(const tw_options *o);
int tw_verb_schema(const tw_options *o);
int tw_verb_completion(const tw_options *o);
int tw_verb_new(const tw_options *o);
#endif
