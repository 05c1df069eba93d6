/* The allocator of a short process with many short-lived arrays: memory that is given back would be asked for again. For
 * programs, at their start; a library leaves its host's allocator alone. */
#ifndef TW_MEMORY_H
#define TW_MEMORY_H
void tw_keep_memory(void);
/* Gives free pages in the heap back. Factorisations come and go with sizes of their own and leave holes: without this a run of days
 * with many restarts takes more and more, although what is in use stays the same. */
void tw_tidy_memory(void);
#endif
