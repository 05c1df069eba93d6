/* What stands in each rack, unit by unit: hottest part, power taken, and how near its tightest rating of current or power is. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "../racks/units.h"
#include "../viz/slot_map.h"
#include "figures.h"

typedef enum { TEMPERATURE, POWER, LOAD, QUANTITIES } quantity;
static const char *const names[QUANTITIES] = {"Hottest part", "Power used and lost", "Load of the tightest rating"};

static bool stands_in(const char *item, const char *place) {
  size_t n = strlen(place);
  return !strncmp(item, place, n) && (!item[n] || item[n] == '.');
}

static double used(const tw_network *net, int item) {
  const tw_batch *b = &net->batches[net->item_batch[item]];
  double sum = 0.0;
  for (int q = 0; q < b->n_outputs; q++)
    if (b->type->outputs[q].role == TW_Q_LOSS || b->type->outputs[q].role == TW_Q_LOAD)
      sum += b->out[q][net->item_instance[item] * net->lanes];
  return sum;
}

/* The quantities of each place: [n_places][QUANTITIES]. */
static double (*gather(const tw_results *r))[QUANTITIES] {
  const tw_description *m = r->net->model;
  double(*v)[QUANTITIES] = tw_alloc(r->arena, (size_t)m->n_places, sizeof *v);
  for (int p = 0; p < m->n_places; p++) {
    v[p][TEMPERATURE] = v[p][LOAD] = NAN;
    for (int i = 0; i < m->n_items; i++) {
      if (r->net->item_batch[i] < 0 || !stands_in(m->items[i].path, m->places[p].path)) continue;
      v[p][TEMPERATURE] = fmax(v[p][TEMPERATURE], tw_item_temperature(r->net, i));
      v[p][POWER] += used(r->net, i);
    }
    for (int k = 0; k < r->n_margins; k++) {
      const tw_margin *g = &r->margins[k];
      bool rating = g->sense == TW_AT_MOST && g->limit > 0.0 && (!strcmp(g->unit, "A") || !strcmp(g->unit, "W"));
      if (rating && stands_in(g->path, m->places[p].path)) v[p][LOAD] = fmax(v[p][LOAD], g->value / g->limit);
    }
  }
  return v;
}

static const char *show(const tw_results *r, quantity q, double v) {
  char *text = tw_alloc(r->arena, 32, 1);
  if (isnan(v)) snprintf(text, 32, "-");
  else if (q == TEMPERATURE) snprintf(text, 32, "%.1f degC", v - TW_ZERO_CELSIUS);
  else if (q == LOAD) snprintf(text, 32, "%.1f %%", 100.0 * v);
  else tw_display(v, "W", text, 32);
  return text;
}

static int column_of(const tw_description *m, const char *rack) {
  for (int c = 0; c < m->n_cabinets; c++)
    if (!strcmp(m->cabinets[c].id, rack)) return c;
  return 0;
}

static int draw_map(FILE *out, const tw_results *r, quantity q, tw_form form) {
  const tw_description *m = r->net->model;
  if (m->n_places < 1) return -1;
  double(*v)[QUANTITIES] = gather(r);
  tw_slot_column *columns = tw_alloc(r->arena, (size_t)m->n_cabinets, sizeof *columns);
  tw_slot_box *boxes = tw_alloc(r->arena, (size_t)m->n_places, sizeof *boxes);
  double lo = INFINITY, hi = -INFINITY;
  for (int c = 0; c < m->n_cabinets; c++) columns[c] = (tw_slot_column){m->cabinets[c].id, m->cabinets[c].units};
  for (int p = 0; p < m->n_places; p++) {
    const tw_place *at = &m->places[p];
    int c = column_of(m, at->rack), top = at->u + at->units - 1;
    boxes[p] = (tw_slot_box){at->path, show(r, q, v[p][q]), c, at->u, at->units, v[p][q]};
    if (top > columns[c].n_slots) columns[c].n_slots = top;
    lo = fmin(lo, v[p][q]);
    hi = fmax(hi, v[p][q]);
  }
  bool known = hi >= lo;
  tw_slot_map map = {names[q], names[q], show(r, q, known ? lo : NAN), show(r, q, known ? hi : NAN), lo, hi, columns, m->n_cabinets,
                     boxes, m->n_places};
  if (form == TW_AS_SVG) return tw_slot_map_svg(out, &map);
  tw_slot_map_json(out, &map);
  return 0;
}

int tw_draw_temperatures(FILE *out, const tw_results *r, tw_form form) { return draw_map(out, r, TEMPERATURE, form); }
int tw_draw_powers(FILE *out, const tw_results *r, tw_form form) { return draw_map(out, r, POWER, form); }
int tw_draw_loads(FILE *out, const tw_results *r, tw_form form) { return draw_map(out, r, LOAD, form); }
