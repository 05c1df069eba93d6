#include "figures.h"
#include <stdlib.h>
#include <string.h>
#include "options.h"
#include "output_internal.h"

const tw_picture tw_pictures[] = {
    {"oneline", "One-line diagram", tw_draw_oneline},
    {"sankey", "Where the power goes", tw_draw_sankey},
    {"waterfall", "What is left after each stage", tw_draw_waterfall},
    {"elevation-temperature", "Racks by units: hottest part", tw_draw_temperatures},
    {"elevation-power", "Racks by units: power", tw_draw_powers},
    {"elevation-load", "Racks by units: load of the tightest rating", tw_draw_loads},
    {"coolant", "Coolant path", tw_draw_coolant},
    {0}};

const tw_picture *tw_picture_named(const char *id) {
  const tw_picture *p = tw_pictures;
  while (p->id && strcmp(p->id, id)) p++;
  return p->id ? p : NULL;
}

static int write_one(const tw_picture *figure, const tw_results *r, const char *folder) {
  char path[4200], *text = NULL;
  size_t size = 0;
  FILE *memory = open_memstream(&text, &size);
  if (!memory) abort();
  int none = figure->draw(memory, r, TW_AS_SVG);
  if (fclose(memory)) abort();
  snprintf(path, sizeof path, "%.4096s/%s.svg", folder, figure->id);
  int status = none ? 0 : tw_output_file(path, text, size);
  free(text);
  return status;
}

int tw_figures_write(const tw_results *r, const char *folder) {
  int status = tw_output_folder(folder);
  for (const tw_picture *f = tw_pictures; f->id && !status; f++) status = write_one(f, r, folder);
  return status;
}
