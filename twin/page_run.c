/* The page of a run: what it tells beside energies and margins. */
#include <math.h>
#include "page.h"

static const char *value(double si, const char *unit, char buf[48]) { return tw_page_value(si, unit, buf, 48); }

const char *tw_page_begin(double time_of_day, char buf[32]) {
  int s = (int)lround(time_of_day);
  if (!(time_of_day > 0.0)) return "";
  snprintf(buf, 32, s % 60 ? ", from %02d:%02d:%02d" : ", from %02d:%02d", s / 3600, s / 60 % 60, s % 60);
  return buf;
}

static void print_first(FILE *out, const char *what, const tw_first *f, const char *quantity) {
  if (!f->path) fprintf(out, "  %-22s never\n", what);
  else {
    fprintf(out, f->t > 0.0 ? "  %-22s at %.5g s: " : "  %-22s from the start on: ", what, f->t);
    fprintf(out, "%s%s%s\n", f->path, quantity ? "." : "", quantity ? quantity : "");
  }
}

static void print_served(FILE *out, const tw_served *s) {
  char a[48], b[48], c[48];
  fprintf(out, "  %-22s %s served of %s asked for, %s (%.4g %%) not served\n", s->rack ? s->rack : "energy of the chips",
          value(s->served, "J", a), value(s->asked, "J", b), value(s->asked - s->served, "J", c),
          s->asked > 0.0 ? 100.0 * (s->asked - s->served) / s->asked : 0.0);
}

static void print_ramp(FILE *out, const char *window, const tw_steepest *rise, const tw_steepest *fall) {
  char a[48], b[48];
  if (isnan(rise->rate)) return;
  fprintf(out, "  change over %-10s %s up from %.5g s, %s down from %.5g s\n", window, value(rise->rate, "W/s", a), rise->t,
          value(fall->rate, "W/s", b), fall->t);
}

static void print_power(FILE *out, const tw_run_figures *f) {
  char a[48], b[48], c[48];
  fprintf(out, "  %-22s %s (at %.5g s) to %s (at %.5g s), mean %s", f->grid ? "power of the sources" : "electric power in",
          value(f->power_least.value, "W", a), f->power_least.t, value(f->power_most.value, "W", b), f->power_most.t,
          value(f->power_mean, "W", c));
  if (!isnan(tw_dynamic_range(f))) fprintf(out, ", dynamic range %.2f %%", 100.0 * tw_dynamic_range(f));
  fputc('\n', out);
}

static void print_store(FILE *out, const char *what, const char *unit, const tw_ideal_store *s) {
  char a[48], b[48], c[48], d[48];
  if (!s) return;
  fprintf(out, "  %-22s %s: kept by an ideal store of %s and %s; at the end it has given %s\n", what, value(s->limit, unit, a),
          value(tw_ideal_store_energy(s), "J", b), value(s->power, "W", c), value(s->given, "J", d));
}

static void print_range(FILE *out, const tw_range_result *r) {
  char a[48], b[48];
  fprintf(out, "  %-22s at most %s", "limit of the utility", value(r->allowed, "W", a));
  if (r->limit->share) fprintf(out, " (%.4g %%)", 100.0 * r->limit->amplitude);
  fprintf(out, " from %g to %g Hz: ", r->limit->from, r->limit->to);
  if (isnan(r->amplitude)) fputs("no window of the spectrum is whole\n", out);
  else fprintf(out, "%s at %.4f Hz, from %.5g s%s\n", value(r->amplitude, "W", b), r->f, r->t, r->broken ? "  BROKEN" : "");
}

static void print_spectrum(FILE *out, const tw_grid_figures *g) {
  char a[48], b[48];
  double length = tw_spectrum_window(g->spectrum);
  if (!g->n_bins || !g->windows) {
    fprintf(out, g->n_bins ? "\nSpectrum of the power: none, no window of %.4g s is whole\n"
                           : "\nSpectrum of the power: none, two periods of 20 Hz do not fit in %.4g s\n", length);
  } else {
    fprintf(out, "\nSpectrum of the power from %.4g to %.4g Hz, %.4g Hz apart (%d windows of %.4g s, Hann; amplitudes)\n",
            g->bins[0].f, g->bins[g->n_bins - 1].f, 1.0 / length, g->windows, length);
    for (int i = 0; i < g->n_peaks; i++) {
      const tw_bin *p = &g->bins[g->peaks[i]];
      fprintf(out, "  %8.4f Hz  %10s  largest from %.5g s, mean of the windows %s\n", p->line_f, value(p->line, "W", a), p->t,
              value(p->mean, "W", b));
    }
  }
  for (int i = 0; i < g->n_ranges; i++) print_range(out, &g->ranges[i]);
}

void tw_run_figures_print(FILE *out, const tw_run_figures *f) {
  char a[48];
  fprintf(out, "\nWhat the run tells\n");
  print_first(out, "first throttled", &f->throttled, NULL);
  print_first(out, "first tripped", &f->tripped, NULL);
  if (f->collapsed.path) print_first(out, "first collapsed supply", &f->collapsed, NULL);
  print_first(out, "first limit broken", &f->limit, f->limit_quantity);
  if (f->n_racks) print_served(out, &f->chips);
  for (int i = 0; i < f->n_racks && f->n_racks > 1; i++)
    if (f->racks[i].rack) print_served(out, &f->racks[i]);
  print_power(out, f);
  for (int i = 0; i < TW_SLOPE_WINDOWS; i++) print_ramp(out, tw_slope_names[i], &f->rise[i], &f->fall[i]);
  for (int i = 0; i < f->n_buses; i++)
    fprintf(out, "  %-22s %s at %.5g s on %s\n", "lowest voltage", value(f->buses[i].least, "V", a), f->buses[i].t,
            f->buses[i].path);
  if (!f->grid_side) return;
  print_store(out, "ramp limit", "W/s", f->grid_side->ramp);
  if (f->grid_side->ramp && tw_ideal_store_drifts(f->grid_side->ramp, f->power_most.value - f->power_least.value))
    fprintf(out, "  %-22s the load swings faster than the grid may follow: this energy grows with the run\n", "");
  print_store(out, "power limit", "W", f->grid_side->power);
  if (f->grid_side->spectrum) print_spectrum(out, f->grid_side);
}
