/* The reader on toy elements (support/reader_types.c): structure, values, paths, variants, connections, scenarios. The mistakes
 * are in test_reader_mistakes.c. */
#include "../racks/trace.h"
#include "support/reader_files.h"
#include <math.h>
#include <string.h>

static const tw_item *item(const tw_description *m, const char *path) {
  for (int k = 0; k < m->n_items; k++)
    if (!strcmp(m->items[k].path, path)) return &m->items[k];
  fail_msg("there is no item %s", path);
  return NULL;
}

static const tw_value *value(const tw_description *m, const char *path, const char *param) {
  const tw_item *t = item(m, path);
  for (int k = 0; t->type->params[k].id; k++)
    if (!strcmp(t->type->params[k].id, param)) return &t->values[k];
  fail_msg("%s has no %s", path, param);
  return NULL;
}

static double number(const tw_description *m, const char *path, const char *param) { return value(m, path, param)->number; }

static bool is_end(const tw_description *m, tw_end e, const char *text) {
  char at[200];
  snprintf(at, sizeof at, "%s.%s", m->items[e.item].path, m->items[e.item].type->ports[e.port].id);
  return !strcmp(at, text);
}

static bool joined(const tw_description *m, const char *a, const char *b) {
  for (int k = 0; k < m->n_joins; k++) {
    const tw_join *j = &m->joins[k];
    if ((is_end(m, j->a, a) && is_end(m, j->b, b)) || (is_end(m, j->a, b) && is_end(m, j->b, a))) return true;
  }
  return false;
}

/* ---- values ------------------------------------------------------------------------------------------------------- */

static void reads_values_and_defaults(void **state) {
  (void)state;
  tw_description *m = read_model("<title> One &amp; <![CDATA[only]]> </title><ambient temperature=\"30 degC\"/>\n"
                                 "<source id=\"s\" V=\"54V\" source=\"sheet &lt;3\" quality=\"datasheet\"/>\n"
                                 "<load id=\"l\" kind=\"cpu\" utilisation=\"35 %\" fed-by=\"s\">\n"
                                 "<efficiency x-unit=\"kW\" beyond=\"hold\" points=\"0.1 0.9; 1 0.95; 2, 0.94\"/></load>", NULL);
  assert_string_equal(m->title, "One & only");
  assert_close(m->ambient, 303.15, 1e-9);
  assert_int_equal(m->n_items, 2);
  const tw_value *v = value(m, "s", "V");
  assert_true(v->given && v->number == 54.0);
  assert_string_equal(v->written, "54V");
  assert_string_equal(v->source, "sheet <3");
  assert_int_equal(v->quality, TW_DATASHEET);
  assert_int_equal(v->where.line, 3);
  assert_int_equal(v->where.col, 19);
  const tw_value *r = value(m, "s", "R");
  assert_true(!r->given && r->number == 1e-3);
  assert_string_equal(r->source, "textbook");
  assert_close(number(m, "l", "kind"), 1, 0);
  assert_close(number(m, "l", "utilisation"), 0.35, 1e-15);
  const tw_curve *c = value(m, "l", "efficiency")->curve;
  assert_int_equal(c->n, 3);
  assert_true(c->x[0] == 100.0 && c->x[2] == 2000.0 && c->y[2] == 0.94);
  assert_int_equal(c->beyond, TW_BEYOND_HOLD);
  assert_true(joined(m, "s.out", "l.in"));
  tw_description_free(m);
}

static void parts_are_inherited_and_overridden(void **state) {
  (void)state;
  tw_description *m = read_model(
      "<catalogue><source id=\"basic\" V=\"50 V\" R=\"2 mohm\" source=\"A\" quality=\"datasheet\" price=\"100 USD\"/>\n"
      "<source id=\"better\" part=\"basic\" R=\"1.5 mohm\" source=\"B\" quality=\"measured\"/></catalogue>\n"
      "<use id=\"u\" part=\"better\" V=\"51 V\" source=\"C\" quality=\"estimate\"/><source id=\"t\" part=\"better\"/>", NULL);
  assert_string_equal(item(m, "u")->part, "better");
  assert_string_equal(item(m, "u")->source, "C");
  assert_string_equal(item(m, "t")->source, "B");
  assert_close(number(m, "u", "V"), 51, 0);
  assert_int_equal(value(m, "u", "V")->quality, TW_ESTIMATE);
  assert_int_equal(value(m, "u", "R")->quality, TW_MEASURED);
  assert_close(number(m, "u", "R"), 0.0015, 1e-18);
  assert_string_equal(value(m, "t", "V")->source, "A");
  tw_description_free(m);
}

/* ---- structure ---------------------------------------------------------------------------------------------------- */

static const char rack_model[] =
    "<assembly id=\"tray\"><port id=\"in\" to=\"r.a\"/><resistor id=\"r\" R=\"2 mohm\"/>\n"
    "<load id=\"chip\" count=\"2\" fed-by=\"r\"/></assembly>\n"
    "<rack id=\"rack\" units=\"10\"><shelf id=\"shelf\" unit=\"unit\" n=\"3\" u=\"1..2\" feeds=\"bus\"/><bar id=\"bus\"/>\n"
    "<use id=\"tray\" assembly=\"tray\" count=\"3\" u=\"9..8 4\" fed-by=\"bus\"/></rack>\n"
    "<parts><source id=\"unit\" V=\"48 V\" R=\"3 mohm\" source=\"sheet\" quality=\"datasheet\"/></parts>";

static void taps_go_by_height(void **state) {
  (void)state;
  tw_description *m = read_model(rack_model, NULL);
  assert_int_equal(item(m, "tray[1]" ".chip[2]")->u, 9);
  assert_close(item(m, "tray[3].r")->height, 4 * 0.04445, 1e-12);
  assert_string_equal(item(m, "tray[3].r")->rack, "rack");
  assert_int_equal(item(m, "shelf")->u, 1);
  /* heights 1 (shelf), 4, 8, 9 */
  assert_true(joined(m, "shelf.unit[1].out", "bus.segment[1].b"));
  assert_true(joined(m, "tray[3].r.a", "bus.segment[2].b"));
  assert_true(joined(m, "tray[2].r.a", "bus.segment[3].b"));
  assert_true(joined(m, "tray[1].r.a", "bus.segment[4].b"));
  assert_close(number(m, "bus.segment[4]", "length"), 9 * 0.04445, 1e-12);
  assert_true(joined(m, "tray[2].r.b", "tray[2].chip[1].in") && joined(m, "tray[2].r.b", "tray[2].chip[2].in"));
  tw_description_free(m);
}

static void taps_go_by_document_without_heights(void **state) {
  (void)state;
  tw_description *m = read_model("<source id=\"s\" V=\"48 V\" feeds=\"bus\"/><bar id=\"bus\"/><load id=\"l\" count=\"2\" "
                                 "fed-by=\"bus\"/><load id=\"k\"/><connect from=\"k.in\" to=\"bus.tap[2]\"/>", NULL);
  assert_true(joined(m, "s.out", "bus.segment[1].b"));
  assert_true(joined(m, "l[1].in", "bus.segment[3].b"));
  assert_true(joined(m, "l[2].in", "bus.segment[4].b"));
  assert_true(joined(m, "k.in", "bus.segment[2].b"));
  tw_description_free(m);
}

static void composites_emit_and_pass(void **state) {
  (void)state;
  tw_description *m = read_model(rack_model, NULL);
  const tw_item *unit = item(m, "shelf.unit[2]");
  assert_string_equal(unit->part, "unit");
  assert_string_equal(unit->source, "sheet");
  assert_string_equal(m->items[unit->parent].path, "shelf");
  assert_true(unit->parent < (int)(unit - m->items));
  /* The shelf's own voltage is a default: the part's figure stays, but a change of the shelf's parameter reaches it. */
  const tw_value *v = value(m, "shelf.unit[2]", "V");
  assert_close(v->number, 48, 0);
  assert_string_equal(m->items[v->owner].path, "shelf");
  assert_int_equal(v->owner_param, 2);
  assert_true(joined(m, "shelf.unit[1].out", "shelf.unit[2].out"));
  tw_description_free(m);
  m = read_model(rack_model, &(tw_read_options){.sets = (const char *[]){"shelf.V=50 V", "shelf.n=2", "shelf.unit[2].R=9 mohm"},
                                                .n_sets = 3});
  assert_close(number(m, "shelf.unit[2]", "V"), 50, 0);
  assert_close(number(m, "shelf.unit[1]", "R"), 0.003, 1e-18);
  assert_close(number(m, "shelf.unit[2]", "R"), 0.009, 1e-18);
  assert_null(value(m, "shelf.unit[2]", "R")->where.file);
  assert_int_equal(tw_match(m, "shelf.unit.V", NULL, NULL), 2);
  tw_description_free(m);
}

static void composites_nest(void **state) {
  (void)state;
  tw_description *m = read_model("<rack id=\"a\"><load id=\"l\" count=\"3\" u=\"7 3 5\" fed-by=\"c\"/></rack>\n"
                                 "<cabinet id=\"c\" R=\"5 mohm\"/>", NULL);
  assert_close(number(m, "c.bar.segment[1]", "R"), 0.005, 1e-18);
  assert_true(joined(m, "l[2].in", "c.bar.segment[1].b"));
  assert_true(joined(m, "l[1].in", "c.bar.segment[3].b"));
  assert_close(number(m, "c.bar.segment[3]", "length"), 7 * 0.04445, 1e-12);
  tw_description_free(m);
}

static void coolant_goes_there_and_back(void **state) {
  (void)state;
  tw_description *m = read_model("<manifold id=\"m\" branches=\"3\" coolant=\"pg25\"/>\n"
                                 "<plate id=\"p\" count=\"2\" cooled-by=\"m\"/>", NULL);
  assert_true(joined(m, "p[2].in", "m.branch[2].in") && joined(m, "p[2].out", "m.branch[2].out"));
  assert_string_equal(value(m, "m.branch[3]", "coolant")->text, "pg25");
  tw_description_free(m);
}

static void feeds_match_inputs(void **state) {
  (void)state;
  tw_description *m = read_model("<source id=\"f1\" V=\"1 V\"/><source id=\"f2\" V=\"2 V\"/>\n"
                                 "<dual id=\"d\" count=\"2\" fed-by=\"f1 f2\"/>\n"
                                 "<dual id=\"e\" fed-by=\"f2\"/>", NULL);
  assert_true(joined(m, "d[2].a", "f1.out") && joined(m, "d[2].b", "f2.out"));
  assert_true(joined(m, "e.a", "f2.out") && joined(m, "e.b", "f2.out"));
  tw_description_free(m);
}

static void counts_are_paired(void **state) {
  (void)state;
  tw_description *m = read_model("<source id=\"s\" V=\"9 V\" count=\"3\"/><resistor id=\"r\" R=\"1 mohm\" count=\"3\"/>\n"
                                 "<load id=\"l\"/>\n"
                                 "<connect from=\"s.out\" to=\"r.a\"/><connect from=\"r.b\" to=\"l.in\"/>", NULL);
  assert_true(joined(m, "s[1].out", "r[1].a") && joined(m, "s[3].out", "r[3].a") && !joined(m, "s[1].out", "r[2].a"));
  assert_true(joined(m, "r[1].b", "l.in") && joined(m, "r[3].b", "l.in"));
  assert_int_equal(m->n_joins, 6);
  tw_description_free(m);
}

/* ---- variants ----------------------------------------------------------------------------------------------------- */

static const char variant_model[] =
    "<catalogue><source id=\"p1\" V=\"48 V\"/><source id=\"p2\" V=\"50 V\" R=\"5 mohm\"/></catalogue>\n"
    "<assembly id=\"t\"><port id=\"in\" to=\"l.in\"/><load id=\"l\"/></assembly>\n"
    "<assembly id=\"t2\"><port id=\"in\" to=\"l.in\"/><load id=\"l\" P=\"7 W\"/></assembly>\n"
    "<use id=\"s\" part=\"p1\"/><use id=\"t\" assembly=\"t\" count=\"2\" fed-by=\"s\"/>\n"
    "<limit of=\"t.l.T\" max=\"85 degC\" min=\"5 degC\" source=\"S\" quality=\"standard\"/>\n"
    "<variant id=\"a\" base=\"base\"><set at=\"t[2].l.P\" value=\"5 W\" source=\"V\" quality=\"estimate\"/>\n"
    "<replace use=\"s\" part=\"p2\"/></variant>\n"
    "<variant id=\"b\" base=\"a\"><set at=\"t.l.P\" value=\"6 W\"/><limit of=\"t.l.T\" max=\"70 degC\"/>\n"
    "<ambient temperature=\"40 degC\"/></variant>\n"
    "<variant id=\"c\" base=\"b\"><replace use=\"t[2]\" assembly=\"t2\"/><set at=\"s.V\" value=\"51 V\"/></variant>";

static void variants_build_on_each_other(void **state) {
  (void)state;
  tw_description *m = read_model(variant_model, NULL);
  assert_int_equal(m->n_variants, 3);
  assert_close(number(m, "s", "V"), 48, 0);
  assert_int_equal(m->n_limits, 2);
  assert_close(m->limits[0].value, 358.15, 1e-9);
  assert_int_equal(m->limits[1].sense, TW_AT_LEAST);
  tw_description_free(m);

  m = read_model(variant_model, &(tw_read_options){.variant = "a"});
  assert_string_equal(item(m, "s")->part, "p2");
  assert_close(number(m, "s", "R"), 0.005, 1e-18);
  assert_close(number(m, "t[1].l", "P"), 100, 0);
  assert_close(number(m, "t[2].l", "P"), 5, 0);
  assert_string_equal(value(m, "t[2].l", "P")->source, "V");
  tw_description_free(m);

  m = read_model(variant_model, &(tw_read_options){.variant = "c"});
  assert_close(number(m, "s", "V"), 51, 0);
  assert_close(number(m, "t[2].l", "P"), 6, 0); /* the set of b, on the assembly of c */
  assert_close(m->limits[0].value, 343.15, 1e-9);
  assert_close(m->ambient, 313.15, 1e-9);
  tw_description_free(m);

  const char *sets[] = {"t.l.P=8W", "ambient.temperature=20 degC"};
  m = read_model(variant_model, &(tw_read_options){.variant = "c", .sets = sets, .n_sets = 2});
  assert_close(number(m, "t[1].l", "P"), 8, 0);
  assert_close(m->ambient, 293.15, 1e-9);
  tw_description_free(m);
}

/* ---- files -------------------------------------------------------------------------------------------------------- */

static void includes_are_taken_in_place(void **state) {
  (void)state;
  write_text("parts.xml", "<catalogue xmlns=\"urn:racktwin:1\" xmlns:xi=\"http://www.w3.org/2001/XInclude\">"
                          "<xi:include href=\"more.xml\"/><source id=\"p\" V=\"48 V\"/></catalogue>");
  write_text("more.xml", "<catalogue xmlns=\"urn:racktwin:1\"><load id=\"q\" P=\"3 W\"/></catalogue>");
  tw_description *m = read_model("<xi:include href=\"parts.xml\"/><xi:include href=\"more.xml\"/>\n"
                                 "<use id=\"s\" part=\"p\"/><use id=\"l\" part=\"q\" fed-by=\"s\"/>", NULL);
  assert_int_equal(m->n_inputs, 3);
  assert_close(number(m, "l", "P"), 3, 0);
  assert_non_null(strstr(value(m, "l", "P")->where.file, "more.xml"));
  tw_description_free(m);
}

static void curves_come_from_csv(void **state) {
  (void)state;
  write_text("c.csv", "power [kW],eta [%],other [1]\n0.5,90,1\n1,95,2\n");
  tw_description *m = read_model("<source id=\"s\" V=\"1 V\"/>\n"
                                 "<load id=\"l\" fed-by=\"s\"><efficiency csv=\"c.csv\" rule=\"linear\" beyond=\"refuse\" y-column=\"eta\"/></load>", NULL);
  const tw_curve *c = value(m, "l", "efficiency")->curve;
  assert_true(c->n == 2 && c->x[1] == 1000.0 && c->y[1] == 0.95);
  assert_true(c->rule == TW_CURVE_LINEAR && c->beyond == TW_BEYOND_REFUSE);
  tw_description_free(m);
}

static void media_are_defined(void **state) {
  (void)state;
  tw_description *m = read_model(
      "<medium id=\"oil\" density=\"814 kg/m3\" cp=\"2.2 kJ/(kg K)\" conductivity=\"0.14 W/(m K)\" source=\"S\">\n"
      "<viscosity x-unit=\"degC\" y-unit=\"mPa s\" beyond=\"refuse\" points=\"20 10; 60 4\"/></medium>\n"
      "<manifold id=\"m\" branches=\"1\" coolant=\"oil\"/>", NULL);
  assert_int_equal(m->n_media, 1);
  const tw_medium *oil = m->media[0];
  assert_close(oil->rho_ref, 814, 1e-12);
  assert_close(oil->T_lo, 293.15, 1e-9);
  assert_close(oil->T_hi, 333.15, 1e-9);
  assert_close(TW_RE(tw_property_at(&oil->viscosity, 333.15).v), 0.004, 1e-15);
  assert_close(TW_RE(tw_property_at(&oil->cp, 300.0).v), 2200, 1e-9);
  tw_description_free(m);
}

/* ---- time --------------------------------------------------------------------------------------------------------- */

static const char timed_model[] =
    "<source id=\"s\" V=\"54 V\" count=\"2\"/><load id=\"l\" count=\"2\" fed-by=\"s\"/>\n"
    "<workload id=\"w\"><phase duration=\"90 s\" all=\"10 %\" gpu=\"100 %\"/>\n"
    "<phase duration=\"1 min\" gpu=\"35 %\" all=\"10 %\"/><repeat/></workload>\n"
    "<scenario id=\"x\" duration=\"10 min\" workload=\"w\" every=\"500 ms\"><event at=\"20 s\" set=\"l.P\" value=\"3 W\"/>\n"
    "<event at=\"10 s\" fail=\"s[2]\"/></scenario>";

static void workloads_step(void **state) {
  (void)state;
  tw_description *m = read_model(timed_model, NULL);
  const tw_workload *w = &m->workloads[0];
  assert_true(w->repeat && w->period == 150.0 && w->n_drives == 2);
  assert_int_equal(w->n_jumps, 2);
  assert_true(w->jumps[0] == 90.0 && w->jumps[1] == 150.0);
  const tw_drive *gpu = &w->drives[strcmp(w->drives[0].chip_kind, "gpu") ? 1 : 0];
  assert_string_equal(gpu->chip_kind, "gpu");
  assert_true(TW_RE(tw_curve_at(gpu->over_time, 0.0).v) == 1.0 && TW_RE(tw_curve_at(gpu->over_time, 89.9).v) == 1.0);
  assert_true(TW_RE(tw_curve_at(gpu->over_time, 90.0).v) == 0.35 && TW_RE(tw_curve_at(gpu->over_time, 150.0).v) == 0.35);
  tw_description_free(m);
}

static void events_are_in_order(void **state) {
  (void)state;
  tw_description *m = read_model(timed_model, NULL);
  const tw_scenario *s = &m->scenarios[0];
  assert_true(s->duration == 600.0 && s->every == 0.5);
  assert_int_equal(s->n_events, 3);
  assert_true(s->events[0].t == 10.0 && s->events[0].value == 1.0);
  assert_string_equal(m->items[s->events[0].item].path, "s[2]");
  assert_string_equal(m->items[s->events[2].item].path, "l[2]");
  assert_true(s->events[2].value == 3.0);
  tw_description_free(m);
}

static void traces_come_from_csv(void **state) {
  (void)state;
  write_text("t.csv", "time [s],gpu [%],cpu\n0,10,0.5\n1,90,0.5\n2,10,0.25\n");
  tw_description *m = read_model("<workload id=\"w\"><trace csv=\"t.csv\" repeat=\"yes\"/></workload>", NULL);
  const tw_workload *w = &m->workloads[0];
  assert_true(w->repeat && w->period == 2.0 && w->n_drives == 0 && w->trace->n_uses == 2 && !w->trace->hold);
  assert_string_equal(w->trace->uses[0].kind, "gpu");
  tw_description_free(m);
}

static void scenarios_have_their_own_files(void **state) {
  (void)state;
  make_subfolder("scenarios");
  write_text("scenarios/drop.xml",
             "<scenario xmlns=\"urn:racktwin:1\" duration=\"5 s\"><event at=\"1 s\" fail=\"s\"/></scenario>");
  tw_description *m = read_model("<source id=\"s\" V=\"54 V\"/>", &(tw_read_options){.scenario = "drop"});
  assert_int_equal(m->n_scenarios, 1);
  assert_string_equal(m->scenarios[0].id, "drop");
  assert_int_equal(m->scenarios[0].n_events, 1);
  assert_int_equal(m->n_inputs, 2);
  tw_description_free(m);
}

/* ---- paths -------------------------------------------------------------------------------------------------------- */

typedef struct { int n, sum; char last[40]; } matched;
static void count_match(void *ctx, int item_number, const char *last) {
  matched *s = ctx;
  s->n++;
  s->sum += item_number;
  snprintf(s->last, sizeof s->last, "%s", last);
}

static void paths_match_with_and_without_indices(void **state) {
  (void)state;
  tw_description *m = read_model(rack_model, NULL);
  matched s = {0};
  assert_int_equal(tw_match(m, "tray.chip.P", count_match, &s), 6);
  assert_int_equal(s.n, 6);
  assert_string_equal(s.last, "P");
  assert_int_equal(tw_match(m, "tray[2].chip.P", NULL, NULL), 2);
  assert_int_equal(tw_match(m, "tray[2].chip[1].P", NULL, NULL), 1);
  assert_int_equal(tw_match(m, "tray[4].chip[1].P", NULL, NULL), 0);
  assert_int_equal(tw_match(m, "bus.segment.R", NULL, NULL), 4);
  assert_int_equal(tw_match(m, "tray.P", NULL, NULL), 0); /* an assembly is no item */
  assert_int_equal(tw_match(m, "tray", NULL, NULL), 0);
  assert_int_equal(tw_match(m, "tray[].chip..P", NULL, NULL), 0);
  tw_description_free(m);
}

static void thousands_are_quick(void **state) {
  (void)state;
  tw_description *m = read_model("<assembly id=\"a\"><load id=\"l\" count=\"50\"/><port id=\"in\" to=\"l.in\"/></assembly>\n"
                                 "<use id=\"t\" assembly=\"a\" count=\"1000\" fed-by=\"b\"/><bar id=\"b\"/>", NULL);
  assert_int_equal(m->n_items, 50000 + 1 + 1000 + 1);
  assert_int_equal(tw_match(m, "t[777].l[33].P", NULL, NULL), 1);
  tw_description_free(m);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(reads_values_and_defaults),        cmocka_unit_test(parts_are_inherited_and_overridden),
      cmocka_unit_test(taps_go_by_height),                cmocka_unit_test(taps_go_by_document_without_heights),
      cmocka_unit_test(composites_emit_and_pass),         cmocka_unit_test(composites_nest),
      cmocka_unit_test(coolant_goes_there_and_back),      cmocka_unit_test(feeds_match_inputs),
      cmocka_unit_test(counts_are_paired),                cmocka_unit_test(variants_build_on_each_other),
      cmocka_unit_test(includes_are_taken_in_place),      cmocka_unit_test(curves_come_from_csv),
      cmocka_unit_test(media_are_defined),                cmocka_unit_test(workloads_step),
      cmocka_unit_test(events_are_in_order),              cmocka_unit_test(traces_come_from_csv),
      cmocka_unit_test(scenarios_have_their_own_files),   cmocka_unit_test(paths_match_with_and_without_indices),
      cmocka_unit_test(thousands_are_quick)};
  return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
