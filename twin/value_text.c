/* A parameter's value for people. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "../racks/units.h"
#include "results.h"

char *tw_value_text(const tw_param *p, const tw_value *v, char *buf, size_t size) {
  if (v->written)
    snprintf(buf, size, "%s", v->written);
  else if (!v->given && p->dflt && p->kind != TW_CURVE) snprintf(buf, size, "%s", p->dflt);
  else if (p->kind == TW_CURVE)
    snprintf(buf, size, v->curve ? "curve of %d points" : "-", v->curve ? v->curve->n : 0);
  else if (v->text)
    snprintf(buf, size, "%s", v->text);
  else if (isnan(v->number))
    snprintf(buf, size, "-");
  else if (p->kind == TW_ENUM)
    tw_choice_word(p->choices, v->number, buf, size);
  else if (p->kind == TW_NUMBER && p->unit)
    tw_display(v->number, p->unit, buf, size);
  else
    snprintf(buf, size, "%g", v->number);
  return buf;
}
