/* The page on the terminal: what an engineer wants to read of a solution. */
#ifndef TW_PAGE_H
#define TW_PAGE_H
#include <stdio.h>
#include "account.h"
#include "results.h"
#include "run.h"

/* A value with its unit as the page has it; NaN: "-". Returns buf. */
const char *tw_page_value(double si, const char *unit, char *buf, size_t n);

void tw_page_print(FILE *out, const tw_results *r, bool us_units, bool verbose);
/* Where in the day a scenario begins: ", from 08:00"; "" where nothing is said. Returns buf, or "". */
const char *tw_page_begin(double time_of_day, char buf[32]); /* page_run.c */
void tw_energies_print(FILE *out, const tw_network *net, const tw_run_report *r);
void tw_run_figures_print(FILE *out, const tw_run_figures *f); /* page_run.c */
void tw_run_margins_print(FILE *out, const tw_network *net, const tw_margin *list, int n, int broken, bool us_units, bool verbose);
#endif
