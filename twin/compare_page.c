/* The comparison for people: a section at a time, each case a column with its difference to the first. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "../racks/units.h"
#include "compare.h"

enum { LABEL = 36, COLUMN = 26, MOST_MARGINS = 10 };

typedef struct {
  char text[64];
} shown;

static bool ratio(const tw_figure *f) {
  return strstr(f->quantity, "efficiency") || strstr(f->quantity, "share") || !strncmp(f->quantity, "margin.", 7);
}

static bool is_money(const char *unit) {
  return strlen(unit) >= 3 && (!unit[3] || unit[3] == '/') && unit[0] >= 'A' && unit[0] <= 'Z' && unit[1] >= 'A' &&
         unit[1] <= 'Z' && unit[2] >= 'A' && unit[2] <= 'Z';
}

/* Beside the value that it belongs to, what two solves of the same case could differ by, too. */
static bool dust(const tw_figure *f, double v, double difference) {
  double scale = !strcmp(f->unit, "K") || !strcmp(f->unit, "delta K") || ratio(f) ? 100.0 : fabs(v);
  return fabs(difference) <= 1e-6 * scale;
}

/* difference: what is shown has a sign, and is in kelvin or points of percent. */
static shown show(const tw_figure *f, double v, bool difference, bool us) {
  shown s;
  double other;
  const char *unit = difference && !strcmp(f->unit, "K") ? "delta K" : f->unit, *sign = difference && v > 0.0 ? "+" : "";
  char *to = s.text;
  size_t room = sizeof s.text;
  if ((!strcmp(unit, "W") || !strcmp(unit, "VA") || !strcmp(unit, "var")) && fabs(v) < 1e-3) v = 0.0;
  if (isnan(v))
    snprintf(to, room, "-");
  else if (difference && v == 0.0)
    snprintf(to, room, "=");
  else if (is_money(unit))
    snprintf(to, room, fabs(v) < 1000.0 ? "%s%.2f %s" : "%s%.0f %s", sign, v, unit);
  else if (ratio(f) && !strcmp(unit, "1"))
    snprintf(to, room, difference ? "%s%.2f points" : "%s%.2f %%", sign, 100.0 * v);
  else if (!strcmp(unit, "1"))
    snprintf(to, room, "%s%.4g", sign, v);
  else if (us && !strcmp(unit, "delta K"))
    snprintf(to, room, "%s%.2f degF", sign, 1.8 * v);
  else if (!strcmp(unit, "delta K"))
    snprintf(to, room, "%s%.2f K", sign, v);
  else if (us && !strcmp(unit, "K") && tw_convert(v, "K", "degF", &other))
    snprintf(to, room, "%.1f degF", other);
  else if (us && !strcmp(unit, "Pa") && tw_convert(v, "Pa", "psi", &other))
    snprintf(to, room, "%s%.2f psi", sign, other);
  else if (!strcmp(unit, "K"))
    snprintf(to, room, "%.1f degC", v - TW_ZERO_CELSIUS);
  else if (!strcmp(unit, "m3/s") && !strcmp(f->quantity, "coolant_flow"))
    snprintf(to, room, us ? "%s%.2f gpm" : "%s%.2f L/min", sign, us && tw_convert(v, "m3/s", "gpm", &other) ? other : 6e4 * v);
  else {
    char text[48];
    snprintf(to, room, "%s%s", sign, tw_display(v, unit, text, sizeof text));
  }
  return s;
}

/* "grid_to_chip_efficiency" -> "grid to chip efficiency"; what a prefix of the quantity says is in the section's head. */
const char *tw_compare_label(const tw_comparison *c, const tw_figure *f) {
  static const char *const prefixes[] = {"ladder.", "hottest.", "estimate_share.", "margin.", "profile_power."};
  const char *text = f->quantity;
  for (int i = 0; i < TW_COUNT(prefixes); i++)
    if (!strncmp(text, prefixes[i], strlen(prefixes[i]))) text += strlen(prefixes[i]);
  char *out = tw_printf(c->arena, "%s%s%s", f->path, *f->path ? " " : "", text);
  if (f->section == TW_S_PART) out = tw_printf(c->arena, "%s%s<%s>", f->part, *f->part ? " " : "", f->element);
  if (f->section == TW_S_GROUP) out = tw_printf(c->arena, "%s <%s>", f->path, f->element);
  if (f->section == TW_S_MARGIN && *f->element) out = tw_printf(c->arena, "%s.%s", f->element, text);
  if (f->section == TW_S_ENERGY && text != f->quantity) {
    const char *load = strchr(text, '.');
    out = load ? tw_printf(c->arena, "power with chips at %s", load + 1) : tw_printf(c->arena, "power as described");
  }
  size_t loss = strlen(out) > 5 ? strlen(out) - 5 : 0;
  if (f->section == TW_S_STAGE && !strcmp(out + loss, ".loss")) out[loss] = 0;
  for (char *s = out; *s; s++)
    if (*s == '_' && f->section != TW_S_PART && f->section != TW_S_GROUP && !*f->element) *s = ' ';
  return out;
}

const char *tw_compare_cell(const tw_comparison *c, const tw_figure *f, int k, bool us) {
  double d = tw_figure_difference(f, k);
  shown value = show(f, f->value[k], false, us), difference = show(f, d, true, us);
  if (isnan(d)) return tw_strdup(c->arena, value.text);
  if (d != 0.0 && dust(f, f->value[k], d)) return tw_printf(c->arena, "%s (~0)", value.text);
  return tw_printf(c->arena, "%s (%s)", value.text, difference.text);
}

static void row(const tw_comparison *c, const tw_figure *f, bool us) {
  printf("  %-*s", LABEL, tw_compare_label(c, f));
  for (int k = 0; k < c->n; k++) printf(" %*s", COLUMN, tw_compare_cell(c, f, k, us));
  putchar('\n');
}

static void head(const tw_comparison *c, const char *title) {
  printf("\n%-*s", LABEL + 2, title);
  for (int k = 0; k < c->n; k++) printf(" %*s", COLUMN, c->cases[k].name);
  putchar('\n');
}

static void section(const tw_comparison *c, tw_section s, const char *title, bool only_differing, const tw_options *o) {
  int printed = 0, left = 0;
  for (int i = 0; i < c->n_figures; i++) {
    const tw_figure *f = &c->figures[i];
    if (f->section != s) continue;
    if (only_differing && !o->verbose && !tw_loss_differs(c, f)) {
      left++;
      continue;
    }
    if (!printed++) head(c, title);
    row(c, f, o->us_units);
  }
  if (printed && left) printf("  %d more differ by less than 0.01 %% of all losses (-v prints them)\n", left);
}

/* The tightest of the first case, and what is broken in any. */
static void margins(const tw_comparison *c, const tw_options *o) {
  int printed = 0;
  head(c, "Tightest margins");
  for (int i = 0; i < c->n_figures; i++) {
    const tw_figure *f = &c->figures[i];
    bool broken = false;
    if (f->section != TW_S_MARGIN) continue;
    for (int k = 0; k < c->n; k++) broken |= f->value[k] < 0.0;
    if (broken || o->verbose || printed < MOST_MARGINS) row(c, f, o->us_units);
    printed++;
  }
  for (int k = 0; k < c->n; k++) {
    const tw_results *r = c->cases[k].results;
    for (int i = 0; r && i < r->n_broken && i < 3; i++) {
      const tw_margin *m = &r->margins[i];
      char value[48], limit[48];
      printf("  %s breaks %s.%s: %s, limit %s\n", c->cases[k].name, m->path, m->quantity,
          tw_display(m->value, m->unit, value, sizeof value), tw_display(m->limit, m->unit, limit, sizeof limit));
    }
    if (r && r->n_broken > 3) printf("  %s breaks %d more\n", c->cases[k].name, r->n_broken - 3);
    if (c->cases[k].broken_in_profile)
      printf("  %s breaks %d at a point of the profile\n", c->cases[k].name, c->cases[k].broken_in_profile);
  }
}

static const char *with(const tw_comparison *c, const char *list, const char *word) {
  return tw_printf(c->arena, "%s%s %s", list, *list ? "," : "", word);
}

/* Where the cases differ in a stage of estimates, what those were made from: so a reader sees whose figures are not public. */
static void estimates(const tw_comparison *c, const tw_options *o) {
  const char *only = "", *differing = "";
  section(c, TW_S_ESTIMATE, "Share of the losses that rests on estimates", false, o);
  for (int i = 0; i < c->n_estimates; i++) {
    only = with(c, only, c->estimates[i].stage);
    if (c->estimates[i].differs) differing = with(c, differing, c->estimates[i].stage);
  }
  if (*only) printf("  estimates only:%s\n", only);
  if (*differing) printf("  there the differences are estimates, too:%s\n", differing);
  for (int i = 0; i < c->n_estimates; i++)
    for (int s = 0; c->estimates[i].differs && s < c->estimates[i].n_sources; s++)
      printf("    %s: %s\n", c->estimates[i].stage, c->estimates[i].source[s]);
}

static void parts(const tw_comparison *c) {
  if (!c->n_parts) printf("\nNo part differs%s.\n", c->n_settings ? ": the cases differ by settings only" : "");
  if (c->n_parts) head(c, "Parts by which the cases differ: number");
  for (int i = 0; i < c->n_parts; i++) {
    const tw_part_row *p = &c->parts[i];
    printf("  %-*s", LABEL, tw_part_row_name(c, p));
    for (int k = 0; k < c->n; k++) printf(" %*g", COLUMN, p->count[k]);
    if (!p->lacks)
      printf("  %g %s each (%s)", p->data->figure[TW_PRICE].value, c->terms.currency,
          tw_quality_name(p->data->figure[TW_PRICE].quality));
    else
      printf("  %s", p->lacks);
    double mass = tw_part_figure(p->data, TW_MASS), lead = tw_part_figure(p->data, TW_LEAD_TIME),
           mtbf = tw_part_figure(p->data, TW_MTBF);
    if (!isnan(mass)) printf(", %g kg", mass);
    if (!isnan(lead)) printf(", comes in %g weeks", lead / 604800.0);
    if (!isnan(mtbf)) printf(", MTBF %g h", mtbf / 3600.0);
    putchar('\n');
  }
}

static void settings(const tw_comparison *c) {
  if (c->n_settings) head(c, "Settings by which they differ (instances)");
  for (int i = 0; i < c->n_settings; i++) {
    printf("  %-*s", LABEL, tw_setting_name(c, &c->settings[i]));
    for (int k = 0; k < c->n; k++) printf(" %*s", COLUMN, c->settings[i].value[k]);
    putchar('\n');
  }
}

static void terms(const tw_comparison *c) {
  const tw_terms *t = &c->terms;
  printf("\nEnergy per year: %g hours", t->hours);
  for (int p = 0; p < t->n_points; p++) {
    if (isnan(t->profile[p].utilisation))
      printf(", each case as it describes itself all the time");
    else
      printf(", chips at %g %% for %g %% of them", 100.0 * t->profile[p].utilisation, 100.0 * t->profile[p].share);
  }
  putchar('\n');
  if (!isnan(t->tariff))
    printf("Money: %g %s/kWh", t->tariff * 3.6e6, t->currency);
  else
    printf("Money: no --tariff, so no cost of energy");
  if (!isnan(t->demand))
    printf(", %g %s per kW of the highest power and year", t->demand * 1e3, t->currency);
  else
    printf(", no demand charge");
  printf(t->discount > 0.0 ? ", discount %g %% per year\n" : ", no discount\n", 100.0 * t->discount);
}

static void money(const tw_comparison *c, const tw_options *o) {
  terms(c);
  section(c, TW_S_ENERGY, "Energy", false, o);
  section(c, TW_S_MONEY, "Money", false, o);
  for (int k = 0; k < c->n; k++) {
    const char *missing = tw_missing_prices(c, k);
    if (c->cases[k].results && missing) printf("  %s: no total, because prices are missing: %s\n", c->cases[k].name, missing);
  }
  for (int k = 0; k < c->n; k++)
    if (c->cases[k].priced)
      printf("  %s: %d of %d pieces of the whole have a price, together %.2f %s\n", c->cases[k].name, c->cases[k].priced,
          c->cases[k].pieces, c->cases[k].price, c->terms.currency);
}

void tw_compare_print(const tw_comparison *c, const tw_options *o) {
  printf("%d cases; in brackets the difference to %s\n", c->n, c->cases[0].name);
  for (int k = 0; k < c->n; k++)
    printf("  %s: %s%s%s%s%s%s\n", c->cases[k].name, c->cases[k].file, c->cases[k].variant ? ", variant " : "",
        c->cases[k].variant ? c->cases[k].variant : "", c->cases[k].reason ? "; NOT RANKED: " : "",
        c->cases[k].reason ? c->cases[k].reason : "",
        c->cases[k].broken || c->cases[k].broken_in_profile ? "; BREAKS LIMITS" : "");
  if (!c->cases[0].results) puts("The first case has no solution, so there are no differences.");
  section(c, TW_S_POWER, "Power and efficiency", false, o);
  section(c, TW_S_STAGE, "Loss by stage", false, o);
  parts(c);
  settings(c);
  section(c, TW_S_PART, "Loss by part", true, o);
  section(c, TW_S_GROUP, "Loss by place", true, o);
  section(c, TW_S_COOLANT, "Coolant", false, o);
  section(c, TW_S_CHIP, "Hottest chip of each kind", false, o);
  margins(c, o);
  estimates(c, o);
  section(c, TW_S_CONNECTION, "Connection", false, o);
  money(c, o);
  if (!*c->rank_key) return;
  section(c, TW_S_RANK, tw_printf(c->arena, "Rank by %s", c->rank_key), false, o);
  puts("  (cases that break a limit come after those that keep all)");
}
