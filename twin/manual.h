/* The reference manual, written from the tables of elements, verbs, options, units and diagnostics. Each returns 0 or an exit code
 * after a message on stderr. */
#ifndef TW_MANUAL_H
#define TW_MANUAL_H
#include <stdio.h>
#include "options.h"

int tw_manual_html(const char *folder); /* index, a page per element with its solved example, commands, units, diagnostics */
int tw_manual_man(const char *folder);  /* racktwin(1), racktwin-VERB(1), racktwin-elements(7) */

/* A file of the folder, written beside its name and renamed when it is complete. */
typedef struct {
  FILE *out;
  char path[4200], part[4210];
} tw_manual_file;
int tw_manual_open(tw_manual_file *f, const char *folder, const char *name);
int tw_manual_close(tw_manual_file *f);
#endif
