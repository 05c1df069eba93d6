/* Spectrum of signals whose transform is known: square wave, ramp, parabola, lines between bins, Parseval; windows, state. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "../twin/spectrum.h"

#define PI 3.14159265358979323846

static void assert_near(double got, double want, double within) {
  if (!(fabs(got - want) <= within)) fail_msg("%.17g, expected %.17g within %.3g", got, want, within);
}

/* Bin at f; fails when there is none. */
static const tw_bin *bin_at(const tw_spectrum *s, double f) {
  int n, windows;
  const tw_bin *b = tw_spectrum_bins(s, &n, &windows);
  for (int i = 0; i < n; i++)
    if (fabs(b[i].f - f) < 1e-9) return &b[i];
  fail_msg("no bin at %g Hz", f);
  return NULL;
}

/* Uneven steps, for signals that a parabola or a straight line gives exactly; no step more than four times the one before. */
static double uneven(int i) { return 0.01 * (1.0 + i % 4) * (i % 11 == 0 ? 1.9 : 1.0); }

typedef double function(double t);
static double ramp(double t) { return 1e5 + 30.0 * t; }
static double parabola(double t) { return 1e5 + 2.0 * t * t; }
static double line(double t) { return 5e4 + 700.0 * sin(2.0 * PI * 1.2345 * t + 0.4); }

/* The function at uneven times, a multiple of `scale` apart, to the end. */
static tw_spectrum *of(function *f, double scale, double end) {
  tw_spectrum *s = tw_spectrum_new(end);
  double t = 0.0;
  for (int i = 0; t < end; i++, t += scale * uneven(i)) tw_spectrum_point(s, t, f(t));
  tw_spectrum_point(s, end, f(end));
  return s;
}

/* +-A with 2 s of period: harmonic k has 4 A / (pi k) where k is odd, and nothing elsewhere; to rounding, as far as 19.5 Hz. */
static void square_wave_has_its_harmonics(void **state) {
  (void)state;
  const double A = 35e3, mean = 1e5;
  tw_spectrum *s = tw_spectrum_new(100.0);
  for (int i = 0; i <= 100; i++) {
    tw_spectrum_point(s, i, mean + (i % 2 ? A : -A));
    tw_spectrum_point(s, i, mean + (i % 2 ? -A : A));
  }
  int n, windows;
  const tw_bin *b = tw_spectrum_bins(s, &n, &windows);
  assert_int_equal(windows, 4); /* from 0, 20, 40 and 60 s */
  assert_int_equal(n, 797);
  assert_near(b[0].f, 0.1, 1e-12);
  assert_near(b[n - 1].f, 20.0, 1e-12);
  for (int i = 0; i < n; i++) {
    int k = (int)lround(2.0 * b[i].f), aside = (int)lround(40.0 * b[i].f) - 20 * k; /* bins from the nearest multiple of 0.5 Hz */
    double harmonic = k % 2 ? 4.0 * A / (PI * k) : 0.0;
    double want = aside == 0 ? harmonic : abs(aside) == 1 ? 0.5 * harmonic : 0.0;
    assert_near(b[i].largest, want, 1e-9 * A);
    assert_near(b[i].mean, want, 1e-9 * A);
    if (aside == 0) assert_near(b[i].line, want, 1e-9 * A);
  }
  int peaks[5];
  assert_int_equal(tw_spectrum_peaks(s, peaks, 5), 5);
  for (int i = 0; i < 5; i++) assert_near(b[peaks[i]].line_f, 0.5 * (2 * i + 1), 1e-6);
  tw_spectrum_free(s);
}

/* By parts, c t gives i c T^2 / (2 pi k), and Hann's window c T / (pi k (k^2 - 1)). */
static void a_ramp_falls_with_the_cube(void **state) {
  (void)state;
  tw_spectrum *s = of(ramp, 1.0, 40.0), *coarse = of(ramp, 60.0, 40.0);
  for (int k = 4; k <= 800; k += 4) {
    double want = 30.0 * 40.0 / (PI * k * (k * (double)k - 1.0));
    assert_near(bin_at(s, k / 40.0)->largest, want, 1e-9);
    assert_near(bin_at(coarse, k / 40.0)->largest, want, 1e-9);
  }
  tw_spectrum_free(s), tw_spectrum_free(coarse);
}

/* By parts, c t^2 gives c (i T / w + 2 / w^2) T with w = 2 pi k / T. */
static void parabolas_are_exact(void **state) {
  (void)state;
  tw_spectrum *s = of(parabola, 1.0, 40.0);
  const double T = 40.0, c = 2.0;
  for (int k = 4; k <= 800; k += 4) {
    double re = 0.0, im = 0.0;
    for (int j = -1; j <= 1; j++) {
      double w = 2.0 * PI * (k + j) / T, weight = j ? -0.5 : 1.0;
      re += weight * c * T * 2.0 / (w * w);
      im += weight * c * T * T / w;
    }
    assert_near(bin_at(s, k / T)->largest, 2.0 / T * hypot(re, im), 1e-6); /* the first step has no slope before it: 1e-3 of it */
  }
  tw_spectrum_free(s);
}

/* 1.2345 Hz lies 0.38 of a bin beside bin 49: the bin shows 8 % less, the line does not. */
static void lines_between_bins_keep_their_height(void **state) {
  (void)state;
  tw_spectrum *s = of(line, 0.2, 80.0);
  const tw_bin *b = tw_spectrum_worst(s, 1.0, 2.0);
  double off = 1.2345 * 40.0 - 49.0, less = sin(PI * off) / (PI * off) / (1.0 - off * off);
  assert_near(b->f, 49.0 / 40.0, 1e-12);
  assert_near(b->largest, 700.0 * less, 1.0);
  assert_near(b->line, 700.0, 1.0);
  assert_near(b->line_f, 1.2345, 1e-4);
  assert_true(tw_spectrum_worst(s, 1.2345, 1.2345) == b); /* a range narrower than a bin has the nearest */
  assert_near(tw_spectrum_worst(s, 15.0, 20.0)->line, 0.0, 0.1);
  assert_null(tw_spectrum_worst(s, 30.0, 40.0));
  tw_spectrum_free(s);
}

/* ---- Parseval -------------------------------------------------------------------------------------------------------------- */

enum { LINES = 25 };
static double amplitudes[LINES], frequencies[LINES], phases[LINES];

static double many(double t) {
  double sum = 0.0;
  for (int i = 0; i < LINES; i++) sum += amplitudes[i] * cos(2.0 * PI * frequencies[i] * t + phases[i]);
  return sum;
}

/* Sum of squares of Hann's amplitudes / 2 / 1.5 is the mean square of the windowed signal over that of the window (3/8): lines
 * well inside of the band, so that next to nothing leaks out of it. */
static void parseval_holds(void **state) {
  (void)state;
  srand(5);
  for (int i = 0; i < LINES; i++) {
    amplitudes[i] = 10.0 + rand() % 100;
    frequencies[i] = 1.0 + 8.0 * (rand() / (double)RAND_MAX);
    phases[i] = rand() % 7;
  }
  tw_spectrum *s = of(many, 0.02, 40.0);
  int n, windows, pieces = 400000;
  const tw_bin *b = tw_spectrum_bins(s, &n, &windows);
  double sum = 0.0, square = 0.0;
  for (int i = 0; i < n; i++) sum += b[i].largest * b[i].largest / 2.0 / 1.5;
  for (int i = 0; i < pieces; i++) {
    double t = 40.0 * (i + 0.5) / pieces, hann = 0.5 * (1.0 - cos(2.0 * PI * t / 40.0));
    square += hann * hann * many(t) * many(t) / pieces / 0.375;
  }
  assert_near(sum, square, 1e-4 * square);
  tw_spectrum_free(s);
}

/* ---- windows --------------------------------------------------------------------------------------------------------------- */

static int windows_of(double duration, double until) {
  int n, windows;
  tw_spectrum *s = tw_spectrum_new(duration);
  tw_spectrum_point(s, 0.0, 3.0);
  tw_spectrum_point(s, until, 3.0);
  const tw_bin *b = tw_spectrum_bins(s, &n, &windows);
  for (int i = 0; i < n; i++) assert_true(windows ? b[i].largest <= 1e-12 : isnan(b[i].largest) && isnan(b[i].mean));
  tw_spectrum_free(s);
  return windows;
}

/* One step may hold many windows; the last one ends with the run; a run that stops before shows those that are whole. */
static void windows_cover_the_run(void **state) {
  (void)state;
  assert_int_equal(windows_of(40.0, 40.0), 1);
  assert_int_equal(windows_of(50.0, 50.0), 2);
  assert_int_equal(windows_of(60.0, 60.0), 2);
  assert_int_equal(windows_of(3600.0, 3600.0), 179);
  assert_int_equal(windows_of(3600.0, 100.0), 4);
  assert_int_equal(windows_of(200.0, 39.9), 0);
  assert_int_equal(windows_of(1e5 + 0.1, 1e5 + 0.1), 5000);
}

/* 8 s have bins 125 mHz apart, from the second on; 50 ms have none below 20 Hz. */
static void short_runs_begin_higher(void **state) {
  (void)state;
  int n, windows;
  tw_spectrum *s = tw_spectrum_new(8.0), *none = tw_spectrum_new(0.05);
  for (int i = 0; i <= 800; i++) {
    tw_spectrum_point(s, 0.01 * i, cos(2.0 * PI * 0.01 * i));
    tw_spectrum_point(none, 0.001 * i, i);
  }
  const tw_bin *b = tw_spectrum_bins(s, &n, &windows);
  assert_near(b[0].f, 0.25, 1e-12);
  assert_near(bin_at(s, 1.0)->largest, 1.0, 1e-4);
  tw_spectrum_bins(none, &n, &windows);
  assert_int_equal(n, 0);
  assert_int_equal(tw_spectrum_peaks(none, &n, 1), 0);
  tw_spectrum_free(s), tw_spectrum_free(none);
}

static void state_goes_on(void **state) {
  (void)state;
  tw_spectrum *a = tw_spectrum_new(100.0), *b = tw_spectrum_new(100.0);
  tw_state kept = {0};
  int n, windows;
  for (int i = 0; i <= 10000; i++) {
    tw_spectrum_point(a, 0.01 * i, line(0.01 * i));
    if (i == 7000) tw_spectrum_keep(a, &kept);
  }
  kept.loading = true;
  tw_spectrum_keep(b, &kept);
  assert_true(tw_state_whole(&kept));
  for (int i = 7001; i <= 10000; i++) tw_spectrum_point(b, 0.01 * i, line(0.01 * i));
  const tw_bin *x = tw_spectrum_bins(a, &n, &windows), *y = tw_spectrum_bins(b, &n, &windows);
  assert_int_equal(windows, 4);
  assert_memory_equal(x, y, (size_t)n * sizeof *x);
  tw_state_free(&kept);
  tw_spectrum_free(a), tw_spectrum_free(b);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(square_wave_has_its_harmonics),
      cmocka_unit_test(a_ramp_falls_with_the_cube),
      cmocka_unit_test(parabolas_are_exact),
      cmocka_unit_test(lines_between_bins_keep_their_height),
      cmocka_unit_test(parseval_holds),
      cmocka_unit_test(windows_cover_the_run),
      cmocka_unit_test(short_runs_begin_higher),
      cmocka_unit_test(state_goes_on)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
