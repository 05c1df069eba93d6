#include "explain.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "../racks/diagnostic_codes.h"
#include "../racks/units.h"
#include "curve_range.h"
#include "runaway.h"
#include "standstill.h"
#include "structure.h"

/* ---- loads in their low-voltage continuation ----------------------------------------------------------------------- */

int tw_collapsed_item(tw_network *net, const double *y) {
  int worst = -1;
  double lowest = 0.0;
  for (int i = 0; i < net->n_batches; i++) {
    const tw_batch *b = &net->batches[i];
    int q = tw_output_index(b->type, "v_margin");
    if (q >= 0) tw_network_observe_of(net, i, 0.0, y, NULL);
    for (int k = 0; q >= 0 && k < b->columns; k++)
      if (b->out[q][k] < lowest) {
        lowest = b->out[q][k];
        worst = b->item[k / net->lanes];
      }
  }
  return worst;
}

/* ---- coolant out of its range --------------------------------------------------------------------------------------- */

typedef struct { const tw_node *node; int lane; double T, beyond; } stray; /* beyond: K outside the medium's range */

/* The fluid node furthest outside the range of its medium's properties; node NULL when all are inside. */
static stray worst_stray(const tw_network *net, const double *y) {
  stray worst = {0};
  for (int i = 0; i < net->n_nodes; i++) {
    const tw_node *node = &net->nodes[i];
    if (node->kind != TW_FLUID || !node->medium) continue;
    for (int l = 0; l < net->lanes; l++) {
      double T = y[(node->unknown + 1) * net->lanes + l], beyond = fmax(T - node->medium->T_hi, node->medium->T_lo - T);
      if (beyond > worst.beyond) worst = (stray){node, l, T, beyond};
    }
  }
  return worst;
}

/* Mass flow through a node, kg/s: what its parts take from it. After tw_network_observe. */
static double flow_through(const tw_network *net, const tw_node *node, int lane) {
  double flow = 0.0;
  for (int i = 0; i < net->n_batches; i++) {
    const tw_batch *b = &net->batches[i];
    for (int q = 0; q < b->n_ports; q++)
      for (int k = 0; b->type->ports[q].kind == TW_FLUID && k < b->n; k++)
        if (b->unknown[b->port_first[q]][k] == node->unknown) flow += fmax(b->f[b->port_first[q]][k * net->lanes + lane], 0.0);
  }
  return flow;
}

/* solver: see tw_tell_standstill. */
static void tell_stray(tw_network *net, const tw_solver *solver, const double *y, const stray *s, const char *when,
                       tw_diagnostics *d) {
  if (tw_tell_standstill(net, solver, y, s->node, solver ? "no steady state: " : "", d)) return;
  char where_to[64];
  const tw_item *item = &net->model->items[s->node->first_item];
  const tw_medium *m = s->node->medium;
  double end = s->T > m->T_hi ? m->T_hi : m->T_lo;
  bool far = s->beyond > 30.0; /* K: where no correlation holds, the temperature found is no figure to be told */
  snprintf(where_to, sizeof where_to, "%s %.1f", !far ? "at" : s->T > m->T_hi ? "far above" : "far below",
           (far ? end : s->T) - TW_ZERO_CELSIUS);
  tw_diagnose(d, TW_ERROR, TW_E_MEDIUM_RANGE, item->where, item->path,
              "%s%s would be %s degC with a flow of %.3g kg/s; its properties are known from %.1f to %.1f degC only", when, m->id,
              where_to, flow_through(net, s->node, s->lane), m->T_lo - TW_ZERO_CELSIUS, m->T_hi - TW_ZERO_CELSIUS);
}

/* ---- what nothing determines ------------------------------------------------------------------------------------------ */

/* The nodes of an electric island that is switched off are held at 0 V by the leakage alone, and rightly so. */
static void leave_dead_nodes(const tw_network *net, const double *y, bool *marked) {
  for (int i = 0; i < net->n_nodes; i++) {
    const tw_node *node = &net->nodes[i];
    if (node->kind != TW_DC && node->kind != TW_AC) continue;
    for (int w = 0; w < tw_port_width(node->kind); w++)
      if (fabs(y[node->unknown + w]) < 1e-6 * net->nominal[node->unknown + w]) marked[node->unknown + w] = false;
  }
}

/* Integrals among what is free: controllers that hold one quantity together. The rest follows them. */
static const char *leave_integrals(const tw_network *net, bool *marked) {
  int n = 0;
  for (int i = 0; i < net->n; i++) n += marked[i] && net->integrator[i];
  for (int i = 0; i < net->n && n > 1; i++) marked[i] = marked[i] && net->integrator[i];
  return n > 1 ? "; these controllers hold the same quantity, and nothing says which of them does how much: let one hold another "
                 "quantity or stand at a fixed value" : "";
}

int tw_undetermined(tw_network *net, tw_solver *solver, const double *y, tw_diagnostics *d) {
  static const double free_below = 1e-13, part_of_it = 0.05; /* what is well posed has 1e-7 and more */
  if (tw_pivot_ratio(solver) > free_below) return 0;
  double *v = malloc(((size_t)net->n + 1) * sizeof *v);
  bool *marked = calloc((size_t)net->n + 1, sizeof *marked), any = false;
  if (!v || !marked) abort();
  bool singular = tw_linearise(solver, 0.0, y, net->n_stocks ? net->stock : NULL) && tw_null_vector(solver, v) < free_below;
  for (int i = 0; i < net->n && singular; i++) marked[i] = fabs(v[i]) > part_of_it;
  leave_dead_nodes(net, y, marked);
  for (int i = 0; i < net->n; i++) any |= marked[i];
  if (any) tw_tell_undetermined(net, marked, leave_integrals(net, marked), d);
  free(v);
  free(marked);
  return any;
}

/* ---- no steady state ------------------------------------------------------------------------------------------------ */

/* v = how the solution has moved over the last thousandth of the loads, each unknown in units of its nominal, the largest 1. Near
 * the nose this is the direction that gets lost, and nothing that is only weakly tied, as a null vector may be. False when one of
 * the two solutions is not found. */
static bool tangent(tw_network *net, tw_solver *solver, const double *y, double at, double *v) {
  tw_report one = {0};
  size_t n = (size_t)net->n;
  double *before = malloc((n + 1) * sizeof *before);
  if (!before) abort();
  memcpy(before, y, n * sizeof *before);
  net->load_scale = at * (1.0 - 1e-3);
  bool found = tw_newton(solver, 0.0, before, net->n_stocks ? net->stock : NULL, 10, &one) == TW_SOLVED;
  net->load_scale = at;
  for (size_t i = 0; i < n; i++) v[i] = (y[i] - before[i]) / net->nominal[i];
  free(before);
  double peak = v[tw_peak(net->n, v)];
  for (size_t i = 0; i < n && peak != 0.0; i++) v[i] /= peak;
  return found && peak != 0.0;
}

/* The direction in which the equations lose their solution at the nose; false when it is not found. y moves onto the solution. */
static bool lost_direction(tw_network *net, tw_solver *solver, double *y, double at, double *v) {
  tw_report one = {0};
  net->load_scale = at;
  bool found = tw_newton(solver, 0.0, y, net->n_stocks ? net->stock : NULL, 5, &one) == TW_SOLVED;
  if (found && !tangent(net, solver, y, at, v)) {
    found = tw_linearise(solver, 0.0, y, net->n_stocks ? net->stock : NULL);
    if (found) tw_null_vector(solver, v);
  }
  net->load_scale = 1.0;
  return found;
}

/* When v is a matter of heat. */
static bool tell_lost_heat(tw_network *net, const double *y, const double *v, double share, tw_diagnostics *d) {
  char name[256];
  int unknown = tw_peak(net->n, v);
  if (!tw_is_heat(net, unknown)) return false;
  if (share >= 1e-3 && tw_tell_runaway(net, y, v, share, d)) return true;
  const tw_item *item = &net->model->items[tw_network_unknown_item(net, unknown)];
  tw_network_unknown_name(net, unknown, name, sizeof name);
  if (share < 1e-3)
    tw_diagnose(d, TW_ERROR, TW_E_NO_SOLUTION, item->where, item->path,
                "no steady state: the heat that comes to %s is not carried off", name);
  else
    tw_diagnose(d, TW_ERROR, TW_E_NO_SOLUTION, item->where, item->path,
                "no steady state: above %.2f %% of the loads the heat grows faster than it is carried off, first at %s",
                100.0 * share, name);
  return true;
}

/* v: NULL when it is not known. */
static void tell_collapse(const tw_network *net, const double *v, double share, int collapsed, tw_diagnostics *d) {
  char name[256];
  int unknown = v ? tw_peak(net->n, v) : -1, at = collapsed < 0 && v ? tw_network_unknown_item(net, unknown) : collapsed;
  const tw_item *item = at >= 0 ? &net->model->items[at] : NULL;
  tw_diagnose(d, TW_ERROR, TW_E_COLLAPSE, item ? item->where : (tw_where){0}, item ? item->path : NULL,
              "no steady state: the voltage collapses; the loads can be supplied up to %.2f %% of what is asked (the nose)%s%s",
              100.0 * share, v ? ", first at " : "", v ? tw_network_unknown_name(net, unknown, name, sizeof name) : "");
}

/* There is a solution at the share r->loadability of the loads, and none above. */
static void explain_nose(tw_network *net, tw_solver *solver, double *y, const tw_steady_report *r, int collapsed, tw_diagnostics *d) {
  char when[96];
  net->load_scale = r->loadability;
  tw_network_observe(net, 0.0, y, NULL);
  net->load_scale = 1.0;
  stray hot = worst_stray(net, y);
  if (hot.node) {
    snprintf(when, sizeof when, "no steady state: already at %.2f %% of the loads ", 100.0 * r->loadability);
    tell_stray(net, solver, y, &hot, when, d);
    return;
  }
  double *v = calloc((size_t)net->n + 1, sizeof *v);
  if (!v) abort();
  bool found = collapsed < 0 && lost_direction(net, solver, y, r->loadability, v);
  if (!found || !tell_lost_heat(net, y, v, r->loadability, d)) tell_collapse(net, found ? v : NULL, r->loadability, collapsed, d);
  free(v);
}

/* An unknown that Newton's method pushes against what is physically possible: a figure is most likely out by a prefix. */
static bool tell_bound(const tw_network *net, const double *y, tw_diagnostics *d) {
  int worst = -1;
  double least = 0.02; /* of the range that is left */
  for (int i = 0; i < net->n; i++) {
    double room = fmin(net->hi[i] - y[i], y[i] - net->lo[i]) / (net->hi[i] - net->lo[i]);
    if (y[i] != 0.0 && room < least && fabs(y[i]) > net->nominal[i]) least = room, worst = i;
  }
  if (worst < 0) return false;
  char name[256];
  const tw_item *item = &net->model->items[tw_network_unknown_item(net, worst)];
  tw_diagnose(d, TW_ERROR, TW_E_NO_SOLUTION, item->where, item->path,
              "no steady state was found: %s would pass %g (SI), beyond what is physically possible; is a figure out by a prefix?",
              tw_network_unknown_name(net, worst, name, sizeof name), y[worst] > 0.0 ? net->hi[worst] : net->lo[worst]);
  return true;
}

void tw_explain_failure(tw_network *net, tw_solver *solver, double *y, const tw_steady_report *r, int collapsed, tw_diagnostics *d) {
  char name[256];
  const tw_report *last = &r->report;
  tw_network_observe(net, 0.0, y, NULL);
  stray s = worst_stray(net, y);
  if (!isnan(r->loadability)) {
    explain_nose(net, solver, y, r, collapsed, d);
  } else if (tw_tell_standstill(net, solver, y, NULL, "no steady state: ", d)) {
    return; /* before s: y is no solution, and the node that is furthest out of range may be anywhere */
  } else if (s.node) {
    tell_stray(net, solver, y, &s, "no steady state: ", d);
  } else if (!tell_bound(net, y, d) && !tw_undetermined(net, solver, y, d)) {
    const tw_item *item = last->worst_row >= 0 ? &net->model->items[tw_network_unknown_item(net, last->worst_row)] : NULL;
    tw_diagnose(d, TW_ERROR, TW_E_NO_SOLUTION, item ? item->where : (tw_where){0}, item ? item->path : NULL,
                "no steady state was found; furthest from balance is %s",
                item ? tw_network_unknown_name(net, last->worst_row, name, sizeof name) : "?");
  }
}

/* ---- discrete states that go round ---------------------------------------------------------------------------------- */

typedef struct { const tw_network *net; tw_diagnostics *d; } teller;

static int tell_change(void *ctx, int item, const tw_discrete *what, double before, double after) {
  teller *t = ctx;
  const tw_item *it = &t->net->model->items[item];
  char a[64], b[64];
  tw_diagnose(t->d, TW_ERROR, TW_E_CYCLE, it->where, it->path,
              "no steady state: its %s goes round between %s and %s, and each undoes the other", what->id,
              tw_discrete_word(what, before, a, sizeof a), tw_discrete_word(what, after, b, sizeof b));
  return 1;
}

void tw_explain_cycle(const tw_network *net, const double *before, tw_diagnostics *d) {
  tw_network_discrete_changes(net, before, tell_change, &(teller){net, d});
}

/* ---- fit for use ------------------------------------------------------------------------------------------------------ */

/* A closed loop neither gains nor loses coolant; its pressure holder shows whether that is so. After tw_network_observe. */
static int tell_leaks(const tw_network *net, tw_diagnostics *d) {
  static const double tight = 1e-6; /* kg/s: rounding of all balances of a large loop */
  int told = 0;
  for (int i = 0; i < net->n_batches; i++) {
    const tw_batch *b = &net->batches[i];
    for (int q = 0; q < b->n_ports; q++)
      for (int k = 0; k < b->columns && (b->type->ports[q].role & TW_R_SOLE); k++) {
        double flow = b->f[b->port_first[q]][k];
        if (fabs(flow) <= tight) continue;
        const tw_item *item = &net->model->items[b->item[k / net->lanes]];
        tw_diagnose(d, TW_ERROR, TW_E_TWO_REFERENCES, item->where, item->path,
                    "%.3g kg/s of coolant flow %s it for ever: its loop is not closed; where coolant comes from or leaves to the "
                    "outside, a boundary holds the pressure", fabs(flow), flow > 0.0 ? "into" : "out of");
        told++;
      }
  }
  return told;
}

int tw_fit_for_use(tw_network *net, const tw_solver *solver, double t, const double *y, const double *yd, tw_diagnostics *d) {
  tw_refused curve = tw_refused_curve(net, t, y, yd);
  tw_network_observe(net, t, y, yd);
  if (tell_leaks(net, d)) return 1;
  stray s = worst_stray(net, y);
  if (s.node) tell_stray(net, solver, y, &s, "", d);
  if (curve.item < 0) return s.node != NULL;
  const tw_item *item = &net->model->items[curve.item];
  const tw_value *value = &item->values[curve.param];
  tw_diagnose(d, TW_ERROR, TW_E_CURVE_RANGE, value->where.file ? value->where : item->where, item->path,
              "its curve %s would be used beyond its points, where it says beyond=\"refuse\"", item->type->params[curve.param].id);
  return 1 + (s.node != NULL);
}

/* ---- what does not last ----------------------------------------------------------------------------------------------- */

/* A rate in units of what is stored per second. */
static const char *rate_text(double rate, const char *unit, char *buf, size_t size) {
  if (!strcmp(unit, "J")) return tw_display(fabs(rate), "W", buf, size);
  snprintf(buf, size, "%.4g %s/s", fabs(rate), unit);
  return buf;
}

static void tell_stock(const tw_network *net, const tw_batch *b, int q, int k, double rate, double time_left, tw_diagnostics *d) {
  char how_fast[64], time[64];
  const tw_item *item = &net->model->items[b->item[k]];
  const tw_unknown *stock = &b->type->unknowns[q];
  tw_diagnose(d, TW_WARNING, TW_W_STOCK, item->where, item->path,
              "not a lasting state: the %s %s by %s; at this rate it lasts %s", stock->doc, rate < 0.0 ? "falls" : "rises",
              rate_text(rate, stock->unit, how_fast, sizeof how_fast), tw_display(time_left, "s", time, sizeof time));
}

void tw_tell_stocks(tw_network *net, const double *y, tw_diagnostics *d) {
  if (!net->n_stocks) return;
  double *yd = malloc((size_t)net->n * (size_t)net->lanes * sizeof *yd);
  if (!yd) abort();
  tw_network_rates_at_rest(net, y, yd);
  for (int i = 0; i < net->n_batches; i++) {
    const tw_batch *b = &net->batches[i];
    int left = tw_output_index(b->type, "time_left");
    for (int q = 0; q < b->n_internal && left >= 0; q++)
      for (int k = 0; k < b->n; k++) {
        int u = b->first_internal + q * b->n + k;
        double rate = yd[(size_t)u * (size_t)net->lanes];
        if (net->stock[u] && fabs(rate) > 1e-6 * b->type->rows[q].nominal)
          tell_stock(net, b, q, k, rate, b->out[left][k * net->lanes], d);
      }
  }
  free(yd);
}
