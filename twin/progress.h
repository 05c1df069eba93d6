/* How far long work is, on a terminal; nothing when standard error is none or with -q. */
#ifndef TW_PROGRESS_H
#define TW_PROGRESS_H
#include "options.h"

typedef struct { double began, told; bool terminal; } tw_progress;

tw_progress tw_progress_begin(const tw_options *o);
/* At most five times a second, from the first second on. */
void tw_progress_time(tw_progress *p, double t, double duration);             /* s simulated */
void tw_progress_cases(tw_progress *p, int done, int all, const char *what);  /* the case that is now at work */
void tw_progress_end(tw_progress *p);                                         /* clears the line */
#endif
