#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "../components/component.h"
#include "new.h"
#include "output_internal.h"

/* In both texts @E@ is the element, @S@ its name in C and @T@ its title. The skeleton is a complete element, a resistor with a
 * limit, so that it compiles and keeps the contract from the first minute; every place that a new element changes is named. */
static const char component[] =
    "#include \"component.h\"\n"
    "\n"
    "/* @T@.\n"
    " * i = (v_a - v_b) / R, all of i^2 R goes to the heat port. Say here which equations the element has, their source with page\n"
    " * or clause, and where they hold. */\n"
    "\n"
    "/* Parameters: id, SI unit, default as a user writes it (NULL: must be given), kind, range, flags, doc, source of the\n"
    " * default, choices, unit of a curve's x. */\n"
    "enum { P_R, P_P_MAX };\n"
    "static const tw_param params[] = {\n"
    "    {\"R\", \"ohm\", NULL, TW_NUMBER, 1e-9, 1e9, 0, \"resistance\", NULL, NULL, NULL},\n"
    "    {\"P_max\", \"W\", NULL, TW_NUMBER, 0, 1e9, TW_P_OPTIONAL, \"permitted loss\", NULL, NULL, NULL},\n"
    "    {0}};\n"
    "\n"
    "/* Ports: id, kind, roles (what fed-by and cooled-by connect), stream, array, fallback, doc. */\n"
    "enum { A, B, HEAT };\n"
    "static const tw_port ports[] = {\n"
    "    {\"a\", TW_DC, TW_R_FEED_IN, 0, NULL, NULL, \"first end\"},\n"
    "    {\"b\", TW_DC, TW_R_FEED_OUT, 0, NULL, NULL, \"second end\"},\n"
    "    {\"heat\", TW_HEAT, TW_R_OPTIONAL, 0, NULL, NULL, \"where its loss goes\"},\n"
    "    {0}};\n"
    "\n"
    "/* Unknowns and equations of its own, as many of each. */\n"
    "static const tw_unknown unknowns[] = {{0}};\n"
    "static const tw_row rows[] = {{0}};\n"
    "\n"
    "/* Reported quantities; each loss with its kind. */\n"
    "enum { O_LOSS, O_I };\n"
    "static const tw_quantity outputs[] = {\n"
    "    {\"loss\", \"W\", TW_Q_LOSS, TW_L_CONDUCTION, \"i^2 R\"},\n"
    "    {\"i\", \"A\", TW_Q_PLAIN, TW_L_NONE, \"current from a to b\"},\n"
    "    {0}};\n"
    "static const tw_limit limits[] = {{\"loss\", \"P_max\", TW_AT_MOST, \"permitted loss\"}, {0}};\n"
    "\n"
    "/* Which row depends on which unknown, in the order in which eval fills j. */\n"
    "static const tw_stamp stamps[] = {{A, A}, {A, B}, {B, A}, {B, B}, {HEAT, A}, {HEAT, B}};\n"
    "\n"
    "/* Row of a port: what flows into the element there. Compare TW_RE(x) only; kinks by smooth.h. */\n"
    "static void eval(const tw_eval *e) {\n"
    "  for (int k = 0; k < e->n; k++) {\n"
    "    tw_real v = e->x[A][k] - e->x[B][k], g = 1.0 / e->p[P_R][k];\n"
    "    e->f[A][k] = g * v;\n"
    "    e->f[B][k] = -g * v;\n"
    "    e->f[HEAT][k] = -g * v * v;\n"
    "    if (!e->j) continue;\n"
    "    e->j[0][k] = e->j[3][k] = TW_RE(g);\n"
    "    e->j[1][k] = e->j[2][k] = -TW_RE(g);\n"
    "    e->j[4][k] = -2.0 * TW_RE(g) * TW_RE(v);\n"
    "    e->j[5][k] = -e->j[4][k];\n"
    "  }\n"
    "}\n"
    "\n"
    "/* A loss from its own formula, not from what flows through the ports: the audit compares the two. */\n"
    "static void observe(const tw_eval *e, tw_real *const *out) {\n"
    "  for (int k = 0; k < e->n; k++) {\n"
    "    tw_real i = (e->x[A][k] - e->x[B][k]) / e->p[P_R][k];\n"
    "    out[O_LOSS][k] = i * i * e->p[P_R][k];\n"
    "    out[O_I][k] = i;\n"
    "  }\n"
    "}\n"
    "\n"
    "const tw_type TW_TYPE(@S@) = {\n"
    "    .element = \"@E@\",\n"
    "    .title = \"@T@\",\n"
    "    .stage = TW_STAGE_DISTRIBUTION,\n"
    "    .doc = \"i = (v_a - v_b) / R; the loss i^2 R leaves through the heat port.\",\n"
    "    .use = \"The reason why a user needs it.\",\n"
    "    .validity = \"Exact, any current.\",\n"
    "    .source = \"Ohm's law.\",\n"
    "    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs, .limits = limits,\n"
    "    .stamps = stamps, .n_stamps = TW_COUNT(stamps), .eval = eval, .observe = observe};\n";

static const char example[] =
    "<racktwin xmlns=\"urn:racktwin:1\" version=\"1\">\n"
    "  <title>@T@ on a 54 V source</title>\n"
    "  <!-- characteristic: one.loss over source.voltage 1 V .. 54 V -->\n"
    "  <voltage-source id=\"source\" voltage=\"54 V\"/>\n"
    "  <@E@ id=\"one\" R=\"1 ohm\" P_max=\"4 kW\" fed-by=\"source\"/>\n"
    "  <ground id=\"earth\"/>\n"
    "  <connect from=\"one.b\" to=\"earth.in\"/>\n"
    "</racktwin>\n";

typedef struct { char element[64], symbol[64], title[64]; } naming;

/* Lower-case words joined by '-', as elements are called. */
static bool name_it(const char *word, naming *n) {
  size_t length = strlen(word);
  if (!length || length >= sizeof n->element || !islower((unsigned char)*word) || word[length - 1] == '-') return false;
  for (size_t i = 0; i <= length; i++) {
    char c = word[i];
    if (c && !islower((unsigned char)c) && !isdigit((unsigned char)c) && (c != '-' || word[i - 1] == '-')) return false;
    n->element[i] = c;
    n->symbol[i] = c == '-' ? '_' : c;
    n->title[i] = c == '-' ? ' ' : c;
  }
  n->title[0] = (char)toupper((unsigned char)n->title[0]);
  return true;
}

static void fill_in(FILE *out, const char *text, const naming *n) {
  for (; *text; text++) {
    if (*text != '@') fputc(*text, out);
    else {
      fputs(text[1] == 'E' ? n->element : text[1] == 'S' ? n->symbol : n->title, out);
      text += 2;
    }
  }
}

/* "x": made only where no file of that name is. */
static int write_new(const char *path, const char *text, const naming *n) {
  FILE *out = fopen(path, "wx");
  if (!out) return tw_output_failed(path, errno);
  fill_in(out, text, n);
  int error = ferror(out) ? EIO : 0;
  if (fclose(out) && !error) error = errno;
  return error ? tw_output_failed(path, error) : 0;
}

static bool is_free(const char *path) {
  if (access(path, F_OK)) return true;
  fprintf(stderr, "racktwin: %s exists and is not overwritten\n", path);
  return false;
}

static int write_both(const char *folder, const naming *n) {
  char c_folder[4096], xml_folder[4096], c_path[4200], xml_path[4200];
  snprintf(c_folder, sizeof c_folder, "%.4000s/components", folder);
  snprintf(xml_folder, sizeof xml_folder, "%.4000s/racks/examples", folder);
  snprintf(c_path, sizeof c_path, "%s/%s.c", c_folder, n->symbol);
  snprintf(xml_path, sizeof xml_path, "%s/%s.xml", xml_folder, n->element);
  if (!is_free(c_path) || !is_free(xml_path)) return TW_EXIT_SYSTEM;
  int status = tw_output_folder(c_folder);
  if (!status) status = tw_output_folder(xml_folder);
  if (!status) status = write_new(c_path, component, n);
  if (!status) status = write_new(xml_path, example, n);
  if (!status) printf("%s\n%s\n", c_path, xml_path);
  return status;
}

int tw_new_element(const tw_options *o) {
  naming n;
  if (o->points || o->n_sets || o->n_words > 1) {
    fputs("racktwin: new ELEMENT takes -o DIR only; a part begins with: racktwin new part\n", stderr);
    return TW_EXIT_USAGE;
  }
  if (!name_it(o->words[0], &n)) {
    fprintf(stderr, "racktwin: \"%.60s\" cannot be an element; names are lower-case words such as bleed-resistor\n", o->words[0]);
    return TW_EXIT_USAGE;
  }
  for (const tw_type *const *t = tw_registry; *t; t++)
    if (!strcmp((*t)->element, n.element)) {
      fprintf(stderr, "racktwin: the element \"%s\" exists; see racktwin doc %s\n", n.element, n.element);
      return TW_EXIT_USAGE;
    }
  if (!o->out && access("components/component.h", R_OK)) {
    fputs("racktwin: this is not the source tree (there is no components/component.h); -o DIR names it\n", stderr);
    return TW_EXIT_USAGE;
  }
  return write_both(o->out ? o->out : ".", &n);
}
