#include "fuzz.h"
#include <math.h>
#include <stdlib.h>
#include "../../racks/csv_in.h"
#include "../../racks/diagnostic_codes.h"

int tw_fuzz_csv(const uint8_t *data, size_t size) {
  static const char *const units[] = {"s", "1", "W", "K"};
  tw_diagnostics d = {0};
  tw_arena *a = tw_arena_new();
  tw_csv_in *t = tw_csv_in_read(tw_fuzz_file("table.csv", data, size), TW_E_CURVE, (tw_where){0}, a, &d);
  if (!t && !d.errors) abort(); /* refused without a reason */
  for (int k = 0; t && k < t->columns && k < 64; k++) {
    const tw_csv_in_column *c = &t->column[k];
    if (tw_csv_in_find(t, c->name, TW_E_CURVE, &d) != k) abort(); /* names differ */
    for (int u = 0; u < (int)(sizeof units / sizeof units[0]); u++) {
      const double *values = tw_csv_in_values(t, k, units[u], false, TW_E_CURVE, a, &d);
      for (int row = 0; values && row < t->rows; row++)
        if (isnan(values[row])) abort(); /* empty cells and text are refused */
    }
  }
  tw_arena_free(a);
  tw_diagnostics_free(&d);
  return 0;
}
