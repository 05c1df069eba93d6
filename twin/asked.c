#include "asked.h"
#include <math.h>
#include <stdio.h>
#include "../racks/csv_in.h"
#include "../racks/diagnostic_codes.h"
#include "spectrum.h"

static int quantity(const char *option, const char *text, const char *unit, double *value) {
  char message[256] = "";
  *value = text ? tw_quantity_parse(text, unit, message, sizeof message) : NAN;
  if (!text || *value > 0.0) return 0;
  fprintf(stderr, "racktwin: %s %s\n", option, isnan(*value) ? message : "must be greater than zero");
  return TW_EXIT_USAGE;
}

static bool fits(const tw_utility_limit *l, double lowest, const tw_scenario *s, tw_diagnostics *d) {
  char text[200] = "";
  if (!(l->from <= l->to)) snprintf(text, sizeof text, "a range from %g to %g Hz is empty", l->from, l->to);
  else if (!(l->amplitude > 0.0)) snprintf(text, sizeof text, "an amplitude is greater than zero");
  else if (l->from < TW_BAND_LOWEST * (1.0 - 1e-12) || l->to > TW_BAND_HIGHEST * (1.0 + 1e-12))
    snprintf(text, sizeof text, "the spectrum reaches from %g to %g Hz, not from %g to %g Hz", TW_BAND_LOWEST, TW_BAND_HIGHEST,
             l->from, l->to);
  else if (l->from < lowest)
    snprintf(text, sizeof text, "scenario %s lasts %g s, which tells nothing below %.4g Hz: from %g Hz on takes %g s", s->id,
             s->duration, lowest, l->from, TW_SPECTRUM_PERIODS / l->from);
  if (*text) tw_diagnose(d, TW_ERROR, TW_E_LIMIT, l->where, NULL, "%s", text);
  return !*text;
}

/* Columns from [Hz], to [Hz], amplitude in a power or in per cent. */
static bool read_limits(const char *file, const tw_scenario *s, tw_arena *arena, tw_asked *asked, tw_diagnostics *d) {
  static const char *const names[] = {"from", "to", "amplitude"};
  const double *values[3];
  int column[3];
  bool good = true;
  tw_csv_in *t = tw_csv_in_read(file, TW_E_LIMIT, (tw_where){0}, arena, d);
  for (int i = 0; i < 3; i++)
    if (!t || (column[i] = tw_csv_in_find(t, names[i], TW_E_LIMIT, d)) < 0) return false;
  const char *unit = t->column[column[2]].unit;
  tw_conversion unused;
  bool share = *unit && tw_conversion_find(unit, "1", &unused, NULL, 0);
  const char *const units[] = {"Hz", "Hz", share ? "1" : "W"};
  for (int i = 0; i < 3; i++)
    if (!(values[i] = tw_csv_in_values(t, column[i], units[i], false, TW_E_LIMIT, arena, d))) return false;
  asked->limits = tw_alloc(arena, (size_t)t->rows, sizeof *asked->limits);
  for (int i = 0; i < t->rows; i++) {
    tw_where where = t->column[column[0]].where;
    where.line += i + 1;
    asked->limits[i] = (tw_utility_limit){values[0][i], values[1][i], values[2][i], share, where};
    good &= fits(&asked->limits[i], tw_spectrum_lowest(s->duration), s, d);
  }
  asked->n_limits = t->rows;
  return good;
}

int tw_asked_read(const tw_options *o, const tw_scenario *s, tw_description *m, tw_asked *asked, tw_diagnostics *d) {
  *asked = (tw_asked){.duration = s->duration, .spectrum = o->spectrum || o->utility_limit};
  int status = quantity("--ramp-limit", o->ramp_limit, "W/s", &asked->ramp_limit);
  if (!status) status = quantity("--power-limit", o->power_limit, "W", &asked->power_limit);
  if (status || !o->utility_limit) return status;
  tw_description_input(m, o->utility_limit);
  return read_limits(o->utility_limit, s, m->arena, asked, d) ? 0 : TW_EXIT_INPUT;
}
