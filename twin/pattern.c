/* The sparse pattern: every stamp of every instance and every diagonal, in compressed columns; and which rates matter. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "network_internal.h"
#include "stamping.h"

int tw_batch_unknown(const tw_batch *b, int local, int k) {
  return local < b->n_port_q ? b->unknown[local][k] : b->first_internal + (local - b->n_port_q) * b->n + k;
}

static bool is_of(const tw_network *net, int node, int unknown) { return node >= 0 && net->nodes[node].unknown == unknown; }

/* The rows of fixed nodes take no flow. */
static bool is_fixed(const tw_network *net, int row) { return is_of(net, net->ambient, row) || is_of(net, net->ground, row); }

static int32_t find_slot(const tw_network *net, int row, int col) {
  int32_t lo = net->column[col], hi = net->column[col + 1] - 1;
  while (lo < hi) {
    int32_t mid = (lo + hi) / 2;
    if (net->row_index[mid] < row) lo = mid + 1;
    else hi = mid;
  }
  return lo;
}

typedef void visit(tw_network *net, tw_batch *b, int stamp, int k, int row, int col, void *ctx);

static void each_stamp(tw_network *net, visit *fn, void *ctx) {
  for (int i = 0; i < net->n_batches; i++) {
    tw_batch *b = &net->batches[i];
    for (int s = 0; s < b->type->n_stamps; s++)
      for (int k = 0; k < b->n; k++)
        fn(net, b, s, k, tw_batch_unknown(b, b->type->stamps[s].row, k), tw_batch_unknown(b, b->type->stamps[s].col, k), ctx);
  }
}

typedef struct { int32_t *of_row, *of_column, *next, *columns; } places; /* entries by row: columns[of_row[i] .. of_row[i + 1]) */

static void count_stamp(tw_network *net, tw_batch *b, int s, int k, int row, int col, void *ctx) {
  (void)b, (void)s, (void)k;
  places *p = ctx;
  if (is_fixed(net, row)) return;
  p->of_row[row + 1]++;
  p->of_column[col + 1]++;
}

static void fill_stamp(tw_network *net, tw_batch *b, int s, int k, int row, int col, void *ctx) {
  (void)b, (void)s, (void)k;
  places *p = ctx;
  if (!is_fixed(net, row)) p->columns[p->next[row]++] = col;
}

static void slot_stamp(tw_network *net, tw_batch *b, int s, int k, int row, int col, void *ctx) {
  (void)ctx;
  b->slot[s][k] = is_fixed(net, row) ? -1 : find_slot(net, row, col);
}

static void find_stocks(tw_network *net) {
  net->stock = tw_alloc(net->arena, (size_t)net->n, sizeof(bool));
  for (int i = 0; i < net->n_batches; i++) {
    const tw_batch *b = &net->batches[i];
    for (int q = 0; q < b->n_internal; q++)
      for (int k = 0; k < b->n && b->type->unknowns[q].differential == TW_STOCK; k++) {
        int u = b->first_internal + q * b->n + k;
        net->stock[u] = net->differential[u];
        net->n_stocks += net->differential[u];
      }
  }
}

/* Whether an entry of a column differs between a and b. */
static bool column_differs(const tw_network *net, int col, const double *a, const double *b) {
  for (int32_t s = net->column[col]; s < net->column[col + 1]; s++)
    if (a[(size_t)s * (size_t)net->lanes] != b[(size_t)s * (size_t)net->lanes]) return true;
  return false;
}

/* Columns with a nonzero weight of a rate: those whose entries differ between cj = 0 and cj = 1 at the start, fast ones when not
 * while fast states follow at once. Integrators: those of them whose own row does not depend on them. */
static void find_differential(tw_network *net) {
  size_t nz = (size_t)net->nonzeros * (size_t)net->lanes;
  const double *y = net->first_guess;
  double *a = calloc(3 * nz, sizeof *a), *slow = a + 2 * nz;
  if (!a) abort();
  net->differential = tw_alloc(net->arena, (size_t)net->n, sizeof(bool));
  net->fast_store = tw_alloc(net->arena, (size_t)net->n, sizeof(bool));
  net->fast_weight = tw_alloc(net->arena, (size_t)net->n, sizeof(double));
  for (int i = 0; i < net->n_nodes; i++) { /* a signal is as large as what it carries */
    double size = fabs(y[net->nodes[i].unknown * net->lanes]);
    if ((net->nodes[i].kind != TW_SIGNAL_IN && net->nodes[i].kind != TW_SIGNAL_OUT) || !(size > 1.0)) continue;
    net->nominal[net->nodes[i].unknown] = size;
    net->tolerance[net->nodes[i].unknown] = 1e-9 * size;
  }
  tw_network_jacobian(net, 0.0, 0.0, y, NULL, a);
  tw_network_jacobian(net, 0.0, 1.0, y, NULL, a + nz);
  net->fast = 0.0;
  tw_network_jacobian(net, 0.0, 1.0, y, NULL, slow);
  net->fast = 1.0;
  for (int col = 0; col < net->n; col++) {
    size_t own = (size_t)net->diagonal[col] * (size_t)net->lanes;
    net->differential[col] = column_differs(net, col, a, a + nz);
    net->fast_store[col] = net->differential[col] && !column_differs(net, col, a, slow);
    net->fast_weight[col] = net->fast_store[col] ? a[nz + own] - a[own] : 0.0;
    net->n_fast += net->fast_store[col];
  }
  net->integrator = tw_alloc(net->arena, (size_t)net->n, sizeof(bool));
  for (int i = 0; i < net->n; i++)
    net->integrator[i] = net->differential[i] && a[(size_t)net->diagonal[i] * (size_t)net->lanes] == 0.0;
  free(a);
}

void tw_network_let_fast(tw_network *net, bool integrated) {
  net->fast = integrated ? 1.0 : 0.0;
  for (int i = 0; i < net->n; i++)
    if (net->fast_store[i]) net->differential[i] = integrated;
}

static places gather_by_row(tw_network *net) {
  size_t n = (size_t)net->n;
  places p = {calloc(n + 1, sizeof *p.of_row), calloc(n + 1, sizeof *p.of_column), malloc((n + 1) * sizeof *p.next), NULL};
  if (!p.of_row || !p.of_column || !p.next) abort();
  each_stamp(net, count_stamp, &p);
  for (size_t i = 0; i < n; i++) { /* + 1: the diagonal */
    p.of_row[i + 1] += p.of_row[i] + 1;
    p.of_column[i + 1] += p.of_column[i] + 1;
  }
  p.columns = malloc(((size_t)p.of_row[n] + 1) * sizeof *p.columns);
  if (!p.columns) abort();
  memcpy(p.next, p.of_row, (n + 1) * sizeof *p.next);
  for (size_t i = 0; i < n; i++) p.columns[p.next[i]++] = (int32_t)i;
  each_stamp(net, fill_stamp, &p);
  return p;
}

/* Taken row by row, the rows of each column come in order, equal ones behind one another. Frees p. */
static void gather_columns(tw_network *net, places *p) {
  size_t n = (size_t)net->n;
  int32_t *rows = malloc(((size_t)p->of_row[n] + 1) * sizeof *rows);
  if (!rows) abort();
  memcpy(p->next, p->of_column, (n + 1) * sizeof *p->next);
  for (int32_t row = 0; row < net->n; row++)
    for (int32_t k = p->of_row[row]; k < p->of_row[row + 1]; k++) {
      int32_t c = p->columns[k], at = p->next[c];
      if (at == p->of_column[c] || rows[at - 1] != row) rows[p->next[c]++] = row;
    }
  net->row_index = tw_alloc(net->arena, (size_t)p->of_row[n], sizeof(int32_t));
  for (size_t c = 0; c < n; c++) {
    int32_t found = p->next[c] - p->of_column[c];
    net->column[c] = net->nonzeros;
    memcpy(net->row_index + net->nonzeros, rows + p->of_column[c], (size_t)found * sizeof *rows);
    net->nonzeros += found;
  }
  net->column[n] = net->nonzeros;
  free(p->of_row), free(p->of_column), free(p->next), free(p->columns), free(rows);
}

void tw_make_pattern(tw_network *net) {
  net->column = tw_alloc(net->arena, (size_t)net->n + 1, sizeof(int32_t));
  net->diagonal = tw_alloc(net->arena, (size_t)net->n, sizeof(int32_t));
  places p = gather_by_row(net);
  gather_columns(net, &p);
  each_stamp(net, slot_stamp, NULL);
  for (int i = 0; i < net->n; i++) net->diagonal[i] = find_slot(net, i, i);
  tw_own_rows_prepare(net);
  net->whole = tw_stamping_of_whole(net);
  find_differential(net);
  find_stocks(net);
}
