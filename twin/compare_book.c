/* compare.xlsx: the comparison with formulas, so that a buyer can change the tariff, the hours or a price.
 *
 * What was solved (powers, losses, temperatures) is numbers; energy, costs, totals, differences and the rank are formulas over it
 * and over the yellow cells of the sheets Inputs and Parts, each with the value that it has now. */
#include <errno.h>
#include <math.h>
#include <string.h>
#include "../racks/units.h"
#include "../viz/workbook.h"
#include "compare.h"
#include "output_internal.h"

enum {
  FIRST = 5,
  TARIFF = 2,
  DEMAND,
  HOURS,
  DISCOUNT,
  YEARS,
  FACTOR = YEARS + 2,
  POINTS = FACTOR + 4
};                                               /* column of the first case; rows of Inputs */
enum { P_PRICE = 3, P_COUNT = 11, P_FIRST = 1 }; /* columns and first row of Parts */

typedef struct {
  const tw_comparison *c;
  tw_workbook *w;
  tw_sheet *sheet;
  int row;
} book;

typedef struct {
  double v;
  const char *text;
} result; /* of a formula: a number, or a text where that is not NULL */

#define CELL(row, column, fixed) tw_cell_name((row), (column), (fixed), (char[TW_CELL_NAME]){0})

static const char *input(const book *b, int row) { return tw_printf(b->c->arena, "Inputs!%s", CELL(row, 1, 1)); }
static bool ranked(const book *b, int k) { return !b->c->cases[k].reason; }

/* Cells from..to of a row or column, with $. */
static const char *range(const book *b, const char *sheet, int row, int column, int last_row, int last_column) {
  return tw_printf(b->c->arena, "%s%s:%s", sheet, CELL(row, column, 1), CELL(last_row, last_column, 1));
}

static void begin(book *b, const char *name) {
  b->sheet = tw_workbook_sheet(b->w, name);
  b->row = 0;
}

/* ---- rows of figures ------------------------------------------------------------------------------------- */

static void heads(book *b, const char *first) {
  const char *names[] = {first, "path", "element", "part", "unit"};
  const double widths[] = {34, 22, 18, 20, 8};
  for (int i = 0; i < FIRST; i++) tw_cell_text(b->sheet, 0, i, names[i], TW_CELL_BOLD), tw_sheet_width(b->sheet, i, widths[i]);
  for (int k = 0; k < b->c->n; k++) {
    tw_cell_text(b->sheet, 0, FIRST + k, b->c->cases[k].name, TW_CELL_BOLD);
    tw_sheet_width(b->sheet, FIRST + k, 18);
    if (!k) continue;
    tw_cell_text(b->sheet, 0, FIRST + b->c->n + k - 1,
        tw_printf(b->c->arena, "%s - %s", b->c->cases[k].name, b->c->cases[0].name), TW_CELL_BOLD);
    tw_sheet_width(b->sheet, FIRST + b->c->n + k - 1, 22);
  }
  tw_sheet_freeze(b->sheet, 1, 1);
  b->row = 1;
}

/* Formulas that subtract the first case; where a value can turn into a text, the difference can, too. */
static void differences(book *b, const result *v, bool may_be_text) {
  for (int k = 1; k < b->c->n; k++) {
    const char *own = CELL(b->row, FIRST + k, 0), *base = CELL(b->row, FIRST, 0);
    bool known = !v[k].text && !v[0].text && !isnan(v[k].v) && !isnan(v[0].v);
    int column = FIRST + b->c->n + k - 1;
    const char *formula = may_be_text
                              ? tw_printf(b->c->arena, "=IF(AND(ISNUMBER(%s),ISNUMBER(%s)),%s-%s,\"\")", own, base, own, base)
                              : tw_printf(b->c->arena, "=%s-%s", own, base);
    if (known)
      tw_cell_formula(b->sheet, b->row, column, formula, v[k].v - v[0].v);
    else if (may_be_text && ranked(b, k) && ranked(b, 0))
      tw_cell_formula_text(b->sheet, b->row, column, formula, "");
  }
}

static void figure(book *b, const tw_figure *f) {
  result v[TW_MOST_CASES];
  bool temperature = !strcmp(f->unit, "K");
  const char *texts[] = {f->quantity, f->path, f->element, f->part,
      temperature                   ? "degC"
      : !strcmp(f->unit, "delta K") ? "K"
                                    : f->unit};
  for (int i = 0; i < FIRST; i++) tw_cell_text(b->sheet, b->row, i, texts[i], TW_CELL_PLAIN);
  for (int k = 0; k < b->c->n; k++) {
    v[k] = (result){temperature ? f->value[k] - TW_ZERO_CELSIUS : f->value[k], NULL};
    tw_cell_number(b->sheet, b->row, FIRST + k, v[k].v, TW_CELL_PLAIN);
  }
  differences(b, v, false);
  b->row++;
}

static void figures(book *b, tw_section from, tw_section to) {
  for (int i = 0; i < b->c->n_figures; i++)
    if (b->c->figures[i].section >= from && b->c->figures[i].section <= to) figure(b, &b->c->figures[i]);
}

/* ---- Inputs and Parts ------------------------------------------------------------------------------------ */

static void inputs(book *b) {
  const tw_terms *t = &b->c->terms;
  const char *currency = *t->currency ? t->currency : "money";
  const struct {
    const char *name;
    double v;
    const char *unit;
  } rows[] = {{"Tariff", t->tariff * 3.6e6, tw_printf(b->c->arena, "%s/kWh", currency)},
      {"Demand charge on the highest power", t->demand * 1e3, tw_printf(b->c->arena, "%s/kW per year", currency)},
      {"Hours per year", t->hours, "h"}, {"Discount rate", t->discount, "per year"},
      {"Years of the first total", t->years[0], "years"}, {"Years of the second total", t->years[1], "years"}};
  begin(b, "Inputs");
  tw_sheet_width(b->sheet, 0, 40);
  tw_sheet_width(b->sheet, 1, 16);
  tw_sheet_width(b->sheet, 2, 24);
  tw_cell_text(b->sheet, 0, 0, "Change the yellow cells; the sheet Comparison follows", TW_CELL_BOLD);
  for (int i = 0; i < TW_COUNT(rows); i++) {
    tw_cell_text(b->sheet, TARIFF + i, 0, rows[i].name, TW_CELL_PLAIN);
    tw_cell_number(b->sheet, TARIFF + i, 1, rows[i].v, TW_CELL_INPUT);
    tw_cell_text(b->sheet, TARIFF + i, 2, rows[i].unit, TW_CELL_PLAIN);
  }
  for (int i = 0; i < 2; i++) {
    const char *rate = CELL(DISCOUNT, 1, 1), *years = CELL(YEARS + i, 1, 1);
    tw_cell_text(
        b->sheet, FACTOR + i, 0, i ? "Worth of one a year over the second" : "Worth of one a year over the first", TW_CELL_PLAIN);
    tw_cell_formula(b->sheet, FACTOR + i, 1,
        tw_printf(b->c->arena, "=IF(%s>0,(1-(1+%s)^(-%s))/%s,%s)", rate, rate, years, rate, years),
        tw_annuity(t->discount, t->years[i]));
  }
  tw_cell_text(b->sheet, POINTS - 1, 0, "Utilisation of the chips", TW_CELL_BOLD);
  tw_cell_text(b->sheet, POINTS - 1, 1, "Share of the hours", TW_CELL_BOLD);
  for (int p = 0; p < t->n_points; p++) {
    if (isnan(t->profile[p].utilisation))
      tw_cell_text(b->sheet, POINTS + p, 0, "as each case describes itself", TW_CELL_PLAIN);
    else
      tw_cell_number(b->sheet, POINTS + p, 0, t->profile[p].utilisation, TW_CELL_PLAIN);
    tw_cell_number(b->sheet, POINTS + p, 1, t->profile[p].share, TW_CELL_INPUT);
  }
}

static void parts(book *b) {
  static const char *const names[P_COUNT] = {"part", "element", "place", "price of one", "currency", "mass [kg]",
      "time to delivery [weeks]", "MTBF [h]", "quality of the price", "its source", "why no price is used"};
  begin(b, "Parts");
  for (int i = 0; i < P_COUNT; i++) tw_cell_text(b->sheet, 0, i, names[i], TW_CELL_BOLD), tw_sheet_width(b->sheet, i, 16);
  for (int k = 0; k < b->c->n; k++)
    tw_cell_text(b->sheet, 0, P_COUNT + k, tw_printf(b->c->arena, "number in %s", b->c->cases[k].name), TW_CELL_BOLD);
  tw_sheet_freeze(b->sheet, 1, 1);
  for (int i = 0; i < b->c->n_parts; i++) {
    const tw_part_row *p = &b->c->parts[i];
    const tw_stated *price = p->data ? &p->data->figure[TW_PRICE] : NULL;
    int row = P_FIRST + i;
    tw_cell_text(b->sheet, row, 0, p->id, TW_CELL_PLAIN);
    tw_cell_text(b->sheet, row, 1, p->element, TW_CELL_PLAIN);
    tw_cell_text(b->sheet, row, 2, p->path, TW_CELL_PLAIN);
    tw_cell_number(b->sheet, row, P_PRICE, p->lacks ? (double)NAN : price->value, TW_CELL_INPUT);
    tw_cell_text(b->sheet, row, 4, b->c->terms.currency, TW_CELL_PLAIN);
    tw_cell_number(b->sheet, row, 5, tw_part_figure(p->data, TW_MASS), TW_CELL_PLAIN);
    tw_cell_number(b->sheet, row, 6, tw_part_figure(p->data, TW_LEAD_TIME) / 604800.0, TW_CELL_PLAIN);
    tw_cell_number(b->sheet, row, 7, tw_part_figure(p->data, TW_MTBF) / 3600.0, TW_CELL_PLAIN);
    if (price && !isnan(price->value)) {
      tw_cell_text(b->sheet, row, 8, tw_quality_name(price->quality), TW_CELL_PLAIN);
      tw_cell_text(b->sheet, row, 9, price->source, TW_CELL_PLAIN);
    }
    tw_cell_text(b->sheet, row, 10, p->lacks, TW_CELL_NOTE);
    for (int k = 0; k < b->c->n; k++) tw_cell_number(b->sheet, row, P_COUNT + k, p->count[k], TW_CELL_PLAIN);
  }
}

/* Below the parts: the settings by which the cases differ, as texts. */
static void settings(book *b) {
  b->row = P_FIRST + b->c->n_parts + 2;
  if (b->c->n_settings) tw_cell_text(b->sheet, b->row - 1, 0, "settings by which the cases differ (instances)", TW_CELL_BOLD);
  for (int i = 0; i < b->c->n_settings; i++, b->row++) {
    tw_cell_text(b->sheet, b->row, 0, tw_setting_name(b->c, &b->c->settings[i]), TW_CELL_PLAIN);
    for (int k = 0; k < b->c->n; k++) tw_cell_text(b->sheet, b->row, P_COUNT + k, b->c->settings[i].value[k], TW_CELL_PLAIN);
  }
}

/* ---- energy, money and rank ------------------------------------------------------------------------------ */

/* A row of formulas; a case that is not ranked has "-". value: NaN stands for the text otherwise. */
typedef const char *formula_fn(book *b, int k, const int *rows);

enum { R_POINTS, R_PEAK, R_ENERGY, R_COST, R_DEMAND, R_ANNUAL, R_PRICE, R_TOTAL, R_TOTAL_2, R_BAD, R_KEY, R_RANK, R_N };

static int written(book *b, const char *name, const char *unit, formula_fn *formula, const int *rows, const double *value,
    const char *otherwise) {
  result v[TW_MOST_CASES];
  tw_cell_text(b->sheet, b->row, 0, name, TW_CELL_PLAIN);
  tw_cell_text(b->sheet, b->row, FIRST - 1, unit, TW_CELL_PLAIN);
  for (int k = 0; k < b->c->n; k++) {
    v[k] = (result){value[k], !ranked(b, k) ? "-" : isnan(value[k]) ? otherwise : NULL};
    if (!ranked(b, k))
      tw_cell_text(b->sheet, b->row, FIRST + k, "-", TW_CELL_PLAIN);
    else if (v[k].text)
      tw_cell_formula_text(b->sheet, b->row, FIRST + k, formula(b, k, rows), v[k].text);
    else
      tw_cell_formula(b->sheet, b->row, FIRST + k, formula(b, k, rows), value[k]);
  }
  differences(b, v, true);
  return b->row++;
}

static const char *peak(book *b, int k, const int *rows) {
  return tw_printf(
      b->c->arena, "=MAX(%s)", range(b, "", rows[R_POINTS], FIRST + k, rows[R_POINTS] + b->c->terms.n_points - 1, FIRST + k));
}

static const char *energy(book *b, int k, const int *rows) {
  int last = b->c->terms.n_points - 1;
  return tw_printf(b->c->arena, "=%s*SUMPRODUCT(%s,%s)/1000", input(b, HOURS), range(b, "Inputs!", POINTS, 1, POINTS + last, 1),
      range(b, "", rows[R_POINTS], FIRST + k, rows[R_POINTS] + last, FIRST + k));
}

static const char *cost(book *b, int k, const int *rows) {
  return tw_printf(b->c->arena, "=IF(ISNUMBER(%s),%s*%s,\"no tariff\")", input(b, TARIFF), CELL(rows[R_ENERGY], FIRST + k, 0),
      input(b, TARIFF));
}

static const char *demand(book *b, int k, const int *rows) {
  return tw_printf(b->c->arena, "=%s/1000*N(%s)", CELL(rows[R_PEAK], FIRST + k, 0), input(b, DEMAND));
}

static const char *annual(book *b, int k, const int *rows) {
  const char *of_energy = CELL(rows[R_COST], FIRST + k, 0);
  return tw_printf(
      b->c->arena, "=IF(ISNUMBER(%s),%s+%s,\"no tariff\")", of_energy, of_energy, CELL(rows[R_DEMAND], FIRST + k, 0));
}

static const char *price(book *b, int k, const int *rows) {
  (void)rows;
  if (!b->c->n_parts) return "=0";
  int last = P_FIRST + b->c->n_parts - 1;
  const char *counts = range(b, "Parts!", P_FIRST, P_COUNT + k, last, P_COUNT + k),
             *prices = range(b, "Parts!", P_FIRST, P_PRICE, last, P_PRICE);
  return tw_printf(
      b->c->arena, "=IF(SUMPRODUCT((%s>0)*(%s=\"\"))>0,\"price missing\",SUMPRODUCT(%s,%s))", counts, prices, counts, prices);
}

static const char *total_of(book *b, int k, const int *rows, int i) {
  const char *once = CELL(rows[R_PRICE], FIRST + k, 0), *yearly = CELL(rows[R_ANNUAL], FIRST + k, 0);
  return tw_printf(b->c->arena, "=IF(AND(ISNUMBER(%s),ISNUMBER(%s)),%s+%s*%s,\"not known\")", once, yearly, once, yearly,
      input(b, FACTOR + i));
}
static const char *total(book *b, int k, const int *rows) { return total_of(b, k, rows, 0); }
static const char *total_2(book *b, int k, const int *rows) { return total_of(b, k, rows, 1); }

static const char *key(book *b, int k, const int *rows) {
  int n = 0, last = FIRST + b->c->n - 1;
  for (int j = 0; j < b->c->n; j++) n += ranked(b, j);
  const char *yearly = CELL(rows[R_ANNUAL], FIRST + k, 0);
  return tw_printf(b->c->arena, "=IF(COUNT(%s)=%d,%s,IF(ISNUMBER(%s),%s,%s))",
      range(b, "", rows[R_TOTAL_2], FIRST, rows[R_TOTAL_2], last), n, CELL(rows[R_TOTAL_2], FIRST + k, 0), yearly, yearly,
      CELL(rows[R_ENERGY], FIRST + k, 0));
}

static const char *rank(book *b, int k, const int *rows) {
  int last = FIRST + b->c->n - 1;
  const char *bad = range(b, "", rows[R_BAD], FIRST, rows[R_BAD], last),
             *keys = range(b, "", rows[R_KEY], FIRST, rows[R_KEY], last);
  const char *own = CELL(rows[R_BAD], FIRST + k, 0);
  return tw_printf(
      b->c->arena, "=1+SUMPRODUCT((%s<%s)+(%s=%s)*(%s<%s))", bad, own, bad, own, keys, CELL(rows[R_KEY], FIRST + k, 0));
}

static const double *values(const book *b, tw_section s, const char *quantity) {
  const tw_figure *f = tw_figure_find(b->c, s, quantity);
  if (f) return f->value;
  double *none = tw_alloc(b->c->arena, (size_t)b->c->n, sizeof *none);
  for (int k = 0; k < b->c->n; k++) none[k] = NAN;
  return none;
}

/* NaN becomes 0: a charge that is not given costs nothing here, as in the formula. J become kWh. */
static const double *changed(const book *b, const double *v, double divisor, bool zero) {
  double *out = tw_alloc(b->c->arena, (size_t)b->c->n, sizeof *out);
  for (int k = 0; k < b->c->n; k++) out[k] = zero && isnan(v[k]) ? 0.0 : v[k] / divisor;
  return out;
}

static void outcome(book *b, int *rows) {
  const char *once = *b->c->terms.currency ? b->c->terms.currency : "money";
  const double *yearly = values(b, TW_S_MONEY, "annual_cost"), *later;
  double bad[TW_MOST_CASES];
  for (int i = 0; i < 2; i++) {
    double years = b->c->terms.years[i];
    rows[R_TOTAL + i] = written(b, tw_printf(b->c->arena, "total over %s years", i ? "the second" : "the first"), once,
        i ? total_2 : total, rows, values(b, TW_S_MONEY, tw_printf(b->c->arena, "total_%g_years", years)), "not known");
  }
  tw_cell_text(b->sheet, b->row, 0, "breaks a limit (1: yes)", TW_CELL_PLAIN);
  for (int k = 0; k < b->c->n; k++) {
    bad[k] = b->c->cases[k].broken > 0 || b->c->cases[k].broken_in_profile > 0;
    if (ranked(b, k))
      tw_cell_number(b->sheet, b->row, FIRST + k, bad[k], TW_CELL_PLAIN);
    else
      tw_cell_text(b->sheet, b->row, FIRST + k, "-", TW_CELL_PLAIN);
  }
  rows[R_BAD] = b->row++;
  later = values(b, TW_S_MONEY, tw_printf(b->c->arena, "total_%g_years", b->c->terms.years[1]));
  if (strncmp(b->c->rank_key, "total", 5))
    later = strncmp(b->c->rank_key, "cost", 4) ? changed(b, values(b, TW_S_ENERGY, "energy_per_year"), 3.6e6, false) : yearly;
  rows[R_KEY] = written(b, "ranked by: second total, else cost, else energy per year", "", key, rows, later, "not known");
  rows[R_RANK] = written(b, "rank", "1", rank, rows, values(b, TW_S_RANK, "rank"), "-");
}

static void money(book *b) {
  const char *once = *b->c->terms.currency ? b->c->terms.currency : "money", *per_year = tw_printf(b->c->arena, "%s/a", once);
  int rows[R_N];
  rows[R_POINTS] = b->row;
  for (int i = 0; i < b->c->n_figures; i++)
    if (b->c->figures[i].section == TW_S_ENERGY && !strncmp(b->c->figures[i].quantity, "profile_power.", 14))
      figure(b, &b->c->figures[i]);
  if (b->row == rows[R_POINTS]) return; /* no case is ranked */
  rows[R_PEAK] = written(b, "peak_power", "W", peak, rows, values(b, TW_S_ENERGY, "peak_power"), "-");
  rows[R_ENERGY] = written(
      b, "energy_per_year", "kWh", energy, rows, changed(b, values(b, TW_S_ENERGY, "energy_per_year"), 3.6e6, false), "-");
  rows[R_COST] = written(b, "energy_cost", per_year, cost, rows, values(b, TW_S_MONEY, "energy_cost"), "no tariff");
  rows[R_DEMAND] =
      written(b, "demand_cost", per_year, demand, rows, changed(b, values(b, TW_S_MONEY, "demand_cost"), 1.0, true), "-");
  rows[R_ANNUAL] = written(b, "annual_cost", per_year, annual, rows, values(b, TW_S_MONEY, "annual_cost"), "no tariff");
  rows[R_PRICE] = written(
      b, "price_of_differing_parts", once, price, rows, values(b, TW_S_MONEY, "price_of_differing_parts"), "price missing");
  outcome(b, rows);
}

/* ---- the file -------------------------------------------------------------------------------------------- */

static void margins(book *b) {
  begin(b, "Margins");
  heads(b, "margin: room to the limit, below 0 broken");
  figures(b, TW_S_MARGIN, TW_S_MARGIN);
  b->row++;
  for (int k = 0; k < b->c->n; k++) {
    const tw_results *r = b->c->cases[k].results;
    for (int i = 0; r && i < r->n_broken; i++, b->row++) {
      const tw_margin *m = &r->margins[i];
      bool kelvin = !strcmp(m->unit, "K");
      tw_cell_text(b->sheet, b->row, 0, tw_printf(b->c->arena, "%s breaks %s", b->c->cases[k].name, m->quantity), TW_CELL_PLAIN);
      tw_cell_text(b->sheet, b->row, 1, m->path, TW_CELL_PLAIN);
      tw_cell_text(b->sheet, b->row, 3, m->sense == TW_AT_MOST ? "value, at most" : "value, at least", TW_CELL_PLAIN);
      tw_cell_text(b->sheet, b->row, 4, kelvin ? "degC" : m->unit, TW_CELL_PLAIN);
      tw_cell_number(b->sheet, b->row, FIRST, m->value - (kelvin ? TW_ZERO_CELSIUS : 0.0), TW_CELL_PLAIN);
      tw_cell_number(b->sheet, b->row, FIRST + 1, m->limit - (kelvin ? TW_ZERO_CELSIUS : 0.0), TW_CELL_PLAIN);
    }
  }
}

int tw_compare_book(const tw_comparison *c, const char *folder) {
  const char *path = tw_printf(c->arena, "%s/compare.xlsx", folder);
  book b = {.c = c, .w = tw_workbook_open(path)};
  if (!b.w) return tw_output_failed(path, errno);
  inputs(&b);
  begin(&b, "Comparison");
  heads(&b, "quantity");
  figures(&b, TW_S_POWER, TW_S_STAGE);
  figures(&b, TW_S_COOLANT, TW_S_CHIP);
  figures(&b, TW_S_ESTIMATE, TW_S_CONNECTION);
  money(&b);
  begin(&b, "Losses");
  heads(&b, "losses by part, then by place");
  figures(&b, TW_S_PART, TW_S_GROUP);
  margins(&b);
  parts(&b);
  settings(&b);
  int error = tw_workbook_close(b.w);
  return error ? tw_output_failed(path, error) : 0;
}
