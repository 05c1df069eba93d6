/* Fewer points of a series for a picture, without losing what matters in it. */
#ifndef TW_THIN_H
#define TW_THIN_H

/* Divides n samples into `runs` runs of equal length and keeps of each its first, lowest, highest and last point and its first gap
 * (NaN), in their order; all where n <= 4 runs. to_x, to_y: [n], may not be x, y. Returns how many. */
int tw_thin(const double *x, const double *y, int n, int runs, double *to_x, double *to_y);
#endif
