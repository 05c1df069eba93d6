#include "explain.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "../racks/diagnostic_codes.h"
#include "curve_range.h"

/* ---- loads in their low-voltage continuation ----------------------------------------------------------------------- */

int tw_collapsed_item(tw_network *net, const double *y) {
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

static void tell_stray(const tw_network *net, const stray *s, const char *when, tw_diagnostics *d) {
  const tw_item *item = &net->model->items[s->node->first_item];
  const tw_medium *m = s->node->medium;
  tw_diagnose(d, TW_ERROR, TW_E_MEDIUM_RANGE, item->where, item->path,
              "%s%s would be at %.1f degC with a flow of %.3g kg/s; its properties are known from %.1f to %.1f degC only", when, m->id,
              s->T - TW_ZERO_CELSIUS, flow_through(net, s->node, s->lane), m->T_lo - TW_ZERO_CELSIUS, m->T_hi - TW_ZERO_CELSIUS);
}

/* ---- no steady state ------------------------------------------------------------------------------------------------ */

static bool is_temperature(const tw_network *net, int unknown) {
  char name[256];
  for (int i = 0; i < net->n_nodes; i++) {
    const tw_node *node = &net->nodes[i];
    if (unknown >= node->unknown && unknown < node->unknown + tw_port_width(node->kind))
      return node->kind == TW_HEAT || (node->kind == TW_FLUID && unknown > node->unknown);
  }
  const char *last = strrchr(tw_network_unknown_name(net, unknown, name, sizeof name), ' ');
  return last && last[1] == 'T';
}

/* The unknown that grows most along the direction in which the equations lose their solution at the nose, -1 when unknown. */
static int weakest_unknown(tw_network *net, tw_solver *solver, double *y, double at) {
  tw_report one = {0};
  double *v = calloc((size_t)net->n + 1, sizeof *v);
  int worst = -1;
  if (!v) abort();
  net->load_scale = at;
  if (tw_newton(solver, 0.0, y, net->n_stocks ? net->stock : NULL, 5, &one) == TW_SOLVED) {
    tw_null_vector(solver, v);
    for (int i = 0; i < net->n; i++)
      if (worst < 0 || fabs(v[i]) > fabs(v[worst])) worst = i;
  }
  net->load_scale = 1.0;
  free(v);
  return worst;
}

/* There is a solution at the share r->loadability of the loads, and none above. */
static void explain_nose(tw_network *net, tw_solver *solver, double *y, const tw_steady_report *r, int collapsed, tw_diagnostics *d) {
  char name[256], when[96];
  net->load_scale = r->loadability;
  tw_network_observe(net, 0.0, y, NULL);
  net->load_scale = 1.0;
  stray hot = worst_stray(net, y);
  if (hot.node) {
    snprintf(when, sizeof when, "no steady state: already at %.2f %% of the loads ", 100.0 * r->loadability);
    tell_stray(net, &hot, when, d);
    return;
  }
  int weakest = collapsed >= 0 ? -1 : weakest_unknown(net, solver, y, r->loadability);
  if (weakest >= 0 && is_temperature(net, weakest)) {
    tw_network_unknown_name(net, weakest, name, sizeof name);
    if (r->loadability < 1e-3)
      tw_diagnose(d, TW_ERROR, TW_E_NO_SOLUTION, (tw_where){0}, NULL, "no steady state: the heat that comes to %s is not carried off", name);
    else
      tw_diagnose(d, TW_ERROR, TW_E_NO_SOLUTION, (tw_where){0}, NULL,
                  "no steady state: above %.2f %% of the loads the heat grows faster than it is carried off, first at %s",
                  100.0 * r->loadability, name);
    return;
  }
  const tw_item *item = collapsed >= 0 ? &net->model->items[collapsed] : NULL;
  tw_diagnose(d, TW_ERROR, TW_E_COLLAPSE, item ? item->where : (tw_where){0}, item ? item->path : NULL,
              "no steady state: the voltage collapses; the loads can be supplied up to %.2f %% of what is asked (the nose)%s%s",
              100.0 * r->loadability, weakest >= 0 ? ", first at " : "",
              weakest >= 0 ? tw_network_unknown_name(net, weakest, name, sizeof name) : "");
}

void tw_explain_failure(tw_network *net, tw_solver *solver, double *y, const tw_steady_report *r, int collapsed, tw_diagnostics *d) {
  char name[256];
  const tw_report *last = &r->report;
  tw_network_observe(net, 0.0, y, NULL);
  stray s = worst_stray(net, y);
  if (!isnan(r->loadability)) {
    explain_nose(net, solver, y, r, collapsed, d);
  } else if (s.node) {
    tell_stray(net, &s, "no steady state: ", d);
  } else if (last->outcome == TW_SINGULAR && last->singular_unknown >= 0) {
    tw_diagnose(d, TW_ERROR, TW_E_UNDETERMINED, net->model->items[0].where, NULL,
                "nothing determines %s; a reference, a source or a connection is missing",
                tw_network_unknown_name(net, last->singular_unknown, name, sizeof name));
  } else {
    tw_diagnose(d, TW_ERROR, TW_E_NO_SOLUTION, (tw_where){0}, NULL, "no steady state was found; furthest from balance is %s",
                last->worst_row >= 0 ? tw_network_unknown_name(net, last->worst_row, name, sizeof name) : "?");
  }
}

/* ---- discrete states that go round ---------------------------------------------------------------------------------- */

typedef struct { const tw_network *net; tw_diagnostics *d; } teller;

static int tell_change(void *ctx, int item, double before, double after) {
  teller *t = ctx;
  const tw_item *it = &t->net->model->items[item];
  tw_diagnose(t->d, TW_ERROR, TW_E_CYCLE, it->where, it->path,
              "no steady state: its discrete state goes round between %g and %g and each undoes the other", before, after);
  return 1;
}

void tw_explain_cycle(const tw_network *net, const double *before, tw_diagnostics *d) {
  tw_network_discrete_changes(net, before, tell_change, &(teller){net, d});
}

/* ---- fit for use ------------------------------------------------------------------------------------------------------ */

int tw_fit_for_use(tw_network *net, double t, const double *y, const double *yd, tw_diagnostics *d) {
  tw_refused curve = tw_refused_curve(net, t, y, yd);
  stray s = worst_stray(net, y);
  if (s.node) tell_stray(net, &s, "", d);
  if (curve.item < 0) return s.node != NULL;
  const tw_item *item = &net->model->items[curve.item];
  const tw_value *value = &item->values[curve.param];
  tw_diagnose(d, TW_ERROR, TW_E_CURVE_RANGE, value->where.file ? value->where : item->where, item->path,
              "its curve %s would be used beyond its points, where it says beyond=\"refuse\"", item->type->params[curve.param].id);
  return 1 + (s.node != NULL);
}
