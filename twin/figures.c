#include "figures.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "options.h"
#include "output_internal.h"

const tw_figure tw_figures[] = {
    {"oneline", "One-line diagram", tw_draw_oneline},
    {"sankey", "Where the power goes", tw_draw_sankey},
    {"waterfall", "What is left after each stage", tw_draw_waterfall},
    {"elevation-temperature", "Racks by units: hottest part", tw_draw_temperatures},
    {"elevation-power", "Racks by units: power", tw_draw_powers},
    {"elevation-load", "Racks by units: load of the tightest rating", tw_draw_loads},
    {"coolant", "Coolant path", tw_draw_coolant},
    {0}};

static int write_one(const tw_figure *figure, const tw_results *r, const char *folder) {
  char path[4200], part[4210], *text = NULL;
  size_t size = 0;
  FILE *memory = open_memstream(&text, &size);
  if (!memory) abort();
  int none = figure->draw(memory, r), failed = 0;
  if (fclose(memory)) abort();
  snprintf(path, sizeof path, "%.4096s/%s.svg", folder, figure->id);
  snprintf(part, sizeof part, "%s.part", path);
  if (!none) {
    FILE *out = fopen(part, "w");
    failed = !out || fwrite(text, 1, size, out) != size;
    int error = errno;
    if (out && fclose(out)) failed = 1, error = errno;
    if (!failed && rename(part, path)) failed = 1, error = errno;
    if (failed) {
      if (out) remove(part);
      tw_output_failed(path, error);
    }
  }
  free(text);
  return failed ? TW_EXIT_SYSTEM : 0;
}

int tw_figures_write(const tw_results *r, const char *folder) {
  int status = tw_output_folder(folder);
  for (const tw_figure *f = tw_figures; f->id && !status; f++) status = write_one(f, r, folder);
  return status;
}
