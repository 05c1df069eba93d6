/* Boxes in columns of equal slots, counted from the bottom, coloured by a quantity: the elevation of racks. */
#ifndef TW_SLOT_MAP_H
#define TW_SLOT_MAP_H
#include <stdio.h>

typedef struct {
  const char *name, *shown; /* shown: the value with its unit */
  int column;
  int slot, height;         /* lowest slot, from 1; slots that it fills */
  double value;             /* NaN: not known, drawn without a colour */
} tw_slot_box;

typedef struct { const char *name; int n_slots; } tw_slot_column;

typedef struct {
  const char *title, *quantity; /* quantity: what the colour says, with its unit as `low` and `high` have it */
  const char *low, *high;       /* the ends of the scale as text */
  double lo, hi;                /* and as numbers */
  const tw_slot_column *columns; int n_columns;
  const tw_slot_box *boxes; int n_boxes;
} tw_slot_map;

/* Writes one <svg> element. Returns 0, or -1 when there is no box. */
int tw_slot_map_svg(FILE *out, const tw_slot_map *m);

/* The same as JSON: {kind: "elevation", quantity, columns: [{name, slots}], boxes: [{name, shown, column, slot, height, value}]}. */
void tw_slot_map_json(FILE *out, const tw_slot_map *m);
#endif
