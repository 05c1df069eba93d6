/* The coolant branch by branch: what enters and leaves each part, at which temperature and pressure. */
#include <math.h>
#include <string.h>
#include "../racks/units.h"
#include "report.h"

static const tw_column columns[] = {{"part", 0}, {"element", 0}, {"from port", 0}, {"to port", 0}, {"medium", 0},
    {"flow [kg/s]", 1}, {"flow [L/min]", 1}, {"T in [degC]", 1}, {"T out [degC]", 1}, {"p in [kPa]", 1}, {"p out [kPa]", 1},
    {"drop [kPa]", 1}, {"heat [kW]", 1}};

typedef struct {
  const tw_batch *b;
  int k, column;
  const double *y;
  int lanes;
} part;

static double flow(const part *p, int port) { return p->b->f[p->b->port_first[port]][p->column]; }
static double node_value(const part *p, int port, int quantity) {
  return p->y[(p->b->unknown[p->b->port_first[port]][p->k] + quantity) * p->lanes];
}

static bool liquid(const part *p, int port) {
  return p->b->type->ports[port].kind == TW_FLUID && !p->b->open[port][p->column] && p->b->m[port][p->column]->rho_ref >= 50.0;
}

/* Temperature of what leaves through the port: that of its own enthalpy, which the node mixes with what others bring. Total
 * specific enthalpy is h(T) + p / rho_ref (docs/usage.md); Newton on h, which rises with T. */
static double leaving(const part *p, int port) {
  const tw_medium *m = p->b->m[port][p->column];
  double T = node_value(p, port, 1),
         at = p->b->f[p->b->port_first[port] + 1][p->column] / flow(p, port) - node_value(p, port, 0) / m->rho_ref;
  for (int i = 0; i < 20; i++) {
    tw_vd h = tw_enthalpy(m, T);
    T -= (h.v - at) / h.d;
  }
  return T;
}

/* The outlet of the stream that enters at port `in`: the one liquid port of the same medium that gives away as much. -1: none. */
static int outlet_of(const part *p, int in) {
  for (int q = 0; q < p->b->n_ports; q++)
    if (q != in && liquid(p, q) && p->b->m[q][p->column] == p->b->m[in][p->column] &&
        fabs(flow(p, q) + flow(p, in)) <= 1e-6 * flow(p, in))
      return q;
  return -1;
}

/* What the stream takes up between its ports, without what it gains by its height [W]. The balance term of the height is that of
 * the part: NaN where another stream shares it. */
static double heat_of(const part *p, int in, int out) {
  int streams = 0;
  for (int q = 0; q < p->b->n_ports; q++) streams += liquid(p, q) && flow(p, q) > 1e-9;
  double lift = p->b->b[TW_B_LIFT][p->column];
  return streams > 1 && lift != 0.0 ? NAN : lift - tw_port_power(p->b, in, p->column) - tw_port_power(p->b, out, p->column);
}

static void add_stream(tw_rows *t, const char *path, const part *p, int in, int out) {
  tw_arena *a = t->arena;
  const tw_type *type = p->b->type;
  const tw_medium *m = p->b->m[in >= 0 ? in : out][p->column];
  double rate = in >= 0 ? flow(p, in) : -flow(p, out), T_in = in >= 0 ? node_value(p, in, 1) : NAN,
         T_out = out >= 0 ? leaving(p, out) : NAN;
  double p_in = in >= 0 ? node_value(p, in, 0) : NAN, p_out = out >= 0 ? node_value(p, out, 0) : NAN;
  tw_cell *row = tw_rows_add(t, false);
  row[0].text = path;
  row[1].text = type->element;
  row[2].text = in >= 0 ? type->ports[in].id : "";
  row[3].text = out >= 0 ? type->ports[out].id : "";
  row[4].text = m->id;
  row[5] = tw_cell_of(a, "%.5g", rate);
  row[6] = tw_cell_of(a, "%.4g", 6e4 * rate / tw_property_at(&m->density, in >= 0 ? T_in : T_out).v);
  row[7] = tw_cell_of(a, "%.2f", T_in - TW_ZERO_CELSIUS);
  row[8] = tw_cell_of(a, "%.2f", T_out - TW_ZERO_CELSIUS);
  row[9] = tw_cell_of(a, "%.1f", p_in / 1e3);
  row[10] = tw_cell_of(a, "%.1f", p_out / 1e3);
  row[11] = tw_cell_of(a, "%.2f", (p_in - p_out) / 1e3);
  row[12] = tw_cell_of(a, "%.4g", (in >= 0 && out >= 0 ? heat_of(p, in, out) : NAN) / 1e3);
}

/* The same for a part in which streams join or part: what all its liquid ports take up together. */
static double heat_of_junction(const part *p) {
  double heat = p->b->b[TW_B_LIFT][p->column];
  for (int q = 0; q < p->b->n_ports; q++)
    if (liquid(p, q)) heat -= tw_port_power(p->b, q, p->column);
  return heat;
}

/* A part through which one medium passes has a row per stream; where streams join or part, a row per port,
 * the heat in the first. */
static void add_part(tw_rows *t, const tw_dossier *d, int item) {
  const tw_network *net = d->s.net;
  const tw_batch *b = &net->batches[net->item_batch[item]];
  part p = {b, net->item_instance[item], net->item_instance[item] * net->lanes, d->r->y, net->lanes};
  int first = t->n, through = 0;
  bool *done = tw_alloc(t->arena, (size_t)b->n_ports + 1, sizeof *done);
  for (int q = 0; q < b->n_ports; q++) {
    if (done[q] || !liquid(&p, q) || !(flow(&p, q) > 1e-9)) continue;
    int out = outlet_of(&p, q);
    add_stream(t, d->s.model->items[item].path, &p, q, out);
    if (out >= 0) done[out] = true, through++;
  }
  for (int q = 0; q < b->n_ports; q++)
    if (!done[q] && liquid(&p, q) && flow(&p, q) < -1e-9) add_stream(t, d->s.model->items[item].path, &p, -1, q);
  if (t->n > first && !through) t->cells[first * t->n_columns + 12] = tw_cell_of(t->arena, "%.4g", heat_of_junction(&p) / 1e3);
}

tw_rows *tw_coolant_schedule(const tw_dossier *d) {
  tw_rows *t = tw_rows_new(d->arena, columns, TW_COUNT(columns));
  for (int i = 0; i < d->s.model->n_items; i++)
    if (d->s.net->item_batch[i] >= 0) add_part(t, d, i);
  return t;
}

void tw_report_coolant(FILE *out, tw_dossier *d) {
  tw_rows *t = tw_coolant_schedule(d);
  tw_document_section(out, "coolant", "Coolant");
  if (!t->n) {
    tw_document_note(out, "No liquid flows in this model.");
    tw_left_out(d, "Coolant path and schedule: no liquid flows.");
    return;
  }
  tw_report_coolant_figure(out, d);
  tw_document_note(out, "T in is that of the node from which the part takes, T out that of what leaves it, before it mixes. Heat "
                        "is what the stream "
                        "takes up between its ports, the work of a pump included; of a part where streams join or part it stands "
                        "in the first row.");
  tw_rows_page(out, t, "coolant", "Schedule of the streams", "coolant.csv");
}
