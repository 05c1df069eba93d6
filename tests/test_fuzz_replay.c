/* The corpora of the fuzzers through the same functions, with everything that they have ever found. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "fuzz/fuzz.h"

typedef struct {
  const char *folder;
  int (*run)(const uint8_t *data, size_t size);
} target;

static void replays(void **state) {
  const target *t = *state;
  const char *source = getenv("SOURCE_DIR");
  char folder[4096], path[5000];
  snprintf(folder, sizeof folder, "%s/tests/fuzz/corpus/%s", source ? source : ".", t->folder);
  DIR *d = opendir(folder);
  assert_non_null(d);
  int n = 0;
  for (const struct dirent *e; (e = readdir(d));) {
    static uint8_t data[1 << 20];
    if (e->d_name[0] == '.') continue;
    snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    size_t size = fread(data, 1, sizeof data, f);
    fclose(f);
    assert_int_equal(t->run(data, size), 0);
    n++;
  }
  closedir(d);
  assert_true(n >= 5);
}

int main(void) {
  static target targets[] = {
      {"xml", tw_fuzz_xml}, {"quantity", tw_fuzz_quantity}, {"csv", tw_fuzz_csv}, {"options", tw_fuzz_options}};
  struct CMUnitTest tests[sizeof targets / sizeof targets[0]];
  for (size_t k = 0; k < sizeof targets / sizeof targets[0]; k++)
    tests[k] = (struct CMUnitTest){targets[k].folder, replays, NULL, NULL, &targets[k]};
  return cmocka_run_group_tests_name("fuzz corpora", tests, NULL, NULL);
}
