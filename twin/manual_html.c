/* The reference manual as HTML. */
#include <stdlib.h>
#include <string.h>
#include "../racks/diagnostic_codes.h"
#include "../racks/units.h"
#include "../viz/chart.h"
#include "../viz/html.h"
#include "doc.h"
#include "example.h"
#include "manual.h"
#include "output_internal.h"
#include "verbs.h"

static const char *const links[] = {
    "Elements", "index.html", "Commands", "commands.html", "Units", "units.html", "Diagnostics", "diagnostics.html", NULL};

static void part(FILE *out, const char *title, const char *text) {
  fputs("<dt>", out);
  tw_html_text(out, title);
  fputs("</dt><dd>", out);
  tw_html_text(out, text);
  fputs("</dd>\n", out);
}

/* ---- the tables of an element ------------------------------------------------------------------------------------------------ */

static void write_params(FILE *out, const tw_type *t) {
  static const char *const titles[] = {"parameter", "unit", "range", "default", "meaning", "source"};
  char range[256];
  if (!t->params || !t->params[0].id) return;
  tw_html_element(out, "h2", "Parameters");
  tw_html_table(out, titles, TW_COUNT(titles));
  for (const tw_param *p = t->params; p->id; p++)
    tw_html_row(out,
        (const char *[]){p->id, tw_doc_unit(p), tw_doc_range(p, range, sizeof range), tw_doc_default(p), p->doc, p->source}, 6);
  tw_html_table_end(out);
}

static void write_ports(FILE *out, const tw_type *t) {
  static const char *const titles[] = {"port", "kind", "meaning", "connection"};
  char role[256], name[64];
  if (!t->ports || !t->ports[0].id) return;
  tw_html_element(out, "h2", "Ports");
  tw_html_table(out, titles, TW_COUNT(titles));
  for (const tw_port *p = t->ports; p->id; p++) {
    snprintf(name, sizeof name, "%s%s", p->id, p->count ? "[]" : "");
    tw_html_row(out, (const char *[]){name, tw_doc_kind(p->kind), p->doc, tw_doc_port(p, role, sizeof role)}, 4);
  }
  tw_html_table_end(out);
}

static void write_unknowns(FILE *out, const tw_type *t) {
  static const char *const titles[] = {"unknown", "unit", "meaning"};
  if (!t->unknowns || !t->unknowns[0].id) return;
  tw_html_element(out, "h2", "Unknowns of its own");
  tw_html_table(out, titles, TW_COUNT(titles));
  for (const tw_unknown *u = t->unknowns; u->id; u++) tw_html_row(out, (const char *[]){u->id, u->unit, u->doc}, 3);
  tw_html_table_end(out);
}

static void write_outputs(FILE *out, const tw_type *t) {
  static const char *const titles[] = {"quantity", "unit", "meaning"};
  char text[256];
  tw_html_element(out, "h2", "Reported quantities");
  if (!t->outputs || !t->outputs[0].id) {
    tw_html_element(out, "p", "Those of the parts that it is made of.");
    return;
  }
  tw_html_table(out, titles, TW_COUNT(titles));
  for (const tw_quantity *q = t->outputs; q->id; q++)
    tw_html_row(out, (const char *[]){q->id, q->unit, tw_doc_quantity(q, text, sizeof text)}, 3);
  tw_html_table_end(out);
}

static void write_limits(FILE *out, const tw_type *t) {
  static const char *const titles[] = {"limit", "meaning"};
  char text[128];
  if (!t->limits || !t->limits[0].quantity) return;
  tw_html_element(out, "h2", "Limits");
  tw_html_table(out, titles, TW_COUNT(titles));
  for (const tw_limit *l = t->limits; l->quantity; l++)
    tw_html_row(out, (const char *[]){tw_doc_limit(l, text, sizeof text), l->doc}, 2);
  tw_html_table_end(out);
}

/* ---- its example ------------------------------------------------------------------------------------------------------------- */

/* What a composite is made of in the example: "contact x 5, busbar-segment x 4", with links. */
static void write_parts(FILE *out, const tw_session *s, const tw_type *t) {
  bool any = false;
  fputs("<p>In the example it is made of ", out);
  for (const tw_type *const *k = tw_registry; *k; k++) {
    int n = 0;
    for (int i = 0; i < s->model->n_items; i++) {
      int above = s->model->items[i].parent;
      if (s->model->items[i].type == *k && above >= 0 && s->model->items[above].type == t) n++;
    }
    if (n) fprintf(out, "%s<a href=\"element-%s.html\">%s</a> x %d", any ? ", " : "", (*k)->element, (*k)->element, n);
    any = any || n;
  }
  fputs(".</p>\n", out);
}

/* The quantity; its last word where several parts share it; nothing where they differ. */
static const char *y_name(const tw_characteristic *c) {
  const char *word = strrchr(c->quantity[0], '.');
  if (c->n == 1 || !word) return c->quantity[0];
  for (int k = 1; k < c->n; k++) {
    const char *other = strrchr(c->quantity[k], '.');
    if (!other || strcmp(word, other)) return "";
  }
  return word + 1;
}

static int write_chart(FILE *out, tw_session *s, const tw_characteristic *c) {
  if (!c->n) {
    fputs("<p>No characteristic curve: ", out);
    tw_html_text(out, c->why);
    fputs("</p>\n", out);
    return 0;
  }
  tw_swept *swept = calloc(1, sizeof *swept);
  if (!swept) abort();
  int status = tw_characteristic_sweep(s, c, swept);
  if (!status) {
    char title[300], x[160], y[160];
    snprintf(title, sizeof title, "%.95s over %.95s", c->quantity[0], c->over);
    snprintf(x, sizeof x, "%.95s [%s]", c->over, swept->x_unit);
    snprintf(y, sizeof y, "%.95s [%s]", y_name(c), swept->y_unit);
    tw_chart chart = {.title = title, .x_title = x, .y_title = y, .n = TW_CURVE_POINTS, .x = swept->x, .n_lines = c->n};
    for (int k = 0; k < c->n; k++) chart.lines[k] = (tw_chart_line){.name = c->quantity[k], .y = swept->y[k]};
    fputs("<figure>\n", out);
    tw_chart_svg(out, &chart);
    fputs("<figcaption>The example with ", out);
    tw_html_text(out, c->by);
    fputs(" from ", out);
    tw_html_text(out, c->from);
    fputs(" to ", out);
    tw_html_text(out, c->to);
    fputs("; a gap is where there is no solution.</figcaption>\n</figure>\n", out);
  }
  free(swept);
  return status;
}

static int write_solved(FILE *out, tw_session *s, const char *file, const char *text) {
  tw_characteristic list[TW_CURVES];
  char *page = tw_example_page(s);
  int n = tw_characteristics(file, text, list), status = page && n >= 0 ? 0 : TW_EXIT_INPUT;
  if (!status) {
    tw_html_element(out, "h2", "Its solution");
    tw_html_element(out, "pre", page);
    tw_html_element(out, "h2", "Characteristic");
  }
  for (int i = 0; i < n && !status; i++) status = write_chart(out, s, &list[i]);
  free(page);
  return status;
}

static int write_example(FILE *out, const tw_type *t) {
  static const tw_options plain = {0};
  char file[4096];
  tw_doc_example(t, file, sizeof file);
  char *text = tw_example_text(file);
  if (!text) {
    fprintf(stderr, "racktwin: error: <%s> has no example: %s cannot be read\n", t->element, file);
    return TW_EXIT_INPUT;
  }
  tw_session s;
  int status = tw_session_open(&s, &plain, file, NULL, true);
  if (!status) {
    if (t->expand) write_parts(out, &s, t);
    tw_html_element(out, "h2", "Example");
    fprintf(out, "<p><code>racks/examples/%s.xml</code></p>\n", t->element);
    tw_html_element(out, "pre", text);
    status = write_solved(out, &s, file, text);
  }
  tw_session_close(&s);
  free(text);
  return status;
}

/* ---- pages ------------------------------------------------------------------------------------------------------------------- */

static void write_head(FILE *out, const tw_type *t) {
  char title[160];
  snprintf(title, sizeof title, "%s - RackTwin", t->element);
  tw_html_begin(out, title, links);
  tw_html_element(out, "h1", t->title);
  fprintf(out, "<p><code>&lt;%s&gt;</code>%s%s%s</p>\n<dl>\n", t->element, tw_doc_named(t) ? ", part that others name" : t->expand ? ", composite" : "",
      t->stage ? ", stage " : "", t->stage ? tw_stage_name(t->stage) : "");
  part(out, "What it is for", t->use);
  part(out, t->expand ? "What it does" : "Equations", t->doc);
  part(out, "Where it holds", t->validity);
  part(out, "Source", t->source);
  fputs("</dl>\n", out);
}

static int element_page(const char *folder, const tw_type *t) {
  char name[128];
  tw_manual_file f;
  snprintf(name, sizeof name, "element-%s.html", t->element);
  int status = tw_manual_open(&f, folder, name);
  if (status) return status;
  write_head(f.out, t);
  write_params(f.out, t);
  write_ports(f.out, t);
  write_unknowns(f.out, t);
  write_outputs(f.out, t);
  write_limits(f.out, t);
  status = write_example(f.out, t);
  tw_html_end(f.out);
  int closed = tw_manual_close(&f);
  return status ? status : closed;
}

static bool has_kind(const tw_type *t, unsigned kinds) {
  for (const tw_port *p = t->ports; p && p->id; p++)
    if (kinds >> p->kind & 1u) return true;
  return false;
}

/* Coolant and air, power, heat, signals: the first that an element has a port of. */
static int group_of(const tw_type *t) {
  static const unsigned kinds[] = {1u << TW_FLUID | 1u << TW_REFRIGERANT, 1u << TW_DC | 1u << TW_AC, 1u << TW_HEAT};
  for (int g = 0; g < TW_COUNT(kinds); g++)
    if (has_kind(t, kinds[g])) return g;
  return TW_COUNT(kinds);
}

static int index_page(const char *folder) {
  static const char *const titles[] = {"Coolant and air", "Power", "Heat", "Signals and control"};
  static const int order[] = {1, 0, 2, 3};
  static const char *const columns[] = {"element", "", "what it is for"};
  tw_manual_file f;
  int status = tw_manual_open(&f, folder, "index.html");
  if (status) return status;
  tw_html_begin(f.out, "RackTwin reference", links);
  tw_html_element(f.out, "h1", "RackTwin reference");
  for (int k = 0; k < TW_COUNT(order); k++) {
    tw_html_element(f.out, "h2", titles[order[k]]);
    tw_html_table(f.out, columns, TW_COUNT(columns));
    for (const tw_type *const *t = tw_registry; *t; t++) {
      if (group_of(*t) != order[k]) continue;
      fprintf(f.out, "<tr><td><a href=\"element-%s.html\">%s</a></td><td>", (*t)->element, (*t)->element);
      tw_html_text(f.out, (*t)->title);
      fputs("</td><td>", f.out);
      tw_html_text(f.out, (*t)->use);
      fputs("</td></tr>\n", f.out);
    }
    tw_html_table_end(f.out);
  }
  tw_html_end(f.out);
  return tw_manual_close(&f);
}

static int commands_page(const char *folder) {
  static const char *const verb_titles[] = {"verb", "arguments", "does"}, *const option_titles[] = {
                                                                              "option", "argument", "meaning"};
  tw_manual_file f;
  int status = tw_manual_open(&f, folder, "commands.html");
  if (status) return status;
  tw_html_begin(f.out, "Commands - RackTwin", links);
  tw_html_element(f.out, "h1", "Commands");
  tw_html_element(f.out, "pre", "racktwin VERB ARGUMENTS [options]");
  tw_html_table(f.out, verb_titles, 3);
  for (const tw_verb *v = tw_verbs; v->name; v++)
    tw_html_row(f.out, (const char *[]){v->name, v->arguments, v->text ? v->text : v->summary}, 3);
  tw_html_table_end(f.out);
  tw_html_element(f.out, "h2", "Options");
  tw_html_table(f.out, option_titles, 3);
  tw_option_row o;
  for (int i = 0; tw_option_at(i, &o); i++) {
    char name[64];
    if (o.letter)
      snprintf(name, sizeof name, "-%c, --%s", o.letter, o.name);
    else
      snprintf(name, sizeof name, "--%s", o.name);
    tw_html_row(f.out, (const char *[]){name, o.argument, o.help}, 3);
  }
  tw_html_table_end(f.out);
  tw_html_element(f.out, "h2", "Exit codes");
  tw_html_element(f.out, "p", TW_EXIT_CODES);
  tw_html_end(f.out);
  return tw_manual_close(&f);
}

static int units_page(const char *folder) {
  static const char *const titles[] = {"symbol", "meaning"};
  tw_manual_file f;
  int status = tw_manual_open(&f, folder, "units.html");
  if (status) return status;
  tw_html_begin(f.out, "Units - RackTwin", links);
  tw_html_element(f.out, "h1", "Units");
  tw_html_table(f.out, titles, 2);
  for (int i = 0; tw_unit_at(i); i++) tw_html_row(f.out, (const char *[]){tw_unit_at(i)->symbol, tw_unit_at(i)->doc}, 2);
  tw_html_table_end(f.out);
  tw_html_end(f.out);
  return tw_manual_close(&f);
}

static int diagnostics_page(const char *folder) {
  static const struct {
    const char *title, *text;
    int number;
  } codes[] = {
#define TW_CODE(name, number, title, text) {title, text, number},
      TW_DIAGNOSTIC_CODES(TW_CODE)
#undef TW_CODE
  };
  static const char *const titles[] = {"code", "what", "why, and what to do"};
  tw_manual_file f;
  int status = tw_manual_open(&f, folder, "diagnostics.html");
  if (status) return status;
  tw_html_begin(f.out, "Diagnostics - RackTwin", links);
  tw_html_element(f.out, "h1", "Diagnostics");
  tw_html_table(f.out, titles, 3);
  for (int i = 0; i < TW_COUNT(codes); i++) {
    char code[16];
    snprintf(code, sizeof code, "RT%04d", codes[i].number);
    tw_html_row(f.out, (const char *[]){code, codes[i].title, codes[i].text}, 3);
  }
  tw_html_table_end(f.out);
  tw_html_end(f.out);
  return tw_manual_close(&f);
}

int tw_manual_html(const char *folder) {
  int status = tw_output_folder(folder);
  if (!status) status = index_page(folder);
  if (!status) status = commands_page(folder);
  if (!status) status = units_page(folder);
  if (!status) status = diagnostics_page(folder);
  for (const tw_type *const *t = tw_registry; *t && !status; t++) status = element_page(folder, *t);
  return status;
}
