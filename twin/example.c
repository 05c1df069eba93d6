#include "example.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "../racks/units.h"
#include "page.h"
#include "results.h"

char *tw_example_text(const char *file) {
  FILE *in = fopen(file, "r");
  size_t room = 1 << 16, n = 0;
  char *text = in ? malloc(room) : NULL;
  if (text) n = fread(text, 1, room - 1, in);
  if (text) text[n] = 0;
  if (in) fclose(in);
  return text;
}

/* ---- the comment ------------------------------------------------------------------------------------------------------------- */

/* Copies [from, end) with white space drawn together and cut at both ends. False when it does not fit or is empty. */
static bool copy(char *to, size_t size, const char *from, const char *end) {
  size_t n = 0;
  for (; from < end; from++) {
    bool space = strchr(" \t\r\n", *from) != NULL;
    if (space && (!n || to[n - 1] == ' ')) continue;
    if (n + 1 >= size) return false;
    to[n++] = space ? ' ' : *from;
  }
  while (n && to[n - 1] == ' ') n--;
  to[n] = 0;
  return n > 0;
}

static bool read_quantities(tw_characteristic *c, const char *from, const char *end) {
  while (from < end && c->n < TW_CURVE_LINES) {
    const char *comma = memchr(from, ',', (size_t)(end - from)), *stop = comma ? comma : end;
    if (!copy(c->quantity[c->n++], sizeof c->quantity[0], from, stop)) return false;
    from = stop + 1;
  }
  return from >= end && c->n > 0;
}

/* "a.x, b.x over load.P 0 W .. 5.5 kW", "a.x over a.z by load.P 0 W .. 5.5 kW" or "none: why". */
static bool read_comment(tw_characteristic *c, const char *text) {
  const char *end = text + strlen(text), *over = strstr(text, " over "), *dots = strstr(text, " .. ");
  *c = (tw_characteristic){0};
  if (!strncmp(text, "none: ", 6)) return copy(c->why, sizeof c->why, text + 6, end);
  if (!over || !dots || dots < over) return false;
  const char *path = over + 6, *space = strchr(path, ' '), *by = strstr(path, " by ");
  if (!copy(c->over, sizeof c->over, path, space)) return false;
  if (by) space = strchr(path = by + 4, ' ');
  return space && space < dots && read_quantities(c, text, over) && copy(c->by, sizeof c->by, path, space) &&
         copy(c->from, sizeof c->from, space, dots) && copy(c->to, sizeof c->to, dots + 4, end);
}

int tw_characteristics(const char *file, const char *text, tw_characteristic *list) {
  static const char mark[] = "<!-- characteristic:";
  int n = 0;
  for (const char *at = text; n < TW_CURVES && (at = strstr(at, mark)) != NULL; n++) {
    char line[600];
    const char *end = strstr(at, "-->");
    at += sizeof mark - 1;
    if (!end || !copy(line, sizeof line, at, end) || !read_comment(&list[n], line)) {
      fprintf(stderr,
          "racktwin: error: %s: a characteristic reads \"QUANTITY over PARAMETER FROM .. TO\", \"QUANTITY over QUANTITY by "
          "PARAMETER FROM .. TO\" or \"none: why\"\n",
          file);
      return -1;
    }
  }
  return n;
}

/* ---- the sweep --------------------------------------------------------------------------------------------------------------- */

typedef struct {
  const tw_description *model;
  int item, n;
  char last[64];
} found;

static void find(void *ctx, int item, const char *last) {
  found *f = ctx;
  f->item = item;
  f->n++;
  snprintf(f->last, sizeof f->last, "%s", last);
}

/* Exactly one item, and the number of its last word in `of` (params or outputs); -1 after a message. */
static int locate(const tw_session *s, const char *path, int *item, int (*index)(const tw_type *, const char *)) {
  found f = {.model = s->model};
  tw_match(s->model, path, find, &f);
  int k = f.n == 1 ? index(s->model->items[f.item].type, f.last) : -1;
  if (k < 0)
    fprintf(
        stderr, "racktwin: error: %s: the characteristic names %s, which is not one figure of one part\n", s->model->file, path);
  *item = f.item;
  return k;
}

/* The unit in which a person reads numbers of this size. */
static void unit_for_people(double si, const char *unit, char *buf, size_t size) {
  char shown[64];
  if (!strcmp(unit, "m3/s"))
    snprintf(buf, size, fabs(si) < 0.03 ? "L/min" : "m3/s");
  else if (!strcmp(unit, "1"))
    snprintf(buf, size, "1");
  else
    snprintf(buf, size, "%s", strchr(tw_display(si, unit, shown, sizeof shown), ' ') ? strchr(shown, ' ') + 1 : unit);
}

static int solve_at(tw_session *s, int item, int param, double value) {
  tw_steady_options how = {0};
  tw_steady_report report;
  tw_diagnostics ignored = {0};
  if (tw_network_set(s->net, item, param, -1, value) <= 0) return -1;
  tw_network_start(s->net, s->y);
  int status = tw_steady(s->net, s->solver, s->y, &how, &report, &ignored);
  tw_diagnostics_free(&ignored);
  if (!status) tw_network_observe(s->net, 0.0, s->y, s->net->zeros);
  return status;
}

static double observed(const tw_session *s, int item, int output) {
  const tw_batch *b = &s->net->batches[s->net->item_batch[item]];
  return b->out[output][s->net->item_instance[item] * s->net->lanes];
}

/* n numbers in SI to the unit that suits the largest of them. */
static void show_in_unit(double *v, int n, const char *si, char *unit, size_t size) {
  double largest = 0.0;
  for (int i = 0; i < n; i++)
    if (fabs(v[i]) > largest) largest = fabs(v[i]);
  unit_for_people(largest, si, unit, size);
  for (int i = 0; i < n; i++) tw_convert(v[i], si, unit, &v[i]);
}

typedef struct {
  int item, output;
  const char *unit;
} watched;

static bool watch(const tw_session *s, const char *path, watched *w) {
  w->output = locate(s, path, &w->item, tw_output_index);
  if (w->output < 0 || s->net->item_batch[w->item] < 0) return false;
  w->unit = s->model->items[w->item].type->outputs[w->output].unit;
  return true;
}

typedef struct {
  int item, param;
  const char *unit;
  double from, to;
} driven;

static bool drive(const tw_session *s, const tw_characteristic *c, driven *d) {
  char message[256] = "is empty";
  d->param = locate(s, c->by, &d->item, tw_param_index);
  if (d->param < 0) return false;
  d->unit = s->model->items[d->item].type->params[d->param].unit;
  d->from = tw_quantity_parse(c->from, d->unit, message, sizeof message);
  d->to = tw_quantity_parse(c->to, d->unit, message, sizeof message);
  if (d->from < d->to) return true;
  fprintf(stderr, "racktwin: error: %s: the range %s .. %s of a characteristic: %s\n", s->model->file, c->from, c->to, message);
  return false;
}

int tw_characteristic_sweep(tw_session *s, const tw_characteristic *c, tw_swept *out) {
  watched y[TW_CURVE_LINES], x = {0};
  driven by;
  bool fits = drive(s, c, &by), over = strcmp(c->over, c->by) != 0;
  if (fits && over) fits = watch(s, c->over, &x);
  for (int k = 0; k < c->n && fits; k++) fits = watch(s, c->quantity[k], &y[k]);
  if (!fits) return TW_EXIT_INPUT;
  int solved = 0;
  bool wide = by.from > 0.0 && by.to > 20.0 * by.from; /* then in equal ratios */
  for (int i = 0; i < TW_CURVE_POINTS; i++) {
    double share = (double)i / (TW_CURVE_POINTS - 1);
    double value = wide ? by.from * pow(by.to / by.from, share) : by.from + (by.to - by.from) * share;
    bool at = solve_at(s, by.item, by.param, value) == 0;
    out->x[i] = over ? at ? observed(s, x.item, x.output) : NAN : value;
    for (int k = 0; k < c->n; k++) out->y[k][i] = at ? observed(s, y[k].item, y[k].output) : NAN;
    solved += at;
  }
  if (!solved) {
    fprintf(stderr, "racktwin: error: %s: no point of the characteristic over %s has a solution\n", s->model->file, c->over);
    return TW_EXIT_NO_SOLUTION;
  }
  show_in_unit(out->x, TW_CURVE_POINTS, over ? x.unit : by.unit, out->x_unit, sizeof out->x_unit);
  show_in_unit(out->y[0], c->n * TW_CURVE_POINTS, y[0].unit, out->y_unit, sizeof out->y_unit);
  return 0;
}

/* ---- the page ---------------------------------------------------------------------------------------------------------------- */

char *tw_example_page(tw_session *s) {
  static const tw_options plain = {0};
  tw_steady_options how = {0};
  tw_steady_report report;
  if (tw_steady(s->net, s->solver, s->y, &how, &report, &s->diagnostics)) {
    tw_session_report(s, &plain, TW_EXIT_NO_SOLUTION);
    return NULL;
  }
  char *text = NULL;
  size_t size = 0;
  FILE *out = open_memstream(&text, &size);
  if (!out) return NULL;
  tw_results *r = tw_results_new(s->net, s->y, 0.0, &report);
  tw_page_print(out, r, false, false);
  tw_results_free(r);
  fclose(out);
  char *times = strstr(text, "Solved by ");
  if (times) *times = 0;
  return text;
}
