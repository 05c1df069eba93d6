/* What the places of the Jacobian's entries tell before a number is solved for: heat without a way out, unknowns that no
 * equation determines, stores that cannot change alone. Entries that are zero at the first guess may be there elsewhere, so
 * that nothing is told before other points have been looked at. */
#include "structure.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "../racks/diagnostic_codes.h"
#include "domains.h"
#include "network_internal.h"

/* ---- entries --------------------------------------------------------------------------------------------------------- */

static void mark(const tw_network *net, bool *there) {
  for (int i = 0; i < net->n_batches; i++) {
    const tw_batch *b = &net->batches[i];
    for (int s = 0; s < b->type->n_stamps; s++)
      for (int k = 0; k < b->n; k++)
        if (b->slot[s][k] >= 0 && b->j[s][k * net->lanes] != 0.0) there[b->slot[s][k]] = true;
  }
}

static void mark_own(const tw_network *net, bool *there) {
  for (int i = 0; i < net->n_nodes; i++)
    if (net->nodes[i].fixed) there[net->diagonal[net->nodes[i].unknown]] = true;
  for (int i = 0; i < net->n_fallbacks; i++) there[net->diagonal[net->fallbacks[i].unknown]] = true;
}

/* Rates are what differs between the weights 0 and 1. */
static void mark_rates(const tw_network *net, const double *still, const double *moving, bool *there) {
  for (int32_t k = 0; k < net->nonzeros; k++)
    if (still[(size_t)k * (size_t)net->lanes] != moving[(size_t)k * (size_t)net->lanes]) there[k] = true;
}

void tw_entries_mark(tw_network *net, const double *y, tw_entries *e) {
  size_t size = (size_t)net->nonzeros * (size_t)net->lanes;
  double *still = malloc((2 * size + 1) * sizeof *still);
  if (!still) abort();
  tw_network_jacobian(net, 0.0, 0.0, y, NULL, still);
  mark(net, e->value);
  mark_own(net, e->value);
  tw_network_jacobian(net, 0.0, 1.0, y, NULL, still + size);
  mark_rates(net, still, still + size, e->rate);
  free(still);
}

/* A point away from y, the same in every run: up to `reach` of what is typical of each unknown, to either side. */
static void move(const tw_network *net, const double *y, double reach, uint32_t *seed, double *moved) {
  for (int i = 0; i < net->n; i++)
    for (int l = 0; l < net->lanes; l++) {
      *seed = *seed * 1664525u + 1013904223u; /* Numerical Recipes' linear congruence */
      double share = (*seed >> 8) / 16777216.0, side = *seed & 0x80 ? 1.0 : -1.0;
      double at = y[i * net->lanes + l] + side * (0.5 + 0.5 * share) * reach * net->nominal[i];
      moved[i * net->lanes + l] = fmin(fmax(at, net->lo[i]), net->hi[i]);
    }
}

/* Adds the entries of other points, near and far: a controller at its stop, a stream that runs backwards. */
static void look_around(tw_network *net, const double *y, tw_entries *e) {
  static const double reaches[] = {0.01, 0.1, 0.1, 1.0, 1.0, 10.0, 10.0};
  double *moved = malloc(((size_t)net->n * (size_t)net->lanes + 1) * sizeof *moved);
  uint32_t seed = 1;
  if (!moved) abort();
  for (int i = 0; i < TW_COUNT(reaches); i++) {
    move(net, y, reaches[i], &seed, moved);
    tw_entries_mark(net, moved, e);
  }
  free(moved);
}

/* ---- matching -------------------------------------------------------------------------------------------------------- */

typedef enum { AT_REST, IN_MOTION } motion;

/* At rest stocks are held. In motion the rates of what is stored are to be found, with everything else at given stores. */
static bool counts(const tw_network *net, const tw_entries *e, motion how, int row, int col, int32_t slot) {
  if (how == IN_MOTION) return net->differential[col] ? e->rate[slot] : e->value[slot];
  if (net->stock[row] || net->stock[col]) return row == col;
  return e->value[slot];
}

typedef struct {
  const tw_network *net;
  tw_arena *arena;
  int32_t *column, *row_index;  /* entries that count */
  tw_part *row_part, *column_part;
  int rank;
} matching;

/* With `of` only between unknowns of one domain. */
static matching match(const tw_network *net, const tw_entries *e, motion how, const tw_domain *of) {
  size_t n = (size_t)net->n;
  tw_arena *a = e->arena;
  matching m = {net, a, tw_alloc(a, n + 1, sizeof(int32_t)), tw_alloc(a, (size_t)net->nonzeros, sizeof(int32_t)),
                tw_alloc(a, n, sizeof(tw_part)), tw_alloc(a, n, sizeof(tw_part)), 0};
  int32_t found = 0;
  for (int c = 0; c < net->n; c++) {
    for (int32_t k = net->column[c]; k < net->column[c + 1]; k++) {
      int row = net->row_index[k];
      if (counts(net, e, how, row, c, k) && (!of || of[row] == of[c])) m.row_index[found++] = row;
    }
    m.column[c + 1] = found;
  }
  m.rank = tw_structure(net->n, m.column, m.row_index, m.row_part, m.column_part);
  if (m.rank < 0) abort();
  return m;
}

static bool narrow(tw_part *whole, const tw_part *part, int n, tw_part which) {
  bool any = false;
  for (int i = 0; i < n; i++) any |= whole[i] == which && part[i] == which;
  for (int i = 0; i < n && any; i++)
    if (whole[i] == which && part[i] != which) whole[i] = TW_SQUARE;
  return any;
}

/* A flow that nothing determines leaves every temperature behind it open, too. Where one domain alone has too little, or too
 * much, the rest is a consequence. */
static void leave_consequences(matching *m, const tw_entries *e, motion how) {
  tw_domain *of = tw_alloc(m->arena, (size_t)m->net->n, sizeof *of);
  tw_domains_mark(m->net, of);
  matching own = match(m->net, e, how, of);
  narrow(m->column_part, own.column_part, m->net->n, TW_UNDER);
  if (narrow(m->row_part, own.row_part, m->net->n, TW_OVER)) narrow(m->column_part, own.column_part, m->net->n, TW_OVER);
}

/* ---- words ----------------------------------------------------------------------------------------------------------- */

enum { MOST_NAMES = 4 };

/* Number k of the unknowns in the order of telling: a part's own before those of nodes, which are named after one of several. */
static int in_order(const tw_network *net, int k) {
  int nodes = net->n_batches ? net->batches[0].first_internal : 0;
  return (k + nodes) % net->n;
}

/* "a: m_dot, b: p at port in and 3 more". */
static const char *unknown_list(const tw_network *net, const bool *marked) {
  const char *text = "";
  char name[256];
  int n = 0, shown = 0;
  for (int i = 0; i < net->n; i++) n += marked[i];
  for (int k = 0; k < net->n && shown < MOST_NAMES; k++) {
    int i = in_order(net, k);
    if (!marked[i]) continue;
    const char *between = shown ? (shown + 1 == n ? " and " : ", ") : "";
    text = tw_printf(net->arena, "%s%s%s", text, between, tw_network_unknown_name(net, i, name, sizeof name));
    shown++;
  }
  return n > shown ? tw_printf(net->arena, "%s and %d more", text, n - shown) : text;
}

/* "circulator, second and vessel": components of the marked rows, each once. */
static const char *part_list(const tw_network *net, const bool *marked) {
  int items[MOST_NAMES], found = 0;
  for (int i = 0; i < net->n && found < MOST_NAMES; i++) {
    int item = tw_network_unknown_item(net, i), k = 0;
    while (k < found && items[k] != item) k++;
    if (marked[i] && k == found) items[found++] = item;
  }
  const char *text = "";
  for (int k = 0; k < found; k++)
    text = tw_printf(net->arena, "%s%s%s", text, !k ? "" : k + 1 == found ? " and " : ", ", net->model->items[items[k]].path);
  return text;
}

/* What the rows that are too many prescribe, as the rest of a sentence; "" when they prescribe nothing. */
static const char *too_much(const matching *m) {
  const tw_network *net = m->net;
  size_t n = (size_t)net->n;
  bool *rows = tw_alloc(m->arena, n, sizeof *rows), *columns = tw_alloc(m->arena, n, sizeof *columns), any = false;
  for (int i = 0; i < net->n; i++) {
    rows[i] = m->row_part[i] == TW_OVER;
    columns[i] = m->column_part[i] == TW_OVER;
    any |= columns[i];
  }
  if (!any) return "";
  return tw_printf(net->arena, "; instead %s prescribe %s more than once", part_list(net, rows), unknown_list(net, columns));
}

/* The component that the first of the marked unknowns belongs to, and how many there are. */
static const tw_item *first_of(const tw_network *net, const bool *marked, int *n) {
  int first = *n = 0;
  for (int k = net->n - 1; k >= 0; k--)
    if (marked[in_order(net, k)]) first = in_order(net, k), ++*n;
  return &net->model->items[tw_network_unknown_item(net, first)];
}

void tw_tell_undetermined(const tw_network *net, const bool *marked, const char *rest, tw_diagnostics *d) {
  int n;
  const tw_item *item = first_of(net, marked, &n);
  tw_diagnose(d, TW_ERROR, TW_E_UNDETERMINED, item->where, item->path, "nothing determines %s%s%s", unknown_list(net, marked),
              n > 1 ? " (together)" : "", rest);
}

static void tell_stores(const tw_network *net, const bool *marked, const char *rest, tw_diagnostics *d) {
  int n;
  const tw_item *item = first_of(net, marked, &n);
  tw_diagnose(d, TW_ERROR, TW_E_INERTIAS, item->where, item->path,
              "nothing determines how fast %s change%s; nothing between them gives way%s", unknown_list(net, marked),
              n > 1 ? " (together)" : "", rest);
}

/* Each group of unknowns that hang together in what is too little. */
static void tell(const matching *m, motion how, tw_diagnostics *d) {
  const tw_network *net = m->net;
  int n = net->n, groups = 0, *parent = tw_alloc(m->arena, 2 * (size_t)n, sizeof *parent); /* rows, then columns */
  for (int i = 0; i < 2 * n; i++) parent[i] = i;
  for (int c = 0; c < n; c++)
    for (int32_t k = m->column[c]; m->column_part[c] == TW_UNDER && k < m->column[c + 1]; k++)
      tw_unite(parent, n + c, m->row_index[k]);
  bool *done = tw_alloc(m->arena, 2 * (size_t)n, sizeof *done);
  for (int c = 0; c < n; c++) {
    int root = tw_root(parent, n + c);
    groups += m->column_part[c] == TW_UNDER && !done[root];
    done[root] |= m->column_part[c] == TW_UNDER;
  }
  for (int c = 0; c < n; c++) {
    int root = tw_root(parent, n + c);
    if (m->column_part[c] != TW_UNDER || !done[root]) continue;
    done[root] = false;
    bool *marked = tw_alloc(m->arena, (size_t)n, sizeof *marked);
    for (int i = 0; i < n; i++)
      marked[i] = m->column_part[i] == TW_UNDER && tw_root(parent, n + i) == root && (how == AT_REST || net->differential[i]);
    (how == AT_REST ? tw_tell_undetermined : tell_stores)(net, marked, groups == 1 ? too_much(m) : "", d);
  }
}

/* ---- the whole ------------------------------------------------------------------------------------------------------- */

void tw_check_structure(tw_network *net, tw_diagnostics *d) {
  int before = d->errors;
  tw_arena *a = tw_arena_new();
  tw_entries e = {a, tw_alloc(a, (size_t)net->nonzeros, sizeof(bool)), tw_alloc(a, (size_t)net->nonzeros, sizeof(bool))};
  tw_entries_mark(net, net->first_guess, &e);
  bool looked = false;
  if (tw_check_heat_paths(net, &e, NULL)) {
    look_around(net, net->first_guess, &e);
    looked = true;
    tw_check_heat_paths(net, &e, d);
  }
  for (motion how = AT_REST; how <= IN_MOTION && d->errors == before; how++) {
    matching m = match(net, &e, how, NULL);
    if (m.rank < net->n && !looked) {
      look_around(net, net->first_guess, &e);
      looked = true;
      m = match(net, &e, how, NULL);
    }
    if (m.rank == net->n) continue;
    leave_consequences(&m, &e, how);
    tell(&m, how, d);
  }
  tw_arena_free(a);
}
