#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "../components/component.h"
#include "../racks/csv_in.h"
#include "../racks/description.h"
#include "../racks/diagnostic_codes.h"
#include "../viz/html.h"
#include "new.h"
#include "results.h"

enum { FEWEST = 3, MOST = 1000 };

typedef struct {
  int n;
  double x[MOST], eta[MOST];
} points; /* P_out / P_rated; P_out / P_in */

typedef struct {
  double c[3];    /* loss / P_rated = c0 + c1 x + c2 x^2 */
  double squares; /* sum of the weighted squares left */
  bool held;      /* a coefficient is held at zero */
} fit;

/* ---- the points ----------------------------------------------------------------------------------------------------------- */

static int column(const tw_csv_in *t, const char *name) {
  for (int i = 0; i < t->columns; i++)
    if (!strcmp(t->column[i].name, name)) return i;
  return -1;
}

/* A column of `first` (in unit 1) or, divided by P_rated, of `second` (in W). NULL after a diagnostic. */
static const double *values(
    const tw_csv_in *t, const char *first, const char *second, double P_rated, tw_arena *a, tw_diagnostics *d) {
  int watts = column(t, second);
  if (watts < 0) {
    int at = tw_csv_in_find(t, first, TW_E_CURVE, d);
    return at < 0 ? NULL : tw_csv_in_values(t, at, "1", false, TW_E_CURVE, a, d);
  }
  const double *W = tw_csv_in_values(t, watts, "W", false, TW_E_CURVE, a, d);
  if (!W) return NULL;
  if (isnan(P_rated)) {
    tw_diagnose(
        d, TW_ERROR, TW_E_CURVE, t->column[watts].where, NULL, "a column in W needs the rated power: --set 'P_rated=5.5 kW'");
    return NULL;
  }
  double *share = tw_alloc(a, (size_t)t->rows + 1, sizeof *share);
  for (int i = 0; i < t->rows; i++) share[i] = W[i] / P_rated;
  return share;
}

static int read_points(const char *file, double P_rated, points *p, tw_diagnostics *d) {
  tw_arena *a = tw_arena_new();
  tw_csv_in *t = tw_csv_in_read(file, TW_E_CURVE, (tw_where){0}, a, d);
  const double *x = t ? values(t, "load", "power", P_rated, a, d) : NULL;
  const double *y = x ? values(t, "efficiency", "loss", P_rated, a, d) : NULL;
  bool losses = t && column(t, "loss") >= 0;
  int different = 0;
  p->n = 0;
  if (y && t->rows > MOST) tw_diagnose(d, TW_ERROR, TW_E_CURVE, (tw_where){file, 1, 1}, NULL, "it has more than %d points", MOST);
  for (int i = 0; y && i < t->rows && !d->errors; i++) {
    double eta = losses ? x[i] / (x[i] + y[i]) : y[i];
    if (!(x[i] > 0.0 && x[i] <= 2.0 && eta > 0.0 && eta <= 1.0))
      tw_diagnose(d, TW_ERROR, TW_E_CURVE, t->column[0].where, NULL,
          "point %d: load %g and efficiency %g of rated power; a point has a load of 0 .. 2 and an efficiency of 0 .. 1", i + 1,
          x[i], eta);
    bool seen = false;
    for (int k = 0; k < p->n; k++) seen = seen || p->x[k] == x[i];
    different += !seen;
    p->x[p->n] = x[i];
    p->eta[p->n++] = eta;
  }
  if (y && !d->errors && different < FEWEST)
    tw_diagnose(d, TW_ERROR, TW_E_CURVE, (tw_where){file, 1, 1}, NULL,
        "three coefficients need at least %d different loads, not %d", FEWEST, different);
  tw_arena_free(a);
  return d->errors ? TW_EXIT_INPUT : 0;
}

/* ---- the fit -------------------------------------------------------------------------------------------------------------- */

/* Loss per rated power of a point, and the weight that turns its error into one of the efficiency: eta = x / (x + l), so
 * d eta / dl = -eta^2 / x. */
static double loss_of(const points *p, int i) { return p->x[i] * (1.0 / p->eta[i] - 1.0); }
static double weight_of(const points *p, int i) { return p->eta[i] * p->eta[i] / p->x[i]; }

/* Gauss with pivoting on the n x n system; false when it is singular. */
static bool solve(double a[3][3], double b[3], int n) {
  for (int k = 0; k < n; k++) {
    int best = k;
    for (int i = k + 1; i < n; i++)
      if (fabs(a[i][k]) > fabs(a[best][k])) best = i;
    if (fabs(a[best][k]) < 1e-12) return false;
    for (int j = 0; j < n; j++) {
      double t = a[k][j];
      a[k][j] = a[best][j];
      a[best][j] = t;
    }
    double t = b[k];
    b[k] = b[best];
    b[best] = t;
    for (int i = 0; i < n; i++) {
      if (i == k) continue;
      double f = a[i][k] / a[k][k];
      for (int j = k; j < n; j++) a[i][j] -= f * a[k][j];
      b[i] -= f * b[k];
    }
  }
  for (int k = 0; k < n; k++) b[k] /= a[k][k];
  return true;
}

/* Least squares by the normal equations with the coefficients of `set` (bits), the others zero. False when they are not
 * determined, or one is negative. */
static bool fit_with(const points *p, unsigned set, fit *f) {
  double a[3][3] = {{0}}, b[3] = {0};
  int of[3], n = 0;
  for (int k = 0; k < 3; k++)
    if (set >> k & 1u) of[n++] = k;
  for (int i = 0; i < p->n; i++) {
    double w = weight_of(p, i), row[3] = {w, w * p->x[i], w * p->x[i] * p->x[i]};
    for (int r = 0; r < n; r++) {
      for (int c = 0; c < n; c++) a[r][c] += row[of[r]] * row[of[c]];
      b[r] += row[of[r]] * w * loss_of(p, i);
    }
  }
  *f = (fit){.held = n < 3};
  if (!solve(a, b, n)) return false;
  for (int k = 0; k < n; k++) {
    if (b[k] < 0.0) return false;
    f->c[of[k]] = b[k];
  }
  for (int i = 0; i < p->n; i++) {
    double left = weight_of(p, i) * (f->c[0] + p->x[i] * (f->c[1] + p->x[i] * f->c[2]) - loss_of(p, i));
    f->squares += left * left;
  }
  return true;
}

/* No loss grows less with load, so no coefficient is negative: of all choices of coefficients held at zero the best that has none
 * (exact for three; Lawson and Hanson, Solving Least Squares Problems (1974), ch. 23, gives the conditions). */
static fit best_fit(const points *p) {
  fit best = {.squares = INFINITY}, f;
  for (unsigned set = 7; set > 0; set--)
    if (fit_with(p, set, &f) && f.squares < best.squares) best = f;
  return best;
}

/* ---- what is printed ------------------------------------------------------------------------------------------------------ */

static double fitted_eta(const fit *f, double x) { return x / (x + f->c[0] + x * (f->c[1] + x * f->c[2])); }

/* Text of a comment, in which "--" may not stand. */
static void comment_text(const char *text) {
  for (; *text; text++) printf("%c%s", *text, *text == '-' && text[1] == '-' ? " " : "");
}

static double print_points(const char *file, const points *p, const fit *f) {
  double largest = 0.0, squares = 0.0;
  fputs("<!-- loss / P_rated = loss_a + loss_b x + loss_c x^2, x = P_out / P_rated, fitted to ", stdout);
  printf("%d points of ", p->n);
  comment_text(file);
  puts("\n     by least squares of the efficiency; no coefficient below 0.\n          x     given    fitted  difference");
  for (int i = 0; i < p->n; i++) {
    double left = 100.0 * (fitted_eta(f, p->x[i]) - p->eta[i]);
    largest = fmax(largest, fabs(left));
    squares += left * left;
    printf("     %6.3f  %6.2f %%  %6.2f %%  %+.2f points\n", p->x[i], 100.0 * p->eta[i], 100.0 * fitted_eta(f, p->x[i]), left);
  }
  double rms = sqrt(squares / p->n);
  printf("     largest difference %.2f points, root mean square %.2f points\n", largest, rms);
  if (f->held) puts("     A coefficient would be negative and is held at 0: the points are flatter than this law.");
  if (p->n == FEWEST) puts("     As many coefficients as points: the differences say nothing about the law.");
  puts("-->");
  if (rms > 0.3)
    fprintf(stderr,
        "racktwin: the points do not follow this law (root mean square %.2f points); give them as an <efficiency> curve\n", rms);
  return rms;
}

static void attribute(const char *name, size_t length, const char *value) {
  printf(" %.*s=\"", (int)length, name);
  tw_html_text(stdout, value);
  putchar('"');
}

static const char *set_of(const tw_options *o, const char *name) {
  size_t length = strlen(name);
  for (int i = 0; i < o->n_sets; i++)
    if (!strncmp(o->sets[i], name, length) && o->sets[i][length] == '=') return o->sets[i] + length + 1;
  return NULL;
}

static void print_part(const tw_options *o, const char *element, const char *id, const fit *f, double rms, int n) {
  static const char *const names[] = {"loss_a", "loss_b", "loss_c"};
  char text[400];
  const char *source = set_of(o, "source");
  printf("<catalogue xmlns=\"urn:racktwin:1\" version=\"1\">\n  <%s id=\"%s\"", element, id);
  for (int i = 0; i < o->n_sets; i++) {
    size_t length = strcspn(o->sets[i], "=");
    if (strncmp(o->sets[i], "source=", 7)) attribute(o->sets[i], length, o->sets[i] + length + 1);
  }
  for (int k = 0; k < 3; k++) {
    snprintf(text, sizeof text, "%.4g", f->c[k]);
    attribute(names[k], strlen(names[k]), text);
  }
  snprintf(text, sizeof text, "%.250s%sfit to %d points of efficiency, root mean square %.2f points", source ? source : "",
      source ? "; " : "", n, rms);
  attribute("source", 6, text);
  if (!set_of(o, "quality")) attribute("quality", 7, tw_quality_name(TW_ANALYSIS));
  puts("/>\n</catalogue>");
}

/* Names what the part still lacks: it may also be given where the part is used. */
static void report_missing(const tw_options *o, const tw_type *t) {
  int n = 0;
  for (const tw_param *p = t->params; p->id; p++) {
    if (p->dflt || p->flags & TW_P_OPTIONAL || set_of(o, p->id)) continue;
    if (n++) fprintf(stderr, ", %s", p->id);
    else fprintf(stderr, "racktwin: <%s> also needs %s", t->element, p->id);
  }
  if (n) fputs(": --set, or where the part is used\n", stderr);
}

/* ---- the words ------------------------------------------------------------------------------------------------------------ */

static const tw_param *param_of(const tw_type *t, const char *name, size_t length) {
  for (const tw_param *p = t->params; p && p->id; p++)
    if (strlen(p->id) == length && !strncmp(p->id, name, length)) return p;
  return NULL;
}

/* The element whose loss has these coefficients; NULL after a message that names those that do. */
static const tw_type *element_of(const char *name) {
  const tw_type *found = NULL;
  for (const tw_type *const *t = tw_registry; *t; t++)
    if (param_of(*t, "loss_a", 6) && param_of(*t, "loss_c", 6) && !strcmp((*t)->element, name)) found = *t;
  if (found) return found;
  fprintf(stderr, "racktwin: \"%s\" is no element with loss_a, loss_b and loss_c; there are:", name);
  for (const tw_type *const *t = tw_registry; *t; t++)
    if (param_of(*t, "loss_a", 6) && param_of(*t, "loss_c", 6)) fprintf(stderr, " %s", (*t)->element);
  fputs("\n", stderr);
  return NULL;
}

/* Every --set names a parameter with a value that fits. */
static bool check_sets(const tw_options *o, const tw_type *t) {
  for (int i = 0; i < o->n_sets; i++) {
    char message[256] = "";
    size_t length = strcspn(o->sets[i], "=");
    const tw_param *p = param_of(t, o->sets[i], length);
    bool fitted = length == 6 && !strncmp(o->sets[i], "loss_", 5);
    bool own = (length == 6 && !strncmp(o->sets[i], "source", 6)) || (length == 7 && !strncmp(o->sets[i], "quality", 7)) ||
               (length == 5 && !strncmp(o->sets[i], "title", 5));
    if ((p || own) && !fitted && o->sets[i][length]) {
      if (!p || p->kind != TW_NUMBER || isfinite(tw_quantity_parse(o->sets[i] + length + 1, p->unit, message, sizeof message)))
        continue;
      fprintf(stderr, "racktwin: --set %.*s %s\n", (int)length, o->sets[i], message);
    } else {
      fprintf(stderr,
          "racktwin: --set %s: here stands a parameter of <%s> other than its loss, with its value: --set 'P_rated=5.5 kW'\n",
          o->sets[i], t->element);
    }
    return false;
  }
  return true;
}

/* The file's name without folder and ending. */
static const char *stem(const char *file, char *buf, size_t size) {
  const char *slash = strrchr(file, '/'), *name = slash ? slash + 1 : file;
  snprintf(buf, size, "%.*s", (int)strcspn(name, "."), name);
  return buf;
}

static bool is_id(const char *id) {
  return *id && *id != '-' && *id != '_' &&
         id[strspn(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")] == 0;
}

int tw_new_part(const tw_options *o) {
  char own[64], message[256];
  if (!o->points) {
    fputs("racktwin: new part needs --points FILE: a CSV with load [%] and efficiency [%], or power [W] and loss [W]\n", stderr);
    return TW_EXIT_USAGE;
  }
  const tw_type *t = element_of(o->n_words > 1 ? o->words[1] : "psu");
  const char *id = o->n_words > 2 ? o->words[2] : stem(o->points, own, sizeof own);
  if (!t || !check_sets(o, t)) return TW_EXIT_USAGE;
  if (!is_id(id)) {
    fprintf(stderr, "racktwin: \"%s\" cannot be an id; it has letters, digits, '-' and '_': racktwin new part %s ID\n", id,
        t->element);
    return TW_EXIT_USAGE;
  }
  const char *rated = set_of(o, "P_rated");
  double P_rated = rated ? tw_quantity_parse(rated, "W", message, sizeof message) : NAN;
  tw_diagnostics d = {0};
  points *p = calloc(1, sizeof *p);
  if (!p) abort();
  int status = read_points(o->points, P_rated, p, &d);
  tw_diagnostics_print(&d, stderr, o->colour);
  tw_diagnostics_free(&d);
  if (!status) {
    fit f = best_fit(p);
    puts("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
    double rms = print_points(o->points, p, &f);
    print_part(o, t->element, id, &f, rms, p->n);
    report_missing(o, t);
  }
  free(p);
  return status;
}
