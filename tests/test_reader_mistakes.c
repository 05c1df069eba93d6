/* Every mistake gets one diagnostic, at its place. In the texts below '@' (which is taken out) stands before that place. */
#include "support/reader_files.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct {
  int code;
  const char *says;              /* part of the message */
  const char *body;              /* '@' before the place; none: no place */
  const char *option;            /* "V:name", "S:name" or "path=value" */
} mistake;

#define SOURCE "<source id=\"s\" V=\"54 V\"/>"
#define PARTS "<catalogue><source id=\"p\" V=\"48 V\"/><load id=\"q\"/></catalogue>"

static const mistake mistakes[] = {
    /* XML and files */
    {TW_E_XML, "malformed", "<load id=\"l\">\n</laod>@", NULL},
    {TW_E_XML, "malformed", "<load id=\"l\" id=\"k\"@/>", NULL},
    {TW_E_XML, "malformed", "<title>&nothing;@</title>", NULL},
    {TW_E_XML, "malformed", "<yi:include href=\"a.xml\"@/>", NULL},
    {TW_E_TEXT, "\"stray\"", "<@load id=\"l\">stray</load>", NULL},
    {TW_E_INCLUDE, "relative", "<xi:include href=\"@/etc/passwd\"/>", NULL},
    {TW_E_INCLUDE, "relative", "<xi:include href=\"@http://example.org/a.xml\"/>", NULL},
    {TW_E_INCLUDE, "outside", "<xi:include href=\"@../../etc/passwd\"/>", NULL},
    {TW_E_INCLUDE, "outside", "<xi:include href=\"@link.xml\"/>", NULL},
    {TW_E_INCLUDE, "itself", "<xi:include href=\"@model.xml\"/>", NULL},
    {TW_E_FILE, "no file", "<xi:include href=\"@missing.xml\"/>", NULL},
    {TW_E_FILE, "not a file", "<xi:include href=\"@folder\"/>", NULL},
    {TW_E_ATTRIBUTE, "parse", "<xi:include href=\"good.xml\" @parse=\"text\"/>", NULL},
    {TW_E_ELEMENT, "namespace", "<@load xmlns=\"urn:other\" id=\"l\"/>", NULL},

    /* values */
    {TW_E_VALUE, "voltage", "<source id=\"s\" V=\"@54 A\"/>", NULL},
    {TW_E_VALUE, "unit", "<source id=\"s\" V=\"@54\"/>", NULL},
    {TW_E_VALUE, "V", "<source id=\"s\" V=\"@nan V\"/>", NULL},
    {TW_E_VALUE, "V", "<source id=\"s\" V=\"@\"/>", NULL},
    {TW_E_VALUE, "did you mean \"cpu\"", SOURCE "<load id=\"l\" kind=\"@cpq\" fed-by=\"s\"/>", NULL},
    {TW_E_VALUE, "whole number", SOURCE "<load id=\"l\" fans=\"@2.5\" fed-by=\"s\"/>", NULL},
    {TW_E_VALUE, "difference", "<plate id=\"p\" dT=\"@5 degC\"/>", NULL},
    {TW_E_RANGE, "did you mean \"4.5 mohm\"", SOURCE "<resistor id=\"r\" R=\"@4.5 ohm\" fed-by=\"s\"/>", NULL},
    {TW_E_RANGE, "1 uohm .. 100 mohm", SOURCE "<resistor id=\"r\" R=\"@4.5 ohm\" fed-by=\"s\"/>", NULL},
    {TW_E_RANGE, "outside 1 .. 100", SOURCE "<load id=\"l\" fans=\"@101\" fed-by=\"s\"/>", NULL},
    {TW_E_MISSING, "needs R (resistance)", SOURCE "<@resistor id=\"r\" fed-by=\"s\" count=\"3\"/>", NULL},
    {TW_E_QUALITY, "datasheet", "<source id=\"s\" V=\"1 V\" quality=\"@perfect\"/>", NULL},
    {TW_E_MEDIUM, "not a medium", "<manifold id=\"m\" branches=\"1\" coolant=\"@watr\"/>", NULL},
    {TW_E_MEDIUM, "concentration", "<manifold id=\"m\" branches=\"1\" coolant=\"@pg99\"/>", NULL},
    {TW_E_MISSING, "viscosity", "<@medium id=\"m\" density=\"1 kg/m3\" cp=\"1 kJ/(kg K)\" conductivity=\"1 W/(m K)\"/>", NULL},
    {TW_E_PART, "there is no part", PARTS "<shelf id=\"s\" unit=\"@pp\"/>", NULL},
    {TW_E_PART, "must be a <source>", PARTS "<shelf id=\"s\" unit=\"@q\"/>", NULL},

    /* curves */
    {TW_E_CURVE, "beyond", SOURCE "<load id=\"l\" fed-by=\"s\"><@efficiency x-unit=\"W\" points=\"1 1\"/></load>", NULL},
    {TW_E_CURVE, "x-unit", SOURCE "<load id=\"l\" fed-by=\"s\"><@efficiency beyond=\"hold\" points=\"1 1\"/></load>", NULL},
    {TW_E_CURVE, "point 3", SOURCE "<load id=\"l\" fed-by=\"s\"><efficiency x-unit=\"W\" beyond=\"hold\" points=\"@1 .1;"
     " 2 .2; 2 .3\"/></load>", NULL},
    {TW_E_CURVE, "point 2", SOURCE "<load id=\"l\" fed-by=\"s\"><efficiency x-unit=\"W\" beyond=\"hold\" points=\"@1 .1;"
     " 2\"/></load>", NULL},
    {TW_E_CURVE, "power", SOURCE "<load id=\"l\" fed-by=\"s\"><efficiency x-unit=\"@V\" beyond=\"hold\" points=\"1 1\"/>"
     "</load>", NULL},
    {TW_E_CURVE, "either points", SOURCE "<load id=\"l\" fed-by=\"s\"><@efficiency beyond=\"hold\"/></load>", NULL},
    {TW_E_CURVE, "outside", SOURCE "<load id=\"l\" fed-by=\"s\"><efficiency beyond=\"hold\" csv=\"@../../etc/passwd\"/>"
     "</load>", NULL},
    {TW_E_RANGE, "point 2", SOURCE "<load id=\"l\" fed-by=\"s\"><efficiency x-unit=\"W\" beyond=\"hold\" points=\"@1 .1;"
     " 2 2\"/></load>", NULL},
    {TW_E_CURVE, "write the element", SOURCE "<load id=\"l\" fed-by=\"s\" efficiency=\"@0.9\"/>", NULL},
    {TW_E_ELEMENT, "not a curve", SOURCE "<load id=\"l\" fed-by=\"s\"><@P/></load>", NULL},
    {TW_E_ELEMENT, "efficiency", SOURCE "<load id=\"l\" fed-by=\"s\"><@eficiency/></load>", NULL},

    /* names */
    {TW_E_ELEMENT, "did you mean <load>", "<@laod id=\"l\" count=\"7\"/>", NULL},
    {TW_E_ATTRIBUTE, "did you mean \"utilisation\"", SOURCE "<load id=\"l\" fed-by=\"s\" @utilization=\"1\"/>", NULL},
    {TW_E_ATTRIBUTE_MISSING, "id", "<@load/>", NULL},
    {TW_E_ID, "letters", "<load id=\"@a.b\"/>", NULL},
    {TW_E_DUPLICATE, "model.xml:2:2", SOURCE "<load id=\"@s\"/>", NULL},
    {TW_E_DUPLICATE, "model.xml:2:13", "<catalogue><source id=\"p\" V=\"1 V\"/>\n<load id=\"@p\"/></catalogue>", NULL},
    {TW_E_PART, "there is no part", PARTS "<use id=\"u\" part=\"@r\" count=\"3\"/>", NULL},
    {TW_E_PART, "not a <load>", PARTS "<load id=\"u\" part=\"@p\"/>", NULL},
    {TW_E_PART, "itself", "<catalogue><source id=\"p\" V=\"1 V\" part=\"@p\"/></catalogue>", NULL},
    {TW_E_ASSEMBLY, "there is no assembly", "<use id=\"u\" assembly=\"@a\" count=\"3\"/>", NULL},
    {TW_E_ATTRIBUTE_MISSING, "either part", "<@use id=\"u\"/>", NULL},

    /* connections */
    {TW_E_PATH, "did you mean \"supply\"", "<source id=\"supply\" V=\"1 V\"/>" "<load id=\"l\" fed-by=\"@supplx\"/>", NULL},
    {TW_E_PATH, "there is no s[3]", "<source id=\"s\" V=\"1 V\" count=\"2\"/><load id=\"l\"/><connect from=\"@s[3].out\" "
     "to=\"l.in\"/>", NULL},
    {TW_E_PATH, "leave out the rack", "<rack id=\"r\">" SOURCE "<load id=\"l\"/></rack><connect from=\"@r.s.out\" "
     "to=\"l.in\"/>", NULL},
    {TW_E_PORT, "no port \"inn\"", SOURCE "<load id=\"l\"/><connect from=\"s.out\" to=\"@l.inn\"/>", NULL},
    {TW_E_PORT, "not the path of a port", SOURCE "<load id=\"l\"/><connect from=\"@s\" to=\"l.in\"/>", NULL},
    {TW_E_PORT, "no port \"x\"", "<assembly id=\"a\"><port id=\"in\" to=\"@l.x\"/><load id=\"l\"/></assembly><use id=\"u\" "
     "assembly=\"a\" count=\"2\"/>", NULL},
    {TW_E_KIND, "l.in is DC and a.out is AC", "<ac-source id=\"a\"/><load id=\"l\" fed-by=\"@a\"/>", NULL},
    {TW_E_KIND, "a.out is AC and l.in is DC", "<ac-source id=\"a\"/><load id=\"l\"/><@connect from=\"a.out\" "
     "to=\"l.in\"/>", NULL},
    {TW_E_PAIRING, "2", "<source id=\"s\" V=\"1 V\" count=\"2\"/><load id=\"l\" count=\"3\"/><@connect from=\"s.out\" "
     "to=\"l.in\"/>", NULL},
    {TW_E_PAIRING, "names 3", SOURCE "<dual id=\"d\" fed-by=\"@s s s\"/>", NULL},
    {TW_E_ROLE, "power input", SOURCE "<plate id=\"p\" @fed-by=\"s\"/>", NULL},
    {TW_E_ROLE, "coolant supply", SOURCE "<plate id=\"p\" cooled-by=\"@s\"/>", NULL},
    {TW_E_INDEX, "single port", SOURCE "<load id=\"l\"/><connect from=\"@s.out[2]\" to=\"l.in\"/>", NULL},
    {TW_E_INDEX, "supply[3] does not exist", "<manifold id=\"m\" branches=\"2\"/><plate id=\"p\" count=\"3\" "
     "cooled-by=\"@m\"/>", NULL},
    {TW_E_OPEN, "\"in\" of the <load>", "<@load id=\"l\"/>", NULL},
    {TW_E_OPEN, "signal input", "<@follower id=\"f\"/>", NULL},
    {TW_E_OPEN, "\"a\" and \"b\" of the <dual>", "<@dual id=\"d\" count=\"3\"/>", NULL},
    {TW_E_OPEN, "of the assembly \"a\"", "<assembly id=\"a\"><port id=\"x\" to=\"d.a\"/><port id=\"y\" to=\"d.b\"/>"
     "<dual id=\"d\"/></assembly><@use id=\"u\" assembly=\"a\" count=\"2\"/>", NULL},
    {TW_E_LEADS_NOWHERE, "leads nowhere", SOURCE "<hollow id=\"h\"/><@connect from=\"s.out\" to=\"h.in\"/>", NULL},
    {TW_E_WRITERS, "same signal", "<writer id=\"w\"/><@writer id=\"v\"/><follower id=\"f\"/><connect from=\"w.u\" "
     "to=\"f.u\"/><connect from=\"v.u\" to=\"f.u\"/>", NULL},

    /* structure */
    {TW_E_COMPOSITE, "bad luck", "<manifold id=\"m\" branches=\"@13\"/>", NULL},
    {TW_E_COUNT, "1 to 10000", "<source id=\"s\" V=\"1 V\" count=\"@99999999\"/>", NULL},
    {TW_E_COUNT, "1 to 10000", "<source id=\"s\" V=\"1 V\" count=\"@-1\"/>", NULL},
    {TW_E_COUNT, "components", "<assembly id=\"a\"><source id=\"s\" V=\"1 V\" count=\"10000\"/></assembly><assembly "
     "id=\"b\"><use id=\"a\" assembly=\"a\" "
     "count=\"10000\"/></assembly><@use id=\"b\" assembly=\"b\" count=\"10000\"/>", NULL},
    {TW_E_RACK_UNITS, "multiple", "<rack id=\"r\" units=\"10\"><source id=\"s\" V=\"1 V\" count=\"2\" u=\"@1..3\"/>"
     "</rack>", NULL},
    {TW_E_RACK_UNITS, "1 to 10", "<rack id=\"r\" units=\"10\"><source id=\"s\" V=\"1 V\" u=\"@11\"/></rack>", NULL},
    {TW_E_RACK_UNITS, "unit 2 is taken by \"s\"", "<rack id=\"r\" units=\"10\"><source id=\"s\" V=\"1 V\" u=\"1..3\"/>"
     "<source id=\"t\" V=\"1 V\" u=\"@2\"/></rack>", NULL},
    {TW_E_NESTING, "directly in a <rack>", "<source id=\"s\" V=\"1 V\" @u=\"3\"/>", NULL},
    {TW_E_NESTING, "contains itself", "<assembly id=\"a\"><@use id=\"b\" assembly=\"a\"/></assembly><use id=\"u\" "
     "assembly=\"a\"/>", NULL},

    /* variants, settings, limits */
    {TW_E_VARIANT, "there is no variant", SOURCE "<variant id=\"a\"/>", "V:b"},
    {TW_E_VARIANT, "itself", SOURCE "<variant id=\"a\" base=\"@a\"/>", "V:a"},
    {TW_E_VARIANT, "itself by way of \"b\"", SOURCE "<variant id=\"a\" base=\"@b\"/><variant id=\"b\" base=\"a\"/>", NULL},
    {TW_E_VARIANT, "there is no variant \"x\"", SOURCE "<variant id=\"a\" base=\"@x\"/>", NULL},
    {TW_E_VARIANT, "is a <source>", PARTS SOURCE "<variant id=\"a\"><replace use=\"@s\" part=\"q\"/></variant>", "V:a"},
    {TW_E_PATH, "there is no \"t\"", PARTS SOURCE "<variant id=\"a\"><replace use=\"@t\" part=\"p\"/></variant>", "V:a"},
    {TW_E_PATH, "there is no \"t\"", SOURCE "<variant id=\"a\"><set at=\"@t.V\" value=\"1 V\"/></variant>", "V:a"},
    {TW_E_PARAMETER, "no parameter \"U\"", SOURCE "<variant id=\"a\"><set at=\"@s.U\" value=\"1 V\"/></variant>", "V:a"},
    {TW_E_VALUE, "voltage", SOURCE "<variant id=\"a\"><set at=\"s.V\" value=\"@1 A\"/></variant>", "V:a"},
    {TW_E_VALUE, "voltage", SOURCE, "s.V=1 A"},
    {TW_E_PATH, "there is no \"t\"", SOURCE, "t.V=1 A"},
    {TW_E_SET, "path=value", SOURCE, "s.V"},
    {TW_E_LIMIT, "max", SOURCE "<@limit of=\"s.P\"/>", NULL},
    {TW_E_PARAMETER, "no output \"Q\"", SOURCE "<limit of=\"@s.Q\" max=\"1 W\"/>", NULL},
    {TW_E_PATH, "there is no \"t\"", SOURCE "<limit of=\"@t.P\" max=\"1 W\"/>", NULL},
    {TW_E_VALUE, "power", SOURCE "<limit of=\"s.P\" max=\"@1 V\"/>", NULL},

    /* scenarios */
    {TW_E_SCENARIO, "there is no scenario", SOURCE, "S:no"},
    {TW_E_SCENARIO, "there is no scenario", SOURCE, "S:../good"},
    {TW_E_WORKLOAD, "there is no workload", SOURCE "<scenario id=\"x\" duration=\"1 s\" workload=\"@w\"/>", NULL},
    {TW_E_ATTRIBUTE_MISSING, "duration", SOURCE "<@scenario id=\"x\"/>", NULL},
    {TW_E_PATH, "there is no \"t\"", SOURCE "<scenario id=\"x\" duration=\"1 s\"><event at=\"0 s\" set=\"@t.V\" "
     "value=\"1 V\"/></scenario>", NULL},
    {TW_E_PATH, "there is no \"t\"", SOURCE "<scenario id=\"x\" duration=\"1 s\"><event at=\"0 s\" fail=\"@t\"/>"
     "</scenario>", NULL},
    {TW_E_PARAMETER, "no parameter \"U\"", SOURCE "<scenario id=\"x\" duration=\"1 s\"><event at=\"0 s\" set=\"@s.U\" "
     "value=\"1 V\"/></scenario>", NULL},
    {TW_E_SET, "structure", SOURCE "<load id=\"l\" fed-by=\"s\"/><scenario id=\"x\" duration=\"1 s\"><event at=\"0 s\" "
     "set=\"@l.fans\" value=\"2\"/></scenario>", NULL},
    {TW_E_SCENARIO, "no state", SOURCE "<load id=\"l\" fed-by=\"s\"/><scenario id=\"x\" duration=\"1 s\"><event at=\"0 s\" "
     "fail=\"@l\"/></scenario>", NULL},
    {TW_E_WORKLOAD, "says nothing of \"gpu\"", "<workload id=\"w\"><phase duration=\"1 s\" gpu=\"1\" all=\"0\"/><@phase "
     "duration=\"1 s\" cpu=\"1\"/></workload>", NULL},
    {TW_E_WORKLOAD, "no kind of chip", "<workload id=\"w\"><phase duration=\"1 s\" @gpux=\"1\"/></workload>", NULL},
    {TW_E_WORKLOAD, "either phases or a trace", "<@workload id=\"w\"/>", NULL},
};

/* Body without '@'; its place in the file, line 0 if there is none. */
static char *unmark(const char *body, int *line, int *col) {
  char *text = strdup(body), *mark = text ? strchr(text, '@') : NULL;
  assert_non_null(text);
  *line = *col = 0;
  if (!mark) return text;
  *line = 2;
  *col = 1;
  for (const char *c = text; c < mark; c++) {
    *col = *c == '\n' ? 1 : *col + 1;
    *line += *c == '\n';
  }
  memmove(mark, mark + 1, strlen(mark));
  return text;
}

static tw_description *read_with(const char *option, tw_diagnostics *d) {
  tw_read_options o = {0};
  const char *set[1] = {option};
  if (option && !strncmp(option, "V:", 2)) o.variant = option + 2;
  else if (option && !strncmp(option, "S:", 2)) o.scenario = option + 2;
  else if (option) o.sets = set, o.n_sets = 1;
  return tw_read_types(toy_registry, in_folder("model.xml"), &o, d);
}

static int make_files(void **state) {
  if (make_folder(state)) return -1;
  write_text("good.xml", "<catalogue xmlns=\"urn:racktwin:1\"/>");
  make_subfolder("folder");
  return symlink("/etc/passwd", in_folder("link.xml"));
}

static int check(const mistake *m) {
  tw_diagnostics d = {0};
  int line, col;
  char *body = unmark(m->body, &line, &col);
  write_model(body);
  tw_description *model = read_with(m->option, &d);
  const tw_diagnostic *first = d.n ? &d.items[0] : NULL;
  bool good = !model && d.n == 1 && first->code == m->code && strstr(first->text, m->says) && first->where.line == line &&
              first->where.col == col;
  if (!good || getenv("SHOW")) {
    print_error("%s: RT%04d at %d:%d saying \"%s\" expected; got %d:\n", good ? "ok" : "WRONG", m->code, line, col, m->says, d.n);
    tw_diagnostics_print(&d, stderr, false);
  }
  tw_description_free(model);
  tw_diagnostics_free(&d);
  free(body);
  return good ? 0 : 1;
}

/* ---- whole files -------------------------------------------------------------------------------------------------- */

static void expect_one(const char *file, int code, int line, int col) {
  tw_diagnostics d = {0};
  char path[400];
  snprintf(path, sizeof path, "%s", in_folder(file));
  assert_null(tw_read_types(toy_registry, path, NULL, &d));
  if (d.n != 1 || d.items[0].code != code || d.items[0].where.line != line || d.items[0].where.col != col) {
    tw_diagnostics_print(&d, stderr, false);
    fail_msg("%s: RT%04d at %d:%d expected", file, code, line, col);
  }
  tw_diagnostics_free(&d);
}

static void roots_are_checked(void **state) {
  (void)state;
  write_text("a.xml", "<?xml version=\"1.0\"?>\n<!-- <x> --><rack xmlns=\"urn:racktwin:1\"/>");
  expect_one("a.xml", TW_E_ROOT, 2, 14);
  write_text("a.xml", "<racktwin version=\"1\"/>");
  expect_one("a.xml", TW_E_ROOT, 1, 2);
  write_text("a.xml", "<racktwin xmlns=\"urn:racktwin:2\" version=\"1\"/>");
  expect_one("a.xml", TW_E_ROOT, 1, 2);
  write_text("a.xml", "<racktwin xmlns=\"urn:racktwin:1\" version=\"2\"/>");
  expect_one("a.xml", TW_E_ROOT, 1, 43);
  write_text("a.xml", "<racktwin xmlns=\"urn:racktwin:1\"/>");
  expect_one("a.xml", TW_E_ROOT, 1, 2);
  write_text("a.xml", "");
  expect_one("a.xml", TW_E_FILE, 0, 0);
  expect_one("nothing.xml", TW_E_FILE, 0, 0);
  expect_one("folder", TW_E_FILE, 0, 0);
  write_text("a.xml", "no XML");
  expect_one("a.xml", TW_E_XML, 1, 1);
}

static void doctypes_are_refused(void **state) {
  (void)state;
  write_text("a.xml", "<?xml version=\"1.0\"?><!-- <!DOCTYPE --> \n <!DOCTYPE racktwin [<!ENTITY a \"aaaaaaaaaa\">"
                      "<!ENTITY b SYSTEM \"file:///etc/passwd\">]>\n<racktwin xmlns=\"urn:racktwin:1\" version=\"1\">"
                      "<title>&a;&b;</title></racktwin>");
  expect_one("a.xml", TW_E_DOCTYPE, 2, 2);
  /* In UTF-16 it would pass a search for its characters; only UTF-8 is read. */
  FILE *f = fopen(in_folder("a.xml"), "wb");
  assert_non_null(f);
  const char *text = "<!DOCTYPE a [<!ENTITY a \"a\">]><racktwin xmlns=\"urn:racktwin:1\" version=\"1\"/>";
  fwrite("\xFF\xFE", 1, 2, f);
  for (const char *c = text; *c; c++) fwrite((char[]){*c, 0}, 1, 2, f);
  fclose(f);
  expect_one("a.xml", TW_E_XML, 1, 1);
}

static void places_count_characters(void **state) {
  (void)state;
  write_text("a.xml", "\xEF\xBB\xBF<racktwin xmlns=\"urn:racktwin:1\" version=\"1\">\r\n<title>\xC3\xA4</title>"
                      "<!-- \xE2\x82\xAC -->\t<source id='s'\n  V = \n '\xC3\xA4 > / 54'/></racktwin>");
  expect_one("a.xml", TW_E_VALUE, 4, 3);
}

static void includes_end(void **state) {
  (void)state;
  write_text("x.xml", "<catalogue xmlns=\"urn:racktwin:1\" xmlns:xi=\"http://www.w3.org/2001/XInclude\">\n"
                      "<xi:include href=\"y.xml\"/></catalogue>");
  write_text("y.xml", "<catalogue xmlns=\"urn:racktwin:1\" xmlns:xi=\"http://www.w3.org/2001/XInclude\">"
                      "<source id=\"p\" V=\"1 A\"/>\n\n<xi:include href=\"x.xml\"/></catalogue>");
  write_model("<xi:include href=\"x.xml\"/>");
  tw_diagnostics d = {0};
  assert_null(tw_read_types(toy_registry, in_folder("model.xml"), NULL, &d));
  assert_int_equal(d.n, 2); /* the loop, and the mistake in the part that nothing uses */
  assert_int_equal(d.items[0].code, TW_E_INCLUDE);
  assert_non_null(strstr(d.items[0].where.file, "/y.xml"));
  assert_int_equal(d.items[0].where.line, 3);
  assert_int_equal(d.items[1].code, TW_E_VALUE);
  tw_diagnostics_free(&d);

  for (int k = 1; k <= 17; k++) {
    char name[16], text[200];
    snprintf(name, sizeof name, "d%d.xml", k);
    snprintf(text, sizeof text, "<catalogue xmlns=\"urn:racktwin:1\" xmlns:xi=\"http://www.w3.org/2001/XInclude\">"
             "<xi:include href=\"d%d.xml\"/></catalogue>", k + 1);
    write_text(name, text);
  }
  write_model("<xi:include href=\"d1.xml\"/>");
  expect_one("model.xml", TW_E_INCLUDE, 1, 96);
}

static void all_mistakes_are_reported_without_consequences(void **state) {
  (void)state;
  tw_diagnostics d = {0};
  write_model("<sorce id=\"s\" V=\"54 V\"/>\n"                                   /* 2: unknown element; what names s is silent */
              "<load id=\"l\" count=\"18\" P=\"5 V\" fed-by=\"s\"/>\n"          /* 3: unit, once for 18 */
              "<load id=\"k\" fed-by=\"s\" colour=\"red\"/>\n"                    /* 4: attribute */
              "<use id=\"u\" part=\"none\"/><connect from=\"u.out\" to=\"k.in\"/>\n" /* 5: part */
              "<resistor id=\"r\" fed-by=\"s\"/>\n"                               /* 6: R is missing */
              "<limit of=\"s.P\" max=\"1 W\"/><limit of=\"u.x.P\" max=\"1 W\"/>\n"
              "<limit of=\"l.T\" max=\"85 K/s\"/>");                             /* 8: unit */
  assert_null(tw_read_types(toy_registry, in_folder("model.xml"), NULL, &d));
  static const int lines[] = {2, 3, 4, 5, 6, 8};
  if (d.n != 6) tw_diagnostics_print(&d, stderr, false);
  assert_int_equal(d.n, 6);
  for (int k = 0; k < 6; k++) assert_int_equal(d.items[k].where.line, lines[k]);
  tw_diagnostics_free(&d);
}

static void late_events_are_a_warning(void **state) {
  (void)state;
  tw_diagnostics d = {0};
  write_model(SOURCE "<scenario id=\"x\" duration=\"1 s\"><event at=\"2 s\" fail=\"s\"/></scenario>");
  tw_description *m = tw_read_types(toy_registry, in_folder("model.xml"), NULL, &d);
  assert_non_null(m);
  assert_int_equal(d.warnings, 1);
  assert_int_equal(d.items[0].code, TW_W_EVENT_LATE);
  tw_description_free(m);
  tw_diagnostics_free(&d);
}

static void mistakes_are_found_at_their_place(void **state) {
  (void)state;
  int wrong = 0;
  for (size_t k = 0; k < sizeof mistakes / sizeof mistakes[0]; k++) wrong += check(&mistakes[k]);
  assert_int_equal(wrong, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(mistakes_are_found_at_their_place),
      cmocka_unit_test(roots_are_checked),
      cmocka_unit_test(doctypes_are_refused),
      cmocka_unit_test(places_count_characters),
      cmocka_unit_test(includes_end),
      cmocka_unit_test(all_mistakes_are_reported_without_consequences),
      cmocka_unit_test(late_events_are_a_warning)};
  return cmocka_run_group_tests(tests, make_files, remove_folder);
}
