/* A workbook (.xlsx) from cells: sheets of texts, numbers and formulas. Rows and columns count from 0.
 *
 * Cells go to "<path>.part"; tw_workbook_close renames it, so that a reader never sees half a file. The first error sticks, later
 * cells do nothing, and tw_workbook_close returns it. A formula is written with the value that it has now: programs that do not
 * calculate show that one. */
#ifndef TW_WORKBOOK_H
#define TW_WORKBOOK_H

typedef struct tw_workbook tw_workbook;
typedef struct tw_sheet tw_sheet;

/* INPUT: meant to be changed. */
typedef enum { TW_CELL_PLAIN, TW_CELL_BOLD, TW_CELL_INPUT, TW_CELL_NOTE, TW_CELL_STYLES } tw_cell_style;

/* NULL when there is no memory (errno ENOMEM), or libxlsxwriter cannot be loaded (ELIBACC). */
tw_workbook *tw_workbook_open(const char *path);
tw_sheet *tw_workbook_sheet(tw_workbook *w, const char *name);    /* the workbook's; NULL after an error, which cells accept */
void tw_sheet_width(tw_sheet *s, int column, double characters);
void tw_sheet_freeze(tw_sheet *s, int row, int column);           /* what is above and left of this cell stays in view */

void tw_cell_text(tw_sheet *s, int row, int column, const char *text, tw_cell_style style);
void tw_cell_number(tw_sheet *s, int row, int column, double value, tw_cell_style style); /* NaN: nothing, or an empty input */
void tw_cell_formula(tw_sheet *s, int row, int column, const char *formula, double value);  /* "=A1*2"; value: its result */
void tw_cell_formula_text(tw_sheet *s, int row, int column, const char *formula, const char *text); /* result: a text */

/* "$B$3" or "B3" into buf of TW_CELL_NAME; fixed: with $. Returns buf. */
enum { TW_CELL_NAME = 24 };
char *tw_cell_name(int row, int column, int fixed, char *buf);

/* Finishes the file and gives it its name. 0 or an errno value; then nothing is left. Frees w, which may be NULL. */
int tw_workbook_close(tw_workbook *w);
#endif
