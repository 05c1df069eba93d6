/* report: one page about a model, and the files it is drawn from. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "output.h"
#include "output_internal.h"
#include "report.h"
#include "verbs.h"

void tw_left_out(tw_dossier *d, const char *why) {
  if (d->n_left_out < TW_COUNT(d->left_out)) d->left_out[d->n_left_out++] = why;
}

static bool prices(const tw_description *m) {
  bool any = false;
  for (int i = 0; i < m->n_items; i++) any |= !isnan(tw_part_figure(m->items[i].data, TW_PRICE));
  for (int i = 0; i < m->n_assemblies; i++) any |= !isnan(tw_part_figure(m->assemblies[i].data, TW_PRICE));
  return any;
}

/* In memory first: what cannot be written whole is not written at all. */
static int write_page(tw_dossier *d) {
  char *text = NULL;
  size_t size = 0;
  FILE *page = open_memstream(&text, &size);
  if (!page) abort();
  const tw_description *m = d->s.model;
  tw_document_begin(page, m->title ? m->title : m->file);
  tw_report_key(page, d);
  tw_report_power(page, d);
  tw_report_rack(page, d);
  tw_report_coolant(page, d);
  tw_report_margins(page, d);
  tw_report_series(page, d);
  tw_report_comparison(page, d);
  tw_report_sensitivity(page, d);
  tw_left_out(
      d, "Facility: no chillers, towers or PUE; the elements that there are end at the facility's water and the room's air.");
  if (d->run && !tw_document_has_charts())
    tw_left_out(d, "Zoom in the charts over time: this program was built without ECharts (npm could not fetch it); they are SVG.");
  if (!prices(m)) tw_left_out(d, "Prices: no part states one.");
  tw_report_sources(page, d);
  tw_report_solver(page, d);
  tw_document_end(page, d->run);
  if (fclose(page)) abort();
  int status = tw_output_file(tw_printf(d->arena, "%s/report.html", d->o->out), text, size);
  free(text);
  return status;
}

static int write_tables(tw_dossier *d) {
  int estimates, unstated;
  double lost;
  int status = tw_output_steady(d->r, d->s.solver, d->o, &lost);
  tw_rows *schedule = tw_coolant_schedule(d);
  d->has_coolant = schedule->n > 0;
  if (!status) status = tw_rows_csv(tw_sources(d, &estimates, &unstated), d->o->out, "sources.csv");
  if (!status && d->has_coolant) status = tw_rows_csv(schedule, d->o->out, "coolant.csv");
  if (!status && d->sensitivity) status = tw_rows_csv(tw_sensitivities(d), d->o->out, "sensitivity.csv");
  if (!status && d->comparison) status = tw_compare_csv(d->comparison, d->o->out);
  if (!status && d->comparison) status = tw_compare_book(d->comparison, d->o->out);
  return status;
}

static int gather(tw_dossier *d) {
  const tw_options *o = d->o;
  int status = tw_session_open(&d->s, o, o->words[0], o->n_variants ? o->variants[0] : NULL, true);
  if (!status) {
    status = tw_session_solve(&d->s, &(tw_steady_options){.margin = o->margin}, &d->r);
    tw_session_report(&d->s, o, status);
  }
  if (!status) status = tw_report_run_new(d);
  if (!status && o->n_variants) status = tw_comparison_new(o, &d->comparison);
  if (!status && o->n_sensitivities) {
    d->sensitivity = tw_alloc(d->arena, 1, sizeof *d->sensitivity);
    status = tw_sensitivity_new(d->arena, o, &d->s, d->r, d->sensitivity);
  }
  return status;
}

int tw_verb_report(const tw_options *o) {
  if (!o->out) {
    fputs("racktwin: report: -o DIR says where the page and its files go\n", stderr);
    return TW_EXIT_USAGE;
  }
  tw_dossier *d = calloc(1, sizeof *d);
  if (!d) abort();
  d->arena = tw_arena_new();
  d->o = o;
  int status = gather(d);
  if (!status) status = write_tables(d);
  if (!status) status = write_page(d);
  if (!status && !o->quiet) printf("%s/report.html\n", o->out);
  if (!status && d->run && d->run->failed) status = TW_EXIT_NO_SOLUTION;
  if (!status && (d->r->n_broken || (d->run && (d->run->n_broken || d->run->ranges_broken || d->run->report.collapsed)))) status = TW_EXIT_LIMIT;
  tw_comparison_free(d->comparison);
  tw_report_run_free(d->run);
  tw_results_free(d->r);
  tw_session_close(&d->s);
  tw_arena_free(d->arena);
  free(d);
  return status;
}
