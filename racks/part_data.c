/* What a part costs and weighs, when it comes and how long it lasts: of one piece as delivered, with all that is in it. */
#include "reader.h"
#include "units.h"
#include <math.h>
#include <string.h>

const char *const tw_part_figure_names[TW_PART_FIGURES] = {"price", "mass", "lead-time", "mtbf"};
const char *const tw_part_figure_units[TW_PART_FIGURES] = {"", "kg", "s", "s"};

static const char blanks[] = " \t\r\n";

const char *tw_money_scan(const char *text, double *amount, char currency[4]) {
  const char *s = tw_number_scan(text + strspn(text, blanks), amount);
  if (!s) return NULL;
  s += strspn(s, blanks);
  for (int k = 0; k < 3; k++)
    if (s[k] < 'A' || s[k] > 'Z') return NULL;
  memcpy(currency, s, 3);
  currency[3] = 0;
  return s + 3;
}

double tw_price_read(tw_reader *r, const tw_attribute *a, char currency[4]) {
  double amount;
  const char *end = tw_money_scan(a->value, &amount, currency);
  if (end && !end[strspn(end, blanks)] && amount >= 0.0) return amount;
  tw_report(r, TW_E_PRICE, a->at, NULL, "%s = \"%s\" is not a price; write an amount, not below zero, and the three letters "
            "of its currency, such as \"1200 USD\"", a->name, a->value);
  *currency = 0;
  return NAN;
}

static tw_part_data *writable(tw_reader *r, tw_part_data **data) {
  if (*data) return *data;
  *data = tw_alloc(r->arena, 1, sizeof **data);
  for (int k = 0; k < TW_PART_FIGURES; k++) (*data)->figure[k].value = NAN;
  return *data;
}

bool tw_part_data_read(tw_reader *r, const tw_xml_node *n, const tw_attribute *a, tw_part_data **data) {
  if (!tw_listed(tw_rule_of("component")->more, a->name)) return false;
  if (!strcmp(a->name, "manufacturer")) writable(r, data)->manufacturer = a->value;
  if (!strcmp(a->name, "basis")) writable(r, data)->basis = a->value;
  for (int k = 0; k < TW_PART_FIGURES; k++) {
    if (strcmp(a->name, tw_part_figure_names[k])) continue;
    tw_part_data *d = writable(r, data);
    tw_stated *s = &d->figure[k];
    *s = (tw_stated){.written = a->value, .where = a->at};
    s->value = k == TW_PRICE ? tw_price_read(r, a, d->currency) : tw_number_read(r, "component", a->name, a);
    tw_quality_read(r, n, &s->source, &s->quality);
  }
  return true;
}

const tw_part_data *tw_part_data_of(tw_reader *r, const tw_xml_node *n) {
  tw_part_data *data = NULL;
  for (int k = 0; k < n->n_attributes; k++) tw_part_data_read(r, n, &n->attributes[k], &data);
  return data;
}

double tw_part_figure(const tw_part_data *data, tw_part_figure_id which) {
  return data ? data->figure[which].value : (double)NAN;
}
