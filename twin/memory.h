/* The allocator of a short process with many short-lived arrays: memory that is given back would be asked for again. For
 * programs, at their start; a library leaves its host's allocator alone. */
#ifndef TW_MEMORY_H
#define TW_MEMORY_H
void tw_keep_memory(void);
#endif
