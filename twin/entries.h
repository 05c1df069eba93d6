/* Where electric power enters the cabinet, and what each entry carries when another one is lost. */
#ifndef TW_ENTRIES_H
#define TW_ENTRIES_H
#include "results.h"

typedef struct {
  int item;                   /* the part outside the cabinet that feeds it */
  const char *path;
  bool ac;
  double P, Q, S, I, U;       /* W, var, VA, A per conductor, V (line-to-line, or DC) */
  double P_lost, S_lost, I_lost; /* the largest while one other entry is out; NaN where that cannot be switched or has no solution */
  bool fails;                 /* no solution with another entry lost */
} tw_entry;

/* Entries of the solution r; at most `most`. Returns their number. */
int tw_entries(const tw_results *r, tw_entry *list, int most);
/* Switches off each entry that has a `state` in turn, solves from r->y and fills *_lost of the others. The network is left as
 * it was. */
void tw_entries_one_lost(const tw_results *r, tw_solver *solver, tw_entry *list, int n);
#endif
