/* CSV as RFC 4180 has it, for whole runs: UTF-8, LF, '.' as decimal point, an empty field for a missing value (NaN).
 *
 * Rows go to "<path>.part"; tw_csv_close renames it to <path>, so a reader never sees half a file. Every function that writes
 * returns 0 or an errno value; the first error sticks, later writes do nothing and return it again.
 *
 * A series is wide: tw_csv_series for each column ("time [s]"), tw_csv_end, then one number per column and tw_csv_end per row.
 * A summary is tidy: tw_csv_text and tw_csv_number in any order. */
#ifndef TW_CSV_H
#define TW_CSV_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

typedef struct tw_csv tw_csv;

/* digits: significant decimal digits of numbers, 9 .. 17. Each number is written with the fewest digits, up to this many, that
 * read back as the same double; 17 loses nothing. NULL when the file cannot be made: errno tells why, EBUSY that another process is
 * writing it. */
tw_csv *tw_csv_open(const char *path, int digits);

/* The same on a stream (also of memory) that stays the caller's: tw_csv_close flushes it and renames nothing; no tw_csv_abort. */
tw_csv *tw_csv_on(FILE *stream, int digits);

int tw_csv_text(tw_csv *c, const char *text);                     /* quoted where needed */
int tw_csv_series(tw_csv *c, const char *name, const char *unit); /* a header field: "name [unit]"; unit NULL or "": name alone */
int tw_csv_number(tw_csv *c, double value);                       /* NaN: empty */
int tw_csv_end(tw_csv *c);                                        /* ends the row */
int tw_csv_flush(tw_csv *c);                                      /* what is written so far is in the .part file */

/* Where a file is continued later: the bytes of its whole rows, and a sum of them that tells whether they have been changed. */
typedef struct { int64_t bytes; uint64_t sum; } tw_csv_mark;
/* Before anything is written, where tw_csv_save is wanted: without it that is EINVAL. A resumed file needs it not. */
void tw_csv_will_save(tw_csv *c);
/* Puts everything on the disk (fsync) and tells the mark; at the end of a row only. */
int tw_csv_save(tw_csv *c, tw_csv_mark *mark);
/* Goes on behind the mark: what follows it is cut off. The file is the .part or, where there is none, the finished one, which
 * becomes the .part again. NULL: *why tells (static text, or that of errno). */
tw_csv *tw_csv_resume(const char *path, int digits, const tw_csv_mark *mark, const char **why);

/* Closes the file as it stands, under the name that it has. Frees c; c may be NULL. */
void tw_csv_leave(tw_csv *c);

/* Finishes the file and gives it its name. After an error the .part file stays as it is. Frees c in any case; c may be NULL. */
int tw_csv_close(tw_csv *c);

/* Ends early. keep: the whole rows written so far get the final name; else nothing is left. Frees c; c may be NULL. */
int tw_csv_abort(tw_csv *c, bool keep);

/* A number as tw_csv_number writes it, for other writers; buf of 32 bytes. Returns its length, 0 for NaN. */
int tw_number_format(double value, int digits, char *buf);
#endif
