/* series.csv and events.csv of a run: columns chosen by path, written as the run goes on. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "../viz/csv.h"
#include "columns.h"
#include "output.h"
#include "output_internal.h"

/* What is written of each column: its value at the time of the row, or these over the time since the row before. */
typedef enum { NOW, LEAST, MEAN, LARGEST } aggregate;
static const char *const aggregate_names[] = {"", "min", "mean", "max"};
enum { MOST_AGGREGATES = 3, SERIES_DIGITS = 9, EVENT_DIGITS = 12 };

/* Of a column since the last row, and where its last step led. */
typedef struct { double last, slope, least, largest, integral; } extremes; /* slope: of the last step [unit/s]; integral [unit s] */

struct tw_recorder {
  tw_csv *series, *events;
  tw_columns *columns;
  aggregate written[MOST_AGGREGATES];
  int n_written;
  extremes *since;     /* [columns], NULL where only values are written */
  double from, last_t; /* s, of the last row, of the last step; NaN before the first */
  double last_h;       /* s, length of the last step; 0 after a jump */
  int *states, n_states; /* items whose state is written, in words, after the columns */
  char series_path[4200], events_path[4200];
};

/* A glob that names states: a column of words must be asked for, as who takes all expects numbers. */
static bool names_states(const char *glob) {
  size_t n = strlen(glob);
  return n >= 6 && !strcmp(glob + n - 6, ".state");
}

static void choose_states(tw_recorder *rec, const tw_network *net, const tw_options *o) {
  for (int i = 0; i < net->model->n_items && o->n_selects; i++) {
    char name[1024], word[64];
    bool wanted = false;
    snprintf(name, sizeof name, "%s.state", net->model->items[i].path);
    for (int k = 0; k < o->n_selects; k++) wanted |= names_states(o->selects[k]) && tw_glob(o->selects[k], name);
    if (!wanted || !*tw_item_state(net, i, word, sizeof word)) continue;
    int *grown = realloc(rec->states, ((size_t)rec->n_states + 1) * sizeof *grown);
    if (!grown) abort();
    rec->states = grown;
    rec->states[rec->n_states++] = i;
  }
}

/* "min,mean,max", any of them in any order, each once. Returns their number, 0 for a mistake. */
static int parse_aggregates(const char *text, aggregate list[MOST_AGGREGATES]) {
  int n = 0;
  for (const char *at = text;; at++) {
    size_t length = strcspn(at, ",");
    aggregate a = LARGEST;
    while (a != NOW && (strlen(aggregate_names[a]) != length || memcmp(aggregate_names[a], at, length))) a--;
    for (int k = 0; k < n; k++)
      if (list[k] == a) a = NOW;
    if (a == NOW) return 0;
    list[n++] = a;
    at += length;
    if (!*at) return n;
  }
}

bool tw_recorder_aggregates(const char *text) {
  aggregate list[MOST_AGGREGATES];
  return parse_aggregates(text, list) > 0;
}

static void head(tw_recorder *rec, const tw_network *net) {
  tw_csv_series(rec->series, "time", "s");
  for (int k = 0; k < rec->columns->n; k++)
    for (int w = 0; w < rec->n_written; w++) {
      const tw_column *c = &rec->columns->list[k];
      char name[1100];
      snprintf(name, sizeof name, "%s%s%s", c->name, rec->written[w] ? "." : "", aggregate_names[rec->written[w]]);
      tw_csv_series(rec->series, name, c->unit);
    }
  for (int k = 0; k < rec->n_states; k++) {
    char name[1100];
    snprintf(name, sizeof name, "%s.state", net->model->items[rec->states[k]].path);
    tw_csv_text(rec->series, name);
  }
  tw_csv_end(rec->series);
  tw_csv_series(rec->events, "time", "s");
  tw_csv_text(rec->events, "path");
  tw_csv_text(rec->events, "what");
  tw_csv_text(rec->events, "cause");
  tw_csv_end(rec->events);
}

/* The columns, and no files yet. NULL after a message. */
static tw_recorder *plan(tw_network *net, const tw_options *o, int *status) {
  tw_recorder *rec = calloc(1, sizeof *rec);
  if (!rec) abort();
  snprintf(rec->series_path, sizeof rec->series_path, "%.4096s/series.csv", o->out);
  snprintf(rec->events_path, sizeof rec->events_path, "%.4096s/events.csv", o->out);
  rec->from = rec->last_t = NAN;
  rec->n_written = o->aggregate ? parse_aggregates(o->aggregate, rec->written) : 1;
  rec->columns = tw_columns_new(net, o);
  choose_states(rec, net, o);
  if (rec->columns && o->aggregate && !(rec->since = calloc((size_t)rec->columns->n, sizeof *rec->since))) abort();
  if (rec->columns) return rec;
  fprintf(stderr, "racktwin: --select matches no quantity; a name is path.quantity, for example 'tray[*].gpu[*].T_junction'\n");
  tw_recorder_close(rec, false);
  *status = TW_EXIT_USAGE;
  return NULL;
}

tw_recorder *tw_recorder_new(tw_network *net, const tw_options *o, int *status) {
  *status = TW_EXIT_SYSTEM;
  if (tw_output_folder(o->out)) return NULL;
  tw_recorder *rec = plan(net, o, status);
  if (!rec) return NULL;
  rec->series = tw_csv_open(rec->series_path, SERIES_DIGITS);
  rec->events = rec->series ? tw_csv_open(rec->events_path, EVENT_DIGITS) : NULL;
  if (rec->events) {
    tw_csv_will_save(rec->series);
    tw_csv_will_save(rec->events);
    head(rec, net);
    return rec;
  }
  tw_output_failed(rec->series ? rec->events_path : rec->series_path, errno);
  tw_recorder_close(rec, false);
  return NULL;
}

static void keep_extremes(tw_recorder *rec, tw_state *s) {
  TW_KEEP(s, rec->from);
  TW_KEEP(s, rec->last_t);
  TW_KEEP(s, rec->last_h);
  if (rec->since) tw_keep(s, rec->since, (size_t)rec->columns->n * sizeof *rec->since);
}

static tw_csv *reopen(const char *path, int digits, tw_state *records) {
  tw_csv_mark mark = {0};
  const char *why = "the checkpoint does not say how far it goes";
  TW_KEEP(records, mark);
  tw_csv *c = records->bad ? NULL : tw_csv_resume(path, digits, &mark, &why);
  if (!c) fprintf(stderr, "racktwin: error: %s cannot be resumed: %s\n", path, why);
  return c;
}

tw_recorder *tw_recorder_resume(tw_network *net, const tw_options *o, tw_state *records, int *status) {
  *status = TW_EXIT_SYSTEM;
  tw_recorder *rec = plan(net, o, status);
  if (!rec) return NULL;
  keep_extremes(rec, records);
  rec->series = reopen(rec->series_path, SERIES_DIGITS, records);
  rec->events = rec->series ? reopen(rec->events_path, EVENT_DIGITS, records) : NULL;
  if (rec->events) return rec;
  tw_csv_leave(rec->series);
  rec->series = NULL;
  tw_recorder_close(rec, false);
  return NULL;
}

int tw_recorder_save(tw_recorder *rec, tw_state *records) {
  tw_csv_mark series, events;
  keep_extremes(rec, records);
  int a = tw_csv_save(rec->series, &series), b = tw_csv_save(rec->events, &events);
  TW_KEEP(records, series);
  TW_KEEP(records, events);
  return a ? tw_output_failed(rec->series_path, a) : b ? tw_output_failed(rec->events_path, b) : 0;
}

/* ---- rows ----------------------------------------------------------------------------------------------------------------- */

/* A step of h to v: the parabola through its ends and the end before, or after a jump the straight line. */
static void look(extremes *e, double v, double h, double h_before) {
  double slope = h > 0.0 ? (v - e->last) / h : 0.0;
  double bend = h > 0.0 && h_before > 0.0 ? (slope - e->slope) / (h + h_before) : 0.0; /* second divided difference */
  e->integral += 0.5 * h * (e->last + v) - h * h * h / 6.0 * bend;
  e->least = fmin(e->least, v);
  e->largest = fmax(e->largest, v);
  e->last = v;
  e->slope = slope;
}

void tw_recorder_step(tw_recorder *rec, double t, const tw_network *net) {
  if (!rec->since) return;
  bool first = isnan(rec->last_t);
  double h = first ? 0.0 : t - rec->last_t; /* 0 at a jump: the values on both sides count */
  for (int k = 0; k < rec->columns->n; k++) {
    double v = tw_column_value(rec->columns, k, net);
    extremes *e = &rec->since[k];
    if (first) *e = (extremes){v, 0.0, v, v, 0.0};
    else look(e, v, h, rec->last_h);
  }
  rec->last_t = t;
  rec->last_h = h;
  if (first) rec->from = t;
}

static double aggregated(const tw_recorder *rec, int k, aggregate what) {
  const extremes *e = &rec->since[k];
  double span = rec->last_t - rec->from;
  double mean = span > 0.0 ? fmin(fmax(e->integral / span, e->least), e->largest) : e->last; /* at a kink a parabola overshoots */
  return what == LEAST ? e->least : what == LARGEST ? e->largest : mean;
}

static void forget(extremes *e) {
  e->least = e->largest = e->last;
  e->integral = 0.0;
}

int tw_recorder_sample(tw_recorder *rec, double t, const tw_network *net) {
  tw_csv_number(rec->series, t);
  for (int k = 0; k < rec->columns->n; k++) {
    for (int w = 0; w < rec->n_written; w++)
      tw_csv_number(rec->series, rec->since ? aggregated(rec, k, rec->written[w]) : tw_column_value(rec->columns, k, net));
    if (rec->since) forget(&rec->since[k]);
  }
  for (int k = 0; k < rec->n_states; k++) {
    char word[64];
    tw_csv_text(rec->series, tw_item_state(net, rec->states[k], word, sizeof word));
  }
  rec->from = rec->last_t;
  int error = tw_csv_end(rec->series);
  return error ? tw_output_failed(rec->series_path, error) : 0;
}

int tw_recorder_happening(tw_recorder *rec, const tw_happening *h) {
  tw_csv_number(rec->events, h->t);
  tw_csv_text(rec->events, h->path);
  tw_csv_text(rec->events, h->what);
  tw_csv_text(rec->events, h->cause);
  int error = tw_csv_end(rec->events);
  return error ? tw_output_failed(rec->events_path, error) : 0;
}

static int finish(tw_csv *c, bool keep, const char *path) {
  if (!c) return 0;
  int error = keep ? tw_csv_close(c) : tw_csv_abort(c, false);
  return error && keep ? tw_output_failed(path, error) : 0;
}

int tw_recorder_close(tw_recorder *rec, bool keep) {
  int a = finish(rec->series, keep, rec->series_path), b = finish(rec->events, keep, rec->events_path);
  tw_columns_free(rec->columns);
  free(rec->since);
  free(rec->states);
  free(rec);
  return a ? a : b;
}
