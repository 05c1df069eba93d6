/* connection.csv: the line that a rack hands to the building. */
#include <errno.h>
#include <math.h>
#include <string.h>
#include "../viz/csv.h"
#include "clock.h"
#include "entries.h"
#include "output.h"
#include "output_internal.h"

enum { MOST_ENTRIES = 64 };

static void row(tw_csv *c, const char *where, const char *name, const char *unit, double value) {
  tw_csv_text(c, where);
  tw_csv_text(c, name);
  tw_csv_text(c, unit);
  tw_csv_number(c, value);
  tw_csv_end(c);
}

static void write_entries(tw_csv *c, const tw_entry *list, int n) {
  double P = 0.0, Q = 0.0;
  for (int i = 0; i < n; i++) P += list[i].P, Q += list[i].Q;
  row(c, "", "power", "kW", P / 1e3);
  row(c, "", "apparent_power", "kVA", hypot(P, Q) / 1e3);
  row(c, "", "power_factor", "1", hypot(P, Q) > 0.0 ? P / hypot(P, Q) : NAN);
  for (int i = 0; i < n; i++) {
    const tw_entry *e = &list[i];
    row(c, e->path, "power", "kW", e->P / 1e3);
    row(c, e->path, "apparent_power", "kVA", e->S / 1e3);
    row(c, e->path, "voltage", "V", e->U);
    row(c, e->path, "current", "A", e->I);
    row(c, e->path, "power_other_feed_lost", "kW", e->P_lost / 1e3);
    row(c, e->path, "apparent_power_other_feed_lost", "kVA", e->S_lost / 1e3);
    row(c, e->path, "current_other_feed_lost", "A", e->I_lost);
  }
}

static void write_coolant(tw_csv *c, const tw_results *r) {
  row(c, "", "heat_to_liquid", "kW", r->heat_liquid / 1e3);
  row(c, "", "heat_to_air", "kW", r->heat_air / 1e3);
  row(c, "", "air_flow", "m3/s", r->air_flow);
  row(c, "", "air_supply_temperature", "degC", r->T_air_in - TW_ZERO_CELSIUS);
  for (int i = 0; i < r->n_coolant; i++) {
    const tw_coolant *k = &r->coolant[i];
    row(c, k->path, "coolant_flow", "L/min", k->volume_flow * 6e4);
    row(c, k->path, "pressure_drop", "kPa", (k->p_supply - k->p_return) / 1e3);
    row(c, k->path, "supply_temperature", "degC", k->T_supply - TW_ZERO_CELSIUS);
    row(c, k->path, "return_temperature", "degC", k->T_return - TW_ZERO_CELSIUS);
    row(c, k->path, "heat", "kW", k->heat / 1e3);
  }
  row(c, "", "mass", "kg", r->cabinet_mass);
}

int tw_write_connection(const tw_results *r, tw_solver *solver, const char *folder, double *seconds_lost) {
  tw_entry list[MOST_ENTRIES];
  int n = tw_entries(r, list, MOST_ENTRIES);
  double began = tw_clock();
  tw_entries_one_lost(r, solver, list, n);
  *seconds_lost = tw_clock() - began;
  char *path = tw_printf(r->arena, "%s/connection.csv", folder);
  tw_csv *c = tw_csv_open(path, 9);
  if (!c) return tw_output_failed(path, errno);
  static const char *const header[] = {"path", "quantity", "unit", "value"};
  for (size_t i = 0; i < sizeof header / sizeof header[0]; i++) tw_csv_text(c, header[i]);
  tw_csv_end(c);
  write_entries(c, list, n);
  write_coolant(c, r);
  int error = tw_csv_close(c);
  return error ? tw_output_failed(path, error) : 0;
}
