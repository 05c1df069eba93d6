/* Plain text tables for the terminal. Widths are counted in characters as a terminal shows them (UTF-8).
 *
 *   tw_table *t = tw_table_new();
 *   tw_table_column(t, "part", TW_LEFT);
 *   tw_table_column(t, "loss", TW_RIGHT);
 *   tw_table_cell(t, TW_INK_NONE, "shelf");  tw_table_cell(t, TW_INK_RED, "%.1f kW", 3.2);
 *   if (!tw_table_print(t, stdout, colour)) ...
 *   tw_table_free(t); */
#ifndef TW_TABLE_H
#define TW_TABLE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

typedef struct tw_table tw_table;
typedef enum { TW_LEFT, TW_RIGHT, TW_CENTRE } tw_align;
typedef enum { TW_INK_NONE, TW_INK_BOLD, TW_INK_DIM, TW_INK_RED, TW_INK_YELLOW, TW_INK_GREEN } tw_ink;

#ifdef __GNUC__
#define TW_TABLE_PRINTF(f, a) __attribute__((format(printf, f, a)))
#else
#define TW_TABLE_PRINTF(f, a)
#endif

tw_table *tw_table_new(void);                   /* NULL: out of memory */
void tw_table_free(tw_table *t);                /* t may be NULL */
void tw_table_column(tw_table *t, const char *title, tw_align align); /* all columns come before the first cell */
void tw_table_cell(tw_table *t, tw_ink ink, const char *format, ...) TW_TABLE_PRINTF(3, 4); /* next cell, row by row */
void tw_table_rule(tw_table *t);               /* a line before the next row; ends a row that is begun */

/* Columns are two spaces apart; the header and a line under it are left out if all titles are empty. No trailing spaces.
 * Returns 0, or an errno value (also ENOMEM from any earlier call). */
int tw_table_print(const tw_table *t, FILE *out, bool colour);

/* Columns that a terminal needs for text: combining marks take none, East Asian wide characters and emoji two. */
size_t tw_text_width(const char *text);
#endif
