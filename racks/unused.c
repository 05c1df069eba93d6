/* What no instance, variant or scenario has used so far, checked against the grammar once the model is known to be good: a
 * mistake in an assembly or variant that waits for its use shows at once, and every file that is read fits the schema. */
#include "reader.h"
#include "units.h"
#include <math.h>
#include <string.h>

static const char own[] = "urn:racktwin:1", xinclude[] = "http://www.w3.org/2001/XInclude";

/* ---- texts --------------------------------------------------------------------------------------------------------------- */

static void not_a(tw_reader *r, const tw_attribute_rule *rule, const tw_attribute *a, const char *what) {
  tw_report(r, rule->code, a->at, NULL, "%s = \"%s\" is not %s", a->name, a->value, what);
}

static bool path_fits(tw_reader *r, const char *text, tw_text_form form) {
  tw_path p;
  const char *last;
  if (form == TW_G_PATH_GLOB) return tw_glob_parse(r->arena, text, &p);
  if (form == TW_G_FIGURE_GLOB) return tw_glob_split(r->arena, text, &p, &last);
  if (!tw_path_parse(r->arena, text, &p)) return false;
  if (form == TW_G_PATH || form == TW_G_PATHS) return true;
  return p.n >= 2 && (form != TW_G_FIGURE || !p.words[p.n - 1].index);
}

static void check_path(tw_reader *r, const tw_attribute_rule *rule, const tw_attribute *a) {
  static const char *const what[] = {"the path of a component, such as \"tray[3].vrm\"",
                                     "a list of ids, such as \"feed-a feed-b\"", "the path of a port, such as \"tray.vrm.in\"",
                                     "a list of ports, such as \"ibc.in vrm.in\"",
                                     "the path of a figure, such as \"tray[3].vrm.R_on\"",
                                     "the path of a component, such as \"tray[3].vrm\" or \"tray.*.ibc\"",
                                     "the path of a figure, such as \"tray[3].vrm.R_on\" or \"*.fan.speed\""};
  bool several = rule->form == TW_G_PATHS || rule->form == TW_G_PORTS, good = true;
  int n = 0;
  for (const char *w = a->value; good && *w;) {
    size_t length = several ? strcspn(w, " ") : strlen(w);
    if (length) n++, good = path_fits(r, tw_strndup(r->arena, w, length), rule->form);
    w += length + (w[length] == ' ');
  }
  if (!good || !n) not_a(r, rule, a, what[rule->form - TW_G_PATH]);
}

/* A number whose unit is judged where it is used. */
static void check_bound(tw_reader *r, const tw_attribute_rule *rule, const tw_attribute *a) {
  static const char blanks[] = " \t\r\n";
  double x;
  const char *end = tw_number_scan(a->value + strspn(a->value, blanks), &x);
  if (!end || !tw_unit_known(end + strspn(end, blanks))) not_a(r, rule, a, "a number with its unit, such as \"85 degC\"");
}

static void check_whole(tw_reader *r, const tw_attribute_rule *rule, const tw_attribute *a) {
  long x;
  if (!tw_whole_scan(a->value, &x) || (double)x < rule->lo || (double)x > rule->hi)
    not_a(r, rule, a, tw_printf(r->arena, "a whole number from %.0f to %.0f", rule->lo, rule->hi));
}

static void check_text(tw_reader *r, const tw_attribute_rule *rule, const tw_xml_node *n, const tw_attribute *a) {
  int index, list[TW_MAX_UNITS];
  char currency[4];
  switch (rule->form) {
    case TW_G_TEXT: break;
    case TW_G_FILLED: tw_required(r, n, a->name); break;
    case TW_G_ID: tw_required_id(r, n); break;
    case TW_G_NAME:
      if (!tw_id_good(a->value)) not_a(r, rule, a, "an id: letters, digits, '-' and '_'");
      break;
    case TW_G_PATH: case TW_G_PATHS: case TW_G_PORT: case TW_G_PORTS: case TW_G_FIGURE: case TW_G_PATH_GLOB:
    case TW_G_FIGURE_GLOB: check_path(r, rule, a); break;
    case TW_G_QUANTITY: tw_quantity_read(r, a, rule->unit, rule->lo, rule->hi, rule->code); break;
    case TW_G_PRICE: tw_price_read(r, a, currency); break;
    case TW_G_BOUND: check_bound(r, rule, a); break;
    case TW_G_WHOLE: check_whole(r, rule, a); break;
    case TW_G_PLACES:
      if (tw_places_scan(a->value, TW_MAX_UNITS, list) < 1) not_a(r, rule, a, "a list of units, such as \"8..17 27..34\"");
      break;
    case TW_G_WORD: tw_choice_read(r, rule->code, rule->choices, a, &index); break;
    case TW_G_UNIT: case TW_G_POINTS: break; /* of curves, which are read with their element */
  }
}

/* ---- elements ------------------------------------------------------------------------------------------------------------ */

static void check_required(tw_reader *r, const tw_xml_node *n, const tw_attribute_rule *a) {
  for (; a && a->name; a++)
    if (a->required) tw_required(r, n, a->name);
}

/* Attributes that the rule lacks are parameters or kinds, which have been read with their element. */
static void check_texts(tw_reader *r, const tw_xml_node *n, const tw_element_rule *e) {
  check_required(r, n, e->attributes);
  for (int k = 0; k < n->n_attributes; k++) {
    const tw_attribute_rule *rule = tw_attribute_rule_of(e, n->attributes[k].name);
    if (rule) check_text(r, rule, n, &n->attributes[k]);
  }
}

static bool is_own(tw_reader *r, const tw_xml_node *n) {
  bool good = !strcmp(n->ns, own);
  if (!good) tw_report(r, TW_E_ELEMENT, n->where, NULL, "<%s> is not in the namespace %s", n->name, own);
  return good;
}

static void check_component(tw_reader *r, tw_xml_node *n) {
  if (!n->made) tw_prototype_of(r, n, NULL, NULL);
  for (const tw_xml_node *k = n->first; k; k = k->next) is_own(r, k);
  check_texts(r, n, tw_rule_of("component"));
}

static void check_use(tw_reader *r, tw_xml_node *n) {
  bool part = tw_attribute_find(n, "part") != NULL, of_assembly = tw_attribute_find(n, "assembly") != NULL;
  if (part == of_assembly) {
    tw_report(r, TW_E_ATTRIBUTE_MISSING, n->where, NULL, "<use> needs either part=\"...\" or assembly=\"...\"");
  } else if (part) {
    check_component(r, n);
  } else {
    tw_check_attributes(r, n, "use");
    tw_check_children(r, n, "use");
    check_texts(r, n, tw_rule_of("use"));
  }
}

/* Only the first curve of each property has been read. */
static void check_medium(tw_reader *r, const tw_xml_node *n) {
  for (const tw_xml_node *k = n->first; k; k = k->next)
    for (const tw_param *q = tw_medium_properties; q->id; q++) {
      tw_param p = *q;
      tw_value v;
      p.kind = TW_CURVE;
      if (!strcmp(k->name, p.id)) tw_curve_read(r, k, &p, NULL, &v);
    }
}

static void check_phase(tw_reader *r, const tw_xml_node *n) {
  for (int k = 0; k < n->n_attributes; k++)
    if (tw_is_kind(n->attributes[k].name)) tw_kind_check(r, &n->attributes[k]);
}

/* Ids of an assembly's instances, with those in its racks, and of its ports. */
static void check_ids(tw_reader *r, const tw_xml_node *n, tw_map *instances, tw_map *ports) {
  for (const tw_xml_node *k = n->first; k; k = k->next) {
    const tw_attribute *id = tw_attribute_find(k, "id");
    bool port = !strcmp(k->name, "port");
    if (!strcmp(k->name, "rack")) check_ids(r, k, instances, ports);
    else if (id && !tw_map_put(r->arena, port ? ports : instances, id->value, r))
      tw_report(r, TW_E_DUPLICATE, id->at, NULL, "the id \"%s\" is used twice in the assembly", id->value);
  }
}

static void check_node(tw_reader *r, tw_xml_node *n, const tw_element_rule *e);

static void check_children(tw_reader *r, tw_xml_node *n, const tw_element_rule *e) {
  for (tw_xml_node *k = n->first; k; k = k->next) {
    const tw_element_rule *rule = tw_word_in(e->children, k->name, strlen(k->name), ' ') ? tw_rule_of(k->name) : NULL;
    if (e->includes && !strcmp(k->ns, xinclude)) check_node(r, k, tw_rule_of("include"));
    else if (!is_own(r, k)) continue;
    else if (rule && !strcmp(k->name, "use")) check_use(r, k);
    else if (rule) check_node(r, k, rule);
    else if (e->components && tw_type_named(r, k->name)) check_component(r, k);
    else if (!e->params) tw_report(r, TW_E_ELEMENT, k->where, NULL, "<%s> does not belong into <%s>", k->name, n->name);
  }
}

static void check_node(tw_reader *r, tw_xml_node *n, const tw_element_rule *e) {
  tw_map instances = {0}, ports = {0};
  if (!strcmp(e->element, "phase")) check_phase(r, n);
  else tw_check_attributes(r, n, e->element);
  check_texts(r, n, e);
  check_children(r, n, e);
  if (!strcmp(e->element, "medium")) check_medium(r, n);
  if (!strcmp(e->element, "assembly")) check_ids(r, n, &instances, &ports);
}

void tw_unused_check(tw_reader *r) {
  for (int k = 0; k < r->roots.n; k++) {
    tw_xml_node *root = r->roots.at[k];
    const tw_element_rule *rule = tw_rule_of(root->name);
    if (rule) check_node(r, root, rule);
  }
}
