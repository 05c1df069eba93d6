/* Uses every function of racktwin.h on the model argv[1] (the GB200 rack) and on argv[2] (an example with a scenario). Says nothing
 * and ends with 0 when all is as it should be; else says what is not. argv[3]: "json" prints the document of a solve instead. */
#include <math.h>
#include <racktwin.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failed;

static void ok(int condition, const char *text) {
  if (condition) return;
  failed = 1;
  printf("FAILED: %s\n", text);
  fflush(stdout);
}

static void steady(const char *file) {
  racktwin *r = racktwin_open(file, NULL);
  racktwin_summary all, idle;
  racktwin_quantity q;
  racktwin_margin m;
  ok(racktwin_status(r) == RACKTWIN_OK && !*racktwin_messages(r), "the rack opens");
  ok(strstr(racktwin_title(r), "GB200") != NULL, "it has a title");
  ok(isnan(racktwin_get(r, "tray[1].gpu[1].T_junction")) && racktwin_totals(r, &all) == -1 && !racktwin_json(r),
      "no results before a solve");
  ok(racktwin_solve(r, RACKTWIN_MARGIN) == RACKTWIN_OK, "it is solved with all limits kept");
  ok(racktwin_totals(r, &all) == 0 && all.grid_power > 100e3 && all.energy_imbalance < 1e-9 && all.loadability > 1.0, "totals");
  int n = racktwin_quantity_count(r), i = racktwin_find(r, "tray[1].gpu[1].T_junction");
  double *values = malloc((size_t)n * sizeof *values), T = racktwin_value(r, i);
  ok(n > 1000 && i >= 0 && racktwin_quantity_at(r, i, &q) == 0 && !strcmp(q.path, "tray[1].gpu[1].T_junction") &&
          !strcmp(q.unit, "K") && *q.doc,
      "a quantity by its number");
  ok(T > 300.0 && T < 373.0 && T == racktwin_get(r, q.path), "a quantity by its path");
  ok(racktwin_values(r, values, n) == n && values[i] == T && racktwin_values(r, values, 3) == 3, "all quantities at once");
  ok(racktwin_find(r, "tray.gpu.T_junction") == -1 && racktwin_quantity_at(r, n, &q) == -1,
      "what is not one quantity has no number");
  ok(racktwin_margin_count(r) > 100 && racktwin_margin_at(r, 0, &m) == 0 && m.margin >= 0.0 && m.at_most && m.value <= m.limit,
      "the tightest margin");
  ok(racktwin_set(r, "tray.gpu.utilisation", "50 %") == RACKTWIN_OK && racktwin_solve(r, RACKTWIN_WARM) == RACKTWIN_OK,
      "another load, from the last solution");
  ok(racktwin_totals(r, &idle) == 0 && idle.chip_power < 0.7 * all.chip_power && racktwin_get(r, "tray[1].gpu[1].T_junction") < T,
      "less power, cooler chips");
  ok(racktwin_set_number(r, "tray.gpu.utilisation", 1.0) == RACKTWIN_OK && racktwin_solve(r, 0) == RACKTWIN_OK, "back again");
  ok(fabs(racktwin_value(r, i) - T) < 1e-6, "to the same temperature");
  ok(racktwin_set(r, "feed-a.state", "open") == RACKTWIN_OK && racktwin_solve(r, RACKTWIN_WARM) <= RACKTWIN_LIMIT,
      "a feed switched off by its word");
  const char *json = racktwin_json(r);
  ok(json && strstr(json, "\"grid\""), "the JSON document");
  free(values);
  racktwin_close(r);
}

static void mistakes(const char *file) {
  racktwin_diagnostic d;
  const char *sets[] = {"tray.gpu.utilisation=2 kW"};
  racktwin_options wrong = {.sets = sets, .n_sets = 1};
  racktwin *r = racktwin_open(file, &wrong);
  ok(racktwin_status(r) == RACKTWIN_INPUT && racktwin_diagnostic_count(r) > 0, "a wrong --set is refused");
  ok(racktwin_diagnostic_at(r, 0, &d) == 0 && d.error && d.code > 0 && strstr(racktwin_messages(r), d.text), "with a diagnostic");
  ok(racktwin_solve(r, 0) == RACKTWIN_USAGE && racktwin_quantity_count(r) == 0 && isnan(racktwin_value(r, 0)),
      "a model that is not open has nothing");
  ok(racktwin_set(r, "a.b", "1") == RACKTWIN_USAGE && racktwin_run(r, "a", NULL) == RACKTWIN_USAGE &&
          !racktwin_scenario_name(r, 0),
      "and does nothing");
  racktwin_close(r);
  r = racktwin_open("no such file.xml", NULL);
  ok(racktwin_status(r) == RACKTWIN_INPUT && *racktwin_messages(r), "a missing file is told");
  racktwin_close(r);
  r = racktwin_open(file, NULL);
  ok(racktwin_set(r, "tray.gpu.utilisation", "2 V") == RACKTWIN_INPUT && racktwin_diagnostic_count(r) == 1, "a wrong unit");
  ok(racktwin_set(r, "tray.gpu.utilisation", "20") == RACKTWIN_INPUT, "out of range");
  ok(racktwin_set(r, "tray.gpu.colour", "20") == RACKTWIN_INPUT, "no such parameter");
  ok(racktwin_set(r, "feed-a.state", "half") == RACKTWIN_INPUT, "no such word");
  ok(racktwin_set(r, "cdu.pumps", "3") == RACKTWIN_INPUT, "the structure is fixed");
  ok(racktwin_set(r, "tray.gpu.utilisation", "80 %") == RACKTWIN_OK && racktwin_diagnostic_count(r) == 0,
      "after all of them, a right one");
  ok(racktwin_run(r, "nothing", NULL) == RACKTWIN_USAGE, "no such scenario");
  racktwin_close(r);
  racktwin_close(NULL);
}

typedef struct {
  int samples, events, stop_at;
  double t, warmest;
} seen;

static int on_sample(void *ctx, double t, racktwin *r) {
  seen *s = ctx;
  double T = racktwin_get(r, "run.cell[1].T_out");
  s->t = t;
  if (T > s->warmest) s->warmest = T;
  return ++s->samples == s->stop_at;
}

static int on_event(void *ctx, double t, const char *path, const char *what) {
  seen *s = ctx;
  s->events += t > 0.0 && *path && *what;
  return 0;
}

static void in_time(const char *file) {
  racktwin *r = racktwin_open(file, NULL);
  seen s = {0};
  racktwin_run_options o = {.every = 2.0, .ctx = &s, .sample = on_sample, .event = on_event};
  ok(racktwin_scenario_count(r) == 1 && !strcmp(racktwin_scenario_name(r, 0), "front"), "its scenario");
  ok(racktwin_run(r, "front", &o) == RACKTWIN_OK && s.samples == 31 && s.events == 1 && s.t == 60.0,
      "a run in time, sample by sample");
  ok(s.warmest > 312.0 && racktwin_get(r, "run.cell[1].T_out") > 312.0, "the warm front has come");
  s = (seen){.stop_at = 5};
  ok(racktwin_run(r, "front", &o) == RACKTWIN_STOPPED && s.samples == 5 && s.t < 60.0, "a callback ends the run");
  racktwin_close(r);
}

int main(int argc, char **argv) {
  if (argc == 4 && !strcmp(argv[3], "json")) {
    racktwin *r = racktwin_open(argv[1], NULL);
    if (racktwin_solve(r, 0) <= RACKTWIN_LIMIT) puts(racktwin_json(r));
    racktwin_close(r);
    return 0;
  }
  if (argc < 3) return 2;
  ok(*racktwin_version() != 0, "a version");
  steady(argv[1]);
  mistakes(argv[1]);
  in_time(argv[2]);
  return failed;
}
