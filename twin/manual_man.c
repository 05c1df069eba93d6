/* Man pages: racktwin(1), one for each verb, and all elements in racktwin-elements(7). */
#include <ctype.h>
#include <string.h>
#include "doc.h"
#include "manual.h"
#include "output_internal.h"
#include "verbs.h"

/* Text of a line: backslashes and hyphens escaped, and no line that begins like a request. */
static void roff(FILE *out, const char *text) {
  if (text && (*text == '.' || *text == '\'')) fputs("\\&", out);
  for (; text && *text; text++)
    if (*text == '\\')
      fputs("\\e", out);
    else if (*text == '-')
      fputs("\\-", out);
    else
      fputc(*text == '\n' ? ' ' : *text, out);
}

static void line(FILE *out, const char *text) {
  roff(out, text);
  fputc('\n', out);
}

static void head(FILE *out, const char *name, const char *section, const char *summary) {
  fputs(".TH \"", out);
  for (const char *c = name; *c; c++) fputc(toupper((unsigned char)*c), out);
  fprintf(out, "\" \"%s\" \"\" \"racktwin " TW_VERSION "\" \"RackTwin\"\n.SH NAME\n", section);
  roff(out, name);
  fputs(" \\- ", out);
  line(out, summary);
}

static void section(FILE *out, const char *title, const char *text) {
  fprintf(out, ".SH %s\n", title);
  line(out, text);
}

static void options(FILE *out, const tw_verb *verb) {
  tw_option_row o;
  fputs(".SH OPTIONS\n", out);
  for (int i = 0; tw_option_at(i, &o); i++) {
    if (verb && !tw_option_of(verb, o.name)) continue;
    fputs(".TP\n\\fB", out);
    if (o.letter) fprintf(out, "\\-%c\\fR, \\fB", o.letter);
    fputs("\\-\\-", out);
    roff(out, o.name);
    fputs("\\fR", out);
    if (o.argument) {
      fputs(" \\fI", out);
      roff(out, o.argument);
      fputs("\\fR", out);
    }
    fputc('\n', out);
    line(out, o.help);
  }
}

static void tail(FILE *out, const char *example, const char *see) {
  section(out, "EXIT STATUS", TW_EXIT_CODES);
  fputs(".SH EXAMPLE\n.nf\n", out);
  line(out, example);
  fputs(".fi\n", out);
  section(out, "SEE ALSO", see);
}

static int main_page(const char *folder) {
  tw_manual_file f;
  int status = tw_manual_open(&f, folder, "racktwin.1");
  if (status) return status;
  head(f.out, "racktwin", "1", "power and thermal twin of AI racks");
  fputs(".SH SYNOPSIS\n\\fBracktwin\\fR \\fIVERB\\fR \\fIARGUMENTS\\fR [\\fIoptions\\fR]\n", f.out);
  section(f.out, "DESCRIPTION",
      "An XML file describes a rack: power shelves, busbar, converters, chips, cold plates, manifold, cooling unit and the "
      "building's "
      "feed. racktwin solves its electrical path, its coolant and air paths and its heat together, in steady state and in time, "
      "and says "
      "where every watt goes, how hot every chip gets and how near each part is to its limit. Data goes to standard output, "
      "everything "
      "else to standard error.");
  fputs(".SH VERBS\n", f.out);
  for (const tw_verb *v = tw_verbs; v->name; v++) {
    fprintf(f.out, ".TP\n\\fB%s\\fR \\fI", v->name);
    roff(f.out, v->arguments);
    fputs("\\fR\n", f.out);
    line(f.out, v->summary);
  }
  options(f.out, NULL);
  section(f.out, "ENVIRONMENT",
      "RACKTWIN_CATALOGUE names the folder of shipped racks, parts, scenarios and examples instead of the installed one.");
  tail(f.out, "racktwin solve racks/gb200-nvl72.xml -o out/gb200-nvl72", "racktwin-elements(7), racktwin-VERB(1)");
  return tw_manual_close(&f);
}

static int verb_page(const char *folder, const tw_verb *v) {
  tw_manual_file f;
  char name[64], file[72];
  snprintf(name, sizeof name, "racktwin-%s", v->name);
  snprintf(file, sizeof file, "%s.1", name);
  int status = tw_manual_open(&f, folder, file);
  if (status) return status;
  head(f.out, name, "1", v->summary);
  fprintf(f.out, ".SH SYNOPSIS\n\\fBracktwin %s\\fR \\fI", v->name);
  roff(f.out, v->arguments);
  fputs("\\fR [\\fIoptions\\fR]\n", f.out);
  section(f.out, "DESCRIPTION", v->text ? v->text : v->summary);
  options(f.out, v);
  tail(f.out, v->example, "racktwin(1), racktwin-elements(7)");
  return tw_manual_close(&f);
}

/* .TP entry: a bold name, what stands beside it, and a text below. */
static void entry(FILE *out, const char *name, const char *beside, const char *text) {
  fputs(".TP\n\\fB", out);
  roff(out, name);
  fputs("\\fR ", out);
  line(out, beside);
  line(out, text);
}

static void element(FILE *out, const tw_type *t) {
  char text[512], range[256];
  fputs(".SH ", out);
  line(out, t->element);
  line(out, t->title);
  const char *const about[] = {t->use, t->doc, t->validity, t->source}, *const titles[] = {"For",
                                                                            t->expand ? "Does" : "Equations", "Holds", "Source"};
  for (int i = 0; i < TW_COUNT(about); i++) entry(out, titles[i], "", about[i]);
  if (t->params && t->params->id) fputs(".SS Parameters\n", out);
  for (const tw_param *p = t->params; p && p->id; p++) {
    const char *unit = tw_doc_unit(p);
    snprintf(text, sizeof text, "%s%s%s; %s%s", unit, *unit ? ", " : "", tw_doc_range(p, range, sizeof range),
        p->dflt ? "default " : "", tw_doc_default(p));
    entry(out, p->id, text, p->doc);
  }
  if (t->ports && t->ports->id) fputs(".SS Ports\n", out);
  for (const tw_port *p = t->ports; p && p->id; p++) {
    snprintf(text, sizeof text, "%s%s", tw_doc_kind(p->kind), p->count ? ", array" : "");
    entry(out, p->id, text, p->doc);
  }
  if (t->outputs && t->outputs->id) fputs(".SS Reported quantities\n", out);
  for (const tw_quantity *q = t->outputs; q && q->id; q++) entry(out, q->id, q->unit, tw_doc_quantity(q, text, sizeof text));
  if (t->limits && t->limits->quantity) fputs(".SS Limits\n", out);
  for (const tw_limit *l = t->limits; l && l->quantity; l++) entry(out, tw_doc_limit(l, text, sizeof text), "", l->doc);
}

static int elements_page(const char *folder) {
  tw_manual_file f;
  int status = tw_manual_open(&f, folder, "racktwin-elements.7");
  if (status) return status;
  head(f.out, "racktwin-elements", "7", "the elements that a rack is described with");
  for (const tw_type *const *t = tw_registry; *t; t++) element(f.out, *t);
  section(f.out, "SEE ALSO", "racktwin(1), racktwin-doc(1)");
  return tw_manual_close(&f);
}

int tw_manual_man(const char *folder) {
  int status = tw_output_folder(folder);
  if (!status) status = main_page(folder);
  for (const tw_verb *v = tw_verbs; v->name && !status; v++) status = verb_page(folder, v);
  return status ? status : elements_page(folder);
}
