/* The electrical and the coolant path as boxes and lines. A box stands for all instances of one id; a line for what flows from
 * one to the other in the solution: power at AC and DC nodes, coolant at the nodes of liquids. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "../racks/units.h"
#include "../viz/diagram.h"
#include "figures.h"

typedef struct {
  char *name;               /* path without indices, of the component as the user wrote it */
  tw_stage stage;
  int instances, last_root, entries; /* entries: nodes where it enters */
  double in, loss, T, lo, hi; /* W or kg/s that enters; of its nodes: V, or K of a coolant */
  double p_lo, p_hi;        /* Pa, of its nodes of coolant */
  bool part;                /* of the path that is drawn */
  int layer, state;         /* state: 0 not visited, 1 on the way, 2 done */
} group;

typedef struct {
  const tw_results *r;
  bool coolant;
  group *groups; int n;
  int *of;                  /* [n_items] group of each item */
  bool *line;               /* [n][n] */
} paths;

/* The component as the user wrote it: the outermost composite that emitted the item. */
static int root_of(const tw_description *m, int item) {
  while (m->items[item].parent >= 0) item = m->items[item].parent;
  return item;
}

static int group_of(paths *p, int root) {
  const char *path = p->r->net->model->items[root].path;
  char *name = tw_alloc(p->r->arena, strlen(path) + 1, 1), *to = name;
  for (const char *c = path; *c; c++) {
    if (*c == '[') c += strcspn(c, "]");
    else *to++ = *c;
  }
  int g = 0;
  while (g < p->n && strcmp(p->groups[g].name, name)) g++;
  if (g == p->n) p->groups[p->n++] = (group){.name = name, .last_root = -1, .T = NAN, .lo = INFINITY, .hi = -INFINITY, .p_lo = INFINITY, .p_hi = -INFINITY};
  return g;
}

static void gather_groups(paths *p) {
  const tw_network *net = p->r->net;
  p->groups = tw_alloc(p->r->arena, (size_t)net->model->n_items, sizeof *p->groups);
  p->of = tw_alloc(p->r->arena, (size_t)net->model->n_items, sizeof *p->of);
  for (int i = 0; i < net->model->n_items; i++) {
    if (net->item_batch[i] < 0) continue;
    int root = root_of(net->model, i);
    group *g = &p->groups[p->of[i] = group_of(p, root)];
    if (g->last_root != root) g->instances++, g->last_root = root, g->stage = net->model->items[i].type->stage;
    g->loss += tw_item_loss(net, i);
    g->T = fmax(g->T, tw_item_temperature(net, i));
  }
}

typedef struct { int node, group; double flow; } end; /* flow into the component */

static int by_node(const void *a, const void *b) {
  const end *x = a, *y = b;
  return x->node != y->node ? (x->node < y->node ? -1 : 1) : x->group - y->group;
}

/* Every port of the path that something flows through. */
static end *gather_ends(paths *p, int *n) {
  const tw_network *net = p->r->net;
  size_t room = 0;
  for (int i = 0; i < net->n_batches; i++) room += (size_t)net->batches[i].n_ports * (size_t)net->batches[i].n;
  end *list = tw_alloc(p->r->arena, room + 1, sizeof *list);
  *n = 0;
  for (int i = 0; i < net->n_batches; i++) {
    const tw_batch *b = &net->batches[i];
    for (int q = 0; q < b->n_ports; q++) {
      tw_kind kind = b->type->ports[q].kind;
      if (p->coolant ? kind != TW_FLUID : kind != TW_DC && kind != TW_AC) continue;
      for (int k = 0; k < b->n; k++) {
        int column = k * net->lanes, node = b->unknown[b->port_first[q]][k];
        if (b->open[q][column] || (p->coolant && b->m[q][column]->rho_ref < 50.0)) continue;
        double flow = p->coolant ? b->f[b->port_first[q]][column] : tw_port_power(b, q, column);
        double level = p->r->y[(node + p->coolant) * net->lanes];
        if (kind == TW_AC) level = hypot(level, p->r->y[(node + 1) * net->lanes]) * (b->type->ports[q].kind == TW_AC ? sqrt(3.0) : 1.0);
        group *g = &p->groups[p->of[b->item[k]]];
        g->part = true;
        g->lo = fmin(g->lo, fabs(level));
        g->hi = fmax(g->hi, fabs(level));
        if (p->coolant) g->p_lo = fmin(g->p_lo, p->r->y[node * net->lanes]), g->p_hi = fmax(g->p_hi, p->r->y[node * net->lanes]);
        list[(*n)++] = (end){node, p->of[b->item[k]], flow};
      }
    }
  }
  qsort(list, (size_t)*n, sizeof *list, by_node);
  return list;
}

/* One end for each group at a node: what goes on from one instance to the next of its own kind is left out. */
static int merge(end *list, int n) {
  int kept = 0;
  for (int i = 0; i < n; i++)
    if (kept && list[kept - 1].node == list[i].node && list[kept - 1].group == list[i].group) list[kept - 1].flow += list[i].flow;
    else list[kept++] = list[i];
  return kept;
}

/* From each component that feeds a node to each that takes from it. */
static void gather_lines(paths *p) {
  int n;
  end *list = gather_ends(p, &n);
  n = merge(list, n);
  for (int i = 0; i < n; i++)
    if (list[i].flow > 0.0) p->groups[list[i].group].in += list[i].flow, p->groups[list[i].group].entries++;
  p->line = tw_alloc(p->r->arena, (size_t)p->n * (size_t)p->n, sizeof *p->line);
  for (int first = 0, past; first < n; first = past) {
    double most = 0.0;
    for (past = first; past < n && list[past].node == list[first].node; past++) most = fmax(most, fabs(list[past].flow));
    for (int a = first; a < past; a++)
      for (int b = first; b < past; b++)
        if (list[a].flow < -1e-6 * most && list[b].flow > 1e-6 * most)
          p->line[list[a].group * p->n + list[b].group] = true;
  }
}

/* Longest way from where nothing enters; a line that closes a loop does not count. */
static int visit(paths *p, int g, int depth) {
  group *at = &p->groups[g];
  if (at->state == 1) return -1;
  if (depth > at->layer || !at->state) {
    at->layer = depth;
    at->state = 1;
    for (int to = 0; to < p->n; to++)
      if (p->line[g * p->n + to]) visit(p, to, depth + 1);
    at->state = 2;
  }
  return 0;
}

static void set_layers(paths *p) {
  for (int pass = 0; pass < 2; pass++)
    for (int g = 0; g < p->n; g++) {
      bool entered = false;
      for (int from = 0; from < p->n; from++) entered |= p->line[from * p->n + g];
      bool begins = p->groups[g].part && !p->groups[g].state && (pass || !entered);
      if (begins) visit(p, g, 0);
    }
}

static const char *text_of(paths *p, const char *format, double a, double b, const char *unit) {
  char *text = tw_alloc(p->r->arena, 64, 1), x[32], y[32];
  tw_display(a, unit, x, sizeof x);
  tw_display(b, unit, y, sizeof y);
  if (!strcmp(unit, "K")) snprintf(x, sizeof x, "%.1f", a - TW_ZERO_CELSIUS), snprintf(y, sizeof y, "%.1f degC", b - TW_ZERO_CELSIUS);
  bool same = fabs(a - b) <= 1e-3 * fabs(b);
  snprintf(text, 64, format, same ? y : x, same ? "" : " to ", same ? "" : y);
  return text;
}

static void describe(paths *p, const group *g, tw_diagram_box *box) {
  int n = 0;
  char *name = tw_alloc(p->r->arena, strlen(g->name) + 24, 1);
  if (g->instances > 1) sprintf(name, "%s x %d", g->name, g->instances);
  else sprintf(name, "%s", g->name);
  *box = (tw_diagram_box){.name = name, .layer = g->layer, .colour = p->coolant ? 2 : g->stage == TW_STAGE_CHIP ? 5 : 0};
  if (p->coolant) {
    /* One stream through each instance: else the sum of several would read as a flow. */
    if (g->in > 0.0 && g->entries == g->instances) box->lines[n++] = text_of(p, "%s%s%s", g->in, g->in, "kg/s");
    box->lines[n++] = text_of(p, "%s%s%s", g->lo, g->hi, "K");
    box->lines[n++] = text_of(p, "%s%s%s", g->p_lo, g->p_hi, "Pa");
    return;
  }
  if (g->in > 0.0) box->lines[n++] = text_of(p, "takes %s%s%s", g->in, g->in, "W");
  box->lines[n++] = text_of(p, "%s%s%s", g->lo, g->hi, "V");
  if (g->loss > 0.0) box->lines[n++] = text_of(p, "loses %s%s%s", g->loss, g->loss, "W");
  if (!isnan(g->T)) box->lines[n++] = text_of(p, "%s%s%s", g->T, g->T, "K");
}

static int draw(FILE *out, const tw_results *r, bool coolant, const char *title, tw_form form) {
  paths p = {.r = r, .coolant = coolant};
  gather_groups(&p);
  gather_lines(&p);
  set_layers(&p);
  int *box_of = tw_alloc(r->arena, (size_t)p.n + 1, sizeof *box_of), lines = 0, boxes = 0;
  tw_diagram_box *box = tw_alloc(r->arena, (size_t)p.n + 1, sizeof *box);
  tw_diagram_line *line = tw_alloc(r->arena, (size_t)p.n * (size_t)p.n + 1, sizeof *line);
  for (int g = 0; g < p.n; g++)
    if (p.groups[g].part) describe(&p, &p.groups[g], &box[box_of[g] = boxes++]);
  for (int a = 0; a < p.n; a++)
    for (int b = 0; b < p.n; b++)
      if (p.line[a * p.n + b]) line[lines++] = (tw_diagram_line){box_of[a], box_of[b]};
  tw_diagram d = {title, box, boxes, line, lines};
  if (form == TW_AS_SVG) return tw_diagram_svg(out, &d);
  tw_diagram_json(out, &d);
  return boxes ? 0 : -1;
}

int tw_draw_oneline(FILE *out, const tw_results *r, tw_form form) { return draw(out, r, false, "One-line diagram: what feeds what", form); }
int tw_draw_coolant(FILE *out, const tw_results *r, tw_form form) { return draw(out, r, true, "Coolant path: what flows to what", form); }
