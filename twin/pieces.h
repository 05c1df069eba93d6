/* What is bought: the model as pieces, each the outermost thing that states a figure of delivery. */
#ifndef TW_PIECES_H
#define TW_PIECES_H
#include "../racks/description.h"

/* One piece covers items first <= i < end. data NULL: a part that does not state the figure and that nothing covers. */
typedef struct {
  const char *path, *id, *element;  /* id of its part or assembly, NULL when it has none; "assembly" is the element of that */
  const tw_part_data *data;
  int first, end;
} tw_piece;

/* Every item that is no composite belongs to one piece. A figure of an assembly or a composite covers all that is in it. In the
 * arena; returns their number. */
int tw_pieces(const tw_description *m, tw_part_figure_id which, tw_arena *arena, tw_piece **list);
/* kg that stand in the cabinet: the sum over its pieces where every one states its mass, else what its rack states, else NaN. */
double tw_cabinet_mass(const tw_description *m, tw_arena *arena);
#endif
