/* Residual, Jacobian and reported quantities: gather port quantities, call each type's kernel once, scatter. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "network_internal.h"
#include "stamping.h"

/* ---- gather and scatter ------------------------------------------------------------------------------------------- */

/* Whether no rate differs from zero: in steady state the rates are gathered once, not in every pass. */
TW_WIDE static bool at_rest(const double *yd, size_t n) {
  int moves = 0;
  for (size_t i = 0; yd && i < n; i++) moves |= yd[i] != 0.0;
  return !moves;
}

static void gather_one(int L, int n, const int *restrict u, const double *restrict y, double *restrict x) {
  if (L == 1) { /* the common case, without the inner loop */
    for (int k = 0; k < n; k++) x[k] = y[u[k]];
    return;
  }
  for (int k = 0; k < n; k++)
    for (int l = 0; l < L; l++) x[k * L + l] = y[u[k] * L + l];
}

/* yd: NULL when all rates are zero. */
static void gather(const tw_network *net, tw_batch *b, const double *y, const double *yd) {
  int L = net->lanes;
  for (int q = 0; q < b->n_port_q; q++) gather_one(L, b->n, b->unknown[q], y, b->x[q]);
  for (int q = 0; q < b->n_port_q && yd; q++) gather_one(L, b->n, b->unknown[q], yd, b->xd[q]);
  for (int q = 0; q < b->n_port_q && !yd && !b->rests; q++) memset(b->xd[q], 0, (size_t)b->columns * sizeof(double));
  b->rests = !yd;
  for (int q = 0; q < b->n_internal; q++) {
    size_t at = (size_t)(b->first_internal + q * b->n) * (size_t)L;
    b->x[b->n_port_q + q] = (double *)(uintptr_t)(y + at);
    b->xd[b->n_port_q + q] = (double *)(uintptr_t)((yd ? yd : net->zeros) + at);
  }
}

tw_eval tw_batch_eval(const tw_network *net, const tw_batch *b, double t, double cj, bool jacobian, bool at_rest) {
  return (tw_eval){.n = b->columns, .t = t, .cj = cj, .at_rest = at_rest, .load_scale = net->load_scale,
                   .fast = net->fast,
                   .p = (const double *const *)b->p,
                   .c = (const tw_curve *const *const *)b->c, .m = (const tw_medium *const *const *)b->m,
                   .x = (const double *const *)b->x, .xd = (const double *const *)b->xd, .z = (const double *const *)b->z,
                   .f = b->f, .j = jacobian ? b->j : NULL};
}

/* Runs the kernel of a batch; internal rows go straight into f, port flows into the batch's own arrays. */
static void evaluate(tw_network *net, tw_batch *b, double t, double cj, bool jacobian, const double *y, const double *yd, double *f) {
  gather(net, b, y, yd);
  for (int q = 0; q < b->n_internal; q++)
    b->f[b->n_port_q + q] = f + (size_t)(b->first_internal + q * b->n) * (size_t)net->lanes;
  tw_eval e = tw_batch_eval(net, b, t, cj, jacobian, false);
  b->type->eval(&e);
}

/* Whether both are at one value at all times: a workload drives all chips of a kind alike. */
static bool same_profile(const tw_driven *a, const tw_driven *b) {
  return !b->window && a->over_time == b->over_time && a->repeat == b->repeat && !(a->period < b->period || a->period > b->period) &&
         !(a->ahead < b->ahead || a->ahead > b->ahead);
}

/* Sets what is driven to its values at t; whether these fit the other figures of their parts. */
static bool drive(tw_network *net, double t) {
  if (!net->n_driven) return true;
  if (t == net->driven_at) return net->driven_fits;
  bool changed = false; /* a parameter of this batch from which others are derived */
  double value = 0.0;
  net->driven_fits = true;
  for (int i = 0; i < net->n_driven; i++) {
    const tw_driven *d = &net->driven[i];
    double at = fmin(fmax(t, net->drive_from), net->drive_until) + d->ahead;
    if (d->repeat && d->period > 0.0) at -= d->period * floor(at / d->period);
    if (d->window) value = tw_window_at(d->window, d->value, at);
    else if (i == 0 || !same_profile(d, d - 1)) value = tw_curve_at(d->over_time, at).v;
    double *p = net->batches[d->batch].p[d->param] + d->instance * net->lanes;
    for (int l = 0; l < net->lanes; l++) {
      changed |= d->derives && !(p[l] >= value && p[l] <= value);
      p[l] = value;
    }
    if (i + 1 < net->n_driven && net->driven[i + 1].batch == d->batch) continue;
    if (changed && tw_batch_derive(net, &net->batches[d->batch], NULL)) net->driven_fits = false;
    changed = false;
  }
  net->driven_at = t;
  return net->driven_fits;
}

/* ---- rows that the network itself writes: leakages, the ambient, unconnected signals ------------------------------- */

static double leak_of(tw_kind kind, int w) {
  if (kind == TW_DC || kind == TW_AC) return TW_LEAK_ELECTRIC;
  if (kind == TW_HEAT || (kind == TW_FLUID && w == 1)) return TW_LEAK_HEAT;
  return 0.0;
}

void tw_own_rows_prepare(tw_network *net) {
  net->leak = tw_alloc(net->arena, (size_t)net->n, sizeof(double));
  net->leak_to = tw_alloc(net->arena, (size_t)net->n, sizeof(double));
  net->own_diagonal = tw_alloc(net->arena, (size_t)net->n, sizeof(double));
  for (int i = 0; i < net->n_nodes; i++) {
    const tw_node *node = &net->nodes[i];
    for (int w = 0; w < tw_port_width(node->kind); w++) {
      int u = node->unknown + w;
      net->leak[u] = node->fixed ? 1.0 : leak_of(node->kind, w);
      net->leak_to[u] = node->kind == TW_DC || node->kind == TW_AC ? 0.0 : net->model->ambient;
      net->own_diagonal[u] = net->leak[u];
    }
  }
  for (int i = 0; i < net->n_fallbacks; i++) net->own_diagonal[net->fallbacks[i].unknown] += 1.0;
}

static void leakages(int n, const double *restrict leak, const double *restrict to, const double *restrict y,
                     double *restrict f) {
  for (int u = 0; u < n; u++) f[u] = leak[u] * (y[u] - to[u]);
}

/* The value of a row before any element adds to it. */
static void own_rows(const tw_network *net, const double *y, double *f) {
  int L = net->lanes;
  if (L == 1) leakages(net->n, net->leak, net->leak_to, y, f);
  for (int u = 0; u < net->n && L > 1; u++)
    for (int l = 0; l < L; l++) f[u * L + l] = net->leak[u] * (y[u * L + l] - net->leak_to[u]);
  for (int i = 0; i < net->n_fallbacks; i++) {
    const tw_fallback *s = &net->fallbacks[i];
    for (int l = 0; l < L; l++)
      f[s->unknown * L + l] += y[s->unknown * L + l] - net->batches[s->batch].p[s->param][s->instance * L + l];
  }
}

/* The ambient and ground take any flow: their rows are T - T_ambient and v. */
static void fix_node(const tw_network *net, int node, const double *y, double *f) {
  int L = net->lanes;
  if (node < 0) return;
  for (int u = net->nodes[node].unknown, l = 0; l < L; l++) f[u * L + l] = y[u * L + l] - net->leak_to[u];
}

/* ---- public ------------------------------------------------------------------------------------------------------- */

/* Independent sums, because one alone would wait for each addition. */
TW_WIDE static int all_finite(const double *v, size_t n) {
  enum { SUMS = 16 };
  double sum[SUMS] = {0.0}, all = 0.0; /* become NaN when any entry is not finite */
  size_t i = 0;
  for (; i + SUMS <= n; i += SUMS)
    for (int k = 0; k < SUMS; k++) sum[k] += v[i + (size_t)k] * 0.0;
  for (; i < n; i++) all += v[i] * 0.0;
  for (int k = 0; k < SUMS; k++) all += sum[k];
  return all == 0.0;
}

static void scatter_flows(int L, int n, const int *restrict u, const double *restrict flow, double *restrict f) {
  if (L == 1) {
    for (int k = 0; k < n; k++) f[u[k]] += flow[k];
    return;
  }
  for (int k = 0; k < n; k++)
    for (int l = 0; l < L; l++) f[u[k] * L + l] += flow[k * L + l];
}

static void add_flows(const tw_network *net, const tw_batch *b, double *f) {
  for (int q = 0; q < b->n_port_q; q++)
    if (b->f[q]) scatter_flows(net->lanes, b->n, b->unknown[q], b->f[q], f);
}

/* active: NULL for all. values: NULL for the residual alone. */
static int rows(tw_network *net, const bool *active, const tw_stamping *to, double t, double cj, const double *y, const double *yd,
                double *f, double *values) {
  size_t n = (size_t)net->n * (size_t)net->lanes;
  bool fits = drive(net, t);
  if (at_rest(yd, n)) yd = NULL;
  own_rows(net, y, f);
  if (values) tw_stamping_begin(to, net->lanes, values);
  for (int i = 0; i < net->n_batches; i++) {
    tw_batch *b = &net->batches[i];
    if (active && !active[i]) continue;
    evaluate(net, b, t, cj, values != NULL, y, yd, f);
    add_flows(net, b, f);
    if (values) tw_stamping_add(to, net, i, values);
  }
  fix_node(net, net->ambient, y, f);
  fix_node(net, net->ground, y, f);
  return fits && all_finite(f, n) ? 0 : 1;
}

int tw_network_residual_of(tw_network *net, const bool *active, double t, const double *y, const double *yd, double *f) {
  return rows(net, active, NULL, t, 0.0, y, yd, f, NULL);
}

int tw_network_residual(tw_network *net, double t, const double *y, const double *yd, double *f) {
  return tw_network_residual_of(net, NULL, t, y, yd, f);
}

int tw_network_linearise_in(tw_network *net, const tw_stamping *to, double t, double cj, const double *y, const double *yd,
                            double *f, double *values) {
  return rows(net, to->active, to, t, cj, y, yd, f, values);
}

int tw_network_linearise(tw_network *net, double t, double cj, const double *y, const double *yd, double *f, double *values) {
  return tw_network_linearise_in(net, net->whole, t, cj, y, yd, f, values);
}

void tw_network_jacobian_of(tw_network *net, int batch, double t, double cj, const double *y, const double *yd, double *values) {
  evaluate(net, &net->batches[batch], t, cj, true, y, yd, net->scratch);
  tw_stamping_add(net->whole, net, batch, values);
}

int tw_network_jacobian_in(tw_network *net, const tw_stamping *to, double t, double cj, const double *y, const double *yd,
                           double *values) {
  drive(net, t);
  if (at_rest(yd, (size_t)net->n * (size_t)net->lanes)) yd = NULL;
  tw_stamping_begin(to, net->lanes, values);
  for (int i = 0; i < net->n_batches; i++) {
    if (!to->active[i]) continue;
    evaluate(net, &net->batches[i], t, cj, true, y, yd, net->scratch);
    tw_stamping_add(to, net, i, values);
  }
  return 0;
}

int tw_network_jacobian(tw_network *net, double t, double cj, const double *y, const double *yd, double *values) {
  return tw_network_jacobian_in(net, net->whole, t, cj, y, yd, values);
}

void tw_network_rates_at_rest(tw_network *net, const double *y, double *yd) {
  size_t L = (size_t)net->lanes, n = (size_t)net->n * L, nz = (size_t)net->nonzeros * L;
  memset(yd, 0, n * sizeof *yd);
  if (!net->n_stocks) return;
  double *f = malloc(n * sizeof *f), *a = malloc(2 * nz * sizeof *a);
  if (!f || !a) abort();
  tw_network_residual(net, 0.0, y, NULL, f);
  tw_network_jacobian(net, 0.0, 0.0, y, NULL, a);
  tw_network_jacobian(net, 0.0, 1.0, y, NULL, a + nz);
  for (int i = 0; i < net->n; i++)
    for (size_t l = 0; l < L && net->stock[i]; l++) {
      size_t s = (size_t)net->diagonal[i] * L + l;
      yd[(size_t)i * L + l] = -f[(size_t)i * L + l] / (a[nz + s] - a[s]);
    }
  free(f);
  free(a);
}

int tw_network_events(tw_network *net, double t, const double *y, const double *yd, double *g) {
  drive(net, t);
  for (int i = 0; i < net->n_batches; i++) {
    tw_batch *b = &net->batches[i];
    if (!b->type->n_events) continue;
    gather(net, b, y, yd);
    tw_eval e = tw_batch_eval(net, b, t, 0.0, false, false);
    double *rows[16];
    if (b->type->n_events > TW_COUNT(rows)) abort(); /* a table's mistake */
    for (int q = 0; q < b->type->n_events; q++) rows[q] = g + b->first_event + q * b->columns;
    b->type->events(&e, rows);
  }
  return 0;
}

double tw_network_alarm(tw_network *net, double t) {
  double next = INFINITY;
  for (int i = 0; i < net->n_batches; i++) {
    tw_batch *b = &net->batches[i];
    if (!b->type->alarms) continue;
    double *at = malloc((size_t)b->columns * sizeof *at);
    if (!at) abort();
    for (int k = 0; k < b->columns; k++) at[k] = INFINITY;
    tw_eval e = tw_batch_eval(net, b, t, 0.0, false, false);
    b->type->alarms(&e, at);
    for (int k = 0; k < b->columns; k++) next = fmin(next, at[k]);
    free(at);
  }
  return next;
}

int tw_network_react(tw_network *net, double t, const double *y, const double *yd) {
  int changed = 0;
  drive(net, t);
  for (int i = 0; i < net->n_batches; i++) {
    tw_batch *b = &net->batches[i];
    if (!b->type->react) continue;
    gather(net, b, y, yd);
    tw_eval e = tw_batch_eval(net, b, t, 0.0, false, !yd);
    changed += b->type->react(&e, b->z);
  }
  return changed;
}

void tw_batch_balance(const tw_network *net, tw_batch *b, double t) {
  tw_eval e = tw_batch_eval(net, b, t, 0.0, false, false);
  for (int q = 0; q < TW_B_TERMS; q++) memset(b->b[q], 0, (size_t)b->columns * sizeof(double));
  if (b->type->balance) b->type->balance(&e, b->b);
}

static void observe(tw_network *net, tw_batch *b, double t, const double *y, const double *yd) {
  evaluate(net, b, t, 0.0, false, y, yd, net->scratch);
  tw_eval e = tw_batch_eval(net, b, t, 0.0, false, false);
  if (b->type->observe) b->type->observe(&e, b->out);
  tw_batch_balance(net, b, t);
}

void tw_network_observe(tw_network *net, double t, const double *y, const double *yd) {
  drive(net, t);
  for (int i = 0; i < net->n_batches; i++) observe(net, &net->batches[i], t, y, yd);
}

void tw_network_observe_of(tw_network *net, int batch, double t, const double *y, const double *yd) {
  drive(net, t);
  observe(net, &net->batches[batch], t, y, yd);
}
