/* Between the files that write the schema. */
#ifndef TW_SCHEMA_INTERNAL_H
#define TW_SCHEMA_INTERNAL_H
#include "../components/component.h"
#include "arena.h"
#include "diagnostics.h"
#include "reader.h"

typedef struct { FILE *out; int depth; tw_arena *arena; tw_list quantities, axes, curves; } tw_schema_writer;

/* One line; a line that begins with "</" closes, one that ends with '>' but not "/>" and holds no "</" opens. */
void tw_schema_line(tw_schema_writer *w, const char *format, ...) TW_PRINTF(2, 3);
void tw_schema_doc(tw_schema_writer *w, const char *text);                    /* annotation */
const char *tw_schema_escaped(tw_schema_writer *w, const char *text);         /* for XML */

/* schema_units.c: name of the type of numbers with a unit (of a table; NULL: plain) or of units themselves; the unit is noted. */
const char *tw_schema_quantity(tw_schema_writer *w, const char *unit);
const char *tw_schema_unit(tw_schema_writer *w, const char *unit);
void tw_schema_units_write(tw_schema_writer *w);

/* schema_forms.c: texts of attributes. */
void tw_schema_attribute(tw_schema_writer *w, const tw_attribute_rule *a, bool required);
void tw_schema_attribute_of(tw_schema_writer *w, const tw_attribute_rule *a, const char *type, bool required);
void tw_schema_param(tw_schema_writer *w, const tw_param *p);
void tw_schema_param_type(tw_schema_writer *w, const tw_param *p);            /* a simpleType without a name */
const char *tw_schema_param_named(tw_schema_writer *w, const tw_param *p);    /* the name of its type, NULL: it has none */
void tw_schema_forms_write(tw_schema_writer *w);

/* schema_components.c: the elements of the registry. */
void tw_schema_components_write(tw_schema_writer *w);
const char *tw_schema_curve(tw_schema_writer *w, const tw_param *p);         /* the name of its type, which is noted */
void tw_schema_use_write(tw_schema_writer *w);
void tw_schema_curves_write(tw_schema_writer *w);
#endif
