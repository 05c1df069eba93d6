#include "contract.h"
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *const check_names[CHECKS] = {"tables", "sampling", "written", "jacobian", "stamps", "energy", "mass", "electric",
    "stored", "smooth", "batch", "second law", "discrete"};

enum { PRINTED = 3 }; /* findings printed per element and check; the others are counted */

void report_add(report *r, check_id check, const char *format, ...) {
  if (r->found[check]++ >= PRINTED || r->quiet) return;
  va_list args;
  va_start(args, format);
  fprintf(stderr, "%s: %s: ", r->element, check_names[check]);
  vfprintf(stderr, format, args);
  fputc('\n', stderr);
  va_end(args);
}

int report_total(const report *r) {
  int total = 0;
  for (int k = 0; k < CHECKS; k++) total += r->found[k];
  return total;
}

/* Counts the tables; false where they do not fit the arrays. */
static bool measure(const tw_type *t, shape *s) {
  memset(s, 0, sizeof(*s));
  while (t->params[s->n_params].id) s->n_params++;
  while (t->outputs[s->n_outputs].id) s->n_outputs++;
  while (t->limits && t->limits[s->n_limits].quantity) s->n_limits++;
  while (t->ports[s->n_ports].id) {
    if (s->n_ports >= MAX_PORTS || s->n_q + 2 > MAX_Q) return false;
    s->first[s->n_ports] = s->n_q;
    for (int k = 0; k < tw_port_width(t->ports[s->n_ports].kind); k++) s->port_of[s->n_q++] = s->n_ports;
    s->n_ports++;
  }
  s->n_port_q = s->n_q;
  for (int k = 0; t->unknowns[k].id; k++) {
    if (s->n_q >= MAX_Q) return false;
    s->port_of[s->n_q++] = -1;
  }
  return s->n_params + t->n_derived <= MAX_PARAMS && s->n_outputs <= MAX_OUTPUTS && t->n_stamps <= MAX_STAMPS &&
      t->n_discrete <= MAX_Z && t->n_events <= MAX_EVENTS;
}

bool subject_new(subject *u, const tw_type *type, const tw_type *twin, report *r) {
  u->type = type;
  u->twin = twin;
  if (!type->params || !type->ports || !type->unknowns || !type->rows || !type->outputs) {
    report_add(r, CHECK_TABLES, "params, ports, unknowns, rows or outputs is NULL; an empty table is {{0}}");
    return false;
  }
  if (measure(type, &u->s)) return true;
  report_add(r, CHECK_TABLES, "a table is larger than the arrays of this test");
  return false;
}

const char *row_name(const subject *u, int q, char *text, size_t size) {
  int port = u->s.port_of[q];
  if (port < 0) {
    snprintf(text, size, "%s", u->type->unknowns[q - u->s.n_port_q].id);
    return text;
  }
  static const char *const quantities[][2] = {[TW_DC] = {"v", ""}, [TW_AC] = {"Re v", "Im v"}, [TW_FLUID] = {"p", "T"},
      [TW_REFRIGERANT] = {"p", "h"}, [TW_HEAT] = {"T", ""}, [TW_SIGNAL_IN] = {"u", ""}, [TW_SIGNAL_OUT] = {"u", ""}};
  const tw_port *p = &u->type->ports[port];
  snprintf(text, size, "%s.%s", p->id, quantities[p->kind][q - u->s.first[port]]);
  return text;
}

double column_scale(const subject *u, int q) {
  int port = u->s.port_of[q];
  if (port < 0) return fabs(u->type->unknowns[q - u->s.n_port_q].nominal);
  bool first = q == u->s.first[port];
  switch (u->type->ports[port].kind) {
    case TW_DC: case TW_AC: return 10.0;
    case TW_FLUID: return first ? 1e4 : 10.0;
    case TW_REFRIGERANT: return first ? 1e4 : 1e4;
    case TW_HEAT: return 10.0;
    default: return 1.0;
  }
}

double row_scale(const subject *u, int q) {
  int port = u->s.port_of[q];
  if (port < 0) return fabs(u->type->rows[q - u->s.n_port_q].nominal);
  bool first = q == u->s.first[port];
  switch (u->type->ports[port].kind) {
    case TW_DC: case TW_AC: return 1.0;
    case TW_FLUID: case TW_REFRIGERANT: return first ? 0.01 : 100.0;
    case TW_HEAT: return 10.0;
    default: return 1.0;
  }
}

const char *state_text(const subject *u, const state *st, char *text, size_t size) {
  char name[64];
  size_t used = (size_t)snprintf(text, size, "at {");
  for (int k = 0; k < u->s.n_params && used < size; k++) {
    tw_param_kind kind = u->type->params[k].kind;
    if (kind == TW_NUMBER || kind == TW_INTEGER || kind == TW_ENUM)
      used += (size_t)snprintf(text + used, size - used, "%s=%.6g ", u->type->params[k].id, st->p[k]);
    else if (kind == TW_CURVE && st->c[k])
      used += (size_t)snprintf(text + used, size - used, "%s=curve(%d points, %.4g..%.4g) ", u->type->params[k].id, st->c[k]->n,
          st->c[k]->x[0], st->c[k]->x[st->c[k]->n - 1]);
  }
  for (int k = 0; k < u->s.n_ports && used < size; k++)
    if (st->m[k]) used += (size_t)snprintf(text + used, size - used, "%s:%s ", u->type->ports[k].id, st->m[k]->id);
  for (int q = 0; q < u->s.n_q && used < size; q++) {
    used +=
        (size_t)snprintf(text + used, size - used, "%s%s=%.9g", q ? ", " : "| ", row_name(u, q, name, sizeof(name)), st->x[q]);
    if (used < size && st->xd[q] != 0.0) used += (size_t)snprintf(text + used, size - used, " (rate %.3g)", st->xd[q]);
  }
  for (int k = 0; k < u->type->n_discrete && used < size; k++)
    used += (size_t)snprintf(text + used, size - used, ", z[%d]=%g", k, st->z[k]);
  if (used < size) snprintf(text + used, size - used, ", loads x %g, fast %g}", st->load_scale, st->fast);
  return text;
}

void check_all(const tw_type *type, const tw_type *twin, const char *source_dir, report *r) {
  subject u;
  if (!subject_new(&u, type, twin, r)) return;
  check_tables(&u, r, source_dir);
  if (type->expand || r->found[CHECK_TABLES]) return; /* composites have no equations; kernels need sound tables */
  check_kernels(&u, r);
  check_balances(&u, r);
  check_smooth(&u, r);
  check_batches(&u, r);
  check_discrete(&u, r);
}
