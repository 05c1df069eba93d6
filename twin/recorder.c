/* series.csv and events.csv of a run: columns chosen by path, written as the run goes on. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "../racks/units.h"
#include "../viz/csv.h"
#include "output.h"
#include "output_internal.h"

typedef struct { int item, batch, output, column; tw_conversion unit; } recorded;

struct tw_recorder {
  tw_csv *series, *events;
  recorded *columns;
  int n;
  char series_path[4200], events_path[4200];
};

/* What is recorded when nothing is asked for. */
static bool by_default(const tw_type *type, const tw_quantity *q) {
  return type->stage == TW_STAGE_GRID || q->role == TW_Q_TEMPERATURE || q->role == TW_Q_LOAD;
}

static bool wanted(const tw_options *o, const tw_type *type, const tw_quantity *q, const char *name) {
  if (!o->n_selects) return by_default(type, q);
  for (int i = 0; i < o->n_selects; i++)
    if (tw_glob(o->selects[i], name)) return true;
  return false;
}

static void add_column(tw_recorder *rec, const tw_network *net, int item, int output) {
  recorded *grown = realloc(rec->columns, ((size_t)rec->n + 1) * sizeof *grown);
  if (!grown) abort();
  rec->columns = grown;
  recorded *c = &rec->columns[rec->n++];
  *c = (recorded){item, net->item_batch[item], output, net->item_instance[item] * net->lanes, {0.0, 1.0, 1.0, 0.0}};
  const char *si = net->batches[c->batch].type->outputs[output].unit, *unit = tw_output_unit(si);
  if (strcmp(unit, si)) tw_conversion_find(si, unit, &c->unit, NULL, 0);
}

static void choose(tw_recorder *rec, const tw_network *net, const tw_options *o) {
  for (int i = 0; i < net->model->n_items; i++) {
    if (net->item_batch[i] < 0) continue;
    const tw_batch *b = &net->batches[net->item_batch[i]];
    for (int q = 0; q < b->n_outputs; q++) {
      char name[1024];
      snprintf(name, sizeof name, "%s.%s", net->model->items[i].path, b->type->outputs[q].id);
      if (wanted(o, b->type, &b->type->outputs[q], name)) add_column(rec, net, i, q);
    }
  }
}

static void head(tw_recorder *rec, const tw_network *net) {
  tw_csv_series(rec->series, "time", "s");
  for (int k = 0; k < rec->n; k++) {
    const tw_quantity *q = &net->batches[rec->columns[k].batch].type->outputs[rec->columns[k].output];
    char name[1024];
    snprintf(name, sizeof name, "%s.%s", net->model->items[rec->columns[k].item].path, q->id);
    tw_csv_series(rec->series, name, tw_output_unit(q->unit));
  }
  tw_csv_end(rec->series);
  tw_csv_series(rec->events, "time", "s");
  tw_csv_text(rec->events, "path");
  tw_csv_text(rec->events, "what");
  tw_csv_text(rec->events, "cause");
  tw_csv_end(rec->events);
}

enum { SERIES_DIGITS = 9, EVENT_DIGITS = 12 };

/* The columns, and no files yet. NULL after a message. */
static tw_recorder *plan(tw_network *net, const tw_options *o, int *status) {
  tw_recorder *rec = calloc(1, sizeof *rec);
  if (!rec) abort();
  snprintf(rec->series_path, sizeof rec->series_path, "%.4096s/series.csv", o->out);
  snprintf(rec->events_path, sizeof rec->events_path, "%.4096s/events.csv", o->out);
  choose(rec, net, o);
  if (rec->n) return rec;
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
    head(rec, net);
    return rec;
  }
  tw_output_failed(rec->series ? rec->events_path : rec->series_path, errno);
  tw_recorder_close(rec, false);
  return NULL;
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
  int a = tw_csv_save(rec->series, &series), b = tw_csv_save(rec->events, &events);
  TW_KEEP(records, series);
  TW_KEEP(records, events);
  return a ? tw_output_failed(rec->series_path, a) : b ? tw_output_failed(rec->events_path, b) : 0;
}

int tw_recorder_sample(tw_recorder *rec, double t, const tw_network *net) {
  tw_csv_number(rec->series, t);
  for (int i = 0; i < rec->n; i++) {
    const recorded *c = &rec->columns[i];
    tw_csv_number(rec->series, tw_conversion_apply(&c->unit, net->batches[c->batch].out[c->output][c->column]));
  }
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
  free(rec->columns);
  free(rec);
  return a ? a : b;
}
