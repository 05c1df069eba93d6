/* Changing a figure of an open model. */
#ifndef TW_LIBRARY_SET_H
#define TW_LIBRARY_SET_H
#include "session.h"

/* Sets the parameter that the path names, of all components that it names, to a text with unit, or to `number` in SI when text is
 * NULL. Either all are set or, with a diagnostic in s->diagnostics, none: then the result is nonzero. */
int tw_library_set(tw_session *s, const char *path, const char *text, double number);
#endif
