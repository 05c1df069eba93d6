#include <klu.h>
#include <stdio.h>
#include <sundials/sundials_config.h>
#include "solver.h"

void tw_solver_versions(char *buf, int size) {
  snprintf(buf, (size_t)size, "SUNDIALS %s, KLU %d.%d.%d", SUNDIALS_VERSION, KLU_MAIN_VERSION, KLU_SUB_VERSION, KLU_SUBSUB_VERSION);
}
