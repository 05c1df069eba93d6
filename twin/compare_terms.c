/* Hours, load profile, tariff, demand charge and discount as the user writes them. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "../racks/units.h"
#include "compare.h"

static const char blanks[] = " \t";

static int refuse(const char *option, const char *text, const char *accepted) {
  fprintf(stderr, "racktwin: --%s \"%s\": %s; see racktwin compare --help\n", option, text, accepted);
  return TW_EXIT_USAGE;
}

/* "0.08 USD/kWh": amount, currency and one of the units, whose value times the scale is SI. */
typedef struct {
  const char *unit;
  double scale;
} per;

static bool read_rate(const char *text, const per *units, int n, double *rate, char currency[4]) {
  const char *rest = tw_money_scan(text, rate, currency);
  if (!rest || *rest != '/' || *rate < 0.0) return false;
  size_t length = strlen(++rest);
  while (length && strchr(blanks, rest[length - 1])) length--;
  for (int k = 0; k < n; k++)
    if (strlen(units[k].unit) == length && !strncmp(units[k].unit, rest, length)) {
      *rate *= units[k].scale;
      return true;
    }
  return false;
}

static int read_money(const tw_options *o, tw_terms *t) {
  static const per energy[] = {{"kWh", 1.0 / 3.6e6}, {"MWh", 1.0 / 3.6e9}};
  static const per power[] = {
      {"kW/a", 1e-3}, {"kW/year", 1e-3}, {"kW/month", 12e-3}, {"MW/a", 1e-6}, {"MW/year", 1e-6}, {"MW/month", 12e-6}};
  char of_demand[4] = "";
  if (o->tariff && !read_rate(o->tariff, energy, TW_COUNT(energy), &t->tariff, t->currency))
    return refuse("tariff", o->tariff, "write money for energy, such as \"0.08 USD/kWh\" or \"75 EUR/MWh\"");
  if (o->demand_charge && !read_rate(o->demand_charge, power, TW_COUNT(power), &t->demand, of_demand))
    return refuse("demand-charge", o->demand_charge,
        "write money for the highest power in a time, such as \"120 USD/kW/a\" or "
        "\"10 USD/kW/month\"");
  if (*t->currency && *of_demand && strcmp(t->currency, of_demand))
    return refuse("demand-charge", o->demand_charge, "its currency is not that of --tariff, and none is converted");
  if (!*t->currency) memcpy(t->currency, of_demand, sizeof of_demand);
  return 0;
}

static bool read_share(const char *from, size_t n, double *x) {
  char text[64], message[128];
  if (!n || n >= sizeof text) return false;
  memcpy(text, from, n);
  text[n] = 0;
  *x = tw_quantity_parse(text, "1", message, sizeof message);
  return *x >= 0.0 && *x <= 1.0;
}

static int read_profile(const char *text, tw_terms *t) {
  static const char accepted[] = "write utilisation:share pairs whose shares of the hours add up to 1, such as 100%:0.7,35%:0.3";
  double sum = 0.0;
  for (const char *at = text;; at++) {
    size_t n = strcspn(at, ","), colon = strcspn(at, ":,");
    tw_profile_point p;
    if (t->n_points == TW_MOST_POINTS || at[colon] != ':' || !read_share(at, colon, &p.utilisation) ||
        !read_share(at + colon + 1, n - colon - 1, &p.share))
      return refuse("profile", text, accepted);
    t->profile[t->n_points++] = p;
    sum += p.share;
    at += n;
    if (!*at) break;
  }
  return fabs(sum - 1.0) <= 1e-9 ? 0 : refuse("profile", text, accepted); /* decimal shares are not exact */
}

int tw_terms_read(const tw_options *o, tw_terms *t) {
  char message[128];
  *t = (tw_terms){.hours = o->hours > 0.0 ? o->hours : 8760.0, .tariff = NAN, .demand = NAN, .years = {5.0, 10.0}};
  if (t->hours > 8784.0) return refuse("hours", "above 8784", "a year has no more hours");
  if (o->discount) {
    t->discount = tw_quantity_parse(o->discount, "1", message, sizeof message);
    if (!(t->discount >= 0.0 && t->discount < 1.0))
      return refuse("discount", o->discount, "write a share per year, such as \"5 %\"");
  }
  int status = read_money(o, t);
  if (!status && o->profile) status = read_profile(o->profile, t);
  if (!t->n_points) t->profile[t->n_points++] = (tw_profile_point){NAN, 1.0};
  return status;
}

double tw_annuity(double discount, double years) {
  return discount > 0.0 ? (1.0 - pow(1.0 + discount, -years)) / discount : years;
}
