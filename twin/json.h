/* The JSON document of a solution (interface: docs/json.md): names are a contract. */
#ifndef TW_JSON_H
#define TW_JSON_H
#include "results.h"
#include "run.h"

/* The document as text, to be freed with free(). NaN becomes null. */
char *tw_results_json(const tw_results *r);
char *tw_run_json(const tw_network *net, const char *scenario, const tw_run_report *run, const tw_margin *margins, int n);
#endif
