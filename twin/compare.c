/* Cases side by side: the table of figures, and the solves that fill it. */
#include "compare.h"
#include "progress.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- figures --------------------------------------------------------------------------------------------- */

static bool same(const char *a, const char *b) { return a == b || !strcmp(a, b); }

bool tw_figure_is(const tw_figure *f, const char *quantity) { return same(f->quantity, quantity); }

double *tw_figure_at(tw_comparison *c, int k, tw_figure row) {
  const char **texts[] = {&row.path, &row.element, &row.part};
  for (int i = 0; i < TW_COUNT(texts); i++)
    if (!*texts[i]) *texts[i] = "";
  for (int i = 0; i < c->n_figures; i++) {
    const tw_figure *f = &c->figures[i];
    if (f->section == row.section && same(f->quantity, row.quantity) && same(f->path, row.path) &&
        same(f->element, row.element) && same(f->part, row.part))
      return &f->value[k];
  }
  if (c->n_figures == c->room) {
    int room = c->room ? 2 * c->room : 256;
    tw_figure *moved = tw_alloc(c->arena, (size_t)room, sizeof *moved);
    if (c->n_figures) memcpy(moved, c->figures, (size_t)c->n_figures * sizeof *moved);
    c->figures = moved;
    c->room = room;
  }
  row.value = tw_alloc(c->arena, (size_t)c->n, sizeof *row.value);
  for (int i = 0; i < c->n; i++) row.value[i] = NAN;
  c->figures[c->n_figures++] = row;
  return &row.value[k];
}

const tw_figure *tw_figure_find(const tw_comparison *c, tw_section section, const char *quantity) {
  for (int i = 0; i < c->n_figures; i++)
    if (c->figures[i].section == section && tw_figure_is(&c->figures[i], quantity)) return &c->figures[i];
  return NULL;
}

void tw_figures_sort(tw_comparison *c) {
  tw_figure *sorted = tw_alloc(c->arena, (size_t)c->n_figures, sizeof *sorted);
  int n = 0;
  for (int s = 0; s < TW_SECTIONS; s++)
    for (int i = 0; i < c->n_figures; i++)
      if ((int)c->figures[i].section == s) sorted[n++] = c->figures[i];
  c->figures = sorted;
  c->room = n;
}

double tw_figure_difference(const tw_figure *f, int k) { return k > 0 ? f->value[k] - f->value[0] : (double)NAN; }

bool tw_loss_differs(const tw_comparison *c, const tw_figure *f) {
  const tw_figure *all = tw_figure_find(c, TW_S_POWER, "loss_total");
  double base = all && !isnan(all->value[0]) ? all->value[0] : 0.0;
  for (int k = 1; k < c->n; k++)
    if (isnan(f->value[0]) != isnan(f->value[k]) || fabs(tw_figure_difference(f, k)) > 1e-4 * base) return true;
  return false;
}

/* ---- solves ---------------------------------------------------------------------------------------------- */

static const char *first_error(const tw_comparison *c, const tw_diagnostics *d) {
  const tw_diagnostic *error = tw_diagnostics_first_error(d);
  return error ? tw_strdup(c->arena, error->text) : "no solution";
}

/* The chips at one point of the profile, from a fresh start: a state kept from another point would be that point's. NULL and
 * *why: no solution, or nothing there to load. */
static tw_results *at_point(tw_comparison *c, int k, double utilisation, const char **why) {
  tw_session *s = &c->cases[k].s;
  double ends[] = {0.0, 1.0}, level[] = {utilisation, utilisation}, slopes[] = {0.0, 0.0};
  tw_curve flat = {.n = 2, .x = ends, .y = level, .slope = slopes, .rule = TW_CURVE_LINEAR, .beyond = TW_BEYOND_HOLD};
  tw_drive all = {"all", &flat};
  tw_workload busy = {.id = "profile", .period = 1.0, .drives = &all, .n_drives = 1};
  tw_results *r = NULL;
  tw_network_drive(s->net, &busy, 0.0);
  if (s->net->n_driven) {
    tw_network_start(s->net, s->y);
    if (tw_session_solve(s, &(tw_steady_options){0}, &r))
      *why = tw_printf(c->arena, "with the chips at %g %%: %s", 100.0 * utilisation, first_error(c, &s->diagnostics));
  } else {
    *why = "it has no chip, and no load that follows one, which --profile could load";
  }
  tw_network_drive(s->net, NULL, 0.0);
  return r;
}

static void over_profile(tw_comparison *c, int k) {
  tw_case *x = &c->cases[k];
  for (int p = 0; p < c->terms.n_points && !x->reason; p++) {
    double u = c->terms.profile[p].utilisation;
    tw_results *r = isnan(u) ? x->results : at_point(c, k, u, &x->reason);
    if (!r) continue;
    x->power[p] = tw_power_in(r);
    if (!isnan(u) && r->n_broken > x->broken_in_profile) x->broken_in_profile = r->n_broken;
    if (r != x->results) tw_results_free(r);
  }
}

static void solve(tw_comparison *c, int k, const tw_options *o) {
  tw_case *x = &c->cases[k];
  for (int p = 0; p < TW_MOST_POINTS; p++) x->power[p] = NAN;
  if (tw_session_solve(&x->s, &(tw_steady_options){0}, &x->results)) {
    x->reason = first_error(c, &x->s.diagnostics);
  } else {
    x->broken = x->results->n_broken;
    tw_compare_gather(c, k);
    over_profile(c, k);
  }
  if (x->reason) fprintf(stderr, "racktwin: the case %s is not ranked: %s\n", x->name, x->reason);
  tw_session_report(&x->s, o, TW_EXIT_NO_SOLUTION);
}

int tw_compare(tw_comparison *c, const tw_options *o) {
  int solved = 0;
  tw_progress progress = tw_progress_begin(o);
  for (int k = 0; k < c->n; k++) {
    tw_progress_cases(&progress, k, c->n, c->cases[k].name);
    solve(c, k, o);
    solved += c->cases[k].results != NULL;
  }
  tw_progress_end(&progress);
  if (!solved) return TW_EXIT_NO_SOLUTION;
  tw_compare_parts(c);
  tw_compare_settings(c);
  tw_compare_money(c);
  tw_figures_sort(c);
  tw_compare_estimates(c);
  return 0;
}
