/* Amplitudes of a power over frequency, 0.1 to 20 Hz, as it comes: a signal given by points, between which it is the parabola
 * through their ends and the point before, or after a jump (points of one time) the straight line.
 *
 * Its Fourier integrals over windows of 40 s (of the whole run where that is shorter), each beginning half a window after the one
 * before, the last at the end of the run, are taken in closed form from point to point: nothing is sampled, so nothing folds back
 * from above 20 Hz, and no step of the integration is too long or too short. Hann's window (F. J. Harris, Proc. IEEE 66, 1978,
 * p. 51); windows by P. D. Welch, IEEE Trans. AU-15, 1967, p. 70. An amplitude is that of a sine at that frequency. A line
 * between two bins appears up to 15 % too small in both; where a window has a peak, frequency and amplitude of the line are
 * those that T. Grandke, IEEE Trans. IM-32, 1983, p. 350 gives for a line that stands alone. */
#ifndef TW_SPECTRUM_H
#define TW_SPECTRUM_H
#include "state.h"

#define TW_BAND_LOWEST 0.1   /* Hz */
#define TW_BAND_HIGHEST 20.0

typedef struct {
  double f;         /* Hz, of the bin */
  double largest;   /* of all windows, in that of the signal */
  double t;         /* s, begin of the window that has it */
  double mean;      /* root of the mean square of all windows */
  double line_f, line; /* largest as a line: that of a peak, else as f and largest */
} tw_bin;

#define TW_SPECTRUM_PERIODS 2.0  /* of a frequency in a window, at least */
/* Lowest frequency [Hz] that a run of that length tells of. */
double tw_spectrum_lowest(double duration);

typedef struct tw_spectrum tw_spectrum;
/* duration: of the run [s]. */
tw_spectrum *tw_spectrum_new(double duration);
void tw_spectrum_point(tw_spectrum *s, double t, double value);
/* Bins of the band, from the lowest up; none where the run is too short. They belong to the spectrum. windows: how many have
 * ended; without one all is NaN. */
const tw_bin *tw_spectrum_bins(const tw_spectrum *s, int *n, int *windows);
double tw_spectrum_window(const tw_spectrum *s); /* s; bins are its inverse apart */
/* Numbers of up to `most` bins that are peaks, from the highest line down. Returns how many. */
int tw_spectrum_peaks(const tw_spectrum *s, int *peaks, int most);
/* Bin with the largest line, of those within half a bin of the range from `from` to `to` [Hz]: one of a line in the range is
 * among them. NULL: no window has ended, or the band has no bin there. */
const tw_bin *tw_spectrum_worst(const tw_spectrum *s, double from, double to);
void tw_spectrum_keep(tw_spectrum *s, tw_state *state);
void tw_spectrum_free(tw_spectrum *s);
#endif
