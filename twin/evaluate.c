/* Residual, Jacobian and reported quantities: gather port quantities, call each type's kernel once, scatter. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "network_internal.h"

/* ---- gather and scatter ------------------------------------------------------------------------------------------- */

static void gather(const tw_network *net, tw_batch *b, const double *y, const double *yd) {
  int L = net->lanes;
  for (int q = 0; q < b->n_port_q; q++) {
    const int *u = b->unknown[q];
    double *restrict x = b->x[q], *restrict xd = b->xd[q];
    if (L == 1) { /* the common case, without the inner loop */
      for (int k = 0; k < b->n; k++) x[k] = y[u[k]];
      if (yd) for (int k = 0; k < b->n; k++) xd[k] = yd[u[k]];
      else memset(xd, 0, (size_t)b->n * sizeof *xd);
      continue;
    }
    for (int k = 0; k < b->n; k++)
      for (int l = 0; l < L; l++) {
        x[k * L + l] = y[u[k] * L + l];
        xd[k * L + l] = yd ? yd[u[k] * L + l] : 0.0;
      }
  }
  for (int q = 0; q < b->n_internal; q++) {
    size_t at = (size_t)(b->first_internal + q * b->n) * (size_t)L;
    b->x[b->n_port_q + q] = (double *)(uintptr_t)(y + at);
    b->xd[b->n_port_q + q] = (double *)(uintptr_t)((yd ? yd : net->zeros) + at);
  }
}

tw_eval tw_batch_eval(const tw_network *net, const tw_batch *b, double t, double cj, bool jacobian) {
  return (tw_eval){.n = b->columns, .t = t, .cj = cj, .load_scale = net->load_scale, .p = (const double *const *)b->p,
                   .c = (const tw_curve *const *const *)b->c, .m = (const tw_medium *const *const *)b->m,
                   .x = (const double *const *)b->x, .xd = (const double *const *)b->xd, .z = (const double *const *)b->z,
                   .f = b->f, .j = jacobian ? b->j : NULL};
}

/* Runs the kernel of a batch; internal rows go straight into f, port flows into the batch's own arrays. */
static void evaluate(tw_network *net, tw_batch *b, double t, double cj, bool jacobian, const double *y, const double *yd, double *f) {
  gather(net, b, y, yd);
  for (int q = 0; q < b->n_internal; q++)
    b->f[b->n_port_q + q] = f + (size_t)(b->first_internal + q * b->n) * (size_t)net->lanes;
  tw_eval e = tw_batch_eval(net, b, t, cj, jacobian);
  b->type->eval(&e);
}

static void drive(tw_network *net, double t) {
  if (!net->n_driven || t == net->driven_at) return;
  for (int i = 0; i < net->n_driven; i++) {
    const tw_driven *d = &net->driven[i];
    double at = fmin(fmax(t, net->drive_from), net->drive_until);
    if (d->repeat && d->period > 0.0) at -= d->period * floor(at / d->period);
    for (int l = 0; l < net->lanes; l++)
      net->batches[d->batch].p[d->param][d->instance * net->lanes + l] = tw_curve_at(d->over_time, at).v;
  }
  net->driven_at = t;
}

/* ---- rows that the network itself writes: leakages, the ambient, unconnected signals ------------------------------- */

static double leak_of(tw_kind kind, int w) {
  if (kind == TW_DC || kind == TW_AC) return TW_LEAK_ELECTRIC;
  if (kind == TW_HEAT || (kind == TW_FLUID && w == 1)) return TW_LEAK_HEAT;
  return 0.0;
}

static void own_rows(const tw_network *net, const double *y, double *f) {
  int L = net->lanes;
  for (int i = 0; i < net->n_nodes; i++) {
    const tw_node *node = &net->nodes[i];
    for (int w = 0; w < tw_port_width(node->kind); w++) {
      double leak = leak_of(node->kind, w), base = node->kind == TW_DC || node->kind == TW_AC ? 0.0 : net->model->ambient;
      int u = (node->unknown + w) * L;
      for (int l = 0; l < L; l++) {
        if (node->fixed) f[u + l] = y[u + l] - net->model->ambient;
        else if (leak > 0.0) f[u + l] += leak * (y[u + l] - base);
      }
    }
  }
  for (int i = 0; i < net->n_fallbacks; i++) {
    const tw_fallback *s = &net->fallbacks[i];
    for (int l = 0; l < L; l++)
      f[s->unknown * L + l] += y[s->unknown * L + l] - net->batches[s->batch].p[s->param][s->instance * L + l];
  }
}

static void own_stamps(const tw_network *net, double *values) {
  int L = net->lanes;
  for (int i = 0; i < net->n_nodes; i++)
    for (int w = 0; w < tw_port_width(net->nodes[i].kind); w++)
      for (int l = 0; l < L; l++)
        values[net->diagonal[net->nodes[i].unknown + w] * L + l] +=
            net->nodes[i].fixed ? 1.0 : leak_of(net->nodes[i].kind, w);
  for (int i = 0; i < net->n_fallbacks; i++)
    for (int l = 0; l < L; l++) values[net->diagonal[net->fallbacks[i].unknown] * L + l] += 1.0;
}

/* ---- public ------------------------------------------------------------------------------------------------------- */

static int all_finite(const double *v, size_t n) {
  double sum = 0.0; /* becomes NaN when any entry is not finite */
  for (size_t i = 0; i < n; i++) sum += v[i] * 0.0;
  return sum == 0.0;
}

int tw_network_residual(tw_network *net, double t, const double *y, const double *yd, double *f) {
  size_t n = (size_t)net->n * (size_t)net->lanes;
  int L = net->lanes;
  drive(net, t);
  memset(f, 0, n * sizeof *f);
  for (int i = 0; i < net->n_batches; i++) {
    tw_batch *b = &net->batches[i];
    evaluate(net, b, t, 0.0, false, y, yd, f);
    for (int q = 0; q < b->n_port_q; q++) {
      if (!b->f[q]) continue;
      const int *u = b->unknown[q];
      const double *flow = b->f[q];
      if (L == 1) {
        for (int k = 0; k < b->n; k++) f[u[k]] += flow[k];
        continue;
      }
      for (int k = 0; k < b->n; k++)
        for (int l = 0; l < L; l++) f[u[k] * L + l] += flow[k * L + l];
    }
  }
  own_rows(net, y, f);
  return all_finite(f, n) ? 0 : 1;
}

int tw_network_jacobian(tw_network *net, double t, double cj, const double *y, const double *yd, double *values) {
  size_t n = (size_t)net->nonzeros * (size_t)net->lanes;
  int L = net->lanes;
  drive(net, t);
  memset(values, 0, n * sizeof *values);
  for (int i = 0; i < net->n_batches; i++) {
    tw_batch *b = &net->batches[i];
    evaluate(net, b, t, cj, true, y, yd, net->scratch);
    for (int s = 0; s < b->type->n_stamps; s++) {
      const int32_t *slot = b->slot[s];
      const double *j = b->j[s];
      if (L == 1) {
        for (int k = 0; k < b->n; k++)
          if (slot[k] >= 0) values[slot[k]] += j[k];
        continue;
      }
      for (int k = 0; k < b->n; k++)
        for (int l = 0; l < L && slot[k] >= 0; l++) values[slot[k] * L + l] += j[k * L + l];
    }
  }
  own_stamps(net, values);
  return all_finite(values, n) ? 0 : 1;
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
    tw_eval e = tw_batch_eval(net, b, t, 0.0, false);
    double *rows[8];
    for (int q = 0; q < b->type->n_events; q++) rows[q] = g + b->first_event + q * b->columns;
    b->type->events(&e, rows);
  }
  return 0;
}

int tw_network_react(tw_network *net, double t, const double *y, const double *yd) {
  int changed = 0;
  drive(net, t);
  for (int i = 0; i < net->n_batches; i++) {
    tw_batch *b = &net->batches[i];
    if (!b->type->react) continue;
    gather(net, b, y, yd);
    tw_eval e = tw_batch_eval(net, b, t, 0.0, false);
    changed += b->type->react(&e, b->z);
  }
  return changed;
}

void tw_network_observe(tw_network *net, double t, const double *y, const double *yd) {
  drive(net, t);
  for (int i = 0; i < net->n_batches; i++) {
    tw_batch *b = &net->batches[i];
    evaluate(net, b, t, 0.0, false, y, yd, net->scratch);
    tw_eval e = tw_batch_eval(net, b, t, 0.0, false);
    if (b->type->observe) b->type->observe(&e, b->out);
    for (int q = 0; q < TW_B_TERMS; q++) memset(b->b[q], 0, (size_t)b->columns * sizeof(double));
    if (b->type->balance) b->type->balance(&e, b->b);
  }
}
