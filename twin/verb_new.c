/* new: where one's own element or part begins. */
#include <string.h>
#include "new.h"
#include "verbs.h"

int tw_verb_new(const tw_options *o) { return strcmp(o->words[0], "part") ? tw_new_element(o) : tw_new_part(o); }
