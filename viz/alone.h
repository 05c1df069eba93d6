/* Files that nobody else writes while they are open: two processes that did would leave rows of both in one file. NULL: errno
 * tells why, EBUSY that another process writes it. The caller closes what it gets. */
#ifndef TW_ALONE_H
#define TW_ALONE_H
#include <stdio.h>

FILE *tw_make_alone(const char *name); /* empty, for reading and writing */
FILE *tw_open_alone(const char *name); /* as it stands */
#endif
