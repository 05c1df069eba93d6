#include "units_internal.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Factors are exact by definition unless said otherwise: SI Brochure, 9th ed. (BIPM 2019), table 8 for units beside the SI;
 * international foot and pound (1959); US gallon = 231 in3 (NIST Handbook 44, app. C); psi = lb g_n / in2 (g_n = 9.80665);
 * inH2O conventional, 249.08891 Pa (NIST SP 811, app. B.8). The test compares each row with udunits. */

#define KG(p) [TW_KG] = p
#define M(p) [TW_METRE] = p
#define S(p) [TW_SECOND] = p
#define A(p) [TW_AMPERE] = p
#define T(p) [TW_KELVIN] = p
#define VOLT {KG(1), M(2), S(-3), A(-1)}
#define OHM {KG(1), M(2), S(-3), A(-2)}
#define WATT {KG(1), M(2), S(-3)}
#define JOULE {KG(1), M(2), S(-2)}
#define PASCAL {KG(1), M(-1), S(-2)}
#define PER_SECOND {M(3), S(-1)}

#define PI 3.14159265358979323846

static const tw_unit_row table[] = { /* sorted by bytes */
    {"$", TW_PREFIX_NONE, {1, 1, 0, {[TW_USD] = 1}}, "US dollar, as USD"},
    {"%", TW_PREFIX_NONE, {1, 100, 0, {0}}, "percent, 0.01"},
    {"A", TW_PREFIX_SI, {1, 1, 0, {A(1)}}, "ampere"},
    {"Ah", TW_PREFIX_SI, {3600, 1, 0, {S(1), A(1)}}, "ampere-hour, 3600 C"},
    {"C", TW_PREFIX_SI, {1, 1, 0, {S(1), A(1)}}, "coulomb (degrees Celsius are degC)"},
    {"CFM", TW_PREFIX_NONE, {0.028316846592, 60, 0, PER_SECOND}, "cubic foot per minute, 4.719e-4 m3/s"},
    {"EUR", TW_PREFIX_SI, {1, 1, 0, {[TW_EUR] = 1}}, "euro"},
    {"F", TW_PREFIX_SI, {1, 1, 0, {KG(-1), M(-2), S(4), A(2)}}, "farad (degrees Fahrenheit are degF)"},
    {"H", TW_PREFIX_SI, {1, 1, 0, {KG(1), M(2), S(-2), A(-2)}}, "henry"},
    {"Hz", TW_PREFIX_SI, {1, 1, 0, {S(-1)}}, "hertz"},
    {"J", TW_PREFIX_SI, {1, 1, 0, JOULE}, "joule"},
    {"K", TW_PREFIX_SI, {1, 1, 0, {T(1)}}, "kelvin: a temperature or a difference"},
    {"L", TW_PREFIX_ALL, {1, 1000, 0, {M(3)}}, "litre"},
    {"N", TW_PREFIX_SI, {1, 1, 0, {KG(1), M(1), S(-2)}}, "newton"},
    {"Pa", TW_PREFIX_ALL, {1, 1, 0, PASCAL}, "pascal"},
    {"S", TW_PREFIX_SI, {1, 1, 0, {KG(-1), M(-2), S(3), A(2)}}, "siemens"},
    {"USD", TW_PREFIX_SI, {1, 1, 0, {[TW_USD] = 1}}, "US dollar"},
    {"V", TW_PREFIX_SI, {1, 1, 0, VOLT}, "volt"},
    {"VA", TW_PREFIX_SI, {1, 1, 0, {[TW_VA] = 1}}, "volt-ampere, apparent power (not W)"},
    {"W", TW_PREFIX_SI, {1, 1, 0, WATT}, "watt"},
    {"Wh", TW_PREFIX_SI, {3600, 1, 0, JOULE}, "watt-hour, 3600 J"},
    {"bar", TW_PREFIX_SI, {1e5, 1, 0, PASCAL}, "bar, 1e5 Pa"},
    {"cfm", TW_PREFIX_NONE, {0.028316846592, 60, 0, PER_SECOND}, "cubic foot per minute, 4.719e-4 m3/s"},
    {"d", TW_PREFIX_NONE, {86400, 1, 0, {S(1)}}, "day"},
    {"deg", TW_PREFIX_NONE, {PI, 180, 0, {[TW_RADIAN] = 1}}, "degree of arc"},
    {"degC", TW_PREFIX_NONE, {1, 1, 273.15, {T(1)}}, "degree Celsius: a temperature; in a product a difference"},
    {"degF", TW_PREFIX_NONE, {5, 9, 459.67, {T(1)}}, "degree Fahrenheit: a temperature; in a product a difference"},
    {"ft", TW_PREFIX_NONE, {3048, 10000, 0, {M(1)}}, "foot, 0.3048 m"},
    {"g", TW_PREFIX_SI, {1, 1000, 0, {KG(1)}}, "gram"},
    {"gpm", TW_PREFIX_NONE, {3.785411784, 60000, 0, PER_SECOND}, "US gallon per minute, 6.309e-5 m3/s"},
    {"h", TW_PREFIX_NONE, {3600, 1, 0, {S(1)}}, "hour"},
    {"in", TW_PREFIX_NONE, {254, 10000, 0, {M(1)}}, "inch, 25.4 mm"},
    {"inH2O", TW_PREFIX_NONE, {249.08891, 1, 0, PASCAL}, "conventional inch of water, 249.1 Pa"},
    {"l", TW_PREFIX_ALL, {1, 1000, 0, {M(3)}}, "litre"},
    {"lb", TW_PREFIX_NONE, {0.45359237, 1, 0, {KG(1)}}, "pound, 0.45359237 kg"},
    {"lpm", TW_PREFIX_NONE, {1, 60000, 0, PER_SECOND}, "litre per minute"},
    {"m", TW_PREFIX_ALL, {1, 1, 0, {M(1)}}, "metre"},
    {"min", TW_PREFIX_NONE, {60, 1, 0, {S(1)}}, "minute"},
    {"mol", TW_PREFIX_SI, {1, 1, 0, {[TW_MOLE] = 1}}, "mole"},
    {"ohm", TW_PREFIX_SI, {1, 1, 0, OHM}, "ohm"},
    {"ppm", TW_PREFIX_NONE, {1, 1e6, 0, {0}}, "parts per million, 1e-6"},
    {"psi", TW_PREFIX_NONE, {0.45359237 * 9.80665, 0.0254 * 0.0254, 0, PASCAL}, "pound-force per square inch, 6895 Pa"},
    {"pu", TW_PREFIX_NONE, {1, 1, 0, {0}}, "per unit, a plain number"},
    {"rad", TW_PREFIX_SI, {1, 1, 0, {[TW_RADIAN] = 1}}, "radian"},
    {"rev", TW_PREFIX_NONE, {1, 1, 0, {[TW_REVOLUTION] = 1}}, "revolution"},
    {"rpm", TW_PREFIX_NONE, {1, 60, 0, {S(-1), [TW_REVOLUTION] = 1}}, "revolution per minute, 1/60 Hz or 2 pi/60 rad/s"},
    {"s", TW_PREFIX_SI, {1, 1, 0, {S(1)}}, "second"},
    {"t", TW_PREFIX_NONE, {1000, 1, 0, {KG(1)}}, "tonne, 1000 kg"},
    {"var", TW_PREFIX_SI, {1, 1, 0, {[TW_VAR] = 1}}, "var, reactive power (not W)"},
    {"\302\260", TW_PREFIX_NONE, {PI, 180, 0, {[TW_RADIAN] = 1}}, "degree of arc, as deg"},
    {"\302\260C", TW_PREFIX_NONE, {1, 1, 273.15, {T(1)}}, "degree Celsius, as degC"},
    {"\302\260F", TW_PREFIX_NONE, {5, 9, 459.67, {T(1)}}, "degree Fahrenheit, as degF"},
    {"\316\251", TW_PREFIX_SI, {1, 1, 0, OHM}, "ohm (capital omega)"},
    {"\342\202\254", TW_PREFIX_NONE, {1, 1, 0, {[TW_EUR] = 1}}, "euro, as EUR"},
    {"\342\204\246", TW_PREFIX_SI, {1, 1, 0, OHM}, "ohm (ohm sign)"}};

typedef struct { const char *symbol; double factor, divisor; bool all; } prefix;
static const prefix prefixes[] = { /* SI Brochure, table 7; micro also as the two characters that keyboards give */
    {"p", 1, 1e12, false}, {"n", 1, 1e9, false}, {"u", 1, 1e6, false}, {"\302\265", 1, 1e6, false}, {"\316\274", 1, 1e6, false},
    {"m", 1, 1e3, false},  {"k", 1e3, 1, false}, {"M", 1e6, 1, false}, {"G", 1e9, 1, false},        {"T", 1e12, 1, false},
    {"c", 1, 100, true},   {"d", 1, 10, true},   {"h", 100, 1, true}};

enum { ROWS = sizeof table / sizeof table[0], PREFIXES = sizeof prefixes / sizeof prefixes[0] };

const tw_measure tw_measures[] = {
    {"1", "a plain number", "0.95 or 95 %"},
    {"V", "a voltage", "48 V"},
    {"A", "a current", "12.5 A"},
    {"W", "a power", "5.5 kW"},
    {"VA", "an apparent power", "5.5 kVA"},
    {"var", "a reactive power", "1.2 kvar"},
    {"J", "an energy", "2.5 kWh"},
    {"ohm", "a resistance", "4.5 mohm"},
    {"S", "a conductance", "10 mS"},
    {"H", "an inductance", "150 nH"},
    {"F", "a capacitance", "470 uF"},
    {"C", "a charge", "100 Ah"},
    {"V/s", "a voltage rate", "5 V/ms"},
    {"A/s", "a current rate", "100 A/us"},
    {"W/s", "a power rate", "2 kW/s"},
    {"Hz", "a frequency", "50 Hz"},
    {"1/s", "a rate", "0.5 1/s"},
    {"rad/s", "an angular speed", "3000 rpm"},
    {"rpm", "a speed of rotation", "3000 rpm"},
    {"rad", "an angle", "30 deg"},
    {"K", "a temperature", "35 degC"},
    {"delta K", "a temperature difference", "5 K"},
    {"K/s", "a temperature rate", "0.5 K/s"},
    {"1/K", "a temperature coefficient", "0.00393 1/K"},
    {"K/W", "a thermal resistance", "0.02 K/W"},
    {"W/K", "a thermal conductance", "50 W/K"},
    {"J/K", "a heat capacity", "5 kJ/K"},
    {"W/(m2 K)", "a heat transfer coefficient", "10 W/(m2 K)"},
    {"W/(m K)", "a thermal conductivity", "390 W/(m K)"},
    {"J/(kg K)", "a specific heat", "4.18 kJ/(kg K)"},
    {"J/kg", "a specific energy", "400 kJ/kg"},
    {"W/m2", "a heat flux", "50 W/cm2"},
    {"Pa", "a pressure", "250 kPa"},
    {"Pa s", "a viscosity", "0.9 mPa s"},
    {"kg", "a mass", "25 kg"},
    {"kg/s", "a mass flow", "0.5 kg/s"},
    {"kg/m3", "a density", "1020 kg/m3"},
    {"m3/s", "a volume flow", "90 L/min"},
    {"Pa/(m3/s)", "a flow resistance", "20 kPa/(L/min)"},
    {"Pa/(m3/s)2", "a quadratic flow resistance", "0.5 kPa/(L/min)2"},
    {"m3", "a volume", "5 L"},
    {"m3/kg", "a specific volume", "1 L/kg"},
    {"m2", "an area", "120 mm2"},
    {"m", "a length", "1.2 m"},
    {"m/s", "a speed", "2 m/s"},
    {"m2/s", "a kinematic viscosity", "1 mm2/s"},
    {"m/s2", "an acceleration", "9.81 m/s2"},
    {"s", "a time", "20 ms"},
    {"N", "a force", "10 N"},
    {"N m", "a torque", "2 N m"},
    {"kg m2", "a moment of inertia", "0.002 kg m2"},
    {"ohm/m", "a resistance per length", "25 uohm/m"},
    {"ohm m", "a resistivity", "17.24 nohm m"},
    {"H/m", "an inductance per length", "300 nH/m"},
    {"mol", "an amount of substance", "1 mol"},
    {"kg/mol", "a molar mass", "18 g/mol"},
    {"USD", "an amount of US dollars", "1200 USD"},
    {"EUR", "an amount of euros", "1200 EUR"},
    {"USD/J", "a price of energy in US dollars", "0.08 USD/kWh"},
    {"EUR/J", "a price of energy in euros", "0.08 EUR/kWh"},
    {"USD/m3", "a price of water in US dollars", "2 USD/m3"},
    {"EUR/m3", "a price of water in euros", "2 EUR/m3"},
    {"kg/J", "an emission per energy", "0.35 kg/kWh"},
    {0}};

const char *tw_unit_prefix_at(int i, bool *all) {
  if (i < 0 || i >= PREFIXES) return "";
  *all = prefixes[i].all;
  return prefixes[i].symbol;
}

const tw_unit_row *tw_unit_at(int i) { return i >= 0 && i < ROWS ? &table[i] : NULL; }

static int compare_symbol(const void *key, const void *row) { return strcmp(key, ((const tw_unit_row *)row)->symbol); }

static const tw_unit_row *find(const char *symbol) {
  return bsearch(symbol, table, ROWS, sizeof table[0], compare_symbol);
}

static tw_unit with_prefix(const tw_unit_row *row, const prefix *p) {
  tw_unit u = row->unit;
  u.factor *= p->factor;
  u.divisor *= p->divisor;
  return u;
}

bool tw_symbol_in_table(const char *symbol, tw_unit *u) {
  const tw_unit_row *row = find(symbol);
  if (row) {
    *u = row->unit;
    return true;
  }
  for (int i = 0; i < PREFIXES; i++) {
    const prefix *p = &prefixes[i];
    size_t n = strlen(p->symbol);
    if (strncmp(symbol, p->symbol, n) != 0 || !(row = find(symbol + n))) continue;
    if (row->prefixes == TW_PREFIX_NONE || (p->all && row->prefixes != TW_PREFIX_ALL)) continue;
    *u = with_prefix(row, p);
    return true;
  }
  return false;
}

bool tw_symbol_other_case(const char *symbol, const tw_unit *like, char *out, size_t size) {
  for (int k = -1; k < PREFIXES; k++)
    for (int i = 0; i < ROWS; i++) {
      const tw_unit_row *row = &table[i];
      const prefix *p = k < 0 ? NULL : &prefixes[k];
      if (p && (row->prefixes == TW_PREFIX_NONE || (p->all && row->prefixes != TW_PREFIX_ALL))) continue;
      if (like && !tw_same_dimensions(&row->unit, like)) continue;
      char candidate[TW_SYMBOL_SIZE];
      snprintf(candidate, sizeof candidate, "%s%s", p ? p->symbol : "", row->symbol);
      if (strcasecmp(candidate, symbol) != 0) continue;
      snprintf(out, size, "%s", candidate);
      return true;
    }
  return false;
}
