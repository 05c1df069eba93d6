#include "fuzz.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../../components/component.h"
#include "../../racks/description.h"
#include "../../racks/units.h"
#include "../support/schema_verdict.h"

/* The k-th number of the registry, counted round. */
static const tw_param *param_at(unsigned k, const char **element) {
  for (;;)
    for (const tw_type *const *t = tw_registry; *t; t++)
      for (const tw_param *p = (*t)->params; p && p->id; p++)
        if (p->kind == TW_NUMBER && !k--) {
          *element = (*t)->element;
          return p;
        }
}

static void append(char *to, size_t room, const char *text) {
  for (size_t n = strlen(to); *text && n + 8 < room; text++) {
    unsigned char c = (unsigned char)*text;
    if (strchr("<&\"\t\r\n", c))
      n += (size_t)snprintf(to + n, room - n, "&#%d;", c);
    else
      to[n++] = *text;
    to[n] = 0;
  }
}

static void check_schema(const char *element, const char *param, const char *text) {
  static schema_verdict *schema;
  static char model[4096];
  char why[300];
  if (!schema && !(schema = schema_verdict_new())) abort();
  snprintf(model, sizeof model, "<racktwin xmlns=\"urn:racktwin:1\" version=\"1\"><%s id=\"a\" %s=\"", element, param);
  append(model, sizeof model - 32, text);
  strcat(model, "\"/></racktwin>");
  if (schema_accepts(schema, model, strlen(model), why, sizeof why)) return;
  fprintf(stderr, "the schema refuses what the reader accepts: %s=\"%s\": %s\n", param, text, why);
  abort();
}

int tw_fuzz_quantity(const uint8_t *data, size_t size) {
  char text[256], message[256], shown[64];
  const char *element;
  if (size < 2 || size > sizeof text) return 0;
  const tw_param *p = param_at(data[0] * 7u, &element);
  memcpy(text, data + 1, size - 1);
  text[size - 1] = 0;
  const char *unit = p->unit ? p->unit : "1";
  double x = tw_quantity_parse(text, unit, message, sizeof message);
  tw_conversion c;
  if (!tw_conversion_find(text, unit, &c, message, sizeof message) && !message[0]) abort();
  if (isinf(x)) abort();
  if (isnan(x)) {
    tw_quantity_parse(text, unit, message, sizeof message);
    if (!message[0]) abort(); /* refused without a reason */
    return 0;
  }
  double again = tw_quantity_parse(tw_display(x, unit, shown, sizeof shown), unit, message, sizeof message);
  if (fabs(x) > 1e-12 && fabs(x) < 1e15 && !(fabs(again - x) <= 2e-3 * fabs(x) + 0.06)) {
    fprintf(stderr, "%.17g %s is shown as \"%s\", which is %.17g: %s\n", x, unit, shown, again, message);
    abort();
  }
  check_schema(element, p->id, text);
  return 0;
}
