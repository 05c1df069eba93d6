#include "doc.h"
#include <stdio.h>
#include <string.h>
#include "../racks/description.h"
#include "../racks/units.h"
#include "results.h"
#include "session.h"

const tw_type *tw_doc_element(const char *name) {
  const char *names[512];
  int n = 0;
  for (const tw_type *const *t = tw_registry; *t; t++) {
    if (!strcmp((*t)->element, name)) return *t;
    if (n < TW_COUNT(names)) names[n++] = (*t)->element;
  }
  const char *near = tw_nearest(name, names, n);
  fprintf(stderr, "racktwin: there is no element \"%s\"%s%s; see racktwin list elements\n", name, near ? "; did you mean " : "",
      near ? near : "");
  return NULL;
}

const char *tw_doc_kind(tw_kind k) {
  static const char *const names[] = {"DC", "AC", "coolant", "refrigerant", "heat", "signal in", "signal out"};
  return names[k];
}

static const char *span(const char *unit, double lo, double hi, char *buf, size_t size) {
  char low[48], high[48];
  snprintf(buf, size, "%s .. %s", tw_display(lo, unit, low, sizeof low), tw_display(hi, unit, high, sizeof high));
  return buf;
}

/* "a|b|c" as "a, b or c". */
static const char *words(const char *choices, char *buf, size_t size) {
  const char *last = strrchr(choices, '|');
  size_t at = 0;
  for (const char *c = choices; *c && at + 5 < size; c++) {
    const char *put = *c != '|' ? (char[2]){*c, 0} : c == last ? " or " : ", ";
    at += (size_t)snprintf(buf + at, size - at, "%s", put);
  }
  buf[at] = 0;
  return buf;
}

const char *tw_doc_range(const tw_param *p, char *buf, size_t size) {
  char y[112];
  buf[0] = 0;
  switch (p->kind) {
  case TW_NUMBER: return span(p->unit, p->lo, p->hi, buf, size);
  case TW_INTEGER: snprintf(buf, size, "%.0f .. %.0f", p->lo, p->hi); break;
  case TW_ENUM: return words(p->choices, buf, size);
  case TW_CURVE:
    snprintf(buf, size, "curve of %s over %s, y within %s", p->unit, p->x_unit, span(p->unit, p->lo, p->hi, y, sizeof y));
    break;
  case TW_MEDIUM: snprintf(buf, size, "name of a medium"); break;
  case TW_REFERENCE: snprintf(buf, size, "part of <%s>", p->choices); break;
  case TW_TEXT: snprintf(buf, size, "text"); break;
  }
  return buf;
}

const char *tw_doc_unit(const tw_param *p) {
  if (p->kind != TW_NUMBER || !p->unit) return "";
  if (!strcmp(p->unit, "K")) return "degC or K";
  return strcmp(p->unit, "delta K") ? p->unit : "K";
}

const char *tw_doc_default(const tw_param *p) { return p->dflt ? p->dflt : p->flags & TW_P_OPTIONAL ? "optional" : "required"; }

const char *tw_doc_port(const tw_port *p, char *buf, size_t size) {
  static const struct {
    unsigned role;
    const char *text;
  } roles[] = {{TW_R_FEED_IN, "takes power (fed-by)"}, {TW_R_FEED_OUT, "gives power"},
      {TW_R_COOLANT_IN, "coolant enters (cooled-by)"}, {TW_R_COOLANT_OUT, "coolant leaves (cooled-by)"},
      {TW_R_SUPPLY, "gives coolant"}, {TW_R_RETURN, "takes coolant back"}, {TW_R_REFERENCE, "holds the level of its net"}};
  size_t at = 0;
  buf[0] = 0;
  if (p->count)
    at += (size_t)snprintf(buf, size, strcmp(p->count, "*") ? "one for each of %s" : "as many as are connected", p->count);
  for (int i = 0; i < TW_COUNT(roles) && at < size; i++)
    if (p->role & roles[i].role) at += (size_t)snprintf(buf + at, size - at, "%s%s", at ? "; " : "", roles[i].text);
  if (p->role & TW_R_OPTIONAL && at < size) {
    const char *open = p->kind == TW_HEAT        ? "; unconnected: at the model's ambient"
                       : p->kind == TW_SIGNAL_IN ? "; unconnected: the parameter "
                       : p->role & TW_R_GROUNDED ? "; unconnected: at ground"
                                                 : "; may stay open";
    snprintf(buf + at, size - at, "%s%s", at ? open : open + 2, p->kind == TW_SIGNAL_IN && p->fallback ? p->fallback : "");
  }
  return buf;
}

const char *tw_doc_quantity(const tw_quantity *q, char *buf, size_t size) {
  const char *role = q->role == TW_Q_LOSS          ? "; counts as loss by "
                     : q->role == TW_Q_LOAD        ? "; counts as load"
                     : q->role == TW_Q_TEMPERATURE ? "; the temperature that stands for the part"
                     : q->role == TW_Q_FLOW_HEAT   ? "; heat taken up by coolant"
                                                   : "";
  snprintf(buf, size, "%s%s%s", q->doc, role, q->role == TW_Q_LOSS ? tw_loss_name(q->loss) : "");
  return buf;
}

const char *tw_doc_limit(const tw_limit *l, char *buf, size_t size) {
  snprintf(buf, size, "%s %s %s", l->quantity, l->sense == TW_AT_MOST ? "<=" : ">=", l->param);
  return buf;
}

bool tw_doc_named(const tw_type *t) { return t->expand && !t->ports[0].id; }

const char *tw_doc_example(const tw_type *t, char *buf, size_t size) {
  char catalogue[TW_FOLDER_SIZE];
  if (snprintf(buf, size, "%s/examples/%s.xml", tw_catalogue_folder(catalogue), t->element) >= (int)size) buf[0] = 0;
  return buf;
}
