/* The columns of a sweep and the row of a case. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "../racks/units.h"
#include "../viz/csv.h"
#include "output_internal.h"
#include "sweep.h"

/* ---- which columns ------------------------------------------------------------------------------------------------------- */

/* Names come in nearly the same order in every model: the search begins after the last one found. */
static int column_of(const tw_sweep *w, const char *name, int *after) {
  for (int k = 0; k < w->n_columns; k++) {
    int i = (*after + k) % w->n_columns;
    if (strcmp(w->columns[i].name, name)) continue;
    *after = i + 1;
    return i;
  }
  return -1;
}

static void add_column(tw_sweep *w, const char *name, const char *unit) {
  if (w->n_columns == w->columns_room) {
    tw_sweep_column *wider = tw_alloc(w->arena, (size_t)(w->columns_room = 2 * w->columns_room + 64), sizeof *wider);
    for (int k = 0; k < w->n_columns; k++) wider[k] = w->columns[k];
    w->columns = wider;
  }
  w->columns[w->n_columns++] = (tw_sweep_column){tw_strdup(w->arena, name), unit};
}

static bool selected(const tw_options *o, const char *name) {
  for (int i = 0; i < o->n_selects; i++)
    if (tw_glob(o->selects[i], name)) return true;
  return false;
}

/* Calls `each` for every reported quantity that --select names: its name, table row, batch and column there. */
typedef void quantity_fn(void *ctx, const char *name, const tw_quantity *q, const tw_batch *b, int output, int column);
static void each_selected(const tw_options *o, const tw_network *net, quantity_fn *each, void *ctx) {
  char name[1024];
  for (int i = 0; i < net->model->n_items && o->n_selects; i++) {
    if (net->item_batch[i] < 0) continue;
    const tw_batch *b = &net->batches[net->item_batch[i]];
    for (int q = 0; q < b->n_outputs; q++) {
      snprintf(name, sizeof name, "%s.%s", net->model->items[i].path, b->type->outputs[q].id);
      if (selected(o, name)) each(ctx, name, &b->type->outputs[q], b, q, net->item_instance[i] * net->lanes);
    }
  }
}

typedef struct { tw_sweep *w; bool first; int after; } collector;

static void collect(void *ctx, const char *name, const tw_quantity *q, const tw_batch *b, int output, int column) {
  collector *c = ctx;
  (void)b, (void)output, (void)column;
  if (c->first || column_of(c->w, name, &c->after) < 0) add_column(c->w, name, tw_output_unit(q->unit));
}

static bool chip_of(const tw_description *m, int item, char *kind, size_t size) {
  return m->items[item].type->stage == TW_STAGE_CHIP && *tw_item_kind(m, item, kind, size);
}

void tw_sweep_columns_of(tw_sweep *w, const tw_session *s) {
  const tw_description *m = s->model;
  each_selected(w->o, s->net, collect, &(collector){w, !w->n_columns, 0});
  if (!w->kinds) w->kinds = tw_alloc(w->arena, 64, sizeof *w->kinds);
  for (int i = 0; i < m->n_items && !w->o->n_selects; i++) {
    char kind[32];
    bool known = !chip_of(m, i, kind, sizeof kind);
    for (int k = 0; k < w->n_kinds && !known; k++) known = !strcmp(w->kinds[k], kind);
    if (!known && w->n_kinds < 64) w->kinds[w->n_kinds++] = tw_strdup(w->arena, kind);
  }
}

/* ---- values ---------------------------------------------------------------------------------------------------------------- */

/* Of several coolant streams: the sum of the flows, the warmest supply and the warmest return. */
enum { GRID_POWER, CHIP_POWER, EFFICIENCY, LIQUID, AIR, FLOW, SUPPLY, RETURN, ESTIMATES, N_TOTALS };
static const tw_sweep_column totals[] = {
    [GRID_POWER] = {"grid_power", "W"}, [CHIP_POWER] = {"chip_power", "W"}, [EFFICIENCY] = {"grid_to_chip_efficiency", "1"},
    [LIQUID] = {"heat_liquid", "W"}, [AIR] = {"heat_air", "W"}, [FLOW] = {"coolant_flow", "kg/s"},
    [SUPPLY] = {"coolant_supply", "degC"}, [RETURN] = {"coolant_return", "degC"}, [ESTIMATES] = {"estimate_share", "1"}};

static void write_totals(tw_csv *c, const tw_results *r) {
  double v[N_TOTALS] = {r->grid_power, r->chip_power, r->grid_to_chip, r->heat_liquid, r->heat_air, NAN, NAN, NAN,
                        r->estimate_share};
  for (int i = 0; i < r->n_coolant; i++) {
    const tw_coolant *k = &r->coolant[i];
    v[FLOW] = i ? v[FLOW] + k->m_dot : k->m_dot;
    v[SUPPLY] = fmax(v[SUPPLY], k->T_supply);
    v[RETURN] = fmax(v[RETURN], k->T_return);
  }
  tw_convert(v[SUPPLY], "K", "degC", &v[SUPPLY]);
  tw_convert(v[RETURN], "K", "degC", &v[RETURN]);
  for (int i = 0; i < N_TOTALS; i++) tw_csv_number(c, v[i]);
}

static void write_hottest(tw_csv *c, const tw_sweep *w, const tw_results *r) {
  const tw_description *m = r->net->model;
  for (int k = 0; k < w->n_kinds; k++) {
    double hottest = NAN;
    char kind[32];
    for (int i = 0; i < m->n_items; i++)
      if (chip_of(m, i, kind, sizeof kind) && !strcmp(kind, w->kinds[k])) hottest = fmax(hottest, tw_item_temperature(r->net, i));
    tw_convert(hottest, "K", "degC", &hottest);
    tw_csv_number(c, hottest);
  }
}

typedef struct { const tw_sweep *w; double *value; int after; } picker;

static void pick(void *ctx, const char *name, const tw_quantity *q, const tw_batch *b, int output, int column) {
  picker *p = ctx;
  int i = column_of(p->w, name, &p->after);
  if (i < 0) return;
  p->value[i] = b->out[output][column];
  tw_convert(p->value[i], q->unit, tw_output_unit(q->unit), &p->value[i]);
}

static void write_selected(tw_csv *c, const tw_sweep *w, const tw_results *r) {
  double *value = malloc(((size_t)w->n_columns + 1) * sizeof *value);
  if (!value) abort();
  for (int i = 0; i < w->n_columns; i++) value[i] = NAN;
  each_selected(w->o, r->net, pick, &(picker){w, value, 0});
  for (int i = 0; i < w->n_columns; i++) tw_csv_number(c, value[i]);
  free(value);
}

static void write_margins(tw_csv *c, const tw_results *r) {
  const tw_margin *m = r && r->n_margins ? &r->margins[0] : NULL;
  tw_csv_number(c, r ? (double)r->n_broken : (double)NAN);
  tw_csv_text(c, m ? m->path : "");
  tw_csv_text(c, m ? m->quantity : "");
  tw_csv_number(c, m ? m->margin : NAN);
  tw_csv_text(c, !m ? "" : strcmp(m->unit, "K") ? "1" : "K");
}

/* ---- rows ------------------------------------------------------------------------------------------------------------------ */

static tw_csv *begin(FILE **stream, char **text, size_t *size) {
  *stream = open_memstream(text, size);
  tw_csv *c = *stream ? tw_csv_on(*stream, 12) : NULL;
  if (!c) abort();
  return c;
}

static void end(tw_csv *c, FILE *stream) {
  tw_csv_end(c);
  if (tw_csv_close(c) || fclose(stream)) abort(); /* only memory can be short */
}

char *tw_sweep_header(const tw_sweep *w) {
  static const char *const last[] = {"limits_broken", "tightest_path", "tightest_quantity", "tightest_margin",
                                     "tightest_margin_unit", "exit", "reason"};
  char *text;
  size_t size;
  FILE *stream;
  tw_csv *c = begin(&stream, &text, &size);
  tw_csv_text(c, "case");
  for (int i = 0; i < w->n_axes; i++) tw_csv_series(c, w->axes[i].path, w->axes[i].number ? w->axes[i].unit : NULL);
  for (int i = 0; i < w->n_columns; i++) tw_csv_series(c, w->columns[i].name, w->columns[i].unit);
  for (int i = 0; i < N_TOTALS && !w->o->n_selects; i++) tw_csv_series(c, totals[i].name, totals[i].unit);
  for (int i = 0; i < w->n_kinds; i++) {
    char name[64];
    snprintf(name, sizeof name, "hottest_%s", w->kinds[i]);
    tw_csv_series(c, name, "degC");
  }
  for (int i = 0; i < TW_COUNT(last); i++) tw_csv_text(c, last[i]);
  end(c, stream);
  return text;
}

char *tw_sweep_row(const tw_sweep *w, int number, const tw_results *r, int exit, const char *reason) {
  char *text;
  size_t size;
  FILE *stream;
  tw_csv *c = begin(&stream, &text, &size);
  tw_csv_number(c, number + 1);
  for (int i = 0; i < w->n_axes; i++) {
    int value = tw_sweep_value(w, number, i);
    if (w->axes[i].number) tw_csv_number(c, w->axes[i].number[value]);
    else tw_csv_text(c, w->axes[i].text[value]);
  }
  if (!r) {
    int empty = w->o->n_selects ? w->n_columns : N_TOTALS + w->n_kinds;
    for (int i = 0; i < empty; i++) tw_csv_number(c, NAN);
  } else if (w->o->n_selects) {
    write_selected(c, w, r);
  } else {
    write_totals(c, r);
    write_hottest(c, w, r);
  }
  write_margins(c, r);
  tw_csv_number(c, exit);
  tw_csv_text(c, reason);
  end(c, stream);
  for (char *at = text; *at; at++)
    if ((*at == '\n' || *at == '\r') && at[1]) *at = ' '; /* the journal has a line per case */
  return text;
}

int tw_sweep_solve(const tw_sweep *w, int number, char **row) {
  tw_session s;
  tw_results *r = NULL;
  char reason[1024] = "the solver could not be set up: out of memory";
  int status = tw_sweep_read(w, number, &s, true);
  if (!status) status = tw_session_solve(&s, &(tw_steady_options){0}, &r);
  if (!status && r->n_broken) status = TW_EXIT_LIMIT;
  *row = tw_sweep_row(w, number, r, status, r ? "" : status == TW_EXIT_SYSTEM ? reason : tw_session_why(&s, reason, sizeof reason));
  tw_results_free(r);
  tw_session_close(&s);
  return status;
}
