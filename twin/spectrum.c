#include "spectrum.h"
#include <complex.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#define PI 3.14159265358979323846
#define MOST_GROWTH 4.0
#define LONGEST_WINDOW 40.0 /* s: 25 mHz apart, 0.1 Hz is the fourth */
enum { AT_ONCE = 3 }; /* windows that overlap */

typedef struct {
  bool open;
  double begin, level;      /* s; value there, taken off: only the mean knows of it */
  double complex *x;        /* [n_x] Fourier integrals over the part that is over, bin k at k / window */
} window;

struct tw_spectrum {
  double duration, length;
  int lowest, highest, n_x; /* bins of the band; of the integrals: two more than the highest */
  long next;                /* number of the window that opens next */
  int done;
  window windows[AT_ONCE];
  double *amplitude;        /* [n_x] of one window */
  tw_bin *bins;             /* [highest - lowest + 1]; mean: sum of squares */
  tw_bin *shown;            /* with the mean */
  bool begun, straight;     /* straight: no slope is known from before */
  double t, value, h, slope; /* of the last point, and of the step to it */
};

static int band(const tw_spectrum *s) { return s->highest >= s->lowest ? s->highest - s->lowest + 1 : 0; }

static void *array(size_t n, size_t size) {
  void *p = calloc(n + 1, size);
  if (!p) abort();
  return p;
}

/* Hann's window spreads the mean over bins 0 and 1, so that the second is the first that tells something. */
double tw_spectrum_lowest(double duration) {
  double length = fmin(LONGEST_WINDOW, duration);
  return fmax(TW_SPECTRUM_PERIODS, ceil(TW_BAND_LOWEST * length * (1.0 - 1e-12))) / length;
}

tw_spectrum *tw_spectrum_new(double duration) {
  tw_spectrum *s = array(1, sizeof *s);
  s->duration = duration;
  s->length = fmin(LONGEST_WINDOW, duration);
  s->lowest = (int)lround(tw_spectrum_lowest(duration) * s->length);
  s->highest = (int)floor(TW_BAND_HIGHEST * s->length * (1.0 + 1e-12));
  s->n_x = s->highest + 3;
  s->amplitude = array((size_t)s->n_x, sizeof *s->amplitude);
  s->bins = array((size_t)band(s), sizeof *s->bins);
  s->shown = array((size_t)band(s), sizeof *s->shown);
  for (int i = 0; i < AT_ONCE; i++) s->windows[i].x = array((size_t)s->n_x, sizeof *s->windows[i].x);
  for (int i = 0; i < band(s); i++)
    s->bins[i] = (tw_bin){.f = (s->lowest + i) / s->length, .largest = NAN, .t = NAN, .line = NAN, .line_f = NAN};
  return s;
}

/* Begin of window i: half a window after the one before, the last one at the end of the run; NaN: there are no more. */
static double begin_of(const tw_spectrum *s, long i) {
  double last = s->duration - s->length, begin = 0.5 * s->length * (double)i;
  if (begin <= last * (1.0 + 1e-12)) return fmin(begin, last);
  return 0.5 * s->length * (double)(i - 1) < last * (1.0 - 1e-12) ? last : NAN;
}

/* ---- integrals ------------------------------------------------------------------------------------------------------------ */

/* Products without the language's care for infinite parts, which takes most of the time. */
static double complex quarter(double complex z) { return -cimag(z) + creal(z) * I; } /* times i */
static double complex times(double complex a, double complex b) {
  return creal(a) * creal(b) - cimag(a) * cimag(b) + (creal(a) * cimag(b) + cimag(a) * creal(b)) * I;
}

/* Integrals of 1, u and u^2 times exp(-i theta u) from 0 to 1; turn: exp(-i theta). By parts, or where that cancels by the power
 * series: its terms fall below 1e-13 of the first. */
static void moments(double theta, double complex turn, double complex m[3]) {
  if (theta > 0.05) {
    m[0] = quarter(turn - 1.0) / theta;
    m[1] = quarter(turn - m[0]) / theta;
    m[2] = quarter(turn - 2.0 * m[1]) / theta;
    return;
  }
  double complex term = 1.0;
  m[0] = m[1] = m[2] = 0.0;
  for (int j = 0; j < 7; j++) {
    m[0] += term / (j + 1);
    m[1] += term / (j + 2);
    m[2] += term / (j + 3);
    term = -quarter(term) * (theta / (j + 1));
  }
}

/* Adds to the window what a parabola c0 + c1 u + c2 u^2 over a piece of h gives, u from 0 to 1, its begin `since`
 * after the window's. */
static void add_piece(const tw_spectrum *s, const window *w, double since, double h, const double c[3]) {
  double first = 2.0 * PI / s->length;
  double complex turn1 = cexp(-I * first * h), place1 = cexp(-I * first * since), turn = 1.0, place = 1.0;
  for (int k = 0; k < s->n_x; k++, turn = times(turn, turn1), place = times(place, place1)) {
    double complex m[3];
    moments(first * k * h, turn, m);
    w->x[k] += h * times(place, c[0] * m[0] + c[1] * m[1] + c[2] * m[2]);
  }
}

/* ---- windows -------------------------------------------------------------------------------------------------------------- */

/* From the amplitudes of a peak and its neighbours: how far from the bin the line is (-0.5 .. 0.5), and its amplitude. */
static double line_of(const double *a, double *amplitude) {
  double larger = fmax(a[-1], a[1]), ratio = larger / a[0], off = fmin(fmax((2.0 * ratio - 1.0) / (ratio + 1.0), 0.0), 0.5);
  *amplitude = off > 1e-6 ? a[0] * PI * off * (1.0 - off * off) / sin(PI * off) : a[0];
  return a[1] > a[-1] ? off : -off;
}

static void note(tw_bin *b, double amplitude, double line, double line_f, double begin) {
  b->mean += amplitude * amplitude;
  if (!(amplitude <= b->largest)) b->largest = amplitude, b->t = begin;
  if (!(line <= b->line)) b->line = line, b->line_f = line_f;
}

static void close_window(tw_spectrum *s, window *w) {
  double *a = s->amplitude;
  w->x[0] = 0.0; /* without the mean */
  for (int k = 1; k < s->n_x - 1; k++) a[k] = 2.0 / s->length * cabs(w->x[k] - 0.5 * (w->x[k - 1] + w->x[k + 1]));
  for (int k = s->lowest; k <= s->highest; k++) {
    double line = a[k], off = 0.0;
    if (a[k] >= a[k - 1] && a[k] > a[k + 1]) off = line_of(&a[k], &line);
    note(&s->bins[k - s->lowest], a[k], line, (k + off) / s->length, w->begin);
  }
  w->open = false;
  s->done++;
}

static window *open_window(tw_spectrum *s, double begin, double level) {
  int i = 0;
  while (s->windows[i].open) i++; /* ends: no more than AT_ONCE hold one time */
  window *w = &s->windows[i];
  w->open = true;
  w->begin = begin;
  w->level = level;
  for (int k = 0; k < s->n_x; k++) w->x[k] = 0.0;
  s->next++;
  return w;
}

/* A step of h to the last point, u from 0 to 1: c0 + c1 u + c2 u^2. */
static double value_at(const double c[3], double u) { return c[0] + u * (c[1] + u * c[2]); }

/* Adds what of the step of h from t on lies in the window, and closes it where it ends. */
static void add_step(tw_spectrum *s, window *w, double t, double h, const double c[3]) {
  double end = w->begin + s->length, a = fmax(0.0, (w->begin - t) / h), b = fmin(1.0, (end - t) / h), part = b - a;
  const double moved[3] = {value_at(c, a) - w->level, part * (c[1] + 2.0 * c[2] * a), part * part * c[2]};
  if (part > 0.0) add_piece(s, w, fmax(0.0, t - w->begin), h * part, moved);
  if (t + h >= end * (1.0 - 1e-12)) close_window(s, w);
}

void tw_spectrum_point(tw_spectrum *s, double t, double value) {
  double h = t - s->t, slope = h > 0.0 ? (value - s->value) / h : 0.0;
  if (s->begun && h > 0.0 && band(s)) {
    bool bends = !s->straight && h <= MOST_GROWTH * s->h; /* a step much shorter says nothing of the slope: rounding */
    double bend = bends ? (slope - s->slope) / (h + s->h) : 0.0; /* second divided difference */
    const double c[3] = {s->value, h * (slope - bend * h), h * h * bend};
    for (int i = 0; i < AT_ONCE; i++)
      if (s->windows[i].open) add_step(s, &s->windows[i], s->t, h, c);
    for (double begin; (begin = begin_of(s, s->next)) < t;)
      add_step(s, open_window(s, begin, value_at(c, fmax(0.0, (begin - s->t) / h))), s->t, h, c);
  }
  s->straight = !s->begun || !(h > 0.0);
  s->begun = true;
  s->t = t, s->value = value, s->h = h, s->slope = slope;
}

/* ---- results -------------------------------------------------------------------------------------------------------------- */

const tw_bin *tw_spectrum_bins(const tw_spectrum *s, int *n, int *windows) {
  *n = band(s);
  *windows = s->done;
  for (int i = 0; i < *n; i++) {
    s->shown[i] = s->bins[i];
    s->shown[i].mean = s->done ? sqrt(s->bins[i].mean / s->done) : NAN;
  }
  return s->shown;
}

double tw_spectrum_window(const tw_spectrum *s) { return s->length; }

int tw_spectrum_peaks(const tw_spectrum *s, int *peaks, int most) {
  int n = 0;
  for (int i = 0; i < band(s) && s->done; i++) {
    double line = s->bins[i].line;
    bool higher = (i == 0 || line >= s->bins[i - 1].line) && (i == band(s) - 1 || line > s->bins[i + 1].line);
    if (!higher || (n == most && line <= s->bins[peaks[n - 1]].line)) continue;
    int at = n < most ? n++ : n - 1;
    for (; at > 0 && s->bins[peaks[at - 1]].line < line; at--) peaks[at] = peaks[at - 1];
    peaks[at] = i;
  }
  return n;
}

const tw_bin *tw_spectrum_worst(const tw_spectrum *s, double from, double to) {
  const tw_bin *worst = NULL;
  double half = 0.5 / s->length * (1.0 + 1e-9);
  for (int i = 0; i < band(s) && s->done; i++) {
    const tw_bin *b = &s->bins[i];
    bool inside = b->f >= from - half && b->f <= to + half;
    if (inside && (!worst || b->line > worst->line)) worst = b;
  }
  return worst;
}

void tw_spectrum_keep(tw_spectrum *s, tw_state *state) {
  TW_KEEP(state, s->next);
  TW_KEEP(state, s->done);
  TW_KEEP(state, s->begun);
  TW_KEEP(state, s->straight);
  TW_KEEP(state, s->t);
  TW_KEEP(state, s->value);
  TW_KEEP(state, s->h);
  TW_KEEP(state, s->slope);
  for (int i = 0; i < AT_ONCE; i++) {
    TW_KEEP(state, s->windows[i].open);
    TW_KEEP(state, s->windows[i].begin);
    TW_KEEP(state, s->windows[i].level);
    tw_keep(state, s->windows[i].x, (size_t)s->n_x * sizeof *s->windows[i].x);
  }
  tw_keep(state, s->bins, (size_t)band(s) * sizeof *s->bins);
}

void tw_spectrum_free(tw_spectrum *s) {
  if (!s) return;
  for (int i = 0; i < AT_ONCE; i++) free(s->windows[i].x);
  free(s->amplitude);
  free(s->bins);
  free(s->shown);
  free(s);
}
