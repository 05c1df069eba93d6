/* Benchmark of a run in time: a 1 Hz trace on a rack, every chip with a trace of its own, a power supply that fails after a third
 * and a pump after two thirds; by SDIRK, by IDA as this program uses it and by IDA as it is packaged, on one residual and Jacobian,
 * with the same stops and the same quantities taken at each.
 * Then the hour again without failures and without the exchanges and checkpoints of the job, noise only: what a quiet hour costs, and
 * what its output costs.
 *   bench_transient [FILE [SECONDS]]: prints a section of docs/bench-time.md. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include "../twin/memory.h"
#include "../twin/output.h"
#include "../twin/session.h"
#include "../twin/steady.h"
#include "stock_ida.h"

static const double rtol = 1e-4, rtol_reference = 1e-6;

/* CPU time of this process: a run is longer than the slice that a busy machine gives at a time. */
static double cpu_clock(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* ---- the load ------------------------------------------------------------------------------------------------------------ */

/* A training job: 93 % but for an exchange of 2 s every 45 s and a checkpoint of 20 s at 35 % every 600 s, and 1.5 % of noise that
 * each chip has of its own (Park and Miller's generator, CACM 31 (1988) 1192). */
static double load_at(int second, bool quiet, unsigned *seed) {
  double u = quiet ? 0.93 : second % 600 >= 580 ? 0.35 : second % 45 >= 43 ? 0.5 : 0.93;
  *seed = (unsigned)(48271ULL * *seed % 2147483647ULL);
  return u + 0.015 * (2.0 * *seed / 2147483647.0 - 1.0);
}

typedef struct { tw_curve *curves; double *numbers; } traces;

static void drive_each_chip(tw_network *net, int seconds, bool quiet, traces *kept) {
  int n = 0;
  for (int i = 0; i < net->n_batches; i++) n += tw_param_index(net->batches[i].type, "utilisation") < 0 ? 0 : net->batches[i].n;
  size_t points = (size_t)seconds + 2;
  kept->curves = calloc((size_t)n, sizeof *kept->curves);
  kept->numbers = calloc(points * ((size_t)n + 1), sizeof *kept->numbers);
  net->driven = tw_alloc(net->arena, (size_t)n, sizeof *net->driven);
  net->n_driven = 0;
  if (!kept->curves || !kept->numbers) abort();
  for (size_t k = 0; k < points; k++) kept->numbers[k] = (double)k;
  for (int i = 0; i < net->n_batches; i++) {
    int param = tw_param_index(net->batches[i].type, "utilisation");
    for (int k = 0; param >= 0 && k < net->batches[i].n; k++) {
      tw_curve *c = &kept->curves[net->n_driven];
      unsigned seed = (unsigned)net->n_driven + 1;
      *c = (tw_curve){.n = (int)points, .x = kept->numbers, .y = kept->numbers + points * ((size_t)net->n_driven + 1),
                      .rule = TW_CURVE_LINEAR, .beyond = TW_BEYOND_HOLD};
      for (size_t s = 0; s < points; s++) c->y[s] = load_at((int)s, quiet, &seed);
      net->driven[net->n_driven++] = (tw_driven){.batch = i, .instance = k, .param = param, .over_time = c};
    }
  }
  net->drive_from = 0.0;
  net->drive_until = INFINITY;
  net->driven_at = -1.0;
}

/* The first primitive of an element; its state becomes that word's number. */
static void fail_first(tw_network *net, const char *element, double state) {
  for (int i = 0; i < net->model->n_items; i++) {
    if (net->item_batch[i] < 0 || strcmp(net->model->items[i].type->element, element)) continue;
    if (tw_network_set(net, i, tw_param_index(net->model->items[i].type, "state"), -1, state) != 1) abort();
    return;
  }
  fprintf(stderr, "bench_transient: the file has no %s\n", element);
  exit(3);
}

/* ---- what integrates ------------------------------------------------------------------------------------------------------ */

typedef struct {
  tw_transient *own;    /* NULL: stock, whose consistent starts a tw_transient makes too, as `starts` */
  tw_stock *stock;
  tw_transient *starts;
} method;

typedef struct {
  double seconds, seconds_restarts;               /* CPU */
  tw_transient_stats n;
  int restarts;
  long memory_before, memory_end;                   /* KiB, highest until three quarters and until the end */
  double *T, *P;                                  /* [seconds + 1][chips], [seconds + 1] */
  int chips;
} outcome;

static tw_arrival go(method *m, double stop, double *t, double *y, double *yd, int *fired) {
  return m->own ? tw_transient_step(m->own, stop, false, t, y, yd, fired) : tw_stock_step(m->stock, stop, t, y, yd, fired);
}

static void restart(tw_session *s, method *m, double t, double *yd, outcome *o) {
  tw_report r;
  double began = cpu_clock();
  do {
    if (tw_transient_restart(m->own ? m->own : m->starts, t, s->y, yd, &r) != TW_SOLVED) {
      fprintf(stderr, "bench_transient: no consistent state at %g s\n", t);
      exit(4);
    }
    o->restarts++;
  } while (tw_network_react(s->net, t, s->y, yd));
  if (m->stock) tw_stock_begin(m->stock, t, s->y, yd);
  o->seconds_restarts += cpu_clock() - began;
}

static long memory_now(void) {
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  return u.ru_maxrss;
}

/* ---- one run --------------------------------------------------------------------------------------------------------------- */

static int temperatures(const tw_network *net, double *out) {
  int n = 0;
  for (int i = 0; i < net->n_batches; i++) {
    const tw_batch *b = &net->batches[i];
    int q = tw_output_index(b->type, "T_junction");
    for (int k = 0; q >= 0 && k < b->n; k++, n++)
      if (out) out[n] = b->out[q][k];
  }
  return n;
}

static double grid_power(const tw_network *net) {
  double sum = 0.0;
  for (int i = 0; i < net->n_batches; i++) {
    const tw_batch *b = &net->batches[i];
    int q = b->type->stage == TW_STAGE_GRID ? tw_output_index(b->type, "power") : -1;
    for (int k = 0; q >= 0 && k < b->n; k++) sum += b->out[q][k];
  }
  return sum;
}

static void take(tw_session *s, int second, const double *yd, outcome *o) {
  tw_network_observe(s->net, second, s->y, yd);
  temperatures(s->net, o->T + (size_t)second * (size_t)o->chips);
  o->P[second] = grid_power(s->net);
}

static void one_second(tw_session *s, method *m, int second, double *t, double *yd, int *fired, outcome *o) {
  double failed_at = -1.0;
  while (*t < second) {
    tw_arrival at = go(m, second, t, s->y, yd, fired);
    if (at == TW_TIME_FAILED && *t > failed_at) { /* once more from there, as after an event */
      failed_at = *t;
      restart(s, m, *t, yd, o);
    } else if (at == TW_TIME_FAILED) {
      fprintf(stderr, "bench_transient: no way on from %g s\n", *t);
      exit(4);
    }
    if (at == TW_AT_EVENT && tw_network_react(s->net, *t, s->y, yd)) restart(s, m, *t, yd, o);
  }
}

typedef enum { BY_SDIRK, BY_IDA, BY_STOCK, QUIET } kind;

/* A rack in its steady state with its chips driven, ready to be integrated. */
typedef struct {
  tw_session s;
  traces kept;
  double *yd, *atol;
  int *fired;
  tw_transient_options options;
} stand;

static void set_up(stand *st, const char *file, kind how, double tolerance, int seconds) {
  tw_options none = {.quiet = true};
  tw_diagnostics d = {0};
  tw_steady_report steady;
  *st = (stand){0};
  tw_session *s = &st->s;
  if (tw_session_open(s, &none, file, NULL, true)) exit(3);
  drive_each_chip(s->net, seconds, how == QUIET, &st->kept);
  tw_network_start(s->net, s->y);
  if (tw_steady(s->net, s->solver, s->y, &(tw_steady_options){0}, &steady, &d)) exit(4);
  tw_network_observe(s->net, 0.0, s->y, NULL);
  size_t n = (size_t)s->net->n;
  st->yd = calloc(n, sizeof *st->yd);
  st->atol = calloc(n, sizeof *st->atol);
  st->fired = calloc((size_t)s->net->n_events + 1, sizeof *st->fired);
  if (!st->yd || !st->atol || !st->fired) abort();
  for (size_t i = 0; i < n; i++) st->atol[i] = 0.1 * tolerance * fmax(s->net->nominal[i], fabs(s->y[i]));
  st->options = (tw_transient_options){.rtol = tolerance, .h_max = 1.0, .atol = st->atol,
                                       .method = how == BY_SDIRK || how == QUIET ? TW_SDIRK : TW_IDA};
  tw_diagnostics_free(&d);
}

static void take_down(stand *st) {
  free(st->yd), free(st->atol), free(st->fired), free(st->kept.curves), free(st->kept.numbers);
  tw_session_close(&st->s);
}

static outcome run(const char *file, kind how, double tolerance, int seconds) {
  stand st;
  outcome o = {0};
  set_up(&st, file, how, tolerance, seconds);
  tw_session *s = &st.s;
  o.chips = temperatures(s->net, NULL);
  o.T = calloc(((size_t)seconds + 1) * (size_t)o.chips, sizeof *o.T);
  o.P = calloc((size_t)seconds + 1, sizeof *o.P);
  if (!o.T || !o.P) abort();
  for (size_t i = 0; i < ((size_t)seconds + 1) * (size_t)o.chips; i++) o.T[i] = NAN; /* its pages are not growth of the run */
  double t = 0.0, began = cpu_clock();
  tw_transient *x = tw_transient_new(s->solver, 0.0, s->y, st.yd, &st.options);
  method m = {.own = how == BY_STOCK ? NULL : x, .starts = x};
  if (how == BY_STOCK) m.stock = tw_stock_new(&s->problem, s->y, st.yd, &st.options);
  if (!x || (how == BY_STOCK && !m.stock)) abort();
  restart(s, &m, 0.0, st.yd, &o);
  take(s, 0, st.yd, &o);
  for (int second = 1; second <= seconds; second++) {
    one_second(s, &m, second, &t, st.yd, st.fired, &o);
    take(s, second, st.yd, &o);
    const char *failing = second == seconds / 3 ? "psu" : second == 2 * seconds / 3 ? "pump" : NULL;
    if (failing) fail_first(s->net, failing, 2.0), restart(s, &m, t, st.yd, &o);
    if (second == seconds - seconds / 4) o.memory_before = memory_now(); /* the failures are past: what they need stays */
  }
  o.seconds = cpu_clock() - began;
  o.memory_end = memory_now();
  if (m.own) tw_transient_statistics(m.own, &o.n);
  else tw_stock_statistics(m.stock, &o.n);
  tw_transient_free(x);
  tw_stock_free(m.stock);
  take_down(&st);
  return o;
}

/* ---- a quiet hour ---------------------------------------------------------------------------------------------------------- */

enum { HOUR = 3600 };

/* By SDIRK with noise only; each second a row of the default columns is written. seconds_output: CPU time of the rows. */
static outcome quiet_hour(const char *file, double *seconds_output) {
  stand st;
  outcome o = {0};
  set_up(&st, file, QUIET, rtol, HOUR);
  const char *place = getenv("TMPDIR");
  char folder[256], command[sizeof folder + 16];
  snprintf(folder, sizeof folder, "%.200s/racktwin-bench-XXXXXX", place ? place : "."); /* mkdtemp fills in the last six */
  int status = mkdtemp(folder) ? 0 : 5;
  tw_options out = {.quiet = true, .out = folder};
  tw_recorder *recorder = status ? NULL : tw_recorder_new(st.s.net, &out, &status);
  tw_transient *x = tw_transient_new(st.s.solver, 0.0, st.s.y, st.yd, &st.options);
  if (!recorder || !x) exit(5);
  double t = 0.0, began = cpu_clock();
  method m = {.own = x, .starts = x};
  restart(&st.s, &m, 0.0, st.yd, &o);
  for (int second = 1; second <= HOUR; second++) {
    one_second(&st.s, &m, second, &t, st.yd, st.fired, &o);
    double before = cpu_clock();
    tw_network_observe(st.s.net, t, st.s.y, st.yd);
    status = tw_recorder_sample(recorder, t, st.s.net);
    *seconds_output += cpu_clock() - before;
    if (status) exit(5);
  }
  o.seconds = cpu_clock() - began;
  tw_transient_statistics(x, &o.n);
  tw_transient_free(x);
  tw_recorder_close(recorder, true);
  take_down(&st);
  snprintf(command, sizeof command, "rm -r '%s'", folder);
  if (system(command)) fprintf(stderr, "bench_transient: %s stays\n", folder);
  return o;
}

/* ---- table ---------------------------------------------------------------------------------------------------------------- */

static double worst_difference(const double *a, const double *b, size_t n) {
  double worst = 0.0;
  for (size_t i = 0; i < n; i++) worst = fmax(worst, fabs(a[i] - b[i]));
  return worst;
}

static void bar(const char *what, double value, const char *unit, double most) {
  printf("| %s | %.3g %s | <= %g | %s |\n", what, value, unit, most, value <= most ? "yes" : "no");
}

static void table(const char *file, int seconds, const outcome *of, const outcome *quiet, double output, double F1) {
  static const char *const names[] = {"SDIRK, rtol 1e-4", "IDA of this program, rtol 1e-4", "IDA as packaged, rtol 1e-4", "IDA, rtol 1e-6"};
  const outcome *sdirk = &of[0], *stock = &of[2], *reference = &of[3];
  size_t values = ((size_t)seconds + 1) * (size_t)sdirk->chips;
  printf("`bench_transient %s %d`: %d s of a 1 Hz trace, every chip with its own, a failing power supply and a failing pump; CPU times "
         "of one process on a shared machine, so that the ratios count. Errors are the largest of all junctions at all seconds against "
         "the last row. A restart follows each change of a discrete state, nearly all of them phases of voltage regulators.\n\n"
         "| method | CPU s | steps | factorisations | residuals | restarts | junctions K | grid W |\n|---|---|---|---|---|---|---|---|\n",
         file, seconds, seconds);
  for (int k = 0; k < 4; k++)
    printf("| %s | %.3g | %ld | %ld | %ld | %d | %.3g | %.3g |\n", names[k], of[k].seconds, of[k].n.steps, of[k].n.factorisations,
            of[k].n.residuals, of[k].restarts, worst_difference(of[k].T, reference->T, values),
            worst_difference(of[k].P, reference->P, (size_t)seconds + 1));
  printf("\n| quantity | value | bar | kept |\n|---|---|---|---|\n");
  bar("SDIRK / IDA as packaged, CPU time", sdirk->seconds / stock->seconds, "", 0.4);
  bar("SDIRK, junction temperature", worst_difference(sdirk->T, reference->T, values), "K", 0.03);
  bar("restart after an event / F1 (residual, Jacobian, refactorisation, solve)",
      sdirk->seconds_restarts / sdirk->restarts / F1, "", 15.0);
  printf("| a quiet hour: noise only, %d restarts, CPU time | %.3g s |  | |\n", quiet->restarts, quiet->seconds);
  bar("a quiet hour, factorisations", (double)quiet->n.factorisations, "", 20.0);
  printf("| a row of the series with the default columns | %.3g us |  | |\n", 1e6 * output / HOUR);
  bar("rows at 1 Hz / SDIRK, CPU time", output / HOUR * seconds / sdirk->seconds, "", 0.1);
  bar("growth of memory in the last quarter of SDIRK's run", (double)(sdirk->memory_end - sdirk->memory_before) / 1024.0, "MiB", 0.5);
}

static double floor_of(const char *file) {
  tw_options none = {.quiet = true};
  tw_session s;
  tw_floor f;
  tw_steady_report r;
  tw_diagnostics d = {0};
  if (tw_session_open(&s, &none, file, NULL, true)) exit(3);
  tw_network_start(s.net, s.y);
  bool done = !tw_steady(s.net, s.solver, s.y, &(tw_steady_options){0}, &r, &d) &&
              tw_solver_floor(s.solver, 0.0, s.y, s.net->n_stocks ? s.net->stock : NULL, 400, &f);
  tw_session_close(&s);
  return done ? f.jacobian + f.refactor + f.solve : NAN;
}

int main(int argc, char **argv) {
  tw_keep_memory(); /* as the program does */
  const char *file = argc > 1 ? argv[1] : "racks/gb200-nvl72.xml";
  int seconds = argc > 2 ? atoi(argv[2]) : 3600;
  if (seconds < 3) return 2;
  double F1 = floor_of(file);
  outcome of[4];
  for (int k = 0; k < 3; k++) of[k] = run(file, (kind)k, rtol, seconds);
  of[3] = run(file, BY_IDA, rtol_reference, seconds);
  double output = 0.0;
  outcome quiet = quiet_hour(file, &output);
  table(file, seconds, of, &quiet, output, F1);
  for (int k = 0; k < 4; k++) free(of[k].T), free(of[k].P);
  return 0;
}
