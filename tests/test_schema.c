/* Reader and schema agree: over every file that is shipped, and over 10,000 mutants of them. The schema accepts whatever the
 * reader accepts. What the reader alone refuses falls into one of the classes below, each with its reason. */
#include <libxml/parser.h>
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../racks/description.h"
#include "../racks/diagnostic_codes.h"
#include "../racks/grammar.h"
#include "../racks/units_internal.h"
#include "support/mutants.h"
#include "support/schema_verdict.h"

enum { MOST_FILES = 512 };
static unsigned mutants = 10000, seed = 20240607; /* test_schema [MUTANTS [SEED]] */

static schema_verdict *schema;
static char folder[] = "/tmp/racktwin-schema-XXXXXX";
typedef struct {
  char *file, *text;
  size_t size;
} source;
static source sources[MOST_FILES];
static int n_sources;

/* ---- classes: what XSD 1.0 cannot say ---------------------------------------------------------------------------- */

typedef struct { /* a mistake, and where it stands in the file */
  const tw_diagnostic *d;
  char element[64], attribute[64], value[512]; /* "" where it stands at no attribute */
} mistake;

static bool product(const char *text) {
  return strpbrk(text, "/*.^() 0123456789+-") || strstr(text, "\302\262") || strstr(text, "\302\263");
}

/* The unit is a product or power, or a word that the table lacks: patterns cannot count dimensions. */
static bool unit_is_more_than_a_symbol(const mistake *m) {
  double x;
  const char *end = tw_number_scan(m->value + strspn(m->value, " \t\r\n"), &x), *unit = end ? end : m->value;
  unit += strspn(unit, " \t\r\n");
  if (!strncmp(unit, "delta ", 6) || product(unit)) return true;
  tw_unit u;
  tw_unit_error error;
  return !tw_symbol_in_table(unit, &u) && tw_unit_read(unit, &u, &error);
}

static bool in_another_file(const mistake *m) { return m->d->where.file && !strstr(m->d->where.file, "mutant.xml"); }
static bool of_another_file(const mistake *m) { return in_another_file(m) || strstr(m->d->text, ".csv"); }
static bool of_unit(const mistake *m) { return strstr(m->d->text, " of the curve ") && unit_is_more_than_a_symbol(m); }
static bool has_exponent(const mistake *m) { return strpbrk(m->value, "eE") != NULL; }
static bool of_whole(const mistake *m) {
  for (const tw_type *const *t = tw_registry; *t; t++)
    for (const tw_param *p = (*t)->params; p && p->id; p++)
      if (!strcmp((*t)->element, m->element) && !strcmp(p->id, m->attribute)) return p->kind == TW_INTEGER;
  return false;
}
static bool of_use(const mistake *m) { return !strcmp(m->element, "use"); }
static bool of_part(const mistake *m) {
  return strstr(m->d->text, "does not belong into <use>") || strstr(m->d->text, "of <use>");
}
static bool of_include(const mistake *m) {
  return !strcmp(m->element, "include") || strchr(m->element, ':') || strstr(m->d->text, "into <include>");
}
static bool of_setting(const mistake *m) {
  return !strcmp(m->element, "set") || !strcmp(m->element, "event") || !strcmp(m->element, "limit");
}

typedef struct {
  int code;
  const char *says;
  bool (*is)(const mistake *m);
  const char *reason;
  int n;
} class;
static class classes[] = {/* code, part of the message (NULL: any), what it is about (NULL: anything), reason */
    {TW_E_XML, NULL, in_another_file, "what another file holds", 0},
    {TW_E_XML, "is not a valid URI", NULL, "names of namespaces", 0},
    {TW_E_ROOT, "the root element is <", NULL, "a file of parts or of a scenario is not a model", 0},
    {TW_E_TEXT, NULL, of_include, "another namespace", 0},
    {TW_E_DOCTYPE, NULL, NULL, "a DOCTYPE is no part of what a schema sees", 0},
    {TW_E_INCLUDE, NULL, NULL, "where included files lie", 0},
    {TW_E_FILE, NULL, NULL, "whether a file exists", 0},
    {TW_E_VALUE, NULL, unit_is_more_than_a_symbol, "dimensions of a product, power or word", 0},
    {TW_E_VALUE, NULL, of_use, "the element behind a <use> is that of its part", 0},
    {TW_E_VALUE, NULL, of_setting, "the unit is that of the figure that a path names", 0},
    {TW_E_VALUE, "too large", NULL, "numbers that a double cannot hold", 0},
    {TW_E_VALUE, "below absolute zero", NULL, "ranges in converted units", 0},
    {TW_E_RANGE, NULL, of_whole, NULL, 0}, /* the schema knows it */
    {TW_E_RANGE, NULL, NULL, "ranges in converted units", 0},
    {TW_E_MISSING, NULL, NULL, "a part, a variant or a medium's curve may give it", 0},
    {TW_E_CURVE, "either points", NULL, "one of two attributes", 0},
    {TW_E_CURVE, "does not go with csv", NULL, "one of two attributes", 0},
    {TW_E_CURVE, "-unit=\"...\", a unit such as", NULL, "needed with points= only", 0},
    {TW_E_CURVE, "is not increasing in x", NULL, "order of numbers", 0},
    {TW_E_CURVE, "not finite", NULL, "numbers that a double cannot hold", 0},
    {TW_E_CURVE, "is not a pair of numbers", has_exponent, "numbers that a double cannot hold", 0},
    {TW_E_CURVE, NULL, of_unit, "dimensions of a product, power or word", 0},
    {TW_E_CURVE, NULL, of_another_file, "what another file holds", 0},
    {TW_E_CURVE, "file name", NULL, "where files lie", 0},
    {TW_E_MEDIUM, NULL, NULL, "which media exist, and over which temperatures", 0},
    {TW_E_ELEMENT, NULL, of_part, "the element behind a <use> is that of its part", 0},
    {TW_E_ELEMENT, NULL, of_include, "another namespace", 0},
    {TW_E_ATTRIBUTE, NULL, of_use, "the element behind a <use> is that of its part", 0},
    {TW_E_ATTRIBUTE, NULL, of_include, "another namespace", 0},
    {TW_E_ATTRIBUTE_MISSING, NULL, of_include, "another namespace", 0},
    {TW_E_ATTRIBUTE_MISSING, "needs either part", of_use, "one of two attributes", 0},
    {TW_E_ATTRIBUTE_MISSING, "<event> needs value", NULL, "needed with set= only", 0},
    {TW_E_ATTRIBUTE_MISSING, "<trace> needs of", NULL, "needed with points= only", 0},
    {TW_E_DUPLICATE, "used twice; first at", NULL, "between catalogues or files", 0},
    {TW_E_PART, NULL, NULL, "which parts exist, and of which element", 0},
    {TW_E_ASSEMBLY, NULL, NULL, "which assemblies exist", 0},
    {TW_E_PATH, "is not a", NULL, NULL, 0}, /* its form: the schema knows it */
    {TW_E_PATH, NULL, NULL, "what paths name", 0},
    {TW_E_PARAMETER, NULL, NULL, "what paths name", 0},
    {TW_E_PORT, "is not the path", NULL, NULL, 0},
    {TW_E_PORT, NULL, NULL, "which ports there are", 0},
    {TW_E_KIND, NULL, NULL, "kinds of ports", 0},
    {TW_E_PAIRING, NULL, NULL, "numbers of ports", 0},
    {TW_E_ROLE, "not a role", NULL, NULL, 0}, /* a word: the schema knows it */
    {TW_E_ROLE, NULL, NULL, "roles of ports", 0},
    {TW_E_INDEX, NULL, NULL, "numbers of ports", 0},
    {TW_E_OPEN, NULL, NULL, "connections", 0},
    {TW_E_WRITERS, NULL, NULL, "connections", 0},
    {TW_E_LEADS_NOWHERE, NULL, NULL, "structure of a composite", 0},
    {TW_E_COMPOSITE, NULL, NULL, "structure of a composite", 0},
    {TW_E_RACK_UNITS, NULL, NULL, "heights of racks and numbers of instances", 0},
    {TW_E_NESTING, "u = ", NULL, "whether an element stands in a rack", 0},
    {TW_E_NESTING, "contains itself", NULL, "what assembly= names", 0},
    {TW_E_NESTING, "stand in a rack", NULL, "what assembly= names", 0},
    {TW_E_EMPTY, NULL, NULL, "what included files hold", 0},
    {TW_E_SCENARIO, NULL, unit_is_more_than_a_symbol, "dimensions of a product, power or word", 0},
    {TW_E_SCENARIO, "an event has either", NULL, "one of two attributes", 0},
    {TW_E_SCENARIO, "has no state in which", NULL, "what paths name", 0},
    {TW_E_WORKLOAD, NULL, unit_is_more_than_a_symbol, "dimensions of a product, power or word", 0},
    {TW_E_WORKLOAD, "this phase says nothing of", NULL, "what other phases name", 0},
    {TW_E_WORKLOAD, "a phase says how busy", NULL, "at least one of several attributes", 0},
    {TW_E_WORKLOAD, "there is no workload", NULL, "which workloads exist", 0},
    {TW_E_WORKLOAD, NULL, of_another_file, "what another file holds", 0},
    {TW_E_WORKLOAD, "file name", NULL, "where files lie", 0},
    {TW_E_WORKLOAD, "a trace has either csv", NULL, "one of two attributes", 0},
    {TW_E_WORKLOAD, "does not go with csv", NULL, "one of two attributes", 0},
    {TW_E_WORKLOAD, "goes with csv= only", NULL, "one of two attributes", 0},
    {TW_E_WORKLOAD, "the points of a trace need", NULL, "needed with points= only", 0},
    {TW_E_WORKLOAD, "of the points", NULL, "the unit is that of the figure that a path names", 0},
    {TW_E_WORKLOAD, "is not a pair of numbers", has_exponent, "numbers that a double cannot hold", 0},
    {TW_E_WORKLOAD, "the time of a trace", NULL, "order of numbers", 0},
    {TW_E_WORKLOAD, "at least two rows", NULL, "order of numbers", 0},
    {TW_E_WORKLOAD, "in another column", NULL, "what paths name", 0},
    {TW_E_WORKLOAD, "stands for figures", NULL, "what paths name", 0},
    {TW_E_WORKLOAD, "is not a parameter of", NULL, "what paths name", 0},
    {TW_E_WORKLOAD, "has no parameter", NULL, "what paths name", 0},
    {TW_E_WORKLOAD, "the path of a utilisation", NULL, "what paths name", 0},
    {TW_E_WORKLOAD, "no path is like", NULL, "what paths name", 0},
    {TW_E_WORKLOAD, "there is no \"", NULL, "what paths name", 0},
    {TW_E_VARIANT, "there is no variant", NULL, "which variants exist", 0},
    {TW_E_VARIANT, "starts from itself", NULL, "what base= names", 0},
    {TW_E_LIMIT, "needs max", NULL, "at least one of two attributes", 0},
    {TW_E_LIMIT, "of an assembly", NULL, "what paths name", 0},
    {TW_E_LIMIT, "different units", NULL, "what paths name", 0},
    {TW_E_SET, "is no quantity that may change", NULL, "what paths name", 0},
    {TW_E_SET, "decides the structure", NULL, "what paths name", 0}};

static class *class_of(const mistake *m) {
  for (int k = 0; k < TW_COUNT(classes); k++) {
    const class *c = &classes[k];
    if (c->code == m->d->code && (!c->says || strstr(m->d->text, c->says)) && (!c->is || c->is(m)))
      return c->reason ? &classes[k] : NULL;
  }
  return NULL;
}

/* ---- places ------------------------------------------------------------------------------------------------------ */

static const char *at_place(const char *text, tw_where where) {
  int line = 1, col = 1;
  for (; *text; text++) {
    if (line == where.line && col == where.col) return text;
    if (*text == '\n')
      line++, col = 1;
    else if (((unsigned char)text[1] & 0xc0) != 0x80)
      col++;
  }
  return text;
}

static mistake mistake_of(const tw_diagnostic *d, const char *text) {
  mistake m = {.d = d};
  const char *at = at_place(text, d->where), *tag = at;
  if (at > text + 1 && (at[-1] == '"' || at[-1] == '\'')) {
    const char *name = at - 2; /* of name=" */
    while (name > text && !strchr(" \t\r\n", name[-1])) name--;
    snprintf(m.attribute, sizeof m.attribute, "%.*s", (int)(at - 2 - name), name);
    snprintf(m.value, sizeof m.value, "%.*s", (int)strcspn(at, (char[]){at[-1], 0}), at);
  }
  while (tag > text && *tag != '<') tag--;
  snprintf(m.element, sizeof m.element, "%.*s", (int)strcspn(tag + (*tag == '<'), " \t\r\n/>"), tag + (*tag == '<'));
  return m;
}

/* ---- files ------------------------------------------------------------------------------------------------------- */

static const char *in_folder(const char *name) {
  static char path[512];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  return path;
}

static void write_bytes(const char *name, const char *text, size_t size) {
  unlink(in_folder(name)); /* some file systems wait for the disk where a file is cut to nothing */
  FILE *f = fopen(in_folder(name), "wb");
  assert_non_null(f);
  assert_int_equal(fwrite(text, 1, size, f), size);
  assert_int_equal(fclose(f), 0);
}

static void write_text(const char *name, const char *text) { write_bytes(name, text, strlen(text)); }

static int wanted(const struct dirent *e) {
  const char *dot = strrchr(e->d_name, '.');
  return dot && !strcmp(dot, ".xml");
}

static char racks[4096]; /* the shipped catalogue */

static const char *source_dir(void) { return getenv("SOURCE_DIR") ? getenv("SOURCE_DIR") : "."; }

static void add_file(const char *file) {
  source *s = &sources[n_sources];
  FILE *f = fopen(file, "rb");
  assert_non_null(f);
  assert_true(n_sources < MOST_FILES);
  s->file = strdup(file);
  s->text = malloc(1 << 20);
  s->size = fread(s->text, 1, 1 << 20, f);
  fclose(f);
  n_sources++;
}

static void add_files(const char *below) {
  char path[512];
  struct dirent **found;
  snprintf(path, sizeof path, "%s/%s", source_dir(), below);
  int n = scandir(path, &found, wanted, alphasort);
  for (int k = 0; k < n; k++) {
    char file[1024];
    snprintf(file, sizeof file, "%s/%s", path, found[k]->d_name);
    add_file(file);
    free(found[k]);
  }
  if (n >= 0) free(found);
}

static int set_up(void **state) {
  (void)state;
  static const char *const folders[] = {
      "tests/schema", "racks", "racks/examples", "racks/parts", "racks/scenarios", "tests/validation"};
  for (int k = 0; k < TW_COUNT(folders); k++) add_files(folders[k]);
  char path[5000];
  snprintf(path, sizeof path, "%s/racks", source_dir());
  if (!mkdtemp(folder) || !realpath(path, racks)) return -1;
  snprintf(path, sizeof path, "%s/parts", racks);
  if (symlink(path, in_folder("parts"))) return -1;
  write_text("conductivity.csv", "T [degC],k [W/(m K)]\n0,0.13\n100,0.12\n");
  write_text("trace.csv", "time [s],gpu [%]\n0,10\n10,90\n");
  write_text("more.xml", "<catalogue xmlns=\"urn:racktwin:1\"><resistor id=\"r-more\" R=\"1 ohm\"/></catalogue>\n");
  write_text("catalogue.xml",
      "<racktwin xmlns=\"urn:racktwin:1\" xmlns:xi=\"http://www.w3.org/2001/XInclude\" version=\"1\">"
      "<xi:include href=\"mutant.xml\"/><voltage-source id=\"a\" voltage=\"1 V\"/><resistor id=\"b\" R=\"1 ohm\" fed-by=\"a\"/>"
      "<connect from=\"b.b\" to=\"c.in\"/><ground id=\"c\"/></racktwin>\n");
  schema = schema_verdict_new();
  return schema ? 0 : -1;
}

static int tear_down(void **state) {
  static const char *const made[] = {"parts", "conductivity.csv", "trace.csv", "more.xml", "catalogue.xml", "mutant.xml"};
  (void)state;
  schema_verdict_free(schema);
  for (int k = 0; k < TW_COUNT(made); k++) unlink(in_folder(made[k]));
  for (int k = 0; k < n_sources; k++) free(sources[k].file), free(sources[k].text);
  xmlCleanupParser();
  return rmdir(folder);
}

/* A catalogue is read by way of a model that includes it. */
static bool reads(const char *of, tw_diagnostics *d) {
  tw_read_options options = {.catalogue = racks};
  char path[512];
  snprintf(path, sizeof path, "%s", in_folder(strstr(of, "/parts/") ? "catalogue.xml" : "mutant.xml"));
  tw_description *m = tw_read(path, &options, d);
  tw_description_free(m);
  return m != NULL;
}

/* A shipped scenario is read with a rack that it is for; name: where its file's name begins. */
static bool reads_scenario(const char *name, tw_diagnostics *d) {
  char stem[128], path[4200];
  snprintf(stem, sizeof stem, "%.*s", (int)(strlen(name) - strlen(".xml")), name);
  snprintf(path, sizeof path, "%s/gb200-nvl72.xml", racks);
  tw_description *m = tw_read(path, &(tw_read_options){.catalogue = racks, .scenario = stem}, d);
  tw_description_free(m);
  return m != NULL;
}

static void every_file_is_accepted_by_both(void **state) {
  (void)state;
  int failed = 0;
  assert_true(n_sources > 100);
  for (int k = 0; k < n_sources; k++) {
    const source *s = &sources[k];
    char why[300];
    tw_diagnostics d = {0};
    const char *scenario = strstr(s->file, "/scenarios/");
    write_bytes("mutant.xml", s->text, s->size);
    if (scenario ? !reads_scenario(scenario + strlen("/scenarios/"), &d) : !reads(s->file, &d))
      tw_diagnostics_print(&d, stderr, false), failed++;
    if (!schema_accepts(schema, s->text, s->size, why, sizeof why)) {
      fprintf(stderr, "%s: the schema refuses it: %s\n", s->file, why);
      failed++;
    }
    tw_diagnostics_free(&d);
  }
  assert_int_equal(failed, 0);
}

/* ---- mutants ----------------------------------------------------------------------------------------------------- */

typedef struct {
  int both_accept, both_refuse, reader_alone, wrong;
} tally;

static void show(const char *file, const char *what, const char *why, const char *text) {
  fprintf(stderr, "%s: %s: %s\n%s\n", file, what, why, text);
}

static void judge(const char *file, const char *text, size_t size, tally *t) {
  char why[300];
  tw_diagnostics d = {0};
  write_bytes("mutant.xml", text, size);
  bool read = reads(file, &d), valid = schema_accepts(schema, text, size, why, sizeof why);
  if (read && !valid) {
    t->wrong++;
    show(file, "the schema alone refuses", why, text);
  }
  t->both_accept += read && valid;
  t->both_refuse += !read && !valid;
  t->reader_alone += !read && valid;
  for (int k = 0; !read && valid && k < d.n; k++) {
    if (d.items[k].severity != TW_ERROR) continue;
    mistake m = mistake_of(&d.items[k], text);
    class *c = class_of(&m);
    if (c) {
      c->n++;
      continue;
    }
    t->wrong++;
    char what[600];
    snprintf(what, sizeof what, "RT%04d at <%s> \"%s\": %s", d.items[k].code, m.element, m.value, d.items[k].text);
    show(file, "the reader alone refuses", what, getenv("SHOW") ? text : "");
  }
  tw_diagnostics_free(&d);
}

static void mutants_get_the_same_verdict(void **state) {
  (void)state;
  mutant_random r = {seed};
  tally t = {0};
  for (unsigned k = 0; k < mutants && t.wrong < 40; k++) {
    const source *s = &sources[k % 4 ? mutant_below(&r, (unsigned)n_sources) : 0];
    size_t size;
    char *text = mutant_of_text(s->text, s->size, &r, &size);
    assert_non_null(text);
    judge(s->file, text, size, &t);
    free(text);
  }
  printf("%u mutants: both accept %d, both refuse %d, the reader alone refuses %d\n", mutants, t.both_accept, t.both_refuse,
      t.reader_alone);
  for (int k = 0; k < TW_COUNT(classes); k++) printf("  RT%04d %5d  %s\n", classes[k].code, classes[k].n, classes[k].reason);
  assert_int_equal(t.wrong, 0);
}

int main(int argc, char **argv) {
  if (argc > 1) mutants = (unsigned)strtoul(argv[1], NULL, 10);
  if (argc > 2) seed = (unsigned)strtoul(argv[2], NULL, 10);
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_file_is_accepted_by_both), cmocka_unit_test(mutants_get_the_same_verdict)};
  return cmocka_run_group_tests_name("schema", tests, set_up, tear_down);
}
