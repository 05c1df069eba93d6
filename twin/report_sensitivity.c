/* What single figures change, as a table and as tornados. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "../viz/tornado.h"
#include "report.h"

enum { SHOWN = 15 }; /* widest swings in a figure */

static const struct {
  const char *id, *name, *unit, *change; /* unit of the quantity, and of its changes */
  double per;                            /* changes of one `change` */
} answers[TW_ANSWERS] = {{"power", "Power from the grid", "W", "W", 1.0}, {"chip", "Hottest chip", "K", "K", 1.0},
    {"efficiency", "Grid-to-chip efficiency", "1", "%-points", 0.01}};

static const tw_column columns[] = {{"figure", 0}, {"parts", 1}, {"now", 0}, {"low", 0}, {"high", 0},
    {"grid power at low [W]", 1}, {"grid power at high [W]", 1}, {"hottest chip at low [K]", 1}, {"hottest chip at high [K]", 1},
    {"efficiency at low [%-points]", 1}, {"efficiency at high [%-points]", 1}, {"limits broken at low", 1},
    {"limits broken at high", 1}, {"remark", 0}};

/* Zero below what the solver tells apart. */
static double change(const tw_sensitivity *s, const tw_swing *w, int answer, int end) {
  double by = w->at[end].y[answer] - s->base.y[answer];
  return fabs(by) <= 1e-8 * fabs(s->base.y[answer]) ? 0.0 : by / answers[answer].per;
}

/* The larger of the two; NaN where there is none. */
static double width(const tw_sensitivity *s, const tw_swing *w, int answer) {
  return fmax(fabs(change(s, w, answer, 0)), fabs(change(s, w, answer, 1)));
}

static bool still(const tw_sensitivity *s, const tw_swing *w) {
  for (int k = 0; k < TW_ANSWERS; k++)
    if (width(s, w, k) > 0.0) return false;
  return !w->at[0].reason && !w->at[1].reason && w->at[0].n_broken == s->base.n_broken && w->at[1].n_broken == s->base.n_broken;
}

typedef struct { const tw_swing *swing; double width; int order; } ranked;

static int by_width(const void *a, const void *b) {
  const ranked *x = a, *y = b;
  double p = isnan(x->width) ? -1.0 : x->width, q = isnan(y->width) ? -1.0 : y->width;
  return p > q ? -1 : p < q ? 1 : x->order - y->order;
}

/* Comparable with the base: solved, and no part in another state. */
static bool alike(const tw_swing *w) {
  return !w->at[0].reason && !w->at[1].reason && !w->at[0].changed && !w->at[1].changed;
}

/* All swings, the widest first; those that cannot be compared come last. */
static ranked *rank(const tw_dossier *d, int answer) {
  const tw_sensitivity *s = d->sensitivity;
  ranked *list = tw_alloc(d->arena, (size_t)s->n + 1, sizeof *list);
  for (int i = 0; i < s->n; i++) {
    const tw_swing *w = &s->swings[i];
    list[i] = (ranked){w, alike(w) ? width(s, w, answer) : (double)NAN, i};
  }
  qsort(list, (size_t)s->n, sizeof *list, by_width);
  return list;
}

static const char *remark(tw_arena *a, const tw_swing *w) {
  const char *text = "";
  for (int end = 0; end < 2; end++) {
    const tw_swing_end *e = &w->at[end];
    const char *where = end ? "high" : "low", *between = *text ? "; " : "";
    if (e->reason) text = tw_printf(a, "%s%sno result at %s: %s", text, between, where, e->reason);
    if (e->changed == 1) text = tw_printf(a, "%s%sat %s %s is in another state", text, between, where, e->changed_first);
    if (e->changed > 1)
      text = tw_printf(a, "%s%sat %s %d parts are in another state, the first %s", text, between, where, e->changed,
          e->changed_first);
  }
  return text;
}

tw_rows *tw_sensitivities(const tw_dossier *d) {
  const tw_sensitivity *s = d->sensitivity;
  tw_rows *t = tw_rows_new(d->arena, columns, TW_COUNT(columns));
  const ranked *list = rank(d, isnan(s->base.y[TW_Y_GRID_POWER]) ? TW_Y_CHIP : TW_Y_GRID_POWER);
  for (int i = 0; i < s->n; i++) {
    const tw_swing *w = list[i].swing;
    tw_cell *row = tw_rows_add(t, !alike(w));
    row[0].text = w->path;
    row[1] = tw_cell_of(d->arena, "%.0f", w->parts);
    row[2].text = w->from, row[3].text = w->to[0], row[4].text = w->to[1];
    for (int k = 0; k < TW_ANSWERS; k++)
      for (int end = 0; end < 2; end++) row[5 + 2 * k + end] = tw_cell_of(d->arena, k ? "%+.3f" : "%+.2f", change(s, w, k, end));
    for (int end = 0; end < 2; end++)
      row[11 + end] = tw_cell_of(d->arena, "%.0f", w->at[end].reason ? (double)NAN : (double)w->at[end].n_broken);
    row[13].text = remark(d->arena, w);
  }
  return t;
}

static const char *change_text(tw_arena *a, int answer, double v) {
  if (answer == TW_Y_EFFICIENCY) return tw_printf(a, "%+.3f %%-points", v);
  if (answer == TW_Y_CHIP) return tw_printf(a, "%+.2f K", v);
  return tw_printf(a, "%s%s", v < 0.0 ? "" : "+", tw_shown(a, v, "W"));
}

static void tornado(FILE *out, tw_dossier *d, int answer) {
  const tw_sensitivity *s = d->sensitivity;
  const ranked *list = rank(d, answer);
  tw_tornado_row rows[SHOWN];
  const char *name = answers[answer].name;
  tw_tornado t = {.title = tw_printf(d->arena, "%s: what single figures change", name), .rows = rows};
  t.base = answer == TW_Y_EFFICIENCY ? tw_printf(d->arena, "%.2f %%", 100.0 * s->base.y[answer])
                                     : tw_shown(d->arena, s->base.y[answer], answers[answer].unit);
  for (; t.n < s->n && t.n < SHOWN && list[t.n].width > 0.0; t.n++) {
    const tw_swing *w = list[t.n].swing;
    tw_tornado_row *row = &rows[t.n];
    *row = (tw_tornado_row){.name = w->path, .at = {w->to[0], w->to[1]}};
    for (int end = 0; end < 2; end++) {
      row->change[end] = change(s, w, answer, end);
      row->shown[end] = change_text(d->arena, answer, row->change[end]);
    }
  }
  tw_drawing drawing;
  tw_drawing_begin(&drawing);
  int none = tw_tornado_svg(drawing.svg, &t);
  tw_tornado_json(drawing.json, &t);
  tw_drawing_end(out, &drawing, none, tw_printf(d->arena, "tornado-%s", answers[answer].id),
      tw_printf(d->arena, "%s: what single figures change, the %d widest", name, t.n));
}

void tw_report_sensitivity(FILE *out, tw_dossier *d) {
  const tw_sensitivity *s = d->sensitivity;
  tw_document_section(out, "sensitivity", "Sensitivity");
  if (!s) {
    tw_document_note(out, "No figures were named (--sensitivity PATH,... or --sensitivity estimates), so none is varied.");
    tw_left_out(d, "Sensitivities: no figures were named (--sensitivity).");
    return;
  }
  int unmoved = 0, other = 0;
  for (int i = 0; i < s->n; i++) {
    unmoved += still(s, &s->swings[i]);
    other += !alike(&s->swings[i]);
  }
  tw_document_note(
      out, tw_printf(d->arena,
               "Each of %d figures goes to its low and to its high value, alone, and the steady state is solved again; changes "
               "are to the page's own solution. %d of them change none of the three quantities and break no other number of "
               "limits. "
               "%d are not in the pictures, because at one end at least there is no result, or a part is in another state (a "
               "UPS on its battery, a chip that throttles): the table's remarks say which.",
               s->n, unmoved, other));
  for (int k = 0; k < TW_ANSWERS; k++)
    if (!isnan(s->base.y[k])) tornado(out, d, k);
  tw_rows_page(out, tw_sensitivities(d), "sensitivity", "Changes by single figures", "sensitivity.csv");
}
