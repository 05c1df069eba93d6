#include "steady.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "../racks/diagnostic_codes.h"
#include "sequence.h"

enum { MAX_ITERATIONS = 60, MAX_ROUNDS = 64 };

static void add_up(tw_steady_report *r, const tw_report *one) {
  int iterations = r->report.iterations + one->iterations, factorisations = r->report.factorisations + one->factorisations;
  double seconds = r->report.seconds + one->seconds;
  r->report = *one;
  r->report.iterations = iterations;
  r->report.factorisations = factorisations;
  r->report.seconds = seconds;
}

static tw_outcome newton(const tw_network *net, tw_solver *solver, double *y, tw_steady_report *r) {
  tw_report one = {0};
  tw_outcome outcome = tw_newton(solver, 0.0, y, net->n_stocks ? net->stock : NULL, MAX_ITERATIONS, &one);
  add_up(r, &one);
  return outcome;
}

/* ---- loads in their low-voltage continuation ----------------------------------------------------------------------- */

/* Item whose supply is furthest below the voltage at which it still draws its power, -1 when all are above it. */
static int collapsed_item(tw_network *net, const double *y) {
  int worst = -1;
  double lowest = 0.0;
  tw_network_observe(net, 0.0, y, NULL);
  for (int i = 0; i < net->n_batches; i++) {
    const tw_batch *b = &net->batches[i];
    int q = tw_output_index(b->type, "v_margin");
    for (int k = 0; q >= 0 && k < b->columns; k++)
      if (b->out[q][k] < lowest) {
        lowest = b->out[q][k];
        worst = b->item[k / net->lanes];
      }
  }
  return worst;
}

static bool acceptable(tw_network *net, tw_solver *solver, double *y, tw_steady_report *r) {
  return newton(net, solver, y, r) == TW_SOLVED && collapsed_item(net, y) < 0;
}

/* ---- continuation in the loads -------------------------------------------------------------------------------------- */

/* Raises the loads from where y is solved (`from`) towards `to`; y stays at the last solution. Returns the scale reached;
 * below `to` it is the nose within 1e-4. */
static double raise_loads(tw_network *net, tw_solver *solver, double *y, double from, double to, tw_steady_report *r) {
  size_t bytes = (size_t)net->n * sizeof *y;
  double *kept = malloc(bytes), step = (to - from) / 4.0, at = from;
  if (!kept) abort();
  while (at < to && step > 1e-4) {
    memcpy(kept, y, bytes);
    double next = fmin(at + step, to);
    net->load_scale = next;
    if (acceptable(net, solver, y, r)) {
      at = next;
      step *= 1.5;
    } else {
      memcpy(y, kept, bytes);
      step *= 0.5;
    }
  }
  net->load_scale = 1.0;
  free(kept);
  return at;
}

/* ---- the ladder ----------------------------------------------------------------------------------------------------- */

static void explain_failure(tw_network *net, const tw_steady_report *r, int collapsed, tw_diagnostics *d) {
  char name[256];
  if (r->report.outcome == TW_SINGULAR && r->report.singular_unknown >= 0) {
    int u = r->report.singular_unknown;
    tw_diagnose(d, TW_ERROR, TW_E_UNDETERMINED, net->model->items[0].where, NULL,
                "nothing determines %s; a reference, a source or a connection is missing", tw_network_unknown_name(net, u, name, sizeof name));
  } else if (collapsed >= 0 || (r->loadability > 1e-3 && r->loadability < 1.0)) {
    const tw_item *item = collapsed >= 0 ? &net->model->items[collapsed] : NULL;
    tw_diagnose(d, TW_ERROR, TW_E_COLLAPSE, item ? item->where : (tw_where){0}, item ? item->path : NULL,
                "no steady state: the voltage collapses; the loads can be supplied up to %.2f %% of what is asked (the nose)",
                100.0 * r->loadability);
  } else {
    tw_diagnose(d, TW_ERROR, TW_E_NO_SOLUTION, (tw_where){0}, NULL, "no steady state was found; furthest from balance is %s (%.3g times its tolerance)",
                r->report.worst_row >= 0 ? tw_network_unknown_name(net, r->report.worst_row, name, sizeof name) : "?", r->report.worst_ratio);
  }
}

/* Newton from y, and from a cold start twice: straight after the sequence, then by way of proportional control. */
static bool newton_attempts(tw_network *net, tw_solver *solver, double *y, const double *start, bool cold, tw_steady_report *r) {
  for (int proportional = 0; proportional < (cold ? 2 : 1); proportional++) {
    memcpy(y, start, (size_t)net->n * sizeof *y);
    if (cold) tw_sequenced_start(net, solver, y, proportional, &r->report);
    if (acceptable(net, solver, y, r)) return true;
  }
  return false;
}

/* One solution at the present discrete state. */
static int climb(tw_network *net, tw_solver *solver, double *y, bool cold, tw_steady_report *r, tw_diagnostics *d) {
  size_t bytes = (size_t)net->n * sizeof *y;
  double *start = malloc(bytes);
  if (!start) abort();
  memcpy(start, y, bytes);
  r->method = "newton";
  bool solved = newton_attempts(net, solver, y, start, cold, r);
  int collapsed = r->report.outcome == TW_SOLVED ? collapsed_item(net, y) : -1;
  if (!solved && r->report.outcome != TW_SINGULAR) {
    r->method = "continuation";
    memcpy(y, start, bytes);
    net->load_scale = 0.0;
    bool unloaded = acceptable(net, solver, y, r);
    net->load_scale = 1.0;
    if (!unloaded) { /* not even without loads: approach in pseudo-time, then load */
      tw_report one = {0};
      r->method = "pseudo-transient";
      memcpy(y, start, bytes);
      solved = tw_pseudo_transient(solver, 0.0, y, 1e-3, 400, &one) == TW_SOLVED && collapsed_item(net, y) < 0;
      add_up(r, &one);
    } else {
      r->loadability = raise_loads(net, solver, y, 0.0, 1.0, r);
      solved = r->loadability >= 1.0;
      if (solved) r->loadability = NAN;
    }
  }
  if (!solved) explain_failure(net, r, collapsed, d);
  free(start);
  return solved ? 0 : 4;
}

/* ---- discrete state --------------------------------------------------------------------------------------------------- */

static uint64_t discrete_hash(const tw_network *net) {
  uint64_t h = 1469598103934665603u; /* FNV-1a */
  for (int i = 0; i < net->n_batches; i++)
    for (int q = 0; q < net->batches[i].type->n_discrete; q++) {
      const unsigned char *bytes = (const unsigned char *)net->batches[i].z[q];
      for (size_t k = 0; k < (size_t)net->batches[i].columns * sizeof(double); k++) h = (h ^ bytes[k]) * 1099511628211u;
    }
  return h;
}

static void explain_cycle(tw_network *net, const double *y, tw_diagnostics *d) {
  for (int i = 0; i < net->n_batches; i++) {
    tw_batch *b = &net->batches[i];
    if (!b->type->react) continue;
    for (int k = 0; k < b->columns; k++) {
      double before = b->z[0][k];
      tw_network_react(net, 0.0, y, NULL);
      if (b->z[0][k] == before) continue;
      const tw_item *item = &net->model->items[b->item[k / net->lanes]];
      tw_diagnose(d, TW_ERROR, TW_E_CYCLE, item->where, item->path,
                  "no steady state: its discrete state goes round between %g and %g and each undoes the other", before, b->z[0][k]);
      return;
    }
  }
}

int tw_steady(tw_network *net, tw_solver *solver, double *y, const tw_steady_options *o, tw_steady_report *r, tw_diagnostics *d) {
  uint64_t seen[MAX_ROUNDS];
  *r = (tw_steady_report){.loadability = NAN};
  for (r->rounds = 0; r->rounds < MAX_ROUNDS; r->rounds++) {
    if (climb(net, solver, y, !o->warm && r->rounds == 0, r, d)) return 4;
    seen[r->rounds] = discrete_hash(net);
    if (!tw_network_react(net, 0.0, y, NULL)) break;
    uint64_t now = discrete_hash(net);
    for (int i = 0; i <= r->rounds; i++)
      if (seen[i] == now) {
        explain_cycle(net, y, d);
        return 4;
      }
  }
  if (tw_fit_for_use(net, 0.0, y, NULL, d)) return 4;
  if (o->margin) {
    double *copy = malloc((size_t)net->n * sizeof *copy);
    if (!copy) abort();
    memcpy(copy, y, (size_t)net->n * sizeof *copy);
    r->loadability = raise_loads(net, solver, copy, 1.0, 1e3, r);
    free(copy);
  }
  return 0;
}

/* ---- fit for use ------------------------------------------------------------------------------------------------------ */

static int check_media(tw_network *net, const double *y, tw_diagnostics *d) {
  int bad = 0;
  for (int i = 0; i < net->n_nodes; i++) {
    const tw_node *node = &net->nodes[i];
    if (node->kind != TW_FLUID || !node->medium) continue;
    for (int l = 0; l < net->lanes; l++) {
      double T = y[(node->unknown + 1) * net->lanes + l];
      if (T >= node->medium->T_lo && T <= node->medium->T_hi) continue;
      const tw_item *item = &net->model->items[node->first_item];
      if (!bad++)
        tw_diagnose(d, TW_ERROR, TW_E_MEDIUM_RANGE, item->where, item->path,
                    "%s would be at %.2f degC; its properties are known from %.1f to %.1f degC only", node->medium->id,
                    T - TW_ZERO_CELSIUS, node->medium->T_lo - TW_ZERO_CELSIUS, node->medium->T_hi - TW_ZERO_CELSIUS);
    }
  }
  return bad;
}

int tw_fit_for_use(tw_network *net, double t, const double *y, const double *yd, tw_diagnostics *d) {
  int bad = check_media(net, y, d);
  tw_network_observe(net, t, y, yd);
  for (int i = 0; i < net->n_batches; i++) {
    const tw_batch *b = &net->batches[i];
    int q = tw_output_index(b->type, "curve_excess");
    for (int k = 0; q >= 0 && k < b->columns; k++) {
      if (!(b->out[q][k] > 0.0)) continue;
      const tw_item *item = &net->model->items[b->item[k / net->lanes]];
      if (!bad++)
        tw_diagnose(d, TW_ERROR, TW_E_CURVE_RANGE, item->where, item->path,
                    "its curve would be used %.3g %% beyond its last point, where it is stated to be refused", 100.0 * b->out[q][k]);
    }
  }
  return bad;
}
