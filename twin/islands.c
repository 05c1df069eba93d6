/* Rules on whole islands of one kind. A structural matching does not see them: an ungrounded island has full rank. */
#include <math.h>
#include <string.h>
#include "../racks/diagnostic_codes.h"
#include "network_internal.h"

static const tw_item *item_of(const tw_network *net, const ends *e, int end) { return &net->model->items[e->item[end]]; }

static const tw_port *port_of(const tw_network *net, const ends *e, int end) {
  return &item_of(net, e, end)->type->ports[end - e->first[e->item[end]]];
}

/* ---- phases --------------------------------------------------------------------------------------------------------- */

/* All AC ports that meet at a node have one number of phases, or power would not be conserved there. */
static void check_phases(tw_network *net, const ends *e, tw_diagnostics *d) {
  for (int i = 0; i < e->n; i++) {
    const tw_item *item = item_of(net, e, i);
    if (port_of(net, e, i)->kind != TW_AC) continue;
    int q = tw_param_index(item->type, "phases");
    double own = q < 0 ? 3.0 : item->values[q].number, *node = &net->nodes[e->node[i]].phases;
    if (*node == 0.0) *node = own;
    if (*node == own) continue;
    const tw_node *first = &net->nodes[e->node[i]];
    tw_diagnose(d, TW_ERROR, TW_E_PHASES, item->where, item->path, "has %g phases where %s has %g; give both the same `phases`",
                own, net->model->items[first->first_item].path, *node);
  }
}

/* ---- what holds a level, what gives a flow ----------------------------------------------------------------------------- */

typedef struct {
  tw_network *net;
  const ends *e;
  tw_diagnostics *d;
  int *reach;  /* union of ends between which current or coolant can go, of one kind */
  int *level;  /* union of those whose levels hang together: not through what gives a flow, nor to what holds its own level */
  bool *held;  /* [root of level] something holds it */
  bool *told;  /* [root of reach] */
} islands;

static bool has_level(tw_kind kind) { return kind == TW_DC || kind == TW_AC || kind == TW_FLUID || kind == TW_REFRIGERANT; }

/* Gives its flow: always, or where the parameter is absent that would make it hold its level. */
static bool gives_flow(const islands *s, int end) {
  const tw_port *p = port_of(s->net, s->e, end);
  if (!(p->role & TW_R_FLOW)) return false;
  if (!(p->role & TW_R_REFERENCE)) return true;
  const tw_item *item = item_of(s->net, s->e, end);
  return isnan(item->values[tw_param_index(item->type, p->fallback)].number);
}

static bool holds_level(const islands *s, int end) {
  return (port_of(s->net, s->e, end)->role & TW_R_REFERENCE) && !gives_flow(s, end);
}

static bool passes_level(const islands *s, int end) { return !gives_flow(s, end) && !holds_level(s, end); }

static islands make_islands(tw_network *net, const ends *e, tw_diagnostics *d) {
  size_t n = (size_t)e->n;
  islands s = {net, e, d, tw_alloc(net->arena, n, sizeof(int)), tw_alloc(net->arena, n, sizeof(int)),
               tw_alloc(net->arena, n, sizeof(bool)), tw_alloc(net->arena, n, sizeof(bool))};
  memcpy(s.reach, e->parent, n * sizeof(int));
  memcpy(s.level, e->parent, n * sizeof(int));
  for (int i = 0; i < e->n; i++)
    for (int j = i + 1; j < e->n && e->item[j] == e->item[i]; j++) {
      const tw_port *a = port_of(net, e, i), *b = port_of(net, e, j);
      if (e->node[i] == net->ground || e->node[j] == net->ground) continue;
      if (a->kind != b->kind || (a->kind == TW_FLUID && a->stream != b->stream)) continue;
      tw_unite(s.reach, i, j);
      if (passes_level(&s, i) && passes_level(&s, j)) tw_unite(s.level, i, j);
    }
  for (int i = 0; i < e->n; i++) s.held[tw_root(s.level, i)] |= holds_level(&s, i) || e->node[i] == net->ground;
  return s;
}

static const char *const wanted[] = {
    [TW_DC] = "nothing holds the voltage of this DC island; it needs a voltage source, a power supply or a <ground>",
    [TW_AC] = "nothing holds the voltage and angle of this AC island; it needs a <grid> or a <ups>",
    [TW_FLUID] = "nothing holds the pressure of this coolant loop; it needs a <pressure-holder>, a <cdu>, a tank or a boundary",
    [TW_REFRIGERANT] = "nothing holds the pressure or the charge of this refrigerant loop"};

/* "pump", "pump and hose" or "pump, hose, valve and 3 more": the components of ends in their order, each once. */
static const char *names(const islands *s, const int *list, int n) {
  enum { MOST = 3 };
  int items[MOST], found = 0, last = -1;
  for (int k = 0; k < n; k++) {
    if (s->e->item[list[k]] == last) continue;
    last = s->e->item[list[k]];
    if (found++ < MOST) items[found - 1] = last;
  }
  const char *text = s->net->model->items[items[0]].path;
  for (int k = 1; k < found && k < MOST; k++)
    text = tw_printf(s->net->arena, "%s%s%s", text, k + 1 == found ? " and " : ", ", s->net->model->items[items[k]].path);
  return found > MOST ? tw_printf(s->net->arena, "%s and %d more", text, found - MOST) : text;
}

/* A stretch into which only given flows lead, of an island whose level is held elsewhere. */
static bool tell_flows(islands *s, int level) {
  int *givers = tw_alloc(s->net->arena, (size_t)s->e->n, sizeof(int)), n = 0;
  for (int i = 0; i < s->e->n; i++)
    if (tw_root(s->level, i) == level && gives_flow(s, i)) givers[n++] = i;
  if (!n) return false;
  const tw_item *last = item_of(s->net, s->e, givers[n - 1]);
  tw_diagnose(s->d, TW_ERROR, TW_E_FLOWS, last->where, last->path,
              "the coolant here can only come and go through what gives its flow whatever the pressure (%s), so the flows fight "
              "and no pressure follows; let one of them be a pump or a <pressure-source>, or give the coolant another way",
              names(s, givers, n));
  return true;
}

/* Every level is held by something. */
static void check_references(islands *s) {
  bool *reached = tw_alloc(s->net->arena, (size_t)s->e->n, sizeof *reached);
  for (int i = 0; i < s->e->n; i++) reached[tw_root(s->reach, i)] |= holds_level(s, i);
  for (int i = 0; i < s->e->n; i++) {
    tw_kind kind = port_of(s->net, s->e, i)->kind;
    int level = tw_root(s->level, i), reach = tw_root(s->reach, i);
    if (!has_level(kind) || s->held[level] || s->told[reach]) continue;
    s->told[reach] = true;
    const tw_item *item = item_of(s->net, s->e, i);
    if (kind == TW_DC || !reached[reach] || !tell_flows(s, level))
      tw_diagnose(s->d, TW_ERROR, TW_E_NO_REFERENCE, item->where, item->path, "%s", wanted[kind]);
  }
}

/* What must be the only reference of its island, is. Told at the later of two, once per island. */
static void check_sole(islands *s) {
  int *sole = tw_alloc(s->net->arena, (size_t)s->e->n, sizeof *sole);
  for (int i = 0; i < s->e->n; i++)
    if (port_of(s->net, s->e, i)->role & TW_R_SOLE && !sole[tw_root(s->reach, i)]) sole[tw_root(s->reach, i)] = i + 1;
  for (int i = 0; i < s->e->n; i++) {
    int reach = tw_root(s->reach, i), holder = sole[reach] - 1;
    if (holder < 0 || !holds_level(s, i) || s->e->item[i] == s->e->item[holder] || s->told[reach]) continue;
    s->told[reach] = true;
    bool later = port_of(s->net, s->e, i)->role & TW_R_SOLE; /* only a pressure holder is one too many */
    const tw_item *one = item_of(s->net, s->e, later ? i : holder), *other = item_of(s->net, s->e, later ? holder : i);
    tw_diagnose(s->d, TW_ERROR, TW_E_TWO_REFERENCES, one->where, one->path,
                "the pressure of this coolant loop is held by %s already; a <%s> must be the only one, or coolant flows from one "
                "to the other for ever", other->path, one->type->element);
  }
}

void tw_check_islands(tw_network *net, const ends *e, tw_diagnostics *d) {
  check_phases(net, e, d);
  islands s = make_islands(net, e, d);
  check_references(&s);
  check_sole(&s);
}
