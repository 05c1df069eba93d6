#include "units.h"
#include "description.h"
#include "units_internal.h"
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define TWO_PI 6.283185307179586

/* What is asked for, and where complaints go. */
typedef struct {
  const char *to;        /* the table's unit, with "delta " */
  bool difference;
  tw_unit unit;          /* of `to` */
  const char *shown;     /* what the user wrote */
  char *message;
  size_t size;
} request;

static const char delta[] = "delta ";
static bool is_difference(const char *unit) { return strncmp(unit, delta, strlen(delta)) == 0; }

static bool complain(const request *q, const char *format, ...) TW_PRINTF(2, 3);
static bool complain(const request *q, const char *format, ...) {
  va_list list;
  va_start(list, format);
  if (q->size) vsnprintf(q->message, q->size, format, list);
  va_end(list);
  return false;
}

/* ---- words ----------------------------------------------------------------------------------------------------------- */

static bool only_kelvin(const tw_unit *u) {
  tw_unit kelvin = {.power = {[TW_KELVIN] = 1}};
  return tw_same_dimensions(u, &kelvin);
}

static const tw_measure *measure_of(const tw_unit *u) {
  for (const tw_measure *m = tw_measures; m->unit; m++) {
    tw_unit known;
    tw_unit_error error;
    if (!is_difference(m->unit) && tw_unit_read(m->unit, &known, &error) && tw_same_dimensions(u, &known))
      return m;
  }
  return NULL;
}

/* Name and example of what is asked for. Spelt in the same way it may be more special than its dimensions: "delta K". */
static tw_measure measure_asked(const request *q, char *buf, size_t n) {
  for (const tw_measure *m = tw_measures; m->unit; m++)
    if (!strcmp(m->unit, q->to)) return *m;
  const tw_measure *m = measure_of(&q->unit);
  if (m) return *m;
  snprintf(buf, n, "1 %s", q->to);
  return (tw_measure){q->to, NULL, buf};
}

/* `is a resistance` or `is in ohm m3`: how every complaint about a misfit begins. */
static const char *asked(const request *q, char *buf, size_t n) {
  tw_measure m = measure_asked(q, (char[TW_SYMBOL_SIZE]){0}, TW_SYMBOL_SIZE);
  if (m.name) snprintf(buf, n, "is %s", m.name);
  else snprintf(buf, n, "is in %s", q->to);
  return buf;
}

static const char *example(const request *q, char *buf, size_t n) {
  char own[TW_SYMBOL_SIZE];
  snprintf(buf, n, "%s", measure_asked(q, own, sizeof own).example);
  return buf;
}

#define ASKED(q) asked((q), (char[80]){0}, 80)
#define EXAMPLE(q) example((q), (char[48]){0}, 48)

/* What the user wrote, cut at a character if it is long. */
static const char *quoted(const char *text, char *buf, size_t n) {
  size_t length = strlen(text), room = n - 4;
  if (length <= room) return memcpy(buf, text, length + 1);
  while (room > 0 && ((unsigned char)text[room] & 0xc0) == 0x80) room--;
  memcpy(buf, text, room);
  memcpy(buf + room, "...", 4);
  return buf;
}
#define QUOTED(text) quoted((text), (char[64]){0}, 64)

/* ---- conversion ------------------------------------------------------------------------------------------------------ */

static bool bad_unit(const request *q, const tw_unit_error *e) {
  if (!e->unknown[0]) return complain(q, "has a unit that cannot be read in \"%s\": %s", QUOTED(q->shown), e->message);
  char other[TW_SYMBOL_SIZE];
  bool near = tw_symbol_other_case(e->unknown, &q->unit, other, sizeof other) ||
              tw_symbol_other_case(e->unknown, NULL, other, sizeof other);
  if (near)
    return complain(q, "has the unknown unit \"%s\" in \"%s\"; did you mean %s?", e->unknown, QUOTED(q->shown), other);
  return complain(q, "has the unknown unit \"%s\" in \"%s\"%s; write for example %s", e->unknown, QUOTED(q->shown),
                  e->no_database ? " (and the udunits database cannot be read)" : "", EXAMPLE(q));
}

static bool not_a_difference(const request *q) {
  return complain(q, "is a temperature difference, and a difference is written in K, for example %s", EXAMPLE(q));
}

/* Spellings that would be a coulomb or a farad, where a temperature is meant. */
static bool careless_degrees(const request *q, const char *from) {
  static const struct { const char *written, *right; } table[] = {
      {"C", "degC"}, {"deg C", "degC"}, {"\302\260 C", "degC"}, {"Celsius", "degC"}, {"degrees C", "degC"}, {"deg", "degC"},
      {"\302\260", "degC"}, {"centigrade", "degC"}, {"degc", "degC"}, {"F", "degF"}, {"deg F", "degF"},
      {"\302\260 F", "degF"}, {"Fahrenheit", "degF"}, {"degrees F", "degF"}, {"degf", "degF"}};
  if (!only_kelvin(&q->unit) || !strcmp(from, "degC") || !strcmp(from, "degF")) return false;
  for (int i = 0; i < TW_COUNT(table); i++) {
    if (strcasecmp(from, table[i].written) != 0) continue;
    const char *right = table[i].right, *scale = strcmp(right, "degC") ? "Fahrenheit" : "Celsius";
    if (q->difference) not_a_difference(q);
    else complain(q, "is a temperature: write %s for degrees %s", right, scale);
    return true;
  }
  return false;
}

/* A revolution is 2 pi radians against an angle, one cycle against a plain rate; a radian is never a cycle. */
static bool angles_fit(tw_unit *from, const tw_unit *to) {
  int revolutions = from->power[TW_REVOLUTION] - to->power[TW_REVOLUTION];
  int radians = from->power[TW_RADIAN] - to->power[TW_RADIAN];
  if (radians != 0 && radians != -revolutions) return false;
  if (radians != 0)
    for (int k = 0; k < (revolutions < 0 ? -revolutions : revolutions); k++)
      *(revolutions > 0 ? &from->factor : &from->divisor) *= TWO_PI;
  from->power[TW_REVOLUTION] = to->power[TW_REVOLUTION];
  from->power[TW_RADIAN] = to->power[TW_RADIAN];
  return true;
}

static bool dimensions_fit(const request *q, tw_unit *from) {
  const tw_unit written = *from;
  if (angles_fit(from, &q->unit) && tw_same_dimensions(from, &q->unit)) return true;
  const tw_measure *m = measure_of(&written);
  if (m) return complain(q, "%s: \"%s\" is %s; write for example %s", ASKED(q), QUOTED(q->shown), m->name, EXAMPLE(q));
  return complain(q, "%s: \"%s\" measures something else; write for example %s", ASKED(q), QUOTED(q->shown), EXAMPLE(q));
}

static bool request_unit(request *q) {
  tw_unit_error error;
  q->difference = is_difference(q->to);
  if (!tw_unit_read(q->to + (q->difference ? strlen(delta) : 0), &q->unit, &error))
    return complain(q, "has the unit \"%s\" in its table, which cannot be read", q->to);
  if (q->difference && (!only_kelvin(&q->unit) || q->unit.offset > 0.0))
    return complain(q, "has the unit \"%s\" in its table; a difference is \"delta K\"", q->to);
  return true;
}

static bool find(request *q, const char *from, tw_conversion *c) {
  tw_unit u;
  tw_unit_error error;
  bool from_difference = is_difference(from);
  if (from_difference) from += strlen(delta);
  if (careless_degrees(q, from)) return false;
  if (!tw_unit_read(from, &u, &error)) return bad_unit(q, &error);
  if (from_difference && !only_kelvin(&u)) return complain(q, "%s: write for example %s", ASKED(q), EXAMPLE(q));
  if (!*from && !tw_same_dimensions(&u, &q->unit)) return complain(q, "needs a unit, for example %s", EXAMPLE(q));
  if (!dimensions_fit(q, &u)) return false;
  if (q->difference && u.offset > 0.0) return not_a_difference(q);
  if (from_difference && !q->difference)
    return complain(q, "is a temperature: \"%s\" is a difference; write for example %s", QUOTED(q->shown), EXAMPLE(q));
  tw_unit ratio = {.factor = u.factor * q->unit.divisor, .divisor = u.divisor * q->unit.factor};
  tw_unit_reduce(&ratio);
  *c = (tw_conversion){u.offset, ratio.factor, ratio.divisor, q->unit.offset};
  return true;
}

bool tw_conversion_find(const char *from, const char *to, tw_conversion *c, char *message, size_t size) {
  request q = {.to = to, .shown = from, .message = message, .size = size};
  return request_unit(&q) && find(&q, from, c);
}

double tw_conversion_apply(const tw_conversion *c, double value) {
  return (value + c->before) * c->factor / c->divisor - c->after;
}

bool tw_convert(double si, const char *si_unit, const char *to_unit, double *out) {
  request q = {.to = to_unit, .shown = si_unit};
  tw_conversion c;
  if (!request_unit(&q)) return false;
  if (is_difference(si_unit) && !(q.unit.offset > 0.0)) q.difference = true; /* a difference may be shown as plain K */
  if (!find(&q, si_unit, &c)) return false;
  *out = tw_conversion_apply(&c, si);
  return true;
}

bool tw_unit_known(const char *unit) {
  request q = {.to = unit};
  return request_unit(&q);
}

/* ---- quantities ------------------------------------------------------------------------------------------------------ */

static bool no_number(const request *q, const char *text) {
  if (!*text) return complain(q, "is empty; write for example %s", EXAMPLE(q));
  static const char *const words[] = {"nan", "inf", "-inf", "+inf", "-nan", "+nan"};
  for (int i = 0; i < TW_COUNT(words); i++)
    if (!strncasecmp(text, words[i], strlen(words[i])))
      return complain(q, "must be a finite number, not \"%s\"; write for example %s", QUOTED(text), EXAMPLE(q));
  if (strspn(text, "+-.0123456789") > 0 && strpbrk(text, "0123456789"))
    return complain(q, "has a number that is too large or not a decimal number, \"%s\"; write for example %s", QUOTED(text),
                    EXAMPLE(q));
  return complain(q, "must begin with a number, not \"%s\"; write for example %s", QUOTED(text), EXAMPLE(q));
}

/* What follows the number must be a unit, not more of a number. */
static bool number_ends(const request *q, const char *text, const char *end, const char *unit) {
  if (*end == ',')
    return complain(q, "has a comma in \"%s\"; write the decimal point as '.', for example %s", QUOTED(text), EXAMPLE(q));
  if ((*end == 'x' || *end == 'X') && end[-1] == '0')
    return complain(q, "must be a decimal number, not \"%s\"; write for example %s", QUOTED(text), EXAMPLE(q));
  bool one_over = *unit == '1' && unit[1 + strspn(unit + 1, " ")] == '/';
  if ((*end && strchr("._'*^+-", *end)) || (*unit >= '0' && *unit <= '9' && !one_over))
    return complain(q, "has more than one number in \"%s\"; write one number, without spaces in it, for example %s",
                    QUOTED(text), EXAMPLE(q));
  return true;
}

static double quantity(request *q, const char *text) {
  double number;
  text += strspn(text, " \t\r\n");
  q->shown = text;
  const char *end = tw_number_scan(text, &number);
  if (!end) return no_number(q, text), NAN;
  const char *start = end + strspn(end, " \t\r\n");
  if (!number_ends(q, text, end, start)) return NAN;
  char unit[128];
  size_t n = strlen(start);
  while (n > 0 && strchr(" \t\r\n", start[n - 1])) n--;
  if (n >= sizeof unit)
    return complain(q, "has a unit that is too long in \"%s\"; write for example %s", QUOTED(text), EXAMPLE(q)), NAN;
  memcpy(unit, start, n);
  unit[n] = '\0';
  tw_conversion c;
  if (!find(q, unit, &c)) return NAN;
  double value = tw_conversion_apply(&c, number);
  if (!isfinite(value)) return complain(q, "is too large in \"%s\"; write for example %s", QUOTED(text), EXAMPLE(q)), NAN;
  bool absolute = only_kelvin(&q->unit) && !q->difference;
  if (absolute && value < 0.0 && !(q->unit.offset > 0.0))
    return complain(q, "is a temperature: \"%s\" is below absolute zero", QUOTED(text)), NAN;
  return value;
}

double tw_quantity_parse(const char *text, const char *si_unit, char *message, size_t message_size) {
  request q = {.to = si_unit, .shown = text, .message = message, .size = message_size};
  if (message_size) message[0] = '\0';
  return request_unit(&q) ? quantity(&q, text) : NAN;
}
