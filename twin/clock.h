/* Time of a monotonic clock, s. */
#ifndef TW_CLOCK_H
#define TW_CLOCK_H
double tw_clock(void);
#endif
