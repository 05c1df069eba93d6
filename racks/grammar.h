/* The grammar of the XML beside the component tables: which attributes and child elements each element has, and what their text
 * is. One table: the reader checks by it, and the schema is written from it. */
#ifndef TW_GRAMMAR_H
#define TW_GRAMMAR_H
#include "../components/component.h"

typedef enum {
  TW_G_TEXT,     /* any text */
  TW_G_FILLED,   /* any but the empty one */
  TW_G_ID,       /* letters, digits, '-' and '_': names this element */
  TW_G_NAME,     /* the same: names another one */
  TW_G_PATH,     /* tray[3].gpu */
  TW_G_PATHS,    /* one or several, separated by spaces */
  TW_G_PORT,     /* path of a port: two words or more */
  TW_G_PORTS,
  TW_G_FIGURE,   /* path of a parameter or quantity: two words or more, the last without [n] */
  TW_G_PATH_GLOB,   /* TW_G_PATH, '*' for any part of it: tray.*.ibc */
  TW_G_FIGURE_GLOB, /* TW_G_FIGURE, '*' for any part of the component's path */
  TW_G_QUANTITY, /* number with `unit`, lo..hi in SI */
  TW_G_PRICE,    /* number and currency: 1200 USD */
  TW_G_BOUND,    /* number with a unit that another attribute decides */
  TW_G_WHOLE,    /* whole number lo..hi */
  TW_G_PLACES,   /* units of a rack: 8..17 27..34 */
  TW_G_WORD,     /* one of choices, "a|b" */
  TW_G_UNIT,     /* unit of a curve's axis */
  TW_G_POINTS    /* of a curve: x y; x y */
} tw_text_form;

typedef struct {
  const char *name;
  tw_text_form form;
  bool required;
  int code;                       /* of the diagnostic where the text is not of the form */
  const char *doc, *unit;
  double lo, hi;
  const char *choices, *dflt;     /* dflt: what its absence means */
} tw_attribute_rule;

typedef struct {
  const char *element, *doc;
  const tw_attribute_rule *attributes, *more; /* tables end with name NULL; more may be NULL */
  const tw_param *params;         /* written as an attribute, or as a child element that is a curve; may be NULL */
  const char *children;           /* "a b c" */
  bool components, includes;      /* elements of the registry, xi:include may stand in it */
} tw_element_rule;

/* Of every element with a fixed name, then "component" (any element of the registry) and "curve" (any parameter that is one). */
extern const tw_element_rule tw_grammar[]; /* ends with element NULL */

extern const tw_param tw_medium_properties[]; /* ends with id NULL */
extern const char tw_qualities[];             /* words of quality=, in the order of tw_quality */

const tw_element_rule *tw_rule_of(const char *element);                                    /* NULL: there is none */
const tw_attribute_rule *tw_attribute_rule_of(const tw_element_rule *e, const char *name);
bool tw_listed(const tw_attribute_rule *a, const char *name);                               /* in one table */
int tw_choice_count(const char *choices);
int tw_choice_of(const char *choices, const char *word);                                   /* number of the word in "a|b|c", -1 */

/* Whole number with an optional sign, between optional blanks. */
bool tw_whole_scan(const char *text, long *value);

enum { TW_MAX_UNITS = 200 };      /* of a rack */
/* Units of "8..17 27..34" in that order, at most TW_MAX_UNITS; their number, -1 when the list cannot be read. */
int tw_places_scan(const char *text, int units, int *list);
#endif
