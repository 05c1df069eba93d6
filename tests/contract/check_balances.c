/* Conservation and the second law, at states on the internal equations. */
#include "contract.h"
#include <math.h>
#include <string.h>

enum { STATES = 300, SEED = 2, NEEDED = 20 };

#define BALANCE_TOLERANCE 1e-12 /* of the largest term */

typedef struct { double sum, largest; } total;

static void add(total *t, double v) {
  t->sum += v;
  t->largest = fmax(t->largest, fabs(v));
}

static double phases_of(const subject *u, const state *st) {
  for (int k = 0; k < u->s.n_params; k++)
    if (!strcmp(u->type->params[k].id, "phases")) return st->p[k];
  return 3.0;
}

static bool electric(tw_kind k) { return k == TW_DC || k == TW_AC; }

static bool has_kind(const subject *u, tw_kind k) {
  for (int i = 0; i < u->s.n_ports; i++)
    if (u->type->ports[i].kind == k) return true;
  return false;
}

/* Energy into the component through its electric ports, or through the others. */
static void add_inflow(const subject *u, const state *st, const result *v, bool of_electric, total *t) {
  for (int k = 0; k < u->s.n_ports; k++) {
    int q = u->s.first[k];
    tw_kind kind = u->type->ports[k].kind;
    if (electric(kind) != of_electric) continue;
    if (kind == TW_DC) add(t, st->x[q] * v->f[q]);
    if (kind == TW_AC) {
      add(t, phases_of(u, st) * st->x[q] * v->f[q]);
      add(t, phases_of(u, st) * st->x[q + 1] * v->f[q + 1]);
    }
    if (kind == TW_FLUID || kind == TW_REFRIGERANT) add(t, v->f[q + 1]);
    if (kind == TW_HEAT) add(t, v->f[q]);
  }
}

static void check_energy(const subject *u, const state *st, const result *v, report *r) {
  char text[4096];
  total t = {0.0, 0.0};
  add_inflow(u, st, v, true, &t);
  add_inflow(u, st, v, false, &t);
  add(&t, v->balance[TW_B_EXTERNAL]);
  add(&t, -v->balance[TW_B_STORED]);
  add(&t, -v->balance[TW_B_LIFT]);
  if (!(fabs(t.sum) <= BALANCE_TOLERANCE * t.largest + 1e-12))
    report_add(r, CHECK_ENERGY, "%.6g W appear from nowhere (largest term %.6g W; external %.6g, stored %.6g, lift %.6g)\n    %s",
        t.sum, t.largest, v->balance[TW_B_EXTERNAL], v->balance[TW_B_STORED], v->balance[TW_B_LIFT],
        state_text(u, st, text, sizeof(text)));
}

static void check_mass(const subject *u, const state *st, const result *v, report *r) {
  char text[4096];
  total t = {0.0, 0.0};
  for (int k = 0; k < u->s.n_ports; k++)
    if (u->type->ports[k].kind == TW_FLUID || u->type->ports[k].kind == TW_REFRIGERANT) add(&t, v->f[u->s.first[k]]);
  add(&t, v->balance[TW_B_MASS_EXTERNAL]);
  add(&t, -v->balance[TW_B_MASS_STORED]);
  if (!(fabs(t.sum) <= BALANCE_TOLERANCE * t.largest + 1e-15))
    report_add(r, CHECK_MASS, "%.6g kg/s appear from nowhere (largest term %.6g kg/s)\n    %s", t.sum, t.largest,
        state_text(u, st, text, sizeof(text)));
}

/* The rate of what is stored is the derivative of the stored energy along the rates (complex step); those do not enter it, nor what
 * a run integrates. */
static void check_stored(const subject *u, const state *st, const result *v, report *r) {
  char text[4096];
  total t = {0.0, 0.0}, of_rates = {0.0, 0.0}, flows = {0.0, 0.0};
  for (int q = 0; q < u->s.n_q; q++) {
    result same, slope;
    seed along = {q, 1.0, 0.0}, faster = {q, 0.0, 1.0};
    side_eval_complex(u->twin, &u->s, &st, 1, false, &same, &along, &slope);
    add(&t, slope.balance[TW_B_ENERGY] * st->xd[q]);
    side_eval_complex(u->twin, &u->s, &st, 1, false, &same, &faster, &slope);
    add(&of_rates, slope.balance[TW_B_ENERGY]);
    add(&flows, slope.balance[TW_B_EXTERNAL]);
    add(&flows, slope.balance[TW_B_LIFT]);
    for (int k = 0; k < u->s.n_outputs; k++)
      if (u->type->outputs[k].role == TW_Q_LOSS || u->type->outputs[k].role == TW_Q_LOAD) add(&flows, slope.out[k]);
  }
  if (flows.largest > 0.0)
    report_add(r, CHECK_STORED, "what is received, lifted, lost or used depends on a rate\n    %s",
        state_text(u, st, text, sizeof(text)));
  add(&t, -v->balance[TW_B_STORED]);
  if (!(fabs(t.sum) <= BALANCE_TOLERANCE * t.largest + 1e-12) || of_rates.largest > 0.0)
    report_add(r, CHECK_STORED, "the stored energy changes by %.6g W, its rate is %.6g W%s\n    %s",
        t.sum + v->balance[TW_B_STORED], v->balance[TW_B_STORED], of_rates.largest > 0.0 ? ", and it depends on a rate" : "",
        state_text(u, st, text, sizeof(text)));
}

/* electric inflow + external electric = losses + loads + electric storage. Whether EXTERNAL is electric is a matter of the
 * type: electric[] counts the misses under "no" and "yes"; the type must be right under one of them at every state. */
typedef struct { int missed[2], tested; double worst[2]; state at[2]; } electric_count;

static void count_electric(const subject *u, const state *st, const result *v, electric_count *c) {
  total t = {0.0, 0.0};
  add_inflow(u, st, v, true, &t);
  for (int k = 0; k < u->s.n_outputs; k++)
    if (u->type->outputs[k].role == TW_Q_LOSS || u->type->outputs[k].role == TW_Q_LOAD) add(&t, -v->out[k]);
  add(&t, -v->balance[TW_B_STORED]);
  c->tested++;
  for (int external = 0; external < 2; external++) {
    total e = t;
    if (external) add(&e, v->balance[TW_B_EXTERNAL]);
    if (fabs(e.sum) <= BALANCE_TOLERANCE * e.largest + 1e-12) continue;
    c->missed[external]++;
    if (fabs(e.sum) <= c->worst[external]) continue;
    c->worst[external] = fabs(e.sum);
    c->at[external] = *st;
  }
}

static void check_losses(const subject *u, const state *st, const result *v, report *r) {
  char text[4096];
  total t = {0.0, 0.0};
  add_inflow(u, st, v, true, &t);
  add_inflow(u, st, v, false, &t);
  for (int k = 0; k < u->s.n_outputs; k++)
    if (u->type->outputs[k].role == TW_Q_LOSS && !(v->out[k] >= -1e-12 * t.largest - 1e-12))
      report_add(r, CHECK_SECOND_LAW, "loss %s = %.6g W is negative\n    %s", u->type->outputs[k].id, v->out[k],
          state_text(u, st, text, sizeof(text)));
}

/* Specific entropy of a constant-density medium, integral of cp/T from T_ref, by Gauss-Legendre of five points on pieces of
 * 20 K (cp is a smooth polynomial: far below 1e-9). */
static double entropy(const tw_medium *m, double T) {
  static const double node[5] = {0.0, 0.5384693101056831, -0.5384693101056831, 0.9061798459386640, -0.9061798459386640};
  static const double weight[5] = {
      0.5688888888888889, 0.4786286704993665, 0.4786286704993665, 0.2369268850561891, 0.2369268850561891};
  int pieces = 1 + (int)(fabs(T - m->T_ref) / 20.0);
  double h = (T - m->T_ref) / pieces, sum = 0.0;
  for (int k = 0; k < pieces; k++)
    for (int i = 0; i < 5; i++) {
      double at = m->T_ref + (k + 0.5 + 0.5 * node[i]) * h;
      sum += 0.5 * h * weight[i] * tw_property_at(&m->cp, at).v / at;
    }
  return sum;
}

/* Entropy that a steady part without work produces: what leaves minus what enters. A fluid port carries m_dot s(T) and, as
 * heat at the port's temperature, what its enthalpy flow has beyond m_dot h(p, T). */
static double entropy_production(const subject *u, const state *st, const result *v, double *largest) {
  total t = {0.0, 0.0};
  for (int k = 0; k < u->s.n_ports; k++) {
    int q = u->s.first[k];
    if (u->type->ports[k].kind == TW_HEAT) add(&t, -v->f[q] / st->x[q]);
    if (u->type->ports[k].kind != TW_FLUID) continue;
    const tw_medium *m = st->m[k];
    double p = st->x[q], T = st->x[q + 1], h = tw_enthalpy(m, T).v + p / m->rho_ref;
    add(&t, -v->f[q] * entropy(m, T));
    add(&t, -v->f[q + 1] / T);
    add(&t, v->f[q] * h / T);
  }
  *largest = t.largest;
  return t.sum;
}

static void check_entropy(const subject *u, const state *st, const result *v, report *r) {
  char text[4096];
  if (has_kind(u, TW_DC) || has_kind(u, TW_AC) || has_kind(u, TW_REFRIGERANT)) return;
  for (int k = 0; k < TW_B_TERMS; k++)
    if (k != TW_B_ENERGY && v->balance[k] != 0.0) return; /* exchange with outside or storage; lift: the entropy of the head is left out here */
  double largest, s = entropy_production(u, st, v, &largest);
  if (!(s >= -1e-9 * largest - 1e-12))
    report_add(r, CHECK_SECOND_LAW, "entropy is destroyed: %.6g W/K (largest term %.6g W/K)\n    %s", s, largest,
        state_text(u, st, text, sizeof(text)));
}

/* One state on the internal equations; false when Newton finds none from here. */
static bool on_manifold(const subject *u, state *st, manifold kind, result *v) {
  if (!solve_internal(u, st, kind)) return false;
  const state *one = st;
  side_eval(u->type, &u->s, &one, 1, false, v, NULL, NULL);
  for (int q = 0; q < u->s.n_q; q++)
    if (!isfinite(v->f[q]) && !(u->s.port_of[q] >= 0 && u->type->ports[u->s.port_of[q]].kind == TW_SIGNAL_IN)) return false;
  return true;
}

void check_balances(const subject *u, report *r) {
  char message[256], text[4096];
  static const char *const manifolds[] = {"moving", "frozen", "steady"};
  int solved[3] = {0};
  bool powered = has_kind(u, TW_DC) || has_kind(u, TW_AC);
  electric_count c = {.tested = 0};
  sampler *s = sampler_new(u, SEED);
  for (int n = 0; n < STATES; n++) {
    state drawn, st;
    result v;
    if (!sample_state(s, &drawn, message, sizeof(message))) break; /* reported by check_kernels */
    st = drawn;
    if (on_manifold(u, &st, MANIFOLD_MOVING, &v)) {
      solved[MANIFOLD_MOVING]++;
      check_energy(u, &st, &v, r);
      check_mass(u, &st, &v, r);
      check_stored(u, &st, &v, r);
      check_losses(u, &st, &v, r);
    }
    st = drawn;
    if (powered && on_manifold(u, &st, MANIFOLD_FROZEN, &v)) {
      solved[MANIFOLD_FROZEN]++;
      count_electric(u, &st, &v, &c);
    }
    st = drawn;
    if (on_manifold(u, &st, MANIFOLD_STEADY, &v)) {
      solved[MANIFOLD_STEADY]++;
      check_entropy(u, &st, &v, r);
    }
  }
  sampler_free(s);
  for (int k = 0; k < 3; k++)
    if (solved[k] < NEEDED && (k != MANIFOLD_FROZEN || powered) && !r->found[CHECK_SAMPLING])
      report_add(r, CHECK_SAMPLING, "internal equations (%s) solved at %d of %d states only", manifolds[k], solved[k], STATES);
  int best = c.missed[1] < c.missed[0];
  if (powered && c.missed[best])
    report_add(r, CHECK_ELECTRIC,
        "inflow%s differs from losses + loads + storage at %d of %d states, by up to %.6g W\n    %s",
        best ? " + external" : "", c.missed[best], c.tested, c.worst[best], state_text(u, &c.at[best], text, sizeof(text)));
}
