/* Every element of the registry keeps the contract of component.h. One test per element; contract_components NAME... runs
 * only these. */
#include "contract/contract.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

extern const tw_type *const tw_registry_complex[];

typedef struct { const tw_type *type, *twin; } pair;

static void keeps_the_contract(void **context) {
  const pair *p = *context;
  report r = {.element = p->type->element};
  check_all(p->type, p->twin, getenv("SOURCE_DIR"), &r);
  if (report_total(&r) == 0) return;
  for (int k = 0; k < CHECKS; k++)
    if (r.found[k]) fprintf(stderr, "%s: %d findings: %s\n", r.element, r.found[k], check_names[k]);
  fail_msg("%s breaks the contract", r.element);
}

static void registry_is_sorted(void **context) {
  (void)context;
  for (int k = 0; tw_registry[k]; k++) {
    assert_non_null(tw_registry_complex[k]);
    assert_string_equal(tw_registry[k]->element, tw_registry_complex[k]->element);
    if (k) assert_true(strcmp(tw_registry[k - 1]->element, tw_registry[k]->element) < 0);
  }
}

static bool wanted(const char *element, int argc, char **argv) {
  for (int k = 1; k < argc; k++)
    if (!strcmp(argv[k], element)) return true;
  return argc < 2;
}

int main(int argc, char **argv) {
  int n = 0, count = 0;
  while (tw_registry[count]) count++;
  struct CMUnitTest *tests = calloc((size_t)count + 1, sizeof(*tests));
  pair *pairs = calloc((size_t)count + 1, sizeof(*pairs));
  if (!tests || !pairs) return 1;
  tests[n++] = (struct CMUnitTest)cmocka_unit_test(registry_is_sorted);
  for (int k = 0; k < count; k++) {
    if (!wanted(tw_registry[k]->element, argc, argv)) continue;
    pairs[k] = (pair){tw_registry[k], tw_registry_complex[k]};
    tests[n++] = (struct CMUnitTest){tw_registry[k]->element, keeps_the_contract, NULL, NULL, &pairs[k]};
  }
  int failed = _cmocka_run_group_tests("components", tests, (size_t)n, NULL, NULL);
  free(tests);
  free(pairs);
  return failed ? 1 : 0;
}
