#include "contract.h"
#include "../../racks/description.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool empty(const char *s) { return !s || !*s; }

static int words_in(const char *list) {
  int n = 1;
  for (; *list; list++) n += *list == '|';
  return n;
}

/* Every discrete quantity has a name, two words or more (or it is a number), and where there are causes one for each word. */
static void check_states(const tw_type *t, report *r) {
  int n = 0;
  for (const tw_discrete *d = t->discrete; d && d->id; d++, n++) {
    if (empty(d->doc)) report_add(r, CHECK_TABLES, "discrete quantity %s without doc", d->id);
    if (d->words && words_in(d->words) < 2) report_add(r, CHECK_TABLES, "discrete quantity %s has one value only", d->id);
    if (d->causes && (!d->words || words_in(d->causes) != words_in(d->words)))
      report_add(r, CHECK_TABLES, "discrete quantity %s: not one cause for each word", d->id);
  }
  if (n != t->n_discrete) report_add(r, CHECK_TABLES, "%d discrete quantities have a name, n_discrete = %d", n, t->n_discrete);
}

static void check_header(const tw_type *t, report *r, const char *source_dir) {
  if (empty(t->element)) report_add(r, CHECK_TABLES, "no element name");
  if (empty(t->title)) report_add(r, CHECK_TABLES, "no title");
  if (empty(t->doc)) report_add(r, CHECK_TABLES, "no doc");
  if (!t->expand && !t->eval) report_add(r, CHECK_TABLES, "neither eval nor expand");
  if (t->expand && t->eval) report_add(r, CHECK_TABLES, "both eval and expand");
  if (t->stage < TW_STAGE_NONE || t->stage >= TW_STAGES) report_add(r, CHECK_TABLES, "stage %d does not exist", (int)t->stage);
  if (t->n_discrete > 0 && !t->start) report_add(r, CHECK_TABLES, "discrete state without start");
  check_states(t, r);
  if ((t->n_events > 0) != (t->events != NULL)) report_add(r, CHECK_TABLES, "n_events and events disagree");
  if (t->n_derived > 0 && !t->derive) report_add(r, CHECK_TABLES, "derived parameters without derive");
  if (!source_dir || empty(t->element)) return;
  char path[512];
  int used = snprintf(path, sizeof(path), "%s/components/%s.c", source_dir, t->element);
  for (char *c = path + used - (int)strlen(t->element) - 2; used > 0 && *c; c++)
    if (*c == '-') *c = '_';
  FILE *f = fopen(path, "r");
  if (f) fclose(f);
  else report_add(r, CHECK_TABLES, "element \"%s\" is not in the file of its name, %s", t->element, path);
}

static void check_default(const tw_param *p, report *r) {
  char message[256];
  double v = NAN;
  if (p->kind == TW_NUMBER) v = tw_quantity_parse(p->dflt, p->unit, message, sizeof(message));
  else if (p->kind == TW_INTEGER) {
    char *end;
    v = strtod(p->dflt, &end);
    if (*end || v != floor(v)) v = NAN;
    snprintf(message, sizeof(message), "no integer");
  } else if (p->kind == TW_ENUM) {
    size_t n = strlen(p->dflt);
    for (const char *c = p->choices; c && *c;) {
      size_t length = strcspn(c, "|");
      if (length == n && !strncmp(c, p->dflt, n)) return;
      c += length + (c[length] == '|');
    }
    report_add(r, CHECK_TABLES, "parameter %s: default \"%s\" is not one of %s", p->id, p->dflt, p->choices);
    return;
  } else
    return;
  if (!isfinite(v)) report_add(r, CHECK_TABLES, "parameter %s: default \"%s\" cannot be read: %s", p->id, p->dflt, message);
  else if (v < p->lo || v > p->hi)
    report_add(r, CHECK_TABLES, "parameter %s: default \"%s\" = %g is outside %g..%g", p->id, p->dflt, v, p->lo, p->hi);
}

static void check_params(const subject *u, report *r) {
  bool ac = false;
  for (int k = 0; k < u->s.n_ports; k++) ac = ac || u->type->ports[k].kind == TW_AC;
  bool phases = false;
  for (int k = 0; k < u->s.n_params; k++) {
    const tw_param *p = &u->type->params[k];
    if (empty(p->doc)) report_add(r, CHECK_TABLES, "parameter %s: no doc", p->id);
    for (int i = 0; i < k; i++)
      if (!strcmp(p->id, u->type->params[i].id)) report_add(r, CHECK_TABLES, "parameter %s: twice", p->id);
    bool number = p->kind == TW_NUMBER || p->kind == TW_INTEGER || p->kind == TW_CURVE;
    if (number && p->kind != TW_INTEGER && empty(p->unit)) report_add(r, CHECK_TABLES, "parameter %s: no unit", p->id);
    if (number && !(p->lo < p->hi)) report_add(r, CHECK_TABLES, "parameter %s: range %g..%g", p->id, p->lo, p->hi);
    if (p->kind == TW_CURVE && empty(p->x_unit)) report_add(r, CHECK_TABLES, "parameter %s: curve without x_unit", p->id);
    if ((p->kind == TW_ENUM || p->kind == TW_REFERENCE) && empty(p->choices))
      report_add(r, CHECK_TABLES, "parameter %s: no choices", p->id);
    if (p->dflt && (p->flags & TW_P_OPTIONAL)) report_add(r, CHECK_TABLES, "parameter %s: optional, with a default", p->id);
    if (p->dflt) check_default(p, r);
    phases = phases || !strcmp(p->id, "phases");
  }
  if (ac && !u->type->expand && !phases) report_add(r, CHECK_TABLES, "AC port without the parameter phases");
}

static void check_ports(const subject *u, report *r) {
  for (int k = 0; k < u->s.n_ports; k++) {
    const tw_port *p = &u->type->ports[k];
    if (empty(p->doc)) report_add(r, CHECK_TABLES, "port %s: no doc", p->id);
    for (int i = 0; i < k; i++)
      if (!strcmp(p->id, u->type->ports[i].id)) report_add(r, CHECK_TABLES, "port %s: twice", p->id);
    if (p->count && !u->type->expand) report_add(r, CHECK_TABLES, "port %s: only composites have port arrays", p->id);
    bool found = !p->fallback && !p->count;
    const char *wanted = p->fallback ? p->fallback : p->count;
    if (wanted && !strcmp(wanted, "*")) found = true;
    for (int i = 0; i < u->s.n_params && !found; i++) found = !strcmp(wanted, u->type->params[i].id);
    if (!found) report_add(r, CHECK_TABLES, "port %s: there is no parameter %s", p->id, wanted);
    if (p->kind == TW_SIGNAL_IN && (p->role & TW_R_OPTIONAL) && !p->fallback)
      report_add(r, CHECK_TABLES, "port %s: an optional signal needs a fallback", p->id);
  }
}

static void check_unknowns(const subject *u, report *r) {
  const tw_type *t = u->type;
  int rows = 0;
  while (t->rows[rows].id) rows++;
  if (rows != u->s.n_q - u->s.n_port_q)
    report_add(r, CHECK_TABLES, "%d internal unknowns, but %d rows", u->s.n_q - u->s.n_port_q, rows);
  for (int k = 0; t->unknowns[k].id; k++) {
    const tw_unknown *x = &t->unknowns[k];
    if (empty(x->doc) || empty(x->unit)) report_add(r, CHECK_TABLES, "unknown %s: no doc or no unit", x->id);
    if (!(x->nominal > 0.0)) report_add(r, CHECK_TABLES, "unknown %s: nominal %g is not positive", x->id, x->nominal);
    if (!(x->lo < x->hi)) report_add(r, CHECK_TABLES, "unknown %s: range %g..%g", x->id, x->lo, x->hi);
  }
  for (int k = 0; k < rows; k++) {
    const tw_row *x = &t->rows[k];
    if (empty(x->unit)) report_add(r, CHECK_TABLES, "row %s: no unit", x->id);
    if (!(x->nominal > 0.0 && x->tolerance > 0.0))
      report_add(r, CHECK_TABLES, "row %s: nominal %g, tolerance %g: both must be positive", x->id, x->nominal, x->tolerance);
    if (x->tolerance > x->nominal) report_add(r, CHECK_TABLES, "row %s: tolerance above nominal", x->id);
  }
}

static void check_outputs(const subject *u, report *r) {
  const tw_type *t = u->type;
  int temperatures = 0;
  if (u->s.n_outputs && !t->expand && !t->observe) report_add(r, CHECK_TABLES, "outputs without observe");
  for (int k = 0; k < u->s.n_outputs; k++) {
    const tw_quantity *o = &t->outputs[k];
    if (empty(o->doc) || empty(o->unit)) report_add(r, CHECK_TABLES, "output %s: no doc or no unit", o->id);
    for (int i = 0; i < k; i++)
      if (!strcmp(o->id, t->outputs[i].id)) report_add(r, CHECK_TABLES, "output %s: twice", o->id);
    temperatures += o->role == TW_Q_TEMPERATURE;
    if ((o->role == TW_Q_LOSS) != (o->loss != TW_L_NONE))
      report_add(r, CHECK_TABLES, "output %s: role and kind of loss disagree", o->id);
    const char *unit = o->role == TW_Q_TEMPERATURE ? "K" : o->role == TW_Q_PLAIN ? o->unit : "W";
    if (!empty(o->unit) && strcmp(unit, o->unit))
      report_add(r, CHECK_TABLES, "output %s: unit %s, its role wants %s", o->id, o->unit, unit);
  }
  if (temperatures > 1) report_add(r, CHECK_TABLES, "%d outputs have the role of temperature", temperatures);
}

static void check_limits(const subject *u, report *r) {
  for (int k = 0; k < u->s.n_limits; k++) {
    const tw_limit *l = &u->type->limits[k];
    const char *of = NULL, *against = NULL;
    for (int i = 0; i < u->s.n_outputs; i++)
      if (!strcmp(l->quantity, u->type->outputs[i].id)) of = u->type->outputs[i].unit;
    for (int i = 0; i < u->s.n_params; i++)
      if (l->param && !strcmp(l->param, u->type->params[i].id)) against = u->type->params[i].unit;
    if (!of) report_add(r, CHECK_TABLES, "limit: there is no output %s", l->quantity);
    if (!against)
      report_add(r, CHECK_TABLES, "limit of %s: there is no parameter %s", l->quantity, l->param ? l->param : "(NULL)");
    if (of && against && strcmp(of, against))
      report_add(r, CHECK_TABLES, "limit: %s in %s against %s in %s", l->quantity, of, l->param, against);
    if (empty(l->doc)) report_add(r, CHECK_TABLES, "limit of %s: no doc", l->quantity);
  }
}

static void check_stamp_table(const subject *u, report *r) {
  const tw_type *t = u->type;
  char row[64], col[64];
  for (int k = 0; k < t->n_stamps; k++) {
    int q = t->stamps[k].row, c = t->stamps[k].col;
    if (q >= u->s.n_q || c >= u->s.n_q) {
      report_add(r, CHECK_TABLES, "stamp %d: {%d, %d} is outside the %d unknowns", k, q, c, u->s.n_q);
      continue;
    }
    if (u->s.port_of[q] >= 0 && t->ports[u->s.port_of[q]].kind == TW_SIGNAL_IN)
      report_add(r, CHECK_TABLES, "stamp %d: an input signal has no row", k);
    for (int i = 0; i < k; i++)
      if (t->stamps[i].row == q && t->stamps[i].col == c)
        report_add(
            r, CHECK_TABLES, "stamp %d: {%s, %s} twice", k, row_name(u, q, row, sizeof(row)), row_name(u, c, col, sizeof(col)));
  }
}

void check_tables(const subject *u, report *r, const char *source_dir) {
  check_header(u->type, r, source_dir);
  check_params(u, r);
  check_ports(u, r);
  check_unknowns(u, r);
  check_outputs(u, r);
  check_limits(u, r);
  if (!u->type->expand) check_stamp_table(u, r);
}
