/* The columns of a series: a reported quantity of one part, or one figure of many parts (their sum, or the hottest). */
#ifndef TW_COLUMNS_H
#define TW_COLUMNS_H
#include "../racks/units.h"
#include "network.h"
#include "options.h"

typedef struct { int batch, output, column; } tw_member;
typedef struct {
  const char *name, *unit;     /* unit as written */
  tw_conversion conversion;    /* of the SI value to it */
  bool hottest;                /* the largest of its members, else their sum */
  int first, n;                /* members */
} tw_column;
typedef struct { tw_arena *arena; tw_column *list; tw_member *members; int n, n_members; } tw_columns;

enum { TW_FEW_COLUMNS = 59 };  /* with the time 60 */

/* With --select: every quantity and figure whose name fits one of the globs. Without: temperatures, loads and what crosses the
 * grid's connections where these are few; else the connections, and the figures: power_KIND and hottest_KIND of each kind of chip,
 * loss_STAGE and load_STAGE, hottest_ELEMENT. NULL when nothing fits. */
tw_columns *tw_columns_new(const tw_network *net, const tw_options *o);
/* As written, after tw_network_observe. */
double tw_column_value(const tw_columns *c, int k, const tw_network *net);
void tw_columns_free(tw_columns *c);
#endif
