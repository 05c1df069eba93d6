/* The words of -P and -L: "path=from:to:step" and "path=a,b,c". */
#include <math.h>
#include <string.h>
#include "../racks/units.h"
#include "../viz/csv.h"
#include "sweep.h"

enum { MOST_CASES = 1000000 };

static const char range_form[] = "is not PATH=FROM:TO:STEP, such as cdu.T_supply=\"30:45:2.5 degC\"";

static int mistake(const char *word, const char *what) {
  fprintf(stderr, "racktwin: sweep: \"%s\" %s\n", word, what);
  return TW_EXIT_USAGE;
}

static char *trimmed(tw_arena *a, const char *from, size_t length) {
  while (length && from[0] == ' ') from++, length--;
  while (length && from[length - 1] == ' ') length--;
  return tw_printf(a, "%.*s", (int)length, from);
}

/* The pieces of `text` between separators. Returns their number. */
static int split(tw_arena *a, const char *text, char separator, const char ***pieces) {
  int n = 1;
  for (const char *c = text; *c; c++) n += *c == separator;
  *pieces = tw_alloc(a, (size_t)n, sizeof **pieces);
  n = 0;
  for (const char *at = text;; at++) {
    const char *end = strchr(at, separator);
    (*pieces)[n++] = trimmed(a, at, end ? (size_t)(end - at) : strlen(at));
    if (!end) return n;
    at = end;
  }
}

typedef struct { double number; const char *unit; } quantity;

static bool quantity_of(tw_arena *a, const char *text, quantity *q) {
  const char *end = tw_number_scan(text, &q->number);
  if (!end || !isfinite(q->number)) return false;
  q->unit = trimmed(a, end, strlen(end));
  return true;
}

/* A number of one unit in another; of a difference without the offset of the scale. */
static bool in_unit(quantity *q, const char *unit, bool difference) {
  tw_conversion c;
  if (!strcmp(q->unit, unit)) return true;
  if (!tw_conversion_find(q->unit, unit, &c, NULL, 0)) return false;
  q->number = tw_conversion_apply(&c, q->number) - (difference ? tw_conversion_apply(&c, 0.0) : 0.0);
  q->unit = unit;
  return true;
}

static const char *written(tw_arena *a, double number, const char *unit) {
  char text[32];
  tw_number_format(number, 12, text);
  return tw_printf(a, "%s%s%s", text, *unit ? " " : "", unit);
}

/* Values are multiples of the step from `from`, as decimals: 0.1, 0.2, 0.3, not what adding up makes of them. */
static int range(tw_arena *a, const char *word, const char *const *piece, tw_axis *x) {
  quantity q[3];
  for (int i = 0; i < 3; i++)
    if (!quantity_of(a, piece[i], &q[i])) return mistake(word, range_form);
  for (int i = 0; i < 2; i++)
    if (!*q[i].unit) q[i].unit = q[2].unit; /* written once, at the end */
  x->unit = q[0].unit;
  if (!*q[2].unit) q[2].unit = x->unit;
  bool fit = in_unit(&q[1], x->unit, false) && in_unit(&q[2], x->unit, true);
  if (!fit) return mistake(word, "has units that do not fit together");
  double steps = (q[1].number - q[0].number) / q[2].number;
  if (!(q[2].number < 0.0 || q[2].number > 0.0) || !(steps >= -1e-9))
    return mistake(word, "has a step that does not lead from the first number to the second");
  if (steps >= MOST_CASES) return mistake(word, "has more than a million values");
  x->range = true;
  x->n = (int)floor(steps + 1e-9) + 1;
  x->text = tw_alloc(a, (size_t)x->n, sizeof *x->text);
  x->number = tw_alloc(a, (size_t)x->n, sizeof *x->number);
  for (int i = 0; i < x->n; i++) {
    double v = q[0].number + i * q[2].number;
    if (fabs(v) < 1e-9 * fabs(q[2].number)) v = 0.0;
    x->text[i] = written(a, v, x->unit);
    (void)tw_number_scan(x->text[i], &x->number[i]); /* what the reader will see */
  }
  return 0;
}

/* Numbers show in the unit of the first, as far as all are numbers. */
static int list(tw_arena *a, const char *word, const char *values, tw_axis *x) {
  x->n = split(a, values, ',', &x->text);
  x->number = x->variant ? NULL : tw_alloc(a, (size_t)x->n, sizeof *x->number);
  for (int i = 0; i < x->n; i++) {
    quantity q;
    if (!*x->text[i]) return mistake(word, "has an empty value");
    if (!x->number) continue;
    if (quantity_of(a, x->text[i], &q) && (!i || in_unit(&q, x->unit, false))) {
      x->number[i] = q.number;
      if (!i) x->unit = q.unit;
    } else {
      x->number = NULL;
    }
  }
  return 0;
}

static int parse(tw_arena *a, const tw_options *o, const char *word, tw_axis *x) {
  const char *equals = strchr(word, '=');
  if (!equals || equals == word) return mistake(word, "is not PATH=FROM:TO:STEP or PATH=A,B,C");
  x->path = trimmed(a, word, (size_t)(equals - word));
  x->variant = !strcmp(x->path, "variant");
  if (x->variant && o->n_variants) return mistake(word, "varies the variant, which -V gives, too");
  const char **piece;
  int n = strchr(equals, ':') ? split(a, equals + 1, ':', &piece) : 0;
  if (n && (n != 3 || x->variant)) return mistake(word, range_form);
  return n ? range(a, word, piece, x) : list(a, word, equals + 1, x);
}

int tw_axes_parse(tw_arena *a, const tw_options *o, tw_axis **axes, int *cases) {
  *axes = tw_alloc(a, (size_t)o->n_axes, sizeof **axes);
  double product = 1.0;
  for (int i = 0; i < o->n_axes; i++) {
    tw_axis *x = &(*axes)[i];
    if (parse(a, o, o->axes[i], x)) return -1;
    for (int k = 0; k < i; k++)
      if (!strcmp((*axes)[k].path, x->path)) {
        mistake(x->path, "is varied twice");
        return -1;
      }
    product *= x->n;
    if (product > MOST_CASES) {
      mistake(o->axes[i], "brings the number of cases above a million");
      return -1;
    }
  }
  *cases = (int)product;
  return o->n_axes;
}
