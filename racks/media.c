/* <medium>: properties as constants, or as curves over temperature. */
#include "reader.h"
#include <math.h>
#include <string.h>

enum { PROPERTIES = 4 }; /* density, cp, conductivity, viscosity */

int tw_medium_unknown(const tw_reader *r, const char *name) {
  tw_medium scratch;
  return tw_map_get(&r->media, name) ? 0 : tw_medium_builtin(name, -1.0, &scratch);
}

static const tw_xml_node *child_named(const tw_xml_node *n, const char *name) {
  for (const tw_xml_node *k = n->first; k; k = k->next)
    if (!strcmp(k->name, name)) return k;
  return NULL;
}

static bool read_property(tw_reader *r, const tw_xml_node *n, int which, tw_medium *m, tw_property *out) {
  tw_param p = tw_medium_properties[which];
  const tw_attribute *a = tw_attribute_find(n, p.id);
  const tw_xml_node *curve = child_named(n, p.id);
  tw_value v;
  if (!a == !curve) {
    tw_report(r, TW_E_MISSING, n->where, NULL, "the medium needs %s (%s), as an attribute or as a curve over temperature%s",
              p.id, p.doc, a ? ", not both" : "");
    return false;
  }
  if (a) {
    if (!tw_value_read(r, &p, a->value, a->at, NULL, &v)) return false;
    *out = (tw_property){.form = TW_PROP_POLYNOMIAL, .c = {v.number}};
    return true;
  }
  p.kind = TW_CURVE;
  if (!tw_curve_read(r, curve, &p, NULL, &v)) return false;
  *out = (tw_property){.form = TW_PROP_TABLE, .table = *v.curve};
  m->T_lo = fmax(m->T_lo, v.curve->x[0]);
  m->T_hi = fmin(m->T_hi, v.curve->x[v.curve->n - 1]);
  return true;
}

static double temperature(tw_reader *r, const tw_xml_node *n, const char *name, double otherwise) {
  const tw_attribute *a = tw_attribute_find(n, name);
  double T = a ? tw_number_read(r, "medium", name, a) : otherwise;
  return isnan(T) ? otherwise : T;
}

/* The range is the common one of the curves, and what T-min and T-max say; constants alone hold everywhere. */
static const tw_medium *read_medium(tw_reader *r, const tw_xml_node *n) {
  tw_medium *m = tw_alloc(r->arena, 1, sizeof *m);
  tw_property *all[PROPERTIES] = {&m->density, &m->cp, &m->conductivity, &m->viscosity};
  bool good = true;
  tw_check_attributes(r, n, "medium");
  tw_check_children(r, n, "medium");
  m->id = tw_attribute_find(n, "id")->value;
  m->T_lo = 1.0;
  m->T_hi = 5000.0;
  tw_quality quality;
  tw_quality_read(r, n, &m->source, &quality);
  for (int k = 0; k < PROPERTIES; k++) good = read_property(r, n, k, m, all[k]) && good;
  m->T_lo = fmax(m->T_lo, temperature(r, n, "T-min", m->T_lo));
  m->T_hi = fmin(m->T_hi, temperature(r, n, "T-max", m->T_hi));
  m->T_ref = temperature(r, n, "T-ref", 298.15);
  if (m->T_lo >= m->T_hi) {
    tw_report(r, TW_E_MEDIUM, n->where, NULL, "the medium \"%s\" is valid at no temperature: from %s to %s", m->id,
              tw_display_text(r, m->T_lo, "K"), tw_display_text(r, m->T_hi, "K"));
    return NULL;
  }
  if (good) tw_medium_prepare(m);
  return good ? m : NULL;
}

void tw_media_read(tw_reader *r) {
  tw_description *d = &r->m->pub;
  d->media = tw_alloc(r->arena, (size_t)r->media_list.n, sizeof *d->media);
  for (int k = 0; k < r->media_list.n; k++) {
    const tw_medium *m = read_medium(r, r->media_list.at[k]);
    if (m) d->media[d->n_media++] = m;
  }
}
