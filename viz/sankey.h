/* Flows between nodes in columns, as bands whose widths are the amounts (Sankey 1898). */
#ifndef TW_SANKEY_H
#define TW_SANKEY_H
#include <stdio.h>

typedef struct {
  const char *name, *value; /* value: the amount as text, with its unit */
  int column;               /* 0 at the left */
  int colour;               /* number for tw_svg_colour */
  int beside;               /* label right of the node; else above it, for nodes that are alone in their column */
} tw_sankey_node;

/* amount >= 0, all in one unit. Bands leave and enter a node from the top down in the order of the flows. */
typedef struct { int from, to; double amount; const char *shown; } tw_sankey_flow;

typedef struct {
  const char *title;
  const tw_sankey_node *nodes; int n_nodes; /* a column is stacked in this order */
  const tw_sankey_flow *flows; int n_flows;
} tw_sankey;

/* Writes one <svg> element. Returns 0, or -1 when nothing flows. */
int tw_sankey_svg(FILE *out, const tw_sankey *s);

/* The same as JSON: {kind: "sankey", nodes: [{name, column}], flows: [{from, to, amount}]}, from and to being numbers of nodes. */
void tw_sankey_json(FILE *out, const tw_sankey *s);
#endif
