/* From a file to a description: the order of the steps. */
#include "reader.h"
#include <string.h>
#include <time.h>

static double seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Parts that no instance uses are checked, too: a mistake in the catalogue shows at once. */
static void check_parts(tw_reader *r) {
  for (size_t k = 0; k < r->parts.room; k++)
    if (r->parts.keys[k]) tw_prototype_of(r, r->parts.values[k], NULL, NULL);
}

tw_description *tw_read_types(const tw_type *const *types, const char *file, const tw_read_options *options, tw_diagnostics *d) {
  tw_arena *a = tw_arena_new();
  tw_model *m = tw_alloc(a, 1, sizeof *m);
  tw_reader *r = tw_alloc(a, 1, sizeof *r);
  *r = (tw_reader){.arena = a, .d = d, .options = options, .types = types, .m = m, .errors_before = d->errors};
  m->pub = (tw_description){.arena = a, .file = tw_strdup(a, file), .title = "", .ambient = 298.15, .rack_mass = NAN};
  if (tw_load(r, file)) {
    tw_scenario_find(r);
    tw_media_read(r);
    tw_variants_read(r);
    double began = seconds();
    check_parts(r);
    m->pub.seconds_checks += seconds() - began;
    tw_flatten(r);
    if (!r->too_many) tw_expand_all(r);
    if (!r->too_many) {
      tw_settings_check(r);
      tw_joins_make(r);
      tw_items_make(r);
      tw_workloads_read(r);
      tw_scenarios_read(r);
      began = seconds();
      tw_limits_read(r);
      if (!tw_failed(r)) tw_unused_check(r);
      m->pub.seconds_checks += seconds() - began;
    }
  }
  if (!tw_failed(r)) return &m->pub;
  tw_arena_free(a);
  return NULL;
}

tw_description *tw_read(const char *file, const tw_read_options *options, tw_diagnostics *d) {
  return tw_read_types(tw_registry, file, options, d);
}

void tw_description_free(tw_description *m) {
  if (m) tw_arena_free(m->arena);
}
