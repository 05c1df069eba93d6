#include "units_internal.h"
#include <math.h>
#include <pthread.h>
#include <string.h>
#include <strings.h>
#include <udunits2.h>

/* Symbols that our table lacks. Only single names are looked up, never expressions: so none of udunits' own syntax
 * (timestamps, logarithms, offsets, juxtaposed numbers) and none of its stacked or surprising prefixes ("pa" is a
 * pico-are to it, "TR" a tera-roentgen, "kkg" a kilogram of grams) can be reached.
 *
 * The one piece of process-wide state of the reader: the database, read once on demand (several ms) under a lock, and kept
 * reachable until the process ends. */

typedef enum { NOT_LOADED, LOADED, MISSING } load_state;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static load_state state;
static ut_system *database;

static bool load(void) {
  if (state == NOT_LOADED) {
    ut_set_error_message_handler(ut_ignore);
    database = ut_read_xml(NULL);
    state = database ? LOADED : MISSING;
  }
  return state == LOADED;
}

/* ---- base dimensions and factor of a udunits unit, by its visitor ---------------------------------------------------- */

static bool add_power(tw_unit *u, const ut_unit *basic, int power) {
  static const struct { const char *symbol; int dimension; } base[] = {
      {"kg", TW_KG}, {"m", TW_METRE}, {"s", TW_SECOND}, {"A", TW_AMPERE},
      {"K", TW_KELVIN}, {"mol", TW_MOLE}, {"cd", TW_CANDELA}, {"rad", TW_RADIAN}};
  const char *symbol = ut_get_symbol(basic, UT_ASCII);
  for (size_t i = 0; symbol && i < sizeof base / sizeof base[0]; i++)
    if (!strcmp(symbol, base[i].symbol)) {
      u->power[base[i].dimension] = (signed char)(u->power[base[i].dimension] + power);
      return true;
    }
  return false;
}

static ut_status visit_basic(const ut_unit *unit, void *out) { return add_power(out, unit, 1) ? UT_SUCCESS : UT_VISIT_ERROR; }

static ut_status visit_product(const ut_unit *unit, int count, const ut_unit *const *basic, const int *powers, void *out) {
  (void)unit;
  for (int i = 0; i < count; i++)
    if (!add_power(out, basic[i], powers[i])) return UT_VISIT_ERROR;
  return UT_SUCCESS;
}

static const ut_visitor *visitor(void);

static ut_status visit_galilean(const ut_unit *unit, double scale, const ut_unit *underlying, double offset, void *out) {
  (void)unit;
  tw_unit *u = out;
  if (fabs(offset) > 0.0) return UT_VISIT_ERROR; /* degC and degF are in the table; other scales with an offset are not taken */
  u->factor *= scale;
  return ut_accept_visitor(underlying, visitor(), out);
}

static ut_status visit_timestamp(const ut_unit *unit, const ut_unit *time, double origin, void *out) {
  (void)unit, (void)time, (void)origin, (void)out;
  return UT_VISIT_ERROR;
}

static ut_status visit_logarithmic(const ut_unit *unit, double base, const ut_unit *reference, void *out) {
  (void)unit, (void)base, (void)reference, (void)out;
  return UT_VISIT_ERROR;
}

static const ut_visitor *visitor(void) {
  static const ut_visitor v = {visit_basic, visit_product, visit_galilean, visit_timestamp, visit_logarithmic};
  return &v;
}

/* ---- lookup ---------------------------------------------------------------------------------------------------------- */

const tw_name_prefix tw_unit_name_prefixes[] = {{"kilo", 1e3},   {"mega", 1e6},   {"giga", 1e9},  {"centi", 1e-2},
                                                {"milli", 1e-3}, {"micro", 1e-6}, {"nano", 1e-9}, {NULL, 0.0}};

/* Names are long words, with a prefix word at most; symbols are taken as they stand. */
static ut_unit *look_up(const char *symbol, double *scale) {
  *scale = 1.0;
  ut_unit *u = ut_get_unit_by_symbol(database, symbol);
  if (!u) u = ut_get_unit_by_name(database, symbol);
  for (const tw_name_prefix *p = tw_unit_name_prefixes; !u && p->word; p++) {
    size_t n = strlen(p->word);
    if (strncasecmp(symbol, p->word, n) != 0 || !symbol[n]) continue;
    *scale = p->scale;
    u = ut_get_unit_by_name(database, symbol + n);
  }
  return u;
}

/* Words with more than one meaning in the field, or that mean something else to udunits than to a rack's author. */
static bool refused(const char *symbol) {
  static const char *const words[] = {"ton", "tons", "oz", "a", "b", "e", "u", "R", "rd", "rem", "gal", "Gal", "year", "yr"};
  for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
    if (!strcmp(symbol, words[i])) return true;
  return false;
}

tw_symbol_result tw_symbol_in_udunits(const char *symbol, tw_unit *u) {
  for (const char *s = symbol; *s; s++)
    if (!((*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z') || *s == '_')) return TW_SYMBOL_UNKNOWN;
  if (refused(symbol)) return TW_SYMBOL_UNKNOWN;
  tw_symbol_result result = TW_SYMBOL_NO_DATABASE;
  pthread_mutex_lock(&lock);
  if (load()) {
    double scale;
    ut_unit *found = look_up(symbol, &scale);
    *u = (tw_unit){.factor = scale, .divisor = 1.0};
    bool usable = found && ut_accept_visitor(found, visitor(), u) == UT_SUCCESS;
    result = usable ? TW_SYMBOL_FOUND : TW_SYMBOL_UNKNOWN;
    ut_free(found);
  }
  pthread_mutex_unlock(&lock);
  return result;
}
