#include "../racks/csv_in.h"
#include "../racks/diagnostic_codes.h"
#include "../viz/csv.h"
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

static char folder[] = "/tmp/racktwin-csv-XXXXXX";

static const char *in_folder(const char *name) {
  static char path[200];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  return path;
}

static int make_folder(void **state) {
  (void)state;
  return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state) {
  (void)state;
  return rmdir(folder);
}

static void write_file(const char *name, const char *bytes, size_t n) {
  FILE *f = fopen(in_folder(name), "wb");
  assert_non_null(f);
  assert_int_equal(fwrite(bytes, 1, n, f), n);
  assert_int_equal(fclose(f), 0);
}

static char *read_back(const char *name) {
  static char text[4000];
  FILE *f = fopen(in_folder(name), "rb");
  if (!f) return NULL;
  text[fread(text, 1, sizeof text - 1, f)] = '\0';
  fclose(f);
  return text;
}

static bool exists(const char *name) { return access(in_folder(name), F_OK) == 0; }

/* ---- reading ---------------------------------------------------------------------------------------------------------- */

typedef struct { tw_arena *arena; tw_diagnostics d; tw_csv_in *t; } source;

static source open_bytes(const char *bytes, size_t n) {
  source s = {.arena = tw_arena_new()};
  write_file("in.csv", bytes, n);
  s.t = tw_csv_in_read(in_folder("in.csv"), TW_E_CURVE, (tw_where){0}, s.arena, &s.d);
  unlink(in_folder("in.csv"));
  return s;
}

static source open_text(const char *text) { return open_bytes(text, strlen(text)); }

static void release(source *s) {
  tw_diagnostics_free(&s->d);
  tw_arena_free(s->arena);
}

static void assert_table(const char *text, const double *expected) {
  source s = open_text(text);
  if (!s.t) fail_msg("%s: %s", text, s.d.items[0].text);
  assert_int_equal(s.t->columns, 2);
  assert_int_equal(s.t->rows, 2);
  const double *x = tw_csv_in_values(s.t, tw_csv_in_find(s.t, "time", 1, &s.d), "s", false, 1, s.arena, &s.d);
  const double *y = tw_csv_in_values(s.t, tw_csv_in_find(s.t, "tray[3].T", 1, &s.d), "K", false, 1, s.arena, &s.d);
  assert_non_null(x);
  assert_non_null(y);
  assert_memory_equal(x, expected, 2 * sizeof(double));
  assert_memory_equal(y, expected + 2, 2 * sizeof(double));
  assert_int_equal(s.d.n, 0);
  release(&s);
}

static void forms_of_one_table(void **state) {
  (void)state;
  const double expected[] = {0.0, 0.5, 25.5 + 273.15, -3.0 + 273.15};
  assert_table("time [ms],tray[3].T [degC]\n0,25.5\n500,-3\n", expected);
  assert_table("time [ms],tray[3].T [degC]\n0,25.5\n500,-3", expected);
  assert_table("time [ms],tray[3].T [degC]\r\n0,25.5\r\n500,-3\r\n", expected);
  assert_table("\357\273\277time [ms],tray[3].T [degC]\n0,25.5\n500,-3\n", expected);
  assert_table("# a trace, measured\n#\ntime [ms],tray[3].T [degC]\n0,25.5\n500,-3\n", expected);
  assert_table("\"time [ms]\",\"tray[3].T [degC]\"\n\"0\",\"25.5\"\n500,\"-3\"\n", expected);
  assert_table(" time  [ms] , tray[3].T [degC]\n 0 ,25.5\n5e2, -3.0 \n", expected);
  assert_table("tray[3].T [\302\260C],time [s]\n25.5,0\n-3,.5\n", expected);
}

static void headers(void **state) {
  (void)state;
  source s = open_text("load,\"eta, all \"\"in\"\"\",gpu[1] [1],pump [1] [L/min]\n1,2,3,4\n");
  assert_non_null(s.t);
  assert_string_equal(s.t->column[0].name, "load");
  assert_string_equal(s.t->column[0].unit, "");
  assert_string_equal(s.t->column[1].name, "eta, all \"in\"");
  assert_string_equal(s.t->column[2].name, "gpu[1]");
  assert_string_equal(s.t->column[2].unit, "1");
  assert_string_equal(s.t->column[3].name, "pump [1]");
  assert_string_equal(s.t->column[3].unit, "L/min");
  assert_int_equal(s.t->column[1].where.col, 6);
  release(&s);
}

static void missing_and_text(void **state) {
  (void)state;
  source s = open_text("time [s],stamp,P [kW]\n0,2026-01-01T00:00,1\n1,later,\n2,,3\n");
  assert_non_null(s.t);
  const double *p = tw_csv_in_values(s.t, 2, "W", true, 1, s.arena, &s.d);
  assert_non_null(p);
  assert_true(p[0] >= 1000.0 && p[0] <= 1000.0 && isnan(p[1]) && p[2] >= 3000.0);
  assert_int_equal(s.d.n, 0);
  assert_null(tw_csv_in_values(s.t, 2, "W", false, 204, s.arena, &s.d));
  assert_non_null(strstr(s.d.items[0].text, "column \"P\": a value is missing"));
  assert_int_equal(s.d.items[0].where.line, 3);
  assert_int_equal(s.d.items[0].where.col, 9);
  assert_null(tw_csv_in_values(s.t, 1, "1", true, 204, s.arena, &s.d));
  assert_non_null(strstr(s.d.items[1].text, "column \"stamp\": this is not a decimal number"));
  assert_int_equal(s.d.items[1].where.line, 2);
  assert_int_equal(s.d.items[1].where.col, 3);
  assert_null(tw_csv_in_values(s.t, 0, "W", false, 204, s.arena, &s.d));
  assert_string_equal(s.d.items[2].text, "column \"time\" is a power: \"s\" is a time; write for example 5.5 kW");
  assert_int_equal(tw_csv_in_find(s.t, "tme", 204, &s.d), -1);
  assert_string_equal(s.d.items[3].text, "there is no column called \"tme\"; did you mean \"time\"?");
  assert_int_equal(tw_csv_in_find(s.t, "pressure", 204, &s.d), -1);
  assert_string_equal(s.d.items[4].text, "there is no column called \"pressure\"");
  assert_int_equal(s.d.errors, 5);
  release(&s);
}

static void mistakes_have_places(void **state) {
  (void)state;
  static const struct { const char *text; int line, col; const char *says; } cases[] = {
      {"", 1, 1, "the header row is missing"},
      {"# only a comment\n", 2, 1, "the header row is missing"},
      {"\na,b\n", 1, 1, "the header row is missing"},
      {"a,b\n", 2, 1, "there are no rows"},
      {"a,b\n1,2\n3\n", 3, 1, "this row has 1 field, but the header has 2 columns"},
      {"a,b\n1,2,3\n", 2, 1, "this row has 3 fields, but the header has 2 columns"},
      {"a,b\n1,5,2,5\n", 2, 1, "is there a decimal comma?"},
      {"a,b\n1,2\n\n3,4\n", 3, 1, "empty line"},
      {"a;b\n1;2\n", 1, 1, "not by ';'"},
      {"a,a\n1,2\n", 1, 3, "two columns called \"a\""},
      {"a,\n1,2\n", 1, 3, "no name"},
      {"[s],b\n1,2\n", 1, 1, "no name"},
      {"a [],b\n1,2\n", 1, 1, "no unit"},
      {"a,b\n1,\"2\n", 2, 3, "never closed"},
      {"a,b\n1,\"2\"x\n", 2, 6, "after a closing quote"},
      {"\303\244,b\n1,2\"\n", 2, 4, "must be quoted itself"},
      {"\303\244\303\244,b\"\n", 1, 5, "must be quoted itself"},
      {"a,b\r1,2\r", 1, 4, "not with CR alone"}};
  for (int i = 0; i < COUNT(cases); i++) {
    source s = open_text(cases[i].text);
    if (s.t) fail_msg("taken: %s", cases[i].text);
    assert_int_equal(s.d.n, 1);
    const tw_diagnostic *d = &s.d.items[0];
    if (!strstr(d->text, cases[i].says)) fail_msg("%s says: %s", cases[i].text, d->text);
    if (d->where.line != cases[i].line || d->where.col != cases[i].col)
      fail_msg("%s: at %d:%d, not %d:%d", cases[i].text, d->where.line, d->where.col, cases[i].line, cases[i].col);
    assert_int_equal(d->code, TW_E_CURVE);
    release(&s);
  }
  source s = open_bytes("a,b\n1,\0\n", 8);
  assert_null(s.t);
  assert_non_null(strstr(s.d.items[0].text, "NUL byte"));
  release(&s);
  char long_quote[1000] = "a,b\n1,\"";
  memset(long_quote + 7, '2', 900);
  s = open_text(long_quote);
  assert_null(s.t);
  assert_non_null(strstr(s.d.items[0].text, "too long"));
  release(&s);
}

static void files_that_cannot_be_read(void **state) {
  (void)state;
  tw_arena *a = tw_arena_new();
  tw_diagnostics d = {0};
  assert_null(tw_csv_in_read(in_folder("none.csv"), TW_E_CURVE, (tw_where){"model.xml", 7, 3}, a, &d));
  assert_null(tw_csv_in_read(folder, TW_E_CURVE, (tw_where){"model.xml", 7, 3}, a, &d));
  assert_int_equal(d.errors, 2);
  assert_int_equal(d.items[0].code, TW_E_FILE);
  assert_int_equal(d.items[0].where.line, 7);
  assert_non_null(strstr(d.items[0].text, "none.csv\" cannot be read: No such file"));
  assert_non_null(strstr(d.items[1].text, "not a regular file"));
  tw_diagnostics_free(&d);
  tw_arena_free(a);
}

/* ---- writing ---------------------------------------------------------------------------------------------------------- */

static void writes_what_rfc_4180_says(void **state) {
  (void)state;
  tw_csv *c = tw_csv_open(in_folder("out.csv"), 17);
  assert_non_null(c);
  tw_csv_series(c, "time", "s");
  tw_csv_series(c, "tray[3].gpu[1].T_junction", "degC");
  tw_csv_series(c, "count", NULL);
  tw_csv_series(c, "a,\"b\"", "W");
  assert_int_equal(tw_csv_end(c), 0);
  tw_csv_number(c, 0.1);
  tw_csv_number(c, NAN);
  tw_csv_text(c, "two\nlines");
  tw_csv_text(c, "");
  assert_int_equal(tw_csv_end(c), 0);
  assert_true(exists("out.csv.part") && !exists("out.csv"));
  assert_int_equal(tw_csv_close(c), 0);
  assert_false(exists("out.csv.part"));
  assert_string_equal(read_back("out.csv"),
                      "time [s],tray[3].gpu[1].T_junction [degC],count,\"a,\"\"b\"\" [W]\"\n0.1,,\"two\nlines\",\n");
  unlink(in_folder("out.csv"));
}

static void numbers(void **state) {
  (void)state;
  static const struct { double value; int digits; const char *text; } cases[] = {
      {0, 17, "0"}, {-0.0, 17, "0"}, {1, 17, "1"}, {-42, 17, "-42"}, {1e6, 17, "1000000"},
      {123456789012345, 17, "123456789012345"},
      {1e15, 17, "1e+15"}, {0.1, 17, "0.1"}, {0.1 + 0.2, 17, "0.30000000000000004"}, {1.0 / 3.0, 17, "0.3333333333333333"},
      {1.0 / 3.0, 9, "0.333333333"}, {2.0 / 3.0, 12, "0.666666666667"}, {308.15, 9, "308.15"}, {123456789.7, 9, "123456790"},
      {1234567891, 9, "1.23456789e+09"}, {1e-7, 17, "1e-07"}, {5e22, 17, "5e+22"},
      {1.7976931348623157e308, 17, "1.7976931348623157e+308"},
      {-2.2250738585072014e-308, 17, "-2.2250738585072014e-308"}, {INFINITY, 17, "inf"}, {-INFINITY, 17, "-inf"}, {NAN, 17, ""}};
  char text[32];
  for (int i = 0; i < COUNT(cases); i++) {
    int n = tw_number_format(cases[i].value, cases[i].digits, text);
    assert_string_equal(text, cases[i].text);
    assert_int_equal(n, strlen(text));
  }
}

/* The short way to decimals and the C library's, which rounds exactly: many sizes, next to ties and to powers of ten. */
static void numbers_are_rounded_as_printf_does(void **state) {
  (void)state;
  uint64_t s = 88172645463325252u;
  int compared = 0;
  for (int k = 0; k < 300000; k++) {
    s ^= s << 13, s ^= s >> 7, s ^= s << 17;
    int digits = 9 + (int)(s >> 60) % 7, power = (int)(s >> 40 & 63) - 48;
    double value = (double)(s >> 12 & 0xfffffffffff) * pow(10.0, power - 12);
    if (k % 3 == 0) value = ((double)(s >> 24 & 0xffffffff) + 0.5) * pow(10.0, power); /* a tie at ten digits */
    if (k % 3 == 1) value = pow(10.0, power) * (1.0 + ((int)(s >> 20 & 7) - 4) * 1e-15);
    if (s & 1) value = -value;
    if (value == trunc(value)) continue; /* whole numbers are written in full */
    char got[32], want[32];
    tw_number_format(value, digits, got);
    snprintf(want, sizeof want, "%.*g", digits, value);
    assert_string_equal(got, want);
    compared++;
  }
  assert_true(compared > 200000); /* the others are whole */;
}

static void numbers_read_back_as_they_were(void **state) {
  (void)state;
  uint64_t s = 0x9e3779b97f4a7c15u;
  for (int i = 0; i < 100000; i++) {
    s ^= s << 13, s ^= s >> 7, s ^= s << 17;
    double value, back;
    memcpy(&value, &s, sizeof value);
    if (!isnormal(value)) continue;
    char text[32], shorter[330];
    tw_number_format(value, 17, text);
    back = strtod(text, NULL);
    assert_memory_equal(&back, &value, sizeof value);
    int digits = 0;
    for (const char *c = text + strspn(text, "-0."); *c && *c != 'e'; c++) digits += *c != '.';
    if (digits < 2 || !strchr(text, '.')) continue; /* whole numbers are written in full */
    snprintf(shorter, sizeof shorter, "%.*g", digits - 1, value); /* one digit less does not do */
    back = strtod(shorter, NULL);
    if (!memcmp(&back, &value, sizeof value)) fail_msg("%s is longer than %s", text, shorter);
  }
}

static void interrupted_runs_keep_whole_rows(void **state) {
  (void)state;
  for (int keep = 0; keep < 2; keep++) {
    tw_csv *c = tw_csv_open(in_folder("out.csv"), 9);
    tw_csv_series(c, "time", "s");
    tw_csv_series(c, "P", "W");
    tw_csv_end(c);
    tw_csv_number(c, 1);
    tw_csv_number(c, 2);
    tw_csv_end(c);
    tw_csv_number(c, 3);
    assert_int_equal(tw_csv_flush(c), 0);
    assert_int_equal(tw_csv_abort(c, keep), 0);
    assert_false(exists("out.csv.part"));
    assert_int_equal(exists("out.csv"), keep);
  }
  assert_string_equal(read_back("out.csv"), "time [s],P [W]\n1,2\n");
  unlink(in_folder("out.csv"));
  assert_int_equal(tw_csv_close(NULL), 0);
  assert_int_equal(tw_csv_abort(NULL, true), 0);
}

static void a_mark_is_only_told_of_what_was_summed(void **state) {
  (void)state;
  for (int announced = 0; announced < 2; announced++) {
    tw_csv_mark mark;
    const char *why;
    tw_csv *c = tw_csv_open(in_folder("out.csv"), 9);
    if (announced) tw_csv_will_save(c);
    tw_csv_text(c, "a");
    tw_csv_number(c, 1);
    tw_csv_end(c);
    assert_int_equal(tw_csv_save(c, &mark), announced ? 0 : EINVAL);
    if (!announced) {
      tw_csv_abort(c, false);
      continue;
    }
    tw_csv_text(c, "cut off");
    tw_csv_leave(c);
    c = tw_csv_resume(in_folder("out.csv"), 9, &mark, &why);
    assert_non_null(c);
    tw_csv_text(c, "b");
    tw_csv_end(c);
    assert_int_equal(tw_csv_save(c, &mark), 0);
    assert_int_equal(tw_csv_close(c), 0);
    c = tw_csv_resume(in_folder("out.csv"), 9, &mark, &why);
    assert_non_null(c);
    assert_int_equal(tw_csv_close(c), 0);
  }
  assert_string_equal(read_back("out.csv"), "a,1\nb\n");
  unlink(in_folder("out.csv"));
}

static void errors_are_reported(void **state) {
  (void)state;
  errno = 0;
  assert_null(tw_csv_open(in_folder("no/such/folder.csv"), 9));
  assert_int_equal(errno, ENOENT);
  assert_int_equal(mkdir(in_folder("taken.csv"), 0700), 0);
  tw_csv *c = tw_csv_open(in_folder("taken.csv"), 9);
  assert_non_null(c);
  tw_csv_number(c, 1);
  tw_csv_end(c);
  assert_int_equal(tw_csv_close(c), EISDIR);
  assert_true(exists("taken.csv.part")); /* nothing is lost */
  unlink(in_folder("taken.csv.part"));
  rmdir(in_folder("taken.csv"));
}

/* A disk that is full, at the write that finds out and at every later one. */
static void a_full_disk_is_reported(void **state) {
  (void)state;
  if (access("/dev/full", W_OK) != 0) skip();
  assert_int_equal(symlink("/dev/full", in_folder("full.csv.part")), 0);
  tw_csv *c = tw_csv_open(in_folder("full.csv"), 9);
  assert_non_null(c);
  int error = 0;
  for (int i = 0; i < 20000 && !error; i++) {
    tw_csv_number(c, 0.123456789);
    error = tw_csv_end(c);
  }
  assert_int_equal(error, ENOSPC);
  assert_int_equal(tw_csv_number(c, 1.0), ENOSPC);
  assert_int_equal(tw_csv_close(c), ENOSPC);
  assert_false(exists("full.csv"));
  c = tw_csv_open(in_folder("full.csv"), 9);
  tw_csv_number(c, 1.0);
  assert_int_equal(tw_csv_end(c), 0); /* still buffered */
  assert_int_equal(tw_csv_close(c), ENOSPC);
  assert_false(exists("full.csv"));
  unlink(in_folder("full.csv.part"));
}

static void what_is_written_can_be_read(void **state) {
  (void)state;
  tw_csv *c = tw_csv_open(in_folder("out.csv"), 17);
  tw_csv_series(c, "time", "s");
  tw_csv_series(c, "tray[1].T, outlet", "degC");
  tw_csv_end(c);
  for (int i = 0; i < 1000; i++) {
    tw_csv_number(c, i / 7.0);
    tw_csv_number(c, i % 10 ? sin(i) : NAN);
    tw_csv_end(c);
  }
  assert_int_equal(tw_csv_close(c), 0);
  tw_arena *a = tw_arena_new();
  tw_diagnostics d = {0};
  tw_csv_in *t = tw_csv_in_read(in_folder("out.csv"), TW_E_CURVE, (tw_where){0}, a, &d);
  assert_non_null(t);
  assert_int_equal(t->rows, 1000);
  assert_string_equal(t->column[1].name, "tray[1].T, outlet");
  for (int i = 0; i < 1000; i++) {
    double time = i / 7.0, value = sin(i);
    assert_memory_equal(&t->column[0].values[i], &time, sizeof time);
    if (i % 10) assert_memory_equal(&t->column[1].values[i], &value, sizeof value);
    else assert_true(isnan(t->column[1].values[i]));
  }
  unlink(in_folder("out.csv"));
  tw_diagnostics_free(&d);
  tw_arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(forms_of_one_table), cmocka_unit_test(headers), cmocka_unit_test(missing_and_text),
      cmocka_unit_test(mistakes_have_places), cmocka_unit_test(files_that_cannot_be_read),
      cmocka_unit_test(writes_what_rfc_4180_says), cmocka_unit_test(numbers),
      cmocka_unit_test(numbers_are_rounded_as_printf_does), cmocka_unit_test(numbers_read_back_as_they_were),
      cmocka_unit_test(interrupted_runs_keep_whole_rows),
      cmocka_unit_test(a_mark_is_only_told_of_what_was_summed), cmocka_unit_test(errors_are_reported),
      cmocka_unit_test(a_full_disk_is_reported), cmocka_unit_test(what_is_written_can_be_read)};
  return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
