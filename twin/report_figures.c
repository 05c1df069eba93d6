/* The figures of figures.h on the page, with their data for scripts. */
#include <stdlib.h>
#include <string.h>
#include "figures.h"
#include "report.h"

/* What draw gives, to be freed; NULL: the model has nothing of the kind. */
static char *drawn(const tw_picture *p, const tw_results *r, tw_form form) {
  char *text = NULL;
  size_t size = 0;
  FILE *memory = open_memstream(&text, &size);
  if (!memory) abort();
  int none = p->draw(memory, r, form);
  if (fclose(memory)) abort();
  if (!none) return text;
  free(text);
  return NULL;
}

static bool figure(FILE *out, const tw_dossier *d, const char *picture, const char *caption) {
  const tw_picture *p = tw_picture_named(picture);
  tw_drawing drawing;
  tw_drawing_begin(&drawing);
  int none = p->draw(drawing.svg, d->r, TW_AS_SVG);
  if (!none) p->draw(drawing.json, d->r, TW_AS_JSON);
  tw_drawing_end(out, &drawing, none, picture, caption);
  return !none;
}

static void ladder(FILE *out, const tw_dossier *d) {
  static const tw_column columns[] = {{"stage", 0}, {"input", 1}, {"loss", 1}, {"output", 1}, {"efficiency", 1}, {"hottest", 1}};
  tw_rows *t = tw_rows_new(d->arena, columns, TW_COUNT(columns));
  for (int i = 0; i < d->r->n_rungs; i++) {
    const tw_rung *g = &d->r->ladder[i];
    tw_cell *row = tw_rows_add(t, false);
    row[0] = (tw_cell){g->name, i};
    row[1] = tw_cell_shown(d->arena, g->input, "W");
    row[2] = tw_cell_shown(d->arena, g->loss, "W");
    row[3] = tw_cell_shown(d->arena, g->output, "W");
    row[4] = tw_cell_of(d->arena, "%.2f %%", 100.0 * g->efficiency);
    row[5] = tw_cell_shown(d->arena, g->T_hottest, "K");
  }
  if (t->n) tw_rows_page(out, t, "ladder", "From grid to chip: the output of a stage is the input of the next one", NULL);
}

void tw_report_power(FILE *out, tw_dossier *d) {
  tw_document_section(out, "power", "Power");
  if (!figure(out, d, "oneline", "One-line diagram: what feeds what. A box stands for all instances of a part."))
    tw_left_out(d, "One-line diagram: nothing electric is described.");
  if (!figure(out, d, "sankey",
          "Where the power goes, from the grid to the chips, and where its heat leaves; widths in proportion to W."))
    tw_left_out(d, "Sankey diagram: no electric power comes in.");
  if (!figure(out, d, "waterfall", "What is left of the power after each stage: loss, and the share that remains."))
    tw_left_out(d, "Waterfall: no electric power comes in.");
  ladder(out, d);
}

/* One of the maps is shown at a time, which needs no script; paper shows all three. */
void tw_report_rack(FILE *out, tw_dossier *d) {
  static const struct {
    const char *id, *label;
  } views[] = {
      {"elevation-temperature", "hottest part"}, {"elevation-power", "power"}, {"elevation-load", "load of the tightest rating"}};
  char *svg[TW_COUNT(views)], *data = NULL;
  for (int i = 0; i < TW_COUNT(views); i++) svg[i] = drawn(tw_picture_named(views[i].id), d->r, TW_AS_SVG);
  tw_document_section(out, "rack", "Rack");
  if (!svg[0]) {
    tw_document_note(out, "Nothing stands in a rack by units, so there is no elevation.");
    tw_left_out(d, "Rack elevation: nothing stands in a rack by units.");
    return;
  }
  data = drawn(tw_picture_named(views[0].id), d->r, TW_AS_JSON);
  tw_document_figure(out, "elevation", "What stands in the racks, unit by unit.", data);
  for (int i = 0; i < TW_COUNT(views); i++)
    fprintf(out,
        "<input type=\"radio\" class=\"switch\" name=\"view\" id=\"view-%d\"%s/><span class=\"switch\"><label "
        "for=\"view-%d\">%s</label></span>\n",
        i + 1, i ? "" : " checked=\"checked\"", i + 1, views[i].label);
  for (int i = 0; i < TW_COUNT(views); i++) {
    fprintf(out, "<div class=\"view view-%d\" id=\"%s\">\n%s</div>\n", i + 1, views[i].id, svg[i] ? svg[i] : "");
    free(svg[i]);
  }
  tw_document_figure_end(out);
  free(data);
}

void tw_report_coolant_figure(FILE *out, tw_dossier *d) {
  figure(out, d, "coolant",
      "Coolant path: what flows to what, with flow and temperatures. A box stands for all instances of a part.");
}
