/* What `new` makes: the skeleton of an element, and a catalogue part from measured points. Both return an exit code after a message
 * on stderr. */
#ifndef TW_NEW_H
#define TW_NEW_H
#include "options.h"

/* components/<name>.c and racks/examples/<name>.xml below -o DIR (the source tree in the current folder without it). Nothing that
 * exists is overwritten. */
int tw_new_element(const tw_options *o);

/* words: "part" [ELEMENT [ID]]. --points FILE: loss_a, loss_b, loss_c by least squares, printed as a catalogue on stdout with the
 * difference at every point; --set PARAMETER=VALUE adds figures to the part. */
int tw_new_part(const tw_options *o);
#endif
