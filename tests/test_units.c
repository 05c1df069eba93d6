#include "../components/component.h"
#include "../racks/description.h"
#include "../racks/units.h"
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <udunits2.h>
#include <unistd.h>
#include <cmocka.h>

static double parse(const char *text, const char *unit) {
  char message[300];
  double value = tw_quantity_parse(text, unit, message, sizeof message);
  if (isnan(value)) print_error("\"%s\" for %s: %s\n", text, unit, message);
  else assert_string_equal(message, "");
  return value;
}

static bool near(double a, double b, double relative) { return fabs(a - b) <= relative * fabs(b); }

static void assert_near(double value, double expected, double relative, const char *what) {
  if (!near(value, expected, relative)) fail_msg("%s: %.17g is not %.17g", what, value, expected);
}

/* ---- right ----------------------------------------------------------------------------------------------------------- */

/* Numbers and factors without rounding of their own: the double that a person would write in C, to the last bit. */
static const struct { const char *text, *unit; double si; } exact[] = {
    {"48 V", "V", 48}, {"48V", "V", 48}, {" 48 V ", "V", 48}, {"+48 V", "V", 48}, {"-54 V", "V", -54}, {"0.8 kV", "V", 800},
    {"34.5 kV", "V", 34500}, {"850 mV", "V", 0.85}, {".75 V", "V", 0.75}, {"5. V", "V", 5}, {"4.8e1 V", "V", 48},
    {"4.8E+1 V", "V", 48}, {"480e-1 V", "V", 48}, {"0 V", "V", 0}, {"-0.0 V", "V", 0},
    {"4.5 mohm", "ohm", 0.0045}, {"4.5mohm", "ohm", 0.0045}, {"1 uohm", "ohm", 1e-6}, {"0.3 \302\265ohm", "ohm", 0.3e-6},
    {"0.3 \316\274\316\251", "ohm", 0.3e-6}, {"4.5 m\316\251", "ohm", 0.0045}, {"4.5 m\342\204\246", "ohm", 0.0045},
    {"100 mohm", "ohm", 0.1}, {"1 Mohm", "ohm", 1e6}, {"12 V/A", "ohm", 12}, {"25 uohm/m", "ohm/m", 25e-6},
    {"1400 A", "A", 1400}, {"1.4 kA", "A", 1400}, {"20 mA", "A", 0.02}, {"100 A/us", "A/s", 1e8},
    {"5.5 kW", "W", 5500}, {"132 kW", "W", 132000}, {"1.2 MW", "W", 1.2e6}, {"750 mW", "W", 0.75}, {"3 GW", "W", 3e9},
    {"1 kV A", "W", 1000}, {"2 J/s", "W", 2}, {"5.5 kVA", "VA", 5500}, {"2.5 MVA", "VA", 2.5e6}, {"10 VA", "VA", 10},
    {"1.2 kvar", "var", 1200}, {"3 Mvar", "var", 3e6},
    {"1 kWh", "J", 3.6e6}, {"2.5 MWh", "J", 9e9}, {"10 Wh", "J", 36000}, {"1 kW h", "J", 3.6e6}, {"100 Ah", "C", 360000},
    {"500 mAh", "C", 1800}, {"10 C", "C", 10}, {"470 uF", "F", 470e-6}, {"100 pF", "F", 100e-12}, {"150 nH", "H", 150e-9},
    {"0.95", "1", 0.95}, {"95 %", "1", 0.95}, {"45%", "1", 0.45}, {"45 %", "1", 0.45}, {"0.05 pu", "1", 0.05},
    {"250 ppm", "1", 250e-6}, {"3", "1", 3}, {"3 W/W", "1", 3}, {"-0.4 %/K", "1/K", -0.004}, {"0.00393 1/K", "1/K", 0.00393},
    {"0.00393/K", "1/K", 0.00393}, {"0.00393 K-1", "1/K", 0.00393}, {"0.00393 K^-1", "1/K", 0.00393}, {"3.9 1/kK", "1/K", 0.0039},
    {"35 degC", "K", 35 + 273.15}, {"35degC", "K", 35 + 273.15}, {"35 \302\260C", "K", 35 + 273.15},
    {"-40 degC", "K", -40 + 273.15},
    {"-273.15 degC", "K", 0}, {"308 K", "K", 308}, {"300 kelvin", "K", 300}, {"5 K", "delta K", 5}, {"-5 K", "delta K", -5},
    {"20 mK", "delta K", 0.02}, {"0.02 K/W", "K/W", 0.02}, {"0.02 degC/W", "K/W", 0.02}, {"50 W/degC", "W/K", 50},
    {"50 mK/W", "K/W", 0.05}, {"10 W/(m2 K)", "W/(m2 K)", 10}, {"10 W/m2/K", "W/(m2 K)", 10}, {"10 W m-2 K-1", "W/(m2 K)", 10},
    {"10 W/(m\302\262\302\267K)", "W/(m2 K)", 10}, {"10 W/(m^2*K)", "W/(m2 K)", 10}, {"10 W/(m**2 degC)", "W/(m2 K)", 10},
    {"4.18 kJ/(kg K)", "J/(kg K)", 4180}, {"4.18 J/(g K)", "J/(kg K)", 4180}, {"0.4 W/(m.K)", "W/(m K)", 0.4},
    {"50 W/cm2", "W/m2", 500000}, {"250 kPa", "Pa", 250000}, {"2.5 bar", "Pa", 250000}, {"10 mbar", "Pa", 1000},
    {"3 hPa", "Pa", 300},
    {"0.9 mPa s", "Pa s", 0.0009}, {"90 L/min", "m3/s", 0.0015}, {"90 l/min", "m3/s", 0.0015}, {"90 lpm", "m3/s", 0.0015},
    {"3.6 m3/h", "m3/s", 0.001}, {"5 L", "m3", 0.005}, {"250 mL", "m3", 0.00025}, {"0.5 kg/s", "kg/s", 0.5},
    {"500 g/s", "kg/s", 0.5},
    {"36 kg/min", "kg/s", 0.6}, {"1020 kg/m3", "kg/m3", 1020}, {"1 g/cm3", "kg/m3", 1000}, {"2 t", "kg", 2000},
    {"50 Hz", "Hz", 50}, {"500 kHz", "Hz", 500000}, {"3000 rpm", "Hz", 50}, {"3000 rpm", "rpm", 3000}, {"50 Hz", "rpm", 3000},
    {"50 rev/s", "rpm", 3000}, {"0.5 1/s", "1/s", 0.5}, {"30 /min", "1/s", 0.5},
    {"90 s", "s", 90}, {"10 min", "s", 600}, {"2 h", "s", 7200}, {"1 d", "s", 86400}, {"20 ms", "s", 0.02}, {"50 us", "s", 50e-6},
    {"120 mm2", "m2", 120e-6}, {"1.5 cm2", "m2", 1.5e-4}, {"44.45 mm", "m", 0.04445}, {"10 in", "m", 0.254},
    {"2 ft", "m", 0.6096},
    {"1200 USD", "USD", 1200}, {"1.2 kUSD", "USD", 1200}, {"5 EUR", "EUR", 5}};

/* Where the factor is not a round number: within rounding. */
static const struct { const char *text, *unit; double si; } rounded[] = {
    {"95 degF", "K", 308.15}, {"95 \302\260F", "K", 308.15}, {"-459.67 degF", "K", 0}, {"9 K/degF", "1", 16.2},
    {"9 1/degF", "1/K", 16.2},
    {"0.08 USD/kWh", "USD/J", 0.08 / 3.6e6}, {"0.25 EUR/kWh", "EUR/J", 0.25 / 3.6e6}, {"40 USD/MWh", "USD/J", 40 / 3.6e9},
    {"0.35 kg/kWh", "kg/J", 0.35 / 3.6e6}, {"10 gpm", "m3/s", 10 * 231 * 0.0254 * 0.0254 * 0.0254 / 60},
    {"100 CFM", "m3/s", 100 * 0.3048 * 0.3048 * 0.3048 / 60}, {"3000 rpm", "rad/s", 314.1592653589793},
    {"1 rev", "rad", 6.283185307179586}, {"180 deg", "rad", 3.141592653589793}, {"100 rad/s", "rpm", 954.9296585513721},
    {"1 psi", "Pa", 6894.757293168361}, {"1 inH2O", "Pa", 249.08891}, {"25 lb", "kg", 11.33980925},
    {"20 kPa/(L/min)", "Pa/(m3/s)", 1.2e9},
    {"0.5 kPa/(L/min)2", "Pa/(m3/s)2", 1.8e12}, {"1000 BTU/h", "W", 293.07107017222222}, {"1 hp", "W", 745.6999},
    {"17.24 nohm m", "ohm m", 17.24e-9}, {"1 kilowatt", "W", 1000}, {"2 Kilowatts", "W", 2000}, {"1 atm", "Pa", 101325},
    {"1 nautical_mile", "m", 1852}};

static void right(void **state) {
  (void)state;
  for (int i = 0; i < TW_COUNT(exact); i++) {
    double value = parse(exact[i].text, exact[i].unit);
    if (!(fabs(value - exact[i].si) <= 0.0)) fail_msg("\"%s\" gives %.17g, not %.17g", exact[i].text, value, exact[i].si);
  }
  for (int i = 0; i < TW_COUNT(rounded); i++) {
    double value = parse(rounded[i].text, rounded[i].unit);
    assert_near(value, rounded[i].si, 1e-15, rounded[i].text);
  }
}

/* ---- wrong ----------------------------------------------------------------------------------------------------------- */

static const struct { const char *text, *unit, *says; } wrong[] = {
    {"4.5", "ohm", "needs a unit, for example 4.5 mohm"},
    {"0", "W", "needs a unit, for example 5.5 kW"},
    {"4.5 m", "ohm", "is a resistance: \"4.5 m\" is a length; write for example 4.5 mohm"},
    {"", "ohm", "is empty; write for example 4.5 mohm"},
    {"  ", "ohm", "is empty"},
    {"mohm", "ohm", "must begin with a number"},
    {"-", "V", "must begin with a number"},
    {".", "V", "must begin with a number"},
    {"--5 V", "V", "not a decimal number"},
    {"four V", "V", "must begin with a number"},
    {"nan V", "V", "must be a finite number"},
    {"NaN", "1", "must be a finite number"},
    {"inf W", "W", "must be a finite number"},
    {"-Infinity W", "W", "must be a finite number"},
    {"1e999 W", "W", "too large"},
    {"1e308 MW", "W", "is too large"},
    {"0x10 V", "V", "must be a decimal number"},
    {"4,5 mohm", "ohm", "write the decimal point as '.'"},
    {"1,000 W", "W", "has a comma"},
    {"1 000 W", "W", "has more than one number"},
    {"1_000 W", "W", "has more than one number"},
    {"1.2.3 V", "V", "has more than one number"},
    {"5-10 V", "V", "has more than one number"},
    {"1000 g 5", "kg", "a unit is missing"},
    {"5 V 3", "V", "a unit is missing"},
    {"5e V", "V", "unknown unit \"e\""},
    {"5 1", "1", "has more than one number"},
    {"5 KW", "W", "did you mean kW?"},
    {"5 kw", "W", "did you mean kW?"},
    {"5 Kw", "W", "did you mean kW?"},
    {"5 mOhm", "ohm", "did you mean mohm?"},
    {"5 Ohm", "ohm", "did you mean ohm?"},
    {"50 hz", "Hz", "did you mean Hz?"},
    {"5 pa", "Pa", "did you mean Pa?"},
    {"5 KPa", "Pa", "did you mean kPa?"},
    {"5 kv", "V", "did you mean kV?"},
    {"5 ma", "A", "did you mean mA?"},
    {"5 kVAr", "var", "did you mean kvar?"},
    {"5 usd", "USD", "did you mean USD?"},
    {"5 Kg", "kg", "did you mean kg?"},
    {"5 furlongs_per", "m/s", "unknown unit \"furlongs_per\""},
    {"5 kW", "VA", "is an apparent power: \"5 kW\" is a power; write for example 5.5 kVA"},
    {"5 kVA", "W", "is a power: \"5 kVA\" is an apparent power; write for example 5.5 kW"},
    {"5 kvar", "W", "is a power: \"5 kvar\" is a reactive power"},
    {"5 kWh", "W", "is a power: \"5 kWh\" is an energy"},
    {"5 kW", "J", "is an energy: \"5 kW\" is a power"},
    {"20 ms", "Hz", "is a frequency: \"20 ms\" is a time"},
    {"50 Hz", "s", "is a time: \"50 Hz\" is a frequency"},
    {"50 Hz", "rad/s", "is an angular speed: \"50 Hz\" is a frequency; write for example 3000 rpm"},
    {"314 rad/s", "Hz", "is a frequency: \"314 rad/s\" is an angular speed"},
    {"10 L/min", "kg/s", "is a mass flow: \"10 L/min\" is a volume flow; write for example 0.5 kg/s"},
    {"5 USD", "EUR", "is an amount of euros: \"5 USD\" is an amount of US dollars"},
    {"0.1 USD/kWh", "EUR/J", "is a price of energy in euros"},
    {"5 V", "1", "is a plain number: \"5 V\" is a voltage; write for example 0.95 or 95 %"},
    {"5 rad", "1", "is a plain number: \"5 rad\" is an angle"},
    {"95 %", "W", "is a power: \"95 %\" is a plain number"},
    {"35 C", "K", "is a temperature: write degC for degrees Celsius"},
    {"35 c", "K", "is a temperature: write degC for degrees Celsius"},
    {"35 deg C", "K", "write degC"},
    {"35 \302\260 C", "K", "write degC"},
    {"35 celsius", "K", "write degC"},
    {"35 Degc", "K", "write degC"},
    {"95 F", "K", "is a temperature: write degF for degrees Fahrenheit"},
    {"95 fahrenheit", "K", "write degF"},
    {"35", "K", "needs a unit, for example 35 degC"},
    {"-300 degC", "K", "is below absolute zero"},
    {"-1 K", "K", "is below absolute zero"},
    {"5 degC", "delta K", "a difference is written in K, for example 5 K"},
    {"5 \302\260C", "delta K", "a difference is written in K"},
    {"9 degF", "delta K", "a difference is written in K"},
    {"5 C", "delta K", "a difference is written in K"},
    {"5", "delta K", "needs a unit, for example 5 K"},
    {"5 delta K", "K", "is a difference"},
    {"0.02 C/W", "K/W", "is a thermal resistance"},
    {"50 W/C", "W/K", "is a thermal conductance"},
    {"10 W/m2 K", "W/(m2 K)", "can be read in two ways"},
    {"10 W/m2K", "W/(m2 K)", "unknown unit \"m2K\""},
    {"10 W/m K", "W/(m K)", "can be read in two ways"},
    {"4.18 kJ/kg K", "J/(kg K)", "can be read in two ways"},
    {"4.18 kJ/kgK", "J/(kg K)", "unknown unit \"kgK\""},
    {"10 W/(m2 K", "W/(m2 K)", "a parenthesis is not closed"},
    {"10 W/m2)", "W/m2", "a parenthesis is closed that was not opened"},
    {"10 m^", "m", "an exponent is one digit"},
    {"10 m22", "m2", "an exponent is one digit"},
    {"10 m0", "1", "an exponent is one digit"},
    {"10 m^1.5", "m", "a unit is missing"},
    {"10 ((m9)9)9", "m", "exponents are too large"},
    {"10 ((((((((((m))))))))))", "m", "too many parentheses"},
    {"10 W/", "W", "a unit is missing"},
    {"10 *W", "W", "a unit is missing"},
    {"10*W", "W", "has more than one number"},
    {"10 W//s", "W", "a unit is missing"},
    {"3 s since 1970-01-01", "s", "unknown unit \"since\""},
    {"3 dBm", "W", "unknown unit \"dBm\""},
    {"3 dB", "1", "unknown unit \"dB\""},
    {"3 lg(re 1 mW)", "W", "unknown unit \"lg\""},
    {"3 kkg", "kg", "unknown unit \"kkg\""},
    {"3 kilokilowatt", "W", "unknown unit"},
    {"3 TR", "W", "unknown unit \"TR\""},
    {"3 ton", "kg", "unknown unit \"ton\""},
    {"3 oz", "kg", "unknown unit \"oz\""},
    {"1 a", "s", "did you mean A?"},
    {"1 yr", "s", "unknown unit \"yr\""},
    {"3 mmin", "s", "unknown unit \"mmin\""},
    {"3 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "s", "such a long name"},
    {"3 \377\376", "s", "unknown unit"}};

static void wrong_ones(void **state) {
  (void)state;
  char message[300];
  for (int i = 0; i < TW_COUNT(wrong); i++) {
    double value = tw_quantity_parse(wrong[i].text, wrong[i].unit, message, sizeof message);
    if (!isnan(value)) fail_msg("\"%s\" for %s is taken as %g", wrong[i].text, wrong[i].unit, value);
    if (!strstr(message, wrong[i].says)) fail_msg("\"%s\" for %s says: %s", wrong[i].text, wrong[i].unit, message);
  }
  assert_true(isnan(tw_quantity_parse("4.5 m", "ohm", NULL, 0)));
  char tiny[8];
  assert_true(isnan(tw_quantity_parse("4.5 m", "ohm", tiny, sizeof tiny)));
  assert_string_equal(tiny, "is a re");
}

static void long_text_is_cut_at_a_character(void **state) {
  (void)state;
  char text[600] = "5 ", message[300];
  for (int i = 0; i < 40; i++) strcat(text, "\316\251 ");
  assert_true(isnan(tw_quantity_parse(text, "V", message, sizeof message)));
  assert_non_null(strstr(message, "..."));
  assert_null(strstr(message, "\316..."));
  memset(text, ' ', 500);
  memcpy(text, "5", 1);
  memset(text + 1, 'm', 400);
  text[401] = '\0';
  assert_true(isnan(tw_quantity_parse(text, "m", message, sizeof message)));
  assert_non_null(strstr(message, "too long"));
}

/* ---- against udunits ------------------------------------------------------------------------------------------------- */

static ut_system *database;

static int load(void **state) {
  (void)state;
  ut_set_error_message_handler(ut_ignore);
  database = ut_read_xml(NULL);
  return database ? 0 : -1;
}

static int unload(void **state) {
  (void)state;
  ut_free_system(database);
  return 0;
}

/* value of x in `from` when written in `to`, by udunits; NaN if it cannot. */
static double by_udunits(const char *from, const char *to, double x) {
  ut_unit *a = ut_parse(database, from, UT_UTF8), *b = ut_parse(database, to, UT_UTF8);
  cv_converter *c = a && b ? ut_get_converter(a, b) : NULL;
  double value = c ? cv_convert_double(c, x) : NAN;
  cv_free(c);
  ut_free(a);
  ut_free(b);
  return value;
}

/* What udunits calls the units that it lacks or that are more to us than to it (VA is no W, rpm no rad/s). */
static const struct { const char *symbol, *udunits; } elsewhere[] = {
    {"Ah", "A h"}, {"CFM", "ft3/min"}, {"cfm", "ft3/min"}, {"Wh", "W h"}, {"deg", "arc_degree"}, {"gpm", "231 in3/min"},
    {"inH2O", "249.08891 Pa"}, {"lpm", "litre/min"}, {"pu", "1"}, {"VA", "W"}, {"var", "W"}, {"rev", "circle"},
    {"rpm", "circle/min"}, {"$", NULL}, {"USD", NULL}, {"EUR", NULL}, {"\342\202\254", NULL}};

static const char *name_in_udunits(const char *symbol) {
  for (int i = 0; i < TW_COUNT(elsewhere); i++)
    if (!strcmp(symbol, elsewhere[i].symbol)) return elsewhere[i].udunits;
  return symbol;
}

/* The SI unit with the row's dimensions, as udunits writes it. */
static void si_text(const tw_unit *u, char *out, size_t n) {
  static const char *const base[TW_DIMENSIONS] = {"kg", "m", "s", "A", "K", "mol", "cd", "rad", "circle", "", "", "W", "W"};
  snprintf(out, n, "%s", "1");
  for (int i = 0; i < TW_DIMENSIONS; i++)
    if (u->power[i]) snprintf(out + strlen(out), n - strlen(out), " %s%d", base[i], u->power[i]);
}

static void table_agrees_with_udunits(void **state) {
  (void)state;
  int compared = 0;
  for (int i = 0; tw_unit_at(i); i++) {
    const tw_unit_row *row = tw_unit_at(i);
    const char *name = name_in_udunits(row->symbol);
    if (!name) { /* money */
      assert_near(row->unit.factor / row->unit.divisor, 1.0, 0.0, row->symbol);
      assert_int_equal(row->unit.power[TW_USD] + row->unit.power[TW_EUR], 1);
      continue;
    }
    char si[100];
    si_text(&row->unit, si, sizeof si);
    for (double x = 1.0; x < 100.0; x += 36.5) {
      double ours = (x + row->unit.offset) * row->unit.factor / row->unit.divisor;
      assert_near(ours, by_udunits(name, si, x), 1e-14, row->symbol);
    }
    compared++;
  }
  assert_true(compared > 45);
}

static void prefixes_agree_with_udunits(void **state) {
  (void)state;
  static const char *const prefixes[] = {"p", "n", "u", "\302\265", "\316\274", "m", "k", "M", "G", "T", "c", "d", "h"};
  for (int i = 0; tw_unit_at(i); i++)
    for (int k = 0; k < TW_COUNT(prefixes); k++) {
      const tw_unit_row *row = tw_unit_at(i);
      char symbol[40], number[60];
      snprintf(symbol, sizeof symbol, "%s%s", prefixes[k], row->symbol);
      snprintf(number, sizeof number, "1 %s", symbol);
      bool allowed = row->prefixes == TW_PREFIX_ALL || (row->prefixes == TW_PREFIX_SI && k < 10), row_itself = false;
      for (int j = 0; tw_unit_at(j); j++) row_itself = row_itself || !strcmp(tw_unit_at(j)->symbol, symbol);
      assert_false(row_itself && allowed); /* a prefix never makes one symbol out of another */
      double ratio;
      if (!allowed || !tw_convert(1.0, symbol, row->symbol, &ratio)) {
        assert_false(allowed);
        continue;
      }
      const char *prefix = k == 3 || k == 4 ? "u" : prefixes[k];
      char metres[8];
      snprintf(metres, sizeof metres, "%sm", prefix);
      assert_near(ratio, by_udunits(metres, "m", 1.0), 1e-15, symbol);
    }
}

static void table_is_sorted(void **state) {
  (void)state;
  for (int i = 1; tw_unit_at(i); i++) assert_true(strcmp(tw_unit_at(i - 1)->symbol, tw_unit_at(i)->symbol) < 0);
  assert_null(tw_unit_at(-1));
}

/* Whole units in our grammar against udunits' own parser, in units in which both mean the same. */
static void grammar_agrees_with_udunits(void **state) {
  (void)state;
  static const char *const pairs[][2] = {
      {"W/(m2 K)", "BTU/(h ft2 K)"}, {"J/(kg K)", "kJ/(g K)"}, {"Pa/(m3/s)", "kPa/(L/min)"}, {"Pa/(m3/s)2", "bar/(m3/h)2"},
      {"m3/s", "ft3/min"}, {"m3/s", "L/min"}, {"Pa s", "mPa.s"}, {"kg/(m s)", "g/(cm s)"}, {"ohm m", "nohm*m"},
      {"H/m", "nH/cm"}, {"A/s", "A/us"}, {"W/m2", "W/cm2"}, {"m2 s-1", "mm2/s"}, {"kg m2", "g cm2"}, {"1/K", "1/mK"},
      {"V/s", "V/ms"}, {"W/kg", "kW/t"}, {"m/s2", "ft/s2"}, {"N m", "N cm"}, {"kg/m3", "lb/ft3"}, {"J/m3", "kJ/L"}};
  for (int i = 0; i < TW_COUNT(pairs); i++) {
    char text[60];
    snprintf(text, sizeof text, "3.7 %s", pairs[i][1]);
    assert_near(parse(text, pairs[i][0]), by_udunits(pairs[i][1], pairs[i][0], 3.7), 1e-14, text);
  }
}

/* Without the udunits database all of the table works; so the table alone is used, and starting costs nothing. */
static void table_needs_no_database(void **state) {
  (void)state;
  pid_t child = fork();
  if (child == 0) {
    char message[300];
    setenv("UDUNITS2_XML_PATH", "/nonexistent/udunits2.xml", 1);
    for (int i = 0; i < TW_COUNT(exact); i++) {
      bool rare = !strcmp(exact[i].text, "300 kelvin");
      if (!rare && isnan(tw_quantity_parse(exact[i].text, exact[i].unit, message, sizeof message))) _exit(1);
    }
    if (!isnan(tw_quantity_parse("300 kelvin", "K", message, sizeof message))) _exit(2);
    _exit(strstr(message, "udunits database cannot be read") ? 0 : 3);
  }
  int status;
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_true(WIFEXITED(status));
  assert_int_equal(WEXITSTATUS(status), 0);
}

/* ---- numbers, conversion, display ------------------------------------------------------------------------------------- */

static uint64_t next_random(uint64_t *s) {
  *s ^= *s << 13, *s ^= *s >> 7, *s ^= *s << 17;
  return *s;
}

static void numbers_are_read_as_strtod_does(void **state) {
  (void)state;
  uint64_t seed = 88172645463325252u;
  for (int i = 0; i < 100000; i++) {
    char text[64];
    int digits = 1 + (int)(next_random(&seed) % 20), exponent = (int)(next_random(&seed) % 60) - 30;
    snprintf(text, sizeof text, "%.*ge%d", digits, (double)next_random(&seed) / 1e15, exponent);
    if (strchr(text, 'e') != strrchr(text, 'e')) continue;
    double value = 0.0;
    const char *end = tw_number_scan(text, &value);
    assert_ptr_equal(end, text + strlen(text));
    double expected = strtod(text, NULL);
    assert_memory_equal(&value, &expected, sizeof value);
  }
}

static void conversions(void **state) {
  (void)state;
  double out = 7.0;
  assert_true(tw_convert(308.15, "K", "degC", &out));
  assert_near(out, 35.0, 1e-14, "degC");
  assert_true(tw_convert(308.15, "K", "degF", &out));
  assert_near(out, 95.0, 1e-14, "degF");
  assert_true(tw_convert(0.0015, "m3/s", "L/min", &out));
  assert_near(out, 90.0, 1e-15, "L/min");
  assert_true(tw_convert(3.6e6, "J", "kWh", &out));
  assert_near(out, 1.0, 0.0, "kWh");
  assert_true(tw_convert(0.25, "1", "%", &out));
  assert_near(out, 25.0, 0.0, "%");
  assert_true(tw_convert(5.0, "delta K", "K", &out));
  assert_near(out, 5.0, 0.0, "K");
  out = 7.0;
  assert_false(tw_convert(5.0, "delta K", "degC", &out));
  assert_false(tw_convert(5.0, "W", "V", &out));
  assert_false(tw_convert(5.0, "W", "nonsense", &out));
  assert_near(out, 7.0, 0.0, "untouched");
  assert_true(tw_unit_known("Pa/(m3/s)2") && tw_unit_known("delta K") && tw_unit_known("1") && tw_unit_known(""));
  assert_false(tw_unit_known("W/m2 K") || tw_unit_known("delta W") || tw_unit_known("Ohm") || tw_unit_known("delta degC"));
}

static void display(void **state) {
  (void)state;
  static const struct { double si; const char *unit, *shown; } cases[] = {
      {132400, "W", "132.4 kW"}, {49.1, "V", "49.1 V"}, {0.0012, "ohm", "1.2 mohm"}, {308.35, "K", "35.2 degC"},
      {273.15, "K", "0 degC"},
      {273.14, "K", "0 degC"}, {263.15, "K", "-10 degC"}, {5.3, "delta K", "5.3 K"}, {1.25, "kg/s", "1.25 kg/s"},
      {0.975, "1", "0.975"},
      {999.96, "W", "1 kW"}, {999.94, "W", "999.9 W"}, {-5500, "W", "-5.5 kW"}, {0, "W", "0 W"},
      {12345678901234, "W", "12346 GW"},
      {1e-15, "F", "0.001 pF"}, {250000, "Pa", "250 kPa"}, {90, "s", "90 s"}, {600, "s", "10 min"}, {7200, "s", "2 h"},
      {0.02, "s", "20 ms"},
      {3.6e6, "J", "1 kWh"}, {1500, "J", "1.5 kJ"}, {0.0032, "m", "3.2 mm"}, {1.5, "m", "1.5 m"}, {NAN, "W", "-"},
      {2500, "VA", "2.5 kVA"},
      {12345, "USD", "12345 USD"}, {4182, "J/(kg K)", "4182 J/(kg K)"}, {0.02, "K/W", "0.02 K/W"}};
  char buf[60];
  for (int i = 0; i < TW_COUNT(cases); i++)
    assert_string_equal(tw_display(cases[i].si, cases[i].unit, buf, sizeof buf), cases[i].shown);
}

/* ---- the tables of the components -------------------------------------------------------------------------------------- */

static void assert_known(const tw_type *type, const char *id, const char *unit) {
  if (unit && !tw_unit_known(unit)) fail_msg("%s: %s has the unit \"%s\"", type->element, id, unit);
}

static void tables_have_known_units(void **state) {
  (void)state;
  for (int i = 0; tw_registry[i]; i++) {
    const tw_type *type = tw_registry[i];
    for (const tw_param *p = type->params; p && p->id; p++) {
      assert_known(type, p->id, p->unit);
      assert_known(type, p->id, p->x_unit);
      if (p->kind == TW_NUMBER && p->dflt && isnan(parse(p->dflt, p->unit))) fail_msg("%s: default of %s", type->element, p->id);
    }
    for (const tw_quantity *q = type->outputs; q && q->id; q++) assert_known(type, q->id, q->unit);
    for (const tw_unknown *u = type->unknowns; u && u->id; u++) assert_known(type, u->id, u->unit);
    for (const tw_row *r = type->rows; r && r->id; r++) assert_known(type, r->id, r->unit);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(table_needs_no_database), /* first: nothing has loaded the database in this process */
      cmocka_unit_test(right), cmocka_unit_test(wrong_ones), cmocka_unit_test(long_text_is_cut_at_a_character),
      cmocka_unit_test(table_is_sorted), cmocka_unit_test(table_agrees_with_udunits),
      cmocka_unit_test(prefixes_agree_with_udunits), cmocka_unit_test(grammar_agrees_with_udunits),
      cmocka_unit_test(numbers_are_read_as_strtod_does), cmocka_unit_test(conversions), cmocka_unit_test(display),
      cmocka_unit_test(tables_have_known_units)};
  return cmocka_run_group_tests(tests, load, unload);
}
