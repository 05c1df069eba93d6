/* Components with one deliberate defect each, and one without: what the contract test must and must not complain of. */
#ifndef TW_CONTRACT_FAKES_H
#define TW_CONTRACT_FAKES_H
#include "../../components/component.h"

typedef struct { const tw_type *type; int check; } fake; /* check: the check_id that must complain, -1 for none */

#define fakes TW_SYM(fakes)
extern const fake fakes[];          /* ends with a NULL type */
#ifndef TW_COMPLEX_STEP
extern const fake fakes_complex[];
#endif
#endif
