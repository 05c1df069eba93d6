#include "account.h"
#include <math.h>
#include <string.h>

typedef struct { int batch, instance, asked, used, rack; } chip; /* outputs; number of the rack */
typedef struct { double asked, used; } shares;                   /* W of a rack's chips */
typedef struct { int bus, unknown; } place;

struct tw_account {
  tw_arena *arena;
  const tw_network *net;
  tw_watch *watch;
  tw_slopes *ramp;
  tw_grid_side *grid_side;  /* NULL: nothing was asked for */
  tw_run_figures f;
  chip *chips; int n_chips;
  bool *off;                /* [n_chips] as described: it asks for nothing until it is on */
  shares *now, *last;       /* [n_racks] */
  place *places; int n_places; /* along the bars */
  int throttled, tripped, collapsed; /* items, -1: none yet */
  bool begun;
  double t, power, energy;  /* of the last step; J from the start */
};

/* ---- what there is ------------------------------------------------------------------------------------------------------ */

static int rack_of(tw_account *a, const char *rack) {
  int i = 0;
  while (i < a->f.n_racks && (a->f.racks[i].rack ? !rack || strcmp(a->f.racks[i].rack, rack) : rack != NULL)) i++;
  if (i == a->f.n_racks) a->f.racks[a->f.n_racks++].rack = rack;
  return i;
}

static void find_chips(tw_account *a) {
  const tw_description *m = a->net->model;
  a->f.racks = tw_alloc(a->arena, (size_t)m->n_cabinets + 1, sizeof *a->f.racks);
  a->chips = tw_alloc(a->arena, (size_t)m->n_items, sizeof *a->chips);
  for (int outside = 0; outside < 2; outside++)
    for (int i = 0; i < m->n_items; i++) {
      if (a->net->item_batch[i] < 0 || m->items[i].type->stage != TW_STAGE_CHIP) continue;
      if ((m->items[i].rack == NULL) != outside) continue;
      int asked = tw_output_index(m->items[i].type, "P_asked"), used = tw_output_index(m->items[i].type, "P");
      if (asked < 0 || used < 0) continue;
      a->chips[a->n_chips++] = (chip){a->net->item_batch[i], a->net->item_instance[i], asked, used, rack_of(a, m->items[i].rack)};
    }
  a->off = tw_alloc(a->arena, (size_t)a->n_chips, sizeof *a->off);
  a->now = tw_alloc(a->arena, (size_t)a->f.n_racks, sizeof *a->now);
  a->last = tw_alloc(a->arena, (size_t)a->f.n_racks, sizeof *a->last);
}

/* The bar that a part is a piece of: the busbar that emitted it, or itself; NULL: of none. */
static const char *bar_of(const tw_description *m, int item) {
  int parent = m->items[item].parent;
  if (parent >= 0 && !strcmp(m->items[parent].type->element, "busbar")) return m->items[parent].path;
  return strcmp(m->items[item].type->element, "busbar-segment") ? NULL : m->items[item].path;
}

static int bus_of(tw_account *a, const char *path) {
  int i = 0;
  while (i < a->f.n_buses && strcmp(a->f.buses[i].path, path)) i++;
  if (i == a->f.n_buses) a->f.buses[a->f.n_buses++] = (tw_lowest){path, NAN, NAN};
  return i;
}

/* Ports on the bar itself: both of a segment, of a contact that on the bar's side, b. */
static void find_buses(tw_account *a) {
  const tw_description *m = a->net->model;
  int most = 0;
  for (int i = 0; i < m->n_items; i++) most += a->net->item_batch[i] >= 0 && bar_of(m, i);
  a->f.buses = tw_alloc(a->arena, (size_t)most, sizeof *a->f.buses);
  a->places = tw_alloc(a->arena, 2 * (size_t)most, sizeof *a->places);
  for (int i = 0; i < m->n_items && most; i++) {
    if (a->net->item_batch[i] < 0 || !bar_of(m, i)) continue;
    const tw_batch *b = &a->net->batches[a->net->item_batch[i]];
    bool contact = !strcmp(b->type->element, "contact");
    int bus = bus_of(a, bar_of(m, i));
    for (int q = 0; q < b->n_ports; q++)
      if (b->type->ports[q].kind == TW_DC && (!contact || !strcmp(b->type->ports[q].id, "b")))
        a->places[a->n_places++] = (place){bus, b->unknown[b->port_first[q]][a->net->item_instance[i]]};
  }
}

tw_account *tw_account_new(const tw_network *net) {
  tw_arena *arena = tw_arena_new();
  tw_account *a = tw_alloc(arena, 1, sizeof *a);
  *a = (tw_account){.arena = arena, .net = net, .watch = tw_watch_new(net), .ramp = tw_slopes_new(),
                    .throttled = -1, .tripped = -1, .collapsed = -1};
  a->f.throttled.t = a->f.tripped.t = a->f.collapsed.t = NAN;
  a->f.power_least = a->f.power_most = (tw_extreme){NAN, NAN};
  find_chips(a);
  find_buses(a);
  for (int i = 0; i < net->n_batches; i++) a->f.grid |= net->batches[i].type->stage == TW_STAGE_GRID;
  return a;
}

void tw_account_ask(tw_account *a, const tw_asked *asked) {
  if (tw_asked_any(asked)) a->grid_side = tw_grid_side_new(asked);
}

/* ---- steps -------------------------------------------------------------------------------------------------------------- */

/* Of which states the first one is told, and has not come yet: its figure, and the item to be noted. */
static tw_first *awaits(tw_account *a, const char *state, int **whose) {
  const struct { const char *state; tw_first *first; int *whose; } all[] = {
      {"throttled", &a->f.throttled, &a->throttled}, {"tripped", &a->f.tripped, &a->tripped}, {"collapsed", &a->f.collapsed, &a->collapsed}};
  for (int i = 0; i < TW_COUNT(all); i++)
    if (isnan(all[i].first->t) && !strcmp(state, all[i].state)) return *whose = all[i].whose, all[i].first;
  return NULL;
}

static void note_state(tw_account *a, int item, const char *state, double t) {
  int *whose;
  tw_first *first = awaits(a, state, &whose);
  if (first) first->t = t, *whose = item;
}

/* States that hold from the start on: no event tells of them. */
static void begin(tw_account *a, double t) {
  char word[64];
  for (int i = 0; i < a->net->model->n_items; i++) note_state(a, i, tw_item_state(a->net, i, word, sizeof word), t);
  for (int i = 0; i < a->n_chips; i++) {
    const chip *c = &a->chips[i];
    int item = a->net->batches[c->batch].item[c->instance];
    a->off[i] = !strcmp(tw_item_state(a->net, item, word, sizeof word), "off");
  }
  a->begun = true;
  a->t = t;
}

static double grid_power(const tw_account *a, const tw_energies *powers) {
  double sum = 0.0;
  if (!a->f.grid) return powers->electric_in;
  for (int i = 0; i < a->net->n_batches; i++) {
    const tw_batch *b = &a->net->batches[i];
    int q = b->type->stage == TW_STAGE_GRID ? tw_output_index(b->type, "power") : -1;
    for (int k = 0; k < b->n && q >= 0; k++) sum += b->out[q][k * a->net->lanes];
  }
  return sum;
}

static void look_at_power(tw_account *a, double t, double power) {
  if (!(power >= a->f.power_least.value)) a->f.power_least = (tw_extreme){power, t};
  if (!(power <= a->f.power_most.value)) a->f.power_most = (tw_extreme){power, t};
  a->energy += 0.5 * (t - a->t) * (power + a->power);
  a->power = power;
  tw_slopes_point(a->ramp, t, power);
  if (a->grid_side) tw_grid_side_point(a->grid_side, t, power);
}

static void look_at_chips(tw_account *a, double h) {
  for (int i = 0; i < a->f.n_racks; i++) a->now[i] = (shares){0};
  for (int i = 0; i < a->n_chips; i++) {
    const chip *c = &a->chips[i];
    const tw_batch *b = &a->net->batches[c->batch];
    double used = b->out[c->used][c->instance * a->net->lanes];
    if (used > 0.0) a->off[i] = false;
    a->now[c->rack].used += used;
    a->now[c->rack].asked += a->off[i] ? 0.0 : b->out[c->asked][c->instance * a->net->lanes];
  }
  for (int i = 0; i < a->f.n_racks; i++) {
    a->f.racks[i].asked += 0.5 * h * (a->now[i].asked + a->last[i].asked);
    a->f.racks[i].served += 0.5 * h * (a->now[i].used + a->last[i].used);
    a->last[i] = a->now[i];
  }
}

static void look_at_buses(tw_account *a, double t, const double *y) {
  for (int i = 0; i < a->n_places; i++) {
    tw_lowest *bus = &a->f.buses[a->places[i].bus];
    double v = fabs(y[a->places[i].unknown * a->net->lanes]);
    if (!(v >= bus->least)) bus->least = v, bus->t = t;
  }
}

void tw_account_step(tw_account *a, double t, const double *y, const tw_energies *powers) {
  if (!a->begun) begin(a, t);
  tw_watch_look(a->watch, t);
  look_at_power(a, t, grid_power(a, powers));
  look_at_chips(a, t - a->t);
  look_at_buses(a, t, y);
  a->t = t;
  a->f.duration = t;
}

void tw_account_happening(tw_account *a, const tw_happening *h) {
  const tw_description *m = a->net->model;
  int item = 0, *whose;
  if (!awaits(a, h->state, &whose)) return;
  while (item < m->n_items && strcmp(m->items[item].path, h->path)) item++;
  if (item < m->n_items) note_state(a, item, h->state, h->t);
}

/* ---- results ------------------------------------------------------------------------------------------------------------ */

const tw_margin *tw_account_margins(tw_account *a, int *n, int *broken) { return tw_watch_margins(a->watch, n, broken); }

static void first_limit(tw_account *a) {
  int n, broken;
  const tw_margin *list = tw_watch_margins(a->watch, &n, &broken), *first = NULL;
  for (int i = 0; i < n; i++)
    if (!isnan(list[i].t_broken) && (!first || list[i].t_broken < first->t_broken)) first = &list[i];
  a->f.limit = first ? (tw_first){first->t_broken, first->path} : (tw_first){NAN, NULL};
  a->f.limit_quantity = first ? first->quantity : NULL;
}

const tw_run_figures *tw_account_figures(tw_account *a) {
  const tw_item *items = a->net->model->items;
  tw_run_figures *f = &a->f;
  first_limit(a);
  f->throttled.path = a->throttled >= 0 ? items[a->throttled].path : NULL;
  f->tripped.path = a->tripped >= 0 ? items[a->tripped].path : NULL;
  f->collapsed.path = a->collapsed >= 0 ? items[a->collapsed].path : NULL;
  f->chips = (tw_served){0};
  for (int i = 0; i < f->n_racks; i++) f->chips.asked += f->racks[i].asked, f->chips.served += f->racks[i].served;
  f->power_mean = f->duration > 0.0 ? a->energy / f->duration : a->power;
  for (int i = 0; i < TW_SLOPE_WINDOWS; i++) f->rise[i] = tw_slopes_rise(a->ramp, i), f->fall[i] = tw_slopes_fall(a->ramp, i);
  f->grid_side = a->grid_side ? tw_grid_side_figures(a->grid_side, f->power_most.value) : NULL;
  return f;
}

double tw_dynamic_range(const tw_run_figures *f) {
  return f->power_most.value > 0.0 ? (f->power_most.value - f->power_least.value) / f->power_most.value : NAN;
}

void tw_account_keep(tw_account *a, tw_state *s) {
  tw_watch_keep(a->watch, s);
  tw_slopes_keep(a->ramp, s);
  if (a->grid_side) tw_grid_side_keep(a->grid_side, s);
  TW_KEEP(s, a->begun);
  TW_KEEP(s, a->t);
  TW_KEEP(s, a->power);
  TW_KEEP(s, a->energy);
  TW_KEEP(s, a->throttled);
  TW_KEEP(s, a->tripped);
  TW_KEEP(s, a->collapsed);
  TW_KEEP(s, a->f.throttled.t);
  TW_KEEP(s, a->f.tripped.t);
  TW_KEEP(s, a->f.collapsed.t);
  TW_KEEP(s, a->f.duration);
  TW_KEEP(s, a->f.power_least);
  TW_KEEP(s, a->f.power_most);
  for (int i = 0; i < a->f.n_racks; i++) {
    TW_KEEP(s, a->f.racks[i].asked);
    TW_KEEP(s, a->f.racks[i].served);
  }
  for (int i = 0; i < a->f.n_buses; i++) {
    TW_KEEP(s, a->f.buses[i].least);
    TW_KEEP(s, a->f.buses[i].t);
  }
  tw_keep(s, a->last, (size_t)a->f.n_racks * sizeof *a->last);
  tw_keep(s, a->off, (size_t)a->n_chips * sizeof *a->off);
}

void tw_account_free(tw_account *a) {
  if (!a) return;
  tw_watch_free(a->watch);
  tw_slopes_free(a->ramp);
  tw_grid_side_free(a->grid_side);
  tw_arena_free(a->arena);
}
