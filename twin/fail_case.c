/* One failure: the rack with it, settled and in time. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "../racks/diagnostic_codes.h"
#include "account.h"
#include "fail.h"
#include "record.h"
#include "results.h"
#include "run.h"

/* A load that gets less than this share of its power without the failure is lost. Idle chips take ten times as much. */
static const double lost_below = 0.01;

static const double standing = 1e-3; /* kg/s: what leaks or seeps back through a loop that stands still has no supply */

/* What is told of a state, or the worst of it over a time. */
typedef struct {
  double hottest, supply, flow;  /* K, K, kg/s: hottest load, warmest supply, least flow of all streams together */
  int hottest_item;
} view;

static view nothing_seen(void) { return (view){NAN, NAN, NAN, -1}; }

static void look(view *v, const tw_fail *w, const tw_network *net, const double *y) {
  for (int i = 0; i < w->n_items; i++) {
    double T = w->loads[i] ? tw_item_temperature(net, i) : NAN;
    if (isnan(T) || T <= v->hottest) continue;
    v->hottest = T;
    v->hottest_item = i;
  }
  tw_arena *a = tw_arena_new();
  tw_coolant *list;
  int n = tw_coolants(net, y, a, &list);
  double flow = n ? 0.0 : NAN;
  for (int i = 0; i < n; i++) {
    flow += list[i].m_dot;
    if (list[i].m_dot > standing) v->supply = fmax(v->supply, list[i].T_supply);
  }
  v->flow = fmin(v->flow, flow);
  tw_arena_free(a);
}

static void add_view(cJSON *to, const view *v, const tw_network *net) {
  tw_record_number(to, "hottest_K", v->hottest);
  tw_record_text(to, "hottest_path", v->hottest_item < 0 ? NULL : net->model->items[v->hottest_item].path);
  tw_record_number(to, "supply_K", v->supply);
  tw_record_number(to, "flow_kg_s", v->flow);
}

/* ---- loads ----------------------------------------------------------------------------------------------------------------- */

static bool is_in(const tw_network *net, int item, const char *state) {
  char word[64];
  return !strcmp(tw_item_state(net, item, word, sizeof word), state);
}

/* Power now, and the share that the loads still get of what they had: what one draws beyond it, being hotter, does not make up
 * for another. had NULL: nothing fails, all is kept. */
static void add_loads(cJSON *to, const tw_fail *w, const tw_network *net, const double *had) {
  double power = 0.0, kept = 0.0, all = 0.0;
  int lost = 0, tripped = 0, throttled = 0;
  for (int i = 0; i < w->n_items; i++) {
    if (!w->loads[i]) continue;
    double P = tw_item_load(net, i), P0 = had ? had[i] : P;
    bool trip = is_in(net, i, "tripped");
    power += P;
    all += P0;
    kept += fmin(P, P0);
    tripped += trip;
    throttled += is_in(net, i, "throttled");
    lost += !trip && P < lost_below * P0;
  }
  tw_record_number(to, "load_W", power);
  tw_record_number(to, "kept", all > 0.0 ? kept / all : NAN);
  tw_record_number(to, "lost", lost);
  tw_record_number(to, "tripped", tripped);
  tw_record_number(to, "throttled", throttled);
}

static void note_loads(const tw_fail *w, const tw_network *net, double *power) {
  for (int i = 0; i < w->n_items; i++)
    if (w->loads[i]) power[i] = tw_item_load(net, i);
}

/* ---- limits ---------------------------------------------------------------------------------------------------------------- */

static void note(tw_fail *intact, const char *path, const char *what) {
  if (intact->n_known == intact->known_room) {
    tw_known *longer = tw_alloc(intact->arena, (size_t)(intact->known_room = 2 * intact->known_room + 16), sizeof *longer);
    for (int i = 0; i < intact->n_known; i++) longer[i] = intact->known[i];
    intact->known = longer;
  }
  intact->known[intact->n_known++] = (tw_known){tw_strdup(intact->arena, path), tw_strdup(intact->arena, what)};
}

static bool is_known(const tw_fail *w, const char *path, const char *what) {
  for (int i = 0; i < w->n_known; i++)
    if (!strcmp(w->known[i].path, path) && !strcmp(w->known[i].what, what)) return true;
  return false;
}

/* Where the supply is gone, no voltage window is left to keep: the part stands still, and what hangs on it shows in the loads. */
static bool unsupplied(const tw_margin *m) {
  return m->sense == TW_AT_LEAST && !strcmp(m->unit, "V") && fabs(m->value) < lost_below * m->limit;
}

/* Limits that the failure breaks, but for parts that have tripped or lost their supply: these are counted as such. Their number,
 * and the one that breaks first, or in a settled state is broken most. The list is sorted, tightest first. */
static void add_limits(cJSON *to, const tw_fail *w, const tw_margin *list, int n) {
  const tw_margin *told = NULL;
  int broken = 0, anyway = 0, without = 0;
  for (int i = 0; i < n; i++) {
    const tw_margin *m = &list[i];
    if (!(m->margin < 0.0)) continue;
    bool known = is_known(w, m->path, m->quantity), gone = unsupplied(m);
    anyway += known;
    without += gone && !known;
    if (known || gone || !strcmp(m->quantity, "tripped")) continue;
    broken++;
    if (!told || m->t_broken < told->t_broken) told = m;
  }
  tw_record_number(to, "limits_broken", broken);
  tw_record_number(to, "limits_broken_anyway", anyway);
  tw_record_number(to, "without_supply", without);
  if (!told) {
    cJSON_AddNullToObject(to, "limit");
    return;
  }
  cJSON *o = cJSON_CreateObject();
  tw_record_text(o, "path", told->path);
  tw_record_text(o, "quantity", told->quantity);
  tw_record_text(o, "unit", told->unit);
  tw_record_number(o, "value", told->value);
  tw_record_number(o, "limit", told->limit);
  tw_record_text(o, "sense", told->sense == TW_AT_MOST ? "at most" : "at least");
  tw_record_number(o, "first_broken_s", told->t_broken);
  cJSON_AddItemToObject(to, "limit", o);
}

static void note_broken(tw_fail *intact, const tw_margin *list, int n) {
  for (int i = 0; i < n; i++)
    if (list[i].margin < 0.0) note(intact, list[i].path, list[i].quantity);
}

/* ---- settled --------------------------------------------------------------------------------------------------------------- */

static void add_outcome(cJSON *to, const tw_session *s, int status) {
  char reason[1024];
  tw_record_number(to, "exit", status);
  tw_record_text(to, "reason", status ? tw_session_why(s, reason, sizeof reason) : NULL);
}

/* Stores that run down or fill up in a state that is called settled, of parts that have none without a failure. */
static void add_stocks(cJSON *to, const tw_fail *w, tw_fail *intact, const tw_session *s) {
  cJSON *list = cJSON_AddArrayToObject(to, "not_lasting");
  for (int i = 0; i < s->diagnostics.n; i++) {
    const tw_diagnostic *d = &s->diagnostics.items[i];
    if (d->code != TW_W_STOCK || !d->path) continue;
    if (intact) note(intact, d->path, "stock");
    if (is_known(w, d->path, "stock")) continue;
    cJSON *o = cJSON_CreateObject();
    tw_record_text(o, "path", d->path);
    tw_record_text(o, "what", d->text);
    cJSON_AddItemToArray(list, o);
  }
}

/* The steady state of the network as it stands, from y. from: what is said of where it began. intact: nothing fails, and what is
 * found is noted there. */
static cJSON *settle(const tw_fail *w, tw_fail *intact, tw_session *s, bool warm, const char *from) {
  cJSON *o = cJSON_CreateObject();
  tw_results *r = NULL;
  int status = tw_session_solve(s, &(tw_steady_options){.warm = warm}, &r);
  add_outcome(o, s, status);
  tw_record_text(o, "from", from);
  if (r) {
    view v = nothing_seen();
    if (intact) {
      note_loads(w, s->net, intact->before);
      note_broken(intact, r->margins, r->n_margins);
    }
    look(&v, w, s->net, s->y);
    add_view(o, &v, s->net);
    tw_record_number(o, "grid_W", r->grid_power);
    add_loads(o, w, s->net, w->before);
    add_limits(o, w, r->margins, r->n_margins);
    add_stocks(o, w, intact, s);
  }
  tw_results_free(r);
  return o;
}

/* ---- in time --------------------------------------------------------------------------------------------------------------- */

typedef struct {
  const tw_fail *w;
  const tw_network *net;
  tw_account *account;
  view seen;
  double t_lost;      /* s, when the first load was lost that had not tripped; NaN */
} film;

/* A workload changes what a load takes: then only the end tells. */
static bool any_lost(const film *m) {
  for (int i = 0; i < m->w->n_items && !m->w->o->scenario; i++)
    if (m->w->loads[i] && tw_item_load(m->net, i) < lost_below * m->w->before[i] && !is_in(m->net, i, "tripped")) return true;
  return false;
}

static void on_step(void *ctx, double t, const double *y, const tw_energies *powers) {
  film *m = ctx;
  tw_account_step(m->account, t, y, powers);
  look(&m->seen, m->w, m->net, y);
  if (isnan(m->t_lost) && any_lost(m)) m->t_lost = t;
}

static int on_happening(void *ctx, const tw_happening *h) {
  film *m = ctx;
  tw_account_happening(m->account, h);
  return 0;
}

/* The scenario asked for, or rest, with the failure before all else. */
static tw_scenario script(const tw_fail *w, const tw_description *m, const tw_failure *f) {
  const tw_scenario *given = tw_fail_scenario(w, m);
  tw_scenario s = given ? *given : (tw_scenario){.id = "n-1"};
  int own = f->item < 0 ? 0 : 1;
  s.duration = w->duration;
  s.every = s.duration / 60.0;
  s.events = tw_alloc(m->arena, (size_t)(s.n_events + 1), sizeof *s.events);
  if (own)
    s.events[0] = (tw_set_event){.path = m->items[f->item].path, .item = f->item, .param = f->param, .value = f->failed,
                                 .where = m->items[f->item].where};
  for (int i = 0; i < s.n_events; i++) s.events[own + i] = given->events[i];
  s.n_events += own;
  return s;
}

static void add_first(cJSON *to, const char *what, const tw_first *f) {
  tw_arena *a = tw_arena_new();
  tw_record_number(to, tw_printf(a, "%s_s", what), f->t);
  tw_record_text(to, tw_printf(a, "%s_path", what), f->path);
  tw_arena_free(a);
}

static void add_figures(cJSON *to, const tw_run_figures *f) {
  add_first(to, "first_throttled", &f->throttled);
  add_first(to, "first_tripped", &f->tripped);
  tw_record_number(to, "energy_served", f->chips.asked > 0.0 ? f->chips.served / f->chips.asked : NAN);
}

/* *ended: it went on to its end. */
static cJSON *in_time(const tw_fail *w, tw_fail *intact, tw_session *s, const tw_failure *f, bool *ended) {
  film m = {.w = w, .net = s->net, .account = tw_account_new(s->net), .seen = nothing_seen(), .t_lost = NAN};
  tw_scenario scenario = script(w, s->model, f);
  tw_run_options how = {.rtol = w->o->rtol, .method = tw_time_choice_of(w->o->method), .ctx = &m,
                        .happening = on_happening, .step = on_step};
  tw_run_report report;
  cJSON *o = cJSON_CreateObject();
  int status = tw_run(s->net, s->solver, &scenario, s->y, &how, &report, &s->diagnostics), n, broken;
  *ended = !status;
  add_outcome(o, s, status);
  tw_record_number(o, "end_s", report.t_end);
  const tw_margin *list = tw_account_margins(m.account, &n, &broken);
  if (intact) {
    note_loads(w, s->net, intact->after);
    note_broken(intact, list, n);
  }
  if (report.t_end > 0.0) {
    add_view(o, &m.seen, s->net);
    add_loads(o, w, s->net, w->after);
    add_figures(o, tw_account_figures(m.account));
    tw_record_number(o, "first_lost_s", m.t_lost);
    tw_record_number(o, "collapsed", report.collapsed);
    tw_record_number(o, "energy_imbalance", report.energy.imbalance);
    add_limits(o, w, list, n);
  }
  tw_account_free(m.account);
  return o;
}

/* ---- the case -------------------------------------------------------------------------------------------------------------- */

int tw_fail_read(const tw_fail *w, tw_session *s) {
  const tw_options *o = w->o;
  tw_read_options how = {.variant = o->n_variants ? o->variants[0] : NULL, .scenario = o->scenario, .sets = o->sets,
                         .n_sets = o->n_sets, .catalogue = w->catalogue};
  return tw_session_read(s, o->words[0], &how, true);
}

static bool solved(const cJSON *part) { return cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(part, "exit")) == 0.0; }

/* Each from a reading of its own: what one does to the network is not the other's. NULL, and why in *o, where that fails. */
static tw_session *begin(const tw_fail *w, tw_session *s, cJSON **o) {
  int status = tw_fail_read(w, s);
  *o = NULL;
  if (!status) return s;
  *o = cJSON_CreateObject();
  add_outcome(*o, s, status);
  return NULL;
}

/* From a cold start with the part failed. */
static cJSON *settled(const tw_fail *w, tw_fail *intact, const tw_failure *f) {
  tw_session s;
  cJSON *o;
  if (begin(w, &s, &o)) {
    if (f->item >= 0) tw_network_set(s.net, f->item, f->param, -1, f->failed);
    tw_network_start(s.net, s.y);
    o = settle(w, intact, &s, false, "cold");
  }
  tw_session_close(&s);
  return o;
}

/* In time; and the steady state to which that leads, where there is none from a cold start: by then parts have tripped, or a
 * battery has taken over, which a cold start does not come to. Not after a scenario, which has changed more than the failure. */
static void add_in_time(cJSON *c, const tw_fail *w, tw_fail *intact, const tw_failure *f) {
  tw_session s;
  cJSON *o;
  bool cold = solved(cJSON_GetObjectItemCaseSensitive(c, "settled"));
  if (begin(w, &s, &o)) {
    bool ended = false;
    o = in_time(w, intact, &s, f, &ended);
    tw_diagnostics_free(&s.diagnostics);
    cJSON *later = ended && !cold && !w->o->scenario ? settle(w, NULL, &s, true, "in time") : NULL;
    if (later && solved(later)) cJSON_ReplaceItemInObjectCaseSensitive(c, "settled", later);
    else cJSON_Delete(later);
  }
  cJSON_AddItemToObject(c, "in_time", o);
  tw_session_close(&s);
}

static cJSON *both(const tw_fail *w, tw_fail *intact, const tw_failure *f) {
  cJSON *c = cJSON_CreateObject();
  cJSON_AddItemToObject(c, "settled", settled(w, intact, f));
  if (!w->o->steady_only) add_in_time(c, w, intact, f);
  return c;
}

cJSON *tw_fail_case(const tw_fail *w, const tw_failure *f) { return both(w, NULL, f); }

void tw_fail_intact(tw_fail *w) { w->intact = both(w, w, &(tw_failure){.item = -1}); }
