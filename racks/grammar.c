#include "grammar.h"
#include "diagnostic_codes.h"
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

const char tw_qualities[] = "datasheet|standard|measured|analysis|estimate";

/* Bounds: from gases at low pressure to liquid metals. */
const tw_param tw_medium_properties[] = {
    {"density", "kg/m3", NULL, TW_NUMBER, 1e-2, 2e4, 0, "density", NULL, NULL, "K"},
    {"cp", "J/(kg K)", NULL, TW_NUMBER, 50, 2e4, 0, "specific heat at constant pressure", NULL, NULL, "K"},
    {"conductivity", "W/(m K)", NULL, TW_NUMBER, 1e-3, 1e3, 0, "thermal conductivity", NULL, NULL, "K"},
    {"viscosity", "Pa s", NULL, TW_NUMBER, 1e-7, 1e3, 0, "dynamic viscosity", NULL, NULL, "K"},
    {0}};

#define TEXT(name, doc) {name, TW_G_TEXT, false, 0, doc, NULL, 0, 0, NULL, NULL}
#define FILLED(name, doc) {name, TW_G_FILLED, true, TW_E_ATTRIBUTE_MISSING, doc, NULL, 0, 0, NULL, NULL}
#define OF_FORM(name, form, required, code, doc) {name, form, required, code, doc, NULL, 0, 0, NULL, NULL}
#define QUANTITY(name, required, code, unit, lo, hi, dflt, doc) \
  {name, TW_G_QUANTITY, required, code, doc, unit, lo, hi, NULL, dflt}
#define WORD(name, code, choices, dflt, doc) {name, TW_G_WORD, false, code, doc, NULL, 0, 0, choices, dflt}

#define ID(doc) OF_FORM("id", TW_G_ID, true, TW_E_ID, doc)
#define TITLE TEXT("title", "A title for people.")
#define SOURCE TEXT("source", "Where the figures of this element come from.")
#define QUALITY WORD("quality", TW_E_QUALITY, tw_qualities, NULL, "How good these figures are.")
#define END {NULL, TW_G_TEXT, false, 0, NULL, NULL, 0, 0, NULL, NULL}

#define COUNT {"count", TW_G_WHOLE, false, TW_E_COUNT, "Number of instances, numbered from 1.", NULL, 1, 10000, NULL, NULL}
#define PLACES \
  OF_FORM("u", TW_G_PLACES, false, TW_E_RACK_UNITS, "Units that it occupies in its rack, from the foot: 3, or 8..17 27..34.")
#define FED_BY \
  OF_FORM("fed-by", TW_G_PATHS, false, TW_E_PATH, "What its power inputs are joined to, by convention: one for all or one each.")
#define FEEDS OF_FORM("feeds", TW_G_PATHS, false, TW_E_PATH, "What its power outputs are joined to, by convention.")
#define COOLED_BY \
  OF_FORM("cooled-by", TW_G_PATHS, false, TW_E_PATH, "What its coolant inlets and outlets are joined to, by convention.")
#define PART(doc) OF_FORM("part", TW_G_NAME, false, TW_E_PART, doc)

static const tw_attribute_rule none[] = {END};

static const tw_attribute_rule placement[] = {
    ID("Name in its scope; paths are made from it."),
    PART("Part of the catalogue whose figures it takes; own attributes override."), COUNT, PLACES, FED_BY, FEEDS,
    COOLED_BY, SOURCE, QUALITY, END};

static const tw_attribute_rule part_data[] = {
    TITLE, TEXT("manufacturer", "Who makes it."),
    OF_FORM("price", TW_G_PRICE, false, TW_E_PRICE, "Price of one with all that is in it, such as 1200 USD (ISO 4217)."),
    QUANTITY("mass", false, TW_E_VALUE, "kg", 0.0, 1e5, NULL, "Mass of one with all that is in it."),
    QUANTITY("lead-time", false, TW_E_VALUE, "s", 0.0, 1e9, NULL, "Time from order to delivery."),
    QUANTITY("mtbf", false, TW_E_VALUE, "s", 3600.0, 1e15, NULL, "Mean time between failures."),
    TEXT("basis", "What price and delivery rest on."), END};

static const tw_attribute_rule use[] = {
    ID("Name in its scope; paths are made from it."),
    OF_FORM("assembly", TW_G_NAME, false, TW_E_ASSEMBLY, "Assembly that stands here. Either this or part."),
    PART("Part of the catalogue that stands here. Either this or assembly."),
    COUNT, PLACES, FED_BY, FEEDS, COOLED_BY, SOURCE, QUALITY, TITLE, END};

static const tw_attribute_rule file[] = {
    WORD("version", TW_E_ROOT, "1", NULL, "Version of the grammar."), TITLE, SOURCE, QUALITY, END};

static const tw_attribute_rule model[] = {
    {"version", TW_G_WORD, true, TW_E_ROOT, "Version of the grammar.", NULL, 0, 0, "1", NULL}, TITLE, SOURCE, QUALITY, END};

static const tw_attribute_rule assembly[] = {ID("Name for use."), SOURCE, QUALITY, END};

static const tw_attribute_rule rack[] = {
    ID("Name of the rack; paths leave it out."),
    {"units", TW_G_WHOLE, false, TW_E_VALUE, "Height in units.", NULL, 1, TW_MAX_UNITS, NULL, NULL},
    QUANTITY("pitch", false, TW_E_VALUE, "m", 0.001, 1.0, "44.45 mm", "Height of one unit."),
    QUANTITY("mass", false, TW_E_VALUE, "kg", 0.1, 1e5, NULL, "Mass of the rack as delivered."),
    TITLE, SOURCE, QUALITY, END};

static const tw_attribute_rule connection[] = {
    OF_FORM("from", TW_G_PORT, true, TW_E_PORT, "Port, such as tray.vrm.in or bus.tap[3]; an omitted index means all."),
    OF_FORM("to", TW_G_PORT, true, TW_E_PORT, "Port that it is joined to."), TITLE, SOURCE, QUALITY, END};

static const tw_attribute_rule port[] = {
    ID("Name of the port."), OF_FORM("to", TW_G_PORTS, true, TW_E_PORT, "Ports inside that it leads to, joined with each other."),
    WORD("role", TW_E_ROLE, "feed|feed-in|feed-out|coolant-in|coolant-out|supply|return|none", NULL,
         "What fed-by, feeds and cooled-by take it for; that of the port inside unless given."), TITLE, END};

static const tw_attribute_rule ambient[] = {
    QUANTITY("temperature", true, TW_E_VALUE, "K", 173.15, 373.15, NULL, "Temperature of the room."), SOURCE, QUALITY, END};

static const tw_attribute_rule medium[] = {
    ID("Name of the medium."), TITLE,
    QUANTITY("T-min", false, TW_E_VALUE, "K", 1.0, 5000.0, NULL, "Lowest temperature at which the properties hold."),
    QUANTITY("T-max", false, TW_E_VALUE, "K", 1.0, 5000.0, NULL, "Highest temperature at which the properties hold."),
    QUANTITY("T-ref", false, TW_E_VALUE, "K", 1.0, 5000.0, "25 degC", "Zero of the enthalpy."), SOURCE, QUALITY, END};

static const tw_attribute_rule workload[] = {ID("Name of the workload."), TITLE, SOURCE, QUALITY, END};

static const tw_attribute_rule phase[] = {
    QUANTITY("duration", true, TW_E_WORKLOAD, "s", 1e-6, 1e9, NULL, "How long it lasts."), TITLE, SOURCE, QUALITY, END};

static const tw_attribute_rule trace[] = {
    OF_FORM("csv", TW_G_FILLED, false, TW_E_ATTRIBUTE_MISSING,
            "File with a column time [s], which begins at 0, and others: in a workload of utilisation for each kind of chip (gpu "
            "[%]) or component (tray[3].gpu[1].utilisation [1]), in a scenario of any parameter (cdu.T_supply [degC]). Either this "
            "or points."),
    OF_FORM("points", TW_G_POINTS, false, TW_E_WORKLOAD,
            "time x; time x; ..., the first time 0, of the parameter that of= names."),
    OF_FORM("x-unit", TW_G_UNIT, false, TW_E_WORKLOAD, "Unit of the times of points."),
    OF_FORM("y-unit", TW_G_UNIT, false, TW_E_WORKLOAD, "Unit of the values of points; a plain number needs none."),
    OF_FORM("of", TW_G_FIGURE_GLOB, false, TW_E_WORKLOAD,
            "What points move; of a file it chooses among the columns: tray.gpu.utilisation; an omitted index means all."),
    TEXT("time-column", "Column of the time; the first unless given."),
    WORD("rule", TW_E_VALUE, "linear|hold", "linear", "What is between two rows: a straight line, or the value of the first."),
    WORD("repeat", TW_E_VALUE, "no|yes", "no", "Whether it starts again at its end."), TITLE, SOURCE, QUALITY, END};

static const tw_attribute_rule scenario[] = {
    ID("Name for -s."), TITLE, QUANTITY("duration", true, TW_E_SCENARIO, "s", 1e-6, 1e9, NULL, "Simulated time."),
    OF_FORM("workload", TW_G_NAME, false, TW_E_WORKLOAD, "Workload of the chips."),
    QUANTITY("every", false, TW_E_SCENARIO, "s", 1e-6, 1e9, "1 s", "Time between samples."),
    QUANTITY("time-of-day", false, TW_E_SCENARIO, "s", 0.0, 86400.0, NULL,
             "Time of day at which it begins, such as 8 h, for what repeats every day; the first row of it unless given."),
    WORD("version", TW_E_ROOT, "1", NULL, "Version of the grammar, in a file of its own."), SOURCE, QUALITY, END};

static const tw_attribute_rule event[] = {
    QUANTITY("at", true, TW_E_SCENARIO, "s", 0.0, 1e9, NULL, "When it happens."),
    OF_FORM("set", TW_G_FIGURE_GLOB, false, TW_E_SET, "Parameter that changes at once, such as cdu.pump[2].speed."),
    OF_FORM("value", TW_G_FILLED, false, TW_E_ATTRIBUTE_MISSING, "Its new value, with unit."),
    QUANTITY("factor", false, TW_E_SCENARIO, "1", 0.0, 1e9, NULL, "Instead of value or to: times what it is by then."),
    OF_FORM("ramp", TW_G_FIGURE_GLOB, false, TW_E_SET, "Parameter that changes in a straight line over time."),
    OF_FORM("to", TW_G_FILLED, false, TW_E_ATTRIBUTE_MISSING, "Where it ends, with unit."),
    QUANTITY("over", false, TW_E_SCENARIO, "s", 1e-6, 1e9, NULL, "How long it takes."),
    OF_FORM("fail", TW_G_PATH_GLOB, false, TW_E_SET, "Component that fails."),
    OF_FORM("repair", TW_G_PATH_GLOB, false, TW_E_SET, "Component that is in service again, after fail or a trip of its own."),
    OF_FORM("remove", TW_G_PATH_GLOB, false, TW_E_SET, "Instance of an assembly that is pulled: hot-swap off, couplings closed."),
    OF_FORM("insert", TW_G_PATH_GLOB, false, TW_E_SET, "Instance of an assembly that is plugged in again."), TITLE, END};

static const tw_attribute_rule limit[] = {
    OF_FORM("of", TW_G_FIGURE, true, TW_E_LIMIT, "Quantity, such as tray.gpu.T_junction; an omitted index means all."),
    OF_FORM("max", TW_G_BOUND, false, TW_E_VALUE, "Upper bound, with unit."),
    OF_FORM("min", TW_G_BOUND, false, TW_E_VALUE, "Lower bound, with unit."), TITLE, SOURCE, QUALITY, END};

static const tw_attribute_rule variant[] = {
    ID("Name for -V."), OF_FORM("base", TW_G_NAME, false, TW_E_VARIANT, "Variant that it starts from."), TITLE, SOURCE, QUALITY,
    END};

static const tw_attribute_rule set[] = {
    OF_FORM("at", TW_G_FIGURE, true, TW_E_SET, "Parameter, such as tray[3].vrm.R_on; an omitted index means all."),
    FILLED("value", "Its new value, with unit."), SOURCE, QUALITY, END};

static const tw_attribute_rule replace[] = {
    OF_FORM("use", TW_G_PATH, true, TW_E_PATH, "What is replaced."), PART("Part that takes its place. Either this or assembly."),
    OF_FORM("assembly", TW_G_NAME, false, TW_E_ASSEMBLY, "Assembly that takes its place."), SOURCE, QUALITY, END};

static const tw_attribute_rule include[] = {
    FILLED("href", "File, relative to this one, in the model's folder or the shipped catalogue."), END};

static const tw_attribute_rule curve[] = {
    OF_FORM("x-unit", TW_G_UNIT, false, TW_E_CURVE, "Unit of x; a plain number needs none, and csv has it in its header."),
    OF_FORM("y-unit", TW_G_UNIT, false, TW_E_CURVE, "Unit of y; a plain number needs none, and csv has it in its header."),
    WORD("rule", TW_E_VALUE, "linear|monotone-cubic", "monotone-cubic", "How it goes between points."),
    {"beyond", TW_G_WORD, true, TW_E_VALUE, "What holds beyond its ends.", NULL, 0, 0, "hold|linear|refuse", NULL},
    OF_FORM("points", TW_G_POINTS, false, TW_E_CURVE, "x y; x y; ..., x increasing. Either this or csv."),
    OF_FORM("csv", TW_G_FILLED, false, TW_E_CURVE, "File with two columns."),
    TEXT("x-column", "Column of x in the file; the first unless given."),
    TEXT("y-column", "Column of y in the file; the second unless given."), SOURCE, QUALITY, TITLE, END};

const tw_element_rule tw_grammar[] = {
    {"racktwin", "A model.", model, NULL, NULL,
     "title ambient catalogue parts assembly rack use connect medium workload scenario limit variant", true, true},
    {"catalogue", "Parts: typed elements in it are no instances.", file, NULL, NULL,
     "title catalogue parts assembly medium workload scenario", true, true},
    {"parts", "The same as catalogue.", file, NULL, NULL, "title catalogue parts assembly medium workload scenario", true, true},
    {"assembly", "A template; <use assembly=> places it.", assembly, part_data, NULL, "title port rack use connect", true, false},
    {"rack", "A cabinet: what stands in it has places in units.", rack, NULL, NULL, "title use connect", true, false},
    {"use", "An instance of an assembly or of a part.", use, NULL, NULL, "", false, false},
    {"connect", "Joins ports.", connection, NULL, NULL, "", false, false},
    {"port", "A port of an assembly.", port, NULL, NULL, "", false, false},
    {"title", "A title for people.", none, NULL, NULL, "", false, false},
    {"ambient", "What parts without a heat connection give their heat to.", ambient, NULL, NULL, "", false, false},
    {"medium", "A coolant; each property is an attribute, or a curve over temperature.", medium, NULL, tw_medium_properties,
     "title", false, false},
    {"workload", "How busy the chips are: phases, or a trace.", workload, NULL, NULL, "phase repeat trace title", false, false},
    {"phase", "A stretch of time with a utilisation for kinds of chips, such as gpu=\"100 %\" or all=\"35 %\".", phase, NULL,
     NULL, "", false, false},
    {"repeat", "The phases start again at their end.", none, NULL, NULL, "", false, false},
    {"trace", "Figures over time, from a file or from points.", trace, NULL, NULL, "", false, false},
    {"scenario", "A run in time.", scenario, NULL, NULL, "event trace title", false, false},
    {"event", "A change at a time: set, ramp, fail, repair, remove or insert.", event, NULL, NULL, "", false, false},
    {"limit", "Bounds of a quantity beside those of the parts.", limit, NULL, NULL, "", false, false},
    {"variant", "Changes that -V makes.", variant, NULL, NULL, "set replace limit ambient title", false, false},
    {"set", "Another value for a parameter.", set, NULL, NULL, "", false, false},
    {"replace", "Another part or assembly in its place.", replace, NULL, NULL, "", false, false},
    {"include", "Another file.", include, NULL, NULL, "", false, false},
    {"component", "An element of the registry.", placement, part_data, NULL, "", false, false},
    {"curve", "A tabulated function.", curve, NULL, NULL, "", false, false},
    {0}};

const tw_element_rule *tw_rule_of(const char *element) {
  const tw_element_rule *e = tw_grammar;
  while (e->element && !tw_same(e->element, element)) e++;
  return e->element ? e : NULL;
}

bool tw_listed(const tw_attribute_rule *a, const char *name) {
  while (a->name && !tw_same(a->name, name)) a++;
  return a->name != NULL;
}

const tw_attribute_rule *tw_attribute_rule_of(const tw_element_rule *e, const char *name) {
  const tw_attribute_rule *tables[] = {e->attributes, e->more};
  for (int k = 0; k < TW_COUNT(tables); k++)
    for (const tw_attribute_rule *a = tables[k]; a && a->name; a++)
      if (tw_same(a->name, name)) return a;
  return NULL;
}

int tw_choice_count(const char *choices) {
  int n = 1;
  for (; *choices; choices++) n += *choices == '|';
  return n;
}

int tw_choice_of(const char *choices, const char *word) {
  size_t length = strlen(word);
  int index = 0;
  for (const char *c = choices; c && *c; index++) {
    size_t n = strcspn(c, "|");
    if (length == n && !memcmp(c, word, n)) return index;
    c += n + (c[n] == '|');
  }
  return -1;
}

bool tw_whole_scan(const char *text, long *value) {
  static const char blanks[] = " \t\r\n";
  char *end;
  text += strspn(text, blanks);
  if (isspace((unsigned char)*text)) return false;
  errno = 0;
  *value = strtol(text, &end, 10);
  return end > text && !errno && !end[strspn(end, blanks)];
}

static const char *scan_place(const char *t, int *u) {
  *u = 0;
  while (isdigit((unsigned char)*t) && *u <= TW_MAX_UNITS) *u = 10 * *u + (*t++ - '0');
  return *u > 0 ? t : NULL;
}

int tw_places_scan(const char *t, int units, int *list) {
  int n = 0, from, to;
  while (*t) {
    t = scan_place(t, &from);
    to = from;
    if (t && t[0] == '.' && t[1] == '.') t = scan_place(t + 2, &to);
    if (!t || from > units || to > units || (*t && *t != ' ' && *t != ',')) return -1;
    for (int u = from;; u += to > from ? 1 : -1) {
      if (n == TW_MAX_UNITS) return -1;
      list[n++] = u;
      if (u == to) break;
    }
    while (*t == ' ' || *t == ',') t++;
  }
  return n;
}
