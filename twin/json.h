/* The JSON document of a solution (interface: docs/json.md): names are a contract. */
#ifndef TW_JSON_H
#define TW_JSON_H
#include "account.h"
#include "results.h"
#include "run.h"

struct cJSON;

/* The document as text, to be freed with free(). NaN becomes null. */
char *tw_results_json(const tw_results *r);
char *tw_run_json(const tw_network *net, const char *scenario, const tw_run_report *run, const tw_run_figures *figures,
                  const tw_margin *margins, int n);
/* Adds "figures": [{name, path, value, unit, time_s}] to an object. */
void tw_told_json(struct cJSON *to, const tw_told_list *told);
#endif
