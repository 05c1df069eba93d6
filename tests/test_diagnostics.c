#include "../racks/diagnostics.h"
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

static char file[] = "/tmp/racktwin-diag-XXXXXX";

static void write_source(const char *text) {
  FILE *f = fopen(file, "wb");
  assert_non_null(f);
  fputs(text, f);
  assert_int_equal(fclose(f), 0);
}

static int make_file(void **state) {
  (void)state;
  int handle = mkstemp(file);
  return handle < 0 ? -1 : close(handle);
}

static int remove_file(void **state) {
  (void)state;
  return unlink(file);
}

/* What is printed, with the file's name as FILE. */
static const char *printed(const tw_diagnostics *d, bool colour) {
  static char raw[20000], text[20000];
  FILE *f = tmpfile();
  assert_non_null(f);
  tw_diagnostics_print(d, f, colour);
  rewind(f);
  raw[fread(raw, 1, sizeof raw - 1, f)] = '\0';
  fclose(f);
  size_t n = 0;
  for (const char *s = raw; *s;) {
    bool name = strncmp(s, file, strlen(file)) == 0;
    memcpy(text + n, name ? "FILE" : s, name ? 4 : 1);
    n += name ? 4 : 1;
    s += name ? strlen(file) : 1;
  }
  text[n] = '\0';
  return text;
}

static void assert_prints(const char *source, tw_where where, const char *path, const char *expected) {
  tw_diagnostics d = {0};
  write_source(source);
  tw_diagnose(&d, TW_ERROR, 203, where, path, "R_on is %s", "missing");
  assert_string_equal(printed(&d, false), expected);
  tw_diagnostics_free(&d);
}

static void format(void **state) {
  (void)state;
  const char *xml = "<racktwin>\n  <vrm R_on=\"4.5 ohm\"/>\n</racktwin>\n";
  assert_prints(xml, (tw_where){file, 2, 8}, "tray[3].vrm[2]",
                "FILE:2:8: error: tray[3].vrm[2]: R_on is missing [RT0203]\n    <vrm R_on=\"4.5 ohm\"/>\n         ^\n");
  assert_prints(xml, (tw_where){file, 1, 1}, NULL, "FILE:1:1: error: R_on is missing [RT0203]\n  <racktwin>\n  ^\n");
  assert_prints(xml, (tw_where){file, 3, 99}, NULL,
                "FILE:3:99: error: R_on is missing [RT0203]\n  </racktwin>\n             ^\n");
  assert_prints(xml, (tw_where){file, 3, 0}, NULL, "FILE:3: error: R_on is missing [RT0203]\n  </racktwin>\n");
  assert_prints(xml, (tw_where){file, 9, 1}, NULL, "FILE:9:1: error: R_on is missing [RT0203]\n");
  assert_prints(xml, (tw_where){file, 0, 0}, NULL, "FILE: error: R_on is missing [RT0203]\n");
  assert_prints(xml, (tw_where){"/nonexistent/x.xml", 2, 1}, NULL, "/nonexistent/x.xml:2:1: error: R_on is missing [RT0203]\n");
  assert_prints(xml, (tw_where){NULL, 0, 0}, NULL, "racktwin: error: R_on is missing [RT0203]\n");
  assert_prints(xml, (tw_where){NULL, 0, 0}, "bus", "racktwin: error: bus: R_on is missing [RT0203]\n");
}

static void caret_stands_under_the_character(void **state) {
  (void)state;
  assert_prints("\t<a\tb=\"1\"/>\r\n", (tw_where){file, 1, 5}, NULL,
                "FILE:1:5: error: R_on is missing [RT0203]\n  \t<a\tb=\"1\"/>\n  \t  \t^\n");
  assert_prints("<\303\274\316\251 b/>\n", (tw_where){file, 1, 5}, NULL,
                "FILE:1:5: error: R_on is missing [RT0203]\n  <\303\274\316\251 b/>\n      ^\n");
  assert_prints("<e\314\201 b/>\n", (tw_where){file, 1, 5}, NULL,
                "FILE:1:5: error: R_on is missing [RT0203]\n  <e\314\201 b/>\n     ^\n");
}

static void files_cannot_steer_the_terminal(void **state) {
  (void)state;
  assert_prints("<a b=\"\033[2J\302\233\"\377/>\n", (tw_where){file, 1, 2}, "p\033q",
                "FILE:1:2: error: p?q: R_on is missing [RT0203]\n  <a b=\"?[2J?\"?/>\n   ^\n");
}

static void long_lines_are_cut_around_the_caret(void **state) {
  (void)state;
  char source[3001];
  memset(source, 'x', 3000);
  source[3000] = '\0';
  source[1499] = 'H';
  tw_diagnostics d = {0};
  write_source(source);
  tw_diagnose(&d, TW_ERROR, 203, (tw_where){file, 1, 1500}, NULL, "here");
  char text[2000];
  snprintf(text, sizeof text, "%s", printed(&d, false));
  char *line = strchr(text, '\n') + 1, *caret = strchr(line, '\n') + 1;
  assert_true(caret - line < 180);
  assert_memory_equal(line, "  ...x", 6);
  assert_memory_equal(caret - 5, "x...", 4);
  assert_int_equal(strchr(line, 'H') - line, strchr(caret, '^') - caret);
  tw_diagnostics_free(&d);
}

static void severities_and_colour(void **state) {
  (void)state;
  tw_diagnostics d = {0};
  tw_diagnose(&d, TW_WARNING, 606, (tw_where){0}, NULL, "a %d", 1);
  tw_diagnose(&d, TW_NOTE, 0, (tw_where){0}, "", "b");
  tw_diagnose(&d, TW_ERROR, 42, (tw_where){0}, NULL, "100%% c");
  assert_int_equal(d.n, 3);
  assert_int_equal(d.errors, 1);
  assert_int_equal(d.warnings, 1);
  assert_string_equal(printed(&d, false),
                      "racktwin: warning: a 1 [RT0606]\nracktwin: note: b\nracktwin: error: 100% c [RT0042]\n");
  assert_null(strchr(printed(&d, false), '\033'));
  assert_non_null(strstr(printed(&d, true), "\033[1;31merror:\033[0m 100% c"));
  tw_diagnostics_free(&d);
  assert_int_equal(d.n, 0);
  assert_null(d.items);
}

static void twenty_then_a_count(void **state) {
  (void)state;
  tw_diagnostics d = {0};
  for (int i = 1; i <= 20; i++) tw_diagnose(&d, TW_ERROR, 203, (tw_where){0}, NULL, "number %d", i);
  assert_null(strstr(printed(&d, false), "more"));
  for (int i = 21; i <= 57; i++) tw_diagnose(&d, TW_ERROR, 203, (tw_where){0}, NULL, "number %d", i);
  const char *text = printed(&d, false);
  assert_non_null(strstr(text, "number 1 ["));
  assert_true(strstr(text, "number 19 [") < strstr(text, "number 20 [")); /* in the order in which they were found */
  assert_null(strstr(text, "number 21"));
  assert_string_equal(strstr(text, "..."), "... and 37 more\n");
  assert_int_equal(d.errors, 57);
  tw_diagnostics_free(&d);
}

static void nearest_names(void **state) {
  (void)state;
  static const char *const names[] = {"efficiency", "V_nominal", "P_rated", "T_max", "R", "heat-exchanger", "quick-disconnect"};
  static const struct { const char *word, *near; } cases[] = {
      {"efficency", "efficiency"}, {"eficiency", "efficiency"}, {"effciiency", "efficiency"}, {"Efficiency", "efficiency"},
      {"v_nominal", "V_nominal"}, {"V-nominal", "V_nominal"}, {"P_ratd", "P_rated"}, {"Tmax", "T_max"},
      {"T_mxa", "T_max"}, {"r", "R"},
      {"heat_exchanger", "heat-exchanger"}, {"heatexchanger", "heat-exchanger"}, {"quick-disconect", "quick-disconnect"},
      {"x", NULL}, {"colour", NULL}, {"", NULL}, {"rated", NULL}, {"temperature", NULL}};
  for (int i = 0; i < COUNT(cases); i++) {
    const char *near = tw_nearest(cases[i].word, names, COUNT(names));
    if (!near != !cases[i].near || (near && strcmp(near, cases[i].near)))
      fail_msg("%s: %s", cases[i].word, near ? near : "nothing");
  }
  char long_word[300];
  memset(long_word, 'e', 299);
  long_word[299] = '\0';
  assert_null(tw_nearest(long_word, names, COUNT(names)));
  const char *const long_names[] = {long_word, "ee"};
  assert_string_equal(tw_nearest("eee", long_names, 2), "ee");
  assert_null(tw_nearest("R", names, 0));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(format), cmocka_unit_test(caret_stands_under_the_character),
      cmocka_unit_test(files_cannot_steer_the_terminal),
      cmocka_unit_test(long_lines_are_cut_around_the_caret), cmocka_unit_test(severities_and_colour),
      cmocka_unit_test(twenty_then_a_count), cmocka_unit_test(nearest_names)};
  return cmocka_run_group_tests(tests, make_file, remove_file);
}
