#include "units_internal.h"
#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- numbers --------------------------------------------------------------------------------------------------------- */

static bool digit(char c) { return c >= '0' && c <= '9'; }

static const char *scan_exponent(const char *s, int *exponent) {
  const char *p = s + 1;
  bool negative = *p == '-';
  if (*p == '+' || *p == '-') p++;
  if (!digit(*p)) return s; /* the e belongs to a unit */
  int value = 0;
  for (; digit(*p); p++)
    if (value < 100000) value = 10 * value + (*p - '0');
  *exponent += negative ? -value : value;
  return p;
}

static double strtod_c(const char *s) {
  locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
  if (!c) return NAN;
  locale_t old = uselocale(c);
  double value = strtod(s, NULL);
  uselocale(old);
  freelocale(c);
  return value;
}

const char *tw_number_scan(const char *text, double *out) {
  const char *s = text;
  bool negative = *s == '-';
  if (*s == '+' || *s == '-') s++;
  uint64_t mantissa = 0;
  int exponent = 0, seen = 0;
  bool exact = true, point = false;
  for (; digit(*s) || (*s == '.' && !point); s++) {
    if (*s == '.') {
      point = true;
      continue;
    }
    seen++;
    if (mantissa < 100000000000000u) mantissa = 10 * mantissa + (uint64_t)(*s - '0'); /* at most 15 digits */
    else exact = false;
    if (point) exponent--;
  }
  if (!seen) return NULL;
  if (*s == 'e' || *s == 'E') s = scan_exponent(s, &exponent);
  /* Up to 15 digits and 10^22 both operands are exact doubles, so one operation rounds correctly (Clinger, PLDI 1990). */
  static const double power[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
  double value;
  if (exact && exponent >= -22 && exponent <= 22) {
    value = exponent < 0 ? (double)mantissa / power[-exponent] : (double)mantissa * power[exponent];
    if (negative) value = -value;
  } else {
    value = strtod_c(text);
  }
  if (!isfinite(value)) return NULL;
  *out = value;
  return s;
}

/* ---- units ----------------------------------------------------------------------------------------------------------- */

typedef struct { const char *text, *at; tw_unit_error *error; int depth; } reader;

static bool fail(reader *r, const char *what) {
  snprintf(r->error->message, sizeof r->error->message, "%s", what);
  return false;
}

static void skip_spaces(reader *r) {
  while (*r->at == ' ' || *r->at == '\t' || *r->at == '\n' || *r->at == '\r') r->at++;
}

static bool starts(const char *s, const char *with) { return strncmp(s, with, strlen(with)) == 0; }

#define SQUARED "\302\262"
#define CUBED "\302\263"
#define MIDDLE_DOT "\302\267"

static bool in_symbol(const char *s) {
  unsigned char c = (unsigned char)*s;
  if (c >= 0x80) return !starts(s, SQUARED) && !starts(s, CUBED) && !starts(s, MIDDLE_DOT);
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || digit(*s) || c == '_' || c == '%' || c == '$';
}

static bool multiply(reader *r, tw_unit *u, const tw_unit *by, int power) {
  for (int i = 0; i < TW_DIMENSIONS; i++) {
    int sum = u->power[i] + power * by->power[i];
    if (sum > 20 || sum < -20) return fail(r, "the exponents are too large");
    u->power[i] = (signed char)sum;
  }
  for (int k = power < 0 ? -power : power; k > 0; k--) {
    u->factor *= power > 0 ? by->factor : by->divisor;
    u->divisor *= power > 0 ? by->divisor : by->factor;
  }
  return true;
}

/* Optional exponent, one digit: "2", "-1", "^2", "**2" or a superscript. *power is 0 if there is none. */
static bool read_exponent(reader *r, int *power) {
  *power = 0;
  if (starts(r->at, SQUARED) || starts(r->at, CUBED)) {
    *power = starts(r->at, SQUARED) ? 2 : 3;
    r->at += strlen(SQUARED);
    return true;
  }
  const char *s = r->at;
  bool marked = *s == '^' || starts(s, "**");
  if (marked) s += *s == '^' ? 1 : 2;
  bool negative = *s == '-';
  if (*s == '-' || (marked && *s == '+')) s++;
  if (!digit(*s)) return !marked && !negative ? true : fail(r, "an exponent is one digit, as in m2, m^2 or s-1");
  *power = *s++ - '0';
  if (digit(*s) || *power == 0) return fail(r, "an exponent is one digit from 1 to 9, as in m2, m^2 or s-1");
  if (negative) *power = -*power;
  r->at = s;
  return true;
}

static bool unknown(reader *r, const char *symbol, bool no_database) {
  snprintf(r->error->unknown, sizeof r->error->unknown, "%s", symbol);
  r->error->no_database = no_database;
  return false;
}

static bool read_symbol(reader *r, tw_unit *u) {
  const char *end = r->at;
  while (in_symbol(end)) end++;
  while (end > r->at && digit(end[-1])) end--; /* an exponent */
  size_t n = (size_t)(end - r->at);
  if (n == 0) return fail(r, "a unit is missing");
  char symbol[TW_SYMBOL_SIZE];
  if (n >= sizeof symbol) return fail(r, "there is no unit with such a long name");
  memcpy(symbol, r->at, n);
  symbol[n] = '\0';
  r->at = end;
  if (tw_symbol_in_table(symbol, u)) return true;
  tw_unit any;
  if (tw_symbol_other_case(symbol, NULL, (char[TW_SYMBOL_SIZE]){0}, TW_SYMBOL_SIZE)) return unknown(r, symbol, false);
  tw_symbol_result result = tw_symbol_in_udunits(symbol, &any);
  if (result != TW_SYMBOL_FOUND) return unknown(r, symbol, result == TW_SYMBOL_NO_DATABASE);
  *u = any;
  return true;
}

static bool read_product(reader *r, tw_unit *u);

static bool read_factor(reader *r, tw_unit *u) {
  int power;
  if (*r->at == '(') {
    if (++r->depth > 8) return fail(r, "there are too many parentheses");
    r->at++;
    if (!read_product(r, u)) return false;
    if (*r->at != ')') return fail(r, "a parenthesis is not closed");
    r->at++, r->depth--;
  } else if (!read_symbol(r, u)) {
    return false;
  }
  if (!read_exponent(r, &power)) return false;
  if (!power) return true;
  tw_unit base = *u;
  *u = (tw_unit){.factor = 1.0, .divisor = 1.0};
  return multiply(r, u, &base, power); /* without the offset: in a product degC is a difference */
}

/* '1' stands for nothing in front of a division. */
static bool leading_one(reader *r) {
  const char *s = r->at;
  if (*s == '1') {
    do s++;
    while (*s == ' ');
  }
  if (*s != '/') return false;
  r->at = s;
  return true;
}

/* Operator between two factors: '/' or '*' (also for '.', a middle dot and a space), 0 if the product ends here. */
static char read_operator(reader *r) {
  skip_spaces(r);
  if (*r->at == '\0' || *r->at == ')') return 0;
  char op = *r->at == '/' ? '/' : '*';
  if (*r->at == '/' || *r->at == '*' || *r->at == '.') r->at++;
  else if (starts(r->at, MIDDLE_DOT)) r->at += strlen(MIDDLE_DOT);
  skip_spaces(r);
  return op;
}

static bool read_product(reader *r, tw_unit *u) {
  *u = (tw_unit){.factor = 1.0, .divisor = 1.0};
  skip_spaces(r);
  bool divided = false;
  if (!leading_one(r) && !read_factor(r, u)) return false;
  for (char op; (op = read_operator(r)) != 0;) {
    tw_unit factor;
    if (op == '*' && divided)
      return fail(r, "a product after a division can be read in two ways; write W/(m2 K), not W/m2 K");
    if (!in_symbol(r->at) && *r->at != '(') return fail(r, "a unit is missing");
    if (!read_factor(r, &factor)) return false;
    divided = divided || op == '/';
    u->offset = 0.0;
    if (!multiply(r, u, &factor, op == '/' ? -1 : 1)) return false;
  }
  return true;
}

void tw_unit_reduce(tw_unit *u) {
  if (!(u->factor > 1.0 && u->divisor > 1.0)) return;
  if (u->factor >= u->divisor && !(fmod(u->factor, u->divisor) > 0.0)) {
    u->factor /= u->divisor;
    u->divisor = 1.0;
  } else if (!(fmod(u->divisor, u->factor) > 0.0)) {
    u->divisor /= u->factor;
    u->factor = 1.0;
  }
}

bool tw_unit_read(const char *text, tw_unit *u, tw_unit_error *error) {
  reader r = {text, text, error, 0};
  error->unknown[0] = error->message[0] = '\0';
  error->no_database = false;
  skip_spaces(&r);
  if (!*r.at || !strcmp(r.at, "1")) {
    *u = (tw_unit){.factor = 1.0, .divisor = 1.0};
    return true;
  }
  if (!read_product(&r, u)) return false;
  if (*r.at) return fail(&r, "a parenthesis is closed that was not opened");
  if (!isfinite(u->factor) || !isfinite(u->divisor) || u->factor <= 0.0 || u->divisor <= 0.0)
    return fail(&r, "the unit is too large or too small");
  tw_unit_reduce(u);
  return true;
}

bool tw_same_dimensions(const tw_unit *a, const tw_unit *b) { return memcmp(a->power, b->power, sizeof a->power) == 0; }
