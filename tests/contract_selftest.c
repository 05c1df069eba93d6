/* The checks of the contract see what they are for: each deliberately wrong component is complained of by its check, the
 * sound one by none. */
#include "contract/contract.h"
#include "contract/fakes.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

static void every_defect_is_found(void **context) {
  (void)context;
  int missed = 0;
  for (int k = 0; fakes[k].type; k++) {
    report r = {.element = fakes[k].type->element, .quiet = fakes[k].check >= 0};
    check_all(fakes[k].type, fakes_complex[k].type, NULL, &r);
    bool as_expected = fakes[k].check < 0 ? report_total(&r) == 0 : r.found[fakes[k].check] > 0;
    if (as_expected) continue;
    missed++;
    fprintf(stderr, "%s: %s\n", r.element, fakes[k].check < 0 ? "complained of" : check_names[fakes[k].check]);
  }
  assert_int_equal(missed, 0);
}

static void every_check_has_a_defect(void **context) {
  (void)context;
  bool seen[CHECKS] = {false};
  for (int k = 0; fakes[k].type; k++)
    if (fakes[k].check >= 0) seen[fakes[k].check] = true;
  for (int k = 0; k < CHECKS; k++)
    if (!seen[k]) fail_msg("no wrong component for the check \"%s\"", check_names[k]);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(every_check_has_a_defect), cmocka_unit_test(every_defect_is_found)};
  return cmocka_run_group_tests_name("contract of the contract", tests, NULL, NULL) ? 1 : 0;
}
