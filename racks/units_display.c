#include "units_internal.h"
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Rounded to four digits, in the C locale; returns the rounded value. */
static double write_number(double value, char *buf, size_t n) {
  locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0), old = c ? uselocale(c) : (locale_t)0;
  snprintf(buf, n, "%.4g", value);
  double rounded = strtod(buf, NULL);
  if (fabs(rounded) >= 1e4 && fabs(rounded) < 1e7) snprintf(buf, n, "%.0f", value);
  if (c) {
    uselocale(old);
    freelocale(c);
  }
  return rounded;
}

typedef struct { const char *unit, *shown; double at_least, divide_by; } step; /* the first step that fits is used */

static const step steps[] = {
    {"s", "d", 172800, 86400}, {"s", "h", 7200, 3600}, {"s", "min", 120, 60}, {"s", "s", 1, 1},
    {"J", "MWh", 3.6e9, 3.6e9}, {"J", "kWh", 3.6e5, 3.6e6},
    {"kg", "t", 1e4, 1000}, {"kg", "kg", 0, 1},
    {"m", "m", 1, 1}, {"m", "mm", 1e-3, 1e-3}, {"m", "um", 0, 1e-6}};

typedef struct { const char *prefix; double scale; } prefix;
static const prefix prefixes[] = {{"G", 1e9}, {"M", 1e6}, {"k", 1e3}, {"", 1}, {"m", 1e-3}, {"u", 1e-6}, {"n", 1e-9},
                                  {"p", 1e-12}};
static const char *const prefixed[] = {"V",  "A",  "W", "VA", "var", "ohm", "S",   "H",  "F",
                                       "C",  "Hz", "Pa", "J", "s",   "N",   "W/K", "J/K", "W/s"};

static char *show(double value, const char *prefix_text, const char *unit, char *buf, size_t n) {
  char number[40];
  write_number(value, number, sizeof number);
  snprintf(buf, n, "%s %s%s", number, prefix_text, unit);
  return buf;
}

static char *with_prefix(double si, const char *unit, char *buf, size_t n) {
  int count = (int)(sizeof prefixes / sizeof prefixes[0]);
  for (int i = 0; i < count; i++) {
    double rounded = write_number(si / prefixes[i].scale, (char[40]){0}, 40); /* 999.96 W is 1 kW */
    if (fabs(rounded) >= 1.0 || (i == count - 1 && fabs(rounded) > 0.0))
      return show(si / prefixes[i].scale, prefixes[i].prefix, unit, buf, n);
  }
  return show(0.0, "", unit, buf, n);
}

char *tw_display(double si, const char *unit, char *buf, size_t n) {
  if (isnan(si)) snprintf(buf, n, "-");
  else if (!strcmp(unit, "K")) {
    double celsius = round((si - 273.15) * 10.0) / 10.0;
    show(celsius + 0.0, "", "degC", buf, n); /* + 0.0: never "-0" */
  } else if (!strcmp(unit, "delta K")) show(si, "", "K", buf, n);
  else if (!*unit || !strcmp(unit, "1")) write_number(si, buf, n);
  else {
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
      if (!strcmp(unit, steps[i].unit) && fabs(si) >= steps[i].at_least && fabs(si) > 0.0)
        return show(si / steps[i].divide_by, "", steps[i].shown, buf, n);
    for (size_t i = 0; i < sizeof prefixed / sizeof prefixed[0]; i++)
      if (!strcmp(unit, prefixed[i])) return with_prefix(si, unit, buf, n);
    show(si, "", unit, buf, n);
  }
  return buf;
}
