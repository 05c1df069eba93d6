/* The file of a checkpoint: what a run and those who record it must remember, with what it was made from.
 *
 *   racktwin checkpoint 1 LF, SHA-256 of all that follows as hex, LF, three sizes (64 bits each), then as many bytes of
 *   key (text: program, options and inputs, a line each), records and run (state.h).
 * It is written beside its name, brought to the disk and renamed: there is always a whole one. */
#ifndef TW_CHECKPOINT_H
#define TW_CHECKPOINT_H
#include "../racks/description.h"
#include "options.h"
#include "state.h"

typedef struct { tw_state records, run; } tw_checkpoint;

/* What the run depends on, in the arena: "LABEL\tVALUE\n" for the program, each option that counts, each file that was read. */
char *tw_checkpoint_key(const tw_description *m, const tw_options *o);
/* Can such a file be made there? 0 or 5 after a message. fresh: and there is none yet. */
int tw_checkpoint_ready(const char *path, bool fresh);
/* 0, or 5 after a message: the last one is then as it was. */
int tw_checkpoint_write(const char *path, const char *key, const tw_checkpoint *c);
/* 0: c is filled for loading, and to be freed. -1: there is no such file. 5 after a message: it cannot be read, is not whole, or
 * belongs to another run, with what is different. */
int tw_checkpoint_read(const char *path, const char *key, tw_checkpoint *c);
void tw_checkpoint_free(tw_checkpoint *c);
#endif
