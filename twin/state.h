/* What a run must remember to go on, as bytes. One function keeps each thing for both ways: it appends it, or, where `loading`,
 * takes it back in the same order. The bytes are those of this program on this machine; checkpoint.h sees that no other reads them. */
#ifndef TW_STATE_H
#define TW_STATE_H
#include <stdbool.h>
#include <stddef.h>

typedef struct {
  unsigned char *bytes; /* free them with tw_state_free */
  size_t n, room, at;
  bool loading;
  bool bad;             /* while loading: there were not as many bytes as asked for; what was asked for is then left as it was */
} tw_state;

void tw_keep(tw_state *s, void *what, size_t size);
#define TW_KEEP(s, lvalue) tw_keep((s), &(lvalue), sizeof(lvalue))
/* Loading: everything has been taken, and nothing is left. */
bool tw_state_whole(const tw_state *s);
void tw_state_free(tw_state *s);
#endif
