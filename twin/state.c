#include "state.h"
#include <stdlib.h>
#include <string.h>

static void append(tw_state *s, const void *what, size_t size) {
  if (s->n + size > s->room) {
    s->room = 2 * (s->n + size);
    unsigned char *grown = realloc(s->bytes, s->room);
    if (!grown) abort();
    s->bytes = grown;
  }
  memcpy(s->bytes + s->n, what, size);
  s->n += size;
}

void tw_keep(tw_state *s, void *what, size_t size) {
  if (!size) return;
  if (!s->loading) {
    append(s, what, size);
  } else if (s->bad || s->n - s->at < size) {
    s->bad = true;
  } else {
    memcpy(what, s->bytes + s->at, size);
    s->at += size;
  }
}

bool tw_state_whole(const tw_state *s) { return !s->bad && s->at == s->n; }

void tw_state_free(tw_state *s) {
  free(s->bytes);
  *s = (tw_state){0};
}
