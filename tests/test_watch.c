/* Limits over a run: the tightest margin with its time, the first violation, and the exit code of `run`. */
#include "support/bench.h"
#include <sys/wait.h>
#include "../twin/watch.h"

/* A lump of RC = 200 s, 100 W from 10 s to 110 s: 20 degC + 50 K (1 - exp(-100 s / 200 s)) = 39.67 degC at 110 s, then it cools. */
#define PULSE(limits)                                                                                                           \
  "<heat-source id='h' P='100 W' utilisation='0 %'/><heat-capacity id='c' C='400 J/K' " limits "/>"                               \
  "<thermal-resistance id='r' R='0.5 K/W'/><fixed-temperature id='t' T='20 degC'/>"                                              \
  "<connect from='h.heat' to='c.heat'/><connect from='c.heat' to='r.a'/><connect from='r.b' to='t.heat'/>"                        \
  "<limit of='t.Q_dot' max='1 kW'/><limit of='h.Q_dot' min='-1 W'/>"                                                              \
  "<scenario id='s' duration='1000 s' every='250 s'><event at='10 s' set='h.utilisation' value='100 %'/>"                         \
  "<event at='110 s' set='h.utilisation' value='0 %'/></scenario>"

static void look(void *ctx, double t, const double *y, const tw_energies *powers) {
  (void)y, (void)powers;
  tw_watch_look(ctx, t);
}

static const tw_margin *margin_of(const tw_margin *list, int n, const char *path, const char *quantity) {
  for (int i = 0; i < n; i++)
    if (!strcmp(list[i].path, path) && !strcmp(list[i].quantity, quantity)) return &list[i];
  fail_msg("%s.%s is not watched", path, quantity);
  return NULL;
}

static tw_watch *watched(solved_model *m, const char *body) {
  tw_run_report r;
  bench_build(m, body);
  tw_watch *w = tw_watch_new(m->net);
  tw_run_options o = {.rtol = 1e-6, .ctx = w, .step = look};
  assert_int_equal(tw_run(m->net, m->solver, &m->model->scenarios[0], m->y, &o, &r, &m->diagnostics), 0);
  return w;
}

static void finds_the_tightest_moment(void **state) {
  (void)state;
  solved_model m;
  int n, broken;
  tw_watch *w = watched(&m, PULSE("T_max='45 degC'"));
  const tw_margin *list = tw_watch_margins(w, &n, &broken);
  assert_int_equal(n, 3);
  assert_int_equal(broken, 0);
  const tw_margin *c = margin_of(list, n, "c", "T");
  double top = 293.15 + 50.0 * (1.0 - exp(-0.5));
  assert_near(c->t, 110.0, 1e-9);
  assert_near(c->value, top, 1e-3);
  assert_near(c->margin, 318.15 - top, 1e-3);
  assert_true(isnan(c->t_broken));
  assert_near(margin_of(list, n, "h", "Q_dot")->t, 0.0, 0.0); /* 0 W of at least -1 W: the first of equal moments */
  tw_watch_free(w);
  model_close(&m);
}

/* 36 degC is passed at 10 s + 200 s ln(50 / 34) = 87.1 s and left again long before the end and between two samples. */
static void a_passing_violation_counts(void **state) {
  (void)state;
  solved_model m;
  int n, broken;
  tw_watch *w = watched(&m, PULSE("T_max='36 degC'"));
  const tw_margin *list = tw_watch_margins(w, &n, &broken);
  assert_int_equal(broken, 1);
  assert_string_equal(list[0].path, "c"); /* broken ones come first */
  assert_true(list[0].margin < 0.0);
  double passed = 10.0 + 200.0 * log(50.0 / 34.0);
  assert_near(list[0].t_broken, passed, 0.2); /* straight over a step: h^2 / 8 over the 200 s, for steps of up to 16 s */
  assert_near(list[0].t, 110.0, 1e-9);
  assert_true(bench_output(m.net, "c", "T", 0) < 309.0); /* at the end it is kept */
  tw_watch_free(w);
  model_close(&m);
}

/* A limit that an event changes counts as it is at the time. */
static void limits_may_change(void **state) {
  (void)state;
  solved_model m;
  int n, broken;
  bench_build(&m, PULSE("T_max='45 degC'"));
  tw_watch *w = tw_watch_new(m.net);
  tw_network_observe(m.net, 0.0, m.y, NULL);
  tw_watch_look(w, 0.0);
  tw_watch_look(w, 1.0);
  bench_set(m.net, "c", "T_max", -1, 280.0);
  tw_watch_look(w, 1.0);
  const tw_margin *c = tw_watch_margins(w, &n, &broken);
  assert_int_equal(broken, 1);
  assert_near(c->limit, 280.0, 0.0);
  assert_near(c->t_broken, 1.0, 0.0);
  tw_watch_free(w);
  model_close(&m);
}

/* ---- the program ------------------------------------------------------------------------------------------------------------ */

static int run_program(const char *limits, const char *folder) {
  char file[] = "/tmp/racktwin-watch-XXXXXX", command[512];
  int fd = mkstemp(file);
  FILE *out = fd < 0 ? NULL : fdopen(fd, "w");
  assert_non_null(out);
  fprintf(out, "<racktwin xmlns=\"urn:racktwin:1\" version=\"1\">%s</racktwin>\n", limits);
  fclose(out);
  snprintf(command, sizeof command, "\"${RACKTWIN:-racktwin}\" run %s -s s -q -o %s", file, folder);
  int status = system(command);
  remove(file);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void the_exit_code_tells(void **state) {
  (void)state;
  static const char *const files[] = {"series.csv", "series.gp", "events.csv", "margins.csv", "summary.csv", "run.json"};
  char folder[] = "/tmp/racktwin-watch-XXXXXX", path[256], line[256] = "", head[256] = "";
  assert_non_null(mkdtemp(folder));
  assert_int_equal(run_program(PULSE("T_max='45 degC'"), folder), 0);
  assert_int_equal(run_program(PULSE("T_max='36 degC'"), folder), 1);
  snprintf(path, sizeof path, "%s/margins.csv", folder);
  FILE *in = fopen(path, "r");
  assert_non_null(in);
  assert_true(fgets(head, sizeof head, in) && fgets(line, sizeof line, in));
  fclose(in);
  assert_string_equal(head, "path,quantity,unit,value,sense,limit,margin,broken,time [s],first broken [s],source,quality\n");
  assert_true(!strncmp(line, "c,T,degC,39.67", 14) && strstr(line, ",at most,36,") && strstr(line, ",yes,110,"));
  for (int i = 0; i < TW_COUNT(files); i++) {
    snprintf(path, sizeof path, "%s/%s", folder, files[i]);
    assert_int_equal(remove(path), 0);
  }
  assert_int_equal(remove(folder), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(finds_the_tightest_moment),
      cmocka_unit_test(a_passing_violation_counts),
      cmocka_unit_test(limits_may_change),
      cmocka_unit_test(the_exit_code_tells)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
