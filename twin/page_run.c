/* The page of a run: what it tells beside energies and margins. */
#include <math.h>
#include "page.h"

static const char *value(double si, const char *unit, char buf[48]) { return tw_page_value(si, unit, buf, 48); }

static void print_first(FILE *out, const char *what, const tw_first *f, const char *quantity) {
  if (!f->path) fprintf(out, "  %-22s never\n", what);
  else if (f->t > 0.0) fprintf(out, "  %-22s at %.5g s: %s%s%s\n", what, f->t, f->path, quantity ? "." : "", quantity ? quantity : "");
  else fprintf(out, "  %-22s from the start on: %s%s%s\n", what, f->path, quantity ? "." : "", quantity ? quantity : "");
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
    fprintf(out, "  %-22s %s at %.5g s on %s\n", "lowest voltage", value(f->buses[i].least, "V", a), f->buses[i].t, f->buses[i].path);
}
