/* The page of `fail`. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "../racks/units.h"
#include "fail.h"

typedef struct { char text[16]; } cell;

static cell show(const char *format, double v) {
  cell s = {"-"};
  if (!isnan(v)) snprintf(s.text, sizeof s.text, format, v);
  return s;
}

static void print_figures(FILE *out, const cJSON *c, const char *part) {
  fprintf(out, " %7s %6s %7s %6s", show("%.1f", tw_fail_number(c, part, "hottest_K") - TW_ZERO_CELSIUS).text,
          show("%.1f", tw_fail_number(c, part, "supply_K") - TW_ZERO_CELSIUS).text,
          show("%.3f", tw_fail_number(c, part, "flow_kg_s")).text, show("%.1f", 100.0 * tw_fail_number(c, part, "kept")).text);
}

static void print_case(FILE *out, const cJSON *c, const char *name, int alike, bool timed) {
  fprintf(out, "  %-33s %5s", name, alike > 1 ? show("x %.0f", alike).text : "");
  if (timed) {
    print_figures(out, c, "in_time");
    fprintf(out, " %7s |", show("%.3g", tw_fail_first_broken(c)).text);
  }
  print_figures(out, c, "settled");
  fprintf(out, "  %s\n", tw_fail_text(c, NULL, "verdict"));
}

static void print_head(FILE *out, const cJSON *doc, bool timed) {
  char within[64];
  snprintf(within, sizeof within, "within %.4g s of the failure", tw_fail_number(doc, NULL, "duration_s"));
  fprintf(out, "%s: single failures\n\n  %39s", tw_fail_text(doc, NULL, "model"), "");
  if (timed) fprintf(out, "  %-36s |", within);
  fprintf(out, "  settled\n  %-39s", "part and its state");
  if (timed) fprintf(out, " %7s %6s %7s %6s %7s |", "hottest", "supply", "flow", "kept", "limit");
  fprintf(out, " %7s %6s %7s %6s  comes to\n  %39s", "hottest", "supply", "flow", "kept", "");
  if (timed) fprintf(out, " %7s %6s %7s %6s %7s |", "degC", "degC", "kg/s", "%", "s");
  fprintf(out, " %7s %6s %7s %6s\n", "degC", "degC", "kg/s", "%");
}

/* "tray[3].gpu[1]" and "tray[4].gpu[2]": the same place but for the indices. */
static bool same_place(const char *a, const char *b) {
  while (*a && *b) {
    if (*a == '[' && *b == '[') {
      a += strcspn(a, "]");
      b += strcspn(b, "]");
    }
    if (*a != *b) return false;
    a++, b++;
  }
  return *a == *b;
}

static bool alike(const cJSON *a, const cJSON *b) {
  double d = tw_fail_number(a, NULL, "rank") - tw_fail_number(b, NULL, "rank");
  return !(d < 0.0 || d > 0.0) && same_place(tw_fail_text(a, NULL, "case"), tw_fail_text(b, NULL, "case"));
}

/* Cases from c on that are alike; 0 when one before c is. */
static int count_alike(const cJSON *cases, const cJSON *c) {
  const cJSON *other;
  int n = 0;
  for (other = cases->child; other != c; other = other->next)
    if (alike(other, c)) return 0;
  for (; other; other = other->next) n += alike(other, c);
  return n;
}

static void print_reasons(FILE *out, const cJSON *cases, bool all) {
  const cJSON *c;
  bool any = false;
  cJSON_ArrayForEach(c, cases) {
    const char *why = tw_fail_text(c, NULL, "because");
    if (!*why || (!all && !count_alike(cases, c))) continue;
    if (!any) fputs("\nReasons\n", out);
    any = true;
    fprintf(out, "  %s: %s\n", tw_fail_text(c, NULL, "case"), why);
  }
}

void tw_fail_page(FILE *out, const cJSON *doc, bool all) {
  const cJSON *cases = cJSON_GetObjectItemCaseSensitive(doc, "cases"), *c;
  const cJSON *intact = cJSON_GetObjectItemCaseSensitive(doc, "intact");
  bool timed = cJSON_HasObjectItem(intact, "in_time");
  int n = cJSON_GetArraySize(cases), planned = (int)tw_fail_number(doc, NULL, "planned"), through = 0;
  print_head(out, doc, timed);
  print_case(out, intact, "(nothing fails)", 1, timed);
  cJSON_ArrayForEach(c, cases) {
    int many = all ? 1 : count_alike(cases, c);
    char name[160];
    through += tw_fail_number(c, NULL, "rank") == TW_F_RIDES_THROUGH;
    snprintf(name, sizeof name, "%s %s", tw_fail_text(c, NULL, "case"), tw_fail_text(c, NULL, "state"));
    if (many) print_case(out, c, name, many, timed);
  }
  print_reasons(out, cases, all);
  fprintf(out, "\n%d cases: %d ride through, %d do not%s\n", n, through, n - through,
          all ? "" : "; x: cases alike, of which this is the worst (-v shows each)");
  if (n < planned) fprintf(out, "NOT COMPLETE: %d of %d cases are missing\n", planned - n, planned);
}
