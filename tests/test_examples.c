/* racks/examples/: every file solves and its balances close, and every element has a file of its name that contains it. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "support/solved_model.h"

enum { MOST = 256 };
static const double allowed = 1e-9;

static const char *folder(void) {
  const char *source = getenv("SOURCE_DIR");
  return source ? source : ".";
}

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

/* Names of the examples, sorted, without ".xml". */
static int example_names(char **names) {
  char path[512];
  int n = 0;
  snprintf(path, sizeof path, "%s/racks/examples", folder());
  DIR *dir = opendir(path);
  if (!dir) return 0;
  for (struct dirent *e = readdir(dir); e && n < MOST; e = readdir(dir)) {
    size_t length = strlen(e->d_name);
    if (length < 5 || strcmp(e->d_name + length - 4, ".xml")) continue;
    names[n] = strdup(e->d_name);
    names[n++][length - 4] = '\0';
  }
  closedir(dir);
  qsort(names, (size_t)n, sizeof *names, by_name);
  return n;
}

/* As a component, or as the part that another names (power-stage). */
static bool contains(const tw_description *m, const char *element) {
  for (int i = 0; i < m->n_items; i++) {
    const tw_item *item = &m->items[i];
    if (!strcmp(item->type->element, element)) return true;
    for (int k = 0; item->type->params && item->type->params[k].id; k++) {
      const tw_param *p = &item->type->params[k];
      if (p->kind == TW_REFERENCE && item->values[k].text && !strcmp(p->choices, element)) return true;
    }
  }
  return false;
}

static void solves_and_closes(void **state) {
  const char *name = *state;
  char file[512];
  solved_model m;
  snprintf(file, sizeof file, "racks/examples/%s.xml", name);
  int status = model_open(&m, file, NULL, NULL, NULL);
  bool owns = !status && contains(m.model, name);
  if (!status) status = model_solve(&m);
  if (status) tw_diagnostics_print(&m.diagnostics, stderr, false);
  double energy = status ? 1.0 : model_imbalance(&m), mass = m.audit.mass, charge = m.audit.charge;
  model_close(&m);
  assert_int_equal(status, 0);
  if (!owns) fail_msg("it has no <%s>", name);
  if (!(energy <= allowed && mass <= allowed && charge <= allowed))
    fail_msg("balance: energy %.2g, mass %.2g, charge %.2g", energy, mass, charge);
}

static void every_element_has_one(void **state) {
  (void)state;
  int missing = 0;
  for (int k = 0; tw_registry[k]; k++) {
    char path[512];
    snprintf(path, sizeof path, "%s/racks/examples/%s.xml", folder(), tw_registry[k]->element);
    FILE *file = fopen(path, "r");
    if (file) fclose(file);
    else fprintf(stderr, "no example of <%s>\n", tw_registry[k]->element), missing++;
  }
  assert_int_equal(missing, 0);
}

int main(void) {
  static char *names[MOST];
  static struct CMUnitTest tests[MOST + 1];
  int n = example_names(names);
  if (!n) return 1;
  for (int k = 0; k < n; k++) tests[k] = (struct CMUnitTest){names[k], solves_and_closes, NULL, NULL, names[k]};
  tests[n] = (struct CMUnitTest)cmocka_unit_test(every_element_has_one);
  int failed = _cmocka_run_group_tests("examples", tests, (size_t)n + 1, NULL, NULL);
  for (int k = 0; k < n; k++) free(names[k]);
  return failed ? 1 : 0;
}
