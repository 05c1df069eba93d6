/* Benchmark of the steady solve of one file: cold and after a 10 % load change, against the floor of one Newton iteration timed
 * in the same process on the same matrix, and the kernels by element type; and of the program beside this one, from the file to
 * its results. Prints a Markdown table; --write FILE also writes it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "../twin/memory.h"
#include "../twin/session.h"
#include "../twin/steady.h"

typedef struct { const char *name, *unit, *bar; double value; bool kept; } line;

static void print(FILE *out, const line *lines, int n, const char *file, const tw_session *s) {
  fprintf(out, "# Steady solve: the bars of one rack\n\n`bench_steady %s`: %d unknowns, %d nonzeros. Release build, shipped flags; times of one "
               "process on a shared machine, so that the ratios count.\n\n| quantity | value | bar | kept |\n|---|---|---|---|\n", file, s->net->n,
          s->net->nonzeros);
  for (int i = 0; i < n; i++) fprintf(out, "| %s | %.4g %s | %s | %s |\n", lines[i].name, lines[i].value, lines[i].unit, lines[i].bar, lines[i].kept ? "yes" : "no");
}

/* Time of one type's kernel in a Jacobian pass, which gives the residual too: the best of many short runs. */
typedef struct { const tw_batch *batch; double seconds; } share;

static int by_time(const void *a, const void *b) {
  double x = ((const share *)a)->seconds, y = ((const share *)b)->seconds;
  return (x < y) - (x > y);
}

static double split(const tw_session *s, share *of) {
  enum { RUNS = 200, CALLS = 20 };
  double *values = calloc((size_t)s->net->nonzeros, sizeof *values), sum = 0.0;
  if (!values) abort();
  for (int i = 0; i < s->net->n_batches; i++) {
    of[i] = (share){&s->net->batches[i], 1e30};
    for (int k = 0; k < RUNS; k++) {
      double t0 = tw_clock();
      for (int q = 0; q < CALLS; q++) tw_network_jacobian_of(s->net, i, 0.0, 0.0, s->y, NULL, values);
      double seconds = (tw_clock() - t0) / CALLS;
      if (seconds < of[i].seconds) of[i].seconds = seconds;
    }
    sum += of[i].seconds;
  }
  free(values);
  qsort(of, (size_t)s->net->n_batches, sizeof *of, by_time);
  return sum;
}

static void print_split(FILE *out, const share *of, int n, double sum) {
  fprintf(out, "\nResidual and Jacobian by element type: its kernel, gather and scatter; sum %.3g us.\n\n"
               "| element | instances | ns per instance | us | share |\n|---|---|---|---|---|\n", 1e6 * sum);
  for (int i = 0; i < n; i++)
    fprintf(out, "| %s | %d | %.3g | %.3g | %.3g %% |\n", of[i].batch->type->element, of[i].batch->n,
            1e9 * of[i].seconds / of[i].batch->n, 1e6 * of[i].seconds, 100.0 * of[i].seconds / sum);
}

/* The pieces of one iteration, each at its best: a shared machine only ever adds to a time. */
static bool best_floor(tw_session *s, tw_floor *best) {
  enum { RUNS = 40, CALLS = 20 };
  tw_floor f;
  *best = (tw_floor){1e30, 1e30, 1e30, 1e30};
  for (int k = 0; k < RUNS; k++) {
    if (!tw_solver_floor(s->solver, 0.0, s->y, s->net->n_stocks ? s->net->stock : NULL, CALLS, &f)) return false;
    if (f.residual < best->residual) best->residual = f.residual;
    if (f.jacobian < best->jacobian) best->jacobian = f.jacobian;
    if (f.refactor < best->refactor) best->refactor = f.refactor;
    if (f.solve < best->solve) best->solve = f.solve;
  }
  return true;
}

/* ---- the whole process ------------------------------------------------------------------------------------------------ */

typedef struct { double cpu, peak; } process; /* s of user and system; bytes */

static double children_cpu(long *peak) {
  struct rusage u;
  getrusage(RUSAGE_CHILDREN, &u);
  *peak = u.ru_maxrss;
  return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + 1e-6 * (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

/* `racktwin solve file -q -o folder`; cpu is NaN when it cannot be run. */
static process run_program(const char *beside, const char *file, const char *folder) {
  const char *slash = strrchr(beside, '/');
  char program[4096];
  long peak;
  int status = -1;
  snprintf(program, sizeof program, "%.*sracktwin", slash ? (int)(slash + 1 - beside) : 0, beside);
  double before = children_cpu(&peak);
  pid_t child = fork();
  if (child == 0) {
    execl(program, program, "solve", file, "-q", "-o", folder, (char *)NULL);
    _exit(127);
  }
  if (child < 0 || waitpid(child, &status, 0) != child || status != 0) return (process){NAN, NAN};
  double cpu = children_cpu(&peak) - before;
  return (process){cpu, 1024.0 * (double)peak};
}

static int by_cpu(const void *a, const void *b) {
  double x = ((const process *)a)->cpu, y = ((const process *)b)->cpu;
  return (x > y) - (x < y);
}

static process median_process(const char *beside, const char *file) {
  enum { RUNS = 21 };
  static const char *const files[] = {"summary.csv", "margins.csv", "connection.csv", "run.json"};
  char folder[] = "/tmp/bench-XXXXXX", path[64];
  process all[RUNS];
  if (!mkdtemp(folder)) return (process){NAN, NAN};
  for (int i = 0; i < RUNS; i++) all[i] = run_program(beside, file, folder);
  for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
    snprintf(path, sizeof path, "%s/%s", folder, files[i]);
    remove(path);
  }
  rmdir(folder);
  qsort(all, RUNS, sizeof all[0], by_cpu);
  return all[RUNS / 2];
}

/* ---- solves ------------------------------------------------------------------------------------------------------------- */

/* CPU time of this process: a solve is longer than the slice that a busy machine gives at a time. */
static double cpu_clock(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* A cold solve begins with the analysis of the matrix. */
static double best_solve(tw_session *s, bool warm, const double *from, int repeats, tw_steady_report *best) {
  double seconds = 1e30;
  for (int k = 0; k < repeats; k++) {
    tw_steady_report r;
    tw_diagnostics d = {0};
    if (from) memcpy(s->y, from, (size_t)s->net->n * sizeof *from);
    else tw_network_start(s->net, s->y);
    double t0 = cpu_clock();
    if (!warm) {
      tw_solver_free(s->solver);
      s->solver = tw_solver_new(&s->problem);
      if (!s->solver) return -1.0;
    }
    int status = tw_steady(s->net, s->solver, s->y, &(tw_steady_options){.warm = warm}, &r, &d);
    double t1 = cpu_clock() - t0;
    tw_diagnostics_free(&d);
    if (status) return -1.0;
    if (t1 < seconds) seconds = t1, *best = r;
  }
  return seconds;
}

/* All utilisations to a value. */
static void load(tw_network *net, double u) {
  for (int i = 0; i < net->model->n_items; i++) {
    int q = tw_param_index(net->model->items[i].type, "utilisation");
    if (net->item_batch[i] >= 0 && q >= 0) tw_network_set(net, i, q, -1, u);
  }
}

int main(int argc, char **argv) {
  enum { REPEATS = 100 }; /* as often as the floor, so that both are at their best */
  tw_keep_memory(); /* as the program does */
  const char *file = argc > 1 ? argv[1] : "racks/gb200-nvl72.xml";
  tw_options o = {.quiet = true};
  tw_session s;
  if (tw_session_open(&s, &o, file, NULL, true)) return 3;
  tw_steady_report cold, warm;
  double t_cold = best_solve(&s, false, NULL, REPEATS, &cold);
  tw_floor f;
  if (t_cold < 0.0 || !best_floor(&s, &f)) return 4;
  share *of = malloc((size_t)s.net->n_batches * sizeof *of);
  double *solved = malloc((size_t)s.net->n * sizeof *solved), F1 = f.jacobian + f.refactor + f.solve;
  if (!solved || !of) return 4;
  double sum = split(&s, of);
  memcpy(solved, s.y, (size_t)s.net->n * sizeof *solved);
  load(s.net, 0.9);
  double t_warm = best_solve(&s, true, solved, REPEATS, &warm);
  double budget = (1.3 * cold.report.factorisations + 9.0) * F1, fill = (double)cold.report.fill / s.net->nonzeros;
  process p = median_process(argv[0], file);
  const line lines[] = {
      {"F1: residual, Jacobian, refactorisation, solve", "us", "", 1e6 * F1, true},
      {"cold solve, analysis of the matrix included", "us", "", 1e6 * t_cold, true},
      {"cold solve / (1.3 factorisations F1 + 9 F1)", "", "<= 1", t_cold / budget, t_cold <= budget},
      {"factorisations of more than a quarter of the unknowns, cold", "", "<= 12", cold.report.factorisations, cold.report.factorisations <= 12},
      {"factorisations after a 10 % load change", "", "<= 4", warm.report.factorisations, warm.report.factorisations <= 4},
      {"solve after a 10 % load change", "us", "", 1e6 * t_warm, true},
      {"nonzeros of L + U / nonzeros", "", "<= 1.6", fill, fill <= 1.6},
      {"residual and Jacobian / (refactorisation + solve)", "", "<= 0.35", f.jacobian / (f.refactor + f.solve), f.jacobian <= 0.35 * (f.refactor + f.solve)},
      {"residual and Jacobian per unknown", "ns", "<= 15", 1e9 * f.jacobian / s.net->n, 1e9 * f.jacobian <= 15.0 * s.net->n},
      {"process `racktwin solve` with all its files, user and system CPU, median of 21", "ms", "<= 50", 1e3 * p.cpu, p.cpu <= 0.05},
      {"process, peak memory", "MiB", "<= 40", p.peak / 1048576.0, p.peak <= 40.0 * 1048576.0}};
  print(stdout, lines, (int)(sizeof lines / sizeof lines[0]), file, &s);
  print_split(stdout, of, s.net->n_batches, sum);
  if (argc > 3 && !strcmp(argv[2], "--write")) {
    FILE *out = fopen(argv[3], "w");
    if (!out) return 5;
    print(out, lines, (int)(sizeof lines / sizeof lines[0]), file, &s);
    print_split(out, of, s.net->n_batches, sum);
    if (fclose(out)) return 5;
  }
  free(solved);
  free(of);
  tw_session_close(&s);
  return 0;
}
